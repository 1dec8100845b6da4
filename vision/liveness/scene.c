#include "vision/liveness/scene.h"

#define HASH_SIDE 8

/* The face with hair, neck and shoulders, and room to nod and turn, in parts of the face's box. */
#define AROUND 1.0f
#define ABOVE  0.9f

static bool near_face(const struct vision_frame *frame, unsigned column, unsigned row)
{
    if (!frame->has_face) {
        return false;
    }
    const float width = (float)frame->width / VISION_SCENE;
    const float height = (float)frame->height / VISION_SCENE;
    const float *box = frame->box;
    return (float)(column + 1) * width > box[0] - AROUND * box[2] &&
           (float)column * width < box[0] + (1 + AROUND) * box[2] &&
           (float)(row + 1) * height > box[1] - ABOVE * box[3];
}

static void measure_hash(const struct image *luma, uint8_t hash[HASH_SIDE])
{
    g_autoptr(Image) small = image_resize(luma, HASH_SIDE + 1, HASH_SIDE);
    for (unsigned row = 0; row < HASH_SIDE; row++) {
        const uint8_t *pixels = small->pixels + row * small->stride;
        hash[row] = 0;
        for (unsigned column = 0; column < HASH_SIDE; column++) {
            hash[row] = (uint8_t)(hash[row] << 1 | (pixels[column] < pixels[column + 1]));
        }
    }
}

void scene_measure(const struct image *luma, struct vision_frame *frame)
{
    g_autoptr(Image) small = image_resize(luma, VISION_SCENE, VISION_SCENE);
    for (unsigned row = 0; row < VISION_SCENE; row++) {
        for (unsigned column = 0; column < VISION_SCENE; column++) {
            const uint8_t value = small->pixels[row * small->stride + column];
            const unsigned cell = row * VISION_SCENE + column;
            frame->scene[cell] = value;
            /* 0 says "not background", so the darkest background is 1. */
            frame->background[cell] = near_face(frame, column, row) ? 0 : MAX(value, 1);
        }
    }
    measure_hash(luma, frame->hash);
}
