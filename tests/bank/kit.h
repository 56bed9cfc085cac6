#pragma once
/* Reading a file in pieces of any size, and all that was read as text. */
#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/bank.h"

static const struct bank_options none;

struct reading {
    struct bank_reader *reader;
    const struct bank_file *file;
};

static inline struct reading read_pieces(struct slice text, size_t piece,
                                         const struct bank_options *options)
{
    struct failure failure = {FAULT_NONE, 0, ""};
    struct reading reading = {bank_reader_create(options, &failure), NULL};
    assert_non_null(reading.reader);
    for (size_t at = 0; at < text.size; at += piece) {
        size_t size = text.size - at < piece ? text.size - at : piece;
        assert_true(bank_reader_put(reading.reader, slice_of(text.data + at, size), &failure));
    }
    reading.file = bank_reader_end(reading.reader, &failure);
    assert_non_null(reading.file);
    return reading;
}

static inline void put_balance(FILE *out, const struct bank_balance *balance)
{
    (void)fprintf(out, " %d %" PRId64 " %u", (int)balance->kind, balance->minor, balance->day);
}

/* All that is in it, as text. */
static inline char *dump(const struct bank_file *file)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    (void)fprintf(out, "%d %s %d %d\n", (int)file->form, file->version, file->grave, file->refused);
    for (size_t i = 0; i < file->count; i++) {
        const struct bank_statement *statement = &file->statements[i];
        (void)fprintf(out, "statement %s %s %s %s %u %u %d %d %" PRId64 " %" PRIu64,
                      statement->account, statement->id, statement->number, statement->money.code,
                      statement->from, statement->until, statement->complete, statement->checked,
                      statement->off_minor, statement->line);
        put_balance(out, &statement->opening);
        put_balance(out, &statement->closing);
        (void)fprintf(out, "\n");
        for (size_t k = 0; k < statement->count; k++) {
            const struct bank_entry *entry = &statement->entries[k];
            (void)fprintf(out,
                          "entry %" PRIu64 " %u %u/%u %u %u %" PRId64
                          " %s %d%d%d%d [%s][%s][%s][%s][%s][%s][%s][%s][%s][%s][%s]\n",
                          entry->line, entry->number, entry->part, entry->parts, entry->booked,
                          entry->value, entry->minor, entry->money.code, entry->pending,
                          entry->reversal, entry->returned, entry->duplicate, entry->code,
                          entry->reference, entry->end_to_end, entry->instruction, entry->mandate,
                          entry->cheque, entry->creditor_reference, entry->text, entry->name,
                          entry->account, entry->reason);
        }
    }
    for (size_t i = 0; i < file->finding_count; i++) {
        char said[BANK_SAID_MAX];
        (void)fprintf(out, "finding %d %s\n", (int)file->findings[i].kind,
                      bank_finding_say(&file->findings[i], LANGUAGE_ENGLISH, said));
    }
    assert_int_equal(fclose(out), 0);
    return text;
}

static inline struct reading read_with(struct slice text, const struct bank_options *options)
{
    struct reading whole = read_pieces(text, text.size == 0 ? 1 : text.size, options);
    struct reading bytes = read_pieces(text, 1, options);
    char *a = dump(whole.file);
    char *b = dump(bytes.file);
    assert_string_equal(a, b);
    free(a);
    free(b);
    bank_reader_destroy(bytes.reader);
    return whole;
}
