/*
 * One walk through the sheet lays it out, and the same walk draws it: the first finds how many
 * pages there are, the second has them to say. Parts know their height by being walked quietly.
 */
#include "paper/sheet.h"

#include "base/date.h"
#include "paper/ink.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const double page_bottom = SHEET_HEIGHT - SHEET_MARGIN;
static const double body_bottom = SHEET_HEIGHT - SHEET_MARGIN - 9; /* the foot is below */
static const double page_width = SHEET_WIDTH - 2 * SHEET_MARGIN;
static const double half = (SHEET_WIDTH - 2 * SHEET_MARGIN - 10) / 2;
static const double half_two = SHEET_MARGIN + (SHEET_WIDTH - 2 * SHEET_MARGIN + 10) / 2;
static const double part_gap = 8, column_gap = 4, row_pad = 2.5;
static const double words_least = 44, words_least_narrow = 24;

static const struct type type_body = {.size = 9.5};
static const struct type type_strong = {.size = 9.5, .bold = true};
static const struct type type_small = {.size = 8};
static const struct type type_small_strong = {.size = 8, .bold = true};
static const struct type type_label = {.size = 8, .light = true};
static const struct type type_title = {.size = 16, .bold = true};
static const struct type type_name = {.size = 11.5, .bold = true};
static const struct type type_big = {.size = 16, .bold = true, .figures = true};

enum { ATTEMPTS = 9 };

struct flow {
    const struct sheet *sheet;
    struct pen pen;
    double y;
    uint32_t pages;               /* in all; known on the second walk */
    double sizes;                 /* of the table's type */
    double at[SHEET_COLUMNS_MAX]; /* columns: from the start edge */
    double width[SHEET_COLUMNS_MAX];
    size_t words_column; /* what is under it is below this; SHEET_COLUMNS_MAX: none */
    bool (*page_done)(struct flow *flow);
    void *output;
};

static bool has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static struct room whole(double top)
{
    return (struct room){SHEET_MARGIN, top, page_width};
}

/* ---- pages ---- */

static void digits_of(const struct sheet *sheet, uint32_t number, char out[48])
{
    char plain[16];
    size_t used = 0;
    (void)snprintf(plain, sizeof plain, "%u", number);
    for (const char *at = plain; *at != '\0'; at++) {
        if (strcmp(sheet->language, "fa") == 0) {
            out[used++] = (char)0xDB;
            out[used++] = (char)(0xB0 + (*at - '0'));
        } else {
            out[used++] = *at;
        }
    }
    out[used] = '\0';
}

/* "{page}" and "{pages}" become numbers. */
static void page_words(const struct flow *flow, char out[256])
{
    char number[48];
    size_t used = 0;
    const char *at = flow->sheet->page_words;
    while (*at != '\0' && used < 256 - sizeof number - 1) {
        bool page = strncmp(at, "{page}", 6) == 0;
        bool pages = strncmp(at, "{pages}", 7) == 0;
        if (!page && !pages) {
            out[used++] = *at++;
            continue;
        }
        digits_of(flow->sheet, page ? flow->pen.page : flow->pages, number);
        used += (size_t)snprintf(out + used, 256 - used, "%s", number);
        at += page ? 6 : 7;
    }
    out[used] = '\0';
}

static void put_foot(struct flow *flow)
{
    char words[256] = "";
    struct room rule = whole(page_bottom - 5.5);
    struct room room = {SHEET_MARGIN, page_bottom - 4, 0};
    double end = 0;
    if (flow->sheet->page_words != NULL)
        page_words(flow, words);
    end = ink_width(&flow->pen, words, &type_label);
    ink_rule(&flow->pen, &rule, false);
    room.width = page_width;
    ink_line(&flow->pen, words, &type_label, EDGE_END, &room);
    room.width = page_width - end - column_gap;
    if (has(flow->sheet->foot) &&
        ink_width(&flow->pen, flow->sheet->foot, &type_label) <= room.width)
        ink_line(&flow->pen, flow->sheet->foot, &type_label, EDGE_START, &room);
}

static bool page_end(struct flow *flow)
{
    put_foot(flow);
    return !flow->pen.failed &&
           (flow->pen.quiet || flow->page_done == NULL || flow->page_done(flow));
}

/* What a page that follows is of. */
static void put_running_head(struct flow *flow)
{
    const struct sheet *sheet = flow->sheet;
    char text[2 * SHEET_TEXT_MAX];
    struct room room = {SHEET_MARGIN, SHEET_MARGIN, page_width * 0.48};
    double left = ink_text(&flow->pen, sheet->shop, &type_label, EDGE_START, &room);
    bool named = has(sheet->party);
    (void)snprintf(text, sizeof text, "%s%s%s%s", sheet->title, named ? " · \u2068" : "",
                   named ? sheet->party : "", named ? "\u2069" : "");
    text[SHEET_TEXT_MAX - 1] = '\0';
    room.start = SHEET_MARGIN + page_width * 0.52;
    double right = ink_text(&flow->pen, text, &type_label, EDGE_END, &room);
    if (sheet->title_lines.count > 0) {
        room.top += right;
        right += ink_text(&flow->pen, sheet->title_lines.at[0], &type_label, EDGE_END, &room);
    }
    flow->y = SHEET_MARGIN + (left > right ? left : right) + 6;
}

static bool page_begin(struct flow *flow)
{
    if (++flow->pen.page > SHEET_PAGES_MAX)
        return pen_fail(&flow->pen, FAULT_USE, "this is too long for a paper");
    flow->y = SHEET_MARGIN;
    if (has(flow->sheet->across))
        ink_across(&flow->pen, flow->sheet->across);
    if (flow->pen.page > 1)
        put_running_head(flow);
    return !flow->pen.failed;
}

static bool page_turn(struct flow *flow)
{
    return page_end(flow) && page_begin(flow);
}

/* ---- parts ---- */

typedef double (*part_fn)(struct flow *flow, double top);

static double height_of(struct flow *flow, part_fn part)
{
    bool quiet = flow->pen.quiet;
    flow->pen.quiet = true;
    double height = part(flow, 0);
    flow->pen.quiet = quiet;
    return height;
}

/* Undivided, on this page or the next. */
static bool put_part(struct flow *flow, part_fn part, double gap)
{
    double height = height_of(flow, part);
    if (height <= 0)
        return !flow->pen.failed;
    if (flow->y + gap + height > body_bottom) {
        if (!page_turn(flow))
            return false;
        gap = 0;
        if (flow->y + height > body_bottom)
            return pen_fail(&flow->pen, FAULT_USE, "a part of this is higher than a page");
    }
    flow->y += gap;
    flow->y += part(flow, flow->y);
    return !flow->pen.failed;
}

static double put_lines(struct flow *flow, const struct sheet_lines *lines, const struct type *type,
                        enum edge edge, struct room room)
{
    double height = 0;
    double top = room.top;
    for (size_t i = 0; i < lines->count && i < SHEET_LINES_MAX; i++) {
        room.top = top + height;
        height += ink_text(&flow->pen, lines->at[i], type, edge, &room);
    }
    return height;
}

/* COPY, in a frame, at the end of the line below the title. */
static double put_mark(struct flow *flow, double top)
{
    const char *mark = flow->sheet->mark;
    double pitch = ink_pitch(&flow->pen, &type_strong);
    if (!has(mark))
        return 0;
    double width = ink_width(&flow->pen, mark, &type_strong) + 5;
    struct room room = {SHEET_MARGIN + page_width - width, top + 1.6, width};
    ink_frame(&flow->pen, &room, pitch + 1.6);
    room.top += 0.8;
    ink_line(&flow->pen, mark, &type_strong, EDGE_MIDDLE, &room);
    return pitch + 3.6;
}

static double put_head(struct flow *flow, double top)
{
    const struct sheet *sheet = flow->sheet;
    struct room shop = {SHEET_MARGIN, top, page_width * 0.48};
    struct room title = {SHEET_MARGIN + page_width * 0.5, top, page_width * 0.5};
    struct type large = type_title;
    while (large.size > 12 && ink_width(&flow->pen, sheet->title, &large) > title.width)
        large.size -= 0.5;
    double left = 0;
    double right = 0;
    if (sheet->logo.size > 0) {
        (void)ink_image(&flow->pen, &sheet->logo, &shop, 16, &left);
        left += left > 0 ? 3 : 0;
    }
    shop.top = top + left;
    left += ink_text(&flow->pen, sheet->shop, &type_name, EDGE_START, &shop);
    shop.top = top + left + 0.5;
    left += 0.5 + put_lines(flow, &sheet->shop_lines, &type_label, EDGE_START, shop);
    right += ink_text(&flow->pen, sheet->title, &large, EDGE_END, &title);
    title.top = top + right + 0.5;
    right += 0.5 + put_lines(flow, &sheet->title_lines, &type_label, EDGE_END, title);
    right += put_mark(flow, top + right);
    return left > right ? left : right;
}

static double put_party(struct flow *flow, double top, double width)
{
    const struct sheet *sheet = flow->sheet;
    struct room room = {SHEET_MARGIN, top, width};
    double height = ink_text(&flow->pen, sheet->party_label, &type_label, EDGE_START, &room);
    room.top = top + height;
    height += ink_text(&flow->pen, sheet->party, &type_name, EDGE_START, &room);
    room.top = top + height;
    return height + put_lines(flow, &sheet->party_lines, &type_small, EDGE_START, room);
}

/* The figure as large as the box has room for, and its unit behind it. */
static double put_box_figure(struct flow *flow, const struct room *box)
{
    const struct sheet *sheet = flow->sheet;
    struct type big = type_big;
    double unit = has(sheet->box_unit) ? ink_width(&flow->pen, sheet->box_unit, &type_body) + 2 : 0;
    double width = ink_width(&flow->pen, sheet->box_figure, &big);
    while (width + unit > box->width && big.size > 8) {
        big.size -= 0.5;
        width = ink_width(&flow->pen, sheet->box_figure, &big);
    }
    double pitch = ink_pitch(&flow->pen, &type_big);
    double down = (pitch - ink_pitch(&flow->pen, &big)) * 0.75;
    struct room room = {box->start, box->top + down, box->width};
    ink_line(&flow->pen, sheet->box_figure, &big, EDGE_START, &room);
    room.start += width + 2;
    room.width = box->width - width - 2;
    /* on one baseline */
    room.top = box->top +
               (pitch - ink_pitch(&flow->pen, &type_body)) * (sheet->right_to_left ? 0.68 : 0.75);
    ink_line(&flow->pen, sheet->box_unit, &type_body, EDGE_START, &room);
    return pitch;
}

static double put_box(struct flow *flow, double top, double least)
{
    const struct sheet *sheet = flow->sheet;
    const double pad = 3.6;
    struct room room = {half_two + pad, top + pad, half - 2 * pad};
    if (!has(sheet->box_figure))
        return 0;
    double height = pad + ink_text(&flow->pen, sheet->box_label, &type_label, EDGE_START, &room);
    room.top = top + height;
    height += put_box_figure(flow, &room);
    room.top = top + height;
    height += put_lines(flow, &sheet->box_lines, &type_small, EDGE_START, room) + pad;
    height = height < least ? least : height;
    struct room frame = {half_two, top, half};
    ink_frame(&flow->pen, &frame, height);
    return height;
}

static double put_who(struct flow *flow, double top)
{
    bool boxed = has(flow->sheet->box_figure);
    double left = put_party(flow, top, boxed ? half : page_width);
    double right = boxed ? put_box(flow, top, 0) : 0;
    return left > right ? left : right;
}

/* ---- the table ---- */

static struct type type_of(const struct flow *flow, size_t column, bool strong)
{
    return (struct type){.size = flow->sizes,
                         .bold = strong && flow->sheet->columns[column].kind != SHEET_SHORT,
                         .figures = flow->sheet->columns[column].kind != SHEET_WORDS};
}

static struct type under_of(const struct flow *flow)
{
    return (struct type){.size = flow->sizes * 0.85, .light = true};
}

static struct type title_of(const struct flow *flow)
{
    return (struct type){.size = flow->sizes * 0.85, .light = true};
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* The widest of each column that does not wrap; digits are all as wide, so few need to be laid
 * out. */
struct widest {
    double width[SHEET_COLUMNS_MAX];
    size_t longest[SHEET_COLUMNS_MAX];
};

static void widen(struct flow *flow, struct widest *widest, const struct sheet_row *row)
{
    for (size_t i = 0; i < flow->sheet->column_count; i++) {
        if (flow->sheet->columns[i].kind == SHEET_WORDS || !has(row->cells[i]))
            continue;
        size_t length = characters(row->cells[i]);
        if (length + 1 < widest->longest[i])
            continue;
        struct type type = type_of(flow, i, row->strong);
        double width = ink_width(&flow->pen, row->cells[i], &type);
        widest->width[i] = width > widest->width[i] ? width : widest->width[i];
        widest->longest[i] = length > widest->longest[i] ? length : widest->longest[i];
    }
}

static bool ask_row(struct flow *flow, size_t index, struct sheet_row *ret_row)
{
    *ret_row = (struct sheet_row){.strong = false};
    if (flow->sheet->row(flow->sheet->context, index, ret_row, flow->pen.failure))
        return true;
    flow->pen.failed = true;
    return false;
}

static bool widen_all(struct flow *flow, struct widest *widest)
{
    const struct sheet *sheet = flow->sheet;
    struct sheet_row row;
    for (size_t i = 0; i < sheet->row_count; i++) {
        if (!ask_row(flow, i, &row))
            return false;
        widen(flow, widest, &row);
        if (sheet->carried == NULL)
            continue;
        row = (struct sheet_row){.strong = false};
        sheet->carried(sheet->context, i + 1, true, &row);
        widen(flow, widest, &row);
    }
    if (sheet->sums != NULL)
        widen(flow, widest, sheet->sums);
    for (size_t i = 0; i < sheet->total_count; i++) { /* they stand under the last column */
        row = (struct sheet_row){.strong = sheet->totals[i].strong};
        row.cells[sheet->column_count - 1] = sheet->totals[i].figure;
        widen(flow, widest, &row);
    }
    for (size_t i = 0; i < sheet->column_count; i++) {
        struct type type = title_of(flow);
        double width = ink_width(&flow->pen, sheet->columns[i].title, &type);
        if (sheet->columns[i].kind != SHEET_WORDS && width > widest->width[i])
            widest->width[i] = width;
    }
    return !flow->pen.failed;
}

/* Words take what is left. */
static void set_columns(struct flow *flow, const struct widest *widest, double scale, double words)
{
    double at = SHEET_MARGIN;
    for (size_t i = 0; i < flow->sheet->column_count; i++) {
        flow->at[i] = at;
        flow->width[i] =
            flow->sheet->columns[i].kind == SHEET_WORDS ? words : widest->width[i] * scale;
        at += flow->width[i] + column_gap;
    }
}

/* Figures behind the words get air where there is much. Returns what all columns but words take. */
static double loosen(const struct flow *flow, struct widest *widest, double fixed, double room)
{
    const double calm = 20;
    const double words_calm = 52;
    double more = 0;
    for (size_t i = flow->words_column; i < flow->sheet->column_count; i++)
        if (flow->sheet->columns[i].kind == SHEET_FIGURE && widest->width[i] < calm)
            more += calm - widest->width[i];
    if (room - fixed - more < words_calm)
        return fixed;
    for (size_t i = flow->words_column; i < flow->sheet->column_count; i++)
        if (flow->sheet->columns[i].kind == SHEET_FIGURE && widest->width[i] < calm)
            widest->width[i] = calm;
    return fixed + more;
}

/* In the largest type that leaves words enough room. */
static bool measure_table(struct flow *flow)
{
    const struct sheet *sheet = flow->sheet;
    struct widest widest = {.width = {0}};
    size_t words = 0;
    double fixed = 0;
    flow->sizes = type_body.size;
    flow->words_column = SHEET_COLUMNS_MAX;
    if (!widen_all(flow, &widest))
        return false;
    for (size_t i = sheet->column_count; i-- > 0;) {
        if (sheet->columns[i].kind != SHEET_WORDS) {
            fixed += widest.width[i];
            continue;
        }
        words++;
        flow->words_column = i;
    }
    double gaps = column_gap * (double)(sheet->column_count - 1);
    if (words == 1)
        fixed = loosen(flow, &widest, fixed, page_width - gaps);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        double scale = 1 - 0.05 * attempt;
        double rest = page_width - gaps - fixed * scale;
        double least = attempt + 1 < ATTEMPTS ? words_least : words_least_narrow;
        if (rest < least * (double)words)
            continue;
        flow->sizes = type_body.size * scale;
        set_columns(flow, &widest, scale, words == 0 ? 0 : rest / (double)words);
        return true;
    }
    return pen_fail(&flow->pen, FAULT_USE, "the figures of this are wider than a page");
}

static double row_pitch(const struct flow *flow)
{
    struct type type = {.size = flow->sizes};
    return ink_pitch(&flow->pen, &type);
}

/* Words of a row of sums may take the columns beside them that are empty. */
static struct room words_room(const struct flow *flow, const struct sheet_row *row, size_t column)
{
    struct room room = {flow->at[column], flow->y + row_pad / 2, flow->width[column]};
    size_t next = column + 1;
    size_t before = column;
    while (row->strong && next < flow->sheet->column_count && !has(row->cells[next]))
        room.width += column_gap + flow->width[next++];
    while (row->strong && before > 0 && !has(row->cells[before - 1]))
        before--;
    room.width += room.start - flow->at[before];
    room.start = flow->at[before];
    return room;
}

static double row_height(struct flow *flow, const struct sheet_row *row)
{
    struct type under = under_of(flow);
    double height = row_pitch(flow);
    for (size_t i = 0; i < flow->sheet->column_count; i++) {
        if (flow->sheet->columns[i].kind != SHEET_WORDS)
            continue;
        struct type type = type_of(flow, i, row->strong);
        double words = ink_height(&flow->pen, row->cells[i], &type, words_room(flow, row, i).width);
        if (i == flow->words_column)
            words += ink_height(&flow->pen, row->under, &under, flow->width[i]);
        height = words > height ? words : height;
    }
    return height + row_pad;
}

static void put_row(struct flow *flow, const struct sheet_row *row)
{
    struct type under = under_of(flow);
    for (size_t i = 0; i < flow->sheet->column_count; i++) {
        enum sheet_column_kind kind = flow->sheet->columns[i].kind;
        struct type type = type_of(flow, i, row->strong);
        struct room room = {flow->at[i], flow->y + row_pad / 2, flow->width[i]};
        if (kind != SHEET_WORDS) {
            ink_line(&flow->pen, row->cells[i], &type,
                     kind == SHEET_FIGURE ? EDGE_RIGHT : EDGE_START, &room);
            continue;
        }
        if (flow->pen.quiet)
            continue;
        room = words_room(flow, row, i);
        room.top += ink_text(&flow->pen, row->cells[i], &type, EDGE_START, &room);
        room.start = flow->at[i];
        room.width = flow->width[i];
        if (i == flow->words_column)
            (void)ink_text(&flow->pen, row->under, &under, EDGE_START, &room);
    }
}

static void put_titles(struct flow *flow)
{
    struct type type = title_of(flow);
    double height = 0;
    for (size_t i = 0; i < flow->sheet->column_count; i++) {
        bool figure = flow->sheet->columns[i].kind == SHEET_FIGURE;
        struct room room = {flow->at[i], flow->y, flow->width[i]};
        if (flow->sheet->columns[i].kind == SHEET_WORDS) {
            double words =
                ink_text(&flow->pen, flow->sheet->columns[i].title, &type, EDGE_START, &room);
            height = words > height ? words : height;
        } else {
            ink_line(&flow->pen, flow->sheet->columns[i].title, &type,
                     figure ? EDGE_RIGHT : EDGE_START, &room);
        }
    }
    double pitch = ink_pitch(&flow->pen, &type);
    flow->y += (height > pitch ? height : pitch) + 1.2;
    struct room rule = whole(flow->y);
    ink_rule(&flow->pen, &rule, true);
}

/* The foot of a page, or the head of the next. */
static void put_carried(struct flow *flow, size_t behind, bool over)
{
    struct sheet_row row = {.strong = true};
    if (flow->sheet->carried == NULL || behind == 0)
        return;
    flow->sheet->carried(flow->sheet->context, behind, over, &row);
    row.strong = true;
    put_row(flow, &row);
    flow->y += row_pitch(flow) + row_pad;
}

static double put_totals(struct flow *flow, double top);

/* Sums never stand alone on a page: room for them is wanted with the last row. */
static double closing_height(struct flow *flow)
{
    double height = flow->sheet->sums == NULL ? 0 : row_height(flow, flow->sheet->sums);
    if (flow->sheet->total_count > 0)
        height += 2 + height_of(flow, put_totals);
    return height < body_bottom / 2 ? height : 0;
}

static bool put_rows(struct flow *flow)
{
    const struct sheet *sheet = flow->sheet;
    double closing = closing_height(flow);
    double carried = sheet->carried == NULL ? 0 : row_pitch(flow) + row_pad;
    struct sheet_row row;
    for (size_t i = 0; i < sheet->row_count; i++) {
        if (!ask_row(flow, i, &row))
            return false;
        double height = row_height(flow, &row);
        double after = i + 1 == sheet->row_count ? closing : carried;
        if (i > 0 && flow->y + height + after > body_bottom) {
            put_carried(flow, i, true);
            if (!page_turn(flow))
                return false;
            put_titles(flow);
            put_carried(flow, i, false);
            if (!ask_row(flow, i, &row)) /* its texts went with those that are carried */
                return false;
        }
        if (flow->y + height > body_bottom)
            return pen_fail(&flow->pen, FAULT_USE, "a row of this is higher than a page");
        put_row(flow, &row);
        flow->y += height;
        struct room rule = whole(flow->y);
        bool last = i + 1 == sheet->row_count;
        ink_rule(&flow->pen, &rule, last && sheet->sums != NULL);
        if (flow->pen.failed)
            return false;
    }
    return true;
}

static double put_empty(struct flow *flow, double top)
{
    struct room room = whole(top + row_pad / 2);
    double height = ink_text(&flow->pen, flow->sheet->empty, &type_label, EDGE_START, &room);
    return height + row_pad;
}

static bool put_table(struct flow *flow)
{
    const struct sheet *sheet = flow->sheet;
    struct sheet_row row = {.strong = false};
    if (sheet->column_count == 0)
        return true;
    double first = row_pad + row_pitch(flow);
    if (sheet->row_count > 0) {
        if (!ask_row(flow, 0, &row))
            return false;
        first = row_height(flow, &row) + (sheet->row_count == 1 ? closing_height(flow) : first);
    }
    flow->y += part_gap;
    if (flow->y + 8 + first > body_bottom && !page_turn(flow))
        return false;
    put_titles(flow);
    if (sheet->row_count == 0 && has(sheet->empty)) {
        flow->y += put_empty(flow, flow->y);
        struct room rule = whole(flow->y);
        ink_rule(&flow->pen, &rule, sheet->sums != NULL);
    }
    if (!put_rows(flow))
        return false;
    if (sheet->sums != NULL) {
        put_row(flow, sheet->sums);
        flow->y += row_height(flow, sheet->sums);
    }
    return !flow->pen.failed;
}

/* ---- what stands below the table ---- */

/* At the end of the page, under the last column. */
static double put_totals(struct flow *flow, double top)
{
    const struct sheet *sheet = flow->sheet;
    double y = top;
    double figures = 0;
    for (size_t i = 0; i < sheet->total_count; i++) {
        struct type type = {
            .size = type_body.size, .bold = sheet->totals[i].strong, .figures = true};
        double width = ink_width(&flow->pen, sheet->totals[i].figure, &type);
        figures = width > figures ? width : figures;
    }
    size_t last = sheet->column_count;
    if (last > 0 && sheet->columns[last - 1].kind == SHEET_FIGURE &&
        flow->width[last - 1] > figures)
        figures = flow->width[last - 1];
    const double start = SHEET_MARGIN + page_width * 0.42;
    const double room_width = page_width * 0.58;
    for (size_t i = 0; i < sheet->total_count; i++) {
        const struct sheet_pair *pair = &sheet->totals[i];
        struct type type = {.size = type_body.size, .bold = pair->strong, .figures = true};
        struct type words = {.size = type_body.size, .bold = pair->strong};
        struct room rule = {start, y, room_width};
        if (pair->strong && i > 0)
            ink_rule(&flow->pen, &rule, true);
        struct room label = {start, y + row_pad / 2, room_width - figures - column_gap};
        double height = ink_text(&flow->pen, pair->label, &words, EDGE_START, &label);
        struct room figure = {SHEET_MARGIN + page_width - figures, y + row_pad / 2, figures};
        figure.top += height > 0 ? height - ink_pitch(&flow->pen, &type_body) : 0;
        ink_line(&flow->pen, pair->figure, &type, EDGE_RIGHT, &figure);
        y += height + row_pad;
    }
    return y - top;
}

static double put_ages(struct flow *flow, double top)
{
    const struct sheet *sheet = flow->sheet;
    double y = top;
    struct type type = {.size = type_body.size, .figures = true, .bold = true};
    struct room title = whole(top);
    if (sheet->age_count == 0)
        return 0;
    const double gap = 3;
    double each = (page_width + gap) / (double)sheet->age_count;
    double widest = 0;
    double high = 0;
    y += ink_text(&flow->pen, sheet->ages_title, &type_strong, EDGE_START, &title) + 0.5;
    for (size_t i = 0; i < sheet->age_count; i++) {
        double label = ink_height(&flow->pen, sheet->ages[i].label, &type_label, each - gap);
        double width = ink_width(&flow->pen, sheet->ages[i].figure, &type);
        high = label > high ? label : high;
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < sheet->age_count; i++) {
        double label = ink_height(&flow->pen, sheet->ages[i].label, &type_label, each - gap);
        struct room room = {SHEET_MARGIN + each * (double)i, y + high - label, each - gap};
        (void)ink_text(&flow->pen, sheet->ages[i].label, &type_label, EDGE_RIGHT, &room);
    }
    if (widest > each - gap)
        type.size *= (each - gap) / widest;
    y += high + 1.2;
    struct room rule = whole(y);
    ink_rule(&flow->pen, &rule, true);
    for (size_t i = 0; i < sheet->age_count; i++) {
        struct room room = {SHEET_MARGIN + each * (double)i, y + row_pad / 2, each - gap};
        type.bold = sheet->ages[i].strong;
        ink_line(&flow->pen, sheet->ages[i].figure, &type, EDGE_RIGHT, &room);
    }
    y += ink_pitch(&flow->pen, &type_body) + row_pad;
    rule.top = y;
    ink_rule(&flow->pen, &rule, false);
    return y - top;
}

/* One QR code has its words beside it, two have them below. */
static double put_pay(struct flow *flow, double top)
{
    const struct sheet *sheet = flow->sheet;
    const double size = 30;
    const double beside = 5;
    struct room room = {SHEET_MARGIN, top, half};
    double height = ink_text(&flow->pen, sheet->pay_title, &type_strong, EDGE_START, &room);
    double codes = 0;
    height += height > 0 ? 1.5 : 0;
    for (size_t i = 0; i < sheet->code_count && i < SHEET_CODES_MAX; i++) {
        struct room code = {SHEET_MARGIN + (size + beside + 3) * (double)i, top + height, size};
        (void)ink_code(&flow->pen, sheet->codes[i].payload, &code);
        code.top += size + 1.5;
        double caption =
            size + 1.5 +
            ink_text(&flow->pen, sheet->codes[i].caption, &type_label, EDGE_START, &code);
        codes = caption > codes ? caption : codes;
    }
    bool one = sheet->code_count == 1;
    struct room words = {SHEET_MARGIN + (one ? size + beside : 0), top + height + (one ? 0 : codes),
                         half - (one ? size + beside : 0)};
    double lines = put_lines(flow, &sheet->pay_lines, &type_small, EDGE_START, words);
    words.top += lines;
    lines += ink_text(&flow->pen, sheet->pay_reference, &type_small_strong, EDGE_START, &words);
    if (!one)
        return height + codes + lines;
    return height + (lines > codes ? lines : codes);
}

/* "☐ …" has a box before it to be ticked; "… ____" a line behind it to be written on. */
static double put_answer_line(struct flow *flow, const char *text, double start, double top)
{
    static const char tick[] = "\u2610 ";
    static const char blank[] = "____";
    char words[SHEET_TEXT_MAX];
    bool ticked = strncmp(text, tick, sizeof tick - 1) == 0;
    const char *from = ticked ? text + sizeof tick - 1 : text;
    const char *hole = strstr(from, blank);
    struct room room = {start, top, half};
    double pitch = ink_pitch(&flow->pen, &type_small);
    if (ticked) {
        struct room box = {start, top + pitch * 0.75 - 2.5, 2.6};
        ink_frame(&flow->pen, &box, 2.6);
        room.start += 4.6;
        room.width -= 4.6;
    }
    (void)snprintf(words, sizeof words, "%.*s",
                   hole == NULL ? (int)strlen(from) : (int)(hole - from), from);
    double height = ink_text(&flow->pen, words, &type_small, EDGE_START, &room);
    if (hole == NULL)
        return height + 1;
    double used =
        height > pitch * 1.5 || height <= 0 ? 0 : ink_width(&flow->pen, words, &type_small) + 1;
    if (room.width - used < 25)
        used = 0;
    if (used <= 0)
        height += pitch + 1.5; /* on a line of its own */
    struct room rule = {room.start + used, top + height - pitch * 0.2, room.width - used};
    ink_rule(&flow->pen, &rule, false);
    return height + 1.5;
}

static double put_answer(struct flow *flow, double top)
{
    const struct sheet *sheet = flow->sheet;
    double start = has(sheet->pay_title) ? half_two : SHEET_MARGIN;
    struct room room = {start, top, half};
    double height = ink_text(&flow->pen, sheet->answer_title, &type_strong, EDGE_START, &room);
    height += height > 0 ? 1.5 : 0;
    for (size_t i = 0; i < sheet->answer_lines.count && i < SHEET_LINES_MAX; i++)
        height += put_answer_line(flow, sheet->answer_lines.at[i], start, top + height);
    return height;
}

static double put_ways(struct flow *flow, double top)
{
    double pay = has(flow->sheet->pay_title) ? put_pay(flow, top) : 0;
    double answer = has(flow->sheet->answer_title) ? put_answer(flow, top) : 0;
    return pay > answer ? pay : answer;
}

static double put_notes(struct flow *flow, double top)
{
    return put_lines(flow, &flow->sheet->notes, &type_small, EDGE_START, whole(top));
}

/* A place for a seal, and what is written beside it. */
static double put_sealed(struct flow *flow, const struct sheet_sign *sign, struct room room)
{
    const struct sheet *sheet = flow->sheet;
    const double circle = 42;
    const double down = 8;
    bool ours = sheet->seal.size > 0 && sign->seal_here;
    double drawn = 0;
    struct room place = {room.start, room.top, circle};
    struct room word = {room.start, room.top + circle / 2 - 2, circle};
    struct room seal = {room.start + 1, room.top + 1, circle - 2};
    ink_circle(&flow->pen, &place);
    if (ours)
        (void)ink_image(&flow->pen, &sheet->seal, &seal, circle - 2, &drawn);
    else
        ink_line(&flow->pen, sheet->seal_word, &type_label, EDGE_MIDDLE, &word);
    struct room beside = {room.start + circle + 4, room.top + down, room.width - circle - 4};
    double height = ink_text(&flow->pen, sign->label, &type_label, EDGE_START, &beside);
    for (size_t i = 0; i < SHEET_FIELDS_MAX && sign->fields[i] != NULL; i++) {
        struct room field = {beside.start, beside.top + height + 5, beside.width};
        height += 5 + ink_text(&flow->pen, sign->fields[i], &type_label, EDGE_START, &field);
        double words = ink_width(&flow->pen, sign->fields[i], &type_label) + 1.5;
        struct room rule = {beside.start + words, beside.top + height - 0.6, beside.width - words};
        if (rule.width > 5)
            ink_rule(&flow->pen, &rule, false);
    }
    return down + height > circle ? down + height : circle;
}

/* A line, at one height for all. */
static double put_signed(struct flow *flow, const struct sheet_sign *sign, struct room room,
                         double label)
{
    const struct sheet *sheet = flow->sheet;
    const double free = 16;
    double drawn = 0;
    (void)ink_text(&flow->pen, sign->label, &type_label, EDGE_START, &room);
    struct room line = {room.start, room.top + label + free, room.width};
    struct room seal = {room.start, room.top + label + 0.5, room.width};
    if (sheet->seal.size > 0 && sign->seal_here)
        (void)ink_image(&flow->pen, &sheet->seal, &seal, free - 1, &drawn);
    ink_rule(&flow->pen, &line, false);
    return label + free + 0.5;
}

static double put_signs(struct flow *flow, double top)
{
    const struct sheet *sheet = flow->sheet;
    const double gap = 10;
    size_t count = sheet->sign_count;
    double label = 0;
    double height = 0;
    double each = count == 0 ? 0 : (page_width - gap * (double)(count - 1)) / (double)count;
    if (count == 1)
        each = half;
    for (size_t i = 0; i < count; i++) {
        double one = ink_height(&flow->pen, sheet->signs[i].label, &type_label, each);
        label = one > label ? one : label;
    }
    for (size_t i = 0; i < count; i++) {
        struct room room = {SHEET_MARGIN + (each + gap) * (double)i, top, each};
        double one = has(sheet->seal_word) ? put_sealed(flow, &sheet->signs[i], room)
                                           : put_signed(flow, &sheet->signs[i], room, label);
        height = one > height ? one : height;
    }
    return height;
}

/* In one: nobody signs an empty page. */
static double put_closing(struct flow *flow, double top)
{
    static const part_fn parts[] = {put_ways, put_notes, put_signs};
    static const double gaps[] = {0, 8, 10};
    double height = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        double gap = height > 0 ? gaps[i] : 0;
        double part = parts[i](flow, top + height + gap);
        height += part > 0 ? gap + part : 0;
    }
    return height;
}

/* ---- a walk ---- */

static bool walk(struct flow *flow, bool quiet)
{
    flow->pen.quiet = quiet;
    flow->pen.page = 0;
    if (!page_begin(flow) || !put_part(flow, put_head, 0) || !put_part(flow, put_who, 9) ||
        !put_table(flow))
        return false;
    if (!put_part(flow, put_totals, 2) || !put_part(flow, put_ages, part_gap))
        return false;
    bool whole = height_of(flow, put_closing) < (body_bottom - SHEET_MARGIN) * 0.7;
    if (whole ? !put_part(flow, put_closing, part_gap)
              : !put_part(flow, put_ways, part_gap) || !put_part(flow, put_notes, part_gap) ||
                    !put_part(flow, put_signs, part_gap + 2))
        return false;
    if (!page_end(flow))
        return false;
    flow->pages = flow->pen.page;
    return true;
}

static bool makes_sense(const struct sheet *sheet)
{
    return has(sheet->title) && has(sheet->shop) && sheet->language != NULL &&
           sheet->column_count <= SHEET_COLUMNS_MAX && sheet->total_count <= SHEET_PAIRS_MAX &&
           sheet->age_count <= SHEET_COLUMNS_MAX && sheet->sign_count <= SHEET_SIGNS_MAX;
}

/* And counts the pages. */
static bool flow_open(struct flow *flow, const struct sheet *sheet, struct sheet_report *report,
                      struct failure *failure)
{
    *flow = (struct flow){.sheet = sheet};
    report->pages = report->missing = 0;
    report->missing_in[0] = '\0';
    report->font_missing = false;
    if (!makes_sense(sheet))
        return fail(failure, FAULT_USE, 0, "a sheet without title, shop or language");
    pen_open(&flow->pen, sheet, report, failure);
    report->font_missing = ink_missing(&flow->pen, sheet->title, &type_title) > 0;
    if ((sheet->column_count == 0 || measure_table(flow)) && walk(flow, true)) {
        report->pages = flow->pages;
        return true;
    }
    pen_close(&flow->pen);
    return false;
}

/* ---- files ---- */

static FILE *file_make(const char *path, struct failure *failure)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
        (void)fail(failure, FAULT_BUSY, 0, "%s is there already", path);
        return NULL;
    }
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL)
        (void)fail(failure, FAULT_IO, errno, "cannot write %s", path);
    return file;
}

static cairo_status_t write_file(void *context, const unsigned char *data, unsigned size)
{
    FILE *file = context;
    return fwrite(data, 1, size, file) == size ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* What could not be written whole is not left there. */
static bool file_end(FILE *file, const char *path, cairo_status_t status, struct failure *failure)
{
    bool written = fflush(file) == 0 && !ferror(file);
    int reason = errno;
    written = fclose(file) == 0 && written && status == CAIRO_STATUS_SUCCESS;
    if (written)
        return true;
    (void)unlink(path);
    if (status == CAIRO_STATUS_SUCCESS || status == CAIRO_STATUS_WRITE_ERROR)
        return fail(failure, FAULT_IO, reason, "cannot write %s", path);
    return fail(failure, FAULT_IO, 0, "cannot write %s: %s", path, cairo_status_to_string(status));
}

static bool pdf_page(struct flow *flow)
{
    cairo_show_page(flow->pen.cairo);
    return true;
}

/* "2026-11-23T09:41:07Z": cairo's own clock is not asked. */
static void describe(cairo_surface_t *surface, const struct sheet *sheet)
{
    char made[INSTANT_TEXT_SIZE];
    instant_write(sheet->made_ms - sheet->made_ms % 1000, made);
    made[19] = 'Z';
    made[20] = '\0';
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, sheet->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR,
                                   has(sheet->author) ? sheet->author : sheet->shop);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Tefter");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, made);
}

bool sheet_write_pdf(const struct sheet *sheet, const char *path, struct sheet_report *report,
                     struct failure *failure)
{
    struct flow flow;
    if (!flow_open(&flow, sheet, report, failure))
        return false;
    FILE *file = file_make(path, failure);
    if (file == NULL) {
        pen_close(&flow.pen);
        return false;
    }
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        write_file, file, SHEET_WIDTH / MM_OF_POINT, SHEET_HEIGHT / MM_OF_POINT);
    describe(surface, sheet);
    flow.pen.cairo = cairo_create(surface);
    flow.page_done = pdf_page;
    bool drawn = walk(&flow, false);
    cairo_status_t status = cairo_status(flow.pen.cairo);
    cairo_destroy(flow.pen.cairo);
    cairo_surface_finish(surface);
    status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(surface) : status;
    cairo_surface_destroy(surface);
    pen_close(&flow.pen);
    bool written = file_end(file, path, status, failure);
    if (written && !drawn)
        (void)unlink(path);
    return written && drawn;
}

/* ---- pictures ---- */

enum { PICTURE_DPI = 160, PATH_ROOM = 4096 };

struct pictures {
    const char *path;
    cairo_surface_t *surface;
    uint32_t written;
};

static void picture_path(const struct flow *flow, uint32_t page, char out[PATH_ROOM])
{
    const struct pictures *pictures = flow->output;
    size_t stem = strlen(pictures->path) - strlen(".png");
    if (flow->pages == 1)
        (void)snprintf(out, PATH_ROOM, "%s", pictures->path);
    else
        (void)snprintf(out, PATH_ROOM, "%.*s-%u%s", (int)stem, pictures->path, page,
                       pictures->path + stem);
}

static void paint_white(cairo_t *cairo)
{
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
}

static bool png_page(struct flow *flow)
{
    char path[PATH_ROOM];
    struct pictures *pictures = flow->output;
    picture_path(flow, flow->pen.page, path);
    FILE *file = file_make(path, flow->pen.failure);
    if (file == NULL)
        return false;
    cairo_surface_flush(pictures->surface);
    cairo_status_t status = cairo_status(flow->pen.cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(pictures->surface, write_file, file);
    if (!file_end(file, path, status, flow->pen.failure))
        return false;
    pictures->written++;
    paint_white(flow->pen.cairo);
    return true;
}

static bool draw_pictures(struct flow *flow, struct pictures *pictures)
{
    double scale = PICTURE_DPI / 72.0;
    char path[PATH_ROOM];
    pictures->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                   (int)(SHEET_WIDTH / MM_OF_POINT * scale + 0.5),
                                                   (int)(SHEET_HEIGHT / MM_OF_POINT * scale + 0.5));
    flow->pen.cairo = cairo_create(pictures->surface);
    flow->page_done = png_page;
    flow->output = pictures;
    paint_white(flow->pen.cairo);
    cairo_scale(flow->pen.cairo, scale, scale);
    bool drawn = walk(flow, false);
    cairo_destroy(flow->pen.cairo);
    cairo_surface_destroy(pictures->surface);
    for (uint32_t page = 1; !drawn && page <= pictures->written; page++) {
        picture_path(flow, page, path);
        (void)unlink(path);
    }
    return drawn;
}

bool sheet_write_png(const struct sheet *sheet, const char *path, struct sheet_report *report,
                     struct failure *failure)
{
    struct flow flow;
    struct pictures pictures = {.path = path};
    size_t size = strlen(path);
    if (size < 5 || size + 16 > PATH_ROOM || strcasecmp(path + size - 4, ".png") != 0)
        return fail(failure, FAULT_USE, 0, "the name of a picture ends in .png");
    if (!flow_open(&flow, sheet, report, failure))
        return false;
    bool drawn = flow.pages <= SHEET_PICTURES_MAX
                     ? draw_pictures(&flow, &pictures)
                     : fail(failure, FAULT_USE, 0,
                            "these are %u pages, and at most %d become pictures: make a PDF",
                            flow.pages, SHEET_PICTURES_MAX);
    pen_close(&flow.pen);
    return drawn;
}
