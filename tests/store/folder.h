#pragma once
/*
 * For tests: folders that are gone afterwards, and seeds that are printed. TEFTER_SEED=n runs the
 * same again.
 */
#include "base/prng.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_PATH_MAX = 512 };

static inline char *folder_new(char out[FOLDER_PATH_MAX])
{
    char here[FOLDER_PATH_MAX - 32];
    if (!getcwd(here, sizeof here))
        abort();
    snprintf(out, FOLDER_PATH_MAX, "%s/folder-XXXXXX", here);
    if (!mkdtemp(out))
        abort();
    return out;
}

static inline int folder_remove_one(const char *path, const struct stat *stat, int flag,
                                    struct FTW *ftw)
{
    (void)stat, (void)flag, (void)ftw;
    return remove(path);
}

static inline void folder_remove(const char *path)
{
    nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* From TEFTER_SEED, or always the same. */
static inline struct prng prng_seeded(const char *what)
{
    const char *given = getenv("TEFTER_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : 20260301;
    printf("%s: TEFTER_SEED=%llu\n", what, (unsigned long long)seed);
    return (struct prng){seed};
}

/* 0 .. below - 1 */
static inline uint32_t pick(struct prng *prng, uint32_t below)
{
    return (uint32_t)prng_below(prng, below);
}
