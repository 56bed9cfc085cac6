/*
 * Tampers with the journal of a real ledger, again and again: bits flipped, bytes overwritten,
 * segments cut, batches swapped, taken out, told twice, segments lost or exchanged. Each time the
 * journal must refuse to open and name the first batch that is not what was written.
 *
 *   power_tamper LEDGER COUNT SEED
 */
#include "ledger.h"

#include "base/bytes.h"
#include "base/prng.h"
#include "datadir/files.h"
#include "journal/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 256, LENGTH_AT = 8, NUMBER_AT = 40, SECONDS = 300, MISSES_SHOWN = 5 };

struct segment {
    char name[FILES_NAME_MAX];
    uint8_t *data;
    size_t size;
};

/* Where a batch lies. */
struct spot {
    size_t segment, offset, size;
    uint64_t number;
};

struct tamper {
    char folder[64];
    struct segment segments[SEGMENTS_MAX], bad[SEGMENTS_MAX];
    size_t segment_count;
    struct spot *spots;
    size_t spot_count;
    struct journal_head head;
    struct prng prng;
    uint64_t caught, named, unchanged;
};

/* ---- the journal as it is ---- */

static void path_of(const struct tamper *tamper, const char *name, char out[FILES_PATH_MAX])
{
    need(files_join(out, tamper->folder, name, NULL));
}

static bool is_segment(const char *name)
{
    size_t size = strlen(name);
    return size > 8 && strcmp(name + size - 8, ".segment") == 0;
}

static void segment_load(struct segment *segment, const char *path, const char *name)
{
    struct stat facts;
    int fd = open(path, O_RDONLY);
    need(fd >= 0 && fstat(fd, &facts) == 0);
    *segment = (struct segment){.size = (size_t)facts.st_size};
    segment->data = malloc(segment->size + 1);
    need(segment->data && read(fd, segment->data, segment->size) == facts.st_size);
    snprintf(segment->name, sizeof segment->name, "%s", name);
    close(fd);
}

static void segment_store(const struct tamper *tamper, const struct segment *segment)
{
    char path[FILES_PATH_MAX];
    path_of(tamper, segment->name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, segment->data, segment->size) == (ssize_t)segment->size);
    close(fd);
}

static void spots_find(struct tamper *tamper, size_t number)
{
    const struct segment *segment = &tamper->segments[number];
    for (size_t at = 0; at < segment->size;) {
        struct spot spot = {number, at, be32_get(segment->data + at + LENGTH_AT),
                            be64_get(segment->data + at + NUMBER_AT)};
        tamper->spots = realloc(tamper->spots, (tamper->spot_count + 1) * sizeof *tamper->spots);
        need(tamper->spots && spot.size > 0);
        tamper->spots[tamper->spot_count++] = spot;
        at += spot.size;
    }
}

static void journal_load(struct tamper *tamper)
{
    static struct files_name names[SEGMENTS_MAX];
    tamper->segment_count = files_list(tamper->folder, is_segment, names, SEGMENTS_MAX);
    need(tamper->segment_count > 0);
    for (size_t i = 0; i < tamper->segment_count; i++) {
        char path[FILES_PATH_MAX];
        path_of(tamper, names[i].text, path);
        segment_load(&tamper->segments[i], path, names[i].text);
        spots_find(tamper, i);
    }
}

static bool open_tampered(const struct tamper *tamper, uint64_t known, struct journal **ret_journal,
                          struct failure *failure)
{
    struct journal_options options = {.path = tamper->folder, .known = {known}, .reading = true};
    return journal_open(&options, ret_journal, failure);
}

/* ---- what is done to it ---- */

static size_t below(struct tamper *tamper, size_t bound)
{
    return (size_t)prng_below(&tamper->prng, bound);
}

static struct segment *any_segment(struct tamper *tamper)
{
    return &tamper->bad[below(tamper, tamper->segment_count)];
}

static void flip_bit(struct tamper *tamper)
{
    struct segment *segment = any_segment(tamper);
    if (segment->size)
        segment->data[below(tamper, segment->size)] ^= (uint8_t)(1 << below(tamper, 8));
}

static void overwrite(struct tamper *tamper)
{
    struct segment *segment = any_segment(tamper);
    size_t size = 1 + below(tamper, 64);
    if (segment->size < size)
        return;
    uint8_t *at = segment->data + below(tamper, segment->size - size + 1);
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)prng_next(&tamper->prng);
}

static void cut(struct tamper *tamper)
{
    struct segment *segment = any_segment(tamper);
    if (segment->size)
        segment->size = below(tamper, segment->size);
}

/* Puts `size` bytes in the place of `gone` at an offset. */
static void graft(struct segment *segment, size_t at, size_t gone, const uint8_t *bytes,
                  size_t size)
{
    uint8_t *data = malloc(segment->size - gone + size + 1);
    need(data);
    memcpy(data, segment->data, at);
    if (size)
        memcpy(data + at, bytes, size);
    memcpy(data + at + size, segment->data + at + gone, segment->size - at - gone);
    free(segment->data);
    segment->data = data;
    segment->size += size - gone;
}

static void take_out(struct tamper *tamper)
{
    const struct spot *spot = &tamper->spots[below(tamper, tamper->spot_count)];
    graft(&tamper->bad[spot->segment], spot->offset, spot->size, NULL, 0);
}

static void tell_twice(struct tamper *tamper)
{
    const struct spot *spot = &tamper->spots[below(tamper, tamper->spot_count)];
    const struct segment *from = &tamper->segments[spot->segment];
    graft(&tamper->bad[spot->segment], spot->offset + spot->size, 0, from->data + spot->offset,
          spot->size);
}

static void swap_batches(struct tamper *tamper)
{
    size_t at = below(tamper, tamper->spot_count);
    const struct spot *spot = &tamper->spots[at], *next = spot + 1;
    if (at + 1 == tamper->spot_count || next->segment != spot->segment)
        return;
    const uint8_t *data = tamper->segments[spot->segment].data;
    uint8_t *bad = tamper->bad[spot->segment].data + spot->offset;
    memcpy(bad, data + next->offset, next->size);
    memcpy(bad + next->size, data + spot->offset, spot->size);
}

static void lose_segment(struct tamper *tamper)
{
    struct segment *segment = any_segment(tamper);
    char path[FILES_PATH_MAX];
    path_of(tamper, segment->name, path);
    need(unlink(path) == 0);
    segment->size = 0;
    segment->name[0] = '\0';
}

static void exchange_segments(struct tamper *tamper)
{
    struct segment *a = any_segment(tamper), *b = any_segment(tamper), keep = *a;
    a->data = b->data;
    a->size = b->size;
    b->data = keep.data;
    b->size = keep.size;
}

static void (*const ways[])(struct tamper *) = {flip_bit,     flip_bit,     overwrite,
                                                cut,          take_out,     tell_twice,
                                                swap_batches, lose_segment, exchange_segments};

/* ---- one trial ---- */

/* The number of the first batch that is not what it was; 0: nothing is different. */
static uint64_t first_bad(const struct tamper *tamper)
{
    for (size_t i = 0; i < tamper->segment_count; i++) {
        const struct segment *good = &tamper->segments[i], *bad = &tamper->bad[i];
        size_t both = good->size < bad->size ? good->size : bad->size, same = 0;
        while (same < both && good->data[same] == bad->data[same])
            same++;
        if (same == good->size && same == bad->size && bad->name[0])
            continue;
        for (size_t j = 0; j < tamper->spot_count; j++) {
            const struct spot *spot = &tamper->spots[j];
            if (spot->segment == i && same < spot->offset + spot->size)
                return spot->number;
        }
        const struct spot *last = &tamper->spots[tamper->spot_count - 1];
        for (size_t j = 0; j < tamper->spot_count; j++)
            if (tamper->spots[j].segment > i)
                return tamper->spots[j].number;
        return last->number + 1;
    }
    return 0;
}

static void bad_begin(struct tamper *tamper)
{
    for (size_t i = 0; i < tamper->segment_count; i++) {
        struct segment *bad = &tamper->bad[i];
        *bad = tamper->segments[i];
        bad->data = malloc(bad->size + 1);
        need(bad->data);
        memcpy(bad->data, tamper->segments[i].data, bad->size);
    }
}

static bool differs(const struct segment *a, const struct segment *b)
{
    return a->size != b->size || memcmp(a->data, b->data, a->size) != 0;
}

static void bad_store(const struct tamper *tamper)
{
    for (size_t i = 0; i < tamper->segment_count; i++)
        if (tamper->bad[i].name[0] && differs(&tamper->bad[i], &tamper->segments[i]))
            segment_store(tamper, &tamper->bad[i]);
}

static void bad_end(struct tamper *tamper)
{
    for (size_t i = 0; i < tamper->segment_count; i++) {
        if (!tamper->bad[i].name[0] || differs(&tamper->bad[i], &tamper->segments[i]))
            segment_store(tamper, &tamper->segments[i]);
        free(tamper->bad[i].data);
    }
}

static bool trial(struct tamper *tamper, struct failure *failure, uint64_t *ret_wanted)
{
    struct journal *journal = NULL;
    char name[40];
    bad_begin(tamper);
    ways[below(tamper, sizeof ways / sizeof *ways)](tamper);
    *ret_wanted = first_bad(tamper);
    bad_store(tamper);
    bool opened = open_tampered(tamper, tamper->head.next_seq - 1, &journal, failure);
    journal_close(journal);
    bad_end(tamper);
    if (*ret_wanted == 0) {
        tamper->unchanged++;
        return opened;
    }
    snprintf(name, sizeof name, "batch %" PRIu64 ":", *ret_wanted);
    tamper->caught += !opened;
    tamper->named += !opened && strstr(failure->text, name);
    return !opened && strstr(failure->text, name);
}

static uint64_t trials(struct tamper *tamper, uint64_t count)
{
    uint64_t misses = 0, wanted;
    for (uint64_t i = 0; i < count; i++) {
        struct failure failure = {.fault = FAULT_NONE};
        if (trial(tamper, &failure, &wanted))
            continue;
        if (misses++ < MISSES_SHOWN)
            printf("change %" PRIu64 ": batch %" PRIu64 " is the first bad one, but: %s\n", i,
                   wanted, failure.fault ? failure.text : "it opens");
    }
    return misses;
}

static bool begin(struct tamper *tamper, const char *ledger, struct failure *failure)
{
    char from[FILES_PATH_MAX];
    struct journal *journal;
    snprintf(tamper->folder, sizeof tamper->folder, "/dev/shm/power-tamper-XXXXXX");
    if (!mkdtemp(tamper->folder) || !files_join(from, ledger, "journal", failure) ||
        !files_copy_folder(from, tamper->folder, failure))
        return fail(failure, FAULT_IO, 0, "cannot copy the journal");
    journal_load(tamper);
    if (!open_tampered(tamper, 0, &journal, failure))
        return false;
    journal_head(journal, &tamper->head);
    journal_close(journal);
    return true;
}

int main(int argc, char **argv)
{
    static struct tamper tamper;
    struct failure failure = {.fault = FAULT_NONE};
    if (argc != 4 || !hash_setup())
        return WRONG_USE;
    alarm(SECONDS);
    tamper.prng.state = strtoull(argv[3], NULL, 10);
    if (!begin(&tamper, argv[1], &failure))
        return told(&failure);
    uint64_t count = strtoull(argv[2], NULL, 10), misses = trials(&tamper, count);
    files_remove_tree(tamper.folder, NULL);
    printf("tamper: seed %s, %" PRIu64 " changes (%" PRIu64 " of them to nothing), %" PRIu64
           " caught, %" PRIu64 " with the first bad batch named, %zu batches in %zu segments\n",
           argv[3], count, tamper.unchanged, tamper.caught, tamper.named, tamper.spot_count,
           tamper.segment_count);
    return misses ? NOT_WHAT_WAS_WRITTEN : SOUND;
}
