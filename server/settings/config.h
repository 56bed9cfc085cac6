#pragma once
/*
 * The file of -c: what a service is told once. Lines `key = value`; the keys are a column of the
 * table in settings.c. Only what the command line left open is taken. `tefterd --example` prints a
 * file with every key.
 */
#include "settings/settings.h"

bool config_read(const char *path, struct settings *settings, struct failure *failure);
