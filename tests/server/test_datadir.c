#include "base/check.h"

#include "datadir/datadir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char path[64];
    struct datadir folder;
};

static int setup(void **state)
{
    static struct place place;
    struct failure failure = {.fault = FAULT_NONE};
    snprintf(place.path, sizeof place.path, "/tmp/tefter-folder-XXXXXX");
    if (!mkdtemp(place.path) || !datadir_init(&place.folder, place.path, &failure))
        return 1;
    *state = &place;
    return !datadir_make(&place.folder, &failure) || !datadir_finish(&place.folder, &failure);
}

static int teardown(void **state)
{
    struct place *place = *state;
    datadir_leave(&place->folder);
    return !files_remove_tree(place->path, NULL);
}

static void a_made_folder_is_a_ledger(void **state)
{
    struct place *place = *state;
    struct failure failure = {.fault = FAULT_NONE};
    assert_true(datadir_check(&place->folder, &failure));
    assert_false(datadir_make(&place->folder, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
}

static void an_unfinished_one_is_none(void **state)
{
    struct place *place = *state;
    struct failure failure = {.fault = FAULT_NONE};
    unlink(place->folder.format);
    assert_false(datadir_check(&place->folder, &failure));
    assert_non_null(strstr(failure.text, "interrupted init"));
    failure = (struct failure){.fault = FAULT_NONE};
    assert_false(datadir_make(&place->folder, &failure));
    assert_non_null(strstr(failure.text, "interrupted init"));
    char foreign[FILES_PATH_MAX];
    failure = (struct failure){.fault = FAULT_NONE};
    assert_true(files_join(foreign, place->path, "photos", &failure) &&
                files_make_folder(foreign, &failure));
    failure = (struct failure){.fault = FAULT_NONE};
    assert_false(datadir_check(&place->folder, &failure));
    assert_non_null(strstr(failure.text, "tefterd init")); /* nothing that says rm */
}

static void a_newer_format_is_told(void **state)
{
    struct place *place = *state;
    const struct {
        const char *text;
        enum fault fault;
    } table[] = {{"3\n", FAULT_NEWER},   {"1\n", FAULT_OLDER},   {"x\n", FAULT_DAMAGED},
                 {"", FAULT_DAMAGED},    {"0\n", FAULT_DAMAGED}, {"1 \n", FAULT_DAMAGED},
                 {"-1\n", FAULT_DAMAGED}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct failure failure = {.fault = FAULT_NONE};
        assert_true(files_write(place->folder.format, slice_text(table[i].text), 0600, NULL));
        assert_false(datadir_check(&place->folder, &failure));
        assert_int_equal(failure.fault, table[i].fault);
    }
}

static void others_may_not_look_in(void **state)
{
    struct place *place = *state;
    struct failure failure = {.fault = FAULT_NONE};
    chmod(place->path, 0750);
    assert_false(datadir_check(&place->folder, &failure));
    assert_int_equal(failure.fault, FAULT_DENIED);
    assert_non_null(strstr(failure.text, "chmod 700"));
}

/* A process that holds the lock until it is told to end. */
static pid_t holder(const char *path, int *ret_end)
{
    int held[2], end[2];
    assert_int_equal(pipe(held) | pipe(end), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct datadir own;
        char letter;
        close(end[1]);
        bool taken = datadir_init(&own, path, NULL) && datadir_take(&own, NULL);
        if (write(held[1], taken ? "y" : "n", 1) != 1 || read(end[0], &letter, 1) < 0)
            _exit(2);
        _exit(0);
    }
    char letter = 0;
    assert_int_equal(read(held[0], &letter, 1), 1);
    assert_int_equal(letter, 'y');
    close(end[0]);
    *ret_end = end[1];
    return pid;
}

static void a_second_server_is_told_the_pid(void **state)
{
    struct place *place = *state;
    struct failure failure = {.fault = FAULT_NONE};
    char wanted[64];
    int end;
    assert_int_equal(datadir_served_by(&place->folder), 0);
    pid_t pid = holder(place->path, &end);
    assert_int_equal(datadir_served_by(&place->folder), pid);
    assert_false(datadir_take(&place->folder, &failure));
    assert_int_equal(failure.fault, FAULT_BUSY);
    snprintf(wanted, sizeof wanted, "already served by pid %d", (int)pid);
    assert_non_null(strstr(failure.text, wanted));
    close(end);
    waitpid(pid, NULL, 0);
    assert_int_equal(datadir_served_by(&place->folder), 0);
    assert_true(datadir_take(&place->folder, &failure));
    datadir_leave(&place->folder);
}

static void least_space_is_a_rule_or_a_setting(void **state)
{
    (void)state;
    const uint64_t mib = 1024 * 1024;
    struct datadir_space space = {.total_bytes = 1000 * mib};
    assert_int_equal(datadir_space_least(&space, DATADIR_SPACE_USUAL), 256 * mib);
    space.total_bytes = 100000 * mib;
    assert_int_equal(datadir_space_least(&space, DATADIR_SPACE_USUAL), 5000 * mib);
    assert_int_equal(datadir_space_least(&space, 7), 7);
    assert_int_equal(datadir_space_least(&space, 0), 0);
}

static bool any(const char *name)
{
    return name[0] != '.';
}

static void lists_keep_the_last_names(void **state)
{
    struct place *place = *state;
    struct files_name names[3];
    char path[FILES_PATH_MAX];
    for (char letter = 'a'; letter <= 'g'; letter++) {
        char name[2] = {letter, '\0'};
        assert_true(files_join(path, place->folder.checkpoints, name, NULL));
        assert_true(files_write(path, slice_text("x"), 0600, NULL));
    }
    assert_int_equal(files_list(place->folder.checkpoints, any, names, 3), 3);
    assert_string_equal(names[0].text, "e");
    assert_string_equal(names[2].text, "g");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_made_folder_is_a_ledger),       TEST(an_unfinished_one_is_none),
        TEST(a_newer_format_is_told),          TEST(others_may_not_look_in),
        TEST(a_second_server_is_told_the_pid), TEST(least_space_is_a_rule_or_a_setting),
        TEST(lists_keep_the_last_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
