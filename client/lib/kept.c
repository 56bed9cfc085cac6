#include "lib/tefter.h"

#include "base/hash.h"
#include "base/plain_file.h"
#include "lib/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    MAGIC_SIZE = 8,
    VERSION = 1,
    STAFF_AT = MAGIC_SIZE + 4,
    LEDGER_AT = STAFF_AT + 4,
    SIZE_AT = LEDGER_AT + TEFTER_KEPT_LEDGER_SIZE,
    HEAD_SIZE = SIZE_AT + 4,
    CHECK_SIZE = 8,
};
static const char magic[MAGIC_SIZE + 1] = "tef-kept";

/* ---- one process at a time ---- */

static bool take_lock(struct tefter_kept *kept, bool *ret_busy)
{
    char path[TEFTER_PATH_MAX];
    char name[TEFTER_KEPT_NAME_MAX + 8];
    (void)snprintf(name, sizeof(name), "%s.lock", kept->name);
    *ret_busy = false;
    if (!folder_path(kept->folder, name, path, NULL))
        return false;
    kept->lock = plain_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0600, NULL);
    if (kept->lock < 0)
        return false;
    int locked;
    while ((locked = flock(kept->lock, LOCK_EX | LOCK_NB)) != 0 && errno == EINTR) {
    }
    *ret_busy = locked != 0 && errno == EWOULDBLOCK;
    if (locked != 0)
        tefter_kept_close(kept);
    return locked == 0;
}

/* Of a process that died while it wrote: whoever holds the lock knows that nobody writes them. */
static void drop_halves(const struct tefter_kept *kept)
{
    char begins[TEFTER_KEPT_NAME_MAX + 2];
    size_t size = (size_t)snprintf(begins, sizeof(begins), ".%s.", kept->name);
    DIR *folder = opendir(kept->folder);
    if (folder == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (strncmp(entry->d_name, begins, size) == 0)
            (void)folder_remove(kept->folder, entry->d_name, NULL);
    (void)closedir(folder);
}

/* ---- reading ---- */

static void check_of(struct slice bytes, uint8_t out[CHECK_SIZE])
{
    struct hash hash;
    hash_of(bytes.data, bytes.size, &hash);
    memcpy(out, hash.bytes, CHECK_SIZE);
}

static enum tefter_kept_found look(const struct tefter_kept *kept, struct slice file,
                                   struct slice *ret_body)
{
    uint8_t check[CHECK_SIZE];
    bool ours = file.size >= STAFF_AT && memcmp(file.data, magic, MAGIC_SIZE) == 0;
    if (ours && be32_get(file.data + MAGIC_SIZE) > VERSION)
        return TEFTER_KEPT_NEWER;
    if (!ours || file.size < HEAD_SIZE + CHECK_SIZE || be32_get(file.data + MAGIC_SIZE) != VERSION)
        return TEFTER_KEPT_DAMAGED;
    size_t size = be32_get(file.data + SIZE_AT);
    if (size != file.size - HEAD_SIZE - CHECK_SIZE)
        return TEFTER_KEPT_DAMAGED;
    check_of(slice_of(file.data, HEAD_SIZE + size), check);
    if (memcmp(check, file.data + HEAD_SIZE + size, CHECK_SIZE) != 0)
        return TEFTER_KEPT_DAMAGED;
    if (be32_get(file.data + STAFF_AT) != kept->staff ||
        memcmp(file.data + LEDGER_AT, kept->ledger, TEFTER_KEPT_LEDGER_SIZE) != 0)
        return TEFTER_KEPT_OTHERS;
    *ret_body = slice_of(file.data + HEAD_SIZE, size);
    return TEFTER_KEPT_THERE;
}

const char *tefter_kept_aside(const struct tefter_kept *kept, char out[TEFTER_KEPT_NAME_MAX + 8])
{
    (void)snprintf(out, TEFTER_KEPT_NAME_MAX + 8, "%s.aside", kept->name);
    return out;
}

/* It may be looked at by people; it is in nobody's way. */
static void put_aside(const struct tefter_kept *kept)
{
    char from[TEFTER_PATH_MAX];
    char to[TEFTER_PATH_MAX];
    char name[TEFTER_KEPT_NAME_MAX + 8];
    if (folder_path(kept->folder, kept->name, from, NULL) &&
        folder_path(kept->folder, tefter_kept_aside(kept, name), to, NULL))
        (void)rename(from, to);
}

enum tefter_kept_found tefter_kept_open(struct tefter_kept *kept, const char *folder,
                                        uint32_t staff,
                                        const uint8_t ledger[TEFTER_KEPT_LEDGER_SIZE],
                                        struct arena *arena, struct slice *ret_body)
{
    bool busy;
    struct slice file;
    struct failure failure = {0};
    *kept = (struct tefter_kept){.staff = staff, .lock = -1};
    *ret_body = (struct slice){NULL, 0};
    (void)snprintf(kept->folder, sizeof(kept->folder), "%s", folder);
    (void)snprintf(kept->name, sizeof(kept->name), "kept-%" PRIu32, staff);
    memcpy(kept->ledger, ledger, TEFTER_KEPT_LEDGER_SIZE);
    if (!take_lock(kept, &busy))
        return busy ? TEFTER_KEPT_BUSY : TEFTER_KEPT_CLOSED;
    drop_halves(kept);
    if (!folder_read(folder, kept->name, TEFTER_KEPT_BYTES_MAX, arena, &file, &failure)) {
        put_aside(kept);
        return TEFTER_KEPT_DAMAGED;
    }
    if (file.data == NULL)
        return TEFTER_KEPT_NOTHING;
    enum tefter_kept_found found = look(kept, file, ret_body);
    if (found != TEFTER_KEPT_THERE)
        put_aside(kept);
    return found;
}

void tefter_kept_close(struct tefter_kept *kept)
{
    if (kept->lock >= 0)
        (void)close(kept->lock);
    kept->lock = -1;
}

/* ---- writing ---- */

bool tefter_kept_write(const struct tefter_kept *kept, struct slice body, struct failure *failure)
{
    uint8_t head[HEAD_SIZE];
    uint8_t check[CHECK_SIZE];
    struct buffer file;
    if (body.size == 0)
        return folder_remove(kept->folder, kept->name, failure);
    memcpy(head, magic, MAGIC_SIZE);
    be32_put(head + MAGIC_SIZE, VERSION);
    be32_put(head + STAFF_AT, kept->staff);
    memcpy(head + LEDGER_AT, kept->ledger, TEFTER_KEPT_LEDGER_SIZE);
    be32_put(head + SIZE_AT, (uint32_t)body.size);
    buffer_init(&file, TEFTER_KEPT_BYTES_MAX);
    bool good = buffer_put(&file, head, sizeof(head)) && buffer_put(&file, body.data, body.size);
    if (good)
        check_of(buffer_slice(&file), check);
    good = (good && buffer_put(&file, check, sizeof(check))) ||
           fail(failure, FAULT_MEMORY, 0, "no memory for what is half done");
    good = good && folder_write(kept->folder, kept->name, buffer_slice(&file), 0600, failure);
    buffer_wipe(&file);
    buffer_fini(&file);
    return good;
}
