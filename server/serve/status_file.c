#include "serve/status_file.h"

#include <stdlib.h>

#include "datadir/status_note.h"
#include "engine/clock.h"
#include "wire/message.h"

enum { EVERY_MS = 2000, STATUS_MEMORY_MAX = 4 * 1024 * 1024 };

struct status_file {
    struct status_file_options options;
    struct loop_timer *timer;
    struct arena arena;
};

/* A full disk is told elsewhere. */
static void write_it(void *context)
{
    struct status_file *file = context;
    Tefter__StatusAnswer status;
    arena_reset(&file->arena);
    sessions_status(file->options.sessions, &file->arena, &status);
    status_note_write(file->options.folder, message_pack(&status.base, &file->arena),
                      clock_read().wall_ms);
}

struct status_file *status_file_create(const struct status_file_options *options,
                                       struct failure *failure)
{
    struct status_file *file = calloc(1, sizeof *file);
    if (file) {
        file->options = *options;
        arena_init(&file->arena, STATUS_MEMORY_MAX);
        file->timer = loop_timer_create(options->loop, write_it, file);
    }
    if (!file || !file->timer) {
        free(file);
        fail(failure, FAULT_MEMORY, 0, "no memory for the status");
        return NULL;
    }
    loop_timer_start(file->timer, 0, EVERY_MS);
    return file;
}

void status_file_destroy(struct status_file *file)
{
    if (!file)
        return;
    loop_timer_destroy(file->timer);
    write_it(file);
    arena_fini(&file->arena);
    free(file);
}
