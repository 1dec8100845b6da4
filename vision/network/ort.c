#include "vision/network/ort.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stddef.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "vision/vision.h"

/* ---- the interface, as far as it is used (onnxruntime_c_api.h, version 14) ---- */

#define API_VERSION      14
#define LOG_FATAL        4
#define SEQUENTIAL       0
#define OPTIMISE_ALL     99
#define DEVICE_ALLOCATOR 0
#define MEMORY_DEFAULT   0
#define ELEMENT_FLOAT    1

struct status; /* NULL: good */
struct env;
struct options;
struct session;
struct value;
struct memory_info;
struct shape_info;

typedef void (*function)(void);

struct api {
    function at_0[2];
    const char *(*error_message)(const struct status *status);
    struct status *(*create_env)(int log_severity, const char *log_id, struct env **env);
    function at_4[2];
    struct status *(*disable_telemetry)(const struct env *env);
    function at_7[1];
    struct status *(*create_session)(const struct env *env, const void *network, size_t length,
                                     const struct options *options, struct session **session);
    struct status *(*run)(struct session *session, const void *run_options, const char *const *input_names,
                          const struct value *const *inputs, size_t input_count, const char *const *output_names,
                          size_t output_count, struct value **outputs);
    struct status *(*create_options)(struct options **options);
    function at_11[2];
    struct status *(*set_execution_mode)(struct options *options, int mode);
    function at_14[3];
    struct status *(*disable_memory_pattern)(struct options *options);
    function at_18[1];
    struct status *(*disable_arena)(struct options *options);
    function at_20[2];
    struct status *(*set_log_severity)(struct options *options, int severity);
    struct status *(*set_optimisation)(struct options *options, int level);
    struct status *(*set_intra_op_threads)(struct options *options, int threads);
    struct status *(*set_inter_op_threads)(struct options *options, int threads);
    function at_26[23];
    struct status *(*create_tensor)(const struct memory_info *info, void *data, size_t bytes, const int64_t *shape,
                                    size_t rank, int element, struct value **value);
    function at_50[1];
    struct status *(*tensor_data)(struct value *value, void **data);
    function at_52[8];
    struct status *(*element_type)(const struct shape_info *info, int *element);
    struct status *(*rank)(const struct shape_info *info, size_t *rank);
    struct status *(*shape)(const struct shape_info *info, int64_t *shape, size_t rank);
    function at_63[2];
    struct status *(*shape_info)(const struct value *value, struct shape_info **info);
    function at_66[3];
    struct status *(*create_cpu_memory_info)(int allocator, int memory, struct memory_info **info);
    function at_70[22];
    void (*release_env)(struct env *env);
    void (*release_status)(struct status *status);
    void (*release_memory_info)(struct memory_info *info);
    void (*release_session)(struct session *session);
    void (*release_value)(struct value *value);
    function at_97[2];
    void (*release_shape_info)(struct shape_info *info);
    void (*release_options)(struct options *options);
};
G_STATIC_ASSERT(offsetof(struct api, run) == 9 * sizeof(function));
G_STATIC_ASSERT(offsetof(struct api, create_tensor) == 49 * sizeof(function));
G_STATIC_ASSERT(offsetof(struct api, release_env) == 92 * sizeof(function));
G_STATIC_ASSERT(offsetof(struct api, release_options) == 100 * sizeof(function));

struct api_base {
    const struct api *(*api)(uint32_t version);
    const char *(*version)(void);
};

struct ort {
    const struct api *api;
    struct env *env;
    struct options *options; /* of every session */
    struct memory_info *memory;
};

struct ort_session {
    const struct ort *ort;
    struct session *session;
};

/* Releases the status. */
static bool good(const struct api *api, struct status *status, enum vision_error code, const char *what, GError **error)
{
    if (status == NULL) {
        return true;
    }
    g_set_error(error, VISION_ERROR, (int)code, "ONNX Runtime: %s: %s", what, api->error_message(status));
    api->release_status(status);
    return false;
}

/* ---- the library ---- */

/* Without its arena the runtime takes and returns tens of megabytes in every run. glibc's own settings would give them
 * back to the kernel each time, which costs more than the run; these keep some, and let the rest go. */
static void tune_allocator(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
    mallopt(M_TOP_PAD, 64 << 20);
}

static const struct api *load_api(const char *library, GError **error)
{
    /* From version 1.29 on it reports to its maker when an environment is made, before anybody can call the API's own
     * switch: a thread, a database in the home folder, an address on the Internet. This stops it before it begins. */
    g_setenv("ORT_DISABLE_TELEMETRY", "1", TRUE);
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "cannot load ONNX Runtime: %s", dlerror());
        return NULL;
    }
    const struct api_base *(*base)(void) = (const struct api_base *(*)(void))dlsym(handle, "OrtGetApiBase");
    const struct api *api = base != NULL ? base()->api(API_VERSION) : NULL;
    if (api == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s is no ONNX Runtime with version %d of its interface",
                    library, API_VERSION);
    }
    return api;
}

static bool set_options(const struct api *api, struct options *options, GError **error)
{
    struct status *const made[] = {
        api->set_execution_mode(options, SEQUENTIAL), api->set_optimisation(options, OPTIMISE_ALL),
        api->set_intra_op_threads(options, 1),        api->set_inter_op_threads(options, 1),
        api->set_log_severity(options, LOG_FATAL),    api->disable_arena(options),
        api->disable_memory_pattern(options),
    };
    bool all = true;
    for (size_t i = 0; i < G_N_ELEMENTS(made); i++) {
        all = good(api, made[i], VISION_ERROR_CONFIG, "options", all ? error : NULL) && all;
    }
    return all;
}

struct ort *ort_open(const char *library, GError **error)
{
    const struct api *api = load_api(library, error);
    if (api == NULL) {
        return NULL;
    }
    tune_allocator();
    struct ort *ort = g_new0(struct ort, 1);
    ort->api = api;
    if (good(api, api->create_env(LOG_FATAL, "viva", &ort->env), VISION_ERROR_CONFIG, "environment", error) &&
        good(api, api->disable_telemetry(ort->env), VISION_ERROR_CONFIG, "telemetry", error) &&
        good(api, api->create_cpu_memory_info(DEVICE_ALLOCATOR, MEMORY_DEFAULT, &ort->memory), VISION_ERROR_CONFIG,
             "memory", error) &&
        good(api, api->create_options(&ort->options), VISION_ERROR_CONFIG, "options", error) &&
        set_options(api, ort->options, error)) {
        return ort;
    }
    ort_close(ort);
    return NULL;
}

void ort_close(struct ort *ort)
{
    if (ort == NULL) {
        return;
    }
    ort->api->release_options(ort->options);
    ort->api->release_memory_info(ort->memory);
    ort->api->release_env(ort->env);
    g_free(ort);
}

/* ---- sessions ---- */

struct ort_session *ort_session_new(struct ort *ort, GBytes *network, GError **error)
{
    size_t length;
    const void *data = g_bytes_get_data(network, &length);
    struct session *made = NULL;
    if (!good(ort->api, ort->api->create_session(ort->env, data, length, ort->options, &made), VISION_ERROR_CONFIG,
              "network", error)) {
        return NULL;
    }
    struct ort_session *session = g_new0(struct ort_session, 1);
    session->ort = ort;
    session->session = made;
    return session;
}

void ort_session_free(struct ort_session *session)
{
    if (session != NULL) {
        session->ort->api->release_session(session->session);
        g_free(session);
    }
}

/* The runtime has an option for this (session.set_denormal_as_zero), which changes the thread that makes the first
 * session, for good, and no other. Returns what to give to restore_denormals. */
static uint64_t flush_denormals(void)
{
#if defined(__x86_64__)
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); /* flush to zero, denormals are zero */
    return before;
#elif defined(__aarch64__)
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" ::"r"(before | UINT64_C(1) << 24));
    return before;
#endif
}

static void restore_denormals(uint64_t before)
{
#if defined(__x86_64__)
    _mm_setcsr((unsigned)before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(before));
#endif
}

static bool copy_shape(const struct api *api, const struct shape_info *info, struct tensor *output, GError **error)
{
    int element = 0;
    size_t rank = 0;
    if (!good(api, api->element_type(info, &element), VISION_ERROR_DECODE, "output", error) ||
        !good(api, api->rank(info, &rank), VISION_ERROR_DECODE, "output", error)) {
        return false;
    }
    if (element != ELEMENT_FLOAT || rank > TENSOR_RANK_MAX) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "a network gives something else than floats");
        return false;
    }
    output->rank = (unsigned)rank;
    return good(api, api->shape(info, output->shape, rank), VISION_ERROR_DECODE, "output", error);
}

static bool copy_output(const struct api *api, struct value *value, struct tensor *output, GError **error)
{
    struct shape_info *info = NULL;
    void *data = NULL;
    if (!good(api, api->shape_info(value, &info), VISION_ERROR_DECODE, "output", error)) {
        return false;
    }
    const bool copied = copy_shape(api, info, output, error) &&
                        good(api, api->tensor_data(value, &data), VISION_ERROR_DECODE, "output", error);
    api->release_shape_info(info);
    if (copied) {
        output->data = g_memdup2(data, tensor_length(output) * sizeof(float));
    }
    return copied;
}

static bool copy_outputs(const struct api *api, struct value *const *values, struct tensor *outputs, unsigned count,
                         GError **error)
{
    struct tensor copies[TENSOR_OUTPUTS_MAX] = {0};
    bool copied = true;
    for (unsigned i = 0; i < count && copied; i++) {
        copied = copy_output(api, values[i], &copies[i], error);
    }
    for (unsigned i = 0; i < count; i++) {
        if (copied) {
            outputs[i] = copies[i];
        } else {
            g_free(copies[i].data);
        }
    }
    return copied;
}

bool ort_run(struct ort_session *session, const char *input_name, const struct tensor *input,
             const char *const *output_names, struct tensor *outputs, unsigned output_count, GError **error)
{
    g_assert(output_count <= TENSOR_OUTPUTS_MAX);
    const struct ort *ort = session->ort;
    struct value *in = NULL;
    struct value *out[TENSOR_OUTPUTS_MAX] = {NULL};
    if (!good(ort->api,
              ort->api->create_tensor(ort->memory, input->data, tensor_length(input) * sizeof(float), input->shape,
                                      input->rank, ELEMENT_FLOAT, &in),
              VISION_ERROR_DECODE, "input", error)) {
        return false;
    }
    const uint64_t before = flush_denormals();
    struct status *status = ort->api->run(session->session, NULL, &input_name, (const struct value *const *)&in, 1,
                                          output_names, output_count, out);
    restore_denormals(before);
    const bool ran = good(ort->api, status, VISION_ERROR_DECODE, "inference", error) &&
                     copy_outputs(ort->api, out, outputs, output_count, error);
    for (unsigned i = 0; i < output_count; i++) {
        ort->api->release_value(out[i]);
    }
    ort->api->release_value(in);
    return ran;
}
