#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/reader.h"

enum { WRITTEN_MAX = 4096 };

static void write_row(const struct row *row, char *out)
{
    size_t used = strlen(out);
    used += (size_t)snprintf(out + used, WRITTEN_MAX - used, "%" PRIu64 "%s:", row->line,
                             row->fault != NULL ? "!" : "");
    for (size_t i = 0; i < row->count; i++)
        used += (size_t)snprintf(out + used, WRITTEN_MAX - used, "%s%.*s", i > 0 ? "|" : "",
                                 (int)row->text[i].size, (const char *)row->text[i].data);
    (void)snprintf(out + used, WRITTEN_MAX - used, "/");
}

/* Rows as "line:a|b/", broken ones with '!'. */
static void read_all(const char *text, size_t size, const struct reader_style *style, char *out)
{
    struct memory memory = {slice_of(text, size)};
    struct failure failure = {FAULT_NONE, 0, ""};
    struct reader *reader = reader_create(style, memory_read, &memory, 0, 1, &failure);
    struct row row;
    uint64_t end = 0;
    out[0] = '\0';
    assert_non_null(reader);
    while (reader_next(reader, &row, &failure)) {
        assert_true(row.offset >= end && row.end > row.offset && row.end <= size);
        assert_true(row.next_line > row.line);
        end = row.end;
        write_row(&row, out);
    }
    assert_int_equal(failure.fault, FAULT_NONE);
    reader_destroy(reader);
}

#define TEXT(text) text, sizeof(text) - 1

static void rows_are(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        char delimiter;
        const char *rows;
    } table[] = {
        {TEXT(""), ',', ""},
        {TEXT("\n\r\n \n"), ',', ""},
        {TEXT("a,b\n1,2\n"), ',', "1:a|b/2:1|2/"},
        {TEXT("a,b\r\n1,2\r\n"), ',', "1:a|b/2:1|2/"},
        {TEXT("a,b\n1,2"), ',', "1:a|b/2:1|2/"},
        {TEXT("a,b\r\n1,2\r"), ',', "1:a|b/2:1|2/"},
        {TEXT("a;b\n\n\n1;2\n"), ';', "1:a|b/4:1|2/"},
        {TEXT("a\tb\n\t\n 1\t2 \n"), '\t', "1:a|b/3:1|2/"},
        {TEXT("a|b\n"), '|', "1:a|b/"},
        {TEXT(",,\n"), ',', ""},
        {TEXT("a,b\n,,,\n\"\",\" \"\n1,\n"), ',', "1:a|b/4:1|/"},
        {TEXT("\"a\"\"b\",\"c,d\"\n"), ',', "1:a\"b|c,d/"},
        {TEXT("\"a\nb\",c\nd,e\n"), ',', "1:a\nb|c/3:d|e/"},
        {TEXT("\"a\r\nb\",c\r\nd,e\r\n"), ',', "1:a\r\nb|c/3:d|e/"},
        {TEXT("\"\n\n\",c\nd,e\n"), ',', "1:\n\n|c/4:d|e/"},
        {TEXT("\"\",\" a \"\n"), ',', "1:| a /"},
        {TEXT("a,b\n\"x,1\n2,3\n"), ',', "1:a|b/2!:\"x,1/3:2|3/"},
        {TEXT("a,b\n\"x,1\n\"y\",3\n"), ',', "1:a|b/2!:\"x,1/3:y|3/"},
        {TEXT("a,6\" nail\nb,c\n"), ',', "1!:a,6\" nail/2:b|c/"},
        {TEXT("\"a\"b,c\nd,e\n"), ',', "1!:\"a\"b,c/2:d|e/"},
        {TEXT("a,\"b"), ',', "1!:a,\"b/"},
        {TEXT("a,\"b\n"), ',', "1!:a,\"b/"},
        {TEXT("a,\"b\n\nc,d\n"), ',', "1!:a,\"b/3:c|d/"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char rows[WRITTEN_MAX];
        struct reader_style style = {.delimiter = table[i].delimiter, .ending = '\n'};
        read_all(table[i].text, table[i].size, &style, rows);
        assert_string_equal(rows, table[i].rows);
    }
}

static void old_line_ends(void **state)
{
    (void)state;
    char rows[WRITTEN_MAX];
    struct reader_style style = {.delimiter = ',', .ending = '\r'};
    read_all(TEXT("a,b\r1,2\r3,4"), &style, rows);
    assert_string_equal(rows, "1:a|b/2:1|2/3:3|4/");
}

static void bad_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *fault; /* of the second row */
    } table[] = {
        {TEXT("a,b\n1,x\xFFy\n2,3\n"), "column 2 is not UTF-8 (byte FF)"},
        {TEXT("a,b\n\xC0\xAF,1\n2,3\n"), "column 1 is not UTF-8 (byte C0)"},
        {TEXT("a,b\n1,\xE2\x82\n2,3\n"), "column 2 is not UTF-8 (byte E2)"},
        {TEXT("a,b\n1,x\0y\n2,3\n"), "column 2 has a NUL byte"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct reader_style style = {.delimiter = ',', .ending = '\n'};
        struct memory memory = {slice_of(table[i].text, table[i].size)};
        struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
        struct row row;
        assert_true(reader_next(reader, &row, NULL) && row.fault == NULL);
        assert_true(reader_next(reader, &row, NULL) && row.fault != NULL);
        assert_int_equal(row.count, 2);
        if (strncmp(row.fault, table[i].fault, strlen(table[i].fault)) != 0)
            fail_msg("%s instead of %s", row.fault, table[i].fault);
        assert_true(reader_next(reader, &row, NULL) && row.fault == NULL);
        assert_false(reader_next(reader, &row, NULL));
        reader_destroy(reader);
    }
}

static void encodings(void **state)
{
    (void)state;
    static const struct {
        const char *encoding;
        const char *text;
        const char *rows;
    } table[] = {
        {"latin1", "caf\xE9,1\nx,\xA3\n", "1:café|1/2:x|£/"},
        {"windows-1252", "\x80 5,\x93q\x94\n", "1:€ 5|“q”/"},
        {"windows-1253", "\xC1\xE8\xDE\xED\xE1,1\n", "1:Αθήνα|1/"},
        {"gb18030", "\xCD\xF5,1\n", "1:王|1/"},
        {"windows-1252", "\x81,1\nb,2\n", "1!:\x81|1/2:b|2/"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char rows[WRITTEN_MAX];
        struct reader_style style = {
            .delimiter = ',', .ending = '\n', .encoding = table[i].encoding};
        read_all(table[i].text, strlen(table[i].text), &style, rows);
        assert_string_equal(rows, table[i].rows);
    }
}

static void unknown_encoding(void **state)
{
    (void)state;
    struct failure failure = {FAULT_NONE, 0, ""};
    struct memory memory = {slice_text("a\n")};
    struct reader_style style = {.delimiter = ',', .ending = '\n', .encoding = "klingon-8"};
    assert_null(reader_create(&style, memory_read, &memory, 0, 1, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    assert_non_null(strstr(failure.text, "klingon-8"));
}

static char *repeated(char byte, size_t count, const char *front, const char *back)
{
    size_t size = strlen(front);
    char *text = malloc(size + count + strlen(back) + 1);
    assert_non_null(text);
    memcpy(text, front, size);
    memset(text + size, byte, count);
    memcpy(text + size + count, back, strlen(back) + 1);
    return text;
}

/* A line longer than a row may be costs that line; what the reader holds stays bounded. */
static void long_lines(void **state)
{
    (void)state;
    static const size_t sizes[] = {ROW_BYTES_MAX - 100, ROW_BYTES_MAX + 70000, 3 * 1000 * 1000};
    for (size_t i = 0; i < 3; i++) {
        char *text = repeated('x', sizes[i], "a,b\n1,", "\n2,3\n");
        struct memory memory = {slice_text(text)};
        struct reader_style style = {.delimiter = ',', .ending = '\n'};
        struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
        struct row row;
        assert_true(reader_next(reader, &row, NULL));
        assert_true(reader_next(reader, &row, NULL));
        assert_int_equal(row.line, 2);
        assert_int_equal(row.fault != NULL, sizes[i] > ROW_BYTES_MAX);
        assert_int_equal(row.end, 4 + 2 + sizes[i] + 1);
        if (row.fault != NULL)
            assert_int_equal(row.raw[0].size, ROW_BROKEN_SHOWN);
        assert_true(reader_next(reader, &row, NULL));
        assert_true(row.line == 3 && row.count == 2 && row.fault == NULL);
        assert_false(reader_next(reader, &row, NULL));
        reader_destroy(reader);
        free(text);
    }
}

/* A quote that is never closed does not swallow the file: every later line comes. */
static void endless_quote(void **state)
{
    (void)state;
    enum { LINES = 1000 };
    struct buffer text = {.bound = 1 << 20};
    assert_true(buffer_put(&text, "a,\"b\n", 5));
    for (int i = 0; i < LINES; i++)
        assert_true(buffer_put(&text, "c,d\n", 4));
    struct memory memory = {buffer_slice(&text)};
    struct reader_style style = {.delimiter = ',', .ending = '\n'};
    struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
    struct row row;
    assert_true(reader_next(reader, &row, NULL) && row.fault != NULL && row.line == 1);
    uint64_t rows = 0;
    while (reader_next(reader, &row, NULL)) {
        assert_null(row.fault);
        rows++;
    }
    assert_int_equal(rows, LINES);
    reader_destroy(reader);
    buffer_fini(&text);
}

static void many_columns(void **state)
{
    (void)state;
    char *text = repeated(',', ROW_FIELDS_MAX + 10, "", "\na,b\n");
    struct memory memory = {slice_text(text)};
    struct reader_style style = {.delimiter = ',', .ending = '\n'};
    struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
    struct row row;
    assert_true(reader_next(reader, &row, NULL) && row.fault != NULL);
    assert_true(reader_next(reader, &row, NULL) && row.fault == NULL && row.count == 2);
    reader_destroy(reader);
    free(text);
}

/* Wherever a read ends, the rows are the same. */
struct trickle {
    struct memory memory;
    size_t step;
};

static ssize_t trickle_read(void *context, void *out, size_t size, struct failure *failure)
{
    struct trickle *trickle = context;
    return memory_read(&trickle->memory, out, size < trickle->step ? size : trickle->step, failure);
}

static void any_pieces(void **state)
{
    (void)state;
    static const char text[] =
        "a,b\r\n\"x\r\ny\",\"z\"\"\"\n\n\"bad\"x,1\n3,\xC3\xA9\n\"open,4\n5,6";
    static const char wanted[] = "1:a|b/2:x\r\ny|z\"/5!:\"bad\"x,1/6:3|é/7!:\"open,4/8:5|6/";
    for (size_t step = 1; step < sizeof text; step++) {
        char rows[WRITTEN_MAX] = "";
        struct trickle trickle = {{slice_of(text, sizeof text - 1)}, step};
        struct reader_style style = {.delimiter = ',', .ending = '\n'};
        struct reader *reader = reader_create(&style, trickle_read, &trickle, 0, 1, NULL);
        struct row row;
        while (reader_next(reader, &row, NULL))
            write_row(&row, rows);
        assert_string_equal(rows, wanted);
        reader_destroy(reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are),         cmocka_unit_test(old_line_ends),
        cmocka_unit_test(bad_bytes),        cmocka_unit_test(encodings),
        cmocka_unit_test(unknown_encoding), cmocka_unit_test(long_lines),
        cmocka_unit_test(endless_quote),    cmocka_unit_test(many_columns),
        cmocka_unit_test(any_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
