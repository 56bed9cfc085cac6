#include "bank/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

struct bank_reader {
    struct bank_options options;
    struct build build;
    const struct form *form; /* NULL: not known yet */
    void *reading;
    uint8_t head[FORM_HEAD_MAX];
    size_t head_size;
    uint64_t size;
    bool ended;
};

const char *bank_form_word(enum bank_form form)
{
    static const char *const words[BANK_FORMS] = {[BANK_UNKNOWN] = "unknown",
                                                  [BANK_CAMT] = "camt",
                                                  [BANK_MT940] = "MT940",
                                                  [BANK_OFX] = "OFX",
                                                  [BANK_TABLE] = "table"};
    return words[form];
}

const struct form *form_of(struct slice head)
{
    static const struct form *const forms[] = {&form_zip, &form_ofx, &form_camt, &form_mt940};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i]->is(head))
            return forms[i];
    return &form_table;
}

/* ---- a life ---- */

static bool options_good(const struct bank_options *options, struct failure *failure)
{
    iconv_t with;
    if (options->currency != NULL && currency_find(options->currency) == NULL)
        return fail(failure, FAULT_USE, 0, "there is no currency \"%s\" here", options->currency);
    if (options->encoding == NULL)
        return true;
    with = iconv_open("UTF-8", options->encoding);
    if (with == (iconv_t)-1)
        return fail(failure, FAULT_USE, 0, "no encoding is called \"%s\"", options->encoding);
    (void)iconv_close(with);
    return true;
}

struct bank_reader *bank_reader_create(const struct bank_options *options, struct failure *failure)
{
    if (!options_good(options, failure))
        return NULL;
    struct bank_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        (void)fail(failure, FAULT_MEMORY, ENOMEM, "no memory to read the file");
        return NULL;
    }
    reader->options = *options;
    build_init(&reader->build, &reader->options);
    return reader;
}

void bank_reader_destroy(struct bank_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->reading != NULL)
        reader->form->destroy(reader->reading);
    build_fini(&reader->build);
    free(reader);
}

/* ---- bytes ---- */

static bool is_failed(const struct bank_reader *reader, struct failure *failure)
{
    return reader->build.failed &&
           !fail(failure, FAULT_MEMORY, ENOMEM, "no memory or disk to read the file");
}

/* With its first bytes, or all of them when they are fewer. */
static void form_begin(struct bank_reader *reader)
{
    struct slice head = slice_of(reader->head, reader->head_size);
    reader->form = form_of(head);
    reader->build.file.form = reader->form->form;
    reader->reading = reader->form->begin(&reader->build);
    if (reader->reading == NULL)
        reader->build.failed = true;
    else
        reader->form->put(reader->reading, head);
}

/* Keeps the first bytes until the form can be told; what is left is behind them. */
static struct slice gather_head(struct bank_reader *reader, struct slice bytes)
{
    size_t room = FORM_HEAD_MAX - reader->head_size;
    size_t take = bytes.size < room ? bytes.size : room;
    if (take > 0)
        memcpy(reader->head + reader->head_size, bytes.data, take);
    reader->head_size += take;
    if (reader->head_size == FORM_HEAD_MAX)
        form_begin(reader);
    return slice_of(bytes.data + take, bytes.size - take);
}

bool bank_reader_put(struct bank_reader *reader, struct slice bytes, struct failure *failure)
{
    reader->size += bytes.size;
    if (reader->size > BANK_FILE_MAX)
        build_refuse(&reader->build, BANK_TOO_LARGE, 0, slice_text("BANK_FILE_MAX"));
    if (reader->form == NULL && !reader->build.stopped)
        bytes = gather_head(reader, bytes);
    if (reader->form != NULL && reader->reading != NULL && bytes.size > 0 &&
        !reader->build.stopped && !reader->build.failed)
        reader->form->put(reader->reading, bytes);
    return !is_failed(reader, failure);
}

const struct bank_file *bank_reader_end(struct bank_reader *reader, struct failure *failure)
{
    need(!reader->ended);
    reader->ended = true;
    if (reader->form == NULL && !reader->build.stopped) {
        if (reader->head_size == 0)
            build_refuse(&reader->build, BANK_NO_STATEMENT, 0, slice_of("", 0));
        else
            form_begin(reader);
    }
    if (reader->form != NULL && reader->reading != NULL && !reader->build.failed)
        reader->form->end(reader->reading);
    build_end(&reader->build);
    return is_failed(reader, failure) ? NULL : &reader->build.file;
}

static bool put_all(struct bank_reader *reader, int file, struct failure *failure)
{
    uint8_t piece[READ_BYTES];
    for (;;) {
        ssize_t got = read(file, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(failure, FAULT_IO, errno, "cannot read the file");
        if (got == 0 || reader->build.stopped)
            return true;
        if (!bank_reader_put(reader, slice_of(piece, (size_t)got), failure))
            return false;
    }
}

const struct bank_file *bank_reader_file(struct bank_reader *reader, const char *path,
                                         struct failure *failure)
{
    bool input = strcmp(path, "-") == 0;
    int file = input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        (void)fail(failure, FAULT_USE, errno, "cannot open %s", path);
        return NULL;
    }
    bool good = put_all(reader, file, failure);
    if (!input)
        (void)close(file);
    return good ? bank_reader_end(reader, failure) : NULL;
}
