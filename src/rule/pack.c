/*
 * pack: see pack.h. Filled by load.c, read by table_build.c.
 */
#include "config.h"

#include "rule/pack.h"

#include <errno.h>
#include <stdlib.h>

struct ow_str ow_pack_name(const char *path)
{
    static const struct ow_str endings[] = {OW_STR(".json"), OW_STR(".jsonc")};
    struct ow_str name = ow_str_from(path);

    while (name.len > 0 && name.ptr[name.len - 1] == '/')
        name.len--;
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/') {
            name = (struct ow_str){name.ptr + i, name.len - i};
            break;
        }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (name.len > endings[i].len && ow_str_ends(name, endings[i]))
            name.len -= endings[i].len;
    return name;
}

void ow_pack_init(struct ow_pack *pack, struct ow_str name)
{
    *pack = (struct ow_pack){.name = name};
}

void ow_pack_release(struct ow_pack *pack)
{
    for (size_t i = 0; i < pack->n; i++)
        ow_jsonc_free(pack->docs[i]);
    free(pack->docs);
    ow_pack_init(pack, (struct ow_str){NULL, 0});
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
