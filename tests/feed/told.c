/*
 * Judges what other clients than ours saw, with the same judge. Reads lines:
 *
 *   before CUSTOMER PRINT             the truth at the beginning; customers are 0 to 47
 *   change SEQ CUSTOMER PRINT         each change, as who made it was told
 *   row WATCHER CUSTOMER SEQ PRINT    what a watcher, 0 to 31, saw, in its order
 *   exact WATCHER SEQ
 *   anew WATCHER
 *
 * A watcher is judged by the customers of which there is a `before`. Exit code 1: the first fault
 * is told.
 */
#include "feed/judge.h"

#include "base/grow.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WATCHERS = 32, NUMBERS = 4, LINE_MAX_BYTES = 256 };

struct told {
    struct truth truth;
    size_t capacity; /* of its changes */
    uint64_t wish;
    struct watcher watchers[WATCHERS];
};

static bool take_before(struct told *told, const uint64_t n[NUMBERS])
{
    if (n[0] >= FEED_CUSTOMERS)
        return false;
    told->wish |= UINT64_C(1) << n[0];
    told->truth.before[n[0]] = n[1];
    return true;
}

static bool take_change(struct told *told, const uint64_t n[NUMBERS])
{
    struct truth *truth = &told->truth;
    if (n[1] >= FEED_CUSTOMERS || !GROW(truth->changes, told->capacity, truth->count + 1))
        return false;
    truth->changes[truth->count++] = (struct change){n[0], (uint32_t)n[1], n[2]};
    return true;
}

static bool take_line(struct told *told, const char *line)
{
    char word[16];
    uint64_t n[NUMBERS] = {0};
    int count = sscanf(line, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, word, &n[0],
                       &n[1], &n[2], &n[3]);
    if (count == 3 && strcmp(word, "before") == 0)
        return take_before(told, n);
    if (count == 4 && strcmp(word, "change") == 0)
        return take_change(told, n);
    if (count < 2 || n[0] >= WATCHERS)
        return false;
    struct watcher *watcher = &told->watchers[n[0]];
    if (count == 5 && strcmp(word, "row") == 0 && n[1] < FEED_CUSTOMERS)
        return watcher_add(watcher, (struct glance){GLANCE_ROW, (uint32_t)n[1], n[2], n[3]});
    if (count == 3 && strcmp(word, "exact") == 0)
        return watcher_add(watcher, (struct glance){GLANCE_EXACT, 0, n[1], 0});
    if (count == 2 && strcmp(word, "anew") == 0)
        return watcher_add(watcher, (struct glance){GLANCE_ANEW, 0, 0, 0});
    return false;
}

static bool read_all(struct told *told)
{
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (!take_line(told, line)) {
            printf("this line makes no sense: %s", line);
            return false;
        }
    }
    return true;
}

int main(void)
{
    static struct told told;
    char fault[FEED_FAULT_MAX];
    size_t glances = 0;
    if (!read_all(&told))
        return 2;
    if (!truth_sort(&told.truth, fault)) {
        printf("%s\n", fault);
        return 1;
    }
    for (uint32_t i = 0; i < WATCHERS; i++) {
        struct watcher *watcher = &told.watchers[i];
        watcher->wish = told.wish;
        glances += watcher->count;
        if (watcher->count > 0 && !feed_judge(&told.truth, watcher, fault)) {
            printf("watcher %" PRIu32 ": %s\n", i, fault);
            return 1;
        }
    }
    printf("%zu changes, %zu glances, all true\n", told.truth.count, glances);
    return 0;
}
