#pragma once
/*
 * The audit log in backups: the same lines under the same names (audit.log, and audit.log.1, the
 * older ones), whose seals go on in a ledger that is restored from there.
 */
#include "access/access.h"
#include "datadir/datadir.h"

/* Whole lines, beside whoever writes: `folder` is a ledger's or a backup's. No log is no fault. */
bool audit_copy(const char *path, const char *folder, struct failure *failure);

/* What a place that follows has of it. */
struct audit_copied {
    uint64_t file; /* its inode number; 0: nothing was copied yet */
    int64_t size;
};
/* What came since is added; after a new file was begun all of it is copied anew. */
bool audit_follow(const char *path, const char *place, struct audit_copied *copied,
                  struct failure *failure);

/* Does its chain hold, by the token key beside it? FAULT_DAMAGED names the line. No log is no
 * fault. */
bool audit_copy_whole(const char *backup, struct access_audit_report *ret_report,
                      struct failure *failure);
