/* A worker process: its start, its memory, and what a job costs beyond its work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench_vision.h"
#include "vision/image/image.h"
#include "vision/process/process.h"

#define STARTS      7
#define JOBS        2000
#define LARGE_BYTES (1u << 20)
#define SIDE_PX     5000 /* 25 megapixels, the largest picture */

static int64_t in_a_minute(void)
{
    return g_get_monotonic_time() + G_TIME_SPAN_MINUTE;
}

/* ---- start ---- */

static struct process *start(double *took_ms)
{
    g_autoptr(GError) error = NULL;
    const struct vision_config config = bench_config(1);
    const int64_t begin_us = g_get_monotonic_time();
    struct process *process = process_start(&config, &error);
    if (process == NULL || process_await(process, -1, in_a_minute(), &error) != PROCESS_DONE) {
        fprintf(stderr, "bench: %s\n", error->message);
        exit(1);
    }
    *took_ms = (double)(g_get_monotonic_time() - begin_us) / 1000;
    return process;
}

static void measure_start(void)
{
    double ms[STARTS];
    for (unsigned i = 0; i < STARTS; i++) {
        g_free(process_end(start(&ms[i])));
    }
    const double p50 = bench_quantile(ms, STARTS, 0.5), most = bench_quantile(ms, STARTS, 1);
    bench_print(
        json_pack("{s:s, s:i, s:f, s:f}", "bench", "worker_start", "starts", STARTS, "p50_ms", p50, "max_ms", most));
}

/* ---- memory ---- */

/* A line of /proc/PID/status, in MiB. */
static double status_mib(const struct process *process, const char *name)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)process_pid(process));
    g_autofree char *status = NULL;
    g_file_get_contents(path, &status, NULL, NULL);
    const char *line = status != NULL ? strstr(status, name) : NULL;
    return line != NULL ? g_ascii_strtod(line + strlen(name), NULL) / 1024 : 0;
}

static void ask(struct process *process, const char *op, json_t *params, GBytes *bytes)
{
    GPtrArray in = {.pdata = (void **)&bytes, .len = 1};
    const struct pool_job job = {.op = op, .params = params, .in = &in};
    struct pool_reply reply = {0};
    g_autoptr(GError) error = NULL;
    enum process_outcome outcome = process_send(process, &job, in_a_minute(), &error);
    if (outcome == PROCESS_DONE) {
        outcome = process_receive(process, in_a_minute(), &reply, &error);
    }
    if (outcome != PROCESS_DONE) {
        fprintf(stderr, "bench: %s: %s\n", op, error != NULL ? error->message : "the worker was lost");
    }
    pool_reply_clear(&reply);
    json_decref(params);
}

static GBytes *largest_picture(void)
{
    struct image *image = image_new(SIDE_PX, SIDE_PX, 3);
    uint32_t noise = 1;
    for (size_t i = 0; i < image->stride * (size_t)image->height; i++) {
        noise = noise * 1664525 + 1013904223;
        image->pixels[i] = (uint8_t)(noise >> 24 & 0x3f);
    }
    GBytes *jpeg = image_encode_jpeg(image, 60);
    image_free(image);
    return jpeg;
}

static json_t *picture_params(void)
{
    return json_pack("{s:b, s:b}", "jpeg_only", 0, "draw", 0);
}

static void print_memory(const struct process *process, const char *after)
{
    bench_print(json_pack("{s:s, s:s, s:f, s:f, s:f}", "bench", "worker_memory", "after", after, "resident_mib",
                          status_mib(process, "VmRSS:"), "most_mib", status_mib(process, "VmHWM:"), "addresses_mib",
                          status_mib(process, "VmPeak:")));
}

static void measure_memory(void)
{
    static const struct {
        const char *op, *file;
    } jobs[] = {{"face", "faces/img12.jpg"}, {"document", "pages/pass-lux.jpg"}, {"clip", "video/turning-female.gif"}};
    double ms;
    struct process *process = start(&ms);
    print_memory(process, "start");
    for (size_t i = 0; i < G_N_ELEMENTS(jobs); i++) {
        g_autoptr(GBytes) bytes = bench_file(jobs[i].file);
        if (bytes == NULL) {
            fprintf(stderr, "bench: skipped: no %s\n", jobs[i].file);
            continue;
        }
        ask(process, jobs[i].op, strcmp(jobs[i].op, "clip") == 0 ? json_pack("{s:b}", "draw", 0) : picture_params(),
            bytes);
        print_memory(process, jobs[i].op);
    }
    g_autoptr(GBytes) large = largest_picture();
    ask(process, "face", picture_params(), large);
    print_memory(process, "25 megapixels");
    g_free(process_end(process));
}

/* ---- a job ---- */

/* A job for an op that nobody has: all the way to the worker and back, with nothing done there. */
static double job_us(struct vision_pool *pool, size_t bytes)
{
    static double us[JOBS];
    GBytes *blob = g_bytes_new_take(g_malloc0(bytes), bytes);
    GPtrArray in = {.pdata = (void **)&blob, .len = 1};
    json_t *params = json_object();
    for (unsigned i = 0; i < JOBS; i++) {
        const struct pool_job job = {
            .op = "nothing", .priority = VISION_CAPTURE, .params = params, .in = &in, .deadline_us = in_a_minute()};
        struct pool_reply reply = {0};
        g_autoptr(GError) error = NULL;
        const int64_t begin_us = g_get_monotonic_time();
        pool_run(pool, &job, &reply, &error);
        us[i] = (double)(g_get_monotonic_time() - begin_us);
    }
    json_decref(params);
    g_bytes_unref(blob);
    return bench_quantile(us, JOBS, 0.5);
}

int bench_process(void)
{
    measure_start();
    measure_memory();
    struct vision_pool *pool = bench_pool(1);
    const double small = job_us(pool, 0), large = job_us(pool, LARGE_BYTES);
    bench_print(
        json_pack("{s:s, s:i, s:f, s:f}", "bench", "job", "jobs", JOBS, "empty_us", small, "mebibyte_us", large));
    vision_pool_free(pool);
    return 0;
}
