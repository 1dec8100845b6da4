/* bench_vision: what vision costs. One JSON object a line on stdout.
 *
 *   bench_vision process   start of a worker, its memory after every kind of job, what a job costs beyond its work
 *   bench_vision live      a live stream of a real face: decoding and measuring
 *   bench_vision document  reading the pages of ../shared/data
 *   bench_vision face      comparing two faces of ../shared/data, beside OpenCV's dnn */
#include "tests/bench/bench_vision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_print(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(5));
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(line);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_quantile(double *values, unsigned count, double part)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[(unsigned)((count - 1) * part + 0.5)];
}

struct vision_config bench_config(unsigned workers)
{
    return (struct vision_config){.program = VIVA_PROGRAM,
                                  .models = VIVA_MODELS,
                                  .workers = workers,
                                  .queue_max = 16,
                                  .live_max = 4,
                                  .worker_memory_mib = VISION_MEMORY_MIB,
                                  .picture_px_max = 25000000,
                                  .jpeg_quality = 92};
}

struct vision_pool *bench_pool(unsigned workers)
{
    g_autoptr(GError) error = NULL;
    const struct vision_config config = bench_config(workers);
    struct vision_pool *pool = vision_pool_new(&config, &error);
    if (pool == NULL) {
        fprintf(stderr, "bench: %s\n", error->message);
        exit(1);
    }
    return pool;
}

GBytes *bench_file(const char *name)
{
    const char *folder = g_getenv("VIVA_SHARED_DATA");
    g_autofree char *path = g_build_filename(folder != NULL ? folder : VIVA_MODELS "/../../shared/data", name, NULL);
    char *content;
    size_t length;
    return g_file_get_contents(path, &content, &length, NULL) ? g_bytes_new_take(content, length) : NULL;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } parts[] = {
        {"process", bench_process},
        {"document", bench_document},
        {"live", bench_live},
        {"face", bench_face},
    };
    for (size_t i = 0; argc == 2 && i < G_N_ELEMENTS(parts); i++) {
        if (strcmp(parts[i].name, argv[1]) == 0) {
            return parts[i].run();
        }
    }
    fputs("usage: bench_vision PART, one of:", stderr);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        fprintf(stderr, " %s", parts[i].name);
    }
    fputs("\n", stderr);
    return 2;
}
