#pragma once
/*
 * Checks of fields that every noun needs; each returns NULL or a refusal naming the field.
 */
#include "tx/tx.h"

/* One line of text, 1 to `most` bytes, not only spaces. */
Tefter__Refusal *field_line(struct tx *tx, const char *field, const char *text, size_t most);
/* A code: letters, digits and - _ . / of any script, no spaces, 1 to CODE_MAX_BYTES. */
Tefter__Refusal *field_code(struct tx *tx, const char *field, const char *text);
/* A login: a-z 0-9 . - _ , at most LOGIN_MAX_BYTES. */
Tefter__Refusal *field_login(struct tx *tx, const char *field, const char *text);
/* A Text: refuses one that came without a value or reference; NULL text passes. */
Tefter__Refusal *field_text(struct tx *tx, const char *field, const Tefter__Text *text);
/* 1 to MONEY_MAX. */
Tefter__Refusal *field_amount(struct tx *tx, const char *field, int64_t amount_minor);
/* DATE_MIN to DATE_MAX. */
Tefter__Refusal *field_date(struct tx *tx, const char *field, uint32_t date);
/* 0 to 10000 unless said. */
Tefter__Refusal *field_rate(struct tx *tx, const char *field, uint32_t rate_bp, uint32_t most_bp);
/* The company's own currency, or absent. */
Tefter__Refusal *field_currency(struct tx *tx, const char *field, const char *currency);
