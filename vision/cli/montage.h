/* montage: drawings that workers made, put side by side above a line that says the verdict. Made in a worker too. */
#pragma once

#include "vision/vision.h"

#define MONTAGE_PICTURES_MAX 2

/* Writes it as PNG. False: stderr says why. */
bool montage_write(struct vision_pool *pool, GBytes *const *pictures, unsigned count, const char *verdict,
                   uint32_t colour, const char *path);
