/*
 * Any bytes as a file of holidays: what is taken are days within the span, each once and in order,
 * with names that people see; what is wrong has a line that there is.
 */
#include "base/fault.h"
#include "base/sight.h"
#include "lib/tefter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct date_span spans[] = {DATE_SPAN_ALL, {20454, 21549}, {DATE_MAX, DATE_MIN}};
    struct holidays holidays;
    if (size == 0)
        return 0;
    struct date_span span = spans[data[0] % 3];
    data++;
    size--;
    uint32_t lines = 1;
    for (size_t at = 0; at < size; at++)
        lines += data[at] == '\n' ? 1 : 0;
    need(holidays_read(data, size, span, &holidays));
    need(holidays.count <= HOLIDAYS_MAX);
    for (size_t i = 0; i < holidays.count; i++) {
        const struct holiday *holiday = &holidays.days[i];
        struct sight_fault fault;
        need(holiday->date >= span.from && holiday->date <= span.until);
        need(i == 0 || holiday->date > holidays.days[i - 1].date);
        need(sight_clear(holiday->name, strlen(holiday->name), SIGHT_OF_A_LINE, &fault));
    }
    for (size_t i = 0; i < holidays.fault_count && i < HOLIDAY_FAULTS_MAX; i++) {
        need(holidays.faults[i].why != NULL);
        need(holidays.faults[i].line >= 1 && holidays.faults[i].line <= lines);
    }
    holidays_fini(&holidays);
    return 0;
}
