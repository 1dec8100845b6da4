/* Appointment times: by the mission's clock, across changes of clocks, none lost, none invented, none given twice. */
#include "tests/unit/signaling/clock_walk.h"

/* "2026-03-08 01:00 -0500 2026-03-08 01:20 …": when each begins. */
static char *starts(const struct policy *policy, const char *zone_name, const char *from, const char *to)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    g_autoptr(GArray) slots = slots_list(policy, zone, utc_us(from), utc_us(to));
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < slots->len; i++) {
        const int64_t at_us = g_array_index(slots, struct slot, i).from_us;
        g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_us / SECOND_US);
        g_autoptr(GDateTime) local = g_date_time_to_timezone(at, zone);
        g_autofree char *word = g_date_time_format(local, "%H:%M%z");
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", word);
    }
    return g_string_free(text, FALSE);
}

static void known_days_have_the_times_that_a_person_would_name(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *hours, *zone, *from, *to, *expected;
        unsigned length_min;
    } cases[] = {
        {"an ordinary morning", "monday=09:00-10:00\n", "Europe/Stockholm", "2026-02-02T00:00:00Z",
         "2026-02-03T00:00:00Z", "09:00+0100 09:20+0100 09:40+0100", 20},
        {"what does not fit is left out", "monday=09:00-10:15\n", "Europe/Stockholm", "2026-02-02T00:00:00Z",
         "2026-02-03T00:00:00Z", "09:00+0100 09:30+0100", 30},
        {"two spans begin anew", "monday=09:00-09:50, 13:30-14:00\n", "Europe/Stockholm", "2026-02-02T00:00:00Z",
         "2026-02-03T00:00:00Z", "09:00+0100 13:30+0100", 30},
        {"closed on a holiday", "monday=09:00-10:00\nholidays=2026-02-02\n", "Europe/Stockholm", "2026-02-02T00:00:00Z",
         "2026-02-03T00:00:00Z", "", 20},
        {"open on the day after", "tuesday=09:00-10:00\nholidays=2026-02-02\n", "Europe/Stockholm",
         "2026-02-02T00:00:00Z", "2026-02-04T00:00:00Z", "09:00+0100 09:20+0100 09:40+0100", 20},
        {"the mission's Monday, not UTC's", "monday=00:00-01:00\n", "Australia/Sydney", "2026-02-01T00:00:00Z",
         "2026-02-02T00:00:00Z", "00:00+1100 00:20+1100 00:40+1100", 20},
        {"an hour that does not exist", "sunday=01:00-04:00\n", "America/New_York", "2026-03-08T00:00:00Z",
         "2026-03-09T00:00:00Z", "01:00-0500 03:00-0400", 60},
        {"hours wholly within it", "sunday=02:00-03:00\n", "America/New_York", "2026-03-08T00:00:00Z",
         "2026-03-09T00:00:00Z", "", 20},
        {"closing within it", "sunday=01:00-02:30\n", "America/New_York", "2026-03-08T00:00:00Z",
         "2026-03-09T00:00:00Z", "01:00-0500 01:30-0500", 30},
        {"opening within it", "sunday=02:30-04:00\n", "America/New_York", "2026-03-08T00:00:00Z",
         "2026-03-09T00:00:00Z", "03:00-0400 03:30-0400", 30},
        {"an appointment over the gap", "sunday=01:30-04:00\n", "America/New_York", "2026-03-08T00:00:00Z",
         "2026-03-09T00:00:00Z", "01:30-0500", 60},
        {"an hour that exists twice", "sunday=01:00-02:00\n", "America/New_York", "2026-11-01T00:00:00Z",
         "2026-11-02T00:00:00Z", "01:00-0400 01:00-0500", 60},
        {"half of an hour that exists twice", "sunday=01:00-01:30\n", "America/New_York", "2026-11-01T00:00:00Z",
         "2026-11-02T00:00:00Z", "01:00-0400 01:00-0500", 30},
        {"two spans in it come by turns", "sunday=01:00-01:20, 01:30-01:50\n", "America/New_York",
         "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "01:00-0400 01:30-0400 01:00-0500 01:30-0500", 20},
        {"an appointment over both", "sunday=00:30-03:00\n", "America/New_York", "2026-11-01T00:00:00Z",
         "2026-11-02T00:00:00Z", "00:30-0400 01:00-0500", 90},
        {"Lord Howe's half hour", "sunday=01:30-03:00\n", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
         "2026-04-05T12:00:00Z", "01:30+1100 01:30+1030 02:00+1030 02:30+1030", 30},
        {"Santiago has no midnight", "sunday=00:00-02:00\n", "America/Santiago", "2026-09-06T00:00:00Z",
         "2026-09-07T00:00:00Z", "01:00-0300 01:30-0300", 30},
        {"Santiago's Saturday is long", "saturday=23:00-24:00\n", "America/Santiago", "2026-04-04T12:00:00Z",
         "2026-04-05T12:00:00Z", "23:00-0300 23:30-0300 23:00-0400 23:30-0400", 30},
        {"until midnight and from it", "saturday=23:00-24:00\nsunday=00:00-01:00\n", "Europe/Stockholm",
         "2026-02-06T12:00:00Z", "2026-02-08T12:00:00Z", "23:00+0100 23:30+0100 00:00+0100 00:30+0100", 30},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) all = g_string_new("[hours]\n");
        static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday"};
        for (unsigned day = 0; day < G_N_ELEMENTS(days); day++) {
            g_autofree char *key = g_strconcat(days[day], "=", NULL);
            if (strstr(cases[i].hours, key) == NULL) {
                g_string_append_printf(all, "%s\n", key);
            }
        }
        g_string_append_printf(all, "%s[appointment]\nlength_min=%u\n", cases[i].hours, cases[i].length_min);
        struct policy *policy = policy_of(all->str);
        g_autofree char *found = starts(policy, cases[i].zone, cases[i].from, cases[i].to);
        if (strcmp(found, cases[i].expected) != 0) {
            fail_msg("%s: \"%s\" instead of \"%s\"", cases[i].hazard, found, cases[i].expected);
        }
        policy_free(policy);
    }
}

/* ---- properties, with fixed seeds ---- */

#define ROUNDS 8

static void no_slot_is_lost_or_invented(void **state)
{
    (void)state;
    GRand *random = g_rand_new_with_seed(20261127);
    unsigned compared = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(walk_places) * ROUNDS; i++) {
        const char *name = walk_places[i % G_N_ELEMENTS(walk_places)].zone,
                   *around = walk_places[i % G_N_ELEMENTS(walk_places)].around;
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);
        assert_non_null(zone);
        g_autofree char *holiday = g_strndup(around, 10);
        struct policy *policy = random_policy(random, i % 3 == 0 ? holiday : "");
        const int64_t from_us = utc_us(around) - 2 * DAY_US + g_rand_int_range(random, 0, 1440) * MINUTE_US;
        const int64_t to_us = from_us + 3 * DAY_US + g_rand_int_range(random, 0, 1440) * MINUTE_US;
        g_autoptr(GArray) expected = walk(policy, zone, from_us, to_us);
        g_autoptr(GArray) slots = slots_list(policy, zone, from_us, to_us);
        assert_int_equal(slots->len, expected->len);
        for (guint j = 0; j < slots->len; j++) {
            const struct slot *slot = &g_array_index(slots, struct slot, j);
            const struct slot *right = &g_array_index(expected, struct slot, j);
            assert_int_equal(slot->from_us, right->from_us);
            assert_int_equal(slot->to_us, right->to_us);
            assert_true(slots_has(policy, zone, slot->from_us));
            assert_false(slots_has(policy, zone, slot->from_us + 1));
            assert_true(j == 0 || slot[-1].to_us <= slot->from_us);
            compared++;
        }
        policy_free(policy);
    }
    assert_true(compared > 2000);
    g_rand_free(random);
}

/* Books at random what is offered, sometimes with the lengths of an earlier policy, until nothing is. */
static void capacity_is_never_exceeded_and_always_used(void **state)
{
    (void)state;
    GRand *random = g_rand_new_with_seed(4);
    for (unsigned round = 0; round < 20; round++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(walk_places[round % G_N_ELEMENTS(walk_places)].zone);
        struct policy *policy = random_policy(random, "");
        const int64_t from_us = utc_us(walk_places[round % G_N_ELEMENTS(walk_places)].around),
                      to_us = from_us + 2 * DAY_US;
        g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(struct store_appointment));
        guint places_given = 0, places_there = 0;
        for (;;) {
            g_autoptr(GArray) slots = slots_list(policy, zone, from_us, to_us);
            places_there = slots->len * policy->appointment.capacity;
            slots_take(slots, taken);
            g_autoptr(GArray) free_ones = g_array_new(FALSE, FALSE, sizeof(struct slot));
            for (guint i = 0; i < slots->len; i++) {
                const struct slot *slot = &g_array_index(slots, struct slot, i);
                unsigned there = 0;
                for (guint j = 0; j < taken->len; j++) {
                    const struct store_appointment *other = &g_array_index(taken, struct store_appointment, j);
                    there += other->from_us < slot->to_us && other->to_us > slot->from_us;
                }
                assert_true(there <= policy->appointment.capacity);
                assert_int_equal(slot->free, policy->appointment.capacity - there);
                if (slot->free > 0) {
                    g_array_append_val(free_ones, *slot);
                }
            }
            if (free_ones->len == 0) {
                break;
            }
            const struct slot *chosen =
                &g_array_index(free_ones, struct slot, g_rand_int_range(random, 0, (gint32)free_ones->len));
            const struct store_appointment booking = {chosen->from_us, chosen->to_us};
            guint at = 0;
            while (at < taken->len && g_array_index(taken, struct store_appointment, at).from_us <= booking.from_us) {
                at++;
            }
            g_array_insert_val(taken, at, booking);
            places_given++;
        }
        assert_int_equal(places_given, places_there);
        policy_free(policy);
    }
    g_rand_free(random);
}

static void an_interview_of_another_length_counts_wherever_it_overlaps(void **state)
{
    (void)state;
    struct policy *policy = policy_of("[hours]\nmonday=09:00-11:00\n[appointment]\nlength_min=20\n");
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    const int64_t nine_us = utc_us("2026-02-02T09:00:00Z");
    const struct store_appointment longer[] = {{nine_us - 4 * HOUR_US + MINUTE_US, nine_us + MINUTE_US},
                                               {nine_us + 30 * MINUTE_US, nine_us + 75 * MINUTE_US}};
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(struct store_appointment));
    g_array_append_vals(taken, longer, G_N_ELEMENTS(longer));
    g_autoptr(GArray) slots = slots_list(policy, zone, nine_us, nine_us + DAY_US);
    slots_take(slots, taken);
    static const unsigned expected[] = {0, 0, 0, 0, 1, 1};
    assert_int_equal(slots->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_int_equal(g_array_index(slots, struct slot, i).free, expected[i]);
    }
    policy_free(policy);
}

static void too_soon_and_too_far_ahead_is_not_bookable(void **state)
{
    (void)state;
    struct policy *policy = policy_of("[appointment]\nnotice_h=2\nahead_days=10\n");
    const int64_t now_us = utc_us("2026-02-02T09:00:00Z");
    int64_t from_us = 0, to_us = INT64_MAX;
    slots_bookable(policy, now_us, &from_us, &to_us);
    assert_int_equal(from_us, now_us + 2 * HOUR_US);
    assert_int_equal(to_us, now_us + 10 * DAY_US);
    from_us = to_us = now_us;
    slots_bookable(policy, now_us, &from_us, &to_us);
    assert_true(from_us >= to_us);
    assert_true(slots_may_change(policy, now_us + 2 * HOUR_US, now_us));
    assert_false(slots_may_change(policy, now_us + 2 * HOUR_US - 1, now_us));
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days_have_the_times_that_a_person_would_name),
        cmocka_unit_test(no_slot_is_lost_or_invented),
        cmocka_unit_test(capacity_is_never_exceeded_and_always_used),
        cmocka_unit_test(an_interview_of_another_length_counts_wherever_it_overlaps),
        cmocka_unit_test(too_soon_and_too_far_ahead_is_not_bookable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
