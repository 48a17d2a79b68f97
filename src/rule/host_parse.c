/*
 * host_parse: see host_parse.h. Called by hosts.c when rules are loaded.
 */
#include "config.h"

#include "rule/host_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/hosts.h"

int ow_host_pattern_compare(const struct ow_host_pattern *a,
                            const struct ow_host_pattern *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->port != b->port)
        return a->port < b->port ? -1 : 1;
    return strcmp(a->name.ptr, b->name.ptr);
}

static int compare(const void *a, const void *b)
{
    return ow_host_pattern_compare(a, b);
}

void ow_host_patterns_free(struct ow_host_pattern *patterns, uint32_t n)
{
    for (uint32_t i = 0; patterns && i < n; i++)
        free((char *)patterns[i].name.ptr);
    free(patterns);
}

static int parse_port(struct ow_str text, uint16_t *ret)
{
    uint64_t port;

    if (ow_str_parse_u64(text, &port) < 0 || port == 0 || port > UINT16_MAX)
        return -EINVAL;
    *ret = (uint16_t)port;
    return 0;
}

/*
 * Cuts the port off: behind "]", or behind the only colon; more than one colon
 * without brackets is an IPv6 literal. Brackets are cut off as well.
 */
static int split_port(struct ow_str *host, uint16_t *ret_port)
{
    struct ow_str text = *host;
    size_t colon = ow_str_find_byte(text, ':', 0);

    if (ow_str_starts(text, OW_STR("["))) {
        size_t end = ow_str_find_byte(text, ']', 0);
        if (end == text.len)
            return -EINVAL;
        *host = (struct ow_str){text.ptr + 1, end - 1};
        if (!memchr(host->ptr, ':', host->len))
            return -EINVAL;
        text = (struct ow_str){text.ptr + end + 1, text.len - end - 1};
        if (text.len == 0)
            return 0;
        return text.ptr[0] == ':'
                   ? parse_port((struct ow_str){text.ptr + 1, text.len - 1},
                                ret_port)
                   : -EINVAL;
    }
    if (colon == text.len || ow_str_find_byte(text, ':', colon + 1) < text.len)
        return 0;
    host->len = colon;
    return parse_port(
        (struct ow_str){text.ptr + colon + 1, text.len - colon - 1}, ret_port);
}

/* What people write where a host belongs; NULL: nothing of the kind. */
static const char *common_mistake(struct ow_str text)
{
    if (text.len == 0)
        return "expected a host, got an empty string";
    if (memmem(text.ptr, text.len, "://", 3))
        return "a host has no scheme: write \"api.example.com\", or "
               "\"api.example.com:8443\" for one port alone";
    if (memchr(text.ptr, '/', text.len))
        return "a host has no path; it goes into \"path\" of a rule";
    if (memchr(text.ptr, '@', text.len) || memchr(text.ptr, ' ', text.len))
        return "this is no host";
    return NULL;
}

static int parse_name(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_str text, struct ow_host_pattern *ret,
                      struct ow_err *err)
{
    char normal[OW_LIMIT_NAME];

    if (ow_str_equal(text, OW_STR("*"))) {
        ret->kind = OW_HOST_ALL;
        text = OW_STR("");
    } else if (ow_str_starts(text, OW_STR("*."))) {
        ret->kind = OW_HOST_BELOW;
        text = (struct ow_str){text.ptr + 2, text.len - 2};
    }
    if (memchr(text.ptr, '*', text.len))
        return ow_jsonc_error(doc, node, err,
                              "\"*\" stands alone or as the first label: "
                              "\"*.example.com\"");
    normal[0] = '\0';
    if (ret->kind != OW_HOST_ALL && ow_hosts_normal(text, normal) < 0)
        return ow_jsonc_error(doc, node, err, "this is no host");
    if (ret->kind == OW_HOST_BELOW && ow_hosts_is_literal(ow_str_from(normal)))
        return ow_jsonc_error(doc, node, err,
                              "an IP address has nothing below it");
    char *name = strdup(normal);
    if (!name)
        return -ENOMEM;
    ret->name = ow_str_from(name);
    return 0;
}

static int parse_host(const struct ow_jsonc *doc, const cJSON *node,
                      struct ow_host_pattern *ret, struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));

    if (!text.ptr)
        return ow_jsonc_error(doc, node, err, "expected a host as a string");
    const char *mistake = common_mistake(text);
    if (mistake)
        return ow_jsonc_error(doc, node, err, "%s", mistake);
    if (split_port(&text, &ret->port) < 0)
        return ow_jsonc_error(doc, node, err,
                              "expected \"name\", \"name:port\" or "
                              "\"[IPv6]:port\", the port from 1 to 65535");
    return parse_name(doc, node, text, ret, err);
}

/* Sorts and drops doubles. */
static uint32_t tidy(struct ow_host_pattern *patterns, uint32_t n)
{
    uint32_t kept = 1;

    qsort(patterns, n, sizeof *patterns, compare);
    for (uint32_t i = 1; i < n; i++) {
        if (compare(&patterns[kept - 1], &patterns[i]) == 0)
            free((char *)patterns[i].name.ptr);
        else
            patterns[kept++] = patterns[i];
    }
    return kept;
}

int ow_host_patterns_parse(const struct ow_jsonc *doc, const cJSON *list,
                           struct ow_host_pattern **ret_patterns,
                           uint32_t *ret_n, struct ow_err *err)
{
    const cJSON *node;
    uint32_t n = 0;
    int r = 0;

    if (!cJSON_IsArray(list) || !list->child)
        return ow_jsonc_error(doc, list, err,
                              "expected a list of hosts, as "
                              "[\"api.example.com\"]");
    struct ow_host_pattern *patterns =
        calloc((size_t)cJSON_GetArraySize(list), sizeof *patterns);
    if (!patterns)
        return -ENOMEM;
    cJSON_ArrayForEach(node, list)
    {
        if (r == 0)
            r = parse_host(doc, node, &patterns[n++], err);
    }
    if (r < 0) {
        ow_host_patterns_free(patterns, n);
        return r;
    }
    *ret_n = tidy(patterns, n);
    *ret_patterns = patterns;
    return 0;
}
