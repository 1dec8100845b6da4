/* networks: the neural networks of models.json, loaded once and run one inference at a time on one thread.
 *
 * models.json holds, for each network and for the runtime library: name, npm package and version, file, bytes, SHA-256,
 * licence, source, input and output shapes, preprocessing, and what is known of the training data. Loading happens in a
 * worker before it is sandboxed; running needs no system call but memory. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum network_id {
    NETWORK_FACE_DETECT,
    NETWORK_FACE_LANDMARK,
    NETWORK_FACE_FEATURE,
    NETWORK_FACE_LIVENESS,
    NETWORK_FACE_EYE,
    NETWORK_FACE_POSE,
    NETWORK_TEXT_DETECT,
    NETWORK_TEXT_RECOGNISE,
    NETWORKS
};

struct networks;

/* Loads all of FOLDER/models.json, each checked against its SHA-256 again. VISION_ERROR_CONFIG. */
struct networks *networks_load(const char *folder, GError **error);
void networks_free(struct networks *networks);

#define TENSOR_RANK_MAX    4
#define TENSOR_OUTPUTS_MAX 3
struct tensor {
    int64_t shape[TENSOR_RANK_MAX];
    unsigned rank;
    float *data;
};
size_t tensor_length(const struct tensor *tensor); /* in floats */

/* Runs one inference: `input` is borrowed; on success `outputs[i].data` (the first `output_count` outputs, in the order
 * of models.json) are the caller's to g_free. Fails with VISION_ERROR_DECODE when the runtime refuses. */
bool networks_run(struct networks *networks, enum network_id id, const struct tensor *input, struct tensor *outputs,
                  unsigned output_count, GError **error);

/* The characters that NETWORK_TEXT_RECOGNISE tells apart: [0] is CTC's blank (""), the last is " ". `count` is 6,625.
 */
const char *const *networks_characters(const struct networks *networks, unsigned *count);
