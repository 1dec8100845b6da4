#include <string.h>

#include "tests/unit/store/orders.h"

static void a_draft_comes_back_as_it_was_saved(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = add_order(store, "order-1");
    assert_int_equal(order->state, ORDER_DRAFT);
    assert_string_equal(order->details, DETAILS);
    assert_string_equal(order->slots, "");
    assert_null(order->issue);
    order->issue = g_strdup("renewal");
    order->condition = g_strdup("expired");
    order->declaration = g_strdup("{\"name\": \"" APPLICANT_NAME "\"}");
    order->declared_us = NOW_US + 1;
    assert_ok(store_order_save(store, order, &(struct store_order_names){0}, &error));
    assert_int_equal(order->version, 2);
    store_order_free(order);

    order = get_order(store, "order-1");
    assert_int_equal(order->version, 2);
    assert_string_equal(order->issue, "renewal");
    assert_string_equal(order->condition, "expired");
    assert_non_null(strstr(order->declaration, APPLICANT_NAME));
    assert_int_equal(order->declared_us, NOW_US + 1);
    store_order_free(order);

    struct store_order *same;
    assert_ok(same = store_order_by_number(store, "2026-order-1", &error));
    assert_string_equal(same->id, "order-1");
    store_order_free(same);
    assert_fails(store_order_get(store, "order-2", &error), STORE_ERROR_NOT_FOUND);
}

static void a_change_of_another_version_changes_nothing(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = add_order(store, "order-1");
    order->version = 2;
    assert_fails(store_order_save(store, order, &(struct store_order_names){0}, &error), STORE_ERROR_CONFLICT);
    assert_fails(step_order(store, order, ORDER_SUBMITTED, "submit", NOW_US, &error), STORE_ERROR_CONFLICT);
    assert_int_equal(order->version, 2);
    assert_int_equal(order->state, ORDER_DRAFT);
    store_order_free(order);
    order = get_order(store, "order-1");
    assert_int_equal(order->state, ORDER_DRAFT);
    assert_int_equal(order->version, 1);
    store_order_free(order);
}

static void each_step_is_a_row_a_version_and_an_event(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = submit_order(store, "order-1", "zhang", NOW_US + 1);
    const struct store_order_step steps[] = {
        {.to = ORDER_IN_REVIEW, .actor = "system", .event = "facecheck_skipped"},
        {ORDER_INTERVIEW_REQUIRED, "officer-1", "interview_required", "no face was seen", "interview_required",
         "{\"reason\": \"no face was seen\"}"},
    };
    const struct store_order_update update = {.steps = steps, .count = 2, .now_us = NOW_US + 2};
    assert_ok(store_order_update(store, order, &update, &error));
    assert_int_equal(order->version, 5);
    assert_int_equal(order->state, ORDER_INTERVIEW_REQUIRED);
    assert_int_equal(order->state_since_us, NOW_US + 2);
    store_order_free(order);

    g_autoptr(GPtrArray) rows = NULL, events = NULL;
    assert_ok(rows = store_order_history(store, "order-1", &error));
    assert_int_equal(rows->len, 3);
    enum store_order_state at = ORDER_DRAFT;
    for (guint i = 0; i < rows->len; i++) {
        const struct store_order_history *row = rows->pdata[i];
        assert_int_equal(row->from, at);
        at = row->to;
    }
    const struct store_order_history *last = rows->pdata[2];
    assert_int_equal(last->to, ORDER_INTERVIEW_REQUIRED);
    assert_string_equal(last->actor, "officer-1");
    assert_string_equal(last->reason, "no face was seen");
    g_autoptr(GPtrArray) messages = NULL;
    assert_ok(messages = store_message_list(store, holder, 0, 10, &error));
    assert_int_equal(messages->len, 2); /* of the first of both steps there is none */
    const struct store_message *newest = messages->pdata[0];
    assert_string_equal(newest->template, "interview_required");
    assert_string_equal(newest->order_number, "2026-order-1");
    assert_string_equal(newest->state, "interview_required");
    assert_non_null(strstr(newest->args, "no face was seen"));
    assert_ok(events = store_event_list(store, "nyc", 1, 100, &error));
    assert_int_equal(events->len, 4); /* its making, and the three */
    const struct store_event *event = events->pdata[3];
    assert_string_equal(event->type, "order.changed");
    assert_string_equal(event->order_ref, "2026-order-1");
    assert_string_equal(event->subject, "order-1");
    assert_non_null(strstr(event->data, "\"interview_required\""));
}

/* D-26. */
static void an_applicant_has_one_open_order(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *first = submit_order(store, "order-1", "zhang", NOW_US);
    struct store_order *other = submit_order(store, "order-2", "li", NOW_US);
    struct store_order *second = add_order(store, "order-3");
    const struct store_order_names names = {"zhang", "zhang", NULL};
    assert_ok(store_order_save(store, second, &names, &error)); /* a draft may */
    assert_fails(step_order(store, second, ORDER_SUBMITTED, "submit", NOW_US, &error), STORE_ERROR_DUPLICATE);
    assert_ok(step_order(store, other, ORDER_SUPPLEMENT_REQUIRED, "supplement", NOW_US, &error));
    assert_fails(store_order_save(store, other, &names, &error), STORE_ERROR_DUPLICATE);

    assert_ok(step_order(store, first, ORDER_WITHDRAWN, "withdraw", NOW_US, &error));
    assert_ok(step_order(store, second, ORDER_SUBMITTED, "submit", NOW_US, &error));
    store_order_free(first);
    store_order_free(other);
    store_order_free(second);
}

static void materials_that_changed_meanwhile_stop_a_submission(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = add_order(store, "order-1");
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    struct store_order_material material = {.order = (char *)"order-1", .slot = (char *)"address"};
    assert_ok(store_order_material_put(store, &material, jpeg, &error));
    const struct store_order_step step = {.to = ORDER_SUBMITTED, .actor = "holder", .event = "submit"};
    struct store_order_update update = {.steps = &step, .count = 1, .now_us = NOW_US, .slots = "address:0 page:0"};
    assert_fails(store_order_update(store, order, &update, &error), STORE_ERROR_CONFLICT);
    update.slots = "address:0";
    assert_ok(store_order_update(store, order, &update, &error));
    store_order_free(order);
}

/* A list of "officer-1" in `nyc`, as its pages of every size have it, and its length. */
static void assert_pages(struct store *store, enum store_order_list list, const char *expected)
{
    for (unsigned limit = 1; limit < 6; limit++) {
        struct store_order_page page = {.list = list, .mission = "nyc", .officer = "officer-1", .limit = limit};
        g_autoptr(GString) found = g_string_new(NULL);
        g_autoptr(GPtrArray) rows = NULL; /* holds the id that page.after points to */
        unsigned length = 0, lengths[ORDER_LISTS];
        do {
            GPtrArray *next;
            assert_ok(next = store_order_page(store, &page, &error));
            assert_true(next->len <= limit);
            g_clear_pointer(&rows, g_ptr_array_unref);
            rows = next;
            for (guint i = 0; i < rows->len; i++) {
                const struct store_order *order = rows->pdata[i];
                g_string_append_printf(found, "%s ", order->id);
                page.after = (struct store_order_place){order->id, order->own_district,
                                                        list == ORDER_LIST_WAITING ? order->submitted_us
                                                                                   : order->state_since_us};
            }
            length += rows->len;
        } while (rows->len > 0);
        assert_string_equal(found->str, expected);
        assert_ok(store_order_lengths(store, "nyc", "officer-1", lengths, &error));
        assert_int_equal(lengths[list], length);
    }
}

/* D-28: own district first, then who came first; an undecided face check waits elsewhere. */
static void the_queue_is_in_the_order_of_its_turns(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const struct {
        const char *id;
        bool own, due;
        int at;
    } rows[] = {{"order-1", false, false, 1},
                {"order-2", true, false, 4},
                {"order-3", true, true, 2},
                {"order-4", true, false, 3},
                {"order-5", false, false, 0}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct store_order *order = add_order(store, rows[i].id);
        order->own_district = rows[i].own;
        order->facecheck_due = rows[i].due;
        order->submitted_us = NOW_US + rows[i].at;
        assert_ok(step_order(store, order, ORDER_SUBMITTED, "submit", NOW_US + rows[i].at, &error));
        store_order_free(order);
    }
    assert_pages(store, ORDER_LIST_WAITING, "order-4 order-2 order-5 order-1 ");
    assert_pages(store, ORDER_LIST_MINE, "");
    assert_pages(store, ORDER_LIST_OTHERS, "order-3 ");
}

static void a_page_goes_on_where_an_order_stood_that_has_left(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *orders[4];
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *id = g_strdup_printf("order-%u", i);
        orders[i] = submit_order(store, id, id, NOW_US + i);
    }
    struct store_order_page page = {.list = ORDER_LIST_WAITING, .mission = "nyc", .officer = "officer-1", .limit = 2};
    page.after = (struct store_order_place){"order-1", orders[1]->own_district, orders[1]->submitted_us};
    assert_ok(step_order(store, orders[1], ORDER_WITHDRAWN, "withdraw", NOW_US + 10, &error));
    g_autoptr(GPtrArray) rows = NULL;
    assert_ok(rows = store_order_page(store, &page, &error));
    assert_int_equal(rows->len, 2);
    assert_string_equal(((struct store_order *)rows->pdata[0])->id, "order-2");
    assert_string_equal(((struct store_order *)rows->pdata[1])->id, "order-3");
    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        store_order_free(orders[i]);
    }
}

/* Of one moment: nobody is shown twice or left out where a page ends between them. */
static void orders_of_the_same_moment_are_paged_one_by_one(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const char *const ids[] = {"order-c", "order-a", "order-d", "order-b"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        struct store_order *order = submit_order(store, ids[i], ids[i], NOW_US);
        if (i % 2 == 1) {
            order->officer = i == 1 ? g_strdup("officer-1") : NULL;
            assert_ok(step_order(store, order, ORDER_IN_REVIEW, "take", NOW_US + 1, &error));
        }
        store_order_free(order);
    }
    assert_pages(store, ORDER_LIST_WAITING, "order-c order-d ");
    assert_pages(store, ORDER_LIST_MINE, "order-a ");
    assert_pages(store, ORDER_LIST_OTHERS, "order-b ");
}

static bool take(struct store *store, struct store_order *order, int64_t at_us, GError **error)
{
    const struct store_order_step step = {.to = ORDER_IN_REVIEW, .actor = "officer-1", .event = "take"};
    const struct store_order_update update = {
        .steps = &step, .count = 1, .now_us = at_us, .day = {NOW_US, NOW_US + 100, 2}};
    order->taken_us = at_us;
    g_free(order->officer);
    order->officer = g_strdup("officer-1");
    return store_order_update(store, order, &update, error);
}

static void a_day_takes_as_many_as_it_can(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *orders[4];
    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *id = g_strdup_printf("order-%u", i);
        orders[i] = submit_order(store, id, id, NOW_US - 10);
    }
    assert_ok(take(store, orders[0], NOW_US - 1, &error)); /* the day before */
    assert_ok(take(store, orders[1], NOW_US, &error));
    assert_ok(take(store, orders[2], NOW_US + 99, &error));
    assert_fails(take(store, orders[3], NOW_US + 99, &error), STORE_ERROR_TAKEN);
    unsigned taken;
    assert_ok(store_order_taken(store, "nyc", NOW_US, NOW_US + 100, &taken, &error));
    assert_int_equal(taken, 2);
    g_autoptr(GPtrArray) mine = NULL;
    const struct store_order_page page = {
        .list = ORDER_LIST_MINE, .mission = "nyc", .officer = "officer-1", .limit = 10};
    assert_ok(mine = store_order_page(store, &page, &error));
    assert_int_equal(mine->len, 3);
    assert_string_equal(((struct store_order *)mine->pdata[0])->officer_name, "Li Wei");
    for (unsigned i = 0; i < 4; i++) {
        store_order_free(orders[i]);
    }
}

static void officers_find_what_was_submitted(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    store_order_free(submit_order(store, "order-1", "zhang", NOW_US + 1));
    store_order_free(submit_order(store, "order-2", "li", NOW_US + 2));
    struct store_order *draft = add_order(store, "order-3");
    assert_ok(step_order(store, draft, ORDER_WITHDRAWN, "withdraw", NOW_US + 3, &error));
    store_order_free(draft);
    static const struct {
        struct store_order_search search;
        const char *found;
    } rows[] = {
        {{.mission = "nyc", .state = -1, .limit = 10}, "order-2 order-1 "},
        {{.mission = "nyc", .state = -1, .limit = 1}, "order-2 "},
        {{.mission = "nyc", .state = -1, .before_us = NOW_US + 2, .before_id = "order-2", .limit = 10}, "order-1 "},
        {{.mission = "nyc", .state = ORDER_WITHDRAWN, .limit = 10}, ""},
        {{.mission = "nyc", .state = ORDER_SUBMITTED, .name = "zhang", .limit = 10}, "order-1 "},
        {{.mission = "nyc", .state = -1, .name = "zhan", .limit = 10}, ""},
        {{.mission = "nyc", .state = -1, .number = "2026-order-2", .limit = 10}, "order-2 "},
        {{.mission = "nyc", .state = -1, .number = "2026", .limit = 10}, "order-2 order-1 "},
        {{.mission = "stockholm", .state = -1, .limit = 10}, ""},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) orders = NULL;
        g_autoptr(GString) found = g_string_new(NULL);
        assert_ok(orders = store_order_search(store, &rows[i].search, &error));
        for (guint j = 0; j < orders->len; j++) {
            g_string_append_printf(found, "%s ", ((struct store_order *)orders->pdata[j])->id);
        }
        assert_string_equal(found->str, rows[i].found);
    }
    unsigned counts[ORDER_STATES];
    assert_ok(store_order_counts(store, "nyc", counts, &error));
    assert_int_equal(counts[ORDER_SUBMITTED], 2);
    assert_int_equal(counts[ORDER_WITHDRAWN], 0);
    assert_int_equal(counts[ORDER_DRAFT], 0);
}

static void a_face_check_and_an_interview_are_made_with_the_change_or_not_at_all(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = add_order(store, "order-1");
    struct store_facecheck facecheck = sample_facecheck("check-1");
    facecheck.order_ref = order->number;
    const struct store_order_step submit = {.to = ORDER_SUBMITTED, .actor = "holder", .event = "submit"};
    const struct store_order_update first = {.steps = &submit, .count = 1, .now_us = NOW_US, .facecheck = &facecheck};
    order->facecheck = g_strdup("check-1");
    order->facecheck_due = true;
    order->submitted_us = NOW_US;
    assert_ok(store_order_update(store, order, &first, &error));
    store_order_free(order);
    order = get_order(store, "order-1");
    assert_true(order->facecheck_due);
    assert_int_equal(order->facecheck_state, FACECHECK_OPEN);
    g_autoptr(GPtrArray) early = NULL, late = NULL;
    assert_ok(early = store_order_facechecks_expired(store, NOW_US, 10, &error));
    assert_ok(late = store_order_facechecks_expired(store, INT64_MAX, 10, &error));
    assert_int_equal(early->len, 0);
    assert_int_equal(late->len, 1);

    struct store_interview interview = sample_interview("interview-2");
    interview.order_ref = order->number;
    interview.scheduled_us = 0;
    interview.state = INTERVIEW_REQUIRED;
    const struct store_party party = sample_party("party-2", "interview-2");
    const struct store_invitation invitation = {&party, "ticket-2"};
    const struct store_order_interview made = {&interview, &invitation, 1};
    const struct store_order_step step = {
        .to = ORDER_INTERVIEW_REQUIRED, .actor = "system", .event = "interview_required"};
    const struct store_order_update second = {
        .steps = &step, .count = 1, .now_us = NOW_US, .interview = &made, .seq = 100};
    order->interview = g_strdup("interview-2");
    order->version--;
    assert_fails(store_order_update(store, order, &second, &error), STORE_ERROR_CONFLICT);
    assert_fails(store_interview_get(store, "interview-2", &error), STORE_ERROR_NOT_FOUND);
    order->version++;
    assert_ok(store_order_update(store, order, &second, &error));
    assert_fails(store_order_update(store, order, &second, &error),
                 STORE_ERROR_CONFLICT); /* the event was dealt with */
    store_order_free(order);
    order = get_order(store, "order-1");
    assert_int_equal(order->interview_state, INTERVIEW_REQUIRED);
    store_order_free(order);
}

static void the_book_reads_on_from_where_it_was(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    g_autoptr(GPtrArray) events = NULL, rest = NULL;
    assert_ok(events = store_book_events(store, 10, &error));
    assert_int_equal(events->len, 1); /* the fixture's interview */
    store_order_free(add_order(store, "order-1"));
    assert_ok(store_book_pass(store, 1, &error));
    assert_ok(store_book_pass(store, 0, &error));
    assert_ok(rest = store_book_events(store, 10, &error));
    assert_int_equal(rest->len, 1);
    assert_string_equal(((struct store_event *)rest->pdata[0])->type, "order.changed");
}

static void nothing_personal_lies_open_and_erasing_takes_it_away(void **state)
{
    struct fixture *fixture = *state;
    struct store_order *order = submit_order(fixture->store, "order-1", APPLICANT_NAME, NOW_US);
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    struct store_order_material material = {.order = (char *)"order-1", .slot = (char *)"address"};
    order->tracking = g_strdup("TRACK-4711");
    order->reason = g_strdup("unreadable papers");
    assert_ok(step_order(fixture->store, order, ORDER_SUPPLEMENT_REQUIRED, "supplement", NOW_US, &error));
    assert_ok(store_order_material_put(fixture->store, &material, jpeg, &error));
    store_order_free(order);
    static const char *const personal[] = {APPLICANT_NAME, "Rue de la Paix", "TRACK-4711", "unreadable papers"};
    for (unsigned i = 0; i < G_N_ELEMENTS(personal); i++) {
        assert_nowhere(fixture->path, personal[i], strlen(personal[i]));
    }
    assert_ok(store_order_erase(fixture->store, "order-1", "officer-1", NOW_US, &error));
    assert_int_equal(count_blobs(fixture->path), 0);
    order = get_order(fixture->store, "order-1");
    assert_null(order->details);
    assert_null(order->tracking);
    assert_int_equal(order->state, ORDER_SUPPLEMENT_REQUIRED);
    store_order_free(order);
    store_order_free(submit_order(fixture->store, "order-2", APPLICANT_NAME, NOW_US)); /* not found by it any more */
}

static void numbers_are_random_and_readable(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        g_autofree char *number = store_order_number_new(NOW_US), *other = store_order_number_new(NOW_US);
        assert_true(g_regex_match_simple("^2026(-[0-9A-HJKMNP-TV-Z]{4}){3}$", number, 0, 0));
        assert_string_not_equal(number, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_holder(a_draft_comes_back_as_it_was_saved),
        test_with_holder(a_change_of_another_version_changes_nothing),
        test_with_holder(each_step_is_a_row_a_version_and_an_event),
        test_with_holder(an_applicant_has_one_open_order),
        test_with_holder(materials_that_changed_meanwhile_stop_a_submission),
        test_with_holder(the_queue_is_in_the_order_of_its_turns),
        test_with_holder(a_page_goes_on_where_an_order_stood_that_has_left),
        test_with_holder(orders_of_the_same_moment_are_paged_one_by_one),
        test_with_holder(a_day_takes_as_many_as_it_can),
        test_with_holder(officers_find_what_was_submitted),
        test_with_holder(a_face_check_and_an_interview_are_made_with_the_change_or_not_at_all),
        test_with_holder(the_book_reads_on_from_where_it_was),
        test_with_holder(nothing_personal_lies_open_and_erasing_takes_it_away),
        cmocka_unit_test(numbers_are_random_and_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
