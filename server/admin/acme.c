#include "admin/acme.h"

#include "net/ca.h"
#include "net/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENT "dehydrated"

enum {
    WORDS_MAX = 10 + 2 * WEB_NAMES_MAX,
    CONFIG_MAX = 8 * 1024,
    LOG_MAX = 64 * 1024,
    DETAIL_MAX = 160,
    TRIES = 3,
    NOT_FOUND = 127, /* how a shell and posix_spawnp say it */
};

/* ---- names ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t size = strlen(name), length = strlen(end);
    return size >= length && strcmp(name + size - length, end) == 0;
}

bool acme_name_check(const char *name, struct failure *failure)
{
    static const char *const private[] = {".local", ".lan",       ".internal",  ".home",
                                          ".corp",  ".localhost", ".home.arpa", ".intranet"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    struct in6_addr address;
    size_t size = strlen(name);
    bool is_address =
        inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
    bool good = size > 0 && size < WEB_NAME_SIZE && strspn(name, letters) == size &&
                name[0] != '.' && name[0] != '-' && name[size - 1] != '.';
    if (!is_address && !good)
        return fail(failure, FAULT_USE, 0,
                    "'%.100s' is no name of a machine: write it in small letters and without "
                    "https:// or a port, as shop.example.com",
                    name);
    bool public = !is_address && strchr(name, '.') != NULL;
    for (size_t i = 0; i < sizeof private / sizeof private[0]; i++)
    public = public && !ends_with(name, private[i]);
    return public || fail(failure, FAULT_USE, 0,
                          "no public authority certifies %.100s. Take a name of a domain that the "
                          "company owns, or make a root of its own: tefterd web-root %.100s",
                          name, name);
}

/* ---- what the client is told ---- */

struct run {
    struct loop *loop;
    const struct datadir *folder;
    const struct web_identity *identity;
    struct web_paths paths;
    char config[FILES_PATH_MAX];
    char tokens[FILES_PATH_MAX];
    char log[FILES_PATH_MAX];
    pid_t pid;
    int status;
    bool late;
    bool stopped;
};

/* The configuration is read by a shell: between such quotes it reads nothing but letters. */
static bool may_be_quoted(const char *text)
{
    return strpbrk(text, "'\n\\") == NULL;
}

static bool write_config(const struct run *run, struct failure *failure)
{
    char text[CONFIG_MAX];
    const struct web_identity *identity = run->identity;
    const char *const values[] = {identity->directory, identity->hook, identity->email,
                                  run->paths.acme, run->tokens};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!may_be_quoted(values[i]))
            return fail(failure, FAULT_USE, 0,
                        "'%.100s' cannot be handed to the ACME client: leave out quotes and "
                        "backslashes",
                        values[i]);
    int size = snprintf(
        text, sizeof text,
        "# Written anew by each run of tefterd web-name.\n"
        "CA='%s'\nCHALLENGETYPE='%s'\nBASEDIR='%s'\nWELLKNOWN='%s'\n"
        "HOOK='%s'\nCONTACT_EMAIL='%s'\nKEY_ALGO='prime256v1'\n"
        "ACCOUNT_KEYSIZE='3072'\nPRIVATE_KEY_RENEW='yes'\nOCSP_FETCH='no'\nAUTO_CLEANUP='no'\n",
        identity->directory[0] ? identity->directory : ACME_LETS_ENCRYPT,
        identity->hook[0] ? "dns-01" : "http-01", run->paths.acme, run->tokens, identity->hook,
        identity->email);
    if ((size_t)size >= sizeof text)
        return fail(failure, FAULT_USE, 0, "the paths are too long together");
    return files_write(run->config, slice_of(text, (size_t)size), 0600, failure);
}

static bool prepare(struct run *run, struct failure *failure)
{
    if (!files_join(run->config, run->paths.acme, "config", failure) ||
        !files_join(run->tokens, run->paths.acme, "challenges", failure) ||
        !files_join(run->log, run->paths.acme, "log", failure) ||
        !files_make_folder(run->tokens, failure))
        return false;
    if (run->identity->hook[0] && access(run->identity->hook, X_OK) != 0)
        return fail(failure, FAULT_USE, errno, "%s cannot be run", run->identity->hook);
    if (run->identity->ca_file[0] && access(run->identity->ca_file, R_OK) != 0)
        return fail(failure, FAULT_USE, errno, "cannot read %s", run->identity->ca_file);
    if (run->identity->ca_file[0]) /* of curl, by which the client speaks */
        setenv("CURL_CA_BUNDLE", run->identity->ca_file, 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    return write_config(run, failure);
}

/* ---- the client's process ---- */

static void end_client(struct run *run)
{
    if (run->pid > 0)
        kill(-run->pid, SIGTERM);
}

static void on_stop(void *context)
{
    struct run *run = context;
    run->stopped = true;
    end_client(run);
}

static void on_late(void *context)
{
    struct run *run = context;
    run->late = true;
    end_client(run);
}

static void on_child(void *context)
{
    struct run *run = context;
    if (run->pid == 0 || waitpid(run->pid, &run->status, WNOHANG) != run->pid)
        return;
    run->pid = 0;
    loop_stop(run->loop);
}

/* A group of its own, so that its curl and its hook end with it. */
static int spawn(struct run *run)
{
    const char *words[WORDS_MAX + 1] = {CLIENT,      "--cron",   "--accept-terms", "--force",
                                        "--no-lock", "--config", run->config};
    size_t count = 7;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    sigset_t none, all;
    for (size_t i = 0; i < run->identity->name_count; i++) {
        words[count++] = "--domain";
        words[count++] = run->identity->names[i];
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, run->log, O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    int error = posix_spawnp(&run->pid, CLIENT, &files, &attributes,
                             (char *const *)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static bool run_client(struct run *run, struct failure *failure)
{
    int error = spawn(run);
    if (error != 0) {
        run->pid = 0;
        return fail(failure, error == ENOENT ? FAULT_USE : FAULT_IO, error,
                    error == ENOENT ? "the ACME client is not there: apt install " CLIENT
                                    : "cannot start " CLIENT);
    }
    loop_run(run->loop);
    if (run->stopped)
        return fail(failure, FAULT_IO, 0, "it was stopped; what there was goes on");
    if (WIFEXITED(run->status) && WEXITSTATUS(run->status) == NOT_FOUND)
        return fail(failure, FAULT_USE, 0, "the ACME client is not there: apt install " CLIENT);
    return WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0;
}

/* ---- what it says, in one sentence ---- */

/* The authority's own words: what stands between quotes behind the last "detail". */
static void find_detail(const char *said, char out[DETAIL_MAX])
{
    const char *at = NULL;
    size_t size = 0;
    for (const char *next = said; (next = strstr(next, "detail\"")) != NULL; next++)
        at = next;
    at = at == NULL ? NULL : strchr(at + strlen("detail\""), '"');
    for (; at != NULL && *++at != '\0' && *at != '"' && size < DETAIL_MAX - 1;) {
        unsigned char c = (unsigned char)*at;
        if (c == '\\')
            continue;
        out[size++] = (char)(c < ' ' ? ' ' : c);
    }
    out[size] = '\0';
}

static void find_last_line(const char *said, char out[DETAIL_MAX])
{
    out[0] = '\0';
    for (const char *at = said; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n') {
        const char *text = at + strspn(at, " +\t");
        size_t size = strcspn(text, "\n");
        if (text < at + strcspn(at, "\n") && size > 0)
            snprintf(out, DETAIL_MAX, "%.*s", (int)size, text);
    }
}

struct meaning {
    const char *sign;
    const char *http; /* what it means there, and what to do; %s: the name */
    const char *dns;  /* NULL: the same */
};
#define NOT_ACME                                                                                   \
    "what answers is no ACME server: --directory is the URL of its directory; or a page of the "   \
    "network's own stands before the internet here%.0s"
/* The first one counts. */
static const struct meaning meanings[] = {
    {"curl returned with 6)",
     "the ACME server's own name is not found: is there internet here, and DNS?%.0s", NULL},
    {"curl returned with 60)",
     "the ACME server shows a certificate that this machine does not believe: --ca-file names its "
     "root, or ca-certificates is too old%.0s",
     NULL},
    {"curl returned with 77)", "--ca-file holds no certificate%.0s", NULL},
    {"curl returned with",
     "the ACME server cannot be reached: is there internet here? The timer tries again by "
     "itself%.0s",
     NULL},
    {"acme:error:rateLimited",
     "the authority was asked too often for %s: wait as long as it says; --staging is for trying",
     NULL},
    {"acme:error:rejectedIdentifier",
     "the authority gives no certificate for %s: take another name, or tefterd web-root", NULL},
    {"acme:error:caa", "the CAA record of %s forbids this authority: change that record", NULL},
    {"acme:error:externalAccountRequired",
     "this authority wants an account that is made with it first: take another --directory%.0s",
     NULL},
    {"acme:error:invalidContact", "the authority does not take that --email%.0s", NULL},
    {"acme:error:invalidEmail", "the authority does not take that --email%.0s", NULL},
    {"hook returned with non-zero",
     "the hook failed: acme/log in the ledger's folder has its words%.0s", NULL},
    {"check your hook script",
     "the hook must end with 0 for words that it does not know: see tefterd web-name in "
     "OPERATING.md%.0s",
     NULL},
    {"acme:error:dns", "%s has no address in DNS: make an A record with this shop's public address",
     "the authority finds no record _acme-challenge.%s: does the hook set it, and wait until it "
     "is seen?"},
    {"acme:error:connection",
     "the authority does not reach port 80 of %s: have the router forward it to this machine and "
     "the firewall let it in, or use --dns-hook",
     NULL},
    {"acme:error:unauthorized",
     "another machine answers as %s: point the name here, and port 80 of the router to this "
     "machine",
     "the authority sees another record _acme-challenge.%s: does the hook set it, and wait until "
     "it is seen?"},
    {"acme:error:incorrectResponse",
     "another machine answers as %s: point the name here, and port 80 of the router to this "
     "machine",
     "the authority sees another record _acme-challenge.%s: does the hook set it?"},
    {"acme:error:serverInternal",
     "the authority has a fault of its own: the timer tries again by itself%.0s", NULL},
    {"(Status 5", "the authority has a fault of its own: the timer tries again by itself%.0s",
     NULL},
    {"Problem retrieving ACME/CA-URLs", NOT_ACME, NULL},
    {"(Status 404)", NOT_ACME, NULL},
    {"EXPECTED value GOT", NOT_ACME, NULL}, /* it reads JSON, and met a page */
    {"This script requires", "the ACME client lacks a program that it needs%.0s", NULL},
};

static bool tell_meaning(const struct run *run, const char *said, struct failure *failure)
{
    char sentence[FAILURE_TEXT_MAX], detail[DETAIL_MAX];
    find_detail(said, detail);
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        const struct meaning *meaning = &meanings[i];
        if (strstr(said, meaning->sign) == NULL)
            continue;
        const char *format = run->identity->hook[0] && meaning->dns ? meaning->dns : meaning->http;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(sentence, sizeof sentence, format, run->identity->names[0]);
#pragma GCC diagnostic pop
        return fail(failure, FAULT_PEER, 0, detail[0] ? "%s (it said: %s)" : "%s", sentence,
                    detail);
    }
    find_last_line(said, detail);
    return fail(failure, FAULT_PEER, 0,
                "the ACME client ended with a fault: %s. All of it is in %s", detail, run->log);
}

/* A number that counts once was taken twice: the next one will do. */
static bool worth_another(const char *said)
{
    return strstr(said, "acme:error:badNonce") != NULL;
}

/* ---- what it has brought ---- */

static bool look_at(const struct run *run, struct slice certificate, struct slice key,
                    struct failure *failure)
{
    const struct tls_identity identity = {certificate, key};
    int64_t begins_ms, ends_ms;
    struct tls_context *tls = tls_context_web(&identity, failure);
    bool good = tls != NULL;
    for (size_t i = 0; good && i < run->identity->name_count; i++)
        good = tls_context_names(tls, run->identity->names[i]) ||
               fail(failure, FAULT_PEER, 0, "the certificate that came does not name %s",
                    run->identity->names[i]);
    tls_context_release(tls);
    if (good && ca_certificate_days(certificate, &begins_ms, &ends_ms) &&
        ends_ms / 1000 <= (int64_t)time(NULL))
        good = fail(failure, FAULT_PEER, 0,
                    "the certificate that came has ended already: is the clock here right?");
    return good;
}

static bool take_result(const struct run *run, struct failure *failure)
{
    static char certificate[FILES_SMALL_MAX], key[FILES_SMALL_MAX];
    char certs[FILES_PATH_MAX], folder[FILES_PATH_MAX], path[FILES_PATH_MAX];
    size_t certificate_size, key_size = 0;
    bool good = files_join(certs, run->paths.acme, "certs", failure) &&
                files_join(folder, certs, run->identity->names[0], failure) &&
                files_join(path, folder, "fullchain.pem", failure) &&
                files_read(path, certificate, sizeof certificate, &certificate_size, failure) &&
                files_join(path, folder, "privkey.pem", failure) &&
                files_read(path, key, sizeof key, &key_size, failure);
    if (good) {
        struct slice pem = slice_of(certificate, certificate_size);
        struct slice pem_key = slice_of(key, key_size);
        good =
            look_at(run, pem, pem_key, failure) && web_page_put(run->folder, pem, pem_key, failure);
    }
    secret_wipe(key, sizeof key);
    /* Its own copies of keys and certificates, this and older ones, are of no use any more. */
    if (good)
        (void)files_remove_tree(folder, NULL);
    return good;
}

static bool try_it(struct run *run, struct failure *failure)
{
    static char said[LOG_MAX];
    size_t size;
    for (int tries = 1;; tries++) {
        if (run_client(run, failure))
            return take_result(run, failure);
        if (failure->fault != FAULT_NONE)
            return false;
        if (run->late)
            return fail(failure, FAULT_PEER, 0,
                        "nothing came of it within %d minutes: %s has what was said",
                        ACME_MS / 60000, run->log);
        if (!files_read(run->log, said, sizeof said, &size, failure))
            return false;
        if (tries == TRIES || !worth_another(said))
            return tell_meaning(run, said, failure);
    }
}

/* ---- one run at a time ---- */

static int take_lock(struct run *run, struct failure *failure)
{
    char path[FILES_PATH_MAX];
    if (!web_paths(run->folder, &run->paths, failure) ||
        !files_make_folder(run->paths.acme, failure) ||
        !files_join(path, run->paths.acme, "lock", failure))
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        fail(failure, FAULT_IO, errno, "cannot open %s", path);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    fail(failure, FAULT_BUSY, 0, "a certificate is being asked for already: wait for that");
    close(fd);
    return -1;
}

static void note_end(const struct run *run, bool good, const struct failure *failure)
{
    if (good)
        (void)unlink(run->paths.failed);
    else
        (void)files_write(run->paths.failed, slice_text(failure->text), 0600, NULL);
}

bool acme_obtain(struct loop *loop, struct challenge *challenge, const struct datadir *folder,
                 const struct web_identity *identity, struct failure *failure)
{
    struct run run = {.loop = loop, .folder = folder, .identity = identity};
    struct loop_timer *late = loop_timer_create(loop, on_late, &run);
    if (late == NULL || !loop_on_signal(loop, SIGCHLD, on_child, &run) ||
        !loop_on_signal(loop, SIGTERM, on_stop, &run) ||
        !loop_on_signal(loop, SIGINT, on_stop, &run)) {
        loop_timer_destroy(late);
        return fail(failure, FAULT_MEMORY, 0, "no memory to watch over the ACME client");
    }
    int lock = take_lock(&run, failure);
    bool good = lock >= 0 && prepare(&run, failure);
    if (good) {
        if (challenge != NULL)
            challenge_folder(challenge, run.tokens);
        loop_timer_start(late, ACME_MS, 0);
        good = try_it(&run, failure);
        note_end(&run, good, failure);
    }
    if (lock >= 0)
        close(lock);
    loop_timer_destroy(late);
    return good;
}
