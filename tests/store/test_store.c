/*
 * The store against a sorted array that does the same, and the promises of store.h one by one.
 */
#include "store/store.h"

#include "base/check.h"
#include "folder.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

static const char *const trees[] = {"red", "green", NULL};

enum { RED, GREEN, MAP = 256 * 1024 * 1024 };

static char folder[FOLDER_PATH_MAX];

static int setup(void **state)
{
    (void)state;
    folder_new(folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static bool gathering, summed; /* every promise is kept by each kind of store */

static struct store *open_in(const char *path, size_t map_bytes, bool reading)
{
    struct store *store = NULL;
    struct failure failure = {0};
    struct store_options options = {.path = path,
                                    .trees = trees,
                                    .map_bytes = map_bytes,
                                    .reading = reading,
                                    .gathering = gathering,
                                    .summed = summed};
    if (!store_open(&options, &store, &failure))
        fail_msg("%s", failure.text);
    return store;
}

static void assert_file_whole(void)
{
    struct failure failure = {0};
    struct store_options options = {
        .path = folder, .trees = trees, .gathering = gathering, .summed = summed};
    if (!store_check_file(&options, &failure))
        fail_msg("%s", failure.text);
}

static struct store_txn *begin(struct store *store, bool writing)
{
    struct failure failure = {0};
    struct store_txn *txn = store_begin(store, writing, &failure);
    if (!txn)
        fail_msg("%s", failure.text);
    return txn;
}

static void commit(struct store_txn *txn)
{
    struct failure failure = {0};
    if (!store_commit(txn, &failure))
        fail_msg("%s", failure.text);
}

static struct slice text(const char *words)
{
    return slice_text(words);
}

static void assert_row(struct store_txn *txn, int tree, const char *key, const char *value)
{
    struct slice found;
    assert_true(store_get(txn, tree, text(key), &found));
    assert_true(slice_equal(found, text(value)));
}

/* The model: rows sorted by key. */
enum { MODEL_MAX = 4096, KEY_MAX = 24, VALUE_MAX = 6000 };

struct row {
    uint8_t key[KEY_MAX];
    size_t key_size;
    uint8_t value_byte; /* a value is one byte, many times */
    size_t value_size;
};

struct model {
    struct row rows[MODEL_MAX];
    size_t count;
};

static int key_order(struct slice a, struct slice b)
{
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static struct slice row_key(const struct row *row)
{
    return slice_of(row->key, row->key_size);
}

static size_t model_place(const struct model *model, struct slice key)
{
    size_t low = 0, high = model->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (key_order(row_key(&model->rows[middle]), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool model_has(const struct model *model, size_t place, struct slice key)
{
    return place < model->count && key_order(row_key(&model->rows[place]), key) == 0;
}

static void model_put(struct model *model, const struct row *row)
{
    size_t place = model_place(model, row_key(row));
    if (!model_has(model, place, row_key(row))) {
        memmove(&model->rows[place + 1], &model->rows[place], (model->count - place) * sizeof *row);
        model->count++;
    }
    model->rows[place] = *row;
}

static bool model_delete(struct model *model, struct slice key)
{
    size_t place = model_place(model, key);
    if (!model_has(model, place, key))
        return false;
    model->count--;
    memmove(&model->rows[place], &model->rows[place + 1],
            (model->count - place) * sizeof *model->rows);
    return true;
}

static void assert_same(const struct row *row, struct slice key, struct slice value)
{
    assert_true(slice_equal(row_key(row), key));
    assert_int_equal(value.size, row->value_size);
    for (size_t i = 0; i < value.size; i += 1 + value.size / 16)
        assert_int_equal(value.data[i], row->value_byte);
}

static void assert_tree(struct store_txn *txn, int tree, const struct model *model)
{
    struct store_cursor c;
    size_t i = 0;
    for (bool on = store_seek(txn, tree, (struct slice){0}, &c); on; on = store_next(&c))
        assert_same(&model->rows[i++], c.key, c.value);
    assert_int_equal(i, model->count);
    store_leave(&c);
    for (bool on = store_seek_before(txn, tree, (struct slice){0}, &c); on; on = store_previous(&c))
        assert_same(&model->rows[--i], c.key, c.value);
    assert_int_equal(i, 0);
    store_leave(&c);
    assert_int_equal(store_count(txn, tree), model->count);
}

static struct row row_any(struct prng *prng, const struct model *model)
{
    struct row row = {.value_byte = (uint8_t)prng_next(prng)};
    uint32_t kind = pick(prng, 5);
    if (kind == 0 && model->count) { /* one that is there */
        row = model->rows[pick(prng, (uint32_t)model->count)];
    } else if (kind == 1 && model->count) { /* behind the last */
        row = model->rows[model->count - 1];
        row.key[row.key_size - 1]++;
    } else if (kind == 2 &&
               model->count) { /* beside one: longer, shorter, or otherwise in a byte */
        row = model->rows[pick(prng, (uint32_t)model->count)];
        row.key_size = pick(prng, 2) ? row.key_size : 1 + pick(prng, KEY_MAX);
        row.key[pick(prng, (uint32_t)row.key_size)] ^= pick(prng, 2) ? 0x80 : 0;
    } else {
        row.key_size = 1 + pick(prng, KEY_MAX);
        for (size_t i = 0; i < row.key_size; i++)
            row.key[i] = (uint8_t)('a' + pick(prng, 4));
    }
    row.value_byte = (uint8_t)prng_next(prng);
    row.value_size = pick(prng, 8) ? pick(prng, 300) : pick(prng, VALUE_MAX);
    return row;
}

static void check_get(struct store_txn *txn, int tree, const struct model *model, struct slice key)
{
    struct slice value;
    size_t place = model_place(model, key);
    bool there = model_has(model, place, key);
    assert_int_equal(store_get(txn, tree, key, &value), there);
    if (there)
        assert_same(&model->rows[place], key, value);
}

static void check_seek(struct store_txn *txn, int tree, const struct model *model, struct slice key)
{
    struct store_cursor c;
    size_t place = model_place(model, key);
    assert_int_equal(store_seek(txn, tree, key, &c), place < model->count);
    if (place < model->count)
        assert_same(&model->rows[place], c.key, c.value);
    store_leave(&c);
    assert_int_equal(store_seek_before(txn, tree, key, &c), place > 0);
    if (place > 0)
        assert_same(&model->rows[place - 1], c.key, c.value);
    store_leave(&c);
}

static void random_step(struct prng *prng, struct store_txn *txn, int tree, struct model *model)
{
    static uint8_t value[VALUE_MAX];
    struct row row = row_any(prng, model);
    uint32_t op = pick(prng, 100);
    memset(value, row.value_byte, row.value_size);
    if (op < 55 && model->count < MODEL_MAX - 1) {
        (op < 30 ? store_put : store_append)(txn, tree, row_key(&row),
                                             slice_of(value, row.value_size));
        model_put(model, &row);
    } else if (op < 75) {
        assert_int_equal(store_delete(txn, tree, row_key(&row)),
                         model_delete(model, row_key(&row)));
    } else if (op < 99) {
        check_get(txn, tree, model, row_key(&row));
        check_seek(txn, tree, model, row_key(&row));
    } else if (pick(prng, 40) == 0) {
        store_empty(txn, tree);
        model->count = 0;
    }
    assert_int_equal(store_failure(txn)->fault, FAULT_NONE);
}

/* A reader's gets begin where the one before ended, or where a walk did. */
static void check_reading(struct prng *prng, struct store_txn *txn, int tree,
                          const struct model *model)
{
    struct store_cursor c;
    for (int i = 0; i < 30; i++) {
        struct row row = row_any(prng, model);
        bool walking = pick(prng, 3) == 0;
        if (walking)
            store_seek(txn, tree, row_key(&row), &c);
        row = row_any(prng, model);
        check_get(txn, tree, model, row_key(&row));
        if (pick(prng, 3) == 0)
            check_seek(txn, tree, model, row_key(&row));
        if (walking)
            store_leave(&c);
    }
}

static struct model models[2], saved[2];

static void test_model(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("model");
    struct store *store = open_in(folder, MAP, false);
    memset(models, 0, sizeof models);
    for (int round = 0; round < 300; round++) {
        struct store_txn *txn = begin(store, true);
        memcpy(saved, models, sizeof saved);
        for (uint32_t i = 0, n = 1 + pick(&prng, 200); i < n; i++) {
            int tree = (int)pick(&prng, 2);
            random_step(&prng, txn, tree, &models[tree]);
        }
        if (round % 10 == 0)
            assert_tree(txn, RED, &models[RED]);
        if (pick(&prng, 6) == 0) {
            store_abort(txn);
            memcpy(models, saved, sizeof models);
        } else {
            commit(txn);
        }
        if (round % 50 == 49) {
            store_close(store);
            assert_file_whole();
            store = open_in(folder, MAP, false);
        }
        txn = begin(store, false);
        assert_tree(txn, RED, &models[RED]);
        assert_tree(txn, GREEN, &models[GREEN]);
        check_reading(&prng, txn, RED, &models[RED]);
        check_reading(&prng, txn, GREEN, &models[GREEN]);
        store_abort(txn);
    }
    store_close(store);
    assert_file_whole();
}

/* Rows mostly rise, some do not: every one has to be where it belongs. */
static void test_append_any_order(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("append");
    struct store *store = open_in(folder, MAP, false);
    memset(models, 0, sizeof models);
    uint32_t next = 1000;
    for (int round = 0; round < 20; round++) {
        struct store_txn *txn = begin(store, true);
        for (int i = 0; i < 150; i++) {
            uint32_t number = pick(&prng, 5) ? next++ : pick(&prng, next);
            struct row row = {
                .key_size = 4, .value_byte = (uint8_t)i, .value_size = pick(&prng, 900)};
            uint8_t value[900];
            memset(value, i, sizeof value);
            be32_put(row.key, number);
            /* the kept cursor and the appending one take turns */
            (pick(&prng, 3) ? store_append : store_put)(txn, RED, row_key(&row),
                                                        slice_of(value, row.value_size));
            model_put(&models[RED], &row);
        }
        assert_tree(txn, RED, &models[RED]);
        commit(txn);
    }
    store_close(store);
    assert_file_whole();
}

/* The row under a walk may be changed or deleted while walking, in both directions. */
static void test_walk_and_delete(void **state)
{
    (void)state;
    struct prng prng = prng_seeded("walk");
    for (int round = 0; round < 30; round++) {
        struct store *store = open_in(folder, MAP, false);
        memset(models, 0, sizeof models);
        struct store_txn *txn = begin(store, true);
        store_empty(txn, RED);
        uint8_t value[400] = {0};
        for (uint32_t i = 0; i < 600; i++) {
            struct row row = {.key_size = 4, .value_size = sizeof value};
            be32_put(row.key, i);
            store_append(txn, RED, row_key(&row), slice_of(value, sizeof value));
            if (pick(&prng, 3))
                model_put(&models[RED], &row);
        }
        struct store_cursor c;
        uint32_t seen = 0;
        for (bool on = store_seek(txn, RED, (struct slice){0}, &c); on; on = store_next(&c)) {
            assert_int_equal(be32_get(c.key.data), seen++);
            uint8_t key[4];
            memcpy(key, c.key.data, 4);
            if (!model_has(&models[RED], model_place(&models[RED], slice_of(key, 4)),
                           slice_of(key, 4)))
                assert_true(store_delete(txn, RED, slice_of(key, 4)));
            else if (round % 2)
                store_put(txn, RED, slice_of(key, 4), slice_of(value, sizeof value));
        }
        store_leave(&c);
        assert_int_equal(seen, 600);
        assert_tree(txn, RED, &models[RED]);
        store_abort(txn);
        store_close(store);
    }
}

static void test_sticky_fault(void **state)
{
    (void)state;
    struct store *store = open_in(folder, 128 * 1024, false);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, text("before"), text("1"));
    commit(txn);
    txn = begin(store, true);
    static uint8_t big[16 * 1024];
    uint8_t key[4];
    for (uint32_t i = 0; i < 20; i++) {
        be32_put(key, i);
        store_put(txn, RED, slice_of(key, 4), slice_of(big, sizeof big));
    }
    struct slice value;
    struct store_cursor c;
    if (gathering) /* a full map shows when LMDB is told */
        assert_row(txn, RED, "before", "1");
    else
        assert_int_equal(store_failure(txn)->fault, FAULT_FULL);
    assert_int_equal(store_count(txn, RED), 0);
    assert_int_equal(store_failure(txn)->fault, FAULT_FULL);
    assert_false(store_get(txn, RED, text("before"), &value));
    assert_false(store_seek(txn, RED, (struct slice){0}, &c));
    assert_false(store_next(&c));
    store_leave(&c);
    assert_false(store_delete(txn, RED, text("before")));
    struct failure failure = {0};
    assert_false(store_commit(txn, &failure));
    assert_int_equal(failure.fault, FAULT_FULL);
    /* a full map is no end: nothing was written, and the rest is as it was */
    txn = begin(store, true);
    assert_row(txn, RED, "before", "1");
    store_put(txn, RED, text("after"), text("2"));
    commit(txn);
    store_close(store);
}

static void test_callers_fault(void **state)
{
    (void)state;
    struct store *store = open_in(folder, MAP, false);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, text("a"), text("1"));
    store_fail(txn, FAULT_DAMAGED, "a record that does not parse");
    store_fail(txn, FAULT_BUG, "and another");
    struct failure failure = {0};
    assert_false(store_commit(txn, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
    assert_string_equal(failure.text, "a record that does not parse");
    txn = begin(store, false);
    struct slice value;
    assert_false(store_get(txn, RED, text("a"), &value));
    assert_int_equal(store_failure(txn)->fault, FAULT_NONE);
    store_abort(txn);
    store_close(store);
}

static void test_keys_bounds(void **state)
{
    (void)state;
    uint8_t key[STORE_KEY_MAX + 1] = {1};
    struct store *store = open_in(folder, MAP, false);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, slice_of(key, STORE_KEY_MAX), (struct slice){0});
    assert_int_equal(store_failure(txn)->fault, FAULT_NONE);
    store_put(txn, RED, slice_of(key, STORE_KEY_MAX + 1), (struct slice){0});
    assert_int_equal(store_failure(txn)->fault, FAULT_BUG);
    store_abort(txn);
    txn = begin(store, true);
    store_put(txn, RED, (struct slice){0}, text("1"));
    assert_int_equal(store_failure(txn)->fault, FAULT_BUG);
    store_abort(txn);
    store_close(store);
}

static void test_readers_see_their_moment(void **state)
{
    (void)state;
    struct store *store = open_in(folder, MAP, false);
    struct store_txn *writing = begin(store, true);
    store_put(writing, RED, text("k"), text("1"));
    commit(writing);
    struct store_txn *first = begin(store, false), *second = begin(store, false);
    writing = begin(store, true);
    store_put(writing, RED, text("k"), text("2"));
    commit(writing);
    struct store_txn *third = begin(store, false);
    assert_row(first, RED, "k", "1");
    assert_row(third, RED, "k", "2");
    store_abort(first);
    first = begin(store, false);
    assert_row(first, RED, "k", "2");
    assert_row(second, RED, "k", "1");
    struct store_metrics metrics;
    store_metrics(store, &metrics);
    assert_int_equal(metrics.reader_lag, 1);
    assert_int_equal(metrics.map_bytes, MAP);
    assert_in_range(metrics.used_bytes, 4096, 128 * 1024);
    store_abort(first);
    store_abort(second);
    store_abort(third);
    store_abort(NULL);
    store_metrics(store, &metrics);
    assert_int_equal(metrics.reader_lag, 0);
    store_sweep_readers(store);
    store_close(store);
    store_close(NULL);
}

/* More walks and readers than are kept; a kept reader's cursors serve the next round. */
static void test_many_walks(void **state)
{
    (void)state;
    struct store *store = open_in(folder, MAP, false);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, text("r"), text("1"));
    store_put(txn, GREEN, text("g"), text("2"));
    commit(txn);
    struct store_txn *readers[40];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
            struct store_cursor c[16];
            readers[i] = begin(store, false);
            for (int j = 0; j < 16; j++) {
                int tree = (i + j + round) % 2;
                assert_true(store_seek(readers[i], tree, (struct slice){0}, &c[j]));
                assert_int_equal(c[j].key.data[0], tree ? 'g' : 'r');
            }
            for (int j = 0; j < 15; j++)
                store_leave(&c[j]); /* the last is left open: the end of the transaction does it */
        }
        for (int i = 0; i < 40; i++)
            store_abort(readers[i]);
    }
    txn = begin(store, false);
    struct store_cursor c[17];
    for (int j = 0; j < 17; j++)
        assert_int_equal(store_seek(txn, RED, (struct slice){0}, &c[j]), j < 16);
    assert_int_equal(store_failure(txn)->fault, FAULT_BUG);
    for (int j = 0; j < 17; j++)
        store_leave(&c[j]);
    store_abort(txn);
    store_close(store);
}

static void test_copy(void **state)
{
    (void)state;
    char copy[FOLDER_PATH_MAX], file[FOLDER_PATH_MAX + 16];
    folder_new(copy);
    snprintf(file, sizeof file, "%s/data.mdb", copy);
    struct failure failure = {0};
    struct store *store = open_in(folder, MAP, false);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, text("k"), text("1"));
    commit(txn);
    int fd = open(file, O_RDWR | O_CREAT | O_EXCL, 0600);
    assert_true(store_copy(store, fd, &failure));
    assert_true(store_sync(store, &failure));
    close(fd);
    fd = open("/dev/full", O_WRONLY);
    assert_false(store_copy(store, fd, &failure));
    assert_int_equal(failure.fault, FAULT_FULL);
    close(fd);
    store_close(store);
    store = open_in(copy, MAP, true);
    txn = begin(store, false);
    assert_row(txn, RED, "k", "1");
    store_abort(txn);
    failure = (struct failure){0};
    assert_null(store_begin(store, true, &failure));
    assert_int_equal(failure.fault, FAULT_IO);
    store_close(store);
    folder_remove(copy);
}

static void assert_not_opened(bool reading, enum fault fault)
{
    struct store *store;
    struct failure failure = {0};
    struct store_options options = {
        .path = folder, .trees = trees, .map_bytes = MAP, .reading = reading};
    assert_false(store_open(&options, &store, &failure));
    assert_int_equal(failure.fault, fault);
    assert_true(failure.text[0] != 0);
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    char file[FOLDER_PATH_MAX + 16];
    snprintf(file, sizeof file, "%s/data.mdb", folder);
    assert_not_opened(true, FAULT_IO);
    int fd = open(file, O_RDWR | O_CREAT, 0600);
    static const uint8_t nonsense[8192] = {1, 2, 3};
    assert_int_equal(write(fd, nonsense, sizeof nonsense), sizeof nonsense);
    close(fd);
    assert_not_opened(false, FAULT_DAMAGED);
}

static void test_modes(void **state)
{
    (void)state;
    char inner[FOLDER_PATH_MAX + 8], file[FOLDER_PATH_MAX + 24];
    snprintf(inner, sizeof inner, "%s/inner", folder);
    snprintf(file, sizeof file, "%s/data.mdb", inner);
    store_close(open_in(inner, MAP, false));
    struct stat stat_of;
    assert_int_equal(stat(inner, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0700);
    assert_int_equal(stat(file, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0600);
}

struct reader {
    struct store *store;
    bool *stop;
    uint64_t rounds;
};

/* Both rows are always of the same commit. */
static void *read_on(void *context)
{
    struct reader *reader = context;
    while (!__atomic_load_n(reader->stop, __ATOMIC_RELAXED)) {
        struct failure failure = {0};
        struct slice a, b;
        struct store_txn *txn = store_begin(reader->store, false, &failure);
        if (!txn || !store_get(txn, RED, text("n"), &a) || !store_get(txn, GREEN, text("n"), &b) ||
            be64_get(a.data) != be64_get(b.data))
            abort();
        store_abort(txn);
        reader->rounds++;
    }
    return NULL;
}

static void number_put(struct store *store, uint64_t number)
{
    uint8_t value[8];
    be64_put(value, number);
    struct store_txn *txn = begin(store, true);
    store_put(txn, RED, text("n"), slice_of(value, 8));
    store_put(txn, GREEN, text("n"), slice_of(value, 8));
    commit(txn);
}

/* More than is kept in memory: it goes to LMDB on the way, and nothing is lost. */
static void test_more_than_is_gathered(void **state)
{
    (void)state;
    enum { ROWS = 3000, BIG = 8000 };
    static uint8_t value[BIG];
    uint8_t key[4];
    struct store *store = open_in(folder, (size_t)ROWS * BIG * 4, false);
    struct store_txn *txn = begin(store, true);
    for (uint32_t i = 0; i < ROWS; i++) {
        be32_put(key, i * 7919 % ROWS);
        memset(value, (int)i, sizeof value);
        store_put(txn, RED, slice_of(key, 4), slice_of(value, sizeof value));
        if (i % 3 == 0)
            assert_true(store_delete(txn, RED, slice_of(key, 4)));
    }
    commit(txn);
    txn = begin(store, false);
    assert_int_equal(store_count(txn, RED), ROWS - ROWS / 3);
    for (uint32_t i = 0; i < ROWS; i++) {
        struct slice found;
        be32_put(key, i * 7919 % ROWS);
        assert_int_equal(store_get(txn, RED, slice_of(key, 4), &found), i % 3 != 0);
        assert_true(i % 3 == 0 || (found.size == BIG && found.data[BIG - 1] == (uint8_t)i));
    }
    store_abort(txn);
    store_close(store);
    assert_file_whole();
}

static void test_readers_on_threads(void **state)
{
    (void)state;
    struct store *store = open_in(folder, MAP, false);
    bool stop = false;
    pthread_t threads[3];
    struct reader readers[3];
    number_put(store, 0);
    for (int i = 0; i < 3; i++) {
        readers[i] = (struct reader){store, &stop, 0};
        pthread_create(&threads[i], NULL, read_on, &readers[i]);
    }
    for (uint64_t n = 1; n < 2000; n++)
        number_put(store, n);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    store_close(store);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_model),
        TEST(test_append_any_order),
        TEST(test_walk_and_delete),
        TEST(test_sticky_fault),
        TEST(test_callers_fault),
        TEST(test_keys_bounds),
        TEST(test_readers_see_their_moment),
        TEST(test_many_walks),
        TEST(test_copy),
        TEST(test_what_cannot_be_opened),
        TEST(test_modes),
        TEST(test_more_than_is_gathered),
        TEST(test_readers_on_threads),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gathering = true;
    failed += cmocka_run_group_tests(tests, NULL, NULL);
    summed = true;
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
