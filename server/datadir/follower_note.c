#include "datadir/follower_note.h"

#include "base/plain_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

bool follower_note_write(const struct datadir *folder, const struct follower_note *note,
                         struct failure *failure)
{
    char fresh[FILES_PATH_MAX + 8];
    snprintf(fresh, sizeof fresh, "%s.new", folder->follower);
    int fd = plain_open(AT_FDCWD, fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600, failure);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "we");
    if (!file)
        return fail(failure, FAULT_IO, errno, "cannot make %s", fresh);
    bool written = fprintf(file, "%" PRIu64 " %" PRId64 " %s\n", note->seq, note->caught_up_ms,
                           note->place) > 0;
    written = fclose(file) == 0 && written;
    return (written && rename(fresh, folder->follower) == 0) ||
           fail(failure, FAULT_IO, errno, "cannot write %s", folder->follower);
}

bool follower_note_read(const struct datadir *folder, struct follower_note *ret_note)
{
    char text[FILES_PATH_MAX + 64];
    size_t size;
    return files_exist(folder->follower) &&
           files_read(folder->follower, text, sizeof text, &size, NULL) &&
           sscanf(text, "%" SCNu64 " %" SCNd64 " %1023[^\n]", &ret_note->seq,
                  &ret_note->caught_up_ms, ret_note->place) == 3;
}
