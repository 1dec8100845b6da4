/* Certificates: a pair that does not fit is refused, and a failed change leaves the old one working. */
#include "signaling/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <string.h>

#define DAY_S (24L * 3600)

struct pair {
    char *certificate, *key; /* paths */
};

struct fixture {
    char *folder;
    struct pair first, second;
};

static struct pair make_pair(const char *folder, const char *name, long days)
{
    struct pair pair = {g_strdup_printf("%s/%s.crt", folder, name), g_strdup_printf("%s/%s.key", folder, name)};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * DAY_S);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)name, -1,
                               -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = g_fopen(pair.certificate, "w");
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    file = g_fopen(pair.key, "w");
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return pair;
}

static void remove_pair(struct pair *pair)
{
    g_remove(pair->certificate);
    g_remove(pair->key);
    g_free(pair->certificate);
    g_free(pair->key);
}

static int setup(void **state)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    fixture->folder = g_dir_make_tmp("viva-XXXXXX", NULL);
    fixture->first = make_pair(fixture->folder, "first", 2);
    fixture->second = make_pair(fixture->folder, "second", 30);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    remove_pair(&fixture->first);
    remove_pair(&fixture->second);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture);
    return 0;
}

static void assert_subject(SSL_CTX *context, const char *expected)
{
    char name[64];
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_CTX_get0_certificate(context)), NID_commonName, name,
                              sizeof name);
    assert_string_equal(name, expected);
    assert_int_equal(SSL_CTX_check_private_key(context), 1);
}

static void validity_is_read(void **state)
{
    const struct fixture *fixture = *state;
    struct tls_validity validity;
    assert_true(tls_check(fixture->first.certificate, fixture->first.key, &validity, NULL));
    assert_int_equal(validity.to_us - validity.from_us, 2 * DAY_S * G_USEC_PER_SEC);
}

static void what_does_not_belong_together_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    const struct {
        const char *hazard, *certificate, *key, *named;
    } cases[] = {
        {"key of another", fixture->first.certificate, fixture->second.key, fixture->second.key},
        {"certificate for a key", fixture->first.key, fixture->first.key, fixture->first.key},
        {"key for a certificate", fixture->first.certificate, fixture->first.certificate, fixture->first.certificate},
        {"no certificate", "/nowhere.crt", fixture->first.key, "/nowhere.crt"},
        {"no key", fixture->first.certificate, "/nowhere.key", "/nowhere.key"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        if (tls_check(cases[i].certificate, cases[i].key, NULL, &error) ||
            strstr(error->message, cases[i].named) == NULL) {
            fail_msg("%s: %s", cases[i].hazard, error != NULL ? error->message : "was taken");
        }
    }
}

static void a_failed_change_keeps_the_old_certificate(void **state)
{
    const struct fixture *fixture = *state;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    assert_true(tls_reload(context, fixture->first.certificate, fixture->first.key, NULL));
    SSL *old = SSL_new(context);
    assert_false(tls_reload(context, fixture->second.certificate, fixture->first.key, NULL));
    assert_subject(context, "first");
    assert_true(tls_reload(context, fixture->second.certificate, fixture->second.key, NULL));
    assert_subject(context, "second");
    X509 *first = SSL_get_certificate(old);
    X509 *second = SSL_CTX_get0_certificate(context);
    assert_int_not_equal(X509_cmp(first, second), 0); /* a connection keeps what it began with */
    SSL_free(old);
    SSL_CTX_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(validity_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_belong_together_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_change_keeps_the_old_certificate, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
