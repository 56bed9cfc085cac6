#pragma once
/*
 * Access: who is it, and which right. Devices (their certificates, enrolment, renewal), passwords,
 * PINs, tokens, what guesses cost, and the table of rights asked for a role. Independent of what
 * carries a request: a caller keeps one `principal` for each connection and says with an `asker`
 * where the answer goes. Lives on the loop's thread; hashing goes to the pool, one at a time.
 *
 *   caller ──principal, asker──▶ access ──▶ pool: argon2id   ──▶ answer
 *                                     └───▶ submit: a command ──▶ answer
 *
 * Everything that touches who gets in is written to the audit log here. What it does not do: keep
 * connections, write the ledger, or trust itself: the ledger checks each command's right again.
 */
#include "base/arena.h"
#include "base/enrolcode.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/incarnation.h"
#include "base/limits.h"
#include "engine/submission.h"
#include "ledger/ledger.h"
#include "net/ca.h"
#include "net/loop.h"
#include "wire.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

struct access;

/* ---- who asks ---- */

/* What carried the requests to us, and so what proves the device. */
enum access_carrier {
    CARRIER_TLS,   /* the certificate of the handshake */
    CARRIER_RELAY, /* a browser's: its key, which signed a challenge of ours */
    CARRIER_LOCAL, /* a socket of this machine: the user at its other end */
};

/* Everything known of one who asks. The caller sets carrier and address; all else is written by
 * access alone. */
struct principal {
    enum access_carrier carrier;
    char address[64];     /* where it comes from, for people and for counting guesses */
    struct hash proof;    /* of the device: fingerprint of its certificate or key */
    uint32_t device;      /* its number among the terminals; 0: none is known */
    char device_name[64]; /* as far as it fits */
    uint32_t branch;      /* the device's */
    uint32_t blocks;      /* how often the device was blocked: that ended its logins */
    uint32_t staff;       /* who is logged in; 0: nobody */
    char staff_login[LOGIN_MAX_BYTES + 1];
    Tefter__Role role;   /* theirs; 0 when nobody is */
    uint32_t generation; /* of their record, when they logged in */
    uint64_t login;      /* names this login and the tokens that rest on it; 0: none */
    uint64_t lent;       /* names the one connection that a process was lent; 0: it is no such */
    int64_t proven_until_ms; /* wall clock: how long the password counts that this rests on */
};

/* ---- how the answer finds them ---- */

enum access_answer_kind {
    ACCESS_REFUSED,
    ACCESS_ACCEPTED,
    ACCESS_LOGGED_IN, /* the principal has its staff, role and so on */
    ACCESS_CODE,
    ACCESS_ENROLLED,
    ACCESS_BROWSER_ENROLLED,
    ACCESS_PIN_RIGHT, /* of an authorised buyer */
};

/* Lives until the call returns. */
struct access_answer {
    enum access_answer_kind kind;
    bool guessed; /* refused because a password or PIN was tried and was wrong */
    union {
        const Tefter__Refusal *refused;
        Tefter__LoggedIn *logged_in; /* its name is a reference into the vault still */
        Tefter__Code *code;
        Tefter__Enrolled *enrolled;
        Tefter__BrowserEnrolled *browser_enrolled; /* without the ledger */
        struct {
            uint64_t pin; /* BuyerRecord.pin; 0: they have none */
            const void *carried;
        } right;
    };
};

/* Plain data, copied while a request waits: whoever asked may be gone by then. Each request that
 * takes an asker is answered once, perhaps before the call returns, or never when they are gone. */
struct access_asker {
    /* The principal of the connection with this name; NULL: it is gone. */
    struct principal *(*principal)(void *owner, uint64_t name);
    void (*answer)(void *owner, uint64_t name, uint64_t request,
                   const struct access_answer *answer);
    void *owner;
    uint64_t name;
    uint64_t request; /* the caller's number for it */
};

/* ---- life ---- */

/* What came of a command that was submitted; refused NULL: it is done. */
typedef void (*access_done_fn)(void *request_payload, const Tefter__Refusal *refused);

struct access_options {
    struct loop *loop;
    struct ledger *ledger;
    const char *audit_path;         /* NULL: no audit log is kept */
    const char *ended_path;         /* of logins that were ended; NULL: a restart forgets them */
    const char *marks_path;         /* of devices' profiles; NULL: a restart forgets them */
    const char *contacts_path;      /* how people are told; NULL: a restart forgets it */
    struct incarnation incarnation; /* tokens of another one do not count */
    struct ca_pair root;            /* signs devices */
    uint8_t token_key[32];
    /* Of pages that browsers may come from, some in each text with blanks between, as
     * "https://tefter.example:8443"; of none: those of this machine's loopback names alone. They
     * live as long as access. */
    const char *const *origins;
    size_t origin_count;
    /* Hands a command to the write path. TAKEN: the request_payload (of malloc) is the callee's, to
     * be freed after `done`, or without it when the server ends first. */
    enum submit_answer (*submit)(void *owner, const Tefter__Command *command,
                                 const Tefter__Actor *actor, access_done_fn done,
                                 void *request_payload);
    /* When one whom `submit` did not take is to come back. */
    uint32_t (*retry_ms)(void *owner, enum submit_answer answer);
    /* Waits until views see all that was published; NULL: they always do. */
    void (*make_visible)(void *owner);
    int64_t (*now_ms)(void *owner); /* wall clock */
    /* A login was ended: whoever rests on it is logged in no longer; NULL welcome. */
    void (*login_ended)(void *owner, uint64_t login);
    /* A thread of the pool is free again; NULL welcome. */
    void (*hashed)(void *owner);
    void *owner;
};

bool access_create(const struct access_options *options, struct access **ret_access,
                   struct failure *failure);
/* NULL welcome. Nothing is answered any more; a hash on the pool ends with the loop. */
void access_destroy(struct access *access);

/* Is a thread of the pool taken? */
bool access_hashing(const struct access *access);
/* How people are told that something waits for them (contacts.h). */
struct contacts;
struct contacts *access_contacts(const struct access *access);
/* PEM: devices are signed by it. */
struct slice access_root_certificate(const struct access *access);

/* ---- devices ---- */

/* The device that a certificate's common name and fingerprint prove; 0 and the principal's device,
 * branch and proof are set. TERMINAL_UNKNOWN, TERMINAL_BLOCKED, BUSY: the ledger cannot be read. */
Tefter__RefusalCode access_identify(struct access *access, struct principal *who,
                                    const char *common_name, const struct hash *fingerprint);
/* What a connection of a browser was asked to sign. */
struct access_challenge {
    struct slice nonce;
    struct slice ledger;
};
/* The same of a browser, by its key: ORIGIN_NOT_OURS, PROOF_WRONG too; LOGIN_THROTTLED when such
 * were too many from its address, and BUSY: come back after *ret_retry_ms. */
Tefter__RefusalCode access_identify_browser(struct access *access, struct principal *who,
                                            const struct access_challenge *challenge,
                                            const Tefter__BrowserProof *proof,
                                            uint32_t *ret_retry_ms);
/* Its record changed (NULL: it is gone): the same refusals, 0: it may stay. */
Tefter__RefusalCode access_recheck_device(struct access *access, struct principal *who,
                                          const Tefter__TerminalRecord *record);
/* Should it ask for a new certificate now? */
bool access_renewal_due(const struct access *access, const struct principal *who,
                        const Tefter__TerminalRecord *record);

/* ---- the profile that a device connects with ---- */

enum { ACCESS_MARK_SIZE = 48 };

struct access_shown {
    bool greeting;     /* else a ping */
    bool reads_marks;  /* its program keeps what it is given */
    struct slice mark; /* size 0: it has none */
};
struct access_mark {
    bool old;   /* a newer one was seen: it is a copy, or an old one. The alarm was raised */
    bool fresh; /* `bytes` are to be kept and shown from now on */
    uint8_t bytes[ACCESS_MARK_SIZE];
};
void access_look_at_mark(struct access *access, const struct principal *who,
                         const struct access_shown *shown, struct access_mark *ret_mark);
/* The newest incarnation that the device says it has met: an alarm if that is not ours or one of
 * before. */
void access_look_at_met(struct access *access, const struct principal *who,
                        const struct incarnation *met);

struct access_terminal_alarm {
    int64_t copied_ms; /* 0: its profile is no copy */
    uint32_t met;      /* the incarnation that it says it has met; 0: none but ours */
    bool other;        /* it has our number */
};
/* The next device behind *device (0: the first) of which something stands. */
bool access_terminal_alarm(const struct access *access, uint32_t *device,
                           struct access_terminal_alarm *ret_alarm);

/* ---- enrolment ---- */

/* A one-time code for a device: CODE. Needs RIGHT_EDIT_TERMINALS. */
void access_make_code(struct access *access, const struct access_asker *asker, uint32_t device);
/* A code and a PEM request from one that is no device yet: ENROLLED. */
void access_enrol(struct access *access, const struct access_asker *asker, const char *code,
                  const char *request);
/* A code and a key from a browser that is no device yet: BROWSER_ENROLLED. The challenge is needed
 * during the call alone. */
void access_enrol_browser(struct access *access, const struct access_asker *asker,
                          const struct access_challenge *challenge,
                          const Tefter__EnrolBrowser *enrol);
/* Where there is no ledger yet, and so no access: was it signed by the key that will be its first
 * terminal's? Is it a page of ours? */
bool access_founder_signed(const struct access_challenge *challenge,
                           const Tefter__FoundCompany *found);
bool access_origin_ours(const char *const *origins, size_t count, const char *origin);
/* A new certificate for the principal's device: ENROLLED. RENEWAL_TOO_EARLY with `from_ms` before
 * half of the life of its present one, and within an hour of that one. */
void access_renew(struct access *access, const struct access_asker *asker, const char *request);

/* A fresh one-time code; `digest` is what SetEnrolmentCode takes. For those who have no server to
 * ask: `root` is the hash of the root certificate (ca_certificate_facts). */
struct enrolment_code {
    char text[ENROL_CODE_TEXT_SIZE];
    struct hash digest;
};
void access_new_code(const struct hash *root, struct enrolment_code *ret_code);

/* ---- people ---- */

/* Each LOGGED_IN, or refused: LOGIN_WRONG says no more than that. */
void access_login(struct access *access, const struct access_asker *asker, const char *login,
                  const char *password);
void access_use_token(struct access *access, const struct access_asker *asker, struct slice token);
/* A token of the principal's own login, for a connection of theirs that is lent to a process of the
 * server's: it counts in the connection of that name alone (principal.lent), and as long as the
 * login does. Its size; 0: nobody is logged in. */
enum { ACCESS_TOKEN_MAX = 64 };
size_t access_lend_token(const struct access *access, const struct principal *who, uint64_t lent,
                         uint8_t out[ACCESS_TOKEN_MAX]);
/* Another person at a device where a password still counts. */
void access_switch(struct access *access, const struct access_asker *asker, const char *login,
                   const char *pin);
/* At once; nobody is logged in after it, and no token that rests on this login counts any more. So
 * it is when somebody else takes the device over, by PIN or by password. */
void access_logout(struct access *access, struct principal *who);
/* The record of who is logged in changed (NULL: it is gone). STAFF_BLOCKED, NOT_LOGGED_IN: they
 * were signed out; 0: they may stay, with the role that they have now. */
Tefter__RefusalCode access_recheck_staff(struct principal *who, const Tefter__StaffRecord *record);

/* A new password or PIN: ACCEPTED. One's own needs the old password; another's RIGHT_EDIT_STAFF,
 * and an owner's an owner. */
void access_set_password(struct access *access, const struct access_asker *asker,
                         const Tefter__SetPassword *set);

/* ---- PINs of authorised buyers ---- */

/* A new one; without `pin` they have none any more: ACCEPTED. Needs RIGHT_EDIT_CUSTOMER. What was
 * guessed wrong before is forgotten. */
void access_set_buyer_pin(struct access *access, const struct access_asker *asker,
                          const Tefter__BuyerPin *set);
/* PIN_RIGHT, with what was carried; PIN_WRONG, with the tries that are left; PIN_LOCKED. The
 * request's person is still logged in then. `carried` (of malloc) is the callee's. */
void access_check_buyer_pin(struct access *access, const struct access_asker *asker,
                            const Tefter__BuyerPin *typed, void *carried);

/* ---- the audit log ---- */

/* A command that was kept and is dropped goes into the audit log, with the reason: one a minute
 * and person, the next with the number of those that were not written. */
void access_left_undone(struct access *access, const struct principal *who,
                        const Tefter__LeftUndone *dropped);
/* A person was erased from the ledger. */
void access_erased(struct access *access, const struct ledger_author *author, uint32_t customer);
/* A page of it, newest first, in the arena. only: lines of that branch's terminals, and of its
 * people where there was no terminal; 0: all. Then it may be empty though there is a next one.
 * NULL: no memory, or the ledger cannot be read. */
Tefter__AuditAnswer *access_audit_page(struct access *access, const Tefter__AuditList *list,
                                       uint32_t only, struct arena *arena);
/* Number and seal of the newest line; 0: there is none. */
uint64_t access_audit_head(const struct access *access, char seal[HASH_TEXT_SIZE]);

/* For programs that have the ledger's folder but no running access: a line about what was done at
 * the keyboard (an event of one word), by this process's user. What cannot be written is not. */
void access_audit_keyboard(const char *path, const uint8_t token_key[32], const char *event,
                           int64_t at_ms, const char *about);
struct access_audit_report {
    uint64_t lines;
    uint64_t unsealed; /* of a program before there were seals */
    uint64_t number;   /* of the newest */
    char seal[HASH_TEXT_SIZE];
};
/* Does each line fit the one before it? FAULT_DAMAGED names the first that does not. */
bool access_audit_verify(const char *path, const uint8_t token_key[32],
                         struct access_audit_report *ret_report, struct failure *failure);

/* ---- rights ---- */

/* By the role alone; RIGHT_NONE is everybody's. */
bool access_may(const struct principal *who, Tefter__Right right);
/* NULL: they may. Else RIGHT_MISSING with those who may, and that was written down; valid until the
 * next call of any function here. */
const Tefter__Refusal *access_needs(struct access *access, const struct principal *who,
                                    Tefter__Right right);
