/* Appointments: one time, so many people; tickets that come along; interviews without a time. */
#include "tests/unit/store/fixture.h"

#define TEN_US  (NOW_US + 24 * 60 * MINUTE_US)
#define SLOT_US (20 * MINUTE_US)

/* A required interview of an order of its own, with an applicant "<id>-a" whose ticket is "<id>-ticket". */
static void require(struct store *store, const char *id, const char *order_ref)
{
    g_autofree char *applicant = g_strconcat(id, "-a", NULL), *ticket = g_strconcat(id, "-ticket", NULL);
    struct store_interview interview = sample_interview(id);
    interview.order_ref = (char *)order_ref;
    interview.state = INTERVIEW_REQUIRED;
    interview.scheduled_us = 0;
    const struct store_party party = sample_party(applicant, id);
    const struct store_invitation invitation = {&party, ticket};
    assert_ok(store_interview_require(store, &interview, &invitation, 1, &error));
}

static bool appoint(struct store *store, const char *id, int64_t at_us, unsigned capacity, GError **error)
{
    struct store_interview *interview = store_interview_get(store, id, NULL);
    interview->scheduled_us = at_us;
    interview->state = at_us != 0 ? INTERVIEW_SCHEDULED : INTERVIEW_REQUIRED;
    interview->bookings++;
    const bool ok =
        store_interview_appoint(store, interview, &(const struct store_booking){capacity, at_us + 240 * MINUTE_US},
                                "party", "book", NOW_US, error);
    store_interview_free(interview);
    return ok;
}

static bool set_state(struct store *store, const char *id, enum store_interview_state state)
{
    struct store_interview *interview = store_interview_get(store, id, NULL);
    interview->state = state;
    const bool ok = store_interview_update(store, interview, "system", "test", NOW_US, NULL);
    store_interview_free(interview);
    return ok;
}

static int64_t scheduled_us(struct store *store, const char *id)
{
    struct store_interview *interview = store_interview_get(store, id, NULL);
    const int64_t at_us = interview->scheduled_us;
    store_interview_free(interview);
    return at_us;
}

static void an_interview_is_required_with_everybody_or_not_at_all(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    struct store_interview *interview = store_interview_get(store, "a", NULL);
    assert_int_equal(interview->state, INTERVIEW_REQUIRED);
    assert_int_equal(interview->scheduled_us, 0);
    assert_int_equal(interview->bookings, 0);

    struct store_interview other = sample_interview("b");
    other.order_ref = (char *)"order-b";
    other.state = INTERVIEW_REQUIRED;
    other.scheduled_us = 0;
    const struct store_party first = sample_party("b-a", "b"), taken = sample_party("a-a", "b");
    const struct store_invitation both[] = {{&first, "t1"}, {&taken, "t2"}};
    assert_fails(store_interview_require(store, &other, both, 2, &error), STORE_ERROR_CONFLICT);
    assert_fails(store_interview_get(store, "b", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_party_get(store, "b-a", &error), STORE_ERROR_NOT_FOUND);

    other.order_ref = (char *)"order-a";
    assert_fails(store_interview_require(store, &other, both, 1, &error), STORE_ERROR_SUPERSEDED);
    assert_true(set_state(store, "a", INTERVIEW_ABORTED));
    assert_ok(store_interview_require(store, &other, both, 1, &error));
    store_interview_free(interview);
}

static void a_full_time_is_refused_and_nothing_changed(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    require(store, "b", "order-b");
    require(store, "c", "order-c");
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    static const struct {
        const char *hazard;
        int64_t at_us;
        bool free;
    } cases[] = {
        {"the same time", TEN_US, false},
        {"beginning inside", TEN_US + SLOT_US - 1, false},
        {"ending inside", TEN_US - SLOT_US + 1, false},
        {"just before", TEN_US - SLOT_US, true},
        {"just after", TEN_US + SLOT_US, true},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const int64_t before = scheduled_us(store, "b");
        if (appoint(store, "b", cases[i].at_us, 1, &error) != cases[i].free) {
            fail_msg("%s: %s", cases[i].hazard, cases[i].free ? error->message : "was given");
        }
        if (!cases[i].free) {
            assert_error(error, STORE_ERROR_TAKEN);
            assert_int_equal(scheduled_us(store, "b"), before);
        }
    }
    assert_ok(appoint(store, "c", TEN_US, 2, &error));
    assert_ok(appoint(store, "a", TEN_US, 2, &error)); /* its own place does not count against it */
}

static void a_place_is_free_again_when_the_interview_is_over_or_moved(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    require(store, "b", "order-b");
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    assert_fails(appoint(store, "b", TEN_US, 1, &error), STORE_ERROR_TAKEN);
    assert_ok(appoint(store, "a", 0, 1, &error));
    assert_ok(appoint(store, "b", TEN_US, 1, &error));
    assert_true(set_state(store, "b", INTERVIEW_MISSED));
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    assert_fails(appoint(store, "b", TEN_US, 1, &error), STORE_ERROR_TAKEN);
    assert_ok(appoint(store, "b", TEN_US + SLOT_US, 1, &error));
}

static void a_missed_interview_is_not_booked_beside_its_successor(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    assert_true(set_state(store, "a", INTERVIEW_MISSED));
    require(store, "b", "order-a");
    assert_fails(appoint(store, "a", TEN_US, 1, &error), STORE_ERROR_SUPERSEDED);
    assert_true(set_state(store, "b", INTERVIEW_ABORTED));
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
}

static void an_old_version_books_nothing(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    struct store_interview *stale = store_interview_get(store, "a", NULL);
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    stale->scheduled_us = TEN_US + SLOT_US;
    stale->state = INTERVIEW_SCHEDULED;
    assert_fails(
        store_interview_appoint(store, stale, &(const struct store_booking){1, 0}, "party", "book", NOW_US, &error),
        STORE_ERROR_CONFLICT);
    assert_int_equal(scheduled_us(store, "a"), TEN_US);
    store_interview_free(stale);
}

static void tickets_come_along_with_a_booking_and_not_with_a_move_by_others(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    const struct store_party guardian = {.id = (char *)"g",
                                         .interview = (char *)"a",
                                         .role = STORE_GUARDIAN,
                                         .name = (char *)"Li Na",
                                         .ticket_expires_us = NOW_US};
    assert_ok(store_party_add(store, &guardian, "expired-ticket", &error));
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    struct store_party *party = NULL;
    assert_ok(party = store_ticket_find(store, "a-ticket", NOW_US, &error));
    assert_int_equal(party->ticket_expires_us, TEN_US + 240 * MINUTE_US);
    store_party_free(party);
    assert_fails(store_ticket_find(store, "expired-ticket", NOW_US, &error), STORE_ERROR_RESCHEDULED);
    assert_ok(appoint(store, "a", TEN_US + SLOT_US, 1, &error));
    assert_ok(party = store_ticket_find(store, "a-ticket", NOW_US, &error));
    store_party_free(party);
    assert_ok(store_interview_reschedule(store, "a", TEN_US, "system", NOW_US, &error));
    assert_fails(store_ticket_find(store, "a-ticket", NOW_US, &error), STORE_ERROR_RESCHEDULED);
    assert_ok(appoint(store, "a", TEN_US + 2 * SLOT_US, 1, &error));
    assert_fails(store_ticket_find(store, "a-ticket", NOW_US, &error), STORE_ERROR_RESCHEDULED);
}

static void what_is_taken_and_who_waits_is_listed(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    require(store, "a", "order-a");
    require(store, "b", "order-b");
    assert_ok(appoint(store, "a", TEN_US, 1, &error));
    g_autoptr(GArray) taken = NULL, own = NULL, before = NULL;
    assert_ok(taken = store_appointment_list(store, "nyc", TEN_US + 1, TEN_US + 2, NULL, &error));
    assert_int_equal(taken->len, 1);
    assert_int_equal(g_array_index(taken, struct store_appointment, 0).to_us, TEN_US + SLOT_US);
    assert_ok(own = store_appointment_list(store, "nyc", TEN_US + 1, TEN_US + 2, "a", &error));
    assert_int_equal(own->len, 0);
    assert_ok(before = store_appointment_list(store, "nyc", TEN_US - SLOT_US, TEN_US, NULL, &error));
    assert_int_equal(before->len, 0);
    g_autoptr(GPtrArray) waiting = NULL;
    assert_ok(waiting = store_interview_unbooked(store, "nyc", 10, &error));
    assert_int_equal(waiting->len, 1);
    assert_string_equal(((struct store_interview *)g_ptr_array_index(waiting, 0))->id, "b");
}

struct racer {
    struct store *store;
    char id[8];
    bool won;
};

static void *race(void *data)
{
    struct racer *racer = data;
    g_autoptr(GError) error = NULL;
    racer->won = appoint(racer->store, racer->id, TEN_US, 3, &error);
    assert_true(racer->won || g_error_matches(error, STORE_ERROR, STORE_ERROR_TAKEN));
    return NULL;
}

static void of_many_at_once_only_as_many_as_there_are_places_win(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct racer racers[16];
    GThread *threads[G_N_ELEMENTS(racers)];
    for (unsigned i = 0; i < G_N_ELEMENTS(racers); i++) {
        racers[i] = (struct racer){.store = store};
        g_snprintf(racers[i].id, sizeof racers[i].id, "r%u", i);
        require(store, racers[i].id, racers[i].id);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(racers); i++) {
        threads[i] = g_thread_new("racer", race, &racers[i]);
    }
    unsigned won = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(racers); i++) {
        g_thread_join(threads[i]);
        won += racers[i].won;
    }
    assert_int_equal(won, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(an_interview_is_required_with_everybody_or_not_at_all),
        test_with_store(a_full_time_is_refused_and_nothing_changed),
        test_with_store(a_place_is_free_again_when_the_interview_is_over_or_moved),
        test_with_store(a_missed_interview_is_not_booked_beside_its_successor),
        test_with_store(an_old_version_books_nothing),
        test_with_store(tickets_come_along_with_a_booking_and_not_with_a_move_by_others),
        test_with_store(what_is_taken_and_who_waits_is_listed),
        test_with_store(of_many_at_once_only_as_many_as_there_are_places_win),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
