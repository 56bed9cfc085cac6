#include "bank/columns.h"

#include <string.h>

#include "import/field.h"

const char *const bank_columns[] = {
    [COLUMN_DATE] = "date",
    [COLUMN_VALUE] = "value",
    [COLUMN_AMOUNT] = "amount",
    [COLUMN_DEBIT] = "debit",
    [COLUMN_CREDIT] = "credit",
    [COLUMN_SIDE] = "side",
    [COLUMN_BALANCE] = "balance",
    [COLUMN_CURRENCY] = "currency",
    [COLUMN_TEXT] = "text",
    [COLUMN_NAME] = "name",
    [COLUMN_ACCOUNT] = "account",
    [COLUMN_REFERENCE] = "reference",
    [COLUMN_END_TO_END] = "end-to-end",
    [COLUMN_CHEQUE] = "cheque",
    [COLUMN_OWN] = "own",
    [COLUMNS] = NULL,
};

/* English; Vietnamese; Chinese; Persian; Greek; German, French, Spanish. Compared as word_among
 * does: without case, accents, blanks and signs. */
static const char *const headings[COLUMNS] = {
    [COLUMN_DATE] =
        "date|booking date|posting date|transaction date|trans date|posted date|entry date|"
        "date posted|ngày|ngày giao dịch|ngày gd|ngày hạch toán|ngày ghi sổ|"
        "日期|交易日期|记账日期|交易时间|入账日期|تاریخ|تاریخ تراکنش|تاریخ سند|تاریخ ثبت|"
        "ημερομηνία|ημ νία|ημερομηνία συναλλαγής|ημερομηνία κίνησης|ημ νία συναλλαγής|"
        "buchungstag|buchungsdatum|datum|buchung|date comptable|date opération|date operation|"
        "date de comptabilisation|fecha|fecha operación|fecha contable",
    [COLUMN_VALUE] =
        "value date|val date|value|ngày hiệu lực|ngày giá trị|起息日|起息日期|تاریخ ارزش|تاریخ "
        "موثر|"
        "ημερομηνία αξίας|ημ νία αξίας|valeur|αξία|wertstellung|wertstellungstag|valuta|"
        "valutadatum|date de valeur|date valeur|fecha valor",
    [COLUMN_AMOUNT] =
        "amount|transaction amount|amount in account currency|payment amount|số tiền|"
        "số tiền giao dịch|số tiền gd|金额|交易金额|发生额|مبلغ|مبلغ تراکنش|مبلغ ریال|ποσό|"
        "ποσό συναλλαγής|betrag|umsatz|montant|montant opération|importe|cantidad",
    [COLUMN_DEBIT] =
        "debit|debits|debit amount|withdrawal|withdrawals|paid out|money out|ghi nợ|nợ|"
        "phát sinh nợ|số tiền ghi nợ|rút ra|tiền ra|借方|借方金额|借方发生额|支出|支出金额|"
        "برداشت|بدهکار|مبلغ برداشت|گردش بدهکار|χρέωση|χρεώσεις|ποσό χρέωσης|soll|belastung|"
        "débit|montant débit|cargo|cargos|debe",
    [COLUMN_CREDIT] =
        "credit|credits|credit amount|deposit|deposits|paid in|money in|ghi có|có|phát sinh có|"
        "số tiền ghi có|gửi vào|tiền vào|贷方|贷方金额|贷方发生额|收入|收入金额|存入|"
        "واریز|بستانکار|مبلغ واریز|گردش بستانکار|πίστωση|πιστώσεις|ποσό πίστωσης|haben|"
        "gutschrift|crédit|montant crédit|abono|abonos|haber",
    [COLUMN_SIDE] = "d c|dr cr|c d|cr dr|debit credit|credit debit|debit credit indicator|"
                    "credit debit indicator|nợ có|借贷|借贷标志|收支|收支方向|بدهکار بستانکار|"
                    "χ π|χρέωση πίστωση|soll haben|s h|sens",
    [COLUMN_BALANCE] =
        "balance|running balance|account balance|balance after|số dư|số dư cuối|"
        "số dư sau giao dịch|余额|账户余额|مانده|موجودی|مانده حساب|υπόλοιπο|λογιστικό υπόλοιπο|"
        "προοδευτικό υπόλοιπο|saldo|kontostand|saldo nach buchung|solde",
    [COLUMN_CURRENCY] = "currency|ccy|cur|account currency|loại tiền|tiền tệ|币种|货币|ارز|نوع ارز|"
                        "νόμισμα|währung|waehrung|devise|monnaie|moneda|divisa",
    [COLUMN_TEXT] =
        "label|description|details|detail|narrative|memo|remittance|remittance information|"
        "payment details|purpose|particulars|nội dung|diễn giải|mô tả|nội dung giao dịch|"
        "摘要|附言|用途|备注|交易摘要|شرح|توضیحات|شرح تراکنش|بابت|περιγραφή|αιτιολογία|σχόλια|"
        "verwendungszweck|buchungstext|libellé|motif|concepto|descripción",
    [COLUMN_NAME] =
        "partner name|name|counterparty|counterparty name|payee|payer|beneficiary|other party|"
        "tên đối ứng|người chuyển|tên người chuyển|đơn vị chuyển|tên tài khoản đối ứng|"
        "对方户名|对方名称|对方账户名称|对方单位|نام|نام واریز کننده|طرف حساب|واریز کننده|"
        "όνομα|αντισυμβαλλόμενος|εντολέας|auftraggeber empfänger|beguenstigter zahlungspflichtiger|"
        "begünstigter zahlungspflichtiger|name zahlungsbeteiligter|tiers|nom|nombre",
    [COLUMN_ACCOUNT] =
        "bank account|counterparty account|counterparty iban|partner account|iban|"
        "tài khoản đối ứng|số tài khoản đối ứng|对方账号|对方账户|شماره حساب مقابل|حساب مقابل|شبا|"
        "λογαριασμός αντισυμβαλλομένου|kontonummer iban|iban zahlungsbeteiligter|compte tiers",
    [COLUMN_REFERENCE] =
        "reference|ref|operation number|transaction id|transaction number|transaction reference|"
        "bank reference|trace|số tham chiếu|mã giao dịch|số bút toán|số chứng từ|"
        "流水号|交易流水号|凭证号|شماره تراکنش|شماره پیگیری|شماره مرجع|شماره سند|"
        "αριθμός συναλλαγής|αναφορά|referenz|référence|referencia",
    [COLUMN_END_TO_END] = "end to end|end to end id|end to end reference|customer reference|"
                          "kundenreferenz end to end|kundenreferenz",
    [COLUMN_CHEQUE] = "cheque|cheque number|cheque no|check number|check no|số séc|支票号|支票号码|"
                      "شماره چک|αριθμός επιταγής|schecknummer|numéro de chèque",
    [COLUMN_OWN] = "account|account number|account no|own account|số tài khoản|tài khoản|"
                   "账号|本方账号|شماره حساب|حساب|λογαριασμός|αριθμός λογαριασμού|auftragskonto|"
                   "kontonummer|iban auftragskonto|compte|numéro de compte|cuenta",
};

enum column column_of_heading(struct slice heading)
{
    for (enum column i = 0; heading.size > 0 && i < COLUMNS; i++)
        if (word_among(heading, headings[i]) >= 0)
            return i;
    return COLUMNS;
}

enum column column_of_name(struct slice name)
{
    for (enum column i = 0; i < COLUMNS; i++)
        if (slice_equal(name, slice_text(bank_columns[i])))
            return i;
    return COLUMNS;
}

enum side_word side_of_word(struct slice word)
{
    static const char debits[] =
        "d|dr|db|dbit|debit|withdrawal|ghi nợ|nợ|借|借方|支出|支|بدهکار|برداشت|"
        "χ|χρ|χρέωση|s|soll|débit|debe|cargo";
    static const char credits[] =
        "c|cr|crdt|credit|deposit|ghi có|có|贷|贷方|收入|收|بستانکار|واریز|"
        "π|πι|πίστωση|h|haben|crédit|haber|abono";
    if (word.size == 1 && (word.data[0] == '-' || word.data[0] == '+'))
        return word.data[0] == '-' ? SIDE_WORD_DEBIT : SIDE_WORD_CREDIT;
    if (word_among(word, debits) >= 0)
        return SIDE_WORD_DEBIT;
    return word_among(word, credits) >= 0 ? SIDE_WORD_CREDIT : SIDE_WORD_NONE;
}

enum caption caption_of(struct slice text)
{
    static const char opening[] =
        "opening balance|balance at start of period|balance brought forward|start balance|"
        "starting balance|beginning balance|số dư đầu kỳ|期初余额|上期余额|مانده اول دوره|مانده از "
        "قبل|"
        "مانده قبلی|υπόλοιπο έναρξης|προηγούμενο υπόλοιπο|αρχικό υπόλοιπο|anfangssaldo|alter saldo|"
        "solde initial|solde en début de période|saldo inicial";
    static const char closing[] =
        "closing balance|balance at end of period|ending balance|end balance|"
        "balance carried forward|số dư cuối kỳ|期末余额|本期余额|مانده پایان دوره|مانده نهایی|"
        "τελικό υπόλοιπο|υπόλοιπο λήξης|νέο υπόλοιπο|endsaldo|neuer saldo|solde final|"
        "solde en fin de période|saldo final";
    if (text.size == 0)
        return CAPTION_NONE;
    if (word_among(text, opening) >= 0)
        return CAPTION_OPENING;
    if (word_among(text, closing) >= 0)
        return CAPTION_CLOSING;
    return word_among(text, headings[COLUMN_OWN]) >= 0 || word_among(text, "iban") >= 0
               ? CAPTION_ACCOUNT
               : CAPTION_NONE;
}
