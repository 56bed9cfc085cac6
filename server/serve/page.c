#include "serve/page.h"

#include "net/stream.h"
#include "serve/child.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WATCH_MS = 2000,
    WORDS_MAX = 13 + 2 * SITE_ORIGINS_MAX,
    PID_SIZE = 24,
};

/* Which certificate and root the relay has read. */
struct seen {
    struct stat page;
    struct stat root;
};

struct page {
    struct page_options options;
    struct child *child;
    struct loop_timer *watch; /* NULL: nobody changes its certificate but who says HUP */
    struct seen seen;
    char parent[PID_SIZE];
    const char *words[WORDS_MAX + 1];
    size_t word_count;
};

/* ---- settings ---- */

bool page_adopt(struct settings *settings, struct web_adopted *ret_adopted, struct failure *failure)
{
    ret_adopted->page[0] = '\0';
    if (settings->web == NULL || settings->web_cert != NULL || settings->web_key != NULL ||
        site_address_local(settings->web))
        return true;
    if (!web_adopt(settings->ledger, settings->web, ret_adopted, failure))
        return false;
    if (ret_adopted->page[0] == '\0')
        return true;
    settings->web_cert = settings->web_key = ret_adopted->page;
    if (settings->origin_count == 0)
        settings->origins[settings->origin_count++] = ret_adopted->origins;
    return true;
}

bool page_site(const struct settings *settings, struct site *ret_site, struct failure *failure)
{
    bool secure = settings->web_cert != NULL;
    *ret_site = (struct site){.count = 0};
    for (size_t i = 0; i < settings->origin_count; i++)
        if (!site_add(ret_site, settings->origins[i], failure))
            return false;
    if (settings->web == NULL)
        return true;
    if (secure != (settings->web_key != NULL))
        return fail(failure, FAULT_USE, 0, "--web-cert and --web-key come together");
    if (!stream_address_check(settings->web, failure) ||
        !site_check(settings->web, secure, ret_site->count > 0, failure))
        return false;
    if (ret_site->count > 0 || !secure)
        return true;
    return site_add_usual(ret_site, settings->web, site_port(settings->web), secure, failure);
}

/* ---- the process ---- */

static void add_words(struct page *page, const char *option, const char *value)
{
    if (value == NULL)
        return;
    page->words[page->word_count++] = option;
    page->words[page->word_count++] = value;
}

static void make_words(struct page *page)
{
    const struct page_options *options = &page->options;
    page->words[page->word_count++] = "tefter-web";
    snprintf(page->parent, sizeof page->parent, "%d", getpid());
    add_words(page, "--listen", options->settings->web);
    add_words(page, "--socket", options->folder->web);
    add_words(page, "--cert", options->settings->web_cert);
    add_words(page, "--key", options->settings->web_key);
    if (options->adopted != NULL)
        add_words(page, "--root", options->adopted->root);
    add_words(page, "--parent", page->parent);
    for (size_t i = 0; i < options->site->count; i++)
        add_words(page, "--origin", options->site->origins[i].text);
}

static bool make_child(struct page *page, struct failure *failure)
{
    make_words(page);
    const struct child_options options = {.loop = page->options.loop,
                                          .words = page->words,
                                          .what = "the page is served by",
                                          .ended = "page_ended"};
    page->child = child_create(&options, failure);
    return page->child != NULL;
}

/* ---- a certificate that is looked after here ---- */

/* Files are replaced whole, so another one has another number or time. */
static bool is_other(const struct stat *a, const struct stat *b)
{
    return a->st_ino != b->st_ino || a->st_mtim.tv_sec != b->st_mtim.tv_sec ||
           a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* True: it has changed since the last time. */
static bool see(struct page *page)
{
    struct seen now = {.page = {.st_ino = 0}};
    (void)stat(page->options.adopted->page, &now.page);
    (void)stat(page->options.adopted->root, &now.root);
    bool other = is_other(&now.page, &page->seen.page) || is_other(&now.root, &page->seen.root);
    page->seen = now;
    return other;
}

static void watch(void *context)
{
    struct page *page = context;
    if (see(page))
        page_reload(page);
}

/* ---- life ---- */

static bool begin_watch(struct page *page)
{
    if (page->options.adopted == NULL)
        return true;
    page->watch = loop_timer_create(page->options.loop, watch, page);
    if (page->watch == NULL)
        return false;
    see(page);
    loop_timer_start(page->watch, WATCH_MS, WATCH_MS);
    return true;
}

struct page *page_create(const struct page_options *options, struct failure *failure)
{
    struct page *page = calloc(1, sizeof *page);
    if (page == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for the page");
        return NULL;
    }
    page->options = *options;
    if (!begin_watch(page))
        fail(failure, FAULT_MEMORY, 0, "no memory for a timer");
    else if (make_child(page, failure))
        return page;
    page_destroy(page);
    return NULL;
}

void page_reload(struct page *page)
{
    if (page != NULL)
        child_reload(page->child);
}

void page_stop(struct page *page)
{
    if (page != NULL)
        child_stop(page->child);
}

void page_destroy(struct page *page)
{
    if (page == NULL)
        return;
    child_destroy(page->child);
    loop_timer_destroy(page->watch);
    free(page);
}
