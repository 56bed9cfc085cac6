/*
 * Amounts in words, as they are said: client/web/kit/spell.ts does the same for screens.
 *
 *     117,600,000  "one hundred seventeen million six hundred thousand đồng"
 */
#include "tui/inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { GROUPS_MAX = 7 };

struct said {
    char *text;
    size_t size;
};

static void put(struct said *said, const char *joint, const char *word)
{
    int wrote;
    if (word[0] == '\0')
        return;
    wrote = snprintf(said->text + said->size, TEXT_MAX_BYTES - said->size, "%s%s",
                     said->size > 0 ? joint : "", word);
    said->size += wrote > 0 ? (size_t)wrote : 0;
    if (said->size >= TEXT_MAX_BYTES)
        said->size = TEXT_MAX_BYTES - 1;
}

/* Groups of three digits, the last first. */
static size_t groups_of(uint64_t value, unsigned groups[GROUPS_MAX])
{
    size_t count = 0;
    for (; value > 0; value /= 1000)
        groups[count++] = (unsigned)(value % 1000);
    return count;
}

/* ---- English ---- */

static void english(uint64_t value, struct said *said)
{
    static const char *const ones[] = {"zero",    "one",     "two",       "three",    "four",
                                       "five",    "six",     "seven",     "eight",    "nine",
                                       "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                       "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
    static const char *const tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                       "fifty", "sixty", "seventy", "eighty", "ninety"};
    static const char *const scales[] = {"",         "thousand",    "million",    "billion",
                                         "trillion", "quadrillion", "quintillion"};
    unsigned groups[GROUPS_MAX];
    char word[SHORT_MAX];
    size_t count = groups_of(value, groups);
    if (count == 0)
        put(said, " ", ones[0]);
    while (count > 0) {
        unsigned part = groups[--count];
        unsigned rest = part % 100;
        if (part == 0)
            continue;
        if (part >= 100) {
            put(said, " ", ones[part / 100]);
            put(said, " ", "hundred");
        }
        if (rest >= 20)
            (void)snprintf(word, sizeof(word), rest % 10 > 0 ? "%s-%s" : "%s", tens[rest / 10],
                           ones[rest % 10]);
        else
            (void)snprintf(word, sizeof(word), "%s", rest > 0 ? ones[rest] : "");
        put(said, " ", word);
        put(said, " ", scales[count]);
    }
}

/* ---- Persian ---- */

static void persian(uint64_t value, struct said *said)
{
    static const char *const ones[] = {
        "صفر", "یک",    "دو",     "سه",    "چهار",   "پنج",    "شش",     "هفت",  "هشت",  "نه",
        "ده",  "یازده", "دوازده", "سیزده", "چهارده", "پانزده", "شانزده", "هفده", "هجده", "نوزده"};
    static const char *const tens[] = {"",      "",    "بیست",  "سی",    "چهل",
                                       "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"};
    static const char *const hundreds[] = {"",      "صد",   "دویست", "سیصد",  "چهارصد",
                                           "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"};
    static const char *const scales[] = {"",        "هزار",       "میلیون",    "میلیارد",
                                         "تریلیون", "کوادریلیون", "کوینتیلیون"};
    unsigned groups[GROUPS_MAX];
    size_t count = groups_of(value, groups);
    if (count == 0)
        put(said, " و ", ones[0]);
    while (count > 0) {
        unsigned part = groups[--count];
        unsigned rest = part % 100;
        if (part == 0)
            continue;
        put(said, " و ", hundreds[part / 100]);
        if (rest >= 20) {
            put(said, " و ", tens[rest / 10]);
            put(said, " و ", rest % 10 > 0 ? ones[rest % 10] : "");
        } else {
            put(said, " و ", rest > 0 ? ones[rest] : "");
        }
        put(said, " ", scales[count]);
    }
}

/* ---- Greek: thousands are feminine, all else here is neuter ---- */

static const char *greek_one(unsigned value, bool feminine)
{
    static const char *const ones[] = {"",        "ένα",      "δύο",         "τρία",
                                       "τέσσερα", "πέντε",    "έξι",         "επτά",
                                       "οκτώ",    "εννέα",    "δέκα",        "έντεκα",
                                       "δώδεκα",  "δεκατρία", "δεκατέσσερα", "δεκαπέντε",
                                       "δεκαέξι", "δεκαεπτά", "δεκαοκτώ",    "δεκαεννέα"};
    if (feminine && value == 1)
        return "μία";
    if (feminine && value == 3)
        return "τρεις";
    if (feminine && value == 4)
        return "τέσσερις";
    if (feminine && value == 13)
        return "δεκατρείς";
    if (feminine && value == 14)
        return "δεκατέσσερις";
    return ones[value];
}

static void greek_part(unsigned part, bool feminine, struct said *said)
{
    static const char *const tens[] = {"",        "",       "είκοσι",    "τριάντα", "σαράντα",
                                       "πενήντα", "εξήντα", "εβδομήντα", "ογδόντα", "ενενήντα"};
    static const char *const hundreds[][2] = {
        {"", ""},
        {"", ""},
        {"διακόσια", "διακόσιες"},
        {"τριακόσια", "τριακόσιες"},
        {"τετρακόσια", "τετρακόσιες"},
        {"πεντακόσια", "πεντακόσιες"},
        {"εξακόσια", "εξακόσιες"},
        {"επτακόσια", "επτακόσιες"},
        {"οκτακόσια", "οκτακόσιες"},
        {"εννιακόσια", "εννιακόσιες"},
    };
    unsigned rest = part % 100;
    if (part / 100 == 1)
        put(said, " ", rest > 0 ? "εκατόν" : "εκατό");
    else
        put(said, " ", hundreds[part / 100][feminine ? 1 : 0]);
    if (rest >= 20) {
        put(said, " ", tens[rest / 10]);
        put(said, " ", greek_one(rest % 10, feminine));
    } else {
        put(said, " ", greek_one(rest, feminine));
    }
}

static void greek(uint64_t value, struct said *said)
{
    static const char *const scales[][2] = {
        {"", ""},
        {"", ""},
        {"εκατομμύριο", "εκατομμύρια"},
        {"δισεκατομμύριο", "δισεκατομμύρια"},
        {"τρισεκατομμύριο", "τρισεκατομμύρια"},
        {"τετράκις εκατομμύριο", "τετράκις εκατομμύρια"},
        {"πεντάκις εκατομμύριο", "πεντάκις εκατομμύρια"},
    };
    unsigned groups[GROUPS_MAX];
    size_t count = groups_of(value, groups);
    if (count == 0)
        put(said, " ", "μηδέν");
    while (count > 0) {
        unsigned part = groups[--count];
        if (part == 0)
            continue;
        if (count == 1 && part == 1) {
            put(said, " ", "χίλια");
            continue;
        }
        greek_part(part, count == 1, said);
        put(said, " ", count == 1 ? "χιλιάδες" : scales[count][part == 1 ? 0 : 1]);
    }
}

/* ---- Vietnamese: an inner group is read in full; above a thousand million it begins anew ---- */

static const char *const vi_ones[] = {"không", "một", "hai", "ba",  "bốn",
                                      "năm",   "sáu", "bảy", "tám", "chín"};

static void vietnamese_part(unsigned part, bool full, struct said *said)
{
    unsigned hundreds = part / 100;
    unsigned tens = part / 10 % 10;
    unsigned one = part % 10;
    bool begun = hundreds > 0 || full;
    if (begun) {
        put(said, " ", vi_ones[hundreds]);
        put(said, " ", "trăm");
    }
    if (tens == 0 && one > 0 && begun)
        put(said, " ", "lẻ");
    if (tens == 1)
        put(said, " ", "mười");
    if (tens > 1) {
        put(said, " ", vi_ones[tens]);
        put(said, " ", "mươi");
    }
    if (one > 0)
        put(said, " ", tens > 1 && one == 1 ? "mốt" : tens > 0 && one == 5 ? "lăm" : vi_ones[one]);
}

static void vietnamese(uint64_t value, struct said *said)
{
    static const char *const scales[] = {"", "nghìn", "triệu"};
    enum { BILLION = 1000000000 };
    uint64_t rest = value % BILLION;
    bool begun = value >= BILLION;
    if (value == 0)
        put(said, " ", vi_ones[0]);
    if (begun) {
        vietnamese(value / BILLION, said);
        put(said, " ", "tỷ");
    }
    for (int i = 2; rest > 0 && i >= 0; i--) {
        unsigned part = (unsigned)(rest / (i == 2 ? 1000000 : i == 1 ? 1000 : 1) % 1000);
        if (part == 0)
            continue;
        vietnamese_part(part, begun, said);
        put(said, " ", scales[i]);
        begun = true;
    }
}

/* ---- Chinese, as on bills: it cannot be changed by a stroke ---- */

static const char *const zh_ones[] = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

static void chinese_part(unsigned part, struct said *said)
{
    static const struct {
        unsigned unit;
        const char *word;
    } units[] = {{1000, "仟"}, {100, "佰"}, {10, "拾"}, {1, ""}};
    bool begun = false;
    bool gap = false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        unsigned digit = part / units[i].unit % 10;
        if (digit == 0) {
            gap = begun;
            continue;
        }
        put(said, "", gap ? "零" : "");
        put(said, "", zh_ones[digit]);
        put(said, "", units[i].word);
        begun = true;
        gap = false;
    }
}

static void chinese(uint64_t value, struct said *said)
{
    uint64_t big = value / 100000000;
    unsigned middle = (unsigned)(value / 10000 % 10000);
    unsigned low = (unsigned)(value % 10000);
    size_t before = said->size;
    if (value == 0)
        put(said, "", zh_ones[0]);
    if (big > 0) {
        chinese(big, said);
        put(said, "", "亿");
    }
    if (middle > 0) {
        put(said, "", said->size > before && middle < 1000 ? "零" : "");
        chinese_part(middle, said);
        put(said, "", "万");
    }
    if (low > 0) {
        put(said, "", said->size > before && (low < 1000 || middle == 0) ? "零" : "");
        chinese_part(low, said);
    }
}

/* ---- with its unit ---- */

static const char *name_of(const struct tui *tui)
{
    static const struct {
        const char *code;
        const char *names[LANGUAGES];
    } names[] = {
        {"VND", {"đồng", "đồng", "越南盾", "دونگ", "ντονγκ"}},
        {"EUR", {"euros", "euro", "欧元", "یورو", "ευρώ"}},
        {"CNY", {"yuan", "nhân dân tệ", "元", "یوان", "γουάν"}},
        {"IRR", {"rials", "rial", "里亚尔", "ریال", "ριάλ"}},
        {"IRT", {"tomans", "toman", "土曼", "تومان", "τομάν"}},
        {"USD", {"dollars", "đô la", "美元", "دلار", "δολάρια"}},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i].code, tui->currency.code) == 0)
            return names[i].names[tui->language];
    return tui->currency.code;
}

const char *spell(const struct tui *tui, int64_t minor, char out[TEXT_MAX_BYTES])
{
    static void (*const spells[LANGUAGES])(uint64_t value, struct said * said) = {
        [LANGUAGE_ENGLISH] = english,
        [LANGUAGE_VIETNAMESE] = vietnamese,
        [LANGUAGE_CHINESE] = chinese,
        [LANGUAGE_PERSIAN] = persian,
        [LANGUAGE_GREEK] = greek};
    static const char *const joints[LANGUAGES] = {"and", "và", "又", "و", "και"};
    struct said said = {.text = out};
    char part[SHORT_MAX];
    uint64_t size = minor < 0 ? (uint64_t)-minor : (uint64_t)minor;
    uint64_t one = 1;
    for (int i = 0; i < tui->currency.exponent; i++)
        one *= 10;
    out[0] = '\0';
    spells[tui->language](size / one, &said);
    put(&said, tui->language == LANGUAGE_CHINESE ? "" : " ", name_of(tui));
    if (size % one == 0)
        return out;
    (void)snprintf(part, sizeof(part), "%s %0*" PRIu64 "/%" PRIu64, joints[tui->language],
                   tui->currency.exponent, size % one, one);
    put(&said, " ", part);
    return out;
}
