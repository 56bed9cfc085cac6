#pragma once
/*
 * One folding for every key that people type: codes, numbers, references, serials, barcodes, names
 * of branches, staff, tills and groups, phones. Two that fold alike are one to whoever types them:
 *
 *   SL-77  sl-77  SL 77  ＳＬ—７７       case, width, every dash and blank
 *   O’Brien  O'Brien  Oʼbrien            quotes
 *   é of one character and of two        composition
 *   ۱۲۳  ١٢٣  123                         digits of every script
 *   علي  علی                             Arabic and Persian yeh, kaf
 *
 * Letters with different marks stay apart (CAFE is not CAFÉ), and so do 1-11 and 11-1. Looser is
 * text_fold (text.h), by which people search words.
 *
 * A ledger decides by fold_key which keys are the same, so it never changes: what folds is spelled
 * out, and everything else stands as it is. Of what is spelled out Unicode promises that it folds
 * the same in all its versions.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FOLD_KEY_MAX = 64, /* bytes; a longer one is cut, and ends with a hash of all of it */
    FOLD_PHONE_MAX = 24,
};

/* Returns the length; there is a NUL behind it. Only an empty text has an empty key. */
size_t fold_key(const char *text, char out[FOLD_KEY_MAX + 1]);
/* As much of it as begins the keys of all that begin with the text: without the hash. */
size_t fold_key_begin(const char *text, char out[FOLD_KEY_MAX + 1]);
bool fold_same(const char *a, const char *b);

/* The key as it looks: letters of Cyrillic and Greek that are drawn as a Latin one, small or large,
 * are that one, and so are a few more (fold_look.c has them all). ΑΒ-1 of Greek letters looks like
 * AB-1. Digits look like no letter: 0 and O, 1 and I stay apart. Returns the length; what looks
 * like nothing else is its key. */
size_t fold_look(const char *text, char out[FOLD_KEY_MAX + 1]);

/* A phone as it is dialled inside its country, without the leading 0: +98-912…, 0098 912… and
 * 0912… are 912…. Digits of any script, separators left out; 0: there is no digit. A part of a
 * phone may be given. */
size_t fold_phone(const char *text, size_t size, char out[FOLD_PHONE_MAX + 1]);

/* What stands for one sign on some keyboard or other. 0: none of these; else '-', '\'', '"' or
 * ' ' (of blanks that part words). */
char fold_sign(uint32_t point);
/* The value of a decimal digit of any script, or -1. */
int fold_digit(uint32_t point);
/* Nothing that anybody types on purpose: joiners, marks of direction, selectors, Arabic stretching.
 */
bool fold_drops(uint32_t point);
