/*
 * Files that cannot be read as they come: tables, whose rows are read more than once, and ZIPs,
 * whose directory stands at their end. They are kept in a file without a name first.
 */
#include "bank/build.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

#include "import/source.h"

enum { PIECE_BYTES = 64 * 1024 };

struct spool {
    struct build *build;
    int file;
};

static void *spool_begin(struct build *build)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (spool == NULL)
        return NULL;
    spool->build = build;
    spool->file = source_nameless(NULL);
    if (spool->file < 0) {
        free(spool);
        return NULL;
    }
    return spool;
}

static void spool_put(void *reader, struct slice bytes)
{
    struct spool *spool = reader;
    while (bytes.size > 0 && !spool->build->failed) {
        ssize_t put = write(spool->file, bytes.data, bytes.size);
        if (put < 0 && errno == EINTR)
            continue;
        spool->build->failed = put <= 0;
        bytes =
            slice_of(bytes.data + (put > 0 ? put : 0), bytes.size - (size_t)(put > 0 ? put : 0));
    }
}

static void spool_destroy(void *reader)
{
    struct spool *spool = reader;
    (void)close(spool->file);
    free(spool);
}

/* ---- tables ---- */

static bool table_is(struct slice head)
{
    (void)head;
    return true;
}

static void table_end(void *reader)
{
    struct spool *spool = reader;
    if (!spool->build->failed && !spool->build->stopped)
        table_read(spool->build, spool->file);
}

const struct form form_table = {BANK_TABLE, table_is,  spool_begin,
                                spool_put,  table_end, spool_destroy};

/* ---- ZIPs: a workbook, or files of which each is read by itself ---- */

static bool zip_is(struct slice head)
{
    return slice_starts(head, slice_of("PK\x03\x04", 4));
}

/* One file of it, which is camt, MT940 or OFX; *total: bytes of all, unpacked. */
static void read_member(struct build *build, zip_file_t *member, const char *name, uint64_t *total)
{
    uint8_t *piece = malloc(PIECE_BYTES);
    zip_int64_t got = piece != NULL ? zip_fread(member, piece, PIECE_BYTES) : 0;
    size_t head = got < FORM_HEAD_MAX ? (size_t)(got > 0 ? got : 0) : FORM_HEAD_MAX;
    const struct form *form = form_of(slice_of(piece, head));
    bool known = form != &form_zip && form != &form_table;
    void *reader = known ? form->begin(build) : NULL;
    build->failed = build->failed || piece == NULL || (known && reader == NULL);
    while (reader != NULL && got > 0 && !build->stopped && !build->failed) {
        *total += (uint64_t)got;
        if (*total > BANK_FILE_MAX)
            build_refuse(build, BANK_TOO_LARGE, 0, slice_text("BANK_FILE_MAX"));
        else
            form->put(reader, slice_of(piece, (size_t)got));
        got = zip_fread(member, piece, PIECE_BYTES);
    }
    if (got < 0)
        build_stop(build, BANK_DAMAGED, 0, slice_text(name));
    else if (!known && got > 0)
        build_find(build, BANK_NO_BANK_FILE, 0, slice_text(name));
    if (reader != NULL) {
        form->end(reader);
        form->destroy(reader);
        build->file.form = form->form;
    }
    free(piece);
}

static void read_members(struct build *build, zip_t *zip)
{
    zip_int64_t count = zip_get_num_entries(zip, 0);
    uint64_t total = 0;
    if (count > BANK_MEMBERS_MAX) {
        build_refuse(build, BANK_TOO_LARGE, 0, slice_text("BANK_MEMBERS_MAX"));
        return;
    }
    for (zip_int64_t i = 0; i < count && !build->stopped && !build->failed; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, ZIP_FL_ENC_GUESS);
        zip_file_t *member = zip_fopen_index(zip, (zip_uint64_t)i, 0);
        if (member == NULL) {
            build_stop(build, BANK_DAMAGED, 0, slice_text(name != NULL ? name : "ZIP"));
            return;
        }
        read_member(build, member, name != NULL ? name : "ZIP", &total);
        (void)zip_fclose(member);
    }
}

static void zip_end(void *reader)
{
    struct spool *spool = reader;
    int wrong = 0;
    int copy = dup(spool->file);
    if (spool->build->failed || spool->build->stopped || copy < 0) {
        spool->build->failed = spool->build->failed || copy < 0;
        if (copy >= 0)
            (void)close(copy);
        return;
    }
    zip_t *zip = lseek(copy, 0, SEEK_SET) == 0 ? zip_fdopen(copy, ZIP_RDONLY, &wrong) : NULL;
    if (zip == NULL) {
        (void)close(copy);
        build_refuse(spool->build, BANK_DAMAGED, 0, slice_text("ZIP"));
    } else if (zip_name_locate(zip, "[Content_Types].xml", 0) >= 0) {
        spool->build->file.form = BANK_TABLE;
        table_read(spool->build, spool->file);
    } else {
        read_members(spool->build, zip);
    }
    if (zip != NULL)
        zip_discard(zip);
}

const struct form form_zip = {BANK_UNKNOWN, zip_is, spool_begin, spool_put, zip_end, spool_destroy};
