#include "importer/importer.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "net/stream.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "tefter-importer"

enum {
    DIGEST_SIZE = SHA256_SIZE,
    TICK_MS = 1000,
    REAP_MS = 20,
    IDLE_MS = 60 * 60 * 1000,  /* a file nobody asks for is forgotten */
    STEP_MS = 4 * 3600 * 1000, /* no step takes so long */
    HIGH_FD = 20,              /* above those that the process finds */
    FIRST_FD = 3,
    FDS = 4,
    SAID_DONE = 'd',
};

struct file {
    struct importer *home;
    uint64_t number; /* 0: a free place */
    uint32_t staff;
    char name[NAME_MAX_BYTES + 1];
    uint64_t size;
    uint64_t received;
    uint8_t digest[DIGEST_SIZE];
    struct sha256_state hashed; /* of what was received */
    int bytes;                  /* in memory, without a name */
    int rejects;                /* -1: none yet */
    uint64_t touched_ms;
    uint64_t revision;
    Tefter__ImportAction working; /* 0: nothing */
    Tefter__ImportAction ended;   /* 0, or the step whose process ended before its time */
    bool killed;
    bool said_done;
    bool forgotten; /* it goes when its process has */
    uint32_t waits_for;
    pid_t pid;
    uint64_t begun_ms;
    struct control *control; /* NULL: the process says no more */
    struct buffer report;
    struct buffer asked;
};

/* What a stream calls back; outlives the file's step until the stream is closed. */
struct control {
    struct file *file; /* NULL: it is not wanted any more */
    struct stream *stream;
    struct frame_reader reader;
};

struct importer {
    struct loop *loop;
    struct loop_timer *tick;
    struct loop_timer *reap;
    char program[PATH_MAX];
    uint64_t last;
    struct file files[IMPORT_FILES_MAX];
};

/* ---- files ---- */

static struct file *file_of(struct importer *importer, uint32_t staff, uint64_t number)
{
    struct file *newest = NULL;
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++) {
        struct file *file = &importer->files[i];
        if (file->number == 0 || file->staff != staff || file->forgotten)
            continue;
        if (file->number == number)
            return file;
        if (number == 0 && (newest == NULL || file->number > newest->number))
            newest = file;
    }
    return newest;
}

static uint32_t working_now(const struct importer *importer)
{
    uint32_t count = 0;
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++)
        count += importer->files[i].number != 0 && importer->files[i].pid != 0;
    return count;
}

static void touch(struct file *file)
{
    file->touched_ms = loop_now_ms(file->home->loop);
}

static void changed(struct file *file)
{
    file->revision++;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* And the process that takes a workbook apart for it. */
static void end_step(const struct file *file, int number)
{
    (void)kill(-file->pid, number);
}

static void forget(struct file *file)
{
    if (file->pid != 0) {
        file->forgotten = true;
        end_step(file, SIGKILL);
        return;
    }
    if (file->control != NULL)
        file->control->file = NULL;
    close_fd(&file->bytes);
    close_fd(&file->rejects);
    buffer_fini(&file->report);
    buffer_fini(&file->asked);
    *file = (struct file){.bytes = -1, .rejects = -1};
}

static int memory_file(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    int high = fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
    close(fd);
    return high;
}

static bool is_same(const struct file *file, const Tefter__ImportOpen *open)
{
    return file->size == open->size && strcmp(file->name, open->name) == 0 &&
           memcmp(file->digest, open->digest.data, DIGEST_SIZE) == 0;
}

static struct file *free_place(struct importer *importer)
{
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++)
        if (importer->files[i].number == 0)
            return &importer->files[i];
    return NULL;
}

enum importer_answer importer_open(struct importer *importer, uint32_t staff,
                                   const Tefter__ImportOpen *open, uint64_t *ret_import)
{
    if (open->size == 0 || open->size > IMPORT_FILE_MAX || open->digest.len != DIGEST_SIZE ||
        open->name[0] == '\0' || strlen(open->name) > NAME_MAX_BYTES)
        return IMPORTER_WRONG;
    struct file *file = file_of(importer, staff, 0);
    if (file != NULL && is_same(file, open)) {
        touch(file);
        *ret_import = file->number;
        return IMPORTER_GOOD;
    }
    if (file != NULL && file->pid != 0)
        return IMPORTER_FULL;
    if (file != NULL)
        forget(file);
    file = free_place(importer);
    if (file == NULL)
        return IMPORTER_FULL;
    *file = (struct file){.home = importer, .staff = staff, .size = open->size, .rejects = -1};
    file->bytes = memory_file("import");
    if (file->bytes < 0)
        return IMPORTER_BROKEN;
    (void)snprintf(file->name, sizeof file->name, "%s", open->name);
    memcpy(file->digest, open->digest.data, DIGEST_SIZE);
    sha256_begin(&file->hashed);
    buffer_init(&file->report, IMPORT_REPORT_MAX + 1);
    buffer_init(&file->asked, FRAME_TO_SERVER_MAX);
    file->number = ++importer->last;
    touch(file);
    changed(file);
    *ret_import = file->number;
    return IMPORTER_GOOD;
}

/* Nobody changes it from here on, not even who reads it. */
static void seal(const struct file *file)
{
    (void)fcntl(file->bytes, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

/* It changed on its disk while it was sent, or on its way. */
static bool is_as_begun(struct file *file)
{
    uint8_t digest[SHA256_SIZE];
    sha256_end(&file->hashed, digest);
    return memcmp(digest, file->digest, SHA256_SIZE) == 0;
}

enum importer_answer importer_piece(struct importer *importer, uint32_t staff,
                                    const Tefter__ImportPiece *piece)
{
    struct file *file = piece->import != 0 ? file_of(importer, staff, piece->import) : NULL;
    if (file == NULL)
        return IMPORTER_UNKNOWN;
    size_t size = piece->data.len;
    touch(file);
    if (size == 0 || size > IMPORT_PIECE_MAX || piece->offset > file->received ||
        piece->offset + size > file->size)
        return IMPORTER_WRONG;
    if (piece->offset + size <= file->received)
        return IMPORTER_GOOD;
    if (piece->offset != file->received)
        return IMPORTER_WRONG;
    if (pwrite(file->bytes, piece->data.data, size, (off_t)piece->offset) != (ssize_t)size)
        return IMPORTER_BROKEN;
    sha256_add(&file->hashed, piece->data.data, size);
    file->received += size;
    changed(file);
    if (file->received < file->size)
        return IMPORTER_GOOD;
    if (!is_as_begun(file)) {
        forget(file);
        return IMPORTER_DIFFERS;
    }
    seal(file);
    return IMPORTER_GOOD;
}

/* ---- what a process says ---- */

static void take_said(struct file *file, struct slice said)
{
    if (said.size < 1)
        return;
    buffer_clear(&file->report);
    file->said_done = said.data[0] == SAID_DONE;
    (void)buffer_put(&file->report, said.data + 1, said.size - 1);
    changed(file);
}

static void on_bytes(void *context, struct slice bytes)
{
    struct control *control = context;
    struct slice said;
    if (control->file == NULL)
        return;
    if (!frame_reader_put(&control->reader, bytes)) {
        stream_abort(control->stream, "no memory");
        return;
    }
    enum frame_verdict verdict;
    while ((verdict = frame_reader_next(&control->reader, &said)) == FRAME_WHOLE)
        take_said(control->file, said);
    if (verdict != FRAME_MORE)
        stream_abort(control->stream, "that is no frame");
}

static void on_closed(void *context, const char *reason)
{
    struct control *control = context;
    struct file *file = control->file;
    (void)reason;
    if (file != NULL) {
        file->control = NULL;
        if (file->pid != 0 && !file->said_done)
            end_step(file, SIGKILL);
        loop_timer_start(file->home->reap, 0, REAP_MS);
    }
    frame_reader_fini(&control->reader);
    free(control);
}

static const struct stream_events control_events = {.bytes = on_bytes, .closed = on_closed};

/* ---- its end ---- */

static void step_ended(struct file *file, int status)
{
    bool by_signal = WIFSIGNALED(status);
    char how[64];
    (void)snprintf(how, sizeof how, by_signal ? "signal %d" : "exit code %d",
                   by_signal ? WTERMSIG(status) : WEXITSTATUS(status));
    bool good = file->said_done && !by_signal && WEXITSTATUS(status) == 0;
    if (!good) {
        file->ended = file->working;
        file->killed = by_signal;
        buffer_clear(&file->report);
    }
    log_line(good ? LOG_INFO : LOG_WARNING, "import_step_ended", "import",
             log_value("%" PRIu64, file->number), "staff", log_value("%" PRIu32, file->staff),
             "how", how, NULL);
    file->pid = 0;
    file->working = 0;
    if (file->control != NULL)
        file->control->file = NULL;
    file->control = NULL;
    changed(file);
    touch(file);
    if (file->forgotten)
        forget(file);
}

static void reap(void *context)
{
    struct importer *importer = context;
    bool waits = false;
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++) {
        struct file *file = &importer->files[i];
        int status = 0;
        if (file->number == 0 || file->pid == 0)
            continue;
        if (file->control != NULL && !file->forgotten)
            continue; /* it speaks still */
        if (waitpid(file->pid, &status, WNOHANG) == file->pid)
            step_ended(file, status);
        else
            waits = true;
    }
    if (!waits)
        loop_timer_stop(importer->reap);
}

static void on_tick(void *context)
{
    struct importer *importer = context;
    uint64_t now = loop_now_ms(importer->loop);
    bool any = false;
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++) {
        struct file *file = &importer->files[i];
        if (file->number == 0)
            continue;
        if (file->pid != 0 && now - file->begun_ms > STEP_MS)
            end_step(file, SIGKILL);
        if (file->pid == 0 && now - file->touched_ms > IDLE_MS)
            forget(file);
        any = any || file->forgotten;
    }
    if (any)
        loop_timer_start(importer->reap, 0, REAP_MS);
}

/* ---- its beginning ---- */

struct pair {
    int ours;
    int theirs; /* above HIGH_FD */
};

static bool pair_make(struct pair *pair)
{
    int ends[2];
    *pair = (struct pair){-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    pair->theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, HIGH_FD);
    pair->ours = ends[0];
    close(ends[1]);
    (void)fcntl(pair->ours, F_SETFL, O_NONBLOCK);
    return pair->theirs >= 0;
}

static void pair_close(struct pair *pair)
{
    close_fd(&pair->ours);
    close_fd(&pair->theirs);
}

/* It is given four descriptors and nothing else of ours: all that we open closes by itself. */
static int spawn(const struct importer *importer, const int fds[FDS], pid_t *ret_pid)
{
    const char *const words[] = {PROGRAM, "--task", NULL};
    const char *const nothing[] = {"LC_ALL=C.UTF-8", NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    int error = 0;
    for (int i = 0; i < FDS && error == 0; i++)
        error = posix_spawn_file_actions_adddup2(&actions, fds[i], FIRST_FD + i);
    if (error == 0)
        error = posix_spawn(ret_pid, importer->program, &actions, &attributes,
                            (char *const *)(uintptr_t)words, (char *const *)(uintptr_t)nothing);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static bool control_open(struct file *file, struct pair *pair, struct failure *failure)
{
    struct control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for an import");
    frame_reader_init(&control->reader, IMPORT_REPORT_MAX);
    control->stream =
        stream_of_pair(file->home->loop, pair->ours, &control_events, control, failure);
    if (control->stream == NULL) {
        frame_reader_fini(&control->reader);
        free(control);
        return false;
    }
    pair->ours = -1;
    control->file = file;
    file->control = control;
    return true;
}

/* Small enough for the socket's buffer at once. */
static bool give_task(const struct file *file, int to, const struct importer_asker *asker,
                      struct failure *failure)
{
    Tefter__ImportTask task = TEFTER__IMPORT_TASK__INIT;
    struct buffer out;
    uint8_t head[FRAME_HEAD_SIZE] = {0};
    int room = FRAME_TO_SERVER_MAX * 4;
    task.name = (char *)(uintptr_t)file->name;
    task.terminal = asker->terminal;
    task.token = (ProtobufCBinaryData){asker->token.size, (uint8_t *)(uintptr_t)asker->token.data};
    task.what = (ProtobufCBinaryData){file->asked.size, file->asked.data};
    buffer_init(&out, FRAME_TO_SERVER_MAX * 2);
    (void)setsockopt(to, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    bool good = buffer_put(&out, head, sizeof head) && message_put(&task.base, &out);
    if (good) {
        be32_put(out.data, (uint32_t)(out.size - FRAME_HEAD_SIZE));
        good = send(to, out.data, out.size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)out.size;
    }
    if (out.data != NULL)
        explicit_bzero(out.data, out.size); /* the token */
    buffer_fini(&out);
    return good || fail(failure, FAULT_IO, 0, "the import cannot be told what to do");
}

static bool begin_with(struct file *file, struct pair *control, struct pair *ledger,
                       const struct importer_asker *asker, struct failure *failure)
{
    close_fd(&file->rejects);
    file->rejects = memory_file("rejected");
    if (file->rejects < 0 || !pair_make(control) || !pair_make(ledger))
        return fail(failure, FAULT_IO, errno, "no sockets for an import");
    if (!give_task(file, control->ours, asker, failure))
        return false;
    const int fds[FDS] = {control->theirs, ledger->theirs, file->bytes, file->rejects};
    int error = spawn(file->home, fds, &file->pid);
    if (error != 0) {
        file->pid = 0;
        return fail(failure, FAULT_IO, error, "%s cannot be started", file->home->program);
    }
    if (!control_open(file, control, failure) || !asker->lend(asker->context, ledger->ours)) {
        end_step(file, SIGKILL);
        return failure->fault != FAULT_NONE ||
               fail(failure, FAULT_IO, 0, "no connection can be lent to the import");
    }
    ledger->ours = -1;
    return true;
}

static bool keep_asked(struct file *file, const Tefter__ImportDo *what)
{
    buffer_clear(&file->asked);
    return message_put(&what->base, &file->asked);
}

static bool begin(struct file *file, const Tefter__ImportDo *what,
                  const struct importer_asker *asker, struct failure *failure)
{
    struct pair control = {-1, -1};
    struct pair ledger = {-1, -1};
    if (!keep_asked(file, what))
        return fail(failure, FAULT_MEMORY, 0, "no memory for an import");
    buffer_clear(&file->report);
    file->said_done = file->killed = false;
    file->ended = 0;
    file->begun_ms = loop_now_ms(file->home->loop);
    bool good = begin_with(file, &control, &ledger, asker, failure);
    pair_close(&control);
    pair_close(&ledger);
    if (file->pid != 0)
        file->working = what->action;
    if (!good && file->pid != 0)
        loop_timer_start(file->home->reap, 0, REAP_MS);
    changed(file);
    return good;
}

enum importer_answer importer_do(struct importer *importer, uint32_t staff,
                                 const Tefter__ImportDo *what, const struct importer_asker *asker,
                                 struct failure *failure)
{
    struct file *file = what->import != 0 ? file_of(importer, staff, what->import) : NULL;
    if (file == NULL)
        return IMPORTER_UNKNOWN;
    touch(file);
    file->waits_for = 0;
    if (what->action == TEFTER__IMPORT_ACTION__IMPORT_FORGET) {
        if (file->pid != 0 && (file->working == TEFTER__IMPORT_ACTION__IMPORT_BOOK ||
                               file->working == TEFTER__IMPORT_ACTION__IMPORT_UNDO))
            return IMPORTER_FULL; /* it is stopped first, so that it ends well */
        forget(file);
        loop_timer_start(importer->reap, 0, REAP_MS);
        return IMPORTER_GOOD;
    }
    if (what->action == TEFTER__IMPORT_ACTION__IMPORT_STOP) {
        if (file->pid != 0)
            end_step(file, SIGTERM);
        return IMPORTER_GOOD;
    }
    if (file->received < file->size)
        return IMPORTER_EARLY;
    if (file->pid != 0)
        return IMPORTER_GOOD;
    uint32_t others = working_now(importer);
    if (others >= IMPORT_PROCESSES_MAX) {
        file->waits_for = others;
        return IMPORTER_GOOD;
    }
    return begin(file, what, asker, failure) ? IMPORTER_GOOD : IMPORTER_BROKEN;
}

/* ---- asking ---- */

static uint64_t size_of(int fd)
{
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    return size > 0 ? (uint64_t)size : 0;
}

bool importer_state(struct importer *importer, uint32_t staff, uint64_t import,
                    Tefter__ImportState *ret_state)
{
    struct file *file = file_of(importer, staff, import);
    tefter__import_state__init(ret_state);
    if (file == NULL)
        return false;
    touch(file);
    ret_state->import = file->number;
    ret_state->name = file->name;
    ret_state->has_size = ret_state->has_received = ret_state->has_revision = true;
    ret_state->size = file->size;
    ret_state->received = file->received;
    ret_state->revision = file->revision;
    ret_state->has_working = file->working != 0;
    ret_state->working = file->working;
    ret_state->has_report = file->report.size > 0;
    ret_state->report = (ProtobufCBinaryData){file->report.size, file->report.data};
    ret_state->has_asked = file->asked.size > 0;
    ret_state->asked = (ProtobufCBinaryData){file->asked.size, file->asked.data};
    ret_state->has_ended = file->ended != 0;
    ret_state->ended = file->ended;
    ret_state->has_killed = file->ended != 0;
    ret_state->killed = file->killed;
    ret_state->has_waits_for = file->waits_for > 0;
    ret_state->waits_for = file->waits_for;
    /* the process appends where its own place is: what is asked of it here would move that */
    if (file->pid == 0) {
        ret_state->has_rejected_bytes = true;
        ret_state->rejected_bytes = size_of(file->rejects);
    }
    return true;
}

int64_t importer_rejects(struct importer *importer, uint32_t staff, uint64_t import,
                         uint64_t offset, void *out, size_t size, uint64_t *ret_size)
{
    struct file *file = import != 0 ? file_of(importer, staff, import) : NULL;
    *ret_size = 0;
    if (file == NULL || file->pid != 0)
        return -1;
    touch(file);
    *ret_size = size_of(file->rejects);
    if (offset >= *ret_size)
        return 0;
    ssize_t got = pread(file->rejects, out, size, (off_t)offset);
    return got < 0 ? 0 : got;
}

/* ---- life ---- */

static bool find_program(struct importer *importer, const char *program, struct failure *failure)
{
    char self[PATH_MAX];
    if (program != NULL) {
        (void)snprintf(importer->program, sizeof importer->program, "%s", program);
        return true;
    }
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size < 0)
        return fail(failure, FAULT_IO, errno, "cannot tell where this program lies");
    self[size] = '\0';
    int length =
        snprintf(importer->program, sizeof importer->program, "%s/" PROGRAM, dirname(self));
    return (length > 0 && length < (int)sizeof importer->program) ||
           fail(failure, FAULT_USE, 0, "the path of this program is too long");
}

struct importer *importer_create(struct loop *loop, const char *program, struct failure *failure)
{
    struct importer *importer = calloc(1, sizeof *importer);
    if (importer == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for imports");
        return NULL;
    }
    importer->loop = loop;
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++)
        importer->files[i] = (struct file){.bytes = -1, .rejects = -1};
    importer->tick = loop_timer_create(loop, on_tick, importer);
    importer->reap = loop_timer_create(loop, reap, importer);
    if (importer->tick == NULL || importer->reap == NULL)
        fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
    else if (find_program(importer, program, failure)) {
        loop_timer_start(importer->tick, TICK_MS, TICK_MS);
        return importer;
    }
    importer_destroy(importer);
    return NULL;
}

void importer_destroy(struct importer *importer)
{
    if (importer == NULL)
        return;
    for (size_t i = 0; i < IMPORT_FILES_MAX; i++) {
        struct file *file = &importer->files[i];
        if (file->number == 0)
            continue;
        if (file->pid != 0) {
            end_step(file, SIGKILL);
            (void)waitpid(file->pid, NULL, 0);
            file->pid = 0;
        }
        if (file->control != NULL)
            stream_abort(file->control->stream, NULL);
        forget(file);
    }
    loop_timer_destroy(importer->tick);
    loop_timer_destroy(importer->reap);
    free(importer);
}
