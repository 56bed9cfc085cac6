#pragma once
/*
 * The loop: libuv behind a small header, so that modules above need timers, work on the pool and
 * wake-ups without its handles. One loop a thread, any number of threads. Handles are freed only by
 * their close callbacks; loop_destroy runs the loop until all are closed, and closes the streams
 * (their `closed` is called), timers, wakes and signals that are left. Handles made by others
 * through loop_uv must be closed before. The first loop makes the process ignore SIGPIPE.
 */
#include "base/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer;
struct loop_wake;

struct loop *loop_create(struct failure *failure);
void loop_destroy(struct loop *loop);
void loop_run(struct loop *loop);        /* until loop_stop */
void loop_stop(struct loop *loop);       /* from the loop's thread */
uint64_t loop_now_ms(struct loop *loop); /* monotonic */
void *loop_uv(struct loop *loop);        /* uv_loop_t *, for modules that may include <uv.h> */

typedef void (*loop_fn)(void *context);

/* Fires after delay, then every repeat_ms (0: once). Destroy stops and frees it. */
struct loop_timer *loop_timer_create(struct loop *loop, loop_fn fire, void *context);
void loop_timer_start(struct loop_timer *timer, uint64_t delay_ms, uint64_t repeat_ms);
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_destroy(struct loop_timer *timer);

/* wake may be called from any thread; many wakes may be one call. */
struct loop_wake *loop_wake_create(struct loop *loop, loop_fn woken, void *context);
void loop_wake(struct loop_wake *wake);
void loop_wake_destroy(struct loop_wake *wake);

/* `work` on a pool thread (there are two), then `done` on the loop's. false: no memory. */
bool loop_work(struct loop *loop, loop_fn work, loop_fn done, void *context);

/* Calls `readable` on the loop as long as there is something to read at this descriptor, which
 * stays the caller's, open until the loop is destroyed. */
bool loop_on_readable(struct loop *loop, int descriptor, loop_fn readable, void *context);

/* Calls `caught` on the loop when the process gets this signal. */
bool loop_on_signal(struct loop *loop, int signal_number, loop_fn caught, void *context);
