/* Random bookings, moves, cancellations and no-shows against a real store, around changes of clocks in both
 * hemispheres: no time is given twice, none is lost, none is invented, whatever the order. Seeds are fixed. What should
 * happen is said by a model that shares no code with the schedule: a list of appointments, and times found by
 * clock_walk.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/schedule.h"
#include "tests/unit/signaling/service_fixture.h"

#include "tests/unit/signaling/clock_walk.h"

#define APPLICANTS 14
#define STEPS      120
#define DAYS       2 /* that are fought over */

/* What is known of one applicant's interview. */
struct model {
    char *id;
    enum store_interview_state state; /* required, scheduled, missed or ended */
    int64_t from_us, to_us;           /* when scheduled */
    unsigned bookings;
};

struct world {
    struct fixture *fixture;
    GRand *random;
    GTimeZone *zone;
    struct store_mission *mission;
    struct policy *policy;
    GArray *times; /* of struct slot: all there are, free or not */
    int64_t from_us, to_us, now_us;
    struct model models[APPLICANTS];
    unsigned given, refused;
};

static unsigned taken_beside(const struct world *world, const struct model *except, int64_t from_us, int64_t to_us)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < APPLICANTS; i++) {
        const struct model *model = &world->models[i];
        taken +=
            model != except && model->state == INTERVIEW_SCHEDULED && model->from_us < to_us && model->to_us > from_us;
    }
    return taken;
}

static bool is_a_time(const struct world *world, int64_t at_us)
{
    for (guint i = 0; i < world->times->len; i++) {
        if (g_array_index(world->times, struct slot, i).from_us == at_us) {
            return true;
        }
    }
    return false;
}

/* ---- what is done ---- */

static bool change(const struct world *world, const struct model *model, struct interview_change what, GError **error)
{
    struct store *store = world->fixture->service.store;
    struct store_interview *interview = store_interview_get(store, model->id, NULL);
    const struct schedule schedule = {&world->fixture->service, world->mission, world->policy, world->zone};
    const bool books = what.event == EVENT_BOOK || what.event == EVENT_MOVE;
    what.now_us = world->now_us;
    bool ok = interview_check(interview, what.event, error) &&
              (!books || schedule_check_booking(&schedule, interview, what.scheduled_us, world->now_us, error)) &&
              interview_apply(interview, &what, error);
    if (ok) {
        const struct store_booking booking = {what.capacity, world->to_us};
        const char *event = interview_event_name(what.event);
        ok = interview_appoints(what.event)
                 ? store_interview_appoint(store, interview, &booking, "test", event, world->now_us, error)
                 : store_interview_update(store, interview, "test", event, world->now_us, error);
    }
    store_interview_free(interview);
    return ok;
}

/* A time that there is, or sometimes one that there is not. */
static int64_t any_time(const struct world *world)
{
    if (world->times->len == 0 || g_rand_int_range(world->random, 0, 8) == 0) {
        return world->from_us + g_rand_int_range(world->random, 0, DAYS * 1440) * MINUTE_US;
    }
    const guint i = (guint)g_rand_int_range(world->random, 0, (gint32)world->times->len);
    return g_array_index(world->times, struct slot, i).from_us;
}

static void try_to_book(struct world *world, struct model *model)
{
    const int64_t at_us = any_time(world), length_us = world->policy->appointment.length_min * MINUTE_US;
    const bool moves = model->state == INTERVIEW_SCHEDULED;
    const unsigned capacity = world->policy->appointment.capacity;
    const bool may = (moves || model->state == INTERVIEW_REQUIRED || model->state == INTERVIEW_MISSED) &&
                     model->bookings <= world->policy->appointment.reschedulings && is_a_time(world, at_us) &&
                     !(moves && model->from_us == at_us) &&
                     taken_beside(world, model, at_us, at_us + length_us) < capacity;
    const struct interview_change what = {.event = moves ? EVENT_MOVE : EVENT_BOOK,
                                          .scheduled_us = at_us,
                                          .length_min = world->policy->appointment.length_min,
                                          .capacity = capacity};
    g_autoptr(GError) error = NULL;
    const bool done = change(world, model, what, &error);
    if (done != may) {
        fail_msg("a booking was %s", done ? "given that is nobody's to have" : error->message);
    }
    if (done) {
        *model = (struct model){model->id, INTERVIEW_SCHEDULED, at_us, at_us + length_us, model->bookings + 1};
        world->given++;
    } else {
        world->refused++;
    }
}

static void try_event(struct world *world, struct model *model, enum interview_event event,
                      enum store_interview_state next)
{
    const bool may = interview_next(model->state, event) >= 0;
    const struct interview_change what = {.event = event, .reason = "test"};
    g_autoptr(GError) error = NULL;
    if (change(world, model, what, &error) != may) {
        fail_msg("%s in %s", interview_event_name(event), interview_state_name(model->state));
    }
    if (may) {
        model->state = next;
    }
}

static void step(struct world *world)
{
    struct model *model = &world->models[g_rand_int_range(world->random, 0, APPLICANTS)];
    switch (g_rand_int_range(world->random, 0, 12)) {
    case 0:
        try_event(world, model, EVENT_UNBOOK, INTERVIEW_REQUIRED);
        break;
    case 1:
        try_event(world, model, EVENT_NO_SHOW, INTERVIEW_MISSED);
        break;
    case 2:
        if (g_rand_int_range(world->random, 0, 6) == 0) {
            try_event(world, model, EVENT_IN_PERSON, INTERVIEW_ENDED);
        }
        break;
    default:
        try_to_book(world, model);
    }
}

/* ---- what must hold ---- */

/* Every time that there is, with as many places as are left, and no other. */
static void check_slots(const struct world *world)
{
    const struct schedule schedule = {&world->fixture->service, world->mission, world->policy, world->zone};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) slots = schedule_slots(&schedule, world->from_us, world->to_us, NULL, &error);
    assert_non_null(slots);
    assert_int_equal(slots->len, world->times->len);
    for (guint i = 0; i < slots->len; i++) {
        const struct slot *slot = &g_array_index(slots, struct slot, i);
        const struct slot *time = &g_array_index(world->times, struct slot, i);
        const unsigned taken = taken_beside(world, NULL, time->from_us, time->to_us);
        const unsigned capacity = world->policy->appointment.capacity;
        assert_int_equal(slot->from_us, time->from_us);
        assert_int_equal(slot->free, taken < capacity ? capacity - taken : 0);
    }
}

/* The store has the model's appointments, each once. */
static void check_store(const struct world *world)
{
    struct store *store = world->fixture->service.store;
    unsigned scheduled = 0;
    for (unsigned i = 0; i < APPLICANTS; i++) {
        const struct model *model = &world->models[i];
        struct store_interview *interview = store_interview_get(store, model->id, NULL);
        assert_int_equal(interview->state, model->state);
        assert_int_equal(interview->bookings, model->bookings);
        if (model->state == INTERVIEW_SCHEDULED) {
            assert_int_equal(interview->scheduled_us, model->from_us);
            assert_int_equal(interview->scheduled_us + interview->length_min * MINUTE_US, model->to_us);
            scheduled++;
        }
        store_interview_free(interview);
    }
    g_autoptr(GArray) there = store_appointment_list(store, "here", 0, INT64_MAX / 2, NULL, NULL);
    assert_int_equal(there->len, scheduled);
}

/* ---- worlds ---- */

static void decide_policy(struct world *world)
{
    g_clear_pointer(&world->policy, policy_free);
    g_clear_pointer(&world->times, g_array_unref);
    world->policy = random_policy(world->random, "");
    world->policy->appointment.reschedulings = (unsigned)g_rand_int_range(world->random, 2, 12);
    world->policy->appointment.capacity = MIN(world->policy->appointment.capacity, 2); /* so that it is fought over */
    world->policy->appointment.length_min = MAX(world->policy->appointment.length_min, 30);
    world->times = walk(world->policy, world->zone, world->from_us, world->to_us);
}

static void begin(struct world *world, unsigned place, guint32 seed)
{
    *world = (struct world){.fixture = fixture_new(), .random = g_rand_new_with_seed(seed)};
    struct store *store = world->fixture->service.store;
    world->zone = g_time_zone_new_identifier(walk_places[place].zone);
    assert_non_null(world->zone);
    world->mission = store_mission_get(store, "here", NULL);
    g_free(world->mission->time_zone);
    world->mission->time_zone = g_strdup(walk_places[place].zone);
    assert_true(store_mission_save(store, world->mission, NULL));
    world->from_us = utc_us(walk_places[place].around) - DAY_US;
    world->to_us = world->from_us + DAYS * DAY_US;
    world->now_us = world->from_us - 3 * DAY_US;
    decide_policy(world);
    for (unsigned i = 0; i < APPLICANTS; i++) {
        struct model *model = &world->models[i];
        *model = (struct model){.id = store_id_new(), .state = INTERVIEW_REQUIRED};
        const struct store_interview interview = {.id = model->id,
                                                  .mission = (char *)"here",
                                                  .order_ref = model->id,
                                                  .document = (char *)"passport",
                                                  .length_min = 20,
                                                  .state = INTERVIEW_REQUIRED,
                                                  .version = 1};
        assert_true(store_interview_add(store, &interview, NULL));
    }
}

static void end(struct world *world)
{
    for (unsigned i = 0; i < APPLICANTS; i++) {
        g_free(world->models[i].id);
    }
    g_array_unref(world->times);
    policy_free(world->policy);
    store_mission_free(world->mission);
    g_time_zone_unref(world->zone);
    g_rand_free(world->random);
    fixture_free(world->fixture);
}

static void no_time_is_given_twice_lost_or_invented_in_any_order(void **state)
{
    (void)state;
    unsigned given = 0, refused = 0;
    for (unsigned place = 0; place < G_N_ELEMENTS(walk_places); place++) {
        struct world world;
        begin(&world, place, 2026 + place);
        for (unsigned i = 1; i <= STEPS; i++) {
            step(&world);
            if (i % 10 == 0) {
                check_slots(&world);
                check_store(&world);
            }
            if (i == STEPS / 2) { /* the mission decides anew; what is booked stays booked, as long as it was */
                decide_policy(&world);
                check_slots(&world);
            }
        }
        given += world.given;
        refused += world.refused;
        end(&world);
    }
    assert_true(given > 100 && refused > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_time_is_given_twice_lost_or_invented_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
