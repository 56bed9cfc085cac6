/* Cells of the terminal's picture: width, order, what is cut, and what never reaches a terminal. */
#include "base/check.h"
#include "tui/canvas.h"

#include <locale.h>
#include <string.h>

static const struct glyph_look utf8 = {.unicode = true};
static const struct glyph_look persian = {.unicode = true, .rtl = true};
static const struct glyph_look ascii = {.unicode = false};

/* What a row of this width shows of a text. */
static const char *shown(const char *text, int width, struct glyph_look look)
{
    static char out[1024];
    struct canvas canvas;
    canvas_init(&canvas);
    canvas_begin(&canvas, 1, width, look);
    canvas_put(&canvas, 0, 0, width, SIDE_START, INK_PLAIN, text);
    (void)canvas_row(&canvas, 0, out, sizeof(out));
    canvas_fini(&canvas);
    return out;
}

static void wide_characters_count_two(void **state)
{
    (void)state;
    assert_int_equal(glyphs_columns("王小明建材", utf8), 10);
    assert_int_equal(glyphs_columns("Thủ Đức", utf8), 7);
    assert_int_equal(glyphs_columns("T\xCC\x82", utf8), 1); /* a mark takes no column */
    assert_string_equal(shown("王小明建材", 10, utf8), "王小明建材");
    assert_string_equal(shown("王小明建材", 8, utf8), "王小明…");
    assert_string_equal(shown("王小明建材", 3, utf8), "王…");
    assert_string_equal(shown("abc", 0 + 1, utf8), "…");
}

static void nothing_in_a_name_steers_the_terminal(void **state)
{
    (void)state;
    assert_string_equal(shown("a\033[2Jb", 20, utf8), "a\\x1b[2Jb");
    assert_string_equal(shown("a\nb\tc", 20, utf8), "a\\x0ab\\x09c");
    assert_string_equal(shown("a\xE2\x80\xAE"
                              "b",
                              20, utf8),
                        "a\\u202eb");
    assert_string_equal(shown("a\xFF"
                              "b",
                              20, utf8),
                        "a\\xffb");
    assert_string_equal(shown("a\xC2\x9B"
                              "b",
                              20, utf8),
                        "a\\x9bb");
}

/* Each cell orders its own text; letters are joined, lam-alef is one sign of one column. */
static void persian_is_ordered_in_its_cell(void **state)
{
    (void)state;
    assert_string_equal(shown("سلام", 4, persian), " ﻡﻼﺳ");
    assert_int_equal(glyphs_columns("سلام", persian), 3);
    assert_string_equal(shown("سلام", 3, persian), "ﻡﻼﺳ"); /* so it fits there */
    assert_string_equal(shown("ab", 4, persian), "  ab");
    /* A fact keeps its own order in a sentence, and its isolates do not reach the terminal. */
    assert_string_equal(shown("بدهی \xE2\x81\xA6"
                              "1,234"
                              "\xE2\x81\xA9",
                              12, persian),
                        "  1,234 ﯽﻫﺪﺑ");
}

static void amounts_keep_their_units_under_units(void **state)
{
    char out[256];
    struct canvas canvas;
    (void)state;
    canvas_init(&canvas);
    canvas_begin(&canvas, 2, 30, persian);
    canvas_put(&canvas, 0, 0, 10, SIDE_START, INK_PLAIN, "name");
    canvas_put(&canvas, 0, 10, 10, SIDE_RIGHT, INK_PLAIN, "1,200");
    canvas_put(&canvas, 1, 10, 10, SIDE_RIGHT, INK_PLAIN, "30");
    (void)canvas_row(&canvas, 0, out, sizeof(out));
    assert_string_equal(out, "               1,200      name");
    (void)canvas_row(&canvas, 1, out, sizeof(out));
    assert_string_equal(out, "                  30");
    canvas_fini(&canvas);
}

static void signs_and_letters_have_stand_ins(void **state)
{
    (void)state;
    assert_string_equal(shown("● live", 20, ascii), "* live");
    assert_string_equal(shown("▲ over ⊘ ✕ ✓ ◷ ‖ ▎ →", 40, ascii), "^ over # x v @ = | ->");
    assert_string_equal(shown("Xây dựng Phú Mỹ, Đức", 40, ascii), "Xay dung Phu My, Duc");
    assert_string_equal(shown("−4.200.000", 20, ascii), "-4.200.000");
    assert_string_equal(shown("۱٬۲۳۴", 20, ascii), "1,234");
    for (const char *at = shown("王 آناهیتا Ανδρέας ₫", 40, ascii); *at != '\0'; at++)
        assert_true((unsigned char)*at < 0x80);
}

static void what_is_put_stays_in_its_cell(void **state)
{
    char out[256];
    struct canvas canvas;
    (void)state;
    canvas_init(&canvas);
    canvas_begin(&canvas, 1, 12, utf8);
    canvas_put(&canvas, 0, 6, 6, SIDE_RIGHT, INK_PLAIN, "123");
    canvas_put(&canvas, 0, 0, 6, SIDE_START, INK_PLAIN, "much too long");
    canvas_put(&canvas, 0, 40, 6, SIDE_START, INK_PLAIN, "outside");
    canvas_put(&canvas, 7, 0, 6, SIDE_START, INK_PLAIN, "outside");
    (void)canvas_row(&canvas, 0, out, sizeof(out));
    assert_string_equal(out, "much …   123");
    canvas_fini(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_characters_count_two),
        cmocka_unit_test(nothing_in_a_name_steers_the_terminal),
        cmocka_unit_test(persian_is_ordered_in_its_cell),
        cmocka_unit_test(amounts_keep_their_units_under_units),
        cmocka_unit_test(signs_and_letters_have_stand_ins),
        cmocka_unit_test(what_is_put_stays_in_its_cell),
    };
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
