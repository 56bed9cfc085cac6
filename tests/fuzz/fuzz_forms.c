/*
 * Any bytes as a file that is no text: the readers of workbooks and of UTF-16. What one of them
 * makes is whole UTF-8 or refused in words. The first byte chooses the reader. Of a workbook the
 * bytes are also put into a whole one, as its sheet, its styles and its shared texts, for chance
 * finds no zip.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#include "base/fault.h"
#include "import/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef bool (*make_fn)(struct format_job *job, struct failure *failure);

static int file_of(const void *bytes, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    need(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    return fd;
}

static void make(make_fn make, int from)
{
    struct failure failure = {FAULT_NONE, 0, ""};
    struct format_job job = {.from = from, .to = file_of("", 0)};
    bool good = make(&job, &failure);
    need(good || failure.text[0] != '\0');
    (void)close(job.to);
    (void)close(from);
}

static void put(zip_t *zip, const char *name, const void *bytes, size_t size)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, size, 0);
    need(source != NULL && zip_file_add(zip, name, source, 0) >= 0);
}

/* A workbook whose one part is `bytes`. */
static int book_with(const char *part, const uint8_t *bytes, size_t size)
{
    static const char *const names[] = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                        "xl/styles.xml", "xl/sharedStrings.xml", "xl/s.xml"};
    static const char *const texts[] = {
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"1\"/></sheets></workbook>",
        "<Relationships><Relationship Id=\"1\" Target=\"s.xml\"/></Relationships>",
        "<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        "<sst><si><t>a</t></si></sst>",
        "<worksheet><sheetData><row r=\"1\"><c t=\"s\"><v>0</v></c></row></sheetData></worksheet>"};
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *kept = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = kept != NULL ? zip_open_from_source(kept, ZIP_TRUNCATE, &error) : NULL;
    need(zip != NULL);
    zip_source_keep(kept);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], part) == 0)
            put(zip, names[i], bytes, size);
        else
            put(zip, names[i], texts[i], strlen(texts[i]));
    need(zip_close(zip) == 0 && zip_source_open(kept) == 0);
    uint8_t *whole = malloc(1 << 20);
    zip_int64_t got = whole != NULL ? zip_source_read(kept, whole, 1 << 20) : -1;
    need(got > 0);
    int fd = file_of(whole, (size_t)got);
    free(whole);
    zip_source_free(kept);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const parts[] = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                        "xl/styles.xml", "xl/sharedStrings.xml", "xl/s.xml"};
    if (size == 0 || size > 64 * 1024)
        return 0;
    uint8_t which = data[0] % 7;
    data++;
    size--;
    if (which == 0)
        make(xlsx_make, file_of(data, size));
    else if (which == 1)
        make(utf16_make, file_of(data, size));
    else
        make(xlsx_make, book_with(parts[which - 2], data, size));
    return 0;
}
