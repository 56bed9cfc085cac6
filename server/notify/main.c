/*
 * tefter-notify: sends notices over HTTP for tefterd, which starts it.
 */
#include "base/hash.h"
#include "base/log.h"
#include "base/plain_usage.h"
#include "base/standard.h"
#include "base/tell.h"
#include "notify/notify.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_USE = 2 };

static const struct usage_option options_taken[] = {
    {"--socket",
     0,
     {"FILE", USAGE_FILES},
     "the local socket of tefterd: notify.socket in its folder"},
    {"--descriptor", 0, {"N", NULL}, "an open socket of whoever started it, instead"},
    {"--help", 0, {NULL, NULL}, "show this text"},
    {"--version", 0, {NULL, NULL}, "show the version"},
    {NULL, 0, {NULL, NULL}, NULL},
};

static const struct plain_usage usage = {
    .program = "tefter-notify",
    .section = "8",
    .summary = "sends notices to browsers and telephones for tefterd",
    .synopsis = "tefter-notify --socket FILE",
    .about =
        {"Tells people that an approval waits for them: by Web Push, and through a telephone's "
         "gateway. It reads what to send from tefterd, and has no file of the ledger. tefterd "
         "starts it and watches over it when notify-contact or notify-url is set; it is "
         "seldom started by hand."},
    .options = options_taken,
    .see_also = "tefterd(8)",
};

static int bad_use(const char *what)
{
    tell(stderr, "tefter-notify: %s. Try: tefter-notify --help\n", what);
    return EXIT_USE;
}

/* 0, or an exit code. */
static int read_options(int argc, char **argv, struct notify_options *options)
{
    static const struct option longs[] = {
        {"socket", required_argument, NULL, 's'},
        {"descriptor", required_argument, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    for (int code; (code = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        if (code == 's')
            options->socket = optarg;
        else if (code == 'd')
            options->descriptor = (int)strtol(optarg, NULL, 10);
        else
            return EXIT_USE;
    }
    if (optind < argc)
        return bad_use("it takes options only");
    if ((options->socket == NULL) == (options->descriptor < 0))
        return bad_use("it wants --socket FILE");
    return 0;
}

int main(int argc, char **argv)
{
    struct notify_options options = {.descriptor = -1};
    standard_open();
    int answered = plain_usage_answer(&usage, argc, argv);
    if (answered >= 0)
        return answered;
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    log_setup("tefter-notify", LOG_INFO);
    if (!hash_setup()) {
        tell(stderr, "tefter-notify: the system gives no random numbers.\n");
        return EXIT_FAILURE;
    }
    int code = read_options(argc, argv, &options);
    return code != 0 ? code : notify_run(&options);
}
