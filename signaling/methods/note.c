#include "signaling/failure.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/turn.h"
#include "signaling/view.h"

#define TEXT_MAX 4000 /* characters */

static json_t *note_json(struct service *service, const struct store_note *note, GError **error)
{
    GError *cause = NULL;
    struct store_officer *officer = store_officer_get(service->store, note->officer, &cause);
    if (officer == NULL) {
        failure_store(error, cause, "officer");
        return NULL;
    }
    json_t *view = view_note(note, officer->name);
    store_officer_free(officer);
    return view;
}

static json_t *add(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    const char *text = param_text(params, "text");
    if (g_utf8_strlen(text, -1) > TEXT_MAX) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "text is too long: a note has at most %d characters",
                      TEXT_MAX);
        return NULL;
    }
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    struct store_note *note = g_new0(struct store_note, 1);
    *note = (struct store_note){
        .id = store_id_new(),
        .interview = g_strdup(turn.interview->id),
        .officer = g_strdup(caller->officer),
        .at_us = turn.now_us,
        .text = g_strdup(text),
    };
    GError *cause = NULL;
    json_t *view = NULL;
    if (!store_note_add(service->store, note, &cause)) {
        failure_store(error, cause, "note");
    } else if ((view = note_json(service, note, error)) != NULL) {
        turn_tell_officers(&turn, "note.added", json_pack("{s:s, s:O}", "interview_id", note->interview, "note", view));
    }
    store_note_free(note);
    return view;
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    GError *cause = NULL;
    g_autoptr(GPtrArray) notes = store_note_list(service->store, turn.interview->id, &cause);
    if (notes == NULL) {
        failure_store(error, cause, "notes");
        return NULL;
    }
    json_t *views = json_array();
    for (guint i = 0; i < notes->len; i++) {
        json_t *view = note_json(service, g_ptr_array_index(notes, i), error);
        if (view == NULL) {
            json_decref(views);
            return NULL;
        }
        json_array_append_new(views, view);
    }
    return json_pack("{s:o}", "notes", views);
}

static const struct rpc_param add_params[] = {
    PARAM_INTERVIEW,
    {.name = "text", .type = RPC_STRING, .min = 1, .max = 4 * TEXT_MAX, .summary = "1 to 4000 characters."},
    {0},
};
static const struct rpc_param list_params[] = {PARAM_INTERVIEW, {0}};

const struct rpc_method note_methods[] = {
    {.name = "note.add",
     .roles = RPC_OFFICER,
     .summary = "Writes a note down; it cannot be changed afterwards.",
     .params = add_params,
     .result = "Note",
     .call = add},
    {.name = "note.list",
     .roles = RPC_OFFICER,
     .summary = "The interview's notes, oldest first.",
     .params = list_params,
     .result = "NoteList",
     .call = list},
    {0},
};
