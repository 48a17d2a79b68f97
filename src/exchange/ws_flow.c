/*
 * ws_flow: the operations that depend on values: what the connection keeps, and
 * what is said perhaps or once for each element of a list. See ws_world.h.
 * Called by ws_play.c.
 */
#include "config.h"

#include "exchange/ws_world.h"

void ow_ws_flow_keep(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op)
{
    struct ow_answer_context context = ow_ws_context(ws, task);
    struct ow_err why = {"no memory"};

    if (ow_setter_keep(op->set, &context, &ws->kept, &why) < 0)
        ow_ws_fail(ws, why.text);
}

void ow_ws_flow_if(struct ow_ws_session *ws, struct ow_ws_task *task,
                   const struct ow_script_op *op)
{
    struct ow_answer_context context = ow_ws_context(ws, task);
    struct ow_err why = {"no memory"};
    bool holds = false;

    if (ow_loop_holds(&op->expression, &context, &holds, &why) < 0)
        ow_ws_fail(ws, why.text);
    if (!holds)
        task->pc = op->to;
}

/* Behind the last element the list is gone. */
static void go_to_item(struct ow_ws_task *task, const cJSON *item, size_t end)
{
    task->loop.item = item;
    if (item)
        return;
    cJSON_Delete(task->list);
    task->list = NULL;
    task->pc = end;
}

/* nil is no element, and so is a table that is empty. */
static bool is_list(const cJSON *value)
{
    return cJSON_IsArray(value) || cJSON_IsNull(value) ||
           (cJSON_IsObject(value) && !value->child);
}

void ow_ws_flow_each(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op)
{
    struct ow_answer_context context = ow_ws_context(ws, task);
    struct ow_err why = {"no memory"};
    cJSON *list = NULL;

    if (ow_loop_value(&op->expression, &context, &list, &why) < 0)
        ow_ws_fail(ws, why.text);
    else if (!is_list(list))
        ow_ws_fail(ws, "\"each\" gives no list");
    cJSON_Delete(task->list);
    task->list = list;
    task->loop.index = 0;
    go_to_item(task, cJSON_IsArray(list) ? list->child : NULL, op->to);
}

void ow_ws_flow_next(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op)
{
    (void)ws;
    task->loop.index++;
    go_to_item(task, task->loop.item->next, op->to);
}
