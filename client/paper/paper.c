/*
 * Drawing: each row is laid out twice, words and figure, and placed by its baseline, for the boxes
 * of fonts differ (Arabic letters stand much taller). Figures have a column of their own, as wide
 * as the widest, and end at its right edge in every script: so units stand under units also where
 * the page is read from the right.
 */
#include "paper/paper.h"

#include "paper/fonts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARGIN = 6,
    COLUMN_GAP = 14,
    RULE_ROOM = 18,
    RULE_THICK = 2,
    INK = 96, /* of 255: what is darker is a dot */
    FOOT = 8,
};

struct drawing {
    const struct slip *slip;
    uint32_t width;
    uint32_t figures; /* width of their column; 0: there are none */
    PangoContext *context;
    struct paper_report report;
};

/* ---- type ---- */

static int size_of(const struct drawing *drawing, enum slip_kind kind)
{
    bool narrow = drawing->width < PAPER_80_MM;
    int size = narrow ? 23 : 26;
    switch (kind) {
    case SLIP_TITLE:
        size = narrow ? 28 : 34;
        break;
    case SLIP_STRONG:
        size = narrow ? 26 : 30;
        break;
    case SLIP_HEAD:
    case SLIP_SMALL:
        size = narrow ? 20 : 23;
        break;
    case SLIP_PLAIN:
    case SLIP_RULE:
        break;
    }
    /* Arabic letters are smaller in the same size */
    return drawing->slip->right_to_left ? size * 6 / 5 : size;
}

static PangoContext *context_make(const struct slip *slip)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
    PangoContext *context = fonts_context(NULL, slip->language, slip->right_to_left, options);
    cairo_font_options_destroy(options);
    return context;
}

static PangoLayout *layout_make(struct drawing *drawing, enum slip_kind kind, const char *text)
{
    PangoLayout *layout = pango_layout_new(drawing->context);
    PangoFontDescription *font = pango_font_description_new();
    bool bold = kind == SLIP_TITLE || kind == SLIP_STRONG;
    pango_font_description_set_family_static(font, fonts_families(drawing->slip->language));
    pango_font_description_set_absolute_size(font, size_of(drawing, kind) * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_MEDIUM);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    if (drawing->slip->right_to_left)
        pango_layout_set_line_spacing(layout, 0.75F);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static void count_missing(struct drawing *drawing, PangoLayout *layout)
{
    int missing = pango_layout_get_unknown_glyphs_count(layout);
    if (missing <= 0)
        return;
    if (drawing->report.missing == 0)
        (void)snprintf(drawing->report.missing_in, sizeof drawing->report.missing_in, "%s",
                       pango_layout_get_text(layout));
    drawing->report.missing += (uint32_t)missing;
}

/* ---- a row ---- */

struct placed {
    PangoLayout *start; /* NULL: none */
    PangoLayout *end;
    bool apart; /* the figure stands on a line of its own */
    int cut;    /* of the room above its first line */
    uint32_t height;
    int baseline; /* of the line that the figure stands on */
};

static bool has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static int width_of(PangoLayout *layout)
{
    int width = 0;
    pango_layout_get_pixel_size(layout, &width, NULL);
    return width;
}

static int height_of(PangoLayout *layout)
{
    int height = 0;
    pango_layout_get_pixel_size(layout, NULL, &height);
    return height;
}

static int first_baseline(PangoLayout *layout)
{
    return PANGO_PIXELS(pango_layout_get_baseline(layout));
}

static int last_baseline(PangoLayout *layout)
{
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    while (pango_layout_iter_next_line(iter)) {
    }
    int baseline = PANGO_PIXELS(pango_layout_iter_get_baseline(iter));
    pango_layout_iter_free(iter);
    return baseline;
}

static int inside(const struct drawing *drawing)
{
    return (int)drawing->width - 2 * MARGIN;
}

/* A figure is read from the left in every script. */
static PangoLayout *figure_make(struct drawing *drawing, const struct slip_row *row)
{
    char figure[256];
    bool isolate = drawing->slip->right_to_left;
    (void)snprintf(figure, sizeof figure, "%s%s%s", isolate ? "\u2066" : "", row->end,
                   isolate ? "\u2069" : "");
    PangoLayout *layout = layout_make(drawing, row->kind, figure);
    pango_layout_set_width(layout, -1);
    return layout;
}

static void lay_start(struct drawing *drawing, const struct slip_row *row, struct placed *placed)
{
    bool middle = row->kind == SLIP_TITLE || row->kind == SLIP_HEAD;
    int room = inside(drawing);
    placed->start = layout_make(drawing, row->kind, row->start);
    if (placed->end != NULL) {
        /* a long word beside a long figure: the figure goes below */
        bool column = drawing->slip->right_to_left;
        int left = room - (column ? (int)drawing->figures : width_of(placed->end)) - COLUMN_GAP;
        placed->apart = left < room / 3;
        room = placed->apart ? room : left;
    }
    pango_layout_set_wrap(placed->start, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(placed->start, room * PANGO_SCALE);
    pango_layout_set_alignment(placed->start, middle ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    if (drawing->slip->right_to_left && !middle) /* by our own hand: auto_dir is off */
        pango_layout_set_alignment(placed->start, PANGO_ALIGN_RIGHT);
}

/* Words and figure have one baseline, that of the last line of the words. */
static void place(struct placed *placed)
{
    int start_height = placed->start == NULL ? 0 : height_of(placed->start);
    int end_height = placed->end == NULL ? 0 : height_of(placed->end);
    int start_base = placed->start == NULL ? 0 : last_baseline(placed->start);
    int end_base = placed->end == NULL ? 0 : first_baseline(placed->end);
    if (placed->start == NULL || placed->end == NULL || placed->apart) {
        placed->baseline =
            placed->apart ? start_height + end_base : (placed->end == NULL ? start_base : end_base);
        placed->height = (uint32_t)(start_height + end_height);
        return;
    }
    int base = start_base > end_base ? start_base : end_base;
    int below = start_height - start_base;
    if (end_height - end_base > below)
        below = end_height - end_base;
    placed->baseline = base;
    placed->height = (uint32_t)(base + below);
}

/* Fonts of Arabic letters leave twice the room above and below that a line wants. */
static void trim(const struct drawing *drawing, const struct slip_row *row, struct placed *placed)
{
    PangoLayout *first = placed->start != NULL ? placed->start : placed->end;
    if (!drawing->slip->right_to_left || first == NULL)
        return;
    int size = size_of(drawing, row->kind);
    bool beside = placed->end != NULL && placed->start != NULL && !placed->apart;
    int top = beside ? placed->baseline - last_baseline(first) : 0;
    int above = top + first_baseline(first) - size;
    int below = (int)placed->height - placed->baseline - size * 3 / 5;
    placed->cut = above > 0 ? above : 0;
    placed->height -= (uint32_t)(placed->cut + (below > 0 ? below : 0));
}

static void lay(struct drawing *drawing, const struct slip_row *row, struct placed *ret_placed)
{
    *ret_placed = (struct placed){.start = NULL};
    if (row->kind == SLIP_RULE) {
        ret_placed->height = RULE_ROOM;
        return;
    }
    if (has(row->end))
        ret_placed->end = figure_make(drawing, row);
    if (has(row->start))
        lay_start(drawing, row, ret_placed);
    place(ret_placed);
    trim(drawing, row, ret_placed);
}

static void placed_free(struct placed *placed)
{
    if (placed->start != NULL)
        g_object_unref(placed->start);
    if (placed->end != NULL)
        g_object_unref(placed->end);
}

/* ---- all rows ---- */

/* The widest figure says where all of them end. */
static void measure_figures(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->slip->count; i++) {
        const struct slip_row *row = &drawing->slip->rows[i];
        if (row->kind == SLIP_RULE || !has(row->end))
            continue;
        PangoLayout *figure = figure_make(drawing, row);
        uint32_t width = (uint32_t)width_of(figure);
        drawing->figures = width > drawing->figures ? width : drawing->figures;
        g_object_unref(figure);
    }
}

static uint32_t measure(struct drawing *drawing)
{
    uint32_t height = 0;
    measure_figures(drawing);
    for (size_t i = 0; i < drawing->slip->count; i++) {
        struct placed placed;
        lay(drawing, &drawing->slip->rows[i], &placed);
        if (placed.start != NULL)
            count_missing(drawing, placed.start);
        if (placed.end != NULL)
            count_missing(drawing, placed.end);
        height += placed.height;
        placed_free(&placed);
        if (height > PAPER_HEIGHT_MAX)
            return height;
    }
    return height + FOOT;
}

static int figures_end(const struct drawing *drawing)
{
    return drawing->slip->right_to_left ? MARGIN + (int)drawing->figures
                                        : (int)drawing->width - MARGIN;
}

static void show(cairo_t *cairo, PangoLayout *layout, int x, int y)
{
    cairo_move_to(cairo, x, y);
    pango_cairo_show_layout(cairo, layout);
}

static void draw_row(struct drawing *drawing, cairo_t *cairo, const struct slip_row *row,
                     const struct placed *placed, int top)
{
    top -= placed->cut;
    if (row->kind == SLIP_RULE) {
        int middle = top + RULE_ROOM / 2;
        cairo_rectangle(cairo, MARGIN, middle, inside(drawing), RULE_THICK);
        cairo_fill(cairo);
        return;
    }
    if (placed->start != NULL) {
        int room = pango_layout_get_width(placed->start) / PANGO_SCALE;
        int x = drawing->slip->right_to_left ? (int)drawing->width - MARGIN - room : MARGIN;
        int y = placed->end == NULL || placed->apart
                    ? top
                    : top + placed->baseline - last_baseline(placed->start);
        show(cairo, placed->start, x, y);
    }
    if (placed->end != NULL)
        show(cairo, placed->end, figures_end(drawing) - width_of(placed->end),
             top + placed->baseline - first_baseline(placed->end));
}

static void draw_all(struct drawing *drawing, cairo_t *cairo)
{
    int top = 0;
    cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    for (size_t i = 0; i < drawing->slip->count; i++) {
        struct placed placed;
        lay(drawing, &drawing->slip->rows[i], &placed);
        draw_row(drawing, cairo, &drawing->slip->rows[i], &placed, top);
        top += (int)placed.height;
        placed_free(&placed);
    }
}

/* ---- dots ---- */

static bool take_dots(cairo_surface_t *surface, struct picture *picture)
{
    const uint8_t *ink = cairo_image_surface_get_data(surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    picture->stride = (picture->width + 7) / 8;
    picture->dots = calloc(picture->height, picture->stride);
    if (picture->dots == NULL)
        return false;
    for (uint32_t y = 0; y < picture->height; y++)
        for (uint32_t x = 0; x < picture->width; x++)
            if (ink[y * stride + x] > INK)
                picture->dots[y * picture->stride + x / 8] |= (uint8_t)(0x80U >> (x % 8));
    return true;
}

static bool draw_on(struct drawing *drawing, struct picture *ret_picture, struct failure *failure)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)ret_picture->width,
                                                          (int)ret_picture->height);
    cairo_t *cairo = cairo_create(surface);
    pango_cairo_update_context(cairo, drawing->context);
    draw_all(drawing, cairo);
    cairo_surface_flush(surface);
    bool good = cairo_status(cairo) == CAIRO_STATUS_SUCCESS && take_dots(surface, ret_picture);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return good || fail(failure, FAULT_MEMORY, 0, "no memory for the picture of a slip");
}

bool paper_draw(const struct slip *slip, uint32_t width, struct picture *ret_picture,
                struct paper_report *ret_report, struct failure *failure)
{
    struct drawing drawing = {.slip = slip, .width = width};
    drawing.context = context_make(slip);
    *ret_picture = (struct picture){.width = width, .height = measure(&drawing)};
    bool good = ret_picture->height <= PAPER_HEIGHT_MAX
                    ? draw_on(&drawing, ret_picture, failure)
                    : fail(failure, FAULT_USE, 0, "this is too long for a slip");
    drawing.report.figures_end = (uint32_t)figures_end(&drawing);
    if (ret_report != NULL)
        *ret_report = drawing.report;
    g_object_unref(drawing.context);
    return good;
}

void picture_free(struct picture *picture)
{
    free(picture->dots);
    *picture = (struct picture){.width = 0};
}

bool picture_write_png(const struct picture *picture, const char *path, struct failure *failure)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)picture->width, (int)picture->height);
    uint8_t *data = cairo_image_surface_get_data(surface);
    size_t stride = data == NULL ? 0 : (size_t)cairo_image_surface_get_stride(surface);
    if (data == NULL) {
        cairo_surface_destroy(surface);
        return fail(failure, FAULT_MEMORY, 0, "no memory for the picture of a slip");
    }
    cairo_surface_flush(surface);
    for (uint32_t y = 0; y < picture->height; y++)
        for (uint32_t x = 0; x < picture->width; x++) {
            bool black = (picture->dots[y * picture->stride + x / 8] & (0x80U >> (x % 8))) != 0;
            memset(data + y * stride + (size_t)x * 4, black ? 0 : 255, 4);
        }
    cairo_surface_mark_dirty(surface);
    cairo_status_t status = cairo_surface_write_to_png(surface, path);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ||
           fail(failure, FAULT_IO, 0, "cannot write %s: %s", path, cairo_status_to_string(status));
}
