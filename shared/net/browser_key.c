#include "net/browser_key.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum { NUMBER_SIZE = BROWSER_SIGNATURE_SIZE / 2 };

/* A point of P-256, uncompressed: whatever begins otherwise is another curve or form. */
static const uint8_t prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

/* NULL: it is none. */
static EVP_PKEY *key_read(struct slice key)
{
    const unsigned char *at = key.data;
    if (key.size != BROWSER_KEY_SIZE || memcmp(key.data, prefix, sizeof prefix) != 0)
        return NULL;
    EVP_PKEY *read = d2i_PUBKEY(NULL, &at, BROWSER_KEY_SIZE);
    ERR_clear_error();
    return read;
}

bool browser_key_good(struct slice key)
{
    EVP_PKEY *read = key_read(key);
    EVP_PKEY_free(read);
    return read != NULL;
}

/* As OpenSSL reads it; *ret_der is to be freed. The size, 0: no memory. */
static int signature_der(struct slice signature, unsigned char **ret_der)
{
    const unsigned char *at = signature.data;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(at, NUMBER_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(at + NUMBER_SIZE, NUMBER_SIZE, NULL);
    int size = 0;
    *ret_der = NULL;
    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        r = s = NULL; /* they are the pair's */
        size = i2d_ECDSA_SIG(pair, ret_der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return size > 0 ? size : 0;
}

static bool signed_by(EVP_PKEY *key, struct slice text, const unsigned char *der, size_t size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL &&
                EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(context, der, size, text.data, text.size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

bool browser_key_signed(struct slice key, struct slice text, struct slice signature)
{
    unsigned char *der = NULL;
    if (signature.size != BROWSER_SIGNATURE_SIZE)
        return false;
    EVP_PKEY *read = key_read(key);
    int size = read == NULL ? 0 : signature_der(signature, &der);
    bool good = size > 0 && signed_by(read, text, der, (size_t)size);
    OPENSSL_free(der);
    EVP_PKEY_free(read);
    ERR_clear_error();
    return good;
}
