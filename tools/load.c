#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "load.h"

static const struct job {
    const char *name;
    int (*run)(const struct settings *settings);
    const char *help;
} jobs[] = {
    {"setup", job_setup, "enrols and logs in --terminals by --code; catalogue, branches, tills"},
    {"login", job_login, "logs them in again, by password"},
    {"customers", job_customers, "opens --count customers"},
    {"limits", job_limits, "gives --count customers a limit of their own"},
    {"import", job_import, "loads --count dated invoices with numbers of their own"},
    {"charge", job_charge, "sales of three connections; --hot: to one customer"},
    {"pay", job_pay, "cash for the oldest bills"},
    {"card", job_card, "reads one customer's figures"},
    {"list", job_list, "reads 1,000 customers with balances, two pages of 500"},
    {"list-all", job_list_all, "the same of all customers, all pages"},
    {"aging", job_aging, "what is owed by age"},
    {"aging-rows", job_aging_rows, "the same, customer by customer, all pages"},
    {"push", job_push, "one change at a time to --terminals"},
    {"pack", job_pack, "many changes to --terminals, by --writers"},
    {"connect", job_connect, "all come back at once"},
    {"idle", job_idle, "memory of terminals that do nothing"},
    {"first", job_first, "waits for a server's first answer"},
    {"limit", job_limit, "TLS records of --bytes to --terminals, without a server"},
    {"sync", job_sync, "128 bytes appended and synced, in --folder, without a server"},
    {"trip", job_trip, "100 bytes there and back over TCP, without a server"},
};

static const struct number {
    const char *name;
    size_t at;
} numbers[] = {
    {"server", offsetof(struct settings, server)},
    {"terminals", offsetof(struct settings, terminals)},
    {"window", offsetof(struct settings, window)},
    {"customers", offsetof(struct settings, customers)},
    {"from", offsetof(struct settings, from)},
    {"count", offsetof(struct settings, count)},
    {"ms", offsetof(struct settings, ms)},
    {"warm-ms", offsetof(struct settings, warm_ms)},
    {"writers", offsetof(struct settings, writers)},
    {"bytes", offsetof(struct settings, bytes)},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0], JOBS = sizeof jobs / sizeof jobs[0] };

static int usage(void)
{
    fprintf(stderr, "usage: tefter-load JOB --address HOST:PORT --folder DIR [options]\n\n");
    for (size_t i = 0; i < JOBS; i++)
        fprintf(stderr, "  %-12s %s\n", jobs[i].name, jobs[i].help);
    fprintf(stderr, "\nnumbers:");
    for (size_t i = 0; i < NUMBERS; i++)
        fprintf(stderr, " --%s", numbers[i].name);
    fprintf(stderr, "\nwords: --code --login --password; flags: --hot --resume\n");
    return 2;
}

static bool take(struct settings *settings, int word)
{
    switch (word) {
    case 'a':
        settings->address = optarg;
        return true;
    case 'f':
        settings->folder = optarg;
        return true;
    case 'c':
        settings->code = optarg;
        return true;
    case 'l':
        settings->login = optarg;
        return true;
    case 'p':
        settings->password = optarg;
        return true;
    case 'h':
        return settings->hot = true;
    case 'r':
        return settings->resume = true;
    default:
        return false;
    }
}

static bool read_options(int argc, char **argv, struct settings *settings)
{
    struct option words[7 + NUMBERS + 1] = {
        {"address", required_argument, NULL, 'a'},  {"folder", required_argument, NULL, 'f'},
        {"code", required_argument, NULL, 'c'},     {"login", required_argument, NULL, 'l'},
        {"password", required_argument, NULL, 'p'}, {"hot", no_argument, NULL, 'h'},
        {"resume", no_argument, NULL, 'r'},
    };
    for (int i = 0; i < NUMBERS; i++)
        words[7 + i] = (struct option){numbers[i].name, required_argument, NULL, 1000 + i};
    for (int word; (word = getopt_long(argc, argv, "", words, NULL)) != -1;) {
        if (word >= 1000)
            *(uint64_t *)(void *)((char *)settings + numbers[word - 1000].at) =
                strtoull(optarg, NULL, 10);
        else if (!take(settings, word))
            return false;
    }
    return optind == argc && settings->terminals > 0 && settings->window > 0 &&
           settings->window <= SLOTS_MAX && settings->customers > 0;
}

/* A connection is a descriptor. */
static void raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char **argv)
{
    struct settings settings = {
        .address = "",
        .folder = ".",
        .login = "owner",
        .password = "",
        .terminals = 1,
        .window = 1,
        .customers = 1000,
        .ms = 3000,
        .warm_ms = 500,
        .bytes = 100,
        .writers = 8,
    };
    for (size_t i = 0; argc > 1 && i < JOBS; i++)
        if (strcmp(argv[1], jobs[i].name) == 0) {
            if (!read_options(argc - 1, argv + 1, &settings) || !hash_setup())
                return usage();
            raise_files();
            return jobs[i].run(&settings);
        }
    return usage();
}
