/*
 * param: the ";name=value" parameters behind a field's value (RFC 9110, 5.6.6),
 * as in Content-Type and Content-Disposition.
 *
 *     struct ow_str rest = field->value;
 *     struct ow_str type = ow_param_cut_value(&rest);   //
 * "multipart/form-data" while (ow_param_next(&rest, arena, &name, &value) > 0)
 * ...
 */
#ifndef OW_HTTP_PARAM_H
#define OW_HTTP_PARAM_H

#include "base/arena.h"

/* What stands before the first ";", trimmed; *rest becomes what is behind. */
struct ow_str ow_param_cut_value(struct ow_str *rest);
/*
 * Cuts the next parameter off *rest. Quotes are taken off the value, and the
 * backslashes before quotes and backslashes with them (other backslashes stay:
 * file names have them). A name without "=" has an absent value. 1, 0 when
 * there is none left, -ENOMEM.
 */
int ow_param_next(struct ow_str *rest, struct ow_arena *arena,
                  struct ow_str *ret_name, struct ow_str *ret_value);
/* The value of the parameter of this name, without case; 1, 0, -ENOMEM. */
int ow_param_find(struct ow_str rest, struct ow_arena *arena,
                  struct ow_str name, struct ow_str *ret_value);

#endif
