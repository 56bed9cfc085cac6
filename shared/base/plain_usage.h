#pragma once
/*
 * What a program of few options answers alike: --help, --man, --completion and --version, all from
 * one table.
 */
#include "base/usage.h"

struct plain_usage {
    const char *program; /* "tefter-notify" */
    const char *section; /* of the manual: "8" */
    const char *summary;
    const char *synopsis;
    const char *about[3];               /* paragraphs of the manual; NULL ends them */
    const struct usage_option *options; /* a row without a name ends them */
    const char *last;                   /* of --help; NULL: nothing */
    const char *see_also;
};

/* When one of these words alone was typed: answers, and gives the exit code. Else -1. */
int plain_usage_answer(const struct plain_usage *of, int argc, char **argv);
