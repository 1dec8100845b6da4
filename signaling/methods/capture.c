#include "signaling/methods/capture.h"

#include "signaling/calls_private.h"
#include "signaling/failure.h"
#include "signaling/findings.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/session.h"
#include "signaling/view.h"

#include <string.h>

#define DECODE_DEADLINE_MS 2000
#define BUSY_PAUSE_US      (20 * 1000)

/* One screenshot on its way from the camera's packets to the store. */
struct shot {
    struct service *service;
    const struct rpc_caller *caller;
    char *interview, *party; /* ids */
    enum store_role role;
    const char *kind;
    media_room_id room;
    media_peer_id peer;
};

static void shot_clear(struct shot *shot)
{
    g_free(shot->interview);
    g_free(shot->party);
}

typedef struct shot Shot; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shot, shot_clear)

/* ---- before and after, under the lock ---- */

static bool check_target(const struct turn *turn, const struct store_party *party, const struct call_party *live,
                         GError **error)
{
    if (turn->interview->state != INTERVIEW_IN_CALL) {
        const char *state = interview_state_name(turn->interview->state);
        rpc_set_error(error,
                      interview_is_over(turn->interview->state) ? RPC_ERROR_INTERVIEW_OVER : RPC_ERROR_WRONG_STATE,
                      json_pack("{s:s, s:[s]}", "state", state, "allowed", "in_call"),
                      "pictures are taken during the call only: the interview is %s", state);
    } else if (turn->self == NULL || !party->admitted) {
        rpc_set_error(error, RPC_ERROR_NOT_ADMITTED, NULL,
                      turn->self == NULL ? "only the officer who is in the call takes pictures"
                                         : "this party has not been let in yet");
    } else if (live->capturing) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "a picture of this party is being taken: wait for it");
    } else if (live->peer == 0) {
        rpc_set_error(error, RPC_ERROR_NO_VIDEO, NULL, "this party's media is not connected: wait until it is back");
    } else if (g_strcmp0(live->camera, "off") == 0 || g_strcmp0(live->camera, "none") == 0) {
        rpc_set_error(error, RPC_ERROR_NO_VIDEO, NULL, "this party's camera is off: ask to switch it on");
    } else {
        return true;
    }
    return false;
}

static bool shot_begin(struct shot *shot, const json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, shot->service, shot->caller, param_text(params, "interview_id"), error)) {
        return false;
    }
    const struct store_party *party = turn_party(&turn, param_text(params, "party_id"), error);
    if (party == NULL) {
        return false;
    }
    struct call_party *live = turn_live(&turn, party);
    if (!check_target(&turn, party, live, error)) {
        return false;
    }
    live->capturing = true;
    shot->interview = g_strdup(turn.interview->id);
    shot->party = g_strdup(party->id);
    shot->role = party->role;
    shot->kind = param_text(params, "kind");
    shot->room = turn.call->room;
    shot->peer = live->peer;
    turn_tell_call(
        &turn, 0, "capture.started",
        json_pack("{s:s, s:s, s:s}", "interview_id", shot->interview, "party_id", shot->party, "kind", shot->kind));
    return true;
}

/* `capture` is NULL when it failed. */
static void shot_end(const struct shot *shot, json_t *capture)
{
    g_auto(Turn) turn = {0};
    g_autoptr(GError) error = NULL;
    if (!turn_begin(&turn, shot->service, shot->caller, shot->interview, &error)) {
        g_warning("event=capture_end_failed interview=%s reason=\"%s\"", shot->interview, error->message);
        return;
    }
    struct call_party *live = call_find_party(turn.call, shot->party);
    if (live != NULL) {
        live->capturing = false;
    }
    turn_tell_call(
        &turn, 0, "capture.finished",
        json_pack("{s:s, s:s, s:b}", "interview_id", shot->interview, "party_id", shot->party, "ok", capture != NULL));
    if (capture != NULL) {
        turn_tell_officers(&turn, "capture.added",
                           json_pack("{s:s, s:O}", "interview_id", shot->interview, "capture", capture));
    }
}

/* ---- the picture, without it ---- */

/* Of this party's captures there is one at a time: what keeps it busy is a quiet look (same_person.h), soon over. */
static bool collect(const struct shot *shot, struct media_keyframe *keyframe, GError **error)
{
    const unsigned timeout_ms = shot->service->config->interview.capture_timeout_ms;
    const int64_t deadline_us = g_get_monotonic_time() + (int64_t)timeout_ms * 1000;
    GError *cause = NULL;
    while (!media_capture(shot->service->media, shot->peer, timeout_ms, keyframe, &cause)) {
        if (!g_error_matches(cause, MEDIA_ERROR, MEDIA_ERROR_BUSY) || g_get_monotonic_time() >= deadline_us) {
            failure_media(error, cause);
            return false;
        }
        g_clear_error(&cause);
        g_usleep(BUSY_PAUSE_US);
    }
    return true;
}

static bool decode(const struct shot *shot, const struct media_keyframe *keyframe, struct vision_picture *picture,
                   GError **error)
{
    GError *cause = NULL;
    const struct vision_keyframe encoded = {
        .codec = keyframe->codec == MEDIA_CODEC_H264 ? VISION_CODEC_H264 : VISION_CODEC_VP8,
        .payload_type = keyframe->payload_type,
        .packets = keyframe->packets,
    };
    if (!vision_decode_keyframe(shot->service->vision, &encoded, DECODE_DEADLINE_MS, picture, &cause)) {
        failure_vision(error, cause);
        return false;
    }
    return true;
}

static struct store_capture *keep(const struct shot *shot, const struct media_keyframe *keyframe,
                                  const struct vision_picture *picture, GError **error)
{
    struct store_capture *capture = g_new0(struct store_capture, 1);
    *capture = (struct store_capture){
        .id = store_id_new(),
        .interview = g_strdup(shot->interview),
        .party = g_strdup(shot->party),
        .officer = g_strdup(shot->caller->officer),
        .kind = g_strdup(shot->kind),
        .codec = g_strdup(media_codec_name(keyframe->codec)),
        .room = g_strdup_printf("%016" G_GINT64_MODIFIER "x", shot->room),
        .dtls_fingerprint = g_strdup(keyframe->fingerprint),
        .ssrc = keyframe->ssrc,
        .rtp_timestamp = keyframe->rtp_timestamp,
        .captured_us = keyframe->wall_us,
        .width = picture->width,
        .height = picture->height,
        .file_bytes = g_bytes_get_size(picture->jpeg),
    };
    memcpy(capture->frame_sha256, picture->frame_sha256, sizeof capture->frame_sha256);
    memcpy(capture->file_sha256, picture->jpeg_sha256, sizeof capture->file_sha256);
    GError *cause = NULL;
    if (!store_capture_add(shot->service->store, capture, picture->jpeg, &cause)) {
        store_capture_free(capture);
        failure_store(error, cause, "capture");
        return NULL;
    }
    return capture;
}

static json_t *capture_json(struct service *service, const struct store_capture *capture, enum store_role role,
                            GError **error)
{
    GError *cause = NULL;
    struct store_officer *officer = store_officer_get(service->store, capture->officer, &cause);
    if (officer == NULL) {
        failure_store(error, cause, "officer");
        return NULL;
    }
    json_t *view = view_capture(capture, role, officer->name);
    findings_view(service->findings, capture, view);
    store_officer_free(officer);
    return view;
}

static json_t *shoot(const struct shot *shot, GError **error)
{
    struct media_keyframe keyframe = {0};
    struct vision_picture picture = {0};
    struct store_capture *capture = NULL;
    json_t *view = NULL;
    if (collect(shot, &keyframe, error) && decode(shot, &keyframe, &picture, error) &&
        (capture = keep(shot, &keyframe, &picture, error)) != NULL) {
        view = capture_json(shot->service, capture, shot->role, error);
        g_message("event=captured interview=%s party=%s capture=%s seq=%u width=%u height=%u", shot->interview,
                  shot->party, capture->id, capture->seq, capture->width, capture->height);
    }
    g_clear_pointer(&capture, store_capture_free);
    vision_picture_clear(&picture);
    media_keyframe_clear(&keyframe);
    return view;
}

static json_t *take(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Shot) shot = {.service = service, .caller = caller};
    if (!shot_begin(&shot, params, error)) {
        return NULL;
    }
    json_t *view = shoot(&shot, error);
    shot_end(&shot, view);
    return view;
}

/* ---- looking at them ---- */

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    GError *cause = NULL;
    g_autoptr(GPtrArray) captures = store_capture_list(service->store, turn.interview->id, &cause);
    if (captures == NULL) {
        failure_store(error, cause, "captures");
        return NULL;
    }
    json_t *views = json_array();
    for (guint i = 0; i < captures->len; i++) {
        const struct store_capture *capture = g_ptr_array_index(captures, i);
        const struct store_party *party = turn_party(&turn, capture->party, error);
        json_t *view = party != NULL ? capture_json(service, capture, party->role, error) : NULL;
        if (view == NULL) {
            json_decref(views);
            return NULL;
        }
        json_array_append_new(views, view);
    }
    return json_pack("{s:o}", "captures", views);
}

/* Another mission's capture is as unknown as none. */
static struct store_capture *find_of_mission(struct service *service, const char *capture_id, const char *mission,
                                             GError **error)
{
    GError *cause = NULL;
    struct store_interview *interview = NULL;
    struct store_capture *capture = store_capture_get(service->store, capture_id, &cause);
    if (capture != NULL) {
        interview = store_interview_get(service->store, capture->interview, &cause);
    }
    if (interview == NULL) {
        failure_store(error, cause, "capture");
        g_clear_pointer(&capture, store_capture_free);
    } else if (!g_str_equal(interview->mission, mission)) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such capture");
        g_clear_pointer(&capture, store_capture_free);
    }
    store_interview_free(interview);
    return capture;
}

GBytes *capture_download(struct service *service, const char *token, const char *capture_id, GError **error)
{
    g_auto(Session) session = {0};
    if (token == NULL) {
        rpc_set_error(error, RPC_ERROR_NOT_SIGNED_IN, NULL, "an officer's session token is needed as bearer");
        return NULL;
    }
    if (!session_find(&session, service, 0, token, error)) {
        return NULL;
    }
    if (session.officer == NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "captures are for officers");
        return NULL;
    }
    struct store_capture *capture = find_of_mission(service, capture_id, session.officer->mission, error);
    if (capture == NULL) {
        return NULL;
    }
    GError *cause = NULL;
    GBytes *jpeg = store_capture_read(service->store, capture, &cause);
    if (jpeg == NULL) {
        failure_store(error, cause, "capture");
    }
    store_capture_free(capture);
    return jpeg;
}

static const char *const kinds[] = {"face", "document", "other", NULL};
static const struct rpc_param take_params[] = {
    PARAM_INTERVIEW,
    PARAM_PARTY,
    {.name = "kind", .type = RPC_STRING, .values = kinds, .summary = "What the picture shows."},
    {0},
};
static const struct rpc_param list_params[] = {PARAM_INTERVIEW, {0}};

const struct rpc_method capture_methods[] = {
    {.name = "capture.take",
     .roles = RPC_OFFICER,
     .summary = "Takes a screenshot (D-38) of a party's video at the server; answered only when it is durable.",
     .params = take_params,
     .result = "Capture",
     .call = take},
    {.name = "capture.list",
     .roles = RPC_OFFICER,
     .summary = "The interview's captures, in order.",
     .params = list_params,
     .result = "CaptureList",
     .call = list},
    {0},
};
