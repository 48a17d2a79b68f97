/*
 * value: reads the values of an answer's keys. See value.h. Called by the
 * actions while rules are loaded.
 */
#include "config.h"

#include "plan/value.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"

#define EXACT  9007199254740992.0 /* 2^53: above it a double skips integers */
#define MS_MAX 9e12               /* in nanoseconds it is below 2^63 */

int ow_value_check_keys(const struct ow_action_input *in, const cJSON *object,
                        const char *const *known)
{
    const cJSON *child;

    if (!cJSON_IsObject(object))
        return ow_jsonc_error(in->doc, object, in->err, "expected an object");
    cJSON_ArrayForEach(child, object)
    {
        const char *const *word = known;
        while (*word && strcmp(*word, child->string) != 0)
            word++;
        if (!*word)
            return ow_jsonc_unknown_key(in->doc, child, in->err, known);
    }
    return 0;
}

int ow_value_string(const struct ow_action_input *in, const cJSON *node,
                    struct ow_str *ret)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected a string");
    struct ow_str copy =
        ow_arena_copy(in->arena, ow_str_from(node->valuestring));
    if (!copy.ptr)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

int ow_value_list(const struct ow_action_input *in, const cJSON *node)
{
    if (cJSON_IsArray(node))
        return 0;
    return ow_jsonc_error(in->doc, node, in->err, "expected a list");
}

int ow_value_integer(const struct ow_action_input *in, const cJSON *node,
                     int64_t low, int64_t high, int64_t *ret)
{
    double value = cJSON_IsNumber(node) ? node->valuedouble : 0.5;

    if (value != floor(value) || fabs(value) > EXACT || value < (double)low ||
        value > (double)high)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a whole number from %lld to %lld",
                              (long long)low, (long long)high);
    *ret = (int64_t)value;
    return 0;
}

int ow_value_read_duration(const cJSON *node, int64_t *ret_ns)
{
    if (cJSON_IsString(node))
        return ow_units_parse_duration(ow_str_from(node->valuestring), ret_ns);
    if (!cJSON_IsNumber(node) || node->valuedouble < 0 ||
        node->valuedouble >= MS_MAX)
        return -EINVAL;
    *ret_ns = ow_units_round(node->valuedouble * 1e6);
    return 0;
}

int ow_value_duration(const struct ow_action_input *in, const cJSON *node,
                      int64_t *ret_ns)
{
    if (ow_value_read_duration(node, ret_ns) == 0)
        return 0;
    return ow_jsonc_error(in->doc, node, in->err,
                          "expected a duration, as \"300ms\", \"1.5s\", or 300 "
                          "(milliseconds)");
}

/* A number of bytes as JSON's own number; negative if it is none. */
static double count_of(const cJSON *node)
{
    bool fits = cJSON_IsNumber(node) && node->valuedouble >= 0 &&
                node->valuedouble <= EXACT &&
                node->valuedouble == floor(node->valuedouble);

    return fits ? node->valuedouble : -1;
}

int ow_value_size(const struct ow_action_input *in, const cJSON *node,
                  uint64_t *ret_bytes)
{
    double count = count_of(node);

    if (count >= 0) {
        *ret_bytes = (uint64_t)count;
        return 0;
    }
    if (cJSON_IsString(node) &&
        ow_units_parse_size(ow_str_from(node->valuestring), ret_bytes) == 0)
        return 0;
    return ow_jsonc_error(in->doc, node, in->err,
                          "expected a size, as 64, \"256KB\" or \"1MiB\"");
}

int ow_value_rate(const struct ow_action_input *in, const cJSON *node,
                  uint64_t *ret_bytes_per_s)
{
    double count = count_of(node);

    if (count > 0) {
        *ret_bytes_per_s = (uint64_t)count;
        return 0;
    }
    if (cJSON_IsString(node) &&
        ow_units_parse_rate(ow_str_from(node->valuestring), ret_bytes_per_s) ==
            0)
        return 0;
    return ow_jsonc_error(in->doc, node, in->err,
                          "expected a rate, as \"256KB/s\", or a number of "
                          "bytes a second");
}

static int fail_word(const struct ow_action_input *in, const cJSON *node,
                     const char *const *words)
{
    const char *near = ow_suggest(ow_str_from(node->valuestring), words);
    char list[768] = "";
    size_t n = 0;

    if (near)
        return ow_jsonc_error(in->doc, node, in->err,
                              "unknown word \"%.60s\"; did you mean \"%s\"?",
                              node->valuestring, near);
    for (int i = 0; words[i] && n + strlen(words[i]) + 3 < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s",
                              i > 0 ? ", " : "", words[i]);
    return ow_jsonc_error(in->doc, node, in->err,
                          "unknown word \"%.60s\"; expected one of %s",
                          node->valuestring, list);
}

int ow_value_word(const struct ow_action_input *in, const cJSON *node,
                  const char *const *words, int *ret_index)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected a string");
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], node->valuestring) != 0)
            continue;
        *ret_index = i;
        return 0;
    }
    return fail_word(in, node, words);
}

size_t ow_value_token(const char **s)
{
    const char *at = *s + strspn(*s, " \t\r\n\x1f");
    size_t n = 1;

    *s = at;
    if (strchr("[]{},:", *at))
        return 1;
    if (*at != '"')
        return strcspn(at, "[]{},: \t\r\n\x1f");
    for (; at[n] != '"'; n++)
        n += at[n] == '\\';
    return n + 1;
}

int ow_value_write_json(const struct ow_action_input *in, const cJSON *node,
                        struct ow_buf *out)
{
    const char *s = ow_jsonc_source(in->doc, node);
    int depth = 0;

    if (!s)
        return -ENOMEM;
    do {
        size_t len = ow_value_token(&s);
        depth += *s == '[' || *s == '{';
        depth -= *s == ']' || *s == '}';
        int r = ow_buf_append(out, s, len);
        if (r < 0)
            return r;
        s += len;
    } while (depth > 0);
    return 0;
}

int ow_value_json(const struct ow_action_input *in, const cJSON *node,
                  struct ow_str *ret)
{
    struct ow_buf out;

    ow_buf_init(&out, 0);
    int r = ow_value_write_json(in, node, &out);
    struct ow_str copy = {NULL, 0};
    if (r == 0)
        copy = ow_arena_copy(in->arena, ow_buf_peek(&out));
    ow_buf_release(&out);
    if (r < 0 || !copy.ptr)
        return -ENOMEM;
    *ret = copy;
    return 0;
}
