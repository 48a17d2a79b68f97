/*
 * talk_give: what turns of a conversation send, as arguments of a webhook. See
 * talk.h. Called by the command.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rule/talk.h"

static int refuse_unknown(const struct ow_talk *talk,
                          const struct ow_webhook *webhook, const cJSON *node,
                          struct ow_err *err)
{
    const char **known = calloc(webhook->n + 1, sizeof *known);

    if (!known)
        return -ENOMEM;
    for (size_t i = 0; i < webhook->n; i++)
        known[i] = webhook->arguments[i].name;
    int r = ow_jsonc_unknown_key(ow_talk_doc(talk), node, err, known);
    free(known);
    return r;
}

/* A text, and of a list some. */
static int fit_argument(const struct ow_talk *talk,
                        const struct ow_webhook *webhook, const cJSON *node,
                        struct ow_err *err)
{
    const struct ow_webhook_argument *argument =
        ow_webhook_argument(webhook, node->string);
    bool is_list = cJSON_IsArray(node);
    const cJSON *item = is_list ? node->child : node;

    if (!argument)
        return refuse_unknown(talk, webhook, node, err);
    if (is_list && !argument->is_list)
        return ow_jsonc_error(ow_talk_doc(talk), node, err,
                              "expected a string");
    for (; item; item = is_list ? item->next : NULL)
        if (!cJSON_IsString(item))
            return ow_jsonc_error(
                ow_talk_doc(talk), item, err, "expected a string%s",
                argument->is_list && !is_list ? ", or a list of them" : "");
    return 0;
}

static int fit_arguments(const struct ow_talk *talk,
                         const struct ow_webhook *webhook, const cJSON *object,
                         struct ow_err *err)
{
    const cJSON *item;
    int r = 0;

    if (object && !cJSON_IsObject(object))
        return ow_jsonc_error(ow_talk_doc(talk), object, err,
                              "expected an object of arguments of the webhook "
                              "%s",
                              webhook->name);
    cJSON_ArrayForEach(item, object)
    {
        if (r == 0)
            r = fit_argument(talk, webhook, item, err);
    }
    return r;
}

static int fit_turn(const struct ow_talk *talk,
                    const struct ow_webhook *webhook,
                    const struct ow_talk_turn *turn, struct ow_err *err)
{
    const cJSON *reply = turn->nodes[OW_TALK_REPLY];

    if (reply && !webhook->has_messages)
        return ow_jsonc_error(ow_talk_doc(talk), reply, err,
                              "nothing is said in answers to the webhook %s; "
                              "\"status\", \"json\" and \"body\" can be looked "
                              "at",
                              webhook->name);
    if (!cJSON_IsString(turn->send))
        return fit_arguments(talk, webhook, turn->send, err);
    if (webhook->text)
        return 0;
    return ow_jsonc_error(ow_talk_doc(talk), turn->send, err,
                          "the webhook %s has no argument that is what "
                          "somebody says: send an object of arguments",
                          webhook->name);
}

int ow_talk_fit(const struct ow_talk *talk, const struct ow_webhook *webhook,
                struct ow_err *err)
{
    int r = fit_arguments(talk, webhook, ow_talk_arguments(talk), err);

    for (size_t i = 0; r == 0 && i < ow_talk_count(talk); i++)
        r = fit_turn(talk, webhook, ow_talk_turn(talk, i), err);
    return r;
}

static int give_one(const struct ow_webhook *webhook, const char *name,
                    const cJSON *value, bool replaces, cJSON *arguments)
{
    const struct ow_webhook_argument *argument =
        ow_webhook_argument(webhook, name);
    cJSON *copy = cJSON_Duplicate(value, true), *list = NULL;

    if (!replaces && cJSON_HasObjectItem(arguments, name)) {
        cJSON_Delete(copy);
        return 0;
    }
    if (copy && argument->is_list && !cJSON_IsArray(copy)) {
        list = cJSON_CreateArray();
        if (!list || !cJSON_AddItemToArray(list, copy)) {
            cJSON_Delete(list);
            cJSON_Delete(copy);
            return -ENOMEM;
        }
        copy = list;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(arguments, name);
    if (copy && cJSON_AddItemToObject(arguments, name, copy))
        return 0;
    cJSON_Delete(copy);
    return -ENOMEM;
}

int ow_talk_give(const struct ow_webhook *webhook, const cJSON *send,
                 bool replaces, cJSON *arguments)
{
    const cJSON *item;
    int r = 0;

    if (cJSON_IsString(send))
        return give_one(webhook, webhook->text, send, replaces, arguments);
    cJSON_ArrayForEach(item, send)
    {
        if (r == 0)
            r = give_one(webhook, item->string, item, replaces, arguments);
    }
    return r;
}
