#include "web/ws.h"

#include <stdlib.h>
#include <wslay/wslay.h>

struct ws {
    wslay_event_context_ptr wslay;
    struct ws_events events;
    void *context;
    struct slice in; /* what wslay has not taken yet */
    uint8_t opcode;  /* of the frame that comes */
    unsigned fragments;
    unsigned empty; /* in this second */
};

const uint8_t ws_ping[2] = {0x89, 0};

/* ---- what wslay asks ---- */

static ssize_t take(wslay_event_context_ptr wslay, uint8_t *out, size_t capacity, int flags,
                    void *user)
{
    struct ws *ws = user;
    (void)flags;
    size_t size = ws->in.size < capacity ? ws->in.size : capacity;
    if (size == 0) {
        wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(out, ws->in.data, size);
    ws->in = slice_of(ws->in.data + size, ws->in.size - size);
    return (ssize_t)size;
}

static ssize_t give(wslay_event_context_ptr wslay, const uint8_t *data, size_t size, int flags,
                    void *user)
{
    struct ws *ws = user;
    (void)wslay;
    (void)flags;
    ws->events.output(ws->context, slice_of(data, size));
    return (ssize_t)size;
}

static void refuse(struct ws *ws, uint16_t code)
{
    (void)wslay_event_queue_close(ws->wslay, code, NULL, 0);
    wslay_event_shutdown_read(ws->wslay);
}

static void frame_starts(wslay_event_context_ptr wslay,
                         const struct wslay_event_on_frame_recv_start_arg *frame, void *user)
{
    struct ws *ws = user;
    (void)wslay;
    bool control = wslay_is_ctrl_frame(frame->opcode);
    ws->opcode = frame->opcode;
    if (!control)
        ws->fragments = frame->opcode == WSLAY_CONTINUATION_FRAME ? ws->fragments + 1 : 1;
    if ((control && frame->opcode != WSLAY_CONNECTION_CLOSE) || frame->payload_length == 0)
        ws->empty++;
    if (frame->opcode == WSLAY_TEXT_FRAME)
        refuse(ws, WS_NO_TEXT);
    else if (ws->fragments > WS_FRAGMENTS_MAX || ws->empty > WS_EMPTY_MAX)
        refuse(ws, WS_POLICY);
}

static void frame_goes_on(wslay_event_context_ptr wslay,
                          const struct wslay_event_on_frame_recv_chunk_arg *chunk, void *user)
{
    struct ws *ws = user;
    if (!wslay_is_ctrl_frame(ws->opcode) && ws->opcode != WSLAY_TEXT_FRAME &&
        wslay_event_get_read_enabled(wslay) && chunk->data_length > 0)
        ws->events.data(ws->context, slice_of(chunk->data, chunk->data_length));
}

/* ---- life ---- */

struct ws *ws_create(const struct ws_events *events, void *context)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = take,
        .send_callback = give,
        .on_frame_recv_start_callback = frame_starts,
        .on_frame_recv_chunk_callback = frame_goes_on,
    };
    struct ws *ws = calloc(1, sizeof *ws);
    if (ws == NULL || wslay_event_context_server_init(&ws->wslay, &callbacks, ws) != 0) {
        free(ws);
        return NULL;
    }
    wslay_event_config_set_no_buffering(ws->wslay, 1);
    wslay_event_config_set_max_recv_msg_length(ws->wslay, WS_MESSAGE_MAX);
    ws->events = *events;
    ws->context = context;
    return ws;
}

void ws_destroy(struct ws *ws)
{
    if (ws != NULL)
        wslay_event_context_free(ws->wslay);
    free(ws);
}

/* ---- in and out ---- */

static bool send_queued(struct ws *ws)
{
    while (wslay_event_want_write(ws->wslay))
        if (wslay_event_send(ws->wslay) != 0)
            return false;
    return true;
}

bool ws_input(struct ws *ws, struct slice bytes)
{
    ws->in = bytes;
    bool good = wslay_event_recv(ws->wslay) == 0;
    ws->in = slice_of("", 0);
    return send_queued(ws) && good && wslay_event_want_read(ws->wslay) &&
           wslay_event_get_read_enabled(ws->wslay);
}

void ws_close(struct ws *ws, enum ws_code code)
{
    (void)wslay_event_queue_close(ws->wslay, (uint16_t)code, NULL, 0);
    (void)send_queued(ws);
}

void ws_second(struct ws *ws)
{
    ws->empty = 0;
}

size_t ws_head(size_t size, uint8_t out[WS_HEAD_MAX])
{
    out[0] = 0x82; /* whole, binary */
    if (size < 126) {
        out[1] = (uint8_t)size;
        return 2;
    }
    if (size <= UINT16_MAX) {
        out[1] = 126;
        be16_put(out + 2, (uint16_t)size);
        return 4;
    }
    out[1] = 127;
    be64_put(out + 2, size);
    return WS_HEAD_MAX;
}
