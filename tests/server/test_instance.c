/*
 * Starts after every kind of end: which state is trusted, which is rebuilt, which stops. The ledger
 * is a real one, made by tefterd init; ends without closing are processes that die.
 */
#include "base/check.h"

#include "admin/backup.h"
#include "admin/commands.h"
#include "admin/manifest.h"
#include "engine/instance.h"
#include "recovery/checkpoint.h"
#include "recovery/shutdown_marker.h"
#include "recovery/subprocess.h"
#include "store/store.h"
#include "tx/tx.h"
#include "wire/message.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_SEQ = 4 }; /* found, password, terminal, code */

struct place {
    char base[64];
    char path[80];
    struct settings settings;
    struct datadir folder;
};

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...)
{
    char line[3 * FILES_PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_int_equal(system(line), 0);
}

static int setup(void **state)
{
    static struct place place;
    struct failure failure = {.fault = FAULT_NONE};
    place =
        (struct place){.settings = {.listen = SETTINGS_LISTEN, .map_bytes = 64 << 20, .keep = 3}};
    snprintf(place.base, sizeof place.base, "/tmp/tefter-instance-XXXXXX");
    if (!mkdtemp(place.base))
        return 1;
    snprintf(place.path, sizeof place.path, "%s/ledger", place.base);
    place.settings.ledger = place.path;
    run("echo 'correct horse' | %s init --ledger %s --company Anh --currency VND --admin anh "
        "--utc-offset +00:00 --password-stdin > /dev/null",
        TEFTERD, place.path);
    *state = &place;
    return !datadir_init(&place.folder, place.path, &failure);
}

static int teardown(void **state)
{
    return !files_remove_tree(((struct place *)*state)->base, NULL);
}

static void add_terminals(struct instance *instance, int count)
{
    struct arena arena;
    struct failure failure = {.fault = FAULT_NONE};
    Tefter__AddTerminal terminal = TEFTER__ADD_TERMINAL__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    terminal.branch = 1;
    terminal.name = (char *)(uintptr_t) "till";
    command.kind_case = TEFTER__COMMAND__KIND_ADD_TERMINAL;
    command.add_terminal = &terminal;
    arena_init(&arena, 16 << 20);
    for (int i = 0; i < count; i++)
        need(commit_one(instance->commit, &command, &arena, NULL, &failure));
    arena_fini(&arena);
}

enum ending { ENDS_WELL, DIES, DIES_AFTER_CHECKPOINT };

/* In a process of its own: opens, adds, ends. */
static void life(struct place *place, int terminals, enum ending ending)
{
    static struct instance instance;
    uint64_t seq;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        if (!instance_open(&instance, &place->settings, INSTANCE_USUAL, NULL))
            _exit(2);
        add_terminals(&instance, terminals);
        if (ending == DIES_AFTER_CHECKPOINT &&
            !checkpoint_make(&instance.folder, instance.ledger, &seq, NULL))
            _exit(3);
        if (ending == DIES_AFTER_CHECKPOINT)
            add_terminals(&instance, terminals);
        if (ending == ENDS_WELL)
            instance_close(&instance);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

struct start {
    struct recovered recovered;
    struct ledger_state state;
    struct failure failure;
    bool opened;
};

static struct start start_as(struct place *place, enum instance_how how)
{
    static struct instance instance;
    struct start start = {.failure = {.fault = FAULT_NONE}};
    start.opened = instance_open(&instance, &place->settings, how, &start.failure);
    if (!start.opened)
        return start;
    start.recovered = instance.recovered;
    assert_true(ledger_state(instance.ledger, &start.state, NULL));
    instance_close(&instance);
    return start;
}

static struct start start_again(struct place *place)
{
    return start_as(place, INSTANCE_USUAL);
}

static void mark_other_boot(const struct place *place)
{
    struct marker marker = {.kind = MARKER_DIRTY};
    assert_true(marker_place_of(place->path, &marker.place, NULL));
    memset(marker.place.boot, '0', 8);
    assert_true(marker_write(place->folder.marker, &marker, NULL));
}

static void flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 0x55, file);
    fclose(file);
}

/* ---- trusted ---- */

static void closed_well_is_trusted(void **state)
{
    life(*state, 3, ENDS_WELL);
    struct start start = start_again(*state);
    assert_true(start.opened);
    assert_null(start.recovered.distrust);
    assert_int_equal(start.recovered.replayed, 0);
    assert_int_equal(start.state.seq, FIRST_SEQ + 3);
}

static void died_in_this_boot_is_trusted(void **state)
{
    life(*state, 3, DIES);
    struct start start = start_again(*state);
    assert_true(start.opened);
    assert_null(start.recovered.distrust);
    assert_int_equal(start.state.seq, FIRST_SEQ + 3);
}

/* ---- rebuilt, to the same state digest ---- */

static struct start rebuilt(struct place *place, const struct ledger_state *before)
{
    struct start start = start_again(place);
    assert_true(start.opened);
    assert_non_null(start.recovered.distrust);
    assert_int_equal(start.state.seq, before->seq);
    assert_memory_equal(&start.state.state_digest, &before->state_digest,
                        sizeof before->state_digest);
    assert_memory_equal(&start.state.chain, &before->chain, sizeof before->chain);
    return start;
}

static void another_boot_rebuilds(void **state)
{
    life(*state, 3, DIES);
    struct start before = start_again(*state);
    mark_other_boot(*state);
    struct start start = rebuilt(*state, &before.state);
    assert_int_equal(start.recovered.replayed, FIRST_SEQ + 3);
    assert_null(start_again(*state).recovered.distrust);
}

static void no_mark_and_distrust_rebuild(void **state)
{
    struct place *place = *state;
    life(place, 3, ENDS_WELL);
    struct start before = start_again(place);
    unlink(place->folder.marker);
    rebuilt(place, &before.state);
    place->settings.distrust = true;
    rebuilt(place, &before.state);
}

static void another_clean_state_rebuilds(void **state)
{
    struct place *place = *state;
    struct marker marker;
    life(place, 3, ENDS_WELL);
    struct start before = start_again(place);
    marker_read(place->folder.marker, &marker);
    marker.seq--;
    assert_true(marker_write(place->folder.marker, &marker, NULL));
    rebuilt(place, &before.state);
    marker_read(place->folder.marker, &marker);
    marker.state_digest.bytes[5] ^= 1;
    assert_true(marker_write(place->folder.marker, &marker, NULL));
    rebuilt(place, &before.state);
}

static void a_missing_state_is_rebuilt(void **state)
{
    struct place *place = *state;
    life(place, 3, DIES);
    struct start before = start_again(place);
    assert_true(files_remove_tree(place->folder.state, NULL));
    rebuilt(place, &before.state);
}

static void a_rebuild_begins_at_the_checkpoint(void **state)
{
    struct place *place = *state;
    life(place, 3, DIES_AFTER_CHECKPOINT);
    struct start before = start_again(place);
    mark_other_boot(place);
    struct start start = rebuilt(place, &before.state);
    assert_int_equal(start.recovered.from_seq, FIRST_SEQ + 3);
    assert_int_equal(start.recovered.replayed, 3);
}

static void a_damaged_checkpoint_is_passed_over(void **state)
{
    struct place *place = *state;
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX], data[FILES_PATH_MAX];
    life(place, 3, DIES_AFTER_CHECKPOINT);
    life(place, 3, DIES_AFTER_CHECKPOINT);
    life(place, 3, DIES_AFTER_CHECKPOINT);
    struct start before = start_again(place);
    assert_int_equal(checkpoint_list(&place->folder, seqs), CHECKPOINTS_KEPT);
    checkpoint_path(&place->folder, seqs[1], path, NULL);
    files_join(data, path, "data.mdb", NULL);
    assert_int_equal(truncate(data, 3 * 4096), 0);
    mark_other_boot(place);
    struct start start = rebuilt(place, &before.state);
    assert_int_equal(start.recovered.from_seq, seqs[0]);
}

static void a_state_of_another_chain_is_rebuilt(void **state)
{
    struct place *place = *state;
    char other[FILES_PATH_MAX], part[FILES_PATH_MAX];
    life(place, 1, ENDS_WELL);
    files_join(other, place->base, "other", NULL);
    run("cp -a %s %s", place->path, other);
    life(place, 2, ENDS_WELL);
    struct start before = start_again(place);
    place->settings.ledger = other;
    life(place, 2, ENDS_WELL);
    place->settings.ledger = place->path;
    files_join(part, other, "state", NULL);
    assert_true(files_remove_tree(place->folder.state, NULL));
    run("cp -a %s %s", part, place->folder.state);
    files_join(part, other, "shutdown-marker", NULL);
    run("cp %s %s", part, place->folder.marker);
    rebuilt(place, &before.state);
}

/* ---- another layout ---- */

/* The row that says where a state stands: format, layout, version of the digest, then the rest. */
static void state_row_put(const char *path, const uint8_t *row, size_t size, size_t flipped)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct store *store;
    struct slice key = slice_text("state"), old;
    uint8_t copy[256];
    struct store_options options = {.path = path,
                                    .trees = tx_tree_names,
                                    .map_bytes = 64 << 20,
                                    .gathering = true,
                                    .summed = true};
    assert_true(store_open(&options, &store, &failure));
    struct store_txn *txn = store_begin(store, true, &failure);
    assert_true(store_get(txn, TREE_META, key, &old) && old.size <= sizeof copy);
    memcpy(copy, old.data, old.size);
    copy[flipped] ^= 0x40;
    store_put(txn, TREE_META, key, row ? slice_of(row, size) : slice_of(copy, old.size));
    assert_true(store_commit(txn, &failure) && store_sync(store, &failure));
    store_close(store);
}

/* As if it had been closed with that row. */
static void close_anew(const struct place *place)
{
    struct marker marker;
    marker_read(place->folder.marker, &marker);
    assert_true(marker_close(&place->folder, marker.seq, &marker.state_digest, NULL));
}

enum { LAYOUT_BYTE = 7, DIGEST_VERSION_BYTE = 11 };

static void another_layout_is_rebuilt(void **state)
{
    struct place *place = *state;
    life(place, 3, ENDS_WELL);
    struct start before = start_again(place);
    for (size_t byte = LAYOUT_BYTE; byte <= DIGEST_VERSION_BYTE; byte += 4) {
        state_row_put(place->folder.state, NULL, 0, byte);
        close_anew(place);
        assert_int_equal(verify_run(&place->settings), EXIT_DONE);
        struct start start = rebuilt(place, &before.state);
        assert_string_equal(start.recovered.distrust, "it is of another layout");
        assert_null(start_again(place).recovered.distrust);
    }
}

static void a_checkpoint_of_another_layout_is_passed_over(void **state)
{
    struct place *place = *state;
    uint64_t seqs[CHECKPOINTS_LIST_MAX];
    char path[FILES_PATH_MAX];
    life(place, 3, DIES_AFTER_CHECKPOINT);
    struct start before = start_again(place);
    assert_int_equal(checkpoint_list(&place->folder, seqs), 1);
    assert_true(checkpoint_path(&place->folder, seqs[0], path, NULL));
    run("rm %s/sum", path); /* a program that made another layout summed it itself, or not at all */
    state_row_put(path, NULL, 0, LAYOUT_BYTE);
    state_row_put(place->folder.state, NULL, 0, LAYOUT_BYTE);
    close_anew(place);
    struct start start = rebuilt(place, &before.state);
    assert_int_equal(start.recovered.from_seq, 0);
}

/* As if the backup had been made so. */
static void manifest_anew(const char *backup)
{
    struct manifest manifest;
    assert_true(manifest_read(backup, &manifest, NULL));
    assert_true(manifest_collect(backup, &manifest, NULL));
    assert_true(manifest_write(backup, &manifest, NULL));
    manifest_fini(&manifest);
}

static void a_backup_of_another_layout_is_restored(void **state)
{
    struct place *place = *state;
    char backups[FILES_PATH_MAX], fresh[FILES_PATH_MAX], found[FILES_PATH_MAX];
    char part[FILES_PATH_MAX];
    files_join(backups, place->base, "backups", NULL);
    files_join(fresh, place->base, "fresh", NULL);
    life(place, 3, ENDS_WELL);
    place->settings.to = backups;
    assert_int_equal(backup_run(&place->settings), EXIT_DONE);
    assert_true(backup_find(backups, found, NULL) && files_join(part, found, "state", NULL));
    state_row_put(part, NULL, 0, LAYOUT_BYTE);
    manifest_anew(found);
    place->settings.ledger = fresh;
    place->settings.from = found;
    assert_int_equal(restore_run(&place->settings), EXIT_DONE);
    struct start start = start_again(place);
    assert_true(start.opened);
    assert_int_equal(start.state.seq, FIRST_SEQ + 3 + RESTORE_SEQS_AHEAD + 1);
    place->settings.ledger = place->path;
    state_row_put(place->folder.state, NULL, 0, LAYOUT_BYTE);
    close_anew(place);
    place->settings.to = fresh;
    assert_int_equal(backup_run(&place->settings), EXIT_DONE); /* without the state */
}

/* The state is of another layout, so that only the mark says what the last batch came to. */
static void a_mark_that_says_otherwise_stops(void **state)
{
    struct place *place = *state;
    struct marker marker;
    life(place, 3, ENDS_WELL);
    state_row_put(place->folder.state, NULL, 0, LAYOUT_BYTE);
    close_anew(place);
    marker_read(place->folder.marker, &marker);
    marker.state_digest.bytes[5] ^= 1;
    assert_true(marker_write(place->folder.marker, &marker, NULL));
    for (int i = 0; i < 2; i++) {
        struct start start = start_again(place);
        assert_false(start.opened);
        assert_int_equal(start.failure.fault, FAULT_DIFFERS);
        assert_non_null(strstr(start.failure.text, "wrote the marker, at seq 7;"));
    }
    place->settings.distrust = true;
    assert_true(start_again(place).opened);
}

static void a_state_of_format_1_is_refused_by_name(void **state)
{
    struct place *place = *state;
    static const uint8_t old[116];
    life(place, 1, ENDS_WELL);
    state_row_put(place->folder.state, old, sizeof old, 0);
    close_anew(place);
    struct start start = start_again(place);
    assert_false(start.opened);
    assert_int_equal(start.failure.fault, FAULT_OLDER);
    assert_non_null(strstr(start.failure.text, "format 1"));
}

/* ---- stops ---- */

static void a_state_ahead_of_the_journal_stops(void **state)
{
    struct place *place = *state;
    char kept[FILES_PATH_MAX];
    life(place, 1, ENDS_WELL);
    files_join(kept, place->base, "journal", NULL);
    run("cp -a %s %s", place->folder.journal, kept);
    life(place, 2, ENDS_WELL);
    assert_true(files_remove_tree(place->folder.journal, NULL));
    run("cp -a %s %s", kept, place->folder.journal);
    struct start start = start_again(place);
    assert_false(start.opened);
    assert_int_equal(start.failure.fault, FAULT_DAMAGED);
}

static void damage_in_the_journal_stops(void **state)
{
    struct place *place = *state;
    char segment[FILES_PATH_MAX];
    life(place, 5, ENDS_WELL);
    files_join(segment, place->folder.journal, "00000000000000000001.segment", NULL);
    flip(segment, 700);
    struct start start = start_again(place);
    assert_false(start.opened);
    assert_int_equal(start.failure.fault, FAULT_DAMAGED);
}

/* ---- entries that cannot be applied ---- */

static void append(const struct place *place, struct slice entry,
                   const struct journal_digest *digest)
{
    struct journal *journal;
    struct failure failure = {.fault = FAULT_NONE};
    struct journal_options options = {.path = place->folder.journal};
    assert_true(journal_open(&options, &journal, &failure));
    assert_int_equal(journal_propose(journal, &entry, 1, 1, digest, &failure), JOURNAL_OK);
    journal_close(journal);
}

/* A command of a later version, or a field in one: to pass over it would be to do something else.
 */
static void an_entry_of_a_later_version_is_not_guessed_at(void **state)
{
    struct place *place = *state;
    static const uint8_t actor_and_command[] = {
        0x0a, 16,   0,    0,    0,    0,    0,   0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, /* id */
        0x10, 0x01,                                                               /* now_ms */
        0x22, 0x0b, 0x7a, 0x09, 0x08, 0x01,      /* command.add_terminal: branch */
        0x12, 0x01, 't',  0xa2, 0x06, 0x01, 'x', /* its name, and field 100 */
    };
    life(place, 2, ENDS_WELL);
    append(place, slice_of(actor_and_command, sizeof actor_and_command), NULL);
    struct start start = start_again(place);
    assert_false(start.opened);
    assert_int_equal(start.failure.fault, FAULT_NEWER);
    assert_non_null(strstr(start.failure.text, "entry 7 cannot be applied"));
    assert_non_null(strstr(start.failure.text, "add_terminal.#100"));
    assert_non_null(strstr(start.failure.text, "a newer one wrote it"));
}

static void an_entry_that_cannot_be_applied_is_named_and_skipped(void **state)
{
    struct place *place = *state;
    struct inflight_notes notes;
    life(place, 2, ENDS_WELL);
    append(place, slice_text("this is no entry"), NULL);
    for (int i = 0; i < 2; i++) {
        struct start start = start_again(place);
        assert_false(start.opened);
        assert_non_null(strstr(start.failure.text, "entry 7 cannot be applied"));
        assert_non_null(strstr(start.failure.text, "tefterd quarantine 7"));
        assert_true(inflight_read(place->folder.inflight, &notes));
        assert_int_equal(notes.entry.number, 7);
        assert_int_equal(notes.entry.end, INFLIGHT_FAULTED);
        assert_int_equal(verify_run(&place->settings), EXIT_FAULT);
    }
    place->settings.reason = "a test";
    place->settings.word = "6";
    assert_int_equal(quarantine_run(&place->settings), EXIT_USE);
    place->settings.word = "8";
    assert_int_equal(quarantine_run(&place->settings), EXIT_USE);
    place->settings.word = "7";
    assert_int_equal(quarantine_run(&place->settings), EXIT_DONE);
    struct start start = start_again(place);
    assert_true(start.opened);
    assert_int_equal(start.state.seq, 8);
    life(place, 1, ENDS_WELL);
    struct start before = start_again(place);
    mark_other_boot(place);
    rebuilt(place, &before.state);
}

/* Who only wants to show the ledger has it as before the batch with the entry, however often, also
 * when it is rebuilt. */
static void without_that_entry_it_can_be_shown(void **state)
{
    struct place *place = *state;
    uint8_t id[COMMAND_ID_SIZE] = {0};
    uint8_t bytes[64];
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    size_t size = tefter__entry__pack(&entry, bytes);
    life(place, 2, ENDS_WELL);
    append(place, slice_of(bytes, size), NULL);
    append(place, slice_text("this is no entry"), NULL);
    for (int i = 0; i < 3; i++) {
        assert_false(start_again(place).opened);
        struct start start = start_as(place, INSTANCE_SHOWN);
        assert_true(start.opened);
        assert_int_equal(start.state.seq, FIRST_SEQ + 3);
        assert_non_null(strstr(start.recovered.behind, "entry 8 cannot be applied"));
        if (i == 1)
            mark_other_boot(place);
    }
    place->settings.reason = "a test";
    place->settings.word = "8";
    assert_int_equal(quarantine_run(&place->settings), EXIT_DONE);
    struct start start = start_as(place, INSTANCE_SHOWN);
    assert_true(start.opened);
    assert_string_equal(start.recovered.behind, "");
    assert_int_equal(start.state.seq, 9);
}

static void another_digest_stops_and_names_the_seq(void **state)
{
    struct place *place = *state;
    struct journal_digest wrong = {
        .version = STATE_DIGEST_VERSION, .seq = FIRST_SEQ + 2, .hash = {{7}}};
    uint8_t id[COMMAND_ID_SIZE] = {0};
    uint8_t bytes[64];
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    life(place, 2, ENDS_WELL);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    size_t size = tefter__entry__pack(&entry, bytes);
    append(place, slice_of(bytes, size), &wrong);
    struct start start = start_again(place);
    assert_false(start.opened);
    assert_int_equal(start.failure.fault, FAULT_DIFFERS);
    assert_non_null(strstr(start.failure.text, "decides otherwise than the one that wrote the "
                                               "journal, at seq 6; nothing was changed"));
}

static void a_digest_of_an_unknown_version_is_not_compared(void **state)
{
    struct place *place = *state;
    struct journal_digest unknown = {.version = 999, .seq = FIRST_SEQ + 2, .hash = {{7}}};
    uint8_t id[COMMAND_ID_SIZE] = {0};
    uint8_t bytes[64];
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    life(place, 2, ENDS_WELL);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    size_t size = tefter__entry__pack(&entry, bytes);
    append(place, slice_of(bytes, size), &unknown);
    struct start start = start_again(place);
    assert_true(start.opened);
    assert_int_equal(start.state.seq, FIRST_SEQ + 3);
    assert_int_equal(verify_run(&place->settings), EXIT_DONE);
}

/* ---- backup and restore ---- */

static void a_restore_is_a_new_incarnation(void **state)
{
    struct place *place = *state;
    char backups[FILES_PATH_MAX], fresh[FILES_PATH_MAX];
    struct settings settings = place->settings;
    files_join(backups, place->base, "backups", NULL);
    files_join(fresh, place->base, "fresh", NULL);
    life(place, 3, DIES);
    struct start before = start_again(place);
    settings.to = backups;
    assert_int_equal(backup_run(&settings), EXIT_DONE);
    settings.from = backups;
    settings.ledger = fresh;
    assert_int_equal(restore_run(&settings), EXIT_DONE);
    assert_int_equal(restore_run(&settings), EXIT_USE);
    place->settings.ledger = fresh;
    struct start start = start_again(place);
    assert_true(start.opened);
    assert_null(start.recovered.distrust);
    assert_int_equal(start.state.seq, before.state.seq + RESTORE_SEQS_AHEAD + 1);
    assert_int_equal(start.state.incarnation.number, before.state.incarnation.number + 1);
    assert_memory_equal(start.state.ledger, before.state.ledger, 16);
}

static void two_restores_of_one_backup_are_two(void **state)
{
    struct place *place = *state;
    char backups[FILES_PATH_MAX], fresh[2][FILES_PATH_MAX];
    struct settings settings = place->settings;
    struct start starts[2];
    files_join(backups, place->base, "backups", NULL);
    files_join(fresh[0], place->base, "fresh", NULL);
    files_join(fresh[1], place->base, "another", NULL);
    life(place, 3, ENDS_WELL);
    settings.to = settings.from = backups;
    assert_int_equal(backup_run(&settings), EXIT_DONE);
    for (int i = 0; i < 2; i++) {
        settings.ledger = place->settings.ledger = fresh[i];
        assert_int_equal(restore_run(&settings), EXIT_DONE);
        starts[i] = start_again(place);
        assert_true(starts[i].opened);
        assert_int_equal(starts[i].state.incarnation.number, 2 + i);
    }
    assert_true(starts[0].state.seq <
                starts[1].state.seq); /* what either does has a seq of its own */
    assert_false(incarnation_same(&starts[0].state.incarnation, &starts[1].state.incarnation));
}

static void an_untrusted_state_is_left_out_of_a_backup(void **state)
{
    struct place *place = *state;
    char backups[FILES_PATH_MAX], fresh[FILES_PATH_MAX];
    struct settings settings = place->settings;
    files_join(backups, place->base, "backups", NULL);
    files_join(fresh, place->base, "fresh", NULL);
    life(place, 3, DIES);
    mark_other_boot(place);
    settings.to = backups;
    assert_int_equal(backup_run(&settings), EXIT_DONE);
    settings.from = backups;
    settings.ledger = fresh;
    assert_int_equal(restore_run(&settings), EXIT_DONE);
    place->settings.ledger = fresh;
    struct start start = start_again(place);
    assert_true(start.opened);
    assert_int_equal(start.state.seq, FIRST_SEQ + 3 + RESTORE_SEQS_AHEAD + 1);
    assert_int_equal(start.state.incarnation.number, 2);
}

static void verify_sees_all(void **state)
{
    struct place *place = *state;
    char segment[FILES_PATH_MAX];
    life(place, 5, ENDS_WELL);
    assert_int_equal(verify_run(&place->settings), EXIT_DONE);
    files_join(segment, place->folder.journal, "00000000000000000001.segment", NULL);
    flip(segment, 900);
    assert_int_equal(verify_run(&place->settings), EXIT_FAULT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(closed_well_is_trusted),
        TEST(died_in_this_boot_is_trusted),
        TEST(another_boot_rebuilds),
        TEST(no_mark_and_distrust_rebuild),
        TEST(another_clean_state_rebuilds),
        TEST(a_missing_state_is_rebuilt),
        TEST(a_rebuild_begins_at_the_checkpoint),
        TEST(a_damaged_checkpoint_is_passed_over),
        TEST(a_state_of_another_chain_is_rebuilt),
        TEST(another_layout_is_rebuilt),
        TEST(a_checkpoint_of_another_layout_is_passed_over),
        TEST(a_backup_of_another_layout_is_restored),
        TEST(a_mark_that_says_otherwise_stops),
        TEST(a_state_of_format_1_is_refused_by_name),
        TEST(a_state_ahead_of_the_journal_stops),
        TEST(damage_in_the_journal_stops),
        TEST(an_entry_of_a_later_version_is_not_guessed_at),
        TEST(an_entry_that_cannot_be_applied_is_named_and_skipped),
        TEST(without_that_entry_it_can_be_shown),
        TEST(another_digest_stops_and_names_the_seq),
        TEST(a_digest_of_an_unknown_version_is_not_compared),
        TEST(a_restore_is_a_new_incarnation),
        TEST(two_restores_of_one_backup_are_two),
        TEST(an_untrusted_state_is_left_out_of_a_backup),
        TEST(verify_sees_all),
    };
    assert_true(hash_setup());
    subprocess_set_program(TEFTERD);
    subprocess_set_map(64 << 20);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
