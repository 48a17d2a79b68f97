/*
 * lineage: the folder of the session that a process has started, named after
 * the process, so that its descendants find it without being told: a child of
 * system() or popen() gets OFFWIRE_RULES but no OFFWIRE_SESSION.
 *
 * The name is TMPDIR/offwire-UID-PID-START-RULES: START, the time the process
 * began, tells it from a later one with its number; RULES is a hash of the
 * rule list, so that a child with other rules has a session of its own.
 */
#ifndef OW_SHIM_LINEAGE_H
#define OW_SHIM_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>

struct ow_lineage {
    int pid;    /* the process that dir is named after */
    int parent; /* its parent; 0 at the end of the line */
};

/*
 * Begins with this process. Each step names the folder of lineage->pid in
 * buf, and moves on to the parent. False at the end of the line: init, eight
 * steps up, or a process that may not be looked at.
 */
void ow_lineage_init(struct ow_lineage *lineage);
bool ow_lineage_next(struct ow_lineage *lineage, const char *rules, char *buf,
                     size_t size);
/* Whether dir is named so, and not as `offwire run` names its folders. */
bool ow_lineage_is_name(const char *dir);
/* Whether dir is a folder that only this user can enter. */
bool ow_lineage_is_private(const char *dir);

#endif
