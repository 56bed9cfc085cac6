/* The picture: cells by row and column, mirrored for who reads from right to left. */
#include "tui/canvas.h"
#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

void canvas_init(struct canvas *canvas)
{
    *canvas = (struct canvas){.cursor_row = -1};
}

void canvas_fini(struct canvas *canvas)
{
    free(canvas->cells);
    canvas_init(canvas);
}

void canvas_begin(struct canvas *canvas, int rows, int columns, struct glyph_look look)
{
    size_t count = (size_t)rows * (size_t)columns;
    struct cell *cells = realloc(canvas->cells, (count == 0 ? 1 : count) * sizeof(*cells));
    need(cells != NULL);
    for (size_t i = 0; i < count; i++)
        cells[i] = (struct cell){.glyph = {.base = ' ', .columns = 1}};
    *canvas = (struct canvas){
        .rows = rows, .columns = columns, .look = look, .cells = cells, .cursor_row = -1};
}

/* Where a cell of this width begins on the glass. */
static int place(const struct canvas *canvas, int column, int width)
{
    return canvas->look.rtl ? canvas->columns - column - width : column;
}

static void blank(struct canvas *canvas, int row, int at, int width, unsigned look)
{
    struct cell *line = canvas->cells + (size_t)row * (size_t)canvas->columns;
    for (int i = at < 0 ? 0 : at; i < at + width && i < canvas->columns; i++)
        line[i] = (struct cell){.glyph = {.base = ' ', .columns = 1},
                                .look = (uint8_t)((line[i].look & LOOK_CURSOR) | look)};
}

static void put_glyphs(struct canvas *canvas, int row, int at, const struct glyph *glyphs,
                       size_t count, unsigned look)
{
    struct cell *line = canvas->cells + (size_t)row * (size_t)canvas->columns;
    for (size_t i = 0; i < count && at + glyphs[i].columns <= canvas->columns; i++) {
        unsigned cursor = at >= 0 ? line[at].look & LOOK_CURSOR : 0;
        if (at >= 0)
            line[at] = (struct cell){.glyph = glyphs[i], .look = (uint8_t)(look | cursor)};
        if (at >= 0 && glyphs[i].columns == 2)
            line[at + 1] = (struct cell){.look = (uint8_t)(look | cursor)};
        at += glyphs[i].columns;
    }
}

void canvas_put(struct canvas *canvas, int row, int column, int width, enum side side,
                unsigned look, const char *text)
{
    struct glyph glyphs[GLYPHS_MAX];
    size_t columns;
    if (row < 0 || row >= canvas->rows || column < 0 || column >= canvas->columns || width <= 0)
        return;
    if (column + width > canvas->columns)
        width = canvas->columns - column;
    size_t count = glyphs_of(text, (size_t)width, canvas->look, glyphs, &columns);
    bool right = side == SIDE_RIGHT || (side == SIDE_START) == canvas->look.rtl;
    int at = place(canvas, column, width) + (right ? width - (int)columns : 0);
    blank(canvas, row, place(canvas, column, width), width, look);
    put_glyphs(canvas, row, at, glyphs, count, look);
}

void canvas_cursor(struct canvas *canvas, int row, int column, int width)
{
    if (row < 0 || row >= canvas->rows)
        return;
    int at = place(canvas, column, width);
    struct cell *line = canvas->cells + (size_t)row * (size_t)canvas->columns;
    for (int i = at < 0 ? 0 : at; i < at + width && i < canvas->columns; i++)
        line[i].look |= LOOK_CURSOR;
}

void canvas_pair(struct canvas *canvas, int row, int column, int width, const char *words,
                 const char *amount, unsigned look)
{
    int room = (int)glyphs_columns(amount, canvas->look) + 1;
    canvas_put(canvas, row, column, width - room, SIDE_START, look, words);
    canvas_put(canvas, row, column + width - room, room, SIDE_RIGHT, look, amount);
}

void canvas_field(struct canvas *canvas, int row, int column, int width, unsigned look,
                  const char *text, bool here)
{
    struct glyph glyphs[GLYPHS_MAX];
    size_t columns;
    size_t most = width > 1 ? (size_t)width - 1 : 0; /* the cursor stands behind it */
    while (*text != '\0' && glyphs_columns(text, canvas->look) > most)
        do
            text++;
        while (((unsigned char)*text & 0xC0) == 0x80);
    size_t count = glyphs_of(text, most, canvas->look, glyphs, &columns);
    canvas_put(canvas, row, column, width, SIDE_START, look, "");
    int at = place(canvas, column, width);
    if (canvas->look.rtl)
        at += width - (int)columns;
    if (row < 0 || row >= canvas->rows || column >= canvas->columns)
        return;
    put_glyphs(canvas, row, at, glyphs, count, look);
    if (!here)
        return;
    canvas->cursor_row = row;
    canvas->cursor_column = canvas->look.rtl ? at - 1 : at + (int)columns;
}

void canvas_rule(struct canvas *canvas, int row, int column, int width, const char *start,
                 const char *end, unsigned look)
{
    for (int i = 0; i < width; i++)
        canvas_put(canvas, row, column + i, 1, SIDE_START, INK_DIM, "─");
    int room = width - 6;
    int ends = (int)glyphs_columns(end, canvas->look);
    int starts = (int)glyphs_columns(start, canvas->look);
    if (room <= 0)
        return;
    if (ends > room)
        ends = room;
    if (starts > room - (ends > 0 ? ends + 3 : 0))
        starts = room - (ends > 0 ? ends + 3 : 0);
    if (start[0] != '\0' && starts > 0) {
        canvas_put(canvas, row, column + 2, starts + 2, SIDE_START, look, "");
        canvas_put(canvas, row, column + 3, starts, SIDE_START, look, start);
    }
    if (end[0] != '\0') {
        canvas_put(canvas, row, column + width - 4 - ends, ends + 2, SIDE_START, INK_PLAIN, "");
        canvas_put(canvas, row, column + width - 3 - ends, ends, SIDE_START, INK_PLAIN, end);
    }
}

static size_t put_utf8(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)(lead[size] | point);
    return size;
}

size_t canvas_row(const struct canvas *canvas, int row, char *out, size_t capacity)
{
    const struct cell *line = canvas->cells + (size_t)row * (size_t)canvas->columns;
    size_t size = 0;
    for (int i = 0; i < canvas->columns && size + 17 < capacity; i++) {
        if (line[i].glyph.base == 0)
            continue;
        size += put_utf8(line[i].glyph.base, out + size);
        for (size_t mark = 0; mark < GLYPH_MARKS && line[i].glyph.marks[mark] != 0; mark++)
            size += put_utf8(line[i].glyph.marks[mark], out + size);
    }
    while (size > 0 && out[size - 1] == ' ')
        size--;
    out[size] = '\0';
    return size;
}
