#pragma once
/*
 * Countries: what is usual for a shop there, so that nobody is asked what their country has decided
 * already. Each of it is a proposal that the owner may change. Used by init and the founding of a
 * ledger.
 */
#include <stddef.h>
#include <stdint.h>

enum { COUNTRY_CODE_SIZE = 3 };

struct country {
    char code[COUNTRY_CODE_SIZE]; /* ISO 3166 */
    const char *currency;         /* one that currency_find knows */
    uint32_t tax_bp;      /* the usual rate of VAT or sales tax; 0: none of the whole country */
    const char *language; /* of papers: en, vi, zh, fa or el */
    const char *zone;     /* of its largest city, as in the time zone database */
};

/* NULL when we do not know the code. */
const struct country *country_find(const char *code);
/* By code, from 0; NULL behind the last. */
const struct country *country_at(size_t index);
