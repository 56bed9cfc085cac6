#include "admin/restored_note.h"

#include "base/plain_file.h"
#include "datadir/hex.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEX_SIZE = 2 * LEDGER_ID_SIZE + 1, NOTE_MAX = HEX_SIZE + 16 };

/* A place holds backups of one ledger as a rule; of several, the one restored last is noted. Its
 * name says that it is no part of a place that follows. */
static const char note_name[] = ".restored";

bool restored_note_read(const char *place, const struct ledger_id *ledger, uint32_t *ret_number,
                        struct failure *failure)
{
    char path[FILES_PATH_MAX], text[NOTE_MAX], own[HEX_SIZE], noted[HEX_SIZE];
    struct failure why = {.fault = FAULT_NONE};
    size_t size;
    uint32_t number;
    *ret_number = 0;
    hex_write(ledger->bytes, sizeof ledger->bytes, own);
    if (!files_join(path, place, note_name, failure))
        return false;
    if (!files_exist(path))
        return true;
    bool whole = plain_or_absent(path, &why) && files_read(path, text, sizeof text, &size, &why) &&
                 sscanf(text, "%32s %" SCNu32, noted, &number) == 2 && strlen(noted) == 32 &&
                 number > 0;
    if (!whole)
        return fail(failure, FAULT_DAMAGED, 0,
                    "%s does not say which incarnation was restored last from the backups there, "
                    "so two restores might be taken for one. Say --after N with the newest "
                    "incarnation that a terminal has met",
                    path);
    *ret_number = strcmp(noted, own) == 0 ? number : 0;
    return true;
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
