#include <stdlib.h>

#include "base/grow.h"
#include "session/inside.h"
#include "wire/varint.h"

/* ---- pending: places in a table; a reply_token names the place and its turn ---- */

static bool more_errands(struct sessions *home)
{
    return home->pending_count < PENDING_MAX &&
           GROW(home->pending, home->pending_room, (size_t)home->pending_count + 1);
}

/* A free place, its turn raised; NULL: too many are under way. */
static struct pending_command *pending_take(struct sessions *home)
{
    struct pending_command *pending;
    if (home->free_errand != 0) {
        pending = &home->pending[home->free_errand - 1];
        home->free_errand = pending->next_free;
    } else {
        if (!more_errands(home))
            return NULL;
        pending = &home->pending[home->pending_count++];
        *pending = (struct pending_command){.turn = 0};
    }
    pending->turn++;
    pending->next_free = ERRAND_TAKEN;
    return pending;
}

static void pending_give_back(struct sessions *home, struct pending_command *pending)
{
    pending->done = NULL;
    pending->request_payload = NULL;
    pending->next_free = home->free_errand;
    home->free_errand = (uint32_t)(pending - home->pending) + 1;
}

static uint64_t reply_token_of(const struct sessions *home, const struct pending_command *pending)
{
    return (uint64_t)pending->turn << 32 | (uint64_t)(pending - home->pending);
}

static struct pending_command *pending_find(struct sessions *home, uint64_t reply_token)
{
    uint32_t place = (uint32_t)reply_token;
    if (place >= home->pending_count)
        return NULL;
    struct pending_command *pending = &home->pending[place];
    return pending->next_free == ERRAND_TAKEN && pending->turn == (uint32_t)(reply_token >> 32)
               ? pending
               : NULL;
}

void errands_fini(struct sessions *home)
{
    for (uint32_t i = 0; i < home->pending_count; i++)
        free(home->pending[i].request_payload);
    free(home->pending);
    home->pending = NULL;
    home->pending_count = 0;
}

/* Sends it off; the answer comes with sessions_replied. */
static enum submit_answer send_off(struct sessions *home, const struct pending_command *wish,
                                   struct submission *submission)
{
    struct pending_command *pending = pending_take(home);
    if (pending == NULL)
        return SUBMIT_BUSY;
    pending->session = wish->session;
    pending->request = wish->request;
    pending->staff = submission->staff;
    pending->size = submission->command.size;
    pending->done = wish->done;
    pending->request_payload = wish->request_payload;
    uint32_t place = (uint32_t)(pending - home->pending);
    submission->reply_token = reply_token_of(home, pending);
    enum submit_answer answer = home->options.submit(home->options.owner, submission);
    if (answer != SUBMIT_TAKEN)
        pending_give_back(home, &home->pending[place]);
    return answer;
}

/* ---- what access asks of the ledger ---- */

enum submit_answer submit_own(void *owner, const Tefter__Command *command,
                              const Tefter__Actor *actor, access_done_fn done,
                              void *request_payload)
{
    struct sessions *home = owner;
    const struct pending_command wish = {.done = done, .request_payload = request_payload};
    struct submission submission = {
        .staff = actor->staff,
        .terminal = actor->terminal,
        .branch = actor->branch,
        .command = message_pack(&command->base, &home->arena),
    };
    if (submission.command.size == 0)
        return SUBMIT_BUSY;
    home->options.new_id(home->options.owner, submission.id);
    return send_off(home, &wish, &submission);
}

static void submit_refuse(struct session *session, const Tefter__FromTerminal *request,
                          enum submit_answer answer);

void submit_for(struct session *session, const Tefter__FromTerminal *request,
                const Tefter__Command *command)
{
    struct sessions *home = session->home;
    const struct pending_command wish = {.session = session_ref_of(session),
                                         .request = request->request};
    struct submission submission = {.command = message_pack(&command->base, &home->arena)};
    enum submit_answer answer = SUBMIT_BUSY;
    home->options.new_id(home->options.owner, submission.id);
    if (submission.command.size > 0)
        answer = send_off(home, &wish, &submission);
    if (answer == SUBMIT_TAKEN)
        session_request_begun(session);
    else
        submit_refuse(session, request, answer);
}

/* What became of it; NULL: it is done. In home->group. */
static const Tefter__Refusal *refusal_of(struct sessions *home, struct slice packed)
{
    static const Tefter__Refusal lost = {
        .base = PROTOBUF_C_MESSAGE_INIT(&tefter__refusal__descriptor),
        .code = TEFTER__REFUSAL_CODE__BUSY,
    };
    const Tefter__Reply *reply =
        (const Tefter__Reply *)message_unpack(&tefter__reply__descriptor, packed, &home->group);
    if (reply == NULL)
        return &lost;
    return reply->result_case == TEFTER__REPLY__RESULT_REFUSED ? reply->refused : NULL;
}

uint32_t submit_retry_ms(void *owner, enum submit_answer answer)
{
    const struct sessions_options *options = &((struct sessions *)owner)->options;
    bool retry = answer == SUBMIT_BUSY && options->retry_ms != NULL;
    return retry ? options->retry_ms(options->owner) : BUSY_RETRY_MS;
}

/* ---- what a terminal asks of the ledger ---- */

enum { ID_TERMINAL_AT = 6, REPLY_REFUSED_TAG = TEFTER__REPLY__RESULT_REFUSED << 3 | 2 };

/* seq is the first field of a Reply, its result the second. */
static bool reply_refuses(struct slice reply)
{
    size_t at = 1;
    while (at < reply.size && (reply.data[at] & 0x80) != 0)
        at++;
    return at + 1 < reply.size && reply.data[at + 1] == REPLY_REFUSED_TAG;
}

/* A lock's reason is the only text a reply can hold. */
static struct slice reply_with_words(const struct session *session, struct slice reply)
{
    struct sessions *home = session->home;
    Tefter__Refusal older;
    if (!reply_refuses(reply))
        return reply;
    Tefter__Reply *message =
        (Tefter__Reply *)message_unpack(&tefter__reply__descriptor, reply, &home->group);
    if (message == NULL || (message->refused->reason == NULL && session_passes_over(session)))
        return reply;
    message->refused =
        (Tefter__Refusal *)(uintptr_t)session_words(session, message->refused, &older);
    struct texts texts;
    texts_begin(&texts, home->options.vault, &home->group);
    texts_fill(&texts, &message->base);
    texts_end(&texts);
    struct slice filled = message_pack(&message->base, &home->group);
    return filled.size == 0 ? reply : filled;
}

static void pass_reply(struct sessions *home, const struct pending_command *pending,
                       struct slice reply, const Tefter__Refusal *refused)
{
    struct session *session = session_find(home, pending->session);
    if (session == NULL)
        return;
    session_request_ended(session);
    if (refused == NULL) {
        if (reply_refuses(reply))
            refused_add(home, pending->staff, pending->size);
        session_send_reply(session, pending->request, reply_with_words(session, reply));
        return;
    }
    Tefter__FromTerminal request = TEFTER__FROM_TERMINAL__INIT;
    request.request = pending->request;
    request.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    arena_reset(&home->arena);
    session_refuse(session, &request, refused);
}

void sessions_replied(struct sessions *home, uint64_t reply_token, struct slice reply,
                      const Tefter__Refusal *refused)
{
    struct pending_command *place = pending_find(home, reply_token);
    if (place == NULL)
        return;
    struct pending_command pending = *place;
    pending_give_back(home, place);
    arena_reset(&home->group);
    if (pending.done == NULL) {
        pass_reply(home, &pending, reply, refused);
        return;
    }
    pending.done(pending.request_payload, refused != NULL ? refused : refusal_of(home, reply));
    free(pending.request_payload);
}

static uint64_t deadline_of(const struct session *session, const Tefter__FromTerminal *request)
{
    if (!request->has_deadline_ms)
        return 0;
    uint32_t wait_ms = request->deadline_ms;
    if (wait_ms > DEADLINE_MAX_MS)
        wait_ms = DEADLINE_MAX_MS;
    return loop_now_ms(session->home->options.loop) + wait_ms;
}

/* What is wrong with the id; 0: nothing. */
static Tefter__RefusalCode id_wrong(const struct session *session, ProtobufCBinaryData id)
{
    if (id.len != COMMAND_ID_SIZE)
        return TEFTER__REFUSAL_CODE__FIELD_INVALID;
    if (be32_get(id.data + ID_TERMINAL_AT) != session->who.device)
        return TEFTER__REFUSAL_CODE__COMMAND_ID_FOREIGN;
    return 0;
}

static Tefter__RefusalCode text_code(enum sight_flaw flaw)
{
    switch (flaw) {
    case SIGHT_UNSEEN:
        return TEFTER__REFUSAL_CODE__TEXT_UNSEEN;
    case SIGHT_BLANK:
        return TEFTER__REFUSAL_CODE__TEXT_BLANK;
    case SIGHT_EDGE:
        return TEFTER__REFUSAL_CODE__TEXT_EDGE;
    case SIGHT_MARK:
        return TEFTER__REFUSAL_CODE__TEXT_MARK;
    case SIGHT_BREAK:
        return TEFTER__REFUSAL_CODE__TEXT_BREAK;
    case SIGHT_CLEAR:
    case SIGHT_NOT_UTF8:
        break;
    }
    return TEFTER__REFUSAL_CODE__UNREADABLE;
}

/* The field of a text as the ledger would name it: "name", not "open_customer.name.value". */
static void text_field(char path[MESSAGE_PATH_MAX])
{
    static const char value[] = ".value";
    const char *dot = strchr(path, '.');
    const char *field = dot == NULL ? path : dot + 1;
    size_t size = strlen(field);
    if (size > sizeof value - 1 && strcmp(field + size - (sizeof value - 1), value) == 0)
        size -= sizeof value - 1;
    memmove(path, field, size);
    path[size] = '\0';
}

static void refuse_scan(struct session *session, const Tefter__FromTerminal *request,
                        struct message_fault *fault)
{
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.code = text_code(fault->text.flaw);
    if (fault->text.flaw != SIGHT_CLEAR)
        text_field(fault->path);
    refusal.field = fault->path;
    refusal.has_at = fault->text.at > 0;
    refusal.at = fault->text.at;
    refusal.has_point = fault->text.point > 0 || fault->text.flaw == SIGHT_UNSEEN;
    refusal.point = fault->text.point;
    session_refuse(session, request, &refusal);
}

/* A server of before took texts that are refused today: what it did is still told. */
static bool taken_before(const struct session *session, const Tefter__FromTerminal *request)
{
    const struct hash any = {{0}};
    struct ledger_answered before;
    bool same = false;
    return ledger_known(session->home->options.ledger, request->submit->id.data, &any,
                        &session->home->arena, &before, &same);
}

static bool command_scanned(const struct session *session, const Tefter__FromTerminal *request,
                            struct slice command, struct message_fault *fault)
{
    if (message_scan_as(&tefter__command__descriptor, command, MESSAGE_SEEN_TEXT, fault))
        return true;
    if (fault->text.flaw == SIGHT_CLEAR || !taken_before(session, request))
        return false;
    return message_scan(&tefter__command__descriptor, command, fault);
}

/* A PIN's hash is made here alone, of a PIN that is asked for with the same right. */
static Tefter__Right right_to_send(uint32_t kind)
{
    return kind == TEFTER__COMMAND__KIND_SET_BUYER_PIN ? TEFTER__RIGHT__RIGHT_SERVER
                                                       : ledger_command_right(kind);
}

/* Scanned, of a kind this person may ask for. Else it was refused. */
static bool command_may(struct session *session, const Tefter__FromTerminal *request,
                        struct slice command)
{
    struct message_fault fault = {.path = "", .what = ""};
    if (!command_scanned(session, request, command, &fault)) {
        refuse_scan(session, request, &fault);
        return false;
    }
    uint32_t kind = message_kind(command);
    if (kind == 0) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_MISSING, "kind");
        return false;
    }
    return session_may(session, request, right_to_send(kind));
}

static void submit_refuse(struct session *session, const Tefter__FromTerminal *request,
                          enum submit_answer answer)
{
    const struct sessions *home = session->home;
    Tefter__Refusal refusal = TEFTER__REFUSAL__INIT;
    refusal.has_retry_ms = true;
    refusal.retry_ms = submit_retry_ms(session->home, answer);
    refusal.code = TEFTER__REFUSAL_CODE__BUSY;
    if (answer == SUBMIT_READ_ONLY) {
        refusal.code = TEFTER__REFUSAL_CODE__READ_ONLY;
        if (home->options.read_only_cause != NULL)
            refusal.cause = home->options.read_only_cause(home->options.owner);
        refusal.has_cause = refusal.cause != 0 && session_passes_over(session);
    }
    session_refuse(session, request, &refusal);
}

/* The writer takes nothing now, but what it did before can still be told. Commands with texts are
 * stored under the digest of other bytes and have to wait. */
static bool replied_before(struct session *session, const Tefter__FromTerminal *request,
                           const struct submission *submission)
{
    struct sessions *home = session->home;
    struct hash digest;
    struct ledger_answered before;
    bool same = false;
    if (ledger_command_has_text(submission->command))
        return false;
    ledger_request_digest(submission->command, &digest);
    if (!ledger_known(home->options.ledger, submission->id, &digest, &home->arena, &before,
                      &same) ||
        !same)
        return false;
    sessions_answered(home, before.seq);
    session_send_reply(session, request->request,
                       receipt_add(home->options.seal, before.reply, before.seq, before.receipt,
                                   submission->id, &digest, &home->arena));
    return true;
}

/* The less is spent on those who have to come back, the more is done for the others. */
static bool answered_busy(struct session *session, const Tefter__FromTerminal *request)
{
    const struct sessions_options *options = &session->home->options;
    if (options->busy == NULL || !options->busy(options->owner))
        return false;
    submit_refuse(session, request, SUBMIT_BUSY);
    return true;
}

static void send_command(struct session *session, const Tefter__FromTerminal *request,
                         struct submission *submission)
{
    submission->staff = session->who.staff;
    submission->terminal = session->who.device;
    submission->branch = session->who.branch;
    uint32_t wait_ms = refused_wait_ms(session->home, session->who.staff);
    if (wait_ms > 0) {
        if (!replied_before(session, request, submission))
            session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, wait_ms);
        return;
    }
    const struct pending_command wish = {.session = session_ref_of(session),
                                         .request = request->request};
    enum submit_answer answer = send_off(session->home, &wish, submission);
    if (answer == SUBMIT_TAKEN)
        session_request_begun(session);
    else if (!replied_before(session, request, submission))
        submit_refuse(session, request, answer);
}

/* What was done is told, whatever the PIN is by now. */
static bool pin_to_look_at(const struct session *session, const Tefter__FromTerminal *request)
{
    return request->submit->buyer_pin != NULL && !taken_before(session, request);
}

static void wait_for_pin(struct session *session, const Tefter__FromTerminal *request,
                         const struct submission *submission)
{
    struct slice command = submission->command;
    struct pin_command *waits = malloc(sizeof *waits + command.size);
    if (waits == NULL) {
        submit_refuse(session, request, SUBMIT_BUSY);
        return;
    }
    memcpy(waits->id, submission->id, sizeof waits->id);
    waits->deadline_ms = submission->deadline_ms;
    waits->size = command.size;
    memcpy(waits->bytes, command.data, command.size);
    ask_buyer_pin(session, request, waits);
}

void submit_command(struct session *session, const Tefter__FromTerminal *request)
{
    const Tefter__SubmitCommand *submit = request->submit;
    struct slice command = slice_of(submit->command.data, submit->command.len);
    Tefter__RefusalCode wrong = id_wrong(session, submit->id);
    if (wrong != 0) {
        session_refuse_code(session, request, wrong, "id");
        return;
    }
    if (answered_busy(session, request) || !command_may(session, request, command))
        return;
    struct submission submission = {.deadline_ms = deadline_of(session, request),
                                    .command = command};
    memcpy(submission.id, submit->id.data, COMMAND_ID_SIZE);
    if (pin_to_look_at(session, request))
        wait_for_pin(session, request, &submission);
    else
        send_command(session, request, &submission);
}

void submit_with_pin(struct session *session, uint64_t number, const struct pin_command *command,
                     uint64_t pin)
{
    Tefter__FromTerminal request = TEFTER__FROM_TERMINAL__INIT;
    struct submission submission = {.buyer_pin = pin,
                                    .deadline_ms = command->deadline_ms,
                                    .command = slice_of(command->bytes, command->size)};
    request.request = number;
    request.body_case = TEFTER__FROM_TERMINAL__BODY_SUBMIT;
    memcpy(submission.id, command->id, sizeof submission.id);
    send_command(session, &request, &submission);
}
