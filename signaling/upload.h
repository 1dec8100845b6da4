/* upload: an applicant's picture on its way in: PUT /v1/facechecks/{id}/portrait and …/page.
 *
 * The session is asked before the body is read. The body is gathered on the server loop, at most VISION_JPEG_BYTES_MAX
 * of it, for a limited time; one of a face check and uploads_max in all are on their way at a time. A whole one is
 * looked at and stored on threads of the uploads' own, so that slow pictures hold up no other request. One that is
 * broken off leaves nothing. */
#pragma once

#include "signaling/facecheck_rest.h"

struct uploads;

struct uploads *uploads_new(struct service *service);
/* Waits for the pictures that are being looked at. */
void uploads_free(struct uploads *uploads);
struct worker_pool *uploads_threads(struct uploads *uploads);

/* One picture. The request holds a reference, and so does each job on it; the last gives its place back. */
struct upload;

/* For `length` bytes to `path` (taken), which names a material. `token` is wiped at the end. */
struct upload *upload_new(struct uploads *uploads, struct facecheck_path *path, const char *token, size_t length);
struct upload *upload_ref(struct upload *upload);
void upload_unref(struct upload *upload);

/* On the pool, first: whose it is, and whether it may come now. NULL: it may; otherwise the refusal. */
struct answer *upload_admit(struct upload *upload);
/* On the loop: the next bytes. False when there are more than announced, or it takes too long: hang up. */
bool upload_receive(struct upload *upload, const void *bytes, size_t length);
bool upload_is_whole(const struct upload *upload);
/* On a thread of the uploads, when it is whole: looks at it, stores it, and answers with the API's Material. */
struct answer *upload_finish(struct upload *upload);
