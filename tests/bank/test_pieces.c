/*
 * Banks' real files, when they are beside the source tree: each is read whole, in pieces of seven
 * bytes and byte by byte, and comes to the same.
 */
#include "kit.h"

#include <ftw.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 1 << 20, FOLDERS_OPEN_MAX = 8 };

static const char *folder = DATA_FOLDER; /* or the program's argument */
static uint8_t bytes[FILE_BYTES_MAX];
static int files;

static int read_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)where;
    if (kind != FTW_F)
        return 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct slice text = {bytes, fread(bytes, 1, sizeof bytes, file)};
    assert_int_equal(fclose(file), 0);
    assert_true(text.size > 0 && text.size < sizeof bytes);
    struct reading whole = read_with(text, &none);
    struct reading sevens = read_pieces(text, 7, &none);
    char *a = dump(whole.file);
    char *b = dump(sevens.file);
    assert_string_equal(a, b);
    free(a);
    free(b);
    bank_reader_destroy(whole.reader);
    bank_reader_destroy(sevens.reader);
    files++;
    return 0;
}

static void test_pieces_change_nothing(void **state)
{
    struct stat about;
    (void)state;
    if (stat(folder, &about) != 0) {
        print_message("no files of banks in %s: nothing is compared\n", folder);
        skip();
    }
    assert_int_equal(nftw(folder, read_one, FOLDERS_OPEN_MAX, FTW_PHYS), 0);
    assert_true(files > 100);
}

int main(int count, char **words)
{
    if (count > 1)
        folder = words[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
