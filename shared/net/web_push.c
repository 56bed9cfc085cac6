#include "net/web_push.h"

#include "base/fault.h"
#include "base/hash.h"

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdio.h>

enum { KEY_SIZE = 16, NONCE_SIZE = 12, TAG_SIZE = 16, SHARED_SIZE = 32, HALF_SIZE = 32 };
#define CURVE "prime256v1"

size_t base64_url(struct slice bytes, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t at = 0;
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i < 3 ? bytes.size - i : 3;
        uint32_t three = (uint32_t)bytes.data[i] << 16;
        three |= left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0;
        three |= left > 2 ? bytes.data[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            out[at++] = digits[three >> (18 - 6 * k) & 63];
    }
    out[at] = '\0';
    return at;
}

/* ---- keys ---- */

/* secret NULL: the public half alone. NULL: it is no key. */
static EVP_PKEY *key_build(const uint8_t point[PUSH_POINT_SIZE], const BIGNUM *secret)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    int kind = secret == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
    if (build != NULL && context != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, CURVE, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, PUSH_POINT_SIZE) ==
            1 &&
        (secret == NULL || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1) &&
        (parameters = OSSL_PARAM_BLD_to_param(build)) != NULL &&
        EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, kind, parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return key;
}

static EVP_PKEY *key_whole(const struct push_key *key)
{
    BIGNUM *secret = BN_secure_new();
    EVP_PKEY *built = NULL;
    if (secret != NULL && BN_bin2bn(key->secret, PUSH_SECRET_SIZE, secret) != NULL)
        built = key_build(key->point, secret);
    BN_clear_free(secret);
    return built;
}

/* The point that belongs to a secret half. */
static bool point_of(const uint8_t secret[PUSH_SECRET_SIZE], uint8_t ret_point[PUSH_POINT_SIZE])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *number = BN_secure_new();
    bool good = point != NULL && number != NULL &&
                BN_bin2bn(secret, PUSH_SECRET_SIZE, number) != NULL && !BN_is_zero(number) &&
                BN_cmp(number, EC_GROUP_get0_order(group)) < 0 &&
                EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1 &&
                EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret_point,
                                   PUSH_POINT_SIZE, NULL) == PUSH_POINT_SIZE;
    BN_clear_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    ERR_clear_error();
    return good;
}

bool push_key_of(const uint8_t secret[PUSH_SECRET_SIZE], struct push_key *ret_key)
{
    memcpy(ret_key->secret, secret, PUSH_SECRET_SIZE);
    return point_of(secret, ret_key->point);
}

/* Of 2^32 random secrets one is no number below the order of the curve. */
bool push_key_make(struct push_key *ret_key)
{
    enum { TRIES = 4 };
    for (int i = 0; i < TRIES; i++) {
        uint8_t secret[PUSH_SECRET_SIZE];
        random_bytes(secret, sizeof secret);
        bool good = push_key_of(secret, ret_key);
        secret_wipe(secret, sizeof secret);
        if (good)
            return true;
    }
    return false;
}

bool push_point_good(struct slice point)
{
    if (point.size != PUSH_POINT_SIZE || point.data[0] != 4)
        return false;
    EVP_PKEY *key = key_build(point.data, NULL);
    EVP_PKEY_CTX *context = key == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool good = context != NULL && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return good;
}

/* ---- sealing ---- */

static bool agree(EVP_PKEY *own, EVP_PKEY *other, uint8_t ret_shared[SHARED_SIZE])
{
    size_t size = SHARED_SIZE;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    bool good = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
                EVP_PKEY_derive_set_peer(context, other) == 1 &&
                EVP_PKEY_derive(context, ret_shared, &size) == 1 && size == SHARED_SIZE;
    EVP_PKEY_CTX_free(context);
    return good;
}

/* HKDF with SHA-256, both steps. */
static bool derive(struct slice salt, struct slice key, struct slice info, uint8_t *out,
                   size_t size)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.data,
                                          salt.size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)key.data,
                                          key.size),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.data,
                                          info.size),
        OSSL_PARAM_construct_end(),
    };
    bool good = context != NULL && EVP_KDF_derive(context, out, size, parameters) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return good;
}

struct content_key {
    uint8_t key[KEY_SIZE];
    uint8_t nonce[NONCE_SIZE];
};

/* RFC 8291, 3.4. */
static bool content_key(const struct push_reader *reader, const struct push_key *own,
                        const uint8_t shared[SHARED_SIZE], struct slice salt,
                        struct content_key *ret_key)
{
    static const char info_key[] = "Content-Encoding: aes128gcm";
    static const char info_nonce[] = "Content-Encoding: nonce";
    static const char first[] = "WebPush: info"; /* each with the NUL at its end */
    uint8_t info[sizeof first + 2 * PUSH_POINT_SIZE];
    uint8_t both[SHARED_SIZE] = {0};
    memcpy(info, first, sizeof first);
    memcpy(info + sizeof first, reader->point, PUSH_POINT_SIZE);
    memcpy(info + sizeof first + PUSH_POINT_SIZE, own->point, PUSH_POINT_SIZE);
    struct slice mixed = slice_of(both, sizeof both);
    bool good =
        derive(slice_of(reader->auth, PUSH_AUTH_SIZE), slice_of(shared, SHARED_SIZE),
               slice_of(info, sizeof info), both, sizeof both) &&
        derive(salt, mixed, slice_of(info_key, sizeof info_key), ret_key->key, KEY_SIZE) &&
        derive(salt, mixed, slice_of(info_nonce, sizeof info_nonce), ret_key->nonce, NONCE_SIZE);
    secret_wipe(both, sizeof both);
    return good;
}

static bool encrypt(const struct content_key *key, struct slice plain, uint8_t *out)
{
    static const uint8_t last_record = 2;
    int size = 0, more = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good =
        context != NULL &&
        EVP_EncryptInit_ex2(context, EVP_aes_128_gcm(), key->key, key->nonce, NULL) == 1 &&
        EVP_EncryptUpdate(context, out, &size, plain.data, (int)plain.size) == 1 &&
        EVP_EncryptUpdate(context, out + plain.size, &more, &last_record, 1) == 1 &&
        EVP_EncryptFinal_ex(context, out + plain.size + 1, &more) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + plain.size + 1) == 1;
    EVP_CIPHER_CTX_free(context);
    return good;
}

static bool share(const struct push_reader *reader, const struct push_key *own,
                  uint8_t ret_shared[SHARED_SIZE])
{
    EVP_PKEY *mine = key_whole(own);
    EVP_PKEY *theirs = key_build(reader->point, NULL);
    bool good = mine != NULL && theirs != NULL && agree(mine, theirs, ret_shared);
    EVP_PKEY_free(mine);
    EVP_PKEY_free(theirs);
    return good;
}

bool push_seal_with(const struct push_reader *reader, struct slice plain,
                    const uint8_t salt[PUSH_SALT_SIZE], const struct push_key *own,
                    uint8_t ret_sealed[PUSH_SEALED_MAX], size_t *ret_size)
{
    uint8_t shared[SHARED_SIZE];
    struct content_key key;
    if (plain.size > PUSH_PLAIN_MAX)
        return false;
    memcpy(ret_sealed, salt, PUSH_SALT_SIZE);
    be32_put(ret_sealed + PUSH_SALT_SIZE, PUSH_SEALED_MAX);
    ret_sealed[PUSH_SALT_SIZE + 4] = PUSH_POINT_SIZE;
    memcpy(ret_sealed + PUSH_SALT_SIZE + 5, own->point, PUSH_POINT_SIZE);
    bool good = share(reader, own, shared) &&
                content_key(reader, own, shared, slice_of(salt, PUSH_SALT_SIZE), &key) &&
                encrypt(&key, plain, ret_sealed + PUSH_HEAD_SIZE);
    *ret_size = PUSH_HEAD_SIZE + plain.size + 1 + TAG_SIZE;
    secret_wipe(shared, sizeof shared);
    secret_wipe(&key, sizeof key);
    ERR_clear_error();
    return good;
}

bool push_seal(const struct push_reader *reader, struct slice plain,
               uint8_t ret_sealed[PUSH_SEALED_MAX], size_t *ret_size)
{
    uint8_t salt[PUSH_SALT_SIZE];
    struct push_key own;
    random_bytes(salt, sizeof salt);
    bool good =
        push_key_make(&own) && push_seal_with(reader, plain, salt, &own, ret_sealed, ret_size);
    secret_wipe(&own, sizeof own);
    return good;
}

/* ---- the sender's token ---- */

/* r and s side by side, as a JWT has them. */
static bool signature_flat(const uint8_t *der, size_t size, uint8_t out[2 * HALF_SIZE])
{
    const unsigned char *at = der;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
    bool good = pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, HALF_SIZE) == HALF_SIZE &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + HALF_SIZE, HALF_SIZE) == HALF_SIZE;
    ECDSA_SIG_free(pair);
    return good;
}

static bool sign(const struct push_key *key, struct slice text, uint8_t out[2 * HALF_SIZE])
{
    uint8_t der[2 * HALF_SIZE + 16];
    size_t size = sizeof der;
    EVP_PKEY *whole = key_whole(key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = whole != NULL && context != NULL &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, whole) == 1 &&
                EVP_DigestSign(context, der, &size, text.data, text.size) == 1 &&
                signature_flat(der, size, out);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(whole);
    ERR_clear_error();
    return good;
}

/* Both texts stand in JSON: they hold nothing that would want escaping there. */
static bool stands_in_json(const char *text)
{
    for (; *text != '\0'; text++)
        if ((uint8_t)*text < 0x20 || *text == '"' || *text == '\\')
            return false;
    return true;
}

bool push_token(const struct push_key *key, const char *origin, const char *contact,
                int64_t until_s, char out[PUSH_TOKEN_MAX])
{
    enum { CLAIMS_MAX = 600 };
    static const char head[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
    char claims[CLAIMS_MAX];
    uint8_t signature[2 * HALF_SIZE];
    int size =
        snprintf(claims, sizeof claims, "{\"aud\":\"%s\",\"exp\":%" PRId64 ",\"sub\":\"%s\"}",
                 origin, until_s, contact);
    if (size < 0 || size >= CLAIMS_MAX || !stands_in_json(origin) || !stands_in_json(contact))
        return false;
    size_t at = base64_url(slice_text(head), out);
    out[at++] = '.';
    at += base64_url(slice_of(claims, (size_t)size), out + at);
    if (!sign(key, slice_of(out, at), signature))
        return false;
    out[at++] = '.';
    base64_url(slice_of(signature, sizeof signature), out + at);
    return true;
}
