#include "access/access.h"

#include <stdlib.h>

#include "access/inside.h"

/* ---- clocks and views ---- */

int64_t access_now_ms(const struct access *access)
{
    return access->options.now_ms(access->options.owner);
}

/* What ends later than one given now would was given while the clock was ahead. */
static bool lives(const struct access *access, int64_t until_ms, int64_t life_ms)
{
    int64_t now_ms = access_now_ms(access);
    return until_ms > now_ms && until_ms <= now_ms + life_ms + CLOCK_JUMP_MS;
}

bool access_proven(const struct access *access, int64_t until_ms)
{
    return lives(access, until_ms, TOKEN_LIFE_MS);
}

bool access_code_lives(const struct access *access, int64_t until_ms)
{
    return lives(access, until_ms, CODE_LIFE_MS);
}

int64_t access_clock_ms(const struct access *access)
{
    return (int64_t)loop_now_ms(access->options.loop);
}

struct ledger_view *access_view(struct access *access)
{
    struct failure failure = {0};
    if (access->options.make_visible != NULL)
        access->options.make_visible(access->options.owner);
    return ledger_view_begin(access->options.ledger, &access->arena, &failure);
}

void access_view_end(struct ledger_view *view)
{
    if (view != NULL)
        ledger_view_end(view);
}

/* ---- answers ---- */

struct principal *asker_principal(const struct access_asker *asker)
{
    return asker->principal(asker->owner, asker->name);
}

void asker_answer(const struct access_asker *asker, const struct access_answer *answer)
{
    asker->answer(asker->owner, asker->name, asker->request, answer);
}

void asker_accept(const struct access_asker *asker)
{
    asker_answer(asker, &(struct access_answer){.kind = ACCESS_ACCEPTED});
}

void asker_refuse(const struct access_asker *asker, const Tefter__Refusal *refusal)
{
    asker_answer(asker, &(struct access_answer){.kind = ACCESS_REFUSED, .refused = refusal});
}

void asker_refuse_code(const struct access_asker *asker, Tefter__RefusalCode code,
                       const char *field)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    refusal.field = (char *)(uintptr_t)field;
    asker_refuse(asker, &refusal);
}

void asker_refuse_wait(const struct access_asker *asker, Tefter__RefusalCode code,
                       uint32_t retry_ms)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = code;
    refusal.has_retry_ms = true;
    refusal.retry_ms = retry_ms;
    asker_refuse(asker, &refusal);
}

/* ---- commands ---- */

Tefter__RefusalCode submit_refusal(enum submit_answer answer)
{
    return answer == SUBMIT_READ_ONLY ? TEFTER__REFUSAL_CODE__READ_ONLY
                                      : TEFTER__REFUSAL_CODE__BUSY;
}

void asker_refuse_submit(const struct access *access, const struct access_asker *asker,
                         enum submit_answer answer)
{
    asker_refuse_wait(asker, submit_refusal(answer),
                      access->options.retry_ms(access->options.owner, answer));
}

enum submit_answer access_submit(struct access *access, const Tefter__Command *command,
                                 const Tefter__Actor *actor, access_done_fn done,
                                 void *request_payload)
{
    return access->options.submit(access->options.owner, command, actor, done, request_payload);
}

/* ---- what is written down ---- */

static const char *carrier_word(enum access_carrier carrier)
{
    switch (carrier) {
    case CARRIER_TLS:
        return NULL; /* as usual */
    case CARRIER_RELAY:
        return "relay";
    case CARRIER_LOCAL:
        return "local";
    }
    return NULL;
}

static const char *login_of(const struct principal *who, const struct note *note)
{
    if (note->login != NULL || note->staff == 0)
        return note->login;
    return note->staff == who->staff ? who->staff_login : NULL;
}

void access_note(struct access *access, const struct principal *who, const struct note *note)
{
    bool of_other = note->device != 0 && note->device != who->device;
    audit_write(access->audit, &(struct audit_line){
                                   .event = note->event,
                                   .at_ms = access_now_ms(access),
                                   .key = note->key,
                                   .staff = note->staff,
                                   .login = login_of(who, note),
                                   .terminal = of_other ? note->device : who->device,
                                   .device = of_other ? NULL : who->device_name,
                                   .carrier = carrier_word(who->carrier),
                                   .address = who->address,
                                   .about = note->about,
                                   .noisy = note->noisy,
                               });
}

/* ---- life ---- */

static bool keep(struct access *access, struct slice *slice, struct failure *failure)
{
    void *copy = arena_copy(&access->kept, slice->data, slice->size);
    slice->data = copy;
    return copy != NULL || fail(failure, FAULT_MEMORY, 0, "no memory for access");
}

static bool make_parts(struct access *access, struct failure *failure)
{
    int64_t ends_ms = 0;
    struct access_options *options = &access->options;
    if (!keep(access, &options->root.certificate, failure) ||
        !keep(access, &options->root.key, failure) ||
        !ca_certificate_facts(options->root.certificate, &access->root, &ends_ms, failure))
        return false;
    access->throttle = throttle_create(options->token_key);
    if (access->throttle == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    return ended_open(options->ended_path, access_now_ms(access), &access->ended, failure) &&
           marks_open(options->marks_path, options->token_key, &access->marks, failure) &&
           contacts_open(options->contacts_path, &access->contacts, failure) &&
           audit_open(options->audit_path, options->token_key, &access->audit, failure);
}

bool access_create(const struct access_options *options, struct access **ret_access,
                   struct failure *failure)
{
    struct access *access = calloc(1, sizeof *access);
    if (access == NULL)
        return fail(failure, FAULT_MEMORY, 0, "no memory for access");
    access->options = *options;
    arena_init(&access->kept, 1024 * 1024);
    arena_init(&access->arena, ACCESS_MEMORY_MAX);
    if (!make_parts(access, failure)) {
        access_destroy(access);
        return false;
    }
    guesses_recall(access);
    *ret_access = access;
    return true;
}

void access_free(struct access *access)
{
    throttle_destroy(access->throttle);
    ended_close(access->ended);
    marks_close(access->marks);
    contacts_close(access->contacts);
    audit_close(access->audit);
    secret_wipe(&access->options, sizeof access->options);
    arena_fini(&access->kept);
    arena_fini(&access->arena);
    free(access);
}

void access_destroy(struct access *access)
{
    if (access == NULL)
        return;
    hashing_fini(access);
    access->destroyed = true;
    if (!access->hashing)
        access_free(access);
}

struct contacts *access_contacts(const struct access *access)
{
    return access->contacts;
}

struct slice access_root_certificate(const struct access *access)
{
    return access->options.root.certificate;
}
