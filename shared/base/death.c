#include "base/death.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

/* A thread that has used up its stack still has this one. */
enum { LAST_STACK_BYTES = 64 * 1024 };

static const struct fatal {
    int signal;
    const char *where;
} fatal[] = {
    {SIGABRT, "signal ABRT"}, {SIGSEGV, "signal SEGV"}, {SIGBUS, "signal BUS"},
    {SIGFPE, "signal FPE"},   {SIGILL, "signal ILL"},
};
enum { FATAL_COUNT = sizeof fatal / sizeof fatal[0] };

static _Atomic(death_fn) listener;
static struct sigaction before[FATAL_COUNT]; /* the system's, or a sanitizer's */

static _Thread_local struct {
    volatile enum death_task task;
    volatile uint64_t number;
    volatile bool told;
    bool ready; /* it has a last stack */
} mine;

void death_here(const char *where)
{
    death_fn told = atomic_load(&listener);
    if (told == NULL || mine.task == DEATH_IDLE || mine.told)
        return;
    mine.told = true;
    told(&(struct death){mine.task, mine.number, where});
}

/* The fault itself, or abort(); not what somebody sent. */
static bool own(const siginfo_t *info)
{
    return info->si_code > 0 || (info->si_code == SI_TKILL && info->si_pid == getpid());
}

/* Back in the program the fault happens again, abort() goes on, or the signal that was sent comes
 * once more: and meets what was there before. */
static void on_fatal(int number, siginfo_t *info, void *context)
{
    (void)context;
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        if (fatal[i].signal != number)
            continue;
        if (own(info))
            death_here(fatal[i].where);
        (void)sigaction(number, &before[i], NULL);
    }
    if (info->si_code <= 0)
        (void)raise(number);
}

void death_listen(death_fn told)
{
    static bool heard;
    atomic_store(&listener, told);
    if (heard || told == NULL)
        return;
    heard = true;
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        (void)sigaction(fatal[i].signal, &action, &before[i]);
}

/* A fault that is blocked ends the program unheard: a thread that leaves signals to others must
 * not leave these. */
static void unblock(void)
{
    sigset_t ours;
    sigemptyset(&ours);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        sigaddset(&ours, fatal[i].signal);
    (void)pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
}

/* The stack is kept as long as the thread lives; one that a sanitizer made serves as well. */
static void get_ready(void)
{
    stack_t stack;
    mine.ready = true;
    unblock();
    if (sigaltstack(NULL, &stack) != 0 || !(stack.ss_flags & SS_DISABLE))
        return;
    void *memory = mmap(NULL, LAST_STACK_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED)
        return;
    stack = (stack_t){.ss_sp = memory, .ss_size = LAST_STACK_BYTES};
    (void)sigaltstack(&stack, NULL);
}

void death_doing(enum death_task task, uint64_t number)
{
    if (!mine.ready)
        get_ready();
    mine.number = number;
    mine.task = task;
}
