#pragma once
/*
 * Inside web: the page's files and how they are answered, with the headers that say what a browser
 * may do with them.
 */
#include "base/fault.h"
#include "http/site.h"
#include "web/web.h"

struct pages;

enum { ANSWER_HEAD_MAX = 2048 };

struct pages *pages_create(const struct web_file *files, size_t count);
void pages_destroy(struct pages *pages);

struct answer {
    size_t size; /* of the head */
    struct slice body;
    char head[ANSWER_HEAD_MAX];
};

/* To a good head of one of our names. `ends`: the connection ends after it. */
void pages_answer(const struct pages *pages, const struct site_origin *origin,
                  const struct http_head *head, bool ends, struct answer *ret_answer);
/* What is not built in: made by the relay, so short that it goes out whole. */
struct made_page {
    enum http_status status;
    const char *type;
    const char *name; /* under which it is kept by who downloads it; NULL: it is shown */
    struct slice body;
};
enum { MADE_PAGE_MAX = 32 * 1024 };
void pages_answer_made(const struct made_page *made, const struct site_origin *origin,
                       const struct http_head *head, bool ends, struct answer *ret_answer);
/* Anything but a file; the connection ends after it. */
void pages_refuse(enum http_status status, struct answer *ret_answer);
/* The head that makes a WebSocket of it. */
void pages_switch(const char *accept, struct answer *ret_answer);
