#pragma once
/*
 * Standard input, output and error, as a program finds them.
 */

/* Puts /dev/null in the place of those that are closed: else the next file that is opened, a
 * ledger's or a key, would be where words for people go. Before anything is opened. */
void standard_open(void);
