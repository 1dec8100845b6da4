/* bench_orders: what officers and holders wait for at the server when the built-in book holds many orders: requests
 * dispatched as connections' are, without the network. Prints a line of JSON for each. */
#include <stdio.h>
#include <time.h>

#include "signaling/template.h"
#include "tests/unit/signaling/book_fixture.h"

#define ORDERS     10000
#define HOLDERS    500
#define LOYAL      200 /* orders of the first holder, a travel agency; the others have 20 */
#define INTERVIEWS 400 /* of this week, and as many that are not booked */
#define OFFICERS   3
#define CALLS      201

static const struct {
    enum store_order_state state;
    unsigned percent;
} mix[] = {{ORDER_SUBMITTED, 45}, {ORDER_IN_REVIEW, 15}, {ORDER_SUPPLEMENT_REQUIRED, 5}, {ORDER_INTERVIEW_REQUIRED, 5},
           {ORDER_APPROVED, 5},   {ORDER_PRODUCED, 3},   {ORDER_DISPATCHED, 2},          {ORDER_COMPLETED, 15},
           {ORDER_REJECTED, 3},   {ORDER_WITHDRAWN, 2}};

static enum store_order_state state_of(unsigned i)
{
    unsigned at = i % 100;
    for (size_t j = 0; j < G_N_ELEMENTS(mix); j++) {
        if (at < mix[j].percent) {
            return mix[j].state;
        }
        at -= mix[j].percent;
    }
    return ORDER_SUBMITTED;
}

static char *details_of(unsigned i)
{
    return g_strdup_printf(
        "{\"relation\":\"self\",\"applicant_name\":\"张%u\",\"applicant_name_latin\":\"Zhang %u\","
        "\"birth_date\":\"1990-01-02\",\"sex\":\"F\",\"region\":\"SE-AB\",\"address\":\"Storgatan %u, "
        "111 22 Stockholm\",\"phone\":\"+46 8 123456\",\"document_number\":\"E12345678\"}",
        i, i, i);
}

static void must(bool ok, GError *error)
{
    if (!ok) {
        fprintf(stderr, "bench_orders: %s\n", error != NULL ? error->message : "failed");
        exit(1);
    }
}

static void add_interview(struct store *store, const char *id, const char *number, bool booked, unsigned i)
{
    GError *error = NULL;
    g_autofree char *party = g_strconcat(id, "-a", NULL), *ticket = g_strconcat(id, "-t", NULL);
    const struct store_interview interview = {.id = (char *)id,
                                              .mission = (char *)"here",
                                              .order_ref = (char *)number,
                                              .document = (char *)"passport",
                                              .state = booked ? INTERVIEW_SCHEDULED : INTERVIEW_REQUIRED,
                                              .scheduled_us =
                                                  booked ? g_get_real_time() + (int64_t)(i % 400) * 10 * MINUTE_US : 0,
                                              .length_min = 20,
                                              .version = 1};
    const struct store_party applicant = {.id = party,
                                          .interview = (char *)id,
                                          .role = STORE_APPLICANT,
                                          .name = (char *)"Zhang",
                                          .ticket_expires_us = INT64_MAX};
    must(store_interview_add(store, &interview, &error) && store_party_add(store, &applicant, ticket, &error), error);
}

static void add_order(struct fixture *fixture, unsigned i, const char *holder)
{
    struct store *store = fixture->service.store;
    GError *error = NULL;
    const int64_t now_us = g_get_real_time() - (int64_t)(ORDERS - i) * MINUTE_US;
    g_autofree char *id = store_id_new(), *number = store_order_number_new(now_us), *details = details_of(i);
    const struct store_order order = {.id = id,
                                      .number = number,
                                      .account = (char *)holder,
                                      .mission = (char *)"here",
                                      .kind = (char *)"passport",
                                      .issue = (char *)"replacement",
                                      .condition = (char *)"lost",
                                      .details = details,
                                      .created_us = now_us,
                                      .version = 1};
    must(store_order_add(store, &order, NULL, &error), error);
    struct store_order *row = store_order_get(store, id, &error);
    g_autofree char *name = g_strdup_printf("张%u", i), *latin = g_strdup_printf("zhang%u", i);
    const struct store_order_names names = {name, name, latin};
    must(row != NULL && store_order_save(store, row, &names, &error), error);
    const enum store_order_state state = state_of(i);
    const struct store_order_step steps[] = {
        {ORDER_SUBMITTED, holder, "submit", NULL, "submitted", "{}"},
        {ORDER_IN_REVIEW, "here", "take", NULL, "taken_in", "{}"},
        {state, "here", "approve", NULL, "approved", "{}"},
    };
    const struct store_order_update update = {.steps = steps,
                                              .count = state == ORDER_SUBMITTED   ? 1
                                                       : state == ORDER_IN_REVIEW ? 2
                                                                                  : 3,
                                              .now_us = now_us};
    row->submitted_us = now_us;
    row->own_district = i % 3 != 0;
    row->facecheck_due = false;
    row->officer = state != ORDER_SUBMITTED ? g_strdup(i % 2 == 0 ? "here" : "colleague") : NULL;
    must(store_order_update(store, row, &update, &error), error);
    store_order_free(row);
}

/* ---- measuring ---- */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Calls that are measured; `params` makes the n-th one's. */
struct subject {
    const char *what, *method;
    const struct rpc_caller *caller;
    json_t *(*params)(unsigned n);
};

/* The length of the answer, which must be a result. */
static size_t call(struct fixture *fixture, const struct subject *subject, const char *text)
{
    bool malformed;
    g_autofree char *reply =
        rpc_dispatch(&viva_methods, &fixture->service, subject->caller, text, strlen(text), &malformed);
    must(strstr(reply, "\"error\"") == NULL, NULL);
    return strlen(reply);
}

static void measure(struct fixture *fixture, const struct subject *subject)
{
    double ms[CALLS], cpu[CALLS];
    size_t bytes = 0;
    for (unsigned n = 0; n < CALLS; n++) {
        json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", 1, "method", subject->method,
                                    "params", subject->params(n));
        g_autofree char *text = json_dumps(request, 0);
        json_decref(request);
        const int64_t from_us = g_get_monotonic_time();
        const double cpu_from_ms = cpu_ms();
        const size_t length = call(fixture, subject, text);
        cpu[n] = cpu_ms() - cpu_from_ms;
        ms[n] = (double)(g_get_monotonic_time() - from_us) / 1000;
        bytes = MAX(bytes, length);
    }
    qsort(ms, CALLS, sizeof *ms, compare);
    qsort(cpu, CALLS, sizeof *cpu, compare);
    printf("{\"bench\": \"orders\", \"orders\": %d, \"what\": \"%s\", \"calls\": %d, ", ORDERS, subject->what, CALLS);
    printf("\"p50_ms\": %.3f, \"p95_ms\": %.3f, \"max_ms\": %.3f, ", ms[CALLS / 2], ms[CALLS * 95 / 100],
           ms[CALLS - 1]);
    printf("\"cpu_p50_ms\": %.3f, \"cpu_p95_ms\": %.3f, \"kib\": %.0f}\n", cpu[CALLS / 2], cpu[CALLS * 95 / 100],
           (double)bytes / 1024);
    fflush(stdout);
}

static json_t *nothing(unsigned n)
{
    (void)n;
    return json_object();
}

static json_t *some_list(unsigned n)
{
    static const char *const states[] = {"submitted", "in_review", "completed", "approved", "rejected"};
    json_t *params = json_pack("{s:i}", "limit", 50);
    if (n % 3 == 0) {
        json_object_set_new(params, "state", json_string(states[n % G_N_ELEMENTS(states)]));
    }
    return params;
}

static json_t *some_search(unsigned n)
{
    return n % 2 == 0 ? json_pack("{s:o}", "search", json_sprintf("张%u", n * 71))
                      : json_pack("{s:s}", "search", "2026-K");
}

/* Anywhere in the list: as many places as there are calls. */
static json_t *some_page(unsigned n)
{
    const int64_t at_us = g_get_real_time() - (int64_t)(ORDERS - n * (ORDERS / CALLS)) * MINUTE_US;
    return json_pack("{s:s, s:o}", "list", "waiting", "after",
                     json_sprintf("%u.%" G_GINT64_FORMAT ".none", n % 2, at_us));
}

static json_t *week(unsigned n)
{
    (void)n;
    return json_pack("{s:s}", "view", "week");
}

/* ---- the book ---- */

static void fill(struct fixture *fixture)
{
    struct store *store = fixture->service.store;
    const struct store_officer colleague = {.id = (char *)"colleague",
                                            .mission = (char *)"here",
                                            .login = (char *)"colleague",
                                            .name = (char *)"Lin Tao",
                                            .password_hash = (char *)"none"};
    GError *error = NULL;
    must(store_officer_add(store, &colleague, &error), error);
    static const char *holders[HOLDERS];
    for (unsigned i = 0; i < HOLDERS; i++) {
        g_autofree char *contact = g_strdup_printf("holder%u@example.org", i);
        holders[i] = book_holder(fixture, contact, NULL).holder;
    }
    for (unsigned i = 0; i < ORDERS; i++) {
        add_order(fixture, i, i < LOYAL ? holders[0] : holders[1 + i % (HOLDERS - 1)]);
    }
    for (unsigned i = 0; i < 2 * INTERVIEWS; i++) {
        g_autofree char *id = store_id_new(), *number = g_strdup_printf("2026-%u", i);
        add_interview(store, id, number, i % 2 == 0, i);
    }
    book_catch_up(fixture->service.book); /* with the news of all this, which would be measured too */
}

int main(void)
{
    struct fixture *fixture = book_fixture_new();
    GError *error = NULL;
    struct templates *templates = templates_load(VIVA_MESSAGES, NULL, &error);
    must(templates != NULL, error);
    fixture->service.templates = templates;
    fill(fixture);
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    const struct rpc_caller loyal = book_holder(fixture, "holder0@example.org", NULL);
    const struct rpc_caller usual = book_holder(fixture, "holder1@example.org", NULL);
    const struct subject subjects[] = {
        {"review.queue", "review.queue", &officer, nothing},
        {"review.more", "review.more", &officer, some_page},
        {"review.list", "review.list", &officer, some_list},
        {"review.list, searching", "review.list", &officer, some_search},
        {"schedule.calendar, a week", "schedule.calendar", &officer, week},
        {"order.list of 20", "order.list", &usual, nothing},
        {"order.list of 200", "order.list", &loyal, nothing},
        {"message.list", "message.list", &usual, nothing},
        {"message.list of a holder of 200", "message.list", &loyal, nothing},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
        measure(fixture, &subjects[i]);
    }
    book_fixture_free(fixture);
    templates_free(templates);
    return 0;
}
