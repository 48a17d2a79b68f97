/*
 * server: what the servers of the bench that are written by hand share: they
 * listen on a port of loopback that they print, for who started them to read.
 */
#ifndef OW_BENCH_SERVER_H
#define OW_BENCH_SERVER_H

/* A listener whose port is printed; ends with status 1 if it fails. */
int server_listen(void);
/* accept(2) of a connection that sends at once what it is given; -1: as that.
 */
int server_accept(int listener);

#endif
