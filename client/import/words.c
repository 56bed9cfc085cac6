#include "import/words.h"

#include <string.h>

#include "lib/tefter.h"

static const char invoice_words[] =
    "invoice|inv|bill|sale|sales|sales invoice|tax invoice|i|si|ar invoice|debit note|"
    "hóa đơn|hóa đơn bán hàng|bán hàng|toa|发票|销售|销售单|销售发票|فاکتور|فاکتور فروش|فروش|"
    "τιμολόγιο|τιμολόγιο πώλησης|τιμ|πώληση|απόδειξη λιανικής|rechnung|re|ausgangsrechnung|"
    "facture|fact|fac|facture de vente|factura|factura de venta";

static const char credit_words[] =
    "credit note|credit memo|credit|cn|crn|cm|c|return|sales return|refund note|credit invoice|"
    "trả hàng|hàng trả lại|giảm trừ|giảm trừ công nợ|退货|退货单|退货折让单|红字发票|贷项通知单|"
    "برگشت از فروش|برگشتی|πιστωτικό|πιστωτικό τιμολόγιο|πιστ|επιστροφή|gutschrift|gs|storno|"
    "avoir|note de crédit|nota de crédito|abono|nota de abono";

bool words_type(struct slice word, enum entry_type *ret_type)
{
    if (word_among(word, invoice_words) >= 0)
        *ret_type = TYPE_INVOICE;
    else if (word_among(word, credit_words) >= 0)
        *ret_type = TYPE_CREDIT_NOTE;
    else
        return false;
    return true;
}

static const char total_words[] =
    "total|totals|grand total|sub total|overall total|total due|total amount|sum|gt|"
    "total debt|total owed|total owing|total outstanding|total balance|total receivables|"
    "total customers|general total|sum total|"
    "summe|gesamt|gesamtsumme|gesamtbetrag|zwischensumme|endsumme|"
    "totale|totaux|total général|sous total|somme|suma|suma total|total general|totales|"
    "σύνολο|σύνολα|γενικό σύνολο|μερικό σύνολο|άθροισμα|"
    "σύνολο οφειλών|σύνολο υπολοίπων|συνολικό ποσό|συνολική οφειλή|γενικά σύνολα|"
    "tổng|tổng cộng|tổng số|tổng tiền|cộng|tổng nợ|tổng công nợ|tổng dư nợ|tổng còn nợ|"
    "tổng số tiền|tổng phải thu|cộng tổng|cộng dồn|"
    "合计|总计|小计|共计|總計|合計|小計|总额|总欠款|欠款合计|合计金额|"
    "جمع|جمع کل|مجموع|مجموع کل|جمع بدهی|جمع کل بدهی|جمع مانده|جمع کل مانده|مجموع بدهی|المجموع|"
    "الإجمالي";

/* "Cộng": a code that begins with c goes on in plain letters. */
static bool is_cong(struct slice word)
{
    return word.size > 3 && (word.data[0] == 'c' || word.data[0] == 'C') && word.data[1] >= 0x80;
}

/* Most words are seen to be none by how they begin. */
bool words_total(struct slice word)
{
    return word.size > 0 &&
           (word.data[0] >= 0x80 || strchr("tTsSgGzZeEoO", word.data[0]) != NULL ||
            is_cong(word)) &&
           word_among(word, total_words) >= 0;
}

static const struct {
    Tefter__PaymentKind kind;
    const char *words;
} payments[] = {
    {TEFTER__PAYMENT_KIND__PAYMENT_CASH,
     "cash|cash payment|tiền mặt|tm|现金|نقد|نقدی|μετρητά|μετρητοίς|bar|barzahlung|bargeld|"
     "espèces|especes|comptant|efectivo|contado"},
    {TEFTER__PAYMENT_KIND__PAYMENT_POS,
     "card|pos|credit card|debit card|card payment|visa|mastercard|amex|ec|ec karte|girocard|"
     "kreditkarte|karte|kartenzahlung|thẻ|quẹt thẻ|刷卡|银行卡|信用卡|کارت|کارتخوان|کارت خوان|"
     "κάρτα|πιστωτική κάρτα|χρεωστική κάρτα|carte|cb|carte bancaire|tarjeta"},
    {TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER,
     "transfer|bank transfer|wire|wire transfer|bank|eft|ach|bacs|sepa|online|direct credit|"
     "faster payment|chuyển khoản|ck|ngân hàng|转账|银行转账|汇款|حواله|حواله بانکی|واریز|"
     "کارت به کارت|έμβασμα|τραπεζική κατάθεση|κατάθεση|τράπεζα|überweisung|bankeinzug|"
     "lastschrift|virement|virement bancaire|transferencia|transferencia bancaria"},
    {TEFTER__PAYMENT_KIND__PAYMENT_SLIP,
     "slip|bank slip|deposit slip|pay in slip|giấy nộp tiền|存款单|فیش|فیش بانکی|"
     "einzahlungsschein"},
};

bool words_payment(const char *word, Tefter__PaymentKind *ret_kind)
{
    *ret_kind = TEFTER__PAYMENT_KIND__PAYMENT_TRANSFER;
    if (word == NULL || payment_kind_of(word, ret_kind))
        return true;
    for (size_t i = 0; i < sizeof payments / sizeof payments[0]; i++)
        if (word_among(slice_text(word), payments[i].words) >= 0) {
            *ret_kind = payments[i].kind;
            return true;
        }
    return false;
}
