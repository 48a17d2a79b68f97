/*
 * callback_sign: see callback_sign.h. Called by callback.c.
 */
#include "config.h"

#include "plan/callback_sign.h"

#include <errno.h>

#include "base/base64.h"
#include "base/json.h"
#include "plan/grammar.h"
#include "plan/value.h"

static const struct {
    const char *header;
    const char *value;
} schemes[] = {
#define OW_SIGN(name, header, value) {header, value},
#include "plan/signs.def"
#undef OW_SIGN
};

static const char *const scheme_names[] = {
#define OW_SIGN(name, header, value) name,
#include "plan/signs.def"
#undef OW_SIGN
    NULL,
};

const char *const *ow_callback_sign_names(void)
{
    return scheme_names;
}

/* The value of a scheme, compiled like one that stands in a rule file. */
static int use_scheme(const struct ow_action_input *in, int scheme,
                      struct ow_callback_sign *sign)
{
    struct ow_action_input own = *in;
    struct ow_jsonc *doc;
    struct ow_str text =
        ow_arena_printf(in->arena, "\"%s\"", schemes[scheme].value);
    int r = text.ptr ? ow_jsonc_parse(scheme_names[scheme], text.ptr, text.len,
                                      &doc, in->err)
                     : -ENOMEM;

    if (r < 0)
        return r;
    sign->header = schemes[scheme].header;
    own.doc = doc;
    r = ow_template_text(&own, ow_jsonc_root(doc), &sign->value);
    ow_jsonc_free(doc);
    return r;
}

static int read_own(const struct ow_action_input *in, const cJSON *node,
                    struct ow_callback_sign *sign)
{
    const cJSON *header = ow_json_member(node, "header");
    const cJSON *value = ow_json_member(node, "value");
    struct ow_str name;

    if (!header || !cJSON_IsString(value))
        return ow_jsonc_error(in->doc, node, in->err,
                              "\"sign\" needs a \"scheme\", or \"header\" and "
                              "\"value\"");
    int r = ow_value_string(in, header, &name);
    if (r < 0)
        return r;
    sign->header = name.ptr;
    return ow_template_text(in, value, &sign->value);
}

int ow_callback_sign_parse(const struct ow_action_input *in, const cJSON *node,
                           struct ow_callback_sign *ret)
{
    bool is_object = cJSON_IsObject(node);
    const cJSON *scheme = is_object ? ow_json_member(node, "scheme") : node;
    const cJSON *token = ow_json_member(node, "token");
    int word, r = is_object ? ow_value_check_keys(
                                  in, node,
                                  ow_grammar_keys(OW_OBJECT_callback_sign_of))
                            : 0;

    if (r == 0 && token && !cJSON_IsString(token))
        return ow_jsonc_error(in->doc, token, in->err, "expected a string");
    if (r == 0 && token)
        r = ow_template_text(in, token, &ret->token);
    ret->has_token = token;
    if (r == 0 && !scheme)
        return read_own(in, node, ret);
    if (r == 0)
        r = ow_value_word(in, scheme, scheme_names, &word);
    return r < 0 ? r : use_scheme(in, word, ret);
}

/* The password of "Authorization: Basic ...". -ENOENT: there is none. */
static int find_password(const struct ow_request *request,
                         struct ow_arena *arena, struct ow_str *ret)
{
    const struct ow_field *field =
        ow_fields_find(&request->headers, OW_STR("authorization"));
    struct ow_str rest = field ? field->value : (struct ow_str){NULL, 0};
    struct ow_str word = ow_str_cut(&rest, ' '), pair;

    if (!rest.ptr || !ow_str_equal_case(word, OW_STR("basic")))
        return -ENOENT;
    int r = ow_base64_decode(ow_str_trim(rest), arena, &pair);
    if (r < 0)
        return r == -ENOMEM ? r : -ENOENT;
    ow_str_cut(&pair, ':');
    if (!pair.ptr)
        return -ENOENT;
    *ret = pair;
    return 0;
}

int ow_callback_sign_token(const struct ow_callback_sign *sign,
                           const struct ow_answer_context *context,
                           struct ow_arena *arena, struct ow_str *ret,
                           struct ow_err *err)
{
    *ret = OW_STR("");
    if (sign->has_token)
        return ow_template_render(&sign->token, context, arena, ret, err);
    if (!sign->header)
        return 0;
    int r = find_password(context->request, arena, ret);
    if (r == -ENOENT)
        return ow_err_set(err, -EINVAL,
                          "\"sign\" has no \"token\", and the request no "
                          "password (Basic) that could be it");
    return r;
}
