#include "import/known.h"

/* As it is typed; else what folds like it. */
static bool code_get(const struct names *names, struct slice code, uint64_t *ret_value)
{
    char out[FOLD_KEY_MAX + 1];
    return names_get(names, code, ret_value) || names_get(names, names_key(code, out), ret_value);
}

/* An old ledger may have two that fold alike: each keeps its own. */
static void code_put(struct names *names, struct slice code, uint64_t value)
{
    char out[FOLD_KEY_MAX + 1];
    uint64_t before;
    struct slice key = names_key(code, out);
    (void)names_put(names, code, value);
    if (!names_get(names, key, &before))
        (void)names_put(names, key, value);
}

void known_fini(struct known *known)
{
    names_fini(&known->customers);
    names_fini(&known->products);
    names_fini(&known->taxes);
    names_fini(&known->branches);
    groups_fini(&known->groups);
}

void known_product(struct known *known, struct slice code, struct slice name)
{
    code_put(&known->products, code, names_digest(name));
}

void known_set_tax(struct known *known, struct slice code, uint32_t rate_bp)
{
    code_put(&known->taxes, code, rate_bp);
}

uint32_t known_tax(const struct known *known, struct slice code)
{
    uint64_t rate = 0;
    return code_get(&known->taxes, code, &rate) ? (uint32_t)rate : 0;
}

static void mark_customer(struct known *known, struct entry *entry)
{
    uint64_t value;
    const char *code = entry->texts[FIELD_CUSTOMER];
    if (code == NULL || code_get(&known->customers, slice_text(code), &value))
        return;
    entry->new_customer = true;
    code_put(&known->customers, slice_text(code), 1);
}

/* A product without a description is called by its code. */
static struct slice name_of(const struct entry_line *line)
{
    return slice_text(line->text != NULL ? line->text : line->code);
}

static void mark_line(struct known *known, struct entry_line *line, bool make)
{
    uint64_t digest;
    if (line->code == NULL)
        return;
    struct slice code = slice_text(line->code);
    if (code_get(&known->products, code, &digest)) {
        line->named = line->text == NULL || digest == names_digest(slice_text(line->text));
    } else if (make) {
        line->new_product = true;
        line->named = true;
        known_product(known, code, name_of(line));
    }
}

void known_mark(struct known *known, struct entry *entry, bool make)
{
    if (make)
        mark_customer(known, entry);
    for (size_t i = 0; i < entry->line_count; i++)
        mark_line(known, &entry->lines[i], make);
}
