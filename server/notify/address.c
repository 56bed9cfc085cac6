#include "notify/inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct range {
    uint32_t first;
    int bits;
};

/* IANA's registry of special addresses: nobody's push service is there. */
static const struct range special[] = {
    {0x00000000, 8},                                                        /* this network */
    {0x0a000000, 8},                                                        /* private */
    {0x64400000, 10},                                                       /* of providers */
    {0x7f000000, 8},                                                        /* this machine */
    {0xa9fe0000, 16},                                                       /* this cable */
    {0xac100000, 12},                                                       /* private */
    {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 4},  /* many at once */
    {0xf0000000, 4},
};

static bool public_v4(uint32_t address)
{
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if ((address ^ special[i].first) >> (32 - special[i].bits) == 0)
            return false;
    return true;
}

/* Of IPv6 only what is given out, 2000::/3, and there neither examples nor ways into IPv4 that hide
 * where they lead. */
static bool public_v6(const uint8_t *bytes)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t translated[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(bytes, mapped, sizeof mapped) == 0 ||
        memcmp(bytes, translated, sizeof translated) == 0)
        return public_v4(be32_get(bytes + 12));
    if ((bytes[0] & 0xe0) != 0x20)
        return false;
    uint32_t head = be32_get(bytes);
    return head != 0x20010000 && head != 0x20010db8 && head >> 16 != 0x2002;
}

bool address_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return public_v4(
            ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family != AF_INET6)
        return false;
    return public_v6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
}

/* curl says what is in an address: it is curl that goes there. */
static bool take_origin(CURLU *url, bool any_address, char out[URL_MAX])
{
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
    bool good = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER;
    if (good && curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) != CURLUE_OK)
        port = NULL;
    good = good && (strcmp(scheme, "https") == 0 || (any_address && strcmp(scheme, "http") == 0)) &&
           (port == NULL || any_address);
    if (good)
        good = snprintf(out, URL_MAX, "%s://%s%s%s", scheme, host, port != NULL ? ":" : "",
                        port != NULL ? port : "") < URL_MAX;
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    return good;
}

bool endpoint_origin(const char *endpoint, bool any_address, char out[URL_MAX])
{
    CURLU *url = curl_url();
    bool good = url != NULL && curl_url_set(url, CURLUPART_URL, endpoint, 0) == CURLUE_OK &&
                take_origin(url, any_address, out);
    curl_url_cleanup(url);
    return good;
}
