#include "terminals/terminals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMAND_MAX = 1600, START_MS = 60000, LOOK_MS = 2, OUTPUT_LINE_MAX = 600, CODE_DASHES = 8 };

static void nap_ms(long ms)
{
    struct timespec span = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&span, NULL);
}

/* ---- making one ---- */

static bool password_write(const struct server *server, struct failure *failure)
{
    char path[PATH_TEXT_MAX + 20];
    (void)snprintf(path, sizeof path, "%s/password", server->folder);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return fail(failure, FAULT_IO, errno, "cannot write %s", path);
    fputs("a long enough word\n", file);
    return fclose(file) == 0;
}

/* 42 letters and digits in groups of five. */
static bool code_in(const char *text, char code[CODE_TEXT_MAX])
{
    for (; *text != '\0'; text++) {
        size_t size = strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
        unsigned dashes = 0;
        for (size_t i = 0; i < size; i++)
            dashes += text[i] == '-';
        if (dashes == CODE_DASHES && size == 42 + CODE_DASHES) {
            (void)snprintf(code, CODE_TEXT_MAX, "%.*s", (int)size, text);
            return true;
        }
    }
    return false;
}

static bool init(struct server *server, struct failure *failure)
{
    char command[COMMAND_MAX];
    char text[OUTPUT_LINE_MAX];
    bool found = false;
    (void)snprintf(command, sizeof command,
                   "'%s' init --ledger '%s/ledger' --company Stress --currency EUR --admin owner "
                   "--password-file '%s/password' --listen 127.0.0.1:0 --map 1G 2>&1",
                   server->program, server->folder, server->folder);
    FILE *said = popen(command, "r");
    if (said == NULL)
        return fail(failure, FAULT_IO, errno, "cannot run %s", server->program);
    while (fgets(text, sizeof text, said) != NULL)
        found = found || code_in(text, server->code);
    return (pclose(said) == 0 && found) ||
           fail(failure, FAULT_USE, 0, "%s init did not make a ledger in %s", server->program,
                server->folder);
}

bool server_found(struct server *server, const char *program, struct failure *failure)
{
    struct rlimit files;
    *server = (struct server){.process = 0};
    (void)snprintf(server->program, sizeof server->program, "%s", program);
    (void)snprintf(server->folder, sizeof server->folder, "/tmp/tefter-stress-XXXXXX");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    if (mkdtemp(server->folder) == NULL)
        return fail(failure, FAULT_IO, errno, "cannot make a folder under /tmp");
    return password_write(server, failure) && init(server, failure);
}

/* ---- a process ---- */

static void become_server(const struct server *server, pid_t parent)
{
    char ledger[PATH_TEXT_MAX + 20];
    char log[PATH_TEXT_MAX + 20];
    (void)snprintf(ledger, sizeof ledger, "%s/ledger", server->folder);
    (void)snprintf(log, sizeof log, "%s/tefterd.log", server->folder);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
        getppid() != parent)
        _exit(127);
    closefrom(3);
    execl(server->program, server->program, "--ledger", ledger, "--listen",
          server->address[0] == '\0' ? "127.0.0.1:0" : server->address, "--map", "1G",
          "--sessions-per-terminal", "12000", "--sessions-per-address", "12000",
          "--unproven-per-address", "12000", (char *)NULL);
    _exit(127);
}

static bool address_read(struct server *server, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    char *read = fgets(server->address, sizeof server->address, file);
    fclose(file);
    server->address[strcspn(server->address, "\n")] = '\0';
    return read != NULL && server->address[0] != '\0';
}

/* It listens once this file is there. The second start asks for the port of the first. */
static bool wait_for_address(struct server *server, const char *path, struct failure *failure)
{
    for (unsigned waited = 0; waited < START_MS; waited += LOOK_MS) {
        if (waitpid(server->process, NULL, WNOHANG) != 0) {
            server->process = 0;
            return fail(failure, FAULT_IO, 0, "tefterd ended; see %s/tefterd.log", server->folder);
        }
        if (access(path, R_OK) == 0 && address_read(server, path))
            return true;
        nap_ms(LOOK_MS);
    }
    return fail(failure, FAULT_IO, 0, "tefterd does not listen; see %s/tefterd.log",
                server->folder);
}

bool server_start(struct server *server, struct failure *failure)
{
    char path[PATH_TEXT_MAX + 40];
    pid_t parent = getpid();
    (void)snprintf(path, sizeof path, "%s/ledger/server.address", server->folder);
    (void)unlink(path);
    server->process = fork();
    if (server->process < 0)
        return fail(failure, FAULT_IO, errno, "cannot start a process");
    if (server->process == 0)
        become_server(server, parent);
    server->starts++;
    return wait_for_address(server, path, failure);
}

static int end_with(struct server *server, int signal_number)
{
    int status = 0;
    if (server->process <= 0)
        return 0;
    kill(server->process, signal_number);
    while (waitpid(server->process, &status, 0) < 0 && errno == EINTR)
        continue;
    server->process = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool server_alive(const struct server *server)
{
    siginfo_t facts = {.si_pid = 0};
    return server->process > 0 &&
           waitid(P_PID, (id_t)server->process, &facts, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           facts.si_pid == 0;
}

void server_kill(struct server *server)
{
    (void)end_with(server, SIGKILL);
}

int server_stop(struct server *server)
{
    return end_with(server, SIGTERM);
}

bool server_verify(const struct server *server)
{
    char command[COMMAND_MAX];
    (void)snprintf(command, sizeof command,
                   "'%s' verify --ledger '%s/ledger' --map 1G >>'%s/tefterd.log' 2>&1",
                   server->program, server->folder, server->folder);
    return system(command) == 0;
}

void server_close(struct server *server, bool keep)
{
    char command[COMMAND_MAX];
    server_kill(server);
    if (keep || strncmp(server->folder, "/tmp/tefter-stress-", 19) != 0)
        return;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", server->folder);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", server->folder);
}

/* ---- what it uses ---- */

uint64_t server_rss_kib(const struct server *server)
{
    char path[64];
    char text[200];
    unsigned long kib = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)server->process);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    while (fgets(text, sizeof text, file) != NULL)
        if (sscanf(text, "RssAnon: %lu kB", &kib) == 1)
            break;
    fclose(file);
    return kib;
}

uint64_t server_cpu_ms(const struct server *server)
{
    clockid_t clock;
    struct timespec used = {0};
    if (clock_getcpuclockid(server->process, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return (uint64_t)used.tv_sec * 1000 + (uint64_t)used.tv_nsec / 1000000;
}

uint64_t server_robbed_us(const struct server *server)
{
    char path[400];
    uint64_t most = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)server->process);
    DIR *folder = opendir(path);
    for (const struct dirent *task; folder != NULL && (task = readdir(folder)) != NULL;) {
        unsigned long long ran = 0, waited = 0;
        (void)snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", (int)server->process,
                       task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file == NULL)
            continue;
        if (fscanf(file, "%llu %llu", &ran, &waited) == 2 && waited / 1000 > most)
            most = waited / 1000;
        fclose(file);
    }
    if (folder != NULL)
        closedir(folder);
    return most;
}
