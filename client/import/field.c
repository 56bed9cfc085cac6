#include "import/field.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "words/words.h"

enum {
    C = 1 << IMPORT_CUSTOMERS,
    P = 1 << IMPORT_PRODUCTS,
    I = 1 << IMPORT_INVOICES | 1 << IMPORT_CREDIT_NOTES,
    M = 1 << IMPORT_PAYMENTS, /* money */
    B = 1 << IMPORT_BALANCES,
    L = 1 << IMPORT_PRICES, /* lists */
    G = 1 << IMPORT_GROUPS,
    HEADER_KEY_MAX = 120,
    RANK_BY_PARTS = 10000,
};

/* The words by which a column is recognised: English, Vietnamese, Chinese, Persian, Greek, German,
 * French, Spanish. The more a word says, the further in front it stands. */
static const struct field fields[FIELD_COUNT] = {
    [FIELD_NUMBER] =
        {"number", FORM_CODE, I | M | B, I | M,
         "invoice no|invoice number|invoice id|document number|document no|doc no|credit note no|"
         "credit note number|bill no|bill number|receipt no|receipt number|payment number|voucher "
         "no|voucher|invoice|number|document|no|inv no|"
         "số hóa đơn|số chứng từ|số phiếu|hóa đơn|发票号|发票号码|单据号|单据编号|单号|收款单号|"
         "شماره فاکتور|شماره سند|شماره رسید|شماره|αριθμός παραστατικού|αρ παραστατικού|"
         "αριθμός τιμολογίου|αριθμός|παραστατικό|rechnungsnummer|rechnungsnr|rechnung nr|"
         "rechnungs nr|belegnummer|belegnr|beleg nr|beleg|numéro de facture|n° facture|no facture|"
         "numéro facture|n° de facture|numéro|pièce|número de factura|n° factura|nº factura|"
         "num factura|factura|número|inv number|inv id|bill id|receipt id|ref no|số hđ|mã hóa "
         "đơn|mã chứng từ|"
         "发票编号|单据号码|凭证号|账单号|شماره صورتحساب|کد فاکتور|شماره حواله|αρ "
         "τιμολογίου|αριθμός απόδειξης|"
         "αριθμός εγγράφου|rechnung|beleg nummer|rechnungs nummer|quittungsnummer|n° pièce|numéro "
         "de pièce|"
         "réf facture|n° reçu|folio|n° documento|nº documento|número de documento|número de "
         "recibo"
         "|invoice ref|inv ref|document num|doc num|tran no|transaction no|receipt ref"
         "|document ref|bill ref|payment no|số phiếu thu|mã phiếu thu|mã phiếu|số ct|mã hđ"
         "|mã giao dịch|số hđ gtgt|mã đơn hàng|số biên lai|số chứng từ "
         "gốc|收据号|收据编号|收据号码|收款单编号"
         "|单据编码|凭证编号|凭证字号|销售单号|出库单号|订单号|شماره قبض|شماره برگه|شماره "
         "عطف|شماره دریافت|شماره فیش"
         "|شماره سند حسابداری|شماره سریال فاکتور|شماره فاکتور فروش|شماره مرجع فاکتور"
         "|شماره سند دریافت|αρ παραστ|αριθμός παραστ|αρ απόδειξης|αριθμός είσπραξης"
         "|αρ είσπραξης|αρ εγγράφου|αρ τιμ|παραστ|αριθμός δελτίου|σειρά αριθμός|zahlungsnr"
         "|zahlungs nr|zahlungsnummer|zahlungs nummer|belegfeld 1|vorgangsnummer"
         "|dokumentnummer|buchungsnummer|re nr|rg nr|fakturanummer|n° règlement"
         "|n° de règlement|numéro de règlement|numéro règlement|numéro document|n° document"
         "|numéro pièce|n° écriture|n° quittance|réf pièce|nº recibo|n° recibo|num recibo"
         "|nº de factura|nº fra|num fra|número documento|nº asiento|comprobante"
         "|número de comprobante"},
    [FIELD_CUSTOMER] =
        {"customer", FORM_CODE, I | M | B, M | B,
         "customer id|customer code|customer no|customer number|cust no|cust code|cust id|cust "
         "nr|account no|account number|account code|client id|client code|client no|debtor no|"
         "debtor code|debtor id|debtor number|acct no|acct|account|debtor|customer|client|cust|"
         "mã khách hàng|mã kh|mã khách|khách hàng|客户编号|客户代码|客户编码|客户号|客户|"
         "کد مشتری|شماره مشتری|کد طرف حساب|مشتری|κωδικός πελάτη|κωδ πελάτη|πελάτης|"
         "kundennummer|kundennr|kunden nr|kunden nummer|kd nr|debitor|debitorennummer|kunde|"
         "code client|n° client|no client|numéro client|compte client|compte|"
         "código cliente|código de cliente|n° cliente|nº cliente|id "
         "cliente|cuenta|cliente|customer ref|"
         "customer account|account ref|mã đối tượng|số khách hàng|客户帐号|客户账号|会员号|کد "
         "اشتراک|"
         "شماره اشتراک|کد طرف|αριθμός πελάτη|αρ πελάτη|kundencode|kundenkonto|debitoren nr|"
         "référence client|réf client|num client|compte tiers|número de cliente|num cliente|cod "
         "cliente"
         "|sold to|sold to party|customer account no|a c|customer a c|ledger account"
         "|party code|account id|payer account|buyer code|mã khách nợ|mã số khách hàng"
         "|mã đối tác|mã người mua|mã kh "
         "hàng|往来单位编码|往来单位编号|客户代号|客户码|会员编号|单位编码|单位编号|购方编码|"
         "客户账户"
         "|结算单位编码|کد تفصیلی|کد شخص|کد اشخاص|کد خریدار|حساب تفصیلی|شناسه مشتری|کد حساب"
         "|کد مشتریان|تفصیلی|کد طرف مقابل|κωδικός συναλλασσόμενου|κωδ συναλλασσόμενου"
         "|συναλλασσόμενος|κωδ πελ|λογαριασμός πελάτη|κωδικός συν|κωδικός πελ|αρ λογαριασμού"
         "|debitorenkonto|debitorennr|debitor nr|personenkonto|geschäftspartner|gp nummer"
         "|auftraggeber|kunden id|kundenkonto nr|debitor konto|compte auxiliaire|code tiers"
         "|n° tiers|numéro de client|n° compte client|compte tiers client|code du client"
         "|identifiant client|réf tiers|cód cliente|nº de cliente|código del cliente"
         "|cuenta cliente|cta cliente|código tercero|código de tercero|id de cliente"
         "|ref cliente|tercero"},
    [FIELD_CODE] =
        {"code", FORM_CODE, C | P | I | L, C | P | L,
         "stock code|product code|product id|item code|item no|item number|article no|article code|"
         "sku|code|product|item|article|"
         "mã hàng|mã sản phẩm|商品编号|商品代码|货号|کد کالا|کد محصول|κωδικός είδους|"
         "artikelnummer|artikelnr|artikel nr|art nr|artikel|référence article|code article|"
         "código artículo|código de artículo|código producto|artículo"
         "|material|material no|material number|part no|part number|item id|plu|stock no"
         "|product no|product ref|item ref|mã hàng hóa|mã vật tư|mã sp|mã vthh|mã mặt hàng"
         "|mã vật tư hàng "
         "hóa|商品编码|存货编码|物料编码|物料编号|物料代码|产品编码|产品编号|产品代码|存货编号|"
         "商品货号|编码|款号|کد"
         "|کد جنس|شناسه کالا|کد خدمات|کد کالا و خدمات|کد قلم|شماره فنی|کد کالای|کد انبار کالا"
         "|کد ردیف کالا|κωδ είδους|κωδικός προϊόντος|κωδ προϊόντος|κωδικός υλικού|κωδ υλικού"
         "|κωδικός ειδών|κωδ ειδους|κωδικός υπηρεσίας|materialnummer|materialnr|material nr"
         "|produktnummer|produktnr|produktcode|artikelcode|artikel id|warennummer"
         "|leistungsnummer|réf article|code produit|référence produit|réf produit|code art"
         "|réf art|référence art|n° article|numéro article|code de l article|cód artículo"
         "|código de producto|cód producto|referencia artículo|ref artículo|clave producto"
         "|id artículo|código item|nº artículo|cod articulo"},
    [FIELD_NAME] =
        {"name", FORM_LINE, C | P | I | M | B | G, C | G,
         "customer name|client name|debtor name|account name|cust name|full name|company name|name|"
         "company|tên khách hàng|tên khách|tên|客户名称|客户姓名|名称|姓名|نام مشتری|"
         "نام طرف حساب|نام|όνομα πελάτη|επωνυμία|όνομα|kundenname|name des kunden|firma|"
         "nom du client|nom client|raison sociale|nom|nombre del cliente|nombre cliente|"
         "razón social|nombre|bill to|billed to|buyer|buyer name|trading name|tên công ty|tên đơn "
         "vị|"
         "họ tên|họ và tên|客户全称|单位名称|公司名称|购方名称|购货单位|نام شرکت|نام و نام "
         "خانوادگی|"
         "نام خریدار|خریدار|επωνυμία πελάτη|ονοματεπώνυμο|ονομασία|firmenname|firma name|empfänger|"
         "dénomination|société|empresa|nombre y apellidos|denominación"
         "|customer description|party name|sold to name|name 1|account holder|ledger name"
         "|tên kh|tên đối tượng|tên người mua|tên người mua hàng|tên đơn vị mua hàng"
         "|tên khách nợ|tên đối tác|tên người nợ|tên khách "
         "h|往来单位|往来单位名称|购买方名称|购货单位名称|会员名称"
         "|会员姓名|客户简称|购买方|付款单位|结算单位|نام شخص|نام اشخاص|عنوان تفصیلی|عنوان "
         "مشتری|نام حساب"
         "|عنوان طرف حساب|نام خریداران|نام طرف مقابل|نام مشتریان|شخص|επωνυμία συναλλασσόμενου"
         "|επωνυμία πελ|ονομ πελάτη|όνομα πελ|ονοματεπώνυμο πελάτη|όνομα συναλλασσόμενου"
         "|επωνυμία εταιρείας|debitorenname|debitorname|kontobezeichnung|kontoname|kunde name"
         "|name debitor|name des debitors|intitulé|intitulé client|intitulé du compte"
         "|intitulé du tiers|nom tiers|nom du tiers|libellé client|raison sociale client"
         "|client nom|titular|nombre fiscal|nombre del tercero|razón social cliente"
         "|nombre tercero|nombre de cliente|cliente nombre"},
    [FIELD_DATE] =
        {"date", FORM_DATE, I | M | B, I | M,
         "invoice date|document date|doc date|bill date|posting date|issue date|payment date|value "
         "date|receipt date|date of invoice|as of|date|ngày hóa đơn|ngày chứng từ|ngày lập|"
         "ngày thu|ngày|开票日期|单据日期|收款日期|日期|تاریخ فاکتور|تاریخ سند|تاریخ|"
         "ημερομηνία έκδοσης|ημερομηνία παραστατικού|ημερομηνία|ημ νία|rechnungsdatum|belegdatum|"
         "buchungsdatum|zahlungsdatum|datum|date de facture|date facture|date de la facture|"
         "date de paiement|fecha de factura|fecha factura|fecha de pago|fecha emisión|fecha|inv "
         "date|"
         "transaction date|trans date|date issued|date paid|paid on|ngày phát hành|ngày thanh toán|"
         "ngày giao dịch|发票日期|交易日期|付款日期|记账日期|تاریخ صدور|تاریخ پرداخت|تاریخ دریافت|"
         "ημ έκδοσης|ημερ έκδοσης|ημερομηνία πληρωμής|ημερομηνία τιμολογίου|ausstellungsdatum|"
         "rechnungs datum|date d émission|date pièce|date de la pièce|date règlement|"
         "fecha de emisión|fecha documento|fecha cobro"
         "|posted on|entry date|booking date|voucher date|ngày ct|ngày hđ|ngày hạch toán"
         "|ngày bán|ngày thu tiền|thời gian|thời gian bán|ngày lập hóa đơn|ngày ghi sổ"
         "|ngày nộp "
         "tiền|业务日期|制单日期|单据时间|收款时间|日期时间|销售日期|凭证日期|到账日期|出库日期|"
         "填单日期|تاریخ ثبت"
         "|تاریخ برگه|تاریخ فروش|تاریخ قبض|تاریخ وصول|تاریخ عملیات|تاریخ صدور فاکتور"
         "|تاریخ سند حسابداری|تاریخ واریز|ημερομηνία είσπραξης|ημερ|ημερομ|ημ νία παραστατικού"
         "|ημερομηνία καταχώρησης|ημ είσπραξης|ημ νία έκδοσης|ημερομηνία συναλλαγής"
         "|ημερομηνία παραστ|belegdat|re datum|rg datum|valutadatum|wertstellung"
         "|zahlungseingang|buchungstag|eingangsdatum|datum rechnung|date écriture"
         "|date comptable|date d encaissement|date document|date de pièce|date du document"
         "|date opération|date de règlement|date du règlement|fecha asiento|fecha contable"
         "|fecha operación|fecha del documento|fecha de cobro|fecha recibo|fecha de documento"
         "|fecha de registro"},
    [FIELD_DUE] =
        {"due", FORM_DATE, I | B, 0,
         "due date|date due|payment due|due on|pay by|maturity date|maturity|due|"
         "hạn thanh toán|ngày đến hạn|đến hạn|到期日期|到期日|付款期限|تاریخ سررسید|"
         "سررسید|ημερομηνία λήξης|λήξη|λήγει|fälligkeitsdatum|fälligkeit|fällig am|"
         "fällig|date d échéance|date échéance|échéance|fecha de vencimiento|"
         "fecha vencimiento|vencimiento|vence|due by|ngày hết hạn|thời hạn thanh toán|"
         "应付日期|付款到期日|تاریخ تسویه|مهلت پرداخت|ημερομηνία πληρωμής έως|"
         "πληρωτέο έως|ημ λήξης|zahlbar bis|fälligkeits datum|à payer avant|"
         "date limite|fecha límite|fecha de vto|hạn trả|hạn trả nợ|ngày phải trả|还款日期|"
         "最后付款日|موعد پرداخت|تاریخ موعد|προθεσμία|προθεσμία πληρωμής|"
         "ημερομηνία λήξης πληρωμής|fälligkeitstermin|fällig bis|zahlungstermin|"
         "date d exigibilité|exigible le|fecha tope"
         "|net due date|due by date|payment due date|hạn tt|ngày hạn thanh toán"
         "|hạn nợ đến ngày|ngày tới "
         "hạn|收款期限|应收日期|到期时间|预计收款日期|约定收款日|付款截止日|تاریخ سررسید فاکتور"
         "|تاریخ وعده|وعده پرداخت|تاریخ سررسید پرداخت|ημερ λήξης|ημερομηνία προθεσμίας"
         "|λήξη πληρωμής|nettofälligkeit|netto fälligkeit|fällig zum|fälligkeit netto"
         "|zahlungsziel datum|zahlbar am|date d éch|échéance le|date échéance règlement"
         "|date limite de paiement|f vencimiento|fec vencimiento|vto|fecha de pago límite"},
    [FIELD_TEXT] =
        {"text", FORM_LINE, I, 0,
         "description|item description|text|item name|product name|details|mô tả|tên hàng|"
         "diễn giải|描述|品名|商品名称|摘要|شرح کالا|شرح|نام کالا|περιγραφή|beschreibung|"
         "bezeichnung|artikelbezeichnung|désignation|libellé|descripción|concepto|goods|"
         "particulars|"
         "nội dung|tên sản phẩm|品名规格|货物名称|产品名称|شرح|نام محصول|περιγραφή είδους|είδος|"
         "artikelname|leistung|désignation article|détail|detalle|artículo descripción"
         "|item desc|product description|goods description|material description|tên hàng hóa"
         "|tên vật tư|tên hàng hóa dịch vụ|tên mặt hàng|存货名称|物料名称|商品|货品名称|نام کالا و "
         "خدمات"
         "|شرح خدمات|عنوان کالا|περιγραφή ειδών|περιγραφή προϊόντος|materialkurztext"
         "|artikeltext|warenbezeichnung|produktbezeichnung|libellé article|désignation produit"
         "|libellé produit|descripción artículo|descripción del artículo|descripción producto"},
    [FIELD_QUANTITY] =
        {"quantity", FORM_NUMBER, I, 0,
         "quantity|qty|pieces|units|số lượng|数量|تعداد|مقدار|ποσότητα|menge|"
         "anzahl|quantité|qté|cantidad|count|sl|件数|تعداد "
         "کالا|ποσ|stück|stückzahl|nombre d unités|unidades|cant"
         "|qty sold|quantity sold|units sold|billed quantity|invoiced quantity|qty shipped"
         "|sl bán|số lượng bán|sl xuất|số lượng xuất|实发数量|销售数量|出库数量|件|تعداد "
         "فروش|مقدار فروش"
         "|مقدار اصلی|ποσότητα πώλησης|ποσ πώλησης|ποσότητα τιμολόγησης|liefermenge"
         "|fakturierte menge|verkaufte menge|menge stk|qté facturée|quantité facturée"
         "|qté vendue|quantité vendue|cantidad facturada|cantidad vendida|uds|unid"},
    [FIELD_PRICE] =
        {"price", FORM_NUMBER, I | P | L, L,
         "unit price|price each|price|rate|đơn giá|giá|单价|قیمت واحد|قیمت|فی|"
         "τιμή μονάδας|τιμή|einzelpreis|stückpreis|preis|prix unitaire|prix|"
         "precio unitario|precio|list price|price per unit|giá bán|售价|价格|قیمت فروش|بهای واحد|"
         "τιμή πώλησης|verkaufspreis|vk preis|vk|preis pro stück|prix de vente|pu|p u|precio de "
         "venta"
         "|net price|net unit price|unit price net|sales price|selling price|sell price"
         "|price ex vat|price excl vat|price excl tax|trade price|retail price|item price"
         "|đơn giá bán|giá bán lẻ|giá chung|bảng giá chung|đơn giá chưa thuế"
         "|đơn giá trước thuế|giá bán chung|giá niêm yết|giá bán lẻ chung|đg|giá bán chưa thuế"
         "|不含税单价|无税单价|销售单价|零售价|批发价|标准售价|参考售价|销售价|单价 "
         "元|挂牌价|零售单价|نرخ|نرخ واحد|مبلغ واحد|فی فروش"
         "|بهای فروش|قیمت مصرف کننده|فی واحد|نرخ فروش|قیمت فروش واحد|مبلغ فی|τιμή χωρίς φπα"
         "|τιμή μον|τιμή μονάδος|τιμή χονδρικής|καθαρή τιμή|τιμή τιμοκαταλόγου|τ μονάδας"
         "|τιμή πώλησης χωρίς φπα|τιμή λιανικής χωρίς φπα|αξία μονάδας|einzelpreis netto"
         "|netto einzelpreis|nettopreis|preis netto|verkaufspreis netto|vk netto|listenpreis"
         "|e preis|nettoeinzelpreis|ep netto|prix unitaire ht|prix unitaire hors taxe|pu ht"
         "|p u ht|prix ht|prix unit|prix unit ht|prix de vente ht|prix u ht|prix unitaire net"
         "|tarif ht|pv ht|precio unit|p unitario|p unit|precio sin iva|precio neto"
         "|precio unidad|importe unitario|precio unitario neto|precio unitario sin iva"
         "|precio base|precio tarifa"},
    [FIELD_AMOUNT] =
        {"amount", FORM_NUMBER, I | M | B, M | B,
         "line total|line amount|amount|amount paid|balance due|balance|outstanding|open "
         "amount|amount due|opening balance|owes|paid|total amount|total|sum|"
         "thành tiền|số tiền|dư nợ|còn nợ|金额|欠款|余额|مبلغ|بدهی|مانده|ποσό|αξία|υπόλοιπο|"
         "σύνολο|betrag|summe|saldo|offener betrag|montant|solde|importe|monto|amount received|"
         "amount owed|amount outstanding|open balance|net amount|value|giá trị|số dư|công nợ|tổng "
         "nợ|"
         "số tiền thanh toán|应收金额|未付金额|收款金额|付款金额|金额 元|مبلغ پرداختی|مبلغ "
         "دریافتی|مانده حساب|"
         "بدهکار|ποσό πληρωμής|ανοιχτό υπόλοιπο|οφειλή|zahlbetrag|offen|offene posten|restbetrag|"
         "zeilenbetrag|montant payé|montant dû|reste à payer|restant dû|encours|importe pendiente|"
         "saldo pendiente|importe pagado|deuda|adeudado"
         "|gross amount|amount gross|amount incl vat|net value|outstanding balance"
         "|balance outstanding|amount in local currency|amount local currency"
         "|amount in document currency|remaining amount|số dư nợ|dư nợ cuối|số dư nợ cuối kỳ"
         "|nợ cuối kỳ|số tiền thu|tiền thanh toán|số tiền thanh toán thực|giá trị thanh toán"
         "|thành tiền sau thuế|tiền "
         "thu|价税合计|含税金额|本币金额|实收金额|收款额|期末余额|借方余额|应收合计|未收余额|"
         "到账金额"
         "|مانده بدهکار|مبلغ کل|مبلغ نهایی|مانده نهایی|مبلغ خالص|قابل پرداخت|بهای کل"
         "|مبلغ قابل دریافت|مانده طلب|جمع مبلغ|τελική αξία|συνολική αξία|πληρωτέο"
         "|πληρωτέο ποσό|ποσό είσπραξης|αξία με φπα|τελικό ποσό|καθαρή αξία|ποσό σε ευρώ"
         "|υπόλοιπο οφειλής|betrag brutto|bruttobetrag|brutto|betrag eur|betrag in eur"
         "|betrag netto|nettobetrag|zahlungsbetrag|offener saldo eur|saldo eur"
         "|betrag in hauswährung|montant ttc|montant ht|net à payer|solde débiteur|reste dû"
         "|montant réglé|montant du règlement|montant règlement|solde client|total net"
         "|total a pagar|saldo deudor|importe cobrado|importe bruto|importe neto|total línea"
         "|saldo cliente|importe recibido|importe con iva|importe pendiente de cobro"},
    [FIELD_DISCOUNT] =
        {"discount", FORM_NUMBER, I, 0,
         "discount percent|discount pct|discount rate|disc percent|tỷ lệ chiết khấu|折扣率|"
         "درصد تخفیف|ποσοστό έκπτωσης|rabattsatz|rabatt prozent|taux de remise|"
         "porcentaje de descuento"
         "|discount in percent|chiết khấu phần trăm|tỷ lệ giảm giá|phần trăm giảm "
         "giá|折扣百分比|扣率"
         "|نرخ تخفیف|έκπτωση ποσοστό|ποσοστό έκπτ|nachlass prozent|rabatt in prozent"
         "|remise en pourcentage|pourcentage de remise|taux remise|descuento porcentaje"
         "|porcentaje descuento|tipo de descuento"},
    [FIELD_TAX] =
        {"tax", FORM_NUMBER, I | P, 0,
         "tax rate|vat rate|tax percent|vat percent|thuế suất|税率|نرخ مالیات|"
         "συντελεστής φπα|mwst satz|steuersatz|taux tva|taux de tva|tipo iva|gst "
         "rate|thuế gtgt phần trăm|"
         "درصد مالیات|ποσοστό φπα|ust satz|tipo de iva|porcentaje iva"
         "|vat in percent|tax percentage|thuế suất gtgt|thuế suất vat|tỷ lệ "
         "thuế|增值税率|适用税率|税率值"
         "|نرخ ارزش افزوده|درصد ارزش افزوده|درصد مالیات بر ارزش افزوده|ποσοστό φόρου|συντ φπα"
         "|mwst prozent|ust prozent|umsatzsteuersatz|mehrwertsteuersatz|pourcentage tva"
         "|code taux tva|tipo impositivo|porcentaje de iva|tasa iva|tasa de iva"},
    [FIELD_CURRENCY] =
        {"currency", FORM_LINE, I | M | B, 0,
         "currency code|currency|ccy|cur|tiền tệ|loại tiền|币种|货币|ارز|واحد پول|νόμισμα|"
         "währung|devise|moneda|divisa"},
    [FIELD_REFERENCE] =
        {"reference", FORM_LINE, I | M, 0,
         "reference|ref|order no|order number|po number|your reference|end to end "
         "id|transaction id|tham chiếu|参考号|مرجع|αναφορά|referenz|référence|referencia"},
    [FIELD_NOTE] = {"note", FORM_LINE, C | I | M | B, 0,
                    "note|notes|remark|remarks|comment|comments|memo|ghi chú|备注|توضیحات|"
                    "παρατηρήσεις|σχόλια|bemerkung|notiz|remarque|observaciones|nota"},
    [FIELD_SALESPERSON] =
        {"salesperson", FORM_CODE, I, 0,
         "salesperson|sold by|sales rep|seller|rep|nhân viên bán hàng|nvbh|业务员|销售员|"
         "فروشنده|بازاریاب|πωλητής|verkäufer|vertreter|vendeur|commercial|vendedor"},
    [FIELD_KIND] =
        {"kind", FORM_LINE, M, 0,
         "payment method|payment type|payment kind|method|kind|paid by|mode|hình thức|"
         "hình thức thanh toán|付款方式|收款方式|نحوه پرداخت|روش پرداخت|τρόπος πληρωμής|"
         "zahlungsart|mode de paiement|forma de pago|type|pay method|phương thức|phương thức thanh "
         "toán|"
         "支付方式|结算方式|شیوه پرداخت|نوع پرداخت|τρόπος είσπραξης|zahlungsweise|"
         "zahlungsmethode|moyen de paiement|mode de règlement|medio de pago|método de pago"},
    [FIELD_BILL] =
        {"bill", FORM_LINE, M, 0,
         "bill|bill no|bills|pays|paid invoice|applies to|applied to|for invoice|"
         "invoices|cho hóa đơn|对应发票|بابت فاکتور|για τιμολόγιο|zu rechnung|"
         "facture réglée|factura pagada|thanh toán cho|核销发票|بابت|εξόφληση τιμολογίου|"
         "rechnungen|bezahlte rechnung|factures|facturas"
         "|settles invoice|invoice paid|số hóa đơn thanh toán|thanh toán hóa đơn|核销单号|冲销单号"
         "|شماره فاکتور مرتبط|εξοφλεί τιμολόγιο|παραστατικό εξόφλησης|ausgeglichene rechnung"
         "|zahlung für rechnung|facture payée|n° facture réglée|factura cobrada"
         "|nº factura cobrada"},
    [FIELD_PAYER] =
        {"payer", FORM_LINE, M, 0,
         "payer name|payer|remitter|người nộp|付款人|پرداخت کننده|καταθέτης|zahler|payeur|"
         "pagador"},
    [FIELD_WHO_PAYS] =
        {"payer", FORM_CODE, C, 0,
         "payer|payer code|payer id|bill to customer|bill to code|bill to id|invoice to|"
         "parent|parent customer|parent code|parent account|head office|người thanh toán|"
         "mã người thanh toán|khách hàng mẹ|công ty mẹ|đơn vị thanh toán|付款方|付款客户|"
         "付款方编码|上级客户|母公司|结算客户|پرداخت کننده|کد پرداخت کننده|مشتری مادر|"
         "شرکت مادر|πληρωτής|κωδικός πληρωτή|μητρική|μητρικός πελάτης|πελάτης χρέωσης|"
         "regulierer|zahler|rechnungsempfänger|hauptkunde|konzernmutter|abweichender regulierer|"
         "payeur|client payeur|code payeur|client facturé|maison mère|société mère|pagador|"
         "cliente pagador|código pagador|facturar a|empresa matriz|cliente principal"},
    [FIELD_PLACE] = {"money_account", FORM_WHOLE, M, 0, "money_account"},
    [FIELD_PHONE] =
        {"phone", FORM_LINE, C, 0,
         "phone|phone number|phone no|telephone|tel|mobile|điện thoại|sđt|số điện thoại|"
         "电话|手机|تلفن|موبایل|شماره تلفن|τηλέφωνο|κινητό|telefon|telefonnummer|"
         "téléphone|tél|teléfono|móvil|cell|cell phone|contact number|số đt|đt|di "
         "động|联系电话|手机号|"
         "电话号码|تلفن همراه|شماره موبایل|شماره تماس|τηλ|κιν|handy|mobil|tel nr|portable|"
         "celular|tel móvil"},
    [FIELD_AREA] =
        {"area", FORM_LINE, C | I | B, 0,
         "area|region|city|town|district|province|country|khu vực|tỉnh|thành phố|地区|"
         "城市|منطقه|استان|شهر|περιοχή|πόλη|χώρα|ort|stadt|land|région|ville|pays|"
         "zona|ciudad|provincia|país|state|county|quận|huyện|vùng|区域|省|市|省份|بخش|ناحیه|νομός|"
         "gebiet|bezirk|bundesland|secteur|commune|localité|localidad|región|municipio"},
    [FIELD_NICKNAME] =
        {"nickname", FORM_LINE, C, 0,
         "nickname|alias|short name|tên thường gọi|简称|نام مستعار|kurzname|surnom|apodo|known "
         "as|tên gọi khác|biệt danh|别名|俗称|لقب|παρατσούκλι|διακριτικός τίτλος|"
         "spitzname|rufname|nom court|alias comercial|nombre corto"},
    [FIELD_TAX_CODE] =
        {"tax_code", FORM_LINE, C, 0,
         "tax code|tax id|tax number|vat number|vat id|vat no|mã số thuế|mst|税号|"
         "کد اقتصادی|شناسه ملی|ΑΦΜ|ust id|steuernummer|n° tva|siret|nif|cif|rfc|tin|vat|mã số "
         "doanh nghiệp|"
         "纳税人识别号|统一社会信用代码|信用代码|کد ملی|شماره اقتصادی|αριθμός φορολογικού μητρώου|"
         "ust idnr|ust nr|uid|siren|numéro de tva|nit|ruc|cuit"},
    [FIELD_ADDRESS] =
        {"address", FORM_LINE, C, 0,
         "address|street|địa chỉ|地址|آدرس|نشانی|διεύθυνση|adresse|anschrift|straße|"
         "dirección|domicilio|address line 1|postal address|địa chỉ khách hàng|地址 街道|通讯地址|"
         "οδός|ταχυδρομική διεύθυνση|strasse|rue|adresse postale|calle"},
    [FIELD_TERM_DAYS] =
        {"term_days", FORM_WHOLE, C | G, 0,
         "term days|payment terms|terms|credit days|days|số ngày nợ|账期|مهلت|"
         "ημέρες πίστωσης|zahlungsziel|délai de paiement|días de crédito|plazo|credit period|"
         "payment days|hạn nợ|thời hạn nợ|信用期|付款天数|مدت اعتبار|مهلت پرداخت روز|"
         "όροι πληρωμής|zahlungsfrist|échéance jours|jours de crédit|plazo de pago"},
    [FIELD_LANGUAGE] = {"language", FORM_CODE, C, 0, "language|lang|sprache|langue|idioma"},
    [FIELD_UNIT] = {"unit", FORM_LINE, P | L, 0,
                    "unit|uom|unit of measure|đơn vị|đvt|单位|واحد|μονάδα|einheit|unité|unidad"},
    [FIELD_BRAND] = {"brand", FORM_LINE, P, 0,
                     "brand|make|thương hiệu|品牌|برند|μάρκα|marke|marque|marca"},
    [FIELD_COLOUR] = {"colour", FORM_LINE, P, 0, "colour|color|màu|颜色|رنگ|χρώμα|farbe|couleur"},
    [FIELD_MODEL] = {"model", FORM_LINE, P, 0, "model|型号|مدل|μοντέλο|modell|modèle|modelo"},
    [FIELD_BARCODE] =
        {"barcode", FORM_CODE, P, 0,
         "barcode|ean|gtin|upc|mã vạch|条码|بارکد|strichcode|code barres|código de barras"},
    [FIELD_SOURCE] = {"source", FORM_CODE, C | I | M | B, 0, "source"},
    [FIELD_TOTAL] =
        {"total", FORM_NUMBER, I, 0,
         "invoice total|invoice amount|document total|document amount|grand total|bill total|bill "
         "amount|gross total|total due|tổng tiền hóa đơn|tổng cộng|发票总额|发票金额|总金额|合计|"
         "جمع فاکتور|مبلغ فاکتور|جمع کل|σύνολο παραστατικού|σύνολο τιμολογίου|rechnungsbetrag|"
         "gesamtbetrag|rechnungssumme|total facture|montant facture|montant total|total ttc|"
         "total factura|importe total|importe factura"
         "|total incl vat|total inc vat|total including tax|invoice total gross"
         "|document total gross|khách cần trả|tổng thanh toán|tổng tiền thanh toán"
         "|tổng tiền sau thuế|发票价税合计|单据金额|整单金额|مبلغ کل فاکتور|مبلغ نهایی فاکتور|خالص "
         "فاکتور"
         "|τελικό σύνολο|συνολική αξία παραστατικού|rechnungsbetrag brutto|gesamtbetrag brutto"
         "|bruttosumme|total facture ttc|net à payer ttc|montant total ttc"
         "|total factura con iva|total con iva|importe total factura"},
    [FIELD_TYPE] = {"type", FORM_LINE, I, 0,
                    "document type|doc type|invoice type|transaction type|type of document|type|"
                    "loại chứng từ|loại|单据类型|类型|نوع سند|نوع|τύπος παραστατικού|είδος|"
                    "belegart|dokumentart|typ|type de document|tipo de documento|tipo"},
    [FIELD_LIMIT] =
        {"limit", FORM_NUMBER, C | G, 0,
         "credit limit|limit|hạn mức nợ|hạn mức|信用额度|额度|سقف اعتبار|"
         "πιστωτικό όριο|πλαφόν|kreditlimit|limite de crédit|plafond|"
         "límite de crédito|credit line|max credit|mức nợ tối đa|信用限额|信贷额度|"
         "حد اعتبار|اعتبار|όριο πίστωσης|kreditrahmen|kreditlinie|encours autorisé|"
         "encours maximum|crédito máximo|límite|hạn mức tín dụng|hạn mức công nợ|giới hạn nợ|"
         "nợ tối đa|định mức nợ|授信额度|赊销额度|信用上限|欠款上限|سقف بدهی|حداکثر اعتبار|"
         "حداکثر بدهی|όριο|όριο πελάτη|όριο οφειλής|ανώτατο όριο|μέγιστη οφειλή|"
         "kreditgrenze|kredithöchstgrenze|limite|limite crédit|crédit maximum|"
         "crédit autorisé|límite crédito|tope de crédito"},
    [FIELD_LIST] = {"list", FORM_CODE, L, L,
                    "price list|pricelist|list|tier|bảng giá|价格表|价目表|لیست قیمت|τιμοκατάλογος|"
                    "preisliste|liste|liste de prix|tarif|lista de precios|tarifa"},
    [FIELD_FROM_QUANTITY] =
        {"from_quantity", FORM_NUMBER, L, 0,
         "from quantity|min quantity|minimum quantity|min qty|from qty|moq|quantity|qty|"
         "số lượng từ|số lượng tối thiểu|起订量|数量起|数量|حداقل تعداد|از تعداد|"
         "ελάχιστη ποσότητα|από ποσότητα|ab menge|menge ab|staffel|staffelmenge|mengenstaffel|"
         "ab stück|menge|mindestmenge|quantité minimale|"
         "cantidad mínima"},
    [FIELD_VALID_FROM] =
        {"valid_from", FORM_DATE, L, 0,
         "valid from|from date|effective date|effective from|starts|date|từ ngày|ngày áp dụng|"
         "生效日期|有效期从|از تاریخ|تاریخ اجرا|ισχύει από|από ημερομηνία|gültig ab|"
         "valable dès|à partir du|válido desde|desde"},
    [FIELD_COST] = {"cost", FORM_NUMBER, P, 0,
                    "cost|unit cost|cost price|purchase price|giá vốn|giá nhập|成本|进价|"
                    "قیمت خرید|بهای تمام شده|κόστος|τιμή αγοράς|einkaufspreis|ek preis|"
                    "prix d achat|coût|coste|costo|precio de compra"},
    [FIELD_FLOOR] = {"floor", FORM_NUMBER, P, 0,
                     "floor price|floor|lowest price|minimum price|min price|giá sàn|最低价|"
                     "حداقل قیمت|ελάχιστη τιμή|mindestpreis|prix minimum|precio mínimo"},
    [FIELD_PACK] = {"pack", FORM_CODE, P, 0,
                    "pack|pack unit|second unit|packing unit|đơn vị 2|quy cách|包装单位|واحد دوم|"
                    "μονάδα συσκευασίας|gebinde|verpackungseinheit|unité de conditionnement|"
                    "unidad de embalaje"},
    [FIELD_FACTOR] = {"factor", FORM_NUMBER, P, 0,
                      "factor|pack size|units per pack|per pack|hệ số|quy đổi|换算率|ضریب|"
                      "συντελεστής μονάδας|umrechnungsfaktor|inhalt|facteur|factor de conversión"},
    [FIELD_PACK_PRICE] = {"pack_price", FORM_NUMBER, P, 0,
                          "pack price|price per pack|giá đơn vị 2|包装价|قیمت واحد دوم|"
                          "τιμή συσκευασίας|gebindepreis|prix du lot|precio por paquete"},
    [FIELD_PACK_BARCODE] = {"pack_barcode", FORM_CODE, P, 0,
                            "pack barcode|barcode of pack|carton barcode|mã vạch đơn vị 2|"
                            "包装条码|بارکد واحد دوم|gebinde ean|code barres du lot"},
    [FIELD_DIMENSION] = {"dimension", FORM_CODE, G, G,
                         "dimension|group type|kind of group|category type|loại nhóm|分组类型|"
                         "نوع گروه|τύπος ομάδας|gruppenart|type de groupe|tipo de grupo|kind|type"},
    [FIELD_BRANCH] =
        {"branch", FORM_LINE, C | I | M | B, 0,
         "branch code|branch id|branch name|branch|store code|store name|store|shop|outlet|"
         "mã chi nhánh|tên chi nhánh|chi nhánh|mã cửa hàng|cửa hàng|cơ sở|"
         "门店编号|门店名称|门店|分店|分公司|店铺|门市|کد شعبه|نام شعبه|شعبه|فروشگاه|"
         "κωδικός υποκαταστήματος|υποκατάστημα|κατάστημα|filiale|filialnummer|niederlassung|"
         "succursale|agence|magasin|sucursal|tienda"},
    [FIELD_GROUP] =
        {"group", FORM_LINE, C, 0,
         "group|groups|customer group|customer groups|category|segment|tier|"
         "price group|class|nhóm|nhóm khách hàng|phân loại|hạng|客户分组|客户组|分组|"
         "客户类别|客户等级|گروه|گروه مشتری|دسته|ομάδα|ομάδα πελατών|κατηγορία|gruppe|"
         "kundengruppe|kategorie|groupe|groupe client|catégorie|grupo|grupo de clientes|"
         "categoría"},
};

/* Words that mean another field in one kind of import. */
static const struct {
    unsigned kinds;
    enum import_field field;
    const char *headers;
} special[] = {
    {C, FIELD_CODE,
     "customer id|customer code|customer no|customer number|cust no|cust code|account no|account "
     "number|account code|client id|client code|debtor no|customer|account|id|no|number|"
     "mã khách hàng|mã kh|mã|客户编号|客户代码|客户编码|编号|کد مشتری|کد|κωδικός πελάτη|κωδικός|"
     "kundennummer|kundennr|kunden nr|kd nr|nr|code client|n° client|código cliente|"
     "código de cliente|"
     "código"},
    {G, FIELD_NAME,
     "group|group name|customer group|name of the group|tên nhóm|nhóm|分组名称|组名|分组|نام "
     "گروه|گروه|"
     "ομάδα|όνομα ομάδας|gruppe|gruppenname|kundengruppe|groupe|nom du groupe|grupo|"
     "nombre del grupo"},
    {B, FIELD_CUSTOMER, "کد|编码|编号|mã|κωδικός|κωδ"},
    {P, FIELD_NAME,
     "description|text|product name|item name|title|tên hàng|品名|商品名称|نام کالا|περιγραφή|"
     "tên hàng hóa|tên sản phẩm|tên vật tư|存货名称|物料名称|产品名称|商品全名|نام محصول|نام کالا "
     "و خدمات|عنوان کالا|"
     "περιγραφή είδους|ονομασία "
     "είδους|artikelbezeichnung|artikelname|materialkurztext|warenbezeichnung|"
     "libellé|désignation article|libellé produit|descripción artículo|nombre del producto|nombre "
     "artículo|"
     "item description|product description|material description|"
     "bezeichnung|beschreibung|désignation|descripción"},
    {B, FIELD_AMOUNT,
     "opening debt|old debt|debt|debts|receivable|receivables|balance brought forward|current "
     "balance|dư nợ đầu kỳ|số dư đầu kỳ|nợ đầu kỳ|công nợ đầu kỳ|dư đầu kỳ|số tiền nợ|tiền nợ|"
     "số nợ|nợ cũ|nợ hiện tại|nợ phải thu|phải thu|số tiền còn nợ|còn phải thu|dư nợ cuối kỳ|nợ|"
     "期初余额|期初欠款|期初应收|期初应收款|应收余额|应收账款|应收款|欠款金额|欠款余额|结欠|尚欠|"
     "未收金额|未收款|مانده اول دوره|مانده ابتدای دوره|مانده بدهی|مبلغ بدهی|بدهی اول دوره|"
     "بدهی قبلی|مانده از قبل|مانده قبلی|طلب|υπόλοιπο έναρξης|αρχικό υπόλοιπο|υπόλοιπο ανοίγματος|"
     "προηγούμενο υπόλοιπο|υπόλοιπο πελάτη|χρεωστικό υπόλοιπο|ποσό οφειλής|οφειλόμενο ποσό|χρέος|"
     "anfangssaldo|eröffnungssaldo|saldovortrag|offener saldo|schuld|schulden|forderung|"
     "forderungen|offene forderung|offener posten|solde initial|solde d ouverture|solde dû|"
     "créance|créances|dette|report à nouveau|saldo inicial|saldo de apertura|saldo deudor|"
     "saldo actual|importe adeudado|monto adeudado|deuda inicial"},
    {B, FIELD_DATE,
     "oldest bill date|oldest bill|oldest invoice date|oldest invoice|oldest debt|due since|owed "
     "since|owing since|overdue since|debt since|since|first bill date|ngày hóa đơn cũ nhất|hóa "
     "đơn "
     "cũ nhất|nợ từ ngày|ngày bắt đầu nợ|nợ từ|quá hạn từ|từ "
     "ngày|最早账单日期|最早单据日期|最早账单|"
     "最早欠款日期|欠款起始日期|欠款日期|起欠日期|تاریخ قدیمی ترین فاکتور|قدیمی ترین فاکتور|بدهکار "
     "از|بدهی از|"
     "سررسید از|از تاریخ|παλαιότερο τιμολόγιο|ημερομηνία παλαιότερου τιμολογίου|ημ νία παλαιότερου "
     "τιμολογίου|οφείλει από|οφειλή από|ληξιπρόθεσμο από|από|älteste rechnung|datum älteste "
     "rechnung|offen seit|fällig seit|seit|facture la plus ancienne|dû depuis|depuis|factura más "
     "antigua|fecha factura más antigua|debe desde|desde"},
    {L, FIELD_CODE,
     "barcode|ean|gtin|mã vạch|条码|بارکد|strichcode|کد|mã|编号|编码|κωδικός|código|référence"},
    {P, FIELD_CODE, "id|no|number|mã|编号|کد|κωδικός|nr|código|référence|réf|κωδ|编码|clave"},
    {M, FIELD_BILL,
     "invoice no|invoice number|invoice|bill no|bill number|số hóa đơn|发票号|شماره فاکتور|"
     "rechnungsnummer|rechnungsnr|rechnungs nr|rechnung nr|rechnung|numéro de facture|n° facture|"
     "facture|número de factura|factura|αριθμός τιμολογίου"},
};

/* What such a column holds changes what somebody owes. */
static const char of_money[] =
    "discount|discount amount|tax|vat|gst|tax amount|vat amount|freight|shipping|charges|surcharge|"
    "paid amount|credit|debit|deposit|chiết khấu|thuế|tiền thuế|税额|折扣|تخفیف|مالیات|έκπτωση|"
    "φπα|rabatt|mwst|ust|versand|remise|tva|descuento|iva|currency rate|exchange rate"
    "|umsatzsteuer|mehrwertsteuer|steuerbetrag|mwst betrag|ust betrag|steuer|rabattbetrag"
    "|nachlass|fracht|frachtkosten|versandkosten|montant tva|montant remise|rabais"
    "|ristourne|frais de port|port|cuota iva|importe iva|importe descuento|bonificación"
    "|portes|gastos de envío|tiền ck|tiền chiết khấu|giảm giá|tiền giảm giá|ck"
    "|phí vận chuyển|thuế gtgt|tiền thuế gtgt|折扣额|优惠|优惠金额|折让|税金|增值税|运费|مبلغ "
    "مالیات"
    "|مبلغ تخفیف|ارزش افزوده|مالیات بر ارزش افزوده|مالیات و عوارض|کرایه حمل|ποσό φπα"
    "|αξία φπα|ποσό έκπτωσης|μεταφορικά|έξοδα αποστολής|delivery charge|postage|carriage";

/* Whose cells say whether they are amounts or percentages. */
static const char discounts[] =
    "discount|disc|rebate|chiết khấu|ck|giảm giá|折扣|تخفیف|έκπτωση|έκπτ|rabatt|nachlass|remise|"
    "descuento|dto"
    "|discount given|giảm|giảm giá bán|chiết khấu thương mại|ck bán hàng|折让|优惠|折扣率 %"
    "|تخفیف فروش|تخفیف ردیف|εκπτ|έκπτωση είδους|nachlaß|preisnachlass|rabais|ristourne"
    "|rem|desc|dcto|bonificación|bonif";
static const char taxes[] =
    "tax|vat|gst|thuế|thuế gtgt|vat gtgt|税|增值税|مالیات|φπα|mwst|ust|tva|iva"
    "|igic|umsatzsteuer|mehrwertsteuer|mwst satz|steuer|impuesto|taxe|thuế vat|销项税"
    "|مالیات بر ارزش افزوده|ارزش افزوده|مالیات و عوارض|φόρος|φ π α";

/* What a header has in it that no list has whole: "Επωνυμία Πελάτη", "Full name of the customer".
 */
struct part_words {
    const char *whose;
    const char *what;
    enum import_field field;
};
static const char of_customers[] = "customer|client|debtor|buyer|khach|客户|购方|买方|مشتری|خریدار|"
                                   "πελατ|kunde|debitor|cliente|comprador";
static const char of_names[] =
    "name|ten|名|نام|επωνυμ|ονομ|nom|nombre|razon social|raison sociale|bezeichnung|firma";
static const char of_codes[] = "code|no|nr|number|id|nummer|ma|so|编号|代码|编码|号|کد|شماره|κωδ|"
                               "αριθμ|numero|n|codigo|num|ref";
static const struct part_words parts[] = {
    {of_customers, of_names, FIELD_NAME},
    {of_customers, of_codes, FIELD_CUSTOMER},
};

static const char may_be_name[] =
    "customer|client|debtor|account|cust|khách hàng|客户|مشتری|πελάτης|kunde|cliente|debitor";

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

int word_among(struct slice word, const char *words)
{
    char key[HEADER_KEY_MAX];
    char other[HEADER_KEY_MAX];
    size_t size = header_key(word, key);
    for (int at = 0; size > 0 && *words != '\0'; at++) {
        size_t length = strcspn(words, "|");
        if (header_key(slice_of(words, length), other) == size && memcmp(key, other, size) == 0)
            return at;
        words += length + (words[length] == '|');
    }
    return -1;
}

bool field_may_be_name(struct slice header)
{
    return word_among(header, may_be_name) >= 0;
}

bool header_of_money(struct slice header)
{
    return word_among(header, of_money) >= 0;
}

bool header_of_amount(struct slice header)
{
    uint32_t rank;
    for (enum import_kind i = IMPORT_CUSTOMERS; i < IMPORT_KINDS_COUNT; i++) {
        enum import_field field = field_guess(header, i, &rank);
        if (field_is_amount(field) || field_is_price(field))
            return true;
    }
    return header_of_money(header);
}

enum import_field field_of_rate(struct slice header)
{
    if (word_among(header, discounts) >= 0)
        return FIELD_DISCOUNT;
    return word_among(header, taxes) >= 0 ? FIELD_TAX : FIELD_NONE;
}

static bool is_letter(uint8_t byte)
{
    return byte >= 0x80 || isalnum(byte);
}

/* Stands it in the folded header? Short words of Latin letters as words of their own, others also
 * within one. */
static bool stands_in(struct slice folded, struct slice word)
{
    enum { SHORT = 4 };
    bool whole = word.size < SHORT && word.data[0] < 0x80;
    for (size_t at = 0; at + word.size <= folded.size; at++) {
        if (memcmp(folded.data + at, word.data, word.size) != 0)
            continue;
        bool begins = at == 0 || !is_letter(folded.data[at - 1]);
        size_t end = at + word.size;
        bool ends = end == folded.size || !is_letter(folded.data[end]);
        if (!whole || (begins && ends))
            return true;
    }
    return false;
}

static bool any_stands_in(struct slice folded, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, "|");
        char word[HEADER_KEY_MAX];
        size_t size = text_fold(words, length, word, sizeof word);
        if (stands_in(folded, slice_of(word, size)))
            return true;
        words += length + (words[length] == '|');
    }
    return false;
}

/* By what stands in it; FIELD_NONE: nothing that says enough. */
static enum import_field field_by_parts(struct slice header, enum import_kind kind)
{
    char text[HEADER_KEY_MAX];
    struct slice folded = slice_of(text, text_fold(header.data, header.size, text, sizeof text));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        enum import_field field = parts[i].field;
        if (field == FIELD_CUSTOMER && kind == IMPORT_CUSTOMERS)
            field = FIELD_CODE;
        if (kind != IMPORT_PRODUCTS && kind != IMPORT_GROUPS && field_taken(field, kind) &&
            any_stands_in(folded, parts[i].whose) && any_stands_in(folded, parts[i].what))
            return field;
    }
    return FIELD_NONE;
}

enum import_field field_guess(struct slice header, enum import_kind kind, uint32_t *ret_rank)
{
    int rank = -1;
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if ((special[i].kinds & (1U << kind)) != 0)
            rank = word_among(header, special[i].headers);
        if (rank >= 0) {
            *ret_rank = (uint32_t)rank + 1;
            return special[i].field;
        }
    }
    for (enum import_field i = 0; i < FIELD_COUNT; i++) {
        if (!field_taken(i, kind))
            continue;
        bool named = slice_equal(header, slice_text(fields[i].name));
        rank = named ? 0 : word_among(header, fields[i].headers);
        *ret_rank = named ? 0 : (uint32_t)rank + 1;
        if (rank >= 0)
            return i;
    }
    *ret_rank = RANK_BY_PARTS;
    return field_by_parts(header, kind);
}

const char *kind_word(enum import_kind kind)
{
    switch (kind) {
    case IMPORT_CUSTOMERS:
        return N_("customers");
    case IMPORT_PRODUCTS:
        return N_("products");
    case IMPORT_INVOICES:
        return "invoices";
    case IMPORT_PAYMENTS:
        return N_("payments");
    case IMPORT_CREDIT_NOTES:
        return "credit-notes";
    case IMPORT_BALANCES:
        return N_("balances");
    case IMPORT_PRICES:
        return N_("prices");
    case IMPORT_GROUPS:
        return N_("groups");
    case IMPORT_KINDS_COUNT:
        break;
    }
    return "";
}

const char *kind_noun(enum import_kind kind)
{
    return kind_has_lines(kind) ? N_("documents") : kind_word(kind); /* of both kinds */
}
