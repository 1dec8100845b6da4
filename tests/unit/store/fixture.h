/* fixture: a store in a temporary folder, with a mission, an officer, an interview and its applicant in it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "store/store.h"

#define MINUTE_US    INT64_C(60000000)
#define NOW_US       INT64_C(1790000000000000)
#define SCHEDULED_US (NOW_US + 30 * MINUTE_US)
#define EXPIRES_US   (NOW_US + 90 * MINUTE_US)

static const uint8_t master_key[32] = {1, 2, 3, 4, 5, 6, 7, 8};

struct fixture {
    char *path;
    struct store *store;
    char *ticket; /* of the applicant */
};

/* What is personal in the fixture; none of it may be found on the disk. */
#define APPLICANT_NAME "Zhang Jingyi 张静怡"

static inline void assert_error(GError *error, enum store_error code)
{
    if (error == NULL) {
        fail_msg("expected an error %d and got none", (int)code);
    } else if (!g_error_matches(error, STORE_ERROR, (int)code)) {
        fail_msg("expected error %d, got %s %d: %s", (int)code, g_quark_to_string(error->domain), error->code,
                 error->message);
    }
}

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        g_autoptr(GError) error = NULL;                                                                                \
        if (!(call)) {                                                                                                 \
            fail_msg("%s: %s", #call, error == NULL ? "no error set" : error->message);                                \
        }                                                                                                              \
        assert_null(error);                                                                                            \
    } while (0)

/* `call` uses the variable `error`. */
#define assert_fails(call, code)                                                                                       \
    do {                                                                                                               \
        g_autoptr(GError) error = NULL;                                                                                \
        assert_false(call);                                                                                            \
        assert_error(error, code);                                                                                     \
    } while (0)

static inline void remove_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    for (const char *name = folder == NULL ? NULL : g_dir_read_name(folder); name != NULL;
         name = g_dir_read_name(folder)) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK)) {
            remove_folder(child);
        } else {
            assert_int_equal(g_remove(child), 0);
        }
    }
    assert_int_equal(g_rmdir(path), 0);
}

static inline struct store_interview sample_interview(const char *id)
{
    return (struct store_interview){
        .id = (char *)id,
        .mission = (char *)"nyc",
        .order_ref = (char *)"2026-NYC-000123",
        .document = (char *)"passport",
        .scheduled_us = SCHEDULED_US,
        .length_min = 20,
        .version = 1,
    };
}

static inline struct store_party sample_party(const char *id, const char *interview)
{
    return (struct store_party){
        .id = (char *)id,
        .interview = (char *)interview,
        .role = STORE_APPLICANT,
        .name = (char *)APPLICANT_NAME,
        .ticket_expires_us = EXPIRES_US,
    };
}

static inline struct store_capture sample_capture(const char *id)
{
    return (struct store_capture){
        .id = (char *)id,
        .interview = (char *)"interview-1",
        .party = (char *)"party-1",
        .officer = (char *)"officer-1",
        .kind = (char *)"face",
        .codec = (char *)"VP8",
        .room = (char *)"0000000100000001",
        .dtls_fingerprint = (char *)"AB:CD",
        .ssrc = 0xfffffffe,
        .rtp_timestamp = 0x80000001,
        .captured_us = NOW_US,
        .width = 640,
        .height = 480,
        .frame_sha256 = {0xaa},
    };
}

/* What the order says of the applicant. */
#define IDENTITY "{\"name\": \"" APPLICANT_NAME "\", \"document_number\": \"E12345678\"}"

static inline struct store_facecheck sample_facecheck(const char *id)
{
    return (struct store_facecheck){
        .id = (char *)id,
        .mission = (char *)"nyc",
        .order_ref = (char *)"2026-NYC-000123",
        .document = (char *)"passport",
        .version = 1,
        .created_us = NOW_US,
        .identity = (char *)IDENTITY,
        .ticket_expires_us = EXPIRES_US,
    };
}

static inline struct store_material sample_material(const char *kind)
{
    return (struct store_material){
        .facecheck = (char *)"check-1",
        .kind = (char *)kind,
        .uploaded_us = NOW_US + 1,
        .width = 1200,
        .height = 1600,
        .report = (char *)"{\"score\": 0.93}",
    };
}

static inline struct store_try sample_try(const char *id)
{
    return (struct store_try){
        .id = (char *)id,
        .facecheck = (char *)"check-1",
        .at_us = NOW_US + 2,
        .counted = true,
        .report = (char *)"{\"task\": \"nod\"}",
    };
}

static inline void fill(struct store *store, const char *ticket)
{
    const struct store_mission mission = {
        .id = (char *)"nyc",
        .name_en = (char *)"Consulate General in New York",
        .name_zh_hans = (char *)"驻纽约总领馆",
        .time_zone = (char *)"America/New_York",
    };
    const struct store_officer officer = {
        .id = (char *)"officer-1",
        .mission = (char *)"nyc",
        .login = (char *)"li",
        .name = (char *)"Li Wei",
        .password_hash = (char *)"$argon2id$…",
    };
    const struct store_interview interview = sample_interview("interview-1");
    const struct store_party party = sample_party("party-1", "interview-1");
    assert_ok(store_mission_add(store, &mission, &error));
    assert_ok(store_officer_add(store, &officer, &error));
    assert_ok(store_interview_add(store, &interview, &error));
    assert_ok(store_party_add(store, &party, ticket, &error));
}

static inline void reopen(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
    assert_ok(fixture->store = store_open(fixture->path, master_key, &error));
}

static inline int set_up(void **state)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    *state = fixture;
    fixture->path = g_dir_make_tmp("viva-store-XXXXXX", NULL);
    reopen(fixture);
    fixture->ticket = store_secret_new();
    fill(fixture->store, fixture->ticket);
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    remove_folder(fixture->path);
    store_secret_free(fixture->ticket);
    g_free(fixture->path);
    g_free(fixture);
    return 0;
}
#define test_with_store(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
