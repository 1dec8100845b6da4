#include "signaling/upload.h"

#include "signaling/facecheck_turn.h"
#include "signaling/failure.h"
#include "signaling/limit.h"
#include "signaling/refusal.h"
#include "signaling/session.h"
#include "signaling/worker_pool.h"

#define PORTRAIT_DEADLINE_MS 10000
#define PAGE_DEADLINE_MS     20000

struct uploads {
    struct service *service;
    struct worker_pool *threads;
    GMutex lock;
    GHashTable *on_their_way; /* face check ids */
};

struct upload {
    gint references; /* atomic */
    struct uploads *uploads;
    struct facecheck_path path;
    enum material_kind kind;
    char *token;
    bool has_place; /* written by the pool's job, read when nobody else has a reference */
    GByteArray *body;
    size_t length;       /* announced */
    int64_t deadline_us; /* monotonic */
};

struct uploads *uploads_new(struct service *service)
{
    struct uploads *uploads = g_new0(struct uploads, 1);
    uploads->service = service;
    uploads->threads = worker_pool_new(service->config->vision.workers);
    uploads->on_their_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&uploads->lock);
    return uploads;
}

void uploads_free(struct uploads *uploads)
{
    if (uploads != NULL) {
        worker_pool_free(uploads->threads);
        g_hash_table_unref(uploads->on_their_way);
        g_mutex_clear(&uploads->lock);
        g_free(uploads);
    }
}

struct worker_pool *uploads_threads(struct uploads *uploads)
{
    return uploads->threads;
}

/* ---- places ---- */

static bool take_place(struct upload *upload, GError **error)
{
    struct uploads *uploads = upload->uploads;
    const char *facecheck = upload->path.facecheck;
    g_mutex_lock(&uploads->lock);
    const bool another = g_hash_table_contains(uploads->on_their_way, facecheck);
    const bool full = g_hash_table_size(uploads->on_their_way) >= uploads->service->config->facecheck.uploads_max;
    upload->has_place = !another && !full;
    if (upload->has_place) {
        g_hash_table_add(uploads->on_their_way, g_strdup(facecheck));
    }
    g_mutex_unlock(&uploads->lock);
    if (!upload->has_place) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "%s",
                      another ? "another picture of this face check is on its way: wait for it"
                              : "too many pictures are on their way just now: try again in a few seconds");
    }
    return upload->has_place;
}

struct upload *upload_new(struct uploads *uploads, struct facecheck_path *path, const char *token, size_t length)
{
    struct upload *upload = g_new0(struct upload, 1);
    *upload = (struct upload){
        .references = 1,
        .uploads = uploads,
        .path = *path,
        .token = g_strdup(token),
        .length = length,
        .body = g_byte_array_new(),
        .deadline_us =
            g_get_monotonic_time() + (int64_t)uploads->service->config->facecheck.upload_timeout_s * G_USEC_PER_SEC,
    };
    *path = (struct facecheck_path){0};
    facecheck_path_material(&upload->path, &upload->kind);
    return upload;
}

struct upload *upload_ref(struct upload *upload)
{
    g_atomic_int_inc(&upload->references);
    return upload;
}

void upload_unref(struct upload *upload)
{
    if (upload == NULL || !g_atomic_int_dec_and_test(&upload->references)) {
        return;
    }
    if (upload->has_place) {
        g_mutex_lock(&upload->uploads->lock);
        g_hash_table_remove(upload->uploads->on_their_way, upload->path.facecheck);
        g_mutex_unlock(&upload->uploads->lock);
    }
    facecheck_path_clear(&upload->path);
    store_secret_free(upload->token);
    g_byte_array_unref(upload->body);
    g_free(upload);
}

/* ---- before ---- */

static bool may_come(struct upload *upload, GError **error)
{
    struct service *service = upload->uploads->service;
    g_auto(Session) session = {0};
    g_auto(FacecheckTurn) turn = {0};
    int64_t retry_after_ms;
    if (!session_find(&session, service, 0, upload->token, error)) {
        return false;
    }
    if (session.facecheck == NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "pictures are submitted by the applicant of the face check");
        return false;
    }
    if (!facecheck_turn_begin(&turn, service, &session.caller, upload->path.facecheck, error)) {
        return false;
    }
    const struct facecheck_facts facts = facecheck_turn_facts(&turn);
    if (!facecheck_check_upload(&facts, error) || !take_place(upload, error)) {
        return false;
    }
    if (!limit_upload(service->limiter, upload->path.facecheck, g_get_monotonic_time(), &retry_after_ms)) {
        rpc_set_error(error, RPC_ERROR_RATE_LIMITED, NULL, "too many pictures: wait %" G_GINT64_FORMAT " s",
                      retry_after_ms / 1000 + 1);
        return false;
    }
    return true;
}

struct answer *upload_admit(struct upload *upload)
{
    g_autoptr(GError) error = NULL;
    return may_come(upload, &error) ? NULL : refusal_answer(error);
}

/* ---- on its way ---- */

bool upload_receive(struct upload *upload, const void *bytes, size_t length)
{
    if (length > upload->length - upload->body->len || g_get_monotonic_time() > upload->deadline_us) {
        return false;
    }
    g_byte_array_append(upload->body, bytes, (guint)length);
    return true;
}

bool upload_is_whole(const struct upload *upload)
{
    return upload->body->len == upload->length;
}

/* ---- after ---- */

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

static bool look(const struct upload *upload, GBytes *jpeg, struct store_material *material, GError **error)
{
    struct vision_pool *pool = upload->uploads->service->vision;
    return upload->kind == MATERIAL_PORTRAIT ? look_at_portrait(pool, jpeg, material, error)
                                             : look_at_page(pool, jpeg, material, error);
}

/* What was allowed before the body came may not be any more. */
static struct answer *keep(const struct upload *upload, GBytes *jpeg, struct store_material *material, GError **error)
{
    struct service *service = upload->uploads->service;
    g_auto(FacecheckTurn) turn = {0};
    GError *cause = NULL;
    if (!facecheck_turn_begin_system(&turn, service, upload->path.facecheck, error)) {
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
    json_t *view = material_view(turn.materials[upload->kind], false);
    g_message("event=facecheck_uploaded facecheck=%s kind=%s usable=%s", turn.row->id, material->kind,
              json_is_true(json_object_get(view, "usable")) ? "yes" : "no");
    struct answer *answer = answer_text(200, "application/json", json_dumps(view, JSON_COMPACT));
    json_decref(view);
    return answer;
}

struct answer *upload_finish(struct upload *upload)
{
    g_autoptr(GError) error = NULL;
    GBytes *jpeg = g_byte_array_free_to_bytes(g_steal_pointer(&upload->body));
    upload->body = g_byte_array_new();
    struct store_material *material = g_new0(struct store_material, 1);
    material->facecheck = g_strdup(upload->path.facecheck);
    material->kind = g_strdup(material_kind_name(upload->kind));
    struct answer *answer = look(upload, jpeg, material, &error) ? keep(upload, jpeg, material, &error) : NULL;
    if (answer == NULL) {
        g_message("event=facecheck_upload_refused facecheck=%s kind=%s", upload->path.facecheck, material->kind);
        answer = refusal_answer(error);
    }
    store_material_free(material);
    g_bytes_unref(jpeg);
    return answer;
}
