#pragma once
/*
 * The founding of a ledger from a browser: where there is none yet, the page is served with one
 * link, and who has it answers five questions. The ledger is made beside its folder, by the same
 * code as tefterd init, and put in place whole, with the browser as its first terminal; then this
 * same process serves it.
 *
 *   no ledger ── link ──▶ FoundingOpened ── FoundCompany ──▶ made in DIR.founding/ledger
 *                                                                │ renamed to DIR
 *   ledger ────────────────────────────────────────────────▶ served
 *
 * A process that is killed on the way leaves DIR.founding: the next one throws a half made ledger
 * away, and puts a whole one in its place. The browser knows by the ledger's id which it was.
 */
#include "settings/settings.h"

/* tefterd found: an exit code. */
int found_run(const struct settings *settings);
