#pragma once
/*
 * One import, in the steps that import_main takes and that a program that asks people by other
 * means takes one by one (steps.c).
 */
#include "base/date.h"
#include "import/import.h"
#include "import/run.h"

struct job {
    struct tefter *client; /* NULL: a dry run */
    const struct import_settings *settings;
    struct import_settings own; /* with --as-of as the ledger writes it */
    char as_of[DATE_TEXT_SIZE];
    const struct currency *currency;
    struct console console;
    struct source source;
    struct look look;
    struct known known;
    struct index index;
    struct sink dry;
    struct sink *sink;
    bool whole_amounts;
    bool tax_of_product;
    bool part;  /* with --total, and only a part is booked */
    bool begun; /* there is something to tell of */
    /* Of who imports step by step (steps.c): */
    int file;                 /* 0: settings->file is opened; else this one is read */
    struct source_kept *kept; /* with file: what was made of it before */
    int to_rejects;           /* 0: a file beside it */
    bool unwritten;           /* rejected rows are told, and written nowhere */
    const struct reject_taker *taker;
    const struct change_taker *changes;
    bool (*edit)(struct job *job); /* NULL, or other cells for the file, once it was looked at */
    void *context;
    struct run_result result;
    struct rejects rejects;
    struct failure failure;
};

/* Each: false with job->failure. In this order; the first opens and looks, the second says what it
 * comes to, the third says where it goes and whether they may, the last sends. */
bool job_prepare(struct job *job);
bool job_foresee(struct job *job);
bool job_open_sink(struct job *job);
bool job_import(struct job *job);
void job_release(struct job *job);
