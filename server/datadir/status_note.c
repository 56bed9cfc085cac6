#include "datadir/status_note.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/plain_file.h"

enum { WRITTEN_AT = 4, HASH_AT = 12, MESSAGE_AT = HASH_AT + HASH_SIZE };

void status_note_write(const struct datadir *folder, struct slice message, int64_t now_ms)
{
    uint8_t note[MESSAGE_AT + STATUS_NOTE_MAX];
    struct hash hash;
    if (message.size == 0 || message.size > STATUS_NOTE_MAX)
        return;
    int fd = plain_open(AT_FDCWD, folder->status, O_WRONLY | O_CREAT, 0600, NULL);
    if (fd < 0)
        return;
    hash_of(message.data, message.size, &hash);
    be32_put(note, (uint32_t)message.size);
    be64_put(note + WRITTEN_AT, (uint64_t)now_ms);
    memcpy(note + HASH_AT, hash.bytes, HASH_SIZE);
    memcpy(note + MESSAGE_AT, message.data, message.size);
    (void)!pwrite(fd, note, MESSAGE_AT + message.size, 0);
    (void)close(fd);
}

struct slice status_note_read(const struct datadir *folder, struct arena *arena,
                              int64_t *ret_written_ms)
{
    const struct slice none = {NULL, 0};
    struct hash hash;
    size_t size = 0;
    uint8_t *note = arena_take(arena, MESSAGE_AT + STATUS_NOTE_MAX);
    if (!note || !files_exist(folder->status) ||
        !files_read(folder->status, (char *)note, MESSAGE_AT + STATUS_NOTE_MAX, &size, NULL) ||
        size < MESSAGE_AT || be32_get(note) > size - MESSAGE_AT)
        return none;
    struct slice message = slice_of(note + MESSAGE_AT, be32_get(note));
    *ret_written_ms = (int64_t)be64_get(note + WRITTEN_AT);
    hash_of(message.data, message.size, &hash);
    return memcmp(hash.bytes, note + HASH_AT, HASH_SIZE) == 0 ? message : none;
}
