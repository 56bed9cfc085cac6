#pragma once
/*
 * One line of logfmt to standard error: `<6>time=… level=info program=… event=listening address=…`;
 * the `<6>` only when systemd's journal reads it. One write a line, of at most 4096 bytes (a longer
 * one is cut and says so), so lines of several threads do not mix.
 * Only main programs log; library rooms return. Values are quoted and escaped where needed, so text from
 * outside cannot forge a line.
 */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

void log_setup(const char *program, enum log_level least);

/* Pairs of `const char *key, const char *value` ended by NULL. */
__attribute__((sentinel)) void log_line(enum log_level level, const char *event, ...);

/* printf for one value, valid until the 8th call after it on this thread. */
__attribute__((format(printf, 1, 2))) const char *log_value(const char *format, ...);
