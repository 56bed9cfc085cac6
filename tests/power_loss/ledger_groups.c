/*
 * The journal of a real run, applied in other groups than it was written in: of 1, 7, 64 and all at
 * once. Each way must come by every state digest that the batches' marks tell, give the same
 * replies, and end at the same state digest with right books.
 *
 *   power_groups LEDGER
 */
#include "ledger.h"

#include "datadir/files.h"
#include "journal/journal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20 };

struct way {
    uint32_t group;
    uint32_t waiting;
    bool begun;
    struct ledger *ledger;
    struct arena arena;
    struct hash_state replies;
    struct journal_head head;
    uint64_t marks;
    uint64_t seq;
};

struct end {
    uint64_t seq, marks;
    struct hash state_digest, replies;
};

static bool mark_fits(struct way *way, const struct journal_batch *batch, struct failure *failure)
{
    uint64_t seq;
    struct hash state_digest;
    ledger_state_digest(way->ledger, &seq, &state_digest);
    if (batch->digest.seq == 0 || batch->digest.seq != seq)
        return true;
    way->marks++;
    return hash_equal(&state_digest, &batch->digest.hash) ||
           fail(failure, FAULT_DAMAGED, 0,
                "in groups of %" PRIu32 ": another state digest at %" PRIu64, way->group, seq);
}

static bool commit(struct way *way, const struct journal_batch *batch, struct failure *failure)
{
    way->begun = false;
    way->waiting = 0;
    return ledger_commit(way->ledger, way->head.ledger.bytes, &batch->incarnation, batch->batch,
                         &batch->chain, failure);
}

static bool apply(struct way *way, const struct journal_batch *batch, uint32_t i,
                  struct failure *failure)
{
    struct ledger_result result;
    if (!way->begun && !ledger_begin(way->ledger, failure))
        return false;
    way->begun = true;
    if (i == 0 && !mark_fits(way, batch, failure))
        return false;
    arena_reset(&way->arena);
    if (!ledger_apply(way->ledger, batch->first_seq + i, batch->entries[i], &way->arena, &result,
                      failure))
        return false;
    hash_add_u64(&way->replies, result.reply.size);
    hash_add(&way->replies, result.reply.data, result.reply.size);
    way->seq = batch->first_seq + i;
    return ++way->waiting < way->group || commit(way, batch, failure);
}

static bool take(void *context, const struct journal_batch *batch, struct failure *failure)
{
    struct way *way = context;
    for (uint32_t i = 0; i < batch->count; i++)
        if (!apply(way, batch, i, failure))
            return false;
    bool last = way->seq + 1 == way->head.next_seq;
    return !last || !way->begun || commit(way, batch, failure);
}

static bool go(struct way *way, struct journal *journal, const char *place, struct end *ret_end,
               struct failure *failure)
{
    struct ledger_state state;
    struct ledger_options options = {.path = place, .map_bytes = MAP_BYTES};
    if (!files_remove_tree(place, failure) || !ledger_open(&options, &way->ledger, failure))
        return false;
    journal_head(journal, &way->head);
    arena_init(&way->arena, ARENA_BYTES);
    hash_begin(&way->replies);
    if (!journal_read(journal, 1, take, way, failure) ||
        !ledger_state(way->ledger, &state, failure) || !books_right(way->ledger, failure))
        return false;
    *ret_end =
        (struct end){.seq = state.seq, .marks = way->marks, .state_digest = state.state_digest};
    hash_end(&way->replies, &ret_end->replies);
    arena_fini(&way->arena);
    ledger_close(way->ledger);
    return state.seq == way->seq || fail(failure, FAULT_DAMAGED, 0, "it does not end at the end");
}

static bool compare(struct journal *journal, const char *place, struct failure *failure)
{
    static const uint32_t groups[] = {1, 7, 64, UINT32_MAX};
    struct end first, end;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct way way = {.group = groups[i]};
        if (!go(&way, journal, place, &end, failure))
            return false;
        if (i == 0)
            first = end;
        if (end.seq != first.seq || end.marks != first.marks ||
            !hash_equal(&end.state_digest, &first.state_digest) ||
            !hash_equal(&end.replies, &first.replies))
            return fail(failure, FAULT_DAMAGED, 0, "in groups of %" PRIu32 " it ends elsewhere",
                        groups[i]);
    }
    printf("groups: %" PRIu64 " entries in groups of 1, 7, 64 and all: the same replies, the same "
           "state digest, %" PRIu64 " marks of the journal met each time\n",
           first.seq, first.marks);
    return first.marks > 0 || fail(failure, FAULT_DAMAGED, 0, "no batch had a mark");
}

int main(int argc, char **argv)
{
    char place[] = "/dev/shm/power-groups-XXXXXX", path[FILES_PATH_MAX];
    struct journal *journal = NULL;
    struct failure failure = {.fault = FAULT_NONE};
    if (argc != 2 || !hash_setup() || !mkdtemp(place))
        return WRONG_USE;
    struct journal_options options = {.path = path, .reading = true};
    bool good = files_join(path, argv[1], "journal", &failure) &&
                journal_open(&options, &journal, &failure) && compare(journal, place, &failure);
    journal_close(journal);
    files_remove_tree(place, NULL);
    return good ? SOUND : told(&failure);
}
