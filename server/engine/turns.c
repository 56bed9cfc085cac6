#include "engine/turns.h"

#include "base/log.h"

#include "command.pb-c.h"
#include "view.pb-c.h"
#include "wire.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { READING_NS = 1000 * 1000, LINES_A_SECOND = 5 };
static const uint64_t SECOND_NS = 1000000000;

static uint64_t read_ns(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (uint64_t)at.tv_sec * SECOND_NS + (uint64_t)at.tv_nsec;
}

void turns_init(struct turns *turns, const char *thread, uint32_t bound_ms)
{
    memset(turns, 0, sizeof *turns);
    turns->thread = thread;
    turns->bound_us = (uint64_t)bound_ms * 1000;
}

/* ---- names ---- */

static const char *field_name(const ProtobufCMessageDescriptor *type, uint32_t number)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(type, number);
    return field == NULL ? "unknown" : field->name;
}

static const char *topic_name(uint32_t topic)
{
    switch ((Tefter__Topic)topic) {
    case TEFTER__TOPIC__TOPIC_CUSTOMERS:
        return "customers";
    case TEFTER__TOPIC__TOPIC_APPROVALS:
        return "approvals";
    case TEFTER__TOPIC__TOPIC_ALARMS:
        return "alarms";
    case TEFTER__TOPIC__TOPIC_TOTALS:
        return "totals";
    case TEFTER__TOPIC__TOPIC_DECISIONS:
        return "decisions";
    case _TEFTER__TOPIC_IS_INT_SIZE:
        break;
    }
    return "unknown";
}

static const char *group_name(uint32_t number)
{
    switch ((enum turn_group)number) {
    case TURN_GROUP_PREPARED:
        return "prepared";
    case TURN_GROUP_COMMITTED:
        return "committed";
    case TURN_GROUP_HANDED_OVER:
        return "handed over";
    }
    return "unknown";
}

static void name_of(enum turn_kind kind, uint32_t number, char *out)
{
    static const char *const words[TURN_KINDS + 1] = {"request",    "query", "command", "topic",
                                                      "filling of", "group", "other"};
    const char *name = "";
    switch (kind) {
    case TURN_REQUEST:
        name = field_name(&tefter__from_terminal__descriptor, number);
        break;
    case TURN_QUERY:
    case TURN_FILL:
        name = field_name(&tefter__query__descriptor, number);
        break;
    case TURN_COMMAND:
        name = field_name(&tefter__command__descriptor, number);
        break;
    case TURN_TOPIC:
        name = topic_name(number);
        break;
    case TURN_GROUP:
        name = group_name(number);
        break;
    case TURN_KINDS:
        break;
    }
    (void)snprintf(out, TURN_NAME_SIZE, "%s %s", words[kind], name);
}

/* ---- counting ---- */

static bool may_tell(struct turns *turns, uint64_t now_ns)
{
    uint64_t second = now_ns / SECOND_NS;
    if (second != turns->second)
        turns->lines = 0;
    turns->second = second;
    return turns->lines++ < LINES_A_SECOND;
}

static void tell_slow(struct turns *turns, uint64_t now_ns, uint64_t us, enum turn_kind kind,
                      uint32_t number)
{
    char name[TURN_NAME_SIZE];
    atomic_fetch_add_explicit(&turns->slow, 1, memory_order_relaxed);
    if (!may_tell(turns, now_ns))
        return;
    name_of(kind, number, name);
    log_line(LOG_WARNING, "slow_turn", "thread", turns->thread, "of", name, "ms",
             log_value("%" PRIu64 ".%03" PRIu64, us / 1000, us % 1000), NULL);
}

static void read_both(struct turns *turns, uint64_t steady_ns)
{
    turns->steady_ns = steady_ns;
    turns->cpu_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
}

struct turn turn_begin(struct turns *turns)
{
    if (turns == NULL)
        return (struct turn){0, 0};
    uint64_t now_ns = read_ns(CLOCK_MONOTONIC);
    if (now_ns - turns->steady_ns > READING_NS)
        read_both(turns, now_ns);
    return (struct turn){now_ns, turns->cpu_ns};
}

/* Both clocks say no more than it took. */
static uint64_t taken_us(struct turns *turns, struct turn turn, uint64_t now_ns)
{
    uint64_t steady_ns = now_ns - turn.steady_ns;
    if (steady_ns < READING_NS)
        return steady_ns / 1000;
    read_both(turns, now_ns);
    uint64_t cpu_ns = turns->cpu_ns - turn.cpu_ns;
    return (cpu_ns < steady_ns ? cpu_ns : steady_ns) / 1000;
}

void turn_end(struct turns *turns, struct turn turn, enum turn_kind kind, uint32_t number)
{
    if (turns == NULL)
        return;
    uint64_t now_ns = read_ns(CLOCK_MONOTONIC);
    uint64_t us = taken_us(turns, turn, now_ns);
    _Atomic uint64_t *longest = &turns->longest_us[kind][number < TURN_NUMBERS ? number : 0];
    if (us > atomic_load_explicit(longest, memory_order_relaxed))
        atomic_store_explicit(longest, us, memory_order_relaxed);
    if (us > turns->bound_us)
        tell_slow(turns, now_ns, us, kind, number);
}

bool turns_next(const struct turns *turns, size_t *place, struct turn_longest *ret_longest)
{
    for (; *place < (size_t)TURN_KINDS * TURN_NUMBERS; ++*place) {
        enum turn_kind kind = (enum turn_kind)(*place / TURN_NUMBERS);
        uint32_t number = (uint32_t)(*place % TURN_NUMBERS);
        ret_longest->us =
            atomic_load_explicit(&turns->longest_us[kind][number], memory_order_relaxed);
        if (ret_longest->us == 0)
            continue;
        name_of(kind, number, ret_longest->name);
        ++*place;
        return true;
    }
    return false;
}
