/*
 * What is told reaches a file or a terminal in no other way than as visible characters.
 */
#include "base/check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/prng.h"
#include "base/sight.h"
#include "base/tell.h"
#include "base/text.h"

static char told[8192];

__attribute__((format(printf, 1, 2))) static const char *what_is_told(const char *format, ...)
{
    va_list arguments;
    memset(told, 0, sizeof(told));
    FILE *out = fmemopen(told, sizeof(told) - 1, "w");
    va_start(arguments, format);
    tell_list(out, format, arguments);
    va_end(arguments);
    assert_int_equal(fclose(out), 0);
    return told;
}

static void a_name_steers_no_terminal_and_writes_no_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"An Bình", "An Bình"},
        {"\x1b[2J\x1b]0;owned\a", "\\x1b[2J\\x1b]0;owned\\x07"},
        {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
        {"\x7f\xc2\x85\xc2\x9b", "\\x7f\\u0085\\u009b"},
        {"in\u202e\u2066voice\u2069", "in\\u202e\\u2066voice\\u2069"},
        {"a\u200bb\u2028c\u2029d\ufeff", "a\\u200bb\\u2028c\\u2029d\\ufeff"},
        {"\u200e\u200f\u061c\u00ad", "\\u200e\\u200f\\u061c\\u00ad"},
        {"\U000E0041", "\\U000e0041"},
        {"caf\xe9 \xff\xc3", "caf\\xe9 \\xff\\xc3"},
        {"\xed\xa0\x80\xc0\x80", "\\xed\\xa0\\x80\\xc0\\x80"},
        /* a joiner belongs to Persian and Indic spelling, and to nothing else */
        {"می\u200cخواهم", "می\u200cخواهم"},
        {"क्\u200dष", "क्\u200dष"},
        {"pay\u200cpal", "pay\\u200cpal"},
        {"\u200cمی\u200d", "\\u200cمی\\u200d"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(what_is_told("%s", cases[i].text), cases[i].shown);
        assert_int_equal(tell_columns(cases[i].text, strlen(cases[i].text)),
                         text_columns(cases[i].shown, strlen(cases[i].shown)));
    }
    assert_string_equal(what_is_told("%c|%c\n", '\x1b', 'a'), "\\x1b|a\n");
}

static void no_bytes_at_all_reach_the_terminal_unseen(void **state)
{
    (void)state;
    struct prng prng = {5};
    for (int round = 0; round < 20000; round++) {
        char text[64] = "";
        for (size_t i = 0; i < 12; i++)
            text[i] = (char)(prng_below(&prng, 3) == 0 ? 0xE2 - prng_below(&prng, 2) * 0x62
                                                       : 1 + prng_below(&prng, 255));
        const char *shown = what_is_told("%s", text);
        assert_true(text_valid(shown, strlen(shown)));
        uint32_t point = 0;
        for (const char *at = shown; *at != '\0'; at += text_decode(at, strlen(at), &point))
            assert_true(at == shown || !sight_hides(point) || point == 0x200C || point == 0x200D);
    }
}

static void widths_are_columns(void **state)
{
    (void)state;
    assert_string_equal(what_is_told("%-6s|", "Bình"), "Bình  |");
    assert_string_equal(what_is_told("%6s|", "王"), "    王|");
    assert_string_equal(what_is_told("%-8s|", "a\nb"), "a\\nb    |");
    assert_string_equal(what_is_told("%*s|%-*s|", 3, "a", 3, "b"), "  a|b  |");
    assert_string_equal(what_is_told("%.*s|%-4.*s|", 2, "abc", 1, "xyz"), "ab|x   |");
    assert_string_equal(what_is_told("%2s", "longer"), "longer");
}

static void numbers_are_written_as_printf_does(void **state)
{
    (void)state;
    char wanted[256];
    (void)snprintf(wanted, sizeof(wanted),
                   "%d %5d %-5d| %03d %u %zu %" PRId64 " %" PRIu64 " %02x %5" PRIu64 " 7%%", -7, 42,
                   42, 5, 4000000000U, (size_t)-1, INT64_MIN, UINT64_MAX, 10U, UINT64_C(9));
    assert_string_equal(
        what_is_told("%d %5d %-5d| %03d %u %zu %" PRId64 " %" PRIu64 " %02x %5" PRIu64 " 7%%", -7,
                     42, 42, 5, 4000000000U, (size_t)-1, INT64_MIN, UINT64_MAX, 10U, UINT64_C(9)),
        wanted);
}

/* On a terminal only: a file is read by programs too. */
static void what_runs_leftward_is_isolated_on_a_terminal(void **state)
{
    (void)state;
    int master = -1;
    int slave = -1;
    char seen[256] = "";
    struct termios raw;
    assert_string_equal(what_is_told("%s 5", "رضا"), "رضا 5");
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_int_equal(tcgetattr(slave, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
    FILE *out = fdopen(slave, "w");
    tell(out, "%-5s|%s|%d", "رضا", "Reza", 5);
    assert_int_equal(fflush(out), 0);
    assert_true(read(master, seen, sizeof(seen) - 1) > 0);
    assert_string_equal(seen, "\u2068رضا\u2069  |Reza|5");
    (void)fclose(out);
    (void)close(master);
}

static void json_is_the_same_text_and_plain_to_see(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\x1b", "\\u001b"},
        {"\u202e", "\\u202e"},
        {"\"", "\\\""},
        {"\\", "\\\\"},
        {"\U000E0041", "\\udb40\\udc41"},
        {"\xff", "\\ufffd"},
        {"ễ", "ễ"},
        {"\n", "\\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[TELL_JSON_MAX];
        assert_int_equal(tell_json(cases[i][0], strlen(cases[i][0]), out), strlen(cases[i][0]));
        assert_string_equal(out, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_steers_no_terminal_and_writes_no_line),
        cmocka_unit_test(no_bytes_at_all_reach_the_terminal_unseen),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(numbers_are_written_as_printf_does),
        cmocka_unit_test(what_runs_leftward_is_isolated_on_a_terminal),
        cmocka_unit_test(json_is_the_same_text_and_plain_to_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
