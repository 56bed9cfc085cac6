#include "admin/password_input.h"

#include "base/guessable.h"
#include "base/hash.h"
#include "base/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { TYPED_MAX = PASSPHRASE_SIZE };

/* One line, a byte at a time: what follows it is somebody else's. Of one that is too long, as much
 * as shows that. */
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
        out[size++] = letter;
        if (size == TYPED_MAX - 1)
            break;
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

/* Whose password it is was typed by somebody. */
static void tell_tty(int tty, const char *text, const char *end)
{
    int own = dup(tty);
    FILE *out = own < 0 ? NULL : fdopen(own, "w");
    if (!out)
        return;
    tell(out, "%s", text);
    (void)fputs(end, out);
    (void)fclose(out);
}

static void type_hidden(int tty, const char *prompt, char out[TYPED_MAX])
{
    struct termios before, hidden;
    tell_tty(tty, prompt, "");
    tcgetattr(tty, &before);
    hidden = before;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(tty, TCSAFLUSH, &hidden);
    read_line(tty, out);
    tcsetattr(tty, TCSAFLUSH, &before);
    tell_tty(tty, "", "\n");
}

static bool open_terminal(int *ret_tty, const char *instead, struct failure *failure)
{
    *ret_tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    return *ret_tty >= 0 ||
           fail(failure, FAULT_USE, 0, "there is no terminal to type it; use %s", instead);
}

static bool typed_twice(int tty, const char *prompt, char out[TYPED_MAX], struct failure *failure)
{
    char again[TYPED_MAX];
    type_hidden(tty, prompt, out);
    type_hidden(tty, "Again: ", again);
    close(tty);
    bool same = strcmp(out, again) == 0;
    secret_wipe(again, sizeof again);
    return same || fail(failure, FAULT_USE, 0, "the two differ");
}

static bool from_terminal(const char *whose, char out[TYPED_MAX], struct failure *failure)
{
    char prompt[120];
    int tty;
    snprintf(prompt, sizeof prompt, "Password for %.60s (at least %d characters): ", whose,
             PASSWORD_MIN_BYTES);
    return open_terminal(&tty, "--password-file FILE or --password-stdin", failure) &&
           typed_twice(tty, prompt, out, failure);
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

static bool length_fits(const char *typed, struct failure *failure)
{
    size_t size = strlen(typed);
    return (size >= PASSWORD_MIN_BYTES && size <= PASSWORD_MAX_BYTES) ||
           fail(failure, FAULT_USE, 0, "a password has %d to %d bytes", PASSWORD_MIN_BYTES,
                PASSWORD_MAX_BYTES);
}

bool passphrase_read(const char *file, bool fresh, char ret_text[PASSPHRASE_SIZE],
                     struct failure *failure)
{
    int tty;
    if (file)
        return from_file(file, ret_text, failure) && (!fresh || length_fits(ret_text, failure));
    if (!open_terminal(&tty, "--passphrase-file FILE", failure))
        return false;
    if (fresh)
        return typed_twice(tty, "Passphrase of the backup key: ", ret_text, failure) &&
               length_fits(ret_text, failure);
    type_hidden(tty, "Passphrase of the backup key: ", ret_text);
    close(tty);
    return true;
}

static bool hash_it(const struct settings *settings, const char *whose, const char *typed,
                    char ret_hash[PASSWORD_HASH_SIZE], struct failure *failure)
{
    const char *const words[] = {whose, settings->company, settings->admin_name};
    size_t size = strlen(typed);
    if (!length_fits(typed, failure))
        return false;
    if (password_guessable(typed, words, 3))
        return fail(
            failure, FAULT_USE, 0,
            "that password is too easy to guess: take none that is common, nor the login or "
            "the company's name");
    return password_hash(typed, size, ret_hash) ||
           fail(failure, FAULT_MEMORY, 0, "no memory to hash the password");
}

bool secret_hash(const struct settings *settings, const char *whose,
                 char ret_hash[PASSWORD_HASH_SIZE], struct failure *failure)
{
    char typed[TYPED_MAX] = "";
    bool good = read_secret(settings, whose, typed, failure) &&
                hash_it(settings, whose, typed, ret_hash, failure);
    secret_wipe(typed, sizeof typed);
    return good;
}
