#include "documents/inside.h"

#include "base/tell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { IMAGE_MAX = 4 * 1024 * 1024 };

/* ---- what was asked for ---- */

static const char *picked(const struct run *run, const char *name)
{
    return arg_text(&run->args, name);
}

static bool said_once(struct run *run)
{
    int count = (picked(run, "NUMBER") != NULL) + (picked(run, "--statement") != NULL) +
                (picked(run, "--confirmation") != NULL);
    if (count == 1)
        return true;
    (void)run_say(run, EXIT_USE,
                  N_("say one: the number of a document, --statement CUSTOMER or --confirmation "
                     "CUSTOMER"),
                  NULL);
    return false;
}

static bool read_span(struct run *run, struct span *ret_span)
{
    const char *from = picked(run, "--from");
    const char *to = picked(run, "--to");
    *ret_span = (struct span){DATE_MIN, DATE_MAX, to != NULL};
    if ((from != NULL || to != NULL) && picked(run, "--statement") == NULL) {
        (void)run_say(run, EXIT_USE, N_("--from and --to are said with --statement"), NULL);
        return false;
    }
    if ((from != NULL && !typed_date(run, from, &ret_span->from)) ||
        (to != NULL && !typed_date(run, to, &ret_span->to))) {
        if (run->exit_code == 0)
            (void)run_failed(run, EXIT_USE);
        return false;
    }
    if (ret_span->from > ret_span->to) {
        (void)run_say(run, EXIT_USE, N_("--from is after --to"), NULL);
        return false;
    }
    return true;
}

static bool is_kind(const char *word, Tefter__DocumentKind *ret_kind)
{
    *ret_kind = 0;
    if (word == NULL)
        return true;
    if (strcmp(word, "invoice") == 0)
        *ret_kind = TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE;
    else if (strcmp(word, "payment") == 0)
        *ret_kind = TEFTER__DOCUMENT_KIND__DOCUMENT_PAYMENT;
    else if (strcmp(word, "credit-note") == 0)
        *ret_kind = TEFTER__DOCUMENT_KIND__DOCUMENT_CREDIT_NOTE;
    return *ret_kind != 0;
}

/* With the touches of later pages. */
static const Tefter__DocumentAnswer *whole(struct run *run, const Tefter__DocumentAnswer *found)
{
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__Answer answer = TEFTER__ANSWER__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = found->document->document;
    answer.kind_case = TEFTER__ANSWER__KIND_DOCUMENT;
    answer.document = (Tefter__DocumentAnswer *)(uintptr_t)found;
    return run_whole(run, &query, &answer) == NULL ? NULL : answer.document;
}

static bool make(struct making *making, const struct span *span)
{
    struct run *run = making->run;
    Tefter__DocumentKind kind = 0;
    if (picked(run, "--statement") != NULL)
        return statement_make(making, picked(run, "--statement"), span);
    if (picked(run, "--confirmation") != NULL)
        return confirmation_make(making, picked(run, "--confirmation"));
    if (!is_kind(picked(run, "--kind"), &kind)) {
        (void)run_say(run, EXIT_USE, N_("{option} takes none but: {words}"), "option", "--kind",
                      "words", "invoice payment credit-note", NULL);
        return false;
    }
    if (is_told(picked(run, "NUMBER")))
        return told_make(making, picked(run, "NUMBER"));
    const Tefter__DocumentAnswer *answer = document_find(run, picked(run, "NUMBER"), kind);
    answer = answer == NULL ? NULL : whole(run, answer);
    return answer != NULL && bill_make(making, answer);
}

/* ---- pictures of the shop ---- */

static bool no_image(struct run *run, const char *path, const char *why)
{
    (void)run_say(run, EXIT_USE, N_("cannot read {file}: {why}"), "file", path, "why", why, NULL);
    return false;
}

static bool read_image(struct run *run, const char *option, struct sheet_image *ret_image)
{
    const char *path = picked(run, option);
    if (path == NULL)
        return true;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return no_image(run, path, strerror(errno));
    uint8_t *data = arena_take(&run->arena, IMAGE_MAX);
    need(data != NULL);
    size_t size = fread(data, 1, IMAGE_MAX, file);
    bool good =
        !ferror(file) && size > 8 && size < IMAGE_MAX && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0;
    (void)fclose(file);
    *ret_image = (struct sheet_image){data, size};
    return good || no_image(run, path, run_word(run, N_("it is no PNG of at most 4 MB")));
}

/* ---- the file ---- */

static bool ends_with(const char *path, const char *end)
{
    size_t size = strlen(path);
    return size > strlen(end) && strcasecmp(path + size - strlen(end), end) == 0;
}

static void tell_text(const char *text)
{
    char shown[TELL_JSON_MAX];
    for (size_t left = strlen(text); left > 0;) {
        size_t taken = tell_json(text, left, shown);
        (void)fputs(shown, stdout);
        text += taken;
        left -= taken;
    }
}

static int tell_made(struct run *run, const char *path, const struct sheet_report *report)
{
    char number[NUMBER_MAX];
    if (run->json) {
        (void)fputs("{\"file\":\"", stdout);
        tell_text(path);
        tell(stdout, "\",\"pages\":%u,\"missing\":%u}\n", report->pages, report->missing);
    } else {
        run_tell(run,
                 words_many(run->language, MANY_("{file}: {count} page", "{file}: {count} pages"),
                            report->pages),
                 "file", path, "count", number_text(report->pages, number), NULL);
    }
    if (report->missing > 0)
        run_note(run,
                 words_many(run->language,
                            MANY_("No font here has {count} character of it: a box stands there, "
                                  "in \"{words}\".",
                                  "No font here has {count} characters of it: boxes stand there, "
                                  "first in \"{words}\"."),
                            report->missing),
                 "count", NUMBER(report->missing), "words", report->missing_in, NULL);
    return EXIT_DONE;
}

static int write_sheet(struct run *run, const struct sheet *sheet, const char *path)
{
    struct sheet_report report = {.pages = 0};
    struct failure *failure = &run->failure;
    bool picture = ends_with(path, ".png");
    if (!(picture ? sheet_write_png : sheet_write_pdf)(sheet, path, &report, failure)) {
        if (failure->fault == FAULT_BUSY)
            return run_say(run, EXIT_CONFLICT, N_("{file} is there already."), "file", path, NULL);
        return run_failed(run, failure->fault == FAULT_USE ? EXIT_USE : EXIT_UNWRITTEN);
    }
    if (report.font_missing) {
        (void)remove(path);
        return run_say(run, EXIT_USE,
                       N_("no font for this language is here: install fonts-noto-core and "
                          "fonts-noto-cjk"),
                       NULL);
    }
    return tell_made(run, path, &report);
}

int documents_paper(struct run *run)
{
    struct making making = {.run = run};
    struct span span;
    size_t at = 0;
    const char *note = NULL;
    const char *path = picked(run, "--out");
    if (!said_once(run) || !read_span(run, &span))
        return run->exit_code;
    if (!ends_with(path, ".pdf") && !ends_with(path, ".png"))
        return run_say(run, EXIT_USE, N_("--out takes a name that ends in .pdf or .png"), NULL);
    if (!make(&making, &span) || !read_image(run, "--logo", &making.sheet.logo) ||
        !read_image(run, "--seal", &making.sheet.seal))
        return run->exit_code != 0 ? run->exit_code : run_failed(run, EXIT_USE);
    while ((note = arg_next(&run->args, "--note", &at)) != NULL)
        add_line(&making.sheet.notes, note);
    if (making.spent)
        return run_say(run, EXIT_USE, N_("this is too long for a paper"), NULL);
    return write_sheet(run, &making.sheet, path);
}
