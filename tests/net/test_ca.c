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
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
