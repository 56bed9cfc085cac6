/*
 * camt.052, .053 and .054 of ISO 20022, of any version: expat, piece by piece. Elements are known
 * by where they stand, by their local names; <Pty>, between a party and its name since 2019, is
 * passed over. A DOCTYPE is refused, so that there are no entities to expand.
 */
#include "bank/build.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

enum { PATH_MAX_BYTES = 400, PIECE_MAX = 1 << 20, SYMBOLS = 256 };

/* What an element says. */
enum what {
    WHAT_NOTHING,
    /* of a statement */
    STATEMENT_ID,
    STATEMENT_NUMBER,
    STATEMENT_FROM,
    STATEMENT_UNTIL,
    ACCOUNT,
    ACCOUNT_CURRENCY,
    BALANCE_TYPE,
    BALANCE_AMOUNT,
    BALANCE_SIDE,
    BALANCE_DAY,
    /* of an entry or one of its parts */
    AMOUNT,
    AMOUNT_SECOND, /* where there is no other */
    SIDE,
    REVERSAL,
    STATUS,
    BOOKED,
    VALUE,
    CODE,
    REFERENCE,
    END_TO_END,
    INSTRUCTION,
    MANDATE,
    CHEQUE,
    CREDITOR_REFERENCE,
    TEXT,
    TEXT_MORE, /* where there is no other */
    DEBTOR,
    DEBTOR_ACCOUNT,
    CREDITOR,
    CREDITOR_ACCOUNT,
    REASON,
};

struct place {
    const char *path;
    enum what what;
};

static const struct place of_statement[] = {
    {"Id", STATEMENT_ID},
    {"ElctrncSeqNb", STATEMENT_NUMBER},
    {"LglSeqNb", STATEMENT_NUMBER},
    {"FrToDt/FrDtTm", STATEMENT_FROM},
    {"FrToDt/ToDtTm", STATEMENT_UNTIL},
    {"Acct/Id/IBAN", ACCOUNT},
    {"Acct/Id/Othr/Id", ACCOUNT},
    {"Acct/Id/PrtryAcct/Id", ACCOUNT},
    {"Acct/Id/BBAN", ACCOUNT},
    {"Acct/Ccy", ACCOUNT_CURRENCY},
    {"Bal/Tp/CdOrPrtry/Cd", BALANCE_TYPE},
    {"Bal/Tp/Cd", BALANCE_TYPE},
    {"Bal/Amt", BALANCE_AMOUNT},
    {"Bal/CdtDbtInd", BALANCE_SIDE},
    {"Bal/Dt/Dt", BALANCE_DAY},
    {"Bal/Dt/DtTm", BALANCE_DAY},
};

static const struct place of_entry[] = {
    {"Amt", AMOUNT},
    {"CdtDbtInd", SIDE},
    {"RvslInd", REVERSAL},
    {"Sts", STATUS},
    {"Sts/Cd", STATUS},
    {"BookgDt/Dt", BOOKED},
    {"BookgDt/DtTm", BOOKED},
    {"ValDt/Dt", VALUE},
    {"ValDt/DtTm", VALUE},
    {"BkTxCd/Domn/Fmly/SubFmlyCd", CODE},
    {"BkTxCd/Prtry/Cd", CODE},
    {"AcctSvcrRef", REFERENCE},
    {"AddtlNtryInf", TEXT_MORE},
};

static const struct place of_part[] = {
    {"Amt", AMOUNT},
    {"AmtDtls/TxAmt/Amt", AMOUNT_SECOND},
    {"CdtDbtInd", SIDE},
    {"Refs/AcctSvcrRef", REFERENCE},
    {"Refs/EndToEndId", END_TO_END},
    {"Refs/InstrId", INSTRUCTION},
    {"Refs/MndtId", MANDATE},
    {"Refs/ChqNb", CHEQUE},
    {"RmtInf/Strd/CdtrRefInf/Ref", CREDITOR_REFERENCE},
    {"RmtInf/Strd/CdtrRefInf/CdtrRef", CREDITOR_REFERENCE},
    {"RmtInf/Strd/AddtlRmtInf", TEXT_MORE},
    {"RmtInf/Ustrd", TEXT},
    {"AddtlTxInf", TEXT_MORE},
    {"RltdPties/Dbtr/Nm", DEBTOR},
    {"RltdPties/DbtrAcct/Id/IBAN", DEBTOR_ACCOUNT},
    {"RltdPties/DbtrAcct/Id/Othr/Id", DEBTOR_ACCOUNT},
    {"RltdPties/Cdtr/Nm", CREDITOR},
    {"RltdPties/CdtrAcct/Id/IBAN", CREDITOR_ACCOUNT},
    {"RltdPties/CdtrAcct/Id/Othr/Id", CREDITOR_ACCOUNT},
    {"RtrInf/Rsn/Cd", REASON},
    {"RtrInf/Rsn/Prtry", REASON},
    {"RtrInf/RtrRsn/Cd", REASON},
};

enum side { SIDE_UNSAID, SIDE_CREDIT, SIDE_DEBIT };

struct amount {
    const char *text; /* "" when there is none */
    struct bank_money money;
};

/* An entry, or one part of it, while it is read. */
struct draft {
    struct bank_entry entry;
    struct amount amount;
    struct amount second;
    enum side side;
    const char *booked; /* as they stand; NULL: not said */
    const char *value;
    const char *more;
    const char *debtor;
    const char *debtor_account;
    const char *creditor;
    const char *creditor_account;
    int64_t minor; /* once it is read */
    bool read;
};

struct balance {
    const char *type;
    struct amount amount;
    enum side side;
    uint32_t day;
};

struct camt {
    struct build *build;
    XML_Parser parser;
    char path[PATH_MAX_BYTES]; /* below what is open */
    size_t ends[BANK_DEPTH_MAX];
    size_t depth;
    size_t statement_depth; /* of the open one's element; 0: none */
    size_t entry_depth;
    size_t part_depth;
    uint64_t entry_line;
    struct draft entry;
    struct draft *parts;
    size_t part_count;
    size_t part_room;
    struct balance balance;
    struct bank_balance interim;       /* the last one that is no opening */
    char currency[CURRENCY_CODE_SIZE]; /* of the amount that is open */
    struct buffer text;
};

/* ---- telling ---- */

static uint64_t line_of(const struct camt *camt)
{
    return XML_GetCurrentLineNumber(camt->parser);
}

static void halt(struct camt *camt)
{
    (void)XML_StopParser(camt->parser, XML_FALSE);
}

static void refuse(struct camt *camt, enum bank_finding_kind kind, const char *why)
{
    build_refuse(camt->build, kind, line_of(camt), slice_text(why));
    halt(camt);
}

static struct slice element(const struct camt *camt)
{
    return slice_trimmed(buffer_slice(&camt->text));
}

static const char *text_of(struct camt *camt, size_t most)
{
    return build_text(camt->build, element(camt), most);
}

/* ---- drafts ---- */

static void draft_init(struct draft *draft, uint64_t line)
{
    *draft = (struct draft){.amount.text = "",
                            .second.text = "",
                            .more = "",
                            .debtor = "",
                            .debtor_account = "",
                            .creditor = "",
                            .creditor_account = ""};
    build_entry_init(&draft->entry, line);
}

static enum side side_of(struct slice text)
{
    return slice_is(text, "CRDT") ? SIDE_CREDIT : slice_is(text, "DBIT") ? SIDE_DEBIT : SIDE_UNSAID;
}

static struct amount amount_of(struct camt *camt)
{
    return (struct amount){text_of(camt, BANK_FIELD_MAX),
                           build_money(camt->build, slice_text(camt->currency), line_of(camt))};
}

/* The first that is said stays. */
static void keep(const char **field, const char *text)
{
    if ((*field)[0] == '\0')
        *field = text;
}

/* Words that say that there is none. */
static const char *reference_of(struct camt *camt)
{
    struct slice text = element(camt);
    return slice_is(text, "NOTPROVIDED") || slice_is(text, "NONREF")
               ? ""
               : text_of(camt, BANK_FIELD_MAX);
}

static void take_of_draft(struct camt *camt, struct draft *draft, enum what what)
{
    struct bank_entry *entry = &draft->entry;
    struct slice text = element(camt);
    switch ((int)what) {
    case AMOUNT:
        draft->amount = amount_of(camt);
        break;
    case AMOUNT_SECOND:
        draft->second = amount_of(camt);
        break;
    case SIDE:
        draft->side = side_of(text);
        break;
    case REVERSAL:
        entry->reversal = slice_is(text, "true") || slice_is(text, "1");
        break;
    case STATUS:
        entry->pending = entry->pending || (text.size > 0 && !slice_is(text, "BOOK"));
        break;
    case BOOKED:
        draft->booked = text_of(camt, BANK_FIELD_MAX);
        break;
    case VALUE:
        draft->value = text_of(camt, BANK_FIELD_MAX);
        break;
    case CODE:
        keep(&entry->code, text_of(camt, BANK_FIELD_MAX));
        break;
    case REFERENCE:
        keep(&entry->reference, reference_of(camt));
        break;
    case END_TO_END:
        keep(&entry->end_to_end, reference_of(camt));
        break;
    case INSTRUCTION:
        keep(&entry->instruction, reference_of(camt));
        break;
    case MANDATE:
        keep(&entry->mandate, reference_of(camt));
        break;
    case CHEQUE:
        keep(&entry->cheque, reference_of(camt));
        break;
    case CREDITOR_REFERENCE:
        keep(&entry->creditor_reference, reference_of(camt));
        break;
    case TEXT:
        entry->text = build_joined(camt->build, entry->text, text_of(camt, BANK_TEXT_MAX));
        break;
    case TEXT_MORE:
        draft->more = build_joined(camt->build, draft->more, text_of(camt, BANK_TEXT_MAX));
        break;
    case DEBTOR:
        keep(&draft->debtor, text_of(camt, BANK_FIELD_MAX));
        break;
    case DEBTOR_ACCOUNT:
        keep(&draft->debtor_account, build_account(camt->build, text));
        break;
    case CREDITOR:
        keep(&draft->creditor, text_of(camt, BANK_FIELD_MAX));
        break;
    case CREDITOR_ACCOUNT:
        keep(&draft->creditor_account, build_account(camt->build, text));
        break;
    case REASON:
        entry->returned = true;
        keep(&entry->reason, text_of(camt, BANK_FIELD_MAX));
        break;
    default:
        break;
    }
}

/* ---- entries ---- */

/* Who is at the other end: who paid, of money in. When the payment is taken back, they have stayed
 * where they were, or changed places: banks differ. */
static void name_the_other(struct draft *draft)
{
    bool paid_us = (draft->entry.minor > 0) != draft->entry.reversal;
    const char *const names[] = {draft->debtor, draft->creditor};
    const char *const accounts[] = {draft->debtor_account, draft->creditor_account};
    size_t at = paid_us ? 0 : 1;
    if (draft->entry.reversal && names[at][0] == '\0' && accounts[at][0] == '\0')
        at = 1 - at;
    draft->entry.name = names[at];
    draft->entry.account = accounts[at];
}

/* False: it was said why not. */
static bool read_amount(struct camt *camt, struct draft *draft)
{
    struct bank_entry *entry = &draft->entry;
    struct bank_statement *statement = build_open(camt->build);
    struct slice text = slice_text(draft->amount.text);
    entry->money = draft->amount.money.code[0] != '\0' ? draft->amount.money : statement->money;
    if (text.size == 0)
        build_left_out(camt->build, BANK_AMOUNT_MISSING, entry->line, text);
    else if (!build_amount(text, entry->money.exponent, '.', &entry->minor))
        build_left_out(camt->build, BANK_AMOUNT_WRONG, entry->line, text);
    else if (entry->minor < 0)
        build_left_out(camt->build, BANK_AMOUNT_NEGATIVE, entry->line, text);
    else if (draft->side == SIDE_UNSAID)
        build_left_out(camt->build, BANK_SIDE_MISSING, entry->line, text);
    else
        draft->read = true;
    if (draft->side == SIDE_DEBIT)
        entry->minor = -entry->minor;
    return draft->read;
}

static bool read_days(struct camt *camt, struct draft *draft)
{
    struct bank_entry *entry = &draft->entry;
    const char *booked = draft->booked != NULL ? draft->booked : draft->value;
    const char *value = draft->value != NULL ? draft->value : draft->booked;
    bool moved = false;
    if (booked == NULL) {
        build_left_out(camt->build, BANK_DAY_MISSING, entry->line, slice_of("", 0));
        return false;
    }
    if (!build_day(slice_text(booked), &entry->booked)) {
        build_left_out(camt->build, BANK_DAY_WRONG, entry->line, slice_text(booked));
        return false;
    }
    if (!build_value_day(slice_text(value), &entry->value, &moved)) {
        build_left_out(camt->build, BANK_DAY_WRONG, entry->line, slice_text(value));
        return false;
    }
    if (moved)
        build_find(camt->build, BANK_VALUE_MOVED, entry->line, slice_text(value));
    return true;
}

/* The amount of a part, signed; false: it has none in the entry's currency. */
static bool part_amount(const struct draft *entry, struct draft *part)
{
    struct amount amount = part->amount;
    const struct bank_money *money = &entry->entry.money;
    if (amount.text[0] == '\0' || !build_same_money(&amount.money, money))
        amount = part->second;
    enum side side = part->side == SIDE_UNSAID ? entry->side : part->side;
    if (amount.text[0] == '\0' || !build_same_money(&amount.money, money) ||
        !build_amount(slice_text(amount.text), money->exponent, '.', &part->minor) ||
        part->minor < 0)
        return false;
    if (side == SIDE_DEBIT)
        part->minor = -part->minor;
    return true;
}

/* What a part says of the entry, which may say it itself. */
static void take_over(struct camt *camt, const struct draft *entry, struct draft *part)
{
    struct bank_entry *to = &part->entry;
    const struct bank_entry *from = &entry->entry;
    to->money = from->money;
    to->minor = part->minor;
    to->booked = from->booked;
    to->value = from->value;
    to->pending = from->pending;
    to->reversal = from->reversal;
    keep(&to->code, from->code);
    keep(&to->reference, from->reference);
    keep(&to->text, part->more);
    keep(&to->text, entry->more);
    name_the_other(part);
    build_entry(camt->build, to);
}

/* Do the parts come to the entry? *ret_sum: what they come to, as far as they say it. */
static bool adds_up(struct camt *camt, int64_t *ret_sum)
{
    bool known = true;
    *ret_sum = 0;
    for (size_t i = 0; i < camt->part_count; i++) {
        bool said = part_amount(&camt->entry, &camt->parts[i]);
        known = known && said;
        if (said)
            *ret_sum += camt->parts[i].minor; /* fits: MONEY_MAX × BANK_PARTS_MAX */
    }
    return known && *ret_sum == camt->entry.entry.minor;
}

static void put_whole(struct camt *camt)
{
    struct draft *entry = &camt->entry;
    keep(&entry->entry.text, entry->more);
    name_the_other(entry);
    build_entry(camt->build, &entry->entry);
}

/* One part belongs to the entry whatever it says of its amount: that may be in another currency, or
 * before charges. */
static void put_single(struct camt *camt)
{
    struct draft *part = &camt->parts[0];
    bool said = part_amount(&camt->entry, part);
    if (said && part->minor != camt->entry.entry.minor)
        build_find_amount(camt->build, BANK_BATCH_KEPT, camt->entry_line, part->minor);
    part->minor = camt->entry.entry.minor;
    take_over(camt, &camt->entry, part);
}

static void put_parts(struct camt *camt)
{
    for (size_t i = 0; i < camt->part_count; i++) {
        camt->parts[i].entry.part = (uint32_t)i + 1;
        camt->parts[i].entry.parts = (uint32_t)camt->part_count;
        take_over(camt, &camt->entry, &camt->parts[i]);
    }
}

static void entry_end(struct camt *camt)
{
    int64_t sum;
    (void)build_number(camt->build);
    if (build_open(camt->build) == NULL || !read_amount(camt, &camt->entry) ||
        !read_days(camt, &camt->entry))
        return;
    if (camt->part_count == 0) {
        put_whole(camt);
    } else if (camt->part_count == 1) {
        put_single(camt);
    } else if (adds_up(camt, &sum)) {
        put_parts(camt);
    } else {
        build_find_amount(camt->build, BANK_BATCH_KEPT, camt->entry_line, sum);
        put_whole(camt);
    }
}

static void part_begin(struct camt *camt)
{
    if (camt->part_count == BANK_PARTS_MAX) {
        refuse(camt, BANK_TOO_LARGE, "BANK_PARTS_MAX");
        return;
    }
    if (!GROW(camt->parts, camt->part_room, camt->part_count + 1)) {
        camt->build->failed = true;
        halt(camt);
        return;
    }
    draft_init(&camt->parts[camt->part_count++], line_of(camt));
}

/* ---- statements ---- */

static void take_of_statement(struct camt *camt, enum what what)
{
    struct bank_statement *statement = build_open(camt->build);
    struct slice text = element(camt);
    if (statement == NULL)
        return;
    switch ((int)what) {
    case STATEMENT_ID:
        statement->id = text_of(camt, BANK_FIELD_MAX);
        break;
    case STATEMENT_NUMBER:
        keep(&statement->number, text_of(camt, BANK_FIELD_MAX));
        break;
    case STATEMENT_FROM:
        (void)build_day(text, &statement->from);
        break;
    case STATEMENT_UNTIL:
        (void)build_day(text, &statement->until);
        break;
    case ACCOUNT:
        keep(&statement->account, build_account(camt->build, text));
        break;
    case ACCOUNT_CURRENCY:
        statement->money = build_money(camt->build, text, line_of(camt));
        break;
    case BALANCE_TYPE:
        camt->balance.type = text_of(camt, BANK_FIELD_MAX);
        break;
    case BALANCE_AMOUNT:
        camt->balance.amount = amount_of(camt);
        break;
    case BALANCE_SIDE:
        camt->balance.side = side_of(text);
        break;
    case BALANCE_DAY:
        (void)build_day(text, &camt->balance.day);
        break;
    default:
        break;
    }
}

/* The accounts of banks go by the balance of what is booked; what is available is another thing. */
static void balance_end(struct camt *camt)
{
    struct bank_statement *statement = build_open(camt->build);
    const struct balance *said = &camt->balance;
    struct slice amount = slice_text(said->amount.text);
    bool opens = strcmp(said->type, "OPBD") == 0;
    bool opens_too = strcmp(said->type, "PRCD") == 0;
    bool closes = strcmp(said->type, "CLBD") == 0;
    bool between = strcmp(said->type, "ITBD") == 0;
    struct bank_balance balance = {BANK_BALANCE_BOOKED, 0, said->day};
    if (statement == NULL || !(opens || opens_too || closes || between))
        return;
    if (statement->money.code[0] == '\0')
        statement->money = said->amount.money;
    if (said->side == SIDE_UNSAID || !build_same_money(&said->amount.money, &statement->money) ||
        !build_amount(amount, statement->money.exponent, '.', &balance.minor)) {
        char both[BANK_FIELD_MAX + CURRENCY_CODE_SIZE + 2];
        (void)snprintf(both, sizeof both, "%s %s", said->amount.text, said->amount.money.code);
        build_find(camt->build, BANK_BALANCE_WRONG, line_of(camt), slice_text(both));
        return;
    }
    if (said->side == SIDE_DEBIT)
        balance.minor = -balance.minor;
    if (opens || (opens_too && statement->opening.kind == BANK_BALANCE_NONE))
        statement->opening = balance;
    else if (closes)
        statement->closing = balance;
    else if (between)
        camt->interim = balance;
}

static void statement_end(struct camt *camt, bool complete)
{
    struct bank_statement *statement = build_open(camt->build);
    if (statement == NULL)
        return;
    camt->interim.kind =
        camt->interim.kind != BANK_BALANCE_NONE ? BANK_BALANCE_INTERIM : BANK_BALANCE_NONE;
    bool opened = statement->opening.kind != BANK_BALANCE_NONE;
    bool closed = statement->closing.kind != BANK_BALANCE_NONE;
    if (opened && !closed)
        statement->closing = camt->interim;
    else if (closed && !opened)
        statement->opening = camt->interim;
    build_statement_end(camt->build, line_of(camt), complete);
}

/* ---- elements ---- */

static const char *local_name(const char *name)
{
    const char *behind = strrchr(name, '}');
    return behind != NULL ? behind + 1 : name;
}

/* "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}Document" */
static void take_version(struct camt *camt, const char *name)
{
    const char *begin = strstr(name, "camt.");
    const char *end = strrchr(name, '}');
    if (begin != NULL && end != NULL && begin < end && camt->build->file.version[0] == '\0')
        camt->build->file.version =
            build_text(camt->build, slice_of(begin, (size_t)(end - begin)), BANK_FIELD_MAX);
}

static void path_push(struct camt *camt, const char *name)
{
    size_t size = strlen(name);
    size_t used = camt->depth == 0 ? 0 : camt->ends[camt->depth - 1];
    if (camt->depth == BANK_DEPTH_MAX || used + size + 2 > PATH_MAX_BYTES) {
        refuse(camt, BANK_TOO_LARGE, "BANK_DEPTH_MAX");
        return;
    }
    if (strcmp(name, "Pty") != 0) {
        if (used > 0)
            camt->path[used++] = '/';
        memcpy(camt->path + used, name, size);
        used += size;
    }
    camt->path[used] = '\0';
    camt->ends[camt->depth++] = used;
}

/* What stands below the element at this depth. */
static const char *below(const struct camt *camt, size_t depth)
{
    size_t end = depth == 0 ? 0 : camt->ends[depth - 1];
    return camt->path + end + (camt->path[end] == '/');
}

static bool is_statement(const char *name)
{
    return strcmp(name, "Stmt") == 0 || strcmp(name, "Rpt") == 0 || strcmp(name, "Ntfctn") == 0;
}

static void take_currency(struct camt *camt, const char **attributes)
{
    camt->currency[0] = '\0';
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local_name(attributes[i]), "Ccy") == 0 &&
            strlen(attributes[i + 1]) < sizeof camt->currency)
            (void)snprintf(camt->currency, sizeof camt->currency, "%s", attributes[i + 1]);
}

static void on_begin(void *context, const char *qualified, const char **attributes)
{
    struct camt *camt = context;
    const char *name = local_name(qualified);
    if (camt->depth == 0)
        take_version(camt, qualified);
    path_push(camt, name);
    if (camt->build->stopped)
        return;
    buffer_clear(&camt->text);
    if (strcmp(name, "Amt") == 0)
        take_currency(camt, attributes);
    if (camt->statement_depth == 0) {
        if (is_statement(name) && build_statement(camt->build, line_of(camt)) != NULL) {
            camt->statement_depth = camt->depth;
            camt->interim = (struct bank_balance){.kind = BANK_BALANCE_NONE};
        }
        if (camt->build->stopped || camt->build->failed)
            halt(camt);
    } else if (camt->entry_depth == 0) {
        if (strcmp(below(camt, camt->statement_depth), "Ntry") == 0) {
            camt->entry_depth = camt->depth;
            camt->entry_line = line_of(camt);
            camt->part_count = 0;
            draft_init(&camt->entry, camt->entry_line);
        } else if (strcmp(below(camt, camt->statement_depth), "Bal") == 0) {
            camt->balance = (struct balance){.type = "", .amount.text = ""};
        }
    } else if (camt->part_depth == 0 && strcmp(name, "TxDtls") == 0) {
        camt->part_depth = camt->depth;
        part_begin(camt);
    }
}

static enum what what_of(const struct place *places, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(places[i].path, path) == 0)
            return places[i].what;
    return WHAT_NOTHING;
}
#define WHAT_OF(places, path) what_of((places), sizeof(places) / sizeof *(places), (path))

static void element_end(struct camt *camt)
{
    if (camt->part_depth > 0) {
        take_of_draft(camt, &camt->parts[camt->part_count - 1],
                      WHAT_OF(of_part, below(camt, camt->part_depth)));
    } else if (camt->entry_depth > 0) {
        take_of_draft(camt, &camt->entry, WHAT_OF(of_entry, below(camt, camt->entry_depth)));
    } else if (camt->statement_depth > 0) {
        take_of_statement(camt, WHAT_OF(of_statement, below(camt, camt->statement_depth)));
    }
}

static void on_end(void *context, const char *qualified)
{
    struct camt *camt = context;
    (void)qualified;
    if (camt->build->stopped || camt->build->failed) {
        halt(camt);
        return;
    }
    if (camt->depth == camt->part_depth) {
        camt->part_depth = 0;
    } else if (camt->depth == camt->entry_depth) {
        entry_end(camt);
        camt->entry_depth = 0;
    } else if (camt->depth == camt->statement_depth) {
        statement_end(camt, true);
        camt->statement_depth = 0;
    } else {
        element_end(camt);
        if (camt->statement_depth > 0 && camt->entry_depth == 0 &&
            strcmp(below(camt, camt->statement_depth), "Bal") == 0)
            balance_end(camt);
    }
    buffer_clear(&camt->text);
    camt->depth--;
    camt->path[camt->depth == 0 ? 0 : camt->ends[camt->depth - 1]] = '\0';
}

static void on_text(void *context, const char *text, int size)
{
    struct camt *camt = context;
    size_t room = BANK_ELEMENT_MAX - camt->text.size;
    size_t take = (size_t)size < room ? (size_t)size : room;
    if (camt->statement_depth == 0)
        return;
    if (take < (size_t)size)
        camt->build->cut = true;
    if (take > 0 && !buffer_put(&camt->text, text, take))
        camt->build->failed = true;
}

static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    refuse(context, BANK_DOCTYPE, "");
}

/* Encodings of one byte a letter, as iconv knows them. */
static int on_encoding(void *context, const char *name, XML_Encoding *info)
{
    iconv_t with = iconv_open("UTF-32LE", name);
    (void)context;
    if (with == (iconv_t)-1)
        return XML_STATUS_ERROR;
    for (int i = 0; i < SYMBOLS; i++) {
        char byte = (char)i;
        char *in = &byte;
        uint8_t point[4] = {0};
        char *out = (char *)point;
        size_t in_left = 1;
        size_t out_left = sizeof point;
        (void)iconv(with, NULL, NULL, NULL, NULL);
        bool known = iconv(with, &in, &in_left, &out, &out_left) != (size_t)-1 && out_left == 0;
        info->map[i] = known ? point[0] | point[1] << 8 | point[2] << 16 : -1;
    }
    (void)iconv_close(with);
    info->data = NULL;
    info->convert = NULL;
    info->release = NULL;
    return XML_STATUS_OK;
}

/* ---- the reader ---- */

/* A tag, and ISO 20022's names near the front; UTF-16 has a NUL beside each of these letters. */
static bool camt_is(struct slice head)
{
    char plain[FORM_HEAD_MAX];
    size_t size = 0;
    for (size_t i = 0; i < head.size && size < sizeof plain; i++)
        if (head.data[i] != '\0')
            plain[size++] = (char)head.data[i];
    struct slice text = slice_of(plain, size);
    return memchr(plain, '<', size < 64 ? size : 64) != NULL &&
           (slice_has(text, ":camt.05") || slice_has(text, "<BkToCstmr"));
}

static void *camt_begin(struct build *build)
{
    struct camt *camt = calloc(1, sizeof *camt);
    if (camt == NULL)
        return NULL;
    camt->build = build;
    camt->parser = XML_ParserCreateNS(NULL, '}');
    if (camt->parser == NULL) {
        free(camt);
        return NULL;
    }
    buffer_init(&camt->text, BANK_ELEMENT_MAX);
    XML_SetUserData(camt->parser, camt);
    XML_SetElementHandler(camt->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(camt->parser, on_text);
    XML_SetStartDoctypeDeclHandler(camt->parser, on_doctype);
    XML_SetUnknownEncodingHandler(camt->parser, on_encoding, NULL);
    return camt;
}

static void parse(struct camt *camt, struct slice bytes, bool last)
{
    if (camt->build->stopped || camt->build->failed ||
        XML_Parse(camt->parser, (const char *)bytes.data, (int)bytes.size, last) == XML_STATUS_OK ||
        camt->build->stopped || camt->build->failed)
        return;
    enum XML_Error error = XML_GetErrorCode(camt->parser);
    if (error == XML_ERROR_NO_MEMORY)
        camt->build->failed = true;
    else if (last)
        build_stop(camt->build, BANK_CUT, line_of(camt), slice_of("", 0));
    else
        build_stop(camt->build, BANK_DAMAGED, line_of(camt), slice_text(XML_ErrorString(error)));
}

static void camt_put(void *reader, struct slice bytes)
{
    while (bytes.size > 0) {
        size_t size = bytes.size < PIECE_MAX ? bytes.size : PIECE_MAX;
        parse(reader, slice_of(bytes.data, size), false);
        bytes = slice_of(bytes.data + size, bytes.size - size);
    }
}

static void camt_end(void *reader)
{
    parse(reader, slice_of("", 0), true);
}

static void camt_destroy(void *reader)
{
    struct camt *camt = reader;
    XML_ParserFree(camt->parser);
    buffer_fini(&camt->text);
    free(camt->parts);
    free(camt);
}

const struct form form_camt = {BANK_CAMT, camt_is, camt_begin, camt_put, camt_end, camt_destroy};
