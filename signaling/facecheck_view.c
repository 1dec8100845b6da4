#include "signaling/facecheck_view.h"

#include "signaling/applicant.h"
#include "signaling/decision.h"
#include "signaling/instant.h"
#include "signaling/view.h"

char *facecheck_try_text(json_t *reasons, json_t *hints, json_t *report)
{
    json_t *all = json_pack("{s:o, s:o, s:o}", "reasons", reasons, "hints", hints, "report", report);
    char *text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    return text;
}

/* A member that is not there (erased) is empty. New reference. */
static json_t *list_of(const json_t *stored, const char *name)
{
    json_t *list = json_object_get(stored, name);
    return json_is_array(list) ? json_incref(list) : json_array();
}

static json_t *try_view(const struct store_try *entry, enum facecheck_view view)
{
    json_t *stored = entry->report != NULL ? json_loads(entry->report, 0, NULL) : NULL;
    json_t *object = json_pack("{s:s, s:o, s:s, s:o}", "id", entry->id, "at", instant_json(entry->at_us), "decision",
                               entry->passed ? "pass" : "fail", "reasons", list_of(stored, "reasons"));
    if (view != FACECHECK_FOR_SUBMITTER) {
        json_t *report = view == FACECHECK_WHOLE ? json_object_get(stored, "report") : NULL;
        json_object_set_new(object, "counted", json_boolean(entry->counted));
        json_object_set_new(object, "hints", list_of(stored, "hints"));
        json_object_set_new(object, "report", report != NULL ? json_incref(report) : json_null());
    }
    json_decref(stored);
    return object;
}

static json_t *last_try_view(const struct facecheck_turn *turn)
{
    return turn->tries->len == 0
               ? json_null()
               : try_view(g_ptr_array_index(turn->tries, turn->tries->len - 1), FACECHECK_FOR_SUBMITTER);
}

static json_t *materials_view(const struct facecheck_turn *turn, enum facecheck_view view)
{
    json_t *object = json_object();
    for (unsigned i = 0; i < MATERIAL_KINDS; i++) {
        json_object_set_new(object, material_kind_name((enum material_kind)i),
                            material_view(turn->materials[i], view == FACECHECK_WHOLE));
    }
    return object;
}

/* ---- what officers see on top ---- */

static json_t *identity_view(const struct store_facecheck *row)
{
    struct vision_identity identity;
    json_t *stored = row->identity != NULL ? json_loads(row->identity, 0, NULL) : NULL;
    identity_read(stored, &identity);
    json_t *object =
        json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}", "name", identity.name, "document_number", identity.document_number,
                  "birth_date", identity.birth_date, "expiry_date", identity.expiry_date, "sex", identity.sex);
    json_decref(stored);
    return object;
}

static json_t *comparison_view(const struct facecheck_turn *turn)
{
    struct store_try *seen = applicant_newest_try(turn->service->store, turn->tries);
    json_t *comparison = decision_compare(turn->service->vision, material_embedding(turn->materials[MATERIAL_PORTRAIT]),
                                          material_embedding(turn->materials[MATERIAL_PAGE]),
                                          seen != NULL ? embedding_floats(seen->embedding) : NULL);
    store_try_free(seen);
    return comparison;
}

static json_t *fields_view(const struct facecheck_turn *turn)
{
    struct vision_identity identity;
    const struct store_material *page = turn->materials[MATERIAL_PAGE];
    json_t *report = page != NULL ? material_report(page) : NULL;
    if (report == NULL || turn->row->identity == NULL) {
        json_decref(report);
        return json_null();
    }
    json_t *stored = json_loads(turn->row->identity, 0, NULL);
    identity_read(stored, &identity);
    json_t *fields = vision_identity_compare(&identity, report);
    json_decref(stored);
    json_decref(report);
    return fields;
}

static void add_for_officers(json_t *object, const struct facecheck_turn *turn, enum facecheck_view view)
{
    json_t *list = json_array();
    for (guint i = 0; i < turn->tries->len; i++) {
        json_array_append_new(list, try_view(g_ptr_array_index(turn->tries, i), view));
    }
    json_object_set_new(object, "identity", identity_view(turn->row));
    json_object_set_new(object, "comparison", comparison_view(turn));
    json_object_set_new(object, "fields", fields_view(turn));
    json_object_set_new(object, "try_list", list);
}

json_t *facecheck_view(const struct facecheck_turn *turn, enum facecheck_view view, uint64_t version)
{
    const struct store_facecheck *row = turn->row;
    const struct facecheck_policy policy = facecheck_turn_policy(turn);
    const struct facecheck_facts facts = facecheck_turn_facts(turn);
    const struct facecheck_can can = facecheck_can(policy, &facts);
    json_t *object = json_pack("{s:s, s:o, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:b, s:s?}", "id", row->id, "mission",
                               view_mission(turn->mission), "order_ref", row->order_ref, "document", row->document,
                               "state", facecheck_state_name(row->state), "version", (json_int_t)version, "created_at",
                               instant_json(row->created_us), "expires_at", instant_json(row->ticket_expires_us),
                               "decided_at", instant_json(row->decided_us), "interview_required",
                               facecheck_interview_required(policy, &facts), "skip_reason", row->skip_reason);
    json_t *more =
        json_pack("{s:{s:i, s:i, s:i}, s:{s:b, s:b, s:b, s:b}, s:o, s:o}", "tries", "used", (int)row->tries, "max",
                  (int)policy.tries_max, "stop", (int)policy.tries_stop, "can", "upload", can.upload, "start",
                  can.start, "skip_tries", can.skip_tries, "skip_accessibility", can.skip_accessibility, "materials",
                  materials_view(turn, view), "last_try", last_try_view(turn));
    json_object_update_missing(object, more);
    json_decref(more);
    if (view != FACECHECK_FOR_SUBMITTER) {
        add_for_officers(object, turn, view);
    }
    return object;
}
