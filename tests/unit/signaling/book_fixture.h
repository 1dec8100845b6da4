/* book_fixture: a service with the built-in order book, account holders, and orders of theirs. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/book.h"
#include "signaling/order.h"
#include "signaling/policy.h"
#include "tests/unit/signaling/service_fixture.h"

/* Where a mission's policy is: written before the start. */
static inline void book_policy(struct fixture *fixture, const char *mission, const char *text)
{
    g_autofree char *name = g_strconcat(mission, ".conf", NULL);
    g_autofree char *folder = g_build_filename(fixture->folder, "policies", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_mkdir(folder, 0700);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    policies_free((struct policies *)fixture->service.policies);
    assert_non_null(fixture->service.policies = policies_load(folder, NULL));
}

static inline struct fixture *book_fixture_new(void)
{
    struct fixture *fixture = fixture_new();
    fixture->service.book = book_new(&fixture->service);
    return fixture;
}

static inline void book_fixture_free(struct fixture *fixture)
{
    struct policies *policies = (struct policies *)fixture->service.policies;
    book_free(fixture->service.book);
    fixture_free(fixture);
    policies_free(policies);
}

/* A new account, verified unless `name` is NULL, signed in on a connection. The id lives as long as the test. */
static inline struct rpc_caller book_holder(struct fixture *fixture, const char *contact, const char *name)
{
    struct store *store = fixture->service.store;
    const int64_t now_us = g_get_real_time();
    const struct store_contact who = {"email", contact};
    const struct store_code code = {contact, "123456", "en", now_us, now_us + MINUTE_US, 10};
    int64_t retry_us;
    assert_true(store_code_put(store, &code, &retry_us, NULL));
    struct store_account *account = store_code_redeem(store, &who, code.code, now_us, NULL);
    assert_non_null(account);
    if (name != NULL) {
        const struct store_identity identity = {"passport", contact, name};
        assert_true(store_account_verify(store, account->id, &identity, now_us, NULL));
    }
    struct rpc_caller caller = {.connection = hub_open(fixture->service.hub, "127.0.0.1"),
                                .role = RPC_HOLDER,
                                .session = contact,
                                .holder = g_intern_string(account->id),
                                .address = "127.0.0.1"};
    store_account_free(account);
    calls_attach(fixture->service.calls, &caller);
    return caller;
}

/* The result, which there must be; takes `params`. */
static inline json_t *book_call(struct fixture *fixture, const struct rpc_caller *caller, const char *method,
                                json_t *params)
{
    json_t *reply = fixture_call(fixture, caller, method, params);
    json_t *result = json_incref(json_object_get(reply, "result"));
    if (result == NULL) {
        g_autofree char *text = json_dumps(reply, 0);
        fail_msg("%s: %s", method, text);
    }
    json_decref(reply);
    return result;
}

/* An order as its holder has it in hand: id and version of its last view. */
struct held {
    char *id, *number;
    unsigned version;
};

static inline void held_clear(struct held *held)
{
    g_free(held->id);
    g_free(held->number);
}

/* Takes `view`. */
static inline void held_update(struct held *held, json_t *view)
{
    const char *id, *number;
    int version;
    assert_int_equal(json_unpack(view, "{s:s, s:s, s:i}", "id", &id, "number", &number, "version", &version), 0);
    held_clear(held);
    *held = (struct held){g_strdup(id), g_strdup(number), (unsigned)version};
    json_decref(view);
}

static inline json_t *held_params(const struct held *held)
{
    return json_pack("{s:s, s:i}", "order_id", held->id, "version", (int)held->version);
}

/* Calls a method with the order and its version, and what `more` (taken, may be NULL) has. */
static inline void held_call(struct fixture *fixture, const struct rpc_caller *caller, struct held *held,
                             const char *method, json_t *more)
{
    json_t *params = held_params(held);
    json_object_update(params, more);
    json_decref(more);
    held_update(held, book_call(fixture, caller, method, params));
}

static inline void assert_refused(struct fixture *fixture, const struct rpc_caller *caller, const struct held *held,
                                  const char *method, json_t *more, const char *code)
{
    json_t *params = held_params(held);
    json_object_update(params, more);
    json_decref(more);
    g_autofree char *got = fixture_code(fixture, caller, method, params);
    assert_string_equal(got, code);
}

static inline json_t *book_details(const char *name, const char *issue, const char *condition)
{
    json_t *details = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "relation", "self",
                                "applicant_name", name, "applicant_name_latin", "Applicant Name", "birth_date",
                                "1990-01-02", "sex", "F", "document_number", "E12345678", "expiry_date", "2020-01-01",
                                "region", "SE", "address", "Storgatan 1", "phone", "+46 8 123456");
    if (issue != NULL) {
        json_object_set_new(details, "issue", json_string(issue));
        json_object_set_new(details, "condition", json_string(condition));
    }
    return details;
}

#define SIGNATURE "0,0 1,1 2,2 3,3 4,4 5,5;6,6 7,7 8,8 1000,400"

static inline void book_put(struct fixture *fixture, const struct held *held, const char *slot)
{
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    struct store_order_material material = {
        .order = held->id, .slot = (char *)slot, .uploaded_us = g_get_real_time(), .width = 1, .height = 1};
    assert_true(store_order_material_put(fixture->service.store, &material, jpeg, NULL));
}

/* A renewal (it has a face check) or, with another issue, what that needs; all is there but the submission. */
static inline void book_draft(struct fixture *fixture, const struct rpc_caller *holder, struct held *held,
                              const char *kind, json_t *details)
{
    *held = (struct held){0};
    held_update(
        held, book_call(fixture, holder, "order.create", json_pack("{s:s, s:s}", "mission_id", "here", "kind", kind)));
    held_call(fixture, holder, held, "order.update", details);
    held_call(fixture, holder, held, "order.declare",
              json_pack("{s:s, s:s}", "name", "Zhang Wei", "signature", SIGNATURE));
}

static inline void book_submit_renewal(struct fixture *fixture, const struct rpc_caller *holder, struct held *held,
                                       const char *name)
{
    book_draft(fixture, holder, held, "passport", book_details(name, "renewal", "expired"));
    book_put(fixture, held, "address");
    held_call(fixture, holder, held, "order.submit", NULL);
}

static inline struct store_order *book_order(struct fixture *fixture, const struct held *held)
{
    struct store_order *order = store_order_get(fixture->service.store, held->id, NULL);
    assert_non_null(order);
    return order;
}

static inline void assert_order(struct fixture *fixture, const struct held *held, enum store_order_state state)
{
    struct store_order *order = book_order(fixture, held);
    assert_string_equal(order_state_name(order->state), order_state_name(state));
    store_order_free(order);
}

/* As its holder sees it now. */
static inline void held_refresh(struct fixture *fixture, const struct rpc_caller *holder, struct held *held)
{
    held_update(held, book_call(fixture, holder, "order.get", json_pack("{s:s}", "order_id", held->id)));
}

/* Decides the order's face check. */
static inline void book_facecheck(struct fixture *fixture, const struct held *held, enum facecheck_event event)
{
    struct store_order *order = book_order(fixture, held);
    {
        g_auto(FacecheckTurn) turn = {0};
        assert_true(facecheck_turn_begin_system(&turn, &fixture->service, order->facecheck, NULL));
        assert_true(facecheck_turn_apply(&turn, event, "applicant", NULL));
    }
    store_order_free(order);
    book_catch_up(fixture->service.book);
}

/* Carries a change of the order's interview out in the store, as turns do. */
static inline void book_interview(struct fixture *fixture, const struct held *held, struct interview_change change)
{
    struct store *store = fixture->service.store;
    struct store_order *order = book_order(fixture, held);
    struct store_interview *interview = store_interview_get(store, order->interview, NULL);
    change.now_us = g_get_real_time();
    change.length_min = 20;
    assert_true(interview_apply(interview, &change, NULL));
    const char *event = interview_event_name(change.event);
    const struct store_booking booking = {.capacity = 10, .tickets_until_us = change.now_us};
    assert_true(interview_appoints(change.event)
                    ? store_interview_appoint(store, interview, &booking, "here", event, change.now_us, NULL)
                    : store_interview_update(store, interview, "here", event, change.now_us, NULL));
    store_interview_free(interview);
    store_order_free(order);
    book_catch_up(fixture->service.book);
}

/* Rows of an order's history, each from where the one before ended; returns how many. */
static inline unsigned assert_path(struct fixture *fixture, const struct held *held)
{
    g_autoptr(GPtrArray) rows = store_order_history(fixture->service.store, held->id, NULL);
    struct store_order *order = book_order(fixture, held);
    enum store_order_state at = ORDER_DRAFT;
    for (guint i = 0; i < rows->len; i++) {
        const struct store_order_history *row = rows->pdata[i];
        assert_int_equal(row->from, at);
        at = row->to;
    }
    assert_int_equal(order->state, at);
    store_order_free(order);
    return rows->len;
}
