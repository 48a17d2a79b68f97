/*
 * request_record: a request as a member of its record, {"host":...,"path":...,
 * "headers":{...},"body":"..."}: written to a journal that is kept, for who
 * asks later what was sent, and read back from it.
 *
 *     "headers"  by the names as they came; one that came twice is a list
 *     "body"     as text, or "body_base64" where it is none; OW_LIMIT_CALL_BODY
 *                of it, and then "body_cut": true
 */
#ifndef OW_JOURNAL_REQUEST_RECORD_H
#define OW_JOURNAL_REQUEST_RECORD_H

#include "base/jsonw.h"
#include "http/request.h"

/* The object; errors are kept in w. */
void ow_request_record_put(struct ow_jsonw *w,
                           const struct ow_request *request);
/* Parts of it: the key "headers" with its object, and the body of so many
 * bytes, of which so much is kept, as "body" or "body_base64"; nothing for
 * none. */
void ow_request_record_put_headers(struct ow_jsonw *w,
                                   const struct ow_fields *headers);
void ow_request_record_put_body(struct ow_jsonw *w, struct ow_str kept,
                                uint64_t size);

/*
 * The request of a record of the journal, with its method and URL; it borrows
 * from the record and the arena. program and body (not yet initialized) are the
 * caller's, who releases the body and the request whatever comes of it. 0;
 * -ENOENT: the record has no request that was kept; -EINVAL: a broken one;
 * -ENOMEM.
 */
int ow_request_record_read(const cJSON *record, struct ow_arena *arena,
                           struct ow_program *program, struct ow_body *body,
                           struct ow_request *ret);

#endif
