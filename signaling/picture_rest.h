/* picture_rest: pictures over REST, whosever they are: what a path names, and who answers for it. */
#pragma once

#include "signaling/facecheck_rest.h"
#include "signaling/order_rest.h"

enum picture_owner { PICTURE_OF_FACECHECK, PICTURE_OF_ORDER };

struct picture_target {
    enum picture_owner owner;
    struct facecheck_path facecheck; /* one of the two */
    struct order_path order;
};
void picture_target_clear(struct picture_target *target);
/* False, and nothing to clear, for any other path. Pure. */
bool picture_target_parse(const char *path, struct picture_target *target);

/* Whether it is submitted (PUT, DELETE), or only looked at. */
bool picture_target_is_submitted(const struct picture_target *target);
/* Whether an upload that broke off may go on. */
bool picture_target_is_resumable(const struct picture_target *target);
/* What one upload at a time is for; caller frees. */
char *picture_target_place(const struct picture_target *target);
/* Id of the face check or order. */
const char *picture_target_owner(const struct picture_target *target);

/* All block. `token` is of the session; NULL: none was given. */
struct answer *picture_rest_get(struct service *service, const char *token, const struct picture_target *target);
struct answer *picture_rest_delete(struct service *service, const char *token, const struct picture_target *target);
/* Whose it is, and whether it may come now. */
bool picture_rest_may_come(struct service *service, const char *token, const struct picture_target *target,
                           GError **error);
/* A whole picture: looks at it, stores it, and answers with the API's Material or OrderMaterial. NULL: an RPC_ERROR or
 * VISION_ERROR. */
struct answer *picture_rest_take(struct service *service, const struct picture_target *target, GBytes *jpeg,
                                 GError **error);
