#include "incarnation.h"

#include "hash.h"

#include <inttypes.h>
#include <stdio.h>

struct incarnation incarnation_new(uint32_t number)
{
    struct incarnation incarnation = {.number = number};
    random_bytes(incarnation.nonce, sizeof incarnation.nonce);
    return incarnation;
}

struct incarnation incarnation_of(uint32_t number, struct slice nonce)
{
    struct incarnation incarnation = {.number = number};
    if (nonce.size == sizeof incarnation.nonce)
        memcpy(incarnation.nonce, nonce.data, sizeof incarnation.nonce);
    return incarnation;
}

struct slice incarnation_nonce(const struct incarnation *incarnation)
{
    return slice_of(incarnation->nonce, sizeof incarnation->nonce);
}

static bool same_nonce(const struct incarnation *a, const struct incarnation *b)
{
    return memcmp(a->nonce, b->nonce, sizeof a->nonce) == 0;
}

static bool told(const struct incarnation *incarnation)
{
    static const uint8_t none[INCARNATION_NONCE_SIZE];
    return memcmp(incarnation->nonce, none, sizeof none) != 0;
}

bool incarnation_equal(const struct incarnation *a, const struct incarnation *b)
{
    return a->number == b->number && same_nonce(a, b);
}

bool incarnation_same(const struct incarnation *a, const struct incarnation *b)
{
    return a->number == b->number && (!told(a) || !told(b) || same_nonce(a, b));
}

bool incarnation_follows(const struct incarnation *before, const struct incarnation *next)
{
    return next->number > before->number || incarnation_equal(before, next);
}

void incarnation_write(const struct incarnation *incarnation, char out[INCARNATION_TEXT_SIZE])
{
    int size = snprintf(out, INCARNATION_TEXT_SIZE, "%" PRIu32 "-", incarnation->number);
    for (size_t i = 0; i < sizeof incarnation->nonce; i++)
        size += snprintf(out + size, 3, "%02x", incarnation->nonce[i]);
}

bool incarnation_read(const char *text, struct incarnation *ret_incarnation)
{
    char again[INCARNATION_TEXT_SIZE], hex[2 * INCARNATION_NONCE_SIZE + 1] = "";
    struct incarnation incarnation;
    unsigned byte;
    if (sscanf(text, "%10" SCNu32 "-%16[0-9a-f]", &incarnation.number, hex) != 2)
        return false;
    for (size_t i = 0; i < sizeof incarnation.nonce; i++) {
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        incarnation.nonce[i] = (uint8_t)byte;
    }
    incarnation_write(&incarnation, again);
    *ret_incarnation = incarnation;
    return strcmp(text, again) == 0;
}
