#include "signaling/account.h"
#include "signaling/facecheck_turn.h"
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/limit.h"
#include "signaling/live.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/ticket.h"

#define LIST_MAX     100
#define SEARCHED_MAX 1000 /* of which at most LIST_MAX are shown */

/* ---- creating ---- */

static bool check_dates(const json_t *params, GError **error)
{
    static const char *const names[] = {"birth_date", "expiry_date"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *text = param_text(params, names[i]);
        if (text != NULL && !instant_is_day(text)) {
            rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.%s is no day of the calendar as YYYY-MM-DD",
                          names[i]);
            return false;
        }
    }
    return true;
}

/* One that nobody can open any more makes way: undecided, it is for an interview (D-19). */
static bool end_expired(struct service *service, const struct rpc_caller *caller, const char *order_ref, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_auto(FacecheckTurn) turn = {0};
    struct store_facecheck *there = store_facecheck_of_order(service->store, caller->mission, order_ref, &cause);
    const bool begun = there != NULL && facecheck_turn_begin(&turn, service, caller, there->id, NULL);
    store_facecheck_free(there);
    return !begun || turn.row->state != FACECHECK_OPEN || turn.row->ticket_expires_us > turn.now_us ||
           facecheck_turn_running(&turn) != NULL ||
           facecheck_turn_apply(&turn, FACECHECK_EXPIRED, rpc_caller_id(caller), error);
}

static bool add(struct service *service, const struct store_facecheck *facecheck, const char *ticket, GError **error)
{
    GError *cause = NULL;
    if (store_facecheck_add(service->store, facecheck, ticket, &cause)) {
        return true;
    }
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        struct store_facecheck *open =
            store_facecheck_of_order(service->store, facecheck->mission, facecheck->order_ref, NULL);
        rpc_set_error(error, RPC_ERROR_CONFLICT, json_pack("{s:s*}", "facecheck_id", open != NULL ? open->id : NULL),
                      "this order has an open face check already: wait until it is decided or has expired");
        store_facecheck_free(open);
        g_error_free(cause);
    } else {
        failure_store(error, cause, "face check");
    }
    return false;
}

/* The new one as its creator sees it, with the link that is shown this once. */
static json_t *created(struct service *service, const struct rpc_caller *caller, const char *id, const char *ticket,
                       GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    if (!facecheck_turn_begin(&turn, service, caller, id, error)) {
        return NULL;
    }
    turn.changed = true;
    char *link = ticket_link(service->config, ticket);
    json_t *result = json_pack("{s:o, s:s, s:s, s:o}", "facecheck", facecheck_turn_result(&turn, caller), "ticket",
                               ticket, "link", link, "expires_at", instant_json(turn.row->ticket_expires_us));
    store_secret_free(link);
    g_message("event=facecheck_link_issued facecheck=%s by=%s", id, rpc_caller_id(caller));
    return result;
}

static json_t *create(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const char *order_ref = param_text(params, "order_ref");
    if (!check_dates(params, error) || !end_expired(service, caller, order_ref, error)) {
        return NULL;
    }
    const struct vision_identity identity = {
        .name = param_text(params, "name"),
        .document_number = param_text(params, "document_number"),
        .birth_date = param_text(params, "birth_date"),
        .expiry_date = param_text(params, "expiry_date"),
        .sex = param_text(params, "sex"),
    };
    struct store_facecheck *facecheck =
        facecheck_new(service->config, caller->mission, order_ref, param_text(params, "document"), &identity);
    char *ticket = store_secret_new();
    json_t *result =
        add(service, facecheck, ticket, error) ? created(service, caller, facecheck->id, ticket, error) : NULL;
    store_secret_free(ticket);
    store_facecheck_free(facecheck);
    return result;
}

/* For a link that was lost on its way. */
static json_t *reissue(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const char *id = param_text(params, "facecheck_id");
    char *ticket = store_secret_new();
    g_auto(FacecheckTurn) turn = {0};
    const bool issued =
        facecheck_turn_begin(&turn, service, caller, id, error) && facecheck_turn_issue(&turn, ticket, error);
    facecheck_turn_clear(&turn); /* its view is of a turn of its own */
    json_t *result = issued ? created(service, caller, id, ticket, error) : NULL;
    store_secret_free(ticket);
    return result;
}

/* ---- looking ---- */

static json_t *get(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    const char *id = param_text(params, "facecheck_id");
    if ((caller->role & RPC_MISSION) != 0 && id == NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.facecheck_id is missing; officers and services give it");
        return NULL;
    }
    return facecheck_turn_begin(&turn, service, caller, id, error) ? facecheck_turn_result(&turn, caller) : NULL;
}

/* A turn for each, so that nobody waits for the whole list. */
static bool append(json_t *views, struct service *service, const struct rpc_caller *caller, const char *id,
                   const json_t *interview_required, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    if (!facecheck_turn_begin(&turn, service, caller, id, error)) {
        return false;
    }
    const struct facecheck_facts facts = facecheck_turn_facts(&turn);
    const bool required = facecheck_interview_required(facecheck_turn_policy(&turn), &facts);
    if (interview_required == NULL || required == json_is_true(interview_required)) {
        json_array_append_new(views, facecheck_turn_view(&turn, FACECHECK_FOR_OFFICER));
    }
    return true;
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) rows =
        store_facecheck_list(service->store, caller->mission, param_text(params, "order_ref"), SEARCHED_MAX, &cause);
    if (rows == NULL) {
        failure_store(error, cause, "face checks");
        return NULL;
    }
    json_t *views = json_array();
    for (guint i = 0; i < rows->len && json_array_size(views) < LIST_MAX; i++) {
        const struct store_facecheck *row = g_ptr_array_index(rows, i);
        if (!append(views, service, caller, row->id, json_object_get(params, "interview_required"), error)) {
            json_decref(views);
            return NULL;
        }
    }
    return json_pack("{s:o}", "facechecks", views);
}

/* ---- the applicant ---- */

static json_t *start(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    struct live_started started = {0};
    int64_t retry_after_ms;
    if (!limit_start(service->limiter, caller->facecheck, g_get_monotonic_time(), &retry_after_ms)) {
        rpc_set_error(error, RPC_ERROR_RATE_LIMITED, json_pack("{s:I}", "retry_after_ms", (json_int_t)retry_after_ms),
                      "too many starts: wait %" G_GINT64_FORMAT " ms", retry_after_ms);
        return NULL;
    }
    if (!facecheck_turn_begin(&turn, service, caller, NULL, error) ||
        !live_start(&turn, caller, param_text(params, "sdp"), param_text(params, "device_label"), &started, error)) {
        return NULL;
    }
    json_t *result = json_pack("{s:s, s:s, s:i, s:i}", "sdp", started.answer_sdp, "try_id", started.try_id, "tasks",
                               (int)started.tasks, "window_ms", (int)started.window_ms);
    live_started_clear(&started);
    return result;
}

static json_t *stop(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    g_auto(FacecheckTurn) turn = {0};
    if (!facecheck_turn_begin(&turn, service, caller, NULL, error)) {
        return NULL;
    }
    live_stop(&turn);
    return json_object();
}

static json_t *skip(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    const char *reason = param_text(params, "reason");
    if (!facecheck_turn_begin(&turn, service, caller, NULL, error)) {
        return NULL;
    }
    const struct facecheck_facts facts = facecheck_turn_facts(&turn);
    const enum facecheck_event event =
        g_str_equal(reason, "tries") ? FACECHECK_SKIP_TRIES : FACECHECK_SKIP_ACCESSIBILITY;
    if (!facecheck_check_skip(facecheck_turn_policy(&turn), &facts, reason, error) ||
        !facecheck_turn_apply(&turn, event, caller->facecheck, error)) {
        return NULL;
    }
    live_stop(&turn);
    return facecheck_turn_result(&turn, caller);
}

#define TEXT_PARAM(member, bytes_max, meaning)                                                                         \
    {                                                                                                                  \
        .name = member, .type = RPC_STRING, .optional = true, .min = 1, .max = (bytes_max), .summary = (meaning)       \
    }

static const char *const documents[] = {"passport", "travel_document", NULL};
static const char *const sexes[] = {"F", "M", "X", NULL};
static const char *const skip_reasons[] = {"tries", "accessibility", NULL};
static const struct rpc_param create_params[] = {
    {.name = "order_ref", .type = RPC_STRING, .min = 1, .max = 64, .summary = "The order's number."},
    {.name = "document", .type = RPC_STRING, .values = documents, .summary = "What is applied for (D-6)."},
    TEXT_PARAM("name", 256, "The applicant's name as the order has it: Latin or Chinese, in any order."),
    TEXT_PARAM("document_number", 32, "Number of the passport whose data page is submitted."),
    TEXT_PARAM("birth_date", 10, "YYYY-MM-DD."),
    TEXT_PARAM("expiry_date", 10, "Of the passport, YYYY-MM-DD."),
    {.name = "sex", .type = RPC_STRING, .optional = true, .values = sexes, .summary = "As the passport has it."},
    {0},
};
static const struct rpc_param get_params[] = {
    TEXT_PARAM("facecheck_id", ID_LENGTH_MAX,
               "The face check; officers and services give it, a submitter has only its own."),
    {0},
};
static const struct rpc_param reissue_params[] = {
    {.name = "facecheck_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "The face check."},
    {0},
};
static const struct rpc_param list_params[] = {
    TEXT_PARAM("order_ref", 64, "Those of one order only."),
    {.name = "interview_required",
     .type = RPC_BOOLEAN,
     .optional = true,
     .summary = "Only those that need an interview, or only the others."},
    {0},
};
static const struct rpc_param start_params[] = {
    PARAM_SDP,
    TEXT_PARAM("device_label", 128, "What the browser calls the camera."),
    {0},
};
static const struct rpc_param skip_params[] = {
    {.name = "reason",
     .type = RPC_STRING,
     .values = skip_reasons,
     .summary = "After tries_max failed tries, or at any "
                "time for accessibility."},
    {0},
};

const struct rpc_method facecheck_methods[] = {
    {.name = "facecheck.create",
     .roles = RPC_MISSION,
     .scope = ACCOUNT_SCOPE_FACECHECK,
     .summary = "Makes a face check for an order (D-16), with a link for its applicant.",
     .params = create_params,
     .result = "FaceCheckCreated",
     .call = create},
    {.name = "facecheck.reissue",
     .roles = RPC_MISSION,
     .scope = ACCOUNT_SCOPE_FACECHECK,
     .summary = "Gives an open face check a new link, in the place of the one before.",
     .params = reissue_params,
     .result = "FaceCheckCreated",
     .call = reissue},
    {.name = "facecheck.get",
     .roles = RPC_MISSION | RPC_SUBMITTER,
     .scope = ACCOUNT_SCOPE_FACECHECK,
     .summary = "One face check as the caller sees it; for officers with every report.",
     .params = get_params,
     .result = "FaceCheck",
     .call = get},
    {.name = "facecheck.list",
     .roles = RPC_OFFICER,
     .summary = "The mission's face checks, newest first, at most 100, without reports.",
     .params = list_params,
     .result = "FaceCheckList",
     .call = list},
    {.name = "facecheck.start",
     .roles = RPC_SUBMITTER,
     .summary = "Starts a try: joins a room alone with the server, which draws tasks and shows one after the other.",
     .params = start_params,
     .result = "FaceCheckStarted",
     .call = start},
    {.name = "facecheck.stop",
     .roles = RPC_SUBMITTER,
     .summary = "Ends the try that runs; it does not count.",
     .result = "Empty",
     .call = stop},
    {.name = "facecheck.skip",
     .roles = RPC_SUBMITTER,
     .summary = "Skips the face check and goes on to a video interview (D-18, D-19).",
     .params = skip_params,
     .result = "FaceCheck",
     .call = skip},
    {0},
};
