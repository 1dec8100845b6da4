#include "vision/network/networks.h"

#include <string.h>

#include "vision/network/models.h"
#include "vision/network/ort.h"
#include "vision/vision.h"

struct networks {
    struct models *models;
    struct ort *ort;
    struct ort_session *sessions[NETWORKS];
    GPtrArray *characters; /* of char * */
};

size_t tensor_length(const struct tensor *tensor)
{
    size_t length = 1;
    for (unsigned i = 0; i < tensor->rank; i++) {
        length *= (size_t)tensor->shape[i];
    }
    return length;
}

static bool fits(const struct tensor *tensor, const struct model_tensor *model)
{
    if (tensor->rank != model->rank) {
        return false;
    }
    for (unsigned i = 0; i < tensor->rank; i++) {
        if (tensor->shape[i] < 1 || (model->shape[i] != -1 && tensor->shape[i] != model->shape[i])) {
            return false;
        }
    }
    return true;
}

bool networks_run(struct networks *networks, enum network_id id, const struct tensor *input, struct tensor *outputs,
                  unsigned output_count, GError **error)
{
    const struct model *model = &networks->models->networks[id];
    g_assert(output_count <= model->output_count);
    if (!fits(input, &model->input)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "%s does not take an input of this shape", model->name);
        return false;
    }
    const char *names[TENSOR_OUTPUTS_MAX];
    for (unsigned i = 0; i < output_count; i++) {
        names[i] = model->outputs[i].name;
    }
    return ort_run(networks->sessions[id], model->input.name, input, names, outputs, output_count, error);
}

/* ---- loading ---- */

/* One inference on nothing: the network is what models.json says, and whatever the runtime makes on its first run is
 * made before the sandbox closes. */
static bool try_out(struct networks *networks, enum network_id id, GError **error)
{
    const struct model *model = &networks->models->networks[id];
    struct tensor input = {.rank = model->input.rank};
    for (unsigned i = 0; i < input.rank; i++) {
        input.shape[i] = model->input.shape[i] == -1 ? 32 : model->input.shape[i];
    }
    input.data = g_new0(float, tensor_length(&input));
    struct tensor outputs[TENSOR_OUTPUTS_MAX];
    GError *why = NULL;
    const bool ran = networks_run(networks, id, &input, outputs, model->output_count, &why);
    g_free(input.data);
    bool agrees = ran;
    for (unsigned i = 0; ran && i < model->output_count; i++) {
        agrees = agrees && fits(&outputs[i], &model->outputs[i]);
        g_free(outputs[i].data);
    }
    if (!agrees) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s is not as models.json describes it: %s", model->name,
                    why != NULL ? why->message : "an output of another shape");
        g_clear_error(&why);
    }
    return agrees;
}

static bool load_network(struct networks *networks, enum network_id id, GError **error)
{
    g_autoptr(GBytes) bytes = model_read(&networks->models->networks[id], error);
    if (bytes == NULL) {
        return false;
    }
    networks->sessions[id] = ort_session_new(networks->ort, bytes, error);
    return networks->sessions[id] != NULL && try_out(networks, id, error);
}

static bool load_runtime(struct networks *networks, GError **error)
{
    g_autoptr(GBytes) bytes = model_read(&networks->models->runtime, error);
    if (bytes == NULL) {
        return false;
    }
    networks->ort = ort_open(networks->models->runtime.path, error);
    return networks->ort != NULL;
}

/* A character for each line; the classes before and after them are the network's own. */
static bool load_characters(struct networks *networks, GError **error)
{
    g_autoptr(GBytes) bytes = model_read(&networks->models->characters, error);
    if (bytes == NULL) {
        return false;
    }
    size_t length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(data, length);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    g_ptr_array_add(networks->characters, g_strdup(""));
    for (char **line = lines; *line != NULL; line++) {
        g_ptr_array_add(networks->characters, g_strdup(*line));
    }
    g_ptr_array_add(networks->characters, g_strdup(" "));
    const struct model_tensor *classes = &networks->models->networks[NETWORK_TEXT_RECOGNISE].outputs[0];
    if (classes->rank != 3 || classes->shape[2] != networks->characters->len) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s: %u characters are not what the network tells apart",
                    networks->models->characters.name, networks->characters->len);
        return false;
    }
    return true;
}

static bool load(struct networks *networks, GError **error)
{
    if (!load_runtime(networks, error) || !load_characters(networks, error)) {
        return false;
    }
    for (unsigned id = 0; id < NETWORKS; id++) {
        if (!load_network(networks, (enum network_id)id, error)) {
            return false;
        }
    }
    return true;
}

struct networks *networks_load(const char *folder, GError **error)
{
    struct models *models = models_load(folder, error);
    if (models == NULL) {
        return NULL;
    }
    struct networks *networks = g_new0(struct networks, 1);
    networks->models = models;
    networks->characters = g_ptr_array_new_with_free_func(g_free);
    if (!load(networks, error)) {
        networks_free(networks);
        return NULL;
    }
    return networks;
}

void networks_free(struct networks *networks)
{
    if (networks == NULL) {
        return;
    }
    for (unsigned id = 0; id < NETWORKS; id++) {
        ort_session_free(networks->sessions[id]);
    }
    ort_close(networks->ort);
    models_free(networks->models);
    g_ptr_array_unref(networks->characters);
    g_free(networks);
}

const char *const *networks_characters(const struct networks *networks, unsigned *count)
{
    *count = networks->characters->len;
    return (const char *const *)networks->characters->pdata;
}
