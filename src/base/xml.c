/*
 * xml: a document of XML as a tree. See xml.h. Called by plan/lua_function.c;
 * libexpat reads, and is loaded when there is something to read.
 */
#include "config.h"

#include "base/xml.h"

#include <errno.h>
#include <limits.h>

#include "base/buf.h"
#include "base/library.h"
#include "base/limits.h"

struct expat {
#define OW_EXPAT(result, name, arguments) result(*name) arguments;
#include "base/expat.def"
#undef OW_EXPAT
};

static const char *const files[] = {"libexpat.so.1", NULL};

static const char *const names[] = {
#define OW_EXPAT(result, name, arguments) "XML_" #name,
#include "base/expat.def"
#undef OW_EXPAT
};

static const struct ow_library library = {"XML needs", "libexpat1", files,
                                          names, sizeof names / sizeof *names};

struct open_element {
    cJSON *node;
    struct ow_buf text; /* of the element itself, so far */
};

struct reader {
    struct expat api;
    void *parser;
    struct open_element open[OW_LIMIT_JSON_DEPTH];
    size_t depth;
    size_t parts; /* elements and attributes */
    cJSON *root;
    int error;       /* why we stopped it; 0: we did not */
    const char *why; /* for -EINVAL */
};

static void stop(struct reader *r, int error, const char *why)
{
    if (r->error)
        return;
    r->error = error;
    r->why = why;
    r->api.StopParser(r->parser, 0);
}

/* The node of an element that has no text yet, where it belongs. */
static cJSON *add_node(struct reader *r, const char *name)
{
    cJSON *node = cJSON_CreateObject();
    cJSON *siblings = NULL;

    if (r->depth > 0)
        siblings = cJSON_GetObjectItem(r->open[r->depth - 1].node, "children");
    if (node && siblings)
        cJSON_AddItemToArray(siblings, node);
    else if (node)
        r->root = node;
    if (!node || !cJSON_AddStringToObject(node, "name", name))
        return NULL;
    return node;
}

static void begin_element(void *user, const char *name, const char **attributes)
{
    struct reader *r = user;

    if (r->error)
        return;
    if (r->depth == OW_LIMIT_JSON_DEPTH) {
        stop(r, -EINVAL, "elements nest too deep");
        return;
    }
    cJSON *node = add_node(r, name);
    cJSON *list = node ? cJSON_AddObjectToObject(node, "attributes") : NULL;
    bool ok = list != NULL;
    r->parts++;
    for (; ok && *attributes; attributes += 2) {
        ok = cJSON_AddStringToObject(list, attributes[0], attributes[1]);
        r->parts++;
    }
    if (!ok || !cJSON_AddArrayToObject(node, "children"))
        stop(r, -ENOMEM, NULL);
    else if (r->parts > OW_LIMIT_XML_PARTS)
        stop(r, -EINVAL, "there are too many elements and attributes");
    r->open[r->depth].node = node;
    ow_buf_init(&r->open[r->depth++].text, 0);
}

static void add_text(void *user, const char *bytes, int len)
{
    struct reader *r = user;

    if (!r->error &&
        ow_buf_append(&r->open[r->depth - 1].text, bytes, (size_t)len) < 0)
        stop(r, -ENOMEM, NULL);
}

static void end_element(void *user, const char *name)
{
    struct reader *r = user;

    (void)name;
    if (r->error)
        return;
    struct open_element *last = &r->open[--r->depth];
    if (ow_buf_append(&last->text, "", 1) < 0 ||
        !cJSON_AddStringToObject(last->node, "text", ow_buf_data(&last->text)))
        stop(r, -ENOMEM, NULL);
    ow_buf_release(&last->text);
}

/* Its entities could grow without end, and nothing here needs one. */
static void refuse_type(void *user, const char *name, const char *system,
                        const char *public, int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    stop(user, -EINVAL, "a document type, which is not read");
}

static int read_all(struct reader *r, struct ow_str text, struct ow_err *err)
{
    r->api.SetUserData(r->parser, r);
    r->api.SetElementHandler(r->parser, begin_element, end_element);
    r->api.SetCharacterDataHandler(r->parser, add_text);
    r->api.SetStartDoctypeDeclHandler(r->parser, refuse_type);
    if (r->api.Parse(r->parser, text.ptr, (int)text.len, 1))
        return 0;
    if (r->error == -ENOMEM)
        return ow_err_set(err, -ENOMEM, "out of memory");
    return ow_err_set(
        err, -EINVAL, "line %lu of the XML: %s",
        r->api.GetCurrentLineNumber(r->parser),
        r->why ? r->why : r->api.ErrorString(r->api.GetErrorCode(r->parser)));
}

int ow_xml_parse(struct ow_str text, cJSON **ret, struct ow_err *err)
{
    struct reader r = {.root = NULL};
    int result = ow_library_load(&library, &r.api, NULL, err);

    if (result < 0)
        return result;
    if (text.len > INT_MAX)
        return ow_err_set(err, -EINVAL, "the XML is longer than 2 GiB");
    r.parser = r.api.ParserCreate("UTF-8");
    if (!r.parser)
        return ow_err_set(err, -ENOMEM, "out of memory");
    result = read_all(&r, text, err);
    r.api.ParserFree(r.parser);
    while (r.depth > 0)
        ow_buf_release(&r.open[--r.depth].text);
    if (result < 0)
        cJSON_Delete(r.root);
    else
        *ret = r.root;
    return result;
}
