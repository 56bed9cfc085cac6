/* Credit terms as lines: of the company, a group, a customer; and what a change made of them. */
#include <inttypes.h>

#include "base/tell.h"
#include "cli/cli.h"

static const char *const labels[TERM_LINES] = {
    [TERM_LINE_LIMIT] = N_("limit"),
    [TERM_LINE_POLICY] = N_("terms::over the limit"),
    [TERM_LINE_OVERDUE_DAYS] = N_("overdue days borne"),
    [TERM_LINE_OVERDUE] = N_("overdue amount borne"),
    [TERM_LINE_DOCUMENT_MAX] = N_("biggest document"),
    [TERM_LINE_UNPAID_MAX] = N_("most unpaid bills"),
    [TERM_LINE_SLIP_WEIGHT] = N_("slips count as owed"),
    [TERM_LINE_VALID] = N_("terms::valid"),
    [TERM_LINE_DAYS] = N_("bills are due after"),
    [TERM_LINE_CREDIT_NOTES] = N_("credit notes alone"),
    [TERM_LINE_OWN_REVERSAL] = N_("own money back alone"),
    [TERM_LINE_OWN_APPROVAL] = N_("own approvals by"),
};

void term_line_amount(struct run *run, struct term_lines *lines, enum term_line line, bool known,
                      int64_t amount_minor)
{
    if (known)
        (void)money_sentence(amount_minor, run_currency(run), lines->text[line], CELL_MAX);
}

void term_line_days(const struct run *run, struct term_lines *lines, enum term_line line,
                    bool known, uint32_t days)
{
    if (known)
        (void)run_count(run, MANY_("{count} day", "{count} days"), days, lines->text[line]);
}

/* "from 2026-12-01 until 2026-12-24" */
static void put_valid(const struct run *run, const Tefter__LimitTerms *terms, char *out)
{
    const char *from = terms->has_valid_from ? date_text(terms->valid_from, CELL) : NULL;
    const char *until = terms->has_valid_until ? date_text(terms->valid_until, CELL) : NULL;
    (void)words_say(out, CELL_MAX, run->language,
                    from == NULL    ? N_("|until {until}")
                    : until == NULL ? N_("from {from}")
                                    : N_("from {from} until {until}"),
                    "from", from, "until", until, NULL);
}

void term_lines_read(struct run *run, const Tefter__LimitTerms *terms, struct term_lines *ret_lines)
{
    *ret_lines = (struct term_lines){.text = {""}};
    if (terms == NULL)
        return;
    if (terms->has_unlimited && terms->unlimited)
        (void)snprintf(ret_lines->text[TERM_LINE_LIMIT], CELL_MAX, "%s",
                       run_word(run, N_("unlimited")));
    else
        term_line_amount(run, ret_lines, TERM_LINE_LIMIT, terms->has_limit_minor,
                         terms->limit_minor);
    if (terms->has_policy)
        (void)enum_said(run, &tefter__excess_policy__descriptor, (int)terms->policy,
                        ret_lines->text[TERM_LINE_POLICY]);
    term_line_days(run, ret_lines, TERM_LINE_OVERDUE_DAYS, terms->has_overdue_days,
                   terms->overdue_days);
    term_line_amount(run, ret_lines, TERM_LINE_OVERDUE, terms->has_overdue_minor,
                     terms->overdue_minor);
    term_line_amount(run, ret_lines, TERM_LINE_DOCUMENT_MAX, terms->has_document_max_minor,
                     terms->document_max_minor);
    if (terms->has_unpaid_max && terms->unpaid_max == 0)
        (void)snprintf(ret_lines->text[TERM_LINE_UNPAID_MAX], CELL_MAX, "%s",
                       run_word(run, N_("any number")));
    else if (terms->has_unpaid_max)
        (void)run_count(run, MANY_("{count} bill", "{count} bills"), terms->unpaid_max,
                        ret_lines->text[TERM_LINE_UNPAID_MAX]);
    if (terms->has_slip_weight)
        (void)snprintf(ret_lines->text[TERM_LINE_SLIP_WEIGHT], CELL_MAX, "%" PRIu32 " %%",
                       terms->slip_weight);
    put_valid(run, terms, ret_lines->text[TERM_LINE_VALID]);
}

const char *freed_text(struct run *run, bool known, int64_t freed_minor, char out[CELL_MAX])
{
    char amount[CELL_MAX];
    out[0] = '\0';
    if (known && freed_minor != 0)
        (void)words_say(out, CELL_MAX, run->language, N_(" {minus} slips counted {amount}"),
                        "minus", sign_minus(run), "amount", money_text(run, freed_minor, amount),
                        NULL);
    return out;
}

void term_lines_show(const struct run *run, const struct term_lines *lines)
{
    for (size_t i = 0; i < TERM_LINES; i++)
        if (lines->text[i][0] != '\0')
            tell(stdout, "  %-22s %s\n", run_word(run, labels[i]), lines->text[i]);
}

void term_lines_in_one(const struct run *run, const struct term_lines *lines,
                       char out[LINE_MAX_BYTES])
{
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < TERM_LINES && size < LINE_MAX_BYTES; i++)
        if (lines->text[i][0] != '\0')
            size +=
                (size_t)snprintf(out + size, LINE_MAX_BYTES - size, "%s%s %s",
                                 size == 0 ? "" : ", ", run_word(run, labels[i]), lines->text[i]);
}

void term_lines_changed(const struct run *run, const struct term_lines *before,
                        const struct term_lines *now)
{
    for (size_t i = 0; i < TERM_LINES; i++)
        if (strcmp(before->text[i], now->text[i]) != 0)
            tell(stdout, "  %-22s %s %s %s\n", run_word(run, labels[i]),
                 before->text[i][0] == '\0' ? run_word(run, N_("terms::none")) : before->text[i],
                 run->unicode ? "\xe2\x86\x92" : "->",
                 now->text[i][0] == '\0' ? run_word(run, N_("terms::none")) : now->text[i]);
}
