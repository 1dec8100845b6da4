/* The script of an interview: what the mission wants to be asked, taken and looked at, and what was. */
#include "signaling/conduct.h"
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/policy.h"

#define ANSWER_MAX 2000 /* characters */

/* ---- the script as it stands ---- */

static json_t *text_json(const char *en, const char *zh_hans, const char *zh_hant)
{
    return json_pack("{s:s, s:s, s:s}", "en", en, "zh_hans", zh_hans, "zh_hant", zh_hant);
}

static json_t *done_json(const struct store_script_answer *answer)
{
    return json_pack("{s:o, s:s, s:s?}", "at", instant_json(answer->at_us), "officer_name", answer->officer_name,
                     "answer", answer->answer);
}

/* What is done is shown as it was worded then. */
static json_t *item_json(const struct script_item *item, const struct store_script_answer *answer)
{
    json_t *view = json_pack("{s:s, s:s, s:s?, s:b}", "id", item->id, "kind", item->kind, "capture", item->capture,
                             "required", item->required);
    json_object_set_new(view, "text",
                        answer != NULL ? text_json(answer->en, answer->zh_hans, answer->zh_hant)
                                       : text_json(item->en, item->zh_hans, item->zh_hant));
    json_object_set_new(view, "done", answer != NULL ? done_json(answer) : json_null());
    return view;
}

/* An item that was done and is not in the script any more. */
static json_t *former_json(const struct store_script_answer *answer)
{
    return json_pack("{s:s, s:s, s:n, s:b, s:o, s:o}", "id", answer->item, "kind", answer->kind, "capture", "required",
                     false, "text", text_json(answer->en, answer->zh_hans, answer->zh_hant), "done", done_json(answer));
}

static const struct store_script_answer *find_answer(const GPtrArray *answers, const char *item)
{
    for (guint i = 0; i < answers->len; i++) {
        const struct store_script_answer *answer = g_ptr_array_index(answers, i);
        if (g_str_equal(answer->item, item)) {
            return answer;
        }
    }
    return NULL;
}

static const struct script *script_of(const struct turn *turn)
{
    return policies_script(turn->service->policies, turn->interview->mission);
}

static json_t *script_json(const struct turn *turn, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) answers = store_script_answer_list(turn->service->store, turn->interview->id, &cause);
    if (answers == NULL) {
        failure_store(error, cause, "script");
        return NULL;
    }
    const struct script *script = script_of(turn);
    json_t *items = json_array();
    for (unsigned i = 0; i < script->count; i++) {
        const struct script_item *item = &script->items[i];
        json_array_append_new(items, item_json(item, find_answer(answers, item->id)));
    }
    for (guint i = 0; i < answers->len; i++) {
        const struct store_script_answer *answer = g_ptr_array_index(answers, i);
        if (script_find(script, answer->item) == NULL) {
            json_array_append_new(items, former_json(answer));
        }
    }
    return json_pack("{s:o}", "items", items);
}

static json_t *get(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    return turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ? script_json(&turn, error)
                                                                                         : NULL;
}

/* ---- answering ---- */

static bool check_answer(bool done, const char *answer, GError **error)
{
    if (!done && answer != NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.answer belongs to an item that is done");
        return false;
    }
    if (answer != NULL && g_utf8_strlen(answer, -1) > ANSWER_MAX) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.answer is too long: it has at most %d characters",
                      ANSWER_MAX);
        return false;
    }
    return true;
}

static bool save(const struct turn *turn, const struct script_item *item, bool done, const char *text, GError **error)
{
    const struct store_script_answer answer = {
        .interview = turn->interview->id,
        .item = item->id,
        .kind = item->kind,
        .en = item->en,
        .zh_hans = item->zh_hans,
        .zh_hant = item->zh_hant,
        .officer = (char *)turn->caller->officer,
        .at_us = turn->now_us,
        .answer = (char *)text,
    };
    GError *cause = NULL;
    struct store *store = turn->service->store;
    if (done ? store_script_answer_set(store, &answer, &cause)
             : store_script_answer_remove(store, answer.interview, item->id, &cause)) {
        return true;
    }
    failure_store(error, cause, "answer");
    return false;
}

static json_t *answer(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    const bool done = json_is_true(json_object_get(params, "done"));
    const char *text = param_text(params, "answer");
    text = g_strcmp0(text, "") != 0 ? text : NULL;
    if (!check_answer(done, text, error) ||
        !turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !conduct_check_in_call(&turn, error)) {
        return NULL;
    }
    const struct script_item *item = script_find(script_of(&turn), param_text(params, "item_id"));
    if (item == NULL) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such item in the mission's script");
        return NULL;
    }
    json_t *script = save(&turn, item, done, text, error) ? script_json(&turn, error) : NULL;
    if (script != NULL) {
        turn_tell_officers(&turn, "interview.script_changed",
                           json_pack("{s:s, s:O}", "interview_id", turn.interview->id, "script", script));
    }
    return script;
}

static const struct rpc_param get_params[] = {PARAM_INTERVIEW, {0}};
static const struct rpc_param answer_params[] = {
    PARAM_INTERVIEW,
    {.name = "item_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "The item of the script."},
    {.name = "done", .type = RPC_BOOLEAN, .summary = "Whether it is done; false takes an earlier answer back."},
    {.name = "answer",
     .type = RPC_STRING,
     .optional = true,
     .max = 4 * ANSWER_MAX,
     .summary = "What was answered or seen, up to 2000 characters."},
    {0},
};

const struct rpc_method script_methods[] = {
    {.name = "interview.script",
     .roles = RPC_OFFICER,
     .summary = "What the mission wants to be asked, taken and looked at in its interviews, and what was in this one.",
     .params = get_params,
     .result = "Script",
     .call = get},
    {.name = "interview.answer",
     .roles = RPC_OFFICER,
     .summary = "Says that an item of the script is done, or is not; only the officer in the call.",
     .params = answer_params,
     .result = "Script",
     .call = answer},
    {0},
};
