/* portrait: the holder's picture on a straightened page: upright, the largest face, not its ghost. Runs in a worker. */
#pragma once

#include "vision/face/face.h"

struct portrait {
    bool found;
    struct face face; /* in the straightened page */
    float embedding[VISION_EMBEDDING];
    json_t *quality; /* of face_quality */
    GBytes *jpeg;    /* the portrait with its surroundings */
};
void portrait_clear(struct portrait *portrait);

/* `scale`: px of the picture in one px of the straightened page; a face of less than 40 px there does not count. */
bool portrait_find(struct networks *networks, const struct image *straight, float scale, int jpeg_quality,
                   struct portrait *portrait, GError **error);
