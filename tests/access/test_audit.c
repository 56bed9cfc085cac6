#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/audit.h"
#include "base/limits.h"

static char path[] = "/tmp/tefter-audit-XXXXXX";

static int setup(void **state)
{
    (void)state;
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
    (void)state;
    char older[64];
    (void)snprintf(older, sizeof older, "%s.1", path);
    (void)unlink(older);
    return unlink(path);
}

static struct audit *open_log(void)
{
    struct audit *audit = NULL;
    struct failure failure = {0};
    assert_true(audit_open(path, &audit, &failure));
    return audit;
}

struct heard {
    int lines;
    struct audit_line last;
    char event[AUDIT_EVENT_MAX];
};

static void hear(void *context, const struct audit_line *line)
{
    struct heard *heard = context;
    heard->lines++;
    heard->last = *line;
    (void)snprintf(heard->event, sizeof heard->event, "%s", line->event);
}

static void written_and_recalled(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct audit *audit = open_log();
    audit_write(audit, &(struct audit_line){.event = "login_wrong",
                                            .at_ms = 5000,
                                            .key = UINT64_C(0xabcdef0123456789),
                                            .staff = 3,
                                            .terminal = 7,
                                            .address = "127.0.0.1:4",
                                            .about = "x\ny ms=9 event=\"z"});
    audit_write(audit, &(struct audit_line){.event = "old", .at_ms = 100});
    audit_close(audit); /* or killed: the line is with the system */
    audit = open_log();
    audit_recall(audit, 1000, hear, &heard);
    assert_int_equal(heard.lines, 1);
    assert_string_equal(heard.event, "login_wrong");
    assert_int_equal(heard.last.at_ms, 5000);
    assert_true(heard.last.key == UINT64_C(0xabcdef0123456789));
    assert_int_equal(heard.last.staff, 3);
    assert_int_equal(heard.last.terminal, 7);
    audit_close(audit);
}

static void bounded_with_one_older_file(void **state)
{
    (void)state;
    char older[64];
    struct heard heard = {0};
    struct audit *audit = open_log();
    for (int i = 0; i < AUDIT_LINES_MAX * 2 + 10; i++)
        audit_write(audit, &(struct audit_line){.event = "e", .at_ms = i});
    audit_recall(audit, 0, hear, &heard);
    assert_int_equal(heard.lines, AUDIT_LINES_MAX + 10);
    assert_int_equal(heard.last.at_ms, AUDIT_LINES_MAX * 2 + 9);
    (void)snprintf(older, sizeof older, "%s.1", path);
    assert_int_equal(access(older, F_OK), 0);
    audit_close(audit);
}

static void noise_is_left_out(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct audit *audit = open_log();
    for (int i = 0; i < 1000; i++)
        audit_write(audit, &(struct audit_line){.event = "noise", .at_ms = 7000, .noisy = true});
    for (int i = 0; i < 50; i++)
        audit_write(audit, &(struct audit_line){.event = "login_wrong", .at_ms = 7000});
    audit_recall(audit, 0, hear, &heard);
    assert_true(heard.lines < 100 && heard.lines >= 50);
    audit_close(audit);
}

static void nowhere(void **state)
{
    (void)state;
    struct audit *audit = NULL;
    struct failure failure = {0};
    struct heard heard = {0};
    assert_true(audit_open(NULL, &audit, &failure));
    audit_write(audit, &(struct audit_line){.event = "e"});
    audit_recall(audit, 0, hear, &heard);
    assert_int_equal(heard.lines, 0);
    audit_close(audit);
    assert_false(audit_open("/nonexistent/audit", &audit, &failure));
}

#define audit_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        audit_test(written_and_recalled),
        audit_test(bounded_with_one_older_file),
        audit_test(noise_is_left_out),
        audit_test(nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
