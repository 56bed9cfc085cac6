/*
 * Holidays from a file. Of a calendar (RFC 5545) that is what public ones hold: events of whole
 * days that happen once or each year again, on a date or a weekday of a month. What is said in
 * other ways is named with its line and left out, never guessed: a shop would be closed on the
 * wrong day.
 */
#include "base/grow.h"
#include "base/jalali.h"
#include "base/sight.h"
#include "base/text.h"
#include "lib/tefter.h"
#include "words/words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    CONTENT_MAX = 8192, /* bytes of a line of a calendar, unfolded */
    DATE_DIGITS = 8,
    EXCEPT_MAX = 64,
    YEAR_FIRST = 1583, /* the first whole one of this calendar */
    YEAR_LAST = 9999,
    YEARS_APART_MAX = 100,
    TIMES_MAX = 1000,
    STEPS_MAX = 1 << 22, /* years and days looked at, of all events: half a second */
    LIST_DATE_MAX = 32,
    WEEK = 7,
};

static const char no_list_date[] =
    N_("This is no date: a line is 2026-11-23 or 1405/09/02, and then a name.");
static const char no_day[] = N_("There is no such day.");
static const char has_time[] = N_("This has a time of day: a holiday is of whole days.");
static const char other_rule[] =
    N_("Only what comes once, or once a year on a day or a weekday of a month, is read here.");
static const char too_long[] = N_("This ends before it begins, or lasts too long for a holiday.");
static const char no_utf8[] = N_("This line is not UTF-8.");
static const char too_many[] = N_("There are too many days: what follows is not read.");
static const char no_end[] = N_("This event has no end: the file is not whole.");

struct reading {
    struct holidays *found;
    int64_t from;
    int64_t until;
    uint32_t steps;
    bool full;      /* no more is read */
    bool no_memory; /* and that is why */
};

static void note_fault(struct reading *reading, uint32_t line, const char *why)
{
    struct holidays *found = reading->found;
    if (found->fault_count < HOLIDAY_FAULTS_MAX)
        found->faults[found->fault_count] = (struct holiday_fault){line, why};
    found->fault_count++;
}

static bool within(const struct reading *reading, int64_t days)
{
    return days >= reading->from && days <= reading->until;
}

/* False: so many were taken that no more is read. */
static bool take_step(struct reading *reading, uint32_t line)
{
    if (!reading->full && ++reading->steps > STEPS_MAX) {
        note_fault(reading, line, too_many);
        reading->full = true;
    }
    return !reading->full;
}

/* Where a date is among the days, or belongs. */
static size_t place_of(const struct holidays *found, uint32_t date)
{
    size_t low = 0, high = found->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (found->days[middle].date < date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add(struct reading *reading, int64_t days, const char *name, uint32_t line)
{
    struct holidays *found = reading->found;
    if (!take_step(reading, line) || !within(reading, days))
        return;
    size_t at = place_of(found, (uint32_t)days);
    if (at < found->count && found->days[at].date == days)
        return;
    if (found->count == HOLIDAYS_MAX) {
        note_fault(reading, line, too_many);
        reading->full = true;
    } else if (!GROW(found->days, found->room, found->count + 1)) {
        reading->full = true;
        reading->no_memory = true;
    } else {
        struct holiday *holiday = &found->days[at];
        memmove(holiday + 1, holiday, (found->count++ - at) * sizeof *holiday);
        holiday->date = (uint32_t)days;
        memcpy(holiday->name, name, strlen(name) + 1);
    }
}

/* ---- names ---- */

/* What people see of it, blanks of any kind as one, cut at a whole character. False: it is not
 * UTF-8. */
static bool take_name(const char *text, size_t size, char out[HOLIDAY_NAME_MAX + 1])
{
    struct sight_place sight = {0};
    struct sight_fault fault;
    size_t used = 0, step = 0;
    bool full = false;
    for (size_t at = 0; at < size; at += step) {
        uint32_t point = 0;
        step = text_decode(text + at, size - at, &point);
        if (step == 0)
            return false;
        if (sight_blank(point)) {
            sight = (struct sight_place){0};
            if (used > 0 && out[used - 1] != ' ' && used < HOLIDAY_NAME_MAX)
                out[used++] = ' ';
        } else if (sight_sees(&sight, point, text + at + step, size - at - step)) {
            full = full || used + step > HOLIDAY_NAME_MAX;
            if (!full)
                memcpy(out + used, text + at, step);
            used += full ? 0 : step;
        }
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    if (!sight_clear(out, used, SIGHT_OF_A_LINE, &fault))
        used = 0; /* what was left out had something to do with what stayed */
    out[used] = '\0';
    return true;
}

/* ---- lists ---- */

/* "2026-11-23", "1405/9/2": digits are 0-9 here. */
static bool read_list_date(const char *text, uint32_t *ret_date)
{
    int part[3] = {0};
    size_t at = 0;
    char sign = '\0';
    for (int i = 0; i < 3; i++) {
        size_t digits = strspn(text + at, "0123456789");
        if (i == 0 ? digits != 4 : digits < 1 || digits > 2)
            return false;
        part[i] = (int)strtol(text + at, NULL, 10);
        at += digits;
        if (i == 0)
            sign = text[at];
        if (i < 2 && (text[at++] != sign || strchr("-/.", sign) == NULL || sign == '\0'))
            return false;
    }
    struct civil civil = {part[0], part[1], part[2]};
    if (text[at] != '\0')
        return false;
    return jalali_meant(civil.year) ? date_of_jalali(civil, ret_date)
                                    : date_of_civil(civil, ret_date);
}

static size_t up_to(const char *text, size_t size, const char *any)
{
    size_t at = 0;
    while (at < size && text[at] != '\0' && strchr(any, text[at]) == NULL)
        at++;
    return at;
}

static void read_list_line(struct reading *reading, const char *text, size_t size, uint32_t line)
{
    char folded[LIST_DATE_MAX + 1];
    char name[HOLIDAY_NAME_MAX + 1];
    uint32_t date = 0;
    while (size > 0 && strchr(" \t\r", text[size - 1]) != NULL && text[size - 1] != '\0')
        size--;
    for (; size > 0 && (*text == ' ' || *text == '\t'); text++)
        size--;
    if (size == 0 || *text == '#')
        return;
    size_t date_size = up_to(text, size, " \t,;");
    if (!take_name(text, size, name)) {
        note_fault(reading, line, no_utf8);
        return;
    }
    folded[text_fold(text, date_size, folded, LIST_DATE_MAX)] = '\0';
    if (date_size > LIST_DATE_MAX || !read_list_date(folded, &date)) {
        note_fault(reading, line, no_list_date);
        return;
    }
    text += date_size;
    size -= date_size;
    for (; size > 0 && strchr(" \t,;", *text) != NULL && *text != '\0'; text++)
        size--;
    if (size >= 2 && text[0] == '"' && text[size - 1] == '"') {
        text++;
        size -= 2;
    }
    (void)take_name(text, size, name);
    reading->found->outside += within(reading, date) ? 0 : 1;
    add(reading, date, name, line);
}

/* ---- calendars: dates, lengths and rules ---- */

/* How an event comes again. Zeros: not said. */
struct rule {
    bool yearly;
    int apart; /* years */
    int times;
    int64_t until; /* a day */
    int month;
    int day;
    int nth; /* the nth weekday of the month, from its end when negative */
    int weekday;
};

struct event {
    bool open;
    int nested;    /* components in it that are open: alarms */
    uint32_t line; /* where it begins */
    bool bad;      /* that was told */
    bool gone;     /* it was cancelled */
    struct civil start;
    int64_t start_days;
    int64_t end_days;
    int64_t length;
    struct rule rule;
    int64_t except[EXCEPT_MAX];
    size_t excepts;
    char name[HOLIDAY_NAME_MAX + 1];
};

static int number_of(const char *text, size_t digits)
{
    int number = 0;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

/* "20261123" at the beginning of a text. */
static bool read_day(const char *text, struct civil *ret_civil)
{
    if (strspn(text, "0123456789") != DATE_DIGITS)
        return false;
    *ret_civil = (struct civil){number_of(text, 4), number_of(text + 4, 2), number_of(text + 6, 2)};
    return ret_civil->year >= YEAR_FIRST && civil_valid(*ret_civil);
}

/* NULL, or what is wrong with a value that is to be a day and no more. */
static const char *take_whole_day(const char *value, struct civil *ret_civil, int64_t *ret_days)
{
    if (strspn(value, "0123456789") == DATE_DIGITS && value[DATE_DIGITS] != '\0')
        return has_time;
    if (!read_day(value, ret_civil))
        return no_day;
    *ret_days = days_of_civil(*ret_civil);
    return NULL;
}

/* A whole number from 1 to `most`; 0: it is none. */
static int read_number(const char *text, int most)
{
    size_t digits = strspn(text, "0123456789");
    int number = digits <= 4 ? number_of(text, digits) : 0;
    return text[digits] == '\0' && number <= most ? number : 0;
}

/* "P3D", "P1W": days. 0: it is something else. */
static int64_t read_length(const char *text)
{
    size_t digits = text[0] == 'P' ? strspn(text + 1, "0123456789") : 0;
    if (digits == 0 || digits > 3 || text[1 + digits] == '\0' || text[2 + digits] != '\0')
        return 0;
    int number = number_of(text + 1, digits);
    if (text[1 + digits] == 'D')
        return number;
    return text[1 + digits] == 'W' ? number * WEEK : 0;
}

/* "4TH", "-1MO" */
static bool read_weekday(const char *text, struct rule *rule)
{
    static const char *const names[WEEK] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    bool back = text[0] == '-';
    text += back || text[0] == '+' ? 1 : 0;
    if (text[0] < '1' || text[0] > '5')
        return false;
    rule->nth = back ? -(text[0] - '0') : text[0] - '0';
    for (rule->weekday = 0; rule->weekday < WEEK; rule->weekday++)
        if (strcasecmp(text + 1, names[rule->weekday]) == 0)
            return true;
    return false;
}

static bool take_rule_part(struct rule *rule, const char *part)
{
    struct civil civil;
    size_t key = strcspn(part, "=");
    const char *value = part + key + (part[key] == '=' ? 1 : 0);
    if (key == 4 && strncasecmp(part, "FREQ", key) == 0)
        return rule->yearly = strcasecmp(value, "YEARLY") == 0;
    if (key == 8 && strncasecmp(part, "INTERVAL", key) == 0)
        return (rule->apart = read_number(value, YEARS_APART_MAX)) > 0;
    if (key == 5 && strncasecmp(part, "COUNT", key) == 0)
        return (rule->times = read_number(value, TIMES_MAX)) > 0;
    if (key == 5 && strncasecmp(part, "UNTIL", key) == 0) {
        bool good = read_day(value, &civil);
        rule->until = good ? days_of_civil(civil) : 0;
        return good;
    }
    if (key == 7 && strncasecmp(part, "BYMONTH", key) == 0)
        return (rule->month = read_number(value, 12)) > 0;
    if (key == 10 && strncasecmp(part, "BYMONTHDAY", key) == 0)
        return (rule->day = read_number(value, 31)) > 0;
    if (key == 5 && strncasecmp(part, "BYDAY", key) == 0)
        return read_weekday(value, rule);
    return key == 4 && strncasecmp(part, "WKST", key) == 0; /* says nothing of years */
}

static const char *take_rule(struct event *event, char *value)
{
    struct rule *rule = &event->rule;
    char *rest = NULL;
    if (rule->yearly)
        return other_rule; /* a second one */
    *rule = (struct rule){.apart = 1, .until = INT64_MAX};
    for (char *part = strtok_r(value, ";", &rest); part != NULL; part = strtok_r(NULL, ";", &rest))
        if (!take_rule_part(rule, part))
            return other_rule;
    bool of_a_month = rule->month != 0 || (rule->day == 0 && rule->nth == 0);
    bool one_way = rule->day == 0 || rule->nth == 0;
    return rule->yearly && of_a_month && one_way ? NULL : other_rule;
}

static const char *take_exceptions(struct event *event, char *value)
{
    char *rest = NULL;
    for (char *part = strtok_r(value, ",", &rest); part != NULL;
         part = strtok_r(NULL, ",", &rest)) {
        struct civil civil;
        if (!read_day(part, &civil))
            return no_day;
        if (event->excepts == EXCEPT_MAX)
            return other_rule;
        event->except[event->excepts++] = days_of_civil(civil);
    }
    return NULL;
}

/* ---- calendars: events ---- */

static int weekday_of(int64_t days)
{
    return (int)(((days + 3) % WEEK + WEEK) % WEEK); /* day 0 was a Thursday */
}

/* When it comes in that year; false: it does not. */
static bool day_in_year(const struct event *event, int year, int64_t *ret_days)
{
    const struct rule *rule = &event->rule;
    int month = rule->month != 0 ? rule->month : event->start.month;
    int days = civil_month_days(year, month);
    int day = rule->day != 0 ? rule->day : event->start.day;
    int first = weekday_of(days_of_civil((struct civil){year, month, 1}));
    if (rule->nth > 0)
        day = 1 + (rule->weekday - first + WEEK) % WEEK + (rule->nth - 1) * WEEK;
    if (rule->nth < 0) {
        int last = (first + days - 1) % WEEK;
        day = days - (last - rule->weekday + WEEK) % WEEK + (rule->nth + 1) * WEEK;
    }
    if (day < 1 || day > days)
        return false;
    *ret_days = days_of_civil((struct civil){year, month, day});
    return true;
}

static bool excepted(const struct event *event, int64_t days)
{
    for (size_t i = 0; i < event->excepts; i++)
        if (event->except[i] == days)
            return true;
    return false;
}

static void add_days(struct reading *reading, const struct event *event, int64_t first)
{
    if (excepted(event, first))
        return;
    for (int64_t day = 0; day < event->length; day++)
        add(reading, first + day, event->name, event->line);
}

static void add_years(struct reading *reading, const struct event *event)
{
    const struct rule *rule = &event->rule;
    int left = rule->times;
    for (int year = event->start.year; year <= YEAR_LAST; year += rule->apart) {
        int64_t days = 0;
        if (days_of_civil((struct civil){year, 1, 1}) > reading->until ||
            !take_step(reading, event->line))
            return;
        if (!day_in_year(event, year, &days) || days < event->start_days)
            continue;
        if (days > rule->until)
            return;
        add_days(reading, event, days);
        if (rule->times != 0 && --left == 0)
            return;
    }
}

static void close_event(struct reading *reading, struct event *event)
{
    event->open = false;
    if (event->bad || event->gone)
        return;
    if (event->start.year == 0) {
        note_fault(reading, event->line, no_day);
        return;
    }
    if (event->end_days != INT64_MIN)
        event->length = event->end_days - event->start_days;
    event->length += event->length == 0 ? 1 : 0; /* the end is the day behind the last one */
    if (event->length < 0 || event->length > HOLIDAY_LENGTH_MAX) {
        note_fault(reading, event->line, too_long);
        return;
    }
    if (event->rule.yearly) {
        add_years(reading, event);
        return;
    }
    for (int64_t day = 0; day < event->length; day++)
        reading->found->outside += within(reading, event->start_days + day) ? 0 : 1;
    add_days(reading, event, event->start_days);
}

/* "\," is a comma, "\n" a line feed. */
static void unescape(char *text)
{
    char *out = text;
    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0') {
            text++;
            *out++ = *text == 'n' || *text == 'N' ? ' ' : *text;
        } else {
            *out++ = *text;
        }
    }
    *out = '\0';
}

static bool is(const char *name, const char *word)
{
    return strcasecmp(name, word) == 0;
}

/* NULL, or what is wrong with it. */
static const char *take_property(struct event *event, const char *name, char *value)
{
    struct civil civil;
    if (is(name, "DTSTART"))
        return take_whole_day(value, &event->start, &event->start_days);
    if (is(name, "DTEND"))
        return take_whole_day(value, &civil, &event->end_days);
    if (is(name, "DURATION"))
        return (event->length = read_length(value)) > 0 ? NULL : has_time;
    if (is(name, "RRULE"))
        return take_rule(event, value);
    if (is(name, "EXDATE"))
        return take_exceptions(event, value);
    if (is(name, "RDATE") || is(name, "EXRULE") || is(name, "RECURRENCE-ID"))
        return other_rule;
    if (is(name, "STATUS"))
        event->gone = is(value, "CANCELLED");
    if (is(name, "SUMMARY")) {
        unescape(value);
        return take_name(value, strlen(value), event->name) ? NULL : no_utf8;
    }
    return NULL;
}

/* NAME;PARAMETERS:VALUE, where a parameter in quotes may have a colon. */
static char *value_of_content(char *content)
{
    bool quoted = false;
    char *at = content;
    for (; *at != '\0' && (quoted || *at != ':'); at++)
        quoted = quoted != (*at == '"');
    if (*at == '\0')
        return NULL;
    content[strcspn(content, ";:")] = '\0';
    return at + 1;
}

static void read_content(struct reading *reading, struct event *event, char *content, uint32_t line)
{
    char *value = value_of_content(content);
    if (value == NULL)
        return;
    if (is(content, "BEGIN") && event->open) {
        event->nested++;
    } else if (is(content, "BEGIN") && is(value, "VEVENT")) {
        *event = (struct event){.open = true, .line = line, .end_days = INT64_MIN};
    } else if (is(content, "END") && event->open && event->nested > 0) {
        event->nested--;
    } else if (is(content, "END") && event->open) {
        close_event(reading, event);
    } else if (event->open && event->nested == 0 && !event->bad) {
        const char *why = take_property(event, content, value);
        if (why != NULL)
            note_fault(reading, line, why);
        event->bad = why != NULL;
    }
}

/* ---- files ---- */

/* The next line without its end; false: there is none. */
static bool next_line(const char **at, const char *end, const char **ret_text, size_t *ret_size)
{
    if (*at == end)
        return false;
    const char *feed = memchr(*at, '\n', (size_t)(end - *at));
    *ret_text = *at;
    *ret_size = (size_t)((feed == NULL ? end : feed) - *at);
    *at = feed == NULL ? end : feed + 1;
    if (*ret_size > 0 && (*ret_text)[*ret_size - 1] == '\r')
        (*ret_size)--;
    return true;
}

static void read_list(struct reading *reading, const char *at, const char *end)
{
    const char *text = NULL;
    size_t size = 0;
    for (uint32_t line = 1; !reading->full && next_line(&at, end, &text, &size); line++)
        read_list_line(reading, text, size, line);
}

/* A line that begins with a blank goes on with the one before. What is longer than CONTENT_MAX is
 * cut: no line that is used here is. */
static void read_calendar(struct reading *reading, const char *at, const char *end)
{
    char content[CONTENT_MAX + 1];
    struct event event = {.open = false};
    const char *text = NULL;
    size_t size = 0, used = 0;
    uint32_t line = 0, begins = 1;
    while (!reading->full && next_line(&at, end, &text, &size)) {
        bool goes_on = ++line > 1 && size > 0 && (*text == ' ' || *text == '\t');
        if (!goes_on) {
            content[used] = '\0';
            read_content(reading, &event, content, begins);
            used = 0;
            begins = line;
        }
        size_t from = goes_on ? 1 : 0;
        size_t more = size - from < CONTENT_MAX - used ? size - from : CONTENT_MAX - used;
        memcpy(content + used, text + from, more);
        used += more;
    }
    content[used] = '\0';
    if (!reading->full)
        read_content(reading, &event, content, begins);
    if (event.open && !reading->full)
        note_fault(reading, event.line, no_end);
}

bool holidays_read(const void *text, size_t size, struct date_span span,
                   struct holidays *ret_holidays)
{
    static const char mark[] = "\xEF\xBB\xBF", calendar[] = "BEGIN:VCALENDAR";
    struct reading reading = {.found = ret_holidays,
                              .from = span.from < DATE_MIN ? DATE_MIN : span.from,
                              .until = span.until > DATE_MAX ? DATE_MAX : span.until};
    const char *at = text;
    const char *end = at + size;
    *ret_holidays = (struct holidays){0};
    if (size > HOLIDAYS_FILE_MAX)
        return false;
    if (size >= strlen(mark) && memcmp(at, mark, strlen(mark)) == 0)
        at += strlen(mark);
    if ((size_t)(end - at) >= strlen(calendar) && strncasecmp(at, calendar, strlen(calendar)) == 0)
        read_calendar(&reading, at, end);
    else
        read_list(&reading, at, end);
    if (reading.no_memory)
        holidays_fini(ret_holidays);
    return !reading.no_memory;
}

void holidays_fini(struct holidays *holidays)
{
    free(holidays->days);
    *holidays = (struct holidays){0};
}
