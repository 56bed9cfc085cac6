#pragma once
/*
 * Inside web: the frames of a WebSocket (RFC 6455, by wslay), of the server's side. Messages mean
 * nothing here: bytes come out of them as they come in, as on TCP. Only binary ones are taken.
 */
#include "base/bytes.h"

enum ws_code {
    WS_GOING_AWAY = 1001,
    WS_NO_TEXT = 1003,
    WS_POLICY = 1008,
    WS_TRY_LATER = 1013,
};
enum {
    WS_HEAD_MAX = 10,
    WS_MESSAGE_MAX = 1024 * 1024,
    WS_FRAGMENTS_MAX = 64, /* of one message */
    WS_EMPTY_MAX = 64,     /* a second: pings and frames with nothing in them */
};

struct ws;

struct ws_events {
    void (*data)(void *context, struct slice bytes);   /* that came in frames */
    void (*output)(void *context, struct slice bytes); /* pongs and the close, for the socket */
};

struct ws *ws_create(const struct ws_events *events, void *context); /* NULL: no memory */
void ws_destroy(struct ws *ws);

/* false: nothing more may be read; why is with `output`. */
bool ws_input(struct ws *ws, struct slice bytes);
/* Says that it ends. Nothing may be sent after it. */
void ws_close(struct ws *ws, enum ws_code code);
/* Each second: what may come in one is counted anew. */
void ws_second(struct ws *ws);

/* The head of a binary message of so many bytes; its size. */
size_t ws_head(size_t size, uint8_t out[WS_HEAD_MAX]);
extern const uint8_t ws_ping[2]; /* a whole frame */
