/*
 * resource_text: a resource's JSON, as text and as a tree. See resources.h.
 * Called by whoever changes or reads one; resources.c keeps them.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/members.h"
#include "state/resources_inner.h"

bool ow_stored_copy(struct ow_str from, struct ow_str *ret)
{
    char *text;

    if (!from.ptr)
        return true;
    text = malloc(from.len + 1);
    if (!text)
        return false;
    if (from.len > 0)
        memcpy(text, from.ptr, from.len);
    text[from.len] = '\0';
    *ret = (struct ow_str){text, from.len};
    return true;
}

static void drop_tree(struct ow_resources *store, struct ow_stored *entry)
{
    if (!entry->tree)
        return;
    cJSON_Delete(entry->tree);
    entry->tree = NULL;
    LL_DELETE2(store->trees, entry, next_tree);
}

void ow_stored_drop_text(struct ow_resources *store, struct ow_stored *entry)
{
    struct ow_resource *r = &entry->resource;

    drop_tree(store, entry);
    free((char *)r->json.ptr);
    free((char *)r->hidden.ptr);
    free((char *)r->content.ptr);
    free((char *)r->type.ptr);
    r->json = r->hidden = r->content = r->type = (struct ow_str){NULL, 0};
}

static void replace(struct ow_resources *store, struct ow_str *text,
                    struct ow_str take_text)
{
    store->bytes += OW_STORED_SIZE(take_text);
    store->bytes -= OW_STORED_SIZE(*text);
    free((char *)text->ptr);
    *text = take_text;
}

/* text is the resource's json or hidden. */
static int set_members(struct ow_resource *resource, struct ow_str *text,
                       struct ow_str members)
{
    struct ow_resources *store = resource->collection->store;
    struct ow_str before = text->ptr ? *text : OW_STR("{}");
    struct ow_buf merged;
    struct ow_str after = {NULL, 0};

    ow_buf_init(&merged, OW_LIMIT_RESOURCES_BYTES - store->bytes + text->len);
    int r = ow_members_merge(before, members, &merged);
    if (r == 0 && !ow_stored_copy(ow_buf_peek(&merged), &after))
        r = -ENOMEM;
    ow_buf_release(&merged);
    if (r < 0)
        return r == -ENOBUFS ? -ENOSPC : r;
    drop_tree(store, ow_stored_of(resource));
    store->changes++;
    replace(store, text, after);
    return 0;
}

int ow_resource_set(struct ow_resource *resource, struct ow_str members)
{
    return set_members(resource, &resource->json, members);
}

int ow_resource_restore(struct ow_resource *resource, struct ow_str json,
                        struct ow_str hidden)
{
    struct ow_resources *store = resource->collection->store;
    struct ow_str new_json = {NULL, 0}, new_hidden = {NULL, 0};

    if (!ow_stored_copy(json, &new_json))
        return -ENOMEM;
    if (!ow_stored_copy(hidden, &new_hidden)) {
        free((char *)new_json.ptr);
        return -ENOMEM;
    }
    drop_tree(store, ow_stored_of(resource));
    store->changes++;
    replace(store, &resource->json, new_json);
    replace(store, &resource->hidden, new_hidden);
    return 0;
}

int ow_resource_hide(struct ow_resource *resource, struct ow_str members)
{
    return set_members(resource, &resource->hidden, members);
}

/* Of both texts; NULL when memory is out. */
static cJSON *parse_tree(const struct ow_resource *resource)
{
    struct ow_str json = resource->json;
    struct ow_buf both = {0};
    cJSON *tree = NULL;
    int r = 0;

    if (resource->hidden.ptr) {
        r = ow_members_merge(resource->json, resource->hidden, &both);
        json = ow_buf_peek(&both);
    }
    if (r == 0)
        tree = cJSON_ParseWithLength(json.ptr, json.len);
    ow_buf_release(&both);
    return tree;
}

const cJSON *ow_resource_tree(struct ow_resource *resource)
{
    struct ow_stored *entry = ow_stored_of(resource);
    struct ow_resources *store = resource->collection->store;

    if (!entry->tree) {
        entry->tree = parse_tree(resource);
        if (entry->tree)
            LL_PREPEND2(store->trees, entry, next_tree);
    }
    return entry->tree;
}

void ow_resources_tidy(struct ow_resources *store)
{
    while (store->trees)
        drop_tree(store, store->trees);
}
