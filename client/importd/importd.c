#include "importd/importd.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"
#include "import/steps.h"
#include "lib/tefter.h"
#include "wire/frame.h"
#include "wire/message.h"

#include <errno.h>
#include <iconv.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    CPU_SECONDS = 900,
    MEMORY_MAX = 1 << 30,
    FILE_MAX = 512 << 20, /* what a workbook may unpack to: it lies in memory */
    FILES_MAX = 64,
    NICER = 5, /* sales come first */
    CONNECT_MS = 10 * 1000,
    TASK_MEMORY_MAX = 4 * 1024 * 1024,
    REPORT_MEMORY_MAX = 8 * 1024 * 1024,
};

const struct sandbox_options importd_rights = {.forks = true};

/* Kinds of what is said of a task, the first byte of its frame. */
enum { SAID_PROGRESS = 'p', SAID_DONE = 'd' };

/* ---- what it may use ---- */

/* glibc reads how letters are turned into others from files of its own: before there are none. What
 * is open stays, and so what it needs. */
static const char *const encodings[] = {
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "iso-8859-1",   "iso-8859-2",   "iso-8859-6",
    "iso-8859-7",   "iso-8859-9",   "iso-8859-15",  "latin1",       "gb18030",      "gbk",
    "gb2312",       "big5",         "big5-hkscs",   "shift_jis",    "euc-jp",       "euc-kr",
    "koi8-r",       "tcvn5712-1",   "utf-16",       "utf-16le",     "utf-16be",     "utf-32",
    "cp437",        "cp850",        "cp737",        "macintosh",    "utf-8",
};
enum { ENCODINGS = sizeof encodings / sizeof encodings[0] };
static iconv_t kept[ENCODINGS][2];

static void keep_encodings(void)
{
    for (size_t i = 0; i < ENCODINGS; i++) {
        kept[i][0] = iconv_open("UTF-8", encodings[i]);
        kept[i][1] = iconv_open(encodings[i], "UTF-8");
    }
}

static void leave_encodings(void)
{
    for (size_t i = 0; i < ENCODINGS; i++)
        for (size_t way = 0; way < 2; way++)
            if (kept[i][way] != (iconv_t)-1)
                (void)iconv_close(kept[i][way]);
}

static void bound(int what, rlim_t most)
{
    const struct rlimit limit = {most, most};
    (void)setrlimit((__rlimit_resource_t)what, &limit);
}

static void be_modest(void)
{
    bound(RLIMIT_CPU, CPU_SECONDS);
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_NOFILE, FILES_MAX);
    bound(RLIMIT_FSIZE, FILE_MAX);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    bound(RLIMIT_AS, MEMORY_MAX);
#endif
    (void)signal(SIGXFSZ, SIG_IGN); /* a write that fails is told */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)setpriority(PRIO_PROCESS, 0, NICER);
}

/* ---- what is said ---- */

static bool read_all(int fd, void *out, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, (uint8_t *)out + done, size - done);
        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static bool write_all(int fd, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t put = write(fd, (const uint8_t *)bytes + done, size - done);
        if (put < 0 && errno != EINTR)
            return false;
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static bool put_report(const Tefter__ImportReport *report, uint8_t kind)
{
    struct buffer out;
    uint8_t head[FRAME_HEAD_SIZE + 1] = {0};
    buffer_init(&out, IMPORT_REPORT_MAX);
    bool good = buffer_put(&out, head, sizeof head) && message_put(&report->base, &out);
    if (good) {
        be32_put(out.data, (uint32_t)(out.size - FRAME_HEAD_SIZE));
        out.data[FRAME_HEAD_SIZE] = kind;
        good = write_all(IMPORTD_CONTROL, out.data, out.size);
    }
    buffer_fini(&out);
    return good;
}

/* What is too much for one frame is told without its last rows. */
static void on_report(void *context, const Tefter__ImportReport *report)
{
    (void)context;
    uint8_t kind = report->done ? SAID_DONE : SAID_PROGRESS;
    while (!put_report(report, kind) && report->result != NULL && report->result->n_needs > 0)
        report->result->n_needs /= 2;
}

static void tell_failure(const struct failure *failure)
{
    Tefter__ImportReport report = TEFTER__IMPORT_REPORT__INIT;
    report.action = TEFTER__IMPORT_ACTION__IMPORT_LOOK;
    report.done = true;
    report.failure = (char *)(uintptr_t)failure->text;
    on_report(NULL, &report);
}

/* ---- the task ---- */

struct task {
    struct arena arena;
    const Tefter__ImportTask *of;
    const Tefter__ImportDo *what;
};

static const ProtobufCMessage *read_message(const ProtobufCMessageDescriptor *type,
                                            struct slice bytes, struct arena *arena)
{
    return message_scan(type, bytes, NULL) ? message_unpack(type, bytes, arena) : NULL;
}

static bool read_task(struct task *task)
{
    uint8_t head[FRAME_HEAD_SIZE];
    arena_init(&task->arena, TASK_MEMORY_MAX);
    if (!read_all(IMPORTD_CONTROL, head, sizeof head))
        return false;
    uint32_t size = be32_get(head);
    uint8_t *bytes = size <= FRAME_TO_SERVER_MAX * 2 ? arena_take(&task->arena, size) : NULL;
    if (bytes == NULL || !read_all(IMPORTD_CONTROL, bytes, size))
        return false;
    task->of = (const Tefter__ImportTask *)read_message(&tefter__import_task__descriptor,
                                                        slice_of(bytes, size), &task->arena);
    if (task->of == NULL)
        return false;
    task->what = (const Tefter__ImportDo *)read_message(
        &tefter__import_do__descriptor, slice_of(task->of->what.data, task->of->what.len),
        &task->arena);
    return task->what != NULL;
}

static volatile sig_atomic_t *stopped;

static void on_stop(int number)
{
    (void)number;
    *stopped = 1;
}

static bool connect_as(const struct task *task, struct tefter **ret_client, struct failure *failure)
{
    const struct tefter_lent lent = {.socket = IMPORTD_LEDGER,
                                     .terminal = task->of->terminal,
                                     .token = task->of->token.data,
                                     .token_size = task->of->token.len};
    const struct tefter_options options = {.lent = &lent, .program = "tefter-importer"};
    return tefter_open(&options, ret_client, failure);
}

static bool work(const struct task *task, struct tefter *client, struct failure *failure)
{
    if (!tefter_connect(client, CONNECT_MS, failure))
        return false;
    if (tefter_person(client) == NULL)
        return fail(failure, FAULT_DENIED, 0, "you are not logged in any more");
    const struct import_step step = {.file = IMPORTD_FILE,
                                     .rejects = IMPORTD_REJECTS,
                                     .name = task->of->name,
                                     .what = task->what,
                                     .report = on_report};
    import_step(client, &step);
    return true;
}

int importd_run(void)
{
    struct task task;
    struct tefter *client = NULL;
    struct failure failure = {FAULT_NONE, 0, ""};
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    be_modest();
    if (!hash_setup() || !read_task(&task))
        return EXIT_FAILURE;
    stopped = import_stopped();
    (void)signal(SIGTERM, on_stop);
    keep_encodings();
    bool good = connect_as(&task, &client, &failure); /* its loop is made before */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (good && strstr(sandbox_enter(&importd_rights), "seccomp") == NULL)
        good = fail(&failure, FAULT_IO, 0,
                    "this machine cannot shut the reading of files in, so none is read here: use "
                    "tefter import on the command line");
#endif
    if (!good || !work(&task, client, &failure))
        tell_failure(&failure);
    tefter_close(client);
    leave_encodings();
    arena_fini(&task.arena);
    return EXIT_SUCCESS;
}
