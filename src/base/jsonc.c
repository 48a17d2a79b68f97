/*
 * jsonc: JSON with comments and trailing commas, with positions for errors.
 * See jsonc.h. jsonc_scan.c checks and blanks the text, cJSON builds the tree;
 * the places of nodes are looked up in an index, which is built the first time
 * that somebody asks.
 */
#include "config.h"

#include "base/jsonc.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/jsonc_scan.h"
#include "base/limits.h"
#include "base/nodes.h"
#include "base/suggest.h"

/* Up to here an object's keys are compared each with each. */
#define FEW_KEYS 12
/* Of the arena: the tree of a short document, as requests to the host are. */
#define BLOCK 2048

/* Which node stands in which place: both are in the order of the text. slots is
 * a hash table of numbers into them. */
struct index {
    const cJSON **nodes;
    uint32_t *slots;
    uint32_t mask;
    uint32_t n; /* of nodes that are in it */
};

struct ow_jsonc {
    struct ow_arena arena; /* of the name, the text and the tree */
    const char *file;
    char *text; /* blanked by the scan: same offsets, same lines */
    size_t len;
    const cJSON *root;
    struct ow_buf places; /* struct ow_jsonc_place, of all values */
    struct index *index;  /* NULL until a place was asked for */
};

static struct index *free_index(struct index *index)
{
    if (!index)
        return NULL;
    free(index->nodes);
    free(index->slots);
    free(index);
    return NULL;
}

struct ow_jsonc *ow_jsonc_free(struct ow_jsonc *doc)
{
    if (!doc)
        return NULL;
    free_index(doc->index);
    ow_buf_release(&doc->places);
    ow_arena_release(&doc->arena);
    free(doc);
    return NULL;
}

const cJSON *ow_jsonc_root(const struct ow_jsonc *doc)
{
    return doc->root;
}

const char *ow_jsonc_file(const struct ow_jsonc *doc)
{
    return doc->file;
}

static uint32_t hash_pointer(const void *p)
{
    uint64_t h = (uint64_t)(uintptr_t)p * 0x9e3779b97f4a7c15u;

    return (uint32_t)(h >> 32);
}

static void add_nodes(struct index *index, const cJSON *node)
{
    uint32_t slot = hash_pointer(node) & index->mask;
    const cJSON *child;

    while (index->slots[slot] != OW_JSONC_NOWHERE)
        slot = (slot + 1) & index->mask;
    index->slots[slot] = index->n;
    index->nodes[index->n++] = node;
    cJSON_ArrayForEach(child, node) add_nodes(index, child);
}

static struct index *make_index(const struct ow_jsonc *doc)
{
    struct index *index = calloc(1, sizeof *index);
    size_t n = doc->places.len / sizeof(struct ow_jsonc_place);
    uint32_t slots = 16;

    if (!index)
        return NULL;
    while (slots < n * 2)
        slots *= 2;
    index->mask = slots - 1;
    index->nodes = calloc(n, sizeof *index->nodes);
    index->slots = malloc(slots * sizeof *index->slots);
    if (!index->nodes || !index->slots)
        return free_index(index);
    memset(index->slots, 0xff, slots * sizeof *index->slots);
    add_nodes(index, doc->root);
    return index;
}

static const struct ow_jsonc_place *place_at(const struct ow_jsonc *doc,
                                             uint32_t number)
{
    return (const struct ow_jsonc_place *)ow_buf_data(&doc->places) + number;
}

/* NULL if the node is not of this document, or memory is out: the error then
 * goes without a place. */
static const struct ow_jsonc_place *find_place(const struct ow_jsonc *doc,
                                               const cJSON *node)
{
    struct ow_jsonc *cache = (struct ow_jsonc *)doc; /* not visible outside */

    if (!cache->index)
        cache->index = make_index(doc);
    const struct index *index = cache->index;
    if (!index || !node)
        return NULL;
    uint32_t slot = hash_pointer(node) & index->mask;
    for (; index->slots[slot] != OW_JSONC_NOWHERE;
         slot = (slot + 1) & index->mask)
        if (index->nodes[index->slots[slot]] == node)
            return place_at(doc, index->slots[slot]);
    return NULL;
}

static void point(const struct ow_jsonc *doc,
                  const struct ow_jsonc_place *place, struct ow_buf *pointer)
{
    size_t position = 0;

    if (place->parent == OW_JSONC_NOWHERE)
        return;
    const cJSON *node = doc->index->nodes[place - place_at(doc, 0)];
    point(doc, place_at(doc, place->parent), pointer);
    if (node->string) {
        ow_jsonc_pointer_key(pointer, ow_str_from(node->string));
        return;
    }
    for (const cJSON *c = doc->index->nodes[place->parent]->child; c != node;
         c = c->next)
        position++;
    ow_jsonc_pointer_index(pointer, position);
}

/* "FILE:LINE:COLUMN: POINTER: sentence"; key: the place is the key's. */
static int fail_at(const struct ow_jsonc *doc, const cJSON *node, bool key,
                   struct ow_err *err, const char *sentence)
{
    const struct ow_jsonc_place *place = find_place(doc, node);
    struct ow_buf pointer;

    if (!place)
        return ow_err_set(err, -EINVAL, "%s: %s", doc->file, sentence);
    if (ow_jsonc_pointer_begin(&pointer))
        point(doc, place, &pointer);
    ow_jsonc_place_fail(doc->file, doc->text, key ? place->key : place->value,
                        &pointer, err, sentence);
    ow_buf_release(&pointer);
    return -EINVAL;
}

int ow_jsonc_error(const struct ow_jsonc *doc, const cJSON *node,
                   struct ow_err *err, const char *format, ...)
{
    char sentence[sizeof err->text];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return fail_at(doc, node, false, err, sentence);
}

int ow_jsonc_place(const struct ow_jsonc *doc, const cJSON *node,
                   struct ow_err *ret)
{
    if (!find_place(doc, node))
        return -ENOMEM;
    ow_jsonc_error(doc, node, ret, "%s", "");
    /* Without memory for the pointer it is left out. */
    return strstr(ret->text, ": /") ? 0 : -ENOMEM;
}

int ow_jsonc_unknown_key(const struct ow_jsonc *doc, const cJSON *node,
                         struct ow_err *err, const char *const *known)
{
    char sentence[sizeof err->text];
    const char *near = ow_suggest(ow_str_from(node->string), known);
    size_t n;

    if (near) {
        snprintf(sentence, sizeof sentence,
                 "unknown key \"%.60s\"; did you mean \"%s\"?", node->string,
                 near);
        return fail_at(doc, node, true, err, sentence);
    }
    n = (size_t)snprintf(sentence, sizeof sentence,
                         "unknown key \"%.60s\"; expected one of",
                         node->string);
    for (const char *const *word = known; *word; word++) {
        if (n + strlen(*word) + 3 > sizeof sentence)
            break;
        n += (size_t)snprintf(sentence + n, sizeof sentence - n, "%s%s",
                              word == known ? " " : ", ", *word);
    }
    return fail_at(doc, node, true, err, sentence);
}

const char *ow_jsonc_source(const struct ow_jsonc *doc, const cJSON *node)
{
    const struct ow_jsonc_place *place = find_place(doc, node);

    return place ? doc->text + place->value : NULL;
}

int ow_jsonc_line(const struct ow_jsonc *doc, const cJSON *node)
{
    const struct ow_jsonc_place *place = find_place(doc, node);

    return place ? (int)place->line : 0;
}

static int fail_duplicate(const struct ow_jsonc *doc, const cJSON *node,
                          struct ow_err *err)
{
    char sentence[128];

    snprintf(sentence, sizeof sentence, "the key \"%.60s\" is there twice",
             node->string);
    return fail_at(doc, node, true, err, sentence);
}

struct key {
    const cJSON *node;
    size_t position; /* so that the second of two is named, not the first */
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    int order = strcmp(x->node->string, y->node->string);

    if (order == 0)
        order = (x->position > y->position) - (x->position < y->position);
    return order;
}

static int check_many_keys(const struct ow_jsonc *doc, const cJSON *object,
                           size_t n, struct ow_err *err)
{
    struct key *keys = malloc(n * sizeof *keys);
    const cJSON *child;
    size_t i = 0;
    int r = 0;

    if (!keys)
        return -ENOMEM;
    cJSON_ArrayForEach(child, object)
    {
        keys[i] = (struct key){child, i};
        i++;
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    for (i = 1; r == 0 && i < n; i++)
        if (strcmp(keys[i - 1].node->string, keys[i].node->string) == 0)
            r = fail_duplicate(doc, keys[i].node, err);
    free(keys);
    return r;
}

static int check_keys(const struct ow_jsonc *doc, const cJSON *object,
                      struct ow_err *err)
{
    size_t n = 0;

    for (const cJSON *c = object->child; c; c = c->next)
        n++;
    if (n > FEW_KEYS)
        return check_many_keys(doc, object, n, err);
    for (const cJSON *c = object->child; c; c = c->next)
        for (const cJSON *d = object->child; d != c; d = d->next)
            if (strcmp(c->string, d->string) == 0)
                return fail_duplicate(doc, c, err);
    return 0;
}

/* What the grammar cannot see: duplicate keys, numbers beyond a double. */
static int check_tree(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_err *err)
{
    const cJSON *child;
    int r = 0;

    if (cJSON_IsNumber(node) && !isfinite(node->valuedouble))
        return ow_jsonc_error(doc, node, err, "this number is too large");
    if (cJSON_IsObject(node))
        r = check_keys(doc, node, err);
    cJSON_ArrayForEach(child, node)
    {
        if (r < 0)
            return r;
        r = check_tree(doc, child, err);
    }
    return r;
}

/* What the scan took, so that what fails is memory. */
static const cJSON *make_tree(struct ow_jsonc *doc)
{
    const char *end = NULL;

    ow_nodes_begin_document(&doc->arena);
    const cJSON *root =
        cJSON_ParseWithLengthOpts(doc->text, doc->len, &end, false);
    ow_nodes_end_document();
    return root;
}

static int build(struct ow_jsonc *doc, struct ow_err *err)
{
    int r = ow_jsonc_scan(doc->file, doc->text, doc->len, &doc->places, err);

    if (r < 0)
        return r;
    doc->root = make_tree(doc);
    if (!doc->root)
        return -ENOMEM;
    return check_tree(doc, doc->root, err);
}

int ow_jsonc_parse(const char *file, const char *text, size_t len,
                   struct ow_jsonc **ret_doc, struct ow_err *err)
{
    if (len > OW_LIMIT_RULE_FILE)
        return ow_err_set(err, -EINVAL, "%s: larger than %d MiB", file,
                          OW_LIMIT_RULE_FILE / (1024 * 1024));
    struct ow_jsonc *doc = calloc(1, sizeof *doc);
    if (!doc)
        return ow_err_set(err, -ENOMEM, "%s: out of memory", file);
    ow_arena_init(&doc->arena);
    doc->arena.block = len < BLOCK ? BLOCK : 2 * len;
    doc->file = ow_arena_copy(&doc->arena, ow_str_from(file)).ptr;
    doc->text =
        (char *)ow_arena_copy(&doc->arena, (struct ow_str){text, len}).ptr;
    doc->len = len;
    ow_buf_init(&doc->places, 0);
    int r = doc->file && doc->text ? build(doc, err) : -ENOMEM;
    if (r < 0) {
        ow_jsonc_free(doc);
        return r == -ENOMEM ? ow_err_set(err, r, "%s: out of memory", file) : r;
    }
    *ret_doc = doc;
    return 0;
}
