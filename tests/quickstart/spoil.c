/*
 * Puts an entry behind a ledger's journal that no program can apply, as a fault of a program would.
 * Nobody may serve the ledger.
 *
 *   spoil LEDGER
 */
#include <stdio.h>

#include "journal/journal.h"

int main(int argc, char **argv)
{
    char path[4096];
    struct journal *journal;
    struct journal_head head;
    struct failure failure = {.fault = FAULT_NONE};
    struct slice entry = slice_text("this is no entry");
    if (argc != 2 || !hash_setup())
        return 2;
    (void)snprintf(path, sizeof path, "%s/journal", argv[1]);
    struct journal_options options = {.path = path};
    if (!journal_open(&options, &journal, &failure)) {
        fprintf(stderr, "spoil: %s\n", failure.text);
        return 1;
    }
    journal_head(journal, &head);
    bool done = journal_propose(journal, &entry, 1, 1, NULL, &failure) == JOURNAL_OK;
    journal_close(journal);
    printf("%llu\n", (unsigned long long)head.next_seq);
    return done ? 0 : 1;
}
