/*
 * filebody: bodies that are files. The path is fixed when rules are loaded,
 * the file is opened at each hit: a test that changes it is answered with what
 * is there then.
 */
#ifndef OW_PLAN_FILEBODY_H
#define OW_PLAN_FILEBODY_H

#include "plan/action.h"

/*
 * The path of node, which is relative to the rule file's folder, made
 * absolute: the host may work in another folder. 0, -ENOMEM, or -EINVAL with a
 * placed sentence if there is no such file now.
 */
int ow_filebody_parse(const struct ow_action_input *in, const cJSON *node,
                      const char **ret_path);
/* "text/css" and the like, by the name's extension. */
struct ow_str ow_filebody_type(const char *path);
/*
 * Opens the file for a plan, which closes it. 0, or a negative errno with a
 * sentence.
 */
int ow_filebody_open(const char *path, struct ow_plan *plan, int *ret_fd,
                     uint64_t *ret_size, struct ow_err *err);
/* The same for somebody else, who closes it. */
int ow_filebody_open_file(const char *path, int *ret_fd, uint64_t *ret_size,
                          struct ow_err *err);
/* Appends a FILE step with all of it; nothing for an empty one. */
int ow_filebody_plan(int fd, uint64_t size, uint64_t rate,
                     struct ow_plan *plan);

#endif
