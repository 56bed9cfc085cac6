#pragma once
/*
 * Payment references: what a payer writes so that their money is matched by itself. Two kinds:
 *
 * A short one of eight letters and digits, "0004 K7TU": the serial of a debt or a statement in
 * seven, and a check character of ISO 7064 MOD 37,36, which finds every wrong letter and all but
 * one in some five hundred exchanges of two neighbours. People read it over the telephone and type
 * it from paper, so none holds the letters O and I: whoever reads them means 0 and 1.
 *
 * A creditor reference of ISO 11649, "RF45 1234 5123 45", which banks of Europe check and carry in
 * a field of its own.
 *
 * Pure: the ledger and every program come to the same references.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- short references ---- */

enum { REFERENCE_SIZE = 9, REFERENCE_SHOWN_SIZE = 10 };

/* Serials are 0 .. REFERENCE_SERIALS - 1. Sevens whose check character would be O or I are passed
 * over: behind each six letters one seventh has the one, one the other, so of 34 at least 32 are
 * left. The first 32 of them are used, and a serial is found without counting from the first on:
 * 34 to the sixth, times 32. */
#define REFERENCE_SERIALS UINT64_C(49433741312)

/* "0004K7TU"; greater serials have greater references. false: there is no such serial. */
bool reference_of_serial(uint64_t serial, char out[REFERENCE_SIZE]);
/* "0004 K7TU" */
void reference_show(const char reference[REFERENCE_SIZE], char out[REFERENCE_SHOWN_SIZE]);
/* As people type it: blanks and dashes anywhere, small letters, digits of Persian, Arabic or full
 * width, O for 0 and I for 1. false: it is none, or a letter is wrong. */
bool reference_read(const char *text, size_t size, uint64_t *ret_serial);

/* The serials below `below` (so many were given out) whose references stand in what a payer or a
 * bank wrote: UTF-8, or bytes of anything. First those that stand by themselves, then those that
 * run into letters before or behind, as "REF0004K7TU"; each once. One reference in some forty is
 * right by chance, so who asks still looks whether it fits. Returns how many. */
enum { REFERENCES_FOUND_MAX = 16 };
size_t reference_find(const char *text, size_t size, uint64_t below,
                      uint64_t ret_serials[REFERENCES_FOUND_MAX]);

/* ---- creditor references, ISO 11649 ---- */

/* ISO 7064 MOD 97-10 of letters and digits, which goes on from `before`, 0 at first; A counts
 * as 10. It is 1 of a creditor reference, and of an IBAN, whose first four letters are put behind
 * the rest. */
unsigned mod97(unsigned before, const char *text);

enum { RF_BODY_MAX = 21, RF_SIZE = RF_BODY_MAX + 5, RF_SHOWN_SIZE = RF_SIZE + 6 };

/* "RF" and two check digits before 1 to 21 letters and digits; blanks are dropped, letters made
 * large. false: there is something else in it, or too much or nothing. */
bool rf_write(const char *body, size_t size, char out[RF_SIZE]);
/* As people type it, with blanks and in small letters; out is as rf_write has it. false: it is
 * none, or something in it is wrong. */
bool rf_read(const char *text, size_t size, char out[RF_SIZE]);
/* In groups of four, as on paper: "RF45 1234 5123 45". */
void rf_show(const char rf[RF_SIZE], char out[RF_SHOWN_SIZE]);
