/*
 * Files of banks: what is read of good ones, and what is said of damaged and hostile ones. Each is
 * read whole and byte by byte, and comes to the same.
 */
#include "kit.h"

static struct reading read_text(const char *text)
{
    return read_with(slice_text(text), &none);
}

static void done(struct reading *reading)
{
    bank_reader_destroy(reading->reader);
}

static const struct bank_finding *finding(const struct bank_file *file, enum bank_finding_kind kind)
{
    for (size_t i = 0; i < file->finding_count; i++)
        if (file->findings[i].kind == kind)
            return &file->findings[i];
    return NULL;
}

static size_t entries(const struct bank_file *file)
{
    size_t count = 0;
    for (size_t i = 0; i < file->count; i++)
        count += file->statements[i].count;
    return count;
}

static uint32_t day(const char *text)
{
    uint32_t date;
    assert_true(date_read(text, strlen(text), &date));
    return date;
}

/* ---- camt ---- */

#define CAMT_BEGIN                                                                                 \
    "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">" \
    "<BkToCstmrStmt><Stmt><Id>S-1</Id><ElctrncSeqNb>17</ElctrncSeqNb><Acct><Id><IBAN>GR16 0110 "   \
    "1250</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
#define CAMT_BALANCE(type, amount, side)                                                           \
    "<Bal><Tp><CdOrPrtry><Cd>" type "</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">" amount               \
    "</Amt><CdtDbtInd>" side "</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>\n"
#define CAMT_END "</Stmt></BkToCstmrStmt></Document>"
#define NTRY(amount, side, rest)                                                                   \
    "<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>" side                                      \
    "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>" rest "</Ntry>\n"

static const char camt_good[] =
    CAMT_BEGIN CAMT_BALANCE("OPBD", "100.00", "CRDT") CAMT_BALANCE("CLBD", "88.50", "CRDT")
        NTRY("12.50", "CRDT",
             "<ValDt><Dt>2026-11-21</Dt></ValDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls>"
             "<Refs><EndToEndId>E2E-1</EndToEndId><InstrId>I-1</InstrId><MndtId>M-1</MndtId>"
             "<ChqNb>000123</ChqNb></Refs><RltdPties><Dbtr><Pty><Nm>Fenwick &amp; Sons</Nm></Pty>"
             "</Dbtr><DbtrAcct><Id><IBAN>GR99</IBAN></Id></DbtrAcct></RltdPties><RmtInf>"
             "<Ustrd>bill 7</Ustrd><Ustrd>and 8</Ustrd><Strd><CdtrRefInf><Ref>RF451234512345</Ref>"
             "</CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>")
            NTRY("24.00", "DBIT",
                 "<RvslInd>true</RvslInd><AcctSvcrRef>B-2</AcctSvcrRef><NtryDtls><TxDtls>"
                 "<RltdPties><Dbtr><Nm>Karl</Nm></Dbtr></RltdPties><RtrInf><Rsn><Cd>AC06</Cd></Rsn>"
                 "</RtrInf></TxDtls></NtryDtls>") CAMT_END;

static void test_camt_is_read(void **state)
{
    (void)state;
    struct reading reading = read_text(camt_good);
    const struct bank_statement *statement = &reading.file->statements[0];
    const struct bank_entry *first = &statement->entries[0];
    const struct bank_entry *second = &statement->entries[1];
    assert_int_equal(reading.file->form, BANK_CAMT);
    assert_string_equal(reading.file->version, "camt.053.001.08");
    assert_int_equal(reading.file->count, 1);
    assert_int_equal(reading.file->finding_count, 0);
    assert_string_equal(statement->account, "GR1601101250");
    assert_string_equal(statement->number, "17");
    assert_string_equal(statement->money.code, "EUR");
    assert_int_equal(statement->opening.minor, 10000);
    assert_int_equal(statement->closing.minor, 8850);
    assert_true(statement->checked && statement->complete);
    assert_int_equal(statement->off_minor, 0);
    assert_int_equal(statement->credits_minor, 1250);
    assert_int_equal(statement->debits_minor, -2400);
    assert_int_equal(statement->count, 2);
    assert_int_equal(first->minor, 1250);
    assert_int_equal(first->booked, day("2026-11-20"));
    assert_int_equal(first->value, day("2026-11-21"));
    assert_string_equal(first->reference, "B-1");
    assert_string_equal(first->end_to_end, "E2E-1");
    assert_string_equal(first->instruction, "I-1");
    assert_string_equal(first->mandate, "M-1");
    assert_string_equal(first->cheque, "000123");
    assert_string_equal(first->creditor_reference, "RF451234512345");
    assert_string_equal(first->text, "bill 7 and 8");
    assert_string_equal(first->name, "Fenwick & Sons");
    assert_string_equal(first->account, "GR99");
    assert_int_equal(second->minor, -2400);
    assert_true(second->reversal && second->returned);
    assert_string_equal(second->reason, "AC06");
    assert_string_equal(second->name, "Karl");
    done(&reading);
}

#define PART(amount) "<TxDtls><Amt Ccy=\"EUR\">" amount "</Amt></TxDtls>"

static void test_a_batch_is_split_when_it_adds_up(void **state)
{
    (void)state;
    struct reading reading = read_text(CAMT_BEGIN NTRY(
        "30.00", "CRDT", "<NtryDtls>" PART("10.00") PART("20.00") "</NtryDtls>") CAMT_END);
    const struct bank_statement *statement = &reading.file->statements[0];
    assert_int_equal(statement->count, 2);
    assert_int_equal(statement->numbered, 1);
    assert_int_equal(statement->entries[0].minor, 1000);
    assert_int_equal(statement->entries[1].minor, 2000);
    assert_int_equal(statement->entries[1].part, 2);
    assert_int_equal(statement->entries[1].parts, 2);
    assert_null(finding(reading.file, BANK_BATCH_KEPT));
    done(&reading);
    reading = read_text(CAMT_BEGIN NTRY(
        "30.00", "CRDT", "<NtryDtls>" PART("10.00") PART("19.99") "</NtryDtls>") CAMT_END);
    assert_int_equal(reading.file->statements[0].count, 1);
    assert_int_equal(reading.file->statements[0].entries[0].minor, 3000);
    assert_int_equal(finding(reading.file, BANK_BATCH_KEPT)->minor, 2999);
    done(&reading);
}

/* One odd entry among good ones: what is said of it, and whether it is there. */
static void test_odd_entries_of_camt(void **state)
{
    static const struct {
        const char *entry;
        enum bank_finding_kind kind;
        bool there;
        int64_t minor;
    } cases[] = {
        {NTRY("-5.00", "CRDT", ""), BANK_AMOUNT_NEGATIVE, false, 0},
        {NTRY("5.005", "CRDT", ""), BANK_AMOUNT_WRONG, false, 0},
        {NTRY("1e3", "CRDT", ""), BANK_AMOUNT_WRONG, false, 0},
        {NTRY("0x10", "CRDT", ""), BANK_AMOUNT_WRONG, false, 0},
        {NTRY("99999999999999999999", "CRDT", ""), BANK_AMOUNT_WRONG, false, 0},
        {NTRY("90000000000.01", "CRDT", ""), BANK_AMOUNT_WRONG, false, 0},
        {NTRY("", "CRDT", ""), BANK_AMOUNT_MISSING, false, 0},
        {NTRY("5.00", "", ""), BANK_SIDE_MISSING, false, 0},
        {NTRY("5.00", "BOTH", ""), BANK_SIDE_MISSING, false, 0},
        {"<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>", BANK_DAY_MISSING,
         false, 0},
        {"<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-02-30</Dt>"
         "</BookgDt></Ntry>",
         BANK_DAY_WRONG, false, 0},
        {"<Ntry><Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>20261</Dt>"
         "</BookgDt></Ntry>",
         BANK_DAY_WRONG, false, 0},
        {NTRY("5.00", "CRDT", "<ValDt><Dt>2026-13-01</Dt></ValDt>"), BANK_DAY_WRONG, false, 0},
        {NTRY("5.00", "CRDT", "<ValDt><Dt>2026-02-30</Dt></ValDt>"), BANK_VALUE_MOVED, true, 500},
        {"<Ntry><Amt Ccy=\"USD\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt>"
         "</BookgDt></Ntry>",
         BANK_OTHER_CURRENCY, true, 0},
        {NTRY("5.00", "CRDT", "<Sts>PDNG</Sts>"), BANK_PENDING, true, 0},
        {NTRY("5.00", "CRDT", "<AddtlNtryInf>x\xE2\x80\xAEy</AddtlNtryInf>"), BANK_TEXT_UNSEEN,
         true, 500},
        {NTRY("5.00", "CRDT", "<AddtlNtryInf>\xE2\x80\x8F\xD8\xB9\x7F</AddtlNtryInf>"),
         BANK_TEXT_UNSEEN, true, 500},
        {NTRY("5.0000", "CRDT", "<NtryDtls>" PART("4.00") "</NtryDtls>"), BANK_BATCH_KEPT, true,
         500},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[4000];
        (void)snprintf(text, sizeof text, "%s%s%s%s%s", CAMT_BEGIN, NTRY("1.00", "CRDT", ""),
                       cases[i].entry, NTRY("2.00", "DBIT", ""), CAMT_END);
        struct reading reading = read_text(text);
        const struct bank_finding *found = finding(reading.file, cases[i].kind);
        if (found == NULL)
            fail_msg("case %zu", i);
        const struct bank_statement *statement = &reading.file->statements[0];
        assert_int_equal(found->line, 4);
        assert_int_equal(statement->count, cases[i].there ? 3 : 2);
        assert_int_equal(statement->numbered, 3);
        assert_int_equal(statement->left_out, cases[i].there ? 0 : 1);
        assert_int_equal(statement->credits_minor, 100 + cases[i].minor);
        assert_int_equal(statement->debits_minor, -200);
        done(&reading);
    }
}

static void test_statements_are_checked(void **state)
{
    (void)state;
    struct reading reading = read_text(
        CAMT_BEGIN CAMT_BALANCE("OPBD", "1.00", "CRDT") CAMT_BALANCE("CLBD", "4.00", "DBIT")
            NTRY("2.00", "CRDT", "<AcctSvcrRef>A</AcctSvcrRef>")
                NTRY("2.00", "CRDT",
                     "<AcctSvcrRef>A</AcctSvcrRef>") "</Stmt><Stmt><Id>2</Id>"
                                                     "<Acct><Id><IBAN>GR1601101250</IBAN></Id></"
                                                     "Acct>" CAMT_BALANCE("PRCD", "5.00", "CRDT")
                                                         CAMT_BALANCE("CLBD", "5.00", "CRDT")
                                                             CAMT_END);
    assert_int_equal(reading.file->count, 2);
    assert_int_equal(finding(reading.file, BANK_UNBALANCED)->minor, -900);
    assert_int_equal(finding(reading.file, BANK_GAP)->minor, 900);
    assert_int_equal(finding(reading.file, BANK_DUPLICATE)->count, 5);
    assert_false(reading.file->statements[0].entries[0].duplicate);
    assert_true(reading.file->statements[0].entries[1].duplicate);
    assert_true(reading.file->grave);
    done(&reading);
}

static void test_another_account_is_told(void **state)
{
    (void)state;
    const struct bank_options own = {.account = "GR16 0110 1250"};
    const struct bank_options other = {.account = "GR17"};
    struct reading reading = read_with(slice_text(camt_good), &own);
    assert_null(finding(reading.file, BANK_OTHER_ACCOUNT));
    done(&reading);
    reading = read_with(slice_text(camt_good), &other);
    assert_non_null(finding(reading.file, BANK_OTHER_ACCOUNT));
    done(&reading);
}

static void test_entities_are_refused(void **state)
{
    (void)state;
    struct reading reading =
        read_text("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b "
                  "\"&a;&a;&a;&a;&a;&a;&a;&a;\">]><Document xmlns=\"urn:iso:std:iso:20022:tech:"
                  "xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>&b;</Id></Stmt></BkToCstmrStmt>"
                  "</Document>");
    assert_true(reading.file->refused);
    assert_int_equal(reading.file->findings[0].kind, BANK_DOCTYPE);
    assert_int_equal(reading.file->count, 0);
    done(&reading);
}

static void test_letters_of_xml(void **state)
{
    (void)state;
    struct reading reading = read_text(
        "<?xml version=\"1.0\" encoding=\"windows-1253\"?><Document xmlns=\"urn:iso:std:iso:20022:"
        "tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>\xE1\xE2</Id></Stmt></BkToCstmrStmt>"
        "</Document>");
    assert_string_equal(reading.file->statements[0].id, "αβ");
    done(&reading);
    reading = read_text(
        "<?xml version=\"1.0\" encoding=\"klingon\"?><Document xmlns=\"urn:iso:std:iso:20022:"
        "tech:xsd:camt.053.001.02\"><BkToCstmrStmt/></Document>");
    assert_non_null(finding(reading.file, BANK_DAMAGED));
    done(&reading);
    reading = read_text(":20:S\n:25:A\n:60F:C261120EUR5,00\n:61:261120C5,00NTRFX\n:86:Gr\xFC\xDF"
                        "e\n:86:aus K\xF6ln\n:62F:C261120EUR10,00\n");
    assert_string_equal(reading.file->statements[0].entries[0].text, "Grüße aus Köln");
    done(&reading);
    reading = read_text(
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">"
        "<BkToCstmrStmt><Stmt><Id>\xE9</Id></Stmt></BkToCstmrStmt></Document>");
    assert_non_null(finding(reading.file, BANK_DAMAGED));
    assert_false(reading.file->statements[0].complete);
    done(&reading);
}

/* UTF-16 with its mark, as one program of a bank writes it. */
/* Persian as people write it: marks of direction go in silence, joiners stay. */
static void test_texts_of_persian(void **state)
{
    (void)state;
    struct reading reading = read_text(CAMT_BEGIN NTRY(
        "5.00", "CRDT", "<AddtlNtryInf>\u200Fمی\u200Cخواهم  ۱۲\n۳\u200E</AddtlNtryInf>") CAMT_END);
    assert_string_equal(reading.file->statements[0].entries[0].text, "می\u200Cخواهم ۱۲ ۳");
    assert_null(finding(reading.file, BANK_TEXT_UNSEEN));
    done(&reading);
}

static void test_wide_xml(void **state)
{
    char wide[2 * sizeof camt_good + 2] = "\xFF\xFE";
    (void)state;
    for (size_t i = 0; i + 1 < sizeof camt_good; i++)
        wide[2 + 2 * i] = camt_good[i];
    struct reading reading = read_with(slice_of(wide, 2 * sizeof camt_good), &none);
    assert_int_equal(entries(reading.file), 2);
    assert_int_equal(reading.file->statements[0].off_minor, 0);
    done(&reading);
}

/* ---- MT940 ---- */

#define MT940(lines)                                                                               \
    ":20:S\r\n:25:GR16\r\n:28C:17/1\r\n:60F:C261120EUR100,00\r\n" lines                            \
    ":62F:C261120EUR100,00\r\n-\r\n"

static void test_lines_of_mt940(void **state)
{
    static const struct {
        const char *line;
        int64_t minor;
        const char *booked;
        const char *value;
        const char *code;
        const char *reference;
        bool reversal;
    } cases[] = {
        {"2611201120C12,5NTRFNONREF//B-1", 1250, "2026-11-20", "2026-11-20", "NTRF", "B-1", false},
        {"261120D12,NTRFX", -1200, "2026-11-20", "2026-11-20", "NTRF", "", false},
        {"2611201120RC12,00NTRFX", -1200, "2026-11-20", "2026-11-20", "NTRF", "", true},
        {"2611201120RDR12,00NTRFX", 1200, "2026-11-20", "2026-11-20", "NTRF", "", true},
        {"261120    DR000000012,00NMSC", -1200, "2026-11-20", "2026-11-20", "NMSC", "", false},
        {"2612310101C1,00NTRFX", 100, "2027-01-01", "2026-12-31", "NTRF", "", false},
        {"2601011231C1,00NTRFX", 100, "2025-12-31", "2026-01-01", "NTRF", "", false},
        {"991231C1,00NTRFX", 100, "1999-12-31", "1999-12-31", "NTRF", "", false},
        {"2611201120C50,00 NTRFNONREF//1", 5000, "2026-11-20", "2026-11-20", "NTRF", "1", false},
        {"2602300301D6,00N024NONREF", -600, "2026-03-01", "2026-02-28", "N024", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[400];
        (void)snprintf(text, sizeof text, MT940(":61:%s\r\n"), cases[i].line);
        struct reading reading = read_text(text);
        if (entries(reading.file) != 1)
            fail_msg("%s", cases[i].line);
        const struct bank_entry *entry = &reading.file->statements[0].entries[0];
        assert_int_equal(entry->minor, cases[i].minor);
        assert_int_equal(entry->booked, day(cases[i].booked));
        assert_int_equal(entry->value, day(cases[i].value));
        assert_string_equal(entry->code, cases[i].code);
        assert_string_equal(entry->reference, cases[i].reference);
        assert_int_equal(entry->reversal, cases[i].reversal);
        assert_int_equal(entry->line, 5);
        done(&reading);
    }
}

static void test_lines_that_are_none(void **state)
{
    static const struct {
        const char *line;
        enum bank_finding_kind kind;
    } cases[] = {
        {"", BANK_LINE_WRONG},
        {"26112", BANK_LINE_WRONG},
        {"2611201120X12,00NTRFX", BANK_LINE_WRONG},
        {"2611201120C", BANK_LINE_WRONG},
        {"2611201120C1,005NTRFX", BANK_AMOUNT_WRONG},
        {"2611201120C1,2,3NTRFX", BANK_AMOUNT_WRONG},
        {"2611201120C-1,00NTRFX", BANK_LINE_WRONG},
        {"2611201120C999999999999999,00NTRFX", BANK_AMOUNT_WRONG},
        {"261331C1,00NTRFX", BANK_DAY_WRONG},
        {"2611200230C1,00NTRFX", BANK_DAY_WRONG},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[400];
        (void)snprintf(text, sizeof text, MT940(":61:%s\r\n:86:x\r\n:61:261120C1,00NTRFX\r\n"),
                       cases[i].line);
        struct reading reading = read_text(text);
        const struct bank_finding *found = finding(reading.file, cases[i].kind);
        if (found == NULL)
            fail_msg("%s", cases[i].line);
        assert_int_equal(found->line, 5);
        assert_int_equal(entries(reading.file), 1);
        assert_int_equal(reading.file->statements[0].left_out, 1);
        assert_string_equal(reading.file->statements[0].entries[0].text, "");
        done(&reading);
    }
}

static void test_details_of_mt940(void **state)
{
    static const struct {
        const char *details;
        const char *text;
        const char *name;
        const char *account;
        const char *end_to_end;
        const char *mandate;
        const char *reason;
    } cases[] = {
        {"166?00GUTSCHRIFT?20EREF+X-1?21SVWZ+bill 7?30DRESDEFF?31DE14 50?32KARL?33 KAUFMANN",
         "bill 7", "KARL KAUFMANN", "DE1450", "X-1", "", ""},
        {"166?00GUTSCHRIFT?20EREF+NOTPROVIDED SVWZ+VERT\r\n?21RAG:1?34000", "VERTRAG:1", "", "", "",
         "", ""},
        {"109?00RETOURE?20EREF+A.1MR\r\nEF+2?2208?34914?32TESTER", "RETOURE", "TESTER", "", "A.1",
         "208", "914"},
        {"000>100987654321>20KOS>21TEN VAN", "KOSTEN VAN", "", "", "", "", ""},
        {"/EREF/01-01/BENM//NAME/CONTRA ACCOUN\r\nT HOLDER/REMI/bill 7/ISDT/2013-07-11", "bill 7",
         "CONTRA ACCOUNT HOLDER", "", "01-01", "", ""},
        {"/RTRN/MS03/EREF/E/MARF/M-9/CNTP/NL12/BICX/J. Doe/Delft/REMI/USTD//bill/", "bill",
         "J. Doe", "NL12", "E", "M-9", "MS03"},
        {"GIRO 428428\r\nKPN", "GIRO 428428 KPN", "", "", "", "", ""},
        {"805?00FEE?20a?602017-01-01T13\r\n:12:11", "a2017-01-01T13:12:11", "", "", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1000];
        (void)snprintf(text, sizeof text, MT940(":61:261120C1,00NTRFX\r\n:86:%s\r\n"),
                       cases[i].details);
        struct reading reading = read_text(text);
        const struct bank_entry *entry = &reading.file->statements[0].entries[0];
        assert_int_equal(entries(reading.file), 1);
        assert_string_equal(entry->text, cases[i].text);
        assert_string_equal(entry->name, cases[i].name);
        assert_string_equal(entry->account, cases[i].account);
        assert_string_equal(entry->end_to_end, cases[i].end_to_end);
        assert_string_equal(entry->mandate, cases[i].mandate);
        assert_string_equal(entry->reason, cases[i].reason);
        assert_int_equal(entry->returned, cases[i].reason[0] != '\0');
        done(&reading);
    }
}

static void test_mt940_around_its_entries(void **state)
{
    (void)state;
    struct reading reading =
        read_text("{1:F01X}{2:I940X}{4:\r:20:S\r:25:1291.99.348EUR\r:60M:D261120EUR5,\r"
                  ":61:261120C5,00NTRFX\r:86:Gr\xFC\xDF"
                  "e\r:62M:C261120EUR0,\r-}");
    const struct bank_statement *statement = &reading.file->statements[0];
    assert_string_equal(statement->account, "1291.99.348");
    assert_int_equal(statement->opening.kind, BANK_BALANCE_INTERIM);
    assert_int_equal(statement->opening.minor, -500);
    assert_int_equal(statement->off_minor, 0);
    assert_true(statement->complete);
    assert_string_equal(statement->entries[0].text, "Grüße");
    assert_string_equal(finding(reading.file, BANK_LETTERS)->text, "windows-1252");
    done(&reading);
    reading =
        read_text(":20:S\n:25:A\n:60F:C261120EUR5,00\n:99Z:what\n:25:B\n:61:261120C5,00NTRFX");
    assert_non_null(finding(reading.file, BANK_UNKNOWN_FIELD));
    assert_string_equal(finding(reading.file, BANK_ACCOUNT_CHANGES)->text, "B");
    assert_non_null(finding(reading.file, BANK_INCOMPLETE));
    assert_false(reading.file->statements[0].complete);
    assert_int_equal(entries(reading.file), 1);
    done(&reading);
    reading = read_text(":20:S\n:25:A\n:60F:C261120XQX5,00\n:62F:C261120USD5,00\n-\n");
    assert_string_equal(finding(reading.file, BANK_CURRENCY_UNKNOWN)->text, "XQX");
    assert_non_null(finding(reading.file, BANK_BALANCE_WRONG));
    done(&reading);
}

/* ---- OFX ---- */

#define OFX_BEGIN                                                                                  \
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nCHARSET:1252\r\n\r\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"  \
    "<CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>12 34</BANKACCTFROM><BANKTRANLIST>\n"
#define OFX_END                                                                                    \
    "</BANKTRANLIST><LEDGERBAL><BALAMT>5.00<DTASOF>20261120</LEDGERBAL></STMTRS></STMTTRNRS>"      \
    "</BANKMSGSRSV1></OFX>"
#define STMTTRN(rest) "<STMTTRN><TRNTYPE>DEBIT" rest "</STMTTRN>\n"
#define TRN(amount) STMTTRN("<DTPOSTED>20261120120000[-5:EST]<TRNAMT>" amount)

static void test_ofx_is_read(void **state)
{
    (void)state;
    struct reading reading = read_text(OFX_BEGIN STMTTRN(
        "<DTPOSTED>20261120<DTAVAIL>20261121<TRNAMT>-6.60<FITID>F-1<CHECKNUM>0012<NAME>Joe&amp;Co "
        "&#233;<MEMO><![CDATA[a <b> c]]><!-- <TRNAMT>9 --><BANKACCTTO><ACCTID>99</BANKACCTTO>")
                                           TRN("+1,50") OFX_END);
    const struct bank_statement *statement = &reading.file->statements[0];
    const struct bank_entry *entry = &statement->entries[0];
    assert_int_equal(statement->count, 2);
    assert_string_equal(statement->account, "1234");
    assert_string_equal(statement->money.code, "USD");
    assert_int_equal(statement->closing.minor, 500);
    assert_int_equal(statement->entries[1].minor, 150);
    assert_int_equal(entry->minor, -660);
    assert_int_equal(entry->booked, day("2026-11-20"));
    assert_int_equal(entry->value, day("2026-11-21"));
    assert_string_equal(entry->reference, "F-1");
    assert_string_equal(entry->cheque, "0012");
    assert_string_equal(entry->name, "Joe&Co é");
    assert_string_equal(entry->text, "a <b> c");
    assert_string_equal(entry->account, "99");
    assert_true(statement->complete);
    assert_false(reading.file->grave);
    done(&reading);
}

static void test_odd_entries_of_ofx(void **state)
{
    static const struct {
        const char *entry;
        enum bank_finding_kind kind;
        bool there;
    } cases[] = {
        {TRN("$120"), BANK_AMOUNT_WRONG, false},
        {TRN("1.005"), BANK_AMOUNT_WRONG, false},
        {STMTTRN("<DTPOSTED>20261120"), BANK_AMOUNT_MISSING, false},
        {STMTTRN("<TRNAMT>5.00"), BANK_DAY_MISSING, false},
        {STMTTRN("<DTPOSTED></DTPOSTED><TRNAMT>5.00"), BANK_DAY_MISSING, false},
        {STMTTRN("<DTPOSTED>20260230<TRNAMT>5.00"), BANK_DAY_WRONG, false},
        {STMTTRN("<DTPOSTED>201120000000<TRNAMT>5.00"), BANK_DAY_WRONG, false},
        {"<STMTTRN><DTPOSTED>20261120<TRNAMT>5.00\n", BANK_LINE_WRONG, false},
        {STMTTRN("<DTPOSTED>20261120<TRNAMT>5<CURRENCY><CURRATE>1<CURSYM>CAD</CURRENCY>"),
         BANK_OTHER_CURRENCY, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2000];
        (void)snprintf(text, sizeof text, "%s%s%s%s%s", OFX_BEGIN, TRN("1.00"), cases[i].entry,
                       TRN("2.00"), OFX_END);
        struct reading reading = read_text(text);
        const struct bank_finding *found = finding(reading.file, cases[i].kind);
        if (found == NULL)
            fail_msg("case %zu", i);
        assert_int_equal(found->line, 7);
        assert_int_equal(entries(reading.file), cases[i].there ? 3 : 2);
        assert_int_equal(reading.file->statements[0].credits_minor, 300);
        done(&reading);
    }
}

static void test_ofx_around_its_entries(void **state)
{
    (void)state;
    struct reading reading = read_text("<!DOCTYPE x><OFX></OFX>");
    assert_true(reading.file->refused);
    assert_int_equal(reading.file->findings[0].kind, BANK_DOCTYPE);
    done(&reading);
    reading = read_text("<OFX><STATUS><CODE>2000<SEVERITY>ERROR<MESSAGE>No access</STATUS></OFX>");
    assert_string_equal(finding(reading.file, BANK_SAYS)->text, "No access");
    done(&reading);
    reading = read_text(OFX_BEGIN TRN("1.00"));
    assert_non_null(finding(reading.file, BANK_CUT));
    assert_false(reading.file->statements[0].complete);
    assert_int_equal(entries(reading.file), 1);
    done(&reading);
    reading = read_text("<OFX></OFX>");
    assert_non_null(finding(reading.file, BANK_NO_STATEMENT));
    done(&reading);
}

/* ---- tables ---- */

static struct reading read_table(const char *text, const struct bank_options *options)
{
    struct reading reading = read_with(slice_text(text), options);
    assert_int_equal(reading.file->form, BANK_TABLE);
    return reading;
}

static void test_headings_of_five_languages(void **state)
{
    static const char *const tables[] = {
        "Date,Description,Amount,Balance\n2026-11-20,bill 7,12.50,112.50\n2026-11-21,rent,-2.50,"
        "110.00\n",
        "Ngày giao dịch;Nội dung;Ghi nợ;Ghi có;Số dư\n20/11/2026;bill 7;;12,50;112,50\n"
        "21/11/2026;rent;2,50;;110,00\n",
        "交易日期,摘要,借方发生额,贷方发生额,余额\n2026-11-20,bill 7,,12.50,112.50\n"
        "2026-11-21,rent,2.50,,110.00\n",
        "تاریخ,شرح,برداشت,واریز,مانده\n1405/08/29,bill 7,,12.50,112.50\n1405/08/30,rent,2.50,,"
        "110.00\n",
        "Ημερομηνία;Αιτιολογία;Ποσό;Χ/Π;Υπόλοιπο\n20/11/2026;bill 7;12,50;Π;112,50\n"
        "21/11/2026;rent;2,50;Χ;110,00\n",
        "Buchungstag;Verwendungszweck;Betrag;Saldo\n20.11.2026;bill 7;12,50;112,50\n"
        "21.11.2026;rent;-2,50;110,00\n",
        "Date,Description,Amount,Balance\n2026-11-21,rent,-2.50,110.00\n2026-11-20,bill 7,12.50,"
        "112.50\n",
    };
    const struct bank_options euro = {.currency = "EUR"};
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct reading reading = read_table(tables[i], &euro);
        if (entries(reading.file) != 2)
            fail_msg("table %zu: %s", i, dump(reading.file));
        const struct bank_statement *statement = &reading.file->statements[0];
        const struct bank_entry *bill = &statement->entries[i == 6];
        assert_string_equal(bill->text, "bill 7");
        assert_int_equal(bill->minor, 1250);
        assert_int_equal(bill->booked, day("2026-11-20"));
        assert_int_equal(bill->line, i == 6 ? 3 : 2);
        assert_int_equal(statement->debits_minor, -250);
        assert_int_equal(statement->opening.minor, 10000);
        assert_int_equal(statement->closing.minor, 11000);
        assert_true(statement->checked);
        assert_int_equal(statement->off_minor, 0);
        assert_null(finding(reading.file, BANK_BALANCE_RUNS));
        done(&reading);
    }
}

static void test_what_reads_two_ways_is_a_question(void **state)
{
    static const struct {
        const char *table;
        struct bank_options options;
        enum bank_finding_kind kind;
        size_t entries; /* 0: it is refused */
        int64_t minor;
    } cases[] = {
        {"Date,Amount\n03/04/2026,1.50\n", {0}, BANK_DATES_UNCLEAR, 0, 0},
        {"Date,Amount\n03/04/2026,1.50\n", {.dates = DATES_DMY}, BANK_NO_ACCOUNT, 1, 150},
        {"Date;Amount\n2026-04-03;1.500\n", {0}, BANK_NUMBERS_UNCLEAR, 0, 0},
        {"Date;Amount\n2026-04-03;1.500\n", {.decimal = ','}, BANK_NO_ACCOUNT, 1, 150000},
        {"Date;Amount\n2026-04-03;1.500\n", {.currency = "VND"}, BANK_NO_ACCOUNT, 1, 1500},
        {"Day,How much\n2026-04-03,1.50\n", {0}, BANK_COLUMN_WANTED, 0, 0},
        {"Day,How much\n2026-04-03,1.50\n",
         {.columns = "date=Day,amount=How much"},
         BANK_NO_ACCOUNT,
         1,
         150},
        {"2026-04-03,1.50\n2026-04-04,2.00\n",
         {.columns = "date=1,amount=2"},
         BANK_NO_ACCOUNT,
         2,
         350},
        {"Day,How much\n2026-04-03,1.50\n",
         {.columns = "date=Day,amount=Sum"},
         BANK_COLUMN_UNKNOWN,
         0,
         0},
        {"one line of text\n", {0}, BANK_NO_BANK_FILE, 0, 0},
        {"%PDF-1.7 ...", {0}, BANK_NO_BANK_FILE, 0, 0},
        {"\x1F\x8B\x08", {0}, BANK_NO_BANK_FILE, 0, 0},
        {"Date,Amount\n2026-04-03,abc\n2026-04-04,1.00\n", {0}, BANK_AMOUNT_WRONG, 1, 100},
        {"Date,Amount\n2026-02-30,5.00\n2026-04-04,1.00\n", {0}, BANK_DAY_WRONG, 1, 100},
        {"Date,Amount\n2026-04-03,\n2026-04-04,1.00\n", {0}, BANK_AMOUNT_MISSING, 1, 100},
        {"Date,Amount,D/C\n2026-04-03,5.00,?\n2026-04-04,1.00,C\n", {0}, BANK_SIDE_MISSING, 1, 100},
        {"Date,Amount,D/C\n2026-04-03,-5.00,C\n2026-04-04,1.00,C\n",
         {0},
         BANK_AMOUNT_NEGATIVE,
         1,
         100},
        {"Date,Amount,Balance\n2026-04-03,1.00,11.00\n2026-04-04,x,14.00\n",
         {0},
         BANK_UNBALANCED,
         1,
         100},
        {"Date,Debit,Credit\n2026-04-03,5.00,5.00\n2026-04-04,,1.00\n",
         {0},
         BANK_SIDE_MISSING,
         1,
         100},
        {"Date,Currency,Amount\n2026-04-03,EUR,1.00\n2026-04-04,USD,5.00\n",
         {0},
         BANK_OTHER_CURRENCY,
         2,
         100},
        {"Date,Amount,Balance\n2026-04-03,1.00,11.00\n2026-04-04,2.00,14.00\n2026-04-05,1.00,15."
         "00\n",
         {0},
         BANK_BALANCE_RUNS,
         3,
         400},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = read_table(cases[i].table, &cases[i].options);
        if (finding(reading.file, cases[i].kind) == NULL ||
            entries(reading.file) != cases[i].entries)
            fail_msg("case %zu: %s", i, dump(reading.file));
        assert_int_equal(reading.file->refused, cases[i].entries == 0);
        if (cases[i].entries > 0)
            assert_int_equal(reading.file->statements[0].credits_minor, cases[i].minor);
        done(&reading);
    }
}

/* ---- cut and damaged anywhere ---- */

static const char mt940_good[] =
    MT940(":61:2611201120C12,50NTRFX//B-1\r\n:86:166?00A?20EREF+X-1?21SVWZ+bill 7?32KARL\r\n"
          ":61:2611201120D12,50NTRFX//B-2\r\n:86:/EREF/X-2/REMI/rent\r\n");
static const char ofx_good[] = OFX_BEGIN TRN("1.00") TRN("2.00") OFX_END;
static const char table_good[] =
    "Date,Description,Amount\n2026-11-20,bill 7,12.50\n2026-11-21,\"rent, heating\",-2.50\n";

static const struct slice goods[] = {
    {(const uint8_t *)camt_good, sizeof camt_good - 1},
    {(const uint8_t *)mt940_good, sizeof mt940_good - 1},
    {(const uint8_t *)ofx_good, sizeof ofx_good - 1},
    {(const uint8_t *)table_good, sizeof table_good - 1},
};

/* However much of a camt or OFX file is there: its entries are whole ones, and no statement counts
 * as complete before its end. (A line of text does not show that it was cut.) */
static void test_a_cut_file_has_no_half_entries(void **state)
{
    static const size_t marked[] = {0, 2};
    (void)state;
    for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++) {
        struct slice good = goods[marked[i]];
        struct reading whole = read_pieces(good, good.size, &none);
        for (size_t size = 1; size < good.size; size++) {
            struct reading part = read_pieces(slice_of(good.data, size), size, &none);
            if (size + 60 < good.size && part.file->count > 0)
                assert_false(part.file->statements[0].complete);
            assert_true(part.file->grave || size + 60 >= good.size);
            for (size_t k = 0; k < entries(part.file); k++) {
                assert_int_equal(part.file->statements[0].entries[k].minor,
                                 whole.file->statements[0].entries[k].minor);
                assert_string_equal(part.file->statements[0].entries[k].text,
                                    whole.file->statements[0].entries[k].text);
            }
            done(&part);
        }
        done(&whole);
    }
}

static void test_any_damage_is_survived(void **state)
{
    static const uint8_t bytes[] = {'\0', '<', '>', '&', '\n', ':', '"', 0xFF, '-', '9'};
    uint8_t text[4000];
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
        for (size_t at = 0; at < goods[i].size; at++) {
            memcpy(text, goods[i].data, goods[i].size);
            text[at] = bytes[at % sizeof bytes];
            struct reading reading = read_pieces(slice_of(text, goods[i].size), 64, &none);
            free(dump(reading.file));
            done(&reading);
            reading = read_pieces(slice_of(text, at), 64, &none);
            free(dump(reading.file));
            done(&reading);
        }
    }
}

/* ---- bounds ---- */

/* `begin`, then `again` as often, in pieces. */
static struct reading read_many(const char *begin, const char *again, size_t times)
{
    struct failure failure = {FAULT_NONE, 0, ""};
    struct reading reading = {bank_reader_create(&none, &failure), NULL};
    assert_true(bank_reader_put(reading.reader, slice_text(begin), &failure));
    for (size_t i = 0; i < times; i++)
        assert_true(bank_reader_put(reading.reader, slice_text(again), &failure));
    reading.file = bank_reader_end(reading.reader, &failure);
    assert_non_null(reading.file);
    return reading;
}

static void test_bounds(void **state)
{
    static char mebibyte[(1 << 20) + 1];
    static const struct {
        const char *begin;
        const char *again;
        size_t times;
        const char *bound;
    } cases[] = {
        {":20:A\n:25:B\n", ":20:A\n", BANK_STATEMENTS_MAX + 1, "BANK_STATEMENTS_MAX"},
        {":20:A\n:25:B\n", ":61:261120C1,NTRFX\n", BANK_ENTRIES_MAX + 1, "BANK_ENTRIES_MAX"},
        {CAMT_BEGIN "<Ntry><NtryDtls>", "<TxDtls/>", BANK_PARTS_MAX + 1, "BANK_PARTS_MAX"},
        {CAMT_BEGIN, "<a>", BANK_DEPTH_MAX + 1, "BANK_DEPTH_MAX"},
        {"<OFX>", "<A><B>", BANK_DEPTH_MAX, "BANK_DEPTH_MAX"},
        {"<OFX><", "abcdefgh", BANK_ELEMENT_MAX / 8 + 1, "BANK_ELEMENT_MAX"},
        {"<OFX>", mebibyte, 257, "BANK_FILE_MAX"},
    };
    (void)state;
    memset(mebibyte, ' ', sizeof mebibyte - 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = read_many(cases[i].begin, cases[i].again, cases[i].times);
        if (!reading.file->refused || reading.file->findings[0].kind != BANK_TOO_LARGE)
            fail_msg("%s", cases[i].bound);
        assert_string_equal(reading.file->findings[0].text, cases[i].bound);
        assert_int_equal(reading.file->count, 0);
        done(&reading);
    }
}

static void test_long_texts_are_cut_and_told(void **state)
{
    (void)state;
    struct reading reading =
        read_many(CAMT_BEGIN "<Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt>"
                             "<Dt>2026-11-20</Dt></BookgDt><AddtlNtryInf>",
                  "αβγδε", 2000);
    done(&reading);
    char *text = malloc(30000);
    assert_non_null(text);
    (void)snprintf(text, 30000, "%s",
                   ":20:A\n:25:B\n:60F:C261120EUR0,\n:61:261120C1,00NTRFX\n:86:");
    for (int i = 0; i < 800; i++)
        (void)strncat(text, i % 50 == 49 ? "word\n" : "word ", 6);
    struct reading cut = read_with(slice_text(text), &none);
    assert_int_equal(entries(cut.file), 1);
    assert_true(strlen(cut.file->statements[0].entries[0].text) <= BANK_TEXT_MAX);
    assert_non_null(finding(cut.file, BANK_TEXT_CUT));
    done(&cut);
    free(text);
}

static void test_findings_are_bounded_and_counted(void **state)
{
    (void)state;
    struct reading reading =
        read_many(":20:A\n:25:B\n:60F:C261120EUR0,\n", ":61:x\n", BANK_FINDINGS_MAX + 10);
    assert_int_equal(reading.file->finding_count, BANK_FINDINGS_MAX);
    assert_true(reading.file->findings_more >= 10);
    assert_int_equal(reading.file->statements[0].left_out, BANK_FINDINGS_MAX + 10);
    done(&reading);
}

static void test_every_finding_is_a_sentence(void **state)
{
    (void)state;
    for (int kind = 0; kind < BANK_FINDINGS; kind++) {
        for (enum language language = 0; language < LANGUAGES; language++) {
            char said[BANK_SAID_MAX];
            const struct bank_finding some = {.kind = (enum bank_finding_kind)kind,
                                              .line = 7,
                                              .count = 3,
                                              .minor = -1250,
                                              .money = {"EUR", 2},
                                              .text = "Q%s"};
            (void)bank_finding_say(&some, language, said);
            assert_true(strlen(said) > 10);
            assert_null(strchr(said, '{'));
            const struct bank_finding bare = {
                .kind = (enum bank_finding_kind)kind, .line = 7, .money = {"", 2}, .text = ""};
            assert_true(strlen(bank_finding_say(&bare, language, said)) > 10);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_camt_is_read),
        cmocka_unit_test(test_a_batch_is_split_when_it_adds_up),
        cmocka_unit_test(test_odd_entries_of_camt),
        cmocka_unit_test(test_statements_are_checked),
        cmocka_unit_test(test_another_account_is_told),
        cmocka_unit_test(test_entities_are_refused),
        cmocka_unit_test(test_letters_of_xml),
        cmocka_unit_test(test_texts_of_persian),
        cmocka_unit_test(test_wide_xml),
        cmocka_unit_test(test_lines_of_mt940),
        cmocka_unit_test(test_lines_that_are_none),
        cmocka_unit_test(test_details_of_mt940),
        cmocka_unit_test(test_mt940_around_its_entries),
        cmocka_unit_test(test_ofx_is_read),
        cmocka_unit_test(test_odd_entries_of_ofx),
        cmocka_unit_test(test_ofx_around_its_entries),
        cmocka_unit_test(test_headings_of_five_languages),
        cmocka_unit_test(test_what_reads_two_ways_is_a_question),
        cmocka_unit_test(test_a_cut_file_has_no_half_entries),
        cmocka_unit_test(test_any_damage_is_survived),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_long_texts_are_cut_and_told),
        cmocka_unit_test(test_findings_are_bounded_and_counted),
        cmocka_unit_test(test_every_finding_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
