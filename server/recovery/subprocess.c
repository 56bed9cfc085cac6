#include "recovery/subprocess.h"

#include "datadir/hex.h"
#include "settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16 };

static const char *program = "/proc/self/exe";
static char map_text[24] = "64G";
static _Atomic pid_t running; /* the newest child, 0: none */

void subprocess_set_program(const char *path)
{
    program = path;
}

void subprocess_set_map(uint64_t map_bytes)
{
    snprintf(map_text, sizeof map_text, "%" PRIu64, map_bytes);
}

void subprocess_stop(void)
{
    pid_t pid = atomic_load(&running);
    if (pid > 0)
        kill(pid, SIGKILL);
}

/* ---- the line ---- */

#define LINE_FORMAT                                                                                \
    "state seq=%" PRIu64 " batch=%" PRIu64 " incarnation=%s rules_version=%" PRIu32                \
    " now=%" PRId64 " ledger=%s chain=%s digest=%s customers=%" PRIu64 " documents=%" PRIu64       \
    " balances=%" PRId64 " postings=%" PRId64 " rows=%s"
#define LINE_PATTERN                                                                               \
    "state seq=%" SCNu64 " batch=%" SCNu64 " incarnation=%27[0-9a-f-] rules_version=%" SCNu32      \
    " now=%" SCNd64 " ledger=%32[0-9a-f] chain=%64[0-9a-f] digest=%64[0-9a-f] customers=%" SCNu64  \
    " documents=%" SCNu64 " balances=%" SCNd64 " postings=%" SCNd64 " rows=%64[0-9a-f]"

void state_report_write(const struct state_report *report, char out[STATE_LINE_MAX])
{
    char ledger[33], chain[HASH_TEXT_SIZE], state_digest[HASH_TEXT_SIZE], rows[HASH_TEXT_SIZE];
    char incarnation[INCARNATION_TEXT_SIZE];
    hex_write(report->ledger, sizeof report->ledger, ledger);
    incarnation_write(&report->incarnation, incarnation);
    hash_text(&report->chain, chain);
    hash_text(&report->state_digest, state_digest);
    hash_text(&report->rows, rows);
    snprintf(out, STATE_LINE_MAX, LINE_FORMAT, report->seq, report->batch, incarnation,
             report->rules_version, report->now_ms, ledger, chain, state_digest, report->customers,
             report->documents, report->balances_minor, report->postings_minor, rows);
}

bool state_report_read(const char *line, struct state_report *ret_report)
{
    char ledger[33], chain[HASH_TEXT_SIZE], state_digest[HASH_TEXT_SIZE], rows[HASH_TEXT_SIZE];
    char incarnation[INCARNATION_TEXT_SIZE];
    struct state_report *r = ret_report;
    return sscanf(line, LINE_PATTERN, &r->seq, &r->batch, incarnation, &r->rules_version,
                  &r->now_ms, ledger, chain, state_digest, &r->customers, &r->documents,
                  &r->balances_minor, &r->postings_minor, rows) == 13 &&
           incarnation_read(incarnation, &r->incarnation) &&
           hex_read(ledger, r->ledger, sizeof r->ledger) &&
           hex_read(chain, r->chain.bytes, HASH_SIZE) &&
           hex_read(state_digest, r->state_digest.bytes, HASH_SIZE) &&
           hex_read(rows, r->rows.bytes, HASH_SIZE);
}

/* ---- the process ---- */

/* The child starts with no signal blocked or ignored, whatever thread we are on. */
static int spawn(const char *const *arguments, int output, pid_t *ret_pid)
{
    char *argv[ARGUMENTS_MAX + 2] = {(char *)(uintptr_t) "tefterd"};
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int error = posix_spawn(ret_pid, program, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static void read_line(int fd, char *line, size_t capacity)
{
    size_t size = 0;
    char block[512];
    for (ssize_t got; (got = read(fd, block, sizeof block)) != 0;) {
        if (got < 0 && errno != EINTR)
            break;
        for (ssize_t i = 0; i < got && size + 1 < capacity; i++)
            line[size++] = block[i];
    }
    line[size] = '\0';
    line[strcspn(line, "\n")] = '\0';
}

static bool ended_well(pid_t pid, const char *what, const char *line, struct failure *failure)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fail(failure, FAULT_BUG, errno, "cannot wait for tefterd %s", what);
    if (WIFSIGNALED(status))
        return fail(failure, FAULT_DAMAGED, 0, "tefterd %s died of signal %d (%s): damaged", what,
                    WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) == 0)
        return true;
    if (WEXITSTATUS(status) == EXIT_STALE)
        return fail(failure, FAULT_STALE, 0, "%s", line);
    return fail(failure, FAULT_DAMAGED, 0, "tefterd %s failed%s%s", what, *line ? ": " : "", line);
}

bool subprocess_run(const char *const *arguments, char *ret_line, size_t capacity,
                    struct failure *failure)
{
    char line[STATE_LINE_MAX] = "";
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC))
        return fail(failure, FAULT_IO, errno, "cannot make a pipe");
    int error = spawn(arguments, ends[1], &pid);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        return fail(failure, FAULT_IO, error, "cannot start tefterd %s", arguments[0]);
    }
    atomic_store(&running, pid);
    read_line(ends[0], line, sizeof line);
    close(ends[0]);
    atomic_store(&running, 0);
    if (ret_line)
        snprintf(ret_line, capacity, "%s", line);
    return ended_well(pid, arguments[0], line, failure);
}

bool subprocess_look(const char *path, bool whole, struct state_report *ret_report,
                     struct failure *failure)
{
    char line[STATE_LINE_MAX];
    const char *arguments[] = {
        "verify-state", path, "--map", map_text, whole ? NULL : "--glance", NULL};
    if (!subprocess_run(arguments, line, sizeof line, failure))
        return false;
    return state_report_read(line, ret_report) ||
           fail(failure, FAULT_BUG, 0, "tefterd verify-state said: %.100s", line);
}

bool subprocess_look_vault(const char *path, struct failure *failure)
{
    const char *arguments[] = {"verify-vault", path, "--map", map_text, NULL};
    return subprocess_run(arguments, NULL, 0, failure);
}
