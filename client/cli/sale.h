#pragma once
/* What sell, credit-note and correct share: lines and charges as people type them. */
#include "cli/cli.h"

/* "PRODUCT=QTY[ UNIT][@PRICE][-5%|-AMOUNT]"; QTY 1 when left out. False: told. */
bool sale_line(struct run *run, const char *text, bool free, Tefter__InvoiceLine *ret_line);
/* The same of a line that is there: "QTY[@PRICE][-5%|-AMOUNT]", each part as it is wanted. */
bool sale_edit(struct run *run, const char *whole, const char *amounts,
               Tefter__InvoiceLine *ret_line);
/* "WHAT=A1,A2" of --serials in its parts; the list is for sale_add_serials. False: told. */
bool sale_serials_read(struct run *run, const char *text, char **ret_what, char **ret_list);
void sale_add_serials(struct run *run, char *list, Tefter__InvoiceLine *line);
/* One --serials PRODUCT=A1,A2 to its line of these (NULL: none is there). False: told. */
bool sale_serials_to(struct run *run, const char *text, Tefter__InvoiceLine *const *lines,
                     size_t count);
/* Every line said by operand LINE and option --free; NULL: told. Sets *ret_count. */
Tefter__InvoiceLine **sale_lines(struct run *run, size_t *ret_count, bool *ret_good);
/* Every --charge TITLE=AMOUNT[+8%]. */
Tefter__Charge **sale_charges(struct run *run, size_t *ret_count, bool *ret_good);

#define SALE_SERIALS_HELP "PRODUCT=SERIAL,SERIAL: DRILL=A100,A101"
#define SALE_LINE_HELP                                                                             \
    "PRODUCT=QTY[ UNIT][@PRICE][-5%|-AMOUNT]: CEM40=100, CEM40=100@92k, CEM40=2.5-5%, \"CEM40=5 "  \
    "bag\""

/* What is told of a sale. */
/* Beside --buyer. */
#define BUYER_PIN_OPTION                                                                           \
    OPTION("--pin-file", FILE, NULL,                                                               \
           "the buyer's PIN is its first line; -: standard input (default: asked for, if they "    \
           "have one)")
#define SALE_DONE N_("{number}| {total$}|, due {due}|, taken {pin}|.| {owes}|, {available}|.")
/* What is told of a request for approval. */
#define APPROVAL_ASKED                                                                             \
    N_("Approval| {id}| is asked for. When it is granted: tefter approval sell| {id}|")
/* Shows what the sale would meet. */
int sale_what_if(struct run *run, Tefter__IssueInvoice *invoice);
