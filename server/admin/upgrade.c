/*
 * tefterd upgrade: adopts the newest epoch this program knows. From then on older programs refuse
 * the ledger, so it is asked for and never done by itself.
 */
#include "admin/commands.h"
#include "engine/instance.h"

#include <stdio.h>

enum { UPGRADE_ARENA_MAX = 16 * 1024 * 1024 };

static bool adopt(struct rooms *rooms, struct failure *failure)
{
    struct arena arena;
    Tefter__AdoptEpoch adopt = TEFTER__ADOPT_EPOCH__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    adopt.epoch = LEDGER_EPOCH;
    command.kind_case = TEFTER__COMMAND__KIND_ADOPT_EPOCH;
    command.adopt_epoch = &adopt;
    arena_init(&arena, UPGRADE_ARENA_MAX);
    bool good = commit_one(rooms->commit, &command, &arena, NULL, failure);
    arena_fini(&arena);
    return good;
}

int upgrade_run(const struct settings *settings)
{
    static struct rooms rooms;
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_state state = {.epoch = 0};
    if (!rooms_open(&rooms, settings, ROOMS_USUAL, &failure))
        return settings_told(&failure);
    bool good = ledger_state(rooms.ledger, &state, &failure) &&
                (state.epoch >= LEDGER_EPOCH || adopt(&rooms, &failure));
    rooms_close(&rooms);
    if (!good)
        return settings_told(&failure);
    if (state.epoch >= LEDGER_EPOCH)
        printf("The ledger is at epoch %u, the newest this program knows. Nothing was done.\n",
               state.epoch);
    else
        printf("The ledger went from epoch %u to %d. Older programs refuse it from now on.\n",
               state.epoch, LEDGER_EPOCH);
    return EXIT_DONE;
}
