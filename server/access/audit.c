#include "access/audit_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/plain_file.h"

enum { NOISY_PER_SECOND = 20, DEVICE_NAME_BYTES = 60 };

/* ---- seals ---- */

void audit_key(const uint8_t key[AUDIT_KEY_SIZE], uint8_t ret_key[HASH_SIZE])
{
    static const char purpose[] = "tefter audit log";
    struct hash_state state;
    struct hash own;
    hash_begin_keyed(&state, key, AUDIT_KEY_SIZE);
    hash_add(&state, purpose, sizeof purpose);
    hash_end(&state, &own);
    memcpy(ret_key, own.bytes, HASH_SIZE);
}

void audit_seal(const uint8_t key[HASH_SIZE], const struct hash *before, struct slice text,
                struct hash *ret_seal)
{
    struct hash_state state;
    hash_begin_keyed(&state, key, HASH_SIZE);
    hash_add(&state, before->bytes, HASH_SIZE);
    hash_add(&state, text.data, text.size);
    hash_end(&state, ret_seal);
}

/* ---- a line in the making; what does not fit is cut ---- */

struct draft {
    char text[AUDIT_BYTES_MAX];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void draft_put(struct draft *draft, const char *format,
                                                            ...)
{
    size_t room = AUDIT_TEXT_MAX - draft->size;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(draft->text + draft->size, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        draft->size += (size_t)length < room ? (size_t)length : room - 1;
}

/* Number and seal, for which there is always room. */
__attribute__((format(printf, 2, 3))) static void draft_end(struct draft *draft, const char *format,
                                                            ...)
{
    size_t room = sizeof draft->text - draft->size;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(draft->text + draft->size, room, format, arguments);
    va_end(arguments);
    need(length > 0 && (size_t)length < room);
    draft->size += (size_t)length;
}

/* A value of words: what could end it or the line becomes '_', and so does a letter that was cut.
 */
static void draft_words(struct draft *draft, const char *name, const char *words, int most)
{
    if (words == NULL || *words == '\0')
        return;
    while (most > 0 && strlen(words) > (size_t)most && ((unsigned char)words[most] & 0xC0) == 0x80)
        most--;
    size_t from = draft->size;
    draft_put(draft, " %s=%.*s", name, most, words);
    for (size_t i = from + 1; i < draft->size; i++) {
        unsigned char c = (unsigned char)draft->text[i];
        if (c <= ' ' || c == '"' || c == 0x7F)
            draft->text[i] = '_';
    }
}

static void draft_line(struct draft *draft, const struct audit_line *line)
{
    char time[INSTANT_TEXT_SIZE];
    instant_write(line->at_ms, time);
    draft_put(draft, "ms=%" PRId64 " time=%s event=%s", line->at_ms, time, line->event);
    if (line->key != 0)
        draft_put(draft, " key=%016" PRIx64, line->key);
    if (line->staff != 0)
        draft_put(draft, " staff=%" PRIu32, line->staff);
    draft_words(draft, "login", line->login, LOGIN_MAX_BYTES);
    if (line->terminal != 0)
        draft_put(draft, " terminal=%" PRIu32, line->terminal);
    draft_words(draft, "device", line->device, DEVICE_NAME_BYTES);
    draft_words(draft, "carrier", line->carrier, AUDIT_EVENT_MAX);
    draft_words(draft, "address", line->address, 2 * AUDIT_EVENT_MAX);
    draft_words(draft, "about", line->about, 4 * AUDIT_EVENT_MAX);
}

/* ---- the file, locked for one line ---- */

static int open_log(const char *path)
{
    return plain_open(AT_FDCWD, path, O_RDWR | O_APPEND | O_CREAT, 0600, NULL);
}

static bool take_text(void *context, const struct audit_text *text)
{
    struct audit *audit = context;
    audit->lines++;
    if (text->number > 0) {
        audit->number = text->number;
        audit->seal = text->seal;
    }
    return true;
}

/* What others wrote since. A line that was torn, by a full disk or a power cut, is taken off. */
static void catch_up(struct audit *audit)
{
    struct stat now;
    if (fstat(audit->fd, &now) != 0 || now.st_size <= audit->size)
        return;
    int64_t end = audit_each_text(audit->fd, audit->size, take_text, audit);
    if (end < 0)
        return;
    if (end < now.st_size && ftruncate(audit->fd, end) != 0)
        return;
    audit->size = end;
}

/* Another process has begun a new file meanwhile. */
static bool moved_on(const struct audit *audit)
{
    struct stat mine;
    struct stat named;
    return fstat(audit->fd, &mine) == 0 && stat(audit->path, &named) == 0 &&
           (mine.st_ino != named.st_ino || mine.st_dev != named.st_dev);
}

static bool reopen(struct audit *audit)
{
    int fresh = open_log(audit->path);
    if (fresh < 0)
        return false;
    (void)close(audit->fd);
    audit->fd = fresh;
    audit->size = 0;
    audit->lines = 0;
    return true;
}

static void lock_log(struct audit *audit)
{
    (void)flock(audit->fd, LOCK_EX);
    while (moved_on(audit) && reopen(audit))
        (void)flock(audit->fd, LOCK_EX);
    catch_up(audit);
}

/* A full disk must not keep people out: the line is given up, and counted with the next. */
static void append(struct audit *audit, struct draft *draft)
{
    char seal[HASH_TEXT_SIZE];
    struct hash sealed;
    draft_end(draft, " line=%" PRIu64, audit->number + 1);
    audit_seal(audit->key, &audit->seal, slice_of(draft->text, draft->size), &sealed);
    hash_text(&sealed, seal);
    draft_end(draft, " seal=%s\n", seal);
    ssize_t written = write(audit->fd, draft->text, draft->size);
    if (written == (ssize_t)draft->size) {
        audit->size += written;
        audit->lines++;
        audit->number++;
        audit->seal = sealed;
        audit->left_out = 0;
    } else {
        audit->left_out++;
        if (written > 0 && ftruncate(audit->fd, audit->size) != 0)
            audit->size = 0; /* looked at anew with the next line */
    }
}

/* The first line of a file says what the seals of it rest on. */
static void begin_file(struct audit *audit, int64_t at_ms)
{
    struct draft draft = {.size = 0};
    char before[HASH_TEXT_SIZE];
    const struct audit_line line = {.event = "log_begins", .at_ms = at_ms};
    draft_line(&draft, &line);
    hash_text(&audit->seal, before);
    draft_put(&draft, " before=%s", before);
    append(audit, &draft);
}

static void rotate(struct audit *audit, int64_t at_ms)
{
    if (rename(audit->path, audit->older) != 0 || !reopen(audit))
        return;
    (void)flock(audit->fd, LOCK_EX);
    begin_file(audit, at_ms);
}

/* ---- writing ---- */

static bool too_many(struct audit *audit, const struct audit_line *line)
{
    if (!line->noisy)
        return false;
    int64_t second = line->at_ms / 1000;
    audit->noisy = second == audit->second ? audit->noisy + 1 : 1;
    audit->second = second;
    if (audit->noisy <= NOISY_PER_SECOND)
        return false;
    audit->left_out++;
    return true;
}

void audit_write(struct audit *audit, const struct audit_line *line)
{
    struct draft draft = {.size = 0};
    if (audit->fd < 0 || too_many(audit, line))
        return;
    lock_log(audit);
    if (audit->number == 0 || audit->size == 0)
        begin_file(audit, line->at_ms);
    if (audit->lines >= AUDIT_LINES_MAX)
        rotate(audit, line->at_ms);
    draft_line(&draft, line);
    if (audit->left_out > 0)
        draft_put(&draft, " left_out=%" PRIu64, audit->left_out);
    append(audit, &draft);
    (void)flock(audit->fd, LOCK_UN);
}

void audit_look(struct audit *audit)
{
    if (audit->fd < 0)
        return;
    lock_log(audit);
    (void)flock(audit->fd, LOCK_UN);
}

void audit_head(struct audit *audit, uint64_t *ret_number, struct hash *ret_seal)
{
    audit_look(audit);
    *ret_number = audit->number;
    *ret_seal = audit->seal;
}

/* ---- opening ---- */

/* A new file goes on where the older one ended. */
static void take_older(struct audit *audit)
{
    int fd = plain_open(AT_FDCWD, audit->older, O_RDONLY, 0, NULL);
    if (fd < 0)
        return;
    (void)audit_each_text(fd, 0, take_text, audit);
    (void)close(fd);
    audit->lines = 0;
}

static bool name_files(struct audit *audit, const char *path)
{
    audit->path = strdup(path);
    return audit->path != NULL && asprintf(&audit->older, "%s.1", path) > 0;
}

bool audit_open(const char *path, const uint8_t key[AUDIT_KEY_SIZE], struct audit **ret_audit,
                struct failure *failure)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (audit == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for the audit log");
    audit->fd = -1;
    if (path == NULL) {
        *ret_audit = audit;
        return true;
    }
    audit_key(key, audit->key);
    if (!name_files(audit, path)) {
        audit_close(audit);
        return fail(failure, FAULT_MEMORY, 0, "no memory for the audit log");
    }
    audit->fd = open_log(path);
    if (audit->fd >= 0) {
        audit_look(audit);
        if (audit->number == 0)
            take_older(audit);
        *ret_audit = audit;
        return true;
    }
    int error = errno;
    audit_close(audit);
    return fail(failure, FAULT_IO, error, "cannot open the audit log %s", path);
}

void audit_close(struct audit *audit)
{
    if (audit == NULL)
        return;
    if (audit->fd >= 0)
        (void)close(audit->fd);
    free(audit->path);
    free(audit->older);
    secret_wipe(audit, sizeof *audit);
    free(audit);
}
