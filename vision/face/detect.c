#include "vision/face/detect.h"

#include <math.h>

#include "vision/face/ask.h"

#define GRAY 0x7f7f7fu
#define MEAN (127 / 128.0f)

void detect_decode(const float *boxes, const float *scores, unsigned count, float score_min, struct image_box view,
                   GArray *found)
{
    for (unsigned i = 0; i < count; i++) {
        const float score = scores[2 * i + 1];
        const float *box = boxes + (size_t)4 * i;
        const float width = box[2] - box[0];
        const float height = box[3] - box[1];
        /* Written so that what is no number fails. */
        if (!(score >= score_min && width > 0 && height > 0 && width < 4 && height < 4 && fabsf(box[0]) < 4 &&
              fabsf(box[1]) < 4)) {
            continue;
        }
        const struct detection detection = {
            .box = {.x = view.x + box[0] * view.width,
                    .y = view.y + box[1] * view.height,
                    .width = width * view.width,
                    .height = height * view.height},
            .score = MIN(score, 1),
        };
        g_array_append_val(found, detection);
    }
}

static int by_score(const void *a, const void *b)
{
    const struct detection *one = a;
    const struct detection *other = b;
    return (one->score < other->score) - (one->score > other->score);
}

static bool cover(const struct image_box *a, const struct image_box *b, float overlap_max)
{
    const float width = MIN(a->x + a->width, b->x + b->width) - MAX(a->x, b->x);
    const float height = MIN(a->y + a->height, b->y + b->height) - MAX(a->y, b->y);
    if (width <= 0 || height <= 0) {
        return false;
    }
    const float shared = width * height;
    const float area_a = a->width * a->height;
    const float area_b = b->width * b->height;
    /* A box within a box is the same face at another scale. */
    return shared > overlap_max * (area_a + area_b - shared) || shared > 0.8f * MIN(area_a, area_b);
}

void detect_suppress(GArray *found, float overlap_max)
{
    g_array_sort(found, by_score);
    unsigned kept = 0;
    for (unsigned i = 0; i < found->len; i++) {
        const struct detection one = g_array_index(found, struct detection, i);
        bool free = true;
        for (unsigned k = 0; k < kept && free; k++) {
            free = !cover(&g_array_index(found, struct detection, k).box, &one.box, overlap_max);
        }
        if (free) {
            g_array_index(found, struct detection, kept++) = one;
        }
    }
    g_array_set_size(found, kept);
}

struct image_box detect_whole(const struct image *picture, float zoom_out)
{
    const float width = MAX((float)picture->width, (float)picture->height * DETECT_WIDTH / DETECT_HEIGHT) * zoom_out;
    const float height = width * DETECT_HEIGHT / DETECT_WIDTH;
    return (struct image_box){
        .x = ((float)picture->width - width) / 2,
        .y = ((float)picture->height - height) / 2,
        .width = width,
        .height = height,
    };
}

bool detect_view(struct networks *networks, const struct image *picture, struct image_box view, GArray *found,
                 GError **error)
{
    static const struct ask_scale scale = {
        .rgb = true, .divisor = 128, .mean = {MEAN, MEAN, MEAN}, .deviation = {1, 1, 1}};
    g_autofree float *boxes = g_new(float, DETECT_BOXES * 4);
    g_autofree float *scores = g_new(float, DETECT_BOXES * 2);
    const struct ask_answer answers[] = {{boxes, DETECT_BOXES * 4}, {scores, DETECT_BOXES * 2}};
    g_autoptr(Image) input = image_crop(picture, view, DETECT_WIDTH, DETECT_HEIGHT, GRAY);
    if (!ask_picture(networks, NETWORK_FACE_DETECT, input, &scale, answers, 2, error)) {
        return false;
    }
    detect_decode(boxes, scores, DETECT_BOXES, DETECT_SCORE_MIN, view, found);
    return true;
}

bool detect_tiles(struct networks *networks, const struct image *picture, unsigned parts, GArray *found, GError **error)
{
    const struct image_box whole = detect_whole(picture, 1);
    struct image_box view = {.width = whole.width / (float)parts, .height = whole.height / (float)parts};
    for (unsigned row = 0; row < 2 * parts - 1; row++) {
        view.y = whole.y + (float)row * view.height / 2;
        for (unsigned column = 0; column < 2 * parts - 1; column++) {
            view.x = whole.x + (float)column * view.width / 2;
            const bool beside = view.x + view.width <= 0 || view.y + view.height <= 0 ||
                                view.x >= (float)picture->width || view.y >= (float)picture->height;
            if (!beside && !detect_view(networks, picture, view, found, error)) {
                return false;
            }
        }
    }
    return true;
}
