#pragma once
/*
 * Paper: a slip drawn as a picture of black and white dots, for printers that know no letters of
 * ours. Any script, right to left too; the same slip gives the same dots. By cairo and pango, with
 * the Noto fonts; what a font lacks is counted and told, never left out in silence.
 *
 * Thread: any, one at a time. Units: dots, 8 to the millimetre (203 dpi).
 */
#include "base/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAPER_80_MM = 576, /* dots that a printer of that paper reaches */
    PAPER_58_MM = 384,
    PAPER_HEIGHT_MAX = 16000, /* two metres: a longer slip is a mistake */
};

enum slip_kind {
    SLIP_PLAIN,
    SLIP_TITLE, /* large, in the middle */
    SLIP_HEAD,  /* small, in the middle */
    SLIP_STRONG,
    SLIP_SMALL,
    SLIP_RULE, /* a line across; no words */
};

/* Words at the start of the line, and a figure at its end; either may be "" or NULL. Words that are
 * too long go on below; a figure is never cut or broken. */
struct slip_row {
    enum slip_kind kind;
    const char *start;
    const char *end;
};

/* All texts are the caller's, UTF-8. */
struct slip {
    const char *language; /* "vi": which fonts and forms come first */
    bool right_to_left;
    const struct slip_row *rows;
    size_t count;
};

/* Rows of dots from the top; in each byte eight, the leftmost first; 1 is black. Bits behind the
 * width are 0. */
struct picture {
    uint32_t width;
    uint32_t height;
    size_t stride; /* bytes of a row */
    uint8_t *dots; /* of malloc */
};

struct paper_report {
    uint32_t missing;     /* characters that no font here has: boxes stand for them */
    char missing_in[128]; /* the first words with one */
    uint32_t figures_end; /* where every figure ends: units stand under units */
};

/* false: no memory, too long (FAULT_USE), or there are no fonts at all. ret_report may be NULL. */
bool paper_draw(const struct slip *slip, uint32_t width, struct picture *ret_picture,
                struct paper_report *ret_report, struct failure *failure);
void picture_free(struct picture *picture); /* one that was never drawn, too */
bool picture_write_png(const struct picture *picture, const char *path, struct failure *failure);
