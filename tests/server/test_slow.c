#include "base/check.h"

#include "engine/slow.h"

#include "base/log.h"
#include "wire/message.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SECOND = 1000 * 1000, LOG_MAX = 64 * 1024 };

/* What was logged since the last call, standard error being a file. */
static const char *logged(FILE *file)
{
    static char text[LOG_MAX];
    rewind(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    rewind(file);
    return text;
}

static unsigned count_of(const char *text, const char *word)
{
    unsigned count = 0;
    for (; (text = strstr(text, word)); text++)
        count++;
    return count;
}

static struct submission payment(struct arena *arena)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__TakePayment take = TEFTER__TAKE_PAYMENT__INIT;
    struct submission submission = {.staff = 3, .terminal = 5, .branch = 2};
    take.reference = "somebody's name";
    command.kind_case = TEFTER__COMMAND__KIND_TAKE_PAYMENT;
    command.take_payment = &take;
    submission.command = message_pack(&command.base, arena);
    for (uint8_t i = 0; i < COMMAND_ID_SIZE; i++)
        submission.id[i] = (uint8_t)(i * 17);
    return submission;
}

static void a_line_says_who_and_where(void **state)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct slow_log log = {.threshold_us = 1000};
    struct submission submission = payment(&arena);
    struct slow_times times = {2500, 1, 300000, 40, 0, 7000, 1309541};
    assert_true(slow_is(&log, 1000));
    assert_false(slow_is(&log, 999));
    assert_false(slow_is(&(struct slow_log){.threshold_us = 0}, UINT64_MAX));
    slow_tell(&log, &submission, 12, &times, 5 * SECOND);
    const char *text = logged(*state);
    assert_non_null(strstr(text, " event=slow_command id=00112233445566778899aabbccddeeff "
                                 "kind=take_payment staff=3 terminal=5 branch=2 ms=1309.541 "
                                 "waited_ms=2.500 prepare_ms=0.001 sync_ms=300.000 "
                                 "apply_ms=0.040 commit_ms=0.000 publish_ms=7.000 group=12 "
                                 "passed_over=0\n"));
    assert_null(strstr(text, "somebody"));
    arena_fini(&arena);
}

static void a_flood_is_a_few_lines(void **state)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct slow_log log = {.threshold_us = 1};
    struct submission submission = payment(&arena);
    struct slow_times times = {.total_us = 9};
    for (uint64_t i = 0; i < 1000; i++)
        slow_tell(&log, &submission, 1, &times, 8 * SECOND + i);
    assert_int_equal(count_of(logged(*state), "event=slow_command"), SLOW_LINES_A_SECOND);
    slow_tell(&log, &submission, 1, &times, 9 * SECOND);
    assert_non_null(strstr(logged(*state), "passed_over=995\n"));
    slow_tell(&log, &submission, 1, &times, 9 * SECOND + 1);
    assert_non_null(strstr(logged(*state), "passed_over=0\n"));
    assert_int_equal(log.count, 1002);
    arena_fini(&arena);
}

static void bytes_that_are_no_command_do_no_harm(void **state)
{
    static const uint8_t bytes[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct slow_log log = {.threshold_us = 1};
    struct slow_times times = {.total_us = 9};
    for (size_t size = 0; size <= sizeof bytes; size++) {
        struct submission submission = {.command = slice_of(bytes, size)};
        slow_tell(&log, &submission, 1, &times, size * SECOND);
        assert_non_null(strstr(logged(*state), "kind=unknown"));
    }
}

static int setup(void **state)
{
    FILE *file = tmpfile();
    if (!file || dup2(fileno(file), STDERR_FILENO) < 0)
        return 1;
    *state = file;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_who_and_where),
        cmocka_unit_test(a_flood_is_a_few_lines),
        cmocka_unit_test(bytes_that_are_no_command_do_no_harm),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
