#pragma once
/*
 * An import in steps, for a program that asks people by other means than a terminal: each step
 * reads the file anew with what was said until then, and tells what came of it as a message. The
 * same readers, questions and sink as `tefter import`. Blocking; one at a time in a process.
 */
#include "import/import.h"
#include "wire.pb-c.h"

struct import_step {
    int file;         /* from its beginning; stays the caller's */
    int rejects;      /* an empty file that gets rejected rows, with the reasons; the caller's */
    const char *name; /* of the file, for people and as the source of its documents */
    const Tefter__ImportDo *what;
    /* Told now and then, and once with `done`: always the last thing. */
    void (*report)(void *context, const Tefter__ImportReport *report);
    void *context;
};

/* The client is connected and logged in. */
void import_step(struct tefter *client, const struct import_step *step);
