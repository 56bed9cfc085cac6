#include "import/group.h"

#include <string.h>

#include "base/fault.h"

static bool has_number(const struct entry *entry, struct slice number)
{
    return slice_equal(slice_text(entry->texts[FIELD_NUMBER]), number);
}

static void to_front(struct group *group, size_t i, uint64_t row)
{
    struct entry *entry = group->open[i];
    memmove(group->open + 1, group->open, i * sizeof group->open[0]);
    group->open[0] = entry;
    entry->touched = row;
}

struct entry *group_find(struct group *group, struct slice number, uint64_t row)
{
    for (size_t i = 0; i < group->count; i++)
        if (has_number(group->open[i], number)) {
            to_front(group, i, row);
            return group->open[0];
        }
    return NULL;
}

void group_add(struct group *group, struct entry *entry, uint64_t row)
{
    need(group->count <= GROUP_OPEN_MAX);
    group->open[group->count] = entry;
    to_front(group, group->count++, row);
}

void group_line(struct group *group)
{
    group->lines++;
}

struct entry *group_take(struct group *group, uint64_t row, bool all)
{
    if (group->count == 0)
        return NULL;
    struct entry *oldest = group->open[group->count - 1];
    bool ripe = all || group->count > GROUP_OPEN_MAX || group->lines > GROUP_LINES_MAX ||
                row - oldest->touched > GROUP_ROWS_MAX;
    if (!ripe)
        return NULL;
    group->count--;
    group->lines -= oldest->row_count;
    return oldest;
}
