#include "kit.h"

#include "engine/admission.h"
#include "engine/writer.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TOLD_MAX = 20000 };

/* What the loop was heard, in order. */
struct heard {
    struct kit kit;
    struct loop *loop;
    struct writer *writer;
    struct arena arena;
    struct {
        uint64_t reply_token;
        uint64_t seq;
        Tefter__RefusalCode refused; /* 0: done */
    } replies[TOLD_MAX];
    size_t count;
    size_t wanted; /* the loop stops at so many */
    uint64_t published_seq;
    size_t events;
    bool finished;
    bool lost;
};

static void replied(void *owner, uint64_t reply_token, struct slice reply,
                    const Tefter__Refusal *refused)
{
    struct heard *heard = owner;
    need(heard->count < TOLD_MAX);
    heard->replies[heard->count].reply_token = reply_token;
    if (refused) {
        heard->replies[heard->count].refused = refused->code;
    } else {
        const Tefter__Reply *read = kit_reply(reply, &heard->arena);
        heard->replies[heard->count].seq = read->seq;
        if (read->result_case == TEFTER__REPLY__RESULT_REFUSED)
            heard->replies[heard->count].refused = read->refused->code;
    }
    if (++heard->count == heard->wanted)
        loop_stop(heard->loop);
}

static void published(void *owner, const struct published_group *group)
{
    struct heard *heard = owner;
    assert_true(group->seq > heard->published_seq);
    heard->published_seq = group->seq;
    heard->events += group->event_count;
}

static void lost(void *owner)
{
    struct heard *heard = owner;
    heard->lost = true;
    loop_stop(heard->loop);
}

static void open_all(struct heard *heard)
{
    struct failure failure = {.fault = FAULT_NONE};
    kit_open(&heard->kit);
    arena_init(&heard->arena, 64 << 20);
    heard->loop = loop_create(&failure);
    struct writer_options options = {.loop = heard->loop,
                                     .commit = heard->kit.commit,
                                     .replied = replied,
                                     .published = published,
                                     .lost = lost,
                                     .owner = heard};
    assert_true(writer_create(&options, &heard->writer, &failure));
}

static void close_all(struct heard *heard)
{
    writer_destroy(heard->writer);
    loop_destroy(heard->loop);
    arena_fini(&heard->arena);
    kit_close(&heard->kit);
}

static int setup(void **state)
{
    struct heard *heard = calloc(1, sizeof *heard);
    if (!heard)
        return 1;
    open_all(heard);
    *state = heard;
    return 0;
}

static int teardown(void **state)
{
    close_all(*state);
    free(*state);
    return 0;
}

static void run_until(struct heard *heard, size_t count)
{
    heard->wanted = count;
    if (heard->count < count)
        loop_run(heard->loop);
    assert_int_equal(heard->count, count);
}

/* As a terminal does: heard to come back, it does. */
static void submit_surely(struct heard *heard, const struct submission *submission)
{
    while (writer_submit(heard->writer, submission) == SUBMIT_BUSY) {
        uint32_t retry_ms = writer_retry_ms(heard->writer);
        assert_in_range(retry_ms, ADMISSION_RETRY_LEAST_MS, ADMISSION_RETRY_MOST_MS);
        heard->wanted = heard->count + 1;
        loop_run(heard->loop);
    }
}

static void found(struct heard *heard)
{
    struct submission submission =
        kit_submission(&heard->kit, kit_found(&heard->arena), WRITER_NO_TOKEN - 1);
    assert_int_equal(writer_submit(heard->writer, &submission), SUBMIT_TAKEN);
    run_until(heard, heard->count + 1);
    assert_int_equal(heard->replies[heard->count - 1].refused, 0);
}

static void replies_come_in_order(void **state)
{
    struct heard *heard = *state;
    found(heard);
    for (uint64_t i = 0; i < 2000; i++) {
        struct submission submission =
            kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), 100 + i);
        submit_surely(heard, &submission);
    }
    run_until(heard, 2001);
    for (uint64_t i = 1; i <= 2000; i++) {
        assert_int_equal(heard->replies[i].reply_token, 99 + i);
        assert_int_equal(heard->replies[i].seq, i + 1);
    }
    assert_int_equal(heard->published_seq, 2001);
    struct writer_metrics metrics;
    writer_metrics(heard->writer, &metrics);
    assert_int_equal(metrics.commands, 2001);
    assert_true(metrics.batches < 1000);
}

static uint64_t seen_seq(struct heard *heard)
{
    struct ledger_state state;
    assert_true(ledger_state(heard->kit.ledger, &state, NULL));
    return state.seq;
}

/* What was heard may be ahead of what views see, until one asks; for some time after one has, it is
 * not. */
static void who_was_told_can_look(void **state)
{
    struct heard *heard = *state;
    found(heard);
    for (uint64_t i = 0; i < 300; i++) {
        struct submission submission =
            kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), i);
        submit_surely(heard, &submission);
        run_until(heard, 2 + i);
        if (i % 150 == 100)
            writer_make_visible(heard->writer);
        if (i % 150 >= 100)
            assert_int_equal(seen_seq(heard), 2 + i);
        assert_true(seen_seq(heard) <= 2 + i);
    }
    writer_make_visible(heard->writer);
    assert_int_equal(seen_seq(heard), 301);
    writer_make_visible(heard->writer);
}

static void the_same_id_counts_once(void **state)
{
    struct heard *heard = *state;
    found(heard);
    struct submission first =
        kit_submission(&heard->kit, kit_add_terminal("one", &heard->arena), 1);
    struct submission again = first, other = first, later = first;
    again.reply_token = 2;
    other.reply_token = 3;
    other.command = kit_add_terminal("two", &heard->arena);
    later.reply_token = 4;
    writer_submit(heard->writer, &first);
    writer_submit(heard->writer, &again);
    run_until(heard, 3);
    writer_submit(heard->writer, &other);
    writer_submit(heard->writer, &later);
    run_until(heard, 5);
    assert_int_equal(heard->replies[2].seq, heard->replies[1].seq);
    assert_int_equal(heard->replies[2].refused, 0);
    assert_int_equal(heard->replies[3].refused, TEFTER__REFUSAL_CODE__COMMAND_ID_REUSED);
    assert_int_equal(heard->replies[4].seq, heard->replies[1].seq);
    assert_int_equal(heard->replies[4].refused, 0);
    struct journal_head head;
    journal_head(heard->kit.journal, &head);
    assert_true(head.next_seq == 3 || head.next_seq == 4);
}

static void too_late_is_not_journalled(void **state)
{
    struct heard *heard = *state;
    found(heard);
    struct submission late =
        kit_submission(&heard->kit, kit_add_terminal("late", &heard->arena), 7);
    late.deadline_ms = clock_loop_ms() - 1;
    writer_submit(heard->writer, &late);
    run_until(heard, 2);
    assert_int_equal(heard->replies[1].refused, TEFTER__REFUSAL_CODE__DEADLINE_PASSED);
    struct writer_metrics metrics;
    writer_metrics(heard->writer, &metrics);
    assert_int_equal(metrics.too_late, 1);
    assert_int_equal(metrics.commands, 1);
    struct journal_head head;
    journal_head(heard->kit.journal, &head);
    assert_int_equal(head.next_seq, 2);
}

/* Nobody is heard meanwhile, so at most two groups are done: the rest of what is taken waits. */
static void what_would_wait_long_is_busy(void **state)
{
    struct heard *heard = *state;
    struct writer_metrics metrics;
    found(heard);
    struct slice command = kit_add_terminal("till", &heard->arena);
    size_t taken = 0;
    enum submit_answer answer = SUBMIT_TAKEN;
    while (answer == SUBMIT_TAKEN && taken < 2 * WRITER_QUEUE_MAX) {
        struct submission submission = kit_submission(&heard->kit, command, taken);
        answer = writer_submit(heard->writer, &submission);
        taken += answer == SUBMIT_TAKEN;
    }
    writer_metrics(heard->writer, &metrics);
    assert_int_equal(answer, SUBMIT_BUSY);
    assert_int_equal(metrics.busy, 1);
    assert_true(taken >= ADMISSION_ROOM_LEAST);
    assert_true(writer_busy(heard->writer));
    assert_in_range(metrics.room, ADMISSION_ROOM_LEAST, WRITER_QUEUE_MAX);
    /* the server's own goes in all the same */
    struct submission own = kit_submission(&heard->kit, command, WRITER_NO_TOKEN);
    assert_int_equal(writer_submit(heard->writer, &own), SUBMIT_TAKEN);
    run_until(heard, 1 + taken);
    assert_false(writer_busy(heard->writer));
}

static void read_only_takes_nothing(void **state)
{
    struct heard *heard = *state;
    found(heard);
    struct submission submission =
        kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), 1);
    writer_read_only(heard->writer, true);
    assert_int_equal(writer_submit(heard->writer, &submission), SUBMIT_READ_ONLY);
    writer_read_only(heard->writer, false);
    assert_int_equal(writer_submit(heard->writer, &submission), SUBMIT_TAKEN);
    run_until(heard, 2);
    struct writer_metrics metrics;
    writer_metrics(heard->writer, &metrics);
    assert_int_equal(metrics.read_only, 1);
}

static uint64_t counted(const struct histogram *histogram)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        count += atomic_load(&histogram->buckets[i]);
    return count;
}

/* The same id again costs a wait and an answer, but no sync. */
static void each_step_is_timed(void **state)
{
    struct heard *heard = *state;
    const struct writer_times *times = writer_times(heard->writer);
    struct writer_metrics metrics;
    found(heard);
    struct submission first =
        kit_submission(&heard->kit, kit_add_terminal("one", &heard->arena), 1);
    for (size_t i = 2; i <= 50; i++) {
        writer_submit(heard->writer, &first);
        run_until(heard, i);
    }
    struct submission bad = kit_submission(&heard->kit, kit_found(&heard->arena), 2);
    writer_submit(heard->writer, &bad);
    run_until(heard, 51);
    writer_make_visible(heard->writer);
    writer_metrics(heard->writer, &metrics);
    assert_int_equal(metrics.commands, 3);
    assert_int_equal(metrics.refused, 1);
    assert_int_equal(metrics.batches, 3);
    assert_int_equal(metrics.inside, 0);
    assert_int_equal(counted(&times->queue), 51);
    assert_int_equal(counted(&times->prepare), 51);
    assert_int_equal(counted(&times->publish), 51);
    assert_int_equal(counted(&times->whole), 51);
    assert_int_equal(counted(&times->sync), 3);
    assert_int_equal(counted(&times->apply), 3);
    assert_in_range(counted(&times->commit), 1, 3);
    assert_true(atomic_load(&times->whole.sum_us) >= atomic_load(&times->queue.sum_us));
}

static void note_finished(void *context)
{
    struct heard *heard = context;
    heard->finished = true;
    loop_stop(heard->loop);
}

static void finishing_answers_what_waits(void **state)
{
    struct heard *heard = *state;
    found(heard);
    for (uint64_t i = 0; i < 1500; i++) {
        struct submission submission =
            kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), i);
        submit_surely(heard, &submission);
    }
    writer_finish(heard->writer, note_finished, heard);
    struct submission submission =
        kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), 1);
    assert_int_equal(writer_submit(heard->writer, &submission), SUBMIT_BUSY);
    loop_run(heard->loop);
    assert_true(heard->finished);
    assert_int_equal(heard->count, 1501);
    assert_int_equal(seen_seq(heard), 1501);
}

static void now_goes_back_only_with_a_clock_that_was_set(void **state)
{
    struct heard *heard = *state;
    struct ledger_state first, second;
    heard->kit.now_ms = clock_now_ms(&heard->kit.clock);
    found(heard);
    writer_make_visible(heard->writer);
    assert_true(ledger_state(heard->kit.ledger, &first, NULL));
    static const int64_t steps_ms[] = {CLOCK_JUMP_MS - 1000, 3600 * 1000};
    for (uint64_t i = 0; i < 2; i++) {
        heard->kit.now_ms = first.now_ms - steps_ms[i];
        struct submission submission =
            kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), i + 1);
        writer_submit(heard->writer, &submission);
        run_until(heard, (uint32_t)i + 2);
        writer_make_visible(heard->writer);
        assert_true(ledger_state(heard->kit.ledger, &second, NULL));
        assert_int_equal(second.now_ms, i == 0 ? first.now_ms : heard->kit.now_ms);
    }
}

/* ---- a journal that does not say OK ---- */

enum { WAIT_MS = 5000 };

static void pass_ms(uint32_t ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

static void wait_state(const struct heard *heard, enum writer_state wanted)
{
    for (int i = 0; i < WAIT_MS && writer_state(heard->writer) != wanted; i++)
        pass_ms(1);
    assert_int_equal(writer_state(heard->writer), wanted);
}

static uint64_t next_seq(const struct heard *heard)
{
    struct journal_head head;
    journal_head(heard->kit.journal, &head);
    return head.next_seq;
}

static struct submission a_till(struct heard *heard, uint64_t reply_token)
{
    return kit_submission(&heard->kit, kit_add_terminal("till", &heard->arena), reply_token);
}

static void a_busy_journal_is_tried_again(void **state)
{
    struct heard *heard = *state;
    found(heard);
    journal_fake_stall(heard->kit.journal, JOURNAL_BUSY);
    struct submission first = a_till(heard, 1), second = a_till(heard, 2);
    assert_int_equal(writer_submit(heard->writer, &first), SUBMIT_TAKEN);
    wait_state(heard, WRITER_BUSY);
    assert_int_equal(writer_submit(heard->writer, &second), SUBMIT_BUSY);
    assert_true(writer_busy(heard->writer));
    assert_in_range(writer_retry_ms(heard->writer), ADMISSION_RETRY_LEAST_MS,
                    ADMISSION_RETRY_MOST_MS);
    writer_make_visible(heard->writer); /* who wants to look is not held up by it */
    assert_int_equal(seen_seq(heard), 1);
    pass_ms(400);
    assert_int_equal(next_seq(heard), 2);
    journal_fake_stall(heard->kit.journal, JOURNAL_OK);
    run_until(heard, 2);
    assert_int_equal(heard->replies[1].seq, 2);
    wait_state(heard, WRITER_WELL);
    assert_int_equal(writer_submit(heard->writer, &second), SUBMIT_TAKEN);
    run_until(heard, 3);
    assert_int_equal(next_seq(heard), 4);
}

/* The one that waits has a deadline; nothing else is there to be tried again. */
static void a_busy_journal_is_not_waited_for_too_long(void **state)
{
    struct heard *heard = *state;
    found(heard);
    journal_fake_stall(heard->kit.journal, JOURNAL_BUSY);
    struct submission hasty = a_till(heard, 1), second = a_till(heard, 2);
    hasty.deadline_ms = clock_loop_ms() + 50;
    assert_int_equal(writer_submit(heard->writer, &hasty), SUBMIT_TAKEN);
    run_until(heard, 2);
    assert_int_equal(heard->replies[1].refused, TEFTER__REFUSAL_CODE__DEADLINE_PASSED);
    wait_state(heard, WRITER_WELL);
    journal_fake_stall(heard->kit.journal, JOURNAL_OK);
    assert_int_equal(writer_submit(heard->writer, &second), SUBMIT_TAKEN);
    run_until(heard, 3);
    assert_int_equal(next_seq(heard), 3);
}

static void who_is_not_the_writer_shows_only(void **state)
{
    struct heard *heard = *state;
    found(heard);
    journal_fake_stall(heard->kit.journal, JOURNAL_NOT_WRITER);
    struct submission first = a_till(heard, 1), second = a_till(heard, 2);
    assert_int_equal(writer_submit(heard->writer, &first), SUBMIT_TAKEN);
    run_until(heard, 2);
    assert_int_equal(heard->replies[1].refused, TEFTER__REFUSAL_CODE__READ_ONLY);
    wait_state(heard, WRITER_NOT_WRITER);
    assert_int_equal(writer_submit(heard->writer, &second), SUBMIT_READ_ONLY);
    assert_false(writer_busy(heard->writer));
    writer_make_visible(heard->writer);
    assert_int_equal(seen_seq(heard), 1);
    journal_fake_stall(heard->kit.journal, JOURNAL_OK);
    wait_state(heard, WRITER_WELL);
    assert_int_equal(writer_submit(heard->writer, &first), SUBMIT_TAKEN);
    run_until(heard, 3);
    assert_int_equal(heard->replies[2].seq, 2);
    assert_int_equal(next_seq(heard), 3);
}

/* What another has written was never applied here: nothing may stand on it. */
static void nothing_is_written_on_top_of_another(void **state)
{
    struct heard *heard = *state;
    struct failure failure = {.fault = FAULT_NONE};
    struct journal *other;
    struct slice entry = slice_text("not ours");
    found(heard);
    assert_true(journal_open(&kit_journal, &other, &failure));
    struct submission first = a_till(heard, 1);
    assert_int_equal(writer_submit(heard->writer, &first), SUBMIT_TAKEN);
    run_until(heard, 2);
    assert_int_equal(heard->replies[1].refused, TEFTER__REFUSAL_CODE__READ_ONLY);
    assert_int_equal(journal_propose(other, &entry, 1, 1, NULL, &failure), JOURNAL_OK);
    journal_close(other);
    loop_run(heard->loop);
    assert_true(heard->lost);
    assert_int_equal(writer_state(heard->writer), WRITER_LOST);
    assert_int_equal(writer_submit(heard->writer, &first), SUBMIT_BUSY);
    pass_ms(50);
    assert_int_equal(next_seq(heard), 3);
    assert_int_equal(heard->count, 2);
}

static void what_is_unknown_is_found_out(void **state)
{
    struct heard *heard = *state;
    found(heard);
    for (uint64_t kept = 0; kept < 2; kept++) {
        journal_fake_answer(heard->kit.journal, JOURNAL_UNKNOWN, kept);
        struct submission submission = a_till(heard, 1);
        assert_int_equal(writer_submit(heard->writer, &submission), SUBMIT_TAKEN);
        run_until(heard, 2 + kept);
        assert_int_equal(heard->replies[1 + kept].refused, 0);
        assert_int_equal(heard->replies[1 + kept].seq, 2 + kept);
        assert_int_equal(next_seq(heard), 3 + kept); /* once, kept or not */
    }
    wait_state(heard, WRITER_WELL);
    assert_int_equal(heard->published_seq, 3);
    writer_make_visible(heard->writer);
    assert_int_equal(seen_seq(heard), 3);
}

/* While it cannot be found out nobody of the group hears, and others are heard to come back. */
static void while_it_is_unknown_nobody_is_answered(void **state)
{
    struct heard *heard = *state;
    found(heard);
    journal_fake_stall(heard->kit.journal, JOURNAL_UNKNOWN);
    struct submission first = a_till(heard, 1), second = a_till(heard, 2);
    assert_int_equal(writer_submit(heard->writer, &first), SUBMIT_TAKEN);
    loop_run(heard->loop);
    assert_true(heard->lost);
    assert_int_equal(writer_submit(heard->writer, &second), SUBMIT_BUSY);
    writer_make_visible(heard->writer);
    assert_int_equal(seen_seq(heard), 1);
    assert_int_equal(heard->count, 1);
}

/* Asked to finish, it does, also when the journal takes nothing. */
static void it_finishes_beside_a_busy_journal(void **state)
{
    struct heard *heard = *state;
    found(heard);
    journal_fake_stall(heard->kit.journal, JOURNAL_BUSY);
    struct submission submission = a_till(heard, 1);
    assert_int_equal(writer_submit(heard->writer, &submission), SUBMIT_TAKEN);
    wait_state(heard, WRITER_BUSY);
    writer_finish(heard->writer, note_finished, heard);
    loop_run(heard->loop);
    assert_true(heard->finished);
    assert_int_equal(heard->count, 1); /* nothing became of it, and nobody was heard that it did */
    assert_int_equal(next_seq(heard), 2);
}

/* ---- what ends the process, before anybody hears ---- */

static void told_in_child(void *owner, uint64_t reply_token, struct slice reply,
                          const Tefter__Refusal *refused)
{
    (void)owner, (void)reply, (void)refused;
    if (reply_token == 9)
        _exit(42);
}

static void ignored(void *owner, const struct published_group *group)
{
    (void)owner, (void)group;
}

static void child(enum journal_answer answer, bool written)
{
    struct heard *heard = calloc(1, sizeof *heard);
    struct failure failure = {.fault = FAULT_NONE};
    kit_open(&heard->kit);
    arena_init(&heard->arena, 1 << 20);
    heard->loop = loop_create(&failure);
    struct writer_options options = {.loop = heard->loop,
                                     .commit = heard->kit.commit,
                                     .replied = told_in_child,
                                     .published = ignored,
                                     .owner = heard};
    writer_create(&options, &heard->writer, &failure);
    journal_fake_answer(heard->kit.journal, answer, written);
    journal_fake_resumes(heard->kit.journal, false);
    struct submission submission = kit_submission(&heard->kit, kit_found(&heard->arena), 9);
    writer_submit(heard->writer, &submission);
    loop_run(heard->loop);
    _exit(43);
}

static void what_only_a_start_finds_out_ends_the_process(void **state)
{
    (void)state;
    const struct {
        enum journal_answer answer;
        bool written;
    } table[] = {{JOURNAL_UNKNOWN, false}, {JOURNAL_UNKNOWN, true}, {JOURNAL_TOO_BIG, false}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0)
            child(table[i].answer, table[i].written);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_a_start_finds_out_ends_the_process),
        TEST(replies_come_in_order),
        TEST(who_was_told_can_look),
        TEST(the_same_id_counts_once),
        TEST(too_late_is_not_journalled),
        TEST(what_would_wait_long_is_busy),
        TEST(read_only_takes_nothing),
        TEST(each_step_is_timed),
        TEST(finishing_answers_what_waits),
        TEST(now_goes_back_only_with_a_clock_that_was_set),
        TEST(a_busy_journal_is_tried_again),
        TEST(a_busy_journal_is_not_waited_for_too_long),
        TEST(who_is_not_the_writer_shows_only),
        TEST(nothing_is_written_on_top_of_another),
        TEST(what_is_unknown_is_found_out),
        TEST(while_it_is_unknown_nobody_is_answered),
        TEST(it_finishes_beside_a_busy_journal),
    };
    assert_true(hash_setup());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
