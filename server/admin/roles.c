/*
 * tefterd roles: the table of rights, from the table that decides.
 */
#include "admin/commands.h"
#include "ledger/ledger.h"

#include "base/tell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WORD_SIZE = 40 };

/* "RIGHT_TAKE_MONEY" without its first word, in small letters. */
static const char *word_of(const ProtobufCEnumValue *value, char out[WORD_SIZE])
{
    size_t size = 0;
    for (const char *at = strchr(value->name, '_') + 1; *at && size < WORD_SIZE - 1; at++)
        out[size++] = *at == '_' ? ' ' : (char)tolower((unsigned char)*at);
    out[size] = '\0';
    return out;
}

/* Two blanks, or the end of the line. */
static void tell_gap(unsigned i)
{
    if (i + 1 < tefter__role__descriptor.n_values)
        tell(stdout, "  ");
    else
        tell(stdout, "\n");
}

static void tell_right(const ProtobufCEnumValue *right)
{
    char word[WORD_SIZE], role[WORD_SIZE];
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    tell(stdout, "%-20s", word_of(right, word));
    for (unsigned i = 0; i < roles->n_values; i++) {
        bool may = ledger_may((Tefter__Role)roles->values[i].value, (Tefter__Right)right->value);
        bool last = i + 1 == roles->n_values;
        int width = last ? 1 : (int)strlen(word_of(&roles->values[i], role));
        tell(stdout, "%-*s", width, may ? "yes" : "-");
        tell_gap(i);
    }
}

int roles_run(const struct settings *settings)
{
    char word[WORD_SIZE];
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    (void)settings;
    tell(stdout, "%-20s", "");
    for (unsigned i = 0; i < roles->n_values; i++) {
        tell(stdout, "%s", word_of(&roles->values[i], word));
        tell_gap(i);
    }
    for (unsigned i = 0; i < rights->n_values; i++)
        if (rights->values[i].value != TEFTER__RIGHT__RIGHT_NONE &&
            rights->values[i].value != TEFTER__RIGHT__RIGHT_SERVER)
            tell_right(&rights->values[i]);
    return EXIT_DONE;
}
