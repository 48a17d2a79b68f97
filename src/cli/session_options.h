/*
 * session_options: the options that begin a session, shared by run, env and
 * host; one row each in session_options.def, which says whose they are.
 */
#ifndef OW_CLI_SESSION_OPTIONS_H
#define OW_CLI_SESSION_OPTIONS_H

#include <stdbool.h>

#include "cli/locate.h"
#include "cli/stay.h"
#include "host/host.h"

struct ow_session_options {
    struct ow_host_options host; /* rules is NULL after parse only if live */
    bool is_live;                /* nothing is to be mocked */
    const char *network;         /* its name; NULL: not given */
    const char *unmatched;       /* the same */
    bool has_speed;              /* --speed was given */
    struct ow_locate_folder packs;
    const char *verify; /* file of expectations; NULL: none */
    bool summary;
    bool no_fail;
    bool fail_on_hygiene;
    bool allow_unreached;
    int for_pids[OW_STAY_FOR]; /* from the first on; 0: not given */
    int ready_fd;              /* -1: not given */
    int rest;              /* index of the first argument that is no option */
    struct ow_err problem; /* with the environment; of a host alone */
};

/*
 * letter is the command's in session_options.def. Returns -1 when all is well,
 * else the exit status: the sentence, or the help, has been printed. A host is
 * told what is wrong with the environment, since it is not its user who reads
 * its stderr.
 */
int ow_session_options_parse(char letter, const char *command, int argc,
                             char **argv, struct ow_session_options *ret);

/* The exit status for what ow_host_new has returned, which is not 0. */
int ow_session_options_status(int error);

#endif
