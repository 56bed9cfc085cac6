#include "lib/outbox.h"

#include "base/grow.h"
#include "base/plain_file.h"
#include "lib/folder.h"
#include "wire/message.h"
#include "wire/varint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    HEAD_SIZE = 4,
    CHECK_SIZE = 8,
    MADE_SIZE = 1 + TEFTER_ID_SIZE + 8 + 4 + LEDGER_ID_SIZE, /* then the command */
    RESOLVED_SIZE = 1 + TEFTER_ID_SIZE + 1 + 4,              /* then the nonce of the incarnation */
    KIND_MADE = 1,
    KIND_RESOLVED = 2,
    KIND_RECEIPT = 3, /* id, a packed SealedReceipt */
    KIND_HANDED = 4,  /* id, incarnation, nonce */
    KIND_RENEWED = 5, /* id, the id that it has from then on */
    RENEWED_SIZE = 1 + 2 * TEFTER_ID_SIZE,
    HANDED_SIZE = 1 + TEFTER_ID_SIZE + 4,
};

enum { RECEIPT_MAX = 256 * 1024, RECORD_MAX = 4 * 1024 * 1024 };
#define KEPT_MS (INT64_C(24) * 3600 * 1000 * OUTBOX_KEPT_DAYS)

/* ---- records ---- */

static void check_of(struct slice body, uint8_t out[CHECK_SIZE])
{
    struct hash hash;
    hash_of(body.data, body.size, &hash);
    memcpy(out, hash.bytes, CHECK_SIZE);
}

static bool put_record(struct buffer *out, const uint8_t *head, size_t head_size, struct slice tail)
{
    uint8_t size[HEAD_SIZE];
    uint8_t check[CHECK_SIZE];
    be32_put(size, (uint32_t)(head_size + tail.size));
    if (!buffer_put(out, size, sizeof(size)) || !buffer_put(out, head, head_size) ||
        !buffer_put(out, tail.data, tail.size))
        return false;
    size_t body = head_size + tail.size;
    check_of(slice_of(out->data + out->size - body, body), check);
    return buffer_put(out, check, sizeof(check));
}

static bool put_made(struct buffer *out, const struct outbox_entry *entry)
{
    uint8_t head[MADE_SIZE] = {KIND_MADE};
    memcpy(head + 1, entry->id, TEFTER_ID_SIZE);
    be64_put(head + 1 + TEFTER_ID_SIZE, (uint64_t)entry->made_ms);
    be32_put(head + 9 + TEFTER_ID_SIZE, entry->staff);
    memcpy(head + 13 + TEFTER_ID_SIZE, entry->ledger, LEDGER_ID_SIZE);
    return put_record(out, head, sizeof(head), slice_of(entry->command, entry->size));
}

static bool put_resolved(struct buffer *out, const struct outbox_entry *entry)
{
    uint8_t head[RESOLVED_SIZE] = {KIND_RESOLVED};
    memcpy(head + 1, entry->id, TEFTER_ID_SIZE);
    head[1 + TEFTER_ID_SIZE] = entry->done;
    be32_put(head + 2 + TEFTER_ID_SIZE, entry->incarnation.number);
    return put_record(out, head, sizeof(head), incarnation_nonce(&entry->incarnation));
}

static bool put_receipt(struct buffer *out, const struct outbox_entry *entry)
{
    uint8_t head[1 + TEFTER_ID_SIZE] = {KIND_RECEIPT};
    memcpy(head + 1, entry->id, TEFTER_ID_SIZE);
    return put_record(out, head, sizeof(head), slice_of(entry->receipt, entry->receipt_size));
}

static bool put_handed(struct buffer *out, const struct outbox_entry *entry)
{
    uint8_t head[HANDED_SIZE] = {KIND_HANDED};
    memcpy(head + 1, entry->id, TEFTER_ID_SIZE);
    be32_put(head + 1 + TEFTER_ID_SIZE, entry->handed_to.number);
    return put_record(out, head, sizeof(head), incarnation_nonce(&entry->handed_to));
}

/* The next whole record's body; false at the end or at a torn one. */
static bool next_record(struct slice *rest, struct slice *ret_body)
{
    uint8_t check[CHECK_SIZE];
    if (rest->size < HEAD_SIZE + CHECK_SIZE)
        return false;
    size_t size = be32_get(rest->data);
    if (size > rest->size - HEAD_SIZE - CHECK_SIZE || size == 0)
        return false;
    *ret_body = slice_of(rest->data + HEAD_SIZE, size);
    check_of(*ret_body, check);
    if (memcmp(check, ret_body->data + size, CHECK_SIZE) != 0)
        return false;
    *rest = slice_of(rest->data + HEAD_SIZE + size + CHECK_SIZE,
                     rest->size - HEAD_SIZE - size - CHECK_SIZE);
    return true;
}

/* A write that a crash cut off has fewer bytes than it says. */
static bool is_torn(struct slice rest)
{
    return rest.size < HEAD_SIZE ||
           (be32_get(rest.data) <= RECORD_MAX &&
            (uint64_t)be32_get(rest.data) + HEAD_SIZE + CHECK_SIZE > rest.size);
}

/* Goes on behind what is damaged, at the next whole record. false: there is none, so this is an end
 * that was never written whole. */
static bool skip_damage(struct slice *rest)
{
    for (size_t at = 1; at + HEAD_SIZE + CHECK_SIZE < rest->size; at++) {
        struct slice from = slice_of(rest->data + at, rest->size - at);
        struct slice body;
        uint8_t kind = from.data[HEAD_SIZE];
        if (kind < KIND_MADE || kind > KIND_RENEWED || be32_get(from.data) > RECORD_MAX)
            continue;
        if (next_record(&from, &body)) {
            *rest = slice_of(rest->data + at, rest->size - at);
            return true;
        }
    }
    return false;
}

/* ---- entries in memory ---- */

struct outbox_entry *outbox_find(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE])
{
    for (size_t i = outbox->count; i > 0; i--) {
        if (memcmp(outbox->entries[i - 1].id, id, TEFTER_ID_SIZE) == 0)
            return &outbox->entries[i - 1];
    }
    return NULL;
}

static struct outbox_entry *add_entry(struct outbox *outbox, struct slice command)
{
    if (!GROW(outbox->entries, outbox->capacity, outbox->count + 1))
        return NULL;
    uint8_t *copy = malloc(command.size + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, command.data, command.size);
    struct outbox_entry *entry = &outbox->entries[outbox->count++];
    *entry = (struct outbox_entry){.command = copy, .size = command.size};
    return entry;
}

static bool take_made(struct outbox *outbox, struct slice body)
{
    struct slice command = slice_of(body.data + MADE_SIZE, body.size - MADE_SIZE);
    struct outbox_entry *entry = add_entry(outbox, command);
    if (entry == NULL)
        return false;
    memcpy(entry->id, body.data + 1, TEFTER_ID_SIZE);
    entry->made_ms = (int64_t)be64_get(body.data + 1 + TEFTER_ID_SIZE);
    entry->staff = be32_get(body.data + 9 + TEFTER_ID_SIZE);
    memcpy(entry->ledger, body.data + 13 + TEFTER_ID_SIZE, LEDGER_ID_SIZE);
    return true;
}

static void take_resolved(struct outbox *outbox, struct slice body)
{
    struct outbox_entry *entry = outbox_find(outbox, body.data + 1);
    if (entry == NULL)
        return;
    entry->resolved = true;
    entry->done = body.data[1 + TEFTER_ID_SIZE] != 0;
    entry->incarnation =
        incarnation_of(be32_get(body.data + 2 + TEFTER_ID_SIZE),
                       slice_of(body.data + RESOLVED_SIZE, body.size - RESOLVED_SIZE));
}

/* Field 3 of a SealedReceipt is a packed Receipt, whose field 1 is its seq. */
static void read_receipt(struct outbox_entry *entry)
{
    struct slice rest = slice_of(entry->receipt, entry->receipt_size);
    struct wire_field field;
    uint32_t number = 0;
    struct slice nonce = {NULL, 0};
    struct slice receipt = {NULL, 0};
    while (rest.size > 0 && wire_next(&rest, &field)) {
        if (field.number == 1)
            number = (uint32_t)field.value;
        else if (field.number == 2)
            nonce = field.bytes;
        else if (field.number == 3)
            receipt = field.bytes;
    }
    entry->given = incarnation_of(number, nonce);
    if (receipt.size > 0 && wire_next(&receipt, &field) && field.number == 1)
        entry->seq = field.value;
}

static bool keep_receipt(struct outbox_entry *entry, struct slice sealed)
{
    uint8_t *copy = malloc(sealed.size + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, sealed.data, sealed.size);
    free(entry->receipt);
    entry->receipt = copy;
    entry->receipt_size = sealed.size;
    read_receipt(entry);
    return true;
}

static bool take_receipt(struct outbox *outbox, struct slice body)
{
    size_t head = 1 + TEFTER_ID_SIZE;
    struct outbox_entry *entry = outbox_find(outbox, body.data + 1);
    return entry == NULL || keep_receipt(entry, slice_of(body.data + head, body.size - head));
}

static void take_handed(struct outbox *outbox, struct slice body)
{
    struct outbox_entry *entry = outbox_find(outbox, body.data + 1);
    if (entry == NULL)
        return;
    entry->handed = true;
    entry->handed_to = incarnation_of(be32_get(body.data + 1 + TEFTER_ID_SIZE),
                                      slice_of(body.data + HANDED_SIZE, body.size - HANDED_SIZE));
}

static void take_renewed(struct outbox *outbox, struct slice body)
{
    struct outbox_entry *entry = outbox_find(outbox, body.data + 1);
    if (entry != NULL)
        memcpy(entry->id, body.data + 1 + TEFTER_ID_SIZE, TEFTER_ID_SIZE);
}

static bool take_record(struct outbox *outbox, struct slice body)
{
    if (body.data[0] == KIND_MADE && body.size > MADE_SIZE)
        return take_made(outbox, body);
    if (body.data[0] == KIND_RESOLVED && body.size >= RESOLVED_SIZE)
        take_resolved(outbox, body);
    if (body.data[0] == KIND_RECEIPT && body.size > 1 + TEFTER_ID_SIZE)
        return take_receipt(outbox, body);
    if (body.data[0] == KIND_HANDED && body.size >= HANDED_SIZE)
        take_handed(outbox, body);
    if (body.data[0] == KIND_RENEWED && body.size >= RENEWED_SIZE)
        take_renewed(outbox, body);
    return true;
}

static bool is_old(const struct outbox_entry *entry, int64_t now_ms)
{
    bool refused = entry->resolved && !entry->done;
    return refused || (entry->resolved && now_ms - entry->made_ms > KEPT_MS);
}

static size_t size_of(const struct outbox_entry *entry)
{
    return MADE_SIZE + RESOLVED_SIZE + HANDED_SIZE + 4 * (HEAD_SIZE + CHECK_SIZE) + entry->size +
           entry->receipt_size;
}

static void entry_free(struct outbox_entry *entry)
{
    free(entry->command);
    free(entry->receipt);
}

/* What is done takes more than its share: the oldest of it goes too. */
static size_t forget_old(struct outbox *outbox, int64_t now_ms)
{
    size_t done = 0;
    size_t kept = 0;
    for (size_t i = 0; i < outbox->count; i++)
        done += outbox->entries[i].resolved ? size_of(&outbox->entries[i]) : 0;
    bool many = done > OUTBOX_DONE_MAX;
    for (size_t i = 0; i < outbox->count; i++) {
        struct outbox_entry *entry = &outbox->entries[i];
        bool goes =
            is_old(entry, now_ms) || (many && entry->resolved && done > OUTBOX_DONE_MAX / 4 * 3);
        done -= goes ? size_of(entry) : 0;
        if (goes)
            entry_free(entry);
        else
            outbox->entries[kept++] = *entry;
    }
    size_t forgotten = outbox->count - kept;
    outbox->count = kept;
    return forgotten;
}

/* ---- what is under way ---- */

/* One byte for each id; that two share one is as good as never. */
static struct flock place_of(const uint8_t id[TEFTER_ID_SIZE])
{
    uint64_t place = be64_get(id + TEFTER_ID_SIZE - 8) >> 2;
    return (struct flock){
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)place, .l_len = 1};
}

static bool open_live(struct outbox *outbox)
{
    char path[TEFTER_PATH_MAX];
    if (outbox->live < 0 && folder_path(outbox->folder, "outbox.live", path, NULL))
        outbox->live = plain_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0600, NULL);
    return outbox->live >= 0;
}

/* Without it another process may ask for it too, and it counts once all the same. */
static void hold(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE])
{
    struct flock place = place_of(id);
    if (open_live(outbox))
        (void)fcntl(outbox->live, F_OFD_SETLK, &place);
}

/* Another process still waits for its answer. */
static bool is_held(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE])
{
    struct flock place = place_of(id);
    return open_live(outbox) && fcntl(outbox->live, F_OFD_GETLK, &place) == 0 &&
           place.l_type != F_UNLCK;
}

/* ---- opening ---- */

static bool put_all(const struct outbox *outbox, struct buffer *out)
{
    for (size_t i = 0; i < outbox->count; i++) {
        const struct outbox_entry *entry = &outbox->entries[i];
        if (!put_made(out, entry) || (entry->resolved && !put_resolved(out, entry)) ||
            (entry->receipt != NULL && !put_receipt(out, entry)) ||
            (entry->handed && !put_handed(out, entry)))
            return false;
    }
    return true;
}

static bool rewrite(struct outbox *outbox, struct failure *failure)
{
    struct buffer file;
    buffer_init(&file, 2 * OUTBOX_BYTES_MAX);
    bool good =
        put_all(outbox, &file) || fail(failure, FAULT_MEMORY, 0, "no memory for the outbox");
    good = good && folder_write(outbox->folder, "outbox", buffer_slice(&file), 0600, failure);
    outbox->bytes = file.size;
    buffer_fini(&file);
    return good;
}

static bool read_file(struct outbox *outbox, struct slice file, int64_t now_ms,
                      struct failure *failure)
{
    struct slice rest = file;
    struct slice body;
    for (;;) {
        while (next_record(&rest, &body))
            if (!take_record(outbox, body))
                return fail(failure, FAULT_MEMORY, 0, "no memory for the outbox");
        if (!skip_damage(&rest))
            break;
        outbox->damaged = true;
    }
    outbox->damaged = outbox->damaged || !is_torn(rest);
    if (outbox->damaged && !folder_write(outbox->folder, "outbox.damaged", file, 0600, failure))
        return false; /* what cannot be read now is evidence */
    if (outbox->damaged && !rewrite(outbox, failure))
        return false;
    outbox->bytes = file.size;
    bool torn = rest.size > 0;
    return (forget_old(outbox, now_ms) == 0 && !torn) || rewrite(outbox, failure);
}

/* Under the lock: whoever is answered notes that before they let go of it, so what is not resolved
 * here is under way, or its process has ended. Later it may have been answered. */
static void note_elsewhere(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++) {
        struct outbox_entry *entry = &outbox->entries[i];
        entry->elsewhere = !entry->resolved && is_held(outbox, entry->id);
    }
}

static bool open_locked(struct outbox *outbox, const char *folder, int64_t now_ms,
                        struct failure *failure)
{
    struct arena arena;
    struct slice file;
    *outbox = (struct outbox){.open = true, .live = -1};
    memcpy(outbox->folder, folder, strlen(folder) + 1);
    arena_init(&arena, 2 * (size_t)OUTBOX_BYTES_MAX + 4096);
    bool good =
        folder_read(folder, "outbox", 2 * (size_t)OUTBOX_BYTES_MAX, &arena, &file, failure) &&
        read_file(outbox, file, now_ms, failure);
    arena_fini(&arena);
    return good;
}

bool outbox_open(struct outbox *outbox, const char *folder, int64_t now_ms, struct failure *failure)
{
    int lock = -1;
    *outbox = (struct outbox){.open = true, .live = -1};
    if (!folder_lock(folder, &lock, failure))
        return false;
    bool good = open_locked(outbox, folder, now_ms, failure);
    note_elsewhere(outbox);
    folder_unlock(lock);
    return good;
}

void outbox_close(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++)
        entry_free(&outbox->entries[i]);
    free(outbox->entries);
    if (outbox->open && outbox->live >= 0)
        (void)close(outbox->live);
    *outbox = (struct outbox){.open = false, .live = -1};
}

/* ---- appending ---- */

static bool append_locked(const struct outbox *outbox, struct slice record, bool sync,
                          struct failure *failure)
{
    char path[TEFTER_PATH_MAX];
    if (!folder_path(outbox->folder, "outbox", path, failure))
        return false;
    int fd = plain_open(AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT, 0600, NULL);
    bool good = fd >= 0 && write(fd, record.data, record.size) == (ssize_t)record.size &&
                (!sync || fdatasync(fd) == 0);
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    return good || fail(failure, FAULT_IO, error, "cannot write %s", path);
}

static bool append(struct outbox *outbox, struct slice record, bool sync, struct failure *failure)
{
    int lock = -1;
    if (!folder_lock(outbox->folder, &lock, failure))
        return false;
    bool good = append_locked(outbox, record, sync, failure);
    folder_unlock(lock);
    outbox->bytes += good ? record.size : 0;
    return good;
}

/* Opening the file leaves out what need not be kept; others may have appended to it. */
static bool shrink(struct outbox *outbox, int64_t now_ms, struct failure *failure)
{
    struct outbox file;
    bool good = outbox_open(&file, outbox->folder, now_ms, failure);
    outbox->bytes = good ? file.bytes : outbox->bytes;
    outbox_close(&file);
    return good;
}

bool outbox_add(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE], int64_t made_ms,
                uint32_t staff, const uint8_t ledger[LEDGER_ID_SIZE], struct slice command,
                struct failure *failure)
{
    if (outbox->bytes + command.size > OUTBOX_BYTES_MAX && !shrink(outbox, made_ms, failure))
        return false;
    if (outbox->bytes + command.size > OUTBOX_BYTES_MAX)
        return fail(failure, FAULT_FULL, 0,
                    "the outbox is full: connect to the server so that it can take what waits");
    struct outbox_entry *entry = add_entry(outbox, command);
    if (entry == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the outbox");
    memcpy(entry->id, id, TEFTER_ID_SIZE);
    entry->made_ms = made_ms;
    entry->staff = staff;
    memcpy(entry->ledger, ledger, LEDGER_ID_SIZE);
    entry->offered = true;
    hold(outbox, id);
    struct buffer record;
    buffer_init(&record, OUTBOX_BYTES_MAX);
    bool good = put_made(&record, entry) || fail(failure, FAULT_MEMORY, 0, "no memory");
    good = good && append(outbox, buffer_slice(&record), true, failure);
    buffer_fini(&record);
    if (!good)
        free(outbox->entries[--outbox->count].command);
    return good;
}

static void receive(struct outbox_entry *entry, const Tefter__SealedReceipt *receipt)
{
    struct buffer packed;
    buffer_init(&packed, RECEIPT_MAX);
    if (message_put(&receipt->base, &packed))
        (void)keep_receipt(entry, buffer_slice(&packed));
    buffer_fini(&packed);
}

void outbox_resolve(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE], bool done,
                    const struct incarnation *incarnation, const Tefter__SealedReceipt *receipt)
{
    struct outbox_entry *entry = outbox_find(outbox, id);
    struct buffer record;
    if (entry == NULL)
        return;
    entry->resolved = true;
    entry->done = done;
    entry->incarnation = *incarnation;
    if (receipt != NULL)
        receive(entry, receipt);
    buffer_init(&record, RECEIPT_MAX + 4096);
    if (put_resolved(&record, entry) && (entry->receipt == NULL || put_receipt(&record, entry)))
        (void)append(outbox, buffer_slice(&record), false, NULL); /* else it is asked again */
    buffer_fini(&record);
}

/* What the file says now counts: it may be another process's by then. */
static bool is_open_still(const struct outbox *outbox, const struct outbox_entry *entry)
{
    struct outbox file;
    bool good = open_locked(&file, outbox->folder, entry->made_ms, NULL);
    const struct outbox_entry *there = good ? outbox_find(&file, entry->id) : NULL;
    bool still = there != NULL && !there->resolved;
    outbox_close(&file);
    return still;
}

bool outbox_renew(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE],
                  const uint8_t anew[TEFTER_ID_SIZE])
{
    uint8_t body[RENEWED_SIZE] = {KIND_RENEWED};
    struct outbox_entry *entry = outbox_find(outbox, id);
    struct buffer record;
    int lock = -1;
    memcpy(body + 1, id, TEFTER_ID_SIZE);
    memcpy(body + 1 + TEFTER_ID_SIZE, anew, TEFTER_ID_SIZE);
    if (entry == NULL || !folder_lock(outbox->folder, &lock, NULL))
        return false;
    buffer_init(&record, 4096);
    bool good = is_open_still(outbox, entry) &&
                put_record(&record, body, sizeof body, slice_of(NULL, 0)) &&
                append_locked(outbox, buffer_slice(&record), true, NULL);
    folder_unlock(lock);
    if (good) {
        memcpy(entry->id, anew, TEFTER_ID_SIZE);
        entry->offered = false;
        outbox->bytes += record.size;
        hold(outbox, anew);
    }
    buffer_fini(&record);
    return good;
}

void outbox_handed(struct outbox *outbox, const uint8_t id[TEFTER_ID_SIZE],
                   const struct incarnation *incarnation)
{
    struct outbox_entry *entry = outbox_find(outbox, id);
    struct buffer record;
    if (entry == NULL)
        return;
    entry->handed = true;
    entry->handed_to = *incarnation;
    buffer_init(&record, 4096);
    if (put_handed(&record, entry))
        (void)append(outbox, buffer_slice(&record), false, NULL); /* else it is offered again */
    buffer_fini(&record);
}

/* ---- offering ---- */

/* Time was turned back since: a restore, or another restore of the same backup. */
static bool is_later(const struct incarnation *now, const struct incarnation *then)
{
    return now->number >= then->number && !incarnation_same(now, then);
}

static bool wants_offer(const struct outbox_entry *entry, uint32_t staff,
                        const uint8_t ledger[LEDGER_ID_SIZE], const struct incarnation *incarnation,
                        bool recovery)
{
    if (entry->resolved && entry->receipt != NULL && recovery)
        return false;
    if (entry->offered || entry->staff != staff ||
        memcmp(entry->ledger, ledger, LEDGER_ID_SIZE) != 0)
        return false;
    return !entry->resolved || (entry->done && is_later(incarnation, &entry->incarnation));
}

struct outbox_entry *outbox_next(struct outbox *outbox, uint32_t staff,
                                 const uint8_t ledger[LEDGER_ID_SIZE],
                                 const struct incarnation *incarnation, bool recovery)
{
    for (size_t i = 0; i < outbox->count; i++) {
        if (wants_offer(&outbox->entries[i], staff, ledger, incarnation, recovery) &&
            !outbox->entries[i].elsewhere)
            return &outbox->entries[i];
    }
    return NULL;
}

/* Part of the restored ledger: of an incarnation that ended behind it. */
static bool is_here(const struct outbox_entry *entry, const Tefter__RecoveryNotice *notice)
{
    for (size_t i = 0; i < notice->n_ended; i++) {
        const Tefter__EndedIncarnation *ended = notice->ended[i];
        struct incarnation incarnation =
            incarnation_of(ended->incarnation,
                           slice_of(ended->incarnation_nonce.data, ended->incarnation_nonce.len));
        if (incarnation_equal(&incarnation, &entry->given))
            return entry->seq <= ended->last_seq;
    }
    return false;
}

struct outbox_entry *outbox_next_done(struct outbox *outbox, const uint8_t ledger[LEDGER_ID_SIZE],
                                      const struct incarnation *incarnation,
                                      const Tefter__RecoveryNotice *notice)
{
    for (size_t i = 0; i < outbox->count; i++) {
        struct outbox_entry *entry = &outbox->entries[i];
        bool handed = entry->handed && incarnation_same(&entry->handed_to, incarnation);
        if (!entry->offered && !handed && entry->done && entry->receipt != NULL &&
            memcmp(entry->ledger, ledger, LEDGER_ID_SIZE) == 0 &&
            !incarnation_same(&entry->given, incarnation) && !is_here(entry, notice))
            return entry;
    }
    return NULL;
}

size_t outbox_unknown(const struct outbox *outbox)
{
    size_t unknown = 0;
    for (size_t i = 0; i < outbox->count; i++)
        unknown += !outbox->entries[i].resolved;
    return unknown;
}

void outbox_reoffer(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++)
        outbox->entries[i].offered = outbox->entries[i].offered && !outbox->entries[i].resolved;
}
