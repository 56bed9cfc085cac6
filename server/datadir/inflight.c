#include "datadir/inflight.h"

#include "datadir/files.h"

#include "base/plain_file.h"
#include "base/version.h"
#include "view.pb-c.h"
#include "wire.pb-c.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGE_FORMAT = 1, BOOT_SIZE = 40, DEATHS_BORNE = 1 };

/* The file, byte by byte. Another format is begun anew. */
struct page {
    uint64_t format;
    _Atomic uint64_t applying;
    char boot[BOOT_SIZE]; /* of the machine, when it was opened */
    uint8_t unused[256 - 16 - BOOT_SIZE];
    struct inflight_note entry;
    struct inflight_note avoided[INFLIGHT_AVOIDED_MAX];
};
_Static_assert(sizeof(struct page) == PAGE_BYTES, "one page");

struct inflight {
    struct page *page;
    char program[INFLIGHT_PROGRAM_MAX];
};

static struct inflight *open_one; /* whom the listener writes for */

/* ---- notes ---- */

static void put_text(char *out, size_t capacity, const char *text)
{
    size_t size = strnlen(text, capacity - 1);
    memcpy(out, text, size);
    out[size] = '\0';
}

/* `end` last: a note that is not whole is none. In a dying thread: only stores. */
static void note_put(struct inflight_note *note, const char *program, enum death_task task,
                     uint64_t number, enum inflight_end end, const char *where)
{
    note->end = INFLIGHT_NONE;
    atomic_signal_fence(memory_order_seq_cst);
    note->number = number;
    note->task = task;
    note->times = 1;
    put_text(note->program, sizeof note->program, program);
    put_text(note->where, sizeof note->where, where);
    atomic_signal_fence(memory_order_seq_cst);
    note->end = end;
}

static bool note_is(const struct inflight_note *note, enum death_task task, uint64_t number)
{
    return note->end != INFLIGHT_NONE && note->task == task && note->number == number;
}

/* The one that is about the same, a free one, or else the first. */
static struct inflight_note *place_of(struct page *page, enum death_task task, uint64_t number)
{
    struct inflight_note *place = NULL;
    for (size_t i = 0; i < INFLIGHT_AVOIDED_MAX; i++) {
        if (note_is(&page->avoided[i], task, number))
            return &page->avoided[i];
        if (page->avoided[i].end == INFLIGHT_NONE && place == NULL)
            place = &page->avoided[i];
    }
    return place == NULL ? &page->avoided[0] : place;
}

static void died(const struct death *death)
{
    struct inflight *inflight = open_one;
    if (inflight == NULL)
        return;
    struct page *page = inflight->page;
    struct inflight_note *note =
        death->task == DEATH_ENTRY ? &page->entry : place_of(page, death->task, death->number);
    note_put(note, inflight->program, death->task, death->number, INFLIGHT_DIED, death->where);
}

/* ---- opening ---- */

static void program_name(char out[INFLIGHT_PROGRAM_MAX])
{
    struct stat facts = {0};
    (void)stat("/proc/self/exe", &facts);
    snprintf(out, INFLIGHT_PROGRAM_MAX, "%.36s %" PRIu64 " %" PRId64, version_tefterd,
             (uint64_t)facts.st_size, (int64_t)facts.st_mtim.tv_sec);
}

static void boot_name(char out[BOOT_SIZE])
{
    size_t size;
    if (!files_read("/proc/sys/kernel/random/boot_id", out, BOOT_SIZE, &size, NULL))
        out[0] = '\0';
}

static void forget_others(struct inflight_note *note, const char *program)
{
    if (strncmp(note->program, program, sizeof note->program) != 0)
        *note = (struct inflight_note){.end = INFLIGHT_NONE};
}

/* The process before left in the middle of an entry, and nobody told why. */
static void note_left(struct inflight *inflight, uint64_t seq)
{
    struct inflight_note *note = &inflight->page->entry;
    uint32_t times =
        note_is(note, DEATH_ENTRY, seq) && note->end == INFLIGHT_LEFT ? note->times : 0;
    note_put(note, inflight->program, DEATH_ENTRY, seq, INFLIGHT_LEFT, "");
    note->times = times + 1;
}

static void take_over(struct inflight *inflight)
{
    char boot[BOOT_SIZE] = "";
    struct page *page = inflight->page;
    boot_name(boot);
    if (page->format != PAGE_FORMAT)
        *page = (struct page){.format = PAGE_FORMAT};
    uint64_t left = atomic_load(&page->applying);
    bool told = page->entry.end == INFLIGHT_DIED && page->entry.number == left;
    bool same_boot = strncmp(page->boot, boot, sizeof boot) == 0;
    put_text(page->boot, sizeof page->boot, boot);
    forget_others(&page->entry, inflight->program);
    for (size_t i = 0; i < INFLIGHT_AVOIDED_MAX; i++)
        forget_others(&page->avoided[i], inflight->program);
    if (left != 0 && !told && same_boot)
        note_left(inflight, left);
    else if (!same_boot && page->entry.end == INFLIGHT_LEFT)
        inflight_forget_entry(inflight, 0);
    atomic_store(&page->applying, 0);
}

/* Its bytes are there before they are mapped: a store must not find the disk full. */
static struct page *map_page(const char *path, struct failure *failure)
{
    int fd = plain_open(AT_FDCWD, path, O_RDWR | O_CREAT, 0600, failure);
    int error = fd < 0 ? errno : posix_fallocate(fd, 0, PAGE_BYTES);
    void *page = MAP_FAILED;
    if (error == 0) {
        page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        error = page == MAP_FAILED ? errno : 0;
    }
    if (fd >= 0)
        close(fd);
    if (error == 0)
        return page;
    fail(failure, FAULT_IO, error, "cannot keep %s", path);
    return NULL;
}

bool inflight_open(const char *path, struct inflight **ret_inflight, struct failure *failure)
{
    need(open_one == NULL);
    struct inflight *inflight = calloc(1, sizeof *inflight);
    if (inflight == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for what is in flight");
    inflight->page = map_page(path, failure);
    if (inflight->page == NULL) {
        free(inflight);
        return false;
    }
    program_name(inflight->program);
    take_over(inflight);
    open_one = inflight;
    death_listen(died);
    *ret_inflight = inflight;
    return true;
}

void inflight_close(struct inflight *inflight)
{
    if (inflight == NULL)
        return;
    death_listen(NULL);
    open_one = NULL;
    munmap(inflight->page, PAGE_BYTES);
    free(inflight);
}

/* ---- the entry ---- */

void inflight_begin(struct inflight *inflight, uint64_t seq)
{
    if (inflight == NULL)
        return;
    death_doing(DEATH_ENTRY, seq);
    atomic_store_explicit(&inflight->page->applying, seq, memory_order_release);
}

bool inflight_blames(enum fault fault)
{
    return fault != FAULT_IO && fault != FAULT_FULL && fault != FAULT_MEMORY;
}

void inflight_end(struct inflight *inflight, uint64_t seq, const struct failure *failure)
{
    if (inflight == NULL)
        return;
    struct inflight_note *note = &inflight->page->entry;
    if (failure != NULL && inflight_blames(failure->fault))
        note_put(note, inflight->program, DEATH_ENTRY, seq, INFLIGHT_FAULTED, failure->text);
    else if (failure == NULL)
        inflight_forget_entry(inflight, seq);
    atomic_store_explicit(&inflight->page->applying, 0, memory_order_release);
    death_idle();
}

bool inflight_fatal(const struct inflight *inflight, uint64_t seq, struct failure *failure)
{
    char words[INFLIGHT_WHERE_MAX + 80];
    if (inflight == NULL || !note_is(&inflight->page->entry, DEATH_ENTRY, seq))
        return false;
    const struct inflight_note *note = &inflight->page->entry;
    if (note->end != INFLIGHT_DIED && (note->end != INFLIGHT_LEFT || note->times <= DEATHS_BORNE))
        return false;
    inflight_words(note, words, sizeof words);
    fail(failure, FAULT_BUG, 0, "%s", words);
    return true;
}

void inflight_forget_entry(struct inflight *inflight, uint64_t seq)
{
    if (inflight != NULL && (seq == 0 || seq == inflight->page->entry.number))
        inflight->page->entry = (struct inflight_note){.end = INFLIGHT_NONE};
}

/* ---- what is avoided ---- */

bool inflight_avoids(const struct inflight *inflight, enum death_task task, uint64_t number)
{
    for (size_t i = 0; inflight != NULL && i < INFLIGHT_AVOIDED_MAX; i++)
        if (note_is(&inflight->page->avoided[i], task, number))
            return true;
    return false;
}

void inflight_avoid(struct inflight *inflight, enum death_task task, uint64_t number,
                    const char *where)
{
    if (inflight != NULL)
        note_put(place_of(inflight->page, task, number), inflight->program, task, number,
                 INFLIGHT_FAULTED, where);
}

/* ---- reading ---- */

static void notes_of(const struct page *page, struct inflight_notes *ret_notes)
{
    ret_notes->applying = atomic_load(&page->applying);
    ret_notes->entry = page->entry;
    memcpy(ret_notes->avoided, page->avoided, sizeof ret_notes->avoided);
}

void inflight_notes(const struct inflight *inflight, struct inflight_notes *ret_notes)
{
    *ret_notes = (struct inflight_notes){.applying = 0};
    if (inflight != NULL)
        notes_of(inflight->page, ret_notes);
}

bool inflight_read(const char *path, struct inflight_notes *ret_notes)
{
    struct page page;
    char bytes[PAGE_BYTES + 1];
    size_t size;
    if (!files_exist(path) || !files_read(path, bytes, sizeof bytes, &size, NULL) ||
        size != PAGE_BYTES)
        return false;
    memcpy(&page, bytes, PAGE_BYTES);
    if (page.format != PAGE_FORMAT)
        return false;
    notes_of(&page, ret_notes);
    return true;
}

static const char *query_name(uint64_t kind)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tefter__query__descriptor, (unsigned)kind);
    return field == NULL ? "?" : field->name;
}

static const char *topic_name(uint64_t topic)
{
    const ProtobufCEnumValue *value =
        protobuf_c_enum_descriptor_get_value(&tefter__topic__descriptor, (int)topic);
    return value == NULL ? "?" : value->name;
}

void inflight_task(const struct inflight_note *note, char out[INFLIGHT_TASK_MAX])
{
    out[0] = '\0';
    switch ((enum death_task)note->task) {
    case DEATH_IDLE:
        break;
    case DEATH_ENTRY:
        snprintf(out, INFLIGHT_TASK_MAX, "entry %" PRIu64, note->number);
        break;
    case DEATH_QUERY:
        snprintf(out, INFLIGHT_TASK_MAX, "query %.40s", query_name(note->number));
        break;
    case DEATH_TOPIC:
        snprintf(out, INFLIGHT_TASK_MAX, "subscription %.40s", topic_name(note->number));
        break;
    case DEATH_JOB:
        snprintf(out, INFLIGHT_TASK_MAX, "job %" PRIu64, note->number);
        break;
    case DEATH_DAY:
        snprintf(out, INFLIGHT_TASK_MAX, "day %" PRIu64 " of branch %" PRIu64,
                 note->number & UINT32_MAX, note->number >> 32);
        break;
    case DEATH_RECALL:
        if (note->number == 0)
            snprintf(out, INFLIGHT_TASK_MAX, "what terminals bring back");
        else
            snprintf(out, INFLIGHT_TASK_MAX, "what a terminal brought back of seq %" PRIu64,
                     note->number);
        break;
    }
}

void inflight_words(const struct inflight_note *note, char *out, size_t capacity)
{
    int most = (int)strnlen(note->where, sizeof note->where);
    if (note->end == INFLIGHT_LEFT)
        snprintf(out, capacity, "the program ended in the middle of it (%" PRIu32 " times)",
                 note->times);
    else if (note->end == INFLIGHT_DIED)
        snprintf(out, capacity, "it stopped the program at %.*s", most, note->where);
    else
        snprintf(out, capacity, "%.*s", most, note->where);
}
