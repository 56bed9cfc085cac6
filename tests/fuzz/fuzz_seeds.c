/*
 * Writes a seed corpus: random good messages of every root, as bytes, as frames and as JSON.
 *
 *   fuzz_seeds DIR      DIR/fuzz_frame, DIR/fuzz_message, DIR/fuzz_json, and files for imports in
 *                       DIR/fuzz_forms, DIR/fuzz_rows and DIR/fuzz_holidays; for the relay
 *                       DIR/fuzz_ws and DIR/fuzz_relay
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "fuzz/roots.h"
#include "wire/frame.h"
#include "wire/random_message.h"

enum { SEEDS_EACH = 25 };

static void folder(const char *path)
{
    need(mkdir(path, 0777) == 0 || errno == EEXIST);
}

static void write_seed(const char *where, const char *fuzzer, unsigned number, uint8_t first,
                       struct slice bytes)
{
    char path[500];
    snprintf(path, sizeof(path), "%s/%s", where, fuzzer);
    folder(path);
    snprintf(path, sizeof(path), "%s/%s/seed-%03u", where, fuzzer, number);
    FILE *file = fopen(path, "wb");
    need(file != NULL);
    fputc(first, file);
    fwrite(bytes.data, 1, bytes.size, file);
    need(fclose(file) == 0);
}

static void write_seeds(const char *where, unsigned number, struct prng *prng)
{
    struct arena arena;
    struct buffer out;
    uint8_t root = (uint8_t)(number % FUZZ_ROOTS);
    arena_init(&arena, 1 << 22);
    buffer_init(&out, 1 << 22);
    ProtobufCMessage *message = random_message(fuzz_roots[root], prng, &arena);
    struct slice packed = message_pack(message, &arena);
    write_seed(where, "fuzz_message", number, root, packed);
    need(message_to_json(message, &out));
    write_seed(where, "fuzz_json", number, root, buffer_slice(&out));
    buffer_clear(&out);
    for (int i = 0; i < 3; i++)
        frame_put(&out, packed);
    write_seed(where, "fuzz_frame", number, (uint8_t)number, buffer_slice(&out));
    buffer_fini(&out);
    arena_fini(&arena);
}

/* Requests as browsers send them, and one of each trick. */
static void write_heads(const char *where)
{
    static const char *const heads[] = {
        "GET / HTTP/1.1\r\nHost: shop.example\r\nAccept-Encoding: gzip, br\r\n\r\n",
        "HEAD /app.js?v=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Origin: https://shop.example\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Protocol: tefter.v1\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\nHost : b\r\nTransfer-Encoding:\r\n chunked\r\n\r\n"};
    for (unsigned i = 0; i < sizeof heads / sizeof heads[0]; i++)
        write_seed(where, "fuzz_head", i, (uint8_t)(60 * i), slice_text(heads[i]));
}

/* What a relay writes, behind its first byte: over IPv4, over IPv6, of its own. */
static void write_relay_heads(const char *where)
{
    static const char rest[] = "\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a\x21\x11\x00\x0c"
                               "\xc0\x00\x02\x07\x7f\x00\x00\x01\x9c\x40\x01\xbb";
    char head[15 + 36] = {0};
    memcpy(head, rest, 15);
    write_seed(where, "fuzz_proxy", 0, 0x0d, slice_of(rest, sizeof rest - 1));
    head[12] = 0x21;
    head[14] = 36;
    write_seed(where, "fuzz_proxy", 1, 0x0d, slice_of(head, sizeof head));
    head[11] = 0x20;
    head[14] = 0;
    write_seed(where, "fuzz_proxy", 2, 0x0d, slice_of(head, 15));
}

/* Frames of a browser: one, several of one message with a ping between, a long one, a close. */
static void write_frames(const char *where)
{
    static const char one[] = "\x04\x82\x84\x01\x02\x03\x04"
                              "abcd";
    static const char parts[] = "\x01\x02\x81\0\0\0\0"
                                "a\x89\x80\x01\x02\x03\x04"
                                "\x80\x82\x09\x09\x09\x09"
                                "bc\x82\x80\0\0\0\0";
    static const char end[] = "\x03\x88\x82\x05\x06\x07\x08\x06\xee";
    char large[3 + 8 + 300] = "\x10\x82\xfe\x01\x2c\x01\x01\x01\x01";
    write_seed(where, "fuzz_ws", 0, 0, slice_of(one, sizeof one - 1));
    write_seed(where, "fuzz_ws", 1, 1, slice_of(parts, sizeof parts - 1));
    write_seed(where, "fuzz_ws", 2, 7, slice_of(end, sizeof end - 1));
    write_seed(where, "fuzz_ws", 3, 50, slice_of(large, sizeof large));
}

/* Scripts for fuzz_relay: pairs of an event and its number; see act() there. */
static void write_scripts(const char *where)
{
    static const char session[] = "\0\x02\0\x06\0\x04\x20\x82\x07\x08\x30\x41\x09\0\x0a\0"
                                  "\x01\x0b\x82\x85\x01\x02\x03\x04"
                                  "hello\x0c\x50\x0b\x01";
    static const char two[] = "\x01\x10\x02\x02\0\x13\0\x09\0\x09\0\x06\0\x08\xff\x01"
                              "\x08\xff\x02\x09\0\x08\xff\x03\x05\xff\x82\x0f\0\x1f\0";
    static const char late[] = "\0\x0e\0\x0c\xff\x0c\xff\x0f\0\0\x03\x0d\x01\x02\0\x0f\0";
    write_seed(where, "fuzz_relay", 0, 0, slice_of(session, sizeof session - 1));
    write_seed(where, "fuzz_relay", 1, 0, slice_of(two, sizeof two - 1));
    write_seed(where, "fuzz_relay", 2, 0, slice_of(late, sizeof late - 1));
}

/* Files as people import them: the fuzzers make others of them. */
static void write_files(const char *where)
{
    static const char workbook[] =
        "PK\x03\x04xl/workbook.xml<sheets><sheet name=\"a\" r:id=\"r1\"/>";
    static const char wide[] = "\xFF\xFEn\0o\0,\0d\0a\0t\0e\0\n\0";
    static const char *const texts[] = {
        "number,customer,date,amount\n1,A,2011-01-02,5.00\n1,A,2011-01-02,\"5,00\"\n",
        "sep=;\nRechnung;Kunde;Datum;Betrag\n7;A;28. Jan. 2021;-1.234,50 \xE2\x82\xAC\n",
        "no|cust no|date|qty|price|type\r1|\"a\"\"b\"|Jan 28, 2021|2|(1.50)|credit note\r"};
    static const char *const parts[] = {
        "<workbook xmlns:r=\"r\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"a\" "
        "r:id=\"1\"/></sheets></workbook>",
        "<Relationships><Relationship Id=\"1\" Target=\"s.xml\"/></Relationships>",
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-4]dd/mm\"/></numFmts>"
        "<cellXfs><xf numFmtId=\"164\"/></cellXfs></styleSheet>",
        "<sst><si><t>a</t><rPh><t>b</t></rPh></si></sst>",
        "<worksheet><sheetData><row r=\"2\"><c r=\"B2\" s=\"0\"><v>44224.5</v></c><c r=\"C2\" "
        "t=\"inlineStr\"><is><t>x</t></is></c></row></sheetData></worksheet>"};
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++)
        write_seed(where, "fuzz_forms", 2 + i, (uint8_t)(2 + i), slice_text(parts[i]));
    write_seed(where, "fuzz_forms", 0, 0, slice_of(workbook, sizeof workbook - 1));
    write_seed(where, "fuzz_forms", 1, 1, slice_of(wide, sizeof wide - 1));
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
        write_seed(where, "fuzz_rows", i, (uint8_t)i, slice_text(texts[i]));
}

/* What banks write, for the fuzzers to make others of. */
static void write_bank_files(const char *where)
{
    static const char *const camt[] = {
        "<Acct><Id><IBAN>GR16</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd>"
        "</CdOrPrtry></Tp><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20"
        "</Dt></Dt></Bal><Ntry><Amt Ccy=\"EUR\">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK"
        "</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls><Amt Ccy=\"EUR\">1.00</Amt>"
        "<Refs><EndToEndId>E</EndToEndId></Refs></TxDtls><TxDtls><Amt Ccy=\"EUR\">2.00</Amt>"
        "</TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"};
    static const char *const mt940[] = {
        ":25:GR16\r\n:28C:1/1\r\n:60F:C261120EUR1,00\r\n:61:2611201120RC12,50NTRFX//B-1\r\n"
        ":86:166?00A?20EREF+X?21SVWZ+b?31DE1?32KARL\r\n:62F:C261120EUR13,50\r\n-\r\n",
        ":61:261120D1,NTRFX\n:86:/EREF/X/BENM//NAME/J/REMI/b/RTRN/AC01\n:86:more\n:NS:01a\n15b\n"};
    static const char *const ofx[] = {
        "<STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>"
        "DEBIT<DTPOSTED>20261120<TRNAMT>-6.60<FITID>1<NAME>a&amp;b<MEMO><![CDATA[c]]></STMTTRN>"
        "</BANKTRANLIST><LEDGERBAL><BALAMT>5<DTASOF>20261120</LEDGERBAL></STMTRS></OFX>"};
    static const char *const table[] = {
        "2026-11-20,a,1.00,2.00\n2026-11-21,\"b, c\",-1.00,1.00\nTotal,,0.00,\n",
        "20/11/2026;a;1.234,50 EUR;5\nClosing balance;;;7\n"};
    write_seed(where, "fuzz_bank_camt", 0, ' ', slice_text(camt[0]));
    for (unsigned i = 0; i < 2; i++)
        write_seed(where, "fuzz_bank_mt940", i, i == 0 ? '\n' : ' ', slice_text(mt940[i]));
    write_seed(where, "fuzz_bank_ofx", 0, ' ', slice_text(ofx[0]));
    for (unsigned i = 0; i < 2; i++)
        write_seed(where, "fuzz_bank_table", i, '\n', slice_text(table[i]));
}

/* Holidays as people have them. */
static void write_holidays(const char *where)
{
    static const char list[] = "# closed\n2026-12-25 Christmas\n1405/01/01, \xD9\x86\xD9\x88\n"
                               "2026.5.1\n";
    static const char yearly[] = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
                                 "DTSTART;VALUE=DATE:20251231\r\nDTEND;VALUE=DATE:20260102\r\n"
                                 "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=9\r\nEXDATE:20271231\r\n"
                                 "SUMMARY:a\\,\r\n  b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    static const char weekday[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20241128\n"
                                  "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=-1TH;UNTIL=20301231T000000Z\n"
                                  "BEGIN:VALARM\nEND:VALARM\nDURATION:P1W\nEND:VEVENT\n";
    write_seed(where, "fuzz_holidays", 0, 0, slice_text(list));
    write_seed(where, "fuzz_holidays", 1, 1, slice_text(yearly));
    write_seed(where, "fuzz_holidays", 2, 0, slice_text(weekday));
}

int main(int count, char **words)
{
    struct prng prng = {11};
    if (count != 2) {
        fprintf(stderr, "usage: fuzz_seeds DIR\n");
        return 2;
    }
    folder(words[1]);
    for (unsigned i = 0; i < SEEDS_EACH * FUZZ_ROOTS; i++)
        write_seeds(words[1], i, &prng);
    write_heads(words[1]);
    write_relay_heads(words[1]);
    write_frames(words[1]);
    write_scripts(words[1]);
    write_files(words[1]);
    write_bank_files(words[1]);
    write_holidays(words[1]);
    return 0;
}
