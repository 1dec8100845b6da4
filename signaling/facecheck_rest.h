/* facecheck_rest: the pictures of face checks over REST (api/openapi.yaml): who may have which, and their bytes.
 *
 *   /v1/facechecks/{id}/portrait, …/page          the submitted pictures
 *   /v1/facechecks/{id}/page-portrait             the portrait on the page
 *   /v1/facechecks/{id}/tries/{try}/frame         a try's best frame */
#pragma once

#include "signaling/answer.h"
#include "signaling/material.h"
#include "signaling/service.h"

#define FACECHECKS_PATH "/v1/facechecks/"

enum facecheck_picture { FACECHECK_PORTRAIT, FACECHECK_PAGE, FACECHECK_PAGE_PORTRAIT, FACECHECK_FRAME };

struct facecheck_path {
    char *facecheck, *entry; /* `entry`: a try, of FACECHECK_FRAME */
    enum facecheck_picture picture;
};
void facecheck_path_clear(struct facecheck_path *path);
/* False, and nothing to clear, for any other path. Pure. */
bool facecheck_path_parse(const char *text, struct facecheck_path *path);
/* The material that a path names; false: another picture. */
bool facecheck_path_material(const struct facecheck_path *path, enum material_kind *kind);

/* All block. `token` is of the session; NULL: none was given. */
struct answer *facecheck_rest_get(struct service *service, const char *token, const struct facecheck_path *path);
struct answer *facecheck_rest_delete(struct service *service, const char *token, const struct facecheck_path *path);
/* Whether the applicant may put a picture there now. */
bool facecheck_rest_may_put(struct service *service, const char *token, const struct facecheck_path *path,
                            GError **error);
/* Looks at a whole picture, stores it, and answers with the API's Material. NULL: an RPC_ERROR or VISION_ERROR. */
struct answer *facecheck_rest_put(struct service *service, const struct facecheck_path *path, GBytes *jpeg,
                                  GError **error);
