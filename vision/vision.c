#include "vision/vision.h"

#include "vision/capture/decode.h"
#include "vision/process/jobs.h"

G_DEFINE_QUARK(vision_error, vision_error)

#define WORKERS_MAX 16

struct vision_pool {
    struct vision_config config;
    struct pool *threads;
};

static bool check_config(const struct vision_config *config, GError **error)
{
    const struct {
        const char *name;
        unsigned value, least, most;
    } settings[] = {
        {"workers", config->workers, 1, WORKERS_MAX},
        {"picture_px_max", config->picture_px_max, 1, G_MAXUINT},
        {"jpeg_quality", config->jpeg_quality, 1, 100},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        if (settings[i].value < settings[i].least || settings[i].value > settings[i].most) {
            g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s is %u: it must be from %u to %u",
                        settings[i].name, settings[i].value, settings[i].least, settings[i].most);
            return false;
        }
    }
    return true;
}

struct vision_pool *vision_pool_new(const struct vision_config *config, GError **error)
{
    if (!check_config(config, error) || !decode_load(error)) {
        return NULL;
    }
    struct vision_pool *pool = g_new0(struct vision_pool, 1);
    pool->config = *config;
    pool->threads = pool_new(config->workers, config->queue_max);
    return pool;
}

void vision_pool_free(struct vision_pool *pool)
{
    if (pool != NULL) {
        pool_free(pool->threads);
        g_free(pool);
    }
}

void vision_picture_clear(struct vision_picture *picture)
{
    g_clear_pointer(&picture->jpeg, g_bytes_unref);
}

/* A job is a value: it holds all it needs, and outlives a caller who has given up. */
struct job {
    struct vision_config config;
    struct vision_keyframe keyframe;
    GPtrArray *packets;
    int64_t deadline_us;
    struct vision_picture picture;
    GError *error;
};

static void *ref_packet(const void *packet, void *data)
{
    (void)data;
    return g_bytes_ref((GBytes *)packet);
}

static void unref_packet(void *packet)
{
    g_bytes_unref(packet);
}

static struct job *job_new(const struct vision_config *config, const struct vision_keyframe *keyframe,
                           int64_t deadline_us)
{
    struct job *job = g_new0(struct job, 1);
    job->config = *config;
    job->packets = g_ptr_array_copy((GPtrArray *)keyframe->packets, ref_packet, NULL);
    g_ptr_array_set_free_func(job->packets, unref_packet);
    job->keyframe = *keyframe;
    job->keyframe.packets = job->packets;
    job->deadline_us = deadline_us;
    return job;
}

static void job_run(void *data)
{
    struct job *job = data;
    decode_keyframe(&job->config, &job->keyframe, job->deadline_us, &job->picture, &job->error);
}

static void job_release(void *data)
{
    struct job *job = data;
    g_ptr_array_unref(job->packets);
    vision_picture_clear(&job->picture);
    g_clear_error(&job->error);
    g_free(job);
}

static bool take_result(struct job *job, struct vision_picture *picture, GError **error)
{
    const bool ok = job->error == NULL;
    if (ok) {
        *picture = job->picture;
        job->picture.jpeg = NULL;
    } else {
        g_propagate_error(error, g_steal_pointer(&job->error));
    }
    job_release(job);
    return ok;
}

bool vision_decode_keyframe(struct vision_pool *pool, const struct vision_keyframe *keyframe, unsigned deadline_ms,
                            struct vision_picture *picture, GError **error)
{
    const int64_t deadline_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000);
    struct job *job = job_new(&pool->config, keyframe, deadline_us);
    switch (pool_run(pool->threads, job_run, job_release, job, deadline_us)) {
    case POOL_DONE:
        return take_result(job, picture, error);
    case POOL_BUSY:
        g_set_error(error, VISION_ERROR, VISION_ERROR_BUSY, "all %u workers are busy and %u jobs wait",
                    pool->config.workers, pool->config.queue_max);
        return false;
    case POOL_TIMEOUT:
        g_set_error(error, VISION_ERROR, VISION_ERROR_TIMEOUT, "not decoded within %u ms", deadline_ms);
        return false;
    }
    g_assert_not_reached();
}
