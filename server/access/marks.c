/*
 * Marks: which copy of a device's profile is the one that goes on. With each greeting, at most once
 * a minute, and once an hour on a connection that stays, the device is given a fresh mark; it keeps
 * it in its profile and shows it from then on. Of two copies of a profile only one has the newest.
 *
 *   none ──given──▶ given, not shown yet ──shown──▶ newest ──given──▶ ...
 *                     └─ lost on the way: the same one is given again
 *
 * 1. A mark that was given counts only once it is shown: a reply that is lost, and a device that
 *    dies before it has kept it, make nobody old.
 * 2. Processes of one profile read and write one file, so what one of them shows another has just
 *    replaced: within MARK_RACE_MS that is no copy.
 * 3. A mark of ours that is newer than any seen is believed: what we knew may have been lost, with
 *    a power cut or by a restore.
 *
 * A mark: number 8 │ random 8 │ keyed hash of device, number and random 32. What is known lies in
 * one file, a record of 64 bytes for each device at its number's place; it is not synced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/inside.h"
#include "base/grow.h"
#include "base/plain_file.h"

enum {
    RECORD_BYTES = 64,
    NONCE_AT = 8,
    MAC_AT = 16,
    MARK_RACE_MS = 60 * 1000, /* longer than a greeting may take, and than anybody is silent */
    GREETING_AGAIN_MS = 60 * 1000,
    PING_AGAIN_MS = 3600 * 1000,
};
_Static_assert(MAC_AT + HASH_SIZE == ACCESS_MARK_SIZE, "a mark is what the picture says");
_Static_assert((int)GREETING_AGAIN_MS >= (int)MARK_RACE_MS && (int)MARK_RACE_MS > (int)SILENCE_MS,
               "within a race no mark is replaced twice");

struct marks {
    uint8_t key[HASH_SIZE];
    int fd; /* -1: a restart forgets them */
    struct marked *devices;
    size_t room;
};

/* ---- a mark ---- */

static void seal(const struct marks *marks, uint32_t device, const uint8_t *mark,
                 struct hash *ret_mac)
{
    struct hash_state state;
    hash_begin_keyed(&state, marks->key, sizeof marks->key);
    hash_add(&state, &device, sizeof device);
    hash_add(&state, mark, MAC_AT);
    hash_end(&state, ret_mac);
}

static void mark_write(const struct marks *marks, uint32_t device, uint64_t number, uint64_t nonce,
                       uint8_t out[ACCESS_MARK_SIZE])
{
    struct hash mac;
    be64_put(out, number);
    be64_put(out + NONCE_AT, nonce);
    seal(marks, device, out, &mac);
    memcpy(out + MAC_AT, mac.bytes, HASH_SIZE);
}

static bool is_ours(const struct marks *marks, uint32_t device, struct slice mark)
{
    struct hash mac, said;
    if (mark.size != ACCESS_MARK_SIZE)
        return false;
    seal(marks, device, mark.data, &mac);
    memcpy(said.bytes, mark.data + MAC_AT, HASH_SIZE);
    return hash_equal(&mac, &said);
}

/* ---- the file ---- */

static void record_put(const struct marked *marked, uint8_t out[RECORD_BYTES])
{
    be64_put(out, marked->number);
    be64_put(out + 8, marked->nonce);
    be64_put(out + 16, (uint64_t)marked->since_ms);
    be64_put(out + 24, marked->given);
    be64_put(out + 32, (uint64_t)marked->given_ms);
    be64_put(out + 40, (uint64_t)marked->copied_ms);
    be64_put(out + 48, (uint64_t)marked->met_ms);
    be32_put(out + 56, marked->met);
    be16_put(out + 60, marked->met_what);
    be16_put(out + 62, marked->told);
}

static struct marked record_get(const uint8_t *in)
{
    return (struct marked){
        .number = be64_get(in),
        .nonce = be64_get(in + 8),
        .since_ms = (int64_t)be64_get(in + 16),
        .given = be64_get(in + 24),
        .given_ms = (int64_t)be64_get(in + 32),
        .copied_ms = (int64_t)be64_get(in + 40),
        .met_ms = (int64_t)be64_get(in + 48),
        .met = be32_get(in + 56),
        .met_what = be16_get(in + 60),
        .told = be16_get(in + 62),
    };
}

static bool make_room(struct marks *marks, uint32_t device)
{
    size_t before = marks->room;
    if (device < before)
        return true;
    if (device > COMPANY_TERMINALS_MAX || !GROW(marks->devices, marks->room, (size_t)device + 1))
        return false;
    memset(marks->devices + before, 0, (marks->room - before) * sizeof *marks->devices);
    return true;
}

static bool read_all(struct marks *marks)
{
    uint8_t record[RECORD_BYTES];
    off_t size = lseek(marks->fd, 0, SEEK_END);
    uint64_t count = size < 0 ? 0 : (uint64_t)size / RECORD_BYTES;
    for (uint32_t device = 0; device < count && device <= COMPANY_TERMINALS_MAX; device++) {
        if (pread(marks->fd, record, sizeof record, (off_t)device * RECORD_BYTES) !=
                sizeof record ||
            !make_room(marks, device))
            return false;
        marks->devices[device] = record_get(record);
    }
    return size >= 0;
}

bool marks_open(const char *path, const uint8_t key[32], struct marks **ret_marks,
                struct failure *failure)
{
    static const char purpose[] = "tefter profile mark";
    struct hash_state state;
    struct hash own;
    struct marks *marks = calloc(1, sizeof *marks);
    *ret_marks = marks;
    if (marks == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    hash_begin_keyed(&state, key, 32);
    hash_add(&state, purpose, sizeof purpose);
    hash_end(&state, &own);
    memcpy(marks->key, own.bytes, sizeof marks->key);
    if (path != NULL && !plain_or_absent(path, failure))
        return false;
    marks->fd = path == NULL ? -1 : plain_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0600, NULL);
    if (marks->fd < 0 && path != NULL) /* a full disk keeps nobody out */
        marks->fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, NULL);
    return marks->fd < 0 || read_all(marks) ||
           fail(failure, FAULT_IO, errno, "cannot read %s", path);
}

void marks_close(struct marks *marks)
{
    if (marks == NULL)
        return;
    if (marks->fd >= 0)
        (void)close(marks->fd);
    secret_wipe(marks->key, sizeof marks->key);
    free(marks->devices);
    free(marks);
}

/* What cannot be written is known until the process ends, and then learned again. */
void marks_keep(struct marks *marks, uint32_t device)
{
    uint8_t record[RECORD_BYTES];
    if (marks->fd < 0)
        return;
    record_put(&marks->devices[device], record);
    if (pwrite(marks->fd, record, sizeof record, (off_t)device * RECORD_BYTES) < 0)
        return;
}

struct marked *marks_of(struct marks *marks, uint32_t device)
{
    return device != 0 && make_room(marks, device) ? &marks->devices[device] : NULL;
}

uint32_t marks_next(const struct marks *marks, uint32_t device)
{
    for (uint32_t next = device + 1; next < marks->room; next++)
        if (marks->devices[next].copied_ms != 0 || marks->devices[next].met_what != 0)
            return next;
    return 0;
}

void marks_forget(struct marks *marks, uint32_t device)
{
    struct marked *marked = marks_of(marks, device);
    if (marked == NULL)
        return;
    *marked = (struct marked){.met_ms = marked->met_ms};
    marks_keep(marks, device);
}

/* ---- judging ---- */

static void believe(struct marks *marks, uint32_t device, uint64_t number, uint64_t nonce,
                    int64_t now_ms)
{
    struct marked *marked = &marks->devices[device];
    marked->number = number;
    marked->nonce = nonce;
    marked->since_ms = now_ms;
    marked->given = 0;
    marked->given_ms = 0;
    marks_keep(marks, device);
}

enum mark_verdict marks_judge(struct marks *marks, uint32_t device, struct slice mark,
                              int64_t now_ms)
{
    struct marked *marked = marks_of(marks, device);
    if (marked == NULL)
        return MARK_NEWEST; /* no memory: nobody is judged */
    bool ours = is_ours(marks, device, mark);
    if (!ours && marked->number == 0)
        return MARK_NEWEST;
    uint64_t number = ours ? be64_get(mark.data) : 0; /* 0: it has none */
    uint64_t nonce = ours ? be64_get(mark.data + NONCE_AT) : 0;
    if (number > marked->number) {
        believe(marks, device, number, nonce, now_ms);
        return MARK_NEWEST;
    }
    if (number == marked->number && nonce == marked->nonce)
        return MARK_NEWEST;
    bool race = number + 1 == marked->number && now_ms - marked->since_ms < MARK_RACE_MS;
    return race ? MARK_REPLACED : MARK_OLD;
}

static bool is_over(int64_t since_ms, int64_t now_ms, int64_t most_ms)
{
    return now_ms < since_ms || now_ms - since_ms >= most_ms;
}

bool marks_give(struct marks *marks, uint32_t device, bool greeting, int64_t now_ms,
                uint8_t ret_mark[ACCESS_MARK_SIZE])
{
    struct marked *marked = marks_of(marks, device);
    int64_t again_ms = greeting ? GREETING_AGAIN_MS : PING_AGAIN_MS;
    bool again = marked != NULL && marked->given != 0 && greeting;
    if (marked == NULL || (!again && (!is_over(marked->since_ms, now_ms, again_ms) ||
                                      !is_over(marked->given_ms, now_ms, again_ms))))
        return false;
    while (marked->given == 0)
        random_bytes(&marked->given, sizeof marked->given);
    marked->given_ms = now_ms;
    mark_write(marks, device, marked->number + 1, marked->given, ret_mark);
    marks_keep(marks, device);
    return true;
}
