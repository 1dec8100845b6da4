/* models: models.json, which names every file that vision's networks are made of, and what those files must hold.
 *
 * A model is used only when its file has the size and the SHA-256 that the manifest gives: what runs here is what was
 * examined and calibrated. The manifest also says licence, source, preprocessing and training data of each, for people.
 * Threads: any. */
#pragma once

#include "vision/network/networks.h"

struct model_tensor {
    char *name;
    int64_t shape[TENSOR_RANK_MAX]; /* -1: any */
    unsigned rank;
};

struct model {
    char *name;
    char *path; /* absolute when the folder is */
    uint64_t bytes;
    char *sha256;              /* 64 hexadecimal digits */
    struct model_tensor input; /* of networks only */
    struct model_tensor outputs[TENSOR_OUTPUTS_MAX];
    unsigned output_count;
};

struct models {
    struct model runtime; /* of this machine's architecture */
    struct model networks[NETWORKS];
    struct model characters;
};

/* Reads FOLDER/models.json. VISION_ERROR_CONFIG when it is missing or not as it must be. */
struct models *models_load(const char *folder, GError **error);
void models_free(struct models *models);
typedef struct models Models;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Models, models_free)

/* The verified content of a model's file. VISION_ERROR_CONFIG, saying what to do, when it is not what it should be. */
GBytes *model_read(const struct model *model, GError **error);
