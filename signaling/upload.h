/* upload: a picture on its way in: PUT /v1/facechecks/{id}/portrait and …/page, /v1/orders/{id}/materials/{slot}.
 *
 * The session is asked before the body is read. The body is gathered on the server loop, at most VISION_JPEG_BYTES_MAX
 * of it, for a limited time; one for a place (a face check, a slot of an order) and uploads_max in all are on their way
 * at a time. A whole one is looked at and stored on threads of the uploads' own, so that slow pictures hold up no other
 * request.
 *
 * One that is broken off leaves nothing, but for an order's: what has come of it waits in memory, and on no disk, for
 * UPLOAD_KEEP_S at least to go on (Content-Range, RFC 9110 §14.4) from the offset that its progress tells. What waits
 * is limited in number and bytes; the oldest makes way. */
#pragma once

#include "signaling/picture_rest.h"

#define UPLOAD_KEEP_S         600
#define UPLOAD_KEPT_MAX       32
#define UPLOAD_KEPT_BYTES_MAX (64u * 1024 * 1024)

struct uploads;

struct uploads *uploads_new(struct service *service);
/* Waits for the pictures that are being looked at. */
void uploads_free(struct uploads *uploads);
struct worker_pool *uploads_threads(struct uploads *uploads);

/* Which part of a picture a request brings; `total` is the whole. */
struct upload_range {
    size_t from, length, total;
};
/* "bytes 0-99/1000" of `length` bytes; NULL is the whole in one. False: it is something else. Pure. */
bool upload_range_parse(const char *content_range, size_t length, struct upload_range *range);

/* One picture, or a part of one. The request holds a reference, and so does each job on it; the last gives its place
 * back. */
struct upload;

/* For `range` of what `target` (taken) names. `token` is wiped at the end. */
struct upload *upload_new(struct uploads *uploads, struct picture_target *target, const char *token,
                          struct upload_range range);
struct upload *upload_ref(struct upload *upload);
void upload_unref(struct upload *upload);

/* On the pool, first: whose it is, whether it may come now, and whether it goes on from where the earlier part ended.
 * NULL: it may; otherwise the refusal. */
struct answer *upload_admit(struct upload *upload);
/* On the loop: the next bytes. False when there are more than announced, it takes too long, or another request goes on
 * with it: hang up. */
bool upload_receive(struct upload *upload, const void *bytes, size_t length);
bool upload_is_whole(const struct upload *upload);
/* On a thread of the uploads, when what was announced is there: looks at a whole picture, stores it, and answers with
 * what it has become; answers 202 to a part. */
struct answer *upload_finish(struct upload *upload);

/* On the pool: how much of an order's picture has come, for who may put it: {"offset", "length", "sha256"}, and
 * Upload-Offset for who asks with HEAD. */
struct answer *uploads_progress(struct uploads *uploads, const char *token, const struct picture_target *target);
