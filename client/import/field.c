#include "import/field.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

enum {
    C = 1 << IMPORT_CUSTOMERS,
    P = 1 << IMPORT_PRODUCTS,
    I = 1 << IMPORT_INVOICES,
    M = 1 << IMPORT_PAYMENTS, /* money */
    HEADER_KEY_MAX = 120,
};

static const struct field fields[FIELD_COUNT] = {
    [FIELD_NUMBER] = {"number", FORM_CODE, I | M, I | M,
                      "invoice no|invoice number|invoice|number|document number|document no|"
                      "document|bill no|receipt no|receipt number|payment number|voucher|"
                      "số hóa đơn|số chứng từ|发票号|单据号|شماره فاکتور|شماره|αριθμός|"
                      "αριθμός παραστατικού|rechnungsnummer|belegnummer"},
    [FIELD_CUSTOMER] = {"customer", FORM_CODE, I | M, M,
                        "customer id|customer code|customer no|customer number|customer|client|"
                        "client id|account|account no|debtor|mã khách hàng|客户编号|客户代码|"
                        "کد مشتری|مشتری|κωδικός πελάτη|πελάτης|kundennummer"},
    [FIELD_CODE] = {"code", FORM_CODE, C | P | I, C | P,
                    "code|stock code|product code|product id|product|item code|item no|item|sku|"
                    "article|article no|mã hàng|mã sản phẩm|商品编号|商品代码|کد کالا|"
                    "κωδικός είδους|artikelnummer"},
    [FIELD_NAME] = {"name", FORM_LINE, C | P | I, C,
                    "name|customer name|full name|company|company name|tên|tên khách hàng|名称|"
                    "客户名称|نام|نام مشتری|όνομα|επωνυμία"},
    [FIELD_DATE] = {"date", FORM_DATE, I | M, I | M,
                    "date|invoice date|document date|posting date|payment date|value date|"
                    "ngày|ngày hóa đơn|日期|تاریخ|ημερομηνία|datum|rechnungsdatum"},
    [FIELD_DUE] = {"due", FORM_DATE, I, 0,
                   "due|due date|maturity|pay by|hạn thanh toán|到期日|سررسید|λήξη"},
    [FIELD_TEXT] = {"text", FORM_LINE, I, 0,
                    "description|text|item name|product name|details|mô tả|tên hàng|描述|品名|"
                    "شرح|شرح کالا|περιγραφή|beschreibung"},
    [FIELD_QUANTITY] = {"quantity", FORM_NUMBER, I, 0,
                        "quantity|qty|pieces|units|số lượng|数量|تعداد|مقدار|ποσότητα|menge"},
    [FIELD_PRICE] = {"price", FORM_NUMBER, I | P, 0,
                     "price|unit price|rate|đơn giá|单价|قیمت|فی|قیمت واحد|τιμή|"
                     "τιμή μονάδας|einzelpreis"},
    [FIELD_AMOUNT] = {"amount", FORM_NUMBER, I | M, M,
                      "amount|invoice amount|total|total amount|line total|paid|sum|thành tiền|"
                      "số tiền|金额|مبلغ|ποσό|betrag"},
    [FIELD_DISCOUNT] = {"discount", FORM_NUMBER, I, 0, "discount|discount percent|تخفیف|έκπτωση"},
    [FIELD_TAX] = {"tax", FORM_NUMBER, I | P, 0, "tax rate|vat rate|tax percent|vat percent"},
    [FIELD_CURRENCY] = {"currency", FORM_CODE, I | M, 0, "currency|currency code|ارز|νόμισμα"},
    [FIELD_REFERENCE] = {"reference", FORM_LINE, I | M, 0,
                         "reference|ref|order no|order number|po number|end to end id|"
                         "transaction id"},
    [FIELD_NOTE] = {"note", FORM_LINE, C | I | M, 0,
                    "note|notes|remark|remarks|comment|ghi chú|备注"},
    [FIELD_SALESPERSON] = {"salesperson", FORM_CODE, I, 0, "salesperson|salesperson"},
    [FIELD_KIND] = {"kind", FORM_LINE, M, 0, "kind|method|payment method|payment type|paid by"},
    [FIELD_BILL] = {"bill", FORM_CODE, M, 0, "bill|bill no|pays|paid invoice|applies to"},
    [FIELD_PAYER] = {"payer", FORM_LINE, M, 0, "payer|payer name|remitter"},
    [FIELD_PLACE] = {"money_account", FORM_WHOLE, M, 0, "money_account"},
    [FIELD_PHONE] =
        {"phone", FORM_LINE, C, 0,
         "phone|phone number|telephone|tel|mobile|điện thoại|电话|تلفن|موبایل|τηλέφωνο"},
    [FIELD_AREA] = {"area", FORM_LINE, C | I, 0,
                    "area|country|region|city|province|khu vực|地区|منطقه|استان|شهر|περιοχή|χώρα"},
    [FIELD_NICKNAME] = {"nickname", FORM_LINE, C, 0, "nickname|alias|short name|简称"},
    [FIELD_TAX_CODE] = {"tax_code", FORM_LINE, C, 0,
                        "tax code|tax id|vat number|vat id|mã số thuế|税号|ΑΦΜ"},
    [FIELD_ADDRESS] = {"address", FORM_LINE, C, 0,
                       "address|street|địa chỉ|地址|آدرس|نشانی|διεύθυνση"},
    [FIELD_TERM_DAYS] = {"term_days", FORM_WHOLE, C, 0,
                         "term days|terms|payment terms|credit days|days"},
    [FIELD_LANGUAGE] = {"language", FORM_CODE, C, 0, "language|lang"},
    [FIELD_UNIT] = {"unit", FORM_LINE, P, 0, "unit|uom|unit of measure|đơn vị|单位|واحد|μονάδα"},
    [FIELD_BRAND] = {"brand", FORM_LINE, P, 0, "brand|make|thương hiệu|品牌|برند|μάρκα"},
    [FIELD_COLOUR] = {"colour", FORM_LINE, P, 0, "colour|color|màu|颜色|رنگ|χρώμα"},
    [FIELD_MODEL] = {"model", FORM_LINE, P, 0, "model|型号|مدل|μοντέλο"},
    [FIELD_BARCODE] = {"barcode", FORM_CODE, P, 0, "barcode|ean|gtin|upc|mã vạch|条码|بارکد"},
    [FIELD_SOURCE] = {"source", FORM_CODE, C | I | M, 0, "source"},
};

/* Words that mean `code` or `name` only in one kind of import. */
static const struct {
    enum import_kind kind;
    enum import_field field;
    const char *headers;
} special[] = {
    {IMPORT_CUSTOMERS, FIELD_CODE,
     "customer id|customer code|customer no|customer number|customer|id|account|account no|"
     "mã khách hàng|客户编号|客户代码|کد مشتری|κωδικός πελάτη|kundennummer"},
    {IMPORT_PRODUCTS, FIELD_NAME,
     "description|text|product name|item name|title|tên hàng|品名|商品名称|نام کالا|περιγραφή"},
    {IMPORT_PRODUCTS, FIELD_CODE, "id|no|number"},
    {IMPORT_PAYMENTS, FIELD_BILL, "invoice|invoice no|invoice number|bill no"},
};

const struct field *field_about(enum import_field field)
{
    return &fields[field];
}

bool field_taken(enum import_field field, enum import_kind kind)
{
    return (fields[field].kinds & (1U << kind)) != 0;
}

bool field_required(enum import_field field, enum import_kind kind)
{
    return (fields[field].required & (1U << kind)) != 0;
}

enum import_field field_find(struct slice name, enum import_kind kind)
{
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_taken(i, kind) && slice_equal(name, slice_text(fields[i].name)))
            return i;
    return FIELD_NONE;
}

/* ---- headers ---- */

/* Folded, with letters and digits only: "Invoice No." is "invoiceno". */
static size_t header_key(struct slice header, char out[HEADER_KEY_MAX])
{
    char folded[HEADER_KEY_MAX];
    size_t size = text_fold(header.data, header.size, folded, sizeof folded);
    size_t kept = 0;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)folded[i] >= 0x80 || isalnum((unsigned char)folded[i]))
            out[kept++] = folded[i];
    return kept;
}

bool header_alike(struct slice a, struct slice b)
{
    char key_a[HEADER_KEY_MAX];
    char key_b[HEADER_KEY_MAX];
    size_t size = header_key(a, key_a);
    return size > 0 && size == header_key(b, key_b) && memcmp(key_a, key_b, size) == 0;
}

static bool among(struct slice header, const char *headers)
{
    while (*headers != '\0') {
        size_t size = strcspn(headers, "|");
        if (header_alike(header, slice_of(headers, size)))
            return true;
        headers += size + (headers[size] == '|');
    }
    return false;
}

enum import_field field_guess(struct slice header, enum import_kind kind)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (special[i].kind == kind && among(header, special[i].headers))
            return special[i].field;
    for (enum import_field i = 0; i < FIELD_COUNT; i++)
        if (field_taken(i, kind) &&
            (slice_equal(header, slice_text(fields[i].name)) || among(header, fields[i].headers)))
            return i;
    return FIELD_NONE;
}

const char *kind_word(enum import_kind kind)
{
    switch (kind) {
    case IMPORT_CUSTOMERS:
        return "customers";
    case IMPORT_PRODUCTS:
        return "products";
    case IMPORT_INVOICES:
        return "invoices";
    case IMPORT_PAYMENTS:
        return "payments";
    }
    return "";
}

const char *kind_noun(enum import_kind kind)
{
    return kind == IMPORT_INVOICES ? "documents" : kind_word(kind); /* credit notes too */
}
