#pragma once
/*
 * Inside client/lib: the files of a profile.
 *
 *   config        server = HOST:PORT, terminal, name, company, root, not_after
 *   identity.pem  certificate and key in one file, so that a renewal replaces both at once (0600)
 *   token         of the person who logged in last (0600)
 *   counter       command ids given out so far
 *   incarnation   the newest life of the ledger that was met: "2-00c0ffee00c0ffee"
 *   habits        language = LANGUAGE, unit = money or toman: how numbers and dates are written
 *   outbox        commands whose outcome may be unknown
 *   kept-NUMBER   what that person has half done here (0600)
 *
 * Files are written beside their place, synced and renamed over it. Secrets never leave 0600.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "lib/tefter.h"

#include <stdbool.h>
#include <stdint.h>

enum { PROFILE_FILE_MAX = 64 * 1024 };

/* Makes the folder (0700) with its parents. */
bool folder_make(const char *path, struct failure *failure);

bool folder_path(const char *folder, const char *name, char out[TEFTER_PATH_MAX],
                 struct failure *failure);
/* The whole file with a NUL behind it. An absent one is an empty slice with data NULL. */
bool folder_read(const char *folder, const char *name, size_t bound, struct arena *arena,
                 struct slice *ret_bytes, struct failure *failure);
bool folder_write(const char *folder, const char *name, struct slice bytes, unsigned mode,
                  struct failure *failure);
bool folder_remove(const char *folder, const char *name, struct failure *failure);

/* Holds the profile's lock against other processes; *ret_lock is for folder_unlock. */
bool folder_lock(const char *folder, int *ret_lock, struct failure *failure);
void folder_unlock(int lock);
