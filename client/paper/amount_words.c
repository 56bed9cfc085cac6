/*
 * Every language reads a number in groups: of three digits, or of four in Chinese; and what is
 * above the largest word that people use (tỷ, میلیارد, 亿) is read as a number of those. What
 * differs is how a group is read, what stands between two of them, and what the unit does to the
 * numeral.
 */
#include "paper/amount_words.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { EXPONENT_MAX = 4 };

static const uint64_t thousand = 1000, million = 1000000, milliard = 1000000000;
static const uint64_t myriad = 10000, hundred_million = 100000000;

/* ---- writing ---- */

struct words {
    char *out;
    size_t used;
};

static void put(struct words *words, const char *text)
{
    size_t size = strlen(text);
    if (words->used + size >= AMOUNT_WORDS_MAX) /* no int64 comes near */
        return;
    memcpy(words->out + words->used, text, size + 1);
    words->used += size;
}

/* A word behind another, with `between`. */
static void put_word(struct words *words, const char *between, const char *word)
{
    if (words->used > 0)
        put(words, between);
    put(words, word);
}

/* ---- what money is called ---- */

enum gender { NEUTER, FEMININE };

struct unit {
    const char *one, *many; /* NULL: it has no name here */
    enum gender gender;     /* only Greek asks */
};

struct money {
    const char *code;
    int exponent;       /* of which `minor` are the names */
    const char *before; /* Chinese: whose money it is */
    struct unit major, minor;
};

#define SAME(word_)                                                                                \
    {                                                                                              \
        .one = (word_), .many = (word_)                                                            \
    }
#define FORMS(one_, many_)                                                                         \
    {                                                                                              \
        .one = (one_), .many = (many_)                                                             \
    }
#define SHE(one_, many_)                                                                           \
    {                                                                                              \
        .one = (one_), .many = (many_), .gender = FEMININE                                         \
    }
#define NO_UNIT                                                                                    \
    {                                                                                              \
        .one = NULL                                                                                \
    }

static const struct money money_english[] = {
    {"VND", 0, "", SAME("dong"), NO_UNIT},
    {"CNY", 2, "", SAME("yuan"), SAME("fen")},
    {"IRR", 0, "", FORMS("rial", "rials"), NO_UNIT},
    {"IRT", 1, "", FORMS("toman", "tomans"), FORMS("rial", "rials")},
    {"EUR", 2, "", FORMS("euro", "euros"), FORMS("cent", "cents")},
    {"USD", 2, "", FORMS("US dollar", "US dollars"), FORMS("cent", "cents")},
    {"GBP", 2, "", FORMS("pound", "pounds"), FORMS("penny", "pence")},
};
static const struct money money_vietnamese[] = {
    {"VND", 0, "", SAME("đồng"), NO_UNIT},        {"CNY", 2, "", SAME("nhân dân tệ"), SAME("phân")},
    {"IRR", 0, "", SAME("rial"), NO_UNIT},        {"IRT", 1, "", SAME("toman"), SAME("rial")},
    {"EUR", 2, "", SAME("euro"), SAME("xu")},     {"USD", 2, "", SAME("đô la Mỹ"), SAME("xu")},
    {"GBP", 2, "", SAME("bảng Anh"), SAME("xu")},
};
/* A minor unit of 分 is written as 角 and 分. */
static const struct money money_chinese[] = {
    {"VND", 0, "越南盾", SAME("盾"), NO_UNIT},
    {"CNY", 2, "人民币", SAME("圆"), SAME("分")},
    {"IRR", 0, "伊朗里亚尔", SAME("里亚尔"), NO_UNIT},
    {"IRT", 1, "伊朗土曼", SAME("土曼"), SAME("里亚尔")},
    {"EUR", 2, "欧元", SAME("圆"), SAME("分")},
    {"USD", 2, "美元", SAME("圆"), SAME("分")},
    {"GBP", 2, "英镑", SAME("镑"), SAME("便士")},
};
static const struct money money_persian[] = {
    {"VND", 0, "", SAME("دونگ"), NO_UNIT},     {"CNY", 2, "", SAME("یوان"), SAME("فن")},
    {"IRR", 0, "", SAME("ریال"), NO_UNIT},     {"IRT", 1, "", SAME("تومان"), SAME("ریال")},
    {"EUR", 2, "", SAME("یورو"), SAME("سنت")}, {"USD", 2, "", SAME("دلار"), SAME("سنت")},
    {"GBP", 2, "", SAME("پوند"), SAME("پنس")},
};
static const struct money money_greek[] = {
    {"VND", 0, "", SAME("ντονγκ"), NO_UNIT},
    {"CNY", 2, "", SAME("γιουάν"), SAME("φεν")},
    {"IRR", 0, "", SAME("ριάλ"), NO_UNIT},
    {"IRT", 1, "", SAME("τομάν"), SAME("ριάλ")},
    {"EUR", 2, "", SAME("ευρώ"), FORMS("λεπτό", "λεπτά")},
    {"USD", 2, "", FORMS("δολάριο", "δολάρια"), FORMS("σεντ", "σεντς")},
    {"GBP", 2, "", SHE("λίρα", "λίρες"), SHE("πένα", "πένες")},
};

/* ---- English ---- */

static const char *const english_small[] = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const english_tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                           "fifty", "sixty", "seventy", "eighty", "ninety"};
static const char *const english_scale[] = {"",         "thousand",    "million",    "billion",
                                            "trillion", "quadrillion", "quintillion"};

/* 1 to 99 */
static void english_below_hundred(struct words *words, const char *between, unsigned number)
{
    if (number < 20) {
        put_word(words, between, english_small[number]);
        return;
    }
    put_word(words, between, english_tens[number / 10]);
    if (number % 10 > 0)
        put_word(words, "-", english_small[number % 10]);
}

/* "one thousand and five": `and` before what is less than a hundred, behind anything. */
static void english_group(struct words *words, unsigned group, bool last)
{
    bool behind = words->used > 0;
    if (group >= 100) {
        put_word(words, " ", english_small[group / 100]);
        put(words, " hundred");
    }
    if (group % 100 > 0)
        english_below_hundred(words, group >= 100 || (last && behind) ? " and " : " ", group % 100);
}

static void english(struct words *words, uint64_t number, enum gender gender)
{
    uint64_t scale = milliard * milliard;
    (void)gender;
    if (number == 0)
        put(words, english_small[0]);
    for (int at = 6; at >= 0; at--, scale /= thousand) {
        unsigned group = (unsigned)(number / scale % thousand);
        if (group == 0)
            continue;
        english_group(words, group, at == 0);
        if (at > 0)
            put_word(words, " ", english_scale[at]);
    }
}

/* ---- Vietnamese ---- */

static const char *const vietnamese_digits[] = {"không", "một", "hai", "ba",  "bốn",
                                                "năm",   "sáu", "bảy", "tám", "chín"};

/* 21 mốt, 24 tư, 15 lăm: a digit behind a ten. */
static const char *vietnamese_ones(unsigned ten, unsigned one)
{
    if (one == 1 && ten > 1)
        return "mốt";
    if (one == 4 && ten > 1)
        return "tư";
    if (one == 5)
        return "lăm";
    return vietnamese_digits[one];
}

/* Behind another group all three digits are read: "không trăm lẻ năm". */
static void vietnamese_group(struct words *words, unsigned group, bool behind)
{
    unsigned ten = group / 10 % 10;
    unsigned one = group % 10;
    if (group >= 100 || behind) {
        put_word(words, " ", vietnamese_digits[group / 100]);
        put(words, " trăm");
    }
    if (ten == 0 && one > 0) {
        if (group >= 100 || behind)
            put(words, " lẻ");
        put_word(words, " ", vietnamese_digits[one]);
        return;
    }
    if (ten == 1)
        put_word(words, " ", "mười");
    if (ten > 1) {
        put_word(words, " ", vietnamese_digits[ten]);
        put(words, " mươi");
    }
    if (ten > 0 && one > 0)
        put_word(words, " ", vietnamese_ones(ten, one));
}

static void vietnamese_below_milliard(struct words *words, uint64_t number, bool behind)
{
    static const char *const scale[] = {"", "nghìn", "triệu"};
    uint64_t unit = million;
    for (int at = 2; at >= 0; at--, unit /= thousand) {
        unsigned group = (unsigned)(number / unit % thousand);
        if (group == 0)
            continue;
        vietnamese_group(words, group, behind);
        behind = true;
        if (at > 0)
            put_word(words, " ", scale[at]);
    }
}

/* A number of tỷ may have its own: "một tỷ tỷ". */
static void vietnamese(struct words *words, uint64_t number, enum gender gender)
{
    bool large = number >= milliard;
    if (number == 0)
        put(words, vietnamese_digits[0]);
    if (large) {
        vietnamese(words, number / milliard, gender);
        put(words, " tỷ");
    }
    vietnamese_below_milliard(words, number % milliard, large);
}

/* ---- Chinese, in the forms that nobody changes with a stroke ---- */

static const char *const chinese_digits[] = {"零", "壹", "贰", "叁", "肆",
                                             "伍", "陆", "柒", "捌", "玖"};

/* Zeros inside are one 零, those at the end none. behind: something stands before; zero: and a 零
 * between, also where this group has none. */
static void chinese_group(struct words *words, unsigned group, bool behind, bool zero)
{
    static const char *const places[] = {"仟", "佰", "拾", ""};
    unsigned unit = 1000;
    for (int at = 0; at < 4; at++, unit /= 10) {
        unsigned digit = group / unit % 10;
        if (digit == 0) {
            zero = zero || behind;
            continue;
        }
        put(words, zero ? chinese_digits[0] : "");
        put(words, chinese_digits[digit]);
        put(words, places[at]);
        zero = false;
        behind = true;
    }
}

static void chinese_number(struct words *words, uint64_t number, bool behind)
{
    unsigned high = (unsigned)(number % hundred_million / myriad);
    unsigned low = (unsigned)(number % myriad);
    if (number >= hundred_million) {
        chinese_number(words, number / hundred_million, behind);
        put(words, "亿");
        behind = true;
    }
    if (high > 0) {
        chinese_group(words, high, behind, false);
        put(words, "万");
        behind = true;
    }
    if (low > 0) /* no 万 at all is a zero too */
        chinese_group(words, low, behind, behind && high == 0);
}

/* 角 and 分 of hundredths: "叁角整", "零伍分". */
static void chinese_cents(struct words *words, unsigned cents, bool behind)
{
    if (cents / 10 > 0) {
        put(words, chinese_digits[cents / 10]);
        put(words, "角");
    } else if (behind) {
        put(words, chinese_digits[0]);
    }
    if (cents % 10 == 0) {
        put(words, "整");
        return;
    }
    put(words, chinese_digits[cents % 10]);
    put(words, "分");
}

static void chinese(struct words *words, const struct money *money, bool negative, uint64_t major,
                    uint64_t minor, uint64_t scale)
{
    char fraction[48];
    bool named = money->minor.one != NULL;
    put(words, money->before);
    put(words, negative ? "负" : "");
    if (major > 0 || minor == 0 || !named) {
        if (major == 0)
            put(words, chinese_digits[0]);
        else
            chinese_number(words, major, false);
        put(words, money->major.one);
    }
    if (minor == 0) {
        put(words, "整");
    } else if (!named) {
        (void)snprintf(fraction, sizeof fraction, "又%llu/%llu", (unsigned long long)minor,
                       (unsigned long long)scale);
        put(words, fraction);
    } else if (strcmp(money->minor.one, "分") == 0) {
        chinese_cents(words, (unsigned)minor, major > 0);
    } else {
        if (major > 0 && minor * 10 < scale)
            put(words, chinese_digits[0]);
        chinese_number(words, minor, false);
        put(words, money->minor.one);
    }
}

/* ---- Persian ---- */

static const char *const persian_small[] = {
    "صفر", "یک",    "دو",     "سه",    "چهار",   "پنج",    "شش",     "هفت",  "هشت",  "نه",
    "ده",  "یازده", "دوازده", "سیزده", "چهارده", "پانزده", "شانزده", "هفده", "هجده", "نوزده"};
static const char *const persian_tens[] = {"",      "",    "بیست",  "سی",    "چهل",
                                           "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"};
static const char *const persian_hundreds[] = {"",      "صد",   "دویست", "سیصد",  "چهارصد",
                                               "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"};

static void persian_group(struct words *words, unsigned group)
{
    static const char and[] = " و ";
    if (group >= 100)
        put_word(words, and, persian_hundreds[group / 100]);
    group %= 100;
    if (group >= 20) {
        put_word(words, and, persian_tens[group / 10]);
        group %= 10;
    }
    if (group > 0)
        put_word(words, and, persian_small[group]);
}

/* A thousand is "یک هزار", before which nothing can be written. */
static void persian(struct words *words, uint64_t number, enum gender gender)
{
    static const char *const scale[] = {"", "هزار", "میلیون"};
    uint64_t unit = million;
    if (number == 0)
        put(words, persian_small[0]);
    if (number >= milliard) {
        persian(words, number / milliard, gender);
        put(words, " میلیارد");
    }
    for (int at = 2; at >= 0; at--, unit /= thousand) {
        unsigned group = (unsigned)(number / unit % thousand);
        if (group == 0)
            continue;
        persian_group(words, group);
        if (at > 0)
            put_word(words, " ", scale[at]);
    }
}

/* ---- Greek ---- */

static const char *const greek_small[2][20] = {
    [NEUTER] = {"μηδέν",     "ένα",     "δύο",      "τρία",     "τέσσερα",
                "πέντε",     "έξι",     "επτά",     "οκτώ",     "εννέα",
                "δέκα",      "έντεκα",  "δώδεκα",   "δεκατρία", "δεκατέσσερα",
                "δεκαπέντε", "δεκαέξι", "δεκαεπτά", "δεκαοκτώ", "δεκαεννέα"},
    [FEMININE] = {"μηδέν",     "μία",     "δύο",      "τρεις",     "τέσσερις",
                  "πέντε",     "έξι",     "επτά",     "οκτώ",      "εννέα",
                  "δέκα",      "έντεκα",  "δώδεκα",   "δεκατρείς", "δεκατέσσερις",
                  "δεκαπέντε", "δεκαέξι", "δεκαεπτά", "δεκαοκτώ",  "δεκαεννέα"},
};
static const char *const greek_tens[] = {"",        "",       "είκοσι",    "τριάντα", "σαράντα",
                                         "πενήντα", "εξήντα", "εβδομήντα", "ογδόντα", "ενενήντα"};
static const char *const greek_hundreds[2][10] = {
    [NEUTER] = {"", "εκατό", "διακόσια", "τριακόσια", "τετρακόσια", "πεντακόσια", "εξακόσια",
                "επτακόσια", "οκτακόσια", "εννιακόσια"},
    [FEMININE] = {"", "εκατό", "διακόσιες", "τριακόσιες", "τετρακόσιες", "πεντακόσιες", "εξακόσιες",
                  "επτακόσιες", "οκτακόσιες", "εννιακόσιες"},
};

static void greek_group(struct words *words, unsigned group, enum gender gender)
{
    if (group >= 100) {
        put_word(words, " ", greek_hundreds[gender][group / 100]);
        if (group / 100 == 1 && group % 100 > 0)
            put(words, "ν"); /* εκατόν δύο */
    }
    group %= 100;
    if (group >= 20) {
        put_word(words, " ", greek_tens[group / 10]);
        group %= 10;
    }
    if (group > 0)
        put_word(words, " ", greek_small[gender][group]);
}

/* Thousands are feminine whatever is counted, but for the first, which goes with it: "χίλια ευρώ",
 * "χίλιες λίρες". Millions and more are neuter. */
static void greek(struct words *words, uint64_t number, enum gender gender)
{
    static const struct {
        const char *one, *many;
    } scale[] = {{"", ""},
                 {"", "χιλιάδες"},
                 {"εκατομμύριο", "εκατομμύρια"},
                 {"δισεκατομμύριο", "δισεκατομμύρια"},
                 {"τρισεκατομμύριο", "τρισεκατομμύρια"},
                 {"τετράκις εκατομμύριο", "τετράκις εκατομμύρια"},
                 {"πεντάκις εκατομμύριο", "πεντάκις εκατομμύρια"}};
    uint64_t unit = milliard * milliard;
    if (number == 0)
        put(words, greek_small[NEUTER][0]);
    for (int at = 6; at >= 0; at--, unit /= thousand) {
        unsigned group = (unsigned)(number / unit % thousand);
        if (group == 0)
            continue;
        if (at == 1 && group == 1) {
            put_word(words, " ", gender == FEMININE ? "χίλιες" : "χίλια");
            continue;
        }
        greek_group(words, group, at == 0 ? gender : at == 1 ? FEMININE : NEUTER);
        if (at > 0)
            put_word(words, " ", group == 1 ? scale[at].one : scale[at].many);
    }
}

/* ---- all of it ---- */

struct tongue {
    const char *language;
    const struct money *money;
    size_t count;
    void (*number)(struct words *words, uint64_t number, enum gender gender); /* NULL: Chinese */
    const char *minus;
    const char *and; /* between major and minor units */
};

#define MONEY_OF(table) table, sizeof(table) / sizeof((table)[0])
static const struct tongue tongues[] = {
    {"en", MONEY_OF(money_english), english, "minus ", " and "},
    {"vi", MONEY_OF(money_vietnamese), vietnamese, "âm ", " và "},
    {"zh", MONEY_OF(money_chinese), NULL, "负", ""},
    {"fa", MONEY_OF(money_persian), persian, "منفی ", " و "},
    {"el", MONEY_OF(money_greek), greek, "μείον ", " και "},
};

static const struct tongue *tongue_of(const char *language)
{
    for (size_t i = 0; i < sizeof tongues / sizeof tongues[0]; i++)
        if (strcmp(tongues[i].language, language) == 0)
            return &tongues[i];
    return NULL;
}

/* Without names of its own: the code. With other decimals than ours: those are a fraction. */
static struct money money_of(const struct tongue *tongue, const char *code, int exponent)
{
    struct money money = {
        .code = code, .exponent = exponent, .before = "", .major = SAME(code), .minor = NO_UNIT};
    for (size_t i = 0; i < tongue->count; i++)
        if (strcmp(tongue->money[i].code, code) == 0)
            money = tongue->money[i];
    if (money.exponent != exponent)
        money.minor = (struct unit)NO_UNIT;
    return money;
}

static void put_units(struct words *words, const struct tongue *tongue, uint64_t number,
                      const struct unit *unit)
{
    char text[AMOUNT_WORDS_MAX];
    struct words own = {.out = text};
    text[0] = '\0';
    tongue->number(&own, number, unit->gender);
    put(words, text);
    put(words, " ");
    put(words, number == 1 ? unit->one : unit->many);
}

static void put_fraction(struct words *words, const struct tongue *tongue, uint64_t minor,
                         uint64_t scale)
{
    char figures[48];
    (void)snprintf(figures, sizeof figures, "%llu/%llu", (unsigned long long)minor,
                   (unsigned long long)scale);
    if (strcmp(tongue->language, "fa") != 0) {
        put(words, figures);
        return;
    }
    for (const char *at = figures; *at != '\0'; at++) {
        char digit[] = {(char)0xDB, (char)(0xB0 + (*at - '0')), '\0'};
        put(words, *at == '/' ? "/" : digit);
    }
}

bool amount_words(const char *language, int64_t amount_minor, const char *code, int exponent,
                  char out[AMOUNT_WORDS_MAX])
{
    static const uint64_t scales[EXPONENT_MAX + 1] = {1, 10, 100, 1000, 10000};
    const struct tongue *tongue = tongue_of(language);
    struct words words = {.out = out};
    out[0] = '\0';
    if (tongue == NULL || exponent < 0 || exponent > EXPONENT_MAX)
        return false;
    bool negative = amount_minor < 0;
    uint64_t amount = negative ? UINT64_C(0) - (uint64_t)amount_minor : (uint64_t)amount_minor;
    uint64_t scale = scales[exponent];
    uint64_t major = amount / scale;
    uint64_t minor = amount % scale;
    struct money money = money_of(tongue, code, exponent);
    if (tongue->number == NULL) {
        chinese(&words, &money, negative, major, minor, scale);
        return true;
    }
    bool named = money.minor.one != NULL;
    put(&words, negative ? tongue->minus : "");
    if (major > 0 || minor == 0 || !named)
        put_units(&words, tongue, major, &money.major);
    if (minor == 0)
        return true;
    if (major > 0 || !named)
        put(&words, tongue->and);
    if (named)
        put_units(&words, tongue, minor, &money.minor);
    else
        put_fraction(&words, tongue, minor, scale);
    return true;
}
