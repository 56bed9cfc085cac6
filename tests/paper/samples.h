#pragma once
/* Papers of five shops, in five languages, to be drawn and looked at. */
#include "documents/writing.h"
#include "paper/sheet.h"

enum sample {
    SAMPLE_STATEMENT,
    SAMPLE_INVOICE,
    SAMPLE_RECEIPT,
    SAMPLE_CREDIT,
    SAMPLE_CONFIRMATION,
    SAMPLES
};
enum { SAMPLE_SHOPS = LANGUAGES, SAMPLE_TEXTS = 512 };

struct sample_sheet {
    struct sheet sheet;
    struct reader reader;
    enum language language;
    enum sample kind;
    size_t rows;
    struct sheet_row sums;
    char cells[SHEET_COLUMNS_MAX][WRITTEN_MAX];
    char kept[SAMPLE_TEXTS][WRITTEN_MAX];
    size_t kept_count;
};

const char *sample_word(enum sample kind); /* "statement" */
/* rows 0: as many as a small shop has. */
void sample_make(struct sample_sheet *sample, enum language language, enum sample kind,
                 size_t rows);
