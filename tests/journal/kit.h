#pragma once
/*
 * For the journal's tests: journals with entries that can be told apart, and their segments as
 * bytes that can be spoilt and put back.
 */
#include "journal/journal.h"

#include "base/check.h"
#include "base/limits.h"
#include "store/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static const struct ledger_id kit_ledger = {"a test's ledger"};
static const struct incarnation kit_incarnation = {1, "first"};

static inline const char *kit_home(void)
{
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : ".";
}

static inline void kit_folder(char out[FOLDER_PATH_MAX])
{
    snprintf(out, FOLDER_PATH_MAX, "%s/tefter-journal-XXXXXX", kit_home());
    if (!mkdtemp(out))
        abort();
}

static inline void kit_create(const char *path)
{
    struct failure failure = {0};
    if (!journal_create(&(struct journal_options){.path = path}, &kit_ledger, &kit_incarnation,
                        &failure))
        fail_msg("%s", failure.text);
}

static inline struct journal *kit_try(const char *path, uint64_t segment_bytes, uint64_t known,
                                      bool reading, struct failure *failure)
{
    struct journal *journal = NULL;
    struct journal_options options = {
        .path = path, .known = {known}, .reading = reading, .segment_bytes = segment_bytes};
    *failure = (struct failure){0};
    return journal_open(&options, &journal, failure) ? journal : NULL;
}

static inline struct journal *kit_open(const char *path, uint64_t segment_bytes)
{
    struct failure failure;
    struct journal *journal = kit_try(path, segment_bytes, 0, false, &failure);
    if (!journal)
        fail_msg("%s", failure.text);
    return journal;
}

static inline struct journal_head kit_head(const struct journal *journal)
{
    struct journal_head head;
    journal_head(journal, &head);
    return head;
}

/* What stands in the entry with this seq: any size from 0, any bytes. */
static inline size_t kit_entry(uint64_t seq, uint8_t out[128])
{
    struct prng prng = {seq};
    size_t size = (size_t)prng_below(&prng, 128);
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)prng_next(&prng);
    return size;
}

static inline uint32_t kit_count(uint64_t batch)
{
    return (uint32_t)(1 + batch * 7 % 5);
}

static inline struct journal_digest kit_digest(uint64_t seq)
{
    struct journal_digest digest = {.seq = seq};
    if (seq > 0) {
        digest.version = (uint16_t)(seq % 3 + 255);
        hash_of(&seq, sizeof seq, &digest.hash);
    }
    return digest;
}

static inline enum journal_answer kit_propose(struct journal *journal, struct failure *failure)
{
    static uint8_t bytes[5][128];
    struct slice entries[5];
    struct journal_head head = kit_head(journal);
    uint32_t count = kit_count(head.batch + 1);
    for (uint32_t i = 0; i < count; i++)
        entries[i] = slice_of(bytes[i], kit_entry(head.next_seq + i, bytes[i]));
    struct journal_digest digest = kit_digest(head.next_seq - 1);
    *failure = (struct failure){0};
    return journal_propose(journal, entries, count, (int64_t)head.next_seq * 1000,
                           digest.seq ? &digest : NULL, failure);
}

static inline void kit_fill(struct journal *journal, int batches)
{
    struct failure failure;
    for (int i = 0; i < batches; i++)
        if (kit_propose(journal, &failure) != JOURNAL_OK)
            fail_msg("%s", failure.text);
}

struct kit_walk {
    uint64_t next_batch;
    uint64_t next_seq;
    struct hash chain;
};

static inline bool kit_each(void *context, const struct journal_batch *batch,
                            struct failure *failure)
{
    (void)failure;
    struct kit_walk *walk = context;
    uint8_t bytes[128];
    if (walk->next_batch) {
        assert_int_equal(batch->batch, walk->next_batch);
        assert_int_equal(batch->first_seq, walk->next_seq);
        assert_memory_equal(&batch->previous, &walk->chain, sizeof walk->chain);
    }
    assert_int_equal(batch->count, kit_count(batch->batch));
    assert_int_equal(batch->wall_ms, (int64_t)batch->first_seq * 1000);
    struct journal_digest digest = kit_digest(batch->first_seq - 1);
    assert_int_equal(batch->digest.version, digest.version);
    assert_int_equal(batch->digest.seq, digest.seq);
    assert_memory_equal(&batch->digest.hash, &digest.hash, sizeof digest.hash);
    for (uint32_t i = 0; i < batch->count; i++) {
        size_t size = kit_entry(batch->first_seq + i, bytes);
        assert_true(slice_equal(batch->entries[i], slice_of(bytes, size)));
    }
    *walk = (struct kit_walk){batch->batch + 1, batch->first_seq + batch->count, batch->chain};
    return true;
}

/* Everything from a seq on is what was proposed, and ends at the head. */
static inline void kit_check(struct journal *journal, uint64_t from_seq)
{
    struct kit_walk walk = {0};
    struct failure failure = {0};
    struct journal_head head = kit_head(journal);
    if (!journal_read(journal, from_seq, kit_each, &walk, &failure))
        fail_msg("%s", failure.text);
    if (from_seq >= head.next_seq || head.batch == 0)
        return;
    assert_int_equal(walk.next_batch, head.batch + 1);
    assert_int_equal(walk.next_seq, head.next_seq);
    assert_memory_equal(&walk.chain, &head.chain, sizeof head.chain);
}

/* All segments of a folder as bytes. */
enum { IMAGE_SEGMENTS_MAX = 16, IMAGE_BATCHES_MAX = 256 };

struct image_segment {
    char name[64];
    uint8_t *data;
    size_t size;
};

struct image_batch {
    size_t segment;
    size_t offset;
    size_t size;
    uint64_t last_seq;
};

struct image {
    struct image_segment segments[IMAGE_SEGMENTS_MAX];
    size_t segment_count;
    struct image_batch batches[IMAGE_BATCHES_MAX]; /* batch n stands at n - 1 */
    size_t batch_count;
};

static inline void file_load(const char *path, uint8_t **ret_data, size_t *ret_size)
{
    struct stat stat_of;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &stat_of), 0);
    *ret_size = (size_t)stat_of.st_size;
    *ret_data = malloc(*ret_size + 1);
    assert_int_equal(read(fd, *ret_data, *ret_size), *ret_size);
    close(fd);
}

static inline void file_store(const char *folder, const char *name, const void *data, size_t size)
{
    char path[2 * FOLDER_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), size);
    close(fd);
}

static inline int image_is_segment(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 8 && strcmp(entry->d_name + length - 8, ".segment") == 0;
}

static inline void image_note_batches(struct image *image, size_t segment)
{
    const struct image_segment *in = &image->segments[segment];
    for (size_t at = 0; at < in->size;) {
        const uint8_t *batch = in->data + at;
        size_t size = be32_get(batch + 8);
        assert_true(image->batch_count < IMAGE_BATCHES_MAX);
        image->batches[image->batch_count++] = (struct image_batch){
            segment, at, size, be64_get(batch + 48) + be32_get(batch + 56) - 1};
        at += size;
    }
}

static inline void image_load(struct image *image, const char *folder)
{
    struct dirent **names;
    *image = (struct image){0};
    int count = scandir(folder, &names, image_is_segment, alphasort);
    assert_in_range(count, 1, IMAGE_SEGMENTS_MAX);
    for (int i = 0; i < count; i++) {
        char path[2 * FOLDER_PATH_MAX];
        struct image_segment *segment = &image->segments[image->segment_count++];
        snprintf(segment->name, sizeof segment->name, "%.60s", names[i]->d_name);
        snprintf(path, sizeof path, "%s/%s", folder, segment->name);
        file_load(path, &segment->data, &segment->size);
        image_note_batches(image, (size_t)i);
        free(names[i]);
    }
    free(names);
}

/* Puts every segment back as it was loaded. */
static inline void image_store(const struct image *image, const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, image_is_segment, alphasort);
    for (int i = 0; i < count; i++) {
        char path[2 * FOLDER_PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        unlink(path);
        free(names[i]);
    }
    free(names);
    for (size_t i = 0; i < image->segment_count; i++)
        file_store(folder, image->segments[i].name, image->segments[i].data,
                   image->segments[i].size);
}

static inline void image_free(struct image *image)
{
    for (size_t i = 0; i < image->segment_count; i++)
        free(image->segments[i].data);
}
