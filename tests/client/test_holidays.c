#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tefter.h"

#define BEGIN "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
#define END "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"

static uint32_t day(const char *text)
{
    uint32_t date = 0;
    assert_true(date_read(text, strlen(text), &date));
    return date;
}

static struct date_span years(const char *from, const char *until)
{
    return (struct date_span){day(from), day(until)};
}

/* Everything that was read, a line a day, faults behind them: "2026-01-01 New Year; 3: There is".
 */
static const char *read_as(const char *text, struct date_span span)
{
    static char said[8000];
    struct holidays holidays;
    size_t used = 0;
    said[0] = '\0';
    assert_true(holidays_read(text, strlen(text), span, &holidays));
    for (size_t i = 0; i < holidays.count; i++) {
        char date[DATE_TEXT_SIZE];
        date_write(holidays.days[i].date, date);
        used += (size_t)snprintf(said + used, sizeof said - used, "%s%s%s", used > 0 ? "; " : "",
                                 date, holidays.days[i].name[0] != '\0' ? " " : "");
        used += (size_t)snprintf(said + used, sizeof said - used, "%s", holidays.days[i].name);
    }
    for (size_t i = 0; i < holidays.fault_count; i++)
        used +=
            (size_t)snprintf(said + used, sizeof said - used, "%s%u: %.13s", used > 0 ? "; " : "",
                             holidays.faults[i].line, holidays.faults[i].why);
    holidays_fini(&holidays);
    return said;
}

static void expect(const char *text, const char *expected)
{
    assert_string_equal(read_as(text, years("2026-01-01", "2028-12-31")), expected);
}

/* ---- lists ---- */

static void a_list_has_a_date_a_line(void **state)
{
    (void)state;
    expect(
        "# closed\n2026-12-25 Christmas\n\n2026-01-01\tNew Year\r\n2027/1/1, \"New Year, again\"\n"
        "  2026-05-01;  Labour   day  ",
        "2026-01-01 New Year; 2026-05-01 Labour day; 2026-12-25 Christmas; "
        "2027-01-01 New Year, again");
    expect("1405/01/01 نوروز\n۱۴۰۵/۱/۱۳ سیزده‌به‌در\n1403-12-30 before\n",
           "2026-03-21 نوروز; 2026-04-02 سیزده‌به‌در");
    expect("\xEF\xBB\xBF"
           "2026.04.30\n２０２６-０９-０２ Quốc khánh",
           "2026-04-30; 2026-09-02 Quốc khánh");
    expect("", "");
}

static void a_line_that_is_none_is_told(void **state)
{
    (void)state;
    expect("2026-01-01\n2026-02-30 none\n25/12/2026\n2026-13-01\nNew Year\n2026-1/1\n20260101\n"
           "1405/12/30\n2026-05-01x\n1969-01-01\n2026-12-25",
           "2026-01-01; 2026-12-25; 2: This is no da; 3: This is no da; 4: This is no da; "
           "5: This is no da; 6: This is no da; 7: This is no da; 8: This is no da; "
           "9: This is no da; 10: This is no da");
    expect("2026-01-01 caf\xe9\n2026-01-02 fine", "2026-01-02 fine; 1: This line is ");
}

static void a_name_is_what_people_see(void **state)
{
    (void)state;
    char text[400];
    char expected[400];
    char long_name[200] = "";
    expect("2026-01-01 \u200f\u202bعید\u202c\a a\u00a0\u00a0b", "2026-01-01 عید a b");
    for (int i = 0; i < 50; i++)
        memcpy(long_name + strlen(long_name), "你", 4);
    (void)snprintf(text, sizeof text, "2026-01-01 %s", long_name);
    (void)snprintf(expected, sizeof expected, "2026-01-01 %.120s", long_name);
    expect(text, expected);
}

/* ---- calendars ---- */

static void an_event_is_the_days_until_its_end(void **state)
{
    (void)state;
    expect(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\n"
                       "SUMMARY;LANGUAGE=en:Christmas\\, both days\r\n")
               EVENT("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:Labour\r\n")
                   EVENT("DTSTART:20260902\r\nDTEND:20260902\r\n")
                       EVENT("DTSTART;VALUE=DATE:20270208\r\nDURATION:P3D\r\nSUMMARY:Tết\r\n")
                           EVENT("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102\r\n")
                               END,
           "2026-05-01 Labour; 2026-09-02; 2026-12-25 Christmas, both days; "
           "2026-12-26 Christmas, both days; 2026-12-31; 2027-01-01; 2027-02-08 Tết; "
           "2027-02-09 Tết; 2027-02-10 Tết");
}

static void folded_lines_alarms_and_other_parts_are_read_past(void **state)
{
    (void)state;
    expect("begin:vcalendar\nBEGIN:VTIMEZONE\nDTSTART:19700101T000000\nEND:VTIMEZONE\n"
           "BEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\nDTSTART;\n VALUE=DATE;X-A=\"a:b;c\":2026\n "
           "1225\nSUMMARY:Chri\n stmas\n"
           "BEGIN:VALARM\nDTSTART:20200101T120000\nSUMMARY:no\nEND:VALARM\n"
           "DESCRIPTION:DTSTART:20260101\nEND:VEVENT\nEND:VCALENDAR",
           "2026-12-25 Christmas");
    expect(BEGIN EVENT("DTSTART:20261224\r\nSTATUS:CANCELLED\r\n")
               EVENT("DTSTART:20261225\r\nSTATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\n") END,
           "2026-12-25");
}

static void an_event_may_come_each_year(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *days;
    } rows[] = {
        {"DTSTART:19700101\r\nRRULE:FREQ=YEARLY\r\n", "2026-01-01; 2027-01-01; 2028-01-01"},
        {"DTSTART:16010101\r\nRRULE:FREQ=YEARLY;WKST=MO\r\n", "2026-01-01; 2027-01-01; 2028-01-01"},
        {"DTSTART:20270101\r\nRRULE:FREQ=YEARLY\r\n", "2027-01-01; 2028-01-01"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;INTERVAL=2\r\n", "2026-01-01; 2028-01-01"},
        {"DTSTART:20240101\r\nRRULE:FREQ=YEARLY;COUNT=4\r\n", "2026-01-01; 2027-01-01"},
        {"DTSTART:20240101\r\nRRULE:FREQ=YEARLY;UNTIL=20270101\r\n", "2026-01-01; 2027-01-01"},
        {"DTSTART:20240101\r\nRRULE:UNTIL=20261231T235959Z;FREQ=YEARLY\r\n", "2026-01-01"},
        {"DTSTART:20240229\r\nRRULE:FREQ=YEARLY\r\n", "2028-02-29"},
        {"DTSTART:20240229\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n", "2028-02-29"},
        {"DTSTART:20251231\r\nDTEND:20260102\r\nRRULE:FREQ=YEARLY\r\n",
         "2026-01-01; 2026-12-31; 2027-01-01; 2027-12-31; 2028-01-01; 2028-12-31"},
        {"DTSTART:20240101\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20270101,20280101\r\n",
         "2026-01-01"},
        {"DTSTART:20240101\r\nRRULE:FREQ=YEARLY;COUNT=4\r\nEXDATE:20260101T000000\r\n",
         "2027-01-01"},
        {"DTSTART:20240704\r\nRRULE:FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4\r\n",
         "2026-07-04; 2027-07-04; 2028-07-04"},
        {"DTSTART:20260601\r\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=6;COUNT=2\r\n",
         "2027-01-06; 2028-01-06"},
        {"DTSTART:20241128\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n",
         "2026-11-26; 2027-11-25; 2028-11-23"},
        {"DTSTART:20240527\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO\r\n",
         "2026-05-25; 2027-05-31; 2028-05-29"},
        {"DTSTART:20240129\r\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=5SA\r\n",
         "2026-01-31; 2027-01-30; 2028-01-29"},
        {"DTSTART:20240201\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYDAY=+5TU\r\n", "2028-02-29"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[600];
        (void)snprintf(text, sizeof text, BEGIN "BEGIN:VEVENT\r\n%sEND:VEVENT\r\n" END,
                       rows[i].rule);
        expect(text, rows[i].days);
    }
}

static void what_is_not_understood_is_told_and_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        const char *fault;
    } rows[] = {
        {"DTSTART:20260101T000000Z\r\n", "4: This has a ti"},
        {"DTSTART:20260101\r\nDTEND:20260101T120000\r\n", "5: This has a ti"},
        {"DTSTART:20260101\r\nDURATION:PT12H\r\n", "5: This has a ti"},
        {"DTSTART:20260230\r\n", "4: There is no s"},
        {"DTSTART:00000000\r\n", "4: There is no s"},
        {"DTSTART:\r\n", "4: There is no s"},
        {"SUMMARY:no day\r\n", "3: There is no s"},
        {"DTSTART:20260105\r\nDTEND:20260101\r\n", "3: This ends bef"},
        {"DTSTART:20260101\r\nDTEND:20260401\r\n", "3: This ends bef"},
        {"DTSTART:20260101\r\nDURATION:P10W\r\n", "3: This ends bef"},
        {"DTSTART:20260101\r\nRRULE:FREQ=MONTHLY\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYWEEKNO=2\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYMONTHDAY=4\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYDAY=4TH\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=1,2\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=MO\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=2;BYDAY=1MO\r\n",
         "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:FREQ=YEARLY;INTERVAL=0\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:COUNT=2\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRRULE:\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRDATE:20260102\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nRECURRENCE-ID:20260102\r\n", "5: Only what com"},
        {"DTSTART:20260101\r\nEXDATE:tomorrow\r\n", "5: There is no s"},
        {"DTSTART:20260101\r\nSUMMARY:caf\xe9\r\n", "5: This line is "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[600];
        char expected[100];
        (void)snprintf(text, sizeof text,
                       BEGIN "BEGIN:VEVENT\r\n%sEND:VEVENT\r\n" EVENT("DTSTART:20260601\r\n") END,
                       rows[i].lines);
        (void)snprintf(expected, sizeof expected, "2026-06-01; %s", rows[i].fault);
        expect(text, expected);
    }
    expect(BEGIN "BEGIN:VEVENT\r\nDTSTART:20260101\r\n", "3: This event ha");
}

/* ---- bounds ---- */

static void only_days_within_the_span_are_kept(void **state)
{
    (void)state;
    static const char list[] = "2025-12-31\n2026-01-01\n2026-12-31\n2027-01-01\n2026-01-01 again\n";
    struct holidays holidays;
    assert_true(holidays_read(list, strlen(list), years("2026-01-01", "2026-12-31"), &holidays));
    assert_int_equal(holidays.count, 2);
    assert_int_equal(holidays.outside, 2);
    assert_int_equal(holidays.fault_count, 0);
    assert_int_equal(holidays.days[0].date, day("2026-01-01"));
    assert_string_equal(holidays.days[0].name, "");
    assert_int_equal(holidays.days[1].date, day("2026-12-31"));
    holidays_fini(&holidays);
    assert_string_equal(read_as(BEGIN EVENT("DTSTART:20000101\r\nRRULE:FREQ=YEARLY\r\n") END,
                                (struct date_span){day("2149-01-01"), UINT32_MAX}),
                        "2149-01-01");
}

static void what_is_too_much_is_told(void **state)
{
    (void)state;
    struct holidays holidays;
    size_t room = (size_t)HOLIDAYS_FILE_MAX + 1, used = 0;
    char *text = calloc(1, room);
    assert_non_null(text);
    for (uint32_t date = 1; date <= HOLIDAYS_MAX + 10; date++) {
        date_write(date * 7, text + used);
        used += DATE_TEXT_SIZE - 1;
        text[used++] = '\n';
    }
    assert_true(holidays_read(text, used, DATE_SPAN_ALL, &holidays));
    assert_int_equal(holidays.count, HOLIDAYS_MAX);
    assert_int_equal(holidays.fault_count, 1);
    assert_int_equal(holidays.faults[0].line, HOLIDAYS_MAX + 1);
    holidays_fini(&holidays);
    memset(text, 'x', room);
    for (size_t at = 1; at < room; at += 2)
        text[at] = '\n';
    assert_true(holidays_read(text, room - 1, DATE_SPAN_ALL, &holidays));
    assert_int_equal(holidays.count, 0);
    assert_int_equal(holidays.fault_count, (room - 1) / 2);
    assert_int_equal(holidays.faults[HOLIDAY_FAULTS_MAX - 1].line, HOLIDAY_FAULTS_MAX);
    holidays_fini(&holidays);
    assert_false(holidays_read(text, room, DATE_SPAN_ALL, &holidays));
    used = (size_t)snprintf(text, room, BEGIN);
    for (int i = 0; i < 12000; i++)
        used += (size_t)snprintf(text + used, room - used,
                                 "BEGIN:VEVENT\nDTSTART:16010101\nRRULE:FREQ=YEARLY\nEND:VEVENT\n");
    assert_true(holidays_read(text, used, years("2026-01-01", "2027-12-31"), &holidays));
    assert_int_equal(holidays.count, 2);
    assert_int_equal(holidays.fault_count, 1);
    holidays_fini(&holidays);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_a_date_a_line),
        cmocka_unit_test(a_line_that_is_none_is_told),
        cmocka_unit_test(a_name_is_what_people_see),
        cmocka_unit_test(an_event_is_the_days_until_its_end),
        cmocka_unit_test(folded_lines_alarms_and_other_parts_are_read_past),
        cmocka_unit_test(an_event_may_come_each_year),
        cmocka_unit_test(what_is_not_understood_is_told_and_left_out),
        cmocka_unit_test(only_days_within_the_span_are_kept),
        cmocka_unit_test(what_is_too_much_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
