/*
 * Bytes to a printer. An address and a device file are the same here: something to write to that
 * may answer DLE EOT at once, or never. Who answered before the slip has to answer after it too,
 * else nobody knows what came out; who never answers is believed when it took all bytes.
 *
 * A queue is CUPS's own: lp takes the bytes as they are, and what becomes of them is the queue's.
 */
#include "printer/printer.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    PORT = 9100,
    CONNECT_MS = 4000,
    STALL_MS = 6000, /* it takes nothing more for so long */
    ANSWER_MS = 400, /* to a question that is answered at once */
    DONE_MS = 4000,  /* to one that waits behind the slip */
    DRAIN_MS = 500,
    QUEUE_MS = 12 * 1000,
};

extern char **environ;

/* ---- where it is ---- */

static bool port_of(const char *text, uint16_t *ret_port)
{
    char *end = NULL;
    unsigned long port = strtoul(text, &end, 10);
    bool good = text[0] >= '0' && text[0] <= '9' && *end == '\0' && port > 0 && port <= 65535;
    *ret_port = good ? (uint16_t)port : 0;
    return good;
}

static bool name_good(const char *name, size_t size)
{
    if (size == 0 || size >= sizeof((struct device *)NULL)->name || name[0] == '-')
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f)
            return false;
    return true;
}

/* HOST, HOST:PORT, [V6], [V6]:PORT; an address of version 6 without brackets has two colons. */
static bool read_address(const char *text, struct device *device)
{
    const char *host = text;
    const char *end = strchr(text, ':');
    const char *port = end == NULL ? NULL : end + 1;
    if (text[0] == '[') {
        host = text + 1;
        end = strchr(host, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        port = end[1] == ':' ? end + 2 : NULL;
    } else if (port != NULL && strchr(port, ':') != NULL) {
        end = NULL;
        port = NULL;
    }
    size_t size = end == NULL ? strlen(host) : (size_t)(end - host);
    device->port = PORT;
    if (!name_good(host, size) || memchr(host, '/', size) != NULL ||
        (port != NULL && !port_of(port, &device->port)))
        return false;
    memcpy(device->name, host, size);
    return true;
}

bool device_read(const char *text, struct device *ret_device, struct failure *failure)
{
    static const char queue[] = "queue:";
    size_t size = strlen(text);
    bool good = false;
    *ret_device = (struct device){.kind = DEVICE_ADDRESS};
    if (strncmp(text, queue, sizeof queue - 1) == 0) {
        const char *name = text + sizeof queue - 1;
        ret_device->kind = DEVICE_QUEUE;
        good = name_good(name, strlen(name)) && strchr(name, '/') == NULL;
        (void)snprintf(ret_device->name, sizeof ret_device->name, "%s", name);
    } else if (text[0] == '/') {
        ret_device->kind = DEVICE_FILE;
        good = name_good(text, size);
        (void)snprintf(ret_device->name, sizeof ret_device->name, "%s", text);
    } else {
        good = read_address(text, ret_device);
    }
    return good || fail(failure, FAULT_USE, 0,
                        "\"%s\" is no printer: write HOST or HOST:PORT (port 9100 unless said), "
                        "/dev/usb/lp0, or queue:NAME of a queue of CUPS",
                        text);
}

/* ---- time ---- */

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Can it be read or written before then? */
static bool ready(int fd, short events, int64_t until_ms)
{
    for (;;) {
        int64_t left = until_ms - now_ms();
        struct pollfd poll_on = {.fd = fd, .events = events};
        int found = left <= 0 ? 0 : poll(&poll_on, 1, (int)left);
        if (found >= 0 || errno != EINTR)
            return found > 0;
    }
}

/* ---- the line to it ---- */

struct line {
    int fd;
    bool socket;
    bool answers; /* it has answered a question */
};

static bool connected(int fd, const struct addrinfo *to)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return true;
    return errno == EINPROGRESS && ready(fd, POLLOUT, now_ms() + CONNECT_MS) &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

static int open_address(const struct device *device)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char port[8];
    int fd = -1;
    (void)snprintf(port, sizeof port, "%u", device->port);
    if (getaddrinfo(device->name, port, &hints, &found) != 0)
        return -1;
    for (const struct addrinfo *each = found; each != NULL && fd < 0; each = each->ai_next) {
        fd = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd >= 0 && !connected(fd, each)) {
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* A serial line passes every byte on as it is; its speed is what stty made it. */
static int open_file(const struct device *device)
{
    struct stat about;
    struct termios form;
    int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = open(device->name, O_RDWR | flags);
    if (fd < 0 && (errno == EACCES || errno == EINVAL))
        fd = open(device->name, O_WRONLY | flags);
    if (fd >= 0 && (fstat(fd, &about) != 0 || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))) {
        (void)close(fd);
        return -1;
    }
    if (fd >= 0 && tcgetattr(fd, &form) == 0) {
        cfmakeraw(&form);
        (void)tcsetattr(fd, TCSANOW, &form);
    }
    return fd;
}

static bool line_open(const struct device *device, struct line *line)
{
    *line = (struct line){.socket = device->kind == DEVICE_ADDRESS};
    line->fd = line->socket ? open_address(device) : open_file(device);
    return line->fd >= 0;
}

/* What was sent is not thrown away by a reset: the other end is given time to have read it. */
static void line_close(struct line *line)
{
    uint8_t rest[64];
    int64_t until = now_ms() + DRAIN_MS;
    if (line->socket && shutdown(line->fd, SHUT_WR) == 0)
        while (ready(line->fd, POLLIN, until) && read(line->fd, rest, sizeof rest) > 0) {
        }
    (void)close(line->fd);
}

/* How many went. */
static size_t line_write(struct line *line, struct slice bytes, int64_t until_ms)
{
    size_t sent = 0;
    while (sent < bytes.size) {
        int64_t stall = now_ms() + STALL_MS;
        if (!ready(line->fd, POLLOUT, stall < until_ms ? stall : until_ms))
            break;
        ssize_t took = line->socket
                           ? send(line->fd, bytes.data + sent, bytes.size - sent, MSG_NOSIGNAL)
                           : write(line->fd, bytes.data + sent, bytes.size - sent);
        if (took > 0)
            sent += (size_t)took;
        else if (took == 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return sent;
}

/* The next byte that came; false: none in time, or the line is closed. */
static bool line_byte(const struct line *line, uint8_t *byte, int64_t until_ms)
{
    return ready(line->fd, POLLIN, until_ms) && read(line->fd, byte, 1) == 1;
}

/* ---- how it is ---- */

/* What came of its own accord, or too late, is no answer to what is asked now. */
static void line_forget(const struct line *line)
{
    uint8_t byte;
    while (line_byte(line, &byte, now_ms() + 1)) {
    }
}

static bool ask(struct line *line, uint8_t n, Tefter__PrinterState *state)
{
    uint8_t question[ESCPOS_ASK_SIZE];
    uint8_t byte;
    int64_t until = now_ms() + ANSWER_MS;
    escpos_ask(n, question);
    if (line_write(line, slice_of(question, sizeof question), until) != sizeof question)
        return false;
    while (line_byte(line, &byte, until))
        if (escpos_answer(n, byte, state))
            return true;
    return false;
}

/* false: it says nothing of itself. */
static bool look(struct line *line, Tefter__PrinterState *ret_state)
{
    *ret_state = TEFTER__PRINTER_STATE__PRINTER_READY;
    line_forget(line);
    if (!ask(line, 2, ret_state))
        return false;
    (void)ask(line, 4, ret_state);
    line->answers = true;
    return true;
}

bool device_state(const struct device *device, Tefter__PrinterState *ret_state)
{
    struct line line;
    *ret_state = TEFTER__PRINTER_STATE__PRINTER_READY;
    if (device->kind == DEVICE_QUEUE)
        return false;
    if (!line_open(device, &line)) {
        *ret_state = TEFTER__PRINTER_STATE__PRINTER_NOT_REACHABLE;
        return true;
    }
    bool says = look(&line, ret_state);
    line_close(&line);
    return says;
}

/* ---- a slip ---- */

static Tefter__PrintOutcome outcome_of(Tefter__PrinterState state)
{
    switch (state) {
    case TEFTER__PRINTER_STATE__PRINTER_READY:
        return TEFTER__PRINT_OUTCOME__PRINT_DONE;
    case TEFTER__PRINTER_STATE__PRINTER_NO_PAPER:
        return TEFTER__PRINT_OUTCOME__PRINT_NO_PAPER;
    case TEFTER__PRINTER_STATE__PRINTER_COVER_OPEN:
        return TEFTER__PRINT_OUTCOME__PRINT_COVER_OPEN;
    case TEFTER__PRINTER_STATE__PRINTER_NOT_REACHABLE:
    case _TEFTER__PRINTER_STATE_IS_INT_SIZE:
        break;
    }
    return TEFTER__PRINT_OUTCOME__PRINT_NOT_REACHABLE;
}

static void report(struct device_report *ret_report, Tefter__PrintOutcome outcome, const char *text)
{
    ret_report->outcome = outcome;
    (void)snprintf(ret_report->text, sizeof ret_report->text, "%s", text);
}

/* GS r 1 waits behind the slip; printers that do not know it are asked how they are. */
static void wait_done(struct line *line, struct device_report *ret_report)
{
    static const uint8_t question[] = {0x1d, 'r', 1};
    enum { FIXED = 0x90, PAPER_END = 0x0c };
    uint8_t byte;
    Tefter__PrinterState state;
    int64_t until = now_ms() + DONE_MS;
    if (line_write(line, slice_of(question, sizeof question), until) == sizeof question)
        while (line_byte(line, &byte, until))
            if ((byte & FIXED) == 0) {
                if ((byte & PAPER_END) == PAPER_END)
                    report(ret_report, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN,
                           "the paper ran out while it printed");
                return;
            }
    if (!look(line, &state))
        report(ret_report, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN,
               "the printer stopped answering while it printed");
    else if (state != TEFTER__PRINTER_STATE__PRINTER_READY)
        report(ret_report, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN,
               state == TEFTER__PRINTER_STATE__PRINTER_NO_PAPER
                   ? "the paper ran out while it printed"
                   : "the cover was opened while it printed");
}

static void print_on(struct line *line, struct slice bytes, struct device_report *ret_report)
{
    Tefter__PrinterState state;
    int64_t until = now_ms() + PRINTER_TURN_MS - DONE_MS - 2 * STALL_MS / 3;
    if (look(line, &state) && state != TEFTER__PRINTER_STATE__PRINTER_READY) {
        report(ret_report, outcome_of(state), "");
        return;
    }
    size_t sent = line_write(line, bytes, until);
    if (sent == 0)
        report(ret_report, TEFTER__PRINT_OUTCOME__PRINT_NOT_REACHABLE, "the printer takes no data");
    else if (sent < bytes.size)
        report(ret_report, TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN,
               "the printer stopped taking data in the middle");
    else if (line->answers)
        wait_done(line, ret_report);
    else
        ret_report->silent = true;
}

/* ---- a queue ---- */

static bool spawn_lp(const struct device *device, int in, int err, pid_t *ret_pid)
{
    char *argv[] = {
        "lp", "-d", (char *)(uintptr_t)device->name, "-o", "raw", "-t", "tefter", "-s", "--",
        "-",  NULL};
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    bool good =
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) == 0 &&
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO) == 0 &&
        posix_spawnp(ret_pid, "lp", &actions, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return good;
}

/* -1: it did not end in time, and was killed. */
static int wait_lp(pid_t pid)
{
    int64_t until = now_ms() + QUEUE_MS;
    int status = 0;
    pid_t ended;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && now_ms() < until)
        (void)poll(NULL, 0, 20);
    if (ended == pid)
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    return -1;
}

static void read_words(FILE *file, char out[200])
{
    rewind(file);
    size_t size = fread(out, 1, 199, file);
    out[size] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
}

/* The bytes lie in a file of no name, so that lp cannot make us wait. */
static void print_queue(const struct device *device, struct slice bytes,
                        struct device_report *ret_report)
{
    FILE *in = tmpfile();
    FILE *err = tmpfile();
    pid_t pid = 0;
    bool good = in != NULL && err != NULL && fwrite(bytes.data, 1, bytes.size, in) == bytes.size &&
                fflush(in) == 0 && fseek(in, 0, SEEK_SET) == 0;
    if (good && spawn_lp(device, fileno(in), fileno(err), &pid)) {
        int code = wait_lp(pid);
        if (code != 0)
            ret_report->outcome = code < 0 ? TEFTER__PRINT_OUTCOME__PRINT_UNKNOWN
                                           : TEFTER__PRINT_OUTCOME__PRINT_NOT_REACHABLE;
        read_words(err, ret_report->text);
    } else {
        report(ret_report, TEFTER__PRINT_OUTCOME__PRINT_FAILED,
               "lp could not be started: install the package cups-client");
    }
    if (in != NULL)
        (void)fclose(in);
    if (err != NULL)
        (void)fclose(err);
}

void device_print(const struct device *device, struct slice bytes, struct device_report *ret_report)
{
    struct line line;
    *ret_report = (struct device_report){.outcome = TEFTER__PRINT_OUTCOME__PRINT_DONE};
    if (device->kind == DEVICE_QUEUE) {
        ret_report->silent =
            true; /* the queue has it: what the printer does with it, it does not say */
        print_queue(device, bytes, ret_report);
        return;
    }
    if (!line_open(device, &line)) {
        ret_report->outcome = TEFTER__PRINT_OUTCOME__PRINT_NOT_REACHABLE;
        return;
    }
    print_on(&line, bytes, ret_report);
    line_close(&line);
}
