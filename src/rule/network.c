/*
 * network: see network.h. Called when rules are loaded, and by cli/ for
 * --network.
 */
#include "config.h"

#include "rule/network.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"
#include "plan/grammar.h"
#include "plan/value.h"

#define MS INT64_C(1000000)
/* Bytes a second of so many kbit/s. */
#define KBIT 125

static const struct ow_network profiles[] = {
#define OW_NETWORK(name, latency, jitter, down, up, loss, help)                \
    {name, (latency)*MS, (jitter)*MS, (down)*KBIT, (up)*KBIT, (loss) / 1000.0},
#include "rule/networks.def"
#undef OW_NETWORK
};

static const char *const helps[] = {
#define OW_NETWORK(name, latency, jitter, down, up, loss, help) help,
#include "rule/networks.def"
#undef OW_NETWORK
};

static const char *const names[] = {
#define OW_NETWORK(name, latency, jitter, down, up, loss, help) name,
#include "rule/networks.def"
#undef OW_NETWORK
    NULL,
};

const struct ow_network *ow_network_at(size_t n, const char **ret_help)
{
    if (n >= sizeof profiles / sizeof *profiles)
        return NULL;
    if (ret_help)
        *ret_help = helps[n];
    return &profiles[n];
}

bool ow_network_is_none(const struct ow_network *network)
{
    return network->latency_ns == 0 && network->jitter_ns == 0 &&
           network->rate == 0 && network->upload == 0 && network->loss <= 0;
}

const struct ow_network *ow_network_profile(const char *name,
                                            struct ow_err *err)
{
    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return &profiles[i];
    const char *near = ow_suggest(ow_str_from(name), names);
    if (near) {
        ow_err_set(err, 0,
                   "no network is called \"%.60s\"; did you mean "
                   "\"%s\"?",
                   name, near);
        return NULL;
    }
    char list[200] = "";
    size_t len = 0;
    for (size_t i = 0; names[i] && len + 20 < sizeof list; i++) {
        size_t n = strlen(names[i]);
        memcpy(list + len, i > 0 ? ", " : "", i > 0 ? 2 : 0);
        len += i > 0 ? 2 : 0;
        memcpy(list + len, names[i], n + 1);
        len += n;
    }
    ow_err_set(err, 0, "no network is called \"%.60s\"; there are %s", name,
               list);
    return NULL;
}

static int read_profile(const struct ow_jsonc *doc, const cJSON *node,
                        struct ow_network *ret, struct ow_err *err)
{
    const char *name = cJSON_GetStringValue(node);
    struct ow_err why = {""};

    if (!name)
        return ow_jsonc_error(doc, node, err,
                              "expected the name of a network, as \"3g\"");
    const struct ow_network *profile = ow_network_profile(name, &why);
    if (!profile)
        return ow_jsonc_error(doc, node, err, "%s", why.text);
    *ret = *profile;
    return 0;
}

static int read_time(const struct ow_jsonc *doc, const cJSON *node,
                     int64_t *ret_ns, struct ow_err *err)
{
    bool is_too_long = cJSON_IsNumber(node) && node->valuedouble >= 1e9;

    if (!is_too_long && ow_value_read_duration(node, ret_ns) == 0)
        return 0;
    return ow_jsonc_error(doc, node, err,
                          "expected a duration, as \"80ms\", or 80 "
                          "(milliseconds)");
}

static int read_rate(const struct ow_jsonc *doc, const cJSON *node,
                     uint64_t *ret, struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));

    if (cJSON_IsNumber(node) && node->valuedouble >= 1 &&
        node->valuedouble < 1e15) {
        *ret = (uint64_t)node->valuedouble;
        return 0;
    }
    if (text.ptr && ow_units_parse_rate(text, ret) == 0)
        return 0;
    return ow_jsonc_error(doc, node, err,
                          "expected a rate, as \"1MB/s\" or \"1600kbit/s\"");
}

/* The part of packets that are lost; all of them would be no network. */
static int read_loss(const struct ow_jsonc *doc, const cJSON *node, double *ret,
                     struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));
    double loss = cJSON_IsNumber(node) ? node->valuedouble : -1;

    if (text.ptr && ow_units_parse_percent(text, &loss) < 0)
        loss = -1;
    if (!(loss >= 0 && loss <= 0.9))
        return ow_jsonc_error(doc, node, err,
                              "expected a part of the packets up to 0.9, as "
                              "0.01 or \"1%%\"");
    *ret = loss;
    return 0;
}

static int read_key(const struct ow_jsonc *doc, const cJSON *node,
                    struct ow_network *network, struct ow_err *err)
{
    const char *key = node->string;

    if (strcmp(key, "latency") == 0)
        return read_time(doc, node, &network->latency_ns, err);
    if (strcmp(key, "jitter") == 0)
        return read_time(doc, node, &network->jitter_ns, err);
    if (strcmp(key, "rate") == 0)
        return read_rate(doc, node, &network->rate, err);
    if (strcmp(key, "upload") == 0)
        return read_rate(doc, node, &network->upload, err);
    if (strcmp(key, "loss") == 0)
        return read_loss(doc, node, &network->loss, err);
    return 0;
}

static int check_key(const struct ow_jsonc *doc, const cJSON *node,
                     bool takes_hosts, struct ow_err *err)
{
    const char *const *known =
        ow_grammar_keys(takes_hosts ? OW_OBJECT_network_of : OW_OBJECT_network);

    for (size_t i = 0; known[i]; i++)
        if (strcmp(known[i], node->string) == 0)
            return 0;
    return ow_jsonc_unknown_key(doc, node, err, known);
}

/* A rate goes for both ways, unless "upload" says otherwise. */
static int read_object(const struct ow_jsonc *doc, const cJSON *node,
                       bool takes_hosts, struct ow_network *ret,
                       struct ow_err *err)
{
    const cJSON *profile = cJSON_GetObjectItemCaseSensitive(node, "profile");
    const cJSON *member;
    int r = profile ? read_profile(doc, profile, ret, err) : 0;

    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = check_key(doc, member, takes_hosts, err);
        if (r == 0)
            r = read_key(doc, member, ret, err);
    }
    if (r == 0 && cJSON_HasObjectItem(node, "rate") &&
        !cJSON_HasObjectItem(node, "upload"))
        ret->upload = ret->rate;
    return r;
}

int ow_network_parse(const struct ow_jsonc *doc, const cJSON *node,
                     bool takes_hosts, struct ow_arena *arena,
                     const struct ow_network **ret, struct ow_err *err)
{
    struct ow_network *network = ow_arena_zalloc(arena, sizeof *network);
    int r;

    if (!network)
        return -ENOMEM;
    if (cJSON_IsObject(node))
        r = read_object(doc, node, takes_hosts, network, err);
    else if (cJSON_IsString(node))
        r = read_profile(doc, node, network, err);
    else
        r = ow_jsonc_error(doc, node, err,
                           "expected the name of a network, or an object with "
                           "latency, jitter, rate, upload, loss");
    if (r == 0)
        *ret = network;
    return r;
}
