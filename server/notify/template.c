/*
 * A gateway's request, as the settings have it: {to}, {to_digits}, {text} and {secret} stand for
 * facts, which are escaped as the place wants. Other braces are braces: a body may be JSON.
 */
#include "notify/inside.h"

#include <stdio.h>
#include <strings.h>

static bool put_text(struct buffer *out, const char *text)
{
    return buffer_put(out, text, strlen(text));
}

static bool is_plain_in_url(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static bool put_url(struct buffer *out, uint8_t c)
{
    char code[4];
    if (is_plain_in_url(c))
        return buffer_put(out, &c, 1);
    snprintf(code, sizeof code, "%%%02X", c);
    return put_text(out, code);
}

static bool put_json(struct buffer *out, uint8_t c)
{
    char code[8];
    if (c == '"' || c == '\\') {
        snprintf(code, sizeof code, "\\%c", c);
        return put_text(out, code);
    }
    if (c >= 0x20 && c != 0x7f)
        return buffer_put(out, &c, 1);
    snprintf(code, sizeof code, "\\u%04x", c);
    return put_text(out, code);
}

static bool put_xml(struct buffer *out, uint8_t c)
{
    static const char *const codes[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    if (c < sizeof codes / sizeof codes[0] && codes[c] != NULL)
        return put_text(out, codes[c]);
    return (c < 0x20 && c != '\n' && c != '\t') || buffer_put(out, &c, 1);
}

/* Whatever would end the line is left out. */
static bool put_in_line(struct buffer *out, uint8_t c)
{
    return c < 0x20 || c == 0x7f || buffer_put(out, &c, 1);
}

static bool put_in(struct buffer *out, enum template_place place, uint8_t c)
{
    switch (place) {
    case TEMPLATE_PLAIN:
        return buffer_put(out, &c, 1);
    case TEMPLATE_URL:
    case TEMPLATE_FORM:
        return put_url(out, c);
    case TEMPLATE_HEADER:
        return put_in_line(out, c);
    case TEMPLATE_JSON:
        return put_json(out, c);
    case TEMPLATE_XML:
        return put_xml(out, c);
    }
    return false;
}

bool template_escape(const char *text, enum template_place place, struct buffer *out)
{
    bool good = true;
    for (; *text != '\0' && good; text++)
        good = put_in(out, place, (uint8_t)*text);
    return good;
}

enum template_place template_place_of(const char *content_type)
{
    size_t size = strcspn(content_type, "; ");
    bool json = (size >= 4 && strncasecmp(content_type + size - 4, "json", 4) == 0);
    bool xml = (size >= 3 && strncasecmp(content_type + size - 3, "xml", 3) == 0);
    static const char form[] = "application/x-www-form-urlencoded";
    if (json)
        return TEMPLATE_JSON;
    if (xml)
        return TEMPLATE_XML;
    return size == sizeof form - 1 && strncasecmp(content_type, form, size) == 0 ? TEMPLATE_FORM
                                                                                 : TEMPLATE_PLAIN;
}

/* NULL: it is no fact. */
static const char *fact_at(const char *at, const struct template_facts *facts, size_t *ret_size)
{
    const struct {
        const char *name;
        const char *value;
    } known[] = {
        {"{to}", facts->to},
        {"{to_digits}", facts->to + strspn(facts->to, "+")},
        {"{text}", facts->text},
        {"{secret}", facts->secret != NULL ? facts->secret : ""},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        *ret_size = strlen(known[i].name);
        if (strncmp(at, known[i].name, *ret_size) == 0)
            return known[i].value;
    }
    return NULL;
}

bool template_fill(const char *pattern, enum template_place place,
                   const struct template_facts *facts, struct buffer *out)
{
    bool good = true;
    while (*pattern != '\0' && good) {
        size_t size = 1;
        const char *fact = *pattern == '{' ? fact_at(pattern, facts, &size) : NULL;
        if (fact != NULL) {
            good = template_escape(fact, place, out);
        } else {
            size = 1;
            good = buffer_put(out, pattern, 1);
        }
        pattern += size;
    }
    return good;
}
