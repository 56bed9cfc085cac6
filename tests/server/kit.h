#pragma once
/*
 * What the writer's tests share: a ledger in a new folder, a journal in memory, a clock that stands
 * still, and commands.
 */
#include "base/check.h"

#include "datadir/files.h"
#include "engine/clock.h"
#include "engine/commit.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>

struct kit {
    char path[64];
    struct journal *journal;
    struct ledger *ledger;
    struct vault *vault;
    struct clock clock;
    struct commit *commit;
    int64_t now_ms; /* 0: the clock's */
};

static inline int64_t kit_now(void *owner)
{
    struct kit *kit = owner;
    return kit->now_ms ? kit->now_ms : clock_now_ms(&kit->clock);
}

static inline void kit_new_id(void *owner, uint8_t ret_id[COMMAND_ID_SIZE])
{
    clock_new_id(&((struct kit *)owner)->clock, ret_id);
}

static const struct journal_options kit_journal = {.engine = "fake", .path = "kit"};

static inline void kit_open(struct kit *kit)
{
    static const struct ledger_id id = {{1, 2, 3}};
    struct failure failure = {.fault = FAULT_NONE};
    static const struct incarnation first = {1, "first"};
    *kit = (struct kit){.journal = NULL};
    assert_true(journal_create(&kit_journal, &id, &first, &failure));
    assert_true(journal_open(&kit_journal, &kit->journal, &failure));
    snprintf(kit->path, sizeof kit->path, "/tmp/tefter-writer-XXXXXX");
    assert_non_null(mkdtemp(kit->path));
    struct ledger_options options = {.path = kit->path, .map_bytes = 64 << 20};
    assert_true(ledger_open(&options, &kit->ledger, &failure));
    char vault[FILES_PATH_MAX];
    assert_true(files_join(vault, kit->path, "vault", &failure));
    assert_true(vault_open(vault, 64 << 20, &kit->vault, &failure));
    clock_init(&kit->clock, clock_read());
    struct commit_options commit = {.journal = kit->journal,
                                    .ledger = kit->ledger,
                                    .vault = kit->vault,
                                    .now_ms = kit_now,
                                    .new_id = kit_new_id,
                                    .owner = kit};
    assert_true(commit_create(&commit, &kit->commit, &failure));
}

static inline void kit_close(struct kit *kit)
{
    commit_destroy(kit->commit);
    vault_close(kit->vault);
    ledger_close(kit->ledger);
    journal_close(kit->journal);
    journal_fake_forget(kit_journal.path);
    files_remove_tree(kit->path, NULL);
}

static inline struct slice kit_found(struct arena *arena)
{
    Tefter__CreateCompany company = TEFTER__CREATE_COMPANY__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    company.name = (char *)(uintptr_t) "Anh Paints";
    company.currency = (char *)(uintptr_t) "VND";
    company.admin_login = (char *)(uintptr_t) "anh";
    company.rules_version = LEDGER_RULES;
    company.date = 20000;
    command.kind_case = TEFTER__COMMAND__KIND_CREATE_COMPANY;
    command.create_company = &company;
    return message_pack(&command.base, arena);
}

static inline struct slice kit_add_terminal(const char *name, struct arena *arena)
{
    Tefter__AddTerminal terminal = TEFTER__ADD_TERMINAL__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    terminal.branch = 1;
    terminal.name = (char *)(uintptr_t)name;
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &terminal;
    return message_pack(&command.base, arena);
}

static inline struct submission kit_submission(struct kit *kit, struct slice command,
                                               uint64_t reply_token)
{
    struct submission submission = {.reply_token = reply_token, .command = command};
    clock_new_id(&kit->clock, submission.id);
    return submission;
}

static inline Tefter__Reply *kit_reply(struct slice bytes, struct arena *arena)
{
    Tefter__Reply *reply =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, bytes, arena);
    assert_non_null(reply);
    return reply;
}
