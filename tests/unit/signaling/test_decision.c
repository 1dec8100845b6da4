/* What a try comes to, by the real thresholds and the real comparison of fields. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/decision.h"

static struct vision_pool *pool;
static double match; /* from this cosine on */

static int make_pool(void **state)
{
    (void)state;
    const struct vision_config config = {.program = VIVA_PROGRAM,
                                         .models = VIVA_MODELS,
                                         .workers = 1,
                                         .queue_max = 4,
                                         .live_max = 1,
                                         .worker_memory_mib = 2048,
                                         .picture_px_max = 1000000,
                                         .jpeg_quality = 90};
    g_autoptr(GError) error = NULL;
    pool = vision_pool_new(&config, &error);
    if (pool == NULL) {
        print_message("%s\n", error->message);
        return -1;
    }
    json_t *thresholds = vision_thresholds(pool);
    match = json_number_value(json_object_get(thresholds, "match"));
    json_decref(thresholds);
    return match > 0 && match < 1 ? 0 : -1;
}

static int free_pool(void **state)
{
    (void)state;
    vision_pool_free(pool);
    return 0;
}

/* A face whose cosine with the one of angle 0 is cos(angle). */
static const float *face(float out[VISION_EMBEDDING], double angle)
{
    memset(out, 0, VISION_EMBEDDING * sizeof *out);
    out[0] = (float)cos(angle);
    out[1] = (float)sin(angle);
    return out;
}

#define PASSED       "{\"decision\": \"pass\", \"reasons\": []}"
#define FAILED(code) "{\"decision\": \"fail\", \"reasons\": [{\"code\": \"" code "\", \"message\": \"Because\"}]}"
#define PAGE(valid)                                                                                                    \
    "{\"mrz\": {\"valid\": " valid ", \"fields\": {\"surname\": \"ERIKSSON\", \"given_names\": \"ANNA MARIA\", "       \
    "\"birth_date\": \"1974-08-12\", \"sex\": \"F\", \"document_number\": \"L898902C3\", \"issuing_state\": "          \
    "\"UTO\"}}}"
#define NOTHING       "{\"name\": null}"
#define SAME_PERSON   "{\"name\": \"Anna Maria Eriksson\", \"birth_date\": \"1974-08-12\"}"
#define ANOTHER_BIRTH "{\"birth_date\": \"1974-08-13\"}"
#define NONE          (-9.0) /* no such face */

/* Angles are in units of the largest that still matches: below 1 matches, above does not. */
struct row {
    const char *hazard;
    const char *liveness, *page_report, *identity;
    double portrait, page, live;
    const char *reasons; /* codes, comma-separated; "": passed */
};

static const struct row rows[] = {
    {"all is well", PASSED, PAGE("true"), SAME_PERSON, 0, 0.5, 0.4, ""},
    {"a page without a portrait", PASSED, PAGE("true"), SAME_PERSON, 0, NONE, 0.5, ""},
    {"an order that says nothing", PASSED, PAGE("true"), NOTHING, 0, 0.5, 0.4, ""},
    {"an order without an identity", PASSED, PAGE("true"), "null", 0, 0.5, 0.4, ""},
    {"just matching", PASSED, PAGE("true"), SAME_PERSON, 0, 0.5, 0.99, ""},
    {"just not matching", PASSED, PAGE("true"), SAME_PERSON, 0, 0.5, 1.01, "face_differs"},
    {"somebody else before the camera", PASSED, PAGE("true"), SAME_PERSON, 0, 0.1, 1.5, "face_differs,page_differs"},
    {"somebody else's page", PASSED, PAGE("true"), SAME_PERSON, 0, 1.5, 0.1, "page_differs"},
    {"somebody else's portrait", PASSED, PAGE("true"), SAME_PERSON, 1.5, 0, 0.1, "face_differs,page_differs"},
    {"portrait and page match, live and portrait match, live and page do not", PASSED, PAGE("true"), SAME_PERSON, 0,
     -0.8, 0.8, "page_differs"},
    {"the tasks were not done", FAILED("task_not_done"), PAGE("true"), SAME_PERSON, 0, 0.5, 0.4, "task_not_done"},
    {"a failure without a reason", "{\"decision\": \"fail\"}", PAGE("true"), SAME_PERSON, 0, 0.5, 0.4, "task_not_done"},
    {"no decision at all", "{}", PAGE("true"), SAME_PERSON, 0, 0.5, 0.4, "task_not_done"},
    {"nobody there", FAILED("no_face"), PAGE("true"), SAME_PERSON, 0, 0.5, NONE, "no_face"},
    {"passed without a face to compare", PASSED, PAGE("true"), SAME_PERSON, 0, 0.5, NONE, "no_face"},
    {"no face in the portrait", PASSED, PAGE("true"), SAME_PERSON, NONE, 0.5, 0.4, "face_differs"},
    {"a zone that does not hold", PASSED, PAGE("false"), SAME_PERSON, 0, 0.5, 0.4, "page_unreadable"},
    {"no page", PASSED, "null", SAME_PERSON, 0, NONE, 0.4, "page_unreadable"},
    {"another birth date", PASSED, PAGE("true"), ANOTHER_BIRTH, 0, 0.5, 0.4, "fields_differ"},
    {"everything at once", FAILED("frozen"), PAGE("false"), ANOTHER_BIRTH, 0, 1.5, -1.5 + 0.1,
     "frozen,face_differs,page_differs,page_unreadable"},
};

static const float *row_face(float out[VISION_EMBEDDING], double angle)
{
    return angle == NONE ? NULL : face(out, angle * acos(match));
}

static char *codes_of(const json_t *reasons)
{
    GString *codes = g_string_new(NULL);
    size_t index;
    json_t *reason;
    json_array_foreach(reasons, index, reason)
    {
        g_string_append_printf(codes, "%s%s", index > 0 ? "," : "", json_string_value(json_object_get(reason, "code")));
        assert_true(json_string_length(json_object_get(reason, "message")) > 0);
    }
    return g_string_free(codes, FALSE);
}

static void what_a_try_comes_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];
        float portrait[VISION_EMBEDDING], page[VISION_EMBEDDING], live[VISION_EMBEDDING];
        json_t *liveness = json_loads(row->liveness, 0, NULL);
        json_t *report = json_loads(row->page_report, JSON_DECODE_ANY, NULL);
        json_t *identity = json_loads(row->identity, JSON_DECODE_ANY, NULL);
        g_auto(Decision) decision = {0};
        const struct decision_facts facts = {.liveness = liveness,
                                             .portrait = row_face(portrait, row->portrait),
                                             .page = row_face(page, row->page),
                                             .live = row_face(live, row->live),
                                             .page_report = json_is_null(report) ? NULL : report,
                                             .identity = identity};
        print_message("%s\n", row->hazard);
        decide(pool, &facts, &decision);
        g_autofree char *codes = codes_of(decision.reasons);
        assert_string_equal(codes, row->reasons);
        assert_int_equal(decision.passed, *row->reasons == '\0');
        json_decref(liveness);
        json_decref(report);
        json_decref(identity);
    }
}

static void one_face_alone_is_compared_with_nothing(void **state)
{
    (void)state;
    float one[VISION_EMBEDDING], two[VISION_EMBEDDING];
    json_t *alone = decision_compare(pool, NULL, face(one, 0), NULL);
    json_t *both = decision_compare(pool, NULL, face(one, 0), face(two, 0));
    assert_true(json_is_null(alone));
    assert_string_equal(json_string_value(json_object_get(both, "decision")), "match");
    json_decref(alone);
    json_decref(both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_try_comes_to),
        cmocka_unit_test(one_face_alone_is_compared_with_nothing),
    };
    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
