/*
 * livehosts: the hosts of --live. See livehosts.h. Called by session.c and
 * verdicts.c.
 */
#include "config.h"

#include "host/livehosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/jsonw.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "rule/host_parse.h"
#include "rule/hosts.h"
#include "rule/table.h"

/* Of the names that rules have: enough to find a misspelt one among. */
#define LIST_SIZE  8192
#define MOST_WORDS 512

struct address {
    int family;
    uint8_t bytes[16];
};

struct ow_livehosts {
    struct ow_hosts hosts;
    struct address learned[OW_LIMIT_LIVE_ADDRESSES]; /* a ring */
    size_t n_learned; /* counted up; where the next one goes */
};

/* As a rule file would have it, so that hosts are read in one place. */
static int write_list(const char *list, struct ow_buf *text)
{
    struct ow_jsonw w = {.buf = text};
    struct ow_str rest = ow_str_from(list);

    ow_jsonw_begin(&w, '[');
    while (rest.ptr)
        ow_jsonw_string(&w, ow_str_trim(ow_str_cut(&rest, ',')));
    ow_jsonw_end(&w, ']');
    return w.error;
}

/* "--live:1:2: /0: SENTENCE" is of a text that its user has not written. */
static int retell(const char *list, int error, struct ow_err *err)
{
    if (!err)
        return error;
    const char *place = strstr(err->text, ": ");
    const char *sentence = place ? strstr(place + 2, ": ") : NULL;
    char text[sizeof err->text];

    snprintf(text, sizeof text, "%s", sentence ? sentence + 2 : err->text);
    return ow_err_set(err, error, "live hosts \"%.200s\": %s", list, text);
}

static int check_ports(const struct ow_livehosts *live, struct ow_err *err)
{
    const struct ow_host_pattern *pattern;

    for (uint32_t i = 0; (pattern = ow_hosts_pattern(&live->hosts, 0, i));
         i++) {
        if (pattern->kind == OW_HOST_ALL)
            return ow_err_set(err, -EINVAL,
                              "--live takes no \"*\": without a list it is for "
                              "all hosts");
        if (pattern->port != 0 && !ow_hosts_is_literal(pattern->name))
            return ow_err_set(err, -EINVAL,
                              "--live takes no port behind a name (\"%.*s\"): "
                              "it is not known yet when the name is looked up",
                              OW_STR_ARGS(pattern->name));
    }
    return 0;
}

int ow_livehosts_new(const char *list, struct ow_livehosts **ret,
                     struct ow_err *err)
{
    struct ow_livehosts *live = calloc(1, sizeof *live);
    struct ow_jsonc *doc = NULL;
    struct ow_buf text;
    uint32_t group;

    ow_buf_init(&text, 0);
    int r = live ? write_list(list, &text) : -ENOMEM;
    if (r == 0)
        r = ow_jsonc_parse("--live", ow_buf_data(&text), text.len, &doc, err);
    if (r == 0)
        r = ow_hosts_add(&live->hosts, doc, ow_jsonc_root(doc), &group, err);
    if (r < 0 && r != -ENOMEM)
        r = retell(list, r, err);
    if (r == 0)
        r = check_ports(live, err);
    ow_jsonc_free(doc);
    ow_buf_release(&text);
    if (r < 0) {
        ow_livehosts_free(live);
        return r == -ENOMEM ? ow_err_set(err, r, "out of memory") : r;
    }
    *ret = live;
    return 0;
}

/* The names in a list with commas, which it cuts up. */
static void split_names(char *list, const char *ret_words[MOST_WORDS + 1])
{
    size_t n = 0;

    while (*list && n < MOST_WORDS) {
        size_t len = strcspn(list, ",");
        bool is_last = list[len] == '\0';
        list[len] = '\0';
        ret_words[n++] = list;
        list += is_last ? len : len + 1;
    }
    ret_words[n] = NULL;
}

int ow_livehosts_check(const struct ow_livehosts *live,
                       const struct ow_table *table, struct ow_err *err)
{
    const struct ow_host_pattern *pattern;
    const char *words[MOST_WORDS + 1];
    char list[LIST_SIZE];

    ow_table_list_hosts(table, list, sizeof list);
    split_names(list, words);
    for (uint32_t i = 0; (pattern = ow_hosts_pattern(&live->hosts, 0, i));
         i++) {
        if (pattern->kind != OW_HOST_NAME ||
            ow_table_knows(table, pattern->name.ptr, 0))
            continue;
        const char *near = ow_suggest(pattern->name, words);
        if (near)
            return ow_err_set(err, -EINVAL,
                              "--live names \"%s\", which is in no rule; did "
                              "you mean \"%s\"?",
                              pattern->name.ptr, near);
    }
    return 0;
}

struct ow_livehosts *ow_livehosts_free(struct ow_livehosts *live)
{
    if (live)
        ow_hosts_release(&live->hosts);
    free(live);
    return NULL;
}

bool ow_livehosts_has(const struct ow_livehosts *live, const char *host,
                      uint16_t port)
{
    char normal[OW_LIMIT_NAME];

    return live && ow_hosts_normal(ow_str_from(host), normal) == 0 &&
           ow_hosts_knows(&live->hosts, ow_str_from(normal), port);
}

static struct address make_address(int family, const uint8_t *bytes)
{
    struct address address = {.family = family};

    memcpy(address.bytes, bytes, family == AF_INET ? 4 : 16);
    return address;
}

static bool is_same(const struct address *a, const struct address *b)
{
    return a->family == b->family &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool ow_livehosts_reaches(const struct ow_livehosts *live, int family,
                          const uint8_t *address)
{
    const struct address wanted = make_address(family, address);
    size_t n = live ? live->n_learned : 0;

    if (n > OW_LIMIT_LIVE_ADDRESSES)
        n = OW_LIMIT_LIVE_ADDRESSES;
    for (size_t i = 0; i < n; i++)
        if (is_same(&live->learned[i], &wanted))
            return true;
    return false;
}

void ow_livehosts_learn(struct ow_livehosts *live, int family,
                        const uint8_t *address)
{
    if (!live || ow_livehosts_reaches(live, family, address))
        return;
    live->learned[live->n_learned % OW_LIMIT_LIVE_ADDRESSES] =
        make_address(family, address);
    live->n_learned++;
}
