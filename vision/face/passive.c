#include "vision/face/ask.h"
#include "vision/face/face.h"
#include "vision/face/warp.h"

#define SIDE 128

bool face_passive(struct networks *networks, const struct image *picture, const struct face *face, float *live,
                  GError **error)
{
    static const struct ask_scale scale = {.divisor = 1, .deviation = {1, 1, 1}}; /* BGR, as it is */
    static const float margins[] = {1.5f, 2.0f};
    const struct image_box *box = &face->box;
    float sum = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(margins); i++) {
        const struct warp_square square = {
            .centre = {box->x + box->width / 2, box->y + box->height / 2},
            .side = margins[i] * MAX(face->rotation % 180 == 0 ? box->height : box->width, 1),
            .degrees = (float)face->rotation,
        };
        g_autoptr(Image) cut = warp_cut(picture, &square, SIDE, 0);
        float answer[3];
        const struct ask_answer wanted = {answer, 3};
        if (!ask_picture(networks, NETWORK_FACE_LIVENESS, cut, &scale, &wanted, 1, error)) {
            return false;
        }
        ask_softmax(answer, 3);
        sum += answer[0];
    }
    *live = sum / G_N_ELEMENTS(margins);
    return true;
}
