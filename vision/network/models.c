#include "vision/network/models.h"

#include <openssl/evp.h>
#include <string.h>

#include "vision/vision.h"

#define REMEDY "run deploy/build networks"

#if defined(__x86_64__)
#define ARCHITECTURE "x64"
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
#else
#error "the runtime that models.json names exists for x86-64 and AArch64 only"
#endif

static const char *const network_names[NETWORKS] = {
    [NETWORK_FACE_DETECT] = "face_detect",   [NETWORK_FACE_LANDMARK] = "face_landmark",
    [NETWORK_FACE_FEATURE] = "face_feature", [NETWORK_FACE_LIVENESS] = "face_liveness",
    [NETWORK_FACE_EYE] = "face_eye",         [NETWORK_FACE_POSE] = "face_pose",
    [NETWORK_TEXT_DETECT] = "text_detect",   [NETWORK_TEXT_RECOGNISE] = "text_recognise",
};

/* ---- the manifest ---- */

static bool malformed(const char *what, const char *why, GError **error)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "models.json: %s: %s", what, why);
    return false;
}

static bool parse_shape(const json_t *shape, struct model_tensor *tensor)
{
    const size_t rank = json_array_size(shape);
    if (rank == 0 || rank > TENSOR_RANK_MAX) {
        return false;
    }
    for (size_t i = 0; i < rank; i++) {
        const json_t *side = json_array_get(shape, i);
        const json_int_t length = json_is_null(side) ? -1 : json_integer_value(side);
        if (length != -1 && (length < 1 || length > INT32_MAX)) {
            return false;
        }
        tensor->shape[i] = length;
    }
    tensor->rank = (unsigned)rank;
    return true;
}

static bool parse_tensor(json_t *json, const char *owner, struct model_tensor *tensor, GError **error)
{
    const char *name;
    json_t *shape;
    json_error_t why;
    if (json_unpack_ex(json, &why, JSON_STRICT, "{s:s, s:o}", "name", &name, "shape", &shape) != 0) {
        return malformed(owner, why.text, error);
    }
    tensor->name = g_strdup(name);
    return parse_shape(shape, tensor) || malformed(owner, "a shape is 1 to 4 lengths, null for any", error);
}

static bool parse_tensors(json_t *input, json_t *outputs, struct model *model, GError **error)
{
    const size_t count = json_array_size(outputs);
    if (count == 0 || count > TENSOR_OUTPUTS_MAX) {
        return malformed(model->name, "it must have 1 to 3 outputs", error);
    }
    for (size_t i = 0; i < count; i++) {
        if (!parse_tensor(json_array_get(outputs, i), model->name, &model->outputs[i], error)) {
            return false;
        }
        model->output_count++;
    }
    return parse_tensor(input, model->name, &model->input, error);
}

static bool is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Networks have tensors, other files have not. */
static bool parse_model(json_t *json, const char *folder, bool network, struct model *model, GError **error)
{
    const char *name, *package, *version, *file, *sha256, *licence, *source;
    const char *preprocessing = NULL, *training_data = NULL;
    json_t *input = NULL, *outputs = NULL;
    json_int_t bytes;
    json_error_t why;
    if (json_unpack_ex(json, &why, JSON_STRICT, "{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s?o, s?o, s?s, s?s}", "name",
                       &name, "package", &package, "version", &version, "file", &file, "bytes", &bytes, "sha256",
                       &sha256, "licence", &licence, "source", &source, "input", &input, "outputs", &outputs,
                       "preprocessing", &preprocessing, "training_data", &training_data) != 0) {
        return malformed("an entry", why.text, error);
    }
    if (network != (input != NULL && outputs != NULL && preprocessing != NULL && training_data != NULL)) {
        return malformed(name, "networks, and they alone, have input, outputs, preprocessing and training_data", error);
    }
    if (bytes < 1 || !is_sha256(sha256) || g_path_is_absolute(file) || strstr(file, "..") != NULL) {
        return malformed(
            name, "it needs its bytes, its SHA-256 in small hexadecimal digits, and a file inside the folder", error);
    }
    model->name = g_strdup(name);
    model->path = g_build_filename(folder, file, NULL);
    model->bytes = (uint64_t)bytes;
    model->sha256 = g_strdup(sha256);
    return !network || parse_tensors(input, outputs, model, error);
}

static bool parse_networks(const json_t *networks, const char *folder, struct models *models, GError **error)
{
    if (json_array_size(networks) != NETWORKS) {
        return malformed("networks", "one is missing, or one too many", error);
    }
    for (size_t i = 0; i < NETWORKS; i++) {
        struct model *model = &models->networks[i];
        if (!parse_model(json_array_get(networks, i), folder, true, model, error)) {
            return false;
        }
        if (strcmp(model->name, network_names[i]) != 0) {
            return malformed(model->name, "not the network that belongs at its place", error);
        }
    }
    return true;
}

struct models *models_load(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "models.json", NULL);
    json_error_t why;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s: %s", path, why.text);
        return NULL;
    }
    g_autoptr(Models) models = g_new0(struct models, 1);
    json_t *runtime, *networks, *characters, *x64, *arm64;
    bool good = json_unpack_ex(root, &why, JSON_STRICT, "{s:{s:o, s:o}, s:o, s:o}", "runtime", "x64", &x64, "arm64",
                               &arm64, "networks", &networks, "characters", &characters) == 0;
    if (!good) {
        malformed("its members", why.text, error);
    } else {
        runtime = strcmp(ARCHITECTURE, "x64") == 0 ? x64 : arm64;
        good = parse_model(runtime, folder, false, &models->runtime, error) &&
               parse_networks(networks, folder, models, error) &&
               parse_model(characters, folder, false, &models->characters, error);
    }
    json_decref(root);
    return good ? g_steal_pointer(&models) : NULL;
}

static void clear_model(struct model *model)
{
    g_free(model->name);
    g_free(model->path);
    g_free(model->sha256);
    g_free(model->input.name);
    for (size_t i = 0; i < TENSOR_OUTPUTS_MAX; i++) {
        g_free(model->outputs[i].name);
    }
}

void models_free(struct models *models)
{
    if (models == NULL) {
        return;
    }
    clear_model(&models->runtime);
    for (size_t i = 0; i < NETWORKS; i++) {
        clear_model(&models->networks[i]);
    }
    clear_model(&models->characters);
    g_free(models);
}

/* ---- the files ---- */

static bool has_sha256(const void *data, size_t length, const char *hex)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    char text[65];
    if (EVP_Digest(data, length, hash, NULL, EVP_sha256(), NULL) != 1) {
        return false;
    }
    for (size_t i = 0; i < 32; i++) {
        g_snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    return strcmp(text, hex) == 0;
}

GBytes *model_read(const struct model *model, GError **error)
{
    GError *why = NULL;
    GMappedFile *file = g_mapped_file_new(model->path, FALSE, &why);
    if (file == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s: %s; " REMEDY, model->name, why->message);
        g_error_free(why);
        return NULL;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(file);
    g_mapped_file_unref(file);
    size_t length;
    const void *data = g_bytes_get_data(bytes, &length);
    if (length != model->bytes || !has_sha256(data, length, model->sha256)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG,
                    "%s: %s is not the file that models.json names (its SHA-256 differs); " REMEDY, model->name,
                    model->path);
        return NULL;
    }
    return g_steal_pointer(&bytes);
}

bool vision_models_verify(const char *folder, GError **error)
{
    g_autoptr(Models) models = models_load(folder, error);
    if (models == NULL) {
        return false;
    }
    const struct model *all[NETWORKS + 2] = {&models->runtime, &models->characters};
    for (size_t i = 0; i < NETWORKS; i++) {
        all[i + 2] = &models->networks[i];
    }
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(GBytes) bytes = model_read(all[i], error);
        if (bytes == NULL) {
            return false;
        }
    }
    return true;
}

char *vision_models_folder(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    if (program == NULL) {
        return NULL;
    }
    g_autofree char *beside = g_path_get_dirname(program);
    static const char *const places[] = {"../share/viva/vision", "../../vision"};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *folder = g_canonicalize_filename(places[i], beside);
        g_autofree char *manifest = g_build_filename(folder, "models.json", NULL);
        if (g_file_test(manifest, G_FILE_TEST_IS_REGULAR)) {
            return g_steal_pointer(&folder);
        }
    }
    return NULL;
}
