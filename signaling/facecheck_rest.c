#include "signaling/facecheck_rest.h"

#include "signaling/facecheck_turn.h"
#include "signaling/failure.h"
#include "signaling/refusal.h"
#include "signaling/session.h"

#include <string.h>

#define ID_MAX               64
#define PARTS_MAX            4
#define PORTRAIT_DEADLINE_MS 10000
#define PAGE_DEADLINE_MS     20000

/* ---- paths ---- */

void facecheck_path_clear(struct facecheck_path *path)
{
    g_clear_pointer(&path->facecheck, g_free);
    g_clear_pointer(&path->entry, g_free);
}

/* As the store makes them; anything else names nothing. */
static bool is_id(const char *text)
{
    return *text != '\0' && strlen(text) <= ID_MAX &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool picture_parse(const char *name, enum facecheck_picture *picture)
{
    static const char *const names[] = {"portrait", "page", "page-portrait"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(name, names[i])) {
            *picture = (enum facecheck_picture)i;
            return true;
        }
    }
    return false;
}

bool facecheck_path_parse(const char *text, struct facecheck_path *path)
{
    if (!g_str_has_prefix(text, FACECHECKS_PATH)) {
        return false;
    }
    g_auto(GStrv) parts = g_strsplit(text + strlen(FACECHECKS_PATH), "/", PARTS_MAX + 1);
    const unsigned count = g_strv_length(parts);
    enum facecheck_picture picture = FACECHECK_FRAME;
    const bool submitted = count == 2 && picture_parse(parts[1], &picture);
    const bool frame =
        count == PARTS_MAX && g_str_equal(parts[1], "tries") && is_id(parts[2]) && g_str_equal(parts[3], "frame");
    if ((!submitted && !frame) || !is_id(parts[0])) {
        return false;
    }
    *path = (struct facecheck_path){g_strdup(parts[0]), frame ? g_strdup(parts[2]) : NULL, picture};
    return true;
}

bool facecheck_path_material(const struct facecheck_path *path, enum material_kind *kind)
{
    if (path->picture == FACECHECK_PORTRAIT || path->picture == FACECHECK_PAGE) {
        *kind = path->picture == FACECHECK_PORTRAIT ? MATERIAL_PORTRAIT : MATERIAL_PAGE;
        return true;
    }
    return false;
}

/* ---- who asks ---- */

static bool begin(struct session *session, struct facecheck_turn *turn, struct service *service, const char *token,
                  const char *facecheck, GError **error)
{
    if (token == NULL) {
        rpc_set_error(error, RPC_ERROR_NOT_SIGNED_IN, NULL, "Send Authorization: Bearer and the session's token");
        return false;
    }
    if (!session_find(session, service, 0, token, error)) {
        return false;
    }
    if (session->officer == NULL && session->facecheck == NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "face checks are for their applicant and for officers");
        return false;
    }
    return facecheck_turn_begin(turn, service, &session->caller, facecheck, error);
}

/* ---- reading ---- */

static bool none(GError **error)
{
    rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such picture");
    return false;
}

static bool read_material(const struct facecheck_turn *turn, enum material_kind kind, GBytes **jpeg, GError **error)
{
    GError *cause = NULL;
    if (turn->materials[kind] == NULL) {
        return none(error);
    }
    *jpeg = store_material_read(turn->service->store, turn->materials[kind], &cause);
    if (*jpeg == NULL) {
        failure_store(error, cause, "picture");
    }
    return *jpeg != NULL;
}

static bool read_face(const struct facecheck_turn *turn, GBytes **jpeg, GError **error)
{
    const struct store_material *page = turn->materials[MATERIAL_PAGE];
    if (page == NULL || page->face_picture == NULL) {
        return none(error);
    }
    *jpeg = g_bytes_ref(page->face_picture);
    return true;
}

static bool read_frame(const struct facecheck_turn *turn, const char *id, GBytes **jpeg, GError **error)
{
    GError *cause = NULL;
    struct store_try *entry = store_try_get(turn->service->store, turn->row->id, id, &cause);
    if (entry == NULL) {
        failure_store(error, cause, "try");
        return false;
    }
    *jpeg = entry->frame != NULL ? g_bytes_ref(entry->frame) : NULL;
    store_try_free(entry);
    return *jpeg != NULL || none(error);
}

static bool read_picture(const struct facecheck_turn *turn, const struct rpc_caller *caller,
                         const struct facecheck_path *path, GBytes **jpeg, GError **error)
{
    enum material_kind kind;
    if (facecheck_path_material(path, &kind)) {
        return read_material(turn, kind, jpeg, error);
    }
    if (caller->role != RPC_OFFICER) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "this picture is for officers");
        return false;
    }
    return path->picture == FACECHECK_PAGE_PORTRAIT ? read_face(turn, jpeg, error)
                                                    : read_frame(turn, path->entry, jpeg, error);
}

struct answer *facecheck_rest_get(struct service *service, const char *token, const struct facecheck_path *path)
{
    g_auto(Session) session = {0};
    g_auto(FacecheckTurn) turn = {0};
    g_autoptr(GError) error = NULL;
    GBytes *jpeg = NULL;
    if (!begin(&session, &turn, service, token, path->facecheck, &error) ||
        !read_picture(&turn, &session.caller, path, &jpeg, &error)) {
        return refusal_answer(error);
    }
    return answer_new(200, "image/jpeg", jpeg);
}

/* ---- taking back ---- */

struct answer *facecheck_rest_delete(struct service *service, const char *token, const struct facecheck_path *path)
{
    g_auto(Session) session = {0};
    g_auto(FacecheckTurn) turn = {0};
    g_autoptr(GError) error = NULL;
    GError *cause = NULL;
    enum material_kind kind;
    if (!facecheck_path_material(path, &kind) || !begin(&session, &turn, service, token, path->facecheck, &error)) {
        return refusal_answer(error);
    }
    const struct facecheck_facts facts = facecheck_turn_facts(&turn);
    if (session.facecheck == NULL) {
        rpc_set_error(&error, RPC_ERROR_FORBIDDEN, NULL, "only the applicant takes a picture back");
    } else if (facecheck_check_upload(&facts, &error) && turn.materials[kind] == NULL) {
        none(&error);
    }
    if (error == NULL && !store_material_remove(service->store, path->facecheck, material_kind_name(kind), &cause)) {
        failure_store(&error, cause, "picture");
    }
    if (error != NULL || !facecheck_turn_reload(&turn, &error)) {
        return refusal_answer(error);
    }
    turn.changed = true;
    return answer_text(200, "application/json", g_strdup("{}"));
}

/* ---- putting ---- */

static struct vision_input input_of(GBytes *jpeg, unsigned deadline_ms)
{
    return (struct vision_input){
        .bytes = jpeg, .jpeg_only = true, .priority = VISION_SUBMISSION, .deadline_ms = deadline_ms};
}

static void fill(struct store_material *material, const json_t *report, const float *embedding)
{
    int width = 0, height = 0;
    json_unpack((json_t *)report, "{s:i, s:i}", "width", &width, "height", &height);
    material->width = (unsigned)MAX(width, 0);
    material->height = (unsigned)MAX(height, 0);
    material->report = json_dumps(report, JSON_COMPACT);
    material->embedding = embedding != NULL ? g_bytes_new(embedding, VISION_EMBEDDING * sizeof *embedding) : NULL;
}

static bool look_at_portrait(struct vision_pool *pool, GBytes *jpeg, struct store_material *material, GError **error)
{
    const struct vision_input input = input_of(jpeg, PORTRAIT_DEADLINE_MS);
    struct vision_face face = {0};
    if (!vision_face(pool, &input, &face, error)) {
        return false;
    }
    fill(material, face.report, face.embedding);
    vision_face_clear(&face);
    return true;
}

static bool look_at_page(struct vision_pool *pool, GBytes *jpeg, struct store_material *material, GError **error)
{
    const struct vision_input input = input_of(jpeg, PAGE_DEADLINE_MS);
    struct vision_document document = {0};
    if (!vision_document(pool, &input, &document, error)) {
        return false;
    }
    fill(material, document.report, document.has_portrait ? document.embedding : NULL);
    material->face_picture = document.has_portrait && document.portrait != NULL ? g_bytes_ref(document.portrait) : NULL;
    vision_document_clear(&document);
    return true;
}

static bool look(struct vision_pool *pool, enum material_kind kind, GBytes *jpeg, struct store_material *material,
                 GError **error)
{
    return kind == MATERIAL_PORTRAIT ? look_at_portrait(pool, jpeg, material, error)
                                     : look_at_page(pool, jpeg, material, error);
}

/* What was allowed before the body came may not be any more. */
static struct answer *keep(struct service *service, enum material_kind kind, GBytes *jpeg,
                           struct store_material *material, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    GError *cause = NULL;
    if (!facecheck_turn_begin_system(&turn, service, material->facecheck, error)) {
        return NULL;
    }
    const struct facecheck_facts facts = facecheck_turn_facts(&turn);
    if (!facecheck_check_upload(&facts, error)) {
        return NULL;
    }
    material->uploaded_us = turn.now_us;
    if (!store_material_put(service->store, material, jpeg, &cause)) {
        failure_store(error, cause, "picture");
        return NULL;
    }
    if (!facecheck_turn_reload(&turn, error)) {
        return NULL;
    }
    turn.changed = true;
    json_t *view = material_view(turn.materials[kind], false);
    g_message("event=facecheck_uploaded facecheck=%s kind=%s usable=%s", turn.row->id, material->kind,
              json_is_true(json_object_get(view, "usable")) ? "yes" : "no");
    struct answer *answer = answer_text(200, "application/json", json_dumps(view, JSON_COMPACT));
    json_decref(view);
    return answer;
}

bool facecheck_rest_may_put(struct service *service, const char *token, const struct facecheck_path *path,
                            GError **error)
{
    g_auto(Session) session = {0};
    g_auto(FacecheckTurn) turn = {0};
    if (!session_find(&session, service, 0, token, error)) {
        return false;
    }
    if (session.facecheck == NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "pictures are submitted by the applicant of the face check");
        return false;
    }
    if (!facecheck_turn_begin(&turn, service, &session.caller, path->facecheck, error)) {
        return false;
    }
    const struct facecheck_facts facts = facecheck_turn_facts(&turn);
    return facecheck_check_upload(&facts, error);
}

struct answer *facecheck_rest_put(struct service *service, const struct facecheck_path *path, GBytes *jpeg,
                                  GError **error)
{
    enum material_kind kind = MATERIAL_PORTRAIT;
    facecheck_path_material(path, &kind);
    struct store_material *material = g_new0(struct store_material, 1);
    material->facecheck = g_strdup(path->facecheck);
    material->kind = g_strdup(material_kind_name(kind));
    struct answer *answer =
        look(service->vision, kind, jpeg, material, error) ? keep(service, kind, jpeg, material, error) : NULL;
    if (answer == NULL) {
        g_message("event=facecheck_upload_refused facecheck=%s kind=%s", path->facecheck, material->kind);
    }
    store_material_free(material);
    return answer;
}
