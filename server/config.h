#pragma once
/*
 * The file of -c: what a service is told once. Lines `name = value`; names are those of the
 * options, with '_' for '-'. Only what the command line left open is taken.
 *
 *   ledger = "/var/lib/tefter"
 *   listen = "0.0.0.0:7420"
 *   map = "64G"
 *   distrust = no
 *   backup_to = "/mnt/other/tefter"
 *   backup_every = "1h"
 *   backup_keep = 30
 */
#include "settings.h"

bool config_read(const char *path, struct settings *settings, struct failure *failure);
