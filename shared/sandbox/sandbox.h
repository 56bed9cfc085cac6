#pragma once
/*
 * What is left of a process's rights once it serves: it goes on with what is open, and keeps what
 * it names. Options that say nothing leave no file, no socket and no other process. Nobody keeps
 * the starting of programs, the making or changing of files, and memory that can become code.
 */
#include <stdbool.h>

enum { SANDBOX_FILES_MAX = 8 };

struct sandbox_options {
    /* Files that are read again later, by the folders they lie in and those they link to; up to the
     * first NULL. */
    const char *files[SANDBOX_FILES_MAX];
    bool local_sockets; /* takes connections, and makes them to sockets of this machine */
    /* Calls other machines, and looks their names up: sockets of IPv4 and IPv6, and a thread for
     * each name that the C library resolves. */
    bool calls_out;
    /* Forks: the other process is as shut in as this one. They share pipes and files without a
     * name (memfd_create). */
    bool forks;
};

/* Tells what it could do: "seccomp landlock", "seccomp", "landlock" or "none". Under a sanitizer,
 * which needs files and threads of its own, it does nothing. */
const char *sandbox_enter(const struct sandbox_options *options);
