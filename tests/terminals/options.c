#include "terminals/terminals.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WORD_SERVER = 1,
    WORD_RECORD,
    WORD_COMMIT,
    WORD_SITES,
    WORD_SELF,
    WORD_CONTROL,
    WORD_NUMBER = 100
};

static const struct number {
    const char *name;
    size_t at;
} numbers[] = {
    {"seed", offsetof(struct options, seed)},
    {"rounds", offsetof(struct options, rounds)},
    {"terminals", offsetof(struct options, terminals)},
    {"seconds", offsetof(struct options, seconds)},
    {"rate", offsetof(struct options, rate)},
    {"changes", offsetof(struct options, changes)},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0], WORDS = 6 };

static bool take(struct options *options, int word)
{
    switch (word) {
    case WORD_SERVER:
        options->server = optarg;
        return true;
    case WORD_RECORD:
        options->record = optarg;
        return true;
    case WORD_COMMIT:
        options->commit = optarg;
        return true;
    case WORD_SITES:
        return options->sites = true;
    case WORD_SELF:
        return options->self = true;
    case WORD_CONTROL:
        options->finds = optarg;
        return options->control = true;
    default:
        break;
    }
    if (word < WORD_NUMBER || word >= WORD_NUMBER + NUMBERS)
        return false;
    *(uint64_t *)(void *)((char *)options + numbers[word - WORD_NUMBER].at) =
        strtoull(optarg, NULL, 10);
    return true;
}

bool options_read(int argc, char **argv, struct options *options)
{
    struct option words[WORDS + NUMBERS + 1] = {
        {"server", required_argument, NULL, WORD_SERVER},
        {"record", required_argument, NULL, WORD_RECORD},
        {"commit", required_argument, NULL, WORD_COMMIT},
        {"sites", no_argument, NULL, WORD_SITES},
        {"self", no_argument, NULL, WORD_SELF},
        {"control", optional_argument, NULL, WORD_CONTROL},
    };
    bool good = true;
    for (int i = 0; i < NUMBERS; i++)
        words[WORDS + i] =
            (struct option){numbers[i].name, required_argument, NULL, WORD_NUMBER + i};
    for (int word; good && (word = getopt_long(argc, argv, "", words, NULL)) != -1;)
        good = take(options, word);
    if (options->seed == 0)
        options->seed = now_us() % 100000 + 1;
    if (good && optind == argc && (options->server != NULL || options->self))
        return true;
    fprintf(stderr,
            "usage: %s --server TEFTERD [--seed N] [--rounds N] [--terminals N] "
            "[--seconds N] [--rate N] [--changes N] [--record FILE --commit WORD] [--self] "
            "[--control[=WORDS]]\n",
            argv[0]);
    return false;
}

/* The words are told apart by '|'. */
bool options_found(const struct options *options, const char *fault)
{
    const char *words = options->finds == NULL ? "" : options->finds;
    char word[FAULT_WORDS_MAX];
    for (size_t size; fault[0] != '\0'; words += size + 1) {
        size = strcspn(words, "|");
        (void)snprintf(word, sizeof word, "%.*s", (int)size, words);
        if (strstr(fault, word) != NULL)
            return true;
        if (words[size] == '\0')
            break;
    }
    return false;
}

void options_record(const struct options *options, const char *head, const char *figures)
{
    char date[32];
    time_t now = time(NULL);
    struct tm utc;
    FILE *file = options->record == NULL ? NULL : fopen(options->record, "a");
    if (file == NULL)
        return;
    gmtime_r(&now, &utc);
    (void)strftime(date, sizeof date, "%Y-%m-%d", &utc);
    if (fseek(file, 0, SEEK_END) == 0 && ftell(file) == 0)
        fprintf(file, "date\tcommit\tseed\t%s\n", head);
    fprintf(file, "%s\t%s\t%" PRIu64 "\t%s\n", date,
            options->commit == NULL ? "-" : options->commit, options->seed, figures);
    fclose(file);
}
