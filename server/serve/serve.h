#pragma once
/*
 * The subcommands of tefterd that serve a ledger, or ask the one that does; each returns an exit
 * code. Their table is in main.c.
 */
#include "settings/settings.h"

int serve_run(const struct settings *settings);
int metrics_run(const struct settings *settings);
