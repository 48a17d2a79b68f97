/*
 * times: see times.h. Called when rules are loaded.
 */
#include "config.h"

#include "rule/times.h"

#include <errno.h>

static int parse_range(struct ow_str text, size_t dots, struct ow_times *ret)
{
    struct ow_str low = {text.ptr, dots};
    struct ow_str high = {text.ptr + dots + 2, text.len - dots - 2};
    struct ow_times times;

    if (ow_str_parse_u64(ow_str_trim(low), &times.least) < 0 ||
        ow_str_parse_u64(ow_str_trim(high), &times.most) < 0 ||
        times.least > times.most)
        return -EINVAL;
    *ret = times;
    return 0;
}

static int parse_bound(struct ow_str text, struct ow_times *ret)
{
    bool greater = text.ptr[0] == '>';
    bool equal = text.len > 1 && text.ptr[1] == '=';
    size_t skip = equal ? 2 : 1;
    uint64_t n;

    text = (struct ow_str){text.ptr + skip, text.len - skip};
    if (ow_str_parse_u64(ow_str_trim(text), &n) < 0)
        return -EINVAL;
    if (!equal && (greater ? n == UINT64_MAX : n == 0))
        return -EINVAL;
    *ret = greater ? (struct ow_times){equal ? n : n + 1, UINT64_MAX}
                   : (struct ow_times){0, equal ? n : n - 1};
    return 0;
}

int ow_times_parse(struct ow_str text, struct ow_times *ret)
{
    uint64_t n;

    text = ow_str_trim(text);
    if (text.len > 0 && (text.ptr[0] == '>' || text.ptr[0] == '<'))
        return parse_bound(text, ret);
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '.' && text.ptr[i + 1] == '.')
            return parse_range(text, i, ret);
    if (ow_str_parse_u64(text, &n) < 0)
        return -EINVAL;
    *ret = (struct ow_times){n, n};
    return 0;
}
