/* What is odd in a bank's file, in the language of who reads it. */
#include "bank/bank.h"

#include <inttypes.h>
#include <stdio.h>

/* Facts: line, number (of the entry), text, amount, count. A clause with one that is not known is
 * left out. */
static const struct {
    const char *word;
    const char *message;
    bool grave;
} kinds[BANK_FINDINGS] = {
    [BANK_NO_BANK_FILE] =
        {"no_bank_file",
         N_("This is no file of a bank that is read here: camt, MT940, OFX, CSV or XLSX.| {text}"),
         true},
    [BANK_NO_STATEMENT] = {"no_statement", N_("There is no statement in it."), true},
    [BANK_DOCTYPE] =
        {"doctype",
         N_("Line {line}: |It is refused: it declares entities (a DOCTYPE), as no bank "
            "does."),
         true},
    [BANK_DAMAGED] = {"damaged",
                      N_("Line {line}: |from here on the file is damaged and was not read.| "
                         "({text})"),
                      true},
    [BANK_CUT] = {"cut", N_("Line {line}: |the file ends in the middle."), true},
    [BANK_TOO_LARGE] = {"too_large",
                        N_("Line {line}: |It is refused: it is larger than any bank's.| ({text})"),
                        true},
    [BANK_LETTERS] = {"letters", N_("It is no UTF-8 and was read as {text}."), false},
    [BANK_SAYS] = {"says", N_("Line {line}: |the bank says that something failed|: {text}"), true},
    [BANK_COLUMN_WANTED] =
        {"column_wanted",
         N_("Which columns are the date and the amount?| There are: {text}.| Say "
            "--columns date=…,amount=…"),
         true},
    [BANK_COLUMN_UNKNOWN] = {"column_unknown", N_("There is no such column: {text}."), true},
    [BANK_DATES_UNCLEAR] = {"dates_unclear",
                            N_("{text}: day or month first? Say --dates dmy or --dates mdy."),
                            true},
    [BANK_NUMBERS_UNCLEAR] = {"numbers_unclear",
                              N_("{text}: thousands or decimals? Say --decimal ',' or --decimal "
                                 "'.'"),
                              true},
    [BANK_NOT_SHOWN] = {"not_shown", N_("Of the workbook this is hidden and was not read: {text}."),
                        true},
    [BANK_NO_ACCOUNT] = {"no_account",
                         N_("Line {line}: the statement does not say of which account it is."),
                         false},
    [BANK_OTHER_ACCOUNT] = {"other_account",
                            N_("Line {line}: the statement is of another account: {text}."), true},
    [BANK_ACCOUNT_CHANGES] = {"account_changes",
                              N_("Line {line}: a second account stands in one statement: {text}."),
                              true},
    [BANK_NO_CURRENCY] = {"no_currency",
                          N_("Line {line}: the statement does not say its currency: amounts are "
                             "read with two decimals. Say --currency."),
                          false},
    [BANK_CURRENCY_UNKNOWN] = {"currency_unknown",
                               N_("Line {line}: the currency {text} is not known: amounts are "
                                  "read with two decimals."),
                               true},
    [BANK_BALANCE_WRONG] = {"balance_wrong", N_("Line {line}: a balance cannot be read|: {text}|."),
                            true},
    [BANK_INCOMPLETE] = {"incomplete",
                         N_("Line {line}: |the statement ends here without its end: it may be a "
                            "part only."),
                         true},
    [BANK_UNBALANCED] = {"unbalanced",
                         N_("Line {line}: the statement does not balance: its closing is {amount} "
                            "away from its opening and entries."),
                         true},
    [BANK_UNCHECKED] = {"unchecked",
                        N_("Line {line}: the statement has no opening and closing balance to check "
                           "it by."),
                        false},
    [BANK_GAP] = {"gap",
                  N_("Line {line}: the statement opens {amount} away from where the one before "
                     "closed: one may be missing."),
                  true},
    [BANK_DAYS_OUTSIDE] =
        {"days_outside",
         N_("Line {line}: entries of other days than the statement's: {count}; this is the first."),
         false},
    [BANK_SECURITIES] = {"securities",
                         N_("Line {line}: movements of securities, which are not read: {count}."),
                         false},
    [BANK_UNKNOWN_FIELD] = {"unknown_field", N_("Line {line}: a field that is not known: {text}"),
                            false},
    [BANK_AMOUNT_MISSING] = {"amount_missing",
                             N_("Line {line}: the entry has no amount; it was left out."), true},
    [BANK_AMOUNT_WRONG] =
        {"amount_wrong",
         N_("Line {line}: the entry's amount cannot be read exactly|: {text}|; it "
            "was left out."),
         true},
    [BANK_AMOUNT_NEGATIVE] =
        {"amount_negative",
         N_("Line {line}: the entry's amount has a minus where credit and debit "
            "say which way it goes: {text}; it was left out."),
         true},
    [BANK_SIDE_MISSING] =
        {"side_missing",
         N_("Line {line}: the entry does not say whether it is credit or debit; it "
            "was left out."),
         true},
    [BANK_DAY_MISSING] = {"day_missing", N_("Line {line}: the entry has no date; it was left out."),
                          true},
    [BANK_DAY_WRONG] = {"day_wrong",
                        N_("Line {line}: there is no such day: {text}; the entry was left out."),
                        true},
    [BANK_LINE_WRONG] = {"line_wrong",
                         N_("Line {line}: this cannot be made out|: {text}|; it was left out."),
                         true},
    [BANK_OTHER_CURRENCY] = {"other_currency",
                             N_("Line {line}: the entry is in {text}, which is not the statement's "
                                "currency: it counts in no sum."),
                             true},
    [BANK_PENDING] = {"pending",
                      N_("Line {line}: the entry is announced and not booked yet: it counts in no "
                         "sum."),
                      false},
    [BANK_DUPLICATE] =
        {"duplicate",
         N_("Line {line}: the entry is the same as the one in line {count}: reference, "
            "amount and day."),
         true},
    [BANK_VALUE_MOVED] =
        {"value_moved",
         N_("Line {line}: the value date {text} does not exist: it was read as the "
            "last day of February, as banks count."),
         false},
    [BANK_BATCH_KEPT] =
        {"batch_kept",
         N_("Line {line}: the entry's parts come to {amount} and not to it: it stays "
            "one."),
         false},
    [BANK_TEXT_CUT] = {"text_cut", N_("Line {line}: a text is longer than is kept, and was cut."),
                       false},
    [BANK_TEXT_UNSEEN] = {"text_unseen",
                          N_("Line {line}: characters that nobody sees were left out of a text."),
                          false},
    [BANK_BALANCE_RUNS] =
        {"balance_runs",
         N_("Line {line}: the balance beside the row is {amount} away from the row "
            "before and its amount."),
         true},
};

bool bank_finding_grave(enum bank_finding_kind kind)
{
    return kinds[kind].grave;
}

const char *bank_finding_word(enum bank_finding_kind kind)
{
    return kinds[kind].word;
}

/* text: NULL leaves out the clauses that have it. */
static void say(const struct bank_finding *finding, const char *text, enum language language,
                char out[BANK_SAID_MAX])
{
    char line[MONEY_TEXT_MAX];
    char count[MONEY_TEXT_MAX];
    char amount[MONEY_TEXT_MAX];
    char with_code[MONEY_TEXT_MAX + CURRENCY_CODE_SIZE + 1];
    (void)snprintf(line, sizeof line, "%" PRIu64, finding->line);
    (void)snprintf(count, sizeof count, "%" PRIu64, finding->count);
    (void)money_write(finding->minor, finding->money.exponent, amount);
    (void)snprintf(with_code, sizeof with_code, "%s%s%s", amount,
                   finding->money.code[0] == '\0' ? "" : " ", finding->money.code);
    (void)words_say(out, BANK_SAID_MAX, language, kinds[finding->kind].message, "line",
                    finding->line == 0 ? NULL : line, "text", text, "amount", with_code, "count",
                    count, NULL);
    (void)words_begin(out);
}

const char *bank_finding_say(const struct bank_finding *finding, enum language language,
                             char out[BANK_SAID_MAX])
{
    say(finding, finding->text[0] == '\0' ? NULL : finding->text, language, out);
    if (out[0] == '\0') /* it is all about the text, of which nothing can be shown */
        say(finding, "?", language, out);
    return out;
}
