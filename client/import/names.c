#include "import/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"

enum { NAMES_FIRST = 1024 };

static struct name name_of(struct slice text)
{
    struct hash hash;
    struct name name = {.value = 0};
    hash_of(text.data, text.size, &hash);
    memcpy(name.key, hash.bytes, sizeof name.key);
    return name;
}

static bool same_key(const struct name *a, const struct name *b)
{
    return a->key[0] == b->key[0] && a->key[1] == b->key[1];
}

static bool is_empty(const struct name *name)
{
    return name->key[0] == 0 && name->key[1] == 0;
}

void names_fini(struct names *names)
{
    free(names->table);
    *names = (struct names){NULL, 0, 0};
}

/* Its place, or the empty one where it would be. */
static struct name *place_of(const struct names *names, const struct name *name)
{
    size_t at = (size_t)name->key[0] & (names->capacity - 1);
    while (!is_empty(&names->table[at]) && !same_key(&names->table[at], name))
        at = (at + 1) & (names->capacity - 1);
    return &names->table[at];
}

static bool grow(struct names *names)
{
    struct names wider = {.capacity = names->capacity == 0 ? NAMES_FIRST : names->capacity * 2};
    wider.table = calloc(wider.capacity, sizeof *wider.table);
    if (wider.table == NULL)
        return false;
    for (size_t i = 0; i < names->capacity; i++)
        if (!is_empty(&names->table[i]))
            *place_of(&wider, &names->table[i]) = names->table[i];
    wider.count = names->count;
    free(names->table);
    *names = wider;
    return true;
}

bool names_get(const struct names *names, struct slice text, uint64_t *ret_value)
{
    if (names->capacity == 0)
        return false;
    struct name name = name_of(text);
    const struct name *place = place_of(names, &name);
    if (is_empty(place))
        return false;
    *ret_value = place->value;
    return true;
}

bool names_put(struct names *names, struct slice text, uint64_t value)
{
    if (names->count >= names->capacity / 4 * 3 && (names->count >= NAMES_MAX || !grow(names)))
        return false;
    struct name name = name_of(text);
    struct name *place = place_of(names, &name);
    if (is_empty(place) && names->count >= NAMES_MAX)
        return false;
    names->count += is_empty(place);
    name.value = value;
    *place = name;
    return true;
}

struct slice names_key(struct slice code, char out[FOLD_KEY_MAX + 1])
{
    char text[CODE_MAX_BYTES + 1] = "";
    if (code.size > CODE_MAX_BYTES)
        return code; /* nobody's */
    memcpy(text, code.data, code.size);
    return slice_of(out, fold_key(text, out));
}

uint64_t names_digest(struct slice text)
{
    return name_of(text).key[1];
}
