#pragma once
/*
 * Programs of ours that this one starts: they lie beside it, and begin with no signal blocked or
 * ignored but HUP, which may come before they listen for it.
 */
#include "datadir/files.h"

#include <sys/types.h>

/* What it serves, for who is told that it is not there: "the page is served by". */
bool program_find(const char *name, const char *what, char out[FILES_PATH_MAX],
                  struct failure *failure);
/* words: the command line, NULL at its end. keep: a descriptor that it gets as number 3; -1: none.
 * 0 or an errno. */
int program_spawn(const char *path, const char *const *words, int keep, pid_t *ret_pid);
