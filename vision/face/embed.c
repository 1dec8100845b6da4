#include <math.h>

#include "vision/face/ask.h"
#include "vision/face/face.h"

#define SIDE 112

/* Adds what the network says to `embedding`. */
static bool look(struct networks *networks, float *data, float embedding[VISION_EMBEDDING], GError **error)
{
    const struct tensor tensor = {.shape = {1, 3, SIDE, SIDE}, .rank = 4, .data = data};
    float answer[VISION_EMBEDDING];
    const struct ask_answer wanted = {answer, VISION_EMBEDDING};
    if (!ask_tensor(networks, NETWORK_FACE_FEATURE, &tensor, &wanted, 1, error)) {
        return false;
    }
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        embedding[i] += answer[i];
    }
    return true;
}

static void mirror(float *data)
{
    for (unsigned row = 0; row < 3 * SIDE; row++) {
        float *line = data + (size_t)row * SIDE;
        for (unsigned x = 0; x < SIDE / 2; x++) {
            const float kept = line[x];
            line[x] = line[SIDE - 1 - x];
            line[SIDE - 1 - x] = kept;
        }
    }
}

static bool normalise(float embedding[VISION_EMBEDDING], GError **error)
{
    double square = 0;
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        square += (double)embedding[i] * (double)embedding[i];
    }
    const double length = sqrt(square);
    if (!(length > 1e-6) || !isfinite(length)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "the network face_feature answers no direction");
        return false;
    }
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        embedding[i] = (float)(embedding[i] / length);
    }
    return true;
}

bool face_embed(struct networks *networks, const struct image *aligned, float embedding[VISION_EMBEDDING],
                GError **error)
{
    static const float mean[3] = {127 / 128.0f, 127 / 128.0f, 127 / 128.0f};
    static const float one[3] = {1, 1, 1};
    g_assert(aligned->width == SIDE && aligned->height == SIDE && aligned->channels == 3);
    g_autofree float *data = g_new(float, 3 * SIDE * SIDE);
    image_to_tensor(aligned, true, 128, mean, one, data);
    float sum[VISION_EMBEDDING] = {0};
    if (!look(networks, data, sum, error)) {
        return false;
    }
    /* The mirrored face too: what the two agree on is the person, the rest is light and pose. */
    mirror(data);
    if (!look(networks, data, sum, error) || !normalise(sum, error)) {
        return false;
    }
    memcpy(embedding, sum, sizeof(sum));
    return true;
}
