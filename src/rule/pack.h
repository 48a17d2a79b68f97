/*
 * pack: the rule files that belong together: those of a folder or of a pack's
 * name, or one file. They share their functions. Their documents live until all
 * of them are in the table, because one may use what another says.
 *
 * A pack's name tells its rules and resources from those that others call the
 * same: "openai/file", "twilio/messages.create".
 */
#ifndef OW_RULE_PACK_H
#define OW_RULE_PACK_H

#include "base/jsonc.h"
#include "base/str.h"

struct ow_pack {
    struct ow_str name; /* borrowed */
    struct ow_jsonc **docs;
    size_t n;
    bool is_shipped; /* its functions are known to be right */
};

/* What the rules of a file or a folder are called together: the last part of
 * its path, without ".json" or ".jsonc". Borrows from path. */
struct ow_str ow_pack_name(const char *path);

void ow_pack_init(struct ow_pack *pack, struct ow_str name);
void ow_pack_release(struct ow_pack *pack);
/* Reads a file's text into a document. 0, -EINVAL with a placed sentence,
 * -ENOMEM. */
int ow_pack_add(struct ow_pack *pack, const char *file, struct ow_str text,
                struct ow_err *err);

#endif
