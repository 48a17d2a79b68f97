/*
 * curl_list: lists as libcurl takes them (struct curl_slist), each in one
 * block of memory, so that one free ends it.
 */
#ifndef OW_SHIM_CURL_LIST_H
#define OW_SHIM_CURL_LIST_H

#include <stddef.h>

/* struct curl_slist. */
struct ow_curl_node {
    char *data;
    struct ow_curl_node *next;
};

/* A list that grows in a block whose size was counted before. */
struct ow_curl_list {
    struct ow_curl_node *nodes; /* NULL: memory was short */
    size_t count;
    size_t room;
    char *text; /* where the next string goes */
    size_t left;
};

/* Room for count nodes and size bytes of strings with their NULs. */
void ow_curl_list_init(struct ow_curl_list *list, size_t count, size_t size);
/* Appends a printed string; what does not fit is left out. */
void ow_curl_list_add(struct ow_curl_list *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The first node, for libcurl; the last one's next is tail. */
struct ow_curl_node *ow_curl_list_end(struct ow_curl_list *list,
                                      struct ow_curl_node *tail);
/* A copy in one block; NULL: no memory. */
struct ow_curl_node *ow_curl_list_copy(const struct ow_curl_node *list);

#endif
