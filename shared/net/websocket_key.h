#pragma once
/*
 * What a server answers to the key of a browser that asks for a WebSocket (RFC 6455, 4.2.2): it
 * shows that it understood, and no more.
 */
#include "base/bytes.h"

enum { WEBSOCKET_KEY_MAX = 64, WEBSOCKET_ANSWER_SIZE = 29 };

/* 28 characters and a NUL. false: the key is too long. */
bool websocket_answer(struct slice key, char out[WEBSOCKET_ANSWER_SIZE]);
