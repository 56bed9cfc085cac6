#pragma once
/* What sell, credit-note and correct share: lines and charges as people type them. */
#include "cli/cli.h"

/* "PRODUCT=QTY[@PRICE][-5%|-AMOUNT]"; QTY 1 when left out. False: told. */
bool sale_line(struct run *run, const char *text, bool free, Tefter__InvoiceLine *ret_line);
/* Every line said by operand LINE and option --free; NULL: told. Sets *ret_count. */
Tefter__InvoiceLine **sale_lines(struct run *run, size_t *ret_count, bool *ret_good);
/* Every --charge TITLE=AMOUNT[+8%]. */
Tefter__Charge **sale_charges(struct run *run, size_t *ret_count, bool *ret_good);

#define SALE_LINE_HELP "PRODUCT=QTY[@PRICE][-5%|-AMOUNT]: CEM40=100, CEM40=100@92k, CEM40=2.5-5%"
