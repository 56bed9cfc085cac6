#pragma once
/*
 * Inside access: what its files share.
 *
 *   access.c     life, views, answers, what is written down
 *   device.c     who is at the other end: certificate and record
 *   browser.c    who is at the other end of a browser's connection: key, origin and record
 *   enrol.c      codes, enrolment, renewal
 *   login.c      password, PIN, token, logout
 *   password.c   new passwords and PINs
 *   buyer_pin.c  PINs of authorised buyers: new ones, and those that are typed
 *   token.c      what a token says and how it is sealed
 *   ended.c      logins whose tokens count no longer
 *   contacts.c   how people are told that something waits for them
 *   marks.c      which copy of a device's profile goes on; profile.c: what is told when it is not
 *   rights.c     may they; who may
 *   guess.c      what a guess is charged to
 *   hashing.c    argon2id on the pool, one at a time
 *   throttle.c   counters of guesses; audit.c, audit_read.c: the log's lines; audited.c: who sees
 * them
 */
#include "access/access.h"
#include "access/audit.h"
#include "access/contacts.h"
#include "access/throttle.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/password.h"

enum {
    ACCESS_MEMORY_MAX = 4 * 1024 * 1024, /* of one request */
    ACCESS_RETRY_MS = 250,               /* when the ledger cannot be read */
    TOKEN_LIFE_MS = 12 * 3600 * 1000,
    TOKEN_SIZE = 1 + 4 + 4 + 4 + 8 + 8 + HASH_SIZE,
    THROTTLE_MEMORY_MS = 15 * 60 * 1000,
    RENEWAL_AGAIN_MS = 3600 * 1000,
    SERIAL_TIME_SHIFT = 10, /* of a serial, above its bits: when it was made, in milliseconds */
    ROLES_MAX = 8,
};

struct hash_job;

/* What somebody said last that they will not send any more. People of one place share it: then
 * more is written, never less. */
enum { LEFT_UNDONE_PLACES = 64 };
struct left_undone {
    uint32_t staff;
    uint32_t unwritten; /* since that line */
    int64_t at_ms;
};

struct access {
    struct access_options options;
    struct arena kept;  /* copies of the options' texts */
    struct arena arena; /* of the request at hand */
    struct hash root;
    struct audit *audit;
    struct throttle *throttle;
    struct ended *ended;
    struct marks *marks;
    struct contacts *contacts;
    struct hash_job *hashes_first;
    struct hash_job *hashes_last;
    uint32_t hashes_waiting;
    bool hashing;
    bool destroyed; /* freed when the pool gives back what it hashes */
    uint64_t last_serial;
    struct left_undone left_undone[LEFT_UNDONE_PLACES];
    Tefter__Refusal refusal; /* the one that access_needs gave */
    Tefter__Role roles[ROLES_MAX];
};

/* ---- access.c ---- */

int64_t access_now_ms(const struct access *access);
/* Does a login, or a code for enrolling, that ends then still count? Not if it was given by a clock
 * that was ahead and has been put right. */
bool access_proven(const struct access *access, int64_t until_ms);
bool access_code_lives(const struct access *access, int64_t until_ms);
int64_t access_clock_ms(const struct access *access); /* monotonic: what guesses are counted on */
void access_free(struct access *access);
/* A read transaction in the request's arena; NULL: the ledger cannot be read now. */
struct ledger_view *access_view(struct access *access);
void access_view_end(struct ledger_view *view); /* NULL welcome */

struct principal *asker_principal(const struct access_asker *asker); /* NULL: gone */
void asker_answer(const struct access_asker *asker, const struct access_answer *answer);
void asker_accept(const struct access_asker *asker);
void asker_refuse(const struct access_asker *asker, const Tefter__Refusal *refusal);
void asker_refuse_code(const struct access_asker *asker, Tefter__RefusalCode code,
                       const char *field);
void asker_refuse_wait(const struct access_asker *asker, Tefter__RefusalCode code,
                       uint32_t retry_ms);
/* The write path did not take it. */
void asker_refuse_submit(const struct access *access, const struct access_asker *asker,
                         enum submit_answer answer);
Tefter__RefusalCode submit_refusal(enum submit_answer answer);
enum submit_answer access_submit(struct access *access, const Tefter__Command *command,
                                 const Tefter__Actor *actor, access_done_fn done,
                                 void *request_payload);

/* What is written down of a principal; `about` and `key` may be left out. */
struct note {
    const char *event; /* one word */
    uint64_t key;      /* of the throttle */
    uint32_t staff;    /* 0: nobody that is known */
    const char *login; /* theirs; NULL: the principal's, if it is they */
    uint32_t device;   /* 0: the principal's */
    const char *about;
    bool noisy; /* may be left out when there are many a second */
};
void access_note(struct access *access, const struct principal *who, const struct note *note);

/* ---- device.c ---- */

/* From when on the device may have a new certificate, by its record. */
int64_t renewal_from_ms(const struct access *access, const struct principal *who,
                        const Tefter__TerminalRecord *record);

/* ---- browser.c ---- */

bool browser_origin_ours(const struct access *access, const char *origin);
bool browser_hello_signed(const struct access_challenge *challenge,
                          const Tefter__BrowserProof *proof, struct slice key);
bool browser_enrol_signed(const struct access_challenge *challenge,
                          const Tefter__EnrolBrowser *enrol);

/* ---- enrol.c ---- */

/* Milliseconds that the address of one who was wrong has to wait, and that is written down; 0:
 * none, and *ret_key is what to charge. */
uint32_t enrol_wait(struct access *access, const struct principal *who, uint64_t *ret_key);

/* ---- marks.c ---- */

/* Of one device. */
struct marked {
    uint64_t number; /* of the newest mark that was shown; 0: none was */
    uint64_t nonce;
    int64_t since_ms;  /* it was shown first */
    uint64_t given;    /* random part of the next one, given and not shown yet; 0: none is */
    int64_t given_ms;  /* last */
    int64_t copied_ms; /* an older one was shown; 0: none was */
    int64_t met_ms;    /* its claim to have met another incarnation was told */
    uint32_t met;
    uint16_t met_what; /* Tefter__TerminalAlarm; 0: no such claim stands */
    uint16_t told;     /* bits of Tefter__TerminalAlarm: it is on the ledger */
    bool asking;       /* it is on its way there; not kept */
};
enum mark_verdict {
    MARK_NEWEST,
    MARK_REPLACED, /* just now, by another process of the same profile */
    MARK_OLD
};

bool marks_open(const char *path, const uint8_t key[32], struct marks **ret_marks,
                struct failure *failure);
void marks_close(struct marks *marks);                         /* NULL welcome */
struct marked *marks_of(struct marks *marks, uint32_t device); /* NULL: no memory, no such device */
void marks_keep(struct marks *marks, uint32_t device);         /* what was changed in it */
/* The next device behind this one of which an alarm stands; 0: none. */
uint32_t marks_next(const struct marks *marks, uint32_t device);
/* It is enrolled anew, with a new profile. */
void marks_forget(struct marks *marks, uint32_t device);
enum mark_verdict marks_judge(struct marks *marks, uint32_t device, struct slice mark,
                              int64_t now_ms);
/* One to be kept by a device that showed the newest; false: not now. */
bool marks_give(struct marks *marks, uint32_t device, bool greeting, int64_t now_ms,
                uint8_t ret_mark[ACCESS_MARK_SIZE]);

/* ---- password.c ---- */

bool pin_formed(const char *pin);
bool pin_weak(const char *pin); /* or guessed first (base/guessable.h): of a new one */

/* ---- token.c ---- */

struct token {
    uint32_t staff;
    uint32_t generation;
    uint64_t login;
    int64_t expires_ms;
};
void token_write(const struct access *access, const struct principal *who, uint8_t out[TOKEN_SIZE]);
/* Ours, for this device, and not over. */
bool token_read(const struct access *access, const struct principal *who, struct slice bytes,
                struct token *ret_token);

/* ---- rights.c ---- */

/* The refusal for one who would need this right, when only these roles will do. */
const Tefter__Refusal *access_wants_roles(struct access *access, const struct principal *who,
                                          Tefter__Right right, const Tefter__Role *roles,
                                          size_t count);

/* ---- ended.c ---- */

struct ended;
/* path NULL: they are kept in memory alone. A file that cannot be read or written is a failure. */
bool ended_open(const char *path, int64_t now_ms, struct ended **ret_ended,
                struct failure *failure);
void ended_close(struct ended *ended); /* NULL welcome */
/* No token of this login counts from now on; until_ms: of none it would anyway. */
void ended_add(struct ended *ended, uint64_t login, int64_t until_ms, int64_t now_ms);
bool ended_has(const struct ended *ended, uint64_t login, int64_t until_ms);

/* ---- contacts.c; the rest is in its header ---- */

bool contacts_open(const char *path, struct contacts **ret_contacts, struct failure *failure);
void contacts_close(struct contacts *contacts); /* NULL welcome */
/* Somebody logged in at a device: what it has is theirs, under this login, or goes. */
void contacts_entered(struct contacts *contacts, const struct principal *who);
void contacts_forget_login(struct contacts *contacts, uint64_t login);

/* ---- guess.c ---- */

uint64_t guess_key(const struct access *access, enum throttle_kind kind, const char *login);
/* Milliseconds to wait, and that is written down; 0: it may be tried. Asked when a guess comes and
 * again when it is its turn: those before it have been charged by then. */
uint32_t guess_wait(struct access *access, const struct principal *who, enum throttle_kind kind,
                    const char *login);
/* What who has to wait is told. */
Tefter__RefusalCode guess_waits(enum throttle_kind kind);
/* Wrong guesses of this name that are not forgotten. */
uint32_t guess_wrong(const struct access *access, enum throttle_kind kind, const char *login);
/* It was wrong: nobody else is ever charged. */
void guess_charge(struct access *access, const struct principal *who, enum throttle_kind kind,
                  const char *login);
/* It was right: the wrong ones of this name are forgotten. */
void guess_forgive(struct access *access, const struct principal *who, enum throttle_kind kind,
                   const char *login);
/* Charges the guesses that the audit log remembers. */
void guesses_recall(struct access *access);

/* ---- hashing.c ---- */

struct hash_job {
    struct hash_job *next;
    struct access *access;
    struct access_asker asker;
    enum throttle_kind kind;
    uint32_t device; /* that asks */
    uint32_t staff;  /* 0: nobody has this login */
    char login[LOGIN_MAX_BYTES + 1];
    /* verified: is `given` what `stored` was made of? */
    bool verify;
    char given[PASSWORD_MAX_BYTES + 1];
    char stored[PASSWORD_HASH_SIZE]; /* "": of nobody */
    bool right;
    /* made anew: "" is left out */
    char new_password[PASSWORD_MAX_BYTES + 1];
    char new_pin[PIN_MAX_DIGITS + 1];
    char password_hash[PASSWORD_HASH_SIZE];
    char pin_hash[PASSWORD_HASH_SIZE];
    bool made;
    /* of an authorised buyer's PIN */
    uint32_t customer;
    uint32_t buyer;
    uint64_t pin;  /* that `stored` is of */
    void *carried; /* of malloc; freed with the job */
    /* on the loop, when whoever asked is there still */
    void (*done)(struct access *access, struct principal *who, struct hash_job *job);
};

/* NULL: too many wait; the request was answered BUSY. */
struct hash_job *hashing_job(struct access *access, const struct access_asker *asker);
void hashing_drop(struct hash_job *job); /* it is not queued after all */
void hashing_queue(struct access *access, struct hash_job *job);
void hashing_fini(struct access *access);
