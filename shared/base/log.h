#pragma once
/*
 * Lines of logfmt to standard error: `time=… level=info program=… event=listening address=…`, with
 * `<6>` before it when systemd's journal reads it. A line is one write of at most 4096 bytes (a
 * longer one is cut and says so), so lines of several threads do not mix. Values are quoted and
 * escaped where needed, so text from outside cannot forge a line. Only main programs log; library
 * modules return.
 */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

void log_setup(const char *program, enum log_level least);

/* Pairs of `const char *key, const char *value` ended by NULL. */
__attribute__((cold, sentinel)) void log_line(enum log_level level, const char *event, ...);

/* printf for one value, valid until the 8th call after it on this thread. */
__attribute__((format(printf, 1, 2))) const char *log_value(const char *format, ...);
