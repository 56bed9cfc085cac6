#pragma once
/*
 * Pages of lists: how many rows, and the token to go on from, which is a few numbers.
 */
#include "tx/tx.h"

/* 1 to PAGE_ROWS_MAX; 100 when not said. */
uint32_t page_rows(bool has_rows, uint32_t rows);
/* The numbers of a token; zeros without one. false: not a token of this list. */
bool page_read(bool has_page, ProtobufCBinaryData page, uint64_t *ret_numbers, size_t count);
ProtobufCBinaryData page_write(struct tx *tx, const uint64_t *numbers, size_t count);
