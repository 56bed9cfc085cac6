#pragma once
/*
 * How papers write amounts, days and words for their reader. Each writes into `out` and returns it,
 * so that it can stand in a call.
 */
#include "lib/tefter.h"

enum { WRITTEN_MAX = 600 };

struct reader {
    enum language language;
    const struct currency *currency; /* the company's; its habit does not count */
    int32_t utc_offset_minutes;
};

bool reader_from_right(const struct reader *reader);
const char *written_amount(const struct reader *reader, int64_t minor, char out[WRITTEN_MAX]);
const char *written_price(const struct reader *reader, int64_t thousandths, char out[WRITTEN_MAX]);
const char *written_quantity(const struct reader *reader, int64_t thousandths,
                             char out[WRITTEN_MAX]);
const char *written_percent(const struct reader *reader, uint32_t bp, char out[WRITTEN_MAX]);
/* Their digits, all else as it is. */
const char *written_digits(const struct reader *reader, const char *text, char out[WRITTEN_MAX]);
const char *written_count(const struct reader *reader, uint64_t count, char out[WRITTEN_MAX]);
/* The number of a paper: never broken at its hyphens, and read from the left. */
const char *written_number(const struct reader *reader, const char *number, char out[WRITTEN_MAX]);
const char *written_day(const struct reader *reader, uint32_t date, char out[WRITTEN_MAX]);
const char *written_clock(const struct reader *reader, int64_t at_ms, char out[WRITTEN_MAX]);
/* The translation. What stands before "::" tells translators what is meant, and is left out. */
const char *written_word(const struct reader *reader, const char *message);
/* Of the money: "rial", "₫". */
const char *written_unit(const struct reader *reader);
/* As a word where people have one: "đồng". */
const char *written_unit_word(const struct reader *reader);
/* "Cash", also of money whose kind is not told. */
const char *written_payment_kind(const struct reader *reader, bool known, Tefter__PaymentKind kind);

/* What is taxed, and by how much, at each rate of a document; the lowest first. */
struct vat {
    uint32_t bp;
    int64_t net_minor;
    int64_t tax_minor;
};
enum { VAT_RATES_MAX = 16 };
/* Beyond so many rates the last has the rest. */
size_t vat_of(const Tefter__DocumentRecord *document, struct vat ret_rates[VAT_RATES_MAX]);
/* "VAT 10% on 1,200.00" */
const char *written_vat(const struct reader *reader, const struct vat *vat, char out[WRITTEN_MAX]);
