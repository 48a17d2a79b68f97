/*
 * value: the values of an answer's keys, with a placed sentence for each that
 * is of the wrong kind. All return 0, -EINVAL with the sentence, or -ENOMEM.
 */
#ifndef OW_PLAN_VALUE_H
#define OW_PLAN_VALUE_H

#include "plan/action.h"

/* Refuses keys that are not in the NULL-terminated list, and non-objects. */
int ow_value_check_keys(const struct ow_action_input *in, const cJSON *object,
                        const char *const *known);
/* A copy in the arena. */
int ow_value_string(const struct ow_action_input *in, const cJSON *node,
                    struct ow_str *ret);
int ow_value_list(const struct ow_action_input *in, const cJSON *node);
/* A whole number of that range. */
int ow_value_integer(const struct ow_action_input *in, const cJSON *node,
                     int64_t low, int64_t high, int64_t *ret);
/* "300ms", or a number of milliseconds. */
int ow_value_duration(const struct ow_action_input *in, const cJSON *node,
                      int64_t *ret_ns);
/* The same without a sentence: for keys that are not of an answer. */
int ow_value_read_duration(const cJSON *node, int64_t *ret_ns);
/* "64KB", or a number of bytes. */
int ow_value_size(const struct ow_action_input *in, const cJSON *node,
                  uint64_t *ret_bytes);
/* "256KB/s", or a number of bytes a second; never 0. */
int ow_value_rate(const struct ow_action_input *in, const cJSON *node,
                  uint64_t *ret_bytes_per_s);
/* One of the NULL-terminated words: its index. */
int ow_value_word(const struct ow_action_input *in, const cJSON *node,
                  const char *const *words, int *ret_index);
/* Passes over white space in JSON text that was read without a fault, and tells
 * how long the token is: a string, a mark, a number or a word. */
size_t ow_value_token(const char **s);
/*
 * Any JSON value on one line, as it is written: numbers keep all their digits,
 * strings their escapes; white space between tokens is left out. Appends to
 * out; 0, -ENOMEM or -ENOBUFS.
 */
int ow_value_write_json(const struct ow_action_input *in, const cJSON *node,
                        struct ow_buf *out);
/* The same as a copy in the arena. */
int ow_value_json(const struct ow_action_input *in, const cJSON *node,
                  struct ow_str *ret);

#endif
