/*
 * What a guess of a password or PIN is charged to: the name, the name at this device, the device,
 * and all together. Only a wrong one costs. The audit log remembers them over a restart.
 */
#include "access/inside.h"
#include "base/text.h"

/* The counters that one guess is charged to. */
struct charge {
    enum throttle_kind kind;
    uint64_t key;
    bool own; /* of this name: forgotten whole when the guess was right */
};
enum { CHARGES_MAX = 4 };
struct charges {
    struct charge all[CHARGES_MAX];
    int count;
};

static void add_charge(struct charges *charges, enum throttle_kind kind, uint64_t key, bool own)
{
    charges->all[charges->count++] = (struct charge){kind, key, own};
}

static uint64_t key_of_name(const struct throttle *throttle, enum throttle_kind kind,
                            const char *login)
{
    char folded[LOGIN_MAX_BYTES];
    size_t size = text_fold(login, strlen(login), folded, sizeof folded);
    return throttle_key(throttle, kind, slice_of(folded, size));
}

/* All that a guess with this key of a name touches; the key alone is in the audit log. */
static struct charges charges_of(const struct throttle *throttle, enum throttle_kind kind,
                                 uint64_t name_key, uint32_t device)
{
    struct charges charges = {.count = 0};
    const uint64_t here[] = {name_key, device};
    add_charge(&charges, kind, name_key, true);
    if (kind == THROTTLE_LOGIN || kind == THROTTLE_PIN) {
        enum throttle_kind at = kind == THROTTLE_PIN ? THROTTLE_PIN_HERE : THROTTLE_HERE;
        add_charge(&charges, at, throttle_key(throttle, at, slice_of(here, sizeof here)), true);
    }
    add_charge(&charges, THROTTLE_TERMINAL,
               throttle_key(throttle, THROTTLE_TERMINAL, slice_of(&device, sizeof device)), false);
    add_charge(&charges, THROTTLE_ALL, throttle_key(throttle, THROTTLE_ALL, slice_of("", 0)),
               false);
    return charges;
}

uint64_t guess_key(const struct access *access, enum throttle_kind kind, const char *login)
{
    return key_of_name(access->throttle, kind, login);
}

static struct charges charges_here(const struct access *access, const struct principal *who,
                                   enum throttle_kind kind, const char *login)
{
    return charges_of(access->throttle, kind, guess_key(access, kind, login), who->device);
}

static uint32_t wait_of(const struct throttle *throttle, const struct charges *charges,
                        int64_t now_ms)
{
    uint32_t longest_ms = 0;
    for (int i = 0; i < charges->count; i++) {
        const struct charge *charge = &charges->all[i];
        uint32_t wait_ms = throttle_wait(throttle, charge->kind, charge->key, now_ms);
        longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
    }
    return longest_ms;
}

static void charge_all(struct throttle *throttle, const struct charges *charges, int64_t now_ms)
{
    for (int i = 0; i < charges->count; i++)
        throttle_charge(throttle, charges->all[i].kind, charges->all[i].key, now_ms);
}

/* Of this name; what others guessed at the terminal stays. */
static void forgive_own(struct throttle *throttle, const struct charges *charges)
{
    for (int i = 0; i < charges->count; i++) {
        if (charges->all[i].own)
            throttle_forgive(throttle, charges->all[i].key, true);
    }
}

uint32_t guess_wait(struct access *access, const struct principal *who, enum throttle_kind kind,
                    const char *login)
{
    struct charges charges = charges_here(access, who, kind, login);
    uint32_t wait_ms = wait_of(access->throttle, &charges, access_clock_ms(access));
    if (wait_ms > 0)
        access_note(
            access, who,
            &(struct note){.event = kind == THROTTLE_BUYER ? "buyer_pin_locked" : "login_throttled",
                           .key = charges.all[0].key,
                           .noisy = true});
    return wait_ms;
}

Tefter__RefusalCode guess_waits(enum throttle_kind kind)
{
    return kind == THROTTLE_BUYER ? TEFTER__REFUSAL_CODE__PIN_LOCKED
                                  : TEFTER__REFUSAL_CODE__LOGIN_THROTTLED;
}

uint32_t guess_wrong(const struct access *access, enum throttle_kind kind, const char *login)
{
    return throttle_guesses(access->throttle, kind, guess_key(access, kind, login),
                            access_clock_ms(access));
}

void guess_charge(struct access *access, const struct principal *who, enum throttle_kind kind,
                  const char *login)
{
    struct charges charges = charges_here(access, who, kind, login);
    charge_all(access->throttle, &charges, access_clock_ms(access));
}

void guess_forgive(struct access *access, const struct principal *who, enum throttle_kind kind,
                   const char *login)
{
    struct charges charges = charges_here(access, who, kind, login);
    forgive_own(access->throttle, &charges);
}

/* ---- over a restart ---- */

/* A guess of before the start, by its line in the audit log. */
static const struct {
    const char *event;
    enum throttle_kind kind;
    bool right;
} remembered[] = {
    {"login_wrong", THROTTLE_LOGIN, false},     {"pin_wrong", THROTTLE_PIN, false},
    {"login_ok", THROTTLE_LOGIN, true},         {"switch_ok", THROTTLE_PIN, true},
    {"buyer_pin_wrong", THROTTLE_BUYER, false}, {"buyer_pin_right", THROTTLE_BUYER, true},
    {"buyer_pin_set", THROTTLE_BUYER, true},
};

static void recall(void *context, const struct audit_line *line)
{
    struct access *access = context;
    int64_t age_ms = access_now_ms(access) - line->at_ms;
    for (size_t i = 0; i < sizeof remembered / sizeof remembered[0]; i++) {
        if (strcmp(line->event, remembered[i].event) != 0)
            continue;
        struct charges charges =
            charges_of(access->throttle, remembered[i].kind, line->key, line->terminal);
        if (remembered[i].right)
            forgive_own(access->throttle, &charges);
        else
            charge_all(access->throttle, &charges,
                       access_clock_ms(access) - (age_ms < 0 ? 0 : age_ms));
    }
}

void guesses_recall(struct access *access)
{
    audit_recall(access->audit, access_now_ms(access) - THROTTLE_MEMORY_MS, recall, access);
}
