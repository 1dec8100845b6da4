#include "signaling/upload.h"

#include "signaling/limit.h"
#include "signaling/refusal.h"
#include "signaling/upload_kept.h"
#include "signaling/worker_pool.h"

#include <string.h>

struct uploads {
    struct service *service;
    struct worker_pool *threads;
    GMutex lock;
    GHashTable *on_their_way; /* place → struct upload, which has it */
    struct upload_kept *kept; /* under the lock */
};

struct upload {
    gint references; /* atomic */
    struct uploads *uploads;
    struct picture_target target;
    char *place, *token;
    struct upload_range range;
    int64_t deadline_us; /* monotonic */
    /* Under the uploads' lock. */
    bool has_place;
    bool broken;               /* another request goes on with it */
    bool done;                 /* looked at, or put aside: nothing of it is kept when it ends */
    GByteArray *before, *body; /* what has come earlier, and with this request */
};

struct uploads *uploads_new(struct service *service)
{
    struct uploads *uploads = g_new0(struct uploads, 1);
    uploads->service = service;
    uploads->threads = worker_pool_new(service->config->vision.workers);
    uploads->on_their_way = g_hash_table_new(g_str_hash, g_str_equal);
    uploads->kept = upload_kept_new();
    g_mutex_init(&uploads->lock);
    return uploads;
}

void uploads_free(struct uploads *uploads)
{
    if (uploads != NULL) {
        worker_pool_free(uploads->threads);
        g_hash_table_unref(uploads->on_their_way);
        upload_kept_free(uploads->kept);
        g_mutex_clear(&uploads->lock);
        g_free(uploads);
    }
}

struct worker_pool *uploads_threads(struct uploads *uploads)
{
    return uploads->threads;
}

/* ---- parts ---- */

static bool read_number(const char **at, size_t *number)
{
    char *end;
    if (!g_ascii_isdigit(**at)) {
        return false;
    }
    const guint64 value = g_ascii_strtoull(*at, &end, 10);
    *at = end;
    *number = (size_t)value;
    return value <= VISION_JPEG_BYTES_MAX;
}

static bool skip(const char **at, const char *text)
{
    const bool there = g_str_has_prefix(*at, text);
    *at += there ? strlen(text) : 0;
    return there;
}

bool upload_range_parse(const char *content_range, size_t length, struct upload_range *range)
{
    size_t to = 0;
    const char *at = content_range;
    *range = (struct upload_range){0, length, length};
    if (content_range == NULL) {
        return true;
    }
    return skip(&at, "bytes ") && read_number(&at, &range->from) && skip(&at, "-") && read_number(&at, &to) &&
           skip(&at, "/") && read_number(&at, &range->total) && *at == '\0' && to >= range->from &&
           to - range->from + 1 == length && to < range->total;
}

/* Everything that has come. Caller unrefs. */
static GByteArray *all_of(const struct upload *upload)
{
    GByteArray *all = g_byte_array_new();
    if (upload->before != NULL) {
        g_byte_array_append(all, upload->before->data, upload->before->len);
    }
    return g_byte_array_append(all, upload->body->data, upload->body->len);
}

/* ---- places ---- */

/* An upload gives its place up; what has come of one that may go on is put aside. */
static void leave(struct uploads *uploads, struct upload *upload)
{
    if (!upload->has_place) {
        return;
    }
    upload->has_place = false;
    g_hash_table_remove(uploads->on_their_way, upload->place);
    if (!upload->done && picture_target_is_resumable(&upload->target)) {
        g_autoptr(GByteArray) all = all_of(upload);
        upload_kept_put(uploads->kept, upload->place, all, upload->range.total, g_get_monotonic_time());
    }
}

/* Whoever goes on with an upload whose connection is lost need not wait until we notice that it is. */
static void take_over(struct uploads *uploads, const struct upload *upload)
{
    struct upload *there = g_hash_table_lookup(uploads->on_their_way, upload->place);
    if (there != NULL && upload->range.from > 0 && !there->done) {
        there->broken = true;
        leave(uploads, there);
    }
}

/* What has come before: none for a first part. False: this is no part that follows it. */
static bool take_before(struct uploads *uploads, struct upload *upload, GError **error)
{
    const int64_t now_us = g_get_monotonic_time();
    if (upload->range.from == 0) {
        upload_kept_drop(uploads->kept, upload->place);
        return true;
    }
    const struct upload_part part = upload_kept_look(uploads->kept, upload->place, now_us);
    if (part.bytes == NULL || part.bytes->len != upload->range.from || part.total != upload->range.total) {
        rpc_set_error(error, RPC_ERROR_CONFLICT, NULL,
                      "this part does not follow what has come: ask …/upload for the offset, or begin anew");
        return false;
    }
    upload->before = upload_kept_take(uploads->kept, upload->place);
    return true;
}

static bool take_place_locked(struct uploads *uploads, struct upload *upload, GError **error)
{
    take_over(uploads, upload);
    const bool another = g_hash_table_contains(uploads->on_their_way, upload->place);
    const bool full = g_hash_table_size(uploads->on_their_way) >= uploads->service->config->facecheck.uploads_max;
    if (another || full) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "%s",
                      another ? "another picture for this place is on its way: wait for it"
                              : "too many pictures are on their way just now: try again in a few seconds");
        return false;
    }
    if (!take_before(uploads, upload, error)) {
        return false;
    }
    upload->has_place = true;
    g_hash_table_insert(uploads->on_their_way, upload->place, upload);
    return true;
}

static bool take_place(struct upload *upload, GError **error)
{
    g_mutex_lock(&upload->uploads->lock);
    const bool taken = take_place_locked(upload->uploads, upload, error);
    g_mutex_unlock(&upload->uploads->lock);
    return taken;
}

struct upload *upload_new(struct uploads *uploads, struct picture_target *target, const char *token,
                          struct upload_range range)
{
    struct upload *upload = g_new0(struct upload, 1);
    *upload = (struct upload){
        .references = 1,
        .uploads = uploads,
        .target = *target,
        .place = picture_target_place(target),
        .token = g_strdup(token),
        .range = range,
        .body = g_byte_array_new(),
        .deadline_us =
            g_get_monotonic_time() + (int64_t)uploads->service->config->facecheck.upload_timeout_s * G_USEC_PER_SEC,
    };
    *target = (struct picture_target){0};
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
    g_mutex_lock(&upload->uploads->lock);
    leave(upload->uploads, upload);
    g_mutex_unlock(&upload->uploads->lock);
    picture_target_clear(&upload->target);
    store_secret_free(upload->token);
    g_free(upload->place);
    g_byte_array_unref(upload->body);
    g_clear_pointer(&upload->before, g_byte_array_unref);
    g_free(upload);
}

/* ---- before ---- */

/* A part that goes on is one picture with the part before. */
static bool check_limit(const struct upload *upload, GError **error)
{
    int64_t retry_after_ms;
    if (upload->range.from > 0 || limit_upload(upload->uploads->service->limiter, picture_target_owner(&upload->target),
                                               g_get_monotonic_time(), &retry_after_ms)) {
        return true;
    }
    rpc_set_error(error, RPC_ERROR_RATE_LIMITED, NULL, "too many pictures: wait %" G_GINT64_FORMAT " s",
                  retry_after_ms / 1000 + 1);
    return false;
}

struct answer *upload_admit(struct upload *upload)
{
    g_autoptr(GError) error = NULL;
    if (picture_rest_may_come(upload->uploads->service, upload->token, &upload->target, &error) &&
        take_place(upload, &error) && check_limit(upload, &error)) {
        return NULL;
    }
    g_mutex_lock(&upload->uploads->lock);
    upload->done = true;
    g_mutex_unlock(&upload->uploads->lock);
    return refusal_answer(error);
}

/* ---- on its way ---- */

bool upload_receive(struct upload *upload, const void *bytes, size_t length)
{
    g_mutex_lock(&upload->uploads->lock);
    const bool good = !upload->broken && length <= upload->range.length - upload->body->len &&
                      g_get_monotonic_time() <= upload->deadline_us;
    if (good) {
        g_byte_array_append(upload->body, bytes, (guint)length);
    }
    g_mutex_unlock(&upload->uploads->lock);
    return good;
}

bool upload_is_whole(const struct upload *upload)
{
    return upload->body->len == upload->range.length;
}

/* ---- after ---- */

static struct answer *progress_answer(unsigned status, const struct upload_part *part)
{
    g_autofree char *sha256 = NULL;
    const size_t offset = part->bytes != NULL ? part->bytes->len : 0;
    if (part->bytes != NULL) {
        sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, part->bytes->data, part->bytes->len);
    }
    json_t *view =
        json_pack("{s:I, s:o, s:s?}", "offset", (json_int_t)offset, "length",
                  part->bytes != NULL ? json_integer((json_int_t)part->total) : json_null(), "sha256", sha256);
    struct answer *answer = answer_text(status, "application/json", json_dumps(view, JSON_COMPACT));
    answer->upload_offset = (int64_t)offset;
    json_decref(view);
    return answer;
}

/* Everything that has come, from now on the caller's; NULL: it is a part, and put aside. */
static GBytes *take_whole(struct upload *upload, struct answer **part_answer)
{
    struct uploads *uploads = upload->uploads;
    GBytes *whole = NULL;
    g_mutex_lock(&uploads->lock);
    if (upload->range.from + upload->range.length < upload->range.total) {
        leave(uploads, upload);
        const struct upload_part part = upload_kept_look(uploads->kept, upload->place, g_get_monotonic_time());
        *part_answer = progress_answer(202, &part);
    } else {
        whole = g_byte_array_free_to_bytes(all_of(upload));
        upload->done = true;
    }
    g_mutex_unlock(&uploads->lock);
    return whole;
}

struct answer *upload_finish(struct upload *upload)
{
    g_autoptr(GError) error = NULL;
    struct answer *answer = NULL;
    g_autoptr(GBytes) jpeg = take_whole(upload, &answer);
    if (jpeg == NULL) {
        return answer;
    }
    answer = picture_rest_take(upload->uploads->service, &upload->target, jpeg, &error);
    return answer != NULL ? answer : refusal_answer(error);
}

/* ---- how far it has come ---- */

/* Of one on its way, what has come counts already: whoever goes on takes it over. */
static struct answer *progress_locked(struct uploads *uploads, const char *place)
{
    const struct upload *there = g_hash_table_lookup(uploads->on_their_way, place);
    if (there == NULL || there->done) {
        const struct upload_part part = upload_kept_look(uploads->kept, place, g_get_monotonic_time());
        return progress_answer(200, &part);
    }
    g_autoptr(GByteArray) all = all_of(there);
    const struct upload_part part = {all, there->range.total};
    return progress_answer(200, &part);
}

struct answer *uploads_progress(struct uploads *uploads, const char *token, const struct picture_target *target)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *place = picture_target_place(target);
    if (!picture_rest_may_come(uploads->service, token, target, &error)) {
        return refusal_answer(error);
    }
    g_mutex_lock(&uploads->lock);
    struct answer *answer = progress_locked(uploads, place);
    g_mutex_unlock(&uploads->lock);
    return answer;
}
