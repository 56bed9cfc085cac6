#pragma once
/*
 * The page: tefter-web as a child of this server, which carries what browsers say to web.socket in
 * the ledger's folder. It is started, started again when it dies, told of HUP, and ended last. It
 * dies with this process. Its lines go where ours go.
 *
 * Used by serve and founding.
 */
#include "datadir/datadir.h"
#include "datadir/web_identity.h"
#include "http/site.h"
#include "net/loop.h"
#include "settings/settings.h"

/* By which names browsers reach it, as the settings say; an empty site: any name of this machine,
 * on the port that the relay finds. FAULT_USE for what could never work. */
bool page_site(const struct settings *settings, struct site *ret_site, struct failure *failure);

struct page;

struct page_options {
    struct loop *loop;
    const struct settings *settings;
    const struct datadir *folder;
    const struct site *site;
    const struct web_adopted *adopted; /* NULL: the certificate is looked after by others */
};

/* Where nobody named a certificate and the page is for other machines: the one of `tefterd
 * web-name` or `web-root`, and its names where no origin was said. *ret_adopted has the texts, and
 * its page is "" when nothing was taken. */
bool page_adopt(struct settings *settings, struct web_adopted *ret_adopted,
                struct failure *failure);

struct page *page_create(const struct page_options *options, struct failure *failure);
void page_reload(struct page *page);  /* its certificate; NULL welcome */
void page_stop(struct page *page);    /* it is not started again; NULL welcome */
void page_destroy(struct page *page); /* ends it; NULL welcome */
