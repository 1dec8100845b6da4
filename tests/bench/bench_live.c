/* A live stream of a real face: the processor time that decoding and measuring it takes, and how soon a frame is known.
 */
#include <gst/app/gstappsink.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench_vision.h"
#include "vision/process/process.h"

#define PAYLOAD_TYPE 102
#define ROUNDS       5
#define BATCH_US     100000
#define RTP_CLOCK    90000

static void unref_packet(void *packet)
{
    g_bytes_unref(packet);
}

/* The film as RTP, VP8 of 30 frames/s as browsers send it. NULL: there is no film. */
static GPtrArray *film(const char *path, unsigned width, unsigned height)
{
    g_autofree char *description = g_strdup_printf(
        "filesrc location=\"%s\" ! matroskademux ! avdec_h264 ! videoconvert ! videoscale ! videorate"
        " ! video/x-raw,format=I420,width=%u,height=%u,framerate=30/1 ! vp8enc deadline=1 target-bitrate=%u"
        " ! rtpvp8pay mtu=1200 pt=%d picture-id-mode=15-bit timestamp-offset=0 ! appsink name=out sync=false",
        path, width, height, width * height * 4, PAYLOAD_TYPE);
    g_autoptr(GError) error = NULL;
    g_autoptr(GstElement) pipeline = gst_parse_launch(description, &error);
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
    GPtrArray *packets = g_ptr_array_new_with_free_func(unref_packet);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    for (;;) {
        g_autoptr(GstSample) sample = gst_app_sink_pull_sample(GST_APP_SINK(out));
        GstMapInfo map;
        if (sample == NULL || !gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ)) {
            break;
        }
        g_ptr_array_add(packets, g_bytes_new(map.data, map.size));
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return packets;
}

static int64_t time_of(GBytes *packet)
{
    const uint8_t *at = g_bytes_get_data(packet, NULL);
    const uint32_t timestamp = (uint32_t)at[4] << 24 | (uint32_t)at[5] << 16 | (uint32_t)at[6] << 8 | at[7];
    return (int64_t)timestamp * G_USEC_PER_SEC / RTP_CLOCK;
}

/* Of the worker's one thread. */
static double cpu_s(const struct process *process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/schedstat", (int)process_pid(process));
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? (double)g_ascii_strtoull(text, NULL, 10) / 1e9 : 0;
}

static json_t *ask(struct process *process, const char *op, json_t *params, const GPtrArray *in)
{
    const struct pool_job job = {.op = op, .params = params, .in = in};
    const int64_t until_us = g_get_monotonic_time() + G_TIME_SPAN_MINUTE;
    struct pool_reply reply = {0};
    g_autoptr(GError) error = NULL;
    if (process_send(process, &job, until_us, &error) != PROCESS_DONE ||
        process_receive(process, until_us, &reply, &error) != PROCESS_DONE) {
        fprintf(stderr, "bench: %s: %s\n", op, error != NULL ? error->message : "the worker was lost");
        exit(1);
    }
    json_t *report = json_incref(reply.report);
    pool_reply_clear(&reply);
    json_decref(params);
    return report;
}

/* One stream from its opening to its end, a batch of packets every 100 ms of it. */
static void run_stream(struct process *process, const GPtrArray *packets, GArray *batch_ms)
{
    json_t *opened = ask(process, "live.open",
                         json_pack("{s:i, s:i}", "codec", (int)VISION_CODEC_VP8, "payload_type", PAYLOAD_TYPE), NULL);
    const json_int_t id = json_integer_value(json_object_get(opened, "id"));
    json_decref(opened);
    for (unsigned i = 0; i < packets->len;) {
        g_autoptr(GPtrArray) batch = g_ptr_array_new();
        const int64_t until_us = time_of(packets->pdata[i]) + BATCH_US;
        for (; i < packets->len && time_of(packets->pdata[i]) < until_us; i++) {
            g_ptr_array_add(batch, packets->pdata[i]);
        }
        const int64_t begin_us = g_get_monotonic_time();
        json_decref(ask(process, "live.push", json_pack("{s:I}", "id", id), batch));
        const double ms = (double)(g_get_monotonic_time() - begin_us) / 1000;
        g_array_append_val(batch_ms, ms);
    }
    json_decref(ask(process, "live.close", json_pack("{s:I}", "id", id), NULL));
}

static void measure(struct process *process, const char *path, unsigned width, unsigned height)
{
    g_autoptr(GPtrArray) packets = film(path, width, height);
    g_autoptr(GArray) batch_ms = g_array_new(false, false, sizeof(double));
    const double length_s =
        (double)(time_of(packets->pdata[packets->len - 1]) - time_of(packets->pdata[0])) / G_USEC_PER_SEC;
    double cores[ROUNDS];
    for (unsigned i = 0; i < ROUNDS; i++) {
        const double before_s = cpu_s(process);
        run_stream(process, packets, batch_ms);
        cores[i] = (cpu_s(process) - before_s) / length_s;
    }
    double *ms = (double *)(void *)batch_ms->data;
    const double p50 = bench_quantile(ms, batch_ms->len, 0.5), p95 = bench_quantile(ms, batch_ms->len, 0.95);
    bench_print(json_pack("{s:s, s:i, s:i, s:f, s:f, s:f, s:f}", "bench", "live", "width", (int)width, "height",
                          (int)height, "seconds", length_s, "core", bench_quantile(cores, ROUNDS, 0.5), "batch_p50_ms",
                          p50, "batch_p95_ms", p95));
}

int bench_live(void)
{
    const char *folder = g_getenv("VIVA_SHARED_DATA");
    g_autofree char *path =
        g_build_filename(folder != NULL ? folder : VIVA_MODELS "/../../shared/data", "video/yes.mkv", NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        fputs("bench: skipped: no video/yes.mkv\n", stderr);
        return 0;
    }
    gst_init(NULL, NULL);
    const struct vision_config config = bench_config(1);
    g_autoptr(GError) error = NULL;
    struct process *process = process_start(&config, &error);
    if (process == NULL ||
        process_await(process, -1, g_get_monotonic_time() + G_TIME_SPAN_MINUTE, &error) != PROCESS_DONE) {
        fprintf(stderr, "bench: %s\n", error->message);
        return 1;
    }
    measure(process, path, 640, 480);
    measure(process, path, 1280, 720);
    g_free(process_end(process));
    return 0;
}
