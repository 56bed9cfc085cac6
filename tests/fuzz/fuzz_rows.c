/*
 * Any text as a file to import: how it is written is found out, its rows are read, and each cell as
 * a number, a day, a code and a line. Rows follow each other without a gap, and what is read of a
 * cell is what it says again when it is written plainly.
 */
#include <string.h>

#include "base/date.h"
#include "base/fault.h"
#include "import/guess.h"
#include "import/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_cell(struct slice cell)
{
    static const struct style style = {.number = {'.', ','}};
    char text[DATE_TEXT_SIZE];
    char line[400];
    char said[SIGHT_SAID_MAX];
    char code[64];
    const char *why = NULL;
    int64_t value;
    uint32_t date;
    uint32_t again;
    size_t length;
    bool cut;
    need(value_number(cell, 2, &style, &value, &why) || why != NULL);
    for (enum import_dates order = DATES_YMD; order <= DATES_MDY; order++) {
        if (!value_date(cell, order, &date, &why))
            continue;
        date_write(date, text);
        need(value_date(slice_text(text), order, &again, &why) && again == date);
    }
    if (value_line(cell, SIGHT_OF_A_LINE, line, sizeof line, &length, &cut, said))
        need(length <= sizeof line);
    if (cell.size > 0)
        need(value_is_code(value_safe_code(cell, code)) || value_unseen(cell, said) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {data, size};
    struct memory memory = {text};
    struct reader_style style = {.delimiter = guess_delimiter(text), .ending = guess_ending(text)};
    struct number_evidence numbers = {.numbers = 0};
    struct date_evidence dates = {.dates = 0};
    struct row row;
    uint64_t end = 0;
    struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
    need(reader != NULL);
    while (reader_next(reader, &row, NULL)) {
        need(row.offset >= end && row.end > row.offset && row.end <= size);
        end = row.end;
        for (size_t i = 0; row.fault == NULL && i < row.count; i++) {
            number_look(&numbers, row.text[i]);
            date_look(&dates, row.text[i]);
            read_cell(row.text[i]);
        }
    }
    reader_destroy(reader);
    return 0;
}
