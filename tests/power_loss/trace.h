#pragma once
/*
 * Power cuts, replayed. A program runs with the recorder loaded before it (LD_PRELOAD); everything
 * it does to the files under one folder is noted in a trace, and so is every acknowledgement it
 * gives. The replayer then builds what a disk may hold after the power went at some point of the
 * trace - synced bytes are there, the others are there, gone, or torn - and has each such image
 * verified: no acknowledged work may be missing.
 *
 *   POWER_ROOT=/abs/folder   what is recorded (exists; mmap stores are not seen, see `--final`)
 *   POWER_TRACE=/abs/file    where to; several programs may write the same trace
 *   POWER_ACK=/abs/file      what is written to this file is an acknowledgement. It may be written
 *                            by another program, a client say, that has the recorder loaded too
 *
 * A trace is records one after the other, each a struct trace_record and `size` bytes:
 *
 *   kind          file  at      bytes
 *   TRACE_FILE    yes   made?   path under the root: from here on the file has this number
 *   TRACE_WRITE   yes   offset  what was written
 *   TRACE_DURABLE yes   offset  the same through a descriptor with O_DSYNC or O_SYNC
 *   TRACE_SYNC    yes           fsync or fdatasync returned 0
 *   TRACE_SIZE    yes   size    ftruncate and the like
 *   TRACE_FOLDER_SYNC           path: fsync of a folder returned 0
 *   TRACE_RENAME                old path, NUL, new path
 *   TRACE_UNLINK, TRACE_MKDIR, TRACE_RMDIR  path
 *   TRACE_ACK                   what the program said
 */
#include <stdint.h>

enum trace_kind {
    TRACE_NOTHING = 0, /* the replayer's own: it did not happen */
    TRACE_FILE = 'F',
    TRACE_WRITE = 'W',
    TRACE_DURABLE = 'D',
    TRACE_SYNC = 'S',
    TRACE_SIZE = 'T',
    TRACE_FOLDER_SYNC = 's',
    TRACE_RENAME = 'R',
    TRACE_UNLINK = 'U',
    TRACE_MKDIR = 'M',
    TRACE_RMDIR = 'X',
    TRACE_ACK = 'A',
};

enum { TRACE_MAGIC = 0x54524143 };

struct trace_record {
    uint32_t magic;
    uint32_t kind;
    uint64_t file;
    uint64_t at;
    uint64_t size;
};
