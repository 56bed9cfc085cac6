/*
 * `identity`: which ledger a folder belongs to, as five lines of text, the last one the hash of
 * those before. Made once; while a process writes the journal it holds a lock on this file.
 */
#include "local.h"

#include "base/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static const char file_name[] = "identity", new_name[] = "identity.new";

enum { IDENTITY_MAX = 512 };

static size_t identity_write(const struct ledger_id *ledger, const struct incarnation *incarnation,
                             char out[IDENTITY_MAX])
{
    char hex[2 * LEDGER_ID_SIZE + 1], hash_hex[HASH_TEXT_SIZE], life[INCARNATION_TEXT_SIZE];
    incarnation_write(incarnation, life);
    for (int i = 0; i < LEDGER_ID_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", ledger->bytes[i]);
    int size = snprintf(out, IDENTITY_MAX, "tefter journal\nformat %d\nledger %s\nincarnation %s\n",
                        JOURNAL_FORMAT, hex, life);
    struct hash hash;
    hash_of(out, (size_t)size, &hash);
    hash_text(&hash, hash_hex);
    size += snprintf(out + size, IDENTITY_MAX - (size_t)size, "hash %s\n", hash_hex);
    return (size_t)size;
}

/* Right when the same words come out again. */
static bool identity_read(const char *text, size_t size, struct ledger_id *ret_ledger,
                          struct incarnation *ret_incarnation)
{
    char again[IDENTITY_MAX], hex[2 * LEDGER_ID_SIZE + 1], life[INCARNATION_TEXT_SIZE];
    unsigned byte;
    if (sscanf(text, "tefter journal format %*d ledger %32[0-9a-f] incarnation %27[0-9a-f-]", hex,
               life) != 2 ||
        !incarnation_read(life, ret_incarnation))
        return false;
    for (int i = 0; i < LEDGER_ID_SIZE; i++) {
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        ret_ledger->bytes[i] = (uint8_t)byte;
    }
    return identity_write(ret_ledger, ret_incarnation, again) == size &&
           memcmp(again, text, size) == 0;
}

bool identity_create(int folder, const struct ledger_id *ledger,
                     const struct incarnation *incarnation, struct failure *failure)
{
    char text[IDENTITY_MAX];
    size_t size = identity_write(ledger, incarnation, text);
    int file = plain_open(folder, new_name, O_WRONLY | O_CREAT | O_TRUNC, 0600, failure);
    if (file < 0)
        return fail(failure, fault_of_os(errno), errno, "cannot make the journal's identity");
    bool made = file_write(file, slice_of(text, size), 0) && fsync(file) == 0 &&
                renameat(folder, new_name, folder, file_name) == 0;
    if (!made)
        fail(failure, fault_of_os(errno), errno, "cannot write the journal's identity");
    close(file);
    return made && folder_sync(folder, failure);
}

/* All formats end with a line that has the hash of what stands before it. */
static bool identity_whole(const char *text, size_t size)
{
    char hash_hex[HASH_TEXT_SIZE];
    struct hash hash;
    const size_t tail = sizeof "hash \n" - 1 + HASH_TEXT_SIZE - 1;
    if (size < tail)
        return false;
    hash_of(text, size - tail, &hash);
    hash_text(&hash, hash_hex);
    return memcmp(text + size - tail + 5, hash_hex, HASH_TEXT_SIZE - 1) == 0;
}

static bool identity_format_known(const struct local *local, const char *text, size_t size,
                                  struct failure *failure)
{
    unsigned format;
    if (!identity_whole(text, size) || sscanf(text, "tefter journal format %u", &format) != 1 ||
        format == JOURNAL_FORMAT)
        return true; /* or not an identity at all */
    if (format > JOURNAL_FORMAT)
        return fail(failure, FAULT_NEWER, 0,
                    "the journal in %s has format %u, this program knows %d; use a newer tefterd",
                    local->path, format, JOURNAL_FORMAT);
    return fail(failure, FAULT_OLDER, 0,
                "this ledger was written in journal format %u, which this program no longer reads "
                "(%s); this one reads format %d",
                format, local->path, JOURNAL_FORMAT);
}

bool identity_open(struct local *local, struct failure *failure)
{
    char text[IDENTITY_MAX] = {0};
    struct journal_head *head = &local->journal.head;
    local->identity = plain_open(local->folder, file_name, O_RDONLY, 0, failure);
    if (local->identity < 0)
        return fail(failure, errno == ENOENT ? FAULT_USE : FAULT_IO, errno,
                    "no journal in %s: its file `identity` cannot be opened", local->path);
    if (!local->journal.reading && flock(local->identity, LOCK_EX | LOCK_NB))
        return fail(failure, FAULT_BUSY, errno, "another process writes the journal in %s",
                    local->path);
    ssize_t size = pread(local->identity, text, sizeof text - 1, 0);
    if (size < 0)
        return fail(failure, FAULT_IO, errno, "cannot read %s/identity", local->path);
    if (!identity_format_known(local, text, (size_t)size, failure))
        return false;
    if (!identity_read(text, (size_t)size, &head->ledger, &head->incarnation))
        return fail(failure, FAULT_DAMAGED, 0, "%s/identity is not what was written", local->path);
    return true;
}
