#include "kit.h"

#include "import/mapping.h"

/* One header line, cut at commas, and settings; the mapping or what was wrong. */
struct
try {
    struct arena arena;
    struct mapping mapping;
    struct failure failure;
    struct import_settings settings;
};

static bool try_header(struct try *try, const char *header)
{
    struct reader_style style = {.delimiter = ',', .ending = '\n'};
    struct memory memory = {slice_text(header)};
    struct reader *reader = reader_create(&style, memory_read, &memory, 0, 1, NULL);
    struct row row;
    arena_init(&try->arena, 1 << 20);
    assert_true(reader_next(reader, &row, NULL));
    bool good = mapping_make(&try->settings, &row, &try->arena, &try->mapping, &try->failure);
    reader_destroy(reader);
    return good;
}

static void try_begin(struct try *try, enum import_kind kind)
{
    *try = (struct try){.failure = {FAULT_NONE, 0, ""}};
    import_settings_init(&try->settings);
    try->settings.kind = kind;
    try->settings.cash = true;
}

static void guesses(void **state)
{
    (void)state;
    static const struct {
        enum import_kind kind;
        const char *header;
        const char *fields; /* of each column, '-' none */
    } table[] = {
        {IMPORT_INVOICES,
         "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n",
         "number code text quantity date price customer area"},
        {IMPORT_INVOICES,
         "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount\n",
         "- customer - number date due total"},
        {IMPORT_BALANCES, "Mã KH,Dư nợ đầu kỳ\n", "customer amount"},
        {IMPORT_BALANCES, "Mã KH,Số tiền nợ\n", "customer amount"},
        {IMPORT_BALANCES, "客户编号,期初余额\n", "customer amount"},
        {IMPORT_BALANCES, "کد مشتری,مانده اول دوره\n", "customer amount"},
        {IMPORT_BALANCES, "Κωδικός πελάτη,Υπόλοιπο έναρξης,Προθεσμία πληρωμής\n",
         "customer amount due"},
        {IMPORT_BALANCES, "Kundennummer,Eröffnungssaldo,Fällig bis\n", "customer amount due"},
        {IMPORT_BALANCES, "Code client,Solde initial,Exigible le\n", "customer amount due"},
        {IMPORT_BALANCES, "Código cliente,Saldo inicial\n", "customer amount"},
        {IMPORT_CUSTOMERS, "Mã KH,Tên khách hàng,Hạn mức công nợ\n", "code name limit"},
        {IMPORT_CUSTOMERS, "کد مشتری,نام مشتری,سقف بدهی\n", "code name limit"},
        {IMPORT_PRICES, "Liste,Art.-Nr.,Menge ab,Preis\n", "list code from_quantity price"},
        {IMPORT_PRICES, "Liste,Art.Nr.,ab Menge,VK\n", "list code from_quantity price"},
        {IMPORT_PRICES, "Preisliste,Art. Nr.,Staffel,VK-Preis\n", "list code from_quantity price"},
        {IMPORT_PRODUCTS, "Art.Nr.,Bezeichnung,VK-Preis\n", "code name price"},
        {IMPORT_PRODUCTS, "Art-Nr,Bezeichnung,VK\n", "code name price"},
        {IMPORT_PRODUCTS, "Artikel-Nr.,Bezeichnung,EK-Preis,Verkaufspreis\n",
         "code name cost price"},
        {IMPORT_PAYMENTS, "Beleg-Nr.,Kunde,Datum,Betrag,Rechnung\n",
         "number customer date amount bill"},
        {IMPORT_PAYMENTS, "Quittungsnummer,Kd.-Nr.,Datum,Betrag,Rechnung Nr.\n",
         "number customer date amount bill"},
        {IMPORT_PAYMENTS, "Quittungsnummer,Kd.Nr.,Datum,Betrag,Rechnungs-Nr.\n",
         "number customer date amount bill"},
        {IMPORT_INVOICES, "Rechnung,Kunde,Datum,Art.-Nr.,Menge,Preis\n",
         "number customer date code quantity price"},
        {IMPORT_INVOICES, "Invoice No.,Ngày hóa đơn,Đơn giá,SỐ LƯỢNG,Mã hàng,Other\n",
         "number date price quantity code -"},
        {IMPORT_INVOICES, "发票号,日期,金额,客户编号\n", "number date amount customer"},
        {IMPORT_INVOICES, "شماره فاکتور,تاریخ,مبلغ,کد مشتری\n", "number date amount customer"},
        {IMPORT_INVOICES, "Αριθμός,Ημερομηνία,Ποσό,Πελάτης\n", "number date amount customer"},
        {IMPORT_INVOICES, "Αρ. παραστατικού,Ημ/νία,Ποσό,Κωδ. πελάτη,Επωνυμία Πελάτη\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "发票编号,开票日期,金额,客户编码,客户名称\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "شماره صورتحساب,تاریخ صدور,مبلغ,کد مشتری,نام مشتری\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "Số HĐ,Ngày hóa đơn,Số tiền,Mã KH,Tên khách hàng\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "Rechnungs-Nr.,Rechnungsdatum,Betrag,Kunden-Nr.,Kundenname\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "N° facture,Date,Montant,Code client,Nom du client\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "Nº factura,Fecha,Importe,Código cliente,Nombre del cliente\n",
         "number date amount customer name"},
        {IMPORT_INVOICES, "Invoice,Date,Amount,Code of the customer (ours),Customer's legal name\n",
         "number date amount customer name"},
        /* as programs of shops and offices export them */
        {IMPORT_PRODUCTS, "Code,Désignation,Prix unitaire HT\n", "code name price"},
        {IMPORT_PRODUCTS, "商品编码,商品全名,零售价\n", "code name price"},
        {IMPORT_PRODUCTS, "Mã hàng hóa,Tên hàng hóa,Giá bán lẻ\n", "code name price"},
        {IMPORT_PRODUCTS, "کد,نام کالا,نرخ فروش\n", "code name price"},
        {IMPORT_PRODUCTS, "Κωδικός προϊόντος,Περιγραφή είδους,Τιμή χονδρικής\n", "code name price"},
        {IMPORT_PRODUCTS, "Materialnummer,Materialkurztext,Nettopreis\n", "code name price"},
        {IMPORT_PAYMENTS, "收据号,往来单位编码,收款时间,实收金额\n", "number customer date amount"},
        {IMPORT_PAYMENTS, "Zahlungsnr.,Debitorenkonto,Zahlungseingang,Betrag brutto\n",
         "number customer date amount"},
        {IMPORT_PAYMENTS, "Mã phiếu thu,Mã KH,Thời gian,Tiền thu\n", "number customer date amount"},
        {IMPORT_PAYMENTS, "شماره دریافت,کد طرف حساب,تاریخ وصول,مبلغ کل\n",
         "number customer date amount"},
        {IMPORT_PAYMENTS, "Αρ. είσπραξης,Κωδ. συναλλασσόμενου,Ημ. είσπραξης,Ποσό είσπραξης\n",
         "number customer date amount"},
        {IMPORT_PAYMENTS, "N° règlement,Compte client,Date de règlement,Montant réglé\n",
         "number customer date amount"},
        {IMPORT_BALANCES, "Mã KH,Tên KH,Số dư nợ\n", "customer name amount"},
        {IMPORT_BALANCES, "单位编码,往来单位,期末余额\n", "customer name amount"},
        {IMPORT_BALANCES, "کد,نام شخص,مانده بدهکار\n", "customer name amount"},
        {IMPORT_BALANCES, "Compte tiers,Intitulé,Solde débiteur\n", "customer name amount"},
        {IMPORT_BALANCES, "Personenkonto,Kontobezeichnung,Saldo EUR,Nettofälligkeit\n",
         "customer name amount due"},
        {IMPORT_BALANCES, "Cuenta cliente,Razón social cliente,Importe pendiente de cobro\n",
         "customer name amount"},
        {IMPORT_INVOICES,
         "Belegfeld 1,Belegdat,Debitor Nr.,Material,Fakturierte Menge,Einzelpreis netto\n",
         "number date customer code quantity price"},
        {IMPORT_INVOICES, "N° pièce,Date de pièce,Code tiers,Réf article,Qté facturée,PU HT\n",
         "number date customer code quantity price"},
        {IMPORT_INVOICES, "销售单号,业务日期,客户代号,存货编码,实发数量,不含税单价\n",
         "number date customer code quantity price"},
        /* a price with its tax in it is none: it is named as money that is not used */
        {IMPORT_PRODUCTS, "Code,Désignation,Prix TTC\n", "code name -"},
        {IMPORT_CUSTOMERS, "Κωδικός του πελάτη,Πλήρης επωνυμία πελάτη,Ομάδα\n", "code name group"},
        {IMPORT_GROUPS, "Dimension,Group,Credit limit,Payment terms\n",
         "dimension name limit term_days"},
        {IMPORT_CUSTOMERS, "Customer ID,Full Name,Phone Number,City,Payment terms\n",
         "code name phone area term_days"},
        {IMPORT_PRODUCTS, "SKU,Description,Unit price,EAN,Colour\n",
         "code name price barcode colour"},
        {IMPORT_PRODUCTS, "SKU,Name,Unit,Price,Cost,Pack,Pack size,Pack barcode\n",
         "code name unit price cost pack factor pack_barcode"},
        {IMPORT_PRICES, "Price list,Product,UoM,Min qty,Valid from,Price\n",
         "list code unit from_quantity valid_from price"},
        {IMPORT_PRICES, "Bảng giá,Mã hàng,Đơn vị,Số lượng từ,Từ ngày,Đơn giá\n",
         "list code unit from_quantity valid_from price"},
        {IMPORT_PRICES, "价格表,货号,单位,起订量,生效日期,单价\n",
         "list code unit from_quantity valid_from price"},
        {IMPORT_PRICES, "لیست قیمت,کد کالا,واحد,حداقل تعداد,از تاریخ,قیمت\n",
         "list code unit from_quantity valid_from price"},
        {IMPORT_PRICES, "Τιμοκατάλογος,Κωδικός είδους,Μονάδα,Ελάχιστη ποσότητα,Ισχύει από,Τιμή\n",
         "list code unit from_quantity valid_from price"},
        {IMPORT_PAYMENTS, "Receipt no,Customer,Date,Amount,Method,Invoice\n",
         "number customer date amount kind bill"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct try try;
        char fields[256] = "";
        try_begin(&try, table[i].kind);
        try.settings.as_of = "2026-01-31";
        if (!try_header(&try, table[i].header))
            fail_msg("%s", try.failure.text);
        assert_true(mapping_guessed(&try.mapping));
        for (int column = 0; (size_t)column < try.mapping.columns; column++) {
            const char *name = "-";
            for (enum import_field k = 0; k < FIELD_COUNT; k++)
                if (try.mapping.column[k] == column)
                    name = field_about(k)->name;
            size_t used = strlen(fields);
            (void)snprintf(fields + used, sizeof fields - used, "%s%s", column > 0 ? " " : "",
                           name);
        }
        assert_string_equal(fields, table[i].fields);
        arena_fini(&try.arena);
    }
}

static const char header[] = "No,When,Sum,Who,Sum,\"A, B\"\n";

static void flags(void **state)
{
    (void)state;
    static const struct {
        const char *map;
        const char *wrong; /* NULL: good */
    } table[] = {
        {"number=No,date=When,amount=Who", NULL},
        {" number = no , date = WHEN , amount = who ", NULL},
        {"number=No,date=When,amount=Who,", NULL},
        {"number=No,date=When,amount=Sum", "stands more than once"},
        {"number=No,date=When,amount=Total", "there is no column \"Total\"; the file has No, When"},
        {"number=No,date=When,colour=Who", "invoices have no field \"colour\"; they take number"},
        {"number=No,number=When", "given twice"},
        {"number", "is not field=Column"},
        {"number=No,date=When", "no column for price"},
        {"number=No,amount=Who", "no column for date: say --map date=Column"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct try try;
        try_begin(&try, IMPORT_INVOICES);
        try.settings.map = table[i].map;
        bool good = try_header(&try, header);
        if (good != (table[i].wrong == NULL) ||
            (!good && strstr(try.failure.text, table[i].wrong) == NULL))
            fail_msg("%s: %s", table[i].map, try.failure.text);
        arena_fini(&try.arena);
    }
}

static void files(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *wrong;
    } table[] = {
        {"# ours\n\nnumber = No\r\ndate=When\n  amount = A, B  \n", NULL},
        {"number = No\ndate = When\namount = A, B", NULL},
        {"number = No\n\n# x\nnumbr = When\n", "file.map:4: invoices have no field \"numbr\""},
        {"number No\n", "file.map:1: \"number No\" is not field=Column"},
        {"number = No\nnumber = When\n", "file.map:2: the field \"number\" is given twice"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct kit kit;
        struct try try;
        char path[160];
        kit_begin(&kit);
        try_begin(&try, IMPORT_INVOICES);
        (void)snprintf(path, sizeof path, "%s/file.map", kit.folder);
        kit_write(path, table[i].text, strlen(table[i].text));
        try.settings.map_file = path;
        bool good = try_header(&try, header);
        if (good != (table[i].wrong == NULL) ||
            (!good && strstr(try.failure.text, table[i].wrong) == NULL))
            fail_msg("%s: %s", table[i].text, try.failure.text);
        assert_true(!good || try.mapping.column[FIELD_AMOUNT] == 5);
        arena_fini(&try.arena);
        kit_end(&kit);
    }
}

static void constants(void **state)
{
    (void)state;
    struct try try;
    try_begin(&try, IMPORT_PAYMENTS);
    try.settings.map = "number=No,date=When,amount=Who,customer=Who";
    try.settings.sets[try.settings.set_count++] = "kind=cash";
    try.settings.source = "till";
    assert_true(try_header(&try, header));
    assert_string_equal(try.mapping.constant[FIELD_KIND], "cash");
    assert_string_equal(try.mapping.constant[FIELD_SOURCE], "till");
    assert_false(mapping_guessed(&try.mapping));
    arena_fini(&try.arena);
    try.settings.sets[try.settings.set_count++] = "number=7";
    assert_false(try_header(&try, header));
    assert_non_null(strstr(try.failure.text, "both mapped and set"));
    arena_fini(&try.arena);
}

static void digests(void **state)
{
    (void)state;
    static const char *const maps[] = {"number=No,date=When,amount=Who",
                                       "number=No,date=When,price=Who"};
    struct hash hashes[2];
    assert_true(hash_setup());
    for (size_t i = 0; i < 2; i++) {
        struct try try;
        struct hash_state hash;
        try_begin(&try, IMPORT_INVOICES);
        try.settings.map = maps[i];
        assert_true(try_header(&try, header));
        hash_begin(&hash);
        mapping_hash(&try.mapping, &hash);
        hash_end(&hash, &hashes[i]);
        arena_fini(&try.arena);
    }
    assert_false(hash_equal(&hashes[0], &hashes[1]));
}

static void every_field_has_a_row(void **state)
{
    (void)state;
    for (enum import_field field = 0; field < FIELD_COUNT; field++) {
        const struct field *about = field_about(field);
        if (about->name == NULL || about->headers == NULL || about->kinds == 0)
            fail_msg("field %d, behind %s, has no row", (int)field,
                     field == 0 ? "none" : field_about(field - 1)->name);
        assert_int_equal(about->required & ~about->kinds, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guesses), cmocka_unit_test(flags),
        cmocka_unit_test(files),   cmocka_unit_test(constants),
        cmocka_unit_test(digests), cmocka_unit_test(every_field_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
