/*
 * api: what the session answers at http://offwire.test/ to programs of its own:
 * JSON in and out, one row of api.def for each thing. It sees and changes the
 * session; nothing of it is journaled, counted, or among the calls.
 */
#ifndef OW_HOST_API_H
#define OW_HOST_API_H

#include "host/session.h"

struct ow_api;

/* clock_changed is called when what is due has to be asked for anew. NULL when
 * memory is out; free undoes what it set up in the session. */
typedef void (*ow_api_clock_fn)(void *context);
struct ow_api *ow_api_new(struct ow_session *session,
                          ow_api_clock_fn clock_changed, void *context);
struct ow_api *ow_api_free(struct ow_api *api);

#endif
