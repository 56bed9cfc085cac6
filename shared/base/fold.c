#include "base/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "base/fault.h"
#include "base/hash.h"
#include "base/text.h"

enum {
    POINTS_MAX = 1024,   /* of a key before it is cut */
    DECOMPOSED_MAX = 32, /* the longest decomposition has 18 code points */
    HASHED_BYTES = 8,    /* of the hash, at the end of a long key */
    HASH_DIGITS = 2 * HASHED_BYTES,
};

struct span {
    uint32_t first;
    uint32_t last;
};

/* Spans in their order. */
static bool within(uint32_t point, const struct span *spans, size_t count)
{
    size_t low = 0;
    while (count > 0) {
        size_t half = count / 2;
        if (point > spans[low + half].last) {
            low += half + 1;
            count -= half + 1;
        } else if (point < spans[low + half].first) {
            count = half;
        } else {
            return true;
        }
    }
    return false;
}

#define WITHIN(point, spans) within(point, spans, sizeof(spans) / sizeof((spans)[0]))

/* ---- what a code point is ---- */

char fold_sign(uint32_t point)
{
    static const struct span dashes[] = {{'-', '-'},       {0x02D7, 0x02D7}, {0x058A, 0x058A},
                                         {0x05BE, 0x05BE}, {0x1806, 0x1806}, {0x2010, 0x2015},
                                         {0x2043, 0x2043}, {0x2212, 0x2212}, {0xFE58, 0xFE58},
                                         {0xFE63, 0xFE63}, {0xFF0D, 0xFF0D}};
    static const struct span quotes[] = {
        {'\'', '\''},     {'`', '`'},       {0x00B4, 0x00B4}, {0x02B9, 0x02B9}, {0x02BB, 0x02BD},
        {0x02C8, 0x02C8}, {0x02CA, 0x02CB}, {0x2018, 0x201B}, {0x2032, 0x2032}, {0x2035, 0x2035},
        {0xA78C, 0xA78C}, {0xFF07, 0xFF07}, {0xFF40, 0xFF40}};
    static const struct span double_quotes[] = {
        {'"', '"'}, {0x201C, 0x201F}, {0x2033, 0x2033}, {0x301D, 0x301F}, {0xFF02, 0xFF02}};
    static const struct span blanks[] = {{0x09, 0x0D},     {' ', ' '},       {0x85, 0x85},
                                         {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
                                         {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                                         {0x2800, 0x2800}, {0x3000, 0x3000}};
    if (WITHIN(point, blanks))
        return ' ';
    if (WITHIN(point, dashes))
        return '-';
    if (WITHIN(point, quotes))
        return '\'';
    return WITHIN(point, double_quotes) ? '"' : '\0';
}

int fold_digit(uint32_t point)
{
    /* Unicode 14, in their order. */
    static const uint32_t zeros[] = {
        0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,
        0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,
        0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,
        0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0,
        0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
        0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
        0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
    };
    if (point < 0x80)
        return point >= '0' && point <= '9' ? (int)(point - '0') : -1;
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0] && zeros[i] <= point; i++) {
        if (point - zeros[i] <= 9)
            return (int)(point - zeros[i]);
    }
    return -1;
}

bool fold_drops(uint32_t point)
{
    static const struct span dropped[] = {{0x00AD, 0x00AD}, {0x034F, 0x034F},  {0x061C, 0x061C},
                                          {0x0640, 0x0640}, {0x180B, 0x180F},  {0x200B, 0x200F},
                                          {0x202A, 0x202E}, {0x2060, 0x206F},  {0xFE00, 0xFE0F},
                                          {0xFEFF, 0xFEFF}, {0xE0000, 0xE01EF}};
    return WITHIN(point, dropped);
}

/* What is decomposed and made small: these blocks of Unicode 14, without what was not assigned in
 * them. Letters of what came later stand as they are, in every version of the library. */
static bool decomposes(uint32_t point)
{
    static const struct span assigned[] = {
        {0x00A0, 0x0377}, {0x037A, 0x037F}, {0x0384, 0x038A}, {0x038C, 0x038C}, {0x038E, 0x03A1},
        {0x03A3, 0x052F}, {0x0531, 0x0556}, {0x0559, 0x058A}, {0x058D, 0x058F}, {0x0591, 0x05C7},
        {0x05D0, 0x05EA}, {0x05EF, 0x05F4}, {0x0600, 0x06FF}, {0x1E00, 0x1F15}, {0x1F18, 0x1F1D},
        {0x1F20, 0x1F45}, {0x1F48, 0x1F4D}, {0x1F50, 0x1F57}, {0x1F59, 0x1F59}, {0x1F5B, 0x1F5B},
        {0x1F5D, 0x1F5D}, {0x1F5F, 0x1F7D}, {0x1F80, 0x1FB4}, {0x1FB6, 0x1FC4}, {0x1FC6, 0x1FD3},
        {0x1FD6, 0x1FDB}, {0x1FDD, 0x1FEF}, {0x1FF2, 0x1FF4}, {0x1FF6, 0x1FFE}, {0x2000, 0x2064},
        {0x2066, 0x2071}, {0x2074, 0x208E}, {0x2090, 0x209C}, {0x20A0, 0x20C0}, {0x20D0, 0x20F0},
        {0x2100, 0x218B}, {0x2460, 0x24FF}, {0x3000, 0x303F}, {0x3041, 0x3096}, {0x3099, 0x30FF},
        {0x3131, 0x318E}, {0x3190, 0x31E3}, {0x31F0, 0x321E}, {0x3220, 0x33FF}, {0xAC00, 0xD7A3},
        {0xF900, 0xFA6D}, {0xFA70, 0xFAD9}, {0xFB00, 0xFB06}, {0xFB13, 0xFB17}, {0xFB1D, 0xFB36},
        {0xFB38, 0xFB3C}, {0xFB3E, 0xFB3E}, {0xFB40, 0xFB41}, {0xFB43, 0xFB44}, {0xFB46, 0xFBC2},
        {0xFBD3, 0xFD8F}, {0xFD92, 0xFDC7}, {0xFDCF, 0xFDCF}, {0xFDF0, 0xFDFF}, {0xFE30, 0xFE52},
        {0xFE54, 0xFE66}, {0xFE68, 0xFE6B}, {0xFE70, 0xFE74}, {0xFE76, 0xFEFC}, {0xFEFF, 0xFEFF},
        {0xFF01, 0xFFBE}, {0xFFC2, 0xFFC7}, {0xFFCA, 0xFFCF}, {0xFFD2, 0xFFD7}, {0xFFDA, 0xFFDC},
        {0xFFE0, 0xFFE6}, {0xFFE8, 0xFFEE},
    };
    return WITHIN(point, assigned);
}

/* Arabic letters as a Persian keyboard has them. */
static uint32_t letter_of(uint32_t point)
{
    switch (point) {
    case 0x0649: /* ى */
    case 0x064A: /* ي */
        return 0x06CC;
    case 0x0643: /* ك */
        return 0x06A9;
    default:
        return point;
    }
}

/* ---- a key ---- */

struct key {
    uint32_t points[POINTS_MAX];
    size_t count;
    bool part_waits; /* written only before something, and behind something */
};

static int class_of(uint32_t point)
{
    if (point < 0x80 || !decomposes(point))
        return 0;
    return (int)utf8proc_get_property((utf8proc_int32_t)point)->combining_class;
}

/* Marks on one letter stand in Unicode's order, however they were typed. */
static void put(struct key *key, uint32_t point)
{
    if (key->part_waits && key->count > 0 && key->count < POINTS_MAX)
        key->points[key->count++] = '-';
    key->part_waits = false;
    if (key->count == POINTS_MAX)
        return;
    size_t at = key->count++;
    int class = class_of(point);
    for (; class > 0 && at > 0 && class_of(key->points[at - 1]) > class; at--)
        key->points[at] = key->points[at - 1];
    key->points[at] = point;
}

/* One that is decomposed and small already. */
static void put_plain(struct key *key, uint32_t point)
{
    char sign = fold_sign(point);
    int digit = fold_digit(point);
    if (fold_drops(point))
        return;
    if (sign == ' ' || sign == '-')
        key->part_waits = true;
    else if (sign != '\0')
        put(key, (uint8_t)sign);
    else
        put(key, digit >= 0 ? (uint32_t)('0' + digit) : letter_of(point));
}

static void put_decomposed(struct key *key, uint32_t point)
{
    const utf8proc_option_t how =
        UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD;
    utf8proc_int32_t parts[DECOMPOSED_MAX];
    int boundary = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)point, parts, DECOMPOSED_MAX, how, &boundary);
    need(count >= 0 && count <= DECOMPOSED_MAX);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        put_plain(key, (uint32_t)parts[i]);
}

static void put_point(struct key *key, uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        put(key, point - 'A' + 'a');
    else if (point < 0x80 || fold_sign(point) != '\0' || !decomposes(point))
        put_plain(key, point);
    else
        put_decomposed(key, point);
}

static void put_as_it_stands(struct key *key, uint32_t point)
{
    char sign = fold_sign(point);
    key->part_waits = false;
    put(key, sign == ' ' || sign == '-' ? '-' : point);
}

/* Bytes that are not UTF-8 stand for themselves. */
static void read_with(struct key *key, const char *text, void (*each)(struct key *, uint32_t))
{
    size_t left = strlen(text);
    key->count = 0;
    key->part_waits = false;
    while (left > 0) {
        uint32_t point = 0;
        size_t size = text_decode(text, left, &point);
        each(key, size > 0 ? point : (uint8_t)*text);
        text += size > 0 ? size : 1;
        left -= size > 0 ? size : 1;
    }
}

/* Nothing but dashes and the like are a key too. */
static void read_key(struct key *key, const char *text)
{
    read_with(key, text, put_point);
    if (key->count == 0)
        read_with(key, text, put_as_it_stands);
}

/* As UTF-8; how much fits, whole characters. */
static size_t write_key(const struct key *key, char *out, size_t capacity, struct hash_state *hash)
{
    size_t size = 0;
    bool full = false;
    for (size_t i = 0; i < key->count; i++) {
        utf8proc_uint8_t bytes[4];
        size_t part = (size_t)utf8proc_encode_char((utf8proc_int32_t)key->points[i], bytes);
        if (hash != NULL)
            hash_add(hash, bytes, part);
        full = full || size + part > capacity;
        if (!full) {
            memcpy(out + size, bytes, part);
            size += part;
        }
    }
    return size;
}

static size_t key_size(const struct key *key)
{
    size_t size = 0;
    for (size_t i = 0; i < key->count; i++)
        size += key->points[i] < 0x80      ? 1
                : key->points[i] < 0x800   ? 2
                : key->points[i] < 0x10000 ? 3
                                           : 4;
    return size;
}

static size_t end_with_hash(const struct key *key, char *out)
{
    struct hash_state state;
    struct hash hash;
    char digits[HASH_TEXT_SIZE];
    hash_begin(&state);
    size_t size = write_key(key, out, FOLD_KEY_MAX - HASH_DIGITS, &state);
    hash_end(&state, &hash);
    hash_text(&hash, digits);
    memcpy(out + size, digits, HASH_DIGITS);
    return size + HASH_DIGITS;
}

/* Letters, digits, dashes and blanks of ASCII, as nearly all keys are; 0: something else is in it.
 */
static size_t fold_ascii(const char *text, char *out)
{
    size_t size = 0;
    bool part = false;
    for (; *text != '\0'; text++) {
        uint8_t c = (uint8_t)*text;
        bool parts = c == '-' || c == ' ';
        if (c >= 0x80 || c < ' ' || c == '`' || size + 2 > FOLD_KEY_MAX)
            return 0;
        if (!parts && part && size > 0)
            out[size++] = '-';
        if (!parts)
            out[size++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        part = parts;
    }
    out[size] = '\0';
    return size;
}

size_t fold_key(const char *text, char out[FOLD_KEY_MAX + 1])
{
    size_t size = fold_ascii(text, out);
    if (size > 0)
        return size;
    struct key key;
    read_key(&key, text);
    size = key_size(&key) <= FOLD_KEY_MAX ? write_key(&key, out, FOLD_KEY_MAX, NULL)
                                          : end_with_hash(&key, out);
    out[size] = '\0';
    return size;
}

size_t fold_key_begin(const char *text, char out[FOLD_KEY_MAX + 1])
{
    struct key key;
    read_key(&key, text);
    size_t size = write_key(&key, out, FOLD_KEY_MAX - HASH_DIGITS, NULL);
    out[size] = '\0';
    return size;
}

bool fold_same(const char *a, const char *b)
{
    char key[FOLD_KEY_MAX + 1];
    char other[FOLD_KEY_MAX + 1];
    return strcmp(a, b) == 0 || (fold_key(a, key) == fold_key(b, other) && strcmp(key, other) == 0);
}

/* ---- phones ---- */

/* Digits of the calling code a number begins with (ITU-T E.164); all others have three. */
static size_t calling_code(const char *digits, size_t count)
{
    static const char two[] =
        " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 "
        "56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
    if (count == 0)
        return 0;
    if (digits[0] == '1' || digits[0] == '7')
        return 1;
    if (count < 2)
        return count;
    const char code[] = {' ', digits[0], digits[1], ' ', '\0'};
    size_t size = strstr(two, code) != NULL ? 2 : 3;
    return size < count ? size : count;
}

static size_t zeros_of(const char *digits, size_t count)
{
    size_t zeros = 0;
    while (zeros < count && digits[zeros] == '0')
        zeros++;
    return zeros;
}

size_t fold_phone(const char *text, size_t size, char out[FOLD_PHONE_MAX + 1])
{
    char digits[2 * FOLD_PHONE_MAX];
    size_t count = 0;
    bool abroad = false;
    uint32_t point = 0;
    for (size_t step; size > 0; text += step, size -= step) {
        step = text_decode(text, size, &point);
        int digit = step > 0 ? fold_digit(point) : -1;
        step = step > 0 ? step : 1;
        abroad = abroad || (count == 0 && (point == '+' || point == 0xFF0B));
        if (digit >= 0 && count < sizeof digits)
            digits[count++] = (char)('0' + digit);
    }
    size_t skip = zeros_of(digits, count);
    if (abroad || (skip == 2 && count > 2))
        skip += calling_code(digits + skip, count - skip);
    skip += zeros_of(digits + skip, count - skip);
    size_t left = count - skip < FOLD_PHONE_MAX ? count - skip : FOLD_PHONE_MAX;
    memcpy(out, digits + skip, left);
    out[left] = '\0';
    return left;
}
