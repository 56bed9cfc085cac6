#pragma once
/*
 * The local journal's inside: its folder, its segments, and the positions recovery and reading
 * start from.
 *
 * A folder holds `identity` (which ledger this is; locked while one process writes) and segments
 * named by the number of their first batch.
 */
#include "inside.h"

enum { SEGMENT_NAME_SIZE = 40, MARK_BYTES = 256 * 1024 };

struct segment {
    uint64_t first_batch;
    uint64_t size;
};

/* A position between two batches: where the journal stood there, and where the next batch begins.
 */
struct position {
    struct journal_head head;
    size_t segment;
    uint64_t offset;
};

/* Places to start reading from: the beginning of each segment, and one about every MARK_BYTES. */
struct marks {
    struct position *positions;
    size_t count;
    size_t capacity;
};

struct local {
    struct journal journal; /* first: a local journal is a journal */
    char *path;
    int folder;
    int identity;   /* holds the lock */
    int file;       /* the last segment, for writing */
    uint64_t reach; /* its size as a file at most: its batches, and zeros behind them */
    uint64_t segment_bytes;
    /* under journal.lock */
    struct segment *segments;
    size_t segment_count;
    size_t segment_capacity;
    struct marks marks;
};

extern const struct journal_kind journal_local;

/* Batches of so many bytes stand at the end of the last segment, up to this head. */
void local_advance(struct local *local, size_t size, const struct journal_head *after);

/* refresh.c: what another process has written since */
bool refresh(struct local *local, struct failure *failure);

/* copy.c */
bool local_export(const struct journal_options *from, const char *to, const char *earlier,
                  struct failure *failure);
bool local_import(const struct journal_options *to, const char *from, struct failure *failure);
bool local_size(const struct journal_options *options, uint64_t *ret_bytes,
                struct failure *failure);

/* segment.c: files and their names */
enum fault fault_of_os(int os_error); /* FULL or IO */
void segment_name(uint64_t first_batch, char out[SEGMENT_NAME_SIZE]);
bool segment_named(const char *name); /* is it a segment's? */
bool segment_list(struct local *local, struct failure *failure);
bool segment_note(struct local *local, struct segment segment);
struct segment segment_at(struct local *local, size_t number); /* takes the lock */
/* A new empty one, synced with its folder; its descriptor in *ret_file. */
bool segment_create(int folder, uint64_t first_batch, int *ret_file, struct failure *failure);
/* Writes `bytes` as the segment's whole content into a new file, syncs it, renames it over the old
 * one and syncs the folder. */
bool segment_rewrite(int folder, uint64_t first_batch, struct slice bytes, int *ret_file,
                     struct failure *failure);
bool file_write(int file, struct slice bytes, uint64_t offset);
bool folder_open(const char *path, int *ret_folder, struct failure *failure);
bool folder_sync(int folder, struct failure *failure);

/* identity.c */
bool identity_create(int folder, const struct ledger_id *ledger,
                     const struct incarnation *incarnation, struct failure *failure);
/* Reads it into the journal's head and keeps it open; locks it unless the journal only reads. */
bool identity_open(struct local *local, struct failure *failure);

/* A moving view of a segment's bytes. */
struct window {
    int file;
    uint64_t limit;  /* bytes of the segment */
    uint64_t offset; /* of the first byte held */
    uint8_t *data;
    size_t size;
    size_t capacity;
    int error; /* errno of a failed read */
};

/* window.c */
bool window_open(struct window *window, int folder, const struct segment *segment, size_t capacity,
                 struct failure *failure);
void window_close(struct window *window);
/* Up to `size` bytes at `offset`, fewer at the end; valid until the next call. */
struct slice window_at(struct window *window, uint64_t offset, size_t size);
/* The batch at a position: batch_read, and whether it follows on. */
enum batch_state window_batch(struct window *window, const struct position *position,
                              struct batch_read *ret_read, const char **ret_why);

/* Moves the position past the batch that was read there. */
void position_advance(struct position *position, const struct batch_read *read);
/* Remembers the position when the last mark is far behind. */
void marks_note(struct marks *marks, const struct position *position);
/* Fails naming segment, offset and batch. */
bool position_fail(struct local *local, const struct position *position, enum fault fault,
                   int os_error, const char *why, struct failure *failure);

/* prove.c: segments that hold whole batches that follow on from each other */
struct proof {
    bool whole;
    struct journal_head from; /* claimed by the first batch: to be checked */
    struct journal_head to;
    struct marks marks;
};

/* Looks at the first `count` segments; NULL when there is none, or no memory. */
struct proof *prove(struct local *local, size_t count);
void proofs_free(struct proof *proofs, size_t count);

/* recover.c: from the files to a journal that may be read and written */
bool recover(struct local *local, const struct journal_known *known, struct failure *failure);
