#include "base/check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "net/loop.h"

static struct loop *loop_of_test(void)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct loop *loop = loop_create(&failure);
    assert_non_null(loop);
    return loop;
}

struct count {
    struct loop *loop;
    int calls;
    int stop_at;
    struct loop_timer *timer;
    struct loop_wake *wake;
    pthread_t worker;
};

static void call(void *context)
{
    struct count *count = context;
    if (++count->calls == count->stop_at)
        loop_stop(count->loop);
}

static void a_timer_fires_once_or_again_and_again(void **state)
{
    (void)state;
    struct count once = {loop_of_test(), 0, 0, NULL, NULL, 0};
    struct count many = {once.loop, 0, 3, NULL, NULL, 0};
    uint64_t from = loop_now_ms(once.loop);
    struct loop_timer *first = loop_timer_create(once.loop, call, &once);
    struct loop_timer *second = loop_timer_create(once.loop, call, &many);
    loop_timer_start(first, 1, 0);
    loop_timer_start(second, 5, 5);
    loop_run(once.loop);
    assert_int_equal(once.calls, 1);
    assert_int_equal(many.calls, 3);
    assert_true(loop_now_ms(once.loop) >= from + 15);
    loop_timer_stop(second);
    many.stop_at = 0;
    once.stop_at = 2;
    loop_timer_start(first, 20, 0);
    loop_run(once.loop);
    assert_int_equal(many.calls, 3);
    loop_timer_destroy(first);
    loop_destroy(once.loop); /* which ends the second */
}

static void end_itself(void *context)
{
    struct count *count = context;
    call(context);
    loop_timer_destroy(count->timer);
}

static void a_timer_may_end_itself(void **state)
{
    (void)state;
    struct count count = {loop_of_test(), 0, 1, NULL, NULL, 0};
    count.timer = loop_timer_create(count.loop, end_itself, &count);
    loop_timer_start(count.timer, 0, 1);
    loop_run(count.loop);
    assert_int_equal(count.calls, 1);
    loop_destroy(count.loop);
}

static void *wake_often(void *context)
{
    struct count *count = context;
    for (int i = 0; i < 1000; i++)
        loop_wake(count->wake);
    return NULL;
}

static void a_wake_comes_from_any_thread(void **state)
{
    (void)state;
    struct count count = {loop_of_test(), 0, 1, NULL, NULL, 0};
    count.wake = loop_wake_create(count.loop, call, &count);
    pthread_create(&count.worker, NULL, wake_often, &count);
    loop_run(count.loop);
    pthread_join(count.worker, NULL);
    assert_true(count.calls >= 1 && count.calls <= 1000);
    loop_wake_destroy(count.wake);
    loop_destroy(count.loop);
}

static void remember_thread(void *context)
{
    struct count *count = context;
    count->worker = pthread_self();
}

static void work_is_done_elsewhere_and_reported_here(void **state)
{
    (void)state;
    struct count count = {loop_of_test(), 0, 1, NULL, NULL, pthread_self()};
    assert_true(loop_work(count.loop, remember_thread, call, &count));
    loop_run(count.loop);
    assert_int_equal(count.calls, 1);
    assert_false(pthread_equal(count.worker, pthread_self()));
    loop_destroy(count.loop);
}

static void add_one(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

static void look(void *context)
{
    assert_true(atomic_load((atomic_int *)context) > 0);
}

static void a_loop_waits_for_its_work_when_it_ends(void **state)
{
    (void)state;
    atomic_int done = 0;
    struct loop *loop = loop_of_test();
    for (int i = 0; i < 20; i++)
        assert_true(loop_work(loop, add_one, look, &done));
    loop_destroy(loop);
    assert_int_equal(atomic_load(&done), 20);
}

static void a_signal_is_caught_and_sigpipe_ignored(void **state)
{
    (void)state;
    struct count count = {loop_of_test(), 0, 1, NULL, NULL, 0};
    assert_true(loop_on_signal(count.loop, SIGUSR1, call, &count));
    raise(SIGPIPE);
    raise(SIGUSR1);
    loop_run(count.loop);
    assert_int_equal(count.calls, 1);
    assert_false(loop_on_signal(count.loop, 12345, call, &count));
    loop_destroy(count.loop);
}

/* All loops live at the same time, so that no thread is given a descriptor that another one has
 * just closed: the thread sanitizer does not see libuv close it. */
static pthread_barrier_t all_live;

static void *run_own_loop(void *context)
{
    struct count *count = context;
    struct failure failure = {.fault = FAULT_NONE};
    count->loop = loop_create(&failure);
    struct loop_timer *timer = loop_timer_create(count->loop, call, count);
    loop_timer_start(timer, 0, 1);
    loop_run(count->loop);
    pthread_barrier_wait(&all_live);
    loop_destroy(count->loop);
    return NULL;
}

static void every_thread_may_have_its_loop(void **state)
{
    (void)state;
    struct count counts[4];
    assert_int_equal(pthread_barrier_init(&all_live, NULL, 4), 0);
    for (int i = 0; i < 4; i++) {
        counts[i] = (struct count){NULL, 0, 20, NULL, NULL, 0};
        pthread_create(&counts[i].worker, NULL, run_own_loop, &counts[i]);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(counts[i].worker, NULL);
        assert_int_equal(counts[i].calls, 20);
    }
    pthread_barrier_destroy(&all_live);
}

static void nothing_is_welcome(void **state)
{
    (void)state;
    loop_destroy(NULL);
    loop_timer_destroy(NULL);
    loop_wake_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_fires_once_or_again_and_again),
        cmocka_unit_test(a_timer_may_end_itself),
        cmocka_unit_test(a_wake_comes_from_any_thread),
        cmocka_unit_test(work_is_done_elsewhere_and_reported_here),
        cmocka_unit_test(a_loop_waits_for_its_work_when_it_ends),
        cmocka_unit_test(a_signal_is_caught_and_sigpipe_ignored),
        cmocka_unit_test(every_thread_may_have_its_loop),
        cmocka_unit_test(nothing_is_welcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
