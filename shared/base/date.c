#include "base/date.h"

#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, ERA_DAYS = 146097 };

/* From 0000-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z: what four digits of year can say. */
#define INSTANT_MIN (-INT64_C(719528) * DAY_MS)
#define INSTANT_MAX (INT64_C(2932897) * DAY_MS - 1)

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int civil_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool civil_valid(struct civil civil)
{
    return civil.year >= 1 && civil.year <= 9999 && civil.month >= 1 && civil.month <= 12 &&
           civil.day >= 1 && civil.day <= civil_month_days(civil.year, civil.month);
}

/* The year is counted from March here, so that the leap day is its last one; five months from
 * March or August have 153 days; 400 years are one era. */
int64_t days_of_civil(struct civil civil)
{
    int64_t year = civil.month > 2 ? civil.year : civil.year - 1;
    int64_t month = (civil.month + 9) % 12;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * month + 2) / 5 + civil.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - 719468;
}

/* For days from 0000-01-01 on; the 400 added years keep all of it positive. */
static struct civil civil_of_days(int64_t days)
{
    int64_t shifted = days + 719468 + ERA_DAYS;
    int64_t era = shifted / ERA_DAYS;
    int64_t day_of_era = shifted % ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
    int64_t year = year_of_era + (era - 1) * 400 + (month >= 10 ? 1 : 0);
    return (struct civil){(int)year, (int)(month < 10 ? month + 3 : month - 9), (int)day};
}

bool date_of_civil(struct civil civil, uint32_t *ret_date)
{
    if (!civil_valid(civil))
        return false;
    int64_t days = days_of_civil(civil);
    if (days < DATE_MIN || days > DATE_MAX)
        return false;
    *ret_date = (uint32_t)days;
    return true;
}

struct civil civil_of_date(uint32_t date)
{
    if (date < DATE_MIN || date > DATE_MAX)
        return (struct civil){0};
    return civil_of_days(date);
}

static bool digits_read(const char *text, int count, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

static void digits_write(int value, int count, char *out)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

bool date_read(const char *text, size_t size, uint32_t *ret_date)
{
    struct civil civil;
    if (size != DATE_TEXT_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return false;
    return digits_read(text, 4, &civil.year) && digits_read(text + 5, 2, &civil.month) &&
           digits_read(text + 8, 2, &civil.day) && date_of_civil(civil, ret_date);
}

static void civil_write(struct civil civil, char *out)
{
    digits_write(civil.year, 4, out);
    out[4] = '-';
    digits_write(civil.month, 2, out + 5);
    out[7] = '-';
    digits_write(civil.day, 2, out + 8);
}

void date_write(uint32_t date, char out[DATE_TEXT_SIZE])
{
    memset(out, 0, DATE_TEXT_SIZE);
    if (date >= DATE_MIN && date <= DATE_MAX)
        civil_write(civil_of_days(date), out);
}

int date_weekday(uint32_t date)
{
    return (int)((date % 7 + 3) % 7); /* 1970-01-01 was a Thursday */
}

static int64_t divided_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

static int64_t instant_clamped(int64_t instant_ms)
{
    if (instant_ms < INSTANT_MIN)
        return INSTANT_MIN;
    return instant_ms > INSTANT_MAX ? INSTANT_MAX : instant_ms;
}

void instant_write(int64_t instant_ms, char out[INSTANT_TEXT_SIZE])
{
    int64_t within = instant_clamped(instant_ms);
    int64_t days = divided_down(within, DAY_MS);
    int ms = (int)(within - days * DAY_MS);
    memcpy(out, "0000-00-00T00:00:00.000Z", INSTANT_TEXT_SIZE);
    civil_write(civil_of_days(days), out);
    digits_write(ms / 3600000, 2, out + 11);
    digits_write(ms / 60000 % 60, 2, out + 14);
    digits_write(ms / 1000 % 60, 2, out + 17);
    digits_write(ms % 1000, 3, out + 20);
}

uint32_t date_of_instant(int64_t instant_ms, int32_t offset_s)
{
    int64_t moved = instant_clamped(instant_ms) + (int64_t)offset_s * 1000;
    int64_t days = divided_down(moved, DAY_MS);
    return days < DATE_MIN || days > DATE_MAX ? DATE_NONE : (uint32_t)days;
}

/* ---- time zones ---- */

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* "07:00", "07" or "7", behind its sign. */
static bool read_hours(const char *text, int32_t *ret_minutes)
{
    size_t digits = strspn(text, "0123456789");
    const char *rest = text + digits;
    bool minutes =
        strlen(rest) == 3 && rest[0] == ':' && rest[1] >= '0' && rest[1] < '6' && is_digit(rest[2]);
    if (digits == 0 || digits > 2 || (minutes ? digits != 2 : rest[0] != '\0'))
        return false;
    int32_t hours = digits == 2 ? (text[0] - '0') * 10 + text[1] - '0' : text[0] - '0';
    *ret_minutes = hours * 60 + (minutes ? (rest[1] - '0') * 10 + rest[2] - '0' : 0);
    return true;
}

bool utc_offset_read(const char *text, int32_t *ret_minutes)
{
    bool west = text[0] == '-';
    if ((!west && text[0] != '+') || !read_hours(text + 1, ret_minutes))
        return false;
    if (west)
        *ret_minutes = -*ret_minutes;
    return *ret_minutes >= UTC_OFFSET_MIN && *ret_minutes <= UTC_OFFSET_MAX;
}

void utc_offset_write(int32_t minutes, char out[UTC_OFFSET_TEXT_SIZE])
{
    int32_t size = minutes < 0 ? -minutes : minutes;
    memcpy(out, minutes < 0 ? "-00:00" : "+00:00", UTC_OFFSET_TEXT_SIZE);
    digits_write(size / 60 % 100, 2, out + 1);
    digits_write(size % 60, 2, out + 4);
}

void clock_write(int64_t instant_ms, int32_t utc_offset_minutes, char out[CLOCK_TEXT_SIZE])
{
    char text[INSTANT_TEXT_SIZE];
    instant_write(instant_clamped(instant_ms) + (int64_t)utc_offset_minutes * 60000, text);
    memcpy(out, text, CLOCK_TEXT_SIZE);
    out[10] = ' ';
    out[CLOCK_TEXT_SIZE - 1] = '\0';
}

void zone_write(int32_t utc_offset_minutes, char out[ZONE_TEXT_SIZE])
{
    memcpy(out, "UTC", 4);
    if (utc_offset_minutes != 0)
        utc_offset_write(utc_offset_minutes, out + 3);
}
