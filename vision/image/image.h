/* image: pictures in memory, and what is done to them. OpenCV does the work (libjpeg-turbo and libpng the codecs),
 * behind this C interface; no exception and no OpenCV type passes it.
 *
 * An image is 8 bits a channel, 1 channel (luma) or 3 (BGR, in this order), rows of `stride` bytes. Functions that make
 * an image return it owned by the caller (image_free), never NULL: running out of memory ends the process, which is a
 * worker and will be replaced. Coordinates are in pixels, the centre of the first pixel at (0, 0). A transform is a
 * 2 × 3 matrix by rows that maps source to destination. Pixels outside the source are `border` (0xRRGGBB).
 * Threads: any; an image belongs to one thread at a time. OpenCV runs without threads of its own. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct image {
    int width, height;
    int channels; /* 1 or 3 */
    size_t stride;
    uint8_t *pixels;
    void *owner; /* image.cpp's */
};

struct image_point {
    float x, y;
};
struct image_box {
    float x, y, width, height;
};

struct image *image_new(int width, int height, int channels); /* black */
/* Copies pixels of the given stride. */
struct image *image_from(const uint8_t *pixels, int width, int height, int channels, size_t stride);
struct image *image_copy(const struct image *image);
void image_free(struct image *image);

/* Decodes JPEG or PNG, 8 bits, to BGR (or luma when `channels` is 1), upright by EXIF; CMYK and 16 bits converted,
 * alpha laid over white. NULL when it does not decode. Only behind picture_decode (picture.h), which checks the head
 * first. */
struct image *image_decode(const uint8_t *bytes, size_t length, int channels);
GBytes *image_encode_jpeg(const struct image *image, int quality);
GBytes *image_encode_png(const struct image *image);

struct image *image_gray(const struct image *image);
/* By a multiple of 90 degrees clockwise. */
struct image *image_rotate(const struct image *image, int degrees);
/* As it is to be seen, by EXIF's orientation 1..8. */
struct image *image_upright(const struct image *image, unsigned orientation);
/* Area mean when it gets smaller, cubic when larger. */
struct image *image_resize(const struct image *image, int width, int height);
/* What lies in `box`, at width × height; outside the source it is `border`. A large reduction is filtered first. A box
 * reaches from edge to edge of its pixels: (0, 0, width, height) is the whole image. */
struct image *image_crop(const struct image *image, struct image_box box, int width, int height, uint32_t border);
struct image *image_warp_affine(const struct image *image, const float transform[6], int width, int height,
                                uint32_t border);
/* The quadrilateral `corners` (clockwise from the upper left, as it shall stand) becomes width × height; they are the
 * centres of its corner pixels. */
struct image *image_warp_quad(const struct image *image, const struct image_point corners[4], int width, int height,
                              uint32_t border);
/* The similarity (rotation, scale, shift) that takes `from` to `to` with the least squares; false: degenerate. */
bool image_similarity(const struct image_point *from, const struct image_point *to, unsigned count, float transform[6]);
/* Contrast-limited equalisation of the luma. */
struct image *image_equalise(const struct image *image, float clip_limit, int tiles);

/* Measures of the luma inside `box` (clipped to the image; NULL: the whole). */
double image_mean(const struct image *image, const struct image_box *box);
double image_deviation(const struct image *image, const struct image_box *box);
double image_laplacian_variance(const struct image *image, const struct image_box *box);

/* A float tensor channel by channel (NCHW): (v / divisor - mean[c]) / deviation[c]; `rgb` swaps from BGR. `data` holds
 * channels × height × width floats. */
void image_to_tensor(const struct image *image, bool rgb, float divisor, const float mean[3], const float deviation[3],
                     float *data);

/* Boxes around the regions of a luma image that are at least `threshold`, as rotated rectangles: corners clockwise from
 * the upper left of the upright box nearest to them. Caller unrefs: GArray of struct image_quad. */
struct image_quad {
    struct image_point corners[4];
    float area;  /* of the region itself, px² */
    float angle; /* degrees clockwise, -45..45 */
};
GArray *image_regions(const struct image *image, int threshold, float area_min);
/* Convex quadrilaterals that could be a sheet or a card: from edges at several scales, largest first. Caller unrefs. */
GArray *image_sheets(const struct image *image, float area_min);

/* Drawing, for --draw: colours are 0xRRGGBB; a box of negative thickness is filled. Text is ASCII; other characters
 * become '?'. */
void image_draw_box(struct image *image, struct image_box box, uint32_t colour, int thickness);
void image_draw_line(struct image *image, struct image_point from, struct image_point to, uint32_t colour,
                     int thickness);
void image_draw_point(struct image *image, struct image_point at, uint32_t colour, int radius);
void image_draw_text(struct image *image, struct image_point baseline, const char *text, uint32_t colour,
                     float height_px);

#ifdef __cplusplus
}
#endif

#ifndef __cplusplus
typedef struct image Image; /* for g_autoptr(Image) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Image, image_free)
#endif
