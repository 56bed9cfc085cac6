#include "web/trust.h"

#include "net/ca.h"
#include "words/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_MAX = 64 * 1024,
    PROFILE_MAX = 8 * 1024,
    SENTENCE_MAX = 1024,
    UUID_SIZE = 37,
    LANGUAGES_LISTED_MAX = 16,
};

struct trust {
    struct arena arena;
    struct slice der;
    uint8_t fingerprint[CA_FINGERPRINT_SIZE];
    struct buffer profile;
    struct buffer page; /* the one that is being answered */
};

static const char style[] =
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:42rem;padding:1rem;font:16px/1.5 system-ui,\"Segoe UI\",Roboto,"
    "\"Noto Sans\",\"Noto Sans CJK SC\",\"Noto Sans Arabic\",sans-serif;color:#17191d;"
    "background:#f5f5f2}"
    "h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.1rem;margin:0 0 .5rem}"
    "section{background:#fff;border:1px solid #e3e3dc;border-radius:8px;padding:1rem;"
    "margin:1rem 0}"
    "nav a{display:inline-block;padding:.7rem .5rem;margin-inline-end:.25rem}"
    "a{color:#1d4e9e}nav a[aria-current]{color:#17191d;font-weight:600;text-decoration:none}"
    "a.get{display:block;background:#1d4e9e;color:#fff;text-decoration:none;border-radius:6px;"
    "padding:.75rem 1rem;margin:.5rem 0;font-weight:600}"
    "details{border-top:1px solid #e3e3dc}summary{padding:.75rem 0;font-weight:600;cursor:pointer}"
    "ol{margin:0 0 1rem;padding-inline-start:1.5rem}li{margin:.35rem 0}"
    "code{display:block;font:1rem/1.7 ui-monospace,\"Noto Sans Mono\",\"DejaVu Sans Mono\","
    "monospace;background:#eeeee9;border-radius:6px;padding:.5rem .75rem;direction:ltr;"
    "text-align:start}"
    "@media(prefers-color-scheme:dark){body{background:#131517;color:#e8e9e6}"
    "section{background:#1c1f22;border-color:#33373b}details{border-color:#33373b}"
    "a,nav a{color:#9dbdf5}nav a[aria-current]{color:#e8e9e6}a.get{background:#2f63b8;color:#fff}"
    "code{background:#131517}}";

/* ---- the words ---- */

static const char *const names_of_languages[LANGUAGES] = {"English", "Tiếng Việt", "中文", "فارسی",
                                                          "Ελληνικά"};

struct way {
    const char *device;
    const char *steps[4];
};
static const struct way ways[] = {
    {N_("iPhone and iPad"),
     {N_("Open this page in Safari, tap the profile above and allow the download."),
      N_("Open Settings, tap “Profile Downloaded” near the top, then Install."),
      N_("Then go to Settings, General, About, Certificate Trust Settings, and switch on the root "
         "that begins with Tefter. Without this the warning stays."),
      NULL}},
    {N_("Android 11 and later"),
     {N_("Tap the root certificate above; it is saved among the downloads."),
      N_("Open Settings, search there for “CA certificate” and open it: it is among security and "
         "encryption."),
      N_("Choose “Install anyway”, confirm with the lock of the screen, and pick the file "
         "tefter-root.crt."),
      NULL}},
    {N_("Android 8 to 10"),
     {N_("Tap the root certificate above and open it. If nothing opens, go to Settings, Security, "
         "Encryption and credentials, Install from storage."),
      N_("Name it Tefter, choose “VPN and apps”, and confirm with the lock of the screen."), NULL}},
    {N_("Windows"),
     {N_("Open the file and choose “Install Certificate”, then “Place all certificates in the "
         "following store”: Trusted Root Certification Authorities."),
      NULL}},
    {N_("Mac"),
     {N_("Open the file: it goes into Keychain Access. Double-click it there, open Trust, and "
         "choose “Always Trust”."),
      NULL}},
    {N_("Firefox, and Chromium on Linux"),
     {N_("Open the browser's settings, search for “certificates”, open Authorities and import the "
         "file, to trust websites."),
      NULL}},
};

/* ---- writing HTML ---- */

static void put(struct buffer *out, const char *text)
{
    (void)buffer_put(out, text, strlen(text));
}

static void put_text(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            put(out, "&amp;");
        else if (*text == '<')
            put(out, "&lt;");
        else if (*text == '>')
            put(out, "&gt;");
        else if (*text == '"')
            put(out, "&quot;");
        else
            (void)buffer_put(out, text, 1);
    }
}

static void put_element(struct buffer *out, const char *element, const char *text)
{
    put(out, "<");
    put(out, element);
    put(out, ">");
    put_text(out, text);
    put(out, "</");
    put(out, element);
    put(out, ">\n");
}

static void put_said(struct buffer *out, const char *element, enum language language,
                     const char *message, const struct site_origin *origin)
{
    char text[SENTENCE_MAX];
    (void)words_say(text, sizeof text, language, message, "address", origin->text, NULL);
    put_element(out, element, text);
}

static void put_languages(struct buffer *out, enum language current)
{
    put(out, "<nav>");
    for (int i = 0; i < LANGUAGES; i++) {
        const char *code = language_code((enum language)i);
        put(out, "<a href=\"/trust/");
        put(out, code);
        put(out, "\" lang=\"");
        put(out, code);
        put(out, i == (int)current ? "\" aria-current=\"page\">" : "\">");
        put_text(out, names_of_languages[i]);
        put(out, "</a> ");
    }
    put(out, "</nav>\n");
}

static void put_downloads(struct buffer *out, enum language language)
{
    put(out, "<section>");
    put_element(out, "h2", words_in(language, N_("1. Get the root")));
    put(out, "<a class=\"get\" href=\"/trust/root.crt\">");
    put_text(out, words_in(language, N_("Root certificate, for Android and computers")));
    put(out, "</a>\n<a class=\"get\" href=\"/trust/root.mobileconfig\">");
    put_text(out, words_in(language, N_("Profile, for iPhone and iPad")));
    put(out, "</a></section>\n");
}

static void put_ways(struct buffer *out, enum language language)
{
    put(out, "<section>");
    put_element(out, "h2", words_in(language, N_("2. Install it")));
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        put(out, "<details>");
        put_element(out, "summary", words_in(language, ways[i].device));
        put(out, "<ol>\n");
        for (const char *const *step = ways[i].steps; *step != NULL; step++)
            put_element(out, "li", words_in(language, *step));
        put(out, "</ol></details>\n");
    }
    put(out, "</section>\n");
}

static void put_fingerprint(struct buffer *out, const struct trust *trust, enum language language)
{
    put(out, "<section>");
    put_element(out, "h2", words_in(language, N_("3. Compare the fingerprint")));
    put_element(out, "p",
                words_in(language, N_("The device shows the SHA-256 fingerprint of what was "
                                      "installed: in the profile's details, or among its trusted "
                                      "credentials. It must be the one that the desk shows under "
                                      "Devices and staff:")));
    put(out, "<code>");
    for (size_t i = 0; i < CA_FINGERPRINT_SIZE; i++) {
        char pair[sizeof "FF"];
        snprintf(pair, sizeof pair, "%02X", trust->fingerprint[i]);
        put(out, i > 0 ? ":<wbr>" : ""); /* lines end between two bytes */
        put(out, pair);
    }
    put(out, "</code>\n");
    put_element(out, "p",
                words_in(language, N_("If it is another one, remove it at once, and tell the "
                                      "manager: somebody stands between the device and the "
                                      "shop.")));
    put(out, "</section>\n");
}

static void put_top(struct buffer *out, enum language language, const char *title)
{
    put(out, "<!doctype html>\n<html lang=\"");
    put(out, language_code(language));
    put(out, language == LANGUAGE_PERSIAN ? "\" dir=\"rtl\">\n" : "\">\n");
    put(out, "<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
             "<link rel=\"stylesheet\" href=\"/trust/style.css\">\n");
    put_element(out, "title", title);
    put_languages(out, language);
    put_element(out, "h1", title);
}

static void put_link(struct buffer *out, const struct site_origin *origin)
{
    put(out, "<a class=\"get\" href=\"/\">");
    put_text(out, origin->text);
    put(out, "</a>");
}

static void put_page(struct buffer *out, const struct trust *trust, enum language language,
                     const struct site_origin *origin)
{
    put_top(out, language, words_in(language, N_("Let this device believe the page")));
    put_said(
        out, "p", language,
        N_("The page {address} has a certificate of the shop's own, which devices do not know. "
           "Install its root on this device, once, and the page opens without a warning. The "
           "root counts for this page alone, and for no other."),
        origin);
    put_downloads(out, language);
    put_ways(out, language);
    put_fingerprint(out, trust, language);
    put(out, "<section>");
    put_element(out, "h2", words_in(language, N_("4. Open the page")));
    put_element(out, "p",
                words_in(language, N_("Close the browser once, so that it looks again. Then open "
                                      "this:")));
    put_link(out, origin);
    put(out, "</section>\n</html>\n");
}

/* Whoever was sent here for a root that there is not. */
static void put_absent(struct buffer *out, enum language language, const struct site_origin *origin)
{
    const char *title = words_in(language, N_("There is no root to install"));
    put_top(out, language, title);
    put_element(
        out, "p",
        words_in(language, N_("This page stands under no root of the shop's own: nothing has to be "
                              "installed for it. Open the page:")));
    put_link(out, origin);
    put(out, "</html>\n");
}

/* ---- which language ---- */

/* The first that the browser names and that is ours: browsers name the best one first. */
static enum language language_wanted(const struct http_head *head)
{
    struct slice value;
    char text[200];
    enum language found = LANGUAGE_ENGLISH;
    if (!http_header_one(head, "Accept-Language", &value) || value.size >= sizeof text)
        return found;
    memcpy(text, value.data, value.size);
    text[value.size] = '\0';
    char *rest = text;
    for (int i = 0; i < LANGUAGES_LISTED_MAX && rest != NULL; i++) {
        char *word = strsep(&rest, ",");
        word += strspn(word, " \t");
        word[strcspn(word, "; \t")] = '\0';
        if (strlen(word) >= 2 && language_of(word, &found))
            return found;
    }
    return LANGUAGE_ENGLISH;
}

/* "/trust", or "/trust/vi"; the language is told of every other address too. */
static bool is_page(const struct http_head *head, enum language *ret_language)
{
    char path[16] = "";
    *ret_language = language_wanted(head);
    if (head->path.size >= sizeof path)
        return false;
    memcpy(path, head->path.data, head->path.size);
    if (strcmp(path, "/trust") == 0 || strcmp(path, "/trust/") == 0)
        return true;
    return strncmp(path, "/trust/", 7) == 0 && strlen(path) == 9 &&
           language_of(path + 7, ret_language);
}

/* ---- a profile of iOS ---- */

/* Always the same for one root, so that installing it again replaces it (RFC 4122, of version 5's
 * form). */
static void write_uuid(const uint8_t *bytes, char out[UUID_SIZE])
{
    uint8_t b[16];
    memcpy(b, bytes, sizeof b);
    b[6] = (b[6] & 0x0f) | 0x50;
    b[8] = (b[8] & 0x3f) | 0x80;
    snprintf(out, UUID_SIZE, "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
}

/* Base64 of the certificate: what stands between the first and the last line of its PEM. */
static bool put_base64(struct buffer *out, struct slice pem)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    const char *from = memmem(pem.data, pem.size, begin, strlen(begin));
    if (from == NULL)
        return false;
    from += strlen(begin);
    const char *to =
        memmem(from, pem.size - (size_t)(from - (const char *)pem.data), "-----END", 8);
    return to != NULL && buffer_put(out, from, (size_t)(to - from));
}

static bool make_profile(struct trust *trust, struct slice pem)
{
    struct buffer *out = &trust->profile;
    char uuids[2][UUID_SIZE];
    write_uuid(trust->fingerprint, uuids[0]);
    write_uuid(trust->fingerprint + 16, uuids[1]);
    put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
             "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
             "<plist version=\"1.0\"><dict>\n"
             "<key>PayloadType</key><string>Configuration</string>\n"
             "<key>PayloadVersion</key><integer>1</integer>\n"
             "<key>PayloadDisplayName</key><string>Tefter</string>\n"
             "<key>PayloadDescription</key><string>Root of the certificate of the shop's page, "
             "which counts for that page alone</string>\n"
             "<key>PayloadIdentifier</key><string>tefter.page.");
    put(out, uuids[0]);
    put(out, "</string>\n<key>PayloadUUID</key><string>");
    put(out, uuids[0]);
    put(out, "</string>\n<key>PayloadContent</key><array><dict>\n"
             "<key>PayloadType</key><string>com.apple.security.root</string>\n"
             "<key>PayloadVersion</key><integer>1</integer>\n"
             "<key>PayloadDisplayName</key><string>Tefter</string>\n"
             "<key>PayloadCertificateFileName</key><string>tefter-root.crt</string>\n"
             "<key>PayloadIdentifier</key><string>tefter.page.root.");
    put(out, uuids[1]);
    put(out, "</string>\n<key>PayloadUUID</key><string>");
    put(out, uuids[1]);
    put(out, "</string>\n<key>PayloadContent</key><data>");
    bool good = put_base64(out, pem);
    put(out, "</data>\n</dict></array></dict></plist>\n");
    return good && !out->overflow;
}

/* ---- answers ---- */

static bool is_rooted(const struct trust *trust)
{
    return trust->der.size > 0;
}

static bool make_page(struct trust *trust, const struct site_origin *origin,
                      const struct http_head *head, struct made_page *ret_made)
{
    enum language language;
    bool steps = is_page(head, &language) && is_rooted(trust);
    buffer_clear(&trust->page);
    if (is_rooted(trust))
        put_page(&trust->page, trust, language, origin);
    else
        put_absent(&trust->page, language, origin);
    *ret_made = (struct made_page){steps ? HTTP_OK : HTTP_NOT_FOUND, "text/html; charset=utf-8",
                                   NULL, buffer_slice(&trust->page)};
    return !trust->page.overflow;
}

bool trust_answer(struct trust *trust, const struct site_origin *origin,
                  const struct http_head *head, bool ends, struct answer *ret_answer)
{
    struct made_page made;
    if (trust == NULL || (!slice_equal(head->path, slice_text("/trust")) &&
                          !slice_starts(head->path, slice_text("/trust/"))))
        return false;
    if (slice_equal(head->path, slice_text("/trust/style.css")))
        made = (struct made_page){HTTP_OK, "text/css; charset=utf-8", NULL, slice_text(style)};
    else if (is_rooted(trust) && slice_equal(head->path, slice_text("/trust/root.crt")))
        made = (struct made_page){HTTP_OK, "application/x-x509-ca-cert", "tefter-root.crt",
                                  trust->der};
    else if (is_rooted(trust) && slice_equal(head->path, slice_text("/trust/root.mobileconfig")))
        made = (struct made_page){HTTP_OK, "application/x-apple-aspen-config",
                                  "tefter.mobileconfig", buffer_slice(&trust->profile)};
    else if (!make_page(trust, origin, head, &made))
        return false;
    pages_answer_made(&made, origin, head, ends, ret_answer);
    return true;
}

/* ---- life ---- */

struct trust *trust_create(struct slice pem, struct failure *failure)
{
    struct trust *trust = calloc(1, sizeof *trust);
    if (trust == NULL) {
        fail(failure, FAULT_MEMORY, 0, "no memory for the root");
        return NULL;
    }
    arena_init(&trust->arena, ARENA_MAX);
    buffer_init(&trust->profile, PROFILE_MAX);
    buffer_init(&trust->page, MADE_PAGE_MAX);
    if (pem.size == 0)
        return trust;
    if (ca_certificate_der(pem, &trust->arena, &trust->der, trust->fingerprint, failure) &&
        (make_profile(trust, pem) ||
         fail(failure, FAULT_USE, 0, "the root is too long to be given to devices")))
        return trust;
    trust_destroy(trust);
    return NULL;
}

void trust_destroy(struct trust *trust)
{
    if (trust == NULL)
        return;
    arena_fini(&trust->arena);
    buffer_fini(&trust->profile);
    buffer_fini(&trust->page);
    free(trust);
}
