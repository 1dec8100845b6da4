/* The book: what becomes of an order by what becomes of its face check and its interview. */
#include "tests/unit/signaling/book_fixture.h"

static int set_up(void **state)
{
    *state = book_fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    book_fixture_free(*state);
    return 0;
}
#define test_with_book(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static void a_passed_face_check_makes_it_the_orders_turn(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    g_autofree char *early = fixture_code(fixture, &officer, "review.take", json_object());
    assert_string_equal(early, "not_found");
    g_autofree char *named = fixture_code(fixture, &officer, "review.take", json_pack("{s:s}", "order_id", held.id));
    assert_string_equal(named, "wrong_state");

    book_facecheck(fixture, &held, FACECHECK_TRY_PASSED);
    assert_order(fixture, &held, ORDER_SUBMITTED);
    assert_true(fixture_was_told(fixture, &holder, "order.changed"));
    held_update(&held, book_call(fixture, &officer, "review.take", json_object()));
    assert_order(fixture, &held, ORDER_IN_REVIEW);
    held_call(fixture, &officer, &held, "review.approve", NULL);
    held_call(fixture, &officer, &held, "review.produced", NULL);
    held_call(fixture, &officer, &held, "review.dispatched",
              json_pack("{s:s, s:s}", "way", "courier", "tracking", "SE123"));
    held_call(fixture, &holder, &held, "order.complete", NULL);
    assert_order(fixture, &held, ORDER_COMPLETED);
    assert_int_equal(assert_path(fixture, &held), 7);
    held_clear(&held);
}

/* D-18, D-19, D-34: two rows of history, one message, an interview with its parties. */
static void a_skipped_face_check_makes_an_interview_required(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    book_facecheck(fixture, &held, FACECHECK_SKIP_ACCESSIBILITY);
    assert_order(fixture, &held, ORDER_INTERVIEW_REQUIRED);
    assert_int_equal(assert_path(fixture, &held), 3);
    g_autoptr(GPtrArray) messages = store_message_list(fixture->service.store, holder.holder, 0, 10, NULL);
    assert_int_equal(messages->len, 3); /* and of its making and its submission */
    assert_string_equal(((struct store_message *)messages->pdata[0])->template, "interview_required");

    json_t *entry =
        book_call(fixture, &holder, "order.enter", json_pack("{s:s, s:s}", "order_id", held.id, "what", "interview"));
    struct store_party *party = store_ticket_find(
        fixture->service.store, json_string_value(json_object_get(entry, "ticket")), g_get_real_time(), NULL);
    assert_non_null(party);
    assert_int_equal(party->role, STORE_APPLICANT);
    assert_string_equal(party->name, "张伟");
    store_party_free(party);
    json_decref(entry);
    g_autofree char *guardian =
        fixture_code(fixture, &holder, "order.enter", json_pack("{s:s, s:s}", "order_id", held.id, "what", "guardian"));
    assert_string_equal(guardian, "not_found");
    held_clear(&held);
}

/* D-33: policy proposes. */
static void a_mission_may_want_no_interview_for_that(void **state)
{
    struct fixture *fixture = *state;
    book_policy(fixture, "here", "[interview]\nfacecheck_undecided = false\n");
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    book_facecheck(fixture, &held, FACECHECK_SKIP_ACCESSIBILITY);
    assert_order(fixture, &held, ORDER_SUBMITTED);
    held_update(&held, book_call(fixture, &officer, "review.take", json_object()));
    held_clear(&held);
}

static void a_face_check_that_nobody_finished_is_skipped(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const int64_t day_us = 24 * 60 * MINUTE_US;
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    book_tick(fixture->service.book, g_get_real_time() + day_us);
    book_catch_up(fixture->service.book);
    assert_order(fixture, &held, ORDER_SUBMITTED);
    book_tick(fixture->service.book, g_get_real_time() + 4 * day_us);
    book_catch_up(fixture->service.book);
    assert_order(fixture, &held, ORDER_INTERVIEW_REQUIRED);
    held_clear(&held);
}

/* An order whose interview is required. */
static struct held required(struct fixture *fixture, const struct rpc_caller *holder)
{
    struct held held;
    book_submit_renewal(fixture, holder, &held, "张伟");
    book_facecheck(fixture, &held, FACECHECK_SKIP_ACCESSIBILITY);
    return held;
}

#define LATER_US (g_get_real_time() + 60 * MINUTE_US)

static void an_order_follows_its_interview(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    struct held held = required(fixture, &holder);
    static const struct {
        enum interview_event event;
        enum store_order_state state;
    } rows[] = {
        {EVENT_BOOK, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_MOVE, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_UNBOOK, ORDER_INTERVIEW_REQUIRED},
        {EVENT_BOOK, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_READY, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_LOST, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_MISSED, ORDER_INTERVIEW_REQUIRED},
        {EVENT_BOOK, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_READY, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_START, ORDER_INTERVIEW_SCHEDULED},
        {EVENT_ACCEPT, ORDER_INTERVIEWING},
        {EVENT_ACCEPT, ORDER_INTERVIEWING},
        {EVENT_END, ORDER_IN_REVIEW},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        book_interview(fixture, &held,
                       (struct interview_change){.event = rows[i].event,
                                                 .scheduled_us = LATER_US,
                                                 .ring_expires_us = LATER_US,
                                                 .outcome = "identity_confirmed"});
        assert_order(fixture, &held, rows[i].state);
    }
    assert_path(fixture, &held);
    g_autoptr(GPtrArray) history = store_order_history(fixture->service.store, held.id, NULL);
    const struct store_order_history *last = history->pdata[history->len - 1];
    assert_string_equal(last->event, "ended");
    assert_string_equal(last->actor, "here"); /* the officer who ended it */
    held_clear(&held);
}

static void a_decision_to_meet_in_person_is_the_orders_too(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct held held = required(fixture, &holder);
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_IN_PERSON, .reason = "no camera"});
    assert_order(fixture, &held, ORDER_IN_PERSON_REQUIRED);
    held_refresh(fixture, &holder, &held);
    held_call(fixture, &officer, &held, "review.in_person_done", NULL);
    assert_order(fixture, &held, ORDER_IN_REVIEW);
    held_clear(&held);
}

static void officers_require_and_drop_interviews(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct held held = required(fixture, &holder);
    held_refresh(fixture, &holder, &held);
    held_call(fixture, &officer, &held, "review.drop_interview", json_pack("{s:s}", "reason", "seen in person"));
    assert_order(fixture, &held, ORDER_IN_REVIEW);
    g_autoptr(GPtrArray) history = store_order_history(fixture->service.store, held.id, NULL);
    const struct store_order_history *last = history->pdata[history->len - 1];
    assert_string_equal(last->reason, "seen in person");
    assert_string_equal(last->actor, "here");

    held_call(fixture, &officer, &held, "review.require_interview", json_pack("{s:s}", "interpreter", "Anna"));
    assert_order(fixture, &held, ORDER_INTERVIEW_REQUIRED);
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_BOOK, .scheduled_us = LATER_US});
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_MISSED});
    assert_order(fixture, &held, ORDER_INTERVIEW_REQUIRED);
    held_refresh(fixture, &holder, &held);
    held_call(fixture, &officer, &held, "review.drop_interview", json_pack("{s:s}", "reason", "enough"));
    assert_order(fixture, &held, ORDER_IN_REVIEW);
    held_clear(&held);
}

static void an_interview_that_was_made_by_others_is_the_orders(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    book_facecheck(fixture, &held, FACECHECK_TRY_PASSED);
    held_update(&held, book_call(fixture, &officer, "review.take", json_object()));
    json_decref(book_call(
        fixture, &officer, "interview.require",
        json_pack("{s:s, s:s, s:s}", "order_ref", held.number, "document", "passport", "applicant", "Zhang Wei")));
    book_catch_up(fixture->service.book);
    assert_order(fixture, &held, ORDER_INTERVIEW_REQUIRED);
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_ABORT, .reason = "by mistake"});
    assert_order(fixture, &held, ORDER_IN_REVIEW);
    held_clear(&held);
}

/* Events of nobody's, or of another mission's interviews that happen to name the number. */
static void what_is_not_the_books_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->service.store;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    struct held held = required(fixture, &holder);
    held_refresh(fixture, &holder, &held);
    fixture_add_interview(fixture, "foreign", LATER_US);
    const struct store_interview elsewhere = {.id = (char *)"elsewhere",
                                              .mission = (char *)"elsewhere",
                                              .order_ref = held.number,
                                              .document = (char *)"passport",
                                              .scheduled_us = LATER_US,
                                              .length_min = 20,
                                              .version = 1};
    assert_true(store_interview_add(store, &elsewhere, NULL));
    book_catch_up(fixture->service.book);
    struct store_order *order = book_order(fixture, &held);
    assert_int_equal(order->version, held.version);
    store_order_free(order);
    g_autoptr(GPtrArray) rest = store_book_events(store, 10, NULL);
    assert_int_equal(rest->len, 0);
    held_clear(&held);
}

static void what_happened_while_the_book_was_closed_is_dealt_with_once(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    book_free(g_steal_pointer(&fixture->service.book));
    {
        struct store_order *order = book_order(fixture, &held);
        g_auto(FacecheckTurn) turn = {0};
        assert_true(facecheck_turn_begin_system(&turn, &fixture->service, order->facecheck, NULL));
        assert_true(facecheck_turn_apply(&turn, FACECHECK_SKIP_TRIES, "applicant", NULL));
        store_order_free(order);
    }
    assert_order(fixture, &held, ORDER_SUBMITTED);
    for (unsigned i = 0; i < 3; i++) {
        fixture->service.book = book_new(&fixture->service);
        book_catch_up(fixture->service.book);
        assert_order(fixture, &held, ORDER_INTERVIEW_REQUIRED);
        assert_int_equal(assert_path(fixture, &held), 3);
        if (i < 2) {
            book_free(g_steal_pointer(&fixture->service.book));
        }
    }
    held_clear(&held);
}

static void a_book_that_is_switched_off_does_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    struct held held;
    book_submit_renewal(fixture, &holder, &held, "张伟");
    book_free(g_steal_pointer(&fixture->service.book));
    fixture->config->book.enabled = false;
    fixture->service.book = book_new(&fixture->service);
    book_facecheck(fixture, &held, FACECHECK_SKIP_ACCESSIBILITY);
    assert_order(fixture, &held, ORDER_SUBMITTED);
    g_autofree char *code = fixture_code(fixture, &holder, "order.list", json_object());
    assert_string_equal(code, "forbidden");
    held_clear(&held);
}

/* ---- walks ---- */

static const char *const by_holder[] = {"order.withdraw", "order.complete", "order.complete", "order.supplemented"};
static const char *const by_officer[] = {"review.approve",           "review.produced",   "review.in_person_done",
                                         "review.require_interview", "review.supplement", "review.dispatched",
                                         "review.drop_interview",    "review.reject"};

static json_t *more_for(const char *method)
{
    if (g_str_equal(method, "review.supplement")) {
        return json_pack("{s:s, s:s}", "text", "more", "slots", "");
    }
    if (g_str_equal(method, "review.dispatched")) {
        return json_pack("{s:s}", "way", "collect");
    }
    const bool reason = g_str_equal(method, "review.drop_interview") || g_str_equal(method, "review.reject");
    return reason ? json_pack("{s:s}", "reason", "so") : NULL;
}

/* What leads on comes more often than what ends it. */
static const enum interview_event drawn[] = {
    EVENT_BOOK,   EVENT_READY,   EVENT_START, EVENT_ACCEPT,  EVENT_BOOK, EVENT_READY,     EVENT_START,    EVENT_ACCEPT,
    EVENT_END,    EVENT_MOVE,    EVENT_LOST,  EVENT_DECLINE, EVENT_END,  EVENT_UNBOOK,    EVENT_MISSED,   EVENT_ABORT,
    EVENT_CANCEL, EVENT_NO_SHOW, EVENT_READY, EVENT_START,   EVENT_BOOK, EVENT_ABANDONED, EVENT_IN_PERSON};

static void try_interview(struct fixture *fixture, GRand *random, const struct held *held)
{
    struct store_order *order = book_order(fixture, held);
    struct store_interview *interview =
        order->interview != NULL ? store_interview_get(fixture->service.store, order->interview, NULL) : NULL;
    for (unsigned i = 0; interview != NULL && i < 8; i++) {
        const enum interview_event event = drawn[g_rand_int_range(random, 0, G_N_ELEMENTS(drawn))];
        if (interview_check(interview, event, NULL)) {
            book_interview(fixture, held,
                           (struct interview_change){.event = event,
                                                     .scheduled_us = LATER_US,
                                                     .ring_expires_us = LATER_US,
                                                     .outcome = "not_confirmed",
                                                     .reason = "so"});
            break;
        }
    }
    store_interview_free(interview);
    store_order_free(order);
}

/* One random thing that somebody tries; what is refused is. */
static void try_something(struct fixture *fixture, GRand *random, const struct rpc_caller *holder,
                          const struct rpc_caller *officer, const struct held *held)
{
    const int which = g_rand_int_range(random, 0, 40);
    json_t *params = held_params(held);
    if (which < 4) {
        g_free(fixture_code(fixture, officer, "review.take", json_pack("{s:s}", "order_id", held->id)));
    } else if (which < 25) {
        try_interview(fixture, random, held);
    } else if (which < 28) {
        const char *method = by_holder[g_rand_int_range(random, 0, G_N_ELEMENTS(by_holder))];
        g_free(fixture_code(fixture, holder, method, json_incref(params)));
    } else {
        const char *method = by_officer[g_rand_int_range(random, 0, G_N_ELEMENTS(by_officer))];
        json_t *more = more_for(method);
        json_object_update(params, more);
        json_decref(more);
        g_free(fixture_code(fixture, officer, method, json_incref(params)));
    }
    json_decref(params);
}

static void random_walks_leave_a_path(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    unsigned reached[ORDER_STATES] = {0};
    print_message("seeds 1 to 40\n");
    for (guint32 seed = 1; seed <= 40; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        g_autofree char *contact = g_strdup_printf("a%u@example.org", seed);
        g_autofree char *name = g_strdup_printf("张%u", seed);
        const struct rpc_caller holder = book_holder(fixture, contact, "Zhang Wei");
        struct held held;
        book_submit_renewal(fixture, &holder, &held, name);
        book_facecheck(fixture, &held, seed % 2 == 0 ? FACECHECK_TRY_PASSED : FACECHECK_SKIP_TRIES);
        for (unsigned i = 0; i < 60; i++) {
            struct store_order *before = book_order(fixture, &held);
            const unsigned rows = assert_path(fixture, &held);
            held_refresh(fixture, &holder, &held);
            try_something(fixture, random, &holder, &officer, &held);
            struct store_order *after = book_order(fixture, &held);
            const unsigned more = assert_path(fixture, &held) - rows;
            if (after->version != before->version + more || (order_is_over(before->state) && more > 0)) {
                fail_msg("seed %u, step %u: version %u to %u, %u rows", seed, i, before->version, after->version, more);
            }
            reached[after->state]++;
            store_order_free(before);
            store_order_free(after);
        }
        held_clear(&held);
    }
    for (enum store_order_state each = ORDER_SUBMITTED; each < ORDER_STATES; each++) {
        if (reached[each] == 0) {
            fail_msg("no walk came to %s", order_state_name(each));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_book(a_passed_face_check_makes_it_the_orders_turn),
        test_with_book(a_skipped_face_check_makes_an_interview_required),
        test_with_book(a_mission_may_want_no_interview_for_that),
        test_with_book(a_face_check_that_nobody_finished_is_skipped),
        test_with_book(an_order_follows_its_interview),
        test_with_book(a_decision_to_meet_in_person_is_the_orders_too),
        test_with_book(officers_require_and_drop_interviews),
        test_with_book(an_interview_that_was_made_by_others_is_the_orders),
        test_with_book(what_is_not_the_books_changes_nothing),
        test_with_book(what_happened_while_the_book_was_closed_is_dealt_with_once),
        test_with_book(a_book_that_is_switched_off_does_nothing),
        test_with_book(random_walks_leave_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
