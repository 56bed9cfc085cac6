/*
 * Lines are placed one by one at their baselines, a pitch apart, and aligned by our own hand: the
 * boxes of fonts differ (Arabic letters stand much taller), and what pango calls left is not the
 * same in each direction. Digits of figures get one width, whatever the font has: those of Persian
 * are not tabular.
 */
#include "paper/ink.h"

#include "base/text.h"
#include "paper/fonts.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double ink_dark = 1.0, ink_light = 0.68, ink_hair = 0.34, ink_faint = 0.08;
static const double diagonal = 0.9553; /* radians: of a page, from its width */
static const double rule_strong = 0.3, rule_hair = 0.15;

enum { REPLACEMENT_SIZE = 3, DIGIT_BYTES = 2 };

/* ---- a pen ---- */

void pen_open(struct pen *pen, const struct sheet *sheet, struct sheet_report *report,
              struct failure *failure)
{
    *pen = (struct pen){.sheet = sheet, .report = report, .failure = failure, .quiet = true};
    cairo_font_options_t *options = cairo_font_options_create();
    /* what is measured is what is drawn, at every scale */
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pen->map = pango_cairo_font_map_new();
    pen->left = fonts_context(pen->map, sheet->language, false, options);
    pen->right = fonts_context(pen->map, sheet->language, true, options);
    pango_context_set_round_glyph_positions(pen->left, FALSE);
    pango_context_set_round_glyph_positions(pen->right, FALSE);
    cairo_font_options_destroy(options);
}

void pen_close(struct pen *pen)
{
    g_object_unref(pen->left);
    g_object_unref(pen->right);
    g_object_unref(pen->map);
}

bool pen_fail(struct pen *pen, enum fault fault, const char *text)
{
    if (!pen->failed)
        (void)fail(pen->failure, fault, 0, "%s", text);
    pen->failed = true;
    return false;
}

static bool draws(const struct pen *pen)
{
    return !pen->quiet && pen->cairo != NULL && !pen->failed;
}

static void tell(const struct pen *pen, enum sheet_ink ink, double x, double y, double width,
                 double height, const char *text, bool figure)
{
    struct sheet_piece piece = {.ink = ink,
                                .page = pen->page,
                                .x = x,
                                .y = y,
                                .width = width,
                                .height = height,
                                .text = text,
                                .figure = figure};
    if (pen->report->piece != NULL)
        pen->report->piece(pen->report->context, &piece);
}

/* Where a room begins at the left. */
static double left_of(const struct pen *pen, const struct room *room)
{
    return pen->sheet->right_to_left ? SHEET_WIDTH - room->start - room->width : room->start;
}

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

static double points(double mm)
{
    return mm / MM_OF_POINT;
}

static void set_ink(const struct pen *pen, double ink)
{
    cairo_set_source_rgb(pen->cairo, 1 - ink, 1 - ink, 1 - ink);
}

/* ---- texts ---- */

static bool has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

enum kind { KIND_SHOWN, KIND_BLANK, KIND_DROPPED, KIND_BROKEN };

/* Isolates stay; what turns the letters of others round is dropped. */
static enum kind kind_of(size_t taken, uint32_t point)
{
    if (taken == 0)
        return KIND_BROKEN;
    if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029)
        return KIND_BLANK;
    if ((point >= 0x202A && point <= 0x202E) || point == 0x200E || point == 0x200F ||
        point == 0x61C)
        return KIND_DROPPED;
    return KIND_SHOWN;
}

/* One line of what can be drawn. */
static bool clean(struct pen *pen, const char *text, char out[SHEET_TEXT_MAX])
{
    size_t size = strnlen(text, SHEET_TEXT_MAX);
    size_t used = 0;
    size_t at = 0;
    while (at < size && used + 4 < SHEET_TEXT_MAX) {
        uint32_t point = 0;
        size_t taken = text_decode(text + at, size - at, &point);
        enum kind kind = kind_of(taken, point);
        if (kind == KIND_SHOWN) {
            memcpy(out + used, text + at, taken);
            used += taken;
        } else if (kind == KIND_BLANK) {
            out[used++] = ' ';
        } else if (kind == KIND_BROKEN) {
            memcpy(out + used, "\uFFFD", REPLACEMENT_SIZE);
            used += REPLACEMENT_SIZE;
        }
        at += taken == 0 ? 1 : taken;
    }
    out[used] = '\0';
    return (at == size && size < SHEET_TEXT_MAX) ||
           pen_fail(pen, FAULT_USE, "a text is too long for a sheet of paper");
}

static bool from_right(gunichar point)
{
    GUnicodeScript script = g_unichar_get_script(point);
    return script == G_UNICODE_SCRIPT_ARABIC || script == G_UNICODE_SCRIPT_HEBREW;
}

/* By its first letter that no isolate keeps apart: a name is read its own way, whatever the page
 * is. Isolates alone follow the page, and figures alone are read from the left. */
static bool reads_from_right(const struct pen *pen, const char *text)
{
    int depth = 0;
    bool isolates = false;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar point = g_utf8_get_char(at);
        bool opens = point >= 0x2066 && point <= 0x2068;
        isolates = isolates || opens;
        depth += opens ? 1 : point == 0x2069 && depth > 0 ? -1 : 0;
        if (depth == 0 && g_unichar_isalpha(point))
            return from_right(point);
    }
    return isolates && pen->sheet->right_to_left;
}

/* Arabic letters are smaller in the same size. */
static double size_in(const struct pen *pen, const struct type *type)
{
    return pen->sheet->right_to_left ? type->size * 1.08 : type->size;
}

/* ۰ to ۹, and what stands between and behind them: ٪ ٫ ٬ */
static bool is_persian_figure(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    return (bytes[0] == 0xDB && bytes[1] >= 0xB0 && bytes[1] <= 0xB9) ||
           (bytes[0] == 0xD9 && bytes[1] >= 0xAA && bytes[1] <= 0xAC);
}

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t start, size_t end)
{
    attribute->start_index = (guint)start;
    attribute->end_index = (guint)end;
    pango_attr_list_insert(list, attribute);
}

/* Persian digits are of another font than the letters beside them. */
static void set_digits(PangoLayout *layout, const char *text)
{
    PangoAttrList *list = pango_attr_list_new();
    for (size_t at = 0; text[at] != '\0';) {
        size_t end = at;
        while (text[end] != '\0' && is_persian_figure(text + end))
            end += 2;
        if (end > at) {
            add_attribute(list, pango_attr_family_new(fonts_persian_digits), at, end);
            add_attribute(list, pango_attr_scale_new(fonts_persian_scale), at, end);
        }
        at = end > at ? end : end + 1;
    }
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

static PangoLayout *layout_make(const struct pen *pen, const char *text, const struct type *type)
{
    bool right = !type->figures && reads_from_right(pen, text);
    PangoLayout *layout = pango_layout_new(right ? pen->right : pen->left);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, fonts_families(pen->sheet->language));
    pango_font_description_set_absolute_size(font, size_in(pen, type) * PANGO_SCALE);
    pango_font_description_set_weight(font, type->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    if (strcmp(pen->sheet->language, "fa") == 0)
        set_digits(layout, text);
    return layout;
}

/* ---- figures ---- */

static bool is_digit(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;
    return (bytes[0] >= '0' && bytes[0] <= '9') ||
           (bytes[0] == 0xDB && bytes[1] >= 0xB0 && bytes[1] <= 0xB9);
}

/* cell 0: returns the widest digit, and changes nothing. */
static int even_digits(PangoLayout *layout, int cell)
{
    int widest = 0;
    const char *text = pango_layout_get_text(layout);
    PangoLayoutLine *line = pango_layout_get_line(layout, 0);
    for (GSList *at = line == NULL ? NULL : line->runs; at != NULL; at = at->next) {
        PangoLayoutRun *run = at->data;
        for (int i = 0; i < run->glyphs->num_glyphs; i++) {
            PangoGlyphGeometry *glyph = &run->glyphs->glyphs[i].geometry;
            if (!is_digit(text + run->item->offset + run->glyphs->log_clusters[i]))
                continue;
            widest = glyph->width > widest ? glyph->width : widest;
            if (cell == 0)
                continue;
            glyph->x_offset += (cell - glyph->width) / 2;
            glyph->width = cell;
        }
    }
    return widest;
}

/* Bold ones get no more room, so that sums stand under their parts. */
static int cell_of(struct pen *pen, double size)
{
    size_t i = 0;
    while (i < pen->cell_count && pen->cells[i].size != size)
        i++;
    if (i < pen->cell_count)
        return pen->cells[i].cell;
    bool persian = strcmp(pen->sheet->language, "fa") == 0;
    struct type type = {.size = size, .figures = true};
    PangoLayout *layout = layout_make(
        pen,
        persian ? "\u06F0\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6\u06F7\u06F8\u06F9" : "0123456789",
        &type);
    int cell = even_digits(layout, 0);
    cell += persian ? cell / 24 : 0; /* bold ones are wider */
    g_object_unref(layout);
    if (pen->cell_count < CELLS_MAX) {
        pen->cells[pen->cell_count].size = size;
        pen->cells[pen->cell_count++].cell = cell;
    }
    return cell;
}

/* ---- lines ---- */

static PangoLayout *lay(struct pen *pen, const char *text, const struct type *type, double width)
{
    char cleaned[SHEET_TEXT_MAX];
    if (!has(text) || !clean(pen, text, cleaned))
        return NULL;
    PangoLayout *layout = layout_make(pen, cleaned, type);
    pango_layout_set_width(layout, width <= 0 ? -1 : (int)(points(width) * PANGO_SCALE));
    if (type->figures)
        (void)even_digits(layout, cell_of(pen, type->size));
    return layout;
}

double ink_pitch(const struct pen *pen, const struct type *type)
{
    bool chinese = strcmp(pen->sheet->language, "zh") == 0;
    return type->size * MM_OF_POINT * (pen->sheet->right_to_left ? 1.62 : chinese ? 1.44 : 1.38);
}

/* From the top of a line to its baseline. */
static double baseline_of(const struct pen *pen, const struct type *type)
{
    return ink_pitch(pen, type) * (pen->sheet->right_to_left ? 0.68 : 0.75);
}

double ink_width(struct pen *pen, const char *text, const struct type *type)
{
    PangoRectangle logical = {0};
    PangoLayout *layout = lay(pen, text, type, 0);
    if (layout == NULL)
        return 0;
    pango_layout_line_get_extents(pango_layout_get_line(layout, 0), NULL, &logical);
    g_object_unref(layout);
    return (double)logical.width / PANGO_SCALE * MM_OF_POINT;
}

int ink_missing(struct pen *pen, const char *text, const struct type *type)
{
    PangoLayout *layout = lay(pen, text, type, 0);
    int missing = layout == NULL ? 0 : pango_layout_get_unknown_glyphs_count(layout);
    if (layout != NULL)
        g_object_unref(layout);
    return missing;
}

static void count_missing(const struct pen *pen, PangoLayout *layout)
{
    struct sheet_report *report = pen->report;
    int missing = pango_layout_get_unknown_glyphs_count(layout);
    if (missing <= 0)
        return;
    if (report->missing == 0)
        (void)snprintf(report->missing_in, sizeof report->missing_in, "%s",
                       pango_layout_get_text(layout));
    report->missing += (uint32_t)missing;
}

static double aligned(const struct pen *pen, enum edge edge, const struct room *room, double width)
{
    double left = left_of(pen, room);
    double rest = room->width - width;
    bool right = pen->sheet->right_to_left;
    switch (edge) {
    case EDGE_START:
        return right ? left + rest : left;
    case EDGE_END:
        return right ? left : left + rest;
    case EDGE_MIDDLE:
        return left + rest / 2;
    case EDGE_RIGHT:
        break;
    }
    return left + rest;
}

static void draw_line(struct pen *pen, PangoLayout *layout, int number, const struct type *type,
                      enum edge edge, const struct room *room, double base)
{
    PangoRectangle ink;
    PangoRectangle logical;
    PangoLayoutLine *line = pango_layout_get_line(layout, number);
    pango_layout_line_get_extents(line, &ink, &logical);
    double unit = MM_OF_POINT / PANGO_SCALE;
    double x = aligned(pen, edge, room, logical.width * unit);
    set_ink(pen, type->light ? ink_light : ink_dark);
    cairo_move_to(pen->cairo, points(x), points(base));
    pango_cairo_show_layout_line(pen->cairo, line);
    if (ink.width > 0 && ink.height > 0)
        tell(pen, SHEET_INK_TEXT, x + ink.x * unit, base + ink.y * unit, ink.width * unit,
             ink.height * unit, pango_layout_get_text(layout), type->figures);
}

/* A pitch apart; more where letters are so high or deep that they would meet. Returns the height.
 */
static double put_layout(struct pen *pen, PangoLayout *layout, const struct type *type,
                         enum edge edge, const struct room *room)
{
    const double unit = MM_OF_POINT / PANGO_SCALE;
    const double apart = 0.15;
    double pitch = ink_pitch(pen, type);
    double base = 0;
    double deepest = 0; /* ink so far */
    int count = pango_layout_get_line_count(layout);
    if (draws(pen))
        count_missing(pen, layout);
    for (int i = 0; i < count; i++) {
        PangoRectangle ink;
        pango_layout_line_get_extents(pango_layout_get_line(layout, i), &ink, NULL);
        double usual = i == 0 ? baseline_of(pen, type) : base + pitch;
        double least = deepest + (i == 0 ? 0 : apart) - ink.y * unit;
        base = usual > least ? usual : least;
        if (base + (ink.y + ink.height) * unit > deepest)
            deepest = base + (ink.y + ink.height) * unit;
        if (draws(pen))
            draw_line(pen, layout, i, type, edge, room, room->top + base);
    }
    double usual = base + pitch - baseline_of(pen, type);
    return usual > deepest ? usual : deepest;
}

double ink_height(struct pen *pen, const char *text, const struct type *type, double width)
{
    const struct room room = {.width = width};
    bool quiet = pen->quiet;
    pen->quiet = true;
    double height = ink_text(pen, text, type, EDGE_START, &room);
    pen->quiet = quiet;
    return height;
}

double ink_text(struct pen *pen, const char *text, const struct type *type, enum edge edge,
                const struct room *room)
{
    PangoLayout *layout = lay(pen, text, type, room->width);
    if (layout == NULL)
        return 0;
    double height = put_layout(pen, layout, type, edge, room);
    g_object_unref(layout);
    return height;
}

void ink_line(struct pen *pen, const char *text, const struct type *type, enum edge edge,
              const struct room *room)
{
    PangoLayout *layout = draws(pen) ? lay(pen, text, type, 0) : NULL;
    if (layout == NULL)
        return;
    (void)put_layout(pen, layout, type, edge, room);
    g_object_unref(layout);
}

/* ---- what is no text ---- */

void ink_rule(struct pen *pen, const struct room *room, bool strong)
{
    double thick = strong ? rule_strong : rule_hair;
    if (!draws(pen))
        return;
    set_ink(pen, strong ? ink_dark : ink_hair);
    cairo_rectangle(pen->cairo, points(left_of(pen, room)), points(room->top - thick / 2),
                    points(room->width), points(thick));
    cairo_fill(pen->cairo);
    tell(pen, SHEET_INK_RULE, left_of(pen, room), room->top - thick / 2, room->width, thick, "",
         false);
}

void ink_frame(struct pen *pen, const struct room *room, double height)
{
    if (!draws(pen))
        return;
    set_ink(pen, ink_dark);
    cairo_set_line_width(pen->cairo, points(rule_strong));
    cairo_rectangle(pen->cairo, points(left_of(pen, room)), points(room->top), points(room->width),
                    points(height));
    cairo_stroke(pen->cairo);
    tell(pen, SHEET_INK_FRAME, left_of(pen, room), room->top, room->width, height, "", false);
}

void ink_circle(struct pen *pen, const struct room *room)
{
    static const double dashes[] = {2, 2};
    double half = room->width / 2;
    if (!draws(pen))
        return;
    set_ink(pen, ink_light);
    cairo_set_line_width(pen->cairo, points(rule_hair));
    cairo_set_dash(pen->cairo, dashes, 2, 0);
    cairo_new_path(pen->cairo); /* text leaves a point behind */
    cairo_arc(pen->cairo, points(left_of(pen, room) + half), points(room->top + half),
              points(half - rule_hair), 0, 2 * G_PI);
    cairo_stroke(pen->cairo);
    cairo_set_dash(pen->cairo, NULL, 0, 0);
    tell(pen, SHEET_INK_FRAME, left_of(pen, room), room->top, room->width, room->width, "", false);
}

/* Modules of a row that stand side by side are one rectangle: no light comes between them. */
static void draw_code(const struct pen *pen, const QRcode *code, double left, double top,
                      double module)
{
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            int end = x;
            while (end < code->width && (code->data[y * code->width + end] & 1) != 0)
                end++;
            if (end > x)
                cairo_rectangle(pen->cairo, points(left + x * module), points(top + y * module),
                                points((end - x) * module), points(module));
            x = end > x ? end : x;
        }
    }
    cairo_set_antialias(pen->cairo, CAIRO_ANTIALIAS_NONE);
    set_ink(pen, ink_dark);
    cairo_fill(pen->cairo);
    cairo_set_antialias(pen->cairo, CAIRO_ANTIALIAS_DEFAULT);
}

bool ink_code(struct pen *pen, const char *payload, const struct room *room)
{
    QRcode *code = QRcode_encodeString8bit(payload, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return pen_fail(pen, FAULT_USE, "a text is too long for a QR code");
    if (draws(pen)) {
        draw_code(pen, code, left_of(pen, room), room->top, room->width / code->width);
        tell(pen, SHEET_INK_CODE, left_of(pen, room), room->top, room->width, room->width, payload,
             false);
    }
    QRcode_free(code);
    return true;
}

struct reading {
    const struct sheet_image *image;
    size_t at;
};

static cairo_status_t read_image(void *context, unsigned char *out, unsigned size)
{
    struct reading *reading = context;
    if (size > reading->image->size - reading->at)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, reading->image->data + reading->at, size);
    reading->at += size;
    return CAIRO_STATUS_SUCCESS;
}

bool ink_image(struct pen *pen, const struct sheet_image *image, const struct room *room,
               double height, double *ret_height)
{
    struct reading reading = {.image = image};
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_image, &reading);
    int wide = cairo_image_surface_get_width(surface);
    int high = cairo_image_surface_get_height(surface);
    *ret_height = 0;
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS || wide < 1 || high < 1) {
        cairo_surface_destroy(surface);
        return pen_fail(pen, FAULT_USE, "a picture is no PNG that can be read");
    }
    double scale = lesser(room->width / wide, height / high);
    struct room taken = {room->start, room->top, wide * scale};
    *ret_height = high * scale;
    if (draws(pen)) {
        cairo_save(pen->cairo);
        cairo_translate(pen->cairo, points(left_of(pen, &taken)), points(taken.top));
        cairo_scale(pen->cairo, points(scale), points(scale));
        cairo_set_source_surface(pen->cairo, surface, 0, 0);
        cairo_paint(pen->cairo);
        cairo_restore(pen->cairo);
        tell(pen, SHEET_INK_IMAGE, left_of(pen, &taken), taken.top, taken.width, *ret_height, "",
             false);
    }
    cairo_surface_destroy(surface);
    return true;
}

/* From corner to corner, under all the rest. */
void ink_across(struct pen *pen, const char *text)
{
    PangoRectangle ink;
    struct type type = {.size = 100, .bold = true};
    PangoLayout *layout = draws(pen) ? lay(pen, text, &type, 0) : NULL;
    if (layout == NULL)
        return;
    count_missing(pen, layout);
    pango_layout_get_extents(layout, &ink, NULL);
    double wide = (double)ink.width / PANGO_SCALE;
    double high = (double)ink.height / PANGO_SCALE;
    double scale = lesser(points(230) / wide, points(44) / high);
    if (ink.width <= 0 || ink.height <= 0) {
        g_object_unref(layout);
        return;
    }
    cairo_save(pen->cairo);
    cairo_translate(pen->cairo, points(SHEET_WIDTH / 2), points(SHEET_HEIGHT / 2));
    cairo_rotate(pen->cairo, -diagonal);
    cairo_scale(pen->cairo, scale, scale);
    cairo_move_to(pen->cairo, -(double)ink.x / PANGO_SCALE - wide / 2,
                  -(double)ink.y / PANGO_SCALE - high / 2);
    set_ink(pen, ink_faint);
    pango_cairo_show_layout(pen->cairo, layout);
    cairo_restore(pen->cairo);
    tell(pen, SHEET_INK_ACROSS, 0, 0, SHEET_WIDTH, SHEET_HEIGHT, text, false);
    g_object_unref(layout);
}
