#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "net/loop_inside.h"

#define POOL_THREADS "2" /* hashing one at a time, long reports, checkpoints */

/* ---- lists ---- */

void loop_part_add(struct loop *loop, struct loop_part *part, void (*end)(struct loop_part *part))
{
    part->end = end;
    part->next = loop->parts;
    part->link = &loop->parts;
    if (part->next != NULL)
        part->next->link = &part->next;
    loop->parts = part;
}

void loop_part_remove(struct loop_part *part)
{
    if (part->link == NULL)
        return;
    *part->link = part->next;
    if (part->next != NULL)
        part->next->link = part->link;
    part->link = NULL;
}

void loop_link_init(struct loop_link *queue)
{
    queue->next = queue;
    queue->before = queue;
}

bool loop_link_waits(const struct loop_link *link)
{
    return link->before != NULL;
}

void loop_link_push(struct loop_link *queue, struct loop_link *link)
{
    if (loop_link_waits(link))
        return;
    link->next = queue;
    link->before = queue->before;
    queue->before->next = link;
    queue->before = link;
}

void loop_link_remove(struct loop_link *link)
{
    if (!loop_link_waits(link))
        return;
    link->before->next = link->next;
    link->next->before = link->before;
    link->next = NULL;
    link->before = NULL;
}

struct loop_link *loop_link_pop(struct loop_link *queue)
{
    struct loop_link *first = queue->next;
    if (first == queue)
        return NULL;
    loop_link_remove(first);
    return first;
}

/* ---- one turn ---- */

/* Those that stood in the queue now, once each: what they add waits for the next round. */
static void serve(struct loop *loop, struct loop_link *queue, void (*turn)(struct loop_link *link))
{
    struct loop_link *mark = &loop->mark;
    loop_link_push(queue, mark);
    for (struct loop_link *link = loop_link_pop(queue); link != mark; link = loop_link_pop(queue))
        turn(link);
}

static void keep_turning(uv_idle_t *idle)
{
    (void)idle;
}

static bool stands(const struct loop_link *queue)
{
    return queue->next != queue;
}

static void serve_streams(struct loop *loop)
{
    serve(loop, &loop->to_begin, listener_turn);
    serve(loop, &loop->to_read, stream_turn_read);
    serve(loop, &loop->to_flush, stream_turn_flush);
    if (stands(&loop->to_begin) || stands(&loop->to_read) || stands(&loop->to_flush))
        uv_idle_start(&loop->idle, keep_turning);
    else
        uv_idle_stop(&loop->idle);
}

static void before_poll(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;
    loop->turn++;
    serve_streams(loop);
}

static void after_poll(uv_check_t *check)
{
    serve_streams(check->data);
}

/* ---- the loop ---- */

static void process_setup(void)
{
    signal(SIGPIPE, SIG_IGN);
    setenv("UV_THREADPOOL_SIZE", POOL_THREADS, 0);
}

static void nothing_to_do(uv_async_t *async)
{
    (void)async;
}

static void start_handles(struct loop *loop)
{
    uv_prepare_init(&loop->uv, &loop->prepare);
    uv_check_init(&loop->uv, &loop->check);
    uv_idle_init(&loop->uv, &loop->idle);
    loop->prepare.data = loop;
    loop->check.data = loop;
    uv_prepare_start(&loop->prepare, before_poll);
    uv_check_start(&loop->check, after_poll);
}

static int loop_init(struct loop *loop)
{
    loop_link_init(&loop->to_begin);
    loop_link_init(&loop->to_read);
    loop_link_init(&loop->to_flush);
    loop->encrypted = malloc(LOOP_BUFFER_SIZE);
    loop->plain = malloc(LOOP_BUFFER_SIZE);
    if (loop->encrypted == NULL || loop->plain == NULL)
        return UV_ENOMEM;
    int bad = uv_loop_init(&loop->uv);
    if (bad != 0)
        return bad;
    bad = uv_async_init(&loop->uv, &loop->alive, nothing_to_do);
    if (bad != 0)
        uv_loop_close(&loop->uv);
    else
        start_handles(loop);
    return bad;
}

static void loop_free(struct loop *loop)
{
    free(loop->encrypted);
    free(loop->plain);
    free(loop);
}

struct loop *loop_create(struct failure *failure)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, process_setup);
    struct loop *loop = calloc(1, sizeof(*loop));
    int bad = loop == NULL ? UV_ENOMEM : loop_init(loop);
    if (bad == 0)
        return loop;
    if (loop != NULL)
        loop_free(loop);
    fail(failure, bad == UV_ENOMEM ? FAULT_MEMORY : FAULT_IO, -bad, "cannot make an event loop");
    return NULL;
}

static void end_parts(struct loop *loop)
{
    while (loop->parts != NULL) {
        struct loop_part *part = loop->parts;
        loop_part_remove(part);
        part->end(part);
    }
}

void loop_destroy(struct loop *loop)
{
    if (loop == NULL)
        return;
    uv_close((uv_handle_t *)&loop->alive, NULL);
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->check, NULL);
    uv_close((uv_handle_t *)&loop->idle, NULL);
    do {
        end_parts(loop); /* a last callback may have made new ones */
    } while (uv_run(&loop->uv, UV_RUN_ONCE) != 0 || loop->parts != NULL);
    need(uv_loop_close(&loop->uv) == 0);
    loop_free(loop);
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

uint64_t loop_now_ms(struct loop *loop)
{
    return uv_now(&loop->uv);
}

void *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

/* ---- timers, wakes, signals: each a handle with what to call ---- */

struct loop_caller {
    struct loop_part part;
    loop_fn call;
    void *context;
};

struct loop_timer {
    uv_timer_t handle;
    struct loop_caller caller;
};

struct loop_wake {
    uv_async_t handle;
    struct loop_caller caller;
};

struct loop_signal {
    uv_signal_t handle;
    struct loop_caller caller;
};

static void free_handle(uv_handle_t *handle)
{
    free(handle); /* the handle is the first member of what was allocated */
}

static void end_handle(struct loop_caller *caller, uv_handle_t *handle)
{
    loop_part_remove(&caller->part);
    if (!uv_is_closing(handle))
        uv_close(handle, free_handle);
}

static void end_timer(struct loop_part *part)
{
    struct loop_caller *caller = (struct loop_caller *)part;
    struct loop_timer *timer = CONTAINER(caller, struct loop_timer, caller);
    end_handle(caller, (uv_handle_t *)&timer->handle);
}

static void end_wake(struct loop_part *part)
{
    struct loop_caller *caller = (struct loop_caller *)part;
    struct loop_wake *wake = CONTAINER(caller, struct loop_wake, caller);
    end_handle(caller, (uv_handle_t *)&wake->handle);
}

static void end_signal(struct loop_part *part)
{
    struct loop_caller *caller = (struct loop_caller *)part;
    struct loop_signal *watched = CONTAINER(caller, struct loop_signal, caller);
    end_handle(caller, (uv_handle_t *)&watched->handle);
}

static void timer_fired(uv_timer_t *handle)
{
    struct loop_timer *timer = (struct loop_timer *)handle;
    timer->caller.call(timer->caller.context);
}

struct loop_timer *loop_timer_create(struct loop *loop, loop_fn fire, void *context)
{
    struct loop_timer *timer = calloc(1, sizeof(*timer));
    if (timer == NULL)
        return NULL;
    uv_timer_init(&loop->uv, &timer->handle);
    timer->caller = (struct loop_caller){.call = fire, .context = context};
    loop_part_add(loop, &timer->caller.part, end_timer);
    return timer;
}

void loop_timer_start(struct loop_timer *timer, uint64_t delay_ms, uint64_t repeat_ms)
{
    uv_timer_start(&timer->handle, timer_fired, delay_ms, repeat_ms);
}

void loop_timer_stop(struct loop_timer *timer)
{
    uv_timer_stop(&timer->handle);
}

void loop_timer_destroy(struct loop_timer *timer)
{
    if (timer != NULL)
        end_timer(&timer->caller.part);
}

static void wake_woken(uv_async_t *handle)
{
    struct loop_wake *wake = (struct loop_wake *)handle;
    wake->caller.call(wake->caller.context);
}

struct loop_wake *loop_wake_create(struct loop *loop, loop_fn woken, void *context)
{
    struct loop_wake *wake = calloc(1, sizeof(*wake));
    if (wake == NULL || uv_async_init(&loop->uv, &wake->handle, wake_woken) != 0) {
        free(wake);
        return NULL;
    }
    wake->caller = (struct loop_caller){.call = woken, .context = context};
    loop_part_add(loop, &wake->caller.part, end_wake);
    return wake;
}

void loop_wake(struct loop_wake *wake)
{
    uv_async_send(&wake->handle);
}

void loop_wake_destroy(struct loop_wake *wake)
{
    if (wake != NULL)
        end_wake(&wake->caller.part);
}

static void signal_caught(uv_signal_t *handle, int number)
{
    (void)number;
    struct loop_signal *watched = (struct loop_signal *)handle;
    watched->caller.call(watched->caller.context);
}

bool loop_on_signal(struct loop *loop, int signal_number, loop_fn caught, void *context)
{
    struct loop_signal *watched = calloc(1, sizeof(*watched));
    if (watched == NULL || uv_signal_init(&loop->uv, &watched->handle) != 0) {
        free(watched);
        return false;
    }
    watched->caller = (struct loop_caller){.call = caught, .context = context};
    loop_part_add(loop, &watched->caller.part, end_signal);
    if (uv_signal_start(&watched->handle, signal_caught, signal_number) == 0)
        return true;
    end_signal(&watched->caller.part);
    return false;
}

/* ---- a descriptor of others ---- */

struct loop_poll {
    uv_poll_t handle;
    struct loop_caller caller;
};

static void end_poll(struct loop_part *part)
{
    struct loop_caller *caller = (struct loop_caller *)part;
    struct loop_poll *poll = CONTAINER(caller, struct loop_poll, caller);
    end_handle(caller, (uv_handle_t *)&poll->handle);
}

static void poll_ready(uv_poll_t *handle, int status, int events)
{
    (void)status; /* an error is read, too: whoever reads meets it */
    (void)events;
    struct loop_poll *poll = (struct loop_poll *)handle;
    poll->caller.call(poll->caller.context);
}

bool loop_on_readable(struct loop *loop, int descriptor, loop_fn readable, void *context)
{
    struct loop_poll *poll = calloc(1, sizeof(*poll));
    if (poll == NULL || uv_poll_init(&loop->uv, &poll->handle, descriptor) != 0) {
        free(poll);
        return false;
    }
    poll->caller = (struct loop_caller){.call = readable, .context = context};
    loop_part_add(loop, &poll->caller.part, end_poll);
    if (uv_poll_start(&poll->handle, UV_READABLE, poll_ready) == 0)
        return true;
    end_poll(&poll->caller.part);
    return false;
}

/* ---- work on the pool ---- */

struct loop_job {
    uv_work_t request;
    loop_fn work;
    loop_fn done;
    void *context;
};

static void job_work(uv_work_t *request)
{
    struct loop_job *job = (struct loop_job *)request;
    job->work(job->context);
}

static void job_done(uv_work_t *request, int status)
{
    (void)status; /* nobody cancels work */
    struct loop_job *job = (struct loop_job *)request;
    job->done(job->context);
    free(job);
}

bool loop_work(struct loop *loop, loop_fn work, loop_fn done, void *context)
{
    struct loop_job *job = calloc(1, sizeof(*job));
    if (job == NULL)
        return false;
    job->work = work;
    job->done = done;
    job->context = context;
    if (uv_queue_work(&loop->uv, &job->request, job_work, job_done) == 0)
        return true;
    free(job);
    return false;
}
