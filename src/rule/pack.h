/*
 * pack: the rule files that belong together: those of a folder or of a pack's
 * name, or one file. They share their functions. Their documents live until all
 * of them are in the table, because one may use what another says.
 */
#ifndef OW_RULE_PACK_H
#define OW_RULE_PACK_H

#include "base/jsonc.h"
#include "base/str.h"

struct ow_pack {
    struct ow_jsonc **docs;
    size_t n;
    bool is_shipped; /* its functions are known to be right */
};

void ow_pack_init(struct ow_pack *pack);
void ow_pack_release(struct ow_pack *pack);
/* Reads a file's text into a document. 0, -EINVAL with a placed sentence,
 * -ENOMEM. */
int ow_pack_add(struct ow_pack *pack, const char *file, struct ow_str text,
                struct ow_err *err);

#endif
