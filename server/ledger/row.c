/*
 * One row that terminals hold, made from the state and packed; and those that a command touched.
 */
#include "domain/domain.h"
#include "ledger/inside.h"

static void account_figure(struct tx *tx, const Tefter__AccountRow *row,
                           struct figure_account *figure)
{
    bool over = !row->unlimited && row->available_minor < 0;
    *figure = (struct figure_account){
        .customer = row->customer,
        .branch = customer_get(tx, row->customer)->branch,
        .balance_minor = row->balance_minor,
        .over_minor = over ? tx_difference(tx, 0, row->available_minor) : 0,
        .with_payer = row->has_payer && !row->site_binds,
    };
}

bool row_account_figure(struct tx *tx, uint32_t customer, struct figure_account *ret_figure)
{
    const Tefter__AccountRow *row = credit_account_row(tx, customer, branch_head_date(tx));
    if (row != NULL)
        account_figure(tx, row, ret_figure);
    return row != NULL;
}

/* false: there is no such row. No default: a kind that nobody makes does not compile. */
static bool row_make(struct tx *tx, uint64_t row_key, Tefter__Row *ret_row,
                     struct ledger_row *ret_facts)
{
    uint64_t id = row_key_id(row_key);
    const Tefter__CustomerRecord *customer;
    struct figure_account *figure;
    uint32_t today = branch_head_date(tx); /* one row serves every branch */
    *ret_row = (Tefter__Row)TEFTER__ROW__INIT;
    *ret_facts = (struct ledger_row){.key = row_key, .days = DATE_SPAN_ALL};
    ret_row->kind_case = (Tefter__Row__KindCase)row_key_kind(row_key);
    switch (ret_row->kind_case) {
    case TEFTER__ROW__KIND_ACCOUNT:
        ret_row->account = credit_account_row(tx, (uint32_t)id, today);
        ret_facts->customer = (uint32_t)id;
        if (ret_row->account == NULL)
            break;
        ret_facts->days = credit_account_days(tx, customer_get(tx, (uint32_t)id), today);
        figure = tx_take_out(tx, sizeof *figure);
        account_figure(tx, ret_row->account, figure);
        ret_facts->account = figure;
        break;
    case TEFTER__ROW__KIND_CUSTOMER:
        customer = customer_get(tx, (uint32_t)id);
        ret_row->customer = customer != NULL ? customer_row(tx, customer) : NULL;
        if (customer != NULL)
            ret_facts->days = credit_row_days(tx, customer, today);
        ret_facts->customer = (uint32_t)id;
        break;
    case TEFTER__ROW__KIND_APPROVAL:
        ret_row->approval = credit_approval_row(tx, id);
        ret_facts->customer =
            ret_row->approval != NULL ? credit_approval_branch(ret_row->approval) : 0;
        break;
    case TEFTER__ROW__KIND_ALARM:
        ret_row->alarm = credit_alarm_row(tx, id);
        ret_facts->customer = ret_row->alarm != NULL ? credit_alarm_branch(ret_row->alarm) : 0;
        if (ret_row->alarm != NULL) /* one row serves who counts that till, too */
            FIELD_SET_IF(ret_row->alarm, short_minor, false, 0);
        break;
    case TEFTER__ROW__KIND_TOTALS:   /* of memory: session/totals.c */
    case TEFTER__ROW__KIND_DECISION: /* told once, by its command */
    case TEFTER__ROW__KIND__NOT_SET:
    case _TEFTER__ROW__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return ret_row->account != NULL;
}

bool row_pack(struct tx *tx, uint64_t row_key, struct ledger_row *ret_row)
{
    Tefter__Row row;
    if (!row_make(tx, row_key, &row, ret_row))
        return false;
    ret_row->row = tx_pack_out(tx, &row.base);
    return ret_row->row.size > 0;
}

/* Of one who was merged: of whom they were merged into. */
static Tefter__AccountRow *told_account(struct tx *tx, Tefter__AccountRow *row)
{
    uint32_t customer = customer_leads_to(tx, row->customer);
    return customer == row->customer ? row : credit_account_row(tx, customer, branch_head_date(tx));
}

/* The rows the command changed; the first account is also told to the terminal that asked. */
void rows_collect(struct tx *tx, Tefter__Done *done, struct ledger_result *result)
{
    struct ledger_row *rows = tx_take_out(tx, tx->touched_count * sizeof *rows);
    for (size_t i = 0; i < tx->touched_count; i++) {
        Tefter__Row row;
        struct ledger_row *packed = &rows[result->row_count];
        uint64_t key = row_key_of(tx->touched[i].kind, tx->touched[i].id);
        if (!row_make(tx, key, &row, packed))
            continue;
        packed->row = tx_pack_out(tx, &row.base);
        result->row_count++;
        if (done->account == NULL && row.kind_case == TEFTER__ROW__KIND_ACCOUNT)
            done->account = told_account(tx, row.account);
    }
    result->rows = rows;
}
