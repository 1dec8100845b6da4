#include "tests/unit/store/disk.h"

static bool make(struct store *store, const char *id, const char *order_ref, GError **error)
{
    g_autofree char *applicant = g_strconcat(id, "-a", NULL), *guardian = g_strconcat(id, "-g", NULL);
    g_autofree char *first = g_strconcat(id, "-ticket-a", NULL), *second = g_strconcat(id, "-ticket-g", NULL);
    struct store_interview interview = sample_interview(id);
    interview.order_ref = (char *)order_ref;
    struct store_party parties[] = {sample_party(applicant, id), sample_party(guardian, id)};
    parties[1].role = STORE_GUARDIAN;
    const struct store_invitation invitations[] = {{&parties[0], first}, {&parties[1], second}};
    return store_interview_require(store, &interview, invitations, G_N_ELEMENTS(invitations), error);
}

static void an_interview_is_made_with_its_parties_and_their_tickets(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(make(store, "new", "2026-NYC-000777", &error));
    g_autoptr(GPtrArray) parties = NULL;
    assert_ok(parties = store_party_list(store, "new", &error));
    assert_int_equal(parties->len, 2);
    struct store_party *guardian;
    assert_ok(guardian = store_ticket_find(store, "new-ticket-g", NOW_US, &error));
    assert_string_equal(guardian->id, "new-g");
    assert_string_equal(guardian->name, APPLICANT_NAME);
    store_party_free(guardian);
    struct store_interview *interview;
    assert_ok(interview = store_interview_of_order(store, "nyc", "2026-NYC-000777", &error));
    assert_string_equal(interview->id, "new");
    store_interview_free(interview);
}

/* The second party's id is taken: neither interview, first party nor event may stay. */
static void what_fails_half_way_leaves_nothing(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_party taken = sample_party("new-g", "interview-1");
    g_autoptr(GPtrArray) before = NULL, after = NULL;
    assert_ok(store_party_add(store, &taken, NULL, &error));
    assert_ok(before = store_event_list(store, "nyc", 0, 100, &error));
    assert_fails(make(store, "new", "2026-NYC-000777", &error), STORE_ERROR_CONFLICT);
    assert_fails(store_interview_get(store, "new", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_party_get(store, "new-a", &error), STORE_ERROR_NOT_FOUND);
    assert_ok(after = store_event_list(store, "nyc", 0, 100, &error));
    assert_int_equal(before->len, after->len);
}

static void an_order_has_one_interview_that_is_not_over(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_interview first = sample_interview("interview-1");
    assert_fails(make(store, "new", first.order_ref, &error), STORE_ERROR_SUPERSEDED);
    first.state = INTERVIEW_MISSED;
    assert_ok(store_interview_update(store, &first, "system", "no_show", NOW_US, &error));
    assert_fails(store_interview_of_order(store, "nyc", first.order_ref, &error), STORE_ERROR_NOT_FOUND);
    assert_ok(make(store, "new", first.order_ref, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(an_interview_is_made_with_its_parties_and_their_tickets),
        test_with_store(what_fails_half_way_leaves_nothing),
        test_with_store(an_order_has_one_interview_that_is_not_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
