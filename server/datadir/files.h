#pragma once
/*
 * Files and folders: small files written whole and durably, copies, trees. Used by every part of
 * serve that touches the ledger's folder. Failures name the file and the reason.
 */
#include "base/bytes.h"
#include "base/fault.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FILES_PATH_MAX = 1024, FILES_SMALL_MAX = 64 * 1024 };

/* "folder/name"; a path that is too long is a failure. */
bool files_join(char out[FILES_PATH_MAX], const char *folder, const char *name,
                struct failure *failure);

/* Writes to a new file, syncs it, renames it over and syncs the folder: after true it is there
 * whole, whatever happens to the machine. */
bool files_write(const char *path, struct slice bytes, mode_t mode, struct failure *failure);
/* A file of at most capacity - 1 bytes; a NUL is put behind it. */
bool files_read(const char *path, char *out, size_t capacity, size_t *ret_size,
                struct failure *failure);
/* The hash of all its bytes, read in pieces. */
bool files_sum(const char *path, struct hash *ret_sum, struct failure *failure);
bool files_exist(const char *path);
/* Milliseconds since 1970 of its last change; 0 when it is not there. */
int64_t files_changed_ms(const char *path);

bool files_make_folder(const char *path, struct failure *failure); /* there already is fine */
bool files_sync_folder(const char *path, struct failure *failure);
bool files_empty_folder(const char *path); /* absent or without entries */
/* One file, synced; keeps the time of its last change. */
bool files_copy(const char *from, const char *to, struct failure *failure);
/* All plain files of a folder (not of its folders), synced, with the folder. */
bool files_copy_folder(const char *from, const char *to, struct failure *failure);
bool files_remove_tree(const char *path, struct failure *failure); /* absent is fine */
/* Does it lie in that folder, or is it the folder itself? It need not be there yet. */
bool files_inside(const char *path, const char *folder);
uint64_t files_tree_bytes(const char *path);

/* Names in a folder for which `wanted` is true, sorted; at most `most` (the last ones). Names
 * longer than FILES_NAME_MAX are passed over. */
enum { FILES_NAME_MAX = 128 };
struct files_name {
    char text[FILES_NAME_MAX];
};
size_t files_list(const char *folder, bool (*wanted)(const char *name),
                  struct files_name *ret_names, size_t most);
