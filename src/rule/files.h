/*
 * files: from what OFFWIRE_RULES and --rules say to the files that are read: a
 * colon-separated list of files, folders and names of packs.
 */
#ifndef OW_RULE_FILES_H
#define OW_RULE_FILES_H

#include "base/buf.h"
#include "base/err.h"

struct ow_files {
    char **paths;
    size_t *packs; /* which item of the list each is of, counted from 1 */
    size_t n;
    size_t cap;
    char **names; /* of the items: what their packs are called */
    size_t n_packs;
};

void ow_files_init(struct ow_files *files);
void ow_files_release(struct ow_files *files);
/*
 * Adds the files of a list, or of one item that may have colons. Of a folder
 * these are its *.json and *.jsonc, sorted, hidden ones left out. pack_dir may
 * be NULL. 0, -ENOENT or another errno with a sentence, -ENOMEM.
 */
int ow_files_add_list(struct ow_files *files, const char *list,
                      const char *pack_dir, struct ow_err *err);
int ow_files_add_item(struct ow_files *files, const char *item,
                      const char *pack_dir, struct ow_err *err);
/*
 * A number that changes when the files of a list do: their names, places,
 * sizes, or times. 0 if they cannot be told.
 */
uint64_t ow_files_stamp(const char *list, const char *pack_dir);
/* Appends what is in a file; pipes are read to their end, but not waited for if
 * nobody has them open (-EPIPE). */
int ow_files_read(const char *path, struct ow_buf *text, struct ow_err *err);

#endif
