/* text: where lines of text are in a picture, and what they say (PP-OCRv4 through networks).
 *
 * Runs in a worker. Corners are clockwise from where the line's first character has its upper left. */
#pragma once

#include "vision/image/image.h"
#include "vision/network/networks.h"

struct text_strip { /* a line of text */
    struct image_point corners[4];
    float score; /* of the detector, 0..1 */
};
float text_strip_width(const struct text_strip *strip);
float text_strip_height(const struct text_strip *strip);
/* The same strip read from the other end. */
struct text_strip text_strip_turned(const struct text_strip *strip);
/* Grown by parts of its height on all four sides. */
struct text_strip text_strip_grown(const struct text_strip *strip, float along, float across);

/* All strips, longest first, when the picture's long side is scaled to `long_side` px. Which end a strip is read from
 * the detector cannot tell: strips stand upright within 45 degrees, or, when they are taller than wide, are read
 * downwards. NULL with error. Caller unrefs: GArray of struct text_strip. */
GArray *text_detect(struct networks *networks, const struct image *picture, int long_side, GError **error);

/* An alphabet that reading is restricted to: indices of the recogniser's characters. */
struct text_alphabet {
    unsigned *classes; /* [0] is CTC's blank */
    unsigned count;
};
/* The blank and the characters of `ascii`, in its order. */
struct text_alphabet text_alphabet_new(const struct networks *networks, const char *ascii);
void text_alphabet_clear(struct text_alphabet *alphabet);

/* What CTC sees along a strip: for each step the probabilities of the alphabet's members, of sum 1. */
struct text_steps {
    unsigned count, symbols; /* symbols: with the blank, which is [0] */
    float *of;               /* count × symbols */
    float share;             /* of all that the recogniser saw, what the alphabet has; mean of the steps */
};
void text_steps_clear(struct text_steps *steps);

#define TEXT_HEIGHT_PX    48
#define TEXT_WIDTH_PX_MAX 2048

/* Reads a strip cut out at TEXT_HEIGHT_PX × `width_px` (more than TEXT_WIDTH_PX_MAX is taken as that). */
bool text_read(struct networks *networks, const struct image *picture, const struct text_strip *strip, int width_px,
               const struct text_alphabet *alphabet, struct text_steps *steps, GError **error);

/* Reads a strip with all characters that the recogniser knows. `confidence`: mean over the characters. NULL with error.
 * Caller frees. */
char *text_read_any(struct networks *networks, const struct image *picture, const struct text_strip *strip,
                    float *confidence, GError **error);
