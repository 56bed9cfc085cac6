#pragma once
/*
 * What a sheet is drawn with: text by its baseline, rules, frames, QR codes, pictures. All x are
 * counted from the edge where reading starts, so the same words draw a page and its mirror.
 */
#include "paper/sheet.h"

#include <pango/pangocairo.h>

#define MM_OF_POINT (25.4 / 72)

struct type {
    double size; /* points */
    bool bold;
    bool light;   /* ink of labels */
    bool figures; /* digits of one width, read from the left */
};

enum edge {
    EDGE_START,
    EDGE_END,
    EDGE_MIDDLE,
    EDGE_RIGHT, /* in every script */
};

struct room {
    double start; /* from the start edge of the page */
    double top;
    double width;
};

enum { CELLS_MAX = 24 };

struct pen {
    const struct sheet *sheet;
    cairo_t *cairo;
    bool quiet; /* measures only */
    uint32_t page;
    PangoFontMap *map;
    PangoContext *left; /* bases of paragraphs */
    PangoContext *right;
    struct {
        double size;
        int cell;
    } cells[CELLS_MAX];
    size_t cell_count;
    struct sheet_report *report;
    struct failure *failure;
    bool failed;
};

void pen_open(struct pen *pen, const struct sheet *sheet, struct sheet_report *report,
              struct failure *failure);
void pen_close(struct pen *pen);
/* First failure wins; false. */
bool pen_fail(struct pen *pen, enum fault fault, const char *text);

/* From line to line. */
double ink_pitch(const struct pen *pen, const struct type *type);
/* Of a text in that width; 0: no text. */
double ink_height(struct pen *pen, const char *text, const struct type *type, double width);
/* In one line. */
double ink_width(struct pen *pen, const char *text, const struct type *type);
/* Wrapped in the room; returns its height, 0 of no text. */
double ink_text(struct pen *pen, const char *text, const struct type *type, enum edge edge,
                const struct room *room);
/* Characters of it that no font has. */
int ink_missing(struct pen *pen, const char *text, const struct type *type);
/* In one line, as long as it is; figures and dates. */
void ink_line(struct pen *pen, const char *text, const struct type *type, enum edge edge,
              const struct room *room);
void ink_rule(struct pen *pen, const struct room *room, bool strong);
void ink_frame(struct pen *pen, const struct room *room, double height);
void ink_circle(struct pen *pen, const struct room *room); /* dashed, as wide as the room */
bool ink_code(struct pen *pen, const char *payload, const struct room *room);
/* Within the room and that height, at its start; *ret_height: what it takes. */
bool ink_image(struct pen *pen, const struct sheet_image *image, const struct room *room,
               double height, double *ret_height);
void ink_across(struct pen *pen, const char *text);
