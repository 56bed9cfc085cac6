#pragma once
/*
 * The subcommands of tefterd that look after a ledger's folder; each returns an exit code. Their
 * table is in main.c.
 */
#include "settings/settings.h"

int check_run(const struct settings *settings);
int init_run(const struct settings *settings);
int clock_run(const struct settings *settings);
int status_run(const struct settings *settings);
int verify_run(const struct settings *settings);
int verify_backup_run(const struct settings *settings); /* verify --backup */
int verify_state_run(const struct settings *settings);
int verify_vault_run(const struct settings *settings);
int backup_run(const struct settings *settings);
int backup_key_run(const struct settings *settings);
int restore_run(const struct settings *settings);
int recover_run(const struct settings *settings);
int code_run(const struct settings *settings);
int quarantine_run(const struct settings *settings);
int notify_run(const struct settings *settings);
int roles_run(const struct settings *settings);
int upgrade_run(const struct settings *settings);
int web_name_run(const struct settings *settings);
int web_root_run(const struct settings *settings);
