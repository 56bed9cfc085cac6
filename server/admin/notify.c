/*
 * tefterd notify: one message to one telephone, as tefter-notify sends it for a running server, and
 * what the gateway answered.
 */
#include "admin/commands.h"
#include "notice/program.h"
#include "notice/setup.h"
#include "wire/frame.h"
#include "wire/message.h"

#include "base/hash.h"
#include "base/tell.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEST_MEMORY_MAX = 512 * 1024, TEST_FRAME_MAX = 64 * 1024, TEST_MS = 60 * 1000 };

static bool phone_good(const char *phone)
{
    size_t digits = strspn(phone + 1, "0123456789");
    return phone[0] == '+' && phone[digits + 1] == '\0' && digits >= 6 && digits <= 15;
}

static bool put_frame(int fd, const Tefter__ToNotifier *frame, struct arena *arena)
{
    struct buffer out;
    buffer_init(&out, TEST_FRAME_MAX);
    bool good = frame_put(&out, message_pack(&frame->base, arena)) &&
                send(fd, out.data, out.size, MSG_NOSIGNAL) == (ssize_t)out.size;
    buffer_wipe(&out);
    buffer_fini(&out);
    return good;
}

static bool ask(int fd, const struct settings *settings, struct arena *arena,
                struct failure *failure)
{
    Tefter__ToNotifier frame = TEFTER__TO_NOTIFIER__INIT;
    Tefter__NoticeOrder order = TEFTER__NOTICE_ORDER__INIT;
    frame.body_case = TEFTER__TO_NOTIFIER__BODY_SETUP;
    if (!notice_setup(settings, NULL, arena, &frame.setup, failure))
        return false;
    bool good = put_frame(fd, &frame, arena);
    order.number = 1;
    order.way_case = TEFTER__NOTICE_ORDER__WAY_PHONE;
    order.phone = (char *)(uintptr_t)settings->phone;
    order.language = (char *)(uintptr_t) "en";
    order.title = (char *)(uintptr_t) "Tefter";
    order.until_ms = (int64_t)time(NULL) * 1000 + TEST_MS;
    frame.body_case = TEFTER__TO_NOTIFIER__BODY_ORDER;
    frame.order = &order;
    return (good && put_frame(fd, &frame, arena)) ||
           fail(failure, FAULT_IO, errno, "tefter-notify takes nothing");
}

/* NULL: it ended before it answered. */
static const Tefter__NoticeOutcome *hear(int fd, struct arena *arena)
{
    struct frame_reader reader;
    const Tefter__NoticeOutcome *found = NULL;
    uint8_t bytes[1024];
    struct slice frame;
    ssize_t size;
    frame_reader_init(&reader, TEST_FRAME_MAX);
    while (found == NULL && (size = recv(fd, bytes, sizeof bytes, 0)) > 0 &&
           frame_reader_put(&reader, slice_of(bytes, (size_t)size)))
        while (found == NULL && frame_reader_next(&reader, &frame) == FRAME_WHOLE) {
            const Tefter__FromNotifier *said =
                message_scan(&tefter__from_notifier__descriptor, frame, NULL)
                    ? (const Tefter__FromNotifier *)message_unpack(
                          &tefter__from_notifier__descriptor, frame, arena)
                    : NULL;
            if (said != NULL && said->body_case == TEFTER__FROM_NOTIFIER__BODY_OUTCOME)
                found = said->outcome;
        }
    frame_reader_fini(&reader);
    return found;
}

static const char *words_of(Tefter__NoticeResult result)
{
    switch (result) {
    case TEFTER__NOTICE_RESULT__NOTICE_SENT:
        return "The gateway took it";
    case TEFTER__NOTICE_RESULT__NOTICE_UNREACHABLE:
        return "The gateway cannot be reached, or did not answer in time";
    case TEFTER__NOTICE_RESULT__NOTICE_LATE:
        return "The gateway said to come later until it was too late";
    case TEFTER__NOTICE_RESULT__NOTICE_GONE:
    case TEFTER__NOTICE_RESULT__NOTICE_REFUSED:
    case TEFTER__NOTICE_RESULT__NOTICE_BLOCKED:
    case TEFTER__NOTICE_RESULT__NOTICE_CANCELLED:
    case TEFTER__NOTICE_RESULT__NOTICE_WAITS:
    case _TEFTER__NOTICE_RESULT_IS_INT_SIZE:
        break;
    }
    return "The gateway did not take it: its answer is not what notify_success says, or no 2xx";
}

static int tell_outcome(const Tefter__NoticeOutcome *outcome)
{
    bool sent = outcome != NULL && outcome->result == TEFTER__NOTICE_RESULT__NOTICE_SENT;
    FILE *out = sent ? stdout : stderr;
    if (outcome == NULL) {
        tell(stderr, "tefterd: tefter-notify ended before it answered.\n");
        return EXIT_FAULT;
    }
    tell(out, "%s%s", sent ? "" : "tefterd: ", words_of(outcome->result));
    if (outcome->has_status)
        tell(out, " (HTTP %" PRIu32 ")", outcome->status);
    if (outcome->why != NULL)
        tell(out, ": %s", outcome->why);
    tell(out, ".\n");
    return sent ? EXIT_DONE : EXIT_FAULT;
}

static bool start(int ends[2], pid_t *ret_pid, struct failure *failure)
{
    static const char *const words[] = {"tefter-notify", "--descriptor", "3", NULL};
    char program[FILES_PATH_MAX];
    if (!program_find(words[0], "notices are sent by", program, failure))
        return false;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(failure, FAULT_IO, errno, "no socket can be made");
    int error = program_spawn(program, words, ends[1], ret_pid);
    (void)close(ends[1]);
    if (error == 0)
        return true;
    (void)close(ends[0]);
    return fail(failure, FAULT_IO, error, "cannot start %s", program);
}

int notify_run(const struct settings *settings)
{
    int ends[2];
    pid_t pid;
    struct arena arena;
    struct failure failure = {.fault = FAULT_NONE};
    if (settings->phone == NULL || !phone_good(settings->phone)) {
        tell(stderr, "tefterd: to whom? tefterd notify --phone +84901234567 -c FILE\n");
        return EXIT_USE;
    }
    if (settings->notify_url == NULL) {
        tell(stderr, "tefterd: no gateway is set: notify_url says where telephones are reached. "
                     "tefterd --example has all that belongs to it.\n");
        return EXIT_USE;
    }
    if (!notice_check(settings, NULL, &failure) || !start(ends, &pid, &failure))
        return settings_report(&failure);
    arena_init(&arena, TEST_MEMORY_MAX);
    int code;
    if (ask(ends[0], settings, &arena, &failure))
        code = tell_outcome(hear(ends[0], &arena));
    else
        code = settings_report(&failure);
    (void)close(ends[0]);
    waitpid(pid, NULL, 0);
    arena_wipe(&arena);
    arena_fini(&arena);
    return code;
}
