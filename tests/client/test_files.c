/* Profile, command ids and outbox: what is on disk survives, also half of it. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ids.h"
#include "lib/outbox.h"
#include "lib/profile.h"

static char folder[TEFTER_PATH_MAX];
static struct failure failure;
static const uint8_t ledger[LEDGER_ID_SIZE] = {9};

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/tefter-client-XXXXXX");
    failure = (struct failure){.fault = FAULT_NONE};
    assert_true(hash_setup());
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    char command[TEFTER_PATH_MAX + 16];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

/* ---- what is half done ---- */

static const uint8_t books[TEFTER_KEPT_LEDGER_SIZE] = {9};

static enum tefter_kept_found found_of(uint32_t staff, const uint8_t of[TEFTER_KEPT_LEDGER_SIZE],
                                       const char *body)
{
    struct tefter_kept kept;
    struct arena arena;
    struct slice read;
    arena_init(&arena, 2 * (size_t)TEFTER_KEPT_BYTES_MAX);
    enum tefter_kept_found found = tefter_kept_open(&kept, folder, staff, of, &arena, &read);
    if (found == TEFTER_KEPT_THERE)
        assert_true(slice_equal(read, slice_text(body)));
    else
        assert_true(read.size == 0);
    arena_fini(&arena);
    tefter_kept_close(&kept);
    return found;
}

static void keep(const char *body)
{
    struct tefter_kept kept;
    struct arena arena;
    struct slice read;
    arena_init(&arena, 2 * (size_t)TEFTER_KEPT_BYTES_MAX);
    (void)tefter_kept_open(&kept, folder, 12, books, &arena, &read);
    assert_true(tefter_kept_write(&kept, slice_text(body), &failure));
    arena_fini(&arena);
    tefter_kept_close(&kept);
}

static void put_file(const char *name, struct slice bytes)
{
    assert_true(folder_write(folder, name, bytes, 0600, &failure));
}

static bool has_file(const char *name)
{
    char path[TEFTER_PATH_MAX];
    struct stat facts;
    return folder_path(folder, name, path, &failure) && stat(path, &facts) == 0 &&
           (facts.st_mode & 0777) == 0600;
}

static void what_is_half_done_is_one_persons_and_whole_or_put_aside(void **state)
{
    (void)state;
    struct arena arena;
    struct slice file;
    static const uint8_t other[TEFTER_KEPT_LEDGER_SIZE] = {8};
    assert_int_equal(found_of(12, books, NULL), TEFTER_KEPT_NOTHING);
    keep("five bags");
    assert_true(has_file("kept-12"));
    assert_int_equal(found_of(12, books, "five bags"), TEFTER_KEPT_THERE);
    assert_int_equal(found_of(13, books, NULL), TEFTER_KEPT_NOTHING);
    arena_init(&arena, 1 << 20);
    assert_true(folder_read(folder, "kept-12", 1 << 20, &arena, &file, &failure));
    for (size_t i = 0; i < file.size; i++) { /* whichever byte is another one */
        enum tefter_kept_found found;
        ((uint8_t *)(uintptr_t)file.data)[i] ^= 0x40;
        put_file("kept-12", file);
        found = found_of(12, books, NULL);
        assert_true(found == TEFTER_KEPT_DAMAGED || found == TEFTER_KEPT_NEWER);
        assert_true(has_file("kept-12.aside") && !has_file("kept-12"));
        ((uint8_t *)(uintptr_t)file.data)[i] ^= 0x40;
    }
    for (size_t size = 0; size < file.size; size++) { /* wherever it was cut */
        put_file("kept-12", slice_of(file.data, size));
        assert_int_equal(found_of(12, books, NULL), TEFTER_KEPT_DAMAGED);
    }
    put_file("kept-13", file);
    assert_int_equal(found_of(13, books, NULL), TEFTER_KEPT_OTHERS);
    put_file("kept-12", file);
    assert_int_equal(found_of(12, other, NULL), TEFTER_KEPT_OTHERS);
    put_file("kept-12", file);
    put_file(".kept-12.77", slice_text("of a process that died"));
    assert_int_equal(found_of(12, books, "five bags"), TEFTER_KEPT_THERE);
    assert_false(has_file(".kept-12.77"));
    keep("");
    assert_false(has_file("kept-12"));
    arena_fini(&arena);
}

static void what_is_half_done_is_kept_by_one_process(void **state)
{
    (void)state;
    struct tefter_kept kept;
    struct arena arena;
    struct slice read;
    keep("five bags");
    arena_init(&arena, 2 * (size_t)TEFTER_KEPT_BYTES_MAX);
    assert_int_equal(tefter_kept_open(&kept, folder, 12, books, &arena, &read), TEFTER_KEPT_THERE);
    assert_int_equal(found_of(12, books, NULL), TEFTER_KEPT_BUSY);
    assert_int_equal(found_of(13, books, NULL), TEFTER_KEPT_NOTHING);
    tefter_kept_close(&kept);
    assert_int_equal(found_of(12, books, "five bags"), TEFTER_KEPT_THERE);
    arena_fini(&arena);
}

static void a_profile_says_what_was_written(void **state)
{
    (void)state;
    struct tefter_enrolment written = {.enrolled = true, .terminal = 7, .not_after_ms = 123456789};
    struct tefter_enrolment read;
    (void)snprintf(written.address, sizeof(written.address), "[::1]:7420");
    (void)snprintf(written.name, sizeof(written.name), "till = 2");
    (void)snprintf(written.company, sizeof(written.company), "Công ty\nMinh");
    memset(written.root.bytes, 0xA5, HASH_SIZE);
    assert_true(tefter_profile_read(folder, &read, &failure));
    assert_false(read.enrolled);
    assert_true(profile_config_write(folder, &written, &failure));
    struct slice pem = slice_text("-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n");
    struct slice key = slice_text("-----BEGIN PRIVATE KEY-----\nB\n-----END PRIVATE KEY-----\n");
    assert_true(profile_identity_write(folder, pem, key, &failure));
    assert_true(tefter_profile_read(folder, &read, &failure));
    assert_true(read.enrolled);
    assert_string_equal(read.address, "[::1]:7420");
    assert_string_equal(read.name, "till = 2");
    assert_string_equal(read.company, "Công ty Minh");
    assert_int_equal(read.terminal, 7);
    assert_true(read.not_after_ms == 123456789);
    assert_true(hash_equal(&read.root, &written.root));
}

static void secrets_are_for_their_owner_alone(void **state)
{
    (void)state;
    char path[TEFTER_PATH_MAX + 32];
    struct stat facts;
    struct profile_token token = {.size = 3, .bytes = "abc", .expires_ms = 77};
    struct profile_token read;
    assert_true(profile_token_write(folder, &token, &failure));
    (void)snprintf(path, sizeof(path), "%s/token", folder);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_true(profile_token_read(folder, &read, &failure));
    assert_true(read.expires_ms == 77 && read.size == 3 && memcmp(read.bytes, "abc", 3) == 0);
    token.size = 0;
    assert_true(profile_token_write(folder, &token, &failure));
    assert_true(profile_token_read(folder, &read, &failure));
    assert_int_equal(read.size, 0);
}

/* ---- ids ---- */

static void ids_rise_across_restarts_and_clocks(void **state)
{
    (void)state;
    uint8_t last[TEFTER_ID_SIZE] = {0};
    int64_t now = 1790000000000;
    for (int process = 0; process < 5; process++) {
        struct ids ids;
        ids_init(&ids, folder, 7);
        for (int i = 0; i < IDS_BLOCK + 10; i++) {
            uint8_t id[TEFTER_ID_SIZE];
            assert_true(ids_make(&ids, now, id, &failure));
            assert_true(memcmp(id, last, sizeof(id)) > 0);
            memcpy(last, id, sizeof(id));
        }
        now -= 60000; /* the clock is set back a minute */
        ids_fini(&ids);
    }
    char text[TEFTER_ID_TEXT_SIZE];
    tefter_id_text(last, text);
    assert_int_equal(strncmp(text, "T7-", 3), 0);
}

static void two_processes_never_make_the_same_id(void **state)
{
    (void)state;
    struct ids a;
    struct ids b;
    uint8_t one[TEFTER_ID_SIZE];
    uint8_t other[TEFTER_ID_SIZE];
    ids_init(&a, folder, 7);
    ids_init(&b, folder, 7);
    for (int i = 0; i < 3 * IDS_BLOCK; i++) {
        assert_true(ids_make(&a, 1000, one, &failure));
        assert_true(ids_make(&b, 1000, other, &failure));
        assert_memory_not_equal(one, other, sizeof(one));
    }
    ids_fini(&a);
    ids_fini(&b);
}

static void a_clock_that_was_plainly_wrong_is_forgotten(void **state)
{
    (void)state;
    struct ids ids;
    uint8_t id[TEFTER_ID_SIZE];
    ids_init(&ids, folder, 7);
    assert_true(ids_make(&ids, 4000000000000, id, &failure));
    ids_fini(&ids);
    ids_init(&ids, folder, 7);
    assert_true(ids_make(&ids, 1790000000000, id, &failure));
    assert_true(id_ms(id) == 1790000000000);
    ids_fini(&ids);
}

/* ---- outbox ---- */

static void id_of(uint8_t id[TEFTER_ID_SIZE], uint8_t number)
{
    memset(id, 0, TEFTER_ID_SIZE);
    id[TEFTER_ID_SIZE - 1] = number;
}

static void add(struct outbox *outbox, uint8_t number, int64_t made_ms, uint32_t staff)
{
    uint8_t id[TEFTER_ID_SIZE];
    char command[32];
    id_of(id, number);
    (void)snprintf(command, sizeof(command), "command %d", number);
    assert_true(outbox_add(outbox, id, made_ms, staff, ledger, slice_text(command), &failure));
}

static const struct incarnation first = {1, "first"};
static const struct incarnation second = {2, "second"};

static void resolve(struct outbox *outbox, uint8_t number, bool done,
                    const struct incarnation *incarnation)
{
    uint8_t id[TEFTER_ID_SIZE];
    id_of(id, number);
    outbox_resolve(outbox, id, done, incarnation, NULL);
}

static void what_has_no_outcome_is_offered_by_the_next_process(void **state)
{
    (void)state;
    struct outbox outbox;
    int64_t now = 1790000000000;
    assert_true(outbox_open(&outbox, folder, now, &failure));
    for (uint8_t i = 1; i <= 4; i++)
        add(&outbox, i, now, i == 4 ? 6 : 5);
    resolve(&outbox, 1, true, &first);
    resolve(&outbox, 2, false, &first);
    assert_null(outbox_next(&outbox, 5, ledger, &first, false)); /* the rest is under way here */
    outbox_close(&outbox);

    assert_true(outbox_open(&outbox, folder, now, &failure));
    assert_int_equal(outbox_unknown(&outbox), 2);
    struct outbox_entry *entry = outbox_next(&outbox, 5, ledger, &first, false);
    assert_non_null(entry);
    assert_int_equal(entry->size, 9);
    assert_memory_equal(entry->command, "command 3", 9);
    entry->offered = true;
    assert_null(outbox_next(&outbox, 5, ledger, &first, false));
    assert_non_null(outbox_next(&outbox, 6, ledger, &first, false)); /* another person's */
    assert_null(outbox_next(&outbox, 6, (const uint8_t[LEDGER_ID_SIZE]){8}, &first, false));
    outbox_close(&outbox);
}

static void an_id_is_renewed_by_one_process(void **state)
{
    (void)state;
    struct outbox outbox;
    struct outbox other;
    uint8_t old[TEFTER_ID_SIZE];
    uint8_t anew[TEFTER_ID_SIZE];
    int64_t now = 1790000000000;
    id_of(old, 1);
    id_of(anew, 9);
    assert_true(outbox_open(&outbox, folder, now, &failure));
    add(&outbox, 1, now, 5);
    add(&outbox, 2, now, 5);
    outbox_close(&outbox);

    assert_true(outbox_open(&outbox, folder, now, &failure));
    assert_true(outbox_open(&other, folder, now, &failure));
    assert_true(outbox_renew(&outbox, old, anew));
    assert_false(outbox_renew(&other, old, (const uint8_t[TEFTER_ID_SIZE]){3}));
    assert_memory_equal(outbox_next(&outbox, 5, ledger, &first, false)->id, anew, TEFTER_ID_SIZE);
    outbox_close(&other);
    outbox_close(&outbox);

    for (int opening = 0; opening < 2; opening++) {
        assert_true(outbox_open(&outbox, folder, now, &failure));
        assert_int_equal(outbox_unknown(&outbox), 2);
        assert_null(outbox_find(&outbox, old));
        struct outbox_entry *entry = outbox_find(&outbox, anew);
        assert_non_null(entry);
        assert_memory_equal(entry->command, "command 1", 9);
        if (opening == 0) { /* what is refused goes, and the file is written anew */
            resolve(&outbox, 2, false, &first);
            add(&outbox, 4, now, 5);
        }
        outbox_close(&outbox);
    }
}

static void a_restored_server_is_offered_what_it_acknowledged(void **state)
{
    (void)state;
    struct outbox outbox;
    int64_t now = 1790000000000;
    assert_true(outbox_open(&outbox, folder, now, &failure));
    add(&outbox, 1, now, 5);
    add(&outbox, 2, now, 5);
    resolve(&outbox, 1, true, &first);
    resolve(&outbox, 2, false, &first); /* a refusal is not repeated */
    outbox_reoffer(&outbox);
    assert_null(outbox_next(&outbox, 5, ledger, &first, false));
    struct outbox_entry *entry = outbox_next(&outbox, 5, ledger, &second, false);
    assert_non_null(entry);
    assert_memory_equal(entry->command, "command 1", 9);
    resolve(&outbox, 1, true, &second);
    assert_null(outbox_next(&outbox, 5, ledger, &second, false));
    assert_null(outbox_next(&outbox, 5, ledger, &(struct incarnation){.number = 2}, false));
    assert_null(outbox_next(&outbox, 5, ledger, &first, false)); /* an older life is no restore */
    assert_non_null(outbox_next(&outbox, 5, ledger, &(struct incarnation){2, "another"}, false));
    outbox_close(&outbox);
    assert_true(outbox_open(&outbox, folder, now, &failure)); /* as it was written */
    assert_null(outbox_next(&outbox, 5, ledger, &second, false));
    assert_non_null(outbox_next(&outbox, 5, ledger, &(struct incarnation){2, "another"}, false));
    outbox_close(&outbox);
    /* after 45 days it is forgotten */
    assert_true(outbox_open(&outbox, folder, now + INT64_C(46) * 24 * 3600 * 1000, &failure));
    assert_int_equal(outbox.count, 0);
    outbox_close(&outbox);
}

static void a_torn_end_is_cut_and_nothing_else(void **state)
{
    (void)state;
    struct outbox outbox;
    char path[TEFTER_PATH_MAX + 32];
    int64_t now = 1790000000000;
    assert_true(outbox_open(&outbox, folder, now, &failure));
    for (uint8_t i = 1; i <= 3; i++)
        add(&outbox, i, now, 5);
    outbox_close(&outbox);
    (void)snprintf(path, sizeof(path), "%s/outbox", folder);
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    off_t one = facts.st_size / 3;
    for (off_t size = facts.st_size - 1; size > 2 * one; size -= 7) {
        assert_int_equal(truncate(path, size), 0);
        assert_true(outbox_open(&outbox, folder, now, &failure));
        assert_int_equal(outbox.count, 2);
        add(&outbox, 9, now, 5); /* goes behind what is whole */
        outbox_close(&outbox);
        assert_true(outbox_open(&outbox, folder, now, &failure));
        assert_int_equal(outbox.count, 3);
        outbox_close(&outbox);
    }
}

/* Each byte that is another costs the command it belongs to, no other, and is told. */
static void a_damaged_record_costs_itself_alone(void **state)
{
    (void)state;
    struct outbox outbox;
    char path[TEFTER_PATH_MAX + 32];
    int64_t now = 1790000000000;
    assert_true(outbox_open(&outbox, folder, now, &failure));
    for (uint8_t i = 1; i <= 3; i++)
        add(&outbox, i, now, 5);
    assert_false(outbox.damaged);
    outbox_close(&outbox);
    (void)snprintf(path, sizeof(path), "%s/outbox", folder);
    uint8_t whole[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(whole, 1, sizeof whole, file);
    (void)fclose(file);
    for (size_t at = 0; at < size; at++) {
        uint8_t bytes[4096];
        memcpy(bytes, whole, size);
        bytes[at] ^= 0x40;
        file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, size, file), size);
        (void)fclose(file);
        assert_true(outbox_open(&outbox, folder, now, &failure));
        assert_int_equal(outbox.count, 2);
        /* the size of the last one may read like a write that was cut off */
        assert_true(outbox.damaged || at >= size / 3 * 2);
        outbox_close(&outbox);
        assert_true(outbox_open(&outbox, folder, now, &failure));
        assert_int_equal(outbox.count, 2);
        assert_false(outbox.damaged);
        outbox_close(&outbox);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_profile_says_what_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_half_done_is_one_persons_and_whole_or_put_aside,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_half_done_is_kept_by_one_process, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(secrets_are_for_their_owner_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_rise_across_restarts_and_clocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_processes_never_make_the_same_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_was_plainly_wrong_is_forgotten, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_outcome_is_offered_by_the_next_process, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_id_is_renewed_by_one_process, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restored_server_is_offered_what_it_acknowledged, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_torn_end_is_cut_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_record_costs_itself_alone, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
