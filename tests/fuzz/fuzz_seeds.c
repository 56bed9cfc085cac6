/*
 * Writes a seed corpus: random good messages of every root, as bytes, as frames and as JSON.
 *
 *   fuzz_seeds DIR      DIR/fuzz_frame, DIR/fuzz_message, DIR/fuzz_json, and files for imports in
 *                       DIR/fuzz_forms and DIR/fuzz_rows
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
    write_files(words[1]);
    return 0;
}
