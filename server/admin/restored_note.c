#include "admin/restored_note.h"

#include "datadir/hex.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEX_SIZE = 2 * LEDGER_ID_SIZE + 1, NOTE_MAX = HEX_SIZE + 16 };

/* A place holds backups of one ledger as a rule; of several, the one restored last is noted. Its
 * name says that it is no part of a place that follows. */
static const char note_name[] = ".restored";

uint32_t restored_note_read(const char *place, const struct ledger_id *ledger)
{
    char path[FILES_PATH_MAX], text[NOTE_MAX], own[HEX_SIZE], noted[HEX_SIZE];
    size_t size;
    uint32_t number;
    hex_write(ledger->bytes, sizeof ledger->bytes, own);
    bool ours = files_join(path, place, note_name, NULL) && files_exist(path) &&
                files_read(path, text, sizeof text, &size, NULL) &&
                sscanf(text, "%32s %" SCNu32, noted, &number) == 2 && strcmp(noted, own) == 0;
    return ours ? number : 0;
}

bool restored_note_write(const char *place, const struct ledger_id *ledger, uint32_t number,
                         struct failure *failure)
{
    char path[FILES_PATH_MAX], text[NOTE_MAX], own[HEX_SIZE];
    hex_write(ledger->bytes, sizeof ledger->bytes, own);
    int size = snprintf(text, sizeof text, "%s %" PRIu32 "\n", own, number);
    return files_join(path, place, note_name, failure) &&
           files_write(path, slice_of(text, (size_t)size), 0600, failure);
}
