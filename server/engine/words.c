#include "engine/words.h"

#include "base/limits.h"
#include "base/log.h"
#include "ledger/ledger.h"
#include "recovery/subprocess.h"
#include "wire/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { WRONG_MOST = 10000 };

/* ---- the references of a batch ---- */

typedef void (*ref_fn)(void *context, uint64_t seq, const struct vault_ref *ref);

struct walk {
    ref_fn each;
    void *context;
    uint64_t seq;
    struct arena arena;
};

static void each_text(void *context, ProtobufCMessage *part)
{
    struct walk *walk = context;
    const Tefter__Text *text = (const Tefter__Text *)part;
    struct vault_ref ref = {.size = text->size};
    if (text->id.len != VAULT_ID_SIZE || text->digest.len != HASH_SIZE)
        return;
    memcpy(ref.id.bytes, text->id.data, VAULT_ID_SIZE);
    memcpy(ref.digest.bytes, text->digest.data, HASH_SIZE);
    walk->each(walk->context, walk->seq, &ref);
}

/* What is no entry has no references: applying it says what is wrong. */
static void walk_entry(struct walk *walk, struct slice bytes)
{
    arena_reset(&walk->arena);
    const Tefter__Entry *entry =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, bytes, &walk->arena);
    if (!entry || !entry->has_command)
        return;
    struct slice packed = slice_of(entry->command.data, entry->command.len);
    if (!ledger_command_has_text(packed))
        return;
    ProtobufCMessage *command = message_unpack(&tefter__command__descriptor, packed, &walk->arena);
    if (command)
        message_each(command, &tefter__text__descriptor, each_text, walk);
}

static void walk_batch(struct walk *walk, const struct journal_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        walk->seq = batch->first_seq + i;
        walk_entry(walk, batch->entries[i]);
    }
}

/* ---- checking ---- */

/*
 * A row that differs from a reference is not damaged when another reference finds it whole: a
 * command that was sent twice in one group with two texts is journalled twice, and the second is
 * refused. So what differs is kept, and the journal read once more.
 */
struct suspect {
    struct vault_id id;
    uint64_t seq;
    bool cleared;
};

struct check {
    struct walk walk;
    struct vault_txn *txn;
    struct words *words;
    struct suspect *suspects;
    size_t count;
    bool again; /* the second time */
    bool first; /* one that can be read is enough */
    bool found;
};

static int by_id(const void *a, const void *b)
{
    return memcmp(((const struct suspect *)a)->id.bytes, ((const struct suspect *)b)->id.bytes,
                  VAULT_ID_SIZE);
}

static void note(struct words *words, uint64_t seq, const char *what)
{
    if (words->first[0] == '\0')
        snprintf(words->first, sizeof words->first, "words of entry %" PRIu64 " %s", seq, what);
}

static void suspect(struct check *check, uint64_t seq, const struct vault_ref *ref)
{
    if (!check->suspects)
        check->suspects = calloc(WRONG_MOST, sizeof *check->suspects);
    if (check->suspects && check->count < WRONG_MOST)
        check->suspects[check->count++] = (struct suspect){.id = ref->id, .seq = seq};
    else
        check->words->wrong++;
}

static void clear(struct check *check, const struct vault_ref *ref)
{
    struct suspect wanted = {.id = ref->id};
    struct suspect *found = bsearch(&wanted, check->suspects, check->count, sizeof wanted, by_id);
    if (found)
        found->cleared = true;
}

static void check_ref(void *context, uint64_t seq, const struct vault_ref *ref)
{
    struct check *check = context;
    struct slice text;
    enum vault_found found = vault_get(check->txn, ref, &text);
    if (check->again) {
        if (found == VAULT_FOUND)
            clear(check, ref);
        return;
    }
    check->words->texts++;
    check->found = check->found || found == VAULT_FOUND || found == VAULT_ERASED;
    if (found == VAULT_WRONG)
        suspect(check, seq, ref);
    if (found == VAULT_LOST) {
        check->words->lost++;
        note(check->words, seq, "are not in the vault");
    }
}

static bool check_batch(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct check *check = context;
    (void)failure;
    walk_batch(&check->walk, batch);
    return !check->first || !check->found;
}

static void judge_suspects(struct check *check)
{
    uint64_t seq = UINT64_MAX;
    for (size_t i = 0; i < check->count; i++) {
        if (check->suspects[i].cleared)
            continue;
        check->words->wrong++;
        if (check->suspects[i].seq < seq)
            seq = check->suspects[i].seq;
    }
    if (seq != UINT64_MAX)
        note(check->words, seq, "are damaged in the vault");
}

static bool read_twice(struct check *check, struct journal *journal, uint64_t from_seq,
                       struct failure *failure)
{
    bool read = journal_read(journal, from_seq, check_batch, check, failure);
    if (!read || check->count == 0)
        return read || check->found;
    check->again = true;
    qsort(check->suspects, check->count, sizeof *check->suspects, by_id);
    if (!journal_read(journal, from_seq, check_batch, check, failure))
        return false;
    judge_suspects(check);
    return true;
}

static bool run_check(struct check *check, struct journal *journal, struct vault *vault,
                      uint64_t from_seq, struct failure *failure)
{
    check->txn = vault_read(vault, failure);
    if (!check->txn)
        return false;
    check->walk.each = check_ref;
    check->walk.context = check;
    arena_init(&check->walk.arena, FRAME_UNPACKED_MAX);
    bool good = read_twice(check, journal, from_seq, failure);
    arena_fini(&check->walk.arena);
    vault_abort(check->txn);
    free(check->suspects);
    return good;
}

bool words_check(struct journal *journal, struct vault *vault, uint64_t from_seq,
                 struct words *ret_words, struct failure *failure)
{
    struct check check = {.words = ret_words};
    *ret_words = (struct words){.texts = 0};
    return run_check(&check, journal, vault, from_seq, failure);
}

/* ---- copying ---- */

/* Transactions are begun with the first reference: most batches have none. */
struct copying {
    struct vault *vaults[2];
    struct vault_txn *to;
    struct vault_txn *from;
    struct failure *failure;
    bool broken;
};

static bool copying_begun(struct copying *copying)
{
    if (copying->broken || copying->to)
        return !copying->broken;
    copying->from = vault_read(copying->vaults[1], copying->failure);
    copying->to = copying->from ? vault_begin(copying->vaults[0], copying->failure) : NULL;
    copying->broken = !copying->to;
    return !copying->broken;
}

static void copy_ref(void *context, uint64_t seq, const struct vault_ref *ref)
{
    struct copying *copying = context;
    (void)seq;
    if (copying_begun(copying))
        vault_copy_row(copying->to, copying->from, &ref->id);
}

bool words_copy(const struct journal_batch *batch, struct vault *to, struct vault *from,
                struct failure *failure)
{
    struct copying copying = {.vaults = {to, from}, .failure = failure};
    struct walk walk = {.each = copy_ref, .context = &copying};
    arena_init(&walk.arena, FRAME_UNPACKED_MAX);
    walk_batch(&walk, batch);
    arena_fini(&walk.arena);
    vault_abort(copying.from);
    return !copying.broken && (!copying.to || vault_commit(copying.to, failure));
}

/* ---- at a start ---- */

/* It stands before what may be long: a failure's text has an end. */
#define WAY_ON                                                                                     \
    "Take the words from a backup (tefterd restore --vault-only --from PLACE --ledger DIR), or "   \
    "give them up (start once with --accept-lost-words)"

uint64_t words_given_up(const char *root)
{
    char path[FILES_PATH_MAX], text[32];
    size_t size;
    bool noted = files_join(path, root, "lost-words", NULL) && files_exist(path) &&
                 files_read(path, text, sizeof text, &size, NULL);
    return noted ? strtoull(text, NULL, 10) : 0;
}

bool words_give_up(const char *root, uint64_t seq, struct failure *failure)
{
    char path[FILES_PATH_MAX], text[32];
    int size = snprintf(text, sizeof text, "%" PRIu64 "\n", seq);
    return files_join(path, root, "lost-words", failure) &&
           files_write(path, slice_of(text, (size_t)size), 0600, failure);
}

static bool accept(const struct datadir *folder, struct journal *journal, struct failure *failure)
{
    struct journal_head head;
    journal_head(journal, &head);
    log_line(LOG_WARNING, "lost_words_accepted", "up_to_seq",
             log_value("%" PRIu64, head.next_seq - 1), NULL);
    return words_give_up(folder->root, head.next_seq - 1, failure);
}

/* Kept, for who knows how to read it. */
static bool move_aside(const struct datadir *folder, struct failure *failure)
{
    char aside[FILES_PATH_MAX];
    char name[32];
    for (int i = 1;; i++) {
        snprintf(name, sizeof name, "vault.damaged.%d", i);
        if (!files_join(aside, folder->root, name, failure))
            return false;
        if (!files_exist(aside))
            break;
    }
    if (rename(folder->vault, aside))
        return fail(failure, FAULT_IO, errno, "cannot move %s away", folder->vault);
    log_line(LOG_WARNING, "vault_moved_aside", "to", aside, NULL);
    return files_sync_folder(folder->root, failure);
}

static bool as_closed(const char *data, const struct marker *marker)
{
    struct hash sum;
    return marker->kind == MARKER_CLEAN && files_sum(data, &sum, NULL) &&
           hash_equal(&sum, &marker->vault_sum);
}

/* Can it be opened here at all? */
static bool file_sound(const struct datadir *folder, const struct marker *marker,
                       struct failure *failure)
{
    char data[FILES_PATH_MAX];
    struct failure why = {.fault = FAULT_NONE};
    if (!files_join(data, folder->vault, "data.mdb", failure))
        return false;
    if (!files_exist(data) || as_closed(data, marker))
        return true;
    if (!vault_check_file(folder->vault, &why) || !subprocess_look_vault(folder->vault, &why))
        return fail(failure, FAULT_DAMAGED, 0, "the vault cannot be read. " WAY_ON ": %s",
                    why.text);
    if (marker->kind == MARKER_CLEAN)
        log_line(LOG_ERROR, "vault_changed", "advice",
                 "its file is not what was closed; tefterd verify names the words that are lost",
                 NULL);
    return true;
}

/* The first words that can be read are enough: it is the vault of this journal. */
static bool has_words(const struct datadir *folder, struct journal *journal, struct vault *vault,
                      struct failure *failure)
{
    struct words words = {.texts = 0};
    struct check check = {.words = &words, .first = true};
    if (!run_check(&check, journal, vault, words_given_up(folder->root) + 1, failure))
        return false;
    return words.texts == 0 || check.found ||
           fail(failure, FAULT_DAMAGED, 0,
                "the vault has none of the %" PRIu64
                " texts that the ledger refers to: it is gone, "
                "or another ledger's. " WAY_ON,
                words.texts);
}

static bool open_sound(const struct datadir *folder, const struct settings *settings,
                       const struct marker *marker, struct journal *journal, bool reading,
                       struct vault **ret_vault, struct failure *failure)
{
    if (!file_sound(folder, marker, failure) ||
        !(reading ? vault_open_reading : vault_open)(folder->vault, settings->map_bytes, ret_vault,
                                                     failure))
        return false;
    if (has_words(folder, journal, *ret_vault, failure))
        return true;
    vault_close(*ret_vault);
    *ret_vault = NULL;
    return false;
}

bool words_open(const struct datadir *folder, const struct settings *settings,
                const struct marker *marker, struct journal *journal, bool reading,
                struct vault **ret_vault, struct failure *failure)
{
    struct failure why = {.fault = FAULT_NONE};
    bool there = files_exist(folder->vault);
    if (open_sound(folder, settings, marker, journal, reading, ret_vault, &why))
        return true;
    if (why.fault == FAULT_DAMAGED && settings->accept_lost_words && !reading)
        return (!files_exist(folder->vault) || move_aside(folder, failure)) &&
               accept(folder, journal, failure) &&
               vault_open(folder->vault, settings->map_bytes, ret_vault, failure);
    if (!there && !reading)
        files_remove_tree(folder->vault, NULL);
    return fail(failure, why.fault, why.os_error, "%s", why.text);
}
