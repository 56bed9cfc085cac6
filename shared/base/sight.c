#include "base/sight.h"

#include <inttypes.h>
#include <stdio.h>
#include <utf8proc.h>

#include "base/text.h"

enum {
    TAB = 0x09,
    LINE_FEED = 0x0A,
    JOINER_NONE = 0x200C,
    JOINER = 0x200D,
    KEYCAP = 0x20E3,
    TEXT_STYLE = 0xFE0E,
    EMOJI_STYLE = 0xFE0F,
    VIRAMA_CLASS = 9,
};

struct span {
    uint32_t first;
    uint32_t last;
};

static bool within(uint32_t point, const struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (point >= spans[i].first && point <= spans[i].last)
            return true;
    }
    return false;
}

#define WITHIN(point, spans) within(point, spans, sizeof(spans) / sizeof((spans)[0]))

/* ---- what a character is ---- */

static const utf8proc_property_t *property_of(uint32_t point)
{
    return utf8proc_get_property((utf8proc_int32_t)point);
}

static bool ascii_seen(uint32_t point)
{
    return point > ' ' && point < 0x7F;
}

/* Signs without ink: of Braille, of music, of hieroglyphs; fillers of Khitan; what Tifinagh joins
 * by. No word needs one, and in the middle of a name it looks like a space, or like nothing. */
static bool without_ink(uint32_t point)
{
    static const struct span inkless[] = {{0x2800, 0x2800},
                                          {0x2D7F, 0x2D7F},
                                          {0x13441, 0x13442},
                                          {0x16FE4, 0x16FE4},
                                          {0x1D159, 0x1D159}};
    return WITHIN(point, inkless);
}

bool sight_blank(uint32_t point)
{
    return point == TAB || point == LINE_FEED ||
           property_of(point)->category == UTF8PROC_CATEGORY_ZS;
}

/* Format characters that are drawn: the signs before Arabic numbers and the like. */
static bool drawn(const utf8proc_property_t *property)
{
    return property->boundclass == UTF8PROC_BOUNDCLASS_PREPEND;
}

bool sight_hides(uint32_t point)
{
    enum { OBJECT = 0xFFFC };
    if (ascii_seen(point))
        return false;
    if (without_ink(point))
        return true;
    const utf8proc_property_t *property = property_of(point);
    utf8proc_propval_t category = property->category;
    if (category == UTF8PROC_CATEGORY_CF)
        return !drawn(property);
    bool assigned = category != UTF8PROC_CATEGORY_CN;
    bool of_control = category >= UTF8PROC_CATEGORY_ZL; /* lines, controls, surrogates, private */
    return !assigned || of_control || property->ignorable || point == OBJECT;
}

static bool mark(uint32_t point)
{
    utf8proc_propval_t category = property_of(point)->category;
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

static bool letter_or_mark(uint32_t point)
{
    utf8proc_propval_t category = property_of(point)->category;
    return mark(point) || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO);
}

/* Arabic, Syriac, Thaana, N'Ko; the scripts of India; Burmese; Khmer and Mongolian. */
static bool letter_that_joins(uint32_t point)
{
    static const struct span scripts[] = {
        {0x620, 0x8FF}, {0x900, 0xDFF}, {0x1000, 0x109F}, {0x1780, 0x18AF}};
    return WITHIN(point, scripts) && letter_or_mark(point);
}

static bool pictograph(uint32_t point)
{
    static const struct span skins[] = {{0x1F3FB, 0x1F3FF}};
    return property_of(point)->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC ||
           WITHIN(point, skins);
}

/* ---- what stands where it is needed ---- */

static bool joins(uint32_t before, uint32_t joiner, uint32_t next)
{
    if (letter_that_joins(before) && letter_that_joins(next))
        return true;
    if (joiner == JOINER_NONE)
        return false;
    bool half_letter =
        letter_that_joins(before) && property_of(before)->combining_class == VIRAMA_CLASS;
    return half_letter || ((pictograph(before) || before == EMOJI_STYLE) && pictograph(next));
}

static bool selects(uint32_t before, uint32_t selector, uint32_t next)
{
    static const struct span mongolian[] = {{0x1820, 0x18AA}};
    static const struct span of_mongolian[] = {{0x180B, 0x180F}};
    bool key = (before >= '0' && before <= '9') || before == '#' || before == '*';
    if (WITHIN(selector, of_mongolian))
        return WITHIN(before, mongolian);
    if (selector != TEXT_STYLE && selector != EMOJI_STYLE)
        return false;
    return (key && next == KEYCAP) || (!key && pictograph(before));
}

static bool needed(uint32_t before, uint32_t point, const void *after, size_t left)
{
    uint32_t next = 0;
    (void)text_decode(after, left, &next);
    if (before == 0)
        return false;
    return point == JOINER_NONE || point == JOINER ? joins(before, point, next)
                                                   : selects(before, point, next);
}

bool sight_sees(struct sight_place *sight, uint32_t point, const void *after, size_t left)
{
    bool seen = true;
    bool on_top = !ascii_seen(point) && mark(point);
    if (ascii_seen(point)) {
        *sight = (struct sight_place){.before = point};
        return true;
    }
    if (sight_hides(point))
        seen = needed(sight->before, point, after, left);
    else if (on_top)
        seen = sight->before != 0 && sight->marks < SIGHT_MARKS_MAX;
    sight->marks = on_top ? sight->marks + 1 : 0;
    sight->before = seen && !sight_blank(point) ? point : 0;
    return seen;
}

/* ---- a whole text ---- */

static enum sight_flaw flaw_of(struct sight_place *sight, uint32_t point, const void *after,
                               size_t left, enum sight_form form)
{
    if (point == TAB || point == LINE_FEED) {
        *sight = (struct sight_place){0};
        return form == SIGHT_OF_LINES ? SIGHT_CLEAR : SIGHT_BREAK;
    }
    if (!sight_sees(sight, point, after, left))
        return mark(point) && !sight_hides(point) ? SIGHT_MARK : SIGHT_UNSEEN;
    return form == SIGHT_OF_A_KEY && sight_hides(point) ? SIGHT_UNSEEN : SIGHT_CLEAR;
}

/* Returns false, for `return`. */
static bool found(struct sight_fault *fault, enum sight_flaw flaw, uint32_t at, uint32_t point)
{
    *fault = (struct sight_fault){flaw, at, point};
    return false;
}

bool sight_clear(const void *text, size_t size, enum sight_form form, struct sight_fault *ret_fault)
{
    const uint8_t *rest = text;
    struct sight_place sight = {0};
    uint32_t count = 0;
    uint32_t first = 0;
    uint32_t point = 0;
    bool something = false;
    *ret_fault = (struct sight_fault){SIGHT_CLEAR, 0, 0};
    while (size > 0) {
        size_t taken = text_decode(rest, size, &point);
        count++;
        if (taken == 0)
            return found(ret_fault, SIGHT_NOT_UTF8, count, 0);
        rest += taken;
        size -= taken;
        first = count == 1 ? point : first;
        enum sight_flaw flaw = flaw_of(&sight, point, rest, size, form);
        if (flaw != SIGHT_CLEAR)
            return found(ret_fault, flaw, count, point);
        something = something || !sight_blank(point);
    }
    if (count > 0 && !something)
        return found(ret_fault, SIGHT_BLANK, 1, 0);
    if (count == 0 || form == SIGHT_OF_LINES)
        return true;
    if (sight_blank(first))
        return found(ret_fault, SIGHT_EDGE, 1, first);
    return !sight_blank(point) || found(ret_fault, SIGHT_EDGE, count, point);
}

/* ---- words ---- */

const char *sight_word(uint32_t point)
{
    static const struct {
        struct span points;
        const char *word;
    } words[] = {
        {{0x09, 0x09}, "tab"},
        {{0x0A, 0x0A}, "line break"},
        {{0x0D, 0x0D}, "line break"},
        {{0x00, 0x1F}, "control character"},
        {{0x7F, 0x9F}, "control character"},
        {{0xAD, 0xAD}, "soft hyphen"},
        {{0x61C, 0x61C}, "direction mark"},
        {{0x115F, 0x1160}, "filler"},
        {{0x3164, 0x3164}, "filler"},
        {{0xFFA0, 0xFFA0}, "filler"},
        {{0x200B, 0x200B}, "space without width"},
        {{0x200C, 0x200D}, "joiner without width"},
        {{0x200E, 0x200F}, "direction mark"},
        {{0x2028, 0x2029}, "line break"},
        {{0x202A, 0x202E}, "direction control"},
        {{0x2060, 0x2060}, "joiner without width"},
        {{0x2066, 0x2069}, "direction control"},
        {{0xFE00, 0xFE0F}, "variation selector"},
        {{0xE0100, 0xE01EF}, "variation selector"},
        {{0xFEFF, 0xFEFF}, "byte order mark"},
        {{0x2800, 0x2800}, "empty sign of Braille"},
        {{0x2D7F, 0x2D7F}, "joiner without width"},
        {{0x13441, 0x13442}, "empty hieroglyph"},
        {{0x16FE4, 0x16FE4}, "filler"},
        {{0x1D159, 0x1D159}, "empty note"},
        {{0xFFF9, 0xFFFB}, "annotation mark"},
        {{0xE0000, 0xE007F}, "tag"},
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (point >= words[i].points.first && point <= words[i].points.last)
            return words[i].word;
    }
    utf8proc_propval_t category = property_of(point)->category;
    if (category == UTF8PROC_CATEGORY_CO)
        return "private character";
    return category == UTF8PROC_CATEGORY_CN ? "unassigned character" : NULL;
}

static const char *ending_of(enum sight_flaw flaw)
{
    switch (flaw) {
    case SIGHT_UNSEEN:
        return ", which nobody sees";
    case SIGHT_MARK:
        return ", a mark without a letter, or one too many on it";
    case SIGHT_BREAK:
        return ", and is one line";
    case SIGHT_EDGE:
        return ", and a blank may not stand at an end";
    case SIGHT_BLANK:
    case SIGHT_NOT_UTF8:
    case SIGHT_CLEAR:
        break;
    }
    return "";
}

const char *sight_say(const struct sight_fault *fault, char out[SIGHT_SAID_MAX])
{
    const char *word = sight_word(fault->point);
    if (fault->flaw == SIGHT_BLANK)
        (void)snprintf(out, SIGHT_SAID_MAX, "has nothing in it but blanks");
    else if (fault->flaw == SIGHT_NOT_UTF8)
        (void)snprintf(out, SIGHT_SAID_MAX, "is not UTF-8 from character %" PRIu32 " on",
                       fault->at);
    else
        (void)snprintf(out, SIGHT_SAID_MAX, "has U+%04" PRIX32 "%s%s%s as character %" PRIu32 "%s",
                       fault->point, word == NULL ? "" : " (", word == NULL ? "" : word,
                       word == NULL ? "" : ")", fault->at, ending_of(fault->flaw));
    return out;
}
