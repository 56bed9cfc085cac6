/*
 * A store's file as it lies, page by page, without LMDB. This knows the layout of LMDB's files
 * (data version 1, as 0.9 writes it), and believes nothing it reads: a page has its own number and
 * kind, its nodes lie within it, keys rise and stay between those of the pages above, and no page
 * is used twice or is free as well. So no damage of pages that are in use or free goes unseen.
 */
#include "inside.h"

#include "base/plain_file.h"
#include "sum.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGE_HEAD = 16, /* number 8, padding 2, kind 2, then first and last free byte, or pages */
    NODE_HEAD = 8,  /* size of value or number of page 6, or with flags; flags 2; size of key 2 */
    TREE_SIZE = 48, /* what a tree's parent, or the head of the file, says of it */
    META_SIZE = 24 + 2 * TREE_SIZE + 16,
    PAGE_BRANCH = 1,
    PAGE_LEAF = 2,
    PAGE_OVERFLOW = 4,
    PAGE_META = 8,
    PAGE_KINDS = 0x7f, /* what says how a page is read */
    NODE_BIG = 1,      /* the value lies on pages of its own */
    NODE_TREE = 2,     /* the value is a tree */
    FLAG_INTEGER_KEYS = 8,
    DEPTH_MAX = 32,
    PAGE_BYTES_MIN = 512,
    PAGE_BYTES_MAX = 32768,
    UNWRITTEN_MAX = 65536, /* free pages behind the end of the file: taken and given back at once */
};

#define META_MAGIC 0xBEEFC0DEu
#define NO_PAGE UINT64_MAX

/* A tree as it is said to be. */
struct tree_said {
    uint16_t flags;
    uint16_t depth;
    uint64_t branches;
    uint64_t leaves;
    uint64_t overflows;
    uint64_t rows;
    uint64_t root;
};

struct file {
    const struct store_options *options;
    int fd;
    size_t page_bytes;
    uint64_t pages;
    uint64_t size;   /* of the file */
    uint64_t newest; /* transaction */
    uint8_t *met;    /* a bit a page: it is used, or free */
    uint8_t *levels; /* a page for each depth */
    uint8_t *big;    /* the value at hand that has pages of its own */
    size_t big_room;
    int tree_count;
    struct sum_totals kept, counted;
    struct failure *failure;
};

/* A walk through one tree. */
struct walk_of {
    struct file *file;
    const struct tree_said *said;
    bool (*row)(struct walk_of *walk, struct slice key, struct slice value, unsigned flags);
    int tree; /* of the caller's, for sums */
    bool integers;
    uint64_t branches, leaves, overflows, rows;
};

static uint16_t u16_at(const uint8_t *at)
{
    uint16_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static uint32_t u32_at(const uint8_t *at)
{
    uint32_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static uint64_t u64_at(const uint8_t *at)
{
    uint64_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

static bool damaged(struct file *file, uint64_t page, const char *what)
{
    return fail(file->failure, FAULT_DAMAGED, 0, "page %llu of %s/data.mdb: %s",
                (unsigned long long)page, file->options->path, what);
}

/* ---- pages ---- */

static bool read_at(struct file *file, void *out, size_t size, uint64_t page)
{
    uint8_t *to = out;
    off_t from = (off_t)(page * file->page_bytes);
    while (size > 0) {
        ssize_t got = pread(file->fd, to, size, from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return damaged(file, page, got == 0 ? "the file ends before it" : "cannot be read");
        to += got;
        from += got;
        size -= (size_t)got;
    }
    return true;
}

static bool meet(struct file *file, uint64_t page)
{
    if (page < 2 || page >= file->pages)
        return damaged(file, page, "there is no such page");
    uint8_t bit = (uint8_t)(1u << page % 8);
    if (file->met[page / 8] & bit)
        return damaged(file, page, "it is used twice, or free and used");
    file->met[page / 8] |= bit;
    return true;
}

static bool page_get(struct file *file, uint64_t number, unsigned kind, uint8_t *page)
{
    return meet(file, number) && read_at(file, page, file->page_bytes, number) &&
           ((u64_at(page) == number && (u16_at(page + 10) & PAGE_KINDS) == kind) ||
            damaged(file, number, "it is another page, or of another kind"));
}

static bool big_room(struct file *file, size_t size)
{
    if (size <= file->big_room)
        return true;
    free(file->big);
    file->big = malloc(size * 2);
    file->big_room = file->big ? size * 2 : 0;
    return file->big || fail(file->failure, FAULT_MEMORY, ENOMEM, "no memory for a value");
}

/* A value on pages of its own: as many as it needs, or more when it was larger once. */
static bool big_get(struct walk_of *walk, uint64_t first, size_t size, struct slice *ret_value)
{
    struct file *file = walk->file;
    uint8_t head[PAGE_HEAD];
    uint64_t needed = (PAGE_HEAD - 1 + (uint64_t)size) / file->page_bytes + 1;
    if (first >= file->pages || !read_at(file, head, sizeof head, first))
        return damaged(file, first, "there is no such page");
    uint64_t count = u32_at(head + 12);
    if (u64_at(head) != first || (u16_at(head + 10) & PAGE_KINDS) != PAGE_OVERFLOW ||
        count < needed || count > file->pages)
        return damaged(file, first, "it is another page, or of another kind");
    for (uint64_t i = 0; i < count; i++)
        if (!meet(file, first + i))
            return false;
    walk->overflows += count;
    if (!big_room(file, PAGE_HEAD + size))
        return false;
    *ret_value = slice_of(file->big + PAGE_HEAD, size);
    return read_at(file, file->big, PAGE_HEAD + size, first);
}

/* ---- nodes ---- */

struct node {
    struct slice key;
    const uint8_t *behind; /* the key */
    uint32_t size;         /* of the value */
    uint16_t flags;
    uint64_t child;
};

static size_t node_count(const uint8_t *page)
{
    return (u16_at(page + 12) - (size_t)PAGE_HEAD) / 2;
}

static bool bounds_fit(struct file *file, uint64_t number, const uint8_t *page)
{
    size_t low = u16_at(page + 12), high = u16_at(page + 14);
    return (low > PAGE_HEAD && low % 2 == 0 && low <= high && high <= file->page_bytes) ||
           damaged(file, number, "its bounds are wrong");
}

static bool node_at(struct file *file, uint64_t number, const uint8_t *page, size_t i,
                    struct node *ret_node)
{
    size_t at = u16_at(page + PAGE_HEAD + 2 * i), high = u16_at(page + 14);
    if (at < high || at + NODE_HEAD > file->page_bytes)
        return damaged(file, number, "a row lies outside of it");
    const uint8_t *node = page + at;
    size_t room = file->page_bytes - at - NODE_HEAD, key = u16_at(node + 6);
    ret_node->flags = u16_at(node + 4);
    ret_node->size = u16_at(node) | (uint32_t)u16_at(node + 2) << 16;
    ret_node->child = ret_node->size | (uint64_t)ret_node->flags << 32;
    ret_node->key = slice_of(node + NODE_HEAD, key);
    ret_node->behind = node + NODE_HEAD + key;
    bool leaf = (u16_at(page + 10) & PAGE_KINDS) == PAGE_LEAF;
    size_t value = !leaf ? 0 : ret_node->flags & NODE_BIG ? sizeof(uint64_t) : ret_node->size;
    return (key <= room && value <= room - key) ||
           damaged(file, number, "a row lies outside of it");
}

static int key_order(const struct walk_of *walk, struct slice a, struct slice b)
{
    if (walk->integers)
        return (u64_at(a.data) > u64_at(b.data)) - (u64_at(a.data) < u64_at(b.data));
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static bool key_sound(const struct walk_of *walk, struct slice key)
{
    return walk->integers ? key.size == sizeof(uint64_t)
                          : key.size > 0 && key.size <= STORE_KEY_MAX;
}

/* Keys of a page lie from `from` (empty: any) up to before `to`. */
struct span {
    struct slice from;
    struct slice to;
};

/* This key's place, before the next one's. */
static bool key_fits(struct walk_of *walk, uint64_t page, struct slice key, struct span span)
{
    return (key_sound(walk, key) && (!span.from.size || key_order(walk, key, span.from) >= 0) &&
            (!span.to.size || key_order(walk, key, span.to) < 0)) ||
           damaged(walk->file, page, "its keys are not in order");
}

/* ---- trees ---- */

static bool check_leaf(struct walk_of *walk, uint64_t number, const uint8_t *page, struct span span)
{
    struct node node;
    struct slice before = {0};
    for (size_t i = 0; i < node_count(page); i++) {
        struct slice value;
        if (!node_at(walk->file, number, page, i, &node) || !key_fits(walk, number, node.key, span))
            return false;
        if (before.size && key_order(walk, before, node.key) >= 0)
            return damaged(walk->file, number, "its keys are not in order");
        before = node.key;
        value = slice_of(node.behind, node.size);
        if (node.flags & NODE_BIG && !big_get(walk, u64_at(node.behind), node.size, &value))
            return false;
        if (!walk->row(walk, node.key, value, node.flags & ~(unsigned)NODE_BIG))
            return walk->file->failure->fault != FAULT_NONE ||
                   damaged(walk->file, number, "a row is not what was written");
        walk->rows++;
    }
    walk->leaves++;
    return true;
}

static bool check_page(struct walk_of *walk, uint64_t number, unsigned depth, struct span span);

/* The first key of a branch says nothing: its child begins where the page does. */
static bool check_branch(struct walk_of *walk, uint64_t number, const uint8_t *page, unsigned depth,
                         struct span span)
{
    struct node node, next;
    size_t count = node_count(page);
    if (!node_at(walk->file, number, page, 0, &node))
        return false;
    for (size_t i = 0; i < count; i++, node = next) {
        struct span own = {.from = i ? node.key : span.from, .to = span.to};
        if (i + 1 < count && (!node_at(walk->file, number, page, i + 1, &next) ||
                              !key_fits(walk, number, next.key, (struct span){own.from, span.to})))
            return false;
        if (i + 1 < count)
            own.to = next.key;
        if (!check_page(walk, node.child, depth + 1, own))
            return false;
    }
    walk->branches++;
    return true;
}

static bool check_page(struct walk_of *walk, uint64_t number, unsigned depth, struct span span)
{
    uint8_t *page = walk->file->levels + depth * walk->file->page_bytes;
    bool leaf = depth + 1 == walk->said->depth;
    if (!page_get(walk->file, number, leaf ? PAGE_LEAF : PAGE_BRANCH, page) ||
        !bounds_fit(walk->file, number, page))
        return false;
    return leaf ? check_leaf(walk, number, page, span)
                : check_branch(walk, number, page, depth, span);
}

static struct tree_said said_at(const uint8_t *at)
{
    return (struct tree_said){.flags = u16_at(at + 4),
                              .depth = u16_at(at + 6),
                              .branches = u64_at(at + 8),
                              .leaves = u64_at(at + 16),
                              .overflows = u64_at(at + 24),
                              .rows = u64_at(at + 32),
                              .root = u64_at(at + 40)};
}

static bool check_tree(struct walk_of *walk)
{
    const struct tree_said *said = walk->said;
    bool empty = said->root == NO_PAGE;
    if (said->flags != (walk->integers ? FLAG_INTEGER_KEYS : 0) || said->depth > DEPTH_MAX ||
        empty != (said->depth == 0))
        return damaged(walk->file, said->root, "what is said of its tree is wrong");
    if (!empty && !check_page(walk, said->root, 0, (struct span){{0}, {0}}))
        return false;
    return (walk->branches == said->branches && walk->leaves == said->leaves &&
            walk->overflows == said->overflows && walk->rows == said->rows) ||
           damaged(walk->file, said->root, "its tree has more or less than it says");
}

/* ---- rows of the three kinds of trees ---- */

/* Of one of the caller's trees, or of the totals. */
static bool row_of_caller(struct walk_of *walk, struct slice key, struct slice value,
                          unsigned flags)
{
    struct file *file = walk->file;
    if (flags != 0)
        return false;
    if (!file->options->summed)
        return true;
    if (walk->tree == file->tree_count)
        return slice_equal(key, slice_text(SUMS_KEY)) &&
               store_totals(value, file->tree_count, &file->kept);
    file->counted.of[walk->tree] += sum_at_end(value);
    return sum_fits(walk->tree, key, &value);
}

static int tree_named(const struct file *file, struct slice name)
{
    for (int i = 0; i < file->tree_count; i++)
        if (slice_equal(name, slice_text(file->options->trees[i])))
            return i;
    bool sums = file->options->summed && slice_equal(name, slice_text(SUMS_TREE));
    return sums ? file->tree_count : -1;
}

/* Of the tree of trees. Its page must not be read over while its trees are. */
struct named {
    struct tree_said said[STORE_TREES_MAX + 1];
    bool there[STORE_TREES_MAX + 1];
};

struct walk_of_names {
    struct walk_of walk;
    struct named *named;
};

static bool row_of_names(struct walk_of *walk, struct slice key, struct slice value, unsigned flags)
{
    struct named *named = ((struct walk_of_names *)walk)->named;
    int tree = tree_named(walk->file, key);
    if (tree < 0 || flags != NODE_TREE || value.size != TREE_SIZE)
        return false;
    named->said[tree] = said_at(value.data);
    named->there[tree] = true;
    return true;
}

/* Free pages of one transaction: how many, and which. */
static bool row_of_free(struct walk_of *walk, struct slice key, struct slice value, unsigned flags)
{
    struct file *file = walk->file;
    if (flags != 0 || value.size < 8 || value.size % 8 != 0 || u64_at(key.data) > file->newest)
        return false;
    uint64_t count = u64_at(value.data);
    if (count > value.size / 8 - 1)
        return false;
    for (uint64_t i = 0; i < count; i++)
        if (!meet(file, u64_at(value.data + 8 + 8 * i)))
            return false;
    return true;
}

static bool check_names(struct file *file, const struct tree_said *said, struct named *named)
{
    struct walk_of_names names = {{.file = file, .said = said, .row = row_of_names}, named};
    if (!check_tree(&names.walk))
        return false;
    for (int i = 0; i < file->tree_count; i++)
        if (!named->there[i])
            return fail(file->failure, FAULT_STALE, 0, /* damage would not leave out a whole one */
                        "%s/data.mdb: another version wrote it, without a tree of name %s",
                        file->options->path, file->options->trees[i]);
    return !file->options->summed || named->there[file->tree_count] ||
           fail(file->failure, FAULT_STALE, 0, "its rows were written without sums");
}

static bool check_callers(struct file *file, const struct named *named)
{
    int count = file->tree_count + (file->options->summed ? 1 : 0);
    for (int i = 0; i < count; i++) {
        struct walk_of walk = {
            .file = file, .said = &named->said[i], .row = row_of_caller, .tree = i};
        if (!check_tree(&walk))
            return false;
    }
    return memcmp(&file->kept, &file->counted, sizeof file->kept) == 0 ||
           fail(file->failure, FAULT_DAMAGED, 0,
                "%s/data.mdb: a tree's rows are not those that were written", file->options->path);
}

/* ---- the head ---- */

static bool meta_get(struct file *file, uint64_t page, uint8_t meta[META_SIZE])
{
    uint8_t bytes[PAGE_HEAD + META_SIZE];
    if (!read_at(file, bytes, sizeof bytes, page))
        return false;
    memcpy(meta, bytes + PAGE_HEAD, META_SIZE);
    return (u64_at(bytes) == page && (u16_at(bytes + 10) & PAGE_KINDS) == PAGE_META &&
            u32_at(meta) == META_MAGIC) ||
           damaged(file, page, "it is no head of a store");
}

/* As LMDB takes it: the newer of the two, and the size of a page from the first. */
static bool head_get(struct file *file, uint8_t meta[META_SIZE])
{
    enum { LAST_PAGE = 24 + 2 * TREE_SIZE, TRANSACTION = LAST_PAGE + 8 };
    uint8_t other[META_SIZE];
    if (!meta_get(file, 0, meta))
        return false;
    if (u32_at(meta + 4) != 1)
        return fail(file->failure, FAULT_STALE, 0, "its file is of another version of LMDB");
    size_t page_bytes = u32_at(meta + 24);
    if (page_bytes < PAGE_BYTES_MIN || page_bytes > PAGE_BYTES_MAX ||
        (page_bytes & (page_bytes - 1)) != 0)
        return damaged(file, 0, "its pages have a wrong size");
    file->page_bytes = page_bytes;
    if (!meta_get(file, 1, other))
        return false;
    if (memcmp(meta + 4, other + 4, 4) != 0 || u32_at(other + 24) != page_bytes)
        return damaged(file, 1, "the two heads differ");
    if (u64_at(other + TRANSACTION) > u64_at(meta + TRANSACTION))
        memcpy(meta, other, META_SIZE);
    file->newest = u64_at(meta + TRANSACTION);
    file->pages = u64_at(meta + LAST_PAGE) + 1;
    return true;
}

static bool open_file(struct file *file)
{
    char path[PATH_MAX];
    struct stat facts;
    if (snprintf(path, sizeof path, "%s/data.mdb", file->options->path) >= (int)sizeof path)
        return fail(file->failure, FAULT_USE, ENAMETOOLONG, "the path is too long: %s",
                    file->options->path);
    file->fd = plain_open(AT_FDCWD, path, O_RDONLY, 0, file->failure);
    if (file->fd < 0 || fstat(file->fd, &facts))
        return fail(file->failure, FAULT_IO, errno, "cannot open %s", path);
    (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_WILLNEED); /* before it is read here and there */
    file->size = (uint64_t)facts.st_size;
    return true;
}

static bool make_room(struct file *file)
{
    if (file->pages < 2 || file->pages > file->size / file->page_bytes + UNWRITTEN_MAX)
        return damaged(file, 0, "it has another number of pages than it says");
    file->met = calloc(1, (size_t)(file->pages / 8 + 1));
    file->levels = calloc(DEPTH_MAX, file->page_bytes);
    return (file->met && file->levels) ||
           fail(file->failure, FAULT_MEMORY, ENOMEM, "no memory to look at a store");
}

static bool check_all(struct file *file)
{
    uint8_t meta[META_SIZE];
    struct named named = {.there = {false}};
    if (!open_file(file) || !head_get(file, meta) || !make_room(file))
        return false;
    struct tree_said free_pages = said_at(meta + 24), names = said_at(meta + 24 + TREE_SIZE);
    struct walk_of walk = {.file = file, .said = &free_pages, .row = row_of_free, .integers = true};
    return check_tree(&walk) && check_names(file, &names, &named) && check_callers(file, &named);
}

bool store_check_file(const struct store_options *options, struct failure *failure)
{
    struct failure found = {.fault = FAULT_NONE};
    struct file file = {
        .options = options, .fd = -1, .page_bytes = PAGE_BYTES_MIN, .failure = &found};
    while (options->trees[file.tree_count])
        file.tree_count++;
    need(file.tree_count <= STORE_TREES_MAX);
    bool good = check_all(&file);
    if (file.fd >= 0)
        close(file.fd);
    free(file.met);
    free(file.levels);
    free(file.big);
    return good || fail(failure, found.fault, found.os_error, "%s", found.text);
}
