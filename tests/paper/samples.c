#include "samples.h"

#include "paper/amount_words.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *shop, *address, *phone, *customer, *site, *goods[4], *bank, *unit;
    const char *currency;
    int64_t scale; /* of the figures */
} shops[LANGUAGES] = {
    [LANGUAGE_ENGLISH] = {"Harbour Building Supplies Ltd",
                          "Warehouse · 14 Quay Road, Cork",
                          "021 455 0190",
                          "Fenwick & Sons (Contractors)",
                          "Mr J. Fenwick · 3 Mill Lane, Cork",
                          {"Cement 42.5 R, bag of 25 kg", "Oak board 22 mm, planed",
                           "Screws 4 × 50, box of 200", "Roof tile, clay, natural red, second row"},
                          "IE29 AIBK 9311 5212 3456 78",
                          "bag",
                          "EUR",
                          1},
    [LANGUAGE_VIETNAMESE] = {"Công ty TNHH Vật liệu Hải Long",
                             "Chi nhánh Thủ Đức · 118 Võ Văn Ngân, TP. Thủ Đức",
                             "028 3720 1188",
                             "Công ty TNHH Xây dựng Phú Mỹ",
                             "Ông Nguyễn Văn Hùng · 42 Lê Văn Việt, TP. Thủ Đức",
                             {"Xi măng Hà Tiên đa dụng", "Gạch thẻ Đồng Nai", "Thép vằn Ø16",
                              "Sơn nước nội thất, trắng ngà, thùng 18 lít"},
                             "Vietcombank 0071 0012 34567",
                             "bao",
                             "VND",
                             100},
    [LANGUAGE_CHINESE] = {"杭州海隆建材有限公司",
                          "临平门店 · 杭州市临平区迎宾路 118 号",
                          "0571-8620 1188",
                          "杭州建明装饰工程有限公司",
                          "财务部 王小明 收 · 杭州市余杭区文一西路 42 号",
                          {"水泥 42.5R 50公斤", "红砖", "螺纹钢 16毫米", "内墙乳胶漆 象牙白 18升"},
                          "招商银行杭州临平支行 5719 0612 3410 888",
                          "包",
                          "CNY",
                          1},
    [LANGUAGE_PERSIAN] = {"شرکت مصالح ساختمانی البرز",
                          "شعبهٔ کرج · کرج، بلوار طالقانی، پلاک ۱۱۸",
                          "026 3255 5120",
                          "شرکت سازه آریا",
                          "جناب آقای رضا کاظمی · کرج، میدان سپاه، ساختمان آریا",
                          {"سیمان تیپ ۲ (Portland)", "آجر فشاری", "میلگرد ۱۶",
                           "رنگ اکریلیک سفید، حلب ۱۸ لیتری"},
                          "IR06 0120 0000 0000 1234 5678 90",
                          "کیسه",
                          "IRR",
                          1000},
    [LANGUAGE_GREEK] = {"Οικοδομικά Υλικά Αρτέμης & Υιοί Ο.Ε.",
                        "Κατάστημα Περιστερίου · Θηβών 118, 121 34 Περιστέρι",
                        "210 576 1188",
                        "Κατασκευές Παπαδόπουλος Α.Ε.",
                        "κ. Γ. Παπαδόπουλος · Λεωφ. Κηφισίας 42, Αθήνα",
                        {"Τσιμέντο 42,5 R, σακί 25 κιλών", "Τούβλα εξάοπα", "Ράβδος οπλισμού Ø16",
                         "Πλαστικό χρώμα λευκό, δοχείο 18 λίτρων"},
                        "GR16 0110 1250 0000 0001 2300 695",
                        "σακί",
                        "EUR",
                        1},
};

/* ---- texts ---- */

static const char *kept(struct sample_sheet *sample, const char *text)
{
    char *at = sample->kept[sample->kept_count % SAMPLE_TEXTS];
    sample->kept_count++;
    (void)snprintf(at, WRITTEN_MAX, "%.*s", WRITTEN_MAX - 1, text);
    return at;
}

static const char *word(const struct sample_sheet *sample, const char *message)
{
    return written_word(&sample->reader, message);
}

static const char *amount(struct sample_sheet *sample, int64_t minor)
{
    char text[WRITTEN_MAX];
    return kept(sample, written_amount(&sample->reader, minor, text));
}

static const char *say(struct sample_sheet *sample, const char *message, const char *name,
                       const char *fact)
{
    char text[WRITTEN_MAX];
    (void)words_say(text, sizeof text, sample->language, message, name, fact, NULL);
    return kept(sample, strstr(text, "::") == NULL ? text : strstr(text, "::") + 2);
}

static const char *day(struct sample_sheet *sample, uint32_t date)
{
    char text[WRITTEN_MAX];
    return kept(sample, written_day(&sample->reader, date, text));
}

static const char *number(struct sample_sheet *sample, const char *text)
{
    char out[WRITTEN_MAX];
    return kept(sample, written_number(&sample->reader, text, out));
}

static void add(struct sheet_lines *lines, const char *text)
{
    lines->at[lines->count++] = text;
}

static const char *fact(struct sample_sheet *sample, const char *label, const char *text)
{
    char out[WRITTEN_MAX];
    char digits[WRITTEN_MAX];
    bool right = sample->sheet.right_to_left;
    (void)snprintf(out, sizeof out, "%.200s: %s%.200s%s", word(sample, label),
                   right ? "\u2066" : "", written_digits(&sample->reader, text, digits),
                   right ? "\u2069" : "");
    return kept(sample, out);
}

/* ---- rows ---- */

/* What the movement of that index is: a payment each third. */
static int64_t moved(const struct sample_sheet *sample, size_t index)
{
    int64_t scale = shops[sample->language].scale;
    int64_t size = (int64_t)((index * 7919 + 104729) % 900000) * 20 + 118600;
    return index % 3 == 2 ? -size * scale * 2 : size * scale;
}

/* Rows of a statement; what is owed is added up as they are asked for in order. */
static int64_t owed(const struct sample_sheet *sample, size_t behind)
{
    int64_t sum = 5295000 * shops[sample->language].scale;
    size_t period = 900000;
    (void)period;
    for (size_t i = behind > 200 ? behind - 200 : 0; i < behind; i++)
        sum += moved(sample, i);
    return sum;
}

static bool movement_row(void *context, size_t index, struct sheet_row *row,
                         struct failure *failure)
{
    struct sample_sheet *sample = context;
    const struct reader *reader = &sample->reader;
    char text[64];
    char shown[WRITTEN_MAX];
    (void)failure;
    uint32_t date = 20720 + (uint32_t)index % 365;
    row->cells[0] = written_day(reader, date, sample->cells[0]);
    if (index == 0) {
        row->cells[1] = word(sample, "Opening balance");
        row->cells[5] = written_amount(reader, owed(sample, 0), sample->cells[5]);
        row->strong = true;
        return true;
    }
    int64_t minor = moved(sample, index - 1);
    (void)snprintf(text, sizeof text, minor > 0 ? "TD-%05zu" : "R-TD-%04zu", index + 3040);
    (void)words_say(sample->cells[1], WRITTEN_MAX, sample->language,
                    minor > 0 ? "Invoice {number}" : "Receipt {number}", "number",
                    written_number(reader, text, shown), NULL);
    row->cells[1] = sample->cells[1];
    if (minor > 0) {
        row->cells[2] = written_day(reader, date + 30, sample->cells[2]);
        row->cells[3] = written_amount(reader, minor, sample->cells[3]);
    } else {
        row->cells[4] = written_amount(reader, -minor, sample->cells[4]);
    }
    row->cells[5] = written_amount(reader, owed(sample, index), sample->cells[5]);
    return true;
}

static void movement_carried(void *context, size_t behind, bool over, struct sheet_row *row)
{
    struct sample_sheet *sample = context;
    row->cells[1] = word(sample, over ? "Carried forward" : "Brought forward");
    row->cells[5] = written_amount(&sample->reader, owed(sample, behind - 1), sample->cells[5]);
}

static void put_movements(struct sample_sheet *sample)
{
    struct sheet *sheet = &sample->sheet;
    int64_t debit = 0;
    int64_t credit = 0;
    static const char *const titles[] = {"paper::Day",     "Document",    "Due",
                                         "paper::Charged", "paper::Paid", "Balance"};
    for (size_t i = 0; i < 6; i++)
        sheet->columns[i] = (struct sheet_column){word(sample, titles[i]), i == 1  ? SHEET_WORDS
                                                                           : i < 3 ? SHEET_SHORT
                                                                                   : SHEET_FIGURE};
    sheet->column_count = 6;
    sheet->row_count = sample->rows == 0 ? 12 : sample->rows;
    sheet->row = movement_row;
    sheet->carried = movement_carried;
    sheet->context = sample;
    for (size_t i = 0; i + 1 < sheet->row_count; i++) {
        debit += moved(sample, i) > 0 ? moved(sample, i) : 0;
        credit += moved(sample, i) < 0 ? -moved(sample, i) : 0;
    }
    sample->sums = (struct sheet_row){.strong = true};
    sample->sums.cells[1] = word(sample, "Sums, and closing balance");
    sample->sums.cells[3] = amount(sample, debit);
    sample->sums.cells[4] = amount(sample, credit);
    sample->sums.cells[5] = amount(sample, owed(sample, sheet->row_count - 1));
    sheet->sums = &sample->sums;
}

static bool good_row(void *context, size_t index, struct sheet_row *row, struct failure *failure)
{
    struct sample_sheet *sample = context;
    const struct reader *reader = &sample->reader;
    int64_t scale = shops[sample->language].scale;
    int64_t price = (int64_t)(index * 377 + 895) * 10 * scale;
    int64_t quantity = (int64_t)(index % 5 + 1) * (index % 3 == 0 ? 40000 : 12500);
    (void)failure;
    row->cells[0] = written_count(reader, index + 1, sample->cells[0]);
    row->cells[1] = shops[sample->language].goods[index % 4];
    row->under = index % 4 == 1 ? "GT-0117 · SN 88213-A, 88213-B" : "XM-0031";
    row->cells[2] = written_quantity(reader, quantity, sample->cells[2]);
    row->cells[3] = shops[sample->language].unit;
    row->cells[4] = written_price(reader, price * 1000, sample->cells[4]);
    if (index % 3 == 1)
        row->cells[5] = written_amount(reader, -price, sample->cells[5]);
    row->cells[6] = written_amount(reader, price * quantity / 1000 - (index % 3 == 1 ? price : 0),
                                   sample->cells[6]);
    return true;
}

static void good_carried(void *context, size_t behind, bool over, struct sheet_row *row)
{
    struct sample_sheet *sample = context;
    row->cells[1] = word(sample, over ? "Carried forward" : "Brought forward");
    row->cells[6] =
        written_amount(&sample->reader, (int64_t)behind * 12345600 * shops[sample->language].scale,
                       sample->cells[6]);
}

static void put_goods(struct sample_sheet *sample)
{
    struct sheet *sheet = &sample->sheet;
    static const char *const titles[] = {"No.",   "Item",     "Quantity", "Unit",
                                         "Price", "Discount", "Amount"};
    for (size_t i = 0; i < 7; i++)
        sheet->columns[i] = (struct sheet_column){word(sample, titles[i]), i == 1   ? SHEET_WORDS
                                                                           : i == 3 ? SHEET_SHORT
                                                                                    : SHEET_FIGURE};
    sheet->column_count = 7;
    sheet->row_count = sample->rows == 0 ? 6 : sample->rows;
    sheet->row = good_row;
    sheet->carried = good_carried;
    sheet->context = sample;
}

static bool match_row(void *context, size_t index, struct sheet_row *row, struct failure *failure)
{
    struct sample_sheet *sample = context;
    char text[64];
    char shown[WRITTEN_MAX];
    (void)failure;
    (void)snprintf(text, sizeof text, "TD-%05zu", index + 3041);
    row->cells[0] = written_day(&sample->reader, 20777, sample->cells[0]);
    (void)words_say(sample->cells[1], WRITTEN_MAX, sample->language, "for {number}", "number",
                    written_number(&sample->reader, text, shown), NULL);
    row->cells[1] = sample->cells[1];
    row->cells[2] = written_amount(&sample->reader,
                                   (int64_t)(index + 1) * 1186000 * shops[sample->language].scale,
                                   sample->cells[2]);
    return true;
}

static void put_matches(struct sample_sheet *sample)
{
    struct sheet *sheet = &sample->sheet;
    static const char *const titles[] = {"Date", "What it paid", "Amount"};
    for (size_t i = 0; i < 3; i++)
        sheet->columns[i] = (struct sheet_column){word(sample, titles[i]), i == 1   ? SHEET_WORDS
                                                                           : i == 0 ? SHEET_SHORT
                                                                                    : SHEET_FIGURE};
    sheet->column_count = 3;
    sheet->row_count = sample->rows == 0 ? 2 : sample->rows;
    sheet->row = match_row;
    sheet->context = sample;
}

/* ---- parts ---- */

static void total(struct sample_sheet *sample, const char *label, int64_t minor, bool strong)
{
    sample->sheet.totals[sample->sheet.total_count++] =
        (struct sheet_pair){label, amount(sample, minor), strong};
}

static void put_box(struct sample_sheet *sample, const char *label, int64_t minor)
{
    char words[AMOUNT_WORDS_MAX];
    struct sheet *sheet = &sample->sheet;
    sheet->box_label = word(sample, label);
    sheet->box_figure = amount(sample, minor);
    sheet->box_unit = written_unit_word(&sample->reader);
    if (amount_words(sheet->language, minor, sample->reader.currency->code,
                     sample->reader.currency->exponent, words)) {
        (void)words_begin(words);
        add(&sheet->box_lines, kept(sample, words));
    }
}

static void put_ages(struct sample_sheet *sample, int64_t minor)
{
    struct sheet *sheet = &sample->sheet;
    char text[64];
    char from[WRITTEN_MAX];
    char to[WRITTEN_MAX];
    sheet->ages_title = word(sample, "By days overdue");
    const int64_t parts[] = {minor / 2, minor / 4, minor / 8, 0,
                             minor - minor / 2 - minor / 4 - minor / 8 + 140000};
    sheet->ages[0].label = word(sample, "Not due");
    for (size_t i = 1; i < 4; i++) {
        (void)words_say(text, sizeof text, sample->language, "{from}–{to} days", "from",
                        written_count(&sample->reader, (i - 1) * 30 + 1, from), "to",
                        written_count(&sample->reader, i * 30, to), NULL);
        sheet->ages[i].label = kept(sample, text);
    }
    sheet->ages[4].label =
        say(sample, "over {days} days", "days", written_count(&sample->reader, 90, from));
    for (size_t i = 0; i < 5; i++)
        sheet->ages[i].figure = amount(sample, parts[i]);
    sheet->ages[5] =
        (struct sheet_pair){word(sample, "Not yet matched"), amount(sample, -140000), false};
    sheet->ages[6] = (struct sheet_pair){word(sample, "Owed"), amount(sample, minor), true};
    sheet->age_count = 7;
}

static void put_pay(struct sample_sheet *sample)
{
    struct sheet *sheet = &sample->sheet;
    sheet->pay_title = word(sample, "How to pay");
    sheet->codes[0].payload = "00020101021138540010A00000072701240006970407011003865776720208QRIBFT"
                              "TA5303704540710000005802VN62160812henry an cut6304A322";
    sheet->code_count = 1;
    add(&sheet->pay_lines, shops[sample->language].bank);
    sheet->pay_reference = say(sample, "Reference: {text}", "text", "HZ03 98KP");
}

static void put_signs(struct sample_sheet *sample, const char *first, const char *second)
{
    struct sheet *sheet = &sample->sheet;
    sheet->signs[0] = (struct sheet_sign){.label = first};
    sheet->signs[1] = (struct sheet_sign){.label = second, .seal_here = true};
    sheet->sign_count = 2;
}

static void put_answer(struct sample_sheet *sample)
{
    struct sheet *sheet = &sample->sheet;
    char line[WRITTEN_MAX];
    sheet->answer_title = word(sample, "Your answer");
    (void)snprintf(line, sizeof line, "☐ %s", word(sample, "The balance above is right."));
    add(&sheet->answer_lines, kept(sample, line));
    (void)snprintf(line, sizeof line, "☐ %s ____", word(sample, "It differs; by our books it is"));
    add(&sheet->answer_lines, kept(sample, line));
    (void)snprintf(line, sizeof line, "%s ____", word(sample, "because"));
    add(&sheet->answer_lines, kept(sample, line));
    put_signs(sample, word(sample, "For the customer: signature, name, date"),
              say(sample, "For {company}: signature, name, date", "company", sheet->shop));
    if (sample->language == LANGUAGE_CHINESE) {
        sheet->seal_word = word(sample, "seal::Seal");
        for (size_t i = 0; i < 2; i++) {
            sheet->signs[i].fields[0] = word(sample, "sign::Handled by");
            sheet->signs[i].fields[1] = word(sample, "sign::Date");
        }
        sheet->signs[0].label = word(sample, "sign::The customer (seal)");
        sheet->signs[1].label = word(sample, "sign::We (seal)");
    }
}

/* ---- papers ---- */

const char *sample_word(enum sample kind)
{
    static const char *const words[SAMPLES] = {"statement", "invoice", "receipt", "credit",
                                               "confirmation"};
    return words[kind];
}

static void put_kind(struct sample_sheet *sample)
{
    struct sheet *sheet = &sample->sheet;
    int64_t scale = shops[sample->language].scale;
    int64_t owed_minor = owed(sample, 11);
    switch (sample->kind) {
    case SAMPLE_STATEMENT:
        sheet->title = word(sample, "STATEMENT");
        add(&sheet->title_lines, say(sample, "from {from}", "from", day(sample, 20720)));
        put_movements(sample);
        put_ages(sample, owed_minor);
        put_box(sample, "You owe", owed_minor);
        put_pay(sample);
        sheet->foot = word(sample, "This is no tax invoice.");
        break;
    case SAMPLE_INVOICE:
        sheet->title = word(sample, "INVOICE");
        add(&sheet->title_lines, number(sample, "TD-03187"));
        add(&sheet->title_lines, say(sample, "Pay by {date}", "date", day(sample, 20810)));
        put_goods(sample);
        total(sample, word(sample, "Net"), 11240000 * scale, false);
        total(sample, word(sample, "Total"), 12364000 * scale, true);
        total(sample, word(sample, "of a bill::Paid"), -4000000 * scale, false);
        total(sample, word(sample, "Left to pay"), 8364000 * scale, true);
        put_box(sample, "Total", 12364000 * scale);
        put_pay(sample);
        put_signs(sample, word(sample, "Goods taken by"), word(sample, "Goods given by"));
        break;
    case SAMPLE_RECEIPT:
        sheet->title = word(sample, "RECEIPT");
        sheet->mark = word(sample, "COPY");
        add(&sheet->title_lines, number(sample, "R-TD-5530"));
        put_matches(sample);
        put_box(sample, "money::Received", 5000000 * scale);
        total(sample, word(sample, "Not yet matched"), 1442000 * scale, false);
        total(sample, word(sample, "Total"), 5000000 * scale, true);
        put_signs(sample, word(sample, "sign::Paid by"), word(sample, "Received by"));
        break;
    case SAMPLE_CREDIT:
        sheet->title = word(sample, "CREDIT NOTE");
        add(&sheet->title_lines, number(sample, "CN-0107"));
        add(&sheet->title_lines, say(sample, "for {number}", "number", number(sample, "TD-02940")));
        sample->rows = 1;
        put_goods(sample);
        total(sample, word(sample, "Total"), 370000 * scale, true);
        put_box(sample, "Credited to you", 370000 * scale);
        add(&sheet->notes, say(sample, "Reason: {text}", "text", shops[sample->language].goods[3]));
        put_signs(sample, word(sample, "Goods taken by"), word(sample, "Goods given by"));
        break;
    case SAMPLE_CONFIRMATION:
    case SAMPLES:
        sheet->title = word(sample, "CONFIRMATION OF BALANCE");
        add(&sheet->title_lines, day(sample, 20780));
        put_movements(sample);
        put_ages(sample, owed_minor);
        put_box(sample, "You owe", owed_minor);
        put_pay(sample);
        put_answer(sample);
        sheet->across = word(sample, "PRACTICE");
        sheet->foot = word(sample, "This is no tax invoice.");
        break;
    }
}

void sample_make(struct sample_sheet *sample, enum language language, enum sample kind, size_t rows)
{
    static struct currency currencies[LANGUAGES];
    memset(sample, 0, sizeof *sample);
    currencies[language] = *currency_find(shops[language].currency);
    sample->language = language;
    sample->kind = kind;
    sample->rows = rows;
    sample->reader = (struct reader){.language = language, .currency = &currencies[language]};
    struct sheet *sheet = &sample->sheet;
    sheet->language = language_code(language);
    sheet->right_to_left = language == LANGUAGE_PERSIAN;
    sheet->shop = shops[language].shop;
    add(&sheet->shop_lines, shops[language].address);
    add(&sheet->shop_lines, fact(sample, "Phone", shops[language].phone));
    sheet->party_label = word(sample, kind == SAMPLE_RECEIPT ? "Received from" : "paper::To");
    sheet->party = shops[language].customer;
    add(&sheet->party_lines, shops[language].site);
    add(&sheet->party_lines, fact(sample, "Tax number", "0309 876 543"));
    sheet->page_words = words_in(language, "Page {page} of {pages}");
    sheet->made_ms = INT64_C(1795426867000);
    put_kind(sample);
}
