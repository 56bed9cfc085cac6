#include "recovery/checkpoint.h"

#include "recovery/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAME_DIGITS = 20 };

static bool is_name(const char *name)
{
    return strlen(name) == NAME_DIGITS && strspn(name, "0123456789") == NAME_DIGITS;
}

size_t checkpoint_list(const struct datadir *folder, uint64_t ret_seqs[CHECKPOINTS_LIST_MAX])
{
    struct files_name names[CHECKPOINTS_LIST_MAX];
    size_t count = files_list(folder->checkpoints, is_name, names, CHECKPOINTS_LIST_MAX);
    for (size_t i = 0; i < count; i++)
        ret_seqs[i] = strtoull(names[i].text, NULL, 10);
    return count;
}

bool checkpoint_path(const struct datadir *folder, uint64_t seq, char out[FILES_PATH_MAX],
                     struct failure *failure)
{
    char name[NAME_DIGITS + 1];
    snprintf(name, sizeof name, "%020" PRIu64, seq);
    return files_join(out, folder->checkpoints, name, failure);
}

static bool copy_to_file(struct ledger *ledger, const char *path, struct failure *failure)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(failure, FAULT_IO, errno, "cannot make %s", path);
    bool good = ledger_copy(ledger, fd, failure);
    if (good && fsync(fd))
        good = fail(failure, FAULT_IO, errno, "cannot sync %s", path);
    close(fd);
    return good;
}

bool checkpoint_copy(struct ledger *ledger, const char *to, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    return files_make_folder(to, failure) && files_join(path, to, "data.mdb", failure) &&
           copy_to_file(ledger, path, failure) && files_sync_folder(to, failure);
}

static bool name_it(const struct datadir *folder, const char *fresh, uint64_t seq,
                    struct failure *failure)
{
    char path[FILES_PATH_MAX];
    if (!checkpoint_path(folder, seq, path, failure) || !files_remove_tree(path, failure))
        return false;
    if (rename(fresh, path))
        return fail(failure, FAULT_IO, errno, "cannot rename %s", fresh);
    return files_sync_folder(folder->checkpoints, failure);
}

static bool prune(const struct datadir *folder, struct failure *failure)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX];
    size_t count = checkpoint_list(folder, seqs);
    for (size_t i = 0; i + CHECKPOINTS_KEPT < count; i++)
        if (!checkpoint_path(folder, seqs[i], path, failure) || !files_remove_tree(path, failure))
            return false;
    return true;
}

bool checkpoint_make(const struct datadir *folder, struct ledger *ledger, uint64_t *ret_seq,
                     struct failure *failure)
{
    char fresh[FILES_PATH_MAX];
    struct state_report report;
    if (!files_join(fresh, folder->checkpoints, "new.tmp", failure) ||
        !files_remove_tree(fresh, failure) || !checkpoint_copy(ledger, fresh, failure))
        return false;
    if (!subprocess_look(fresh, true, &report, failure)) {
        files_remove_tree(fresh, NULL);
        return false;
    }
    *ret_seq = report.seq;
    return name_it(folder, fresh, report.seq, failure) && prune(folder, failure);
}
