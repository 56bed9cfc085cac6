#pragma once
/* What stands in field 86 of an MT940: each bank has a way of its own. Used by mt940.c. */
#include "bank/build.h"

/* Takes what it says into the entry; where a field is taken already, that stays. The text's lines
 * are parted by line feeds. */
void details_read(struct build *build, struct slice text, struct bank_entry *entry);
/* Of field NS, which some banks have instead: two digits of a kind begin each line. */
void details_read_own(struct build *build, struct slice text, struct bank_entry *entry);

/* As build_text; "" for the words that say that there is none. */
const char *details_reference(struct build *build, struct slice text);
