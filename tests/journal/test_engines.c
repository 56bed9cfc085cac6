/*
 * What every engine of the journal does alike, seen by its public header alone.
 */
#include "kit.h"

#include <pthread.h>

static char folder[FOLDER_PATH_MAX];
static const char *engine;
static int made; /* names of fakes */

static struct journal_options options_of(const char *name)
{
    static char paths[4][2 * FOLDER_PATH_MAX];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    if (strcmp(engine, "fake") == 0)
        snprintf(path, sizeof paths[0], "%s-%d", name, made);
    return (struct journal_options){.engine = engine, .path = path, .segment_bytes = 4096};
}

static int setup(const char *name)
{
    engine = name;
    made++;
    kit_folder(folder);
    return 0;
}

static int local(void **state)
{
    (void)state;
    return setup("local");
}

static int fake(void **state)
{
    (void)state;
    return setup("fake");
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"one", "two"};
    for (size_t i = 0; i < 2; i++) {
        struct journal_options options = options_of(names[i]);
        journal_fake_forget(options.path);
    }
    folder_remove(folder);
    return 0;
}

static void create(const struct journal_options *options)
{
    struct failure failure = {0};
    if (!journal_create(options, &kit_ledger, &kit_incarnation, &failure))
        fail_msg("%s", failure.text);
}

static struct journal *open_as(struct journal_options options, bool reading)
{
    struct failure failure = {0};
    struct journal *journal = NULL;
    options.reading = reading;
    if (!journal_open(&options, &journal, &failure))
        fail_msg("%s", failure.text);
    return journal;
}

static void same_head(const struct journal *a, const struct journal *b)
{
    struct journal_head first = kit_head(a), second = kit_head(b);
    assert_memory_equal(&first.ledger, &second.ledger, sizeof first.ledger);
    assert_true(incarnation_equal(&first.incarnation, &second.incarnation));
    assert_int_equal(first.batch, second.batch);
    assert_int_equal(first.next_seq, second.next_seq);
    assert_true(hash_equal(&first.chain, &second.chain));
}

static void what_is_made_is_opened(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct journal_options options = options_of("one"), none = options_of("two");
    struct journal *journal;
    uint64_t bytes;
    assert_false(journal_open(&none, &journal, &failure));
    assert_int_not_equal(failure.fault, FAULT_NONE);
    create(&options);
    failure = (struct failure){0};
    assert_false(journal_create(&options, &kit_ledger, &kit_incarnation, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    journal = open_as(options, false);
    kit_fill(journal, 30);
    assert_true(journal_size(&options, &bytes, &failure));
    assert_in_range(bytes, 30 * 200, 30 * 1000 + (1 << 20));
    journal_close(journal);
    journal = open_as(options, false);
    assert_int_equal(kit_head(journal).batch, 30);
    kit_check(journal, 1);
    options.known.seq = kit_head(journal).next_seq;
    journal_close(journal);
    failure = (struct failure){0};
    assert_false(journal_open(&options, &journal, &failure)); /* it ends too early */
    assert_int_equal(failure.fault, FAULT_DAMAGED);
}

static void an_export_is_a_local_journal(void **state)
{
    (void)state;
    struct failure failure = {0};
    char first[2 * FOLDER_PATH_MAX], second[2 * FOLDER_PATH_MAX];
    struct journal_options options = options_of("one");
    struct incarnation later = incarnation_new(2);
    snprintf(first, sizeof first, "%s/first", folder);
    snprintf(second, sizeof second, "%s/second", folder);
    create(&options);
    struct journal *journal = open_as(options, false);
    for (int round = 0; round < 2; round++) { /* empty, then beside its writer */
        if (!journal_export(&options, round ? second : first, round ? first : NULL, &failure))
            fail_msg("%s", failure.text);
        struct journal *copy =
            open_as((struct journal_options){.path = round ? second : first}, true);
        same_head(copy, journal);
        kit_check(copy, 1);
        journal_close(copy);
        kit_fill(journal, 40);
        journal_set_incarnation(journal, &later);
        kit_fill(journal, 3);
    }
    journal_close(journal);
}

static void an_import_goes_on(void **state)
{
    (void)state;
    struct failure failure = {0};
    char copy[2 * FOLDER_PATH_MAX];
    struct journal_options options = options_of("one"), other = options_of("two");
    snprintf(copy, sizeof copy, "%s/copy", folder);
    create(&options);
    struct journal *journal = open_as(options, false);
    kit_fill(journal, 60);
    assert_true(journal_export(&options, copy, NULL, &failure));
    if (!journal_import(&other, copy, &failure))
        fail_msg("%s", failure.text);
    struct journal *imported = open_as(other, false);
    same_head(imported, journal);
    kit_fill(imported, 20);
    kit_check(imported, 1);
    struct journal *kept = open_as((struct journal_options){.path = copy}, true);
    same_head(kept, journal); /* the export does not change with it */
    kit_check(kept, 1);
    journal_close(kept);
    journal_close(imported);
    journal_close(journal);
}

/* ---- following ---- */

enum { FOLLOWED = 300 };

struct follower {
    struct journal *journal;
    struct kit_walk walk;
    uint64_t next_seq;
};

static bool follow_each(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct follower *follower = context;
    follower->next_seq = batch->first_seq + batch->count;
    return kit_each(&follower->walk, batch, failure);
}

static void *follow_all(void *context)
{
    struct follower *follower = context;
    struct failure failure = {0};
    follower->next_seq = 1;
    while (follower->walk.next_batch <= FOLLOWED)
        if (!journal_follow(follower->journal, follower->next_seq, 5000, follow_each, follower,
                            &failure))
            fail_msg("%s", failure.text);
    return NULL;
}

/* In the writer's process on the writer's journal, or on one of its own that only reads. */
static void follow(bool reading)
{
    struct journal_options options = options_of("one");
    pthread_t thread;
    create(&options);
    struct journal *journal = open_as(options, false);
    struct follower follower = {.journal = reading ? open_as(options, true) : journal};
    pthread_create(&thread, NULL, follow_all, &follower);
    for (int i = 0; i < FOLLOWED; i++)
        kit_fill(journal, 1);
    pthread_join(thread, NULL);
    same_head(follower.journal, journal);
    kit_check(follower.journal, 1);
    if (reading)
        journal_close(follower.journal);
    journal_close(journal);
}

static void batches_are_followed_beside_the_writer(void **state)
{
    (void)state;
    follow(false);
}

static void batches_are_followed_from_elsewhere(void **state)
{
    (void)state;
    follow(true);
}

static void nothing_new_is_waited_for(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct journal_options options = options_of("one");
    create(&options);
    struct journal *writer = open_as(options, false), *reader = open_as(options, true);
    kit_fill(writer, 3);
    struct journal *both[] = {writer, reader};
    for (int i = 0; i < 2; i++) {
        struct follower follower = {.journal = both[i]};
        uint64_t next_seq = kit_head(writer).next_seq;
        assert_true(journal_follow(both[i], next_seq, 50, follow_each, &follower, &failure));
        assert_int_equal(follower.next_seq, 0);
        assert_true(journal_follow(both[i], 1, 0, follow_each, &follower, &failure));
        assert_int_equal(follower.next_seq, next_seq);
    }
    journal_close(reader);
    journal_close(writer);
}

/* ---- one engine alone ---- */

/* What is sealed is the same file in both exports. */
static void an_export_links_what_an_earlier_one_has(void **state)
{
    (void)state;
    struct failure failure = {0};
    char first[2 * FOLDER_PATH_MAX], second[2 * FOLDER_PATH_MAX], path[4 * FOLDER_PATH_MAX];
    struct journal_options options = options_of("one");
    struct stat a, b;
    snprintf(first, sizeof first, "%s/first", folder);
    snprintf(second, sizeof second, "%s/second", folder);
    create(&options);
    struct journal *journal = open_as(options, false);
    kit_fill(journal, 40);
    assert_true(journal_export(&options, first, NULL, &failure));
    kit_fill(journal, 40);
    assert_true(journal_export(&options, second, first, &failure));
    snprintf(path, sizeof path, "%s/%020d.segment", first, 1);
    assert_int_equal(stat(path, &a), 0);
    snprintf(path, sizeof path, "%s/%020d.segment", second, 1);
    assert_int_equal(stat(path, &b), 0);
    assert_int_equal(a.st_ino, b.st_ino);
    snprintf(path, sizeof path, "%s/one/%020d.segment", folder, 1);
    assert_int_equal(stat(path, &a), 0);
    assert_int_not_equal(a.st_ino, b.st_ino); /* the ledger's own is never shared */
    journal_close(journal);
}

/* A batch that is cut short is waited for, and damage behind which more follows is told. */
static void a_follower_tells_a_torn_end_from_damage(void **state)
{
    (void)state;
    struct failure failure = {0};
    char path[FOLDER_PATH_MAX];
    struct journal_options options = options_of("one");
    struct follower follower = {.next_seq = 0};
    create(&options);
    journal_close(open_as(options, false));
    struct journal *reader = open_as(options, true), *writer = open_as(options, false);
    kit_fill(writer, 60);
    journal_close(writer);
    snprintf(path, sizeof path, "%.100s/one", folder);
    struct image image;
    image_load(&image, path);
    assert_true(image.segment_count > 3);
    struct image cut = image; /* one segment, and half of its second batch */
    cut.segment_count = 1;
    cut.segments[0].size = image.batches[1].offset + image.batches[1].size / 2;
    image_store(&cut, path);
    assert_true(journal_follow(reader, 1, 0, follow_each, &follower, &failure));
    assert_int_equal(kit_head(reader).batch, 1);
    image_store(&image, path);
    assert_true(journal_follow(reader, follower.next_seq, 0, follow_each, &follower, &failure));
    assert_int_equal(kit_head(reader).batch, 60);
    journal_close(reader);
    cut.segment_count = image.segment_count;
    cut.segments[0].size = image.batches[0].size;
    image_store(&(struct image){.segments = {cut.segments[0]}, .segment_count = 1}, path);
    reader = open_as(options, true);
    image.segments[0].data[image.batches[1].offset + 150] ^= 1;
    image_store(&image, path);
    assert_false(journal_follow(reader, 3, 0, follow_each, &follower, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    assert_non_null(strstr(failure.text, "batch 2"));
    journal_close(reader);
    image_free(&image);
}

static void the_fake_says_who_writes(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct journal_options options = options_of("one");
    create(&options);
    struct journal *first = open_as(options, false);
    kit_fill(first, 3);
    struct journal *second = open_as(options, false);
    assert_int_equal(kit_propose(first, &failure), JOURNAL_NOT_WRITER);
    assert_int_equal(journal_resume(first, &failure), JOURNAL_NOT_WRITER);
    kit_fill(second, 2);
    assert_int_equal(kit_head(first).batch, 3);
    journal_close(second);
    assert_int_equal(journal_resume(first, &failure), JOURNAL_OK);
    assert_int_equal(kit_head(first).batch, 5); /* more than it has written */
    kit_fill(first, 1);
    kit_check(first, 1);
    journal_fake_resumes(first, false);
    journal_fake_answer(first, JOURNAL_UNKNOWN, true);
    assert_int_equal(kit_propose(first, &failure), JOURNAL_UNKNOWN);
    assert_int_equal(journal_resume(first, &failure), JOURNAL_UNKNOWN);
    journal_close(first);
    first = open_as(options, false);
    assert_int_equal(kit_head(first).batch, 7);
    kit_check(first, 1);
    journal_close(first);
}

static void the_local_one_wants_a_fresh_start(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct journal_options options = options_of("one");
    create(&options);
    struct journal *journal = open_as(options, false);
    assert_int_equal(journal_resume(journal, &failure), JOURNAL_UNKNOWN);
    journal_close(journal);
    options.engine = "papyrus";
    failure = (struct failure){0};
    assert_false(journal_open(&options, &journal, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
}

#define BOTH(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, local, teardown),                                        \
        cmocka_unit_test_setup_teardown(name, fake, teardown)
#define LOCAL(name) cmocka_unit_test_setup_teardown(name, local, teardown)
#define FAKE(name) cmocka_unit_test_setup_teardown(name, fake, teardown)

int main(void)
{
    if (!hash_setup())
        return 1;
    const struct CMUnitTest tests[] = {
        BOTH(what_is_made_is_opened),
        BOTH(an_export_is_a_local_journal),
        BOTH(an_import_goes_on),
        BOTH(batches_are_followed_beside_the_writer),
        BOTH(batches_are_followed_from_elsewhere),
        BOTH(nothing_new_is_waited_for),
        LOCAL(an_export_links_what_an_earlier_one_has),
        LOCAL(a_follower_tells_a_torn_end_from_damage),
        FAKE(the_fake_says_who_writes),
        LOCAL(the_local_one_wants_a_fresh_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
