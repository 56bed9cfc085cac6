#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

#include "base/fault.h"
#include "base/fold.h"
#include "base/han.h"

enum {
    TAB = 0x09,
    LINE_FEED = 0x0A,
    TATWEEL = 0x0640,
    LINE_SEPARATOR = 0x2028,
    PARAGRAPH_SEPARATOR = 0x2029,
    DECOMPOSED_MAX = 32, /* the longest decomposition has 18 code points */
};

/* ---- UTF-8 ---- */

static bool continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The length a first byte announces and the bits it brings. */
static size_t lead_size(uint8_t lead, uint32_t *ret_bits)
{
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    static const uint8_t masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    *ret_bits = lead & masks[size];
    return lead < 0xF5 ? size : 0;
}

size_t text_decode(const void *text, size_t size, uint32_t *ret_point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *bytes = text;
    uint32_t point;
    size_t length = size == 0 ? 0 : lead_size(bytes[0], &point);
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (!continues(bytes[i]))
            return 0;
        point = point << 6 | (bytes[i] & 0x3FU);
    }
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return 0;
    *ret_point = point;
    return length;
}

static bool control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F);
}

static bool bidi_control(uint32_t point)
{
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x200E || point == 0x200F || point == 0x061C;
}

static bool new_line(uint32_t point)
{
    return point == LINE_FEED || point == LINE_SEPARATOR || point == PARAGRAPH_SEPARATOR;
}

static bool point_allowed(uint32_t point, bool one_line)
{
    if (point == TAB || new_line(point))
        return !one_line;
    return !control(point) && !bidi_control(point);
}

static bool all_allowed(const void *text, size_t size, bool one_line)
{
    const uint8_t *at = text;
    uint32_t point = 0;
    while (size > 0) {
        size_t length = text_decode(at, size, &point);
        if (length == 0 || !point_allowed(point, one_line))
            return false;
        at += length;
        size -= length;
    }
    return true;
}

bool text_valid(const void *text, size_t size)
{
    return all_allowed(text, size, false);
}

bool text_line_valid(const void *text, size_t size)
{
    return all_allowed(text, size, true);
}

size_t text_length(const void *text, size_t size)
{
    const uint8_t *bytes = text;
    size_t points = 0;
    for (size_t i = 0; i < size; i++)
        points += continues(bytes[i]) ? 0 : 1;
    return points;
}

/* The next code point; bytes that are not UTF-8 are passed over. false at the end. */
static bool point_next(const uint8_t **at, size_t *left, uint32_t *ret_point)
{
    while (*left > 0) {
        size_t length = text_decode(*at, *left, ret_point);
        size_t step = length == 0 ? 1 : length;
        *at += step;
        *left -= step;
        if (length > 0)
            return true;
    }
    return false;
}

/* ---- what a code point is ---- */

static utf8proc_category_t category_of(uint32_t point)
{
    return utf8proc_category((utf8proc_int32_t)point);
}

/* Decimal digits stand in runs of ten from zero, in every script (Unicode promises it). */
static int digit_of(uint32_t point)
{
    if (category_of(point) != UTF8PROC_CATEGORY_ND)
        return -1;
    uint32_t before = 0;
    while (category_of(point - before - 1) == UTF8PROC_CATEGORY_ND)
        before++;
    return (int)(before % 10);
}

static bool space(uint32_t point)
{
    return point == TAB || new_line(point) || category_of(point) == UTF8PROC_CATEGORY_ZS;
}

/* Marks, joiners and fillers a search must not stumble over. */
static bool dropped(uint32_t point)
{
    const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)point);
    return property->category == UTF8PROC_CATEGORY_MN ||
           property->category == UTF8PROC_CATEGORY_ME ||
           property->category == UTF8PROC_CATEGORY_CF || property->combining_class != 0 ||
           property->ignorable || point == TATWEEL;
}

/* ---- folding ---- */

struct letter {
    uint32_t from;
    const char *to;
};

/* Letters that decomposing and lower case leave apart though people search one by the other.
 * Sorted. */
static const struct letter letters[] = {
    {0x00E6, "ae"}, /* æ */
    {0x00F0, "d"},  /* ð, often typed for đ */
    {0x00F8, "o"},  /* ø */
    {0x00FE, "th"}, /* þ */
    {0x0111, "d"},  /* đ */
    {0x0127, "h"},  /* ħ */
    {0x0131, "i"},  /* ı */
    {0x0142, "l"},  /* ł */
    {0x0153, "oe"}, /* œ */
    {0x0167, "t"},  /* ŧ */
    {0x0256, "d"},  /* ɖ, the small letter of Ɖ */
    {0x03C2, "σ"},  /* ς */
    {0x0629, "ه"},  /* ة */
    {0x0643, "ک"},  /* ك */
    {0x0649, "ی"},  /* ى */
    {0x064A, "ی"},  /* ي */
    {0x0671, "ا"},  /* ٱ */
    {0x06BE, "ه"},  /* ھ */
    {0x06C1, "ه"},  /* ہ */
    {0x06D5, "ه"},  /* ە */
};

static const char *letter_folded(uint32_t point)
{
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i].from == point)
            return letters[i].to;
    }
    return NULL;
}

/* Where a key is written: never past the capacity, and nothing more once something was cut. */
struct key {
    char *out;
    size_t size;
    size_t capacity;
    bool space_waits; /* written only before something that is not a space */
    bool cut;
};

static void key_put(struct key *key, const void *bytes, size_t size)
{
    size_t space_size = key->space_waits && key->size > 0 ? 1 : 0;
    if (key->cut || size + space_size > key->capacity - key->size) {
        key->cut = true;
        return;
    }
    if (space_size > 0)
        key->out[key->size++] = ' ';
    key->space_waits = false;
    memcpy(key->out + key->size, bytes, size);
    key->size += size;
}

static void key_put_point(struct key *key, uint32_t point)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t size = utf8proc_encode_char((utf8proc_int32_t)point, bytes);
    key_put(key, bytes, (size_t)size);
}

/* One code point that is already decomposed and lower case. */
static void key_put_folded(struct key *key, uint32_t point)
{
    const char *letter = letter_folded(point);
    int digit = digit_of(point);
    char sign = fold_sign(point);
    if (sign != '\0' && sign != ' ')
        key_put_point(key, (uint8_t)sign);
    else if (letter != NULL)
        key_put(key, letter, strlen(letter));
    else if (digit >= 0)
        key_put_point(key, (uint32_t)('0' + digit));
    else if (space(point))
        key->space_waits = true;
    else if (!dropped(point))
        key_put_point(key, point);
}

static void key_put_ascii(struct key *key, uint32_t point)
{
    if (point == ' ' || point == TAB || point == LINE_FEED)
        key->space_waits = true;
    else if (point == '`')
        key_put_point(key, '\'');
    else
        key_put_point(key, point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point);
}

static void key_put_raw(struct key *key, uint32_t point)
{
    const utf8proc_option_t how =
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
    utf8proc_int32_t parts[DECOMPOSED_MAX];
    int boundary = 0;
    if (fold_sign(point) != '\0') { /* some come apart into a blank and a mark */
        key_put_folded(key, point);
        return;
    }
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)point, parts, DECOMPOSED_MAX, how, &boundary);
    need(count >= 0 && count <= DECOMPOSED_MAX);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        key_put_folded(key, han_simplified((uint32_t)parts[i]));
}

size_t text_fold(const void *text, size_t size, char *out, size_t capacity)
{
    struct key key = {.out = out, .capacity = capacity};
    const uint8_t *at = text;
    uint32_t point = 0;
    while (!key.cut && point_next(&at, &size, &point)) {
        if (point < 0x80)
            key_put_ascii(&key, point);
        else
            key_put_raw(&key, point);
    }
    return key.size;
}

size_t text_digits(const void *text, size_t size, char *out, size_t capacity)
{
    const uint8_t *at = text;
    uint32_t point = 0;
    size_t written = 0;
    while (written < capacity && point_next(&at, &size, &point)) {
        int digit = digit_of(point);
        if (digit >= 0)
            out[written++] = (char)('0' + digit);
    }
    return written;
}

size_t text_columns(const void *text, size_t size)
{
    const uint8_t *at = text;
    uint32_t point = 0;
    size_t columns = 0;
    while (point_next(&at, &size, &point)) {
        int width = utf8proc_charwidth((utf8proc_int32_t)point);
        columns += width > 0 ? (size_t)width : 0;
    }
    return columns;
}

bool text_same_but(const char *a, const char *b, const char *aside)
{
    for (;;) {
        a += strspn(a, aside);
        b += strspn(b, aside);
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}
