#include "vision/face/closeup.h"

#include "vision/face/detect.h"
#include "vision/face/upright.h"

#define PX          320   /* side of the picture of its own; more than any network of landmarks sees */
#define SHARE       0.36f /* of the face's height in it */
#define OVERLAP_MAX 0.4f
#define SHARED_MIN  0.4f /* of the larger box: still the same face */
#define GRAY        0x7f7f7fu

struct image_box closeup_turn_back(struct image_box box, float width, float height, unsigned quarters)
{
    const float right = width - box.x - box.width;
    const float below = height - box.y - box.height;
    switch (quarters % 4) {
    case 1: /* what was left is above */
        return (struct image_box){box.y, height - box.x - box.width, box.height, box.width};
    case 2:
        return (struct image_box){right, below, box.width, box.height};
    case 3:
        return (struct image_box){width - box.y - box.height, box.x, box.height, box.width};
    default:
        return box;
    }
}

static float shared_area(const struct image_box *a, const struct image_box *b)
{
    const float width = MIN(a->x + a->width, b->x + b->width) - MAX(a->x, b->x);
    const float height = MIN(a->y + a->height, b->y + b->height) - MAX(a->y, b->y);
    return MAX(width, 0) * MAX(height, 0);
}

/* The box of the face in the square picture, which is not turned yet. */
static bool measure(struct networks *networks, const struct image *square, struct face *face, GError **error)
{
    const unsigned quarters = (unsigned)face->rotation / 90;
    g_autoptr(Image) upright = image_rotate(square, face->rotation);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct detection));
    if (!detect_view(networks, upright, detect_whole(upright, 1), found, error)) {
        return false;
    }
    detect_suppress(found, OVERLAP_MAX);
    const struct image_box known = face->box;
    float most = 0;
    for (unsigned i = 0; i < found->len; i++) {
        const struct detection *detection = &g_array_index(found, struct detection, i);
        const struct image_box box = closeup_turn_back(detection->box, PX, PX, quarters);
        const float shared = shared_area(&box, &known);
        if (shared > most && shared > SHARED_MIN * MAX(known.width * known.height, box.width * box.height)) {
            most = shared;
            face->box = box;
            face->score = MAX(face->score, detection->score);
        }
    }
    return true;
}

bool closeup_look(struct networks *networks, const struct image *picture, struct face *face, bool measure_box,
                  float *unrest, GError **error)
{
    const struct image_box *box = &face->box;
    const float side = MAX(box->width, box->height) / SHARE;
    const struct image_box around = {box->x + (box->width - side) / 2, box->y + (box->height - side) / 2, side, side};
    const float scale = side / PX;
    struct face near = *face;
    near.box = (struct image_box){(box->x - around.x) / scale, (box->y - around.y) / scale, box->width / scale,
                                  box->height / scale};
    g_autoptr(Image) square = image_crop(picture, around, PX, PX, GRAY);
    if ((measure_box && !measure(networks, square, &near, error)) ||
        !upright_look(networks, square, &near, unrest, error)) {
        return false;
    }
    *face = near;
    face->box = (struct image_box){around.x + near.box.x * scale, around.y + near.box.y * scale, near.box.width * scale,
                                   near.box.height * scale};
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        /* A box reaches from edge to edge of its pixels; points are at their centres. */
        face->landmarks[i] = (struct image_point){around.x + (near.landmarks[i].x + 0.5f) * scale - 0.5f,
                                                  around.y + (near.landmarks[i].y + 0.5f) * scale - 0.5f};
    }
    return true;
}
