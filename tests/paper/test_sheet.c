/*
 * Sheets: no ink stands on other ink or outside the margins, whatever the texts are; no letter is
 * missing in five languages; figures end under one another; the same sheet gives the same bytes; a
 * long one is carried over from page to page, and takes no more memory than a short one.
 *
 *   test_sheet [SEED]
 */
#include "base/check.h"

#include "base/prng.h"
#include "samples.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t seed = 20261201;
static char folder[] = "/tmp/tefter-sheet-XXXXXX";

/* ---- what was drawn ---- */

enum { PIECES_MAX = 20000, TEXT_MAX = 200 };

struct seen {
    enum sheet_ink ink;
    uint32_t page;
    double x, y, width, height;
    bool figure;
    char text[TEXT_MAX];
};

static struct {
    struct seen at[PIECES_MAX];
    size_t count;
} seen;

static void see(void *context, const struct sheet_piece *piece)
{
    (void)context;
    if (seen.count == PIECES_MAX)
        return;
    struct seen *at = &seen.at[seen.count++];
    *at = (struct seen){piece->ink,   piece->page,   piece->x,      piece->y,
                        piece->width, piece->height, piece->figure, ""};
    (void)snprintf(at->text, sizeof at->text, "%.*s", TEXT_MAX - 1, piece->text);
}

static void path_of(char out[256], const char *name)
{
    (void)snprintf(out, 256, "%s/%s", folder, name);
    (void)unlink(out);
}

static void draw(const struct sheet *sheet, struct sheet_report *report)
{
    char path[256];
    struct failure failure = {0};
    seen.count = 0;
    *report = (struct sheet_report){.piece = see};
    path_of(path, "a.pdf");
    if (!sheet_write_pdf(sheet, path, report, &failure))
        fail_msg("%s", failure.text);
    assert_int_equal(unlink(path), 0);
}

static bool apart(const struct seen *a, const struct seen *b)
{
    const double slack = 0.05;
    return a->page != b->page || a->x + a->width <= b->x + slack ||
           b->x + b->width <= a->x + slack || a->y + a->height <= b->y + slack ||
           b->y + b->height <= a->y + slack;
}

static bool holds(const struct seen *frame, const struct seen *piece)
{
    return frame->page == piece->page && piece->x >= frame->x && piece->y >= frame->y &&
           piece->x + piece->width <= frame->x + frame->width &&
           piece->y + piece->height <= frame->y + frame->height;
}

static bool may_touch(const struct seen *a, const struct seen *b)
{
    if (a->ink == SHEET_INK_RULE && b->ink == SHEET_INK_RULE)
        return true; /* a thin one under a strong one */
    return (a->ink == SHEET_INK_FRAME && holds(a, b)) || (b->ink == SHEET_INK_FRAME && holds(b, a));
}

static void check_pieces(const char *what, double slack)
{
    assert_true(seen.count > 0 && seen.count < PIECES_MAX);
    for (size_t i = 0; i < seen.count; i++) {
        const struct seen *a = &seen.at[i];
        if (a->ink == SHEET_INK_ACROSS)
            continue;
        if (a->x < SHEET_MARGIN - slack || a->x + a->width > SHEET_WIDTH - SHEET_MARGIN + slack ||
            a->y < SHEET_MARGIN - slack || a->y + a->height > SHEET_HEIGHT - SHEET_MARGIN + slack)
            fail_msg("%s, seed %llu: page %u: \"%s\" is outside the margins: %.2f %.2f %.2f %.2f",
                     what, (unsigned long long)seed, a->page, a->text, a->x, a->y, a->width,
                     a->height);
        for (size_t k = i + 1; k < seen.count && seen.at[k].page == a->page; k++) {
            const struct seen *b = &seen.at[k];
            if (b->ink != SHEET_INK_ACROSS && !apart(a, b) && !may_touch(a, b))
                fail_msg("%s, seed %llu: page %u: \"%s\" (%d) stands on \"%s\" (%d): "
                         "%.2f %.2f %.2f %.2f, %.2f %.2f %.2f %.2f",
                         what, (unsigned long long)seed, a->page, a->text, (int)a->ink, b->text,
                         (int)b->ink, a->x, a->y, a->width, a->height, b->x, b->y, b->width,
                         b->height);
        }
    }
}

static bool is_seen(const char *text, uint32_t page)
{
    for (size_t i = 0; i < seen.count; i++)
        if (seen.at[i].page == page && strstr(seen.at[i].text, text) != NULL)
            return true;
    return false;
}

/* Pages with a word over all of them. */
static uint32_t across_pages(void)
{
    uint32_t count = 0;
    for (size_t i = 0; i < seen.count; i++)
        count += seen.at[i].ink == SHEET_INK_ACROSS;
    return count;
}

/* ---- every paper in every language ---- */

static struct sample_sheet sample;

static void test_every_paper(void **state)
{
    char what[64];
    (void)state;
    for (int language = 0; language < LANGUAGES; language++) {
        for (int kind = 0; kind < SAMPLES; kind++) {
            struct sheet_report report;
            sample_make(&sample, (enum language)language, (enum sample)kind, 0);
            draw(&sample.sheet, &report);
            (void)snprintf(what, sizeof what, "%s %s", sample_word((enum sample)kind),
                           sample.sheet.language);
            check_pieces(what, 0.3);
            assert_int_equal(report.missing, 0);
            assert_false(report.font_missing);
            assert_true(is_seen(sample.sheet.title, 1));
            assert_true(is_seen(sample.sheet.box_figure, 1));
            assert_int_equal(across_pages(), kind == SAMPLE_CONFIRMATION ? report.pages : 0);
        }
    }
}

/* Page by page the ends of the balances are one: ink of a digit stands in the middle of its cell.
 */
static void test_figures_align(void **state)
{
    (void)state;
    for (int language = 0; language < LANGUAGES; language++) {
        struct sheet_report report;
        double last = 0;
        size_t figures = 0;
        sample_make(&sample, (enum language)language, SAMPLE_STATEMENT, 60);
        sample.sheet.age_count = 0;
        sample.sheet.box_figure = NULL;
        draw(&sample.sheet, &report);
        /* the balance is the last column: the one nearest to the end of the page */
        bool right = sample.sheet.right_to_left;
        for (size_t i = 0; i < seen.count; i++) {
            const struct seen *at = &seen.at[i];
            bool balance =
                at->figure && (right ? at->x < SHEET_MARGIN + 12
                                     : at->x + at->width > SHEET_WIDTH - SHEET_MARGIN - 3);
            if (!balance)
                continue;
            last = figures++ == 0 ? at->x + at->width : last;
            assert_true(at->x + at->width > last - 1.2 && at->x + at->width < last + 1.2);
        }
        assert_true(figures >= 60);
    }
}

/* The mirror: what stands at the left of a page stands at the right of the other. */
static void test_right_to_left(void **state)
{
    struct sheet_report report;
    (void)state;
    sample_make(&sample, LANGUAGE_PERSIAN, SAMPLE_INVOICE, 0);
    draw(&sample.sheet, &report);
    for (size_t i = 0; i < seen.count; i++) {
        const struct seen *at = &seen.at[i];
        if (strcmp(at->text, sample.sheet.shop) == 0)
            assert_true(at->x + at->width > SHEET_WIDTH - SHEET_MARGIN - 0.7);
        if (strcmp(at->text, sample.sheet.title) == 0)
            assert_true(at->x < SHEET_MARGIN + 0.7);
        if (at->ink == SHEET_INK_CODE)
            assert_true(at->x > SHEET_WIDTH / 2);
    }
}

/* ---- the same bytes ---- */

static size_t read_file(const char *path, uint8_t *out, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(out, 1, room, file);
    (void)fclose(file);
    assert_true(size < room);
    return size;
}

static void test_same_bytes(void **state)
{
    enum { ROOM = 1 << 20 };
    static uint8_t bytes[2][ROOM];
    char path[256];
    (void)state;
    for (int picture = 0; picture < 2; picture++) {
        size_t size[2] = {0};
        for (int time = 0; time < 2; time++) {
            struct sheet_report report = {.pages = 0};
            struct failure failure = {0};
            sample_make(&sample, LANGUAGE_PERSIAN, SAMPLE_STATEMENT, 0);
            path_of(path, picture == 1 ? "b.png" : "b.pdf");
            assert_true((picture == 1 ? sheet_write_png : sheet_write_pdf)(&sample.sheet, path,
                                                                           &report, &failure));
            size[time] = read_file(path, bytes[time], ROOM);
            if (time == 0)
                (void)sleep(picture == 1 ? 0 : 1); /* a clock that was asked would differ */
        }
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(bytes[0], bytes[1], size[0]);
    }
}

/* ---- long ones, and ones of nothing ---- */

static long memory_kb(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void test_forty_thousand_movements(void **state)
{
    enum { ROWS = 40000, MORE_KB = 48 * 1024 };
    char path[256];
    struct sheet_report report = {.pages = 0};
    struct failure failure = {0};
    (void)state;
    sample_make(&sample, LANGUAGE_VIETNAMESE, SAMPLE_STATEMENT, 200);
    path_of(path, "c.pdf");
    assert_true(sheet_write_pdf(&sample.sheet, path, &report, &failure));
    long before = memory_kb();
    sample_make(&sample, LANGUAGE_VIETNAMESE, SAMPLE_STATEMENT, ROWS);
    path_of(path, "c.pdf");
    assert_true(sheet_write_pdf(&sample.sheet, path, &report, &failure));
    assert_true(report.pages > 1000 && report.pages < 2000);
#ifndef __SANITIZE_ADDRESS__
    assert_true(memory_kb() - before < MORE_KB);
#endif
    (void)before;
    (void)unlink(path);
}

static void test_carried_over(void **state)
{
    struct sheet_report report;
    (void)state;
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_STATEMENT, 100);
    draw(&sample.sheet, &report);
    check_pieces("a hundred movements", 0.3);
    assert_true(report.pages >= 3);
    for (uint32_t page = 1; page <= report.pages; page++) {
        char number[32];
        (void)snprintf(number, sizeof number, "Page %u of %u", page, report.pages);
        assert_true(is_seen(number, page));
        assert_true(is_seen("Carried forward", page) == is_seen("Brought forward", page + 1));
    }
    assert_true(is_seen("Carried forward", 1) && is_seen("Balance", 2));
    assert_false(is_seen("Brought forward", 1));
}

/* However many rows there are, the sums stand on a page with one. */
static void test_sums_are_not_alone(void **state)
{
    (void)state;
    for (size_t rows = 20; rows < 64; rows++) {
        struct sheet_report report;
        char last[32];
        sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_STATEMENT, rows);
        draw(&sample.sheet, &report);
        uint32_t page = 1;
        while (page < report.pages && !is_seen("closing balance", page))
            page++;
        (void)snprintf(last, sizeof last, "TD\u2060-\u2060%04zu", rows - 1 + 3040);
        (void)snprintf(last, sizeof last, "%zu", rows - 1 + 3040);
        assert_true(is_seen("closing balance", page) && is_seen(last, page));
    }
}

static void test_no_rows(void **state)
{
    (void)state;
    for (int language = 0; language < LANGUAGES; language++) {
        struct sheet_report report;
        sample_make(&sample, (enum language)language, SAMPLE_RECEIPT, 0);
        sample.sheet.row_count = 0;
        sample.sheet.empty = sample.sheet.shop;
        draw(&sample.sheet, &report);
        check_pieces("no rows", 0.3);
        assert_int_equal(report.pages, 1);
        sample.sheet.column_count = 0; /* nor a table */
        draw(&sample.sheet, &report);
        check_pieces("no table", 0.3);
    }
}

/* ---- odd texts ---- */

static struct prng dice;

enum { ODD_MAX = 900 };

/* Up to 200 characters of any script, with controls, isolates, marks, and bytes that are no text.
 */
static const char *odd(char out[ODD_MAX])
{
    static const char *const bits[] = {"Công ty TNHH ",
                                       "ệ",
                                       "Λεωφόρος ",
                                       "شرکت ",
                                       "\u200c",
                                       "۱۲۳",
                                       "杭州",
                                       "WWWWWWWWWWWW",
                                       "iiii",
                                       "\u202e",
                                       "\u2066",
                                       "\u2069",
                                       "\u200f",
                                       "\t",
                                       "\n",
                                       "\u2028",
                                       "-",
                                       " ",
                                       "  ",
                                       "e\u0301\u0323",
                                       "\xff",
                                       "\xc3",
                                       "1.234.567",
                                       "«»",
                                       "ﷺ",
                                       "\u00ad",
                                       "Supercalifragilisticexpialidocious",
                                       "\x01",
                                       "%s{count}|",
                                       "ש",
                                       "ﬁ",
                                       "…"};
    size_t used = 0;
    uint64_t count = prng_below(&dice, 4) == 0 ? 0 : prng_below(&dice, 40);
    out[0] = '\0';
    for (uint64_t i = 0; i < count && used + 40 < ODD_MAX; i++)
        used += (size_t)snprintf(out + used, ODD_MAX - used, "%s",
                                 bits[prng_below(&dice, sizeof bits / sizeof bits[0])]);
    return out;
}

struct odd_rows {
    char cells[SHEET_COLUMNS_MAX][ODD_MAX];
    char under[ODD_MAX];
    uint64_t seed;
    size_t columns;
};

static const char *odd_figure(char out[ODD_MAX])
{
    (void)snprintf(out, ODD_MAX, "%s%llu", prng_below(&dice, 5) == 0 ? "\u2212" : "",
                   (unsigned long long)(prng_next(&dice) >> (20 + prng_below(&dice, 44))));
    return out;
}

/* The same each time it is asked. */
static bool odd_row(void *context, size_t index, struct sheet_row *row, struct failure *failure)
{
    struct odd_rows *rows = context;
    (void)failure;
    struct prng kept = dice;
    dice.state = rows->seed + index;
    for (size_t i = 0; i < rows->columns; i++)
        row->cells[i] = i == 1 ? odd(rows->cells[i]) : odd_figure(rows->cells[i]);
    row->under = odd(rows->under);
    row->strong = prng_below(&dice, 8) == 0;
    dice = kept;
    return true;
}

static void test_odd_texts(void **state)
{
    enum { ROUNDS = 40 };
    static struct odd_rows rows;
    static char text[40][ODD_MAX];
    (void)state;
    dice.state = seed;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct sheet_report report;
        size_t at = 0;
        sample_make(&sample, (enum language)prng_below(&dice, LANGUAGES),
                    (enum sample)prng_below(&dice, SAMPLES), 0);
        struct sheet *sheet = &sample.sheet;
        sheet->party = odd(text[at++]);
        sheet->party_label = odd(text[at++]);
        for (size_t i = 0; i < 3; i++) {
            sheet->party_lines.at[i] = odd(text[at++]);
            sheet->shop_lines.at[i] = odd(text[at++]);
            sheet->pay_lines.at[i] = odd(text[at++]);
            sheet->notes.at[i] = odd(text[at++]);
            sheet->title_lines.at[i] = odd(text[at++]);
        }
        sheet->party_lines.count = sheet->shop_lines.count = sheet->pay_lines.count = 3;
        sheet->notes.count = sheet->title_lines.count = 3;
        sheet->foot = odd(text[at++]);
        sheet->totals[0] = (struct sheet_pair){odd(text[at]), odd_figure(text[at + 1]), true};
        at += 2;
        sheet->total_count = 1;
        for (size_t i = 0; i < sheet->sign_count; i++)
            sheet->signs[i].label = odd(text[at++]);
        rows.seed = prng_next(&dice);
        rows.columns = 5;
        for (size_t i = 0; i < rows.columns; i++)
            sheet->columns[i] =
                (struct sheet_column){odd(text[at++]), i == 1 ? SHEET_WORDS : SHEET_FIGURE};
        /* titles of figures stay in one line: short */
        for (size_t i = 0; i < rows.columns; i++)
            if (i != 1)
                sheet->columns[i].title = "Ποσό";
        sheet->column_count = rows.columns;
        sheet->row_count = prng_below(&dice, 40);
        sheet->row = odd_row;
        sheet->context = &rows;
        sheet->carried = NULL;
        sheet->sums = NULL;
        draw(sheet, &report);
        for (size_t i = 0; i < seen.count; i++)
            assert_null(strchr(seen.at[i].text, '\n'));
        check_pieces("odd texts", 1.5);
    }
}

static void test_missing_is_told(void **state)
{
    struct sheet_report report;
    (void)state;
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_RECEIPT, 0);
    sample.sheet.party = "Fenwick \U0010FFFD"; /* of private use: nobody draws it */
    draw(&sample.sheet, &report);
    assert_int_equal(report.missing, 1);
    assert_string_equal(report.missing_in, sample.sheet.party);
    assert_false(report.font_missing);
    sample.sheet.title = "\U0010FFFD";
    draw(&sample.sheet, &report);
    assert_true(report.font_missing);
}

/* ---- files ---- */

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
}

static void refused(bool picture, const char *path, enum fault fault, const char *words)
{
    struct sheet_report report = {.pages = 0};
    struct failure failure = {0};
    assert_false(
        (picture ? sheet_write_png : sheet_write_pdf)(&sample.sheet, path, &report, &failure));
    assert_int_equal(failure.fault, fault);
    assert_non_null(strstr(failure.text, words));
}

static void test_files(void **state)
{
    char path[256];
    char second[256];
    char there[16] = "";
    (void)state;
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_STATEMENT, 60);
    path_of(path, "d.pdf");
    write_text(path, "mine");
    refused(false, path, FAULT_BUSY, "is there already");
    assert_int_equal(read_file(path, (uint8_t *)there, sizeof there), 4);
    refused(false, "/nowhere/d.pdf", FAULT_IO, "cannot write /nowhere/d.pdf");
    refused(false, "/dev/full/d.pdf", FAULT_IO, "cannot write");
    refused(true, "d.jpg", FAULT_USE, ".png");
    /* the second picture is in the way: the first is not left */
    path_of(path, "e-1.png");
    path_of(second, "e-2.png");
    write_text(second, "mine");
    char name[256];
    path_of(name, "e.png");
    refused(true, name, FAULT_BUSY, "e-2.png is there already");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(access(second, F_OK), 0);
    (void)unlink(second);
    /* one to a page */
    struct sheet_report report = {.pages = 0};
    struct failure failure = {0};
    assert_true(sheet_write_png(&sample.sheet, name, &report, &failure));
    assert_true(report.pages > 1);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(access(second, F_OK), 0);
    assert_int_not_equal(access(name, F_OK), 0);
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_STATEMENT, 3000);
    refused(true, name, FAULT_USE, "make a PDF");
}

/* A full disk: nothing is left that looks like a paper. */
static void test_full_disk(void **state)
{
    char path[256];
    struct rlimit limit;
    struct rlimit small;
    struct sheet_report report = {.pages = 0};
    struct failure failure = {0};
    (void)state;
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_STATEMENT, 60);
    path_of(path, "f.pdf");
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 8192;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool written = sheet_write_pdf(&sample.sheet, path, &report, &failure);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_false(written);
    assert_int_equal(failure.fault, FAULT_IO);
    assert_int_not_equal(access(path, F_OK), 0);
}

static bool broken_row(void *context, size_t index, struct sheet_row *row, struct failure *failure)
{
    (void)context;
    (void)row;
    return index < 3 || fail(failure, FAULT_PEER, 0, "the line is lost");
}

static void test_what_cannot_be_drawn(void **state)
{
    char path[256];
    static char long_text[SHEET_TEXT_MAX + 8];
    (void)state;
    path_of(path, "g.pdf");
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_INVOICE, 0);
    sample.sheet.row = broken_row;
    refused(false, path, FAULT_PEER, "the line is lost");
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_INVOICE, 0);
    memset(long_text, 'x', sizeof long_text - 1);
    sample.sheet.party = long_text;
    refused(false, path, FAULT_USE, "too long");
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_INVOICE, 0);
    sample.sheet.logo = (struct sheet_image){(const uint8_t *)"no picture", 10};
    refused(false, path, FAULT_USE, "PNG");
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_INVOICE, 0);
    sample.sheet.codes[0].payload = long_text;
    refused(false, path, FAULT_USE, "QR");
    sample_make(&sample, LANGUAGE_ENGLISH, SAMPLE_INVOICE, 0);
    sample.sheet.title = "";
    refused(false, path, FAULT_USE, "title");
    assert_int_not_equal(access(path, F_OK), 0);
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_paper),
        cmocka_unit_test(test_figures_align),
        cmocka_unit_test(test_right_to_left),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_carried_over),
        cmocka_unit_test(test_sums_are_not_alone),
        cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_odd_texts),
        cmocka_unit_test(test_missing_is_told),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_what_cannot_be_drawn),
        cmocka_unit_test(test_forty_thousand_movements),
    };
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    if (mkdtemp(folder) == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
