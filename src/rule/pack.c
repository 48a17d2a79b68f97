/*
 * pack: see pack.h. Filled by load.c, read by table_build.c.
 */
#include "config.h"

#include "rule/pack.h"

#include <errno.h>
#include <stdlib.h>

void ow_pack_init(struct ow_pack *pack)
{
    *pack = (struct ow_pack){.docs = NULL};
}

void ow_pack_release(struct ow_pack *pack)
{
    for (size_t i = 0; i < pack->n; i++)
        ow_jsonc_free(pack->docs[i]);
    free(pack->docs);
    ow_pack_init(pack);
}

int ow_pack_add(struct ow_pack *pack, const char *file, struct ow_str text,
                struct ow_err *err)
{
    struct ow_jsonc **docs =
        reallocarray(pack->docs, pack->n + 1, sizeof *docs);
    struct ow_jsonc *doc;

    if (!docs)
        return ow_err_set(err, -ENOMEM, "%s: out of memory", file);
    pack->docs = docs;
    int r = ow_jsonc_parse(file, text.ptr, text.len, &doc, err);
    if (r == 0)
        docs[pack->n++] = doc;
    return r == -ENOMEM ? ow_err_set(err, r, "%s: out of memory", file) : r;
}
