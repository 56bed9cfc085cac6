/*
 * Heads of requests from any bytes: what a part comes to is never taken back by more of it, what is
 * whole lies within its bounds, and of what is good nothing could be read in another way.
 */
#include "base/fault.h"
#include "http/site.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct http_head *head, struct slice bytes)
{
    static struct site site;
    struct slice key;
    if (site.count == 0)
        need(site_add(&site, "https://shop.example http://127.0.0.1:8080", NULL));
    need(head->count <= HTTP_HEADERS_MAX && head->path.size <= HTTP_TARGET_MAX);
    need(head->path.data >= bytes.data &&
         head->path.data + head->path.size <= bytes.data + bytes.size);
    need(head->path.size > 0 && head->path.data[0] == '/');
    need(!http_header_any(head, "transfer-encoding"));
    for (size_t i = 0; i < head->count; i++) {
        struct slice name = head->headers[i].name, value = head->headers[i].value;
        need(name.size > 0 && memchr(name.data, ' ', name.size) == NULL);
        need(value.size == 0 || (memchr(value.data, '\n', value.size) == NULL &&
                                 memchr(value.data, '\r', value.size) == NULL &&
                                 memchr(value.data, '\0', value.size) == NULL));
    }
    (void)site_of_host(&site, head->host);
    if (site_upgrade_asked(head) && site_upgrade(&site, head, &key) == HTTP_SWITCHING)
        need(key.size == SITE_KEY_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_head head;
    size_t whole = 0, part = 0;
    if (size < 2)
        return 0;
    struct slice bytes = slice_of(data + 1, size - 1);
    enum http_status status = http_head_read(bytes, &head, &whole);
    if (status == HTTP_OK) {
        need(whole > 0 && whole <= bytes.size && whole <= HTTP_HEAD_MAX);
        need(memcmp(bytes.data + whole - 4, "\r\n\r\n", 4) == 0);
        look_at(&head, bytes);
    }
    size_t cut = bytes.size * data[0] / 256;
    enum http_status before = http_head_read(slice_of(bytes.data, cut), &head, &part);
    if (before == HTTP_OK)
        need(status == HTTP_OK && part == whole);
    else if (before != HTTP_MORE)
        need(status != HTTP_OK && status != HTTP_MORE);
    return 0;
}
