#include "net/websocket_key.h"

#include <openssl/evp.h>

bool websocket_answer(struct slice key, char out[WEBSOCKET_ANSWER_SIZE])
{
    static const char known[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t text[WEBSOCKET_KEY_MAX + sizeof known], digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (key.size > WEBSOCKET_KEY_MAX)
        return false;
    memcpy(text, key.data, key.size);
    memcpy(text + key.size, known, sizeof known);
    if (EVP_Digest(text, key.size + sizeof known - 1, digest, &size, EVP_sha1(), NULL) != 1)
        return false;
    EVP_EncodeBlock((unsigned char *)out, digest, (int)size);
    return true;
}
