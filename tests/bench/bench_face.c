/* Comparing two faces, decoding included: on one core, as it runs in a worker, and beside the same with OpenCV's dnn in
 * the place of ONNX Runtime: same pictures, same networks, same run. */
#include <stdio.h>
#include <time.h>

#include "tests/bench/bench_vision.h"
#include "vision/face/face.h"
#include "vision/face/match.h"
#include "vision/image/picture.h"

#ifdef OPENCV_DNN
#include "tests/bench/opencv_dnn.h"
#endif

#define ROUNDS 20
#define WARM   3

static const char *const names[2] = {"faces/img34.jpg", "faces/img36.jpg"}; /* 1,280 px wide */

/* ---- who runs the networks ---- */

static bool by_opencv;

bool __real_networks_run(struct networks *networks, enum network_id id, const struct tensor *input,
                         struct tensor *outputs, unsigned output_count, GError **error);
bool __wrap_networks_run(struct networks *networks, enum network_id id, const struct tensor *input,
                         struct tensor *outputs, unsigned output_count, GError **error);
/* The linker puts this between the pipeline and networks_run. */
bool __wrap_networks_run(struct networks *networks, enum network_id id, const struct tensor *input,
                         struct tensor *outputs, unsigned output_count, GError **error)
{
#ifdef OPENCV_DNN
    if (by_opencv) {
        const bool ok = opencv_dnn_run(id, input, outputs, output_count);
        if (!ok) {
            g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "OpenCV does not run network %d", (int)id);
        }
        return ok;
    }
#endif
    return __real_networks_run(networks, id, input, outputs, output_count, error);
}

/* ---- in this process ---- */

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool measure_face(struct networks *networks, GBytes *file, float embedding[VISION_EMBEDDING], GError **error)
{
    const struct picture_limits limits = picture_limits(25000000, false);
    struct picture_head head;
    struct face face;
    unsigned faces;
    unsigned similar;
    g_autoptr(Image) picture = picture_decode(file, &limits, &head, error);
    if (picture == NULL || !face_find(networks, picture, &face, &faces, &similar, error)) {
        return false;
    }
    json_t *report = face_report(networks, picture, &face, faces, embedding, error);
    json_decref(report);
    return report != NULL;
}

static bool compare(struct networks *networks, GBytes *const files[2], double *score, GError **error)
{
    float embeddings[2][VISION_EMBEDDING];
    if (!measure_face(networks, files[0], embeddings[0], error) ||
        !measure_face(networks, files[1], embeddings[1], error)) {
        return false;
    }
    *score = match_cosine(embeddings[0], embeddings[1]);
    return true;
}

/* Engines take turns, so that what else the machine does falls on both. */
static int measure_engines(GBytes *const files[2], bool opencv)
{
    static const char *const engines[] = {"ONNX Runtime", "OpenCV dnn"};
    g_autoptr(GError) error = NULL;
    struct networks *networks = networks_load(VIVA_MODELS, &error);
    double ms[2][ROUNDS];
    double score[2] = {0};
    const unsigned count = opencv ? 2 : 1;
    bool ok = networks != NULL;
    for (unsigned round = 0; ok && round < WARM + ROUNDS; round++) {
        for (unsigned engine = 0; ok && engine < count; engine++) {
            by_opencv = engine == 1;
            const double begin_ms = cpu_ms();
            ok = compare(networks, files, &score[engine], &error);
            if (round >= WARM) {
                ms[engine][round - WARM] = cpu_ms() - begin_ms;
            }
        }
    }
    networks_free(networks);
    if (!ok) {
        fprintf(stderr, "bench: %s\n", error != NULL ? error->message : "no face");
        return 1;
    }
    for (unsigned engine = 0; engine < count; engine++) {
        const double p50 = bench_quantile(ms[engine], ROUNDS, 0.5);
        const double p95 = bench_quantile(ms[engine], ROUNDS, 0.95);
        bench_print(json_pack("{s:s, s:s, s:f, s:f, s:f}", "bench", "face_compare", "engine", engines[engine], "p50_ms",
                              p50, "p95_ms", p95, "score", score[engine]));
    }
    return 0;
}

/* ---- through a worker ---- */

static int measure_worker(GBytes *const files[2])
{
    struct vision_pool *pool = bench_pool(1);
    double ms[ROUNDS];
    int result = 0;
    for (unsigned round = 0; result == 0 && round < WARM + ROUNDS; round++) {
        g_autoptr(GError) error = NULL;
        const int64_t begin_us = g_get_monotonic_time();
        for (unsigned i = 0; i < 2; i++) {
            const struct vision_input input = {.bytes = files[i], .priority = VISION_SUBMISSION, .deadline_ms = 60000};
            struct vision_face face = {0};
            if (!vision_face(pool, &input, &face, &error)) {
                fprintf(stderr, "bench: %s\n", error->message);
                result = 1;
                break;
            }
            vision_face_clear(&face);
        }
        if (round >= WARM) {
            ms[round - WARM] = (double)(g_get_monotonic_time() - begin_us) / 1000;
        }
    }
    vision_pool_free(pool);
    if (result == 0) {
        bench_print(json_pack("{s:s, s:f, s:f}", "bench", "face_compare_worker", "p50_ms",
                              bench_quantile(ms, ROUNDS, 0.5), "p95_ms", bench_quantile(ms, ROUNDS, 0.95)));
    }
    return result;
}

int bench_face(void)
{
    g_autoptr(GBytes) first = bench_file(names[0]);
    g_autoptr(GBytes) second = bench_file(names[1]);
    if (first == NULL || second == NULL) {
        fprintf(stderr, "skipped: %s and %s are not in the folder of real material\n", names[0], names[1]);
        return 0;
    }
    GBytes *const files[2] = {first, second};
    bool opencv = false;
#ifdef OPENCV_DNN
    opencv = opencv_dnn_load(VIVA_MODELS);
#endif
    const int result = measure_engines(files, opencv);
    return result != 0 ? result : measure_worker(files);
}
