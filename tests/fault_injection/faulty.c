#include "fault_injection/faulty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum faulty faulty;
bool faulty_slow;

static const char *const names[] = {
    [FAULTY_EARLY] = "early", [FAULTY_FORGETFUL] = "forgetful", [FAULTY_PAST] = "past",
    [FAULTY_GAP] = "gap",     [FAULTY_SKIP] = "skip",           [FAULTY_BACK] = "back",
    [FAULTY_TWICE] = "twice", [FAULTY_PAGES] = "pages",         [FAULTY_LOST] = "lost",
    [FAULTY_STUCK] = "stuck", [FAULTY_HOARD] = "hoard",         [FAULTY_WAIT] = "wait",
    [FAULTY_UNCUT] = "uncut", [FAULTY_BELIEVE] = "believe",
};

__attribute__((constructor)) static void choose(void)
{
    const char *name = getenv("TEFTER_FAULT");
    if (name == NULL || name[0] == '\0')
        return;
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            faulty = (enum faulty)i;
    if (faulty != FAULTY_NOT)
        return;
    fprintf(stderr, "tefterd: there is no fault '%s'\n", name);
    exit(2);
}
