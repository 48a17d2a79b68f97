/*
 * lua_pattern: bounds the backtracking of Lua's patterns. See lua_pattern.h.
 * Called by lua_guard.c.
 *
 * A repeated item whose characters cannot begin what comes behind it has one
 * way to match: giving characters back never helps, and the first comparison
 * behind it says so. "^(%w+)@(%w+)$" is such a pattern. Only items that can
 * trade characters with their neighbours multiply.
 */
#include "config.h"

#include "plan/lua_pattern.h"

#include <ctype.h>
#include <string.h>

struct set {
    bool has[256];
};

/* Whether c is in the class %letter. */
static bool in_class(int c, char letter)
{
    bool is;

    switch (tolower((unsigned char)letter)) {
    case 'a':
        is = isalpha(c);
        break;
    case 'c':
        is = iscntrl(c);
        break;
    case 'd':
        is = isdigit(c);
        break;
    case 'g':
        is = isgraph(c);
        break;
    case 'l':
        is = islower(c);
        break;
    case 'p':
        is = ispunct(c);
        break;
    case 's':
        is = isspace(c);
        break;
    case 'u':
        is = isupper(c);
        break;
    case 'w':
        is = isalnum(c);
        break;
    case 'x':
        is = isxdigit(c);
        break;
    default:
        return c == (unsigned char)letter;
    }
    return isupper((unsigned char)letter) ? !is : is;
}

static void add_class(struct set *set, char letter)
{
    for (int c = 0; c < 256; c++)
        set->has[c] = set->has[c] || in_class(c, letter);
}

/* The set in brackets at p; returns where it ends. */
static const char *read_brackets(const char *p, const char *end,
                                 struct set *set)
{
    bool is_negated = p + 1 < end && p[1] == '^';
    const char *first = p += is_negated ? 2 : 1;

    for (; p < end && (*p != ']' || p == first); p++) {
        if (*p == '%' && p + 1 < end) {
            add_class(set, *++p);
        } else if (p + 2 < end && p[1] == '-' && p[2] != ']') {
            for (int c = (unsigned char)p[0]; c <= (unsigned char)p[2]; c++)
                set->has[c] = true;
            p += 2;
        } else {
            set->has[(unsigned char)*p] = true;
        }
    }
    for (int c = 0; is_negated && c < 256; c++)
        set->has[c] = !set->has[c];
    return p < end ? p + 1 : end;
}

/*
 * The next item at p: what it fits, and how it is repeated (one of "*+-?", or
 * 0). %b and what was captured before count as anything, any number of times.
 */
static const char *read_item(const char *p, const char *end, struct set *set,
                             char *ret_repeat)
{
    memset(set, 0, sizeof *set);
    *ret_repeat = 0;
    if (*p == '%' && p + 1 < end &&
        (p[1] == 'b' || isdigit((unsigned char)p[1]))) {
        memset(set->has, 1, sizeof set->has);
        *ret_repeat = '*';
        size_t len = p[1] == 'b' ? 4 : 2;
        return len < (size_t)(end - p) ? p + len : end;
    }
    if (*p == '[') {
        p = read_brackets(p, end, set);
    } else if (*p == '%' && p + 1 < end) {
        add_class(set, p[1]);
        p += 2;
    } else {
        if (*p == '.')
            memset(set->has, 1, sizeof set->has);
        set->has[(unsigned char)*p++] = true;
    }
    if (p < end && strchr("*+-?", *p) && *p)
        *ret_repeat = *p++;
    return p;
}

/* Past what fits no character: captures, and the frontier, whose set is
 * passed over. */
static const char *skip_marks(const char *p, const char *end)
{
    struct set set = {{false}};

    for (;;) {
        if (p < end && (*p == '(' || *p == ')'))
            p++;
        else if (p + 2 < end && p[0] == '%' && p[1] == 'f' && p[2] == '[')
            p = read_brackets(p + 2, end, &set);
        else
            return p;
    }
}

/* Whether what comes at p may begin with a character of the set. */
static bool may_follow(const char *p, const char *end, const struct set *set)
{
    struct set next;
    char repeat = '*';

    while (repeat == '*' || repeat == '-' || repeat == '?') {
        p = skip_marks(p, end);
        if (p == end || (*p == '$' && p + 1 == end))
            return false;
        p = read_item(p, end, &next, &repeat);
        for (int c = 0; c < 256; c++)
            if (set->has[c] && next.has[c])
                return true;
    }
    return false;
}

static double longest_run(struct ow_str text, const struct set *set)
{
    size_t run = 0, longest = 0;

    for (size_t i = 0; i < text.len; i++) {
        run = set->has[(unsigned char)text.ptr[i]] ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return (double)longest;
}

double ow_lua_pattern_cost(struct ow_str pattern, struct ow_str text)
{
    const char *p = pattern.ptr, *end = p + pattern.len;
    bool is_anchored = pattern.len > 0 && *p == '^';
    double cost = is_anchored ? 1 : (double)text.len + 1;
    double straight = 1;
    struct set set;
    char repeat;

    for (p = skip_marks(p + is_anchored, end); p < end;
         p = skip_marks(p, end)) {
        p = read_item(p, end, &set, &repeat);
        if (!repeat)
            continue;
        double run = repeat == '?' ? 1 : longest_run(text, &set);
        if (may_follow(p, end, &set))
            cost *= run + 1;
        else if (run > straight)
            straight = run;
    }
    return cost * straight;
}
