/*
 * What a journal does with bytes that are not what it wrote: it names the first bad batch, and
 * cuts off nothing but a true torn tail that nobody has seen.
 */
#include "kit.h"

enum { SEGMENT = 2000, BATCHES = 24 };

static char folder[FOLDER_PATH_MAX];
static struct image image;

static int setup(void **state)
{
    (void)state;
    kit_folder(folder);
    kit_create(folder);
    struct journal *journal = kit_open(folder, SEGMENT);
    kit_fill(journal, BATCHES);
    journal_close(journal);
    image_load(&image, folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    image_free(&image);
    folder_remove(folder);
    return 0;
}

static const struct image_batch *batch_at(uint64_t number)
{
    return &image.batches[number - 1];
}

static uint64_t last_seq(void)
{
    return batch_at(BATCHES)->last_seq;
}

static size_t last_segment(void)
{
    return image.segment_count - 1;
}

/* Some bytes of a segment gone, some put in. */
struct spoiling {
    size_t segment;
    size_t at;
    size_t removed;
    const uint8_t *put;
    size_t put_size;
};

static void spoil(const struct spoiling *spoiling)
{
    const struct image_segment *segment = &image.segments[spoiling->segment];
    size_t rest = segment->size - spoiling->at - spoiling->removed;
    uint8_t *data = malloc(segment->size + spoiling->put_size);
    memcpy(data, segment->data, spoiling->at);
    if (spoiling->put_size)
        memcpy(data + spoiling->at, spoiling->put, spoiling->put_size);
    memcpy(data + spoiling->at + spoiling->put_size,
           segment->data + spoiling->at + spoiling->removed, rest);
    file_store(folder, segment->name, data, spoiling->at + spoiling->put_size + rest);
    free(data);
}

static void mend(size_t segment)
{
    file_store(folder, image.segments[segment].name, image.segments[segment].data,
               image.segments[segment].size);
}

/* The first batch that is touched by a change at this place. */
static uint64_t batch_of(size_t segment, size_t at)
{
    for (uint64_t n = 1; n <= image.batch_count; n++)
        if (batch_at(n)->segment == segment && at < batch_at(n)->offset + batch_at(n)->size)
            return n;
    return image.batch_count + 1;
}

static void assert_names(const struct failure *failure, uint64_t batch)
{
    char words[32];
    snprintf(words, sizeof words, "batch %llu:", (unsigned long long)batch);
    if (failure->fault != FAULT_DAMAGED || !strstr(failure->text, words) ||
        !strstr(failure->text, "segment 0000") || !strstr(failure->text, "offset "))
        fail_msg("wanted %s, got %s: %s", words, fault_word(failure->fault), failure->text);
}

/* All that is known must be there: the journal is refused, and the batch named. */
static void assert_damaged(uint64_t batch, uint64_t known)
{
    struct failure failure;
    struct journal *journal = kit_try(folder, SEGMENT, known, true, &failure);
    assert_null(journal);
    assert_names(&failure, batch);
}

/* The journal is cut before this batch, and goes on from there. */
static void assert_cut(uint64_t batch, bool writing)
{
    struct failure failure;
    uint64_t known = batch > 1 ? batch_at(batch - 1)->last_seq : 0;
    struct journal *journal = kit_try(folder, SEGMENT, known, !writing, &failure);
    if (!journal)
        fail_msg("%s", failure.text);
    assert_int_equal(kit_head(journal).batch, batch - 1);
    kit_check(journal, 1);
    if (writing)
        kit_fill(journal, 2);
    journal_close(journal);
    if (!writing)
        return;
    journal = kit_open(folder, SEGMENT);
    assert_int_equal(kit_head(journal).batch, batch + 1);
    kit_check(journal, 1);
    journal_close(journal);
    image_store(&image, folder);
}

/* Every single byte: a changed one is found where it is; in the last batch it is a torn tail as
 * long as nobody has seen the batch. */
static void test_flip_every_byte(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("flip");
    for (size_t s = 0; s < image.segment_count; s++) {
        for (size_t at = 0; at < image.segments[s].size; at++) {
            uint64_t batch = batch_of(s, at);
            uint8_t byte = image.segments[s].data[at] ^ (uint8_t)(1u << pick(&prng, 8));
            spoil(&(struct spoiling){s, at, 1, &byte, 1});
            assert_damaged(batch, last_seq());
            if (batch < BATCHES)
                assert_damaged(batch, 0);
            else
                assert_cut(batch, false);
        }
        mend(s);
    }
}

/* Does a whole later batch stand behind the hole? */
static bool later_batch_left(uint64_t batch, size_t segment, size_t hole_end)
{
    for (uint64_t n = batch + 1; n <= BATCHES; n++)
        if (batch_at(n)->segment > segment || batch_at(n)->offset >= hole_end)
            return true;
    return false;
}

static void test_cut_out_bytes(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("cut");
    int torn = 0;
    for (int i = 0; i < 3000; i++) {
        size_t s = i % 3 ? last_segment() : pick(&prng, (uint32_t)image.segment_count);
        size_t size = image.segments[s].size, at = pick(&prng, (uint32_t)size);
        size_t removed = 1 + pick(&prng, (uint32_t)(size - at));
        /* the same bytes are left when the hole is anywhere from first to at */
        const uint8_t *data = image.segments[s].data;
        size_t first = at;
        while (first > 0 && data[first - 1] == data[first + removed - 1])
            first--;
        while (at + removed < size && data[at] == data[at + removed])
            at++;
        uint64_t batch = batch_of(s, at);
        spoil(&(struct spoiling){.segment = s, .at = at, .removed = removed});
        assert_damaged(batch, last_seq());
        if (later_batch_left(batch, s, first + removed)) {
            assert_damaged(batch, 0);
        } else {
            assert_cut(batch, torn % 10 == 0);
            torn++;
        }
        mend(s);
    }
    assert_true(torn > 100);
}

/* Whole batches that stand where others belong. */
static void test_drop_swap_repeat_batches(void **state)
{
    (void)state;
    for (uint64_t a = 1; a <= BATCHES; a++) {
        const struct image_batch *first = batch_at(a);
        const struct image_segment *in = &image.segments[first->segment];
        const uint8_t *bytes = in->data + first->offset;
        spoil(&(struct spoiling){first->segment, first->offset, first->size, NULL, 0});
        assert_damaged(a, last_seq());
        if (a < BATCHES)
            assert_damaged(a, 0);
        spoil(&(struct spoiling){first->segment, first->offset, 0, bytes, first->size});
        assert_damaged(a + 1, 0);
        mend(first->segment);
        if (a == BATCHES || batch_at(a + 1)->segment != first->segment)
            continue;
        size_t both = first->size + batch_at(a + 1)->size;
        uint8_t *swapped = malloc(both);
        memcpy(swapped, bytes + first->size, batch_at(a + 1)->size);
        memcpy(swapped + batch_at(a + 1)->size, bytes, first->size);
        spoil(&(struct spoiling){first->segment, first->offset, both, swapped, both});
        assert_damaged(a, 0);
        mend(first->segment);
        free(swapped);
    }
}

static void remove_segment(size_t segment)
{
    char path[2 * FOLDER_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, image.segments[segment].name);
    assert_int_equal(unlink(path), 0);
}

static void test_missing_and_emptied_segments(void **state)
{
    (void)state;
    for (size_t s = 0; s < image.segment_count; s++) {
        uint64_t batch = batch_of(s, 0);
        remove_segment(s);
        assert_damaged(batch, last_seq());
        if (s < last_segment())
            assert_damaged(batch, 0);
        file_store(folder, image.segments[s].name, "", 0);
        assert_damaged(batch, last_seq());
        if (s < last_segment())
            assert_damaged(batch, 0);
        else
            assert_cut(batch, true);
        mend(s);
    }
    struct failure failure;
    for (size_t s = 0; s < image.segment_count; s++)
        remove_segment(s);
    assert_null(kit_try(folder, 0, 0, false, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
}

/* A batch of another ledger, though all its numbers fit. */
static void test_foreign_batch(void **state)
{
    (void)state;
    char other[FOLDER_PATH_MAX];
    struct ledger_id ledger = kit_ledger;
    struct failure failure = {0};
    ledger.bytes[3] ^= 1;
    kit_folder(other);
    assert_true(journal_create(&(struct journal_options){.path = other}, &ledger, &kit_incarnation,
                               &failure));
    struct journal *journal = kit_open(other, SEGMENT);
    kit_fill(journal, BATCHES);
    journal_close(journal);
    struct image foreign;
    image_load(&foreign, other);
    for (size_t s = 0; s < image.segment_count; s++) {
        file_store(folder, image.segments[s].name, foreign.segments[s].data,
                   foreign.segments[s].size);
        assert_damaged(batch_of(s, 0), 0);
        mend(s);
    }
    image_free(&foreign);
    folder_remove(other);
}

/* The write of the last batch stopped after any number of bytes, the rest of the file not there or
 * full of zeros. */
static void test_torn_at_every_byte(void **state)
{
    (void)state;
    const struct image_batch *last = batch_at(BATCHES);
    static const uint8_t zeros[8192];
    size_t more[] = {0, last->size, sizeof zeros};
    for (size_t kept = 0; kept < last->size; kept++) {
        for (int i = 0; i < 3; i++) {
            size_t fill = more[i] > kept ? more[i] - kept : 0;
            spoil(&(struct spoiling){last->segment, last->offset + kept, last->size - kept, zeros,
                                     fill});
            assert_damaged(BATCHES, last_seq());
            assert_damaged(BATCHES, last_seq() - kit_count(BATCHES) + 1);
            assert_cut(BATCHES, kept % 16 == 0);
        }
    }
    mend(last->segment);
}

/* Sectors of the last batch that did not reach the disk, in any pattern. */
static void test_torn_in_sectors(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("sectors");
    const struct image_batch *last = batch_at(BATCHES);
    uint8_t *bytes = malloc(last->size);
    const uint8_t *good = image.segments[last->segment].data + last->offset;
    for (int i = 0; i < 300; i++) {
        memcpy(bytes, good, last->size);
        size_t sector = 16u << pick(&prng, 4);
        for (size_t at = 0; at < last->size; at += sector)
            if (pick(&prng, 2))
                memset(bytes + at, 0, last->size - at < sector ? last->size - at : sector);
        bool whole = memcmp(bytes, good, last->size) == 0;
        spoil(&(struct spoiling){last->segment, last->offset, last->size, bytes, last->size});
        assert_cut(whole ? BATCHES + 1 : BATCHES, i % 10 == 0);
    }
    mend(last->segment);
    free(bytes);
}

/* The first batch of a new segment is torn: the segment stays, empty. */
static void test_torn_first_of_segment(void **state)
{
    (void)state;
    uint64_t batch = batch_of(last_segment(), 0);
    const struct image_segment *segment = &image.segments[last_segment()];
    for (size_t kept = 0; kept < batch_at(batch)->size; kept += 7) {
        file_store(folder, segment->name, segment->data, kept);
        assert_cut(batch, true);
    }
}

static void test_garbage_behind_the_end(void **state)
{
    (void)state;
    size_t s = last_segment(), size = image.segments[s].size;
    static uint8_t garbage[BATCH_BYTES_MAX + 5];
    struct prng prng = {3};
    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (uint8_t)prng_next(&prng);
    spoil(&(struct spoiling){s, size, 0, garbage, 1000});
    assert_cut(BATCHES + 1, true);
    spoil(&(struct spoiling){s, size, 0, garbage, BATCH_BYTES_MAX + 1});
    assert_damaged(BATCHES + 1, 0);
    memset(garbage, 0, sizeof garbage);
    spoil(&(struct spoiling){s, size, 0, garbage, BATCH_BYTES_MAX + 1});
    assert_cut(BATCHES + 1, true);
    mend(s);
}

static void hash_again(uint8_t *batch)
{
    struct hash hash;
    size_t size = be32_get(batch + 8);
    hash_of(batch, size - HASH_SIZE, &hash);
    memcpy(batch + size - HASH_SIZE, &hash, HASH_SIZE);
}

/* Changed and given a right hash again. */
static void forge(uint64_t number, size_t at, uint8_t byte)
{
    const struct image_batch *batch = batch_at(number);
    uint8_t *copy = malloc(batch->size);
    memcpy(copy, image.segments[batch->segment].data + batch->offset, batch->size);
    copy[at] = byte;
    hash_again(copy);
    spoil(&(struct spoiling){batch->segment, batch->offset, batch->size, copy, batch->size});
    free(copy);
}

static void test_forged_with_hash(void **state)
{
    (void)state;
    static const size_t places[] = {15, 31, 39, 47, 55, 59, 78, 145};
    for (uint64_t number = 2; number <= BATCHES; number += 11) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            const struct image_batch *batch = batch_at(number);
            uint8_t byte = image.segments[batch->segment].data[batch->offset + places[i]];
            forge(number, places[i], (uint8_t)(byte ^ 0x81));
            if (places[i] != 31) /* an incarnation that rises is no fault of this batch */
                assert_damaged(number, 0);
        }
        mend(batch_at(number)->segment);
    }
    /* any byte of the content: then the next batch does not carry its hash */
    forge(5, 150, 0xee);
    assert_damaged(6, 0);
    mend(batch_at(5)->segment);
}

/* Whole batches of format 1 and what it said of itself: named, not called damaged. */
static void test_earlier_format(void **state)
{
    (void)state;
    struct failure failure;
    size_t s = batch_at(3)->segment;
    forge(3, 5, 1);
    assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
    assert_int_equal(failure.fault, FAULT_OLDER);
    assert_non_null(strstr(failure.text, "earlier journal format"));
    mend(s);
    const struct image_batch *batch = batch_at(3); /* without its hash it is but a flipped bit */
    static const uint8_t change[] = {0, 1};
    spoil(&(struct spoiling){batch->segment, batch->offset + 4, 2, change, 2});
    assert_damaged(3, 0);
    mend(s);
    char earlier[256] = "tefter journal\nformat 1\nledger 00\nincarnation 1\n";
    char hash_hex[HASH_TEXT_SIZE];
    struct hash hash;
    hash_of(earlier, strlen(earlier), &hash);
    hash_text(&hash, hash_hex);
    snprintf(earlier + strlen(earlier), sizeof earlier - strlen(earlier), "hash %s\n", hash_hex);
    uint8_t *identity;
    size_t size;
    char path[2 * FOLDER_PATH_MAX];
    snprintf(path, sizeof path, "%s/identity", folder);
    file_load(path, &identity, &size);
    file_store(folder, "identity", earlier, strlen(earlier));
    assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
    assert_int_equal(failure.fault, FAULT_OLDER);
    assert_non_null(strstr(failure.text, "journal format 1, which this program no longer reads"));
    file_store(folder, "identity", identity, size);
    free(identity);
    journal_close(kit_open(folder, SEGMENT));
}

static void test_newer_format(void **state)
{
    (void)state;
    struct failure failure;
    static const uint64_t numbers[] = {3, BATCHES};
    for (int i = 0; i < 2; i++) {
        size_t s = batch_at(numbers[i])->segment;
        forge(numbers[i], 5, JOURNAL_FORMAT + 1);
        assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
        assert_int_equal(failure.fault, FAULT_NEWER);
        forge(numbers[i], 7, 1); /* a flag this program does not know */
        assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
        assert_int_equal(failure.fault, FAULT_NEWER);
        mend(s);
    }
    /* a newer format that hashes in another way, and is even cut short, is never a torn tail */
    const struct image_batch *last = batch_at(BATCHES);
    static const uint8_t change[] = {0, 9};
    spoil(&(struct spoiling){last->segment, last->offset + 4, last->size - 4, change, 2});
    spoil(&(struct spoiling){last->segment, last->offset + 4, 2, change, 2});
    mend(last->segment);
    uint8_t *copy = malloc(last->size);
    memcpy(copy, image.segments[last->segment].data + last->offset, last->size);
    copy[5] = 9;
    copy[last->size - 1] ^= 1;
    spoil(&(struct spoiling){last->segment, last->offset, last->size, copy, last->size - 3});
    assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
    assert_int_equal(failure.fault, FAULT_NEWER);
    mend(last->segment);
    free(copy);
}

static void test_spoilt_identity(void **state)
{
    (void)state;
    char path[FOLDER_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/identity", folder);
    uint8_t *text;
    size_t size;
    struct failure failure;
    file_load(path, &text, &size);
    for (size_t at = 0; at < size; at++) {
        text[at] ^= 1;
        file_store(folder, "identity", text, size);
        assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
        assert_int_equal(failure.fault, FAULT_DAMAGED);
        text[at] ^= 1;
        file_store(folder, "identity", text, at);
        assert_null(kit_try(folder, SEGMENT, 0, false, &failure));
    }
    file_store(folder, "identity", text, size);
    free(text);
    assert_cut(BATCHES + 1, true);
}

/* Opening writes the last segment anew; what stands beside the segments does not disturb. */
static void test_last_segment_is_rewritten(void **state)
{
    (void)state;
    char path[2 * FOLDER_PATH_MAX];
    struct stat before, after;
    snprintf(path, sizeof path, "%s/%s", folder, image.segments[last_segment()].name);
    file_store(folder, "note.txt", "x", 1);
    file_store(folder, "1.segment", "x", 1);
    snprintf(path + strlen(path), sizeof path - strlen(path), ".new");
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "leftover", 8), 8);
    close(fd);
    path[strlen(path) - 4] = 0;
    assert_int_equal(stat(path, &before), 0);
    journal_close(kit_open(folder, SEGMENT));
    assert_int_equal(stat(path, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_size, after.st_size);
    assert_int_equal(after.st_mode & 0777, 0600);
    uint8_t *bytes;
    size_t size;
    file_load(path, &bytes, &size);
    assert_memory_equal(bytes, image.segments[last_segment()].data, size);
    free(bytes);
}

/* Bytes that change under an open journal are found when they are read. */
static void test_damage_while_open(void **state)
{
    (void)state;
    struct failure failure;
    struct kit_walk walk = {0};
    struct journal *journal = kit_open(folder, SEGMENT);
    uint8_t byte = (uint8_t)~image.segments[1].data[200];
    spoil(&(struct spoiling){1, 200, 1, &byte, 1});
    failure = (struct failure){0};
    assert_false(journal_read(journal, 1, kit_each, &walk, &failure));
    assert_names(&failure, batch_of(1, 200));
    assert_int_equal(walk.next_batch, batch_of(1, 200));
    file_store(folder, image.segments[1].name, image.segments[1].data, 300);
    failure = (struct failure){0};
    walk = (struct kit_walk){0};
    assert_false(journal_read(journal, 1, kit_each, &walk, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    journal_close(journal);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_flip_every_byte),
        TEST(test_cut_out_bytes),
        TEST(test_drop_swap_repeat_batches),
        TEST(test_missing_and_emptied_segments),
        TEST(test_foreign_batch),
        TEST(test_torn_at_every_byte),
        TEST(test_torn_in_sectors),
        TEST(test_torn_first_of_segment),
        TEST(test_garbage_behind_the_end),
        TEST(test_forged_with_hash),
        TEST(test_earlier_format),
        TEST(test_newer_format),
        TEST(test_spoilt_identity),
        TEST(test_last_segment_is_rewritten),
        TEST(test_damage_while_open),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
