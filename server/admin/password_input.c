#include "admin/password_input.h"

#include "base/hash.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Room for a line feed and for seeing that one is too long. */
enum { TYPED_MAX = PASSWORD_MAX_BYTES + 3 };

/* One line, a byte at a time: what follows it is somebody else's. */
static bool read_line(int fd, char out[TYPED_MAX])
{
    size_t size = 0;
    for (;;) {
        char letter;
        ssize_t got = read(fd, &letter, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || letter == '\n')
            break;
        if (size < TYPED_MAX - 1)
            out[size++] = letter;
    }
    if (size > 0 && out[size - 1] == '\r')
        size--;
    out[size] = '\0';
    return size > 0;
}

static bool from_file(const char *path, char out[TYPED_MAX], struct failure *failure)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(failure, FAULT_USE, errno, "cannot open the password file %s", path);
    bool good = read_line(fd, out);
    close(fd);
    return good || fail(failure, FAULT_USE, 0, "%s has no first line", path);
}

static void type_hidden(int tty, const char *prompt, char out[TYPED_MAX])
{
    struct termios before, hidden;
    dprintf(tty, "%s", prompt);
    tcgetattr(tty, &before);
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &hidden);
    read_line(tty, out);
    tcsetattr(tty, TCSAFLUSH, &before);
    dprintf(tty, "\n");
}

static bool from_terminal(const char *whose, char out[TYPED_MAX], struct failure *failure)
{
    char prompt[120], again[TYPED_MAX];
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (tty < 0)
        return fail(failure, FAULT_USE, 0,
                    "a password is needed and there is no terminal to type it; use "
                    "--password-file FILE or --password-stdin");
    snprintf(prompt, sizeof prompt, "Password for %.60s (at least %d characters): ", whose,
             PASSWORD_MIN_BYTES);
    type_hidden(tty, prompt, out);
    type_hidden(tty, "Again: ", again);
    close(tty);
    bool same = strcmp(out, again) == 0;
    secret_wipe(again, sizeof again);
    return same || fail(failure, FAULT_USE, 0, "the two passwords differ");
}

static bool read_secret(const struct settings *settings, const char *whose, char out[TYPED_MAX],
                        struct failure *failure)
{
    if (settings->password_file)
        return from_file(settings->password_file, out, failure);
    if (!settings->password_stdin)
        return from_terminal(whose, out, failure);
    return read_line(STDIN_FILENO, out) ||
           fail(failure, FAULT_USE, 0, "standard input has no first line for the password");
}

static bool hash_it(const char *typed, char ret_hash[PASSWORD_HASH_SIZE], struct failure *failure)
{
    size_t size = strlen(typed);
    if (size < PASSWORD_MIN_BYTES || size > PASSWORD_MAX_BYTES)
        return fail(failure, FAULT_USE, 0, "a password has %d to %d bytes", PASSWORD_MIN_BYTES,
                    PASSWORD_MAX_BYTES);
    return password_hash(typed, size, ret_hash) ||
           fail(failure, FAULT_MEMORY, 0, "no memory to hash the password");
}

bool secret_hash(const struct settings *settings, const char *whose,
                 char ret_hash[PASSWORD_HASH_SIZE], struct failure *failure)
{
    char typed[TYPED_MAX] = "";
    bool good = read_secret(settings, whose, typed, failure) && hash_it(typed, ret_hash, failure);
    secret_wipe(typed, sizeof typed);
    return good;
}
