/* The settings: what a file may say, what is refused and where, and that deploy/viva.conf says all of it. */
#include "signaling/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct config *parse(const char *text, GError **error)
{
    return config_parse(text, strlen(text), "t.conf", error);
}

static void defaults_are_what_the_table_says(void **state)
{
    (void)state;
    struct config *config = config_load(NULL, NULL);
    assert_non_null(config);
    assert_null(config->file);
    assert_string_equal(config->http.listen.address, "127.0.0.1");
    assert_int_equal(config->http.listen.port, 8080);
    assert_null(config->http.certificate);
    assert_int_equal(config->http.message_bytes_max, 262144);
    assert_string_equal(config->media.addresses[0], "127.0.0.1");
    assert_null(config->media.announce[0]);
    assert_string_equal(config->media.video_codecs[0], "VP8");
    assert_int_equal(config->interview.grace_s, 30);
    config_free(config);
}

static void a_file_changes_only_what_it_names(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    struct config *config = parse("# ours\n[http]\nlisten = [::1]:9\n\n[media]\nvideo_codecs=H264 , VP8\n"
                                  "addresses = 10.0.0.5, ::1\nannounce = 203.0.113.5, 2001:db8::5\n",
                                  &error);
    assert_non_null(config);
    assert_string_equal(config->http.listen.address, "::1");
    assert_int_equal(config->http.listen.port, 9);
    assert_string_equal(config->media.video_codecs[0], "H264");
    assert_string_equal(config->media.announce[1], "2001:db8::5");
    assert_int_equal(config->media.workers, 1);
    g_autofree char *url = config_public_url(config);
    assert_string_equal(url, "http://[::1]:9");
    config_free(config);
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *text, *says;
    } cases[] = {
        {"unknown key", "[http]\n\nworker = 3\n", "t.conf:3: key [http] worker: unknown; [http] has listen, "},
        {"unknown group", "[http]\n[htpp]\n", "t.conf:2: group [htpp]: unknown; there are http, media, "},
        {"key of another group", "[media]\nlisten = 127.0.0.1:1\n", "t.conf:2: key [media] listen: unknown"},
        {"given twice", "[http]\nworkers=1\n[media]\n[http]\nworkers=2\n", "t.conf:5: key [http] workers: given twice"},
        {"key before any group", "workers = 1\n", "t.conf:1: neither a [group]"},
        {"no equals sign", "[http]\nworkers 1\n", "t.conf:2: neither a [group]"},
        {"no key", "[http]\n= 1\n", "t.conf:2: neither a [group]"},
        {"above the range", "[http]\nworkers = 65\n",
         "t.conf:2: key [http] workers: \"65\" is not allowed; allowed is a "
         "whole number from 1 to 64 threads"},
        {"below the range", "[http]\nworkers = 0\n", "t.conf:2: key [http] workers: \"0\""},
        {"negative", "[http]\nworkers = -1\n", "t.conf:2: key [http] workers: \"-1\""},
        {"with a unit", "[http]\nworkers = 4 threads\n", "t.conf:2: key [http] workers: \"4 threads\""},
        {"past 64 bits", "[http]\nworkers = 99999999999999999999\n", "t.conf:2: key [http] workers"},
        {"empty number", "[http]\nworkers =\n", "t.conf:2: key [http] workers: \"\""},
        {"yes for true", "[http]\nallow_plain_http = yes\n", "allowed is true or false"},
        {"port alone", "[http]\nlisten = 8080\n", "allowed is ADDRESS:PORT"},
        {"port 0", "[http]\nlisten = 127.0.0.1:0\n", "allowed is ADDRESS:PORT"},
        {"host name", "[http]\nlisten = localhost:80\n", "allowed is ADDRESS:PORT"},
        {"IPv6 without brackets", "[http]\nlisten = ::1:80\n", "allowed is ADDRESS:PORT"},
        {"IPv4 in brackets", "[http]\nlisten = [127.0.0.1]:80\n", "allowed is ADDRESS:PORT"},
        {"slash at the end", "[http]\npublic_url = https://a.example/\n", "without a slash"},
        {"other scheme", "[http]\npublic_url = ftp://a.example\n", "allowed is http://HOST"},
        {"unknown codec", "[media]\nvideo_codecs = AV1\n", "allowed is VP8, H264 or both"},
        {"codec twice", "[media]\nvideo_codecs = VP8, VP8\n", "allowed is VP8, H264 or both"},
        {"no codec", "[media]\nvideo_codecs =\n", "allowed is VP8, H264 or both"},
        {"address with a port", "[media]\naddresses = 10.0.0.5:9000\n", "numeric IPv4 and IPv6"},
        {"no address", "[media]\naddresses =\n", "t.conf:2: key [media] addresses: empty"},
        {"fewer announced", "[media]\naddresses = 10.0.0.5, ::1\nannounce = 203.0.113.5\n",
         "t.conf:3: key [media] announce: 1 addresses for 2"},
        {"ports past the end", "[media]\nport = 65535\nworkers = 2\n", "t.conf:2: key [media] port: "},
        {"plain HTTP to the world", "[http]\n\nlisten = 0.0.0.0:80\n", "t.conf:3: key [http] listen: plain HTTP"},
        {"certificate alone", "[http]\ncertificate = a.pem\n", "t.conf:2: key [http] certificate: certificate and key"},
        {"key alone", "[http]\nkey = a.pem\n", "t.conf:2: key [http] key: certificate and key"},
        {"no store", "[store]\npath =\n", "t.conf:2: key [store] path: empty"},
        {"broken UTF-8", "[http]\nkey = \xff\n", "not UTF-8"},
        {"broken escape", "[http]\nkey = a\\q\n", "t.conf:2: key [http] key: "},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct config *config = parse(cases[i].text, &error);
        if (config != NULL || strstr(error->message, cases[i].says) == NULL) {
            fail_msg("%s: %s", cases[i].hazard, config != NULL ? "was accepted" : error->message);
        }
    }
}

static void a_zero_byte_does_not_hide_the_rest(void **state)
{
    (void)state;
    static const char text[] = "[http]\n\0[bad]\n";
    g_autoptr(GError) error = NULL;
    assert_null(config_parse(text, sizeof text - 1, "t.conf", &error));
    assert_true(g_error_matches(error, CONFIG_ERROR, CONFIG_ERROR_FILE));
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(config_load("/nowhere/viva.conf", &error));
    assert_non_null(strstr(error->message, "/nowhere/viva.conf"));
}

static void loopback_is_only_loopback(void **state)
{
    (void)state;
    assert_true(config_is_loopback("127.0.0.1"));
    assert_true(config_is_loopback("127.8.9.1"));
    assert_true(config_is_loopback("::1"));
    assert_false(config_is_loopback("0.0.0.0"));
    assert_false(config_is_loopback("::"));
    assert_false(config_is_loopback("128.0.0.1"));
    assert_false(config_is_loopback("127.0.0.1.evil.example"));
    assert_false(config_is_loopback(""));
}

/* ---- deploy/viva.conf ---- */

static char *one_line(const char *comment)
{
    g_auto(GStrv) words = g_strsplit_set(comment, " \n", -1);
    GString *line = g_string_new(NULL);
    for (unsigned i = 0; words[i] != NULL; i++) {
        g_string_append_printf(line, "%s%s", line->len > 0 && *words[i] != '\0' ? " " : "", words[i]);
    }
    return g_string_free(line, FALSE);
}

static void viva_conf_names_every_setting_at_its_default_and_no_other(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *here = g_path_get_dirname(__FILE__);
    g_autofree char *viva_conf = g_build_filename(here, "../../../deploy/viva.conf", NULL);
    if (!g_key_file_load_from_file(file, viva_conf, G_KEY_FILE_KEEP_COMMENTS, &error)) {
        fail_msg("%s", error->message);
    }
    unsigned settings = 0, keys = 0;
    for (const struct config_setting *setting = config_settings; setting->group != NULL; setting++, settings++) {
        g_autofree char *value = g_key_file_get_string(file, setting->group, setting->key, NULL);
        g_autofree char *comment = g_key_file_get_comment(file, setting->group, setting->key, NULL);
        if (value == NULL || strcmp(value, setting->initial) != 0) {
            fail_msg("[%s] %s is \"%s\", not \"%s\"", setting->group, setting->key, value, setting->initial);
        }
        g_autofree char *range = setting->kind == CONFIG_INTEGER
                                     ? g_strdup_printf("From %u to %u%s%s.", setting->min, setting->max,
                                                       *setting->unit != '\0' ? " " : "", setting->unit)
                                     : g_strdup("");
        g_autofree char *line = one_line(comment != NULL ? comment : "");
        if (strstr(line, setting->meaning) == NULL || strstr(line, range) == NULL) {
            fail_msg("[%s] %s is not explained as the table does: %s %s", setting->group, setting->key,
                     setting->meaning, range);
        }
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (unsigned i = 0; groups[i] != NULL; i++) {
        g_auto(GStrv) names = g_key_file_get_keys(file, groups[i], NULL, NULL);
        keys += g_strv_length(names);
    }
    assert_int_equal(keys, settings);
    struct config *config = config_load(viva_conf, &error);
    assert_non_null(config);
    config_free(config);
}

/* ---- the master key ---- */

struct key_case {
    const char *hazard;
    const char *content;
    mode_t mode;
    const char *says; /* NULL: it is taken */
};

#define HEX32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void a_master_key_that_others_may_read_or_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct key_case cases[] = {
        {"hex", HEX32, 0600, NULL},
        {"hex with line feed", HEX32 "\n", 0600, NULL},
        {"raw",
         "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
         "\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20",
         0400, NULL},
        {"readable by the group", HEX32, 0640, "chmod 0600"},
        {"readable by all", HEX32, 0604, "chmod 0600"},
        {"empty", "", 0600, "neither 32 bytes nor 64 hex digits"},
        {"short", "0001", 0600, "neither 32 bytes nor 64 hex digits"},
        {"long", HEX32 "00", 0600, "neither 32 bytes nor 64 hex digits"},
        {"not hex", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0600, "neither 32 bytes"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *folder = g_dir_make_tmp("viva-XXXXXX", NULL);
        struct config config = {.store.master_key_file = g_build_filename(folder, "key", NULL)};
        g_file_set_contents(config.store.master_key_file, cases[i].content, -1, NULL);
        chmod(config.store.master_key_file, cases[i].mode);
        uint8_t key[32] = {0};
        g_autoptr(GError) error = NULL;
        const bool taken = config_master_key(&config, key, &error);
        if (taken != (cases[i].says == NULL) || (!taken && strstr(error->message, cases[i].says) == NULL)) {
            fail_msg("%s: %s", cases[i].hazard, taken ? "was taken" : error->message);
        }
        assert_true(!taken || key[31] != 0);
        remove(config.store.master_key_file);
        remove(folder);
        g_free(config.store.master_key_file);
    }
}

static void without_a_file_the_environment_has_the_master_key(void **state)
{
    (void)state;
    const struct config config = {0};
    uint8_t key[32];
    g_autoptr(GError) error = NULL;
    g_unsetenv("VIVA_MASTER_KEY");
    assert_false(config_master_key(&config, key, &error));
    g_clear_error(&error);
    g_setenv("VIVA_MASTER_KEY", "00ff", TRUE);
    assert_false(config_master_key(&config, key, &error));
    g_setenv("VIVA_MASTER_KEY", HEX32, TRUE);
    assert_true(config_master_key(&config, key, NULL));
    assert_int_equal(key[31], 0x1f);
    g_unsetenv("VIVA_MASTER_KEY");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_what_the_table_says),
        cmocka_unit_test(a_file_changes_only_what_it_names),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
        cmocka_unit_test(a_zero_byte_does_not_hide_the_rest),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(loopback_is_only_loopback),
        cmocka_unit_test(viva_conf_names_every_setting_at_its_default_and_no_other),
        cmocka_unit_test(a_master_key_that_others_may_read_or_that_is_none_is_refused),
        cmocka_unit_test(without_a_file_the_environment_has_the_master_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
