#pragma once
/*
 * Inside session: what its files share.
 *
 *   sessions.c   the whole: making, ending, slots, ticks, turns, what the writer tells us
 *   session.c    one connection: frames in, messages out, its end
 *   terminal.c   who is at the other end: certificate, record, greeting
 *   browser.c    the same of a browser: the relay's header, its key
 *   dispatch.c   the table of requests: body, least state, right, handler
 *   submit.c     commands and the pending that wait for their replies
 *   query.c      queries, short and long; rows.c, cards.c: those the row cache answers
 *   pool.c       what takes long, on the pool, in turn
 *   ask.c        what access answers: logins, passwords, codes, enrolment; what then becomes of the
 *                connection
 *   feed.c       subscriptions: pages, sets; resume.c: what changed while a terminal was away;
 *                gather.c: rows with their words
 *   snapshot.c   one snapshot for many
 *   totals.c     totals and decisions
 *   printing.c   slips on paper: tills ask, printers take
 *   status.c     pings, the server's figures, which terminals are there
 *   notices.c    who is told of an approval that waits, when they look at no page
 *   import.c     files for the server, and who reads them
 *   watch.c      what events mean for sessions and for the search index
 *   index.c      filling the search index; finding.c: looking customers up there
 *   texts.c      words from the vault
 */
#include "access/access.h"
#include "base/arena.h"
#include "base/grow.h"
#include "base/limits.h"
#include "base/tally.h"
#include "engine/turns.h"
#include "net/stream.h"
#include "push/hub.h"
#include "push/row_cache.h"
#include "search/search.h"
#include "session/sessions.h"
#include "session/texts.h"
#include "totals/totals.h"
#include "wire.pb-c.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/row_key.h"

enum {
    WIRE_VERSION = 2,
    WIRE_VERSION_OLDEST = 1,
    TICK_MS = 1000,
    FRAMES_PER_TURN = 64,      /* of one session; then others have their turn */
    SESSIONS_PER_TURN = 16,    /* with frames or pages left */
    QUERIES_WAITING_MAX = 128, /* long ones */
    QUERIES_EACH_MAX = 8,      /* of them, one session's; one is answered at a time */
    QUERIES_RUNNING_MAX = 2,   /* as many as the pool has threads; one less while it hashes */
    BROWSER_QUERIES_WAITING_MAX = 64, /* of browsers, apart from those of tills */
    BROWSER_QUERIES_RUNNING_MAX = 1,
    PENDING_MAX = 65536,
    FOUND_MAX = 2000, /* customers a search hands to the ledger */
    FEED_CHUNK_ROWS = 200,
    FEED_CHUNK_BYTES = 128 * 1024,
    SNAPSHOT_BYTES_MAX = 64 * 1024 * 1024, /* of pages that are kept */
    BUSY_RETRY_MS = 250,
};

/*
 *   shaking ──certificate is good──▶ connected ──Hello──▶ greeted ◀──Logout──┐
 *      │                                                     └──Login, token──▶ logged in
 *      ├──ALPN of enrolment──▶ enrolling ◀──EnrolBrowser──┐
 *      └──header of the relay──▶ challenged ──Hello with a proof──▶ greeted
 *   any ──Goodbye, or the line breaks──▶ closing
 */
enum session_state {
    SESSION_SHAKING,
    SESSION_ENROLLING,
    SESSION_CHALLENGED,
    SESSION_CONNECTED,
    SESSION_GREETED,
    SESSION_LOGGED_IN,
    SESSION_CLOSING,
};

struct arriving;
struct feed;

struct session {
    struct sessions *home;
    struct stream *stream;
    struct feed *feeds;
    struct session *next; /* of those that want a turn, or of the dead */
    struct frame_reader frames;
    struct principal who;      /* device and person, as access knows them */
    struct arriving *arriving; /* of a browser that is not greeted yet; else NULL */
    uint64_t address_key; /* of where it comes from: stream_address_key, or as the relay says */
    uint64_t login_by_ms; /* on the loop's clock; 0: no deadline */
    uint64_t frame_by_ms; /* a frame has begun; 0: none */
    uint64_t heard_ms;
    uint32_t slot;
    uint32_t generation; /* of the slot */
    uint16_t in_flight;  /* requests that wait for the writer or the pool */
    uint16_t feed_count;
    uint8_t state;
    uint8_t queries; /* of those in flight, what goes to the pool */
    uint8_t wire;    /* version that the handshake agreed on, then that its Hello named; 0: none */
    bool answering;  /* one of them is on the pool */
    bool expired;    /* the certificate: it may only renew and offer */
    bool offer_only; /* the restored ledger does not know this device */
    bool backlog;    /* whole frames may be in the reader */
    bool paused;
    bool slow;        /* was seen not to read; until its output is drained */
    bool counted;     /* among those of its terminal and address */
    bool browser;     /* it came by the relay's socket */
    bool lent;        /* to a process of ours, for whoever asked for it */
    uint64_t lending; /* the name of the connection that is lent for it just now */
    bool unproven;    /* counted among the browsers that have shown no key yet */
    bool wants_turn;
    bool watching;           /* its person looks at a page */
    uint64_t notice_test_ms; /* before that no other test is sent */
    bool printer;            /* it prints the slips of its branch (printing.c): */
    bool printer_waits;      /* for a job, with the request below */
    uint8_t printer_state;   /* Tefter__PrinterState, as it said last */
    uint32_t printer_branch;
    uint64_t printer_request;
    uint64_t printer_until_ms;
    struct session *next_printer;
};

/* A terminal of wire version 1 passes over nothing: a message with a field that version did not
 * have would make it cut the line. What is sent to it may hold no such field. */
static inline bool session_passes_over(const struct session *session)
{
    return session->wire >= 2;
}

/* Names a session that may be gone by now. */
struct session_ref {
    uint32_t slot;
    uint32_t generation;
};

#define ERRAND_TAKEN UINT32_MAX

/* A command on its way to the writer and back: a terminal's, to be told, or one of access. */
struct pending_command {
    struct session_ref session; /* generation 0: nobody waits */
    uint32_t turn;              /* of this place; in the reply_token */
    uint32_t next_free;         /* ERRAND_TAKEN: it is not free */
    uint64_t request;
    uint32_t staff;        /* who sent it */
    size_t size;           /* of the command */
    access_done_fn done;   /* NULL: a terminal's */
    void *request_payload; /* of `done` */
};

struct finding;
struct totals_home;
struct notices;
struct pool_job;
struct print_job;
struct refused;
struct resume;
struct snapshot;

struct slot {
    struct session *session;
    uint32_t generation;
    uint32_t next_free;
};

struct sessions {
    struct sessions_options options;
    struct arena kept;     /* what lives as long as the sessions */
    struct slice features; /* a packed Features: what every terminal is greeted with */
    uint8_t ledger_id[16];
    struct incarnation incarnation;
    struct stream_listener *listener;
    struct stream_listener *browsers; /* NULL: none are served */
    uint16_t port;
    struct tls_context *tls;
    struct hub *hub;
    struct search *search;
    struct access *access;
    struct importer *importer; /* NULL: files are not taken here */
    struct loop_timer *tick;
    struct loop_timer *turn;
    struct arena arena;         /* of the frame at hand */
    struct arena answer;        /* of the short question in it */
    struct arena group;         /* of what the writer tells */
    struct buffer out;          /* the frame that is being sent */
    struct buffer rows;         /* of the page that is being made */
    struct snapshot *snapshot;  /* that newcomers join */
    struct snapshot *snapshots; /* all that somebody is being given */
    struct row_cache *cache;    /* NULL: none */
    uint64_t answered_seq;      /* newest seq that a view has told: the cache is not behind it */
    uint32_t *dates;            /* by branch, 0: the head office's; DATE_NONE: to be read anew */
    size_t date_count;
    struct totals_home *totals;
    struct notices *notices; /* NULL: nobody is sent any */
    int64_t *heard_ms; /* by branch: when a terminal of it was heard last that is gone; 0: never */
    size_t heard_room;
    uint32_t customers; /* there are, by their numbers; 0: to be read anew */
    bool gaps;          /* some numbers are nobody's; those that were seen to be: */
    uint8_t *nobody;    /* a bit for each */
    size_t nobody_size;
    bool words_changed; /* in the group at hand */
    uint64_t cache_answers;
    uint8_t *carded; /* a bit for each customer whose card was asked for */
    size_t carded_size;
    struct slot *slots;
    uint32_t slot_count; /* ever used */
    uint32_t free_slot;  /* + 1; 0: none */
    uint32_t open;
    uint32_t jobs; /* on the pool */
    uint32_t ticks;
    struct session *turns_first;
    struct session *turns_last;
    struct session *dead;
    struct pending_command *pending;
    uint32_t pending_count;
    size_t pending_room;
    uint32_t free_errand;           /* + 1; 0: none */
    struct pool_job *queries_first; /* what waits for the pool */
    struct pool_job *queries_last;
    uint32_t queries_waiting;
    uint32_t queries_running;
    uint32_t browser_queries_waiting; /* of those */
    uint32_t browser_queries_running;
    struct session *printers;
    struct refused *refused; /* by staff */
    size_t refused_room;
    struct print_job *print_jobs; /* oldest first */
    uint32_t print_job_count;
    uint64_t print_number; /* of the newest job */
    struct finding *findings_first;
    struct finding *findings_last;
    uint32_t findings;
    uint32_t index_cursor; /* customers up to here are in the index */
    bool index_whole;
    uint32_t card_cursor; /* cards up to here were put in the cache */
    bool cards_whole;
    bool busy;  /* a group was published since the last tick */
    bool quiet; /* none was in the second before it, nor since */
    uint64_t started_ms;
    bool draining;
    uint32_t drain_retry_ms; /* 0: none is told */
    bool destroyed;          /* freed when the last session and job are gone */
    loop_fn drained;
    void *drained_context;
    struct tally of_terminal; /* connections */
    struct tally of_address;  /* of terminals */
    struct tally browsers_of_address;
    struct tally unproven_of_address; /* of browsers that have shown no key yet */
    uint32_t browsers_open;
    uint32_t browsers_unproven;
    uint64_t browsers_turned_away;
    char browsers_away_last[64];
    int64_t
        *seen_ms; /* by terminal: when it was heard last, once it is gone; 0: not since the start */
    size_t seen_count;
    uint64_t too_many;
    char too_many_last[96];
    uint64_t accepted;
    uint64_t cut_slow;
    uint64_t bad_frames;
};

/* ---- sessions.c ---- */

int64_t sessions_now_ms(const struct sessions *home);
/* A view begun after this holds all that was told; sessions_view does it itself. */
void sessions_make_visible(struct sessions *home);
/* Has one of these ended the program before? */
bool sessions_disabled(const struct sessions *home, enum death_task task, uint64_t number);
/* A view has told this seq. */
void sessions_answered(struct sessions *home, uint64_t seq);
/* A read transaction for this turn; NULL with a failure that is not worth telling a terminal. */
struct ledger_view *sessions_view(struct sessions *home, struct arena *arena);
void sessions_view_end(struct ledger_view *view); /* NULL welcome */
struct session *session_find(const struct sessions *home, struct session_ref ref);
struct session_ref session_ref_of(const struct session *session);
/* Calls it back in the next turn of the loop (session_turn). */
void session_want_turn(struct session *session);
/* A stream is gone: its session dies in the next turn. */
void session_bury(struct session *session);
/* A job on the pool has ended; may free the sessions. Nothing of it may be touched afterwards. */
void sessions_job_ended(struct sessions *home);

/* A session of the asker's device at one end of a pair of sockets, which becomes ours. */
bool sessions_lend(struct sessions *home, const struct session *asker, int socket,
                   struct failure *failure);

/* ---- import.c ---- */

void import_open(struct session *session, const Tefter__FromTerminal *request);
void import_piece(struct session *session, const Tefter__FromTerminal *request);
void import_do(struct session *session, const Tefter__FromTerminal *request);
void import_look(struct session *session, const Tefter__FromTerminal *request);
void import_rejects(struct session *session, const Tefter__FromTerminal *request);

/* ---- session.c ---- */

extern const struct stream_events session_events;

/* NULL without memory or when the table is full. */
struct session *session_create(struct sessions *home, struct stream *stream);
void session_free(struct session *session);
/* Frames that are there, up to FRAMES_PER_TURN. */
void session_frames(struct session *session);
/* Reads, or does not, as its backlog and its requests in flight say. */
void session_pace(struct session *session);
void session_request_begun(struct session *session);
void session_request_ended(struct session *session);
void session_tick(struct session *session, uint64_t now_ms);
/* From now on somebody has to log in. A browser may wait for them as long as it is heard. */
void session_await_login(struct session *session);

/* request 0: unasked. The message must have its body. */
void session_send(struct session *session, uint64_t request, Tefter__ToTerminal *message);
void session_send_reply(struct session *session, uint64_t request, struct slice reply);
void session_send_answer(struct session *session, uint64_t request, struct slice answer);
/* In the form the request wants: a Reply, an Answer or a Refusal. */
void session_refuse(struct session *session, const Tefter__FromTerminal *request,
                    const Tefter__Refusal *refusal);
void session_refuse_code(struct session *session, const Tefter__FromTerminal *request,
                         Tefter__RefusalCode code, const char *field);
void session_refuse_wait(struct session *session, const Tefter__FromTerminal *request,
                         Tefter__RefusalCode code, uint32_t retry_ms);
/* As the terminal's wire version has it: the refusal, or a copy in older words. NULL stays NULL. */
const Tefter__Refusal *session_words(const struct session *session, const Tefter__Refusal *refusal,
                                     Tefter__Refusal *ret_copy);
/* Refuses a request that is neither a command nor a query, by its number. */
void session_refuse_number(struct session *session, uint64_t request,
                           const Tefter__Refusal *refusal);
void session_accept(struct session *session, uint64_t request);
/* The last word; then the stream is closed. refusal may be NULL. */
void session_goodbye(struct session *session, const char *reason, const Tefter__Refusal *refusal);
void session_goodbye_code(struct session *session, const char *reason, Tefter__RefusalCode code);
/* More waits to be written than a terminal that reads would leave. */
bool session_slow(struct session *session);
Tefter__Actor session_actor(const struct session *session);

/* Has its person this right? Else the request was refused, and that written down. */
bool session_may(struct session *session, const Tefter__FromTerminal *request, Tefter__Right right);

/* ---- terminal.c ---- */

/* The handshake is done: who is it? Goodbye when they may not. */
/* Of a connection that is lent: its device is known. */
void terminal_lent(struct session *session);
void terminal_arrived(struct session *session);
void terminal_hello(struct session *session, const Tefter__FromTerminal *request);
/* It is known who it is: CONNECTED, or Goodbye when there are too many. */
void terminal_take_place(struct session *session);
/* Its record changed. */
void terminal_recheck(struct session *session, const Tefter__TerminalRecord *record);

/* It takes no place of its terminal or address any more. */
void terminal_left(struct session *session);

/* ---- browser.c ---- */

/* May one more come? One that has shown nothing yet may have to go for it. */
bool browsers_may_come(struct sessions *home);
/* Most connections of browsers of one address. */
uint32_t browsers_of_address(const struct sessions *home);
void browser_arrived(struct session *session);
/* Takes the relay's header from the front of what came; false: nothing is left for frames. */
bool browser_head(struct session *session, struct slice *bytes);
void browser_hello(struct session *session, const Tefter__FromTerminal *request);
void browser_enrol(struct session *session, const Tefter__FromTerminal *request);
void browser_enrolled(struct session *session, uint64_t request, Tefter__BrowserEnrolled *enrolled);
/* It is greeted, or gone: nothing of its arrival is kept. */
void browser_left(struct session *session);

/* ---- dispatch.c ---- */

void dispatch(struct session *session, struct slice frame);

/* ---- submit.c ---- */

void submit_command(struct session *session, const Tefter__FromTerminal *request);
/* A command that waits while the PIN typed with it is looked at. */
struct pin_command {
    uint8_t id[COMMAND_ID_SIZE];
    uint64_t deadline_ms;
    size_t size;
    uint8_t bytes[];
};
void submit_with_pin(struct session *session, uint64_t request, const struct pin_command *command,
                     uint64_t pin);
/* For access, whose owner is the sessions: a command that a terminal did not make. */
enum submit_answer submit_own(void *owner, const Tefter__Command *command,
                              const Tefter__Actor *actor, access_done_fn done,
                              void *request_payload);
uint32_t submit_retry_ms(void *owner, enum submit_answer answer);
/* A command of the server's own; its reply answers the request. */
void submit_for(struct session *session, const Tefter__FromTerminal *request,
                const Tefter__Command *command);
void errands_fini(struct sessions *home);

/* What a person's refused commands came to (refused.c). */
void refused_add(struct sessions *home, uint32_t staff, size_t bytes);
/* Until another is taken from them; 0: now. */
uint32_t refused_wait_ms(const struct sessions *home, uint32_t staff);
void refused_fini(struct sessions *home);

/* ---- offer.c ---- */

void offer_take(struct session *session, const Tefter__FromTerminal *request);
void offers_done(struct session *session, const Tefter__FromTerminal *request);
/* Of the newest recovery, for the greeting; NULL: the ledger was never restored. In home->arena. */
Tefter__RecoveryNotice *offer_notice(const struct session *session, struct ledger_view *view);
/* May a device that the ledger does not know come, only to offer? */
bool offer_welcome(struct sessions *home);

/* ---- query.c ---- */

void query_ask(struct session *session, const Tefter__FromTerminal *request);
/* found NULL: the query speaks of none by words. */
void query_found(struct session *session, const Tefter__FromTerminal *request, Tefter__Query *query,
                 const struct ledger_hits *found);

/* ---- pool.c ---- */

/* The first member of what a request has done on the pool. */
struct pool_job {
    const struct pool_kind *kind;
    struct pool_job *next;
    struct sessions *home;
    struct session_ref session;
    uint64_t request;
    uint64_t deadline_ms; /* 0: none */
    uint32_t number;      /* of its turns; see engine/turns.h */
    bool browser;         /* whose turn comes after those of tills */
};
/* The request is under way from pool_put until done or late is called, on the loop, or its session
 * is gone. */
struct pool_kind {
    void (*work)(struct pool_job *job); /* on the pool */
    void (*done)(struct session *session, struct pool_job *job);
    void (*late)(struct session *session, struct pool_job *job); /* its deadline passed before */
    void (*free)(struct pool_job *job);
    enum turn_kind turn;
};
bool pool_has_place(const struct session *session);
void pool_job_init(struct pool_job *job, const struct pool_kind *kind, struct session *session,
                   const Tefter__FromTerminal *request);
void pool_put(struct session *session, struct pool_job *job);
/* A thread of the pool may be free. */
void pool_go_on(struct sessions *home);
void pool_fini(struct sessions *home);

/* ---- rows.c ---- */

/* As whom a branch (0: the head office) reads the cache; false: it cannot be asked now. */
bool rows_asker(struct sessions *home, uint32_t branch, struct row_asker *ret_asker);
/* Puts a row of a customer there, from a view that stands at the hub's seq. false: no such row, or
 * its words cannot be had. */
bool rows_fill(struct sessions *home, struct ledger_view *view, struct texts *texts,
               uint32_t branch, uint64_t key);
/* false: it is to be answered from a view, and nothing was sent. */
bool rows_answer(struct session *session, const Tefter__FromTerminal *request,
                 const Tefter__Query *query, const struct ledger_hits *found);
/* Customers that a search found, as the first hits of its answer: packed members of SearchAnswer,
 * exact at seq. The rest of the answer is made elsewhere, at the same seq. */
struct row_hits {
    uint64_t seq;
    uint32_t count; /* 0: none are at hand */
    struct slice bytes;
};
/* In home->rows. */
void rows_hits(struct session *session, const struct ledger_hits *found, struct row_hits *ret_hits);
/* Before the hub hears of it. rows: with their words, NULL: no memory; words_lost: without. */
void rows_published(struct sessions *home, const struct published_group *group,
                    const struct hub_row *rows, bool words_lost);

/* ---- cards.c ---- */

/* Puts some more cards in the cache; true: there is more to do now. */
bool cards_step(struct sessions *home);
/* Once a second; true: cards_step has something to do. */
bool cards_tick(struct sessions *home);
/* All are to be put there anew. */
void cards_again(struct sessions *home);

/* ---- ask.c ---- */

void ask_login(struct session *session, const Tefter__FromTerminal *request);
void ask_token(struct session *session, const Tefter__FromTerminal *request);
void ask_switch(struct session *session, const Tefter__FromTerminal *request);
void ask_logout(struct session *session, const Tefter__FromTerminal *request);
void ask_password(struct session *session, const Tefter__FromTerminal *request);
void ask_set_buyer_pin(struct session *session, const Tefter__FromTerminal *request);
/* Of a SubmitCommand: submit_with_pin goes on with it when the PIN is right, else it is refused.
 * `command` (of malloc) is the callee's. */
void ask_buyer_pin(struct session *session, const Tefter__FromTerminal *request,
                   struct pin_command *command);
void ask_code(struct session *session, const Tefter__FromTerminal *request);
void ask_enrol(struct session *session, const Tefter__FromTerminal *request);
void ask_enrol_browser(struct session *session, const Tefter__FromTerminal *request,
                       const struct access_challenge *challenge);
void ask_renew(struct session *session, const Tefter__FromTerminal *request);
void ask_audit(struct session *session, const Tefter__FromTerminal *request);
void ask_left_undone(struct session *session, const Tefter__FromTerminal *request);
/* For access: all who rest on this login are turned out. */
void ask_login_ended(void *owner, uint64_t login);
/* The record of its person changed. */
void session_recheck_staff(struct session *session, const Tefter__StaffRecord *record);

/* ---- feed.c ---- */

void feed_subscribe(struct session *session, const Tefter__FromTerminal *request);
void feed_unsubscribe(struct session *session, const Tefter__FromTerminal *request);
void feeds_drained(struct session *session);
/* One page, when one is owed and the stream takes it. */
void feeds_turn(struct session *session);
void feeds_heartbeat(struct session *session);
void feeds_drop(struct session *session);
/* Those whose topic its person may not see: another logged in, or their role changed. */
void feeds_drop_unseen(struct session *session);
extern const struct hub_callbacks feed_doors;

void feed_send_subscribed(struct session *session, const struct hub_subscription *subscription,
                          uint64_t request, bool resumed, uint64_t seq);
struct resume_set {
    uint64_t from;
    uint64_t seq;
    const struct hub_row *rows;
    size_t count;
};
/* What resume_put was for; set NULL: only a snapshot helps. */
void feed_resumed(struct feed *feed, uint64_t request, const struct resume_set *set);

/* ---- resume.c ---- */

enum resumed { RESUMED_NOT, RESUMED_NOW, RESUMED_LATER };
/* NOW: the terminal was told. LATER: *ret_later is to be put, once the feed is in its session; the
 * feed is then told by feed_resumed, unless it says resume_drop before. NOT: only a snapshot helps.
 */
enum resumed resume_begin(struct session *session, struct feed *feed, uint16_t topic,
                          struct hub_subscription *subscription,
                          const Tefter__FromTerminal *request, struct resume **ret_later);
void resume_put(struct session *session, struct resume *resume);
void resume_drop(struct resume *resume); /* NULL welcome */

/* ---- gather.c ---- */

/* Rows as they are now, with their words, in home->arena. */
struct gathering {
    const struct hub_filter *filter; /* only rows that pass */
    struct ledger_view *view;
    struct texts texts;
    struct sessions *home;
    struct row_asker asker;
    bool cached; /* the view stands where the cache does */
    bool failed; /* rows are missing that there are: no memory, or the state cannot be read */
    struct hub_row *rows;
    size_t count;
    size_t room;
    size_t bytes;
};
/* false: the ledger cannot be read now. gather_end in any case. */
bool gather_begin(struct gathering *gathering, struct sessions *home,
                  const struct hub_filter *filter);
/* The same on the pool, in an arena of its own. */
bool gather_begin_apart(struct gathering *gathering, struct sessions *home,
                        const struct hub_filter *filter, struct arena *arena);
bool gather_room(struct gathering *gathering, size_t room);
void gather_end(struct gathering *gathering);
bool gather_full(const struct gathering *gathering); /* for one customer more */
void gather(struct gathering *gathering, uint64_t key);
void gather_customer(struct gathering *gathering, uint32_t customer);
/* All customers behind the cursor, until it is full; false: there are no more. */
bool gather_all(struct gathering *gathering, uint32_t *cursor);

/* ---- snapshot.c ---- */

struct snapshot_chunk {
    uint64_t seq;
    struct slice rows; /* encoded; until the next page is made */
    uint32_t until;    /* the next page begins behind this customer */
    bool last;
};
/* For a subscription to all customers: it begins anew, and is owed what changed since the snapshot
 * was begun. NULL: none can be had now. */
struct snapshot *snapshot_join(struct sessions *home, struct hub_subscription *subscription);
void snapshot_release(struct snapshot *snapshot); /* NULL welcome */
/* The page behind a customer, from memory or from the ledger; false: not now. */
bool snapshot_chunk(struct snapshot *snapshot, uint32_t after, struct snapshot_chunk *ret_page);
/* Kept pages are overwritten: words of theirs may have been changed, or erased. */
void snapshots_forget(struct sessions *home);
void snapshots_tick(struct sessions *home);
void snapshots_fini(struct sessions *home);

/* ---- totals.c ---- */

bool totals_init(struct sessions *home);
void totals_fini(struct sessions *home);
/* Fills some more of them; true: there is more to do now. */
bool totals_step(struct sessions *home);
/* Once a second; true: totals_step has something to do. */
bool totals_tick(struct sessions *home);
/* Moves them, and makes the rows that are told with the group, in home->group. */
void totals_published(struct sessions *home, const struct published_group *group,
                      struct texts *texts, const struct hub_row **ret_rows, size_t *ret_count);
/* Is it one of the two topics of these? */
bool totals_topic(uint32_t topic);
/* What somebody sees of them. */
struct totals_eyes {
    uint32_t only; /* of that branch; 0: of all */
    bool blind;    /* cash that is still to be counted is not told */
};
/* A subscription to one of them comes (1), or goes (-1). */
void totals_watched(struct sessions *home, bool blind, int change);
/* Is its person not told cash that is still to be counted? */
bool totals_blind(const struct session *session);
/* The branch whose rows its person sees; 0: all. false: not known now. */
bool totals_branch(struct session *session, uint32_t *ret_branch);
/* A page of a topic's rows as they see them, in home->rows. false: not now. */
struct snapshot_chunk;
bool totals_chunk(struct sessions *home, uint16_t topic, const struct totals_eyes *eyes,
                  uint64_t *cursor, struct snapshot_chunk *ret_page);
/* false: it is to be answered from a view, and nothing was sent. */
bool totals_answer(struct session *session, const Tefter__FromTerminal *request,
                   const Tefter__Query *query);

/* ---- watch.c ---- */

void watch_events(struct sessions *home, const struct published_group *group);

/* ---- notices.c ---- */

/* One that sentences are written in. */
bool language_good(const char *language);

bool notices_init(struct sessions *home); /* once there is access */
void notices_fini(struct sessions *home);
void notices_tick(struct sessions *home);
void notices_published(struct sessions *home, const struct published_group *group);
void notices_terminal_changed(struct sessions *home, const Tefter__TerminalRecord *record,
                              uint32_t terminal);
void notices_staff_changed(struct sessions *home, const Tefter__StaffRecord *record,
                           uint32_t staff);
void notices_watching(struct session *session, const Tefter__FromTerminal *request);
void notices_settings(struct session *session, const Tefter__FromTerminal *request);
void notices_put_push(struct session *session, const Tefter__FromTerminal *request);
void notices_remove_push(struct session *session, const Tefter__FromTerminal *request);
void notices_set(struct session *session, const Tefter__FromTerminal *request);
void notices_test(struct session *session, const Tefter__FromTerminal *request);

/* ---- index.c ---- */

/* Some more customers; false: all are in. */
bool index_step(struct sessions *home);
/* Is it whole, or so nearly that it was made whole now? */
bool index_ready(struct sessions *home);
void index_customer(struct sessions *home, struct ledger_view *view, struct texts *texts,
                    uint32_t customer);
/* Does this query speak of customers by words? */
bool index_wanted(const Tefter__Query *query);
/* Begins to look them up; customers: FOUND_MAX of them. */
void index_look(const struct sessions *home, const Tefter__Query *query, uint32_t *customers,
                struct search_walk *ret_walk);

/* ---- finding.c ---- */

/* Looks customers up; then the query goes on with query_found, now or in a later turn. */
void finding_begin(struct session *session, const Tefter__FromTerminal *request,
                   Tefter__Query *query);
/* One slice; true: there is more to do. */
bool findings_step(struct sessions *home);
void findings_fini(struct sessions *home);

/* ---- status.c ---- */

void status_server(struct session *session, const Tefter__FromTerminal *request);
void status_ping(struct session *session, const Tefter__FromTerminal *request);
/* This session's terminal was heard until now. */
void status_seen(struct session *session);
/* Which terminals are connected, and with whom; to who belongs to a branch, of its own alone. */
void status_terminals(struct session *session, Tefter__Answer *answer);
/* A terminal is gone: when it was heard last. */
void status_left(struct session *session);

/* ---- printing.c ---- */

void printing_ask(struct session *session, const Tefter__FromTerminal *request);
void printing_take(struct session *session, const Tefter__FromTerminal *request);
/* The connection of what may be a printer is gone. */
void printing_left(struct session *session);
/* The record of its terminal changed; NULL: it is gone. */
void printing_recheck(struct session *session, const Tefter__TerminalRecord *record);
/* How the printer of a branch is, or the best of several; false: none is connected. */
bool printing_state(const struct sessions *home, uint32_t branch, Tefter__PrinterState *ret_state);
void printing_tick(struct sessions *home, uint64_t now_ms);
void printing_fini(struct sessions *home);
