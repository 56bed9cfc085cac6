#include "serve/child.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_WAIT_MS = 200,
    LONGEST_WAIT_MS = 30 * 1000,
    LIVED_WELL_MS = 60 * 1000, /* whoever lived so long is started again at once */
    END_MS = 2000,
    LOOK_MS = 10,
};

struct child {
    struct child_options options;
    struct loop_timer *again;
    char program[FILES_PATH_MAX];
    pid_t pid; /* 0: it does not run */
    uint64_t started_ms;
    uint32_t wait_ms; /* before the next start */
    bool stopping;
};

static void wait_and_start(struct child *child, const char *how)
{
    log_line(LOG_ERROR, child->options.ended, "how", how, "again_in_ms",
             log_value("%" PRIu32, child->wait_ms), NULL);
    loop_timer_start(child->again, child->wait_ms, 0);
    child->wait_ms = 2 * child->wait_ms < LONGEST_WAIT_MS ? 2 * child->wait_ms : LONGEST_WAIT_MS;
}

static void start(void *context)
{
    struct child *child = context;
    if (child->stopping || child->pid != 0)
        return;
    child->started_ms = loop_now_ms(child->options.loop);
    int error = program_spawn(child->program, child->options.words, -1, &child->pid);
    if (error == 0)
        return;
    child->pid = 0;
    wait_and_start(child, strerror(error));
}

static void tell_end(struct child *child, int status)
{
    char how[64];
    if (loop_now_ms(child->options.loop) - child->started_ms >= LIVED_WELL_MS)
        child->wait_ms = FIRST_WAIT_MS;
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "signal %d", WTERMSIG(status));
    else
        snprintf(how, sizeof how, "exit code %d", WEXITSTATUS(status));
    wait_and_start(child, how);
}

static void on_child(void *context)
{
    struct child *child = context;
    int status;
    if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid)
        return;
    child->pid = 0;
    if (!child->stopping)
        tell_end(child, status);
}

struct child *child_create(const struct child_options *options, struct failure *failure)
{
    struct child *child = calloc(1, sizeof *child);
    if (child == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for a program");
        return NULL;
    }
    child->options = *options;
    child->wait_ms = FIRST_WAIT_MS;
    child->again = loop_timer_create(options->loop, start, child);
    if (child->again == NULL)
        fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
    else if (program_find(options->words[0], options->what, child->program, failure) &&
             (loop_on_signal(options->loop, SIGCHLD, on_child, child) ||
              fail(failure, FAULT_IO, 0, "cannot watch for signals"))) {
        start(child);
        return child;
    }
    child_destroy(child);
    return NULL;
}

pid_t child_pid(const struct child *child)
{
    return child->pid;
}

void child_reload(struct child *child)
{
    if (child->pid != 0)
        kill(child->pid, SIGHUP);
}

void child_stop(struct child *child)
{
    child->stopping = true;
    if (child->again != NULL)
        loop_timer_stop(child->again);
}

/* Its goodbyes take a moment. */
static void end_child(pid_t pid)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
    kill(pid, SIGTERM);
    for (int waited = 0; waited < END_MS; waited += LOOK_MS) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        nanosleep(&moment, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

void child_destroy(struct child *child)
{
    if (child == NULL)
        return;
    child_stop(child);
    if (child->pid != 0)
        end_child(child->pid);
    child->pid = 0;
    loop_timer_destroy(child->again);
    free(child);
}
