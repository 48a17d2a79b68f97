/*
 * template: text with expressions between {{ and }}. This version evaluates
 * none: text without "{{" passes as it is, and "{{" in a string of "then" is
 * refused when rules are loaded, so that a file which a later version would
 * read in another way never answers in this one.
 */
#ifndef OW_PLAN_TEMPLATE_H
#define OW_PLAN_TEMPLATE_H

#include "base/jsonc.h"

/*
 * Looks at every string below node, names of keys too. 0, or -EINVAL with a
 * placed sentence.
 */
int ow_template_check(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_err *err);

#endif
