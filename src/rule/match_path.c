/*
 * match_path: see match_path.h. A path without "~" is a template: segments,
 * each a literal or literals with {params} between them, and perhaps the rest.
 *
 *     /v1/models/{model}:generate  ->  "v1" "models" [{model} ":generate"]
 */
#include "config.h"

#include "rule/match_path.h"

#include <errno.h>
#include <string.h>

#include "http/url.h"
#include "rule/path_prefix.h"

/* Of a segment: text, {param}, text, {param}, ..., text. */
#define PARAMS_MAX 8

struct segment {
    struct ow_str *texts;  /* n_params + 1 */
    struct ow_str *params; /* their names */
    size_t n_params;
};

struct path {
    struct ow_pattern pattern; /* ops NULL: a template */
    struct ow_str source;
    struct segment *segments; /* of a pattern: its literal beginning */
    size_t n;
    bool open; /* more may follow */
};

static bool is_name(struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return s.len > 0;
}

/* Reads one template; knows where an error belongs. */
struct reader {
    const struct ow_pattern_source *source;
    const cJSON *node;
    struct ow_err *err;
};

static int add_text(const struct reader *reader, struct ow_str text,
                    struct ow_str *ret)
{
    if (memchr(text.ptr, '}', text.len))
        return ow_jsonc_error(reader->source->doc, reader->node, reader->err,
                              "a \"}\" without its \"{\"");
    if (memchr(text.ptr, '*', text.len))
        return ow_jsonc_error(reader->source->doc, reader->node, reader->err,
                              "\"*\" is no wildcard here: write {name} for "
                              "one segment, \"/**\" at the end for the rest, "
                              "or \"~\" and a pattern");
    *ret = ow_url_decode(reader->source->arena, text, false);
    if (ret->ptr)
        *ret = ow_arena_copy(reader->source->arena, *ret);
    return ret->ptr ? 0 : -ENOMEM;
}

static int add_param(const struct reader *reader, struct ow_str name,
                     struct segment *segment)
{
    if (!is_name(name))
        return ow_jsonc_error(reader->source->doc, reader->node, reader->err,
                              "\"{%.*s}\" has to hold a name: letters, digits "
                              "and \"_\"",
                              name.len > 60 ? 60 : (int)name.len, name.ptr);
    if (segment->n_params > 0 && segment->texts[segment->n_params].len == 0)
        return ow_jsonc_error(reader->source->doc, reader->node, reader->err,
                              "two parameters need something between them");
    if (segment->n_params == PARAMS_MAX)
        return ow_jsonc_error(reader->source->doc, reader->node, reader->err,
                              "more than %d parameters in a segment",
                              PARAMS_MAX);
    name = ow_arena_copy(reader->source->arena, name);
    if (!name.ptr)
        return -ENOMEM;
    segment->params[segment->n_params++] = name;
    return 0;
}

static int parse_segment(const struct reader *reader, struct ow_str text,
                         struct segment *ret)
{
    struct ow_arena *arena = reader->source->arena;
    size_t most = 0;

    for (size_t i = 0; i < text.len; i++)
        most += text.ptr[i] == '{';
    most = most > PARAMS_MAX ? PARAMS_MAX : most;
    ret->texts = ow_arena_zalloc(arena, (most + 1) * sizeof *ret->texts);
    ret->params = ow_arena_zalloc(arena, most * sizeof *ret->params);
    if (!ret->texts || !ret->params)
        return -ENOMEM;
    for (;;) {
        size_t brace = ow_str_find_byte(text, '{', 0);
        int r = add_text(reader, (struct ow_str){text.ptr, brace},
                         &ret->texts[ret->n_params]);
        if (r < 0 || brace == text.len)
            return r;
        size_t end = ow_str_find_byte(text, '}', brace);
        if (end == text.len)
            return ow_jsonc_error(reader->source->doc, reader->node,
                                  reader->err, "a \"{\" without its \"}\"");
        r = add_param(reader,
                      (struct ow_str){text.ptr + brace + 1, end - brace - 1},
                      ret);
        if (r < 0)
            return r;
        text = (struct ow_str){text.ptr + end + 1, text.len - end - 1};
    }
}

static int check_names(const struct reader *reader, const struct path *path)
{
    struct ow_fields seen = {0};

    for (size_t i = 0; i < path->n; i++) {
        for (size_t j = 0; j < path->segments[i].n_params; j++) {
            struct ow_str name = path->segments[i].params[j];
            for (size_t k = 0; k < seen.n; k++)
                if (ow_str_equal(seen.items[k].name, name))
                    return ow_jsonc_error(reader->source->doc, reader->node,
                                          reader->err,
                                          "the parameter {%.*s} is there twice",
                                          OW_STR_ARGS(name));
            if (ow_fields_add(&seen, reader->source->arena, name, name) < 0)
                return -ENOMEM;
        }
    }
    return 0;
}

static size_t count_segments(struct ow_str text)
{
    return 1 + ow_str_count_byte(text, '/');
}

/* text is what stands behind the first slash. */
static int parse_segments(const struct reader *reader, struct ow_str text,
                          struct path *path)
{
    path->segments = ow_arena_zalloc(
        reader->source->arena, count_segments(text) * sizeof *path->segments);
    if (!path->segments)
        return -ENOMEM;
    while (text.ptr) {
        struct ow_str segment = ow_str_cut(&text, '/');
        if (!text.ptr && ow_str_equal(segment, OW_STR("**"))) {
            path->open = true;
            return 0;
        }
        int r = parse_segment(reader, segment, &path->segments[path->n++]);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_form(const struct reader *reader, struct ow_str text)
{
    const char *sentence = NULL;

    if (memmem(text.ptr, text.len, "://", 3))
        sentence = "a path begins with \"/\"; the host goes into \"hosts\"";
    else if (!ow_str_starts(text, OW_STR("/")) &&
             !ow_str_equal(text, OW_STR("*")))
        sentence = "a path begins with \"/\", a pattern with \"~\"";
    else if (memchr(text.ptr, '?', text.len))
        sentence = "a path has no \"?\"; parameters go into \"query\"";
    else if (memchr(text.ptr, '#', text.len))
        sentence = "a path has no \"#\": clients keep what is behind it";
    return sentence ? ow_jsonc_error(reader->source->doc, reader->node,
                                     reader->err, "%s", sentence)
                    : 0;
}

static int parse_template(const struct reader *reader, struct path *path)
{
    struct ow_str text = ow_str_from(reader->node->valuestring);
    int r = check_form(reader, text);

    if (r < 0)
        return r;
    path->source = ow_arena_copy(reader->source->arena, text);
    if (!path->source.ptr)
        return -ENOMEM;
    if (text.ptr[0] == '*') { /* OPTIONS * */
        path->pattern.ops = &ow_pattern_text_ops;
        path->pattern.text = path->source;
        path->open = true;
        return 0;
    }
    text = (struct ow_str){text.ptr + 1, text.len - 1};
    r = parse_segments(reader, text, path);
    return r < 0 ? r : check_names(reader, path);
}

/* The literal beginning of a search, as segments for the index. */
static int add_prefix(const struct reader *reader, struct path *path)
{
    struct ow_str prefix;
    int r = ow_path_prefix(path->pattern.text, reader->source->arena, &prefix);

    if (r < 0 || prefix.len == 0)
        return r;
    path->segments = ow_arena_zalloc(
        reader->source->arena, count_segments(prefix) * sizeof *path->segments);
    if (!path->segments)
        return -ENOMEM;
    while (prefix.ptr) {
        struct segment *segment = &path->segments[path->n++];
        segment->texts =
            ow_arena_zalloc(reader->source->arena, sizeof *segment->texts);
        if (!segment->texts)
            return -ENOMEM;
        segment->texts[0] = ow_str_cut(&prefix, '/');
    }
    return 0;
}

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct path *path = ow_arena_zalloc(source->arena, sizeof *path);
    struct reader reader = {source, node, err};

    if (!path)
        return -ENOMEM;
    *ret = path;
    if (cJSON_IsString(node) && node->valuestring[0] != '~')
        return parse_template(&reader, path);
    if (!cJSON_IsString(node) && !cJSON_IsObject(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected a path, or an object of matchers");
    path->open = true;
    int r = ow_pattern_parse(source, node, &path->pattern, err);
    if (r < 0 || !cJSON_IsString(node))
        return r;
    path->source = ow_arena_copy(source->arena, ow_str_from(node->valuestring));
    r = path->source.ptr ? add_prefix(&reader, path) : -ENOMEM;
    return r;
}

struct ow_str ow_match_path_text(const void *self)
{
    const struct path *path = self;

    return path->source;
}

/* Cuts off text the value before the next literal, which is cut off too. */
static bool cut_value(struct ow_str *text, struct ow_str literal,
                      struct ow_str *ret)
{
    /* A value is not empty. */
    const char *at = text->len > 0 ? memmem(text->ptr + 1, text->len - 1,
                                            literal.ptr, literal.len)
                                   : NULL;

    if (!at)
        return false;
    *ret = (struct ow_str){text->ptr, (size_t)(at - text->ptr)};
    size_t used = ret->len + literal.len;
    *text = (struct ow_str){text->ptr + used, text->len - used};
    return true;
}

/*
 * Each value is the shortest there is, but for the last one, which has all that
 * is left: what fits with a longer one before it fits with this one, too, so
 * that nothing has to be tried again.
 */
static bool segment_fits(const struct segment *segment, struct ow_str text,
                         struct ow_str values[PARAMS_MAX])
{
    struct ow_str first = segment->texts[0];
    struct ow_str last = segment->texts[segment->n_params];

    if (segment->n_params == 0)
        return ow_str_equal(text, first);
    if (text.len < first.len + last.len || !ow_str_starts(text, first) ||
        !ow_str_ends(text, last))
        return false;
    text =
        (struct ow_str){text.ptr + first.len, text.len - first.len - last.len};
    for (size_t i = 0; i + 1 < segment->n_params; i++)
        if (!cut_value(&text, segment->texts[i + 1], &values[i]))
            return false;
    values[segment->n_params - 1] = text;
    return text.len > 0;
}

static int match_template(const struct path *path, struct ow_match_run *run)
{
    struct ow_str values[PARAMS_MAX];

    if (run->n_segments < path->n || (run->n_segments > path->n && !path->open))
        return 0;
    run->params.n = 0;
    for (size_t i = 0; i < path->n; i++) {
        const struct segment *segment = &path->segments[i];
        if (!segment_fits(segment, run->segments[i], values))
            return 0;
        for (size_t j = 0; j < segment->n_params; j++)
            if (ow_fields_add(&run->params, run->pattern.arena,
                              segment->params[j], values[j]) < 0)
                return -ENOMEM;
    }
    return 1;
}

static int match(const void *self, struct ow_match_run *run)
{
    const struct path *path = self;
    struct ow_subject value = ow_subject_text(run->request->path);

    if (path->pattern.ops)
        return ow_matcher_test(&path->pattern, "path", &value, run);
    int r = match_template(path, run);
    if (r == 0) {
        struct ow_pattern wanted = {.ops = &ow_pattern_text_ops,
                                    .text = path->source};
        run->pattern.noun = "path";
        run->pattern.where = NULL;
        ow_pattern_differ(&wanted, &value, &run->pattern);
    }
    return r;
}

/* Common beginning and end of two texts against the longer one, 0 to 9. */
static int likeness(struct ow_str a, struct ow_str b)
{
    size_t most = a.len > b.len ? a.len : b.len;
    size_t least = a.len > b.len ? b.len : a.len;
    size_t head = 0, tail = 0;

    while (head < least && a.ptr[head] == b.ptr[head])
        head++;
    while (tail < least - head &&
           a.ptr[a.len - tail - 1] == b.ptr[b.len - tail - 1])
        tail++;
    return most > 0 ? (int)((head + tail) * 9 / most) : 9;
}

/* Segments that fit count ten, those that nearly do less. */
static int nearness(const void *self, const struct ow_match_run *run)
{
    const struct path *path = self;
    struct ow_str values[PARAMS_MAX];
    size_t most = path->n;
    size_t sum = 0;

    if (!path->open && run->n_segments > most)
        most = run->n_segments;
    for (size_t i = 0; i < path->n && i < run->n_segments; i++) {
        const struct segment *segment = &path->segments[i];
        if (segment_fits(segment, run->segments[i], values))
            sum += 10;
        else if (segment->n_params == 0)
            sum += (size_t)likeness(segment->texts[0], run->segments[i]);
    }
    if (most == 0)
        return 0;
    int near = (int)(sum * 10 / most);
    return near > 99 ? 99 : near;
}

bool ow_match_path_step(const void *self, size_t n, struct ow_path_step *ret,
                        bool *ret_open)
{
    const struct path *path = self;

    *ret_open = path->open;
    if (n >= path->n)
        return false;
    const struct segment *segment = &path->segments[n];
    ret->param = segment->n_params > 0;
    ret->text = segment->texts[0];
    return true;
}

/* Whether every text that fits b fits a: equal, or a is one whole {param}. */
static bool segment_covers(const struct segment *a, const struct segment *b)
{
    if (a->n_params == 1 && a->texts[0].len == 0 && a->texts[1].len == 0)
        return b->n_params > 0 || b->texts[0].len > 0;
    if (a->n_params != b->n_params)
        return false;
    for (size_t i = 0; i <= a->n_params; i++)
        if (!ow_str_equal(a->texts[i], b->texts[i]))
            return false;
    return true;
}

bool ow_match_path_covers(const void *self, const void *other)
{
    const struct path *a = self, *b = other;

    if (a->pattern.ops)
        return a->pattern.regex && b->pattern.regex &&
               ow_str_equal(a->pattern.text, b->pattern.text);
    if (a->n > b->n || (!a->open && (b->open || a->n != b->n)))
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!segment_covers(&a->segments[i], &b->segments[i]))
            return false;
    return true;
}

int ow_match_path_split(struct ow_str path, bool decode, struct ow_arena *arena,
                        struct ow_str **ret_segments, size_t *ret_n)
{
    if (ow_str_starts(path, OW_STR("/")))
        path = (struct ow_str){path.ptr + 1, path.len - 1};
    size_t n = count_segments(path);
    struct ow_str *segments = ow_arena_alloc(arena, n * sizeof *segments);
    if (!segments)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        struct ow_str segment = ow_str_cut(&path, '/');
        if (!segment.ptr)
            segment = OW_STR("");
        segments[i] = decode ? ow_url_decode(arena, segment, false) : segment;
        if (!segments[i].ptr)
            return -ENOMEM;
    }
    *ret_segments = segments;
    *ret_n = n;
    return 0;
}

const struct ow_matcher_ops ow_match_path_ops = {parse, match, nearness};
