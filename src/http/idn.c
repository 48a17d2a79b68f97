/*
 * idn: host names to A-labels. See idn.h. The encoder follows RFC 3492, 6.3,
 * whose names it uses; called by http/url, rule/.
 */
#include "config.h"

#include "http/idn.h"

#include <errno.h>
#include <string.h>

#define LABEL_MAX 63
#define NAME_MAX_ 253

/* Parameters of RFC 3492, 5. */
enum {
    BASE = 36,
    TMIN = 1,
    TMAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 128,
};

struct out {
    char *at;
    size_t len;
};

static int put(struct out *out, char c)
{
    if (out->len == NAME_MAX_)
        return -EINVAL;
    out->at[out->len++] = c;
    return 0;
}

static uint32_t lower(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
        return c + 0x20;
    if ((c >= 0x391 && c <= 0x3a9 && c != 0x3a2) || (c >= 0x410 && c <= 0x42f))
        return c + 0x20;
    return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

/* The next code point of s, which moves on. Overlong forms and surrogates are
 * refused, so that one name has one spelling. */
static int next_code_point(struct ow_str *s, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)s->ptr;
    size_t n = p[0] < 0x80   ? 1
               : p[0] < 0xc2 ? 0
               : p[0] < 0xe0 ? 2
               : p[0] < 0xf0 ? 3
               : p[0] < 0xf5 ? 4
                             : 0;

    if (n == 0 || n > s->len)
        return -EINVAL;
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return -EINVAL;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[n] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
        return -EINVAL;
    *s = (struct ow_str){s->ptr + n, s->len - n};
    *ret = c;
    return 0;
}

static bool is_dot(uint32_t c)
{
    return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static int put_number(struct out *out, uint32_t q, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
        uint32_t digit = q < t ? q : t + (q - t) % (BASE - t);
        if (put(out, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26)) < 0)
            return -EINVAL;
        if (q < t)
            return 0;
        q = (q - t) / (BASE - t);
    }
}

static uint32_t least_from(const uint32_t *points, size_t n, uint32_t from)
{
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < n; i++)
        if (points[i] >= from && points[i] < least)
            least = points[i];
    return least;
}

/* At most LABEL_MAX points of at most 0x10ffff: delta stays in 32 bits. */
static int put_punycode(struct out *out, const uint32_t *points, size_t n)
{
    uint32_t code = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
    uint32_t basic = 0;

    for (size_t i = 0; i < n; i++)
        if (points[i] < 0x80 && (basic++, put(out, (char)points[i])) < 0)
            return -EINVAL;
    if (basic > 0 && put(out, '-') < 0)
        return -EINVAL;
    for (uint32_t done = basic; done < n; delta++, code++) {
        uint32_t least = least_from(points, n, code);
        delta += (least - code) * (done + 1);
        code = least;
        for (size_t i = 0; i < n; i++) {
            delta += points[i] < code;
            if (points[i] != code)
                continue;
            if (put_number(out, delta, bias) < 0)
                return -EINVAL;
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
    return 0;
}

/* Reads one label and the dot behind it; writes it without the dot. */
static int put_label(struct out *out, struct ow_str *name)
{
    uint32_t points[LABEL_MAX];
    size_t n = 0, start = out->len;
    bool ascii = true;

    while (name->len > 0) {
        uint32_t c;
        if (next_code_point(name, &c) < 0)
            return -EINVAL;
        if (is_dot(c))
            break;
        if (n == LABEL_MAX || c <= ' ' || c == 0x7f)
            return -EINVAL;
        points[n++] = lower(c);
        ascii = ascii && c < 0x80;
    }
    if (n == 0)
        return -EINVAL;
    for (size_t i = 0; ascii && i < n; i++)
        if (put(out, (char)points[i]) < 0)
            return -EINVAL;
    if (ascii)
        return 0;
    for (const char *prefix = "xn--"; *prefix; prefix++)
        if (put(out, *prefix) < 0)
            return -EINVAL;
    int r = put_punycode(out, points, n);
    return r < 0 || out->len - start > LABEL_MAX ? -EINVAL : 0;
}

/* Whether a name is of ASCII alone, as nearly all are, and nothing is wrong
 * with it. */
static bool is_plain(struct ow_str name)
{
    size_t label = 0;

    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c >= 0x7f)
            return false;
        if (c == '.' ? label == 0 : label == LABEL_MAX)
            return false;
        label = c == '.' ? 0 : label + 1;
    }
    return label > 0 && name.len <= NAME_MAX_;
}

static void copy_plain(struct ow_str name, char *ret)
{
    for (size_t i = 0; i < name.len; i++)
        ret[i] = (char)lower((unsigned char)name.ptr[i]);
    ret[name.len] = '\0';
}

int ow_idn_to_ascii(struct ow_str name, char ret[OW_LIMIT_NAME])
{
    char text[OW_LIMIT_NAME];
    struct out out = {text, 0};

    if (is_plain(name)) {
        copy_plain(name, ret);
        return 0;
    }
    if (name.len == 0)
        return -EINVAL;
    while (name.len > 0) {
        if (out.len > 0 && put(&out, '.') < 0)
            return -EINVAL;
        if (put_label(&out, &name) < 0)
            return -EINVAL;
    }
    memcpy(ret, text, out.len);
    ret[out.len] = '\0';
    return 0;
}
