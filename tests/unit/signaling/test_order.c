#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/order.h"

/* What domain.md and the issue allow, written down once more by hand: "event: from → to". Everything else is refused.
 */
static const char *const allowed[] = {
    "submit draft submitted",
    "take submitted in_review",
    "facecheck_passed submitted submitted",
    "facecheck_undecided submitted submitted",
    "facecheck_skipped submitted in_review",
    "supplement in_review supplement_required",
    "supplemented supplement_required in_review",
    "interview_required in_review interview_required",
    "interview_dropped interview_required in_review",
    "interview_dropped interview_scheduled in_review",
    "booked interview_required interview_scheduled",
    "rescheduled interview_scheduled interview_scheduled",
    "unbooked interview_scheduled interview_required",
    "unbooked interviewing interview_required",
    "missed interview_scheduled interview_required",
    "missed interviewing interview_required",
    "started interview_scheduled interviewing",
    "ended interviewing in_review",
    "aborted interviewing in_review",
    "in_person interview_required in_person_required",
    "in_person interview_scheduled in_person_required",
    "in_person interviewing in_person_required",
    "in_person_done in_person_required in_review",
    "approve in_review approved",
    "reject in_review rejected",
    "produced approved produced",
    "dispatched produced dispatched",
    "complete dispatched completed",
    "withdraw draft withdrawn",
    "withdraw submitted withdrawn",
    "withdraw in_review withdrawn",
    "assign in_review in_review",
    "assign supplement_required supplement_required",
    "assign interview_required interview_required",
    "assign interview_scheduled interview_scheduled",
    "assign interviewing interviewing",
    "assign in_person_required in_person_required",
    "assign approved approved",
    "assign produced produced",
    "assign dispatched dispatched",
};

static bool is_allowed(enum store_order_state from, enum order_event event, int to)
{
    g_autofree char *text = g_strdup_printf("%s %s %s", order_event_name(event), order_state_name(from),
                                            order_state_name((enum store_order_state)to));
    for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
        if (strcmp(allowed[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static void only_what_is_written_down_is_allowed(void **state)
{
    (void)state;
    unsigned found = 0;
    for (enum store_order_state from = 0; from < ORDER_STATES; from++) {
        for (enum order_event event = 0; event < ORDER_EVENT_COUNT; event++) {
            const int to = order_next(from, event, false);
            assert_true(to == -1 || is_allowed(from, event, to));
            found += to != -1 ? 1 : 0;
        }
    }
    assert_int_equal(found, G_N_ELEMENTS(allowed));
}

static struct store_order order_in(enum store_order_state state, const char *kind)
{
    return (struct store_order){.state = state, .kind = (char *)kind};
}

#define PASSPORT  "passport"
#define EMERGENCY "emergency_travel_document"

/* D-52. */
static void an_emergency_travel_document_is_withdrawn_as_a_draft_only(void **state)
{
    (void)state;
    for (enum store_order_state from = 0; from < ORDER_STATES; from++) {
        const struct store_order emergency = order_in(from, EMERGENCY), passport = order_in(from, PASSPORT);
        g_autoptr(GError) error = NULL;
        const bool may = order_check(&passport, ORDER_EVENT_WITHDRAW, NULL);
        assert_int_equal(order_check(&emergency, ORDER_EVENT_WITHDRAW, &error), from == ORDER_DRAFT);
        if (from != ORDER_DRAFT) {
            assert_int_equal(error->code, may ? RPC_ERROR_NOT_WITHDRAWABLE : RPC_ERROR_WRONG_STATE);
        }
        for (enum order_event event = 0; event < ORDER_EVENT_COUNT; event++) {
            if (event != ORDER_EVENT_WITHDRAW) {
                assert_int_equal(order_next(from, event, true), order_next(from, event, false));
            }
        }
    }
}

/* Each event against each state: a random walk, with its seed in the message. */
static void walk(guint32 seed, bool emergency)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    struct store_order order = order_in(ORDER_DRAFT, emergency ? EMERGENCY : PASSPORT);
    unsigned steps = 0;
    for (unsigned i = 0; i < 400; i++) {
        const enum order_event event = (enum order_event)g_rand_int_range(random, 0, ORDER_EVENT_COUNT);
        const enum store_order_state before = order.state;
        g_autoptr(GError) error = NULL;
        const int next = order_next(before, event, emergency);
        const bool may = order_check(&order, event, &error);
        if (may != (next >= 0) || order.state != before || may != (error == NULL)) {
            fail_msg("seed %u, step %u: %s from %s", seed, i, order_event_name(event), order_state_name(before));
        }
        if (!may) {
            continue;
        }
        if (order_is_over(before) || !is_allowed(before, event, next) ||
            (emergency && event == ORDER_EVENT_WITHDRAW && steps > 0)) {
            fail_msg("seed %u, step %u: %s from %s to %s", seed, i, order_event_name(event), order_state_name(before),
                     order_state_name((enum store_order_state)next));
        }
        order.state = (enum store_order_state)next;
        steps++;
    }
}

static void random_walks_keep_to_the_paths(void **state)
{
    (void)state;
    print_message("seeds 1 to 2000\n");
    for (guint32 seed = 1; seed <= 2000; seed++) {
        walk(seed, seed % 2 == 0);
    }
}

/* From everywhere there is a way to an end, and only an officer's word rejects (D-19). */
static void every_order_can_end_and_only_an_officer_rejects(void **state)
{
    (void)state;
    bool ends[ORDER_STATES] = {[ORDER_COMPLETED] = true, [ORDER_REJECTED] = true, [ORDER_WITHDRAWN] = true};
    for (unsigned round = 0; round < ORDER_STATES; round++) {
        for (enum store_order_state from = 0; from < ORDER_STATES; from++) {
            for (enum order_event event = 0; event < ORDER_EVENT_COUNT; event++) {
                const int to = order_next(from, event, true);
                ends[from] |= to >= 0 && ends[to];
                assert_true(to != ORDER_REJECTED || event == ORDER_EVENT_REJECT);
            }
        }
    }
    for (enum store_order_state from = 0; from < ORDER_STATES; from++) {
        assert_true(ends[from]);
    }
}

static void a_refusal_says_when_it_is_allowed(void **state)
{
    (void)state;
    const struct store_order order = order_in(ORDER_DRAFT, PASSPORT);
    g_autoptr(GError) error = NULL;
    assert_false(order_check(&order, ORDER_EVENT_INTERVIEW_DROPPED, &error));
    assert_int_equal(error->code, RPC_ERROR_WRONG_STATE);
    assert_non_null(strstr(error->message, "draft"));
}

static void states_are_known_by_name(void **state)
{
    (void)state;
    for (enum store_order_state each = 0; each < ORDER_STATES; each++) {
        enum store_order_state named;
        assert_true(order_state_named(order_state_name(each), &named));
        assert_int_equal(named, each);
    }
    enum store_order_state none;
    assert_false(order_state_named("lost", &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_written_down_is_allowed),
        cmocka_unit_test(an_emergency_travel_document_is_withdrawn_as_a_draft_only),
        cmocka_unit_test(random_walks_keep_to_the_paths),
        cmocka_unit_test(every_order_can_end_and_only_an_officer_rejects),
        cmocka_unit_test(a_refusal_says_when_it_is_allowed),
        cmocka_unit_test(states_are_known_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
