/*
 * tefterd upgrade: adopts the newest rules this program knows. From then on older programs refuse
 * the ledger, so it is asked for and never done by itself.
 */
#include "admin/audited.h"
#include "admin/commands.h"
#include "engine/instance.h"

#include <stdio.h>

#include "base/tell.h"

enum { UPGRADE_ARENA_MAX = 16 * 1024 * 1024 };

static bool adopt(struct instance *instance, struct failure *failure)
{
    struct arena arena;
    Tefter__AdoptRulesVersion adopt = TEFTER__ADOPT_RULES_VERSION__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    adopt.rules_version = LEDGER_RULES;
    command.kind_case = TEFTER__COMMAND__KIND_ADOPT_RULES_VERSION;
    command.adopt_rules_version = &adopt;
    arena_init(&arena, UPGRADE_ARENA_MAX);
    bool good = commit_one(instance->commit, &command, &arena, NULL, failure);
    arena_fini(&arena);
    return good;
}

int upgrade_run(const struct settings *settings)
{
    static struct instance instance;
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_state state = {.rules_version = 0};
    if (!instance_open(&instance, settings, INSTANCE_USUAL, &failure))
        return settings_report(&failure);
    bool good = ledger_state(instance.ledger, &state, &failure) &&
                (state.rules_version >= LEDGER_RULES || adopt(&instance, &failure));
    instance_close(&instance);
    audited(&instance.folder, good ? "upgrade" : "upgrade_failed", NULL);
    if (!good)
        return settings_report(&failure);
    if (state.rules_version >= LEDGER_RULES)
        tell(
            stdout,
            "The ledger is at rules version %u, the newest this program knows. Nothing was done.\n",
            state.rules_version);
    else
        tell(stdout,
             "The ledger went from rules version %u to %d. Older programs refuse it from now on.\n",
             state.rules_version, LEDGER_RULES);
    return EXIT_DONE;
}
