/*
 * members: see members.h. Called by state/resources.c and plan/.
 */
#include "config.h"

#include "base/members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

/* How long the token at s is: a string, a mark, a number or a word. */
static size_t token_length(struct ow_str s)
{
    size_t n = 1;

    if (s.len == 0 || strchr("[]{},:", s.ptr[0]))
        return s.len > 0;
    if (s.ptr[0] == '"') {
        while (n < s.len && s.ptr[n] != '"')
            n += s.ptr[n] == '\\' ? 2 : 1;
        return n < s.len ? n + 1 : s.len;
    }
    while (n < s.len && !strchr("[]{},:", s.ptr[n]))
        n++;
    return n;
}

/* How long the value at s is. */
static size_t value_length(struct ow_str s)
{
    size_t used = 0;
    int depth = 0;

    do {
        struct ow_str rest = {s.ptr + used, s.len - used};
        size_t n = token_length(rest);
        if (n == 0)
            break;
        depth += rest.ptr[0] == '[' || rest.ptr[0] == '{';
        depth -= rest.ptr[0] == ']' || rest.ptr[0] == '}';
        used += n;
    } while (depth > 0);
    return used;
}

/* The member at s. */
static bool read_member(struct ow_str s, struct ow_member *ret)
{
    size_t key = token_length(s);

    if (key < 2 || s.ptr[0] != '"' || s.len <= key || s.ptr[key] != ':')
        return false;
    struct ow_str value = {s.ptr + key + 1, s.len - key - 1};
    value.len = value_length(value);
    *ret = (struct ow_member){{s.ptr + 1, key - 2}, value};
    return value.len > 0;
}

bool ow_members_is_object(struct ow_str json)
{
    return json.len >= 2 && json.ptr[0] == '{' && json.ptr[json.len - 1] == '}';
}

bool ow_member_first(struct ow_str json, struct ow_member *ret)
{
    if (!ow_members_is_object(json))
        return false;
    return read_member((struct ow_str){json.ptr + 1, json.len - 1}, ret);
}

bool ow_member_next(struct ow_str json, struct ow_member *member)
{
    const char *at = member->value.ptr + member->value.len;
    const char *end = json.ptr + json.len;

    if (at >= end || *at != ',')
        return false;
    return read_member((struct ow_str){at + 1, (size_t)(end - at) - 1}, member);
}

struct ow_str ow_members_find(struct ow_str json, struct ow_str key)
{
    struct ow_member member;

    for (bool more = ow_member_first(json, &member); more;
         more = ow_member_next(json, &member))
        if (ow_str_equal(member.key, key))
            return member.value;
    return (struct ow_str){NULL, 0};
}

static int put(const struct ow_member *member, struct ow_str value, bool *comma,
               struct ow_buf *out)
{
    int r = ow_buf_append(out, *comma ? ",\"" : "\"", *comma ? 2 : 1);

    *comma = true;
    if (r == 0)
        r = ow_buf_append_str(out, member->key);
    if (r == 0)
        r = ow_buf_append(out, "\":", 2);
    return r < 0 ? r : ow_buf_append_str(out, value);
}

int ow_members_merge(struct ow_str base, struct ow_str over, struct ow_buf *out)
{
    struct ow_member member;
    bool comma = false;

    if (!ow_members_is_object(base) || !ow_members_is_object(over))
        return -EINVAL;
    int r = ow_buf_append(out, "{", 1);
    for (bool more = ow_member_first(base, &member); more && r == 0;
         more = ow_member_next(base, &member)) {
        struct ow_str new = ow_members_find(over, member.key);
        r = put(&member, new.ptr ? new : member.value, &comma, out);
    }
    for (bool more = ow_member_first(over, &member); more && r == 0;
         more = ow_member_next(over, &member))
        if (!ow_members_find(base, member.key).ptr)
            r = put(&member, member.value, &comma, out);
    return r < 0 ? r : ow_buf_append(out, "}", 1);
}

static bool is_one_of(struct ow_str key, const struct ow_str *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ow_str_equal(names[i], key))
            return true;
    return false;
}

int ow_members_split(struct ow_str json, const struct ow_str *names, size_t n,
                     struct ow_buf *named, struct ow_buf *others)
{
    struct ow_member member;
    bool commas[2] = {false, false};

    if (!ow_members_is_object(json))
        return -EINVAL;
    int r = ow_buf_append(named, "{", 1);
    if (r == 0)
        r = ow_buf_append(others, "{", 1);
    for (bool more = ow_member_first(json, &member); more && r == 0;
         more = ow_member_next(json, &member)) {
        bool is_named = is_one_of(member.key, names, n);
        r = put(&member, member.value, &commas[is_named],
                is_named ? named : others);
    }
    if (r == 0)
        r = ow_buf_append(named, "}", 1);
    return r < 0 ? r : ow_buf_append(others, "}", 1);
}

static bool is_escaped_text(struct ow_str value, struct ow_str text)
{
    cJSON *node = cJSON_ParseWithLength(value.ptr, value.len);
    const char *string = cJSON_GetStringValue(node);
    bool is = string && ow_str_equal(ow_str_from(string), text);

    cJSON_Delete(node);
    return is;
}

bool ow_members_is_text(struct ow_str value, struct ow_str text)
{
    if (value.len < 2 || value.ptr[0] != '"')
        return ow_str_equal(value, text);
    if (memchr(value.ptr, '\\', value.len))
        return is_escaped_text(value, text);
    return ow_str_equal((struct ow_str){value.ptr + 1, value.len - 2}, text);
}
