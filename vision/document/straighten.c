#include "vision/document/straighten.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCKS = 16, BLOCK_PX = 40, ROWS = 72, TILT_MAX = 24 };

#define AROUND    0.7F  /* of the strip's height that is looked at above and below it */
#define BAND_PART 0.35F /* of the strongest row: still text */
#define BAND_MIN  10    /* rows */
#define BAND_MAX  44
#define BAND_GAP  2     /* rows inside a band that may be weak */
#define OFF_MAX   16    /* rows that the middle of the band may lie off the strip's */
#define MARGIN    0.16F /* of the band's height that is left around it */

struct energy { /* how much changes along each row, block by block */
    float of[BLOCKS][ROWS];
};

static void measure(const struct image *gray, struct energy *energy)
{
    for (int block = 0; block < BLOCKS; block++) {
        for (int row = 0; row < ROWS; row++) {
            const uint8_t *pixels = gray->pixels + (size_t)row * gray->stride;
            const int from = MAX(block * BLOCK_PX, 1), to = MIN((block + 1) * BLOCK_PX, gray->width - 1);
            int sum = 0;
            for (int x = from; x < to; x++) {
                sum += abs(pixels[x + 1] - pixels[x - 1]);
            }
            energy->of[block][row] = (float)sum;
        }
    }
}

static void profile_at(const struct energy *energy, int tilt, float profile[ROWS])
{
    for (int row = 0; row < ROWS; row++) {
        profile[row] = 0;
    }
    for (int block = 0; block < BLOCKS; block++) {
        const float part = ((float)block + 0.5F) / BLOCKS - 0.5F;
        const int shift = (int)lroundf((float)tilt * part);
        for (int row = MAX(0, -shift); row < MIN(ROWS, ROWS - shift); row++) {
            profile[row] += energy->of[block][row + shift];
        }
    }
}

/* The tilt at which rows differ most: text stands in rows of its own. */
static int best_tilt(const struct energy *energy)
{
    int best = 0;
    double most = -1;
    for (int i = 0; i <= 2 * TILT_MAX; i++) {
        const int tilt = i % 2 ? (i + 1) / 2 : -i / 2; /* the least first: it wins a draw */
        float profile[ROWS];
        double squares = 0;
        profile_at(energy, tilt, profile);
        for (int row = 0; row < ROWS; row++) {
            squares += (double)profile[row] * (double)profile[row];
        }
        if (squares > most) {
            most = squares;
            best = tilt;
        }
    }
    return best;
}

/* Rows from `from` up to `to` around the strongest row near the middle. */
static bool find_band(const float profile[ROWS], int *from, int *to)
{
    int peak = ROWS / 2;
    float least = profile[0];
    for (int row = 0; row < ROWS; row++) {
        least = fminf(least, profile[row]);
    }
    for (int row = ROWS / 2 - OFF_MAX; row < ROWS / 2 + OFF_MAX; row++) {
        peak = profile[row] > profile[peak] ? row : peak;
    }
    const float limit = least + (profile[peak] - least) * BAND_PART;
    int weak = 0;
    *from = *to = peak;
    for (int row = peak; row >= 0 && weak <= BAND_GAP; row--) {
        weak = profile[row] >= limit ? 0 : weak + 1;
        *from = weak == 0 ? row : *from;
    }
    weak = 0;
    for (int row = peak; row < ROWS && weak <= BAND_GAP; row++) {
        weak = profile[row] >= limit ? 0 : weak + 1;
        *to = weak == 0 ? row + 1 : *to;
    }
    const int height = *to - *from, middle = (*to + *from) / 2;
    return height >= BAND_MIN && height <= BAND_MAX && abs(middle - ROWS / 2) <= OFF_MAX;
}

static struct image_point between(struct image_point from, struct image_point to, float part)
{
    return (struct image_point){from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part};
}

struct text_strip straighten_line(const struct image *picture, const struct text_strip *strip)
{
    const struct text_strip around = text_strip_grown(strip, 0, AROUND);
    g_autoptr(Image) cut = image_warp_quad(picture, around.corners, BLOCKS * BLOCK_PX, ROWS, 0x808080);
    g_autoptr(Image) gray = image_gray(cut);
    struct energy energy;
    float profile[ROWS];
    int from, to;
    measure(gray, &energy);
    const int tilt = best_tilt(&energy);
    profile_at(&energy, tilt, profile);
    if (!find_band(profile, &from, &to)) {
        return *strip;
    }
    const float margin = MARGIN * (float)(to - from);
    const float top = (float)from - margin, bottom = (float)to + margin, half = (float)tilt / 2;
    const struct image_point *c = around.corners;
    return (struct text_strip){
        .corners = {between(c[0], c[3], (top - half) / ROWS), between(c[1], c[2], (top + half) / ROWS),
                    between(c[1], c[2], (bottom + half) / ROWS), between(c[0], c[3], (bottom - half) / ROWS)},
        .score = strip->score,
    };
}
