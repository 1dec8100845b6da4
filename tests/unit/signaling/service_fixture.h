/* service_fixture: a whole service but for the server loop: real store in a temporary folder, real hub, calls and media
 * engine on loopback. Tests call methods as connections do and read what these are sent. Vision is there for those
 * tests that put a pool of theirs into the service. */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "signaling/calls.h"
#include "signaling/config.h"
#include "signaling/facecheck_turn.h"
#include "signaling/feed.h"
#include "signaling/findings.h"
#include "signaling/interview.h"
#include "signaling/limit.h"
#include "signaling/methods/methods.h"
#include "signaling/password.h"
#include "signaling/same_person.h"
#include "signaling/ticket.h"

#define SECOND_US ((int64_t)G_USEC_PER_SEC)
#define MINUTE_US (60 * SECOND_US)

struct fixture {
    struct service service;
    struct config *config;
    char *folder;
};

static inline void fixture_remove(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            fixture_remove(path);
        } else {
            g_unlink(path);
        }
    }
    g_clear_pointer(&dir, g_dir_close);
    g_rmdir(folder);
}

/* Starts what a process start makes, on the store that is there. */
static inline void fixture_start(struct fixture *fixture)
{
    static const uint8_t key[32] = {1};
    g_autofree char *path = g_build_filename(fixture->folder, "store", NULL);
    struct service *service = &fixture->service;
    *service = (struct service){.config = fixture->config};
    service->limiter = limiter_new((struct limit_rule){100, 100}, (struct limit_rule){100, 100},
                                   (struct limit_rule){100, 100}, (struct limit_rule){100, 100});
    service->store = store_open(path, key, NULL);
    service->hub = hub_new();
    service->calls = calls_new(service, NULL);
    struct media_address address = {.bind = (char *)"127.0.0.1"};
    const struct media_config media = {
        .addresses = &address,
        .address_count = 1,
        .workers = 1,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_NONE},
        .rooms_max = 4,
        .peers_max = 16,
        .packets_per_s_max = 5000,
        .video_bitrate_max_bps = 2000000,
        .audio_bitrate_max_bps = 64000,
        .cache_bytes = 256 * 1024,
        .keyframe_bytes_max = 512 * 1024,
        .pli_interval_ms = 500,
        .consent_timeout_ms = 5000,
        .connect_timeout_ms = 10000,
    };
    const struct media_listener listener = calls_media_listener(service->calls);
    service->media = media_engine_new(&media, &listener, NULL);
    g_assert_nonnull(service->media);
    service->facechecks = facechecks_new(service);
    service->findings = findings_new(service);
    service->same_person = same_person_new(service);
    service->feed = feed_new(service);
}

/* As `kill -9` leaves it: nothing is told to anybody. */
static inline void fixture_stop(struct fixture *fixture)
{
    struct service *service = &fixture->service;
    feed_free(service->feed);
    same_person_free(service->same_person);
    findings_free(service->findings);
    facechecks_free(service->facechecks);
    media_engine_free(service->media);
    calls_free(service->calls);
    hub_free(service->hub);
    store_close(service->store);
    limiter_free(service->limiter);
}

static inline struct fixture *fixture_new(void)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    fixture->folder = g_dir_make_tmp("viva-test-XXXXXX", NULL);
    fixture->config = config_parse("", 0, "test", NULL);
    fixture->config->interview.same_person_s = 0;
    fixture_start(fixture);
    struct store *store = fixture->service.store;
    for (unsigned i = 0; i < 2; i++) {
        static const char *const ids[] = {"here", "elsewhere"};
        const struct store_mission mission = {.id = (char *)ids[i],
                                              .name_en = (char *)"Mission",
                                              .name_zh_hans = (char *)"领事馆",
                                              .time_zone = (char *)"Europe/Stockholm"};
        const struct store_officer officer = {.id = (char *)ids[i],
                                              .mission = (char *)ids[i],
                                              .login = (char *)ids[i],
                                              .name = (char *)"Chen Jing",
                                              .password_hash = (char *)"none"};
        g_assert_true(store_mission_add(store, &mission, NULL));
        g_assert_true(store_officer_add(store, &officer, NULL));
    }
    return fixture;
}

static inline void fixture_free(struct fixture *fixture)
{
    fixture_stop(fixture);
    config_free(fixture->config);
    fixture_remove(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture);
}

/* An interview of the mission "here", with an applicant "<id>-a" whose ticket is "<id>-ticket". */
static inline void fixture_add_interview(struct fixture *fixture, const char *id, int64_t scheduled_us)
{
    struct store *store = fixture->service.store;
    g_autofree char *applicant = g_strconcat(id, "-a", NULL), *ticket = g_strconcat(id, "-ticket", NULL);
    const struct store_interview interview = {.id = (char *)id,
                                              .mission = (char *)"here",
                                              .order_ref = (char *)"2026-STO-000001",
                                              .document = (char *)"passport",
                                              .scheduled_us = scheduled_us,
                                              .length_min = 20,
                                              .state_since_us = 1,
                                              .version = 1};
    const struct store_party party = {.id = applicant,
                                      .interview = (char *)id,
                                      .role = STORE_APPLICANT,
                                      .name = (char *)"Zhang Wei",
                                      .ticket_expires_us = scheduled_us + 60 * MINUTE_US};
    g_assert_true(store_interview_add(store, &interview, NULL));
    g_assert_true(store_party_add(store, &party, ticket, NULL));
}

static inline void fixture_add_party(struct fixture *fixture, const char *interview, const char *id,
                                     enum store_role role)
{
    const struct store_party party = {
        .id = (char *)id, .interview = (char *)interview, .role = role, .name = (char *)"Li Na"};
    g_assert_true(store_party_add(fixture->service.store, &party, NULL, NULL));
}

/* A face check of the mission "here", open, whose ticket is "<id>-ticket". */
static inline void fixture_add_facecheck(struct fixture *fixture, const char *id, const char *order_ref)
{
    g_autofree char *ticket = g_strconcat(id, "-ticket", NULL);
    const struct store_facecheck facecheck = {.id = (char *)id,
                                              .mission = (char *)"here",
                                              .order_ref = (char *)order_ref,
                                              .document = (char *)"passport",
                                              .version = 1,
                                              .created_us = g_get_real_time(),
                                              .identity = (char *)"{\"name\": \"Zhang Wei\"}",
                                              .ticket_expires_us = g_get_real_time() + 60 * MINUTE_US};
    g_assert_true(store_facecheck_add(fixture->service.store, &facecheck, ticket, NULL));
}

/* ---- connections ---- */

/* Opens a connection and signs it in. */
static inline struct rpc_caller fixture_connect(struct fixture *fixture, enum rpc_role role, const char *who,
                                                const char *interview)
{
    struct rpc_caller caller = {.connection = hub_open(fixture->service.hub, "127.0.0.1"),
                                .role = role,
                                .session = who,
                                .address = "127.0.0.1"};
    if (role == RPC_OFFICER) {
        caller.officer = who;
        caller.mission = who; /* each mission's officer is called like it */
    } else if (role == RPC_SUBMITTER) {
        caller.facecheck = who;
    } else if (role != RPC_ANYONE) {
        caller.party = who;
        caller.interview = interview;
    }
    if (role != RPC_ANYONE) {
        calls_attach(fixture->service.calls, &caller);
    }
    return caller;
}

/* As the server loop does. */
static inline void fixture_disconnect(struct fixture *fixture, const struct rpc_caller *caller)
{
    hub_forget(fixture->service.hub, caller->connection);
    calls_connection_closed(fixture->service.calls, caller);
}

/* The whole reply; takes `params`. */
static inline json_t *fixture_call(struct fixture *fixture, const struct rpc_caller *caller, const char *method,
                                   json_t *params)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method", method, "params", params);
    g_autofree char *text = json_dumps(request, 0);
    bool malformed;
    g_autofree char *reply = rpc_dispatch(&viva_methods, &fixture->service, caller, text, strlen(text), &malformed);
    json_decref(request);
    return json_loads(reply, 0, NULL);
}

/* "ok", or the error's data.code. Takes `params`. */
static inline char *fixture_code(struct fixture *fixture, const struct rpc_caller *caller, const char *method,
                                 json_t *params)
{
    json_t *reply = fixture_call(fixture, caller, method, params);
    const char *code = "ok";
    json_unpack(reply, "{s:{s:{s:s}}}", "error", "data", "code", &code);
    char *copy = g_strdup(code);
    json_decref(reply);
    return copy;
}

static inline json_t *fixture_of(const char *interview)
{
    return json_pack("{s:s}", "interview_id", interview);
}

/* The params of the last notification of `method` that waits on a connection, or NULL; all that wait are taken. */
static inline json_t *fixture_told(struct fixture *fixture, const struct rpc_caller *caller, const char *method)
{
    json_t *found = NULL;
    char *text;
    uint16_t status;
    while (hub_take(fixture->service.hub, caller->connection, &text, &status) == HUB_TEXT) {
        json_t *message = json_loads(text, 0, NULL);
        const char *name = json_string_value(json_object_get(message, "method"));
        if (g_strcmp0(name, method) == 0) {
            json_decref(found);
            found = json_incref(json_object_get(message, "params"));
        }
        json_decref(message);
        g_free(text);
    }
    return found;
}

static inline bool fixture_was_told(struct fixture *fixture, const struct rpc_caller *caller, const char *method)
{
    json_t *params = fixture_told(fixture, caller, method);
    json_decref(params);
    return params != NULL;
}

/* ---- what is stored ---- */

static inline enum store_interview_state fixture_state(struct fixture *fixture, const char *interview)
{
    struct store_interview *row = store_interview_get(fixture->service.store, interview, NULL);
    const enum store_interview_state state = row->state;
    store_interview_free(row);
    return state;
}

static inline bool fixture_admitted(struct fixture *fixture, const char *party)
{
    struct store_party *row = store_party_get(fixture->service.store, party, NULL);
    const bool admitted = row->admitted;
    store_party_free(row);
    return admitted;
}
