/* What is typed into one line. */
#include "tui/inside.h"

#include <stdio.h>
#include <string.h>

void field_set(struct field *field, const char *text)
{
    (void)snprintf(field->text, sizeof(field->text), "%s", text);
    field->fresh = true;
}

static void put(char *text, size_t capacity, uint32_t point)
{
    size_t size = strlen(text);
    char bytes[4];
    size_t count = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    uint32_t rest = point;
    for (size_t i = count - 1; i > 0; i--, rest >>= 6)
        bytes[i] = (char)(0x80 | (rest & 0x3F));
    bytes[0] = (char)(lead[count] | rest);
    if (size + count >= capacity)
        return;
    memcpy(text + size, bytes, count);
    text[size + count] = '\0';
}

bool text_key(char *text, size_t capacity, bool *fresh, uint32_t key)
{
    size_t size = strlen(text);
    if (key == KEY_CTRL('U')) {
        text[0] = '\0';
        return true;
    }
    if (key == KEY_ERASE_) {
        if (*fresh)
            size = 0;
        while (size > 0 && ((unsigned char)text[--size] & 0xC0) == 0x80)
            ;
        text[size] = '\0';
        *fresh = false;
        return true;
    }
    if (key < ' ' || key == 127 || key >= KEYS_APART)
        return false;
    if (*fresh)
        text[0] = '\0';
    *fresh = false;
    put(text, capacity, key);
    return true;
}

bool field_key(struct field *field, uint32_t key)
{
    return text_key(field->text, sizeof(field->text), &field->fresh, key);
}
