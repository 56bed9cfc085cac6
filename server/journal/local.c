/*
 * The local journal: segments in a folder.
 *
 * The segment that is written has zeros behind its last batch, AHEAD_BYTES at a time: a sync that
 * has no new size of the file to write down takes half as long, and hardly ever long. A start takes
 * them for what is left of a write that was cut off, and so cuts them off; the segment is cut to
 * its batches, and synced, before another one follows it, and when the journal is closed.
 */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 512 * 1024, AHEAD_BYTES = 1024 * 1024 };

static struct local *local_of(struct journal *journal)
{
    return (struct local *)journal;
}

static bool folder_make(const char *path, struct failure *failure)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return true;
    return fail(failure, fault_of_os(errno), errno, "cannot make the folder %s", path);
}

static bool parent_sync(int folder, struct failure *failure)
{
    int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return fail(failure, FAULT_IO, errno, "cannot open the folder above the journal");
    bool synced = folder_sync(parent, failure);
    close(parent);
    return synced;
}

/* The identity comes last: without one there is no journal yet, only the start of one. */
static bool folder_fill(int folder, const char *path, const struct ledger_id *ledger,
                        const struct incarnation *incarnation, struct failure *failure)
{
    int file;
    char name[SEGMENT_NAME_SIZE];
    segment_name(1, name);
    struct stat stat;
    if (faccessat(folder, "identity", F_OK, 0) == 0 ||
        (fstatat(folder, name, &stat, 0) == 0 && stat.st_size > 0))
        return fail(failure, FAULT_USE, 0, "there is a journal in %s already", path);
    unlinkat(folder, name, 0);
    if (!segment_create(folder, 1, &file, failure))
        return false;
    close(file);
    return identity_create(folder, ledger, incarnation, failure) && parent_sync(folder, failure);
}

static bool local_create(const struct journal_options *options, const struct ledger_id *ledger,
                         const struct incarnation *incarnation, struct failure *failure)
{
    int folder;
    const char *path = options->path;
    if (!folder_make(path, failure) || !journal_folder_supported(path, failure) ||
        !folder_open(path, &folder, failure))
        return false;
    bool filled = folder_fill(folder, path, ledger, incarnation, failure);
    close(folder);
    return filled;
}

static struct segment *last_segment(struct local *local)
{
    return &local->segments[local->segment_count - 1];
}

/* Best effort: zeros behind the last batch are no more than that, for whoever reads them. */
static void cut_zeros(struct local *local)
{
    if (local->file >= 0 && local->journal.standing == JOURNAL_OK &&
        local->reach > last_segment(local)->size)
        (void)!ftruncate(local->file, (off_t)last_segment(local)->size);
}

static void local_destroy(struct journal *journal)
{
    struct local *local = local_of(journal);
    cut_zeros(local);
    int files[] = {local->file, local->identity, local->folder};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] >= 0)
            close(files[i]);
    free(local->segments);
    free(local->marks.positions);
    free(local->path);
    journal_fini(journal);
    free(local);
}

static bool file_sync(struct local *local)
{
#ifdef TEFTER_NO_SYNC /* a build for the power-cut test alone, to show that the test can fail */
    (void)local;
    return true;
#else
    return fdatasync(local->file) == 0;
#endif
}

/* No zeros may stand in a segment that another follows. */
static bool segment_seal(struct local *local, struct failure *failure)
{
    if (local->reach == last_segment(local)->size)
        return true;
    return (ftruncate(local->file, (off_t)last_segment(local)->size) == 0 &&
            fsync(local->file) == 0) ||
           fail(failure, fault_of_os(errno), errno, "cannot end a segment in %s", local->path);
}

/* Begins a new segment when the batch would make the last one too large. */
static bool segment_roll(struct local *local, size_t size, struct failure *failure)
{
    const struct segment *last = last_segment(local);
    if (last->size == 0 || last->size + size <= local->segment_bytes)
        return true;
    struct segment next = {.first_batch = local->journal.head.batch + 1};
    int file;
    if (!segment_seal(local, failure) ||
        !segment_create(local->folder, next.first_batch, &file, failure))
        return false;
    close(local->file);
    local->file = file;
    local->reach = 0;
    pthread_mutex_lock(&local->journal.lock);
    bool noted = segment_note(local, next);
    if (noted)
        local->journal.metrics.segments++;
    pthread_mutex_unlock(&local->journal.lock);
    return noted || fail(failure, FAULT_MEMORY, ENOMEM, "no memory for another segment");
}

void local_advance(struct local *local, size_t size, const struct journal_head *after)
{
    struct journal *journal = &local->journal;
    pthread_mutex_lock(&journal->lock);
    struct segment *last = last_segment(local);
    struct position position = {
        .head = journal->head, .segment = local->segment_count - 1, .offset = last->size};
    marks_note(&local->marks, &position);
    last->size += size;
    journal_advance(journal, size, after);
    pthread_mutex_unlock(&journal->lock);
}

/* Zeros for the batches to come, when this one goes beyond them. Without room on the disk there are
 * fewer: the next batch will say so, or still fit. */
static bool reach_ahead(struct local *local, uint64_t end)
{
    static uint8_t zeros[AHEAD_BYTES];
    if (end <= local->reach)
        return true;
    uint64_t most = local->segment_bytes > end ? local->segment_bytes - end : 0;
    size_t size = most < sizeof zeros ? (size_t)most : sizeof zeros;
    local->reach = end + size; /* some may stand there when not all found room */
    return file_write(local->file, slice_of(zeros, size), end) || fault_of_os(errno) == FAULT_FULL;
}

static enum journal_answer local_write(struct journal *journal, struct slice bytes,
                                       const struct journal_head *after, struct failure *failure)
{
    struct local *local = local_of(journal);
    if (!segment_roll(local, bytes.size, failure))
        return JOURNAL_UNKNOWN;
    uint64_t offset = last_segment(local)->size;
    if (!file_write(local->file, bytes, offset) || !reach_ahead(local, offset + bytes.size) ||
        !file_sync(local)) {
        fail(failure, fault_of_os(errno), errno, "cannot write the journal in %s", local->path);
        return JOURNAL_UNKNOWN;
    }
    local_advance(local, bytes.size, after);
    journal->metrics.syncs++;
    return JOURNAL_OK;
}

/* The last mark whose next batch begins at or before from_seq, and where the journal ends now. */
static void read_bounds(struct local *local, uint64_t from_seq, struct position *ret_place,
                        size_t *ret_segments, uint64_t *ret_next_seq)
{
    pthread_mutex_lock(&local->journal.lock);
    size_t low = 0, high = local->marks.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (local->marks.positions[middle].head.next_seq <= from_seq)
            low = middle;
        else
            high = middle;
    }
    if (local->marks.count)
        *ret_place = local->marks.positions[low];
    *ret_segments = local->marks.count ? local->segment_count : 0;
    *ret_next_seq = local->journal.head.next_seq;
    pthread_mutex_unlock(&local->journal.lock);
}

struct reading {
    struct local *local;
    struct position position;
    uint64_t from_seq;
    journal_each_fn each;
    void *context;
    struct window window;
    struct batch_read read;
};

static bool reading_fail(const struct reading *reading, enum batch_state state, const char *why,
                         struct failure *failure)
{
    if (reading->window.error)
        return position_fail(reading->local, &reading->position, FAULT_IO, reading->window.error,
                             "cannot read it", failure);
    return position_fail(reading->local, &reading->position, fault_of_batch(state), 0, why,
                         failure);
}

static bool segment_read(struct reading *reading, struct failure *failure)
{
    const char *why;
    struct position *position = &reading->position;
    while (position->offset < reading->window.limit) {
        enum batch_state state = window_batch(&reading->window, position, &reading->read, &why);
        if (state != BATCH_WHOLE)
            return reading_fail(reading, state, why, failure);
        position_advance(position, &reading->read);
        if (position->head.next_seq > reading->from_seq &&
            !reading->each(reading->context, &reading->read.batch, failure))
            return false;
    }
    position->segment++;
    position->offset = 0;
    return true;
}

static bool segments_read(struct reading *reading, size_t segments, struct failure *failure)
{
    while (reading->position.segment < segments) {
        struct segment segment = segment_at(reading->local, reading->position.segment);
        size_t capacity = segment.size < READ_BYTES ? (size_t)segment.size + 1 : READ_BYTES;
        if (!window_open(&reading->window, reading->local->folder, &segment, capacity, failure))
            return false;
        bool read = segment_read(reading, failure);
        window_close(&reading->window);
        if (!read)
            return false;
    }
    return true;
}

static bool local_read(struct journal *journal, uint64_t from_seq, journal_each_fn each,
                       void *context, struct failure *failure)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the journal");
    reading->local = local_of(journal);
    reading->from_seq = from_seq;
    reading->each = each;
    reading->context = context;
    size_t segments;
    uint64_t next_seq;
    read_bounds(reading->local, from_seq, &reading->position, &segments, &next_seq);
    bool read = from_seq >= next_seq || segments_read(reading, segments, failure);
    free(reading);
    return read;
}

static struct local *local_new(const struct journal_options *options)
{
    struct local *local = calloc(1, sizeof *local);
    char *path = strdup(options->path);
    if (!local || !path) {
        free(local);
        free(path);
        return NULL;
    }
    journal_init(&local->journal, &journal_local, &(struct ledger_id){0},
                 &(struct incarnation){.number = 0});
    local->journal.reading = options->reading;
    local->path = path;
    local->folder = local->identity = local->file = -1;
    local->segment_bytes = options->segment_bytes ? options->segment_bytes : JOURNAL_SEGMENT_BYTES;
    return local;
}

static bool local_open(const struct journal_options *options, struct journal **ret_journal,
                       struct failure *failure)
{
    struct local *local = local_new(options);
    if (!local)
        return fail(failure, FAULT_MEMORY, ENOMEM, "no memory for the journal");
    bool opened = journal_folder_supported(options->path, failure) &&
                  folder_open(options->path, &local->folder, failure) &&
                  identity_open(local, failure) && segment_list(local, failure) &&
                  recover(local, &options->known, failure);
    if (!opened) {
        local_destroy(&local->journal);
        return false;
    }
    *ret_journal = &local->journal;
    return true;
}

static bool local_refresh(struct journal *journal, struct failure *failure)
{
    return refresh(local_of(journal), failure);
}

const struct journal_kind journal_local = {.name = "local",
                                           .create = local_create,
                                           .open = local_open,
                                           .write = local_write,
                                           .read = local_read,
                                           .refresh = local_refresh,
                                           .export = local_export,
                                           .import = local_import,
                                           .size = local_size,
                                           .destroy = local_destroy};
