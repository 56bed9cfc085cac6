/*
 * The tables of rights and of thresholds as Markdown, from the code: what a document that shows
 * them is checked against.
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

static void print_head(const char *title)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    printf("| %s", title);
    for (unsigned i = 0; i < roles->n_values; i++) {
        fputs(" | ", stdout);
        print_word(roles->values[i].name);
    }
    fputs(" |\n|---", stdout);
    for (unsigned i = 0; i < roles->n_values; i++)
        fputs("|---", stdout);
    puts("|");
}

/* In the unit of the threshold, as it stands in the ledger. */
static void print_threshold(const ProtobufCEnumValue *threshold)
{
    const ProtobufCEnumDescriptor *roles = &tefter__role__descriptor;
    fputs("| ", stdout);
    print_word(threshold->name);
    for (unsigned i = 0; i < roles->n_values; i++) {
        int64_t most;
        if (!ledger_may_usually((Tefter__Role)roles->values[i].value,
                                (Tefter__Threshold)threshold->value, &most))
            fputs(" | -", stdout);
        else if (most == INT64_MAX)
            fputs(" | any", stdout);
        else
            printf(" | %lld", (long long)most);
    }
    puts(" |");
}

int main(void)
{
    const ProtobufCEnumDescriptor *rights = &tefter__right__descriptor;
    const ProtobufCEnumDescriptor *thresholds = &tefter__threshold__descriptor;
    print_head("right");
    for (unsigned i = 0; i < rights->n_values; i++)
        print_row(&rights->values[i]);
    puts("");
    print_head("threshold");
    for (unsigned i = 0; i < thresholds->n_values; i++)
        print_threshold(&thresholds->values[i]);
    return 0;
}
