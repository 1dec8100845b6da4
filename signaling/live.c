#include "signaling/live_private.h"

#include "signaling/failure.h"

#include <sodium.h>
#include <string.h>

#define RING_BYTES (1024 * 1024) /* 3 s at the highest bitrate that cameras are told */

void live_started_clear(struct live_started *started)
{
    g_clear_pointer(&started->answer_sdp, g_free);
    g_clear_pointer(&started->try_id, g_free);
}

void live_try_free(struct live_try *live)
{
    if (live == NULL) {
        return;
    }
    g_clear_pointer(&live->tap, media_tap_close);
    if (live->room != 0) {
        media_room_close(live->service->media, live->room);
    }
    g_free(live->id);
    g_free(live->facecheck);
    g_free(live->session);
    g_free(live->device_label);
    g_free(live);
}

void live_try_end(struct live_try *live, enum live_end end)
{
    g_atomic_int_compare_and_exchange(&live->end, LIVE_GOES_ON, (gint)end);
}

/* ---- what is known of cameras, and what is drawn ---- */

bool live_is_virtual(const char *device_label)
{
    /* By their makers' names; a camera whose name says "virtual" needs no list. */
    static const char *const names[] = {"virtual",      "obs-camera",   "obs cam",     "manycam",   "xsplit",
                                        "snap camera",  "camtwist",     "e2esoft",     "vcam",      "sparkocam",
                                        "fakewebcam",   "splitcam",     "youcam",      "webcammax", "altercam",
                                        "v4l2loopback", "dummy video",  "fake_device", "mmhmm",     "ndi video",
                                        "chromacam",    "deepfacelive", "avatarify",   "loopback"};
    if (device_label == NULL) {
        return false;
    }
    g_autofree char *folded = g_utf8_casefold(device_label, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strstr(folded, names[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static bool is_turn(enum vision_task task)
{
    return task == VISION_TURN_LEFT || task == VISION_TURN_RIGHT;
}

static bool turns_alone(const enum vision_task *tasks, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (!is_turn(tasks[i])) {
            return false;
        }
    }
    return true;
}

/* As vision_script_draw, from some of the tasks. */
static void draw_from(const enum vision_task *allowed, unsigned allowed_count, unsigned count,
                      enum vision_task script[VISION_SCRIPT_MAX])
{
    const bool turns_will_do = turns_alone(allowed, allowed_count);
    do {
        for (unsigned i = 0; i < count; i++) {
            do {
                script[i] = allowed[randombytes_uniform(allowed_count)];
            } while (i > 0 && script[i] == script[i - 1]);
        }
    } while (!turns_will_do && turns_alone(script, count));
}

unsigned live_draw(const struct config *config, enum vision_task script[VISION_SCRIPT_MAX])
{
    enum vision_task allowed[VISION_TASKS];
    unsigned allowed_count = 0;
    for (unsigned i = 0; config->facecheck.tasks[i] != NULL && allowed_count < VISION_TASKS; i++) {
        allowed_count += vision_task_parse(config->facecheck.tasks[i], &allowed[allowed_count]);
    }
    const unsigned spread = config->facecheck.tasks_max - config->facecheck.tasks_min + 1;
    const unsigned count = config->facecheck.tasks_min + randombytes_uniform(spread);
    if (allowed_count == VISION_TASKS) {
        vision_script_draw(count, script);
    } else {
        draw_from(allowed, allowed_count, count, script);
    }
    return count;
}

/* ---- starting ---- */

static bool may_start(const struct facecheck_turn *turn, GError **error)
{
    const struct service *service = turn->service;
    const struct facecheck_facts facts = facecheck_turn_facts(turn);
    if (!facecheck_check_start(facecheck_turn_policy(turn), &facts, error)) {
        return false;
    }
    if (g_atomic_int_get(&service->draining) != 0 || facechecks_stopped(service->facechecks)) {
        rpc_set_error(error, RPC_ERROR_DRAINING, NULL, "the server is about to stop: try again soon");
        return false;
    }
    if (facecheck_turn_all_running(turn) >= service->config->vision.live_max) {
        rpc_set_error(error, RPC_ERROR_LIMIT, NULL, "too many face checks run just now: try again in a minute");
        return false;
    }
    return true;
}

static bool join(struct live_try *live, const char *sdp, char **answer_sdp, GError **error)
{
    struct media_engine *media = live->service->media;
    struct media_answer answer = {0};
    GError *cause = NULL;
    const bool joined = media_room_open(media, &live->room, &cause) &&
                        media_join(media, live->room, sdp, &answer, &cause) &&
                        (live->tap = media_tap_open(media, answer.peer, RING_BYTES, &live->source, &cause)) != NULL;
    if (joined) {
        *answer_sdp = g_steal_pointer(&answer.sdp);
    } else {
        failure_media(error, cause);
    }
    media_answer_clear(&answer);
    return joined;
}

bool live_start(struct facecheck_turn *turn, const struct rpc_caller *caller, const char *sdp, const char *device_label,
                struct live_started *started, GError **error)
{
    if (!may_start(turn, error)) {
        return false;
    }
    struct live_try *live = g_new0(struct live_try, 1);
    char *answer_sdp = NULL;
    *live = (struct live_try){
        .service = turn->service,
        .id = store_id_new(),
        .facecheck = g_strdup(turn->row->id),
        .session = g_strdup(caller->session),
        .device_label = g_strdup(device_label),
        .connection = caller->connection,
    };
    if (!join(live, sdp, &answer_sdp, error)) {
        live_try_free(live);
        return false;
    }
    live->count = live_draw(turn->service->config, live->script);
    *started = (struct live_started){
        .answer_sdp = answer_sdp,
        .try_id = g_strdup(live->id),
        .tasks = live->count,
        .window_ms = turn->service->config->facecheck.task_window_ms,
    };
    g_message("event=facecheck_start facecheck=%s try=%s", live->facecheck, live->id);
    facecheck_turn_set_running(turn, live);
    facechecks_run(turn->service->facechecks, live_session_run, live);
    return true;
}

/* ---- ending ---- */

void live_stop(struct facecheck_turn *turn)
{
    struct live_try *live = facecheck_turn_running(turn);
    if (live != NULL) {
        live_try_end(live, LIVE_STOPPED);
    }
}

static void end_of_connection(struct live_try *live, void *connection)
{
    if (live->connection == *(const uint64_t *)connection) {
        live_try_end(live, LIVE_LOST);
    }
}

void live_connection_closed(struct service *service, uint64_t connection)
{
    facechecks_each_running(service->facechecks, end_of_connection, &connection);
}

static void end_of_session(struct live_try *live, void *session)
{
    if (g_strcmp0(live->session, session) == 0) {
        live_try_end(live, LIVE_LOST);
    }
}

void live_session_ended(struct service *service, const struct rpc_caller *caller)
{
    facechecks_each_running(service->facechecks, end_of_session, (void *)caller->session);
}
