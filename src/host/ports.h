/*
 * ports: which ports of a host that rules know are refused: those that its
 * rules leave out, and those of protocols whose servers speak first
 * (greeters.def). There a client, as libcurl behind a redirect to ftp:, would
 * wait for a mocked host that waits for a request.
 */
#ifndef OW_HOST_PORTS_H
#define OW_HOST_PORTS_H

#include "host/session.h"

/* With a sentence that says why; text stays as it is otherwise. */
bool ow_ports_refuse(const struct ow_session *session, const char *host,
                     uint16_t port, char *text, size_t size);

#endif
