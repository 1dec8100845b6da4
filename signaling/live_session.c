/* A try from its first packet to its being stored. Everything here is one thread's; what it shares (the face check) it
 * touches in turns. */
#include "signaling/live_private.h"

#include "signaling/decision.h"
#include "signaling/facecheck_view.h"

#include <math.h>
#include <string.h>

#define READ_MS          40
#define BATCH_US         (30 * 1000) /* packets are handed over about this often: each in a job would cost more */
#define OPEN_WAIT_US     (8 * G_USEC_PER_SEC)
#define OPEN_PAUSE_US    (100 * 1000)
#define PUSH_DEADLINE_MS 3000
#define BEST_DEADLINE_MS 4000
#define FIRST_PACKET_US  (25 * G_USEC_PER_SEC) /* for the media to connect */
#define SILENCE_US       (8 * G_USEC_PER_SEC)
#define WINDOW_SPARE_US  (3 * G_USEC_PER_SEC) /* a sender may run its stream's clock slowly: ours ends windows too */
#define PROGRESS_STEP    0.1
#define HASHES_MAX       2048
#define REPEATED_MIN     2 /* frames */

struct session {
    struct live_try *live;
    struct service *service;
    struct vision_live *stream;
    struct vision_challenge *challenge;
    GPtrArray *packets;                                   /* of GBytes */
    GArray *frames;                                       /* of struct vision_frame */
    GHashTable *hashes;                                   /* hex of SHA-256, of frames with a face */
    int64_t started_us, packet_us, pushed_us, looking_us; /* monotonic; 0: not yet */
    int64_t shown_us;                                     /* when the present task was */
    unsigned shown;                                       /* its number, from 1; 0: none yet */
    unsigned frames_seen;
    uint64_t dropped;
    double told_progress;
};

/* ---- telling ---- */

static const char *state_name(enum vision_challenge_state state)
{
    switch (state) {
    case VISION_CHALLENGE_LOOK:
        return "look";
    case VISION_CHALLENGE_TASK:
        return "task";
    case VISION_CHALLENGE_PASSED:
    case VISION_CHALLENGE_FAILED:
        return "done";
    }
    g_assert_not_reached();
}

static void tell(struct session *session, const struct vision_challenge_view *view)
{
    const bool task = view->state == VISION_CHALLENGE_TASK;
    json_t *params = json_pack("{s:s, s:s, s:i, s:i, s:s?, s:f, s:I, s:s?}", "try_id", session->live->id, "state",
                               state_name(view->state), "index", (int)view->index, "count", (int)view->count, "task",
                               task ? vision_task_name(view->task) : NULL, "progress", CLAMP(view->progress, 0.0, 1.0),
                               "remaining_ms", (json_int_t)MAX(view->remaining_us, 0) / 1000, "hint", view->hint);
    session->told_progress = view->progress;
    hub_send(session->service->hub, session->live->connection, rpc_notification("facecheck.prompt", params));
}

/* ---- frames ---- */

static bool is_over(const struct vision_challenge_view *view)
{
    return view->state == VISION_CHALLENGE_PASSED || view->state == VISION_CHALLENGE_FAILED;
}

/* Of frames with a face alone: black ones are alike everywhere. */
static void remember(struct session *session, const struct vision_frame *frame)
{
    if (frame->has_face && g_hash_table_size(session->hashes) < HASHES_MAX) {
        g_hash_table_add(session->hashes,
                         g_compute_checksum_for_data(G_CHECKSUM_SHA256, frame->scene, sizeof frame->scene));
    }
}

static void judge(struct session *session, const struct vision_frame *frame)
{
    struct vision_challenge_view view;
    remember(session, frame);
    session->frames_seen++;
    const bool changed = vision_challenge_frame(session->challenge, frame);
    vision_challenge_view(session->challenge, &view);
    if (view.state == VISION_CHALLENGE_TASK && session->shown != view.index + 1) {
        session->shown = view.index + 1;
        session->shown_us = g_get_monotonic_time();
    }
    if (changed || session->frames_seen == 1 || fabs(view.progress - session->told_progress) >= PROGRESS_STEP) {
        tell(session, &view);
    }
}

static enum live_end watch(struct session *session)
{
    g_autoptr(GError) error = NULL;
    g_array_set_size(session->frames, 0);
    session->pushed_us = g_get_monotonic_time();
    if (!vision_live_push(session->stream, session->packets, PUSH_DEADLINE_MS, session->frames, &error)) {
        const bool gone = g_error_matches(error, VISION_ERROR, VISION_ERROR_LIVE_GONE);
        if (g_error_matches(error, VISION_ERROR, VISION_ERROR_BUSY) || (vision_error_is_input(error) && !gone)) {
            media_tap_refresh(session->live->tap); /* these are lost: go on from the next keyframe */
            return LIVE_GOES_ON;
        }
        g_warning("event=facecheck_worker_lost facecheck=%s try=%s reason=%s", session->live->facecheck,
                  session->live->id, vision_error_code((enum vision_error)error->code));
        return LIVE_BROKEN;
    }
    for (guint i = 0; i < session->frames->len; i++) {
        struct vision_challenge_view view;
        judge(session, &g_array_index(session->frames, struct vision_frame, i));
        vision_challenge_view(session->challenge, &view);
        if (is_over(&view)) {
            return LIVE_JUDGED;
        }
    }
    return LIVE_GOES_ON;
}

/* ---- packets ---- */

static enum live_end check_time(const struct session *session)
{
    const struct config *config = session->service->config;
    const int64_t now_us = g_get_monotonic_time();
    if (session->packet_us == 0) {
        return now_us - session->started_us > FIRST_PACKET_US ? LIVE_SILENT : LIVE_GOES_ON;
    }
    if (now_us - session->packet_us > SILENCE_US) {
        return LIVE_LOST;
    }
    if (session->shown == 0) {
        const bool late = now_us - session->looking_us > (int64_t)config->facecheck.look_s * G_USEC_PER_SEC;
        return !late ? LIVE_GOES_ON : session->frames_seen > 0 ? LIVE_JUDGED : LIVE_SILENT;
    }
    return now_us - session->shown_us > (int64_t)config->facecheck.task_window_ms * 1000 + WINDOW_SPARE_US
               ? LIVE_JUDGED
               : LIVE_GOES_ON;
}

static enum live_end asked_for(const struct session *session)
{
    return (enum live_end)g_atomic_int_get(&session->live->end);
}

/* Reads until a batch is together. */
static enum live_end collect(struct session *session)
{
    enum media_tap_state state;
    enum live_end end;
    g_ptr_array_set_size(session->packets, 0);
    do {
        state = media_tap_read(session->live->tap, READ_MS, session->packets, &session->dropped);
        end = asked_for(session);
    } while (state == MEDIA_TAP_OPEN && end == LIVE_GOES_ON && session->packets->len > 0 &&
             g_get_monotonic_time() - session->pushed_us < BATCH_US);
    if (session->packets->len > 0) {
        session->packet_us = g_get_monotonic_time();
        session->looking_us = session->looking_us != 0 ? session->looking_us : session->packet_us;
    } else if (end == LIVE_GOES_ON && state == MEDIA_TAP_ENDED) {
        return session->packet_us != 0 ? LIVE_LOST : LIVE_SILENT;
    }
    return end;
}

/* A worker may just be replaced: the camera takes a while to connect anyway. */
static struct vision_live *open_stream(const struct session *session, GError **error)
{
    const struct live_try *live = session->live;
    const enum vision_codec codec = live->source.codec == MEDIA_CODEC_H264 ? VISION_CODEC_H264 : VISION_CODEC_VP8;
    const int64_t deadline_us = session->started_us + OPEN_WAIT_US;
    for (;;) {
        GError *cause = NULL;
        struct vision_live *stream =
            vision_live_open(session->service->vision, codec, live->source.payload_type, &cause);
        if (stream != NULL) {
            return stream;
        }
        if (asked_for(session) != LIVE_GOES_ON || g_get_monotonic_time() > deadline_us) {
            g_propagate_error(error, cause);
            return NULL;
        }
        g_error_free(cause);
        g_usleep(OPEN_PAUSE_US);
    }
}

static enum live_end run(struct session *session)
{
    const struct live_try *live = session->live;
    g_autoptr(GError) error = NULL;
    session->stream = open_stream(session, &error);
    if (session->stream == NULL && asked_for(session) != LIVE_GOES_ON) {
        return asked_for(session);
    }
    if (session->stream == NULL) {
        g_warning("event=facecheck_not_watched facecheck=%s try=%s reason=%s", live->facecheck, live->id,
                  vision_error_code((enum vision_error)error->code));
        return LIVE_BROKEN;
    }
    enum live_end end = LIVE_GOES_ON;
    while (end == LIVE_GOES_ON) {
        end = collect(session);
        if (end == LIVE_GOES_ON && session->packets->len > 0) {
            end = watch(session);
        }
        if (end == LIVE_GOES_ON) {
            end = check_time(session);
        }
    }
    return end;
}

/* ---- what it came to ---- */

struct outcome {
    enum live_end end;
    bool passed, counted;
    json_t *reasons, *hints, *report;
    GBytes *frame, *embedding;
};

static void outcome_clear(struct outcome *outcome)
{
    json_decref(outcome->reasons);
    json_decref(outcome->hints);
    json_decref(outcome->report);
    g_clear_pointer(&outcome->frame, g_bytes_unref);
    g_clear_pointer(&outcome->embedding, g_bytes_unref);
}

static json_t *reason_of_end(enum live_end end)
{
    switch (end) {
    case LIVE_LOST:
        return decision_reason("peer_gone", "The connection to the camera was lost");
    case LIVE_SILENT:
        return decision_reason("no_video", "No video arrived from the camera");
    case LIVE_BROKEN:
        return decision_reason("worker_lost", "The server could not go on watching; this try does not count");
    case LIVE_DRAINED:
        return decision_reason("draining", "The server is about to stop; this try does not count");
    case LIVE_STOPPED:
        return decision_reason("stopped", "The try was stopped; it does not count");
    case LIVE_GOES_ON:
    case LIVE_JUDGED:
        break;
    }
    return NULL;
}

static void take_best(struct session *session, struct outcome *outcome)
{
    struct vision_picture picture = {0};
    float embedding[VISION_EMBEDDING];
    if (session->stream != NULL && session->frames_seen > 0 &&
        vision_live_best(session->stream, BEST_DEADLINE_MS, &picture, embedding, NULL)) {
        outcome->frame = g_bytes_ref(picture.jpeg);
        outcome->embedding = g_bytes_new(embedding, sizeof embedding);
    }
    vision_picture_clear(&picture);
}

/* How many of the frames earlier tries already had: a camera never sends the same picture twice. */
static bool is_repeated(struct session *session)
{
    const unsigned count = g_hash_table_size(session->hashes);
    g_autofree uint8_t(*hashes)[32] = g_malloc0_n(MAX(count, 1), sizeof *hashes);
    GHashTableIter iter;
    void *hex;
    unsigned i = 0, repeated = 0;
    g_autoptr(GError) error = NULL;
    g_hash_table_iter_init(&iter, session->hashes);
    for (; g_hash_table_iter_next(&iter, &hex, NULL); i++) {
        for (unsigned byte = 0; byte < 32; byte++) {
            const char *digits = (const char *)hex + (size_t)2 * byte;
            hashes[i][byte] = (uint8_t)(g_ascii_xdigit_value(digits[0]) << 4 | g_ascii_xdigit_value(digits[1]));
        }
    }
    if (count > 0 && !store_try_frames(session->service->store, session->live->facecheck, session->live->id,
                                       (const uint8_t(*)[32])hashes, count, &repeated, &error)) {
        g_warning("event=frames_not_kept facecheck=%s reason=\"%s\"", session->live->facecheck, error->message);
    }
    return repeated >= REPEATED_MIN;
}

static json_t *collect_hints(struct session *session, const json_t *liveness)
{
    json_t *own = json_object_get(liveness, "hints");
    json_t *hints = json_is_array(own) ? json_copy(own) : json_array();
    if (live_is_virtual(session->live->device_label)) {
        json_array_append_new(hints,
                              decision_reason("virtual_camera", "The camera's name is that of a virtual camera"));
    }
    if (is_repeated(session)) {
        json_array_append_new(hints,
                              decision_reason("repeated_frames", "Frames are the very same as in an earlier try"));
    }
    return hints;
}

static json_t *script_json(const struct live_try *live)
{
    json_t *script = json_array();
    for (unsigned i = 0; i < live->count; i++) {
        json_array_append_new(script, json_string(vision_task_name(live->script[i])));
    }
    return script;
}

/* Compares and decides, with what the face check has of pictures and order. */
static void decide_outcome(const struct session *session, const struct facecheck_turn *turn, struct outcome *outcome)
{
    g_auto(Decision) decision = {0};
    const struct store_material *page = turn->materials[MATERIAL_PAGE];
    json_t *page_report = page != NULL ? material_report(page) : NULL;
    json_t *identity = turn->row->identity != NULL ? json_loads(turn->row->identity, 0, NULL) : NULL;
    const struct decision_facts facts = {
        .liveness = outcome->report,
        .portrait = material_embedding(turn->materials[MATERIAL_PORTRAIT]),
        .page = material_embedding(page),
        .live = outcome->embedding != NULL ? g_bytes_get_data(outcome->embedding, NULL) : NULL,
        .page_report = page_report,
        .identity = identity,
    };
    decide(session->service->vision, &facts, &decision);
    json_t *ended = reason_of_end(outcome->end);
    outcome->passed = decision.passed && ended == NULL;
    outcome->counted = outcome->end == LIVE_JUDGED || (outcome->end == LIVE_LOST && session->shown > 0);
    outcome->reasons = outcome->counted ? json_incref(decision.reasons) : json_array();
    if (ended != NULL) {
        json_array_insert_new(outcome->reasons, 0, ended);
    }
    json_object_set(outcome->report, "comparison", decision.comparison);
    json_object_set(outcome->report, "fields", decision.fields);
    json_decref(page_report);
    json_decref(identity);
}

/* Durable before anybody is told of it. */
static bool store_outcome(const struct session *session, struct facecheck_turn *turn, struct outcome *outcome)
{
    const struct live_try *live = session->live;
    g_autofree char *text =
        facecheck_try_text(json_incref(outcome->reasons), json_incref(outcome->hints), json_incref(outcome->report));
    const struct store_try entry = {
        .id = live->id,
        .facecheck = live->facecheck,
        .at_us = turn->now_us,
        .passed = outcome->passed,
        .counted = outcome->counted,
        .report = text,
        .frame = outcome->frame,
        .embedding = outcome->embedding,
    };
    g_autoptr(GError) error = NULL;
    bool ok = session->frames_seen == 0 || store_try_add(session->service->store, &entry, &error);
    ok = ok && facecheck_turn_reload(turn, &error);
    if (ok && outcome->counted) {
        ok = facecheck_turn_apply(turn, outcome->passed ? FACECHECK_TRY_PASSED : FACECHECK_TRY_FAILED, live->facecheck,
                                  &error);
    }
    if (!ok) {
        g_warning("event=facecheck_try_lost facecheck=%s try=%s reason=\"%s\"", live->facecheck, live->id,
                  error->message);
    }
    return ok;
}

/* "face_differs,nod…": codes are no personal data. */
static char *codes_of(const json_t *reasons)
{
    GString *codes = g_string_new(NULL);
    size_t index;
    json_t *reason;
    json_array_foreach(reasons, index, reason)
    {
        g_string_append_printf(codes, "%s%s", index > 0 ? "," : "", json_string_value(json_object_get(reason, "code")));
    }
    return g_string_free(codes, FALSE);
}

static void tell_result(const struct session *session, const struct facecheck_turn *turn, const struct outcome *outcome)
{
    const char *decision = outcome->passed ? "pass" : "fail";
    g_autofree char *codes = codes_of(outcome->reasons);
    g_message("event=facecheck_try facecheck=%s try=%s decision=%s counted=%s reasons=%s", session->live->facecheck,
              session->live->id, decision, outcome->counted ? "yes" : "no", codes);
    g_autofree char *text =
        rpc_notification("facecheck.result",
                         json_pack("{s:s, s:s, s:O, s:o}", "try_id", session->live->id, "decision", decision, "reasons",
                                   outcome->reasons, "facecheck", facecheck_turn_view(turn, FACECHECK_FOR_SUBMITTER)));
    hub_send_facecheck(session->service->hub, session->live->facecheck, text);
}

static void conclude(struct session *session, struct outcome *outcome)
{
    g_auto(FacecheckTurn) turn = {0};
    g_autoptr(GError) error = NULL;
    if (!facecheck_turn_begin_system(&turn, session->service, session->live->facecheck, &error)) {
        g_warning("event=facecheck_try_lost facecheck=%s try=%s reason=\"%s\"", session->live->facecheck,
                  session->live->id, error->message);
        facecheck_turn_end_running(&turn, session->live->facecheck);
        return;
    }
    decide_outcome(session, &turn, outcome);
    /* Skipped while it ran, for one: then it changes nothing any more. */
    outcome->counted = outcome->counted && turn.row->state == FACECHECK_OPEN;
    outcome->passed = outcome->passed && outcome->counted;
    if (!store_outcome(session, &turn, outcome)) {
        outcome->passed = outcome->counted = false;
        json_array_insert_new(
            outcome->reasons, 0,
            decision_reason("storage_failed", "The server could not store the try; it does not count"));
    }
    facecheck_turn_end_running(&turn, session->live->facecheck);
    if (turn.tries != NULL && outcome->end != LIVE_STOPPED) {
        tell_result(session, &turn, outcome);
    }
}

/* ---- the thread ---- */

static void session_open_challenge(struct session *session)
{
    struct vision_challenge_config config = vision_challenge_defaults(session->service->vision);
    config.task_window_ms = session->service->config->facecheck.task_window_ms;
    session->challenge = vision_challenge_new(&config, session->live->script, session->live->count, true);
}

static void finish(struct session *session, enum live_end end)
{
    struct outcome outcome = {.end = end};
    vision_challenge_end(session->challenge);
    outcome.report = vision_challenge_report(session->challenge);
    if (end == LIVE_JUDGED || end == LIVE_LOST) {
        take_best(session, &outcome);
    }
    g_clear_pointer(&session->stream, vision_live_close);
    g_clear_pointer(&session->live->tap, media_tap_close);
    media_room_close(session->service->media, session->live->room);
    session->live->room = 0;
    outcome.hints = collect_hints(session, outcome.report);
    json_object_set_new(outcome.report, "script", script_json(session->live));
    json_object_set_new(outcome.report, "device_label",
                        session->live->device_label != NULL ? json_string(session->live->device_label) : json_null());
    json_object_set_new(outcome.report, "packets_dropped", json_integer((json_int_t)session->dropped));
    conclude(session, &outcome);
    outcome_clear(&outcome);
}

void live_session_run(void *live_try)
{
    struct live_try *live = live_try;
    struct session session = {
        .live = live,
        .service = live->service,
        .packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref),
        .frames = g_array_new(FALSE, FALSE, sizeof(struct vision_frame)),
        .hashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .started_us = g_get_monotonic_time(),
    };
    session_open_challenge(&session);
    finish(&session, run(&session));
    vision_challenge_free(session.challenge);
    g_hash_table_unref(session.hashes);
    g_array_unref(session.frames);
    g_ptr_array_unref(session.packets);
    live_try_free(live);
}
