/*
 * The table of rights as Markdown, from the code: what a document that shows it is checked against.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ledger/ledger.h"

/* "RIGHT_TAKE_MONEY" without its first word, in small letters. */
static void print_word(const char *name)
{
    for (const char *at = strchr(name, '_') + 1; *at != '\0'; at++)
        putchar(*at == '_' ? ' ' : tolower((unsigned char)*at));
}

static void print_row(const ProtobufCEnumValue *right)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    fputs("| ", stdout);
    print_word(right->name);
    for (unsigned i = 0; i < roles->n_values; i++) {
        bool may = ledger_may((Tefter__Role)roles->values[i].value, (Tefter__Right)right->value);
        fputs(may ? " | yes" : " | -", stdout);
    }
    puts(" |");
}

int main(void)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    fputs("| right", stdout);
    for (unsigned i = 0; i < roles->n_values; i++) {
        fputs(" | ", stdout);
        print_word(roles->values[i].name);
    }
    fputs(" |\n|---", stdout);
    for (unsigned i = 0; i < roles->n_values; i++)
        fputs("|---", stdout);
    puts("|");
    for (unsigned i = 0; i < rights->n_values; i++)
        print_row(&rights->values[i]);
    return 0;
}
