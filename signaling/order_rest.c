#include "signaling/order_rest.h"

#include "signaling/failure.h"
#include "signaling/order_turn.h"
#include "signaling/order_view.h"
#include "signaling/refusal.h"
#include "signaling/session.h"

#include <string.h>

#define ID_MAX           64
#define PARTS_MAX        4
#define LOOK_DEADLINE_MS 10000

/* ---- paths ---- */

void order_path_clear(struct order_path *path)
{
    g_clear_pointer(&path->order, g_free);
    g_clear_pointer(&path->slot, g_free);
}

/* As the store makes them; anything else names nothing. */
static bool is_id(const char *text)
{
    return *text != '\0' && strlen(text) <= ID_MAX &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

bool order_path_parse(const char *text, struct order_path *path)
{
    if (!g_str_has_prefix(text, ORDERS_PATH)) {
        return false;
    }
    g_auto(GStrv) parts = g_strsplit(text + strlen(ORDERS_PATH), "/", PARTS_MAX + 1);
    const unsigned count = g_strv_length(parts);
    const bool progress = count == PARTS_MAX && strcmp(parts[3], "upload") == 0;
    if ((count != 3 && !progress) || !is_id(parts[0]) || strcmp(parts[1], "materials") != 0 ||
        !order_is_slot(parts[2])) {
        return false;
    }
    *path = (struct order_path){g_strdup(parts[0]), g_strdup(parts[2]), progress, false};
    return true;
}

/* ---- who asks ---- */

static bool begin(struct session *session, struct order_turn *turn, struct service *service, const char *token,
                  const struct order_path *path, GError **error)
{
    if (!service->config->book.enabled) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "this service works with a foreign order service");
        return false;
    }
    if (token == NULL) {
        rpc_set_error(error, RPC_ERROR_NOT_SIGNED_IN, NULL, "Send Authorization: Bearer and the session's token");
        return false;
    }
    if (!session_find(session, service, 0, token, error)) {
        return false;
    }
    if (session->officer == NULL && session->account == NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "orders are for their holders and for officers");
        return false;
    }
    return order_turn_begin(turn, service, &session->caller, path->order, error);
}

/* The same for what the holder alone may do. */
static bool begin_edit(struct session *session, struct order_turn *turn, struct service *service, const char *token,
                       const struct order_path *path, GError **error)
{
    if (!begin(session, turn, service, token, path, error)) {
        return false;
    }
    if (session->account == NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "pictures of an order are its holder's to put and to take back");
        return false;
    }
    return order_turn_check_edit(turn, error);
}

/* ---- reading ---- */

static struct store_order_material *find(const struct order_turn *turn, const struct order_path *path, GError **error)
{
    GError *cause = NULL;
    struct store_order_material *material =
        store_order_material_get(turn->service->store, turn->row->id, path->slot, &cause);
    if (material == NULL) {
        failure_store(error, cause, "picture");
    }
    return material;
}

static GBytes *read_picture(const struct order_turn *turn, const struct order_path *path, GError **error)
{
    GError *cause = NULL;
    struct store_order_material *material = find(turn, path, error);
    GBytes *jpeg = NULL;
    if (material != NULL && path->thumbnail) {
        jpeg = material->thumbnail != NULL ? g_bytes_ref(material->thumbnail) : NULL;
        if (jpeg == NULL) {
            rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such picture");
        }
    } else if (material != NULL) {
        jpeg = store_order_material_read(turn->service->store, material, &cause);
        if (jpeg == NULL) {
            failure_store(error, cause, "picture");
        }
    }
    store_order_material_free(material);
    return jpeg;
}

struct answer *order_rest_get(struct service *service, const char *token, const struct order_path *path)
{
    g_auto(Session) session = {0};
    g_auto(OrderTurn) turn = {0};
    g_autoptr(GError) error = NULL;
    GBytes *jpeg = begin(&session, &turn, service, token, path, &error) ? read_picture(&turn, path, &error) : NULL;
    return jpeg != NULL ? answer_new(200, "image/jpeg", jpeg) : refusal_answer(error);
}

/* ---- taking back ---- */

struct answer *order_rest_delete(struct service *service, const char *token, const struct order_path *path)
{
    g_auto(Session) session = {0};
    g_auto(OrderTurn) turn = {0};
    g_autoptr(GError) error = NULL;
    GError *cause = NULL;
    if (begin_edit(&session, &turn, service, token, path, &error) &&
        !store_order_material_remove(service->store, path->order, path->slot, &cause)) {
        failure_store(&error, cause, "picture");
    }
    if (error != NULL || !order_turn_reload(&turn, &error)) {
        return refusal_answer(error);
    }
    g_message("event=order_material_removed order=%s slot=%s", path->order, path->slot);
    return answer_text(200, "application/json", g_strdup("{}"));
}

/* ---- putting ---- */

bool order_rest_may_put(struct service *service, const char *token, const struct order_path *path, GError **error)
{
    g_auto(Session) session = {0};
    g_auto(OrderTurn) turn = {0};
    g_auto(OrderFacts) facts = {0};
    if (!begin_edit(&session, &turn, service, token, path, error)) {
        return false;
    }
    order_facts_init(&facts, turn.row, turn.policy, turn.now_us);
    if (order_slot_use(&facts, path->slot) == ORDER_SLOT_CLOSED) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, NULL, "this order takes no %s: its materials say what it takes",
                      path->slot);
        return false;
    }
    return true;
}

/* What was allowed before the body came may not be any more: the store says so. */
static bool keep(struct service *service, const struct order_path *path, const struct vision_look *look, GBytes *jpeg,
                 GError **error)
{
    GError *cause = NULL;
    struct store_order_material material = {
        .order = path->order,
        .slot = path->slot,
        .uploaded_us = g_get_real_time(),
        .width = look->width,
        .height = look->height,
        .thumbnail = look->thumbnail,
    };
    if (store_order_material_put(service->store, &material, jpeg, &cause)) {
        return true;
    }
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, NULL, "what an order is reviewed on stays");
        g_error_free(cause);
    } else {
        failure_store(error, cause, "picture");
    }
    return false;
}

/* The slot as the order's view has it; NULL: an RPC_ERROR. */
static struct answer *answer_slot(struct service *service, const struct order_path *path, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    if (!order_turn_begin_system(&turn, service, path->order, error) || !order_turn_reload(&turn, error)) {
        return NULL;
    }
    struct store_order_material *material = find(&turn, path, error);
    if (material == NULL) {
        return NULL;
    }
    json_t *view = order_material_view(&turn, material);
    store_order_material_free(material);
    struct answer *answer = answer_text(200, "application/json", json_dumps(view, JSON_COMPACT));
    json_decref(view);
    return answer;
}

struct answer *order_rest_put(struct service *service, const struct order_path *path, GBytes *jpeg, GError **error)
{
    const struct vision_input input = {
        .bytes = jpeg, .jpeg_only = true, .priority = VISION_SUBMISSION, .deadline_ms = LOOK_DEADLINE_MS};
    struct vision_look look = {0};
    struct answer *answer = NULL;
    if (vision_look(service->vision, &input, ORDER_THUMBNAIL_PX, &look, error) &&
        keep(service, path, &look, jpeg, error)) {
        g_message("event=order_material_uploaded order=%s slot=%s", path->order, path->slot);
        answer = answer_slot(service, path, error);
    }
    vision_look_clear(&look);
    return answer;
}
