/*
 * units: durations, sizes, rates, percentages. See units.h.
 */
#include "config.h"

#include "base/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *name;
    double factor;
};

static const struct unit durations[] = {
    {"ms", 1e6}, {"s", 1e9},    {"us", 1e3},   {"ns", 1},
    {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}, {NULL, 0},
};

static const struct unit sizes[] = {
    {"", 1},       {"B", 1},         {"KB", 1e3},
    {"kB", 1e3},   {"MB", 1e6},      {"GB", 1e9},
    {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824.0},
    {NULL, 0},
};

static const struct unit bits[] = {
    {"bit", 1 / 8.0}, {"kbit", 125}, {"Mbit", 125e3},
    {"Gbit", 125e6},  {NULL, 0},
};

/* A number without sign at the front of s; *s becomes what is behind it. */
static int cut_number(struct ow_str *s, double *ret)
{
    char text[32];
    size_t n = 0;

    while (n < s->len && n < sizeof text - 1 &&
           ((s->ptr[n] >= '0' && s->ptr[n] <= '9') || s->ptr[n] == '.'))
        n++;
    if (n == 0)
        return -EINVAL;
    memcpy(text, s->ptr, n);
    text[n] = '\0';
    char *end;
    *ret = strtod(text, &end);
    if (*end != '\0')
        return -EINVAL;
    *s = ow_str_trim((struct ow_str){s->ptr + n, s->len - n});
    return 0;
}

static int parse(struct ow_str s, const struct unit *units, double *ret)
{
    double number;

    s = ow_str_trim(s);
    int r = cut_number(&s, &number);
    if (r < 0)
        return r;
    for (; units->name; units++) {
        if (!ow_str_equal(s, ow_str_from(units->name)))
            continue;
        *ret = number * units->factor;
        return *ret < 9e18 ? 0 : -ERANGE;
    }
    return -EINVAL;
}

int ow_units_parse_duration(struct ow_str s, int64_t *ret_ns)
{
    double ns;

    if (ow_str_equal(s, OW_STR("0"))) {
        *ret_ns = 0;
        return 0;
    }
    int r = parse(s, durations, &ns);
    if (r == 0)
        *ret_ns = ow_units_round(ns);
    return r;
}

int ow_units_parse_size(struct ow_str s, uint64_t *ret_bytes)
{
    double bytes;
    int r = parse(s, sizes, &bytes);

    if (r == 0)
        *ret_bytes = (uint64_t)ow_units_round(bytes);
    return r;
}

/* As networks are sold: bits by thousands. */
static int parse_bits(struct ow_str s, uint64_t *ret_bytes)
{
    double bytes;
    int r = parse(s, bits, &bytes);

    if (r == 0)
        *ret_bytes = (uint64_t)ow_units_round(bytes);
    return r;
}

int ow_units_parse_rate(struct ow_str s, uint64_t *ret_bytes_per_s)
{
    uint64_t rate = 0;

    if (!ow_str_ends(s, OW_STR("/s")))
        return -EINVAL;
    s.len -= 2;
    int r = ow_str_ends(s, OW_STR("bit")) ? parse_bits(s, &rate)
                                          : ow_units_parse_size(s, &rate);
    if (r < 0 || rate == 0)
        return r < 0 ? r : -ERANGE;
    *ret_bytes_per_s = rate;
    return 0;
}

int ow_units_parse_percent(struct ow_str s, double *ret_fraction)
{
    double number;

    if (!ow_str_ends(s, OW_STR("%")))
        return -EINVAL;
    s.len--;
    s = ow_str_trim(s);
    int r = cut_number(&s, &number);
    if (r < 0 || s.len > 0)
        return -EINVAL;
    if (number > 100)
        return -ERANGE;
    *ret_fraction = number / 100;
    return 0;
}
