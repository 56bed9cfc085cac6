/*
 * Reading the audit log: lines of a file, what each says, pages from the newest back, and whether
 * all seals fit.
 */
#include "access/audit_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/plain_file.h"
#include "base/text.h"

enum { BLOCK_BYTES = 64 * 1024 };

/* ---- values of a line; it ends with a zero byte ---- */

/* The text behind " name=" (or at the line's start), NULL when absent. */
static const char *value_of(const char *line, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = line; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ' ? 1 : 0;
        if (strncmp(at, name, size) == 0 && at[size] == '=')
            return at + size + 1;
    }
    return NULL;
}

static uint64_t number_of(const char *line, const char *name, int base)
{
    const char *value = value_of(line, name);
    return value == NULL ? 0 : strtoull(value, NULL, base);
}

static bool hash_value(const char *line, const char *name, struct hash *ret_hash)
{
    const char *value = value_of(line, name);
    for (size_t i = 0; value != NULL && i < HASH_SIZE; i++) {
        unsigned byte = 0;
        if (sscanf(value + 2 * i, "%2x", &byte) != 1)
            return false;
        ret_hash->bytes[i] = (uint8_t)byte;
    }
    return value != NULL && strcspn(value, " ") == 2 * (size_t)HASH_SIZE;
}

/* The words of a value, in `room`; NULL: it has none. What is no text was written by somebody
 * else. */
static const char *words_of(const char *line, const char *name, char room[AUDIT_BYTES_MAX])
{
    const char *value = value_of(line, name);
    if (value == NULL)
        return NULL;
    size_t size = strcspn(value, " ");
    (void)snprintf(room, AUDIT_BYTES_MAX, "%.*s", (int)size, value);
    return text_line_valid(room, strlen(room)) ? room : "?";
}

static void copy_line(struct slice line, char text[AUDIT_BYTES_MAX])
{
    size_t size = line.size < AUDIT_BYTES_MAX ? line.size : AUDIT_BYTES_MAX - 1;
    memcpy(text, line.data, size);
    text[size] = '\0';
}

void audit_text_read(struct slice line, struct audit_text *ret_text)
{
    static const char mark[] = " seal=";
    char text[AUDIT_BYTES_MAX];
    copy_line(line, text);
    *ret_text = (struct audit_text){.whole = line};
    const char *seal = strstr(text, mark);
    if (line.size >= AUDIT_BYTES_MAX || seal == NULL || !hash_value(seal, "seal", &ret_text->seal))
        return;
    ret_text->sealed = (size_t)(seal - text);
    ret_text->number = number_of(text, "line", 10);
    ret_text->begins = hash_value(text, "before", &ret_text->before);
}

static void tell(struct slice whole, bool changed, audit_line_fn each, void *context)
{
    char text[AUDIT_BYTES_MAX];
    char rooms[6][AUDIT_BYTES_MAX];
    copy_line(whole, text);
    struct audit_line line = {
        .event = words_of(text, "event", rooms[0]),
        .at_ms = (int64_t)number_of(text, "ms", 10),
        .key = number_of(text, "key", 16),
        .staff = (uint32_t)number_of(text, "staff", 10),
        .login = words_of(text, "login", rooms[1]),
        .terminal = (uint32_t)number_of(text, "terminal", 10),
        .device = words_of(text, "device", rooms[2]),
        .carrier = words_of(text, "carrier", rooms[3]),
        .address = words_of(text, "address", rooms[4]),
        .about = words_of(text, "about", rooms[5]),
        .number = number_of(text, "line", 10),
        .left_out = number_of(text, "left_out", 10),
        .changed = changed,
    };
    if (line.event == NULL)
        line.event = "?";
    each(context, &line);
}

/* ---- lines of a file ---- */

struct lines {
    bool (*each)(void *context, const struct audit_text *text);
    void *context;
    bool stopped;
};

/* Tells the whole lines of a block; returns how many bytes they are. */
static size_t tell_block(struct lines *lines, struct slice block)
{
    size_t told = 0;
    while (!lines->stopped) {
        const uint8_t *from = block.data + told;
        const uint8_t *end = memchr(from, '\n', block.size - told);
        if (end == NULL)
            break;
        struct audit_text text;
        audit_text_read(slice_of(from, (size_t)(end - from)), &text);
        told += (size_t)(end - from) + 1;
        lines->stopped = !lines->each(lines->context, &text);
    }
    return told;
}

int64_t audit_each_text(int fd, int64_t from,
                        bool (*each)(void *context, const struct audit_text *text), void *context)
{
    struct lines lines = {each, context, false};
    uint8_t *block = malloc(BLOCK_BYTES);
    ssize_t size = block == NULL ? -1 : 0;
    while (size >= 0 && !lines.stopped) {
        size = pread(fd, block, BLOCK_BYTES, from);
        if (size <= 0)
            break;
        size_t told = tell_block(&lines, slice_of(block, (size_t)size));
        if (told == 0 && size < BLOCK_BYTES)
            break; /* a line without its end */
        from += told == 0 ? size : (int64_t)told;
    }
    free(block);
    return size < 0 ? -1 : from;
}

/* ---- recalling ---- */

struct recalling {
    int64_t since_ms;
    audit_line_fn each;
    void *context;
};

static void recall_line(void *context, const struct audit_line *line)
{
    const struct recalling *recalling = context;
    if (line->at_ms >= recalling->since_ms)
        recalling->each(recalling->context, line);
}

static bool recall_text(void *context, const struct audit_text *text)
{
    tell(text->whole, false, recall_line, context);
    return true;
}

void audit_recall(struct audit *audit, int64_t since_ms, audit_line_fn each, void *context)
{
    struct recalling recalling = {since_ms, each, context};
    if (audit->path == NULL)
        return;
    int older = plain_open(AT_FDCWD, audit->older, O_RDONLY, 0, NULL);
    if (older >= 0) {
        (void)audit_each_text(older, 0, recall_text, &recalling);
        (void)close(older);
    }
    (void)audit_each_text(audit->fd, 0, recall_text, &recalling);
}

/* ---- pages ---- */

static bool first_of(void *context, const struct audit_text *text)
{
    struct audit_text *first = context;
    first->number = text->number;
    return text->number == 0;
}

/* The first numbered line from a place on; 0: there is none. */
static uint64_t number_behind(int fd, int64_t from)
{
    struct audit_text first = {.number = 0};
    char ends[AUDIT_BYTES_MAX];
    if (from > 0) { /* it may lie within a line */
        ssize_t size = pread(fd, ends, sizeof ends, from - 1);
        const char *end = size > 0 ? memchr(ends, '\n', (size_t)size) : NULL;
        if (end == NULL)
            return 0;
        from += end - ends;
    }
    (void)audit_each_text(fd, from, first_of, &first);
    return first.number;
}

/* A place at most some lines before the line of this number: by halves, for numbers rise. */
static int64_t place_before(int fd, int64_t size, uint64_t number)
{
    int64_t low = 0;
    int64_t high = size;
    while (high - low > BLOCK_BYTES) {
        int64_t middle = low + (high - low) / 2;
        uint64_t found = number_behind(fd, middle);
        if (found != 0 && found < number)
            low = middle;
        else
            high = middle;
    }
    return low > AUDIT_BYTES_MAX ? low - AUDIT_BYTES_MAX : 0;
}

/* Lines of a page, copied, oldest first. */
struct paging {
    const struct audit *audit;
    uint64_t low; /* from this number on */
    uint64_t before;
    struct hash seal; /* of the line told last; valid when `follows` */
    uint64_t follows; /* the number that comes next */
    size_t count;
    struct {
        size_t size;
        bool changed;
        uint8_t text[AUDIT_BYTES_MAX];
    } lines[AUDIT_PAGE_MAX];
};

static bool seal_fits(const uint8_t key[HASH_SIZE], const struct hash *before,
                      const struct audit_text *text)
{
    struct hash seal;
    audit_seal(key, before, slice_of(text->whole.data, text->sealed), &seal);
    return text->sealed > 0 && hash_equal(&seal, &text->seal);
}

static bool page_text(void *context, const struct audit_text *text)
{
    struct paging *paging = context;
    if (text->number >= paging->before || paging->count == AUDIT_PAGE_MAX)
        return false;
    if (text->number >= paging->low) {
        const struct hash *before = text->begins ? &text->before : &paging->seal;
        bool known = text->begins || paging->follows != 0;
        bool fits = !known || (seal_fits(paging->audit->key, before, text) &&
                               (paging->follows == 0 || text->number == paging->follows));
        size_t size = text->whole.size < AUDIT_BYTES_MAX ? text->whole.size : AUDIT_BYTES_MAX;
        memcpy(paging->lines[paging->count].text, text->whole.data, size);
        paging->lines[paging->count].size = size;
        paging->lines[paging->count++].changed = !fits;
    }
    paging->seal = text->seal;
    paging->follows = text->number + 1;
    return true;
}

/* The oldest number that this file has, and its size. */
static uint64_t oldest_in(int fd, int64_t *ret_size)
{
    struct stat now;
    *ret_size = fstat(fd, &now) == 0 ? now.st_size : 0;
    return number_behind(fd, 0);
}

static void page_from(struct paging *paging, int fd, int64_t size, uint32_t rows, uint64_t oldest)
{
    paging->low = paging->before > oldest + rows ? paging->before - rows : oldest;
    (void)audit_each_text(fd, place_before(fd, size, paging->low - 1), page_text, paging);
}

uint64_t audit_page(struct audit *audit, uint64_t before, uint32_t rows, audit_line_fn each,
                    void *context)
{
    audit_look(audit);
    if (audit->number == 0)
        return 0;
    struct paging *paging = calloc(1, sizeof *paging);
    int older = plain_open(AT_FDCWD, audit->older, O_RDONLY, 0, NULL);
    int64_t size = 0;
    int64_t older_size = 0;
    uint64_t oldest = oldest_in(audit->fd, &size);
    uint64_t oldest_of_all = older < 0 ? 0 : oldest_in(older, &older_size);
    if (oldest_of_all == 0)
        oldest_of_all = oldest;
    rows = rows == 0 || rows > AUDIT_PAGE_MAX ? AUDIT_PAGE_MAX : rows;
    if (paging != NULL) {
        paging->audit = audit;
        paging->before = before == 0 || before > audit->number ? audit->number + 1 : before;
        if (oldest != 0 && paging->before > oldest)
            page_from(paging, audit->fd, size, rows, oldest);
        else if (older >= 0 && paging->before > oldest_of_all)
            page_from(paging, older, older_size, rows, oldest_of_all);
        for (size_t i = paging->count; i-- > 0;)
            tell(slice_of(paging->lines[i].text, paging->lines[i].size), paging->lines[i].changed,
                 each, context);
    }
    uint64_t next =
        paging == NULL || paging->count == 0 || paging->low <= oldest_of_all ? 0 : paging->low;
    if (older >= 0)
        (void)close(older);
    free(paging);
    return next;
}

/* ---- verifying ---- */

struct verifying {
    uint8_t key[HASH_SIZE];
    const char *path;
    struct audit_report *report;
    struct failure *failure;
    uint64_t line; /* of the file, from 1 */
    bool sealed;   /* a seal was met */
    bool good;
};

static bool damaged(struct verifying *verifying, const char *what)
{
    verifying->good =
        fail(verifying->failure, FAULT_DAMAGED, 0, "line %" PRIu64 " of the audit log %s %s",
             verifying->line, verifying->path, what);
    return false;
}

static bool verify_text(void *context, const struct audit_text *text)
{
    struct verifying *verifying = context;
    struct audit_report *report = verifying->report;
    verifying->line++;
    report->lines++;
    if (text->sealed == 0 && !verifying->sealed) {
        report->unsealed++;
        return true;
    }
    if (text->sealed == 0)
        return damaged(verifying, "has no seal: it was changed or put in");
    if (!verifying->sealed && !text->begins)
        return damaged(verifying, "is the first with a seal and does not begin: lines before it "
                                  "were taken out");
    const struct hash *before = verifying->sealed ? &report->seal : &text->before;
    if (!seal_fits(verifying->key, before, text))
        return damaged(verifying, "does not fit its seal: it was changed, or lines before it were "
                                  "taken out or put in");
    if (verifying->sealed && text->number != report->number + 1)
        return damaged(verifying, "has a number that does not follow");
    verifying->sealed = true;
    report->number = text->number;
    report->seal = text->seal;
    return true;
}

static bool verify_file(struct verifying *verifying, const char *path)
{
    int fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, verifying->failure);
    if (fd < 0)
        return errno == ENOENT ||
               fail(verifying->failure, FAULT_IO, errno, "cannot read the audit log %s", path);
    verifying->path = path;
    verifying->line = 0;
    bool read = audit_each_text(fd, 0, verify_text, verifying) >= 0;
    (void)close(fd);
    return verifying->good &&
           (read || fail(verifying->failure, FAULT_IO, 0, "cannot read the audit log %s", path));
}

bool audit_verify(const char *path, const uint8_t key[AUDIT_KEY_SIZE],
                  struct audit_report *ret_report, struct failure *failure)
{
    struct verifying verifying = {.report = ret_report, .failure = failure, .good = true};
    char *older = NULL;
    *ret_report = (struct audit_report){.lines = 0};
    audit_key(key, verifying.key);
    if (asprintf(&older, "%s.1", path) < 0)
        return fail(failure, FAULT_MEMORY, 0, "no memory to read the audit log");
    bool good = verify_file(&verifying, older) && verify_file(&verifying, path);
    free(older);
    secret_wipe(verifying.key, sizeof verifying.key);
    return good;
}
