#pragma once
/*
 * A word to the service manager (Type=notify): one datagram to the socket it named. Without one,
 * nothing is sent.
 */
void notify_ready(void);
void notify_stopping(void);
/* What `systemctl status` shows; during a long start it also asks for more time. */
void notify_status(const char *status);
void notify_starting(const char *status);
