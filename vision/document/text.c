#include "vision/document/text.h"

#include <math.h>
#include <string.h>

#define STRIDE 8 /* px a step of the recogniser covers */

/* ---- strips ---- */

static float distance(struct image_point a, struct image_point b)
{
    return hypotf(b.x - a.x, b.y - a.y);
}

float text_strip_width(const struct text_strip *strip)
{
    return (distance(strip->corners[0], strip->corners[1]) + distance(strip->corners[3], strip->corners[2])) / 2;
}

float text_strip_height(const struct text_strip *strip)
{
    return (distance(strip->corners[0], strip->corners[3]) + distance(strip->corners[1], strip->corners[2])) / 2;
}

struct text_strip text_strip_turned(const struct text_strip *strip)
{
    return (struct text_strip){
        .corners = {strip->corners[2], strip->corners[3], strip->corners[0], strip->corners[1]},
        .score = strip->score,
    };
}

/* `at` moved away from `from`, by `by` px. */
static struct image_point moved(struct image_point at, struct image_point from, float by)
{
    const float length = fmaxf(distance(from, at), 1e-3F);
    return (struct image_point){at.x + (at.x - from.x) / length * by, at.y + (at.y - from.y) / length * by};
}

struct text_strip text_strip_grown(const struct text_strip *strip, float along, float across)
{
    const float height = text_strip_height(strip);
    struct text_strip grown = *strip;
    static const int beside[4] = {1, 0, 3, 2}, below[4] = {3, 2, 1, 0};
    for (int i = 0; i < 4; i++) {
        const struct image_point longer = moved(strip->corners[i], strip->corners[beside[i]], along * height);
        const struct image_point higher = moved(strip->corners[i], strip->corners[below[i]], across * height);
        grown.corners[i] =
            (struct image_point){longer.x + higher.x - strip->corners[i].x, longer.y + higher.y - strip->corners[i].y};
    }
    return grown;
}

/* ---- finding ---- */

#define DETECT_THRESHOLD 77    /* of 255: 0.3 */
#define DETECT_SCORE_MIN 0.5F  /* mean probability along the middle of a strip */
#define DETECT_AREA_MIN  12.0F /* px² of the map */
#define DETECT_SIDE_MAX  1600
#define DETECT_PX_MAX    800000 /* a worker's memory grows with it: these take 350 MiB, 1.2 million 460 */
#define UNCLIP           1.5F   /* the network's map is shrunk text: area × this / perimeter is given back */

static int multiple_of_32(float length)
{
    return MAX(32, (int)lroundf(length / 32.0F) * 32);
}

static struct image *probability_map(struct networks *networks, const struct image *picture, int long_side,
                                     GError **error)
{
    static const float mean[3] = {0.485F, 0.456F, 0.406F}, deviation[3] = {0.229F, 0.224F, 0.225F};
    const float area = (float)picture->width * (float)picture->height;
    const float scale = fminf((float)MIN(long_side, DETECT_SIDE_MAX) / (float)MAX(picture->width, picture->height),
                              sqrtf(DETECT_PX_MAX / area));
    const int width = multiple_of_32((float)picture->width * scale);
    const int height = multiple_of_32((float)picture->height * scale);
    g_autoptr(Image) scaled = image_resize(picture, width, height);
    g_autofree float *data = g_new(float, (size_t)width *(size_t)height * 3);
    image_to_tensor(scaled, false, 255.0F, mean, deviation, data);

    const struct tensor input = {.shape = {1, 3, height, width}, .rank = 4, .data = data};
    struct tensor output;
    if (!networks_run(networks, NETWORK_TEXT_DETECT, &input, &output, 1, error)) {
        return NULL;
    }
    struct image *map = image_new(width, height, 1);
    const size_t found = tensor_length(&output);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const size_t at = (size_t)y * (size_t)width + (size_t)x;
            const float probability = at < found ? output.data[at] : 0;
            map->pixels[(size_t)y * map->stride + (size_t)x] = (uint8_t)(CLAMP(probability, 0.0F, 1.0F) * 255.0F);
        }
    }
    g_free(output.data);
    return map;
}

/* Mean along the middle line. */
static float score_along(const struct image *map, const struct text_strip *strip)
{
    enum { SAMPLES = 32 };
    const struct image_point *corners = strip->corners;
    float sum = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const float part = ((float)i + 0.5F) / SAMPLES;
        const float x = ((corners[0].x + corners[3].x) * (1 - part) + (corners[1].x + corners[2].x) * part) / 2;
        const float y = ((corners[0].y + corners[3].y) * (1 - part) + (corners[1].y + corners[2].y) * part) / 2;
        const int column = CLAMP((int)lroundf(x), 0, map->width - 1);
        const int row = CLAMP((int)lroundf(y), 0, map->height - 1);
        sum += (float)map->pixels[(size_t)row * map->stride + (size_t)column] / 255.0F;
    }
    return sum / SAMPLES;
}

/* A region of the map as a strip of the map, as large as the text is; a tall one is turned to be read downwards. */
static struct text_strip strip_of(const struct image_quad *quad)
{
    struct text_strip strip = {.score = 0};
    memcpy(strip.corners, quad->corners, sizeof strip.corners);
    const float width = text_strip_width(&strip), height = text_strip_height(&strip);
    const float perimeter = 2 * (width + height);
    const float given_back = perimeter > 0 ? width * height * UNCLIP / perimeter : 0;
    if (height > 0) {
        strip = text_strip_grown(&strip, given_back / height, given_back / height);
    }
    if (height > 1.5F * width) {
        const struct text_strip tall = strip;
        for (int i = 0; i < 4; i++) {
            strip.corners[i] = tall.corners[(i + 1) % 4];
        }
    }
    return strip;
}

static int longer_first(const void *a, const void *b)
{
    const float first = text_strip_width(a), second = text_strip_width(b);
    return first < second ? 1 : first > second ? -1 : 0;
}

GArray *text_detect(struct networks *networks, const struct image *picture, int long_side, GError **error)
{
    g_autoptr(Image) map = probability_map(networks, picture, long_side, error);
    if (!map) {
        return NULL;
    }
    const float across = (float)picture->width / (float)map->width, down = (float)picture->height / (float)map->height;
    GArray *strips = g_array_new(FALSE, FALSE, sizeof(struct text_strip));
    g_autoptr(GArray) regions = image_regions(map, DETECT_THRESHOLD, DETECT_AREA_MIN);
    for (guint i = 0; i < regions->len; i++) {
        struct text_strip strip = strip_of(&g_array_index(regions, struct image_quad, i));
        strip.score = score_along(map, &strip);
        for (int j = 0; j < 4; j++) {
            strip.corners[j].x = (strip.corners[j].x + 0.5F) * across - 0.5F;
            strip.corners[j].y = (strip.corners[j].y + 0.5F) * down - 0.5F;
        }
        if (strip.score >= DETECT_SCORE_MIN) {
            g_array_append_val(strips, strip);
        }
    }
    g_array_sort(strips, longer_first);
    return strips;
}

/* ---- reading ---- */

struct text_alphabet text_alphabet_new(const struct networks *networks, const char *ascii)
{
    unsigned total;
    const char *const *characters = networks_characters(networks, &total);
    struct text_alphabet alphabet = {g_new0(unsigned, strlen(ascii) + 1), 1};
    for (const char *at = ascii; *at; at++) {
        for (unsigned i = 1; i < total; i++) {
            if (characters[i][0] == *at && !characters[i][1]) {
                alphabet.classes[alphabet.count++] = i;
                break;
            }
        }
    }
    g_assert(alphabet.count == strlen(ascii) + 1); /* models.json is verified */
    return alphabet;
}

void text_alphabet_clear(struct text_alphabet *alphabet)
{
    g_clear_pointer(&alphabet->classes, g_free);
    alphabet->count = 0;
}

void text_steps_clear(struct text_steps *steps)
{
    g_clear_pointer(&steps->of, g_free);
    steps->count = 0;
}

static bool recognise(struct networks *networks, const struct image *picture, const struct text_strip *strip, int width,
                      struct tensor *output, GError **error)
{
    static const float mean[3] = {0.5F, 0.5F, 0.5F}, deviation[3] = {0.5F, 0.5F, 0.5F};
    g_autoptr(Image) cut = image_warp_quad(picture, strip->corners, width, TEXT_HEIGHT_PX, 0x808080);
    g_autofree float *data = g_new(float, (size_t)width *TEXT_HEIGHT_PX * 3);
    image_to_tensor(cut, false, 255.0F, mean, deviation, data);
    const struct tensor input = {.shape = {1, 3, TEXT_HEIGHT_PX, width}, .rank = 4, .data = data};
    return networks_run(networks, NETWORK_TEXT_RECOGNISE, &input, output, 1, error);
}

static int usable_width(int width_px)
{
    return CLAMP(width_px / STRIDE * STRIDE, 4 * STRIDE, TEXT_WIDTH_PX_MAX);
}

bool text_read(struct networks *networks, const struct image *picture, const struct text_strip *strip, int width_px,
               const struct text_alphabet *alphabet, struct text_steps *steps, GError **error)
{
    struct tensor output;
    const int width = usable_width(width_px);
    if (!recognise(networks, picture, strip, width, &output, error)) {
        return false;
    }
    const unsigned count = (unsigned)output.shape[1], classes = (unsigned)output.shape[2];
    *steps = (struct text_steps){
        .count = count,
        .symbols = alphabet->count,
        .of = g_new0(float, (size_t)count * alphabet->count),
    };
    for (unsigned step = 0; step < count; step++) {
        const float *from = output.data + (size_t)step * classes;
        float *to = steps->of + (size_t)step * alphabet->count;
        float sum = 1e-9F;
        for (unsigned i = 0; i < alphabet->count; i++) {
            sum += from[alphabet->classes[i]];
        }
        for (unsigned i = 0; i < alphabet->count; i++) {
            to[i] = from[alphabet->classes[i]] / sum;
        }
        steps->share += fminf(sum, 1) / (float)count;
    }
    g_free(output.data);
    return true;
}

char *text_read_any(struct networks *networks, const struct image *picture, const struct text_strip *strip,
                    float *confidence, GError **error)
{
    struct tensor output;
    const float ratio = text_strip_width(strip) / fmaxf(text_strip_height(strip), 1.0F);
    const int width = usable_width((int)(TEXT_HEIGHT_PX * fminf(ratio, 100.0F)));
    if (!recognise(networks, picture, strip, width, &output, error)) {
        return NULL;
    }
    unsigned total, before = 0, read = 0;
    const char *const *characters = networks_characters(networks, &total);
    const unsigned count = (unsigned)output.shape[1], classes = MIN((unsigned)output.shape[2], total);
    GString *text = g_string_new(NULL);
    float sum = 0;
    for (unsigned step = 0; step < count; step++) {
        const float *of = output.data + (size_t)step * (size_t)output.shape[2];
        unsigned best = 0;
        for (unsigned i = 1; i < classes; i++) {
            best = of[i] > of[best] ? i : best;
        }
        if (best != 0 && best != before) {
            g_string_append(text, characters[best]);
            sum += of[best];
            read++;
        }
        before = best;
    }
    g_free(output.data);
    *confidence = read ? sum / (float)read : 0;
    return g_string_free(text, FALSE);
}
