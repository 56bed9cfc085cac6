#pragma once
/*
 * Making a ledger: its folder, keys and journal, and the first commands. What is broken off is no
 * ledger, for `format` is written last. Used by tefterd init, and by the founding of a ledger from
 * a browser.
 */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/enrolcode.h"
#include "base/password.h"
#include "journal/journal.h"
#include "settings/settings.h"

struct init_request {
    const struct settings *settings; /* ledger, company, currency, admin, admin_name, branch … */
    const struct ledger_id *id;      /* NULL: any */
    const char *country;             /* as CreateCompany has them; NULL: not said */
    const char *paper_language;
    const char *branch_name;
    bool has_tax_bp;
    uint32_t tax_bp;
    int32_t offset_minutes; /* of the head office's clock */
    char password_hash[PASSWORD_HASH_SIZE];
    char pin_hash[PASSWORD_HASH_SIZE]; /* "": none */
    bool asks_over_limit;     /* a sale over the limit may be asked for; false: it is refused */
    struct slice browser_key; /* is terminal 1 from then on; size 0: whoever has the code */
    /* what came of it */
    uint32_t terminal;
    char code[ENROL_CODE_TEXT_SIZE];
};

/* The first terminal's name. */
#define INIT_TERMINAL "office"

/* Are the settings such as a company can be made of? FAULT_USE says what is not. */
bool init_check(const struct settings *settings, struct failure *failure);
/* All of it, or nothing is left behind. */
bool init_make(struct init_request *request, struct failure *failure);
