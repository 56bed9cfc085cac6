/*
 * tefterd verify: is all of it true? The journal is read whole (chain, gaps, hashes), replayed from
 * nothing into a state of its own, compared marker by marker, compared with the live state, and
 * every figure is computed anew. Works beside a running server and changes nothing. A state that
 * nobody serves is read whole too, and compared row by row when it stands at the journal's end.
 * Every text that the journal refers to is looked for in the vault.
 *
 * All of that is done in a child, which may die of an entry: its page (datadir/inflight.h) says of
 * which one, and another child then verifies what lies before that.
 *
 * tefterd verify-state, verify-vault: one LMDB, in a process that may die of it.
 */
#include "access/access.h"
#include "admin/audited.h"
#include "admin/commands.h"
#include "datadir/keys.h"
#include "engine/instance.h"
#include "engine/words.h"
#include "recovery/checkpoint.h"
#include "recovery/replay.h"
#include "recovery/shutdown_marker.h"
#include "recovery/subprocess.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tell.h"

/* A child that hangs in a damaged file is ended by its alarm. */
enum { CHILD_SECONDS = 3600 };

struct verify {
    const struct settings *settings;
    struct datadir folder;
    char work[FILES_PATH_MAX]; /* the state made anew, and the page of who makes it */
    char page[FILES_PATH_MAX];
    uint64_t before_seq; /* 0: all of the journal; else what lies before the batch with this one */
    struct state_report live; /* seq 0: not compared */
    bool whole;               /* live was read whole */
    struct journal *journal;
    struct journal_head head;
    struct ledger *ledger;
    struct inflight *inflight;
    struct ledger_state made; /* of the state made anew */
    struct ledger_check check;
    struct access_audit_report audit;
    struct words words;
};

/* ---- the live state ---- */

static bool look_at_state(struct verify *verify, struct failure *failure)
{
    struct marker marker;
    struct marker_place here;
    const char *why = NULL;
    verify->whole = !datadir_served_by(&verify->folder);
    if (verify->whole) {
        marker_read(verify->folder.marker, &marker);
        why = marker_distrust(&marker,
                              marker_place_of(verify->folder.root, &here, NULL) ? &here : NULL);
    }
    struct failure found = {.fault = FAULT_NONE};
    if (verify->whole && !why && !marker_sum_fits(&marker, verify->folder.state))
        return fail(failure, FAULT_DAMAGED, 0,
                    "the state in %s is damaged: its file is not what was closed. The next start "
                    "makes it anew from the journal",
                    verify->folder.state);
    bool sound = why || !verify->whole || ledger_check_file(verify->folder.state, &found);
    if (sound && !why &&
        subprocess_look(verify->folder.state, verify->whole, &verify->live, &found))
        return true;
    if (!why && found.fault != FAULT_STALE)
        return fail(failure, found.fault, found.os_error, "%s", found.text);
    tell(stderr, "tefterd: the state is not compared: %s; the next start rebuilds it.\n",
         why ? why : found.text);
    return true;
}

/* ---- the vault ---- */

static bool words_there(struct verify *verify, struct vault *vault, struct failure *failure)
{
    const struct words *words = &verify->words;
    if (!words_check(verify->journal, vault, words_given_up(verify->folder.root) + 1,
                     &verify->words, failure))
        return false;
    return words->lost + words->wrong == 0 ||
           fail(failure, FAULT_DAMAGED, 0,
                "of %" PRIu64 " texts %" PRIu64 " are not in the vault and %" PRIu64
                " are damaged; first: %s. Take them from a backup: tefterd restore --vault-only",
                words->texts, words->lost, words->wrong, words->first);
}

/* Opened after the journal: what that speaks of is in the vault before. */
static bool look_at_vault(struct verify *verify, struct failure *failure)
{
    struct vault *vault;
    const char *path = verify->folder.vault;
    if ((verify->whole && !vault_check_file(path, failure)) ||
        !subprocess_look_vault(path, failure) ||
        !vault_open_reading(path, verify->settings->map_bytes, &vault, failure))
        return false;
    bool good = words_there(verify, vault, failure);
    vault_close(vault);
    return good;
}

/* ---- checkpoints ---- */

static bool look_at_checkpoints(const struct verify *verify, struct failure *failure)
{
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX];
    struct state_report report;
    struct failure found = {.fault = FAULT_NONE};
    size_t count = checkpoint_list(&verify->folder, seqs);
    for (size_t i = 0; i < count; i++) {
        if (!checkpoint_path(&verify->folder, seqs[i], path, failure))
            return false;
        /* One that is gone was the oldest: the server has made another. */
        if (!checkpoint_look(path, &report, &found) && files_exist(path) &&
            found.fault != FAULT_STALE)
            return fail(failure, found.fault, found.os_error,
                        "checkpoint %" PRIu64 ": %s. A rebuild passes over it; remove %s", seqs[i],
                        found.text, path);
    }
    return true;
}

/* ---- the journal ---- */

static bool open_journal(struct verify *verify, struct failure *failure)
{
    struct hash chain;
    struct journal_options options = datadir_journal(&verify->folder);
    options.known.seq = verify->live.seq;
    options.reading = true;
    if (!journal_open(&options, &verify->journal, failure))
        return false;
    journal_head(verify->journal, &verify->head);
    if (verify->live.seq == 0)
        return true;
    return (journal_chain_at(verify->journal, verify->live.seq, &chain) &&
            hash_equal(&chain, &verify->live.chain)) ||
           fail(failure, FAULT_DAMAGED, 0,
                "the state stands on another chain than the journal at seq %" PRIu64,
                verify->live.seq);
}

/* ---- the state made anew ---- */

static const char *work_place(const struct verify *verify)
{
    const char *temporary = getenv("TMPDIR");
    if (verify->settings->work)
        return verify->settings->work;
    if (access(verify->folder.root, W_OK) == 0)
        return verify->folder.root;
    return temporary && *temporary ? temporary : "/tmp";
}

static bool find_work(struct verify *verify, struct failure *failure)
{
    char name[40];
    snprintf(name, sizeof name, "verify-%d.tmp", (int)getpid());
    const char *place = work_place(verify);
    datadir_clear_work(place, "verify");
    return files_join(verify->work, place, name, failure) &&
           files_join(verify->page, verify->work, "inflight", failure) &&
           files_remove_tree(verify->work, failure) && files_make_folder(verify->work, failure);
}

static bool replay(struct verify *verify, struct failure *failure)
{
    struct ledger_options make = {.path = verify->work, .map_bytes = verify->settings->map_bytes};
    struct replay_options options = {.journal = verify->journal,
                                     .compare_seq = verify->live.seq,
                                     .compare_digest = verify->live.state_digest,
                                     .compare_with = "the state (unless that is damaged)",
                                     .before_seq = verify->before_seq,
                                     .progress = instance_progress};
    if (!inflight_open(verify->page, &verify->inflight, failure) ||
        !ledger_open(&make, &verify->ledger, failure))
        return false;
    options.inflight = verify->inflight;
    options.ledger = verify->ledger;
    return replay_run(&options, NULL, failure) &&
           ledger_state(verify->ledger, &verify->made, failure);
}

static bool figures_right(const struct ledger_check *check, struct failure *failure)
{
    if (check->wrong_customer)
        return fail(failure, FAULT_DAMAGED, 0, "customer %" PRIu64 ": %s", check->wrong_customer,
                    check->what);
    if (check->postings_minor != 0)
        return fail(failure, FAULT_DAMAGED, 0, "the books are out by %" PRId64,
                    check->postings_minor);
    return check->what[0] == '\0' || fail(failure, FAULT_DAMAGED, 0, "%s", check->what);
}

static bool rows_same(struct verify *verify, struct failure *failure)
{
    struct hash rows;
    if (!verify->whole || verify->live.seq == 0 || verify->live.seq != verify->made.seq)
        return true;
    if (!ledger_rows(verify->ledger, &rows, failure))
        return false;
    return hash_equal(&rows, &verify->live.rows) ||
           fail(failure, FAULT_DAMAGED, 0,
                "the state in %s holds other rows than the journal leads to; the journal is whole: "
                "start with --distrust, and the state is made anew",
                verify->folder.state);
}

/* Lines that were cut off its end are found by who kept the number and seal told here. */
static bool audit_whole(struct verify *verify, struct failure *failure)
{
    struct keys keys;
    if (!files_exist(verify->folder.audit))
        return true;
    if (!keys_read(&verify->folder, &keys, failure))
        return false;
    bool good = access_audit_verify(verify->folder.audit, keys.token, &verify->audit, failure);
    keys_fini(&keys);
    return good;
}

static bool run(struct verify *verify, struct failure *failure)
{
    return look_at_state(verify, failure) && look_at_checkpoints(verify, failure) &&
           open_journal(verify, failure) && look_at_vault(verify, failure) &&
           replay(verify, failure) && ledger_check(verify->ledger, &verify->check, failure) &&
           figures_right(&verify->check, failure) && rows_same(verify, failure);
}

static void tell_verified(const struct verify *verify)
{
    char chain[HASH_TEXT_SIZE], incarnation[INCARNATION_TEXT_SIZE];
    incarnation_write(&verify->head.incarnation, incarnation);
    struct journal_metrics metrics;
    hash_text(&verify->made.chain, chain);
    journal_metrics(verify->journal, &metrics);
    uint64_t given_up = words_given_up(verify->folder.root);
    if (given_up > 0)
        tell(stdout,
             "words of entries up to seq %" PRIu64 " were given up, and are not looked for\n",
             given_up);
    tell(stdout,
         "verified seq %" PRIu64 " batch %" PRIu64 " incarnation %s\n"
         "chain %s\n"
         "journal %" PRIu64 " bytes in %" PRIu64 " batches\n"
         "texts %" PRIu64 "\n"
         "customers %" PRIu64 ", documents %" PRIu64 "\n"
         "balances %" PRId64 ", sum of all books %" PRId64
         ", in the smallest unit of the currency\n",
         verify->made.seq, verify->made.batch, incarnation, chain, metrics.bytes, metrics.batches,
         verify->words.texts, verify->check.customers, verify->check.documents,
         verify->check.balances_minor, verify->check.postings_minor);
}

static void tell_audit(const struct verify *verify)
{
    tell(stdout,
         "audit log %" PRIu64 " lines, %" PRIu64 " of them without a seal, the newest %" PRIu64
         " %s\n",
         verify->audit.lines, verify->audit.unsealed, verify->audit.number, verify->audit.seal);
}

/* ---- in a child ---- */

static bool has_entry(const struct verify *verify)
{
    struct inflight_notes notes;
    inflight_notes(verify->inflight, &notes);
    return notes.entry.end != INFLIGHT_NONE;
}

/* Who waits tells of an entry that cannot be applied; all else is told here. */
static int work(struct verify *verify)
{
    struct failure failure = {.fault = FAULT_NONE};
    int code = EXIT_FAULT;
    if (run(verify, &failure)) {
        tell_verified(verify);
        code = audit_whole(verify, &failure) ? EXIT_DONE : settings_report(&failure);
        if (code == EXIT_DONE)
            tell_audit(verify);
    } else if (!has_entry(verify)) {
        code = settings_report(&failure);
    }
    if (verify->ledger)
        ledger_close(verify->ledger);
    journal_close(verify->journal);
    inflight_close(verify->inflight);
    return code;
}

/* Nothing is open here that a fork could break. The child does not outlive who waits for it. */
static bool in_child(struct verify *verify, int *ret_status, struct failure *failure)
{
    fflush(stdout);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        return fail(failure, FAULT_IO, errno, "cannot start another process");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int code = getppid() == parent ? work(verify) : EXIT_FAULT;
        fflush(stdout);
        _exit(code);
    }
    while (waitpid(child, ret_status, 0) < 0)
        if (errno != EINTR)
            return fail(failure, FAULT_IO, errno, "cannot wait for another process");
    return true;
}

/* The entry of which a child ended, with the words for it; 0: it ended otherwise. */
static uint64_t bad_entry(const struct verify *verify, int status, char *words, size_t capacity)
{
    struct inflight_notes notes;
    if (!inflight_read(verify->page, &notes))
        return 0;
    if (notes.entry.end != INFLIGHT_NONE) {
        inflight_words(&notes.entry, words, capacity);
        return notes.entry.number;
    }
    snprintf(words, capacity, "the program ended in the middle of it (signal %d)",
             WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return notes.applying;
}

static bool ended_well(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE;
}

/* What lies before it is verified all the same. */
static bool verify_before(struct verify *verify, uint64_t seq, const char *words,
                          struct failure *failure)
{
    int status;
    verify->before_seq = seq;
    if (!files_remove_tree(verify->work, failure) || !files_make_folder(verify->work, failure) ||
        !in_child(verify, &status, failure))
        return false;
    return fail(failure, FAULT_BUG, 0, "entry %" PRIu64 " cannot be applied: %.150s. %s", seq,
                words,
                ended_well(status) ? "All is well up to the batch before it"
                                   : "What lies before it is not well either");
}

static bool verify_all(struct verify *verify, int *ret_code, struct failure *failure)
{
    int status;
    char words[INFLIGHT_WHERE_MAX + 80];
    if (!in_child(verify, &status, failure))
        return false;
    uint64_t seq = ended_well(status) ? 0 : bad_entry(verify, status, words, sizeof words);
    if (seq != 0)
        return verify_before(verify, seq, words, failure);
    if (!WIFEXITED(status))
        return fail(failure, FAULT_BUG, 0, "verifying ended with signal %d", WTERMSIG(status));
    *ret_code = WEXITSTATUS(status);
    return true;
}

int verify_run(const struct settings *settings)
{
    if (settings->backup)
        return verify_backup_run(settings);
    static struct verify verify;
    struct failure failure = {.fault = FAULT_NONE};
    int code = EXIT_FAULT;
    verify = (struct verify){.settings = settings};
    if (!datadir_init(&verify.folder, settings->ledger, &failure) ||
        !datadir_check(&verify.folder, &failure) || !find_work(&verify, &failure))
        return settings_report(&failure);
    bool good = verify_all(&verify, &code, &failure);
    audited(&verify.folder, good && code == EXIT_DONE ? "verify" : "verify_failed", NULL);
    files_remove_tree(verify.work, NULL);
    return good ? code : settings_report(&failure);
}

/* ---- one state ---- */

static bool look_into(const struct settings *settings, struct state_report *report,
                      struct failure *failure)
{
    struct ledger *ledger;
    struct ledger_state state;
    struct ledger_check check = {.customers = 0};
    struct hash rows = {{0}};
    struct ledger_options options = {
        .path = settings->word, .map_bytes = settings->map_bytes, .reading = true};
    if (!ledger_open(&options, &ledger, failure))
        return false;
    bool good = ledger_state(ledger, &state, failure) &&
                (settings->glance ||
                 (ledger_check(ledger, &check, failure) && figures_right(&check, failure) &&
                  ledger_rows(ledger, &rows, failure)));
    ledger_close(ledger);
    if (!good)
        return false;
    *report = (struct state_report){.seq = state.seq,
                                    .batch = state.batch,
                                    .incarnation = state.incarnation,
                                    .rules_version = state.rules_version,
                                    .now_ms = state.now_ms,
                                    .chain = state.chain,
                                    .state_digest = state.state_digest,
                                    .customers = check.customers,
                                    .documents = check.documents,
                                    .balances_minor = check.balances_minor,
                                    .postings_minor = check.postings_minor,
                                    .rows = rows};
    memcpy(report->ledger, state.ledger, sizeof report->ledger);
    return true;
}

int verify_state_run(const struct settings *settings)
{
    struct state_report report;
    struct failure failure = {.fault = FAULT_NONE};
    char line[STATE_LINE_MAX];
    alarm(CHILD_SECONDS);
    if (!look_into(settings, &report, &failure)) {
        tell(stdout, "%s\n", failure.text);
        return failure.fault == FAULT_STALE ? EXIT_STALE : EXIT_FAULT;
    }
    state_report_write(&report, line);
    tell(stdout, "%s\n", line);
    return EXIT_DONE;
}

/* ---- one vault ---- */

int verify_vault_run(const struct settings *settings)
{
    struct vault *vault;
    struct failure failure = {.fault = FAULT_NONE};
    uint64_t rows = 0;
    alarm(CHILD_SECONDS);
    bool good = vault_open_reading(settings->word, settings->map_bytes, &vault, &failure);
    if (good) {
        good = vault_walk(vault, &rows, &failure);
        vault_close(vault);
    }
    if (!good) {
        tell(stdout, "%s\n", failure.text);
        return EXIT_FAULT;
    }
    tell(stdout, "vault rows=%" PRIu64 "\n", rows);
    return EXIT_DONE;
}
