#include "base/check.h"

#include "net/pki.h"

static struct pki pki;

static int setup(void **state)
{
    (void)state;
    pki_init(&pki);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pki_fini(&pki);
    return 0;
}

static bool has(struct slice text, const char *words)
{
    return memmem(text.data, text.size, words, strlen(words)) != NULL;
}

static void what_is_made_is_pem(void **state)
{
    (void)state;
    assert_true(has(pki.root.certificate, "-----BEGIN CERTIFICATE-----"));
    assert_true(has(pki.root.key, "-----BEGIN PRIVATE KEY-----"));
    assert_true(has(pki.server.key, "-----END PRIVATE KEY-----"));
    assert_true(has(pki.terminal.certificate, "-----END CERTIFICATE-----"));
}

static void certificates_end_when_they_should(void **state)
{
    (void)state;
    struct hash hash;
    int64_t ends_ms = 0;
    struct failure failure = {.fault = FAULT_NONE};
    int64_t now_ms = pki.now_ms / 1000 * 1000;
    assert_int_equal(pki.terminal.not_after_ms, now_ms + CA_TERMINAL_DAYS * PKI_DAY_MS);
    assert_int_equal(pki.root_ends_ms, now_ms + CA_ROOT_DAYS * PKI_DAY_MS);
    assert_true(ca_certificate_facts(pki.terminal.certificate, &hash, &ends_ms, &failure));
    assert_int_equal(ends_ms, pki.terminal.not_after_ms);
    assert_memory_equal(&hash, &pki.terminal.fingerprint, HASH_SIZE);
}

static void two_roots_are_two(void **state)
{
    (void)state;
    struct pki other;
    pki_init(&other);
    assert_memory_not_equal(&other.root_hash, &pki.root_hash, HASH_SIZE);
    pki_fini(&other);
}

static void names_that_are_no_names_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"a b", "x,IP:1.2.3.4", "", "DNS:evil", "über.example", NULL};
    for (size_t i = 0; bad[i] != NULL; i++) {
        const char *names[] = {"localhost", bad[i], NULL};
        struct failure failure = {.fault = FAULT_NONE};
        struct ca_pair pair;
        assert_false(ca_server_create(&pki.root, names, pki.now_ms, &pki.arena, &pair, &failure));
        assert_int_equal(failure.fault, FAULT_USE);
    }
}

static void a_server_may_have_no_name(void **state)
{
    (void)state;
    const char *const none[] = {NULL};
    struct ca_pair pair;
    assert_true(ca_server_create(&pki.root, none, pki.now_ms, &pki.arena, &pair, NULL));
}

static void companies_are_called_as_they_like(void **state)
{
    (void)state;
    struct ca_pair pair;
    assert_true(ca_root_create("", pki.now_ms, &pki.arena, &pair, NULL));
    assert_true(ca_root_create("Công ty TNHH Thương mại và Dịch vụ Điện tử Điện lạnh Nguyễn Đình "
                               "Ánh và các anh em, chi nhánh miền Nam",
                               pki.now_ms, &pki.arena, &pair, NULL));
}

static void refused(struct slice request, enum fault fault)
{
    struct failure failure = {.fault = FAULT_NONE};
    struct ca_signed made;
    assert_false(
        ca_terminal_sign(&pki.root, request, 1, 1, pki.now_ms, &pki.arena, &made, &failure));
    assert_int_equal(failure.fault, fault);
    assert_string_not_equal(failure.text, "");
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    /* RSA 2048 */
    static const char rsa[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                              "MIICUTCCATkCAQAwDDEKMAgGA1UEAwwBeDCCASIwDQYJKoZIhvcNAQEBBQADggEP\n"
                              "ADCCAQoCggEBAL9nothing\n"
                              "-----END CERTIFICATE REQUEST-----\n";
    struct slice key;
    struct slice request;
    refused(slice_text(""), FAULT_PEER);
    refused(slice_text("hello"), FAULT_PEER);
    refused(slice_text(rsa), FAULT_PEER);
    refused(pki.terminal.certificate, FAULT_PEER);
    assert_true(ca_request_create(&pki.arena, &key, &request, NULL));
    char *changed = arena_text(&pki.arena, request.data, request.size);
    char *letter = strstr(changed, "REQUEST-----\n") + 13 + 100; /* within the public key */
    *letter = *letter == 'A' ? 'B' : 'A';
    refused(slice_of(changed, request.size), FAULT_PEER);
}

static void a_root_without_its_key_signs_nothing(void **state)
{
    (void)state;
    struct slice key;
    struct slice request;
    struct ca_signed made;
    struct failure failure = {.fault = FAULT_NONE};
    struct ca_pair mixed = {pki.root.certificate, pki.server.key};
    assert_true(ca_request_create(&pki.arena, &key, &request, NULL));
    assert_false(ca_terminal_sign(&mixed, request, 1, 1, pki.now_ms, &pki.arena, &made, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
}

static void noise_has_no_facts(void **state)
{
    (void)state;
    struct hash hash;
    int64_t ends_ms = 0;
    struct failure failure = {.fault = FAULT_NONE};
    assert_false(ca_certificate_facts(slice_text("noise"), &hash, &ends_ms, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
}

/* ---- an authority for the page ---- */

static bool page_good(const struct ca_web_authority *authority, const char *const *names,
                      int64_t now_ms, struct failure *failure)
{
    struct ca_pair page;
    *failure = (struct failure){.fault = FAULT_NONE};
    return ca_web_create(&authority->issuer, names, now_ms, &pki.arena, &page, failure) &&
           ca_pair_check(&page, failure) &&
           ca_web_verify(authority->root, page.certificate, now_ms, failure);
}

static void a_root_of_the_page_counts_for_its_names(void **state)
{
    (void)state;
    const char *const names[] = {"shop.lan", "192.168.7.9", NULL};
    const char *const good[] = {"shop.lan", "till.shop.lan", "192.168.7.9"};
    const char *const bad[] = {"bank.example", "lan", "eshop.lan", "192.168.7.8", "::1"};
    struct ca_web_authority authority;
    struct failure failure;
    assert_true(ca_web_authority_create(names, pki.now_ms, &pki.arena, &authority, NULL));
    assert_true(page_good(&authority, names, pki.now_ms, &failure));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(page_good(&authority, (const char *[]){good[i], NULL}, pki.now_ms, &failure));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(page_good(&authority, (const char *[]){"shop.lan", bad[i], NULL}, pki.now_ms,
                               &failure));
        assert_int_equal(failure.fault, FAULT_DENIED);
    }
    const int64_t years_ms = INT64_C(11) * 365 * 24 * 3600 * 1000;
    assert_false(page_good(&authority, names, pki.now_ms + years_ms, &failure));
    assert_int_equal(failure.fault, FAULT_DAMAGED);
}

static void a_root_of_the_page_is_for_somebody(void **state)
{
    (void)state;
    const char *const none[] = {NULL};
    const char *const two_in_one[] = {"shop.lan,DNS:bank.example", NULL};
    struct ca_web_authority authority, other;
    struct failure failure = {.fault = FAULT_NONE};
    assert_false(ca_web_authority_create(none, pki.now_ms, &pki.arena, &authority, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    failure.fault = FAULT_NONE;
    assert_false(ca_web_authority_create(two_in_one, pki.now_ms, &pki.arena, &authority, &failure));
    assert_int_equal(failure.fault, FAULT_USE);
    const char *const names[] = {"shop.lan", NULL};
    struct ca_pair page;
    assert_true(ca_web_authority_create(names, pki.now_ms, &pki.arena, &authority, NULL));
    assert_true(ca_web_authority_create(names, pki.now_ms, &pki.arena, &other, NULL));
    assert_true(ca_web_create(&other.issuer, names, pki.now_ms, &pki.arena, &page, NULL));
    assert_false(ca_web_verify(authority.root, page.certificate, pki.now_ms, NULL));
    assert_false(ca_web_verify(slice_text(""), page.certificate, pki.now_ms, NULL));
    assert_false(ca_web_verify(authority.root, slice_text("none"), pki.now_ms, NULL));
}

static void a_certificate_has_a_print(void **state)
{
    (void)state;
    struct slice der;
    uint8_t print[CA_FINGERPRINT_SIZE], other[CA_FINGERPRINT_SIZE];
    assert_true(ca_certificate_der(pki.root.certificate, &pki.arena, &der, print, NULL));
    assert_true(der.size > 200 && der.data[0] == 0x30);
    assert_true(ca_certificate_der(pki.server.certificate, &pki.arena, &der, other, NULL));
    assert_true(memcmp(print, other, sizeof print) != 0);
    assert_false(ca_certificate_der(slice_text("none"), &pki.arena, &der, print, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_is_pem),
        cmocka_unit_test(certificates_end_when_they_should),
        cmocka_unit_test(two_roots_are_two),
        cmocka_unit_test(names_that_are_no_names_are_refused),
        cmocka_unit_test(a_server_may_have_no_name),
        cmocka_unit_test(companies_are_called_as_they_like),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(a_root_without_its_key_signs_nothing),
        cmocka_unit_test(noise_has_no_facts),
        cmocka_unit_test(a_root_of_the_page_counts_for_its_names),
        cmocka_unit_test(a_root_of_the_page_is_for_somebody),
        cmocka_unit_test(a_certificate_has_a_print),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
