#pragma once
/*
 * A small company in some two hundred commands: every command at least once, and every refusal that
 * the ledger can give. It is founded under rules version 1; for a later version it is upgraded
 * soon, and the rest happens under that.
 */
#include "domain/scenario.h"

/* An unfinished scenario; s->entries are what the journal would hold. */
struct scenario *golden_story(uint32_t rules_version);
