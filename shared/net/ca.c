/*
 * Certificates: what each of the three kinds says of itself.
 *
 *   root      CA, no further CAs below it; signs certificates
 *   server    serverAuth; the names and addresses it is reached by
 *   terminal  clientAuth; "terminal N"; the serial that the ledger gave it
 *   web       root and issuer, for named hosts alone; the page's: serverAuth, its names
 */
#include "net/ca.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "net/tls_inside.h"

enum {
    SERIAL_BYTES = 16,
    SAN_MAX = 1000,
    BOUNDS_MAX = 2000,
    ENTRY_CHARACTERS_MAX = 64,
    DAY_S = 24 * 3600,
    X509_V3 = 2
};

/* What goes into a certificate before it is signed. */
struct plan {
    const char *organization; /* NULL: none */
    const char *name;
    uint64_t serial; /* 0: random */
    int64_t now_ms;
    int days;
    const char *purpose; /* extendedKeyUsage, NULL for a root */
    const char *names;   /* subjectAltName, NULL: none */
    const char *bounds;  /* nameConstraints, NULL: none */
    bool issues_more;    /* a root with one more authority below it */
};

static bool fail_openssl(struct failure *failure, enum fault fault, const char *what)
{
    const char *words = ERR_reason_error_string(ERR_peek_last_error());
    fail(failure, fault, 0, "%s%s%s", what, words == NULL ? "" : ": ", words == NULL ? "" : words);
    ERR_clear_error();
    return false;
}

/* ---- PEM in and out ---- */

static bool take_bio(BIO *bio, bool written, struct arena *arena, struct slice *ret_pem)
{
    char *data = NULL;
    long size = written ? BIO_get_mem_data(bio, &data) : 0;
    char *text = size > 0 ? arena_text(arena, data, (size_t)size) : NULL;
    if (text != NULL)
        *ret_pem = slice_of(text, (size_t)size);
    if (data != NULL)
        secret_wipe(data, (size_t)size);
    BIO_free(bio);
    return text != NULL;
}

static bool put_certificate(X509 *certificate, struct arena *arena, struct slice *ret_pem)
{
    BIO *bio = BIO_new(BIO_s_mem());
    return take_bio(bio, bio != NULL && PEM_write_bio_X509(bio, certificate) == 1, arena, ret_pem);
}

static bool put_request(X509_REQ *request, struct arena *arena, struct slice *ret_pem)
{
    BIO *bio = BIO_new(BIO_s_mem());
    return take_bio(bio, bio != NULL && PEM_write_bio_X509_REQ(bio, request) == 1, arena, ret_pem);
}

static bool put_key(EVP_PKEY *key, struct arena *arena, struct slice *ret_pem)
{
    BIO *bio = BIO_new(BIO_s_mem());
    bool written =
        bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    return take_bio(bio, written, arena, ret_pem);
}

static X509_REQ *read_request(struct slice pem)
{
    BIO *bio =
        pem.size == 0 || pem.size > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.size);
    X509_REQ *request = bio == NULL ? NULL : PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return request;
}

/* ---- the parts of a certificate ---- */

/* X.509 has room for 64 characters of a name. */
static size_t entry_size(const char *text)
{
    size_t characters = 0;
    size_t size = 0;
    for (; text[size] != '\0'; size++) {
        bool starts = ((unsigned char)text[size] & 0xc0) != 0x80;
        if (starts && characters++ == ENTRY_CHARACTERS_MAX)
            break;
    }
    return size;
}

static bool add_entry(X509_NAME *name, int kind, const char *text)
{
    return text == NULL ||
           X509_NAME_add_entry_by_NID(name, kind, MBSTRING_UTF8, (const unsigned char *)text,
                                      (int)entry_size(text), -1, 0) == 1;
}

static bool set_subject(X509 *certificate, const struct plan *plan)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    return add_entry(name, NID_organizationName, plan->organization) &&
           add_entry(name, NID_commonName, plan->name);
}

static bool set_serial(X509 *certificate, uint64_t given)
{
    ASN1_INTEGER *serial = X509_get_serialNumber(certificate);
    if (given != 0)
        return ASN1_INTEGER_set_uint64(serial, given) == 1;
    uint8_t bytes[SERIAL_BYTES];
    random_bytes(bytes, sizeof(bytes));
    bytes[0] = (bytes[0] & 0x3f) | 0x40; /* positive, and never zero */
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    bool good = number != NULL && BN_to_ASN1_INTEGER(number, serial) != NULL;
    BN_free(number);
    return good;
}

static bool set_dates(X509 *certificate, const struct plan *plan)
{
    time_t now = (time_t)(plan->now_ms / 1000);
    return ASN1_TIME_set(X509_getm_notBefore(certificate), now - DAY_S) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), now + (time_t)plan->days * DAY_S) != NULL;
}

static bool add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return good;
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct plan *plan)
{
    bool root = plan->purpose == NULL;
    const char *kind =
        plan->issues_more ? "critical,CA:TRUE,pathlen:1" : "critical,CA:TRUE,pathlen:0";
    return add_extension(certificate, issuer, NID_basic_constraints,
                         root ? kind : "critical,CA:FALSE") &&
           (plan->bounds == NULL ||
            add_extension(certificate, issuer, NID_name_constraints, plan->bounds)) &&
           add_extension(certificate, issuer, NID_key_usage,
                         root ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
           add_extension(certificate, issuer, NID_subject_key_identifier, "hash") &&
           add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
           (root ? plan->bounds == NULL ||
                       add_extension(certificate, issuer, NID_ext_key_usage, "critical,serverAuth")
                 : add_extension(certificate, issuer, NID_ext_key_usage, plan->purpose)) &&
           (plan->names == NULL ||
            add_extension(certificate, issuer, NID_subject_alt_name, plan->names));
}

/* issuer NULL: itself. */
static bool fill(X509 *certificate, const struct plan *plan, EVP_PKEY *key, X509 *issuer)
{
    if (X509_set_version(certificate, X509_V3) != 1 || !set_serial(certificate, plan->serial) ||
        !set_subject(certificate, plan) || !set_dates(certificate, plan) ||
        X509_set_pubkey(certificate, key) != 1)
        return false;
    X509 *from = issuer == NULL ? certificate : issuer;
    return X509_set_issuer_name(certificate, X509_get_subject_name(from)) == 1 &&
           add_extensions(certificate, from, plan);
}

static X509 *make(const struct plan *plan, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *certificate = X509_new();
    if (certificate != NULL && fill(certificate, plan, key, issuer) &&
        X509_sign(certificate, issuer_key, EVP_sha256()) > 0)
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* ---- issuing ---- */

static bool issue_pair(const struct plan *plan, X509 *issuer, EVP_PKEY *issuer_key,
                       struct arena *arena, struct ca_pair *ret_pair)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate =
        key == NULL ? NULL : make(plan, key, issuer, issuer_key == NULL ? key : issuer_key);
    bool good = certificate != NULL &&
                put_certificate(certificate, arena, &ret_pair->certificate) &&
                put_key(key, arena, &ret_pair->key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return good;
}

bool ca_root_create(const char *company, int64_t now_ms, struct arena *arena,
                    struct ca_pair *ret_root, struct failure *failure)
{
    ERR_clear_error();
    struct plan plan = {.organization = company[0] == '\0' ? NULL : company,
                        .name = "Tefter root",
                        .now_ms = now_ms,
                        .days = CA_ROOT_DAYS};
    return issue_pair(&plan, NULL, NULL, arena, ret_root) ||
           fail_openssl(failure, FAULT_USE, "cannot make the root certificate");
}

/* The root as OpenSSL knows it. */
struct authority {
    X509 *certificate;
    EVP_PKEY *key;
};

static bool authority_open(const struct ca_pair *root, struct authority *ret_authority,
                           struct failure *failure)
{
    ret_authority->certificate = tls_certificate_read(root->certificate);
    ret_authority->key = tls_key_read(root->key);
    if (ret_authority->certificate == NULL)
        return fail(failure, FAULT_DAMAGED, 0, "the certificate cannot be read");
    if (ret_authority->key == NULL)
        return fail(failure, FAULT_DAMAGED, 0, "the key cannot be read");
    return X509_check_private_key(ret_authority->certificate, ret_authority->key) == 1 ||
           fail(failure, FAULT_DAMAGED, 0, "the key is not that of the certificate");
}

static void authority_close(struct authority *authority)
{
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
}

bool ca_pair_check(const struct ca_pair *pair, struct failure *failure)
{
    struct authority authority;
    ERR_clear_error();
    bool good = authority_open(pair, &authority, failure);
    authority_close(&authority);
    ERR_clear_error();
    return good;
}

static bool is_address(const char *name)
{
    struct in6_addr address;
    return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

/* Names come from the command line: only what a name is made of, so that none is two. */
static bool is_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t size = strlen(name);
    return size > 0 && size <= 253 && strspn(name, letters) == size;
}

static bool write_names(const char *const *names, char out[SAN_MAX], struct failure *failure)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; names[i] != NULL; i++) {
        bool address = is_address(names[i]);
        if (!address && !is_name(names[i]))
            return fail(failure, FAULT_USE, 0, "'%s' is not a host name or address", names[i]);
        int added = snprintf(out + used, SAN_MAX - used, "%s%s:%s", used == 0 ? "" : ",",
                             address ? "IP" : "DNS", names[i]);
        used += (size_t)added;
        if (used >= SAN_MAX)
            return fail(failure, FAULT_USE, 0, "too many names for one server certificate");
    }
    return true;
}

bool ca_server_create(const struct ca_pair *root, const char *const *names, int64_t now_ms,
                      struct arena *arena, struct ca_pair *ret_server, struct failure *failure)
{
    char list[SAN_MAX];
    struct authority authority = {NULL, NULL};
    if (!write_names(names, list, failure))
        return false;
    struct plan plan = {.name = "tefter server",
                        .now_ms = now_ms,
                        .days = CA_SERVER_DAYS,
                        .purpose = "serverAuth",
                        .names = list[0] == '\0' ? NULL : list};
    bool good = authority_open(root, &authority, failure) &&
                (issue_pair(&plan, authority.certificate, authority.key, arena, ret_server) ||
                 fail_openssl(failure, FAULT_USE, "cannot make the server's certificate"));
    authority_close(&authority);
    return good;
}

/* ---- the page's own authority ---- */

/* Of a kind of which it has no name it may sign none: no address at all, no name but under
 * "invalid", which nothing is called. */
static bool write_bounds(const char *const *names, char out[BOUNDS_MAX], struct failure *failure)
{
    size_t used = 0;
    bool named = false, four = false, six = false;
    for (size_t i = 0; names[i] != NULL; i++) {
        bool address = is_address(names[i]);
        bool is_six = address && strchr(names[i], ':') != NULL;
        if (!address && !is_name(names[i]))
            return fail(failure, FAULT_USE, 0, "'%s' is not a host name or address", names[i]);
        named = named || !address;
        six = six || is_six;
        four = four || (address && !is_six);
        int added = snprintf(out + used, BOUNDS_MAX - used, ",permitted;%s:%s%s",
                             address ? "IP" : "DNS", names[i],
                             is_six    ? "/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                             : address ? "/255.255.255.255"
                                       : "");
        used += (size_t)added;
        if (used >= BOUNDS_MAX)
            return fail(failure, FAULT_USE, 0, "too many names for one certificate");
    }
    int added = snprintf(
        out + used, BOUNDS_MAX - used, "%s%s%s,permitted;email:invalid,permitted;URI:invalid",
        named ? "" : ",permitted;DNS:invalid", four ? "" : ",excluded;IP:0.0.0.0/0.0.0.0",
        six ? "" : ",excluded;IP:::/::");
    return used + (size_t)added < BOUNDS_MAX ||
           fail(failure, FAULT_USE, 0, "too many names for one certificate");
}

static bool issue_web(const struct plan *root_plan, const struct plan *issuer_plan,
                      struct arena *arena, struct ca_web_authority *ret_authority)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *root = key == NULL ? NULL : make(root_plan, key, NULL, key);
    bool good = root != NULL && put_certificate(root, arena, &ret_authority->root) &&
                issue_pair(issuer_plan, root, key, arena, &ret_authority->issuer);
    X509_free(root);
    EVP_PKEY_free(key);
    return good;
}

bool ca_web_authority_create(const char *const *names, int64_t now_ms, struct arena *arena,
                             struct ca_web_authority *ret_authority, struct failure *failure)
{
    static const char critical[] = "critical";
    char bounds[sizeof critical + BOUNDS_MAX], title[ENTRY_CHARACTERS_MAX + 1];
    ERR_clear_error();
    memcpy(bounds, critical, sizeof critical);
    if (names[0] == NULL)
        return fail(failure, FAULT_USE, 0, "a certificate of the page needs a name");
    if (!write_bounds(names, bounds + sizeof critical - 1, failure))
        return false;
    snprintf(title, sizeof title, "Tefter page %s", names[0]);
    struct plan root = {.organization = title,
                        .name = title,
                        .now_ms = now_ms,
                        .days = CA_WEB_ROOT_DAYS,
                        .bounds = bounds,
                        .issues_more = true};
    struct plan issuer = root;
    issuer.name = "Tefter page, issuer";
    issuer.issues_more = false;
    return issue_web(&root, &issuer, arena, ret_authority) ||
           fail_openssl(failure, FAULT_USE, "cannot make the page's root certificate");
}

/* Leaf and issuer in one PEM, as servers show them. */
static bool join_chain(struct slice issuer, struct arena *arena, struct slice *certificate)
{
    size_t size = certificate->size + issuer.size;
    uint8_t *text = arena_take(arena, size);
    if (text == NULL)
        return false;
    memcpy(text, certificate->data, certificate->size);
    memcpy(text + certificate->size, issuer.data, issuer.size);
    *certificate = slice_of(text, size);
    return true;
}

bool ca_web_create(const struct ca_pair *issuer, const char *const *names, int64_t now_ms,
                   struct arena *arena, struct ca_pair *ret_page, struct failure *failure)
{
    char list[SAN_MAX];
    struct authority authority = {NULL, NULL};
    if (names[0] == NULL)
        return fail(failure, FAULT_USE, 0, "a certificate of the page needs a name");
    if (!write_names(names, list, failure))
        return false;
    ERR_clear_error();
    /* A subject that looks like a name would be judged as one. */
    struct plan plan = {.name = "Tefter page",
                        .now_ms = now_ms,
                        .days = CA_WEB_DAYS,
                        .purpose = "serverAuth",
                        .names = list};
    bool good = authority_open(issuer, &authority, failure) &&
                ((issue_pair(&plan, authority.certificate, authority.key, arena, ret_page) &&
                  join_chain(issuer->certificate, arena, &ret_page->certificate)) ||
                 fail_openssl(failure, FAULT_USE, "cannot make the page's certificate"));
    authority_close(&authority);
    return good;
}

static STACK_OF(X509) * read_chain(struct slice pem)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    BIO *bio =
        pem.size == 0 || pem.size > INT_MAX ? NULL : BIO_new_mem_buf(pem.data, (int)pem.size);
    X509 *one = NULL;
    while (chain != NULL && bio != NULL && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        if (sk_X509_push(chain, one) == 0)
            X509_free(one);
    BIO_free(bio);
    return chain;
}

/* 0, or OpenSSL's number of what is wrong. */
static int verify_chain(X509_STORE *trusted, X509 *leaf, STACK_OF(X509) * chain, int64_t now_ms)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    int error = X509_V_ERR_OUT_OF_MEM;
    if (context != NULL && X509_STORE_CTX_init(context, trusted, leaf, chain) == 1) {
        X509_STORE_CTX_set_time(context, 0, (time_t)(now_ms / 1000));
        X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
        error = X509_verify_cert(context) == 1 ? 0 : X509_STORE_CTX_get_error(context);
    }
    X509_STORE_CTX_free(context);
    return error;
}

bool ca_web_verify(struct slice root, struct slice chain, int64_t now_ms, struct failure *failure)
{
    X509 *top = tls_certificate_read(root);
    STACK_OF(X509) *shown = read_chain(chain);
    X509_STORE *trusted = X509_STORE_new();
    int error = X509_V_ERR_UNSPECIFIED;
    if (top != NULL && trusted != NULL && sk_X509_num(shown) > 0 &&
        X509_STORE_add_cert(trusted, top) == 1)
        error = verify_chain(trusted, sk_X509_value(shown, 0), shown, now_ms);
    X509_STORE_free(trusted);
    sk_X509_pop_free(shown, X509_free);
    X509_free(top);
    ERR_clear_error();
    if (error == 0)
        return true;
    bool named = error == X509_V_ERR_PERMITTED_VIOLATION || error == X509_V_ERR_EXCLUDED_VIOLATION;
    return fail(failure, named ? FAULT_DENIED : FAULT_DAMAGED, 0, "%s%s",
                named ? "the root that devices have counts for other names than this"
                      : "the page's certificate does not stand under its root: ",
                named ? "" : X509_verify_cert_error_string(error));
}

bool ca_certificate_der(struct slice certificate, struct arena *arena, struct slice *ret_der,
                        uint8_t ret_fingerprint[CA_FINGERPRINT_SIZE], struct failure *failure)
{
    unsigned char *der = NULL;
    unsigned size = 0;
    X509 *read = tls_certificate_read(certificate);
    int length = read == NULL ? -1 : i2d_X509(read, &der);
    void *copy = length > 0 ? arena_copy(arena, der, (size_t)length) : NULL;
    bool good = copy != NULL && X509_digest(read, EVP_sha256(), ret_fingerprint, &size) == 1 &&
                size == CA_FINGERPRINT_SIZE;
    if (good)
        *ret_der = slice_of(copy, (size_t)length);
    OPENSSL_free(der);
    X509_free(read);
    ERR_clear_error();
    return good || fail(failure, FAULT_DAMAGED, 0, "the certificate cannot be read");
}

/* ---- renewing the server's ---- */

/* The names stay as they were given: extensions are copied, not read. */
static bool copy_names(X509 *from, X509 *to)
{
    int at = X509_get_ext_by_NID(from, NID_subject_alt_name, -1);
    return at < 0 || X509_add_ext(to, X509_get_ext(from, at), -1) == 1;
}

static bool renew(const struct authority *authority, X509 *before, EVP_PKEY *key, int64_t now_ms,
                  struct arena *arena, struct slice *ret_pem)
{
    struct plan plan = {
        .name = "tefter server", .now_ms = now_ms, .days = CA_SERVER_DAYS, .purpose = "serverAuth"};
    X509 *certificate = X509_new();
    bool good = certificate != NULL && fill(certificate, &plan, key, authority->certificate) &&
                copy_names(before, certificate) &&
                X509_sign(certificate, authority->key, EVP_sha256()) > 0 &&
                put_certificate(certificate, arena, ret_pem);
    X509_free(certificate);
    return good;
}

bool ca_server_renew(const struct ca_pair *root, const struct ca_pair *server, int64_t now_ms,
                     struct arena *arena, struct slice *ret_certificate, struct failure *failure)
{
    ERR_clear_error();
    struct authority authority = {NULL, NULL};
    X509 *before = tls_certificate_read(server->certificate);
    EVP_PKEY *key = tls_key_read(server->key);
    bool good = authority_open(root, &authority, failure) &&
                ((before != NULL && key != NULL &&
                  renew(&authority, before, key, now_ms, arena, ret_certificate)) ||
                 fail_openssl(failure, FAULT_USE, "cannot renew the server's certificate"));
    authority_close(&authority);
    X509_free(before);
    EVP_PKEY_free(key);
    return good;
}

/* ---- requests ---- */

static X509_REQ *make_request(EVP_PKEY *key)
{
    X509_REQ *request = X509_REQ_new();
    if (request != NULL && X509_REQ_set_version(request, 0) == 1 &&
        add_entry(X509_REQ_get_subject_name(request), NID_commonName, "terminal") &&
        X509_REQ_set_pubkey(request, key) == 1 && X509_REQ_sign(request, key, EVP_sha256()) > 0)
        return request;
    X509_REQ_free(request);
    return NULL;
}

bool ca_request_create(struct arena *arena, struct slice *ret_key, struct slice *ret_request,
                       struct failure *failure)
{
    ERR_clear_error();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509_REQ *request = key == NULL ? NULL : make_request(key);
    bool good =
        request != NULL && put_request(request, arena, ret_request) && put_key(key, arena, ret_key);
    X509_REQ_free(request);
    EVP_PKEY_free(key);
    return good || fail_openssl(failure, FAULT_MEMORY, "cannot make a key");
}

static bool is_p256(EVP_PKEY *key)
{
    char group[40] = "";
    size_t size = 0;
    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, group, sizeof(group), &size) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

static bool request_good(X509_REQ *request, struct failure *failure)
{
    EVP_PKEY *key = request == NULL ? NULL : X509_REQ_get0_pubkey(request);
    if (key == NULL)
        return fail_openssl(failure, FAULT_PEER, "not a signing request");
    if (!is_p256(key))
        return fail(failure, FAULT_PEER, 0, "the request's key is not P-256");
    return X509_REQ_verify(request, key) == 1 ||
           fail_openssl(failure, FAULT_PEER, "the request is not signed by its key");
}

/* ---- terminals ---- */

static bool facts_of(X509 *certificate, struct hash *ret_fingerprint, int64_t *ret_not_after_ms)
{
    return tls_certificate_hash(certificate, ret_fingerprint) &&
           tls_certificate_ends(certificate, ret_not_after_ms);
}

static bool sign(const struct authority *authority, X509_REQ *request, const struct plan *plan,
                 struct arena *arena, struct ca_signed *ret_signed)
{
    X509 *certificate =
        make(plan, X509_REQ_get0_pubkey(request), authority->certificate, authority->key);
    bool good = certificate != NULL &&
                put_certificate(certificate, arena, &ret_signed->certificate) &&
                facts_of(certificate, &ret_signed->fingerprint, &ret_signed->not_after_ms);
    X509_free(certificate);
    return good;
}

bool ca_terminal_sign(const struct ca_pair *root, struct slice request_pem, uint32_t terminal,
                      uint64_t serial, int64_t now_ms, struct arena *arena,
                      struct ca_signed *ret_signed, struct failure *failure)
{
    char name[32];
    snprintf(name, sizeof(name), "terminal %u", terminal);
    struct plan plan = {.name = name,
                        .serial = serial,
                        .now_ms = now_ms,
                        .days = CA_TERMINAL_DAYS,
                        .purpose = "clientAuth"};
    ERR_clear_error();
    struct authority authority = {NULL, NULL};
    X509_REQ *request = read_request(request_pem);
    bool good = request_good(request, failure) && authority_open(root, &authority, failure) &&
                (sign(&authority, request, &plan, arena, ret_signed) ||
                 fail_openssl(failure, FAULT_MEMORY, "cannot sign the request"));
    authority_close(&authority);
    X509_REQ_free(request);
    return good;
}

bool ca_pair_fits(const struct ca_pair *pair, struct failure *failure)
{
    struct authority authority = {NULL, NULL};
    ERR_clear_error();
    bool good = authority_open(pair, &authority, failure);
    authority_close(&authority);
    return good;
}

bool ca_certificate_facts(struct slice pem, struct hash *ret_fingerprint, int64_t *ret_not_after_ms,
                          struct failure *failure)
{
    X509 *certificate = tls_certificate_read(pem);
    bool good = certificate != NULL && facts_of(certificate, ret_fingerprint, ret_not_after_ms);
    X509_free(certificate);
    return good || fail_openssl(failure, FAULT_DAMAGED, "not a certificate");
}

bool ca_certificate_days(struct slice pem, int64_t *ret_not_before_ms, int64_t *ret_not_after_ms)
{
    X509 *certificate = tls_certificate_read(pem);
    bool good = certificate != NULL && tls_certificate_begins(certificate, ret_not_before_ms) &&
                tls_certificate_ends(certificate, ret_not_after_ms);
    X509_free(certificate);
    ERR_clear_error();
    return good;
}
