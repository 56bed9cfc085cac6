/*
 * Text as it stands on a terminal: looked at, ordered and joined for its script, measured, cut.
 *
 *     bytes ─▶ points (what is not seen as escapes, signs as stand-ins) ─▶ cut ─▶ fribidi ─▶ glyphs
 *
 * Only isolates pass that are not seen: the sentences of languages from right to left have them
 * around each fact. They order the text here, and none goes on to the terminal.
 */
#include "base/sight.h"
#include "base/text.h"
#include "tui/canvas.h"

#include <fribidi.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { ISOLATE_FIRST = 0x2066, ISOLATE_LAST = 0x2069, ELLIPSIS = 0x2026, ESCAPE_MAX = 16 };

/* ---- without UTF-8 ---- */

static const struct {
    uint32_t point;
    const char *text;
} stand_ins[] = {
    {0x25CF, "*"},  {0x25CC, "~"},   {0x25CB, "o"},     {0x25B2, "^"},   {0x2298, "#"},
    {0x2715, "x"},  {0x2713, "v"},   {0x25F7, "@"},     {0x2016, "="},   {0x258E, "|"},
    {0x2192, "->"}, {0x2039, "<"},   {0x203A, ">"},     {0x2611, "[x]"}, {0x2610, "[ ]"},
    {0x2500, "-"},  {0x2502, "|"},   {0x2026, "."},     {0x2212, "-"},   {0x2013, "-"},
    {0x2014, "-"},  {0x00B7, "-"},   {0x00D7, "x"},     {0x2018, "'"},   {0x2019, "'"},
    {0x201C, "\""}, {0x201D, "\""},  {0x00AB, "\""},    {0x00BB, "\""},  {0x20AC, "EUR"},
    {0x20AB, "d"},  {0x00A5, "CNY"}, {0x00A3, "GBP"},   {0xFDFC, "IRR"}, {0x00A0, " "},
    {0x202F, " "},  {0x2191, "^"},   {0x2193, "v"},     {0x2190, "<-"},  {0x2588, "#"},
    {0x2592, "+"},  {0x2591, "."},   {0x21B5, "Enter"}, {0x066C, ","},   {0x066B, "."},
    {0x00BF, "?"},  {0x2260, "!="},  {0x066A, "%"},
};

static bool is_large(uint32_t point)
{
    if (point >= 0x1A0 && point <= 0x1B0)
        return point == 0x1A0 || point == 0x1AF;
    if (point < 0x100)
        return point >= 0xC0 && point <= 0xDE;
    return point <= 0x1EFF && point % 2 == 0 && (point < 0x180 || point >= 0x1E00);
}

/* Latin letters without their marks, digits of any script; for the rest "?". */
static const char *ascii_of(uint32_t point, const char *bytes, size_t size, char out[ESCAPE_MAX])
{
    for (size_t i = 0; i < sizeof(stand_ins) / sizeof(stand_ins[0]); i++)
        if (stand_ins[i].point == point)
            return stand_ins[i].text;
    size_t folded = text_fold(bytes, size, out, ESCAPE_MAX - 1);
    out[folded] = '\0';
    if (folded == 0)
        return "";
    for (size_t i = 0; i < folded; i++)
        if ((unsigned char)out[i] >= 0x80)
            return "?";
    if (is_large(point) && out[0] >= 'a' && out[0] <= 'z')
        out[0] = (char)(out[0] - 'a' + 'A');
    return out;
}

/* ---- points ---- */

struct points {
    FriBidiChar at[GLYPHS_MAX];
    size_t count;
};

static void put_point(struct points *points, uint32_t point)
{
    if (points->count < GLYPHS_MAX - 1)
        points->at[points->count++] = point;
}

static void put_ascii(struct points *points, const char *text)
{
    for (; *text != '\0'; text++)
        put_point(points, (unsigned char)*text);
}

static void read_points(const char *text, struct glyph_look look, struct points *points)
{
    size_t size = strlen(text);
    struct sight_place sight = {0};
    char escape[ESCAPE_MAX];
    points->count = 0;
    for (size_t at = 0; at < size;) {
        uint32_t point = 0;
        size_t bytes = text_decode(text + at, size - at, &point);
        if (bytes == 0) {
            (void)snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)text[at]);
            put_ascii(points, escape);
            at++;
            continue;
        }
        bool isolate = point >= ISOLATE_FIRST && point <= ISOLATE_LAST;
        if (isolate) {
            put_point(points, point);
        } else if (!sight_sees(&sight, point, text + at + bytes, size - at - bytes) ||
                   point < ' ') {
            (void)snprintf(escape, sizeof(escape), point < 0x100 ? "\\x%02x" : "\\u%04x", point);
            put_ascii(points, escape);
        } else if (!look.unicode && point >= 0x7F) {
            put_ascii(points, ascii_of(point, text + at, bytes, escape));
        } else {
            put_point(points, point);
        }
        at += bytes;
    }
}

/* Columns of one point; -1: no terminal draws it by itself. */
static int width_of(uint32_t point)
{
    if (point >= ISOLATE_FIRST && point <= ISOLATE_LAST)
        return 0;
    return wcwidth((wchar_t)point);
}

static void drawable(struct points *points)
{
    for (size_t i = 0; i < points->count; i++)
        if (width_of(points->at[i]) < 0)
            points->at[i] = '?';
}

static size_t width_of_all(const struct points *points)
{
    size_t width = 0;
    for (size_t i = 0; i < points->count; i++)
        width += (size_t)width_of(points->at[i]);
    return width;
}

/* In the order it is read, so that its beginning stays. */
static void cut(struct points *points, size_t columns, struct glyph_look look)
{
    if (width_of_all(points) <= columns)
        return;
    size_t width = columns > 0 ? 1 : 0; /* of the sign that it is cut */
    size_t kept = 0;
    int open = 0;
    while (kept < points->count && width + (size_t)width_of(points->at[kept]) <= columns) {
        open += points->at[kept] == ISOLATE_LAST                                       ? -1
                : points->at[kept] >= ISOLATE_FIRST && points->at[kept] < ISOLATE_LAST ? 1
                                                                                       : 0;
        width += (size_t)width_of(points->at[kept++]);
    }
    points->count = kept;
    for (; open > 0; open--)
        put_point(points, ISOLATE_LAST);
    if (columns > 0)
        put_point(points, look.unicode ? ELLIPSIS : '.');
}

/* ---- order ---- */

static bool is_plain(const struct points *points)
{
    for (size_t i = 0; i < points->count; i++)
        if (points->at[i] >= 0x590 && (points->at[i] < 0x900 || points->at[i] >= ISOLATE_FIRST))
            return false;
    return true;
}

/* From left to right, letters joined. Wide characters count as neutral ones do; fribidi knows. */
static void order(struct points *points, struct glyph_look look)
{
    FriBidiCharType types[GLYPHS_MAX];
    FriBidiBracketType brackets[GLYPHS_MAX];
    FriBidiLevel levels[GLYPHS_MAX];
    FriBidiArabicProp props[GLYPHS_MAX];
    FriBidiParType base = look.rtl ? FRIBIDI_PAR_WRTL : FRIBIDI_PAR_ON;
    FriBidiStrIndex count = (FriBidiStrIndex)points->count;
    if (count == 0 || (is_plain(points) && !look.rtl))
        return;
    fribidi_get_bidi_types(points->at, count, types);
    fribidi_get_bracket_types(points->at, count, types, brackets);
    if (fribidi_get_par_embedding_levels_ex(types, brackets, count, &base, levels) == 0)
        return;
    fribidi_get_joining_types(points->at, count, props);
    fribidi_join_arabic(types, count, levels, props);
    fribidi_shape(FRIBIDI_FLAGS_DEFAULT | FRIBIDI_FLAGS_ARABIC, levels, count, props, points->at);
    /* Without memory the order that it is read in is left. */
    if (fribidi_reorder_line(FRIBIDI_FLAGS_DEFAULT, types, count, 0, base, levels, points->at,
                             NULL) == 0)
        return;
}

/* The fill behind a joined lam-alef; joiners have done their work. */
static bool is_dropped(uint32_t point)
{
    return point == 0xFEFF || point == 0x200C || point == 0x200D ||
           (point >= ISOLATE_FIRST && point <= ISOLATE_LAST);
}

/* Letters that are joined may take fewer columns: only what does not fit then is cut. */
static void fit(struct points *points, size_t columns, struct glyph_look look)
{
    struct points whole = *points;
    size_t width = 0;
    order(&whole, look);
    for (size_t i = 0; i < whole.count; i++)
        if (!is_dropped(whole.at[i]) && width_of(whole.at[i]) > 0)
            width += (size_t)width_of(whole.at[i]);
    if (width <= columns) {
        *points = whole;
        return;
    }
    cut(points, columns, look);
    order(points, look);
}

size_t glyphs_of(const char *text, size_t columns, struct glyph_look look,
                 struct glyph out[GLYPHS_MAX], size_t *ret_columns)
{
    struct points points;
    size_t count = 0;
    size_t width = 0;
    read_points(text, look, &points);
    drawable(&points);
    fit(&points, columns, look);
    for (size_t i = 0; i < points.count; i++) {
        uint32_t point = points.at[i];
        if (is_dropped(point))
            continue;
        int columns_of = width_of(point);
        if (columns_of <= 0) {
            for (size_t mark = 0; count > 0 && mark < GLYPH_MARKS; mark++)
                if (out[count - 1].marks[mark] == 0) {
                    out[count - 1].marks[mark] = point;
                    break;
                }
            continue;
        }
        out[count] = (struct glyph){.base = point, .columns = (uint8_t)columns_of};
        width += (size_t)columns_of;
        count++;
    }
    *ret_columns = width;
    return count;
}

size_t glyphs_columns(const char *text, struct glyph_look look)
{
    struct glyph glyphs[GLYPHS_MAX];
    size_t width;
    (void)glyphs_of(text, GLYPHS_MAX, look, glyphs, &width);
    return width;
}
