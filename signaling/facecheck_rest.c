#include "signaling/facecheck_rest.h"

#include "signaling/facecheck_turn.h"
#include "signaling/failure.h"
#include "signaling/refusal.h"
#include "signaling/session.h"

#include <string.h>

#define ID_MAX    64
#define PARTS_MAX 4

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
