#include "engine/slow.h"

#include "datadir/hex.h"

#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>

enum { SECOND_US = 1000 * 1000, KEY_BYTES_MAX = 5, WIRE_TYPE_BITS = 3, MS_TEXT_SIZE = 24 };

static bool may_tell(struct slow_log *log, uint64_t now_us)
{
    uint64_t second = now_us / SECOND_US;
    if (second != log->second)
        log->lines = 0;
    log->second = second;
    return log->lines++ < SLOW_LINES_A_SECOND;
}

/* The name of the command's kind: the first field of a packed Command. */
static const char *kind_of(struct slice command)
{
    const ProtobufCFieldDescriptor *field = NULL;
    uint64_t key = 0;
    for (size_t i = 0; i < command.size && i < KEY_BYTES_MAX; i++) {
        key |= (uint64_t)(command.data[i] & 0x7f) << 7 * i;
        if (command.data[i] >= 0x80)
            continue;
        field = protobuf_c_message_descriptor_get_field(&tefter__command__descriptor,
                                                        (unsigned)(key >> WIRE_TYPE_BITS));
        break;
    }
    return field ? field->name : "unknown";
}

/* Milliseconds with three decimals. */
static const char *ms(uint64_t us, char text[MS_TEXT_SIZE])
{
    (void)snprintf(text, MS_TEXT_SIZE, "%" PRIu64 ".%03" PRIu64, us / 1000, us % 1000);
    return text;
}

void slow_tell(struct slow_log *log, const struct submission *submission, uint32_t commands,
               const struct slow_times *times, uint64_t now_us)
{
    char id[2 * COMMAND_ID_SIZE + 1], text[7][MS_TEXT_SIZE];
    log->count++;
    if (!may_tell(log, now_us)) {
        log->passed_over++;
        return;
    }
    hex_write(submission->id, COMMAND_ID_SIZE, id);
    log_line(LOG_WARNING, "slow_command", "id", id, "kind", kind_of(submission->command), "staff",
             log_value("%" PRIu32, submission->staff), "terminal",
             log_value("%" PRIu32, submission->terminal), "branch",
             log_value("%" PRIu32, submission->branch), "ms", ms(times->total_us, text[0]),
             "waited_ms", ms(times->waited_us, text[1]), "prepare_ms",
             ms(times->prepare_us, text[2]), "sync_ms", ms(times->sync_us, text[3]), "apply_ms",
             ms(times->apply_us, text[4]), "commit_ms", ms(times->commit_us, text[5]), "publish_ms",
             ms(times->publish_us, text[6]), "group", log_value("%" PRIu32, commands),
             "passed_over", log_value("%" PRIu64, log->passed_over), NULL);
    log->passed_over = 0;
}
