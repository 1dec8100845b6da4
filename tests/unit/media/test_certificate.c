#include "media/secure/certificate.h"

#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_start_has_a_certificate_of_its_own(void **state)
{
    (void)state;
    struct certificate *a = certificate_new(NULL), *b = certificate_new(NULL);
    assert_string_not_equal(certificate_fingerprint(a), certificate_fingerprint(b));
    certificate_free(a);
    certificate_free(b);
}

static void it_is_self_signed_by_a_p256_key_and_valid_now(void **state)
{
    (void)state;
    struct certificate *certificate = certificate_new(NULL);
    X509 *x509 = SSL_CTX_get0_certificate(certificate_context(certificate));
    EVP_PKEY *key = X509_get0_pubkey(x509);
    char group[32];
    size_t length;
    assert_int_equal(EVP_PKEY_get_group_name(key, group, sizeof group, &length), 1);
    assert_string_equal(group, "prime256v1");
    assert_int_equal(X509_verify(x509, key), 1);
    assert_true(X509_cmp_current_time(X509_get0_notBefore(x509)) < 0);
    assert_true(X509_cmp_current_time(X509_get0_notAfter(x509)) > 0);
    certificate_free(certificate);
}

static void the_fingerprint_is_written_as_rfc_8122_says(void **state)
{
    (void)state;
    struct certificate *certificate = certificate_new(NULL);
    const char *fingerprint = certificate_fingerprint(certificate);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length;
    assert_int_equal(strlen(fingerprint), MEDIA_FINGERPRINT_LENGTH);
    X509_digest(SSL_CTX_get0_certificate(certificate_context(certificate)), EVP_sha256(), digest, &length);
    for (unsigned i = 0; i < length; i++) {
        assert_int_equal(g_ascii_xdigit_value(fingerprint[3 * i]) << 4 | g_ascii_xdigit_value(fingerprint[3 * i + 1]),
                         digest[i]);
        assert_int_equal(fingerprint[3 * i + 2], i + 1 < length ? ':' : '\0');
        assert_false(g_ascii_islower(fingerprint[3 * i]) || g_ascii_islower(fingerprint[3 * i + 1]));
    }
    certificate_free(certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_start_has_a_certificate_of_its_own),
        cmocka_unit_test(it_is_self_signed_by_a_p256_key_and_valid_now),
        cmocka_unit_test(the_fingerprint_is_written_as_rfc_8122_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
