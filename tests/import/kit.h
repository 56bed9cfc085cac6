#pragma once
/*
 * A small import, without a server: a folder for its files, settings from words, a sink that asks
 * the test what to answer, and what was said to the person.
 */
#include "base/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/container.h"
#include "base/hash.h"
#include "import/run.h"

struct kit;
typedef enum outcome (*kit_judge_fn)(struct kit *kit, const struct entry *entry, char why[WHY_MAX]);

struct kit {
    char folder[64];
    char path[128]; /* of the file to import */
    struct sink sink;
    kit_judge_fn judge;  /* NULL: all is sent */
    void *context;       /* of the judge */
    uint32_t stop_after; /* entries, 0: never; the one after it is lost, and all later */
    uint32_t taken;
    struct run_result result;
    struct rejects reject;
    const char *rejects;
    struct failure failure;
    char *said;
    size_t said_size;
    const char *answers; /* what the person types; NULL: nobody is there */
    bool debts;          /* each row must say whose it is; else --cash is said for all */
};

static inline void kit_begin(struct kit *kit)
{
    *kit = (struct kit){.taken = 0};
    (void)snprintf(kit->folder, sizeof kit->folder, "/tmp/tefter-import-XXXXXX");
    assert_non_null(mkdtemp(kit->folder));
    (void)snprintf(kit->path, sizeof kit->path, "%s/file.csv", kit->folder);
    assert_true(hash_setup());
}

/* Who says what becomes of each entry; context: theirs. */
static inline void kit_judged(struct kit *kit, kit_judge_fn judge, void *context)
{
    kit_begin(kit);
    kit->judge = judge;
    kit->context = context;
}

static inline void kit_end(struct kit *kit)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", kit->folder);
    assert_int_equal(system(command), 0);
    free(kit->said);
}

static inline void kit_write(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void kit_file(struct kit *kit, const char *text)
{
    kit_write(kit->path, text, strlen(text));
}

/* A file as a text, freed by the caller; NULL when it is not there. */
static inline char *kit_read(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    (void)fclose(file);
    return text;
}

static inline bool kit_take(struct sink *sink, struct entry *entry, struct failure *failure)
{
    struct kit *kit = CONTAINER(sink, struct kit, sink);
    char why[WHY_MAX] = "";
    if (kit->stop_after > 0 && kit->taken >= kit->stop_after) {
        sink->notify(sink->context, entry, OUTCOME_LOST, NULL);
        return fail(failure, FAULT_BUSY, 0, "the line is cut");
    }
    kit->taken++;
    sink->customers_made += entry->new_customer;
    for (size_t i = 0; i < entry->line_count; i++)
        sink->products_made += entry->lines[i].new_product;
    enum outcome outcome = kit->judge != NULL ? kit->judge(kit, entry, why) : OUTCOME_SENT;
    sink->notify(sink->context, entry, outcome, why);
    return true;
}

static inline bool kit_finish(struct sink *sink, struct failure *failure)
{
    (void)sink;
    (void)failure;
    return true;
}

static inline bool kit_run_with(struct kit *kit, const struct import_settings *settings,
                                struct console *console)
{
    struct source source;
    struct look look = {.sampled = 0};
    struct known known = {.customers = {NULL, 0, 0}};
    struct index index;
    struct run_options options = {.settings = settings,
                                  .currency = currency_find(settings->currency),
                                  .console = console,
                                  .sink = &kit->sink,
                                  .known = &known,
                                  .index = &index,
                                  .whole_amounts = settings->amounts == AMOUNTS_DOCUMENT};
    index_init(&index);
    if (!source_open(&source, settings->file, &kit->failure))
        return false;
    bool good = look_at(&look, &source, settings, &kit->failure);
    look.style.currency = options.currency;
    good = good && look_decide(&look, settings, console, &kit->failure);
    if (good)
        look_tell(&look, settings, console);
    good = good && look_confirm(&look, settings, console, &kit->failure) &&
           run_index(&options, &look, &source, &kit->failure) &&
           run_import(&options, &look, &source, &kit->result, &kit->reject, &kit->failure);
    kit->rejects = kit->reject.path;
    look_fini(&look);
    known_fini(&known);
    index_fini(&index);
    source_close(&source);
    return good;
}

/* `words`: "invoices FILE --map …" parted by spaces; FILE stands for the kit's file. */
static inline bool kit_run(struct kit *kit, const char *words)
{
    char text[1024];
    char *argv[64] = {(char *)(uintptr_t) "import"};
    int argc = 1;
    struct import_settings settings;
    (void)snprintf(text, sizeof text, "%s", words);
    for (char *at = text, *word; (word = strsep(&at, " ")) != NULL;)
        argv[argc++] = strcmp(word, "FILE") == 0 ? kit->path : word;
    kit->failure = (struct failure){FAULT_NONE, 0, ""};
    kit->result = (struct run_result){.rows = 0};
    kit->taken = 0;
    kit->sink = (struct sink){.take = kit_take, .finish = kit_finish};
    free(kit->said);
    kit->said = NULL;
    if (!import_settings_read(argc, argv, &settings, &kit->failure))
        return false;
    settings.cash = settings.cash || !kit->debts;
    if (settings.currency == NULL)
        settings.currency = "GBP";
    FILE *said = open_memstream(&kit->said, &kit->said_size);
    assert_non_null(said);
    struct console console = {.out = said, .err = said, .quiet = true};
    if (kit->answers != NULL)
        console.in = fmemopen((void *)(uintptr_t)kit->answers, strlen(kit->answers), "r");
    bool good = kit_run_with(kit, &settings, &console);
    if (console.in != NULL)
        (void)fclose(console.in);
    (void)fclose(said);
    return good;
}
