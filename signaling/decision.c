#include "signaling/decision.h"

json_t *decision_reason(const char *code, const char *message)
{
    return json_pack("{s:s, s:s}", "code", code, "message", message);
}

void identity_read(const json_t *object, struct vision_identity *identity)
{
    *identity = (struct vision_identity){
        .name = json_string_value(json_object_get(object, "name")),
        .document_number = json_string_value(json_object_get(object, "document_number")),
        .birth_date = json_string_value(json_object_get(object, "birth_date")),
        .expiry_date = json_string_value(json_object_get(object, "expiry_date")),
        .sex = json_string_value(json_object_get(object, "sex")),
    };
}

void decision_clear(struct decision *decision)
{
    g_clear_pointer(&decision->reasons, json_decref);
    g_clear_pointer(&decision->comparison, json_decref);
    g_clear_pointer(&decision->fields, json_decref);
}

json_t *decision_compare(const struct vision_pool *pool, const float *portrait, const float *page, const float *live)
{
    const int faces = (portrait != NULL) + (page != NULL) + (live != NULL);
    return faces >= 2 ? vision_compare_three(pool, portrait, page, live) : json_null();
}

static bool matches(const struct vision_pool *pool, const float *a, const float *b)
{
    return vision_compare(pool, a, b).decision == VISION_MATCH;
}

static void add(struct decision *decision, const char *code, const char *message)
{
    json_array_append_new(decision->reasons, decision_reason(code, message));
}

static void judge_script(const struct decision_facts *facts, struct decision *decision)
{
    size_t index;
    json_t *reason;
    if (g_strcmp0(json_string_value(json_object_get(facts->liveness, "decision")), "pass") == 0) {
        return;
    }
    json_array_foreach(json_object_get(facts->liveness, "reasons"), index, reason)
    {
        const char *code, *message;
        if (json_unpack(reason, "{s:s, s:s}", "code", &code, "message", &message) == 0) {
            add(decision, code, message);
        }
    }
    if (json_array_size(decision->reasons) == 0) {
        add(decision, "task_not_done", "The tasks were not done");
    }
}

static void judge_faces(const struct vision_pool *pool, const struct decision_facts *facts, struct decision *decision)
{
    if (facts->live == NULL) {
        if (json_array_size(decision->reasons) == 0) {
            add(decision, "no_face", "No face could be made out well enough to compare it");
        }
    } else if (facts->portrait == NULL || !matches(pool, facts->live, facts->portrait)) {
        add(decision, "face_differs", "The face in the video could not be matched with the portrait");
    }
    const bool page_differs =
        facts->page != NULL && ((facts->portrait != NULL && !matches(pool, facts->page, facts->portrait)) ||
                                (facts->live != NULL && !matches(pool, facts->page, facts->live)));
    if (page_differs) {
        add(decision, "page_differs", "The face on the data page could not be matched with the portrait and the video");
    }
}

static void judge_page(const struct decision_facts *facts, struct decision *decision)
{
    if (!json_is_true(json_object_get(json_object_get(facts->page_report, "mrz"), "valid"))) {
        add(decision, "page_unreadable", "The lines at the bottom of the data page could not be read");
    } else if (!json_is_true(json_object_get(decision->fields, "agrees"))) {
        add(decision, "fields_differ", "What the data page says differs from the order");
    }
}

void decide(const struct vision_pool *pool, const struct decision_facts *facts, struct decision *decision)
{
    struct vision_identity identity;
    identity_read(facts->identity, &identity);
    *decision = (struct decision){
        .reasons = json_array(),
        .comparison = decision_compare(pool, facts->portrait, facts->page, facts->live),
        .fields = facts->page_report != NULL ? vision_identity_compare(&identity, facts->page_report) : json_null(),
    };
    judge_script(facts, decision);
    judge_faces(pool, facts, decision);
    judge_page(facts, decision);
    decision->passed = json_array_size(decision->reasons) == 0;
}
