/*
 * xml: a document of XML as a tree, for answers that are small: what TwiML and
 * its like need, without namespaces, document types or external entities. By
 * libexpat, which is loaded when it is needed.
 *
 *     <Response><Message to="+1555">Hi <b>you</b></Message></Response>
 *
 *     {"name": "Response", "attributes": {}, "text": "", "children": [
 *       {"name": "Message", "attributes": {"to": "+1555"}, "text": "Hi ",
 *        "children": [{"name": "b", ..., "text": "you", "children": []}]}]}
 *
 * text is what stands in the element itself, all of it joined; CDATA sections
 * and references are resolved, comments and instructions left out. Refused:
 * what is not well-formed, invalid UTF-8 (whatever encoding it declares), a
 * document type (entities that grow), nesting deeper than OW_LIMIT_JSON_DEPTH.
 */
#ifndef OW_BASE_XML_H
#define OW_BASE_XML_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/str.h"

/* 0; -EINVAL with a sentence that names the line; -ENOMEM; -ELIBACC, without
 * libexpat. The caller frees with cJSON_Delete. */
int ow_xml_parse(struct ow_str text, cJSON **ret, struct ow_err *err);

#endif
