#pragma once
/*
 * Golden journals: rules-N/journal is a journal that a ledger under rules version N wrote, and
 * rules-N/expected says in words what it must come to, whatever program replays it:
 *
 *   12 issue_invoice done
 *   13 issue_invoice CREDIT_LIMIT_EXCEEDED
 *   batch 9: seq 12 to 13, digest 64 hex digits
 *
 * They are never edited. A change of a rule comes with a version of its own, and its journal beside
 * these. Until the first release they may be recorded anew (golden_record), by a commit that names
 * what changed.
 */
#include "base/bytes.h"
#include "journal/journal.h"
#include "ledger/ledger.h"

enum {
    GOLDEN_RULES_MAX = LEDGER_RULES,
    GOLDEN_TEXT_MAX = 1024 * 1024,
    GOLDEN_MAP = 256 * 1024 * 1024,
    GOLDEN_NUMBERS = 1024 /* of commands and of refusal codes */
};

/* What a journal has in it. */
struct golden_cover {
    bool done[GOLDEN_NUMBERS];    /* commands that were done, by number */
    bool met[GOLDEN_NUMBERS];     /* commands that were met at all */
    bool refused[GOLDEN_NUMBERS]; /* refusal codes */
};

/* Applies a journal to an empty ledger, batch by batch, and says in *text what came of it. Ends the
 * program when it cannot. */
void golden_tell(struct journal *journal, struct ledger *ledger, struct buffer *text,
                 struct golden_cover *cover);
