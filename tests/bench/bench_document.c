/* What reading a document costs: one worker, whole pages, decoding included. OpenCV's own dnn cannot stand beside it:
 * it loads none of the networks of text. */
#include <stdio.h>

#include "tests/bench/bench_vision.h"

#define ROUNDS    3
#define PAGES_MAX 16

static const char *const pages[] = {"pass-uto.jpg", "pass-lux.jpg", "pass-aus.png", "pass-can.jpg",
                                    "pass-egy.jpg", "pass-isl.png", "pass-twn.jpg", "pass-lva.jpg"};
G_STATIC_ASSERT(G_N_ELEMENTS(pages) <= PAGES_MAX);

/* ms that one page takes; negative: it is not there, or cannot be read. */
static double measure(struct vision_pool *pool, const char *name)
{
    g_autofree char *path = g_build_filename("pages", name, NULL);
    g_autoptr(GBytes) bytes = bench_file(path);
    if (bytes == NULL) {
        return -1;
    }
    g_autoptr(GError) error = NULL;
    struct vision_document document = {0};
    const struct vision_input input = {.bytes = bytes, .priority = VISION_SUBMISSION, .deadline_ms = 60000};
    const int64_t begin_us = g_get_monotonic_time();
    if (!vision_document(pool, &input, &document, &error)) {
        fprintf(stderr, "bench: %s: %s\n", name, error->message);
        return -1;
    }
    const double ms = (double)(g_get_monotonic_time() - begin_us) / 1000;
    vision_document_clear(&document);
    return ms;
}

int bench_document(void)
{
    double ms[PAGES_MAX * ROUNDS];
    unsigned count = 0;
    struct vision_pool *pool = bench_pool(1);
    for (unsigned round = 0; round <= ROUNDS; round++) {
        for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
            const double took_ms = measure(pool, pages[i]);
            if (round > 0 && took_ms >= 0) { /* the first is to warm up */
                ms[count++] = took_ms;
            }
        }
    }
    vision_pool_free(pool);
    if (count == 0) {
        fputs("bench: skipped: no pages of ../shared/data\n", stderr);
        return 0;
    }
    const double p50 = bench_quantile(ms, count, 0.5), p95 = bench_quantile(ms, count, 0.95);
    bench_print(
        json_pack("{s:s, s:i, s:f, s:f}", "bench", "document_read", "pages", (int)count, "p50_ms", p50, "p95_ms", p95));
    return 0;
}
