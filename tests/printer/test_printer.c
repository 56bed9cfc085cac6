/*
 * What a slip says and how it is drawn, in every language and on both papers; the bytes for the
 * printer; its answers; where it stands; and which documents came out before.
 *
 *   test_printer [FOLDER]    the pictures are kept there, to be looked at
 */
#include "base/check.h"
#include "base/prng.h"

#include "base/log.h"
#include "printer/printer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *pictures;

/* ---- a job ---- */

static Tefter__DocumentLine line_of(const char *text, int64_t quantity, const char *unit,
                                    int64_t price, int64_t net)
{
    Tefter__DocumentLine line = TEFTER__DOCUMENT_LINE__INIT;
    line.text = (char *)(uintptr_t)text;
    line.quantity = quantity;
    line.unit = (char *)(uintptr_t)unit;
    line.price = price;
    line.net_minor = net;
    return line;
}

struct job {
    Tefter__PrintJob job;
    Tefter__DocumentAnswer answer;
    Tefter__DocumentRecord document;
    Tefter__CustomerRow customer;
    Tefter__Text name;
    Tefter__DocumentLine lines[3];
    Tefter__DocumentLine *line_at[3];
    Tefter__Touch touch;
    Tefter__Touch *touch_at[1];
};

static const struct {
    enum language language;
    const char *company, *branch, *till, *customer, *goods[3];
} shops[] = {
    {LANGUAGE_ENGLISH,
     "Harbour Building Supplies",
     "Warehouse",
     "till 2",
     "Fenwick & Sons",
     {"Cement 42.5 R, bag of 25 kg", "Oak board 22 mm", "Screws 4 x 50 (200)"}},
    {LANGUAGE_VIETNAMESE,
     "VẬT LIỆU XÂY DỰNG HẢI LONG",
     "Thủ Đức",
     "quầy 2",
     "Công ty TNHH Xây dựng Phú Mỹ Hưng",
     {"Xi măng Hà Tiên đa dụng", "Gạch thẻ Đồng Nai", "Thép vằn Ø16"}},
    {LANGUAGE_CHINESE,
     "海龙建材有限公司",
     "守德店",
     "收银台2",
     "富美建筑工程公司",
     {"水泥 42.5R 50公斤", "红砖", "螺纹钢 16毫米"}},
    {LANGUAGE_PERSIAN,
     "مصالح ساختمانی البرز",
     "کرج",
     "صندوق ۲",
     "شرکت سازهٔ آریا",
     {"سیمان تیپ ۲ (Portland)", "آجر فشاری", "میلگرد ۱۶"}},
    {LANGUAGE_GREEK,
     "Οικοδομικά Υλικά Αρτέμης & Υιοί",
     "Αθήνα",
     "ταμείο 2",
     "Κατασκευές Παπαδόπουλος Α.Ε.",
     {"Τσιμέντο 42,5 R 25 κιλών", "Τούβλα", "Ράβδος Ø16"}},
};
enum { SHOPS = sizeof shops / sizeof shops[0] };

static void job_make(struct job *job, size_t shop)
{
    memset(job, 0, sizeof *job);
    job->job = (Tefter__PrintJob)TEFTER__PRINT_JOB__INIT;
    job->answer = (Tefter__DocumentAnswer)TEFTER__DOCUMENT_ANSWER__INIT;
    job->document = (Tefter__DocumentRecord)TEFTER__DOCUMENT_RECORD__INIT;
    job->customer = (Tefter__CustomerRow)TEFTER__CUSTOMER_ROW__INIT;
    job->name = (Tefter__Text)TEFTER__TEXT__INIT;
    job->touch = (Tefter__Touch)TEFTER__TOUCH__INIT;
    job->job.document = &job->answer;
    job->answer.document = &job->document;
    job->answer.customer = &job->customer;
    job->customer.name = &job->name;
    job->name.value = (char *)(uintptr_t)shops[shop].customer;
    job->answer.state = TEFTER__DOCUMENT_STATE__DOCUMENT_PART;
    job->answer.open_minor = 5000000;
    job->answer.author = "minh";
    job->document.kind = TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    job->document.number = "TD-02871";
    job->document.date = 20780;
    job->document.has_due = true;
    job->document.due = 20810;
    job->document.recorded_ms = INT64_C(20780) * 86400000 + 9667000;
    job->document.total_minor = 928300000;
    job->document.has_tax_minor = true;
    job->document.tax_minor = 7430000;
    for (size_t i = 0; i < 3; i++) {
        job->lines[i] = line_of(shops[shop].goods[i], 120000 + 500 * (int64_t)i, "kg", 8900000,
                                10680000 * (int64_t)(i * 10 + 1));
        job->line_at[i] = &job->lines[i];
    }
    job->lines[1].discount_minor = 100000;
    job->document.n_lines = 3;
    job->document.lines = job->line_at;
    job->touch.other_number = "R-TD-5530";
    job->touch.has_other_kind = true;
    job->touch.other_kind = TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT;
    job->touch.has_payment_kind = true;
    job->touch.payment_kind = TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    job->touch.amount_minor = 50000000;
    job->touch_at[0] = &job->touch;
    job->answer.n_touches = 1;
    job->answer.touches = job->touch_at;
    job->job.branch_name = (char *)(uintptr_t)shops[shop].branch;
    job->job.terminal_name = (char *)(uintptr_t)shops[shop].till;
    job->job.utc_offset_minutes = 420;
    job->job.has_owed_minor = job->job.has_owed_before_minor = true;
    job->job.owed_before_minor = 378300000;
    job->job.owed_minor = INT64_C(1256600000);
    job->job.has_change_minor = true;
    job->job.change_minor = 200000;
}

static void draw(const struct job *job, size_t shop, bool copy, uint32_t width, struct arena *arena,
                 struct slip *ret_slip, struct picture *ret_picture,
                 struct paper_report *ret_report)
{
    struct failure failure = {0};
    const struct slip_facts facts = {
        .company = shops[shop].company,
        .currency = currency_find(shops[shop].language == LANGUAGE_PERSIAN ? "IRR" : "VND"),
        .language = shops[shop].language,
        .copy = copy};
    assert_true(slip_of(&job->job, &facts, arena, ret_slip));
    assert_true(paper_draw(ret_slip, width, ret_picture, ret_report, &failure));
}

static const struct slip_row *row_of(const struct slip *slip, const char *message,
                                     enum language language)
{
    for (size_t i = 0; i < slip->count; i++)
        if (strncmp(slip->rows[i].start, words_in(language, message),
                    strlen(words_in(language, message))) == 0)
            return &slip->rows[i];
    fail_msg("no row of %s in language %d", message, (int)language);
    return NULL;
}

/* ---- every language, both papers ---- */

static uint32_t ink_in(const struct picture *picture, uint32_t x)
{
    uint32_t ink = 0;
    for (uint32_t y = 0; y < picture->height; y++)
        ink += ((unsigned)picture->dots[y * picture->stride + x / 8] >> (7 - x % 8)) & 1U;
    return ink;
}

static void test_all_languages(void **state)
{
    (void)state;
    for (size_t shop = 0; shop < SHOPS; shop++)
        for (uint32_t width = PAPER_58_MM; width <= PAPER_80_MM; width += 192) {
            struct arena arena;
            struct job job;
            struct slip slip;
            struct picture first;
            struct picture second;
            struct paper_report report;
            char path[256];
            arena_init(&arena, 4 * 1024 * 1024);
            job_make(&job, shop);
            draw(&job, shop, shop == 1, width, &arena, &slip, &first, &report);
            assert_int_equal(report.missing, 0);
            assert_int_equal(first.width, width);
            assert_in_range(first.height, 400, 2000);
            assert_int_equal(first.stride, width / 8);
            /* units under units: no ink of a figure beyond that edge */
            uint32_t end = report.figures_end;
            assert_true(slip.right_to_left ? end < width / 2 : end == width - 6);
            assert_int_equal(ink_in(&first, 0) + ink_in(&first, width - 1), 0);
            draw(&job, shop, shop == 1, width, &arena, &slip, &second, NULL);
            assert_int_equal(first.height, second.height);
            assert_memory_equal(first.dots, second.dots, first.height * first.stride);
            (void)snprintf(path, sizeof path, "%s/%s-%u.png", pictures == NULL ? "." : pictures,
                           slip.language, width);
            struct failure failure = {0};
            if (pictures != NULL)
                assert_true(picture_write_png(&first, path, &failure));
            picture_free(&first);
            picture_free(&second);
            arena_fini(&arena);
        }
}

/* Each rate is a row of its own, with what it is of; and whose bill it is, by their tax number. */
static void test_vat_by_rate(void **state)
{
    (void)state;
    struct arena arena;
    struct job job;
    struct slip slip;
    struct picture picture;
    Tefter__Text code = TEFTER__TEXT__INIT;
    static const uint32_t rates[] = {1000, 500, 1000};
    arena_init(&arena, 4 * 1024 * 1024);
    job_make(&job, 0);
    for (size_t i = 0; i < 3; i++) {
        job.lines[i].has_tax_bp = job.lines[i].has_tax_minor = true;
        job.lines[i].tax_bp = rates[i];
        job.lines[i].net_minor = 1000 * (int64_t)(i + 1);
        job.lines[i].tax_minor = 100 * (int64_t)(i + 1);
    }
    code.value = (char *)(uintptr_t) "0312345678";
    job.job.buyer_tax_code = &code;
    draw(&job, 0, false, PAPER_80_MM, &arena, &slip, &picture, NULL);
    picture_free(&picture);
    assert_string_equal(row_of(&slip, "VAT 5% on 2,000", LANGUAGE_ENGLISH)->end, "200");
    assert_string_equal(row_of(&slip, "VAT 10% on 4,000", LANGUAGE_ENGLISH)->end, "400");
    assert_non_null(row_of(&slip, "Tax number: 0312345678", LANGUAGE_ENGLISH));
    assert_non_null(row_of(&slip, "INVOICE", LANGUAGE_ENGLISH));
    job.answer.customer = NULL; /* over the counter */
    draw(&job, 0, false, PAPER_80_MM, &arena, &slip, &picture, NULL);
    picture_free(&picture);
    assert_non_null(row_of(&slip, "SALES RECEIPT", LANGUAGE_ENGLISH));
    arena_fini(&arena);
}

static void test_words(void **state)
{
    (void)state;
    struct arena arena;
    struct job job;
    struct slip slip;
    struct picture picture;
    arena_init(&arena, 4 * 1024 * 1024);
    job_make(&job, 1);
    draw(&job, 1, false, PAPER_80_MM, &arena, &slip, &picture, NULL);
    picture_free(&picture);
    assert_string_equal(row_of(&slip, "OWED NOW", LANGUAGE_VIETNAMESE)->end, "1.256.600.000");
    assert_string_equal(row_of(&slip, "TOTAL", LANGUAGE_VIETNAMESE)->end, "928.300.000");
    assert_string_equal(slip.rows[1].start, "Thủ Đức · quầy 2 · 23/11/2026");
    assert_string_equal(slip.rows[3].end, "09:41:07");
    assert_non_null(strstr(slip.rows[6].start, "120 kg × 8.900"));
    job_make(&job, 3);
    draw(&job, 3, true, PAPER_80_MM, &arena, &slip, &picture, NULL);
    picture_free(&picture);
    assert_true(slip.right_to_left);
    assert_string_equal(slip.rows[1].start, "کرج · صندوق ۲ · ۱۴۰۵/۰۹/۰۲");
    assert_non_null(row_of(&slip, "COPY", LANGUAGE_PERSIAN));
    for (size_t i = 0; i < slip.count; i++) /* a copy says nothing of a debt that may be old */
        assert_string_not_equal(slip.rows[i].start, words_in(LANGUAGE_PERSIAN, "OWED NOW"));
    for (size_t i = 0; i < slip.count; i++) /* and every figure has the reader's digits */
        assert_null(strpbrk(slip.rows[i].end, "0123456789"));
    arena_fini(&arena);
}

static void test_what_no_font_has_is_counted(void **state)
{
    (void)state;
    static const struct slip_row rows[] = {{SLIP_PLAIN, "good", "1"},
                                           {SLIP_PLAIN, "no \xee\x80\x80 such", "2"}};
    const struct slip slip = {.language = "en", .rows = rows, .count = 2};
    struct picture picture;
    struct paper_report report;
    struct failure failure = {0};
    assert_true(paper_draw(&slip, PAPER_80_MM, &picture, &report, &failure));
    assert_int_equal(report.missing, 1);
    assert_non_null(strstr(report.missing_in, "such"));
    picture_free(&picture);
}

static void test_too_long(void **state)
{
    (void)state;
    static struct slip_row rows[2000];
    for (size_t i = 0; i < 2000; i++)
        rows[i] = (struct slip_row){SLIP_PLAIN, "line", "1"};
    const struct slip slip = {.language = "en", .rows = rows, .count = 2000};
    struct picture picture;
    struct failure failure = {0};
    assert_false(paper_draw(&slip, PAPER_80_MM, &picture, NULL, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
}

/* Long words and long figures on narrow paper: nothing is cut off, nothing lies over another. */
static void test_narrow(void **state)
{
    (void)state;
    static const char *const languages[] = {"vi", "fa"};
    static const struct slip_row rows[] = {
        {SLIP_STRONG,
         "Một tên hàng rất dài không ngắt được aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "1.234.567.890.123"},
        {SLIP_SMALL, "ngắn", "−9.999.999.999.999,99"},
        {SLIP_PLAIN, "", "5"},
        {SLIP_PLAIN, "chỉ chữ", ""}};
    for (size_t i = 0; i < 2; i++) {
        const struct slip slip = {
            .language = languages[i], .right_to_left = i == 1, .rows = rows, .count = 4};
        struct picture picture;
        struct failure failure = {0};
        assert_true(paper_draw(&slip, PAPER_58_MM, &picture, NULL, &failure));
        assert_int_equal(ink_in(&picture, 0) + ink_in(&picture, PAPER_58_MM - 1), 0);
        picture_free(&picture);
    }
}

/* ---- bytes ---- */

static void test_escpos(void **state)
{
    (void)state;
    uint8_t dots[72 * 300];
    for (size_t i = 0; i < sizeof dots; i++)
        dots[i] = (uint8_t)(i * 7);
    const struct picture picture = {.width = 576, .height = 300, .stride = 72, .dots = dots};
    struct buffer out;
    buffer_init(&out, PRINTER_BYTES_MAX);
    assert_true(escpos_slip(&picture, 2, true, &out));
    const uint8_t begin[] = {0x1b, '@', 0x1b, 'p', 0, 25, 250, 0x1d, 'v', '0', 0, 72, 0, 128, 0};
    assert_memory_equal(out.data, begin, sizeof begin);
    assert_memory_equal(out.data + sizeof begin, dots, 128 * 72);
    assert_int_equal(out.size, 7 + 2 * (sizeof dots + 3 * 8 + 7));
    const uint8_t end[] = {0x1b, 'd', 3, 0x1d, 'V', 66, 0};
    assert_memory_equal(out.data + out.size - sizeof end, end, sizeof end);
    buffer_fini(&out);
}

static Tefter__PrinterState state_of(uint8_t n, uint8_t byte, bool *good)
{
    Tefter__PrinterState state = TEFTER__PRINTER_STATE__PRINTER_READY;
    *good = escpos_answer(n, byte, &state);
    return state;
}

static void test_answers(void **state)
{
    (void)state;
    bool good;
    assert_int_equal(state_of(2, 0x12, &good), TEFTER__PRINTER_STATE__PRINTER_READY);
    assert_true(good);
    assert_int_equal(state_of(2, 0x16, &good), TEFTER__PRINTER_STATE__PRINTER_COVER_OPEN);
    assert_int_equal(state_of(2, 0x32, &good), TEFTER__PRINTER_STATE__PRINTER_NO_PAPER);
    assert_int_equal(state_of(4, 0x72, &good), TEFTER__PRINTER_STATE__PRINTER_NO_PAPER);
    assert_int_equal(state_of(4, 0x1e, &good), TEFTER__PRINTER_STATE__PRINTER_READY); /* near end */
    for (unsigned byte = 0; byte < 256; byte++) /* whatever comes: known, or no answer */
        for (uint8_t n = 0; n < 6; n++) {
            Tefter__PrinterState is = state_of(n, (uint8_t)byte, &good);
            assert_int_equal(good, (byte & 0x93) == 0x12);
            assert_true(is == TEFTER__PRINTER_STATE__PRINTER_READY || good);
        }
}

/* ---- where it is ---- */

static void check_device(const char *text, bool good, enum device_kind kind, const char *name,
                         uint16_t port)
{
    struct device device;
    struct failure failure = {0};
    if (device_read(text, &device, &failure) != good)
        fail_msg("%s", text);
    if (!good) {
        assert_int_equal(failure.fault, FAULT_USE);
        return;
    }
    assert_int_equal(device.kind, kind);
    assert_string_equal(device.name, name);
    assert_int_equal(device.port, port);
}

static void test_devices(void **state)
{
    (void)state;
    check_device("192.168.1.50", true, DEVICE_ADDRESS, "192.168.1.50", 9100);
    check_device("printer.lan:9101", true, DEVICE_ADDRESS, "printer.lan", 9101);
    check_device("[fe80::1]:9100", true, DEVICE_ADDRESS, "fe80::1", 9100);
    check_device("fe80::1", true, DEVICE_ADDRESS, "fe80::1", 9100);
    check_device("/dev/usb/lp0", true, DEVICE_FILE, "/dev/usb/lp0", 0);
    check_device("queue:Slips", true, DEVICE_QUEUE, "Slips", 0);
    static const char *const wrong[] = {"",      ":9100",    "host:",     "host:0",   "host:65536",
                                        "ho st", "-d",       "queue:",    "queue:-o", "queue:a b",
                                        "a/b",   "host:91x", "[::1]9100", "[::1",     "host\n:1",
                                        "[]:1",  "queue:a/b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check_device(wrong[i], false, DEVICE_ADDRESS, "", 0);
}

/* Any bytes: read or refused, within its bounds. */
static void test_any_device(void **state)
{
    (void)state;
    static const char of[] = "[]:/-. queue:0129ax\n\x7f\xc3";
    struct prng prng = {7640};
    for (int i = 0; i < 50000; i++) {
        char text[40];
        size_t size = prng_below(&prng, sizeof text);
        for (size_t at = 0; at < size; at++)
            text[at] = of[prng_below(&prng, sizeof of - 1)];
        text[size] = '\0';
        struct device device;
        struct failure failure = {0};
        if (device_read(text, &device, &failure)) {
            assert_true(device.name[0] != '\0' && device.name[0] != '-');
            assert_null(strpbrk(device.name, " \n\x7f"));
        } else {
            assert_int_equal(failure.fault, FAULT_USE);
        }
    }
}

/* ---- what came out before ---- */

static void test_printed(void **state)
{
    (void)state;
    char folder[] = "/tmp/tefter-printed-XXXXXX";
    char path[64];
    struct printed *printed = NULL;
    struct printed *second = NULL;
    struct failure failure = {0};
    uint8_t ledger[16] = "ledger number 1";
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/printed", folder);
    assert_true(printed_open(folder, ledger, &printed, &failure));
    assert_false(printed_open(folder, ledger, &second, &failure));
    assert_int_equal(failure.fault, FAULT_BUSY);
    failure = (struct failure){0};
    for (uint64_t id = 1; id <= 9000; id++)
        assert_true(printed_add(printed, id << 20, &failure));
    assert_true(printed_has(printed, UINT64_C(9000) << 20));
    assert_true(printed_has(printed, UINT64_C(5000) << 20));
    assert_false(printed_has(printed, UINT64_C(1) << 20)); /* bounded */
    printed_take_back(printed);
    assert_false(printed_has(printed, UINT64_C(9000) << 20));
    printed_close(printed);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_in_range(about.st_size, 24, 24 + 8192 * 8);
    assert_int_equal(truncate(path, about.st_size - 3), 0); /* a power cut */
    assert_true(printed_open(folder, ledger, &printed, &failure));
    assert_true(printed_has(printed, UINT64_C(8998) << 20));
    assert_false(printed_has(printed, UINT64_C(8999) << 20));
    printed_close(printed);
    ledger[0] = 'L'; /* enrolled with another ledger: its documents are others */
    assert_true(printed_open(folder, ledger, &printed, &failure));
    assert_false(printed_has(printed, UINT64_C(8998) << 20));
    printed_close(printed);
    (void)unlink(path);
    (void)rmdir(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_languages), cmocka_unit_test(test_words),
        cmocka_unit_test(test_vat_by_rate),   cmocka_unit_test(test_what_no_font_has_is_counted),
        cmocka_unit_test(test_too_long),      cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_escpos),        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_devices),       cmocka_unit_test(test_any_device),
        cmocka_unit_test(test_printed),
    };
    pictures = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
