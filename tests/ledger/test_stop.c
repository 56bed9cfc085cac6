/* A question, a row or a command whose memory is spent, or that meets a record that does not parse,
 * stops there: it is refused or comes to nothing, and whatever comes next is as before. */
#include "golden/story.h"

#include "base/limits.h"
#include "base/prng.h"
#include "store/store.h"
#include "tx/tx.h"
#include "wire/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_BYTES = 256 * 1024 * 1024, MEMORY = 64 * 1024 * 1024, BYTES_MAX = 2 * 1024 * 1024 };

/* ---- every question ---- */

static const struct {
    const char *query;
    const char *fields;
} questions[] = {
    {"company", "{}"},
    {"branches", "{}"},
    {"staff", "{}"},
    {"terminals", "{}"},
    {"terminals", "{'branch': 1}"},
    {"groups", "{}"},
    {"groups", "{'dimension': 'region'}"},
    {"money_accounts", "{}"},
    {"approvals", "{}"},
    {"approvals", "{'waiting_only': true}"},
    {"customer_card", "{'customer': %u}"},
    {"customers", "{}"},
    {"customers", "{'sort': 'SORT_BALANCE', 'owing': true}"},
    {"customers", "{'overdue': true, 'group': 1}"},
    {"history", "{'customer': %u}"},
    {"history", "{'customer': %u, 'oldest_first': true}"},
    {"customer_changes", "{'customer': %u}"},
    {"notes", "{'customer': %u}"},
    {"merge_preview", "{'customer': %u, 'into': 3}"},
    {"customers", "{'sort': 'SORT_CALLS', 'calls': 'CALLS_ALL', 'count': true, 'skip': 1}"},
    {"unpaid_bills", "{'customer': %u}"},
    {"limits", "{'customer': %u}"},
    {"unmatched_money", "{}"},
    {"match_suggestions", "{}"},
    {"match_suggestions", "{'customer': %u}"},
    {"books_on", "{'as_of': 30000}"},
    {"documents", "{'totals': true, 'by': 'DOCUMENTS_BY_STAFF', 'text': 'a'}"},
    {"likely_doubles", "{'name': 'Anh'}"},
    {"products", "{}"},
    {"products", "{'text': 'a', 'retired': true}"},
    {"product_card", "{'product': 1}"},
    {"product_card", "{'code': 'SAND', 'unit': 'bag', 'customer': 2}"},
    {"price_lists", "{'retired': true}"},
    {"prices", "{'list': 'GOLD'}"},
    {"product_sales", "{}"},
    {"document", "{'number': 'HQ-00001'}"},
    {"document", "{'number': 'HQ-R-00001', 'kind': 'DOCUMENT_PAYMENT'}"},
    {"documents", "{}"},
    {"documents", "{'customer': %u, 'state': 'DOCUMENT_OPEN'}"},
    {"try_command",
     "{'command': {'issue_invoice': {'customer': %u, 'lines': [{'text': 'x', 'quantity': 1000, "
     "'price': 100}]}}}"},
    {"try_command", "{'command': {'add_branch': {'code': 'ZZ', 'name': 'z'}}}"},
    {"what_if", "{'customer': %u, 'amount_minor': 100000}"},
    {"what_if",
     "{'customer': %u, 'amount_minor': 0, 'draft': {'lines': [{'text': 'x', 'quantity': 1000, "
     "'price': 100}]}}"},
    {"preview_match", "{'match': {'customer': %u, 'order': 'MATCH_OLDEST_DUE'}}"},
    {"preview_match",
     "{'match': {'customer': %u, 'order': 'MATCH_OLDEST_DUE'}, 'with_minor': 500}"},
    {"aging", "{'by_customer': true}"},
    {"aging", "{'as_of': 19990, 'by_customer': true}"},
    {"aging", "{'group': 1, 'branch': 1}"},
    {"trial_balance", "{}"},
    {"search", "{'text': 'HQ-'}"},
    {"search", "{'text': '1.00'}"},
    {"command", "{'id': '%s'}"},
    {"alarms", "{}"},
    {"recovery", "{}"},
    {"rights", "{}"},
    {"approval", "{'approval': 1}"},
    {"approval", "{'approval': 23}"}, /* its sale is still parked */
    {"till_day", "{'money_account': 1}"},
    {"till_days", "{'money_account': 1}"},
    {"money_days", "{}"},
    {"money_in_by_day", "{'days':366}"},
    {"due_by_week", "{}"},
    {"top_exposures", "{'rows':100}"},
    {"branches_now", "{}"},
    {"staff_day", "{}"},
    {"totals", "{}"},
    {"report",
     "{'what': {'source': 'REPORT_DOCUMENTS', 'by': ['BY_DAY', 'BY_STAFF', 'BY_CUSTOMER']}}"},
    {"report", "{'what': {'source': 'REPORT_LINES', 'by': ['BY_PRODUCT']}}"},
    {"report", "{'what': {'source': 'REPORT_CUSTOMERS', 'by': ['BY_BRANCH']}}"},
    {"saved_reports", "{}"},

    {"master_changes", "{'kind': 'MASTER_PRODUCT', 'id': 1}"},
    {"master_changes", "{'kind': 'MASTER_STAFF', 'id': 2}"},
    {"rehearse", "{'command': {'set_credit_policy': {'terms': {'limit_minor': 1}}}}"},
    {"rehearse", "{'command': {'change_staff': {'staff': 2, 'blocked': true}}}"},
    {"statement", "{'customer': %u}"},
    {"statement", "{'statement': 1}"},
    {"statements", "{}"},
    {"statements", "{'customer': %u}"},
    {"statements", "{'settle_date': 20371}"},
    {"statement_days", "{}"},
};
enum { QUESTIONS = sizeof questions / sizeof questions[0], CUSTOMERS_ASKED = 6 };

static const Tefter__Query *question(const struct scenario *s, size_t number, uint32_t customer,
                                     struct arena *arena)
{
    char fields[400];
    char id[2 * COMMAND_ID_SIZE + 1] = "";
    const Tefter__Entry *entry = (Tefter__Entry *)message_unpack(
        &tefter__entry__descriptor, s->entries[s->entry_count / 2], arena);
    for (size_t i = 0; i < COMMAND_ID_SIZE; i++)
        snprintf(id + 2 * i, 3, "%02x", entry->id.data[i]);
    const char *pattern = questions[number].fields;
    if (strstr(pattern, "%s") != NULL)
        snprintf(fields, sizeof fields, "{'id': '%s'}", id);
    else if (strstr(pattern, "%u") != NULL)
        snprintf(fields, sizeof fields, "%.*s%u%s", (int)(strstr(pattern, "%u") - pattern), pattern,
                 customer, strstr(pattern, "%u") + 2);
    else
        snprintf(fields, sizeof fields, "%s", pattern);
    for (char *c = fields; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    struct message_fault fault = {.path = ""};
    const char *text = json("{\"%s\": %s}", questions[number].query, fields);
    const Tefter__Query *query = (Tefter__Query *)message_of_json(&tefter__query__descriptor,
                                                                  slice_text(text), arena, &fault);
    if (query == NULL)
        fail_msg("%s: %s: %s", text, fault.path, fault.what);
    return query;
}

static const struct ledger_hits everybody = {(const uint32_t[]){1, 2, 3, 4, 5, 6, 7, 8}, 8};

/* The answer as it is sent, in `bytes`; 0: memory did not even suffice to begin. */
static size_t ask(struct scenario *s, const Tefter__Query *query, size_t memory, uint8_t *bytes,
                  Tefter__RefusalCode *ret_refused)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    arena_init(&arena, memory);
    struct ledger_view *view = ledger_view_begin(s->ledger, &arena, &failure);
    size_t size = 0;
    *ret_refused = TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG;
    if (view != NULL) {
        const Tefter__Answer *answer =
            ledger_view_answer(view, query, &s->actor, &everybody, LEDGER_WORK_ANY);
        size = tefter__answer__get_packed_size(answer);
        assert_in_range(size, 1, BYTES_MAX);
        tefter__answer__pack(answer, bytes);
        *ret_refused =
            answer->kind_case == TEFTER__ANSWER__KIND_REFUSED ? answer->refused->code : 0;
    }
    ledger_view_end(view);
    arena_fini(&arena);
    return size;
}

static void every_query_is_asked_here(void **state)
{
    (void)state;
    for (unsigned i = 0; i < tefter__query__descriptor.n_fields; i++) {
        bool asked = false;
        for (size_t j = 0; j < QUESTIONS; j++)
            asked =
                asked || strcmp(questions[j].query, tefter__query__descriptor.fields[i].name) == 0;
        if (!asked)
            fail_msg("nobody asks %s", tefter__query__descriptor.fields[i].name);
    }
}

static size_t more(size_t memory)
{
    return memory + memory / 16 + 48;
}

/* From nothing up to enough: refused by name, until it is the whole answer. */
static void climb(struct scenario *s, const Tefter__Query *query, uint8_t *whole, uint8_t *bytes)
{
    Tefter__RefusalCode code, refused;
    size_t size = ask(s, query, MEMORY, whole, &code);
    size_t memory = 64;
    bool same = false;
    for (; memory < MEMORY && !same; memory = more(memory)) {
        size_t got = ask(s, query, memory, bytes, &refused);
        same = got == size && memcmp(bytes, whole, size) == 0;
        if (!same && refused != TEFTER__REFUSAL_CODE__QUESTION_TOO_BIG)
            fail_msg("query %d in %zu bytes: refused with %d", (int)query->kind_case, memory,
                     (int)refused);
    }
    assert_true(same);
}

static void a_question_without_memory_is_refused_and_costs_nobody_else_anything(void **state)
{
    (void)state;
    struct scenario *s = golden_story(LEDGER_RULES);
    uint8_t *whole = malloc(BYTES_MAX), *bytes = malloc(BYTES_MAX);
    for (size_t i = 0; i < QUESTIONS; i++)
        for (uint32_t customer = 2; customer <= CUSTOMERS_ASKED; customer += 2)
            climb(s, question(s, i, customer, &s->arena), whole, bytes);
    free(whole);
    free(bytes);
    scenario_end(s);
}

/* ---- every row ---- */

static size_t row_in(struct scenario *s, uint64_t key, size_t memory, uint8_t *bytes,
                     enum ledger_met *ret_met)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    struct ledger_row row = {.row = {NULL, 0}};
    arena_init(&arena, memory);
    struct ledger_view *view = ledger_view_begin(s->ledger, &arena, &failure);
    bool there = view != NULL && ledger_view_row_of(view, 1, key, &row);
    *ret_met = view != NULL ? ledger_view_met(view) : LEDGER_MET_FAULT;
    if (there)
        memcpy(bytes, row.row.data, row.row.size);
    ledger_view_end(view);
    arena_fini(&arena);
    return there ? row.row.size : 0;
}

static void climb_row(struct scenario *s, uint64_t key)
{
    uint8_t whole[8192], bytes[8192];
    enum ledger_met met;
    size_t size = row_in(s, key, MEMORY, whole, &met);
    assert_int_equal(met, LEDGER_MET_NOTHING);
    bool same = false;
    for (size_t memory = 64; memory < MEMORY && !same; memory = more(memory)) {
        size_t got = row_in(s, key, memory, bytes, &met);
        same = met == LEDGER_MET_NOTHING && got == size && memcmp(bytes, whole, size) == 0;
        if (!same)
            assert_int_equal(met, LEDGER_MET_FAULT);
    }
    assert_true(same);
}

static void a_row_without_memory_is_left_out_and_said_to_be(void **state)
{
    (void)state;
    struct scenario *s = golden_story(LEDGER_RULES);
    for (uint32_t number = 1; number <= 12; number++) {
        climb_row(s, row_key_of(ROW_ACCOUNT, number));
        climb_row(s, row_key_of(ROW_CUSTOMER, number));
        climb_row(s, row_key_of(ROW_APPROVAL, number));
    }
    scenario_end(s);
}

/* ---- damage ---- */

enum damage { CUT, EMPTY, FLIPPED, FLIPPED_TWICE, FLIPPED_AGAIN, LONGER, DAMAGES, GONE };

static struct store *open_store(const struct scenario *s)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct store *store = NULL;
    struct store_options options = {.path = s->path,
                                    .trees = tx_tree_names,
                                    .map_bytes = MAP_BYTES,
                                    .gathering = true,
                                    .summed = true};
    if (!store_open(&options, &store, &failure))
        fail_msg("%s", failure.text);
    return store;
}

static void open_again(struct scenario *s)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_options options = {.path = s->path, .map_bytes = MAP_BYTES};
    if (!ledger_open(&options, &s->ledger, &failure))
        fail_msg("%s", failure.text);
}

static bool is_of(uint8_t tree, struct slice key, int table)
{
    if (tree == TREE_BOOK)
        return key.data[0] == table;
    return tree != TREE_CUSTOMER || key.data[KEY_CUSTOMER_HEAD - 1] == table;
}

struct row {
    struct slice key, value;
    struct row *next;
};

/* Every row of a table, as it is. */
static struct row *rows_of(struct arena *arena, const struct scenario *s, uint8_t tree, int table)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct row *rows = NULL;
    struct store *store = open_store(s);
    struct store_txn *txn = store_begin(store, false, &failure);
    struct store_cursor cursor;
    for (bool on = store_seek(txn, tree, slice_of(NULL, 0), &cursor); on;
         on = store_next(&cursor)) {
        if (!is_of(tree, cursor.key, table))
            continue;
        struct row *row = arena_zero(arena, sizeof *row);
        row->key = slice_of(arena_copy(arena, cursor.key.data, cursor.key.size), cursor.key.size);
        row->value =
            slice_of(arena_copy(arena, cursor.value.data, cursor.value.size), cursor.value.size);
        row->next = rows;
        rows = row;
    }
    store_leave(&cursor);
    store_abort(txn);
    store_close(store);
    return rows;
}

static struct slice damaged(struct arena *arena, struct prng *prng, struct slice value,
                            enum damage how)
{
    uint8_t *bytes = arena_zero(arena, value.size + 64);
    memcpy(bytes, value.data, value.size);
    size_t flips = how == FLIPPED || how == FLIPPED_AGAIN ? 1 : how == FLIPPED_TWICE ? 2 : 0;
    for (size_t i = 0; i < flips && value.size > 0; i++)
        bytes[prng_below(prng, value.size)] ^= (uint8_t)(1u << prng_below(prng, 8));
    if (how == LONGER)
        memset(bytes + value.size, 0xff, 8);
    return slice_of(bytes, how == CUT      ? value.size / 2
                           : how == EMPTY  ? 0
                           : how == LONGER ? value.size + 8
                                           : value.size);
}

/* With a damage, (DAMAGES) as they were, or (GONE) not at all. */
static void rows_write(const struct scenario *s, struct arena *arena, struct prng *prng,
                       uint8_t tree, const struct row *rows, enum damage how)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct store *store = open_store(s);
    struct store_txn *txn = store_begin(store, true, &failure);
    for (const struct row *row = rows; row != NULL; row = row->next)
        if (how == GONE)
            (void)store_delete(txn, tree, row->key);
        else
            store_put(txn, tree, row->key,
                      how == DAMAGES ? row->value : damaged(arena, prng, row->value, how));
    assert_true(store_commit(txn, &failure));
    store_close(store);
}

/* All that anybody may look at, one view for each; says how often damage was named. */
static unsigned look_at_all(struct scenario *s, uint8_t *bytes)
{
    unsigned named = 0;
    for (size_t i = 0; i < QUESTIONS; i++)
        for (uint32_t customer = 1; customer <= CUSTOMERS_ASKED; customer++) {
            Tefter__RefusalCode refused;
            struct arena arena;
            arena_init(&arena, FRAME_UNPACKED_MAX);
            (void)ask(s, question(s, i, customer, &arena), MEMORY, bytes, &refused);
            arena_fini(&arena);
            named += refused == TEFTER__REFUSAL_CODE__RECORD_DAMAGED;
        }
    return named;
}

/* What sessions, access and the engine look up, all in one view: a row that is damaged does not
 * keep it from the others. */
static void look_up_all(struct scenario *s)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct arena arena;
    uint64_t keys[32], cursor = 0;
    const uint64_t *changed;
    const Tefter__BranchRecord **branches;
    size_t count, seen = 0;
    bool more_approvals = true;
    arena_init(&arena, MEMORY);
    struct ledger_view *view = ledger_view_begin(s->ledger, &arena, &failure);
    assert_non_null(view);
    (void)ledger_view_company(view);
    (void)ledger_view_branches(view, &branches);
    (void)ledger_view_login(view, "owner");
    (void)ledger_view_changed(view, 1, &changed, &count);
    for (int i = 0; i < 2000 && more_approvals; i++)
        seen += ledger_view_approvals(view, &cursor, keys, 32, &more_approvals);
    assert_false(more_approvals && seen == 0);
    for (uint32_t number = 1; number < 12; number++) {
        struct ledger_row row;
        (void)ledger_view_branch(view, number);
        (void)ledger_view_staff(view, number);
        (void)ledger_view_terminal(view, number);
        (void)ledger_view_customer(view, number);
        (void)ledger_view_days(view, number, 20000);
        (void)ledger_view_row_of(view, 1, row_key_of(ROW_ACCOUNT, number), &row);
        (void)ledger_view_row_of(view, 0, row_key_of(ROW_CUSTOMER, number), &row);
        (void)ledger_view_row_of(view, 0, row_key_of(ROW_APPROVAL, number), &row);
    }
    ledger_view_end(view);
    arena_fini(&arena);
    (void)ledger_jobs(s->ledger, keys, 32);
}

/* The facts that a query unpacks: cut in the middle they are missed. */
static void check_named(struct scenario *s, const char *name, unsigned named)
{
    struct ledger_metrics metrics;
    ledger_metrics(s->ledger, &metrics);
    if (named > 0 && (metrics.damaged < named || strstr(metrics.damage, name) == NULL))
        fail_msg("%s: %u refusals, %llu counted: %s", name, named,
                 (unsigned long long)metrics.damaged, metrics.damage);
}

struct spoiled {
    struct scenario *s;
    struct arena arena;
    struct prng prng;
    uint8_t *bytes;
    unsigned tables_named;
};

static void spoil(struct spoiled *spoiled, uint8_t tree, int table, const char *name)
{
    struct scenario *s = spoiled->s;
    arena_reset(&spoiled->arena);
    ledger_close(s->ledger);
    const struct row *rows = rows_of(&spoiled->arena, s, tree, table);
    for (enum damage how = 0; how < DAMAGES; how++) {
        rows_write(s, &spoiled->arena, &spoiled->prng, tree, rows, how);
        open_again(s);
        unsigned named = look_at_all(s, spoiled->bytes);
        look_up_all(s);
        if (how == CUT)
            spoiled->tables_named += named > 0;
        if (how == CUT)
            check_named(s, name, named);
        ledger_close(s->ledger);
    }
    rows_write(s, &spoiled->arena, &spoiled->prng, tree, rows, DAMAGES);
    open_again(s);
}

static void damaged_records_are_named_and_never_end_the_server(void **state)
{
    (void)state;
    struct spoiled spoiled = {.s = golden_story(LEDGER_RULES), .bytes = malloc(BYTES_MAX)};
    arena_init(&spoiled.arena, MEMORY);
    spoiled.prng.state = 20261128;
#define BOOK_TABLE(NAME, number, kind) spoil(&spoiled, TREE_BOOK, number, "book." #NAME);
#define CUSTOMER_TABLE(NAME, number, kind)                                                         \
    spoil(&spoiled, TREE_CUSTOMER, number, "customer." #NAME);
#include "tx/tables.def"
    spoil(&spoiled, TREE_COMMAND, 0, "command");
    spoil(&spoiled, TREE_EVENT, 0, "event");
    assert_in_range(spoiled.tables_named, 20, 40);
    arena_fini(&spoiled.arena);
    free(spoiled.bytes);
    scenario_end(spoiled.s); /* all is as it was */
}

static void accounts_whose_customer_is_gone_are_named_by_aging(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct spoiled spoiled = {.s = s, .bytes = malloc(BYTES_MAX)};
    Tefter__RefusalCode refused = 0;
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_sell(s, anh, 100);
    arena_init(&spoiled.arena, MEMORY);
    ledger_close(s->ledger);
    const struct row *rows = rows_of(&spoiled.arena, s, TREE_CUSTOMER, TABLE_PROFILE);
    rows_write(s, &spoiled.arena, &spoiled.prng, TREE_CUSTOMER, rows, GONE);
    open_again(s);
    size_t aging = 0;
    while (strcmp(questions[aging].query, "aging") != 0)
        aging++;
    (void)ask(s, question(s, aging, anh, &spoiled.arena), MEMORY, spoiled.bytes, &refused);
    assert_int_equal(refused, TEFTER__REFUSAL_CODE__RECORD_DAMAGED);
    ledger_close(s->ledger);
    rows_write(s, &spoiled.arena, &spoiled.prng, TREE_CUSTOMER, rows, DAMAGES);
    open_again(s);
    arena_fini(&spoiled.arena);
    free(spoiled.bytes);
    scenario_end(s);
}

/* ---- commands ---- */

static void a_command_that_meets_damage_is_a_fault_of_its_entry(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct spoiled spoiled = {.s = s};
    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_result result;
    uint32_t anh = scenario_customer(s, "Anh", 10000);
    scenario_sell(s, anh, 100);
    struct slice entry = s->entries[s->entry_count - 1];
    arena_init(&spoiled.arena, MEMORY);
    ledger_close(s->ledger);
    const struct row *rows = rows_of(&spoiled.arena, s, TREE_CUSTOMER, TABLE_PROFILE);
    rows_write(s, &spoiled.arena, &spoiled.prng, TREE_CUSTOMER, rows, CUT);
    open_again(s);
    Tefter__Entry *sale =
        (Tefter__Entry *)message_unpack(&tefter__entry__descriptor, entry, &s->arena);
    sale->id.data[COMMAND_ID_SIZE - 1] ^= 0x55; /* another one */
    struct slice bytes = message_pack(&sale->base, &s->arena);
    assert_true(ledger_begin(s->ledger, &failure));
    assert_false(ledger_apply(s->ledger, s->seq + 1, bytes, &s->arena, &result, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    assert_non_null(strstr(failure.text, "customer.PROFILE"));
    ledger_abort(s->ledger);
    ledger_close(s->ledger);
    rows_write(s, &spoiled.arena, &spoiled.prng, TREE_CUSTOMER, rows, DAMAGES);
    open_again(s);
    arena_fini(&spoiled.arena);
    scenario_sell(s, anh, 100);
    scenario_end(s);
}

/* A sale of so many lines, none of them in the catalogue. */
static const Tefter__Command *long_sale(struct scenario *s, uint32_t customer, size_t lines)
{
    Tefter__Command *command =
        (Tefter__Command *)message_new(&tefter__command__descriptor, &s->arena);
    Tefter__IssueInvoice *sale =
        (Tefter__IssueInvoice *)message_new(&tefter__issue_invoice__descriptor, &s->arena);
    command->kind_case = TEFTER__COMMAND__KIND_ISSUE_INVOICE;
    command->issue_invoice = sale;
    sale->has_customer = true;
    sale->customer = customer;
    sale->n_lines = lines;
    sale->lines = arena_zero(&s->arena, lines * sizeof *sale->lines);
    for (size_t i = 0; i < lines; i++) {
        Tefter__InvoiceLine *line =
            (Tefter__InvoiceLine *)message_new(&tefter__invoice_line__descriptor, &s->arena);
        line->text = arena_text(&s->arena, "a line with some words on it, like others have", 46);
        line->quantity = 1000;
        line->has_price = true;
        line->price = 1000;
        sale->lines[i] = line;
    }
    return command;
}

static void refused_commands_of_one_group_leave_nothing_but_their_replies(void **state)
{
    (void)state;
    struct scenario *s = scenario_begin();
    struct failure failure = {.fault = FAULT_NONE};
    struct arena group;
    uint32_t anh = scenario_customer(s, "Anh", 100);
    Tefter__Entry entry = TEFTER__ENTRY__INIT;
    uint8_t id[COMMAND_ID_SIZE] = {0};
    struct slice packed = message_pack(&long_sale(s, anh, DOCUMENT_LINES_MAX)->base, &s->arena);
    entry.id = (ProtobufCBinaryData){sizeof id, id};
    entry.now_ms = s->now_ms;
    entry.actor = &s->actor;
    entry.has_command = true;
    entry.command = (ProtobufCBinaryData){packed.size, (uint8_t *)(uintptr_t)packed.data};
    be16_put(id, (uint16_t)(s->now_ms >> 32));
    be32_put(id + 2, (uint32_t)s->now_ms);
    arena_init(&group, MEMORY);
    assert_true(ledger_begin(s->ledger, &failure));
    for (uint32_t i = 1; i < 200; i++) {
        struct ledger_result result;
        be32_put(id + 12, 1000000 + i);
        struct slice bytes = message_pack(&entry.base, &s->arena);
        size_t taken = group.taken;
        if (!ledger_apply(s->ledger, s->seq + i, bytes, &group, &result, &failure))
            fail_msg("%s", failure.text);
        assert_int_equal(result.refused, TEFTER__REFUSAL_CODE__CREDIT_LIMIT_EXCEEDED);
        assert_in_range(group.taken - taken, 1, 4096);
    }
    ledger_abort(s->ledger);
    arena_fini(&group);
    scenario_end(s);
}

/* What the bound of a command's memory rests on (ledger.h). */
static void the_largest_records_that_a_command_may_touch_fit_its_memory(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, MEMORY);
    Tefter__ItemRecord item = TEFTER__ITEM_RECORD__INIT;
    Tefter__Match match = TEFTER__MATCH__INIT;
    Tefter__Match *matches[MATCHES_KEPT_PER_ITEM_MAX];
    match.match = match.other = match.undone_seq = UINT64_MAX;
    match.amount_minor = INT64_MAX;
    match.has_undone_seq = match.has_undone_date = true;
    for (size_t i = 0; i < MATCHES_KEPT_PER_ITEM_MAX; i++)
        matches[i] = &match;
    item.matches = matches;
    item.n_matches = MATCHES_KEPT_PER_ITEM_MAX;
    struct slice bytes = message_pack(&item.base, &arena);
    size_t before = arena.taken;
    assert_non_null(message_unpack(&tefter__item_record__descriptor, bytes, &arena));
    size_t each = arena.taken - before + 2 * sizeof matches; /* and when one is added */
    if (each * RECORDS_TOUCHED_MAX > COMMAND_MEMORY_MAX)
        fail_msg("%zu bytes each", each);
    arena_fini(&arena);
}

/* ---- approvals ---- */

enum { PARKED = 40 }; /* of a customer */

static void park(struct scenario *s, uint32_t customer, const Tefter__Command *draft)
{
    Tefter__Command command = TEFTER__COMMAND__INIT;
    Tefter__AskApproval wish = TEFTER__ASK_APPROVAL__INIT;
    wish.customer = customer;
    wish.amount_minor = draft != NULL ? (int64_t)draft->issue_invoice->n_lines : 2000;
    wish.draft = draft != NULL ? draft->issue_invoice : NULL;
    command.kind_case = TEFTER__COMMAND__KIND_ASK_APPROVAL;
    command.ask_approval = &wish;
    const Tefter__Reply *reply = scenario_apply(s, &command);
    assert_int_equal(reply->result_case, TEFTER__REPLY__RESULT_DONE);
}

static uint32_t who_needs_approval(struct scenario *s)
{
    uint32_t anh = scenario_customer(s, "Anh", 100);
    scenario_done(s, "set_credit_limit",
                  json("{'customer': %u, 'terms': {'limit_minor': 100, 'policy': "
                       "'EXCESS_APPROVE'}}",
                       anh));
    return anh;
}

/* Four people park all that they may. */
static void many_long_sales_that_are_parked_are_listed_for_everybody(void **state)
{
    (void)state;
    enum { EACH = PARKED / 4, LINES = 1000 };
    struct scenario *s = scenario_begin();
    uint32_t anh = who_needs_approval(s);
    const Tefter__Command *draft = long_sale(s, anh, LINES);
    for (int i = 0; i < PARKED; i++) {
        if (i % EACH == 0) {
            scenario_as(s, ROLE_STAFF_OWNER);
            scenario_as(s,
                        scenario_staff(s, json("chief%d", i / EACH), TEFTER__ROLE__ROLE_MANAGER));
        }
        park(s, anh, draft);
    }
    scenario_as(s, ROLE_STAFF_OWNER);
    assert_int_equal(scenario_ask(s, "approvals", "{}")->approvals->n_approvals, PARKED);
    uint8_t *bytes = malloc(BYTES_MAX);
    Tefter__RefusalCode refused;
    const Tefter__Query *query = question(s, 8, anh, &s->arena);
    assert_string_equal(questions[8].query, "approvals");
    (void)ask(s, query, (size_t)256 * 1024, bytes, &refused); /* a summary of each, and no draft */
    assert_int_equal(refused, 0);
    for (uint64_t approval = 1; approval <= PARKED; approval++) {
        enum ledger_met met;
        assert_true(row_in(s, row_key_of(ROW_APPROVAL, approval), 16 * 1024, bytes, &met) > 0);
        const Tefter__ApprovalAnswer *one =
            scenario_ask(s, "approval", json("{'approval': %llu}", (unsigned long long)approval))
                ->approval;
        assert_int_equal(one->n_lines, LINES);
    }
    free(bytes);
    scenario_done(s, "decide_approval", "{'approval': 1, 'approved': true}");
    scenario_end(s);
}

static void all_open_approvals_are_listed_page_by_page(void **state)
{
    (void)state;
    enum { ASKED = PAGE_ROWS_MAX + 120, AT_ONCE = 32, EACH = 20 };
    struct scenario *s = scenario_begin();
    uint32_t anh = 0;
    for (int i = 0; i < ASKED; i++) {
        if (i % EACH == 0)
            scenario_as(s, ROLE_STAFF_OWNER);
        if (i % PARKED == 0)
            anh = who_needs_approval(s);
        if (i % EACH == 0)
            scenario_as(s,
                        scenario_staff(s, json("chief%d", i / EACH), TEFTER__ROLE__ROLE_MANAGER));
        park(s, anh, NULL);
    }
    scenario_as(s, ROLE_STAFF_OWNER);
    const Tefter__ApprovalsAnswer *first = scenario_ask(s, "approvals", "{}")->approvals;
    assert_int_equal(first->n_approvals, PAGE_ROWS_MAX);
    assert_true(first->has_next);
    char page[32] = "";
    for (size_t i = 0; i < first->next.len; i++)
        snprintf(page + 2 * i, 3, "%02x", first->next.data[i]);
    const Tefter__ApprovalsAnswer *rest =
        scenario_ask(s, "approvals", json("{'page': '%s'}", page))->approvals;
    assert_int_equal(rest->n_approvals, ASKED - PAGE_ROWS_MAX);
    assert_false(rest->has_next);
    assert_int_equal(rest->approvals[rest->n_approvals - 1]->approval, 1);

    struct failure failure = {.fault = FAULT_NONE};
    struct ledger_view *view = ledger_view_begin(s->ledger, &s->arena, &failure);
    uint64_t keys[AT_ONCE], cursor = 0, last = UINT64_MAX;
    size_t all = 0;
    for (bool on = true; on;) {
        size_t count = ledger_view_approvals(view, &cursor, keys, AT_ONCE, &on);
        for (size_t i = 0; i < count; i++) {
            assert_true(keys[i] < last);
            last = keys[i];
        }
        all += count;
    }
    ledger_view_end(view);
    assert_int_equal(all, ASKED);
    scenario_end(s);
}

/* ---- time ---- */

static void a_question_that_would_hold_up_the_loop_says_so(void **state)
{
    (void)state;
    enum { BILLS = 200 };
    struct scenario *s = scenario_begin();
    struct failure failure = {.fault = FAULT_NONE};
    uint32_t anh = scenario_customer(s, "Anh", 1000000);
    for (int i = 0; i < BILLS; i++)
        scenario_done(s, "issue_invoice",
                      json("{'customer': %u, 'due': 20001, 'lines': [{'text': 'x', 'quantity': "
                           "1000, 'price': 10000}]}",
                           anh));
    scenario_as(s, 0);
    scenario_done(s, "turn_day", "{'branch': 1, 'date': 20003}");
    scenario_as(s, ROLE_STAFF_OWNER);
    struct message_fault fault;
    const Tefter__Query *card = (Tefter__Query *)message_of_json(
        &tefter__query__descriptor,
        slice_text(json("{\"customer_card\": {\"customer\": %u}}", anh)), &s->arena, &fault);
    struct ledger_view *view = ledger_view_begin(s->ledger, &s->arena, &failure);
    assert_null(ledger_view_answer(view, card, &s->actor, NULL, BILLS / 2));
    const Tefter__Answer *answer = ledger_view_answer(view, card, &s->actor, NULL, 4 * BILLS);
    assert_non_null(answer);
    assert_int_equal(answer->kind_case, TEFTER__ANSWER__KIND_CUSTOMER_CARD);
    assert_int_equal(answer->customer_card->overdue_minor, 10 * BILLS);
    ledger_view_end(view);
    scenario_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_query_is_asked_here),
        cmocka_unit_test(a_question_without_memory_is_refused_and_costs_nobody_else_anything),
        cmocka_unit_test(a_row_without_memory_is_left_out_and_said_to_be),
        cmocka_unit_test(damaged_records_are_named_and_never_end_the_server),
        cmocka_unit_test(accounts_whose_customer_is_gone_are_named_by_aging),
        cmocka_unit_test(a_command_that_meets_damage_is_a_fault_of_its_entry),
        cmocka_unit_test(refused_commands_of_one_group_leave_nothing_but_their_replies),
        cmocka_unit_test(the_largest_records_that_a_command_may_touch_fit_its_memory),
        cmocka_unit_test(many_long_sales_that_are_parked_are_listed_for_everybody),
        cmocka_unit_test(all_open_approvals_are_listed_page_by_page),
        cmocka_unit_test(a_question_that_would_hold_up_the_loop_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
