#include "vision/face/ask.h"

#include <math.h>
#include <string.h>

#include "vision/vision.h"

static bool take(const struct tensor *output, const struct ask_answer *answer)
{
    if (tensor_length(output) != answer->length) {
        return false;
    }
    for (size_t i = 0; i < answer->length; i++) {
        if (!isfinite(output->data[i])) {
            return false;
        }
    }
    memcpy(answer->floats, output->data, answer->length * sizeof(*answer->floats));
    return true;
}

bool ask_tensor(struct networks *networks, enum network_id id, const struct tensor *input,
                const struct ask_answer *answers, unsigned count, GError **error)
{
    struct tensor outputs[ASK_OUTPUTS_MAX] = {0};
    g_assert(count <= ASK_OUTPUTS_MAX);
    if (!networks_run(networks, id, input, outputs, count, error)) {
        return false;
    }
    bool ok = true;
    for (unsigned i = 0; i < count; i++) {
        ok = ok && take(&outputs[i], &answers[i]);
        g_free(outputs[i].data);
    }
    if (!ok) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG,
                    "network %d of models.json answers what is not expected of it", (int)id);
    }
    return ok;
}

bool ask_picture(struct networks *networks, enum network_id id, const struct image *picture,
                 const struct ask_scale *scale, const struct ask_answer *answers, unsigned count, GError **error)
{
    const size_t floats = (size_t)picture->channels * (size_t)picture->width * (size_t)picture->height;
    g_autofree float *data = g_new(float, floats);
    image_to_tensor(picture, scale->rgb, scale->divisor, scale->mean, scale->deviation, data);
    const struct tensor input = {
        .shape = {1, picture->channels, picture->height, picture->width}, .rank = 4, .data = data};
    return ask_tensor(networks, id, &input, answers, count, error);
}

void ask_softmax(float *logits, unsigned count)
{
    float most = -INFINITY;
    float sum = 0;
    for (unsigned i = 0; i < count; i++) {
        most = fmaxf(most, logits[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        logits[i] = expf(logits[i] - most);
        sum += logits[i];
    }
    for (unsigned i = 0; i < count; i++) {
        logits[i] /= sum;
    }
}
