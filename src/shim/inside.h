/*
 * inside: an OpenSSL that is part of the program itself, as Node's is. What
 * such a program calls of it no hook sees. Where it shows its symbols all the
 * same, for plugins, OpenSSL can be asked to tell us of each verification that
 * begins, and the session's CA is added then: as in trust.c, nothing is taken
 * away, and nothing is trusted before something has been diverted.
 */
#ifndef OW_SHIM_INSIDE_H
#define OW_SHIM_INSIDE_H

/* Something is diverted now: from here on the session's CA is trusted. Called
 * before each connect() to the host; does its work once. Keeps errno. */
void ow_inside_trust(void);

#endif
