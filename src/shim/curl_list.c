/*
 * curl_list: lists in one block. See curl_list.h. Called by curl_handles.c and
 * curl_way.c.
 */
#include "config.h"

#include "shim/curl_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ow_curl_list_init(struct ow_curl_list *list, size_t count, size_t size)
{
    size_t room = count * sizeof(*list->nodes);
    *list = (struct ow_curl_list){.room = count, .left = size};
    list->nodes = malloc(room + size + 1);
    if (list->nodes)
        list->text = (char *)list->nodes + room;
}

void ow_curl_list_add(struct ow_curl_list *list, const char *format, ...)
{
    va_list args;
    if (!list->nodes || list->count == list->room)
        return;
    va_start(args, format);
    int len = vsnprintf(list->text, list->left, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= list->left)
        return;
    struct ow_curl_node *node = &list->nodes[list->count++];
    node->data = list->text;
    node->next = node + 1;
    list->text += len + 1;
    list->left -= (size_t)len + 1;
}

struct ow_curl_node *ow_curl_list_end(struct ow_curl_list *list,
                                      struct ow_curl_node *tail)
{
    if (!list->nodes || list->count == 0)
        return tail;
    list->nodes[list->count - 1].next = tail;
    return list->nodes;
}

struct ow_curl_node *ow_curl_list_copy(const struct ow_curl_node *from)
{
    struct ow_curl_list list;
    size_t count = 0, size = 0;
    for (const struct ow_curl_node *at = from; at; at = at->next) {
        count++;
        size += strlen(at->data) + 1;
    }
    ow_curl_list_init(&list, count, size);
    for (const struct ow_curl_node *at = from; at; at = at->next)
        ow_curl_list_add(&list, "%s", at->data);
    return list.nodes ? ow_curl_list_end(&list, NULL) : NULL;
}
