/*
 * Headers of a relay from any bytes: what is whole stays whole, and as it was, whatever comes
 * behind it; what is none never becomes one.
 */
#include "base/fault.h"
#include "net/proxy.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_peer(const struct proxy_peer *peer)
{
    size_t length = strnlen(peer->address, sizeof peer->address);
    need(length < sizeof peer->address && (length == 0) == peer->local);
    need(strspn(peer->address, "0123456789abcdef.:[]") == length);
    need(peer->local || strrchr(peer->address, ':') != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct proxy_peer peer, first;
    size_t head = 0, first_head = 0;
    enum proxy_state before = PROXY_MORE;
    for (size_t cut = 1; cut <= size && cut <= 2 * PROXY_HEAD_MAX; cut++) {
        enum proxy_state state = proxy_read(slice_of(data, cut), &peer, &head);
        need(before == PROXY_MORE || state == before);
        if (state == PROXY_WHOLE && before == PROXY_MORE) {
            need(head == cut && head <= PROXY_HEAD_MAX);
            look_at_peer(&peer);
            first = peer;
            first_head = head;
        }
        if (state == PROXY_WHOLE)
            need(head == first_head && peer.key == first.key &&
                 strcmp(peer.address, first.address) == 0);
        need(state != PROXY_MORE || cut < PROXY_HEAD_MAX);
        before = state;
    }
    return 0;
}
