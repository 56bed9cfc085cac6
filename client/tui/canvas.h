#pragma once
/*
 * A picture of the terminal, before a terminal is told of it: cells with one character each.
 *
 * Everything is put as a cell of a table: a place, a width, a side. Text is looked at, ordered for
 * its script (fribidi) and cut inside its cell, so that nothing in a name moves what stands beside
 * it or reaches the terminal as anything but a character. A picture from right to left is the same
 * one with its places mirrored; amounts keep their units under units.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GLYPH_MARKS = 3, GLYPHS_MAX = 640 };

struct glyph {
    uint32_t base;
    uint32_t marks[GLYPH_MARKS]; /* 0: none */
    uint8_t columns;
};

struct glyph_look {
    bool unicode; /* else ASCII stand-ins */
    bool rtl;     /* the language of who looks runs from right to left */
};

/* The text as it stands on a terminal, from left to right; at most `columns` wide, cut with "…".
 * Returns how many glyphs; ret_columns: how wide they are. */
size_t glyphs_of(const char *text, size_t columns, struct glyph_look look,
                 struct glyph out[GLYPHS_MAX], size_t *ret_columns);
/* Columns that it takes uncut. */
size_t glyphs_columns(const char *text, struct glyph_look look);

enum ink {
    INK_PLAIN,
    INK_DIM,
    INK_BOLD,
    INK_OVER, /* what stops a sale or breaks a promise */
    INK_LATE,
    INK_CREDIT,
    INK_ACCENT,
    INKS
};
enum { INK_MASK = 15, LOOK_CURSOR = 16, LOOK_BOLD = 32 };

enum side { SIDE_START, SIDE_END, SIDE_RIGHT /* amounts: also in a picture from right to left */ };

struct cell {
    struct glyph glyph; /* base 0: the second half of a wide one */
    uint8_t look;       /* an ink, and LOOK_... */
};

struct canvas {
    int rows;
    int columns;
    struct glyph_look look;
    struct cell *cells;
    int cursor_row; /* -1: none */
    int cursor_column;
};

void canvas_init(struct canvas *canvas);
void canvas_fini(struct canvas *canvas);
/* Empty, of this size. */
void canvas_begin(struct canvas *canvas, int rows, int columns, struct glyph_look look);
void canvas_put(struct canvas *canvas, int row, int column, int width, enum side side,
                unsigned look, const char *text);
/* The cursor's row: what is put there later keeps its ground. */
void canvas_cursor(struct canvas *canvas, int row, int column, int width);
/* Words at the start of so many columns, an amount at their end. */
void canvas_pair(struct canvas *canvas, int row, int column, int width, const char *words,
                 const char *amount, unsigned look);
/* What is typed, with the cursor behind it; its end is what is seen of a long one. */
void canvas_field(struct canvas *canvas, int row, int column, int width, unsigned look,
                  const char *text, bool here);
/* A rule over the width, with words in it at both ends; either may be "". */
void canvas_rule(struct canvas *canvas, int row, int column, int width, const char *start,
                 const char *end, unsigned look);
/* One row as UTF-8. */
size_t canvas_row(const struct canvas *canvas, int row, char *out, size_t capacity);
