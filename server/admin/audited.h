#pragma once
/*
 * What is done at the keyboard goes into the ledger's audit log too, with the user of this machine.
 */
#include "datadir/datadir.h"

/* event: one word. about: NULL, or what it was done to. A log that cannot be written (a full disk,
 * a folder of another user) keeps nobody from it. */
void audited(const struct datadir *folder, const char *event, const char *about);
