#include "datadir/backup_note.h"

#include <inttypes.h>
#include <stdio.h>

bool backup_note_write(const struct datadir *folder, const struct backup_note *note,
                       struct failure *failure)
{
    char text[FILES_PATH_MAX + 64];
    int size = snprintf(text, sizeof text, "%" PRId64 " %" PRIu64 " %s\n", note->made_ms, note->seq,
                        note->place);
    return files_write(folder->backup, slice_of(text, (size_t)size), 0600, failure);
}

bool backup_note_read(const struct datadir *folder, struct backup_note *ret_note)
{
    char text[FILES_PATH_MAX + 64];
    size_t size;
    return files_exist(folder->backup) &&
           files_read(folder->backup, text, sizeof text, &size, NULL) &&
           sscanf(text, "%" SCNd64 " %" SCNu64 " %1023[^\n]", &ret_note->made_ms, &ret_note->seq,
                  ret_note->place) == 3;
}
