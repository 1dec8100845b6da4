/* ask: one look of a network at one picture, its answer in the size that is expected. */
#pragma once

#include "vision/image/image.h"
#include "vision/network/networks.h"

#define ASK_OUTPUTS_MAX 3

/* What a network is shown: (v / divisor - mean[c]) / deviation[c]. */
struct ask_scale {
    bool rgb;
    float divisor;
    float mean[3], deviation[3];
};

/* Where one output of a network goes. */
struct ask_answer {
    float *floats;
    size_t length;
};

/* Fills `count` answers. Fails with VISION_ERROR_CONFIG when the network answers otherwise, or with what is no
 * number. */
bool ask_picture(struct networks *networks, enum network_id id, const struct image *picture,
                 const struct ask_scale *scale, const struct ask_answer *answers, unsigned count, GError **error);
/* The same for a tensor of `rank` 4 that is made already. */
bool ask_tensor(struct networks *networks, enum network_id id, const struct tensor *input,
                const struct ask_answer *answers, unsigned count, GError **error);

/* Probabilities out of logits, in place. */
void ask_softmax(float *logits, unsigned count);
