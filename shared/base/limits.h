#pragma once
/*
 * Every bound of everything that can grow at run time, in one place. A number that is not here
 * is a bug.
 */
#include <stdint.h>

enum {
    /* frames (bytes of one message, without its four-byte length) */
    FRAME_BEFORE_LOGIN_MAX = 4 * 1024,
    FRAME_TO_SERVER_MAX = 256 * 1024,
    FRAME_TO_CLIENT_MAX = 1024 * 1024,
    FRAME_UNPACKED_MAX = 4 * 1024 * 1024, /* memory one unpacked frame may take */
    MESSAGE_DEPTH_MAX = 8,

    /* what one command may hold */
    DOCUMENT_LINES_MAX = 2000,     /* a real one has 1,114 */
    SALE_PAYMENTS_MAX = 10,        /* that are taken with a sale */
    TILL_COUNTS_MAX = 20,          /* of a till's day */
    PRICES_AT_ONCE_MAX = 500,      /* of one list */
    BRANCH_HOLIDAYS_MAX = 1000,    /* of a branch */
    BRANCH_HOLIDAY_NAME_MAX = 120, /* bytes */
    READY_DAYS_MAX = 28,           /* that a statement is made before somebody settles */
    DOCUMENT_CHARGES_MAX = 16,
    MATCH_PARTS_MAX = 1000,     /* bills and payments one match names */
    RECORDS_TOUCHED_MAX = 3000, /* four rows may be written for each; more is a job */
    REPEATED_MAX = 64,          /* any other repeated field */
    TEXT_MAX = 2000,            /* bytes of a note */
    NAME_MAX_BYTES = 200,       /* bytes of a name, a title, an address */
    CODE_MAX_BYTES = 40,        /* bytes of a code or document number */
    LOGIN_MAX_BYTES = 40,
    PASSWORD_MIN_BYTES = 8,
    PASSWORD_MAX_BYTES = 200,
    PIN_MIN_DIGITS = 4,
    PIN_MAX_DIGITS = 12,
    GROUPS_PER_CUSTOMER_MAX = 16,
    BUYERS_PER_CUSTOMER_MAX = 32,
    NOTES_AGAIN_MAX = 20,      /* of one customer, that somebody comes back to */
    SITES_PER_PAYER_MAX = 100, /* each sale at one of them tells all their rows */
    MATCHES_PER_ITEM_MAX = 2000,
    MATCHES_KEPT_PER_ITEM_MAX = 4000,       /* with those that were undone */
    MATCH_PAIRS_MAX = MATCHES_PER_ITEM_MAX, /* one act makes: what a document had can follow it */
    CREDIT_NOTES_PER_INVOICE_MAX = 500,     /* that stand */
    CREDITED_LINES_PER_INVOICE_MAX = 8000,  /* with all of them */
    OVERDUE_BILLS_MAX = 2000,               /* the oldest, which a credit decision looks at */
    NUMBERS_TRIED_MAX = 1000,               /* one by one, for the next of a series */
    APPROVAL_MINUTES_MAX = 24 * 60,
    PARKED_EACH_MAX = 20,     /* sales that one person has asked approval for, parked or not */
    PARKED_CUSTOMER_MAX = 40, /* of one customer, whoever asked: two persons' */
    PARKED_MAX = 1000,        /* that a company has */
    PARKED_BYTES_MAX = 64 * 1024,
    PARKED_GOODS_BYTES = 200,                /* of their goods, in a row of approvals */
    PARKED_PRUNED_EACH = 64,                 /* that have lapsed, when a place is wanted */
    DECISIONS_KEPT_MAX = 200,                /* for who begins to look on */
    REFUSED_OF_CUSTOMER_MAX = 10,            /* of them, sales of one customer that were refused */
    REFUSED_OF_TERMINAL_MAX = 20,            /* ... at one terminal */
    REFUSED_BYTES_MAX = 32 * 1024 * 1024,    /* of commands that one person has refused at once */
    REFUSED_BYTES_A_MS = 32,                 /* ... of which so much is forgotten */
    COMMAND_MEMORY_MAX = 1600 * 1024 * 1024, /* while it is applied; see ledger.h */

    /* what a company may have */
    COMPANY_BRANCHES_MAX = 500,
    COMPANY_STAFF_MAX = 10000,
    COMPANY_TERMINALS_MAX = 20000,
    COMPANY_GROUPS_MAX = 10000,
    COMPANY_PRODUCTS_MAX = 1000000,
    COMPANY_MONEY_ACCOUNTS_MAX = 2000,
    LIMIT_ENTRIES_MAX = 64, /* of one customer's own terms */
    PRODUCT_UNITS_MAX = 16, /* of one product, beside its own */
    PRICE_LISTS_MAX = 64,   /* retired ones, too */
    PRICES_MAX = 1000000,   /* of one list */
    REPORTS_MAX = 500,      /* that people made for themselves */
    REPORTS_PER_STAFF_MAX = 50,
    PRICES_EACH_MAX = 64, /* of one list and product: by unit, quantity and day */

    /* sessions */
    SESSIONS_MAX = 12000,
    BROWSERS_MAX = 2000, /* of them, unless it is set otherwise, as the next two */
    SESSIONS_PER_DEVICE_MAX = 16,
    SESSIONS_PER_ADDRESS_PERCENT = 90, /* of all places */
    UNPROVEN_PER_ADDRESS_PERCENT = 10, /* that have not shown a certificate of ours */
    UNPROVEN_PERCENT = 25,             /* of all addresses together: the rest is for the enrolled */
    UNPROVEN_LEAST = 32,               /* however few places there are */
    HANDSHAKES_MAX = 64,
    REQUESTS_IN_FLIGHT_MAX = 256, /* one session */
    SUBSCRIPTIONS_MAX = 16,       /* one session */
    SUBSCRIPTION_IDS_MAX = 1000,
    IMPORT_FILE_MAX = 64 * 1024 * 1024, /* that a person hands to the server, */
    IMPORT_PIECE_MAX = 64 * 1024,       /* in pieces of this */
    IMPORT_FILES_MAX = 4,               /* are kept at once, in memory, one of a person */
    IMPORT_PROCESSES_MAX = 2,           /* of them are worked on */
    IMPORT_COLUMNS_MAX = 256,
    IMPORT_EDITS_MAX = 1000,
    IMPORT_REPORT_MAX = 640 * 1024,     /* what the process says of one, in a frame */
    OUTPUT_PAUSE_BYTES = 64 * 1024,     /* stop reading from a terminal that does not read */
    OUTPUT_CUT_BYTES = 2 * 1024 * 1024, /* and cut it here */
    OUTPUT_CUT_MS = 30 * 1000,
    HANDSHAKE_INPUT_MAX = 32 * 1024,
    HANDSHAKE_MS = 5 * 1000,
    HELLO_MS = 10 * 1000, /* from a browser's connection to its Hello */
    LOGIN_MS = 60 * 1000,
    FRAME_MS = 10 * 1000, /* a frame is whole this long after its first byte */
    HEARTBEAT_MS = 15 * 1000,
    SILENCE_MS = 45 * 1000,
    DEADLINE_MAX_MS = 60 * 1000,
    HASHES_WAITING_MAX = 32,  /* logins waiting for argon2id */
    HASHES_EACH_MAX = 16,     /* of them, one terminal's */
    ENDED_LOGINS_MAX = 65536, /* that were logged out while their tokens would still count */
    KEY_UPDATES_PER_MINUTE_MAX = 32,
    PAGE_ROWS_MAX = 500,
    DOCUMENT_TOTALS_MAX = 1000,   /* parts that a page of totals is told apart by */
    SUGGESTION_BILLS_MAX = 200,   /* of a customer, the oldest due, that money is likely for */
    SUGGESTION_LOOKS_MAX = 20000, /* bills that a page of suggestions looks at */
    BOOKS_TOTALS_MAX = 4000,      /* accounts that a page of the books of a day has */
    BOOKS_LOOKED_AT_MAX = 50000,  /* papers of it */
    PAGE_BYTES_MAX = FRAME_TO_CLIENT_MAX - 8 * 1024, /* of a page's rows, texts and all */
    ANSWER_MEMORY_MAX = 32 * 1024 * 1024,            /* while a question is answered */
    SHORT_WORK_MAX = 2048, /* rows, or 256 bytes of one, that a question looks at on the loop: a
                              few milliseconds; one that wants more goes to the pool */

    /* writer, journal, feed */
    BATCH_ENTRIES_MAX = 512,
    BATCH_BYTES_MAX = 8 * 1024 * 1024,
    WRITER_QUEUE_MAX = 8192,
    JOURNAL_SEGMENT_BYTES = 64 * 1024 * 1024,
    EVENTS_KEPT = 1000000,
    RESUME_SCAN_MAX = 50000, /* further behind than this: a snapshot */
    COMMAND_IDS_PRUNED_EACH = 4,
    LOOP_TURN_MS = 10,    /* no request holds the loop longer, */
    WRITER_TURN_MS = 100, /* nor the writer */
    TURN_DAYS_MAX = 400,  /* a business date moves on by at most this much at once */
    VAULT_FILE_MAX = 200 * 1024,
    NOTICE_DEVICES_MAX = 8,    /* of one person, that are sent notices */
    NOTICE_PEOPLE_MAX = 1000,  /* who are sent some */
    NOTICE_WATCHED_MAX = 1000, /* approvals that people are told of */
    NOTICE_MESSAGES_MAX = 100, /* that one person may be sent in ten minutes */
    AUDIT_LINES_MAX = 100000,
};

#define COMMAND_ID_LIFE_MS (INT64_C(45) * 24 * 3600 * 1000)
#define COMMAND_ID_AHEAD_MS (INT64_C(24) * 3600 * 1000)
#define CODE_LIFE_MS (INT64_C(15) * 60 * 1000)
#define CLOCK_JUMP_MS (INT64_C(5) * 60 * 1000)
/* So long a server may have been switched off, and its clock is believed by itself. */
#define CLOCK_GAP_MS (INT64_C(3) * 24 * 3600 * 1000)
