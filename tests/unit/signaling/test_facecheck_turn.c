/* Face checks through the API's methods: who sees what, what conflicts, what is told to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/session.h"
#include "signaling/upload.h"
#include "tests/unit/signaling/service_fixture.h"

static struct fixture *fixture;
static struct rpc_caller officer, stranger, applicant;

static int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    fixture_add_facecheck(fixture, "f", "order-f");
    officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    stranger = fixture_connect(fixture, RPC_OFFICER, "elsewhere", NULL);
    applicant = fixture_connect(fixture, RPC_SUBMITTER, "f", NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

static json_t *of(const char *facecheck)
{
    return json_pack("{s:s}", "facecheck_id", facecheck);
}

static json_t *for_order(const char *order_ref)
{
    return json_pack("{s:s, s:s}", "order_ref", order_ref, "document", "passport");
}

/* The result of a call that succeeds. Takes `params`; new reference. */
static json_t *result_of(const struct rpc_caller *caller, const char *method, json_t *params)
{
    json_t *reply = fixture_call(fixture, caller, method, params);
    json_t *result = json_incref(json_object_get(reply, "result"));
    if (result == NULL) {
        fail_msg("%s: %s", method, json_dumps(reply, 0));
    }
    json_decref(reply);
    return result;
}

static void expect(const struct rpc_caller *caller, const char *method, json_t *params, const char *expected)
{
    g_autofree char *code = fixture_code(fixture, caller, method, params);
    assert_string_equal(code, expected);
}

/* A material whose report is usable, with a JPEG that the store does not look into. */
static void put_material(const char *facecheck, const char *kind)
{
    const float embedding[VISION_EMBEDDING] = {1};
    struct store_material *material = g_new0(struct store_material, 1);
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    *material = (struct store_material){
        .facecheck = g_strdup(facecheck),
        .kind = g_strdup(kind),
        .uploaded_us = 1,
        .width = 10,
        .height = 10,
        .report =
            g_strdup("{\"quality\": {\"usable\": true}, \"page\": {\"usable\": true}, \"mrz\": {\"valid\": true}}"),
        .embedding = g_str_equal(kind, "page") ? NULL : g_bytes_new(embedding, sizeof embedding),
    };
    assert_true(store_material_put(fixture->service.store, material, jpeg, NULL));
    store_material_free(material);
}

static void an_applicant_sees_only_its_own_and_nothing_of_the_orders_data(void **state)
{
    (void)state;
    fixture_add_facecheck(fixture, "g", "order-g");
    json_t *own = result_of(&applicant, "facecheck.get", json_object());
    g_autofree char *text = json_dumps(own, 0);
    assert_string_equal(json_string_value(json_object_get(own, "id")), "f");
    assert_null(strstr(text, "Zhang"));
    assert_null(json_object_get(own, "try_list"));
    json_decref(own);
    expect(&applicant, "facecheck.get", of("g"), "not_found");
    expect(&applicant, "facecheck.get", of("nobody"), "not_found");
    expect(&applicant, "facecheck.get", of("f"), "ok");
}

static void another_missions_officer_finds_nothing(void **state)
{
    (void)state;
    expect(&stranger, "facecheck.get", of("f"), "not_found");
    expect(&officer, "facecheck.get", of("f"), "ok");
    expect(&officer, "facecheck.get", json_object(), "invalid_params");
    json_t *list = result_of(&stranger, "facecheck.list", json_object());
    assert_int_equal(json_array_size(json_object_get(list, "facechecks")), 0);
    json_decref(list);
    expect(&stranger, "facecheck.create", for_order("order-f"), "ok"); /* the order of its own mission */
}

static void a_party_and_a_stranger_are_not_for_face_checks(void **state)
{
    (void)state;
    fixture_add_interview(fixture, "i", g_get_real_time());
    const struct rpc_caller party = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i");
    const struct rpc_caller nobody = fixture_connect(fixture, RPC_ANYONE, NULL, NULL);
    static const char *const methods[] = {"facecheck.get", "facecheck.list", "facecheck.stop"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        expect(&party, methods[i], json_object(), "forbidden");
        expect(&nobody, methods[i], json_object(), "not_signed_in");
    }
    expect(&applicant, "interview.get", json_object(), "forbidden");
    expect(&applicant, "facecheck.list", json_object(), "forbidden");
    expect(&applicant, "media.test", json_pack("{s:s}", "sdp", "v=0"), "forbidden");
    expect(&officer, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility"), "forbidden");
}

static void a_second_open_one_for_an_order_is_a_conflict(void **state)
{
    (void)state;
    expect(&officer, "facecheck.create", for_order("order-f"), "conflict");
    expect(&officer, "facecheck.create", for_order("order-x"), "ok");
    expect(&officer, "facecheck.create", for_order("order-x"), "conflict");
}

static void one_whose_link_has_expired_makes_way_and_goes_to_an_interview(void **state)
{
    (void)state;
    struct store *store = fixture->service.store;
    assert_true(store_facecheck_ticket_issue(store, "f", "late", g_get_real_time() - 1, NULL));
    expect(&stranger, "facecheck.create", for_order("order-f"), "ok"); /* another mission's ends nothing here */
    struct store_facecheck *row = store_facecheck_get(store, "f", NULL);
    assert_int_equal(row->state, FACECHECK_OPEN);
    store_facecheck_free(row);
    expect(&officer, "facecheck.create", for_order("order-f"), "ok");
    row = store_facecheck_get(store, "f", NULL);
    assert_int_equal(row->state, FACECHECK_SKIPPED);
    assert_null(row->skip_reason);
    store_facecheck_free(row);
}

static void a_skip_is_told_to_the_applicant_and_the_missions_officers_alone(void **state)
{
    (void)state;
    const struct rpc_caller other_page = fixture_connect(fixture, RPC_SUBMITTER, "f", NULL);
    fixture_add_facecheck(fixture, "g", "order-g");
    const struct rpc_caller other = fixture_connect(fixture, RPC_SUBMITTER, "g", NULL);
    expect(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "tries"), "wrong_state");
    expect(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "bored"), "invalid_params");
    assert_false(fixture_was_told(fixture, &officer, "facecheck.changed"));
    json_t *view = result_of(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility"));
    assert_string_equal(json_string_value(json_object_get(view, "skip_reason")), "accessibility");
    assert_true(json_is_true(json_object_get(view, "interview_required")));
    json_decref(view);
    assert_true(fixture_was_told(fixture, &applicant, "facecheck.changed"));
    assert_true(fixture_was_told(fixture, &officer, "facecheck.changed"));
    assert_false(fixture_was_told(fixture, &stranger, "facecheck.changed"));
    assert_false(fixture_was_told(fixture, &other, "facecheck.changed"));
    json_t *told = fixture_told(fixture, &other_page, "facecheck.changed");
    g_autofree char *text = json_dumps(told, 0);
    assert_non_null(told);
    assert_null(strstr(text, "Zhang"));
    json_decref(told);
}

static void versions_grow_with_each_change_and_over_a_restart(void **state)
{
    (void)state;
    json_t *before = result_of(&applicant, "facecheck.get", json_object());
    json_decref(result_of(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility")));
    json_t *after = result_of(&applicant, "facecheck.get", json_object());
    fixture_stop(fixture);
    g_usleep(2000);
    fixture_start(fixture);
    applicant = fixture_connect(fixture, RPC_SUBMITTER, "f", NULL);
    json_t *later = result_of(&applicant, "facecheck.get", json_object());
    const json_int_t versions[] = {json_integer_value(json_object_get(before, "version")),
                                   json_integer_value(json_object_get(after, "version")),
                                   json_integer_value(json_object_get(later, "version"))};
    assert_true(versions[0] < versions[1]);
    assert_true(versions[1] < versions[2]);
    json_decref(before);
    json_decref(after);
    json_decref(later);
}

static void lists_are_of_an_order_or_by_need_and_leave_reports_out(void **state)
{
    (void)state;
    fixture_add_facecheck(fixture, "g", "order-g");
    put_material("f", "page");
    json_decref(result_of(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility")));
    static const struct {
        const char *params;
        unsigned count;
    } cases[] = {
        {"{}", 2},
        {"{\"order_ref\": \"order-g\"}", 1},
        {"{\"order_ref\": \"order-x\"}", 0},
        {"{\"interview_required\": true}", 1},
        {"{\"interview_required\": false}", 1},
        {"{\"interview_required\": true, \"order_ref\": \"order-g\"}", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *list = result_of(&officer, "facecheck.list", json_loads(cases[i].params, 0, NULL));
        assert_int_equal(json_array_size(json_object_get(list, "facechecks")), cases[i].count);
        json_decref(list);
    }
    json_t *list = result_of(&officer, "facecheck.list", json_pack("{s:s}", "order_ref", "order-f"));
    const json_t *page =
        json_object_get(json_object_get(json_array_get(json_object_get(list, "facechecks"), 0), "materials"), "page");
    assert_non_null(page);
    assert_null(json_object_get(page, "report"));
    json_decref(list);
    json_t *whole = result_of(&officer, "facecheck.get", of("f"));
    assert_non_null(json_object_get(json_object_get(json_object_get(whole, "materials"), "page"), "report"));
    json_decref(whole);
}

static void a_start_needs_pictures_and_an_offer_and_leaves_nothing_when_refused(void **state)
{
    (void)state;
    expect(&applicant, "facecheck.start", json_pack("{s:s}", "sdp", "v=0"), "wrong_state");
    put_material("f", "portrait");
    expect(&applicant, "facecheck.start", json_pack("{s:s}", "sdp", "v=0"), "wrong_state");
    put_material("f", "page");
    expect(&applicant, "facecheck.start", json_pack("{s:s}", "sdp", "v=0"), "sdp_refused");
    struct media_engine_stats stats;
    media_engine_stats(fixture->service.media, &stats);
    assert_int_equal(stats.rooms, 0);
    assert_int_equal(facechecks_running(fixture->service.facechecks), 0);
    expect(&applicant, "facecheck.stop", json_object(), "ok");
    fixture->service.draining = 1;
    expect(&applicant, "facecheck.start", json_pack("{s:s}", "sdp", "v=0"), "draining");
    fixture->service.draining = 0;
    facechecks_stop(fixture->service.facechecks);
    expect(&applicant, "facecheck.start", json_pack("{s:s}", "sdp", "v=0"), "draining");
}

static void a_ticket_opens_its_face_check_for_one_device(void **state)
{
    (void)state;
    const struct rpc_caller page = fixture_connect(fixture, RPC_ANYONE, NULL, NULL);
    const char *device = "0123456789012345678901", *another = "another-device-of-22-bytes";
    json_t *opened = result_of(&page, "ticket.redeem", json_pack("{s:s, s:s}", "ticket", "f-ticket", "device", device));
    const char *role, *token, *id;
    assert_int_equal(json_unpack(opened, "{s:s, s:s, s:{s:s}}", "role", &role, "token", &token, "facecheck", "id", &id),
                     0);
    assert_string_equal(role, "submitter");
    assert_string_equal(id, "f");
    struct rpc_caller caller;
    assert_true(hub_caller(fixture->service.hub, page.connection, &caller));
    assert_int_equal(caller.role, RPC_SUBMITTER);
    assert_string_equal(caller.facecheck, "f");
    hub_caller_clear(&caller);
    expect(&page, "ticket.redeem", json_pack("{s:s, s:s}", "ticket", "f-ticket", "device", another), "ticket_used");
    expect(&page, "ticket.redeem", json_pack("{s:s, s:s}", "ticket", "f-ticke", "device", device), "ticket_unknown");
    json_t *resumed = result_of(&page, "session.resume", json_pack("{s:s}", "token", token));
    assert_string_equal(json_string_value(json_object_get(resumed, "role")), "submitter");
    json_decref(resumed);
    json_decref(opened);
}

/* ---- uploads ---- */

static char *token_of(const char *facecheck)
{
    g_auto(Session) session = {.facecheck = store_facecheck_get(fixture->service.store, facecheck, NULL)};
    char *token = NULL;
    assert_true(session_open(&session, &fixture->service, 0, &token, NULL));
    return token;
}

static struct upload *upload_to(struct uploads *uploads, const char *facecheck, const char *token)
{
    struct picture_target target = {.owner = PICTURE_OF_FACECHECK,
                                    .facecheck = {g_strdup(facecheck), NULL, FACECHECK_PORTRAIT}};
    return upload_new(uploads, &target, token, (struct upload_range){.length = 100, .total = 100});
}

/* 0: it may come. */
static unsigned admission(struct upload *upload)
{
    struct answer *answer = upload_admit(upload);
    const unsigned status = answer != NULL ? answer->status : 0;
    if (answer != NULL) {
        answer_free(answer);
    }
    return status;
}

static void one_picture_of_a_face_check_and_so_many_in_all_are_on_their_way(void **state)
{
    (void)state;
    fixture->config->facecheck.uploads_max = 2;
    struct uploads *uploads = uploads_new(&fixture->service);
    struct upload *upload[5];
    static const char *const ids[] = {"f", "f", "g", "h", "f"};
    fixture_add_facecheck(fixture, "g", "order-g");
    fixture_add_facecheck(fixture, "h", "order-h");
    for (unsigned i = 0; i < 5; i++) {
        g_autofree char *token = token_of(ids[i]);
        upload[i] = upload_to(uploads, ids[i], token);
    }
    assert_int_equal(admission(upload[0]), 0);
    assert_int_equal(admission(upload[1]), 503); /* another of the same */
    assert_int_equal(admission(upload[2]), 0);
    assert_int_equal(admission(upload[3]), 503); /* full */
    upload_unref(upload[1]);                     /* a refused one gives nobody's place away */
    assert_int_equal(admission(upload[4]), 503);
    upload_unref(upload_ref(upload[0]));
    upload_unref(upload[0]);
    assert_int_equal(admission(upload[4]), 0);
    upload_unref(upload[2]);
    assert_int_equal(admission(upload[3]), 0);
    upload_unref(upload[3]);
    upload_unref(upload[4]);
    uploads_free(uploads);
}

static void an_upload_is_admitted_to_its_own_open_face_check_alone(void **state)
{
    (void)state;
    struct uploads *uploads = uploads_new(&fixture->service);
    g_autofree char *token = token_of("f");
    fixture_add_facecheck(fixture, "g", "order-g");
    static const struct {
        const char *facecheck, *token;
        unsigned status;
    } cases[] = {{"g", NULL, 404}, {"nobody", NULL, 404}, {"f", "made-up", 401}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct upload *upload = upload_to(uploads, cases[i].facecheck, cases[i].token != NULL ? cases[i].token : token);
        assert_int_equal(admission(upload), cases[i].status);
        upload_unref(upload);
    }
    json_decref(result_of(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility")));
    struct upload *late = upload_to(uploads, "f", token);
    assert_int_equal(admission(late), 409);
    upload_unref(late);
    uploads_free(uploads);
}

static void no_more_bytes_are_taken_than_announced_nor_for_longer_than_allowed(void **state)
{
    (void)state;
    static const char bytes[101] = "";
    struct uploads *uploads = uploads_new(&fixture->service);
    struct upload *upload = upload_to(uploads, "f", "token");
    assert_false(upload_receive(upload, bytes, 101));
    assert_true(upload_receive(upload, bytes, 60));
    assert_false(upload_is_whole(upload));
    assert_false(upload_receive(upload, bytes, 41));
    assert_true(upload_receive(upload, bytes, 40));
    assert_true(upload_is_whole(upload));
    assert_false(upload_receive(upload, bytes, 1));
    upload_unref(upload);
    fixture->config->facecheck.upload_timeout_s = 0;
    struct upload *slow = upload_to(uploads, "f", "token");
    g_usleep(1000);
    assert_false(upload_receive(slow, bytes, 1));
    upload_unref(slow);
    uploads_free(uploads);
}

/* ---- taking back ---- */

static unsigned status_of(struct answer *answer)
{
    const unsigned status = answer->status;
    answer_free(answer);
    return status;
}

static void the_applicant_takes_a_picture_back_while_it_is_open(void **state)
{
    (void)state;
    struct service *service = &fixture->service;
    g_autofree char *token = token_of("f");
    struct facecheck_path page = {(char *)"f", NULL, FACECHECK_PAGE},
                          cut = {(char *)"f", NULL, FACECHECK_PAGE_PORTRAIT};
    assert_int_equal(status_of(facecheck_rest_delete(service, token, &page)), 404);
    put_material("f", "page");
    assert_int_equal(status_of(facecheck_rest_get(service, token, &page)), 200);
    assert_int_equal(status_of(facecheck_rest_get(service, token, &cut)), 403);
    assert_int_equal(status_of(facecheck_rest_get(service, NULL, &page)), 401);
    assert_int_equal(status_of(facecheck_rest_delete(service, token, &page)), 200);
    assert_true(fixture_was_told(fixture, &officer, "facecheck.changed"));
    assert_int_equal(status_of(facecheck_rest_get(service, token, &page)), 404);
    put_material("f", "page");
    json_decref(result_of(&applicant, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility")));
    assert_int_equal(status_of(facecheck_rest_delete(service, token, &page)), 409);
    assert_int_equal(status_of(facecheck_rest_get(service, token, &page)), 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_applicant_sees_only_its_own_and_nothing_of_the_orders_data),
        TEST(another_missions_officer_finds_nothing),
        TEST(a_party_and_a_stranger_are_not_for_face_checks),
        TEST(a_second_open_one_for_an_order_is_a_conflict),
        TEST(one_whose_link_has_expired_makes_way_and_goes_to_an_interview),
        TEST(a_skip_is_told_to_the_applicant_and_the_missions_officers_alone),
        TEST(versions_grow_with_each_change_and_over_a_restart),
        TEST(lists_are_of_an_order_or_by_need_and_leave_reports_out),
        TEST(a_start_needs_pictures_and_an_offer_and_leaves_nothing_when_refused),
        TEST(a_ticket_opens_its_face_check_for_one_device),
        TEST(one_picture_of_a_face_check_and_so_many_in_all_are_on_their_way),
        TEST(an_upload_is_admitted_to_its_own_open_face_check_alone),
        TEST(no_more_bytes_are_taken_than_announced_nor_for_longer_than_allowed),
        TEST(the_applicant_takes_a_picture_back_while_it_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
