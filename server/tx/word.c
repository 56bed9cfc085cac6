#include "base/fold.h"
#include "tx/tx.h"

#include <string.h>

struct key key_folded(const struct key *head, const char *word)
{
    char folded[FOLD_KEY_MAX + 1];
    struct key key = *head;
    (void)fold_key(word, folded);
    key_text(&key, folded);
    return key;
}

struct key key_word(const struct key *head, const char *word)
{
    struct key key = key_folded(head, word);
    key_text(&key, word);
    return key;
}

static bool folds(const struct tx *tx)
{
    return tx_reading(tx) || tx_rule(tx, RULE_KEYS_FOLD);
}

bool word_same(const struct tx *tx, const char *a, const char *b)
{
    return folds(tx) ? fold_same(a, b) : strcmp(a, b) == 0;
}

/* How many fold alike, counted to two, and the first of them. */
static size_t alike(struct tx *tx, const struct key *head, const char *word, uint64_t *ret_number)
{
    struct key prefix = key_folded(head, word);
    struct tx_walk walk;
    size_t count = 0;
    for (bool on = tx_walk_first(tx, &prefix, NULL, &walk); on && count < 2;
         on = tx_walk_next(&walk)) {
        if (count++ == 0)
            *ret_number = tx_walk_number(&walk);
    }
    tx_walk_end(&walk);
    return count;
}

bool word_find(struct tx *tx, const struct key *head, const char *word, uint64_t *ret_number)
{
    struct key exact = key_word(head, word);
    if (tx_get_u64(tx, &exact, ret_number))
        return true;
    return folds(tx) && alike(tx, head, word, ret_number) == 1;
}

bool word_taken(struct tx *tx, const struct key *head, const char *word, uint64_t *ret_number)
{
    struct key exact = key_word(head, word);
    return tx_rule(tx, RULE_KEYS_FOLD) ? alike(tx, head, word, ret_number) > 0
                                       : tx_get_u64(tx, &exact, ret_number);
}

void word_put(struct tx *tx, const struct key *head, const char *word, uint64_t number)
{
    struct key key = key_word(head, word);
    tx_put_u64(tx, &key, number);
}

void word_delete(struct tx *tx, const struct key *head, const char *word)
{
    struct key key = key_word(head, word);
    tx_delete(tx, &key);
}

/* ---- codes that look alike ---- */

static struct key look_prefix(enum book_table table, const char *look)
{
    struct key key = key_book(TABLE_LOOK);
    key_u8(&key, (uint8_t)table);
    key_text(&key, look);
    return key;
}

bool look_key(enum book_table table, const char *code, uint64_t number, struct key *ret_key)
{
    char look[FOLD_KEY_MAX + 1];
    char folded[FOLD_KEY_MAX + 1];
    (void)fold_look(code, look);
    (void)fold_key(code, folded);
    if (strcmp(look, folded) == 0)
        return false;
    *ret_key = look_prefix(table, look);
    key_u64(ret_key, number);
    return true;
}

static bool first_number(struct tx *tx, const struct key *prefix, uint64_t *ret_number)
{
    struct tx_walk walk;
    bool any = tx_walk_first(tx, prefix, NULL, &walk);
    if (any)
        *ret_number = tx_walk_number(&walk);
    tx_walk_end(&walk);
    return any;
}

bool look_taken(struct tx *tx, enum book_table table, const char *code, uint64_t *ret_number)
{
    char look[FOLD_KEY_MAX + 1];
    if (!tx_rule(tx, RULE_CODES_LOOK_APART) || tx_recalled(tx))
        return false;
    (void)fold_look(code, look);
    struct key looks = look_prefix(table, look);
    struct key codes = key_book(table);
    key_text(&codes, look);
    return first_number(tx, &looks, ret_number) || first_number(tx, &codes, ret_number);
}

void look_put(struct tx *tx, enum book_table table, const char *code, uint64_t number)
{
    struct key key;
    if (look_key(table, code, number, &key))
        tx_put_u64(tx, &key, number);
}
