#pragma once
/*
 * An import taken back as one: every document of a source that still stands is reversed, payments
 * first, as if it had never been: it is in no figures of any day, and its numbers are free. Bounded
 * in memory by what the ledger has of it; broken off, the same command goes on.
 */
#include "import/console.h"
#include "import/import.h"

#include <signal.h>

enum { UNDO_WHY_MAX = 240, UNDO_REASONS_MAX = 8, UNDO_NUMBER_MAX = 64 };

struct undo_told {
    uint64_t documents;  /* that stood */
    int64_t total_minor; /* of them: bills less credit notes and payments */
    uint64_t gone;       /* reversed before */
    uint64_t done;
    uint64_t refused;
    struct undo_why {
        uint64_t count;
        char number[UNDO_NUMBER_MAX]; /* of the first */
        char why[UNDO_WHY_MAX];
    } reasons[UNDO_REASONS_MAX];
    size_t reason_count;
};

/* What the ledger has of a source; nothing is changed. */
bool undo_look(struct tefter *client, const char *source, struct undo_told *ret_told,
               struct failure *failure);

/* Returns IMPORT_…; the failure says why when it ended early. stop: by Ctrl-C.
 * ret_told may be NULL. */
int undo_run(struct tefter *client, const struct import_settings *settings, struct console *console,
             const volatile sig_atomic_t *stop, struct undo_told *ret_told,
             struct failure *failure);
