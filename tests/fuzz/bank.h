#pragma once
/* Any bytes as a bank's file. What comes of them holds what bank.h promises, and pieces of any size
 * come to the same. */
#include <string.h>

#include "bank/bank.h"
#include "base/fault.h"
#include "base/text.h"

static inline void look_at_entry(const struct bank_entry *entry)
{
    const char *const texts[] = {entry->code,    entry->reference, entry->end_to_end,
                                 entry->mandate, entry->text,      entry->name,
                                 entry->account, entry->reason,    entry->cheque};
    need(entry->booked >= DATE_MIN && entry->booked <= DATE_MAX);
    need(entry->value >= DATE_MIN && entry->value <= DATE_MAX);
    need(entry->minor <= MONEY_MAX && entry->minor >= -MONEY_MAX);
    need(entry->part <= entry->parts && entry->number > 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        need(strlen(texts[i]) <= BANK_TEXT_MAX && text_line_valid(texts[i], strlen(texts[i])));
}

static inline void look_at_statement(const struct bank_statement *statement)
{
    int64_t credits = 0;
    int64_t debits = 0;
    need(statement->count <= BANK_ENTRIES_MAX);
    for (size_t i = 0; i < statement->count; i++) {
        const struct bank_entry *entry = &statement->entries[i];
        look_at_entry(entry);
        if (entry->pending || strcmp(entry->money.code, statement->money.code) != 0)
            continue;
        credits += entry->minor > 0 ? entry->minor : 0;
        debits += entry->minor < 0 ? entry->minor : 0;
    }
    need(credits == statement->credits_minor && debits == statement->debits_minor);
    need(!statement->checked ||
         statement->closing.minor - statement->opening.minor - credits - debits ==
             statement->off_minor);
}

static inline uint64_t read_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
    static const struct bank_options none;
    uint64_t sum = 0;
    struct bank_reader *reader = bank_reader_create(&none, NULL);
    need(reader != NULL);
    for (size_t at = 0; at < size; at += piece)
        need(bank_reader_put(reader, slice_of(data + at, size - at < piece ? size - at : piece),
                             NULL));
    const struct bank_file *file = bank_reader_end(reader, NULL);
    need(file != NULL);
    need(!file->refused || (file->count == 0 && file->finding_count == 1));
    for (size_t i = 0; i < file->count; i++) {
        look_at_statement(&file->statements[i]);
        sum = sum * 31 + file->statements[i].count;
        sum = sum * 31 + (uint64_t)file->statements[i].off_minor;
    }
    for (size_t i = 0; i < file->finding_count; i++) {
        char said[BANK_SAID_MAX];
        need(bank_finding_say(&file->findings[i], LANGUAGE_ENGLISH, said)[0] != '\0');
        sum = sum * 31 + (uint64_t)file->findings[i].kind;
        sum = sum * 31 + file->findings[i].line;
    }
    bank_reader_destroy(reader);
    return sum;
}

static inline int fuzz_bank(const char *begin, const uint8_t *data, size_t size)
{
    static uint8_t text[64 * 1024 + 256];
    size_t front = strlen(begin);
    if (size == 0 || size > 64 * 1024)
        return 0;
    memcpy(text, begin, front);
    memcpy(text + front, data, size);
    need(read_in_pieces(text, front + size, front + size) ==
         read_in_pieces(text, front + size, 1 + data[0] % 7));
    return 0;
}
