#include "vision/vision.h"

#include "vision/face/thresholds.h"
#include "vision/process/pool.h"

G_DEFINE_QUARK(vision_error, vision_error)

const char *vision_error_code(enum vision_error error)
{
    static const char *const codes[] = {
        [VISION_ERROR_CONFIG] = "config",
        [VISION_ERROR_BUSY] = "busy",
        [VISION_ERROR_TIMEOUT] = "timeout",
        [VISION_ERROR_WORKER_LOST] = "worker_lost",
        [VISION_ERROR_EMPTY] = "empty",
        [VISION_ERROR_FILE_TOO_LARGE] = "file_too_large",
        [VISION_ERROR_WRONG_TYPE] = "wrong_type",
        [VISION_ERROR_TRUNCATED] = "truncated",
        [VISION_ERROR_DECODE] = "decode",
        [VISION_ERROR_SIZE] = "size",
        [VISION_ERROR_TOO_SMALL] = "too_small",
        [VISION_ERROR_UNSUPPORTED] = "unsupported",
        [VISION_ERROR_NO_FACE] = "no_face",
        [VISION_ERROR_SEVERAL_FACES] = "several_faces",
        [VISION_ERROR_NO_DOCUMENT] = "no_document",
        [VISION_ERROR_NO_VIDEO] = "no_video",
        [VISION_ERROR_VIDEO_TOO_LONG] = "video_too_long",
        [VISION_ERROR_LIVE_GONE] = "live_gone",
    };
    return codes[error];
}

bool vision_error_is_input(const GError *error)
{
    return error->domain == VISION_ERROR && error->code >= VISION_ERROR_EMPTY && error->code != VISION_ERROR_LIVE_GONE;
}

#define WORKERS_MAX     16
#define MEMORY_MIB_MIN  512 /* the networks alone */
#define MEMORY_MIB_MAX  (64 * 1024)
#define PICTURE_PX_MOST 100000000 /* so that a picture's bytes count in an int */

static bool check_config(const struct vision_config *config, GError **error)
{
    const struct {
        const char *name;
        unsigned value, least, most;
    } settings[] = {
        {"workers", config->workers, 1, WORKERS_MAX},
        {"worker_memory_mib", config->worker_memory_mib, MEMORY_MIB_MIN, MEMORY_MIB_MAX},
        {"picture_px_max", config->picture_px_max, 1, PICTURE_PX_MOST},
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
    if (!check_config(config, error)) {
        return NULL;
    }
    g_autofree char *models = config->models != NULL ? g_strdup(config->models) : vision_models_folder();
    if (models == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG,
                    "the networks are not beside the program: name their folder in [vision] models");
        return NULL;
    }
    g_autoptr(Thresholds) thresholds = vision_models_verify(models, error) ? thresholds_load(models, error) : NULL;
    if (thresholds == NULL) {
        return NULL;
    }
    struct vision_config complete = *config;
    complete.models = models;
    return pool_new(&complete, g_steal_pointer(&thresholds), error);
}

void vision_pool_free(struct vision_pool *pool)
{
    if (pool != NULL) {
        pool_free(pool);
    }
}

void vision_picture_clear(struct vision_picture *picture)
{
    g_clear_pointer(&picture->jpeg, g_bytes_unref);
}
