#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/audit.h"
#include "base/limits.h"

static char path[] = "/tmp/tefter-audit-XXXXXX";
static const uint8_t key[AUDIT_KEY_SIZE] = {5};

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
    assert_true(audit_open(path, key, &audit, &failure));
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
    assert_int_equal(heard.lines, 2); /* the first says that the log begins */
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
    assert_true(heard.lines > AUDIT_LINES_MAX && heard.lines < 2 * AUDIT_LINES_MAX);
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
    assert_true(audit_open(NULL, key, &audit, &failure));
    audit_write(audit, &(struct audit_line){.event = "e"});
    audit_recall(audit, 0, hear, &heard);
    assert_int_equal(heard.lines, 0);
    audit_close(audit);
    assert_false(audit_open("/nonexistent/audit", key, &audit, &failure));
}

/* ---- seals ---- */

static void write_some(int from, int lines)
{
    struct audit *audit = open_log();
    for (int i = from; i < from + lines; i++)
        audit_write(audit, &(struct audit_line){.event = "login_wrong",
                                                .at_ms = 1000 + i,
                                                .staff = (uint32_t)i + 1,
                                                .login = "anh",
                                                .device = "till Một 2"});
    audit_close(audit);
}

static struct audit_report whole_log(void)
{
    struct audit_report report;
    struct failure failure = {0};
    if (!audit_verify(path, key, &report, &failure))
        fail_msg("%s", failure.text);
    return report;
}

static void damaged_at(int line)
{
    struct audit_report report;
    struct failure failure = {0};
    char place[40];
    (void)snprintf(place, sizeof place, "line %d of", line);
    assert_false(audit_verify(path, key, &report, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    if (strstr(failure.text, place) == NULL)
        fail_msg("%s: not at %s", failure.text, place);
}

/* The file as text. */
static char text[1 << 20];
static size_t read_file(void)
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    (void)fclose(file);
    return size;
}

static void write_file(const char *from, size_t size)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(from, 1, size, file), size);
    (void)fclose(file);
}

static char *line_at(int line)
{
    char *at = text;
    while (--line > 0)
        at = strchr(at, '\n') + 1;
    return at;
}

static void a_changed_line_is_found(void **state)
{
    (void)state;
    write_some(0, 10);
    write_some(10, 10);                       /* by another process */
    assert_int_equal(whole_log().number, 21); /* the first says that the log begins */
    size_t size = read_file();
    strstr(line_at(7), "anh")[0] = 'b';
    write_file(text, size);
    damaged_at(7);
}

static void a_line_taken_out_is_found(void **state)
{
    (void)state;
    write_some(0, 10);
    size_t size = read_file();
    char *from = line_at(5);
    char *next = line_at(6);
    memmove(from, next, size - (size_t)(next - text));
    write_file(text, size - (size_t)(next - from));
    damaged_at(5);
}

static void lines_that_changed_places_are_found(void **state)
{
    (void)state;
    char line[AUDIT_PAGE_MAX];
    write_some(0, 9);
    size_t size = read_file();
    char *from = line_at(4);
    char *next = line_at(5);
    char *end = line_at(6);
    size_t first = (size_t)(next - from);
    memcpy(line, from, first);
    memmove(from, next, (size_t)(end - next));
    memcpy(from + (end - next), line, first);
    write_file(text, size);
    damaged_at(4);
}

static void lines_taken_off_the_front_are_found(void **state)
{
    (void)state;
    write_some(0, 9);
    size_t size = read_file();
    char *from = line_at(4);
    write_file(from, size - (size_t)(from - text));
    damaged_at(1);
}

static void a_seal_of_another_key_is_found(void **state)
{
    (void)state;
    static const uint8_t other[AUDIT_KEY_SIZE] = {6};
    struct failure failure = {0};
    struct audit *audit = NULL;
    write_some(0, 3);
    assert_true(audit_open(path, other, &audit, &failure));
    audit_write(audit, &(struct audit_line){.event = "forged"});
    audit_close(audit);
    damaged_at(5);
}

/* Nothing in the file says it; who kept the newest number and seal knows. */
static void lines_cut_off_the_end_are_known_by_number_and_seal(void **state)
{
    (void)state;
    write_some(0, 9);
    struct audit_report before = whole_log();
    (void)read_file();
    write_file(text, (size_t)(line_at(6) - text));
    struct audit_report after = whole_log();
    assert_true(after.number < before.number);
    write_some(20, 20); /* a longer log with other lines is another */
    struct audit_report later = whole_log();
    assert_true(later.number > before.number);
}

static void a_running_server_goes_on_where_it_was_when_lines_are_cut_off(void **state)
{
    (void)state;
    struct audit *audit = open_log();
    for (int i = 0; i < 9; i++)
        audit_write(audit, &(struct audit_line){.event = "e", .at_ms = i});
    (void)read_file();
    write_file(text, (size_t)(line_at(6) - text));
    audit_write(audit, &(struct audit_line){.event = "after"});
    audit_close(audit);
    damaged_at(6);
}

static void a_torn_line_is_taken_off_and_the_next_one_fits(void **state)
{
    (void)state;
    write_some(0, 5);
    size_t size = read_file();
    write_file(text, size - 30);
    write_some(5, 3);
    assert_int_equal(whole_log().number, 8); /* one is lost, and the numbers go on */
}

static void two_processes_write_one_log(void **state)
{
    (void)state;
    struct audit *one = open_log();
    struct audit *two = open_log();
    for (int i = 0; i < 50; i++) {
        audit_write(one, &(struct audit_line){.event = "server", .at_ms = i});
        audit_write(two, &(struct audit_line){.event = "backup", .at_ms = i});
    }
    assert_int_equal(whole_log().number, 101);
    audit_close(one);
    audit_close(two);
}

static void both_files_fit_and_go_on_after_a_restart(void **state)
{
    (void)state;
    struct audit *audit = open_log();
    struct audit *other = open_log();
    for (int i = 0; i < AUDIT_LINES_MAX + 100; i++)
        audit_write(audit, &(struct audit_line){.event = "e", .at_ms = i});
    audit_write(other, &(struct audit_line){.event = "backup"}); /* which had the older one open */
    audit_close(other);
    audit_close(audit);
    write_some(0, 3);
    struct audit_report report = whole_log();
    assert_true(report.number > AUDIT_LINES_MAX + 100);
    assert_int_equal(report.lines, report.number);
    assert_int_equal(unlink(path), 0); /* and where the newer one is lost, the older one is */
    assert_true(whole_log().number < report.number);
    write_some(0, 1);
    (void)whole_log();
}

static void lines_from_before_there_were_seals_are_counted(void **state)
{
    (void)state;
    static const char old[] = "ms=5 time=x event=login_wrong key=5 staff=1\nms=6 event=old\n";
    write_file(old, sizeof old - 1);
    write_some(0, 3);
    struct audit_report report = whole_log();
    assert_int_equal(report.unsealed, 2);
    assert_int_equal(report.number, 4);
    size_t size = read_file();
    memcpy(line_at(4), "ms=9", 4); /* but none behind the first seal */
    write_file(text, size);
    damaged_at(4);
}

/* ---- pages ---- */

struct page {
    uint64_t expected;
    int lines;
    int changed;
};

static void look_at(void *context, const struct audit_line *line)
{
    struct page *page = context;
    if (page->expected != 0)
        assert_int_equal(line->number, page->expected);
    page->expected = line->number - 1;
    page->lines++;
    page->changed += line->changed;
}

static void pages_go_over_both_files(void **state)
{
    (void)state;
    struct page page = {0};
    uint64_t before = 0;
    struct audit *audit = open_log();
    for (int i = 0; i < AUDIT_LINES_MAX + 700; i++)
        audit_write(audit, &(struct audit_line){.event = "e", .at_ms = i});
    do
        before = audit_page(audit, before, 333, look_at, &page);
    while (before != 0);
    assert_int_equal(page.expected, 0);
    assert_int_equal(page.changed, 0);
    page = (struct page){0};
    (void)audit_page(audit, 50001, 10, look_at, &page); /* anywhere */
    assert_int_equal(page.lines, 10);
    assert_int_equal(page.expected, 49990);
    page = (struct page){0};
    assert_int_equal(audit_page(audit, 1, 10, look_at, &page), 0);
    assert_int_equal(page.lines, 0);
    audit_close(audit);
}

static void a_changed_line_is_marked_in_its_page(void **state)
{
    (void)state;
    struct page page = {0};
    write_some(0, 20);
    size_t size = read_file();
    strstr(line_at(9), "anh")[0] = 'b';
    write_file(text, size);
    struct audit *audit = open_log();
    (void)audit_page(audit, 0, 100, look_at, &page);
    assert_int_equal(page.lines, 21);
    assert_int_equal(page.changed, 1);
    audit_close(audit);
}

#define audit_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        audit_test(written_and_recalled),
        audit_test(bounded_with_one_older_file),
        audit_test(noise_is_left_out),
        audit_test(nowhere),
        audit_test(a_changed_line_is_found),
        audit_test(a_line_taken_out_is_found),
        audit_test(lines_that_changed_places_are_found),
        audit_test(lines_taken_off_the_front_are_found),
        audit_test(a_seal_of_another_key_is_found),
        audit_test(lines_cut_off_the_end_are_known_by_number_and_seal),
        audit_test(a_running_server_goes_on_where_it_was_when_lines_are_cut_off),
        audit_test(a_torn_line_is_taken_off_and_the_next_one_fits),
        audit_test(two_processes_write_one_log),
        audit_test(both_files_fit_and_go_on_after_a_restart),
        audit_test(lines_from_before_there_were_seals_are_counted),
        audit_test(pages_go_over_both_files),
        audit_test(a_changed_line_is_marked_in_its_page),
    };
    return hash_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
