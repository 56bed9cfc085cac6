/*
 * Pages of lists. A token is a few numbers, big-endian.
 */
#include "domain/entity/entity.h"

#include "base/limits.h"

uint32_t page_rows(bool has_rows, uint32_t rows)
{
    enum { ROWS = 100 };
    uint32_t wanted = has_rows && rows > 0 ? rows : ROWS;
    return wanted < PAGE_ROWS_MAX ? wanted : PAGE_ROWS_MAX;
}

bool page_read(bool has_page, ProtobufCBinaryData page, uint64_t *ret_numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = 0;
    if (!has_page || page.len == 0)
        return true;
    if (page.len != count * 8)
        return false;
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = be64_get(page.data + 8 * i);
    return true;
}

ProtobufCBinaryData page_write(struct tx *tx, const uint64_t *numbers, size_t count)
{
    uint8_t *bytes = tx_take(tx, count * 8);
    for (size_t i = 0; i < count; i++)
        be64_put(bytes + 8 * i, numbers[i]);
    return (ProtobufCBinaryData){count * 8, bytes};
}

enum { LOOKED_AT_MAX = 2000, ROW_HEAD_MAX = 8 /* tag and size of a row */ };

bool page_looks(struct page *page)
{
    return page->rows < page->rows_most && page->looked++ < LOOKED_AT_MAX;
}

bool page_takes(struct page *page, const ProtobufCMessage *row)
{
    size_t bytes = tx_size(row) + ROW_HEAD_MAX;
    if (page->rows > 0 && page->bytes + bytes > PAGE_BYTES_MAX)
        return false;
    page->bytes += bytes;
    page->rows++;
    return true;
}

struct key page_after(const struct key *prefix, uint64_t number)
{
    struct key key = *prefix;
    key_u32(&key, number < UINT32_MAX ? (uint32_t)number + 1 : UINT32_MAX);
    return key;
}
