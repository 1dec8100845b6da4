#include "signaling/same_person.h"

#include "signaling/applicant.h"
#include "signaling/calls_private.h"
#include "signaling/decision.h"
#include "signaling/instant.h"

#include <string.h>

#define TICK_US            G_USEC_PER_SEC
#define CAPTURE_TIMEOUT_MS 1000
#define DECODE_DEADLINE_MS 2000
#define FACE_DEADLINE_MS   4000

/* What is known of one interview that is alive. */
struct watched {
    bool off;
    int64_t due_us; /* monotonic; 0: at once */
    char *capture;  /* the first face capture, when it was looked at */
    bool has_face;  /* in it */
    float face[VISION_EMBEDDING];
};

struct same_person {
    struct service *service;
    GThread *thread; /* NULL: it is off */
    GMutex lock;     /* after the calls' lock, never before it */
    GCond closing_changed;
    bool closing;
    GHashTable *watched; /* interview id → struct watched */
};

/* Somebody to look at, as the calls know it. */
struct target {
    char *interview, *party;
    media_peer_id peer;
};

static void target_clear(void *data)
{
    struct target *target = data;
    g_free(target->interview);
    g_free(target->party);
}

static void watched_free(void *data)
{
    struct watched *watched = data;
    g_free(watched->capture);
    g_free(watched);
}

/* Under the lock. */
static struct watched *watched_get(struct same_person *same_person, const char *interview)
{
    struct watched *watched = g_hash_table_lookup(same_person->watched, interview);
    if (watched == NULL) {
        watched = g_new0(struct watched, 1);
        g_hash_table_insert(same_person->watched, g_strdup(interview), watched);
    }
    return watched;
}

bool same_person_watch(struct same_person *same_person, const char *interview, bool enabled)
{
    const bool on = enabled && same_person->service->config->interview.same_person_s > 0;
    g_mutex_lock(&same_person->lock);
    watched_get(same_person, interview)->off = !on;
    g_mutex_unlock(&same_person->lock);
    return on;
}

/* ---- who is there ---- */

static bool can_be_seen(const struct call_party *party)
{
    return party->role == STORE_APPLICANT && party->peer != 0 && party->state == MEDIA_PEER_CONNECTED &&
           !party->capturing && g_strcmp0(party->camera, "off") != 0 && g_strcmp0(party->camera, "none") != 0;
}

static void find_in(const struct call *call, GArray *targets)
{
    for (guint i = 0; call->state == INTERVIEW_IN_CALL && i < call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(call->parties, i);
        if (can_be_seen(party)) {
            const struct target target = {g_strdup(call->id), g_strdup(party->id), party->peer};
            g_array_append_val(targets, target);
        }
    }
}

/* All applicants in a call, and forgets the interviews that are not alive any more. */
static GArray *find_targets(struct same_person *same_person)
{
    struct calls *calls = same_person->service->calls;
    GArray *targets = g_array_new(FALSE, FALSE, sizeof(struct target));
    GHashTableIter iter;
    void *key, *value;
    g_array_set_clear_func(targets, target_clear);
    g_mutex_lock(&calls->lock);
    g_hash_table_iter_init(&iter, calls->by_interview);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        find_in(value, targets);
    }
    g_mutex_lock(&same_person->lock);
    g_hash_table_iter_init(&iter, same_person->watched);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        if (!g_hash_table_contains(calls->by_interview, key)) {
            g_hash_table_iter_remove(&iter);
        }
    }
    g_mutex_unlock(&same_person->lock);
    g_mutex_unlock(&calls->lock);
    return targets;
}

/* ---- with whom to compare ---- */

static bool look_at(struct service *service, GBytes *jpeg, struct vision_face *face, GError **error)
{
    const struct vision_input input = {.bytes = jpeg, .priority = VISION_SUBMISSION, .deadline_ms = FACE_DEADLINE_MS};
    return vision_face(service->vision, &input, face, error);
}

static const struct store_capture *first_face(const GPtrArray *captures, const char *party)
{
    for (guint i = 0; i < captures->len; i++) {
        const struct store_capture *capture = g_ptr_array_index(captures, i);
        if (g_str_equal(capture->kind, "face") && g_str_equal(capture->party, party)) {
            return capture;
        }
    }
    return NULL;
}

/* Looks at the first face capture once, and remembers what came of it. */
static bool reference_of_capture(struct same_person *same_person, const struct target *target, float *reference)
{
    struct service *service = same_person->service;
    g_autoptr(GPtrArray) captures = store_capture_list(service->store, target->interview, NULL);
    const struct store_capture *capture = captures != NULL ? first_face(captures, target->party) : NULL;
    if (capture == NULL) {
        return false;
    }
    g_mutex_lock(&same_person->lock);
    const struct watched *known = watched_get(same_person, target->interview);
    const bool looked = g_strcmp0(known->capture, capture->id) == 0;
    const bool has_face = looked && known->has_face;
    if (has_face) {
        memcpy(reference, known->face, sizeof known->face);
    }
    g_mutex_unlock(&same_person->lock);
    if (looked) {
        return has_face;
    }
    struct vision_face face = {0};
    g_autoptr(GError) error = NULL;
    GBytes *jpeg = store_capture_read(service->store, capture, NULL);
    const bool found = jpeg != NULL && look_at(service, jpeg, &face, &error);
    g_clear_pointer(&jpeg, g_bytes_unref);
    if (found || vision_error_is_input(error)) {
        g_mutex_lock(&same_person->lock);
        struct watched *watched = watched_get(same_person, target->interview);
        g_free(watched->capture);
        watched->capture = g_strdup(capture->id);
        watched->has_face = found;
        memcpy(watched->face, face.embedding, sizeof watched->face);
        g_mutex_unlock(&same_person->lock);
    }
    memcpy(reference, face.embedding, sizeof face.embedding);
    vision_face_clear(&face);
    return found;
}

/* False: there is nobody to compare with. */
static bool find_reference(struct same_person *same_person, const struct target *target,
                           const struct store_interview *interview, float *reference)
{
    g_auto(Applicant) applicant = {0};
    if (!applicant_load(&applicant, same_person->service->store, interview->mission, interview->order_ref, NULL)) {
        return false;
    }
    const float *known =
        applicant_portrait(&applicant) != NULL ? applicant_portrait(&applicant) : applicant_page(&applicant);
    if (known != NULL) {
        memcpy(reference, known, VISION_EMBEDDING * sizeof *reference);
        return true;
    }
    return reference_of_capture(same_person, target, reference);
}

/* ---- one look ---- */

static bool see(struct service *service, media_peer_id peer, struct vision_picture *picture, GError **error)
{
    struct media_keyframe keyframe = {0};
    if (!media_capture(service->media, peer, CAPTURE_TIMEOUT_MS, &keyframe, error)) {
        return false;
    }
    const struct vision_keyframe encoded = {
        .codec = keyframe.codec == MEDIA_CODEC_H264 ? VISION_CODEC_H264 : VISION_CODEC_VP8,
        .payload_type = keyframe.payload_type,
        .packets = keyframe.packets,
    };
    const bool seen = vision_decode_keyframe(service->vision, &encoded, DECODE_DEADLINE_MS, picture, error);
    media_keyframe_clear(&keyframe);
    return seen;
}

/* NULL: nothing worth telling. */
static json_t *reason_of(const GError *error)
{
    if (vision_error_is_input(error)) {
        return decision_reason(vision_error_code((enum vision_error)error->code), error->message);
    }
    if (g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO) ||
        g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_NO_KEYFRAME)) {
        return decision_reason("no_video", "No picture came from the applicant's camera");
    }
    return NULL;
}

/* A face that cannot be made out well is no ground for a doubt about who it is. */
static json_t *why_not_usable(const json_t *report)
{
    const json_t *quality = json_object_get(report, "quality");
    json_t *first = json_array_get(json_object_get(quality, "reasons"), 0);
    if (json_is_true(json_object_get(quality, "usable"))) {
        return NULL;
    }
    return first != NULL ? json_incref(first) : decision_reason("no_face", "The face cannot be made out well");
}

/* Takes `reason`. */
static void tell(struct service *service, const struct target *target, const char *mission, const char *decision,
                 json_t *score, json_t *reason)
{
    g_autofree char *text = rpc_notification(
        "interview.same_person", json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "interview_id", target->interview,
                                           "party_id", target->party, "at", instant_json(g_get_real_time()), "decision",
                                           decision, "score", score, "reason", reason != NULL ? reason : json_null()));
    hub_send_officers(service->hub, mission, text);
}

static void compare(struct service *service, const struct target *target, const char *mission,
                    const struct vision_face *face, const float *reference)
{
    json_t *poor = why_not_usable(face->report);
    const struct vision_comparison comparison = vision_compare(service->vision, reference, face->embedding);
    if (poor != NULL && comparison.decision != VISION_MATCH) {
        tell(service, target, mission, "unknown", json_real(comparison.score), poor);
    } else {
        json_decref(poor);
        tell(service, target, mission, vision_decision_name(comparison.decision), json_real(comparison.score), NULL);
    }
}

static void check(struct same_person *same_person, const struct target *target)
{
    struct service *service = same_person->service;
    float reference[VISION_EMBEDDING];
    struct vision_picture picture = {0};
    struct vision_face face = {0};
    g_autoptr(GError) error = NULL;
    struct store_interview *interview = store_interview_get(service->store, target->interview, NULL);
    if (interview != NULL && find_reference(same_person, target, interview, reference)) {
        json_t *reason = NULL;
        if (see(service, target->peer, &picture, &error) && look_at(service, picture.jpeg, &face, &error)) {
            compare(service, target, interview->mission, &face, reference);
        } else if ((reason = reason_of(error)) != NULL) {
            tell(service, target, interview->mission, "unknown", json_null(), reason);
        }
    }
    vision_face_clear(&face);
    vision_picture_clear(&picture);
    store_interview_free(interview);
}

/* ---- the thread ---- */

static bool vision_is_busy(const struct same_person *same_person)
{
    struct vision_pool_stats stats;
    vision_pool_stats(same_person->service->vision, &stats);
    return stats.waiting > 0 || stats.busy >= stats.workers;
}

/* Whether it is its time; then the next one is a period from now. */
static bool take_turn(struct same_person *same_person, const char *interview)
{
    const int64_t now_us = g_get_monotonic_time();
    const int64_t period_us = (int64_t)same_person->service->config->interview.same_person_s * G_USEC_PER_SEC;
    g_mutex_lock(&same_person->lock);
    struct watched *watched = watched_get(same_person, interview);
    const bool due = !same_person->closing && !watched->off && watched->due_us <= now_us;
    if (due) {
        watched->due_us = now_us + period_us;
    }
    g_mutex_unlock(&same_person->lock);
    return due;
}

static void tick(struct same_person *same_person)
{
    g_autoptr(GArray) targets = find_targets(same_person);
    for (guint i = 0; i < targets->len && !vision_is_busy(same_person); i++) {
        const struct target *target = &g_array_index(targets, struct target, i);
        if (take_turn(same_person, target->interview)) {
            check(same_person, target);
        }
    }
}

static void *run(void *data)
{
    struct same_person *same_person = data;
    bool closing = false;
    while (!closing) {
        tick(same_person);
        const int64_t next_us = g_get_monotonic_time() + TICK_US;
        g_mutex_lock(&same_person->lock);
        while (!same_person->closing && g_cond_wait_until(&same_person->closing_changed, &same_person->lock, next_us)) {
        }
        closing = same_person->closing;
        g_mutex_unlock(&same_person->lock);
    }
    return NULL;
}

struct same_person *same_person_new(struct service *service)
{
    struct same_person *same_person = g_new0(struct same_person, 1);
    same_person->service = service;
    same_person->watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, watched_free);
    g_mutex_init(&same_person->lock);
    g_cond_init(&same_person->closing_changed);
    if (service->config->interview.same_person_s > 0) {
        same_person->thread = g_thread_new("same_person", run, same_person);
    }
    return same_person;
}

void same_person_free(struct same_person *same_person)
{
    if (same_person == NULL) {
        return;
    }
    if (same_person->thread != NULL) {
        g_mutex_lock(&same_person->lock);
        same_person->closing = true;
        g_cond_signal(&same_person->closing_changed);
        g_mutex_unlock(&same_person->lock);
        g_thread_join(same_person->thread);
    }
    g_hash_table_unref(same_person->watched);
    g_cond_clear(&same_person->closing_changed);
    g_mutex_clear(&same_person->lock);
    g_free(same_person);
}
