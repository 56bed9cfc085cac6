#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A sanitizer reads files and looks at its own threads when the program ends. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#if !SANITIZED
/* ---- files: Landlock ---- */

/* All that a file system knows in the first version; and, where the kernel is new enough, moving
 * and cutting files, and TCP. */
#define FILES_ALL ((UINT64_C(1) << 13) - 1)
#define FILES_MOVE (UINT64_C(1) << 13)
#define FILES_CUT (UINT64_C(1) << 14)
#define TCP_BIND UINT64_C(1)
#define TCP_ALL UINT64_C(3)

struct rules {
    uint64_t files;
    uint64_t tcp;
};

/* A certificate may be a link into another folder, which changes when it is renewed. */
static void allow_folder(int rules, const char *file, bool resolve)
{
    char path[PATH_MAX];
    if (resolve ? realpath(file, path) == NULL
                : snprintf(path, sizeof path, "%s", file) >= (int)sizeof path)
        return;
    int fd = open(dirname(path), O_PATH | O_CLOEXEC);
    if (fd < 0)
        return;
    struct landlock_path_beneath_attr below = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
                                                                 LANDLOCK_ACCESS_FS_READ_DIR,
                                               .parent_fd = fd};
    (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    close(fd);
}

static bool close_files(const struct sandbox_options *options)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    struct rules all = {.files = FILES_ALL};
    if (version >= 2)
        all.files |= FILES_MOVE;
    if (version >= 3)
        all.files |= FILES_CUT;
    if (version >= 4)
        all.tcp = options->calls_out ? TCP_BIND : TCP_ALL;
    size_t size = version >= 4 ? sizeof all : sizeof all.files;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (rules < 0)
        return false;
    for (size_t i = 0; i < SANDBOX_FILES_MAX && options->files[i] != NULL; i++) {
        allow_folder(rules, options->files[i], false);
        allow_folder(rules, options->files[i], true);
    }
    bool closed = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return closed;
}

/* ---- calls: seccomp ---- */

/* What the loop, OpenSSL, the heap and the C library's ends ask of the system. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(close),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(fcntl),
    SCMP_SYS(ioctl),
    SCMP_SYS(futex),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};
/* And what whoever has to do with sockets asks besides. */
static const int allowed_sockets[] = {
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(getpeername),
};
/* What a process asks that works together with another one. */
static const int allowed_forks[] = {
    SCMP_SYS(pread64), SCMP_SYS(pwrite64),     SCMP_SYS(ftruncate), SCMP_SYS(dup),
    SCMP_SYS(pipe2),   SCMP_SYS(memfd_create), SCMP_SYS(wait4),     SCMP_SYS(set_robust_list),
};
/* What libcurl and the C library's resolver ask. */
static const int allowed_out[] = {
    SCMP_SYS(bind),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(socketpair),
    SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),
    SCMP_SYS(uname),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sched_getaffinity),
};
/* Nobody here means these: whoever does is not this program any more. */
static const int deadly[] = {
    SCMP_SYS(execve),           SCMP_SYS(execveat),          SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool allow_list(scmp_filter_ctx filter, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return true;
}

static bool allow_all(scmp_filter_ctx filter)
{
    if (!allow_list(filter, allowed, COUNT(allowed)))
        return false;
    for (size_t i = 0; i < COUNT(deadly); i++)
        if (seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0) != 0)
            return false;
    return true;
}

/* Memory that holds no program; what a descriptor is, not what a path is; bounds, which are only
 * asked for. */
static bool allow_some(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                            SCMP_A2(SCMP_CMP_EQ, 0, 0)) == 0;
}

/* To look at and to read, not to make: a certificate, when it is renewed. */
static bool allow_reading(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY)) ==
               0;
}

static bool allow_family(scmp_filter_ctx filter, uint64_t family)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                            SCMP_A0(SCMP_CMP_EQ, family, 0)) == 0;
}

/* Threads, but no processes: clone3 hides in memory what it is asked for, so there is none, and the
 * C library goes on with clone. The resolver asks the kernel (netlink) which addresses it has. */
static bool allow_out(scmp_filter_ctx filter)
{
    return allow_list(filter, allowed_out, COUNT(allowed_out)) && allow_family(filter, AF_INET) &&
           allow_family(filter, AF_INET6) && allow_family(filter, AF_NETLINK) &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND,
                                    CLONE_THREAD | CLONE_VM | CLONE_SIGHAND)) == 0;
}

/* Another process, which sets bounds for itself, but no thread and no world of its own. */
static bool allow_forks(scmp_filter_ctx filter)
{
    const scmp_datum_t worlds = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_VM |
                                CLONE_THREAD;
    return allow_list(filter, allowed_forks, COUNT(allowed_forks)) &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
                            SCMP_A0(SCMP_CMP_EQ, 0, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, worlds, 0)) == 0;
}

static bool close_calls(const struct sandbox_options *options)
{
    const bool sockets = options->local_sockets || options->calls_out;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool good = filter != NULL && allow_all(filter) && allow_some(filter) &&
                (options->files[0] == NULL || allow_reading(filter)) &&
                (!sockets || allow_list(filter, allowed_sockets, COUNT(allowed_sockets))) &&
                (!options->local_sockets || allow_family(filter, AF_UNIX)) &&
                (!options->calls_out || allow_out(filter)) &&
                (!options->forks || allow_forks(filter)) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}
#endif

const char *sandbox_enter(const struct sandbox_options *options)
{
#if SANITIZED
    (void)options;
    return "none";
#else
    bool quiet = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
    bool files = quiet && close_files(options);
    bool calls = quiet && close_calls(options);
    if (files && calls)
        return "seccomp landlock";
    return calls ? "seccomp" : files ? "landlock" : "none";
#endif
}
