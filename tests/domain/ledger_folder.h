#pragma once
/*
 * A ledger in a folder of its own, without a journal: opened, committed as if one were there, and
 * removed again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "ledger/ledger.h"

static inline struct ledger *ledger_folder_open(const char *path, size_t map_bytes)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger *ledger;
    struct ledger_options options = {.path = path, .map_bytes = map_bytes};
    if (!ledger_open(&options, &ledger, &failure))
        fail_msg("%s", failure.text);
    return ledger;
}

static inline void ledger_folder_commit(struct ledger *ledger)
{
    static const uint8_t ledger_id[16] = "a ledger alone";
    struct failure failure = {.fault = FAULT_NONE};
    struct hash chain = {{0}};
    if (!ledger_commit(ledger, ledger_id, &(struct incarnation){.number = 1}, 1, &chain, &failure))
        fail_msg("%s", failure.text);
}

static inline void ledger_folder_remove(const char *path)
{
    char file[128];
    snprintf(file, sizeof file, "%s/data.mdb", path);
    unlink(file);
    snprintf(file, sizeof file, "%s/lock.mdb", path);
    unlink(file);
    rmdir(path);
}
