#include "recovery/checkpoint.h"

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

static bool sum_paths(const char *path, char data[FILES_PATH_MAX], char sum[FILES_PATH_MAX],
                      struct failure *failure)
{
    return files_join(data, path, "data.mdb", failure) && files_join(sum, path, "sum", failure);
}

/* Taken before it is verified: what a child then finds whole is what was summed. */
static bool write_sum(const char *path, struct failure *failure)
{
    char data[FILES_PATH_MAX], file[FILES_PATH_MAX], text[HASH_TEXT_SIZE + 1];
    struct hash sum;
    if (!sum_paths(path, data, file, failure) || !files_sum(data, &sum, failure))
        return false;
    hash_text(&sum, text);
    text[HASH_TEXT_SIZE - 1] = '\n';
    return files_write(file, slice_of(text, HASH_TEXT_SIZE), 0600, failure);
}

static bool sum_fits(const char *data, const char *file, struct failure *failure)
{
    char said[HASH_TEXT_SIZE + 8], text[HASH_TEXT_SIZE];
    struct hash sum;
    size_t size;
    if (!files_read(file, said, sizeof said, &size, failure) || !files_sum(data, &sum, failure))
        return false;
    hash_text(&sum, text);
    return (size == HASH_TEXT_SIZE && memcmp(said, text, HASH_TEXT_SIZE - 1) == 0) ||
           fail(failure, FAULT_DAMAGED, 0, "%s is not what was verified: damaged", data);
}

/* One without a sum is of a program that wrote none. */
bool checkpoint_look(const char *path, struct state_report *ret_report, struct failure *failure)
{
    char data[FILES_PATH_MAX], sum[FILES_PATH_MAX];
    if (!sum_paths(path, data, sum, failure))
        return false;
    bool summed = files_exist(sum);
    return (!summed || sum_fits(data, sum, failure)) &&
           subprocess_look(path, !summed, ret_report, failure);
}

bool checkpoint_make(const struct datadir *folder, struct ledger *ledger, uint64_t *ret_seq,
                     struct failure *failure)
{
    char fresh[FILES_PATH_MAX];
    struct state_report report;
    if (!files_join(fresh, folder->checkpoints, "new.tmp", failure) ||
        !files_remove_tree(fresh, failure) || !checkpoint_copy(ledger, fresh, failure) ||
        !write_sum(fresh, failure))
        return false;
    if (!subprocess_look(fresh, true, &report, failure)) {
        files_remove_tree(fresh, NULL);
        return false;
    }
    *ret_seq = report.seq;
    return name_it(folder, fresh, report.seq, failure) && prune(folder, failure);
}
