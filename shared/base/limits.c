#include "base/limits.h"

#include <assert.h>

/* The bounds lean on each other; what must stay true between them is checked here. */
static_assert(FRAME_BEFORE_LOGIN_MAX <= FRAME_TO_SERVER_MAX, "a login is an ordinary frame");
static_assert(FRAME_TO_SERVER_MAX <= BATCH_BYTES_MAX, "any one command fits in a batch");
static_assert(FRAME_TO_CLIENT_MAX <= FRAME_UNPACKED_MAX, "any frame can be unpacked");
static_assert(BATCH_BYTES_MAX <= JOURNAL_SEGMENT_BYTES, "a batch fits in a segment");
static_assert(BATCH_ENTRIES_MAX <= WRITER_QUEUE_MAX, "a full batch can wait");
static_assert(VAULT_FILE_MAX < FRAME_TO_SERVER_MAX, "a file travels in one frame");
static_assert(HEARTBEAT_MS < SILENCE_MS, "a heartbeat is missed before a peer is silent");
static_assert(OUTPUT_PAUSE_BYTES + FRAME_TO_CLIENT_MAX < OUTPUT_CUT_BYTES,
              "a slow terminal is paused, and has room for one long answer, before it is cut");
static_assert(RESUME_SCAN_MAX <= EVENTS_KEPT, "a resume reads events that are kept");
static_assert(DOCUMENT_LINES_MAX <= RECORDS_TOUCHED_MAX, "a full document is one command");
static_assert(MATCH_PARTS_MAX <= MATCH_PAIRS_MAX, "what a match names can be matched");
static_assert(MATCHES_PER_ITEM_MAX <= MATCH_PAIRS_MAX, "all of an item's matches can be made anew");
/* A document is corrected in one command: each item it was matched with is deleted in one table,
 * put in another and noted as unmatched or not; serial numbers are freed and taken; and the rest of
 * both documents. */
static_assert(3 * MATCHES_PER_ITEM_MAX + 2 * DOCUMENT_LINES_MAX + 200 <= 4 * RECORDS_TOUCHED_MAX,
              "the largest correction is one command");
static_assert(DOCUMENT_LINES_MAX < CREDITED_LINES_PER_INVOICE_MAX, "any invoice can be credited");
static_assert(COMPANY_BRANCHES_MAX <= PAGE_ROWS_MAX, "a list of branches is whole");
