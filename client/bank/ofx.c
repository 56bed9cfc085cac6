/*
 * OFX: 1.x is SGML, whose elements with a value need no end; 2.x is XML, and banks write the one in
 * the other's place. So one tokenizer reads both: a tag that a value follows is a value, any other
 * begins or ends an aggregate. A DOCTYPE is refused, as are entities but the usual ones.
 */
#include "bank/build.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 40, ENTITY_MAX = 12, HEADER_MAX = 2048 };

enum state { IN_HEADER, IN_TEXT, IN_TAG };

/* What the text of an entry and its statement is in, as far as that matters. */
enum within {
    IN_NOTHING,
    IN_STATEMENT,
    IN_ACCOUNT,
    IN_ENTRY,
    IN_PARTY_ACCOUNT,
    IN_CURRENCY,
    IN_BALANCE,
    IN_AVAILABLE,
    IN_STATUS,
    IN_SECURITY,
};

struct aggregate {
    char name[NAME_MAX_BYTES];
    enum within within;
};

struct ofx {
    struct build *build;
    enum state state;
    uint64_t line;
    uint64_t value_line;
    struct buffer header;
    struct buffer tag;  /* between < and > */
    struct buffer text; /* behind the tag */
    bool text_cut;
    char value[NAME_MAX_BYTES]; /* the tag whose value the text is, "": none */
    struct aggregate open[BANK_DEPTH_MAX];
    size_t depth;
    bool ended; /* </OFX> was there */
    /* of the entry that is open */
    struct bank_entry entry;
    const char *amount;
    const char *booked;
    const char *available;
    bool own_currency; /* of what follows <CURRENCY>, and not <ORIGCURRENCY> */
    /* of the statement */
    const char *balance;
    uint32_t balance_day;
    uint64_t securities;
    bool severe;
};

static const struct {
    const char *name;
    enum within within;
} aggregates[] = {
    {"STMTRS", IN_STATEMENT},       {"CCSTMTRS", IN_STATEMENT},
    {"INVSTMTRS", IN_STATEMENT},    {"BANKACCTFROM", IN_ACCOUNT},
    {"CCACCTFROM", IN_ACCOUNT},     {"INVACCTFROM", IN_ACCOUNT},
    {"STMTTRN", IN_ENTRY},          {"BANKACCTTO", IN_PARTY_ACCOUNT},
    {"CCACCTTO", IN_PARTY_ACCOUNT}, {"CURRENCY", IN_CURRENCY},
    {"ORIGCURRENCY", IN_CURRENCY},  {"LEDGERBAL", IN_BALANCE},
    {"AVAILBAL", IN_AVAILABLE},     {"STATUS", IN_STATUS},
    {"INVTRAN", IN_SECURITY},
};

static struct slice nothing(void)
{
    return slice_of("", 0);
}

static enum within within_of(const char *name)
{
    for (size_t i = 0; i < sizeof aggregates / sizeof aggregates[0]; i++)
        if (strcmp(aggregates[i].name, name) == 0)
            return aggregates[i].within;
    return IN_NOTHING;
}

static enum within innermost(const struct ofx *ofx)
{
    for (size_t i = ofx->depth; i > 0; i--)
        if (ofx->open[i - 1].within != IN_NOTHING)
            return ofx->open[i - 1].within;
    return IN_NOTHING;
}

static bool is_within(const struct ofx *ofx, enum within within)
{
    for (size_t i = 0; i < ofx->depth; i++)
        if (ofx->open[i].within == within)
            return true;
    return false;
}

/* ---- entries ---- */

static void entry_begin(struct ofx *ofx)
{
    build_entry_init(&ofx->entry, ofx->line);
    ofx->amount = ofx->booked = ofx->available = NULL;
}

/* The sign of decimals may be either. */
static bool read_amount(const char *amount, const struct bank_money *money, int64_t *ret_minor)
{
    bool comma = strchr(amount, ',') != NULL && strchr(amount, '.') == NULL;
    return build_amount(slice_text(amount), money->exponent, comma ? ',' : '.', ret_minor);
}

/* False: it was said why not. */
static bool read_entry(struct ofx *ofx)
{
    struct build *build = ofx->build;
    struct bank_entry *entry = &ofx->entry;
    bool moved = false;
    if (entry->money.code[0] == '\0')
        entry->money = build_open(build)->money;
    const char *amount = ofx->amount == NULL ? "" : ofx->amount;
    if (amount[0] == '\0')
        build_left_out(build, BANK_AMOUNT_MISSING, entry->line, nothing());
    else if (!read_amount(amount, &entry->money, &entry->minor))
        build_left_out(build, BANK_AMOUNT_WRONG, entry->line, slice_text(amount));
    else if (ofx->booked == NULL || ofx->booked[0] == '\0')
        build_left_out(build, BANK_DAY_MISSING, entry->line, nothing());
    else if (!build_day(slice_text(ofx->booked), &entry->booked))
        build_left_out(build, BANK_DAY_WRONG, entry->line, slice_text(ofx->booked));
    else if (ofx->available != NULL && ofx->available[0] != '\0' &&
             !build_value_day(slice_text(ofx->available), &entry->value, &moved))
        build_left_out(build, BANK_DAY_WRONG, entry->line, slice_text(ofx->available));
    else
        return true;
    return false;
}

static void entry_end(struct ofx *ofx, bool whole)
{
    struct build *build = ofx->build;
    if (build_open(build) == NULL)
        return;
    (void)build_number(build);
    if (!whole) {
        build_left_out(build, BANK_LINE_WRONG, ofx->entry.line, slice_text("STMTTRN"));
        return;
    }
    if (!read_entry(ofx))
        return;
    if (ofx->entry.value == DATE_NONE)
        ofx->entry.value = ofx->entry.booked;
    ofx->entry.returned = ofx->entry.returned || strcmp(ofx->entry.code, "RETURN") == 0;
    build_entry(build, &ofx->entry);
}

static const char *text_of(struct ofx *ofx, struct slice value, size_t most)
{
    return build_text(ofx->build, value, most);
}

static bool all_zeros(struct slice value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.data[i] != '0')
            return false;
    return true;
}

static void take_of_entry(struct ofx *ofx, const char *name, struct slice value)
{
    struct bank_entry *entry = &ofx->entry;
    if (strcmp(name, "TRNTYPE") == 0)
        entry->code = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "TRNAMT") == 0)
        ofx->amount = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "DTPOSTED") == 0)
        ofx->booked = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "DTAVAIL") == 0)
        ofx->available = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "FITID") == 0)
        entry->reference = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "REFNUM") == 0)
        entry->instruction = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "CHECKNUM") == 0 && !all_zeros(value))
        entry->cheque = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "NAME") == 0)
        entry->name = text_of(ofx, value, BANK_FIELD_MAX);
    else if (strcmp(name, "MEMO") == 0)
        entry->text = text_of(ofx, value, BANK_TEXT_MAX);
    else if (strcmp(name, "CORRECTACTION") == 0)
        entry->reversal = slice_is(value, "DELETE");
}

/* ---- statements ---- */

static void statement_begin(struct ofx *ofx)
{
    if (build_open(ofx->build) != NULL)
        build_statement_end(ofx->build, ofx->line, false);
    (void)build_statement(ofx->build, ofx->line);
    ofx->balance = NULL;
    ofx->balance_day = DATE_NONE;
    ofx->securities = 0;
}

static void statement_end(struct ofx *ofx, bool complete)
{
    struct bank_statement *statement = build_open(ofx->build);
    if (statement == NULL)
        return;
    if (ofx->securities > 0)
        build_find_count(ofx->build, BANK_SECURITIES, statement->line, ofx->securities);
    build_statement_end(ofx->build, ofx->line, complete);
}

static void balance_end(struct ofx *ofx)
{
    struct bank_statement *statement = build_open(ofx->build);
    struct bank_balance balance = {BANK_BALANCE_BOOKED, 0, ofx->balance_day};
    if (statement == NULL || ofx->balance == NULL)
        return;
    if (read_amount(ofx->balance, &statement->money, &balance.minor))
        statement->closing = balance;
    else
        build_find(ofx->build, BANK_BALANCE_WRONG, ofx->line, slice_text(ofx->balance));
    ofx->balance = NULL;
}

static void take_of_statement(struct ofx *ofx, const char *name, struct slice value)
{
    struct bank_statement *statement = build_open(ofx->build);
    if (statement == NULL)
        return;
    if (strcmp(name, "CURDEF") == 0)
        statement->money = build_money(ofx->build, value, ofx->value_line);
    else if (strcmp(name, "DTSTART") == 0)
        (void)build_day(value, &statement->from);
    else if (strcmp(name, "DTEND") == 0)
        (void)build_day(value, &statement->until);
}

static void take_of_account(struct ofx *ofx, const char *name, struct slice value)
{
    struct bank_statement *statement = build_open(ofx->build);
    if (statement != NULL && strcmp(name, "ACCTID") == 0)
        statement->account = build_account(ofx->build, value);
}

/* The currency of the amount; of what it was before it was changed nothing is kept. */
static void take_of_currency(struct ofx *ofx, const char *name, struct slice value)
{
    if (ofx->own_currency && is_within(ofx, IN_ENTRY) && strcmp(name, "CURSYM") == 0)
        ofx->entry.money = build_money(ofx->build, value, ofx->value_line);
}

static void take_of_status(struct ofx *ofx, const char *name, struct slice value)
{
    if (strcmp(name, "SEVERITY") == 0)
        ofx->severe = slice_is(value, "ERROR");
    else if (strcmp(name, "MESSAGE") == 0 && ofx->severe)
        build_find(ofx->build, BANK_SAYS, ofx->value_line, value);
}

static void take_value(struct ofx *ofx, const char *name, struct slice value)
{
    switch (innermost(ofx)) {
    case IN_STATEMENT:
        take_of_statement(ofx, name, value);
        break;
    case IN_ACCOUNT:
        take_of_account(ofx, name, value);
        break;
    case IN_ENTRY:
        take_of_entry(ofx, name, value);
        break;
    case IN_PARTY_ACCOUNT:
        if (strcmp(name, "ACCTID") == 0)
            ofx->entry.account = build_account(ofx->build, value);
        break;
    case IN_CURRENCY:
        take_of_currency(ofx, name, value);
        break;
    case IN_BALANCE:
        if (strcmp(name, "BALAMT") == 0)
            ofx->balance = text_of(ofx, value, BANK_FIELD_MAX);
        else if (strcmp(name, "DTASOF") == 0)
            (void)build_day(value, &ofx->balance_day);
        break;
    case IN_STATUS:
        take_of_status(ofx, name, value);
        break;
    case IN_NOTHING:
    case IN_AVAILABLE:
    case IN_SECURITY:
        break;
    }
}

/* ---- aggregates ---- */

static void aggregate_begin(struct ofx *ofx, const char *name)
{
    enum within within = within_of(name);
    if (ofx->depth == BANK_DEPTH_MAX) {
        build_refuse(ofx->build, BANK_TOO_LARGE, ofx->line, slice_text("BANK_DEPTH_MAX"));
        return;
    }
    if (within == IN_STATEMENT)
        statement_begin(ofx);
    else if (within == IN_ENTRY)
        entry_begin(ofx);
    else if (within == IN_CURRENCY)
        ofx->own_currency = strcmp(name, "CURRENCY") == 0;
    else if (within == IN_BALANCE)
        ofx->balance = "";
    else if (within == IN_SECURITY)
        ofx->securities++;
    else if (within == IN_STATUS)
        ofx->severe = false;
    struct aggregate *open = &ofx->open[ofx->depth++];
    (void)snprintf(open->name, sizeof open->name, "%s", name);
    open->within = within;
}

/* whole: by its own end, and not by that of what it is in. */
static void aggregate_end(struct ofx *ofx, bool whole)
{
    switch (ofx->open[--ofx->depth].within) {
    case IN_STATEMENT:
        statement_end(ofx, whole);
        break;
    case IN_ENTRY:
        entry_end(ofx, whole);
        break;
    case IN_BALANCE:
        balance_end(ofx);
        break;
    case IN_NOTHING:
    case IN_ACCOUNT:
    case IN_PARTY_ACCOUNT:
    case IN_CURRENCY:
    case IN_AVAILABLE:
    case IN_STATUS:
    case IN_SECURITY:
        break;
    }
}

/* Ends what is open within it too; the end of a value, or of nothing, says nothing. */
static void end_tag(struct ofx *ofx, const char *name)
{
    size_t at = ofx->depth;
    while (at > 0 && strcmp(ofx->open[at - 1].name, name) != 0)
        at--;
    if (at == 0)
        return;
    while (ofx->depth > at)
        aggregate_end(ofx, false);
    aggregate_end(ofx, true);
    ofx->ended = ofx->ended || strcmp(name, "OFX") == 0;
}

/* An entry or statement that did not end before the next one began. */
static void end_sibling(struct ofx *ofx, const char *name)
{
    enum within within = within_of(name);
    if (within != IN_ENTRY && within != IN_STATEMENT)
        return;
    size_t at = ofx->depth;
    while (at > 0 && ofx->open[at - 1].within != within)
        at--;
    while (at > 0 && ofx->depth >= at)
        aggregate_end(ofx, false);
}

/* ---- tokens ---- */

static const struct {
    const char *name;
    const char *text;
} entities[] = {{"amp", "&"},   {"lt", "<"},   {"gt", ">"},
                {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}};

static size_t utf8_put(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)((size == 2 ? 0xC0U : size == 3 ? 0xE0U : 0xF0U) | point);
    return size;
}

/* "#233", "#xE9" */
static size_t numbered_entity(const char *name, char out[4])
{
    char *end = NULL;
    bool hex = name[1] == 'x' || name[1] == 'X';
    const char *digits = name + 1 + hex;
    if (isxdigit((unsigned char)digits[0]) == 0)
        return 0;
    unsigned long point = strtoul(digits, &end, hex ? 16 : 10);
    if (*end != '\0' || point == 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
        return 0;
    return utf8_put((uint32_t)point, out);
}

/* What "&amp;" at the front stands for; *ret_taken of its bytes. 0: it is no entity. */
static size_t entity_at(struct slice text, char out[4], size_t *ret_taken)
{
    char name[ENTITY_MAX] = "";
    const uint8_t *end =
        memchr(text.data, ';', text.size < ENTITY_MAX + 1 ? text.size : ENTITY_MAX + 1);
    if (end == NULL || end - text.data < 2)
        return 0;
    size_t size = (size_t)(end - text.data) - 1;
    if (size >= sizeof name)
        return 0;
    memcpy(name, text.data + 1, size);
    *ret_taken = size + 2;
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        if (strcmp(name, entities[i].name) == 0) {
            out[0] = entities[i].text[0];
            return 1;
        }
    return name[0] == '#' ? numbered_entity(name, out) : 0;
}

/* In its place: what an entity stands for is never longer. */
static struct slice without_entities(struct slice text)
{
    uint8_t *out = (uint8_t *)(uintptr_t)text.data;
    size_t size = 0;
    for (size_t at = 0; at < text.size;) {
        char letter[4];
        size_t taken = 0;
        size_t got = text.data[at] == '&'
                         ? entity_at(slice_of(text.data + at, text.size - at), letter, &taken)
                         : 0;
        if (got == 0) {
            out[size++] = text.data[at++];
            continue;
        }
        memcpy(out + size, letter, got);
        size += got;
        at += taken;
    }
    return slice_of(text.data, size);
}

/* What is behind the last tag: its value, or blanks before what it holds. */
static void end_text(struct ofx *ofx)
{
    struct slice text = slice_trimmed(buffer_slice(&ofx->text));
    if (ofx->value[0] != '\0') {
        if (text.size > 0) {
            ofx->build->cut = ofx->build->cut || ofx->text_cut;
            take_value(ofx, ofx->value, without_entities(text));
        } else {
            end_sibling(ofx, ofx->value);
            aggregate_begin(ofx, ofx->value);
        }
    }
    ofx->value[0] = '\0';
    ofx->text_cut = false;
    buffer_clear(&ofx->text);
}

/* An element without a value, <LANGUAGE></LANGUAGE>, begins and ends like an aggregate. */
static void take_tag(struct ofx *ofx)
{
    struct slice tag = slice_trimmed(buffer_slice(&ofx->tag));
    bool ends = tag.size > 0 && tag.data[0] == '/';
    char name[NAME_MAX_BYTES];
    size_t size = 0;
    end_text(ofx);
    if (ends)
        tag = slice_of(tag.data + 1, tag.size - 1);
    while (size < tag.size && size + 1 < sizeof name && tag.data[size] > ' ' &&
           tag.data[size] != '/') {
        name[size] = (char)toupper(tag.data[size]);
        size++;
    }
    name[size] = '\0';
    bool empty = !ends && tag.size > 0 && tag.data[tag.size - 1] == '/';
    if (ends)
        end_tag(ofx, name);
    else if (!empty)
        (void)snprintf(ofx->value, sizeof ofx->value, "%s", name);
    ofx->value_line = ofx->line;
}

static bool ends_in(const struct buffer *buffer, const char *end)
{
    size_t size = strlen(end);
    return buffer->size >= size && memcmp(buffer->data + buffer->size - size, end, size) == 0;
}

static bool begins_with(const struct buffer *buffer, const char *begin)
{
    return slice_starts(buffer_slice(buffer), slice_text(begin));
}

/* Is the tag at hand over with this '>'? */
static bool tag_is_whole(const struct ofx *ofx)
{
    if (begins_with(&ofx->tag, "![CDATA["))
        return ends_in(&ofx->tag, "]]");
    if (begins_with(&ofx->tag, "!--"))
        return ofx->tag.size >= 5 && ends_in(&ofx->tag, "--");
    return true;
}

static void put_text(struct ofx *ofx, const void *bytes, size_t size)
{
    size_t room = BANK_ELEMENT_MAX - ofx->text.size;
    ofx->text_cut = ofx->text_cut || size > room;
    size = size < room ? size : room;
    if (size > 0 && !buffer_put(&ofx->text, bytes, size))
        ofx->build->failed = true;
}

static void end_tag_text(struct ofx *ofx)
{
    static const size_t front = sizeof "![CDATA[" - 1;
    if (begins_with(&ofx->tag, "![CDATA[") && ofx->tag.size >= front + 2) {
        put_text(ofx, ofx->tag.data + front, ofx->tag.size - front - 2);
    } else if (begins_with(&ofx->tag, "!--") || begins_with(&ofx->tag, "?")) {
        ; /* a remark, an instruction */
    } else if (begins_with(&ofx->tag, "!")) {
        build_refuse(ofx->build, BANK_DOCTYPE, ofx->line, nothing());
    } else {
        take_tag(ofx);
    }
    buffer_clear(&ofx->tag);
    ofx->state = IN_TEXT;
}

/* "CHARSET:1252", and which version it is. */
static void take_header(struct ofx *ofx, struct slice header)
{
    static const struct {
        const char *said;
        const char *encoding;
    } letters[] = {{"CHARSET:1252", "windows-1252"}, {"CHARSET:1253", "windows-1253"},
                   {"CHARSET:1256", "windows-1256"}, {"CHARSET:1258", "windows-1258"},
                   {"CHARSET:8859-1", "iso-8859-1"}, {"CHARSET:ISO-8859-1", "iso-8859-1"}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (slice_has(header, letters[i].said))
            build_encoding(ofx->build, letters[i].encoding);
    if (slice_has(header, "OFXHEADER"))
        ofx->build->file.version = slice_has(header, "OFXHEADER=") ? "OFX 2" : "OFX 1";
}

static void take_byte(struct ofx *ofx, uint8_t byte)
{
    if (byte == '\n')
        ofx->line++;
    if (ofx->state == IN_TAG) {
        if (byte == '>' && tag_is_whole(ofx)) {
            if (begins_with(&ofx->tag, "?"))
                take_header(ofx, buffer_slice(&ofx->tag));
            end_tag_text(ofx);
        } else if (ofx->tag.size == BANK_ELEMENT_MAX && !begins_with(&ofx->tag, "!--")) {
            build_refuse(ofx->build, BANK_TOO_LARGE, ofx->line, slice_text("BANK_ELEMENT_MAX"));
        } else if (ofx->tag.size == BANK_ELEMENT_MAX) { /* of a remark its last bytes matter */
            buffer_drop(&ofx->tag, BANK_ELEMENT_MAX / 2);
            memcpy(ofx->tag.data, "!--", 3);
            (void)buffer_put(&ofx->tag, &byte, 1);
        } else if (!buffer_put(&ofx->tag, &byte, 1)) {
            ofx->build->failed = true;
        }
    } else if (byte == '<') {
        if (ofx->state == IN_HEADER)
            take_header(ofx, buffer_slice(&ofx->header));
        ofx->state = IN_TAG;
    } else if (ofx->state == IN_TEXT) {
        put_text(ofx, &byte, 1);
    } else if (ofx->header.size < HEADER_MAX && !buffer_put(&ofx->header, &byte, 1)) {
        ofx->build->failed = true;
    }
}

/* ---- the reader ---- */

static bool ofx_is(struct slice head)
{
    return slice_has(head, "OFXHEADER") || slice_has(head, "<OFX>");
}

static void *ofx_begin(struct build *build)
{
    struct ofx *ofx = calloc(1, sizeof *ofx);
    if (ofx == NULL)
        return NULL;
    ofx->build = build;
    ofx->line = 1;
    build->file.version = "OFX";
    buffer_init(&ofx->header, HEADER_MAX);
    buffer_init(&ofx->tag, BANK_ELEMENT_MAX);
    buffer_init(&ofx->text, BANK_ELEMENT_MAX);
    return ofx;
}

static void ofx_put(void *reader, struct slice bytes)
{
    struct ofx *ofx = reader;
    for (size_t i = 0; i < bytes.size && !ofx->build->stopped && !ofx->build->failed; i++)
        take_byte(ofx, bytes.data[i]);
}

static void ofx_end(void *reader)
{
    struct ofx *ofx = reader;
    if (ofx->build->stopped || ofx->build->failed || ofx->ended)
        return;
    while (ofx->depth > 0)
        aggregate_end(ofx, false);
    build_stop(ofx->build, BANK_CUT, ofx->line, nothing());
}

static void ofx_destroy(void *reader)
{
    struct ofx *ofx = reader;
    buffer_fini(&ofx->header);
    buffer_fini(&ofx->tag);
    buffer_fini(&ofx->text);
    free(ofx);
}

const struct form form_ofx = {BANK_OFX, ofx_is, ofx_begin, ofx_put, ofx_end, ofx_destroy};
