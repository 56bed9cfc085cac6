/*
 * What people are told, in their language.
 */
#include "base/tell.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

/* ---- sentences ---- */

void failure_json(enum exit_code code, const char *text)
{
    static const char *const words[EXIT_CODES] = {[EXIT_DONE] = "DONE",
                                                  [EXIT_REFUSED] = "REFUSED",
                                                  [EXIT_USE] = "USE",
                                                  [EXIT_NO_SERVER] = "NO_SERVER",
                                                  [EXIT_NOT_ALLOWED] = "NOT_ALLOWED",
                                                  [EXIT_CONFLICT] = "CONFLICT",
                                                  [EXIT_UNWRITTEN] = "UNWRITTEN"};
    char shown[TELL_JSON_MAX];
    (void)fputs("{\"failure\":\"", stdout);
    for (size_t left = strlen(text); left > 0;) {
        size_t taken = tell_json(text, left, shown);
        (void)fputs(shown, stdout);
        text += taken;
        left -= taken;
    }
    tell(stdout, "\",\"code\":\"%s\",\"exit_code\":%d}\n", words[code], (int)code);
}

int run_say(struct run *run, enum exit_code code, const char *message, ...)
{
    char text[LINE_MAX_BYTES];
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(text, sizeof(text), run->language, message, facts);
    va_end(facts);
    return run_say_text(run, code, text);
}

int run_say_text(struct run *run, enum exit_code code, const char *text)
{
    if (run->json)
        failure_json(code, text);
    tell(stderr, "tefter: %s\n", text);
    run->exit_code = (int)code;
    return (int)code;
}

int run_say_typed(struct run *run, const char *typed, const char *wrong)
{
    return run_say(run, EXIT_USE, "\"{typed}\": {wrong}", "typed", typed, "wrong", wrong, NULL);
}

int run_failed(struct run *run, enum exit_code code)
{
    return run_say_text(run, code, run->failure.text);
}

bool run_fail(struct run *run, const char *message, ...)
{
    va_list facts;
    run->failure = (struct failure){.fault = FAULT_USE};
    va_start(facts, message);
    (void)words_say_list(run->failure.text, sizeof(run->failure.text), run->language, message,
                         facts);
    va_end(facts);
    return false;
}

void run_note(const struct run *run, const char *message, ...)
{
    char text[LINE_MAX_BYTES];
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(text, sizeof(text), run->language, message, facts);
    va_end(facts);
    run_note_text(run, text);
}

void run_note_text(const struct run *run, const char *text)
{
    if (!run->args.quiet)
        tell(stderr, "%s\n", text);
}

void run_tell(const struct run *run, const char *message, ...)
{
    char text[LINE_MAX_BYTES];
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(text, sizeof(text), run->language, message, facts);
    va_end(facts);
    tell(stdout, "%s\n", text);
}

const char *run_sentence(const struct run *run, char out[LINE_MAX_BYTES], const char *message, ...)
{
    va_list facts;
    va_start(facts, message);
    (void)words_say_list(out, LINE_MAX_BYTES, run->language, message, facts);
    va_end(facts);
    return out;
}

void run_tell_fact(const struct run *run, const char *label, const char *text)
{
    enum { ENGLISH_COLUMNS = 10, COLUMNS = 16 };
    tell(stdout, "  %-*s %s\n",
         run->language == LANGUAGE_ENGLISH ? (int)ENGLISH_COLUMNS : (int)COLUMNS,
         words_in(run->language, label), text);
}

/* ---- words ---- */

const char *run_word(const struct run *run, const char *message)
{
    return words_in(run->language, message);
}

const char *run_count(const struct run *run, const char *one, const char *many, uint64_t count,
                      char out[CELL_MAX])
{
    char number[NUMBER_MAX];
    (void)words_say(out, CELL_MAX, run->language, words_many(run->language, one, many, count),
                    "count", number_text(count, number), NULL);
    return out;
}

const char *number_text(uint64_t number, char out[NUMBER_MAX])
{
    (void)snprintf(out, NUMBER_MAX, "%" PRIu64, number);
    return out;
}

/* What tables and sentences say of an enum: by its names, as enum_word writes them. */
#define WORDS_OF(type, ...)                                                                        \
    {                                                                                              \
        &tefter__##type##__descriptor, (const char *const[])                                       \
        {                                                                                          \
            __VA_ARGS__, NULL                                                                      \
        }                                                                                          \
    }
static const struct {
    const ProtobufCEnumDescriptor *type;
    const char *const *words;
} enums[] = {
    WORDS_OF(document_kind, N_("invoice"), N_("payment"), N_("credit note"), N_("reversal"),
             N_("refund"), N_("money move")),
    WORDS_OF(document_state, N_("open"), N_("part"), N_("closed"), N_("reversed")),
    WORDS_OF(payment_kind, N_("cash"), N_("pos"), N_("transfer"), N_("slip")),
    WORDS_OF(approval_state, N_("waiting"), N_("granted"), N_("refused"), N_("spent"),
             N_("expired")),
    WORDS_OF(excess_policy, N_("policy::block"), N_("policy::warn"), N_("policy::approve")),
    WORDS_OF(limit_source, N_("customer"), N_("group"), N_("company")),
    WORDS_OF(money_account_kind, N_("till"), N_("bank account"), N_("pos device")),
    WORDS_OF(role, N_("sales"), N_("controller"), N_("accountant"), N_("manager"), N_("owner")),
    WORDS_OF(own_approval, N_("own approval::nobody"), N_("own approval::owner"),
             N_("own approval::anybody")),
    WORDS_OF(note_kind, N_("remark"), N_("call::call"), N_("difficulty")),
    WORDS_OF(note_help, N_("extension"), N_("instalments")),
    WORDS_OF(call_result, N_("reached"), N_("no answer"), N_("wrong number")),
    WORDS_OF(printer_state, N_("ready"), N_("no paper"), N_("cover open"), N_("not reachable")),
    WORDS_OF(verdict, N_("verdict::allowed"), N_("verdict::warned"), N_("verdict::approved"),
             N_("verdict::posted"), N_("verdict::blocked"), N_("verdict::needs approval")),
    WORDS_OF(terminal_alarm, N_("alarm::copied"), N_("alarm::met newer"), N_("alarm::met other")),
    WORDS_OF(offer_state, N_("waiting"), N_("offer::back"), N_("offer::differs"), N_("refused"),
             N_("offer::declined")),
    WORDS_OF(posting_account, N_("account::receivable"), N_("account::sales"), N_("account::tax"),
             N_("account::charges"), N_("account::cash"), N_("account::bank"),
             N_("account::pos clearing"), N_("account::money on its way"),
             N_("account::cash rounding"), N_("account::settlement discount"),
             N_("account::money in transit"), N_("account::bank fees"), N_("account::cash in out"),
             N_("account::cash difference"), N_("account::opening")),
    WORDS_OF(decision_kind, N_("decision::sale refused"), N_("decision::parked"),
             N_("decision::approved"), N_("decision::denied"), N_("decision::approval used"),
             N_("decision::over limit"), N_("decision::backdated"), N_("decision::reversed"),
             N_("decision::import undone"), N_("decision::discount"), N_("decision::corrected")),
    WORDS_OF(
        event_kind, N_("event::company created"), N_("event::rules version adopted"),
        N_("event::day turned"), N_("event::branch changed"), N_("event::staff changed"),
        N_("event::staff signed out"), N_("event::terminal changed"), N_("event::customer opened"),
        N_("event::customer changed"), N_("event::customer locked event"),
        N_("event::customer unlocked"), N_("event::group changed"), N_("event::customer grouped"),
        N_("event::payer changed"), N_("event::buyer changed"), N_("event::product changed"),
        N_("event::money account changed"), N_("event::limit changed"), N_("event::policy changed"),
        N_("event::approval asked"), N_("event::approval decided"), N_("event::approval used"),
        N_("event::invoice issued"), N_("event::credit note issued"), N_("event::items matched"),
        N_("event::match undone event"), N_("event::payment taken"), N_("event::payment confirmed"),
        N_("event::document reversed event"), N_("event::posted over limit"),
        N_("event::day turned back"), N_("event::recovery begun"), N_("event::offer staged"),
        N_("event::offer back event"), N_("event::offer not back"),
        N_("event::offer declined event"), N_("event::recovery changed"),
        N_("event::terminal alarmed"), N_("event::thresholds changed"), N_("event::prices changed"),
        N_("event::cash policy changed"), N_("event::money refunded"), N_("event::money moved"),
        N_("event::note changed"), N_("event::customer merged event"),
        N_("event::customer unmerged"), N_("event::till changed"), N_("event::report changed"),
        N_("event::customer erased event"), N_("event::statement made")),
    WORDS_OF(no_statement, N_("no statement::nothing"), N_("no statement::covered"),
             N_("no statement::by hand"), N_("no statement::erased")),
    /* as far as a change of terms brings them up */
    WORDS_OF(refusal_code, N_("wall::customer locked"), N_("wall::payer locked"),
             N_("wall::credit limit exceeded"), N_("wall::site limit exceeded"),
             N_("wall::approval needed"), N_("wall::overdue too old"), N_("wall::overdue too much"),
             N_("wall::unpaid too many"), N_("wall::document too big for customer")),
};

const char *enum_said(const struct run *run, const ProtobufCEnumDescriptor *type, int value,
                      char out[CELL_MAX])
{
    (void)enum_word(type, value, out, CELL_MAX);
    for (size_t i = 0; i < sizeof(enums) / sizeof(enums[0]); i++) {
        for (const char *const *word = enums[i].words; enums[i].type == type && *word; word++) {
            if (strcmp(words_in(LANGUAGE_ENGLISH, *word), out) == 0) {
                (void)snprintf(out, CELL_MAX, "%s", words_in(run->language, *word));
                return out;
            }
        }
    }
    return out;
}
