#include "import/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/grow.h"
#include "base/limits.h"

enum { WORD_MAX = NAME_MAX_BYTES + 1, SHOWN_MAX = 60 };

void groups_fini(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        free(groups->all[i].dimension);
        free(groups->all[i].name);
    }
    free(groups->all);
    *groups = (struct groups){.count = 0};
}

bool groups_add(struct groups *groups, const Tefter__GroupRecord *record)
{
    struct group_known known = {
        .group = record->group,
        .dimension = strdup(record->dimension),
        .name = strdup(record->name),
        .has_term_days = record->has_term_days,
        .term_days = record->term_days,
        .has_limit = record->limit != NULL && record->limit->has_limit_minor,
        .limit_minor = record->limit != NULL && record->limit->has_limit_minor
                           ? record->limit->limit_minor
                           : 0};
    if (known.dimension != NULL && known.name != NULL &&
        GROW(groups->all, groups->room, groups->count + 1)) {
        groups->all[groups->count++] = known;
        return true;
    }
    free(known.dimension);
    free(known.name);
    return false;
}

static bool same(const char *there, struct slice word)
{
    char text[WORD_MAX];
    (void)snprintf(text, sizeof text, "%.*s", (int)word.size, (const char *)word.data);
    return fold_same(there, text);
}

const struct group_known *groups_find(const struct groups *groups, struct slice dimension,
                                      struct slice name)
{
    for (size_t i = 0; i < groups->count; i++)
        if (same(groups->all[i].name, name) && same(groups->all[i].dimension, dimension))
            return &groups->all[i];
    return NULL;
}

const struct group_known *groups_numbered(const struct groups *groups, uint32_t group)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->all[i].group == group)
            return &groups->all[i];
    return NULL;
}

/* ---- a customer's cell ---- */

static struct slice trimmed(struct slice text)
{
    while (text.size > 0 && text.data[0] == ' ')
        text = slice_of(text.data + 1, text.size - 1);
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static struct slice next_piece(struct slice *rest, char sign)
{
    const uint8_t *end = rest->size > 0 ? memchr(rest->data, sign, rest->size) : NULL;
    size_t size = end != NULL ? (size_t)(end - rest->data) : rest->size;
    struct slice piece = slice_of(rest->data, size);
    *rest = slice_of(rest->data + size + (end != NULL), rest->size - size - (end != NULL));
    return trimmed(piece);
}

/* By its name alone; several dimensions may have one of that name. */
static const struct group_known *find_alone(const struct groups *groups, struct slice name,
                                            size_t *ret_found)
{
    const struct group_known *found = NULL;
    *ret_found = 0;
    for (size_t i = 0; i < groups->count; i++)
        if (same(groups->all[i].name, name)) {
            found = &groups->all[i];
            (*ret_found)++;
        }
    return found;
}

static const struct group_known *find_piece(const struct groups *groups, struct slice piece,
                                            size_t *ret_found)
{
    const struct group_known *alone = find_alone(groups, piece, ret_found);
    struct slice rest = piece;
    struct slice dimension = next_piece(&rest, ':');
    if (*ret_found > 0 || rest.size == 0)
        return *ret_found == 1 ? alone : NULL;
    const struct group_known *found = groups_find(groups, dimension, trimmed(rest));
    *ret_found = found != NULL;
    return found;
}

bool groups_read(const struct groups *groups, struct slice cell,
                 uint32_t ret_groups[GROUPS_OF_ROW_MAX], size_t *ret_count, char why[GROUP_WHY_MAX])
{
    *ret_count = 0;
    while (cell.size > 0) {
        struct slice piece = next_piece(&cell, ';');
        size_t found = 0;
        if (piece.size == 0 || !groups->learned)
            continue;
        const struct group_known *group = find_piece(groups, piece, &found);
        int shown = (int)(piece.size < SHOWN_MAX ? piece.size : SHOWN_MAX);
        if (group == NULL && found > 1)
            (void)snprintf(why, GROUP_WHY_MAX,
                           "several groups are called \"%.*s\": write which as \"dimension: %.*s\"",
                           shown, (const char *)piece.data, shown, (const char *)piece.data);
        else if (group == NULL)
            (void)snprintf(why, GROUP_WHY_MAX,
                           "there is no group \"%.*s\": import the groups first, or leave the "
                           "column out with --ignore",
                           shown, (const char *)piece.data);
        else if (*ret_count == GROUPS_OF_ROW_MAX)
            (void)snprintf(why, GROUP_WHY_MAX, "a customer has at most %d groups",
                           GROUPS_OF_ROW_MAX);
        else
            ret_groups[(*ret_count)++] = group->group;
        if (group == NULL || *ret_count > GROUPS_OF_ROW_MAX)
            return false;
    }
    return true;
}
