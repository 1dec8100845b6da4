#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/view.h"

static const struct store_mission mission = {.id = (char *)"m",
                                             .name_en = (char *)"Mission",
                                             .name_zh_hans = (char *)"领事馆",
                                             .time_zone = (char *)"America/New_York"};
static const struct store_interview interview = {.id = (char *)"i",
                                                 .mission = (char *)"m",
                                                 .order_ref = (char *)"2026-NYC-000123",
                                                 .document = (char *)"passport",
                                                 .scheduled_us = 1,
                                                 .length_min = 20,
                                                 .state = INTERVIEW_ENDED,
                                                 .state_since_us = 1,
                                                 .outcome = (char *)"not_confirmed",
                                                 .reason = (char *)"for officers only"};
static const struct store_party applicant = {
    .id = (char *)"a", .role = STORE_APPLICANT, .name = (char *)"Zhang Wei", .ready = true, .admitted = true};
static const struct store_party officer = {
    .id = (char *)"p", .role = STORE_OFFICER, .name = (char *)"Chen Jing", .officer = (char *)"o1", .admitted = true};
static const struct store_party earlier = {
    .id = (char *)"q", .role = STORE_OFFICER, .name = (char *)"Lin Tao", .officer = (char *)"o2"};
static const struct view_party parties[] = {
    {.party = &applicant, .present_since_us = 5, .media_joined = true, .media = MEDIA_PEER_AWAY},
    {.party = &officer, .present_since_us = 0, .media_joined = false, .media = MEDIA_PEER_CONNECTED},
    {.party = &earlier},
};
static const struct store_conduct conduct = {
    .assigned = (char *)"o1",
    .assigned_name = (char *)"Chen Jing",
    .guardian = {.party = (char *)"g", .relation = (char *)"mother", .capture = (char *)"c", .at_us = 1},
    .opinion = {.officer = (char *)"o3",
                .officer_name = (char *)"Song Rui",
                .asked_us = 1,
                .opinion = (char *)"disagree",
                .reason = (char *)"for officers only",
                .given_us = 2},
};
static const struct call_offer offer = {.officer = (char *)"o3", .name = (char *)"Song Rui", .expires_us = 3};
static const struct view_facts facts = {.interview = &interview,
                                        .conduct = &conduct,
                                        .offer = &offer,
                                        .mission = &mission,
                                        .opens_us = 1,
                                        .version = 42,
                                        .parties = parties,
                                        .party_count = G_N_ELEMENTS(parties)};

static const struct rpc_caller as_applicant = {.role = RPC_APPLICANT, .party = "a", .interview = "i"};
static const struct rpc_caller as_officer = {.role = RPC_OFFICER, .officer = "o1", .mission = "m"};
static const struct rpc_caller as_onlooker = {.role = RPC_OFFICER, .officer = "o3", .mission = "m"};

static json_t *member(json_t *view, const char *first, const char *second)
{
    json_t *value = json_object_get(view, first);
    return second != NULL ? json_object_get(value, second) : value;
}

static void outcome_and_reason_are_for_officers_only(void **state)
{
    (void)state;
    json_t *view = view_interview(&facts, &as_applicant);
    assert_true(json_is_null(member(view, "outcome", NULL)));
    assert_true(json_is_null(member(view, "reason", NULL)));
    json_decref(view);
    view = view_interview(&facts, &as_onlooker);
    assert_string_equal(json_string_value(member(view, "outcome", NULL)), "not_confirmed");
    assert_string_equal(json_string_value(member(view, "reason", NULL)), "for officers only");
    json_decref(view);
}

static void how_it_is_conducted_is_for_officers_only(void **state)
{
    (void)state;
    static const char *const members[] = {"guardian", "assigned", "opinion", "offered"};
    json_t *view = view_interview(&facts, &as_applicant);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        assert_true(json_is_null(member(view, members[i], NULL)));
    }
    assert_true(json_is_false(member(view, "guardian_needed", NULL)));
    json_decref(view);
    view = view_interview(&facts, &as_onlooker);
    assert_string_equal(json_string_value(member(view, "guardian", "relation")), "mother");
    assert_string_equal(json_string_value(member(view, "assigned", "name")), "Chen Jing");
    assert_string_equal(json_string_value(member(view, "opinion", "reason")), "for officers only");
    assert_string_equal(json_string_value(json_object_get(member(view, "opinion", "officer"), "id")), "o3");
    assert_string_equal(json_string_value(member(view, "offered", "id")), "o3");
    json_decref(view);

    static const struct store_conduct nothing;
    struct view_facts early = facts;
    early.conduct = &nothing;
    early.offer = NULL;
    view = view_interview(&early, &as_onlooker);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        assert_true(json_is_null(member(view, members[i], NULL)));
    }
    json_decref(view);
}

static void everybody_finds_oneself(void **state)
{
    (void)state;
    const struct {
        const struct rpc_caller *viewer;
        const char *party, *role;
        bool joined;
    } rows[] = {{&as_applicant, "a", "applicant", true},
                {&as_officer, "p", "officer", false},
                {&as_onlooker, NULL, "officer", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *view = view_interview(&facts, rows[i].viewer);
        const char *party = json_string_value(member(view, "you", "party_id"));
        assert_true(g_strcmp0(party, rows[i].party) == 0);
        assert_string_equal(json_string_value(member(view, "you", "role")), rows[i].role);
        assert_int_equal(json_is_true(member(view, "media", "joined")), rows[i].joined);
        json_decref(view);
    }
}

static void an_officer_who_is_not_admitted_any_more_is_not_shown(void **state)
{
    (void)state;
    json_t *view = view_interview(&facts, &as_applicant);
    json_t *list = member(view, "parties", NULL);
    assert_int_equal(json_array_size(list), 2);
    const struct rpc_caller former = {.role = RPC_OFFICER, .officer = "o2"};
    assert_null(view_self(&facts, &former));
    json_decref(view);
}

static void presence_and_media_are_what_is_known_now(void **state)
{
    (void)state;
    json_t *view = view_interview(&facts, &as_applicant);
    json_t *first = json_array_get(member(view, "parties", NULL), 0);
    json_t *second = json_array_get(member(view, "parties", NULL), 1);
    assert_true(json_is_true(json_object_get(first, "present")));
    assert_string_equal(json_string_value(json_object_get(first, "media")), "away");
    assert_true(json_is_false(json_object_get(second, "present")));
    assert_true(json_is_null(json_object_get(second, "presence_since")));
    assert_string_equal(json_string_value(json_object_get(second, "media")), "none");
    json_decref(view);
}

static void what_was_erased_is_null(void **state)
{
    (void)state;
    const struct store_party erased = {.id = (char *)"a", .role = STORE_APPLICANT};
    const struct view_party one[] = {{.party = &erased}};
    struct view_facts of_erased = facts;
    of_erased.parties = one;
    of_erased.party_count = 1;
    json_t *view = view_interview(&of_erased, &as_onlooker);
    assert_true(json_is_null(json_object_get(json_array_get(member(view, "parties", NULL), 0), "name")));
    json_decref(view);
    const struct store_note note = {.id = (char *)"n", .at_us = 1};
    view = view_note(&note, "Chen Jing");
    assert_true(json_is_null(json_object_get(view, "text")));
    json_decref(view);
}

static void a_capture_says_where_its_picture_comes_from(void **state)
{
    (void)state;
    const struct store_capture capture = {.id = (char *)"c",
                                          .party = (char *)"a",
                                          .seq = 3,
                                          .kind = (char *)"face",
                                          .codec = (char *)"VP8",
                                          .room = (char *)"r",
                                          .dtls_fingerprint = (char *)"AB",
                                          .ssrc = UINT32_MAX,
                                          .rtp_timestamp = UINT32_MAX,
                                          .captured_us = 1,
                                          .file_bytes = 5,
                                          .file_sha256 = {0x0f, 0xf0}};
    json_t *view = view_capture(&capture, STORE_GUARDIAN, "Chen Jing");
    assert_int_equal(json_integer_value(json_object_get(view, "ssrc")), UINT32_MAX);
    assert_int_equal(json_integer_value(json_object_get(view, "rtp_timestamp")), UINT32_MAX);
    assert_string_equal(json_string_value(json_object_get(view, "party_role")), "guardian");
    const char *hash = json_string_value(json_object_get(view, "file_sha256"));
    assert_int_equal(strlen(hash), 64);
    assert_memory_equal(hash, "0ff00000", 8);
    json_decref(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcome_and_reason_are_for_officers_only),
        cmocka_unit_test(how_it_is_conducted_is_for_officers_only),
        cmocka_unit_test(everybody_finds_oneself),
        cmocka_unit_test(an_officer_who_is_not_admitted_any_more_is_not_shown),
        cmocka_unit_test(presence_and_media_are_what_is_known_now),
        cmocka_unit_test(what_was_erased_is_null),
        cmocka_unit_test(a_capture_says_where_its_picture_comes_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
