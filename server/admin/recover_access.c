/*
 * tefterd recover and tefterd code: getting in again when nobody can. Both want the server to be
 * stopped, and the folder's owner to be at the keyboard: that is their right.
 */
#include "admin/audited.h"
#include "admin/bootstrap.h"
#include "admin/commands.h"
#include "admin/password_input.h"

#include "base/enrolcode.h"
#include "base/tell.h"

#include <stdio.h>

enum { RECOVER_ARENA_MAX = 16 * 1024 * 1024 };

/* 0: no such login. */
static uint32_t staff_of(struct instance *instance, const char *login, struct arena *arena,
                         struct failure *failure)
{
    struct ledger_view *view = ledger_view_begin(instance->ledger, arena, failure);
    if (!view)
        return 0;
    const Tefter__StaffRecord *staff = ledger_view_login(view, login);
    uint32_t number = staff ? staff->staff : 0;
    bool owner = staff && staff->role == TEFTER__ROLE__ROLE_OWNER;
    ledger_view_end(view);
    if (!number)
        fail(failure, FAULT_USE, 0, "there is nobody with the login '%s'", login);
    else if (!owner)
        fail(failure, FAULT_USE, 0, "'%s' is no owner; an owner gives others new passwords", login);
    return owner ? number : 0;
}

static bool recover(struct instance *instance, const struct settings *settings, const char *hash,
                    struct arena *arena, struct failure *failure)
{
    uint32_t staff = staff_of(instance, settings->admin, arena, failure);
    return staff && bootstrap_secret(instance, staff, hash, NULL, arena, failure);
}

int recover_run(const struct settings *settings)
{
    static struct instance instance;
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    char hash[PASSWORD_HASH_SIZE];
    if (!settings->admin)
        fail(&failure, FAULT_USE, 0, "whose password? --admin LOGIN is missing");
    if (failure.fault || !instance_open(&instance, settings, INSTANCE_USUAL, &failure))
        return settings_report(&failure);
    arena_init(&arena, RECOVER_ARENA_MAX);
    bool good = secret_hash(settings, settings->admin, hash, &failure) &&
                recover(&instance, settings, hash, &arena, &failure);
    arena_fini(&arena);
    instance_close(&instance);
    audited(&instance.folder, good ? "recover" : "recover_failed", settings->admin);
    if (!good)
        return settings_report(&failure);
    tell(stdout,
         "%s has a new password, and can log in with it on every enrolled terminal: tefter login "
         "%s\nIf no device is enrolled any more: tefterd code --ledger %s --terminal 1\n",
         settings->admin, settings->admin, settings->ledger);
    return EXIT_DONE;
}

int code_run(const struct settings *settings)
{
    static struct instance instance;
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    char code[ENROL_CODE_TEXT_SIZE];
    char terminal[32];
    if (settings->terminal == 0 || settings->terminal > UINT32_MAX)
        fail(&failure, FAULT_USE, 0, "for which terminal? --terminal N is missing");
    if (failure.fault || !instance_open(&instance, settings, INSTANCE_USUAL, &failure))
        return settings_report(&failure);
    arena_init(&arena, RECOVER_ARENA_MAX);
    bool good = bootstrap_code(&instance, (uint32_t)settings->terminal, &arena, code, &failure);
    arena_fini(&arena);
    instance_close(&instance);
    (void)snprintf(terminal, sizeof terminal, "of_terminal_%u", (uint32_t)settings->terminal);
    audited(&instance.folder, good ? "code_made" : "code_failed", terminal);
    if (!good)
        return settings_report(&failure);
    tell(stdout,
         "The one-time code of terminal %u (the device that has it now loses its place when "
         "another uses it):\n\n",
         (uint32_t)settings->terminal);
    bootstrap_tell(code, settings);
    return EXIT_DONE;
}
