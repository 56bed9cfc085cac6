#pragma once
/*
 * What a folder holds, kept twice: as its programs see it, and as a disk without power would. Bytes
 * written since the last sync of their file, and names changed since the last sync of their
 * folder, may be there or not.
 */
#include "trace.h"

#include "base/prng.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

/* A write or a new size that no sync has covered yet. */
struct change {
    bool sized;   /* a new size, else a write */
    bool durable; /* written through O_DSYNC */
    uint64_t at;
    const uint8_t *data; /* in the trace */
    size_t size;
};

struct file {
    struct bytes synced;
    struct change *changes;
    size_t change_count;
    size_t change_capacity;
};

struct name {
    char *path;
    struct file *file; /* NULL: a folder */
};

struct names {
    struct name *all;
    size_t count;
    size_t capacity;
};

/* A change of names that no sync of its folder has covered yet. */
struct renaming {
    enum trace_kind kind;
    char *folder;
    char *path;
    char *to;
    struct file *file;
};

struct number {
    uint64_t number;
    struct file *file;
};

struct disk {
    struct names live;
    struct names synced;
    struct renaming *renamings;
    size_t renaming_count;
    size_t renaming_capacity;
    struct number *numbers;
    size_t number_count;
    size_t number_capacity;
};

/* Everything in a folder, as synced. */
void disk_load(struct disk *disk, const char *folder);

/* One more record has happened. */
void disk_step(struct disk *disk, const struct trace_record *record, const uint8_t *data);

/* Builds in `folder` (emptied first) what a disk may hold now; `next` was under way, or NULL.
 * Names that end in `skip` are left out. */
void disk_image(struct disk *disk, const struct trace_record *next, const uint8_t *data,
                struct prng *prng, const char *folder, const char *skip);

/* Does the folder hold what its programs see? If not, the trace missed something: *ret_path. */
bool disk_matches(const struct disk *disk, const char *folder, const char *skip,
                  const char **ret_path);

void folder_clear(const char *folder);

/* For programs that cannot go on. */
__attribute__((noreturn, format(printf, 1, 2))) void stop(const char *format, ...);
