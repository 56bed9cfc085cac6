#pragma once
/*
 * tefter-notify as a child of this server: what it is to send goes to it over notify.socket in the
 * ledger's folder, and what came of each order comes back, once. Orders outlive the child: what one
 * that died has not answered is given to the next, one time; so at most one notice comes twice.
 *
 * Used by serve.
 */
#include "datadir/datadir.h"
#include "net/loop.h"
#include "notify.pb-c.h"
#include "settings/settings.h"

#include <stdbool.h>

struct notifier;

struct notifier_options {
    struct loop *loop;
    const struct settings *settings;
    const struct datadir *folder;
    int64_t (*now_ms)(void *owner); /* wall clock */
    void (*outcome)(void *owner, const Tefter__NoticeOutcome *outcome);
    void *owner;
};

struct notifier *notifier_create(const struct notifier_options *options, struct failure *failure);
void notifier_stop(struct notifier *notifier);    /* NULL welcome */
void notifier_destroy(struct notifier *notifier); /* NULL welcome */

/* false: too many are under way. Else its outcome comes, not within this call. */
bool notifier_send(struct notifier *notifier, const Tefter__NoticeOrder *order);
void notifier_cancel(struct notifier *notifier, uint64_t number);
