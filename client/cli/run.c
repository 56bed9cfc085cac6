/*
 * A verb at work: connected, logged in; what it asks, and what is told of the answer.
 */
#include "base/date.h"
#include "base/limits.h"
#include "base/tell.h"
#include "base/version.h"
#include "cli/cli.h"
#include "net/stream.h"
#include "wire/message.h"

#include <inttypes.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OFFERS_MS = 10 * 1000, DOCUMENT_CUSTOMER_SHIFT = 36 /* of a document's id, record.proto */ };

int run_untrue(struct run *run)
{
    return run_say(run, EXIT_NO_SERVER,
                   N_("the server {server} does not keep to the protocol: its answer contradicts "
                      "itself. Nothing of it was believed"),
                   "server", tefter_address(run->client), NULL);
}

/* The exit code that a failure stands for. */
static enum exit_code code_of(const struct failure *failure)
{
    switch (failure->fault) {
    case FAULT_USE:
        return EXIT_USE;
    case FAULT_DENIED:
        return EXIT_NOT_ALLOWED;
    case FAULT_NONE:
    case FAULT_IO:
    case FAULT_FULL:
    case FAULT_BUSY:
    case FAULT_DAMAGED:
    case FAULT_NEWER:
    case FAULT_OLDER:
    case FAULT_STALE:
    case FAULT_DIFFERS:
    case FAULT_PEER:
    case FAULT_MEMORY:
    case FAULT_BUG:
        break;
    }
    return EXIT_NO_SERVER;
}

/* Nothing came. Names may do without an answer; one that is not to be believed ends the run. */
static void no_answer(struct run *run)
{
    run->untrue = run->failure.fault == FAULT_PEER || tefter_breached(run->client);
    (void)run_failed(run, code_of(&run->failure));
}

void run_json(struct run *run, const ProtobufCMessage *message)
{
    struct buffer out;
    buffer_init(&out, RUN_MEMORY_MAX);
    if (message_to_plain_json(message, &out) && buffer_put(&out, "\n", 1))
        (void)fwrite(out.data, 1, out.size, stdout);
    else
        (void)run_say(run, EXIT_NO_SERVER, N_("no memory for the JSON of an answer"), NULL);
    buffer_fini(&out);
}

/* ---- connecting ---- */

const struct currency *run_currency(const struct run *run)
{
    static const struct currency none = {.sign = ""};
    return run->client == NULL ? &none : &run->currency;
}

uint32_t run_today(const struct run *run)
{
    const Tefter__Welcome *welcome = run->client == NULL ? NULL : tefter_welcome(run->client);
    return welcome == NULL ? DATE_NONE : welcome->date;
}

/* "issue invoice" */
static void command_words(const Tefter__Command *command, char out[CELL_MAX])
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(
        &tefter__command__descriptor, (unsigned)command->kind_case);
    (void)snprintf(out, CELL_MAX, "%s", field == NULL ? "something" : field->name);
    for (char *at = out; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at;
}

/* What an earlier run got no answer to, and what became of it. */
struct earlier {
    struct slice command; /* packed */
    int64_t made_ms;
    bool again; /* it was lost with a restore */
    bool told;
    const Tefter__Command *asked;
    const Tefter__Reply *reply;
    struct earlier *next;
};

static const ProtobufCMessage *kept(struct run *run, const ProtobufCMessage *message,
                                    struct slice *ret_packed)
{
    *ret_packed = message_pack(message, &run->arena);
    const ProtobufCMessage *copy = message_unpack(message->descriptor, *ret_packed, &run->arena);
    need(copy != NULL);
    return copy;
}

/* Something an earlier run did not learn the end of. What a restored ledger still has is only
 * counted; what it had lost, and is booked anew or refused now, is told once names can be asked
 * for. */
static void resolved(void *context, const Tefter__Command *command, int64_t made_ms, bool again,
                     const Tefter__Reply *reply)
{
    struct run *run = context;
    struct slice packed;
    bool refused = reply->result_case == TEFTER__REPLY__RESULT_REFUSED;
    if (again && !refused && reply->seq <= tefter_welcome(run->client)->seq) {
        run->stand_again++;
        return;
    }
    struct earlier *earlier = arena_take(&run->arena, sizeof(*earlier));
    need(earlier != NULL);
    *earlier = (struct earlier){.made_ms = made_ms, .again = again, .next = run->earlier};
    earlier->reply = (const Tefter__Reply *)kept(run, &reply->base, &packed);
    earlier->asked = (const Tefter__Command *)kept(run, &command->base, &earlier->command);
    run->earlier = earlier;
}

/* "issue invoice, 42.00 € of RO2 Rosa": as far as it has a sum and a customer. */
static const char *earlier_of(struct run *run, const struct earlier *earlier,
                              char out[LINE_MAX_BYTES])
{
    char words[CELL_MAX];
    char amount[CELL_MAX];
    const Tefter__Done *done =
        earlier->reply->result_case == TEFTER__REPLY__RESULT_DONE ? earlier->reply->done : NULL;
    command_words(earlier->asked, words);
    const char *name =
        done == NULL || done->account == NULL ? NULL : customer_name(run, done->account->customer);
    if (done == NULL || !done->has_total_minor)
        return run_sentence(run, out, N_("{what}|, {customer}|"), "what", words, "customer", name,
                            NULL);
    (void)money_sentence(done->total_minor - done->rounding_minor - done->discount_minor,
                         run_currency(run), amount, sizeof(amount));
    return run_sentence(run, out, N_("{what}, {amount}| of {customer}|"), "what", words, "amount",
                        amount, "customer", name, NULL);
}

static void tell_one_earlier(struct run *run, struct earlier *earlier)
{
    char when[CELL_MAX];
    char what[LINE_MAX_BYTES];
    char sentence[LINE_MAX_BYTES];
    struct speech speech = run_speech(run);
    const Tefter__Reply *reply = earlier->reply;
    bool refused = reply->result_case == TEFTER__REPLY__RESULT_REFUSED;
    earlier->told = true;
    if (refused)
        (void)refusal_sentence_for(reply->refused, &speech, sentence, sizeof(sentence));
    else
        (void)run_sentence(run, sentence,
                           earlier->again ? N_("booked again|: {number}|.")
                                          : N_("it was done|: {number}|."),
                           "number", reply->done->number, NULL);
    run_note(run,
             earlier->again
                 ? N_("Asked for at {time}, and lost with the server's restore ({what}): {became}")
                 : N_("Asked for at {time}, without an answer then ({what}): {became}"),
             "time", time_text(run, earlier->made_ms, when), "what", earlier_of(run, earlier, what),
             "became", sentence, NULL);
}

/* The oldest first. */
static void tell_earlier(struct run *run, struct earlier *earlier)
{
    if (earlier == NULL)
        return;
    tell_earlier(run, earlier->next);
    if (!earlier->told)
        tell_one_earlier(run, earlier);
}

/* The same that was asked for without an answer then, and was done; NULL: nothing is. */
static struct earlier *same_earlier(struct run *run, const Tefter__Command *command)
{
    struct slice packed =
        run->earlier == NULL ? (struct slice){NULL, 0} : message_pack(&command->base, &run->arena);
    for (struct earlier *one = run->earlier; one != NULL; one = one->next) {
        bool done = one->reply->result_case == TEFTER__REPLY__RESULT_DONE && !one->again;
        if (done && packed.size == one->command.size &&
            memcmp(packed.data, one->command.data, packed.size) == 0)
            return one;
    }
    return NULL;
}

/* What it became is known before anything else is asked for. */
static void hear_earlier(struct run *run)
{
    enum { HEAR_MS = 10000 };
    struct failure failure;
    (void)tefter_resolve(run->client, HEAR_MS, &failure);
    tell_earlier(run, run->earlier);
}

/* Tries once; then says what it waits for. */
static bool connect_in_time(struct run *run)
{
    uint64_t begun = loop_now_ms(tefter_loop(run->client));
    if (tefter_connect(run->client, 0, &run->failure))
        return true;
    uint64_t gone = loop_now_ms(tefter_loop(run->client)) - begun;
    if (run->failure.fault != FAULT_IO || gone >= run->args.wait_ms)
        return false;
    run_note(run, N_("No answer from {server}; waiting for it, at most {seconds} s."), "server",
             tefter_address(run->client), "seconds",
             NUMBER((run->args.wait_ms - gone + 999) / 1000), NULL);
    return tefter_connect(run->client, run->args.wait_ms - gone, &run->failure);
}

/* Every terminal says so, whatever is done at it. */
static void tell_recovery(struct run *run)
{
    char when[CELL_MAX];
    const Tefter__Welcome *welcome = tefter_welcome(run->client);
    const Tefter__RecoveryNotice *notice = welcome == NULL ? NULL : welcome->recovery;
    if (notice == NULL || !notice->open)
        return;
    run_note(run,
             N_("The ledger was restored on {time} and its recovery is on: what came after the "
                "backup comes back from the terminals; new papers have R{number} in their "
                "numbers."),
             "time", time_text(run, notice->began_ms, when), "number", NUMBER(notice->recovery),
             NULL);
}

/* Not quiet: whoever stands here must hear it. */
static void tell_old_profile(const struct run *run)
{
    char text[LINE_MAX_BYTES];
    if (tefter_profile_old(run->client))
        tell(stderr, "tefter: %s\n",
             run_sentence(
                 run, text,
                 N_("THIS TERMINAL IS IN USE IN TWO PLACES: its profile ({folder}) was copied, or "
                    "is an old copy that was put back; another place went on with it since. The "
                    "office has been told. If this is the right one, have it enrolled anew; "
                    "nothing else ends this."),
                 "folder", tefter_profile(run->client), NULL));
}

static void tell_damaged_outbox(const struct run *run)
{
    char text[LINE_MAX_BYTES];
    if (tefter_outbox_damaged(run->client))
        tell(stderr, "tefter: %s\n",
             run_sentence(
                 run, text,
                 N_("Part of what this terminal keeps of its commands could not be read; the file "
                    "as it was is {folder}/outbox.damaged. Should the server be restored from a "
                    "backup, some of this terminal's papers may not come back: tell whoever runs "
                    "the server."),
                 "folder", tefter_profile(run->client), NULL));
}

/* The company's currency, as who is at this terminal writes it. */
static void take_habits(struct run *run)
{
    char folder[TEFTER_PATH_MAX];
    run->currency = *tefter_currency(run->client);
    if (!tefter_profile_folder(run->args.profile, folder, &run->failure) ||
        !tefter_habits_read(folder, &run->habits))
        run_note(run,
                 N_("What this profile says of numbers and dates cannot be read: tefter habit "
                    "--language en sets it anew."),
                 NULL);
    run->currency.habit = run->habits.habit;
    run->currency.language = (int)run->language;
    if (run->habits.toman && strcmp(run->currency.code, "IRR") == 0)
        run->currency = currency_toman(&run->currency);
}

bool run_open(struct run *run, bool outbox)
{
    struct tefter_options options = {.profile = run->args.profile,
                                     .address = run->args.server,
                                     .program = version_tefter,
                                     .outbox = outbox,
                                     .on_resolved = resolved,
                                     .context = run};
    bool meant = run->args.server == NULL || stream_address_check(run->args.server, &run->failure);
    if (meant && tefter_open(&options, &run->client, &run->failure) && connect_in_time(run)) {
        take_habits(run);
        tell_recovery(run);
        tell_old_profile(run);
        tell_damaged_outbox(run);
        if (outbox)
            hear_earlier(run);
        return true;
    }
    size_t size = strlen(run->failure.text);
    bool stops = size > 0 && strchr(".?!", run->failure.text[size - 1]) != NULL;
    if (outbox)
        (void)run_say(run, code_of(&run->failure),
                      stops ? N_("{failure} Nothing was booked.")
                            : N_("{failure}. Nothing was booked."),
                      "failure", run->failure.text, NULL);
    else
        (void)run_failed(run, code_of(&run->failure));
    return false;
}

void run_offer(struct run *run)
{
    struct tefter_offers offers;
    if (run->client == NULL || tefter_welcome(run->client) == NULL ||
        tefter_welcome(run->client)->recovery == NULL)
        return;
    bool all = tefter_offer(run->client, OFFERS_MS, &offers);
    if (offers.handed > 0)
        run_note(run,
                 words_many(run->language,
                            MANY_("{count} command of this terminal from before the restore: with "
                                  "the server again.",
                                  "{count} commands of this terminal from before the restore: with "
                                  "the server again."),
                            offers.handed),
                 "count", NUMBER(offers.handed), NULL);
    if (offers.refused > 0)
        run_note(run, N_("{count} of them it does not take: tell the office."), "count",
                 NUMBER(offers.refused), NULL);
    if (!all)
        run_note(run, N_("Not all of them are: the rest follows with the next command here."),
                 NULL);
}

bool run_need_person(struct run *run)
{
    const Tefter__Welcome *welcome = tefter_welcome(run->client);
    if (tefter_person(run->client) != NULL)
        return true;
    if (welcome != NULL && welcome->recovery != NULL && welcome->recovery->offer_only) {
        (void)run_say(run, EXIT_NOT_ALLOWED,
                      N_("The restored ledger does not know this terminal. It takes back what was "
                         "done here before; for anything else get a new code (tefter terminal "
                         "add)"),
                      NULL);
        return false;
    }
    (void)run_say(run, EXIT_NOT_ALLOWED,
                  N_("Nobody is logged in at this terminal. Log in first: tefter login"), NULL);
    return false;
}

/* ---- refusals ---- */

#define CODE(name) TEFTER__REFUSAL_CODE__##name

/* No default: a new code is put where it belongs. */
int refusal_exit(Tefter__RefusalCode code)
{
    switch (code) {
    case CODE(UNREADABLE):
    case CODE(FIELD_MISSING):
    case CODE(FIELD_INVALID):
    case CODE(NUMBER_OF_OTHER_SERIES):
    case CODE(AMOUNT_NOT_POSITIVE):
    case CODE(AMOUNT_TOO_BIG):
    case CODE(DATE_INVALID):
    case CODE(DATE_TOO_EARLY):
    case CODE(TEXT_INVALID):
    case CODE(TEXT_UNSEEN):
    case CODE(TEXT_BLANK):
    case CODE(TEXT_EDGE):
    case CODE(TEXT_MARK):
    case CODE(TEXT_BREAK):
    case CODE(TOO_MANY):
    case CODE(WRONG_CURRENCY):
    case CODE(QUESTION_TOO_BIG):
        return EXIT_USE;
    case CODE(DATE_BEFORE_TODAY):
    case CODE(NOT_LOGGED_IN):
    case CODE(RIGHT_MISSING):
    case CODE(LOGIN_WRONG):
    case CODE(LOGIN_THROTTLED):
    case CODE(STAFF_BLOCKED):
    case CODE(TERMINAL_BLOCKED):
    case CODE(TERMINAL_UNKNOWN):
    case CODE(ORIGIN_NOT_OURS):
    case CODE(PROOF_WRONG):
    case CODE(NOT_A_PRINTER):
    case CODE(CODE_WRONG):
    case CODE(CODE_USED):
    case CODE(CODE_EXPIRED):
    case CODE(BRANCH_BLOCKED):
    case CODE(CERTIFICATE_EXPIRED):
    case CODE(SECOND_PERSON_NEEDED):
    case CODE(MORE_THAN_YOU_MAY):
    case CODE(STAFF_OF_OTHER_BRANCH):
    case CODE(BOUND_TO_BRANCH):
    case CODE(OWN_APPROVAL):
        return EXIT_NOT_ALLOWED;
    case CODE(BUSY):
    case CODE(READ_ONLY):
    case CODE(DEADLINE_PASSED):
    case CODE(VERSION_UNKNOWN):
    case CODE(SERVER_OLDER):
    case CODE(CLIENT_OLDER):
    case CODE(RECORD_DAMAGED):
    case CODE(NOTICES_OFF):
    case CODE(QUERY_DISABLED):
    case CODE(TOO_MANY_CONNECTIONS):
        return EXIT_NO_SERVER;
    case CODE(ALREADY_EXISTS):
    case CODE(LOOKS_LIKE):
    case CODE(COMMAND_ID_REUSED):
    case CODE(APPROVAL_NOT_OPEN):
    case CODE(APPROVAL_UNDECIDED):
    case CODE(APPROVAL_DENIED):
    case CODE(APPROVAL_USED_ALREADY):
    case CODE(APPROVAL_LAPSED):
    case CODE(APPROVAL_OTHER_CUSTOMER):
    case CODE(APPROVAL_OTHER_BRANCH):
    case CODE(APPROVAL_OTHER_GOODS):
    case CODE(APPROVAL_FOR_LESS):
    case CODE(APPROVAL_OUTGROWN):
    case CODE(LOCK_STATE):
    case CODE(PAYER_HAS_PAYER):
    case CODE(PAYER_HAS_SITES):
    case CODE(CUSTOMER_MERGED):
    case CODE(MERGE_IN_USE):
    case CODE(SAME_CUSTOMER):
    case CODE(ALREADY_REVERSED):
    case CODE(NUMBER_TAKEN):
    case CODE(MATCH_UNDONE):
    case CODE(DATED_LATER):
    case CODE(TILL_OPEN):
    case CODE(TILL_COUNTED):
        return EXIT_CONFLICT;
    case CODE(DATE_IN_FUTURE):
    case CODE(PASSWORD_WEAK):
    case CODE(ALREADY_SUBSCRIBED):
    case CODE(NOT_FOUND):
    case CODE(COMMAND_ID_TOO_OLD):
    case CODE(COMMAND_ID_FOREIGN):
    case CODE(UNPAID_TOO_MANY):
    case CODE(SITE_LIMIT_EXCEEDED):
    case CODE(PAYER_LOCKED):
    case CODE(RULES_TOO_OLD):
    case CODE(NOTHING_TO_CHANGE):
    case CODE(WITHIN_LIMIT):
    case CODE(RETIRED):
    case CODE(QUARANTINED):
    case CODE(CUSTOMER_LOCKED):
    case CODE(CREDIT_LIMIT_EXCEEDED):
    case CODE(APPROVAL_NEEDED):
    case CODE(OVERDUE_TOO_OLD):
    case CODE(OVERDUE_TOO_MUCH):
    case CODE(DOCUMENT_TOO_BIG_FOR_CUSTOMER):
    case CODE(BUYER_NOT_AUTHORISED):
    case CODE(CUSTOMER_OPEN):
    case CODE(CUSTOMER_ERASED):
    case CODE(BUYER_NEEDED):
    case CODE(BUYER_CAP_EXCEEDED):
    case CODE(PIN_NEEDED):
    case CODE(PIN_WRONG):
    case CODE(PIN_LOCKED):
    case CODE(NOT_IN_CATALOGUE):
    case CODE(PRICE_MISSING):
    case CODE(QUANTITY_NOT_POSITIVE):
    case CODE(DISCOUNT_TOO_BIG):
    case CODE(TOTAL_NEGATIVE):
    case CODE(MORE_THAN_SOLD):
    case CODE(NOT_REVERSIBLE):
    case CODE(NOT_IMPORTED):
    case CODE(NOT_CONFIRMABLE):
    case CODE(MATCH_TOO_MUCH):
    case CODE(MATCH_OTHER_CUSTOMER):
    case CODE(MATCH_NOTHING):
    case CODE(TILL_OTHER_BRANCH):
    case CODE(RENEWAL_TOO_EARLY):
    case CODE(RECEIPT_WRONG):
    case CODE(NO_RECOVERY):
    case CODE(OFFER_DECIDED):
    case CODE(RECOVERY_UNFINISHED):
    case CODE(CASH_SALE_UNPAID):
    case CODE(PAID_TOO_MUCH):
    case CODE(ROUNDING_TOO_MUCH):
    case CODE(NOT_IN_COINS):
    case CODE(REFUND_TOO_MUCH):
    case CODE(MONEY_NOT_THERE):
    case CODE(MONEY_LEFT):
    case CODE(TILL_CLOSED):
    case CODE(TILL_NOT_COUNTED):
    case CODE(UNIT_UNKNOWN):
    case CODE(UNIT_NOT_EXACT):
    case _TEFTER__REFUSAL_CODE_IS_INT_SIZE:
        break;
    }
    return EXIT_REFUSED; /* by a rule; also a code that only a later version knows */
}

/* Is what is there already a document? */
static bool names_document(Tefter__RefusalCode code)
{
    return code == CODE(ALREADY_REVERSED) || code == CODE(NOT_REVERSIBLE) ||
           code == CODE(APPROVAL_USED_ALREADY);
}

/* For a sentence that can do without the answer, but not with one that is not to be believed: that
 * ends the run, and is told. */
static const Tefter__Answer *look_for_words(struct run *run, const Tefter__Query *query)
{
    if (run->untrue)
        return NULL;
    const Tefter__Answer *answer = tefter_ask(run->client, query, &run->arena, &run->failure);
    if (answer == NULL && (run->failure.fault == FAULT_PEER || tefter_breached(run->client)))
        no_answer(run);
    return answer;
}

static const char *product_code(struct run *run, uint64_t product)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ProductCard card = TEFTER__PRODUCT_CARD__INIT;
    query.kind_case = TEFTER__QUERY__KIND_PRODUCT_CARD;
    query.product_card = &card;
    card.has_product = true;
    card.product = (uint32_t)product;
    const Tefter__Answer *answer = look_for_words(run, &query);
    bool found = answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_PRODUCT_CARD;
    return found ? answer->product_card->product->code : NULL;
}

static const char *group_name(struct run *run, uint64_t group)
{
    const Tefter__GroupsAnswer *groups = groups_all(run);
    for (size_t i = 0; groups != NULL && i < groups->n_groups; i++)
        if (groups->groups[i]->group == group)
            return groups->groups[i]->name;
    return NULL;
}

/* What is there already, as people call it; NULL: it has no such name. */
static const char *name_of_existing(struct run *run, uint64_t existing)
{
    const char *entity = run->args.verb == NULL ? "" : run->args.verb->entity;
    if (strcmp(entity, "customer") == 0)
        return customer_name(run, (uint32_t)existing);
    if (strcmp(entity, "branch") == 0)
        return branch_code(run, (uint32_t)existing);
    if (strcmp(entity, "staff") == 0)
        return staff_login(run, (uint32_t)existing);
    if (strcmp(entity, "product") == 0)
        return product_code(run, existing);
    if (strcmp(entity, "group") == 0)
        return group_name(run, existing);
    bool place = strcmp(entity, "till") == 0 || strcmp(entity, "account") == 0 ||
                 strcmp(entity, "device") == 0;
    return place ? place_name(run, (uint32_t)existing) : NULL;
}

/* With the number that people know it by; as it was when it cannot be had. */
static Tefter__Refusal with_number(struct run *run, const Tefter__Refusal *refusal)
{
    Tefter__Refusal copy = *refusal;
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    if (!copy.has_existing || copy.existing_number != NULL)
        return copy;
    if (copy.code == CODE(ALREADY_EXISTS))
        copy.existing_number = (char *)(uintptr_t)name_of_existing(run, copy.existing);
    if (!names_document(copy.code))
        return copy;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = copy.existing;
    const Tefter__Answer *answer = look_for_words(run, &query);
    if (answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_DOCUMENT)
        copy.existing_number = answer->document->document->number;
    return copy;
}

static const Tefter__ApprovalRow *approval_of(struct run *run, uint64_t number)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__ApprovalList list = TEFTER__APPROVAL_LIST__INIT;
    query.kind_case = TEFTER__QUERY__KIND_APPROVALS;
    query.approvals = &list;
    const Tefter__Answer *answer = look_for_words(run, &query);
    if (answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_APPROVALS)
        answer = run_whole(run, &query, answer);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_APPROVALS)
        return NULL;
    for (size_t i = 0; i < answer->approvals->n_approvals; i++) {
        if (answer->approvals->approvals[i]->approval == number)
            return answer->approvals->approvals[i];
    }
    return NULL;
}

/* Why an approval does not serve. */
static const char *approval_why(const Tefter__ApprovalRow *row)
{
    switch (row->state) {
    case TEFTER__APPROVAL_STATE__APPROVAL_WAITING:
        return N_("Approval {approval} still waits for its answer|: {reason}|.");
    case TEFTER__APPROVAL_STATE__APPROVAL_REFUSED:
        return N_("Approval {approval} was refused|: {reason}|.");
    case TEFTER__APPROVAL_STATE__APPROVAL_SPENT:
        return N_("Approval {approval} was used for a sale already|: {reason}|.");
    case TEFTER__APPROVAL_STATE__APPROVAL_EXPIRED:
        return N_("Approval {approval} has expired|: {reason}|.");
    case TEFTER__APPROVAL_STATE__APPROVAL_GRANTED:
    case _TEFTER__APPROVAL_STATE_IS_INT_SIZE:
        break;
    }
    return N_("Approval {approval} is for {customer} only, and for at most {amount}|: {reason}|.");
}

/* Of a ledger with older rules, which does not say it. False: nothing more is known than the
 * refusal says. */
static bool say_approval(struct run *run)
{
    const char *text = arg_text(&run->args, "--approval");
    if (text == NULL)
        text = arg_text(&run->args, "APPROVAL");
    const Tefter__ApprovalRow *row =
        text == NULL ? NULL : approval_of(run, strtoull(text, NULL, 10));
    if (row == NULL)
        return false;
    (void)run_say(
        run, EXIT_CONFLICT, approval_why(row), "approval", text, "customer",
        customer_name(run, row->customer), "amount",
        money_text(run, row->has_approved_minor ? row->approved_minor : row->amount_minor, CELL),
        "reason", if_any(text_of(row->reason)), NULL);
    return true;
}

/* As it is typed in a shell. */
static void shell_word(const char *text, char out[CELL_MAX])
{
    static const char special[] = " \t#*?[]{}()<>|&;$`\"\\!~'";
    bool plain = text[0] != '\0' && strpbrk(text, special) == NULL;
    (void)snprintf(out, CELL_MAX, plain ? "%.250s" : "\"%.250s\"", text);
}

/* An operand that a sentence names is the one that was typed: what it says can be said so. A
 * command at the end has no full stop behind it. */
static void name_operand(struct run *run, const char *name, char sentence[LINE_MAX_BYTES])
{
    char word[CELL_MAX];
    char after[LINE_MAX_BYTES];
    const char *text = arg_text(&run->args, name);
    size_t size = strlen(name);
    if (text == NULL)
        return;
    shell_word(text, word);
    for (char *at = strstr(sentence, name); at != NULL; at = strstr(at + 1, name)) {
        const char *rest = at + size;
        if (at == sentence || at[-1] != ' ' || (*rest != '\0' && strchr(" ,.;)", *rest) == NULL))
            continue;
        (void)snprintf(after, sizeof(after), "%s", strcmp(rest, ".") == 0 ? "" : rest);
        (void)snprintf(at, LINE_MAX_BYTES - (size_t)(at - sentence), "%s%s", word, after);
    }
}

static void name_operands(struct run *run, char sentence[LINE_MAX_BYTES])
{
    static const char *const names[] = {"TILL", "CUSTOMER", "PRODUCT"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        name_operand(run, names[i], sentence);
    if (run->refused == CODE(CASH_SALE_UNPAID))
        name_operand(run, "NUMBER", sentence);
}

/* `typed`: what the refusal is about, as it was typed; NULL: not known. */
static int say_refused(struct run *run, const Tefter__Refusal *refusal, const char *typed)
{
    char sentence[LINE_MAX_BYTES];
    struct speech speech = run_speech(run);
    run->refused = refusal->code;
    run->refused_minor = refusal->decision != NULL ? refusal->decision->amount_minor : 0;
    if (refusal->code == CODE(APPROVAL_NOT_OPEN) && !refusal->has_approval && say_approval(run))
        return run->exit_code;
    Tefter__Refusal told = with_number(run, refusal);
    if (run->untrue)
        return run->exit_code;
    if (told.code == CODE(CASH_SALE_UNPAID) && strcmp(run->args.verb->entity, "correct") == 0)
        told.field = (char *)(uintptr_t) "correction";
    (void)refusal_sentence_for(&told, &speech, sentence, sizeof(sentence));
    name_operands(run, sentence);
    if (typed == NULL)
        return run_say_text(run, (enum exit_code)refusal_exit(refusal->code), sentence);
    return run_say(run, (enum exit_code)refusal_exit(refusal->code), "\"{typed}\": {refusal}",
                   "typed", typed, "refusal", sentence, NULL);
}

int run_refused(struct run *run, const Tefter__Refusal *refusal)
{
    if (run->json) {
        Tefter__Reply reply = TEFTER__REPLY__INIT;
        reply.result_case = TEFTER__REPLY__RESULT_REFUSED;
        reply.refused = (Tefter__Refusal *)(uintptr_t)refusal;
        run_json(run, &reply.base);
    }
    return say_refused(run, refusal, NULL);
}

/* ---- asking ---- */

/* Whose PIN a command may need; false: nobody's. */
static bool pin_of(const Tefter__Command *command, Tefter__BuyerPin *ret_pin)
{
    const Tefter__IssueInvoice *invoice = NULL;
    if (command->kind_case == TEFTER__COMMAND__KIND_ISSUE_INVOICE)
        invoice = command->issue_invoice;
    else if (command->kind_case == TEFTER__COMMAND__KIND_SELL_PAID)
        invoice = command->sell_paid->invoice;
    else if (command->kind_case == TEFTER__COMMAND__KIND_CORRECT_INVOICE)
        invoice = command->correct_invoice->invoice;
    if (invoice == NULL || !invoice->has_buyer)
        return false;
    tefter__buyer_pin__init(ret_pin);
    ret_pin->customer = invoice->customer;
    ret_pin->buyer = invoice->buyer;
    return true;
}

static bool wants_pin(const struct run *run, const Tefter__Reply *reply)
{
    return reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_REFUSED &&
           reply->refused->code == TEFTER__REFUSAL_CODE__PIN_NEEDED && !run->json &&
           isatty(STDIN_FILENO);
}

/* Whether the buyer has a PIN is known to the server: it is asked for when that wants it. */
static const Tefter__Reply *call_with_pin(struct run *run, const Tefter__Command *command,
                                          Tefter__BuyerPin *pin)
{
    char typed[PIN_TYPED_MAX];
    const Tefter__Reply *reply = NULL;
    const char *file = arg_text(&run->args, "--pin-file");
    if (file == NULL)
        reply = tefter_call(run->client, command, &run->arena, &run->failure);
    if (file == NULL && !wants_pin(run, reply))
        return reply;
    pin->pin = typed;
    reply = pin_read(run, file, N_("PIN of who takes the goods"), typed)
                ? tefter_call_with_pin(run->client, command, pin, &run->arena, &run->failure)
                : NULL;
    secret_wipe(typed, sizeof(typed));
    return reply;
}

static const Tefter__Reply *call(struct run *run, const Tefter__Command *command)
{
    Tefter__BuyerPin pin;
    return pin_of(command, &pin) ? call_with_pin(run, command, &pin)
                                 : tefter_call(run->client, command, &run->arena, &run->failure);
}

const Tefter__Done *run_call(struct run *run, const Tefter__Command *command)
{
    if (run->untrue)
        return NULL;
    struct earlier *earlier =
        run->args.again || arg_flag(&run->args, "--again") ? NULL : same_earlier(run, command);
    const Tefter__Reply *reply = earlier != NULL ? earlier->reply : call(run, command);
    if (earlier != NULL)
        run_note(run,
                 N_("It is the same, so it was not sent another time. To book another one, say the "
                    "same with --again."),
                 NULL);
    if (reply == NULL)
        no_answer(run);
    else if (run->json)
        run_json(run, &reply->base);
    if (reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_REFUSED)
        (void)say_refused(run, reply->refused,
                          path_typed(message_member(&command->base), reply->refused->field));
    bool done = reply != NULL && reply->result_case == TEFTER__REPLY__RESULT_DONE;
    return done ? reply->done : NULL;
}

const Tefter__Answer *run_look(struct run *run, const Tefter__Query *query)
{
    if (run->untrue)
        return NULL;
    const Tefter__Answer *answer = tefter_ask(run->client, query, &run->arena, &run->failure);
    if (answer == NULL)
        no_answer(run);
    return answer;
}

const Tefter__Answer *run_ask(struct run *run, const Tefter__Query *query)
{
    const Tefter__Answer *answer = run_look(run, query);
    if (answer == NULL || answer->kind_case != TEFTER__ANSWER__KIND_REFUSED)
        return answer;
    (void)run_refused(run, answer->refused);
    return NULL;
}

const Tefter__ToTerminal *run_request(struct run *run, Tefter__FromTerminal *request)
{
    if (run->untrue)
        return NULL;
    const Tefter__ToTerminal *answer =
        tefter_request(run->client, request, &run->arena, &run->failure);
    if (answer == NULL) {
        no_answer(run);
    } else if (answer->body_case == TEFTER__TO_TERMINAL__BODY_REFUSED) {
        (void)run_refused(run, answer->refused);
        return NULL;
    }
    return answer;
}

/* ---- what was done ---- */

struct done_words {
    struct run *run;
    const Tefter__Done *done;
};

static bool put_money(struct run *run, bool known, int64_t amount, char *out, size_t capacity)
{
    if (known)
        (void)money_sentence(amount, run_currency(run), out, capacity);
    return known;
}

static bool put_id(bool known, uint64_t id, char *out, size_t capacity)
{
    (void)snprintf(out, capacity, "%" PRIu64, id);
    return known;
}

static bool put_account(const struct done_words *words, const char *name, char *out,
                        size_t capacity)
{
    const Tefter__AccountRow *account = words->done->account;
    char cell[CELL_MAX];
    if (account == NULL)
        return false;
    if (strcmp(name, "owes") == 0)
        (void)snprintf(out, capacity, "%s", balance_text(words->run, account->balance_minor, cell));
    else if (account->unlimited)
        (void)words_say(out, capacity, words->run->language, N_("no limit"), NULL);
    else if (account->available_minor >= 0)
        (void)words_say(out, capacity, words->run->language, N_("available {amount}"), "amount",
                        money_text(words->run, account->available_minor, cell), NULL);
    else
        (void)words_say(out, capacity, words->run->language, N_("{sign} over by {amount}"), "sign",
                        sign_over(words->run), "amount",
                        money_text(words->run, -account->available_minor, cell), NULL);
    return true;
}

static bool put_said(const struct done_words *words, const char *name, char *out, size_t capacity)
{
    char word[CELL_MAX];
    bool shell = name[0] == '='; /* {=TILL}: as it is typed in a shell */
    const char *text = arg_text(&words->run->args, shell ? name + 1 : name);
    if (text != NULL && shell) {
        shell_word(text, word);
        text = word;
    }
    (void)snprintf(out, capacity, "%s", text == NULL ? "" : text);
    return text != NULL;
}

static bool done_word(void *context, const char *name, char *out, size_t capacity)
{
    const struct done_words *words = context;
    const Tefter__Done *done = words->done;
    struct run *run = words->run;
    if (strcmp(name, "id") == 0)
        return put_id(done->has_id, done->id, out, capacity);
    if (strcmp(name, "match") == 0)
        return put_id(done->has_match, done->match, out, capacity);
    if (strcmp(name, "number") == 0 || strcmp(name, "reversal") == 0) {
        const char *number = name[0] == 'n' ? done->number : done->reversal_number;
        (void)snprintf(out, capacity, "%s", number == NULL ? "" : number);
        return number != NULL && number[0] != '\0';
    }
    if (strcmp(name, "banked") == 0) {
        (void)snprintf(out, capacity, "%s", done->banked_number == NULL ? "" : done->banked_number);
        return out[0] != '\0';
    }
    if (strcmp(name, "pin") == 0) {
        (void)words_say(out, capacity, run->language, N_("with PIN"), NULL);
        return done->with_pin;
    }
    if (strcmp(name, "total$") == 0)
        return put_money(run, done->has_total_minor, done->total_minor, out, capacity);
    if (strcmp(name, "taken$") == 0)
        return put_money(run, done->has_total_minor,
                         done->total_minor - done->rounding_minor - done->discount_minor, out,
                         capacity);
    if (strcmp(name, "expected$") == 0)
        return put_money(run, done->has_expected_minor, done->expected_minor, out, capacity);
    if (strcmp(name, "more$") == 0)
        return put_money(run, done->difference_minor > 0, done->difference_minor, out, capacity);
    if (strcmp(name, "less$") == 0)
        return put_money(run, done->difference_minor < 0, -done->difference_minor, out, capacity);
    if (strcmp(name, "way") == 0)
        return done->on_its_way;
    if (strcmp(name, "paid$") == 0)
        return put_money(run, done->has_paid_minor, done->paid_minor, out, capacity);
    if (strcmp(name, "rounded$") == 0)
        return put_money(run, done->rounding_minor + done->discount_minor > 0,
                         done->rounding_minor + done->discount_minor, out, capacity);
    if (strcmp(name, "up$") == 0)
        return put_money(run, done->rounding_minor < 0, -done->rounding_minor, out, capacity);
    if (strcmp(name, "matched$") == 0)
        return put_money(run, done->has_matched_minor && done->matched_minor != 0,
                         done->matched_minor, out, capacity);
    if (strcmp(name, "due") == 0) {
        (void)date_text(done->due, out);
        return done->has_due && out[0] != '\0';
    }
    if (strcmp(name, "owes") == 0 || strcmp(name, "available") == 0)
        return put_account(words, name, out, capacity);
    return put_said(words, name, out, capacity);
}

static bool limit_alone(const Tefter__Decision *decision)
{
    return decision == NULL || decision->n_walls == 0 ||
           (decision->n_walls == 1 && decision->walls[0] == CODE(CREDIT_LIMIT_EXCEEDED));
}

static void tell_over(struct run *run, const Tefter__Done *done, const char *amount)
{
    char walls[LINE_MAX_BYTES];
    struct speech speech = run_speech(run);
    Tefter__Verdict verdict = done->decision == NULL ? 0 : done->decision->verdict;
    const char *why = verdict == TEFTER__VERDICT__VERDICT_APPROVED ? N_("it was approved")
                      : verdict == TEFTER__VERDICT__VERDICT_POSTED ? N_("it had happened already")
                      : verdict == TEFTER__VERDICT__VERDICT_WARNED ? N_("the policy only warns")
                                                                   : NULL;
    why = why == NULL ? NULL : run_word(run, why);
    if (!limit_alone(done->decision) &&
        decision_sentence(done->decision, &speech, walls, sizeof(walls)))
        run_note(run, N_("Note: {walls}| But {why}.|"), "walls", walls, "why", why, NULL);
    else
        run_note(run, N_("Note: over the limit by {amount}|; {why}|."), "amount", amount, "why",
                 why, NULL);
}

static void tell_warning(struct run *run, const Tefter__Done *done, const Tefter__Warning *warning)
{
    char amount[CELL_MAX] = "";
    if (warning->has_amount_minor)
        (void)money_sentence(warning->amount_minor, run_currency(run), amount, sizeof(amount));
    switch (warning->kind) {
    case TEFTER__WARNING_KIND__WARNING_OVER_LIMIT:
        tell_over(run, done, amount);
        break;
    case TEFTER__WARNING_KIND__WARNING_LIKELY_DOUBLE:
        run_note(run,
                 N_("Note: this may be the same as customer #{number}. Look: tefter customer show "
                    "'#{number}'"),
                 "number", NUMBER(warning->about), NULL);
        break;
    case TEFTER__WARNING_KIND__WARNING_BACKDATED:
        run_note(run, N_("Note: dated before the branch's business date."), NULL);
        break;
    case TEFTER__WARNING_KIND__WARNING_LEFT_UNMATCHED:
        run_note(run,
                 N_("Note: {amount} is left unmatched, though there are bills for it: one document "
                    "holds at most {most} matches, and one command makes no more."),
                 "amount", amount, "most", NUMBER(MATCH_PAIRS_MAX), NULL);
        break;
    case _TEFTER__WARNING_KIND_IS_INT_SIZE:
        break;
    }
}

bool run_is_cash_customer(struct run *run, bool said, uint32_t customer)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__CompanyView view = TEFTER__COMPANY_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_COMPANY;
    query.company = &view;
    const Tefter__Answer *answer = run_ask(run, &query);
    return answer != NULL && (!said || customer == answer->company->cash_customer);
}

/* Cash goes back in cash; what came by card or bank goes back that way. */
static void tell_give_back(struct run *run, uint64_t document, const char *word)
{
    Tefter__Query query = TEFTER__QUERY__INIT;
    Tefter__DocumentView view = TEFTER__DOCUMENT_VIEW__INIT;
    query.kind_case = TEFTER__QUERY__KIND_DOCUMENT;
    query.document = &view;
    view.has_document = true;
    view.document = document;
    const Tefter__Answer *answer = run_look(run, &query);
    const Tefter__DocumentRecord *record =
        answer != NULL && answer->kind_case == TEFTER__ANSWER__KIND_DOCUMENT
            ? answer->document->document
            : NULL;
    bool cash = record == NULL || !record->has_payment_kind ||
                record->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_CASH;
    run_tell(run,
             cash ? N_("It is given back with: tefter refund cash --of {number} --reason TEXT")
                  : N_("It is given back with: tefter refund cash --of {number} --transfer ACCOUNT "
                       "--reason TEXT"),
             "number", word, NULL);
    if (!cash && record->payment_kind == TEFTER__PAYMENT_KIND__PAYMENT_POS)
        run_tell(run,
                 N_("All of it, when it is given back at the card device: tefter reverse {number} "
                    "--reason TEXT"),
                 "number", word, NULL);
}

/* What is done with money that paid for nothing any more; the cash customer is many people. */
static void tell_free(struct run *run, uint32_t customer, bool has_bills, uint64_t document,
                      const char *number)
{
    char code[CELL_MAX];
    char word[CELL_MAX];
    char other[CELL_MAX];
    shell_word(number, word);
    if (run_is_cash_customer(run, true, customer)) {
        tell_give_back(run, document, word);
        return;
    }
    (void)snprintf(code, sizeof(code), "%s", customer_name(run, customer));
    code[strcspn(code, " ")] = '\0';
    shell_word(code, other);
    if (has_bills)
        run_tell(run, N_("It goes to other bills with: tefter match {customer} --with {number}"),
                 "customer", other, "number", word, NULL);
    else
        run_tell(run,
                 N_("It is for their next bill, or is paid out with: tefter refund {customer} --of "
                    "{number} --reason TEXT"),
                 "customer", other, "number", word, NULL);
}

/* The other side of a match that is none any more: what became of it. */
static void tell_one_freed(struct run *run, const Tefter__Done *done,
                           const Tefter__FreedMatch *freed)
{
    char amount[CELL_MAX];
    char open[CELL_MAX];
    uint32_t customer = (uint32_t)(freed->document >> DOCUMENT_CUSTOMER_SHIFT);
    const char *number = freed->number == NULL ? "" : freed->number;
    (void)money_text(run, freed->amount_minor, amount);
    (void)money_text(run, freed->open_minor, open);
    if (freed->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_INVOICE) {
        run_tell(run, N_("Open again: {amount} of bill {number}; {open} of it is unpaid now."),
                 "amount", amount, "number", number, "open", open, NULL);
        return;
    }
    if (freed->kind == TEFTER__DOCUMENT_KIND__DOCUMENT_REFUND) {
        run_tell(
            run,
            N_("It was paid out by {number}: {open} of that is owed now. If the money is back: "
               "tefter reverse {number} --reason TEXT"),
            "number", number, "open", open, NULL);
        return;
    }
    run_tell(run,
             N_("Not matched any more: {amount} of {number}; {open} of it is free now, with "
                "{customer}."),
             "amount", amount, "number", number, "open", open, "customer",
             customer_name(run, customer), NULL);
    bool known = done->account != NULL && done->account->customer == customer;
    tell_free(run, customer, !known || done->account->open_bills > 0, freed->document, number);
}

static void tell_freed(struct run *run, const Tefter__Done *done)
{
    char amount[CELL_MAX];
    for (size_t i = 0; i < done->n_freed; i++)
        tell_one_freed(run, done, done->freed[i]);
    if (done->freed_count > done->n_freed)
        run_tell(run, N_("... and of {count} more; {amount} in all."), "count",
                 NUMBER(done->freed_count - (uint32_t)done->n_freed), "amount",
                 money_text(run, done->freed_minor, amount), NULL);
}

void run_tell_done(struct run *run, const Tefter__Done *done, const char *pattern)
{
    char sentence[LINE_MAX_BYTES];
    struct done_words words = {run, done};
    for (size_t i = 0; i < done->n_warnings; i++)
        tell_warning(run, done, done->warnings[i]);
    if (run->json)
        return;
    for (size_t i = 0; i < done->n_payments; i++)
        if (done->payments[i]->on_its_way)
            run_note(run, N_("Note: {number} waits to be confirmed."), "number",
                     done->payments[i]->number, NULL);
    (void)words_write(words_in(run->language, pattern), done_word, &words, sentence,
                      sizeof(sentence));
    tell(stdout, "%s\n", sentence);
    tell_freed(run, done);
}

int run_submit(struct run *run, const Tefter__Command *command, const char *pattern)
{
    const Tefter__Done *done = run_call(run, command);
    if (done == NULL)
        return run->exit_code;
    run_tell_done(run, done, pattern);
    return EXIT_DONE;
}

/* ---- verbs that are rows ---- */

static bool build_fault(struct run *run, const char *path, const struct message_fault *fault)
{
    (void)run_say(run, EXIT_USE, "{path}: {fault}", "path", path, "fault", fault->what, NULL);
    return false;
}

static bool set_fixed(struct run *run, ProtobufCMessage *message, const char *member,
                      const char *fixed)
{
    char pairs[512];
    char path[160];
    char *rest = pairs;
    (void)snprintf(pairs, sizeof(pairs), "%s", fixed);
    for (char *pair = strsep(&rest, " "); pair != NULL; pair = strsep(&rest, " ")) {
        struct message_fault fault;
        char *equals = strchr(pair, '=');
        need(equals != NULL);
        *equals = '\0';
        (void)snprintf(path, sizeof(path), "%s.%s", member, pair);
        if (!message_set(message, path, equals + 1, &run->arena, &fault))
            return build_fault(run, path, &fault);
    }
    return true;
}

/* Is it one of the words that the param takes, if it takes only some? */
static bool word_is_known(struct run *run, const struct arg *arg)
{
    const char *words = arg->param->words;
    size_t size = strlen(arg->text);
    for (const char *at = words; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, arg->text, size) == 0 && (at[size] == ' ' || at[size] == '\0'))
            return true;
    }
    if (words != NULL)
        (void)run_say(run, EXIT_USE, N_("{option} takes none but: {words}"), "option",
                      arg->param->name, "words", words, NULL);
    return words == NULL;
}

static bool set_params(struct run *run, ProtobufCMessage *message, const char *member)
{
    char path[160];
    for (size_t i = 0; i < run->args.count; i++) {
        const struct arg *arg = &run->args.list[i];
        if (arg->param->field == NULL)
            continue;
        if (!word_is_known(run, arg))
            return false;
        (void)snprintf(path, sizeof(path), "%s.%s", member, arg->param->field);
        if (!typed_set(run, message, path, arg->param->kind, arg->text))
            return false;
    }
    return true;
}

ProtobufCMessage *run_build(struct run *run, const ProtobufCMessageDescriptor *type,
                            const char *member)
{
    ProtobufCMessage *message = message_new(type, &run->arena);
    need(message != NULL && member_make(message, member, &run->arena) != NULL);
    if (run->args.verb->fixed != NULL && !set_fixed(run, message, member, run->args.verb->fixed))
        return NULL;
    return set_params(run, message, member) ? message : NULL;
}

int run_command(struct run *run)
{
    const struct verb *verb = run->args.verb;
    const Tefter__Command *command =
        (const Tefter__Command *)run_build(run, &tefter__command__descriptor, verb->command);
    return command == NULL ? run->exit_code : run_submit(run, command, verb->done);
}

/* ---- lists ---- */

struct listing {
    struct run *run;
    ProtobufCMessage **rows;
    size_t count;
    size_t capacity;
    size_t most;
    bool more;
    bool lacks; /* what `lacks` of the verb says */
};

static void listing_add(struct listing *listing, ProtobufCMessage *row)
{
    need(ARENA_GROW(&listing->run->arena, listing->rows, listing->capacity, listing->count + 1));
    listing->rows[listing->count++] = row;
}

/* Is that field of it true? NULL: none is asked for. */
static bool is_true(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        name != NULL ? protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name)
                     : NULL;
    return field != NULL && field->type == PROTOBUF_C_TYPE_BOOL &&
           *(const protobuf_c_boolean *)((const char *)message + field->offset);
}

static void listing_take(struct listing *listing, const ProtobufCMessage *answer)
{
    size_t count = 0;
    ProtobufCMessage *const *rows = path_rows(answer, listing->run->args.verb->rows, &count);
    size_t room = listing->most - listing->count;
    listing->more = count > room;
    listing->lacks = listing->lacks || is_true(answer, listing->run->args.verb->lacks);
    for (size_t i = 0; i < count && i < room; i++)
        listing_add(listing, rows[i]);
}

/* The next page's query: `page` of the query is `next` of the answer. False: there is none. */
static bool next_page(struct run *run, Tefter__Query *query, const ProtobufCMessage *answer)
{
    struct path_at at;
    char path[96];
    char hex[1024] = "";
    if (!path_find(answer, "next", &at))
        return false;
    const ProtobufCBinaryData *next = at.value;
    for (size_t i = 0; i < next->len && 2 * i + 2 < sizeof(hex); i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", next->data[i]);
    const ProtobufCFieldDescriptor *kind = protobuf_c_message_descriptor_get_field(
        &tefter__query__descriptor, (unsigned)query->kind_case);
    (void)snprintf(path, sizeof(path), "%s.page", kind->name);
    struct message_fault fault;
    return message_set(&query->base, path, hex, &run->arena, &fault);
}

/* The field of an answer that holds its rows. */
static const ProtobufCFieldDescriptor *rows_field(const ProtobufCMessage *answer)
{
    for (unsigned i = 0; i < answer->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &answer->descriptor->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REPEATED && field->type == PROTOBUF_C_TYPE_MESSAGE)
            return field;
    }
    return NULL;
}

static void join_rows(struct run *run, ProtobufCMessage *first, const ProtobufCMessage *more)
{
    const ProtobufCFieldDescriptor *field = rows_field(first);
    need(field != NULL && more->descriptor == first->descriptor);
    size_t *count = (size_t *)((char *)first + field->quantifier_offset);
    size_t added = *(const size_t *)((const char *)more + field->quantifier_offset);
    ProtobufCMessage ***rows = (ProtobufCMessage ***)((char *)first + field->offset);
    ProtobufCMessage *const *from =
        *(ProtobufCMessage *const *const *)((const char *)more + field->offset);
    ProtobufCMessage **all = arena_take(&run->arena, (*count + added + 1) * sizeof(*all));
    need(all != NULL);
    if (*count > 0)
        memcpy(all, *rows, *count * sizeof(*all));
    if (added > 0)
        memcpy(all + *count, from, added * sizeof(*all));
    *rows = all;
    *count += added;
}

const Tefter__Answer *run_whole(struct run *run, Tefter__Query *query, const Tefter__Answer *first)
{
    if (first == NULL)
        first = run_ask(run, query);
    const ProtobufCMessage *whole = first == NULL ? NULL : message_member(&first->base);
    const ProtobufCMessage *last = whole;
    while (last != NULL && next_page(run, query, last)) {
        const Tefter__Answer *more = run_ask(run, query);
        if (more == NULL)
            return NULL;
        last = message_member(&more->base);
        /* of the arena, made for us */
        join_rows(run, (ProtobufCMessage *)(uintptr_t)whole, last);
    }
    return first;
}

static size_t rows_wanted(struct run *run)
{
    const char *rows = arg_text(&run->args, "--rows");
    if (arg_flag(&run->args, "--all") || !run->args.verb->paged)
        return SIZE_MAX;
    return rows == NULL ? ROWS_DEFAULT : (size_t)strtoul(rows, NULL, 10);
}

/* How many of a page: as many as are wanted, at most what the server gives. */
static bool want_rows(struct run *run, Tefter__Query *query, size_t most)
{
    char path[96];
    char text[16];
    if (!run->args.verb->paged)
        return true;
    (void)snprintf(path, sizeof(path), "%s.rows", run->args.verb->query);
    (void)snprintf(text, sizeof(text), "%zu", most < PAGE_ROWS_MAX ? most : (size_t)PAGE_ROWS_MAX);
    struct message_fault fault;
    if (most > 0 && message_set(&query->base, path, text, &run->arena, &fault))
        return true;
    (void)run_say(run, EXIT_USE, N_("{option} takes a number"), "option", "--rows", NULL);
    return false;
}

static void listing_print(struct listing *listing, Tefter__Query *query)
{
    struct run *run = listing->run;
    const struct verb *verb = run->args.verb;
    if (run->json) {
        for (size_t i = 0; i < listing->count; i++)
            run_json(run, listing->rows[i]);
        return;
    }
    if (listing->count == 0)
        run_note(run, verb->empty == NULL ? N_("Nothing.") : verb->empty, NULL);
    else
        table_rows(run, verb->columns, listing->rows, listing->count);
    if (verb->sums != NULL)
        verb->sums(run, listing->rows, listing->count, query, listing->more);
    if (listing->more)
        run_note(run,
                 words_many(run->language,
                            MANY_("{count} row shown; there are more: --all shows all, --rows N so "
                                  "many.",
                                  "{count} rows shown; there are more: --all shows all, --rows N "
                                  "so many."),
                            listing->count),
                 "count", NUMBER(listing->count), NULL);
}

int run_query(struct run *run)
{
    struct listing listing = {.run = run, .most = rows_wanted(run)};
    Tefter__Query *query =
        (Tefter__Query *)run_build(run, &tefter__query__descriptor, run->args.verb->query);
    if (query == NULL)
        return run->exit_code;
    if (!want_rows(run, query, listing.most))
        return run->exit_code;
    bool again = true;
    while (again) {
        const Tefter__Answer *answer = run_ask(run, query);
        if (answer == NULL)
            return run->exit_code;
        const ProtobufCMessage *member = message_member(&answer->base);
        need(member != NULL);
        listing_take(&listing, member);
        again = next_page(run, query, member);
        listing.more = listing.more || again;
        again = again && listing.count < listing.most;
    }
    listing_print(&listing, query);
    if (listing.lacks)
        run_note(run, run->args.verb->lacking, NULL);
    return EXIT_DONE;
}
