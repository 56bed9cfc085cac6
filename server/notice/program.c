#include "notice/program.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

bool program_find(const char *name, const char *what, char out[FILES_PATH_MAX],
                  struct failure *failure)
{
    char self[FILES_PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size < 0)
        return fail(failure, FAULT_IO, errno, "cannot tell where this program lies");
    self[size] = '\0';
    if (!files_join(out, dirname(self), name, failure))
        return false;
    return access(out, X_OK) == 0 ||
           fail(failure, FAULT_USE, errno, "%s %s, which is not there", what, out);
}

int program_spawn(const char *path, const char *const *words, int keep, pid_t *ret_pid)
{
    enum { KEPT = 3 };
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGHUP);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_init(&actions);
    int error = keep < 0 ? 0 : posix_spawn_file_actions_adddup2(&actions, keep, KEPT);
    if (error == 0)
        error = posix_spawn(ret_pid, path, &actions, &attributes, (char *const *)(uintptr_t)words,
                            environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}
