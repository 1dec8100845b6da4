#include "vision/liveness/measure.h"

#include <math.h>
#include <string.h>

#include "vision/face/face.h"
#include "vision/liveness/scene.h"

#define LIVE_EMBED_US     500000
#define RECORDED_EMBED_US 200000
#define LIVE_PASSIVE_US   600000
#define RECORDED_PASSIVE  300000
#define SKEW_YAW          0.3f /* beyond, an embedding is of little worth */
#define SAME_PLACE        0.3f /* intersection over union of one face in frames that follow each other */
#define COUNTED_HEIGHT    0.5f /* of the largest: smaller faces are passers-by and pictures on the wall */

void measure_init(struct measure *measure, struct networks *networks, bool recorded)
{
    *measure = (struct measure){
        .networks = networks,
        .embed_every_us = recorded ? RECORDED_EMBED_US : LIVE_EMBED_US,
        .passive_every_us = recorded ? RECORDED_PASSIVE : LIVE_PASSIVE_US,
        .due_us = INT64_MIN,
        .embedded_us = INT64_MIN / 2,
        .passive_us = INT64_MIN / 2,
        .best_rank = -1,
    };
}

void measure_clear(struct measure *measure)
{
    g_clear_pointer(&measure->best, image_free);
}

/* A camera's 30 frames/s come a little early or late; half of them shall still be looked at, not a third. */
#define EARLY_US 12000

bool measure_wants(const struct measure *measure, int64_t time_us)
{
    return time_us + EARLY_US >= measure->due_us;
}

static void set_due(struct measure *measure, int64_t time_us)
{
    const int64_t step = G_USEC_PER_SEC / MEASURE_RATE;
    /* On the beat as long as frames keep to it, so that 25 frames/s give 15, not 12.5. */
    const bool beat = measure->due_us > time_us - step && measure->due_us <= time_us + EARLY_US;
    measure->due_us = (beat ? measure->due_us : time_us) + step;
}

static float overlap(const float a[4], const float b[4])
{
    const float width = MIN(a[0] + a[2], b[0] + b[2]) - MAX(a[0], b[0]);
    const float height = MIN(a[1] + a[3], b[1] + b[3]) - MAX(a[1], b[1]);
    if (width <= 0 || height <= 0) {
        return 0;
    }
    const float shared = width * height;
    return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

static unsigned count_faces(const GArray *faces)
{
    unsigned count = 0;
    for (unsigned i = 0; i < faces->len; i++) {
        const struct face *face = &g_array_index(faces, struct face, i);
        count += face->box.height >= COUNTED_HEIGHT * g_array_index(faces, struct face, 0).box.height;
    }
    return count;
}

/* How good a portrait this frame would be: frontal, upright, eyes open, sharp, large. */
static double rank(const struct vision_frame *frame)
{
    const double open = 1 - MAX(frame->eye_closed[0], frame->eye_closed[1]);
    const double frontal = MAX(0, 1 - fabsf(frame->yaw) / SKEW_YAW);
    const double upright = MAX(0, 1 - fabsf(frame->roll) / 45);
    const double sharp = frame->sharpness / (frame->sharpness + 100);
    const double lit = frame->brightness < 40 ? 0.3 : 1;
    const double shut = frame->mouth > 0.35f ? 0.6 : 1;
    return (0.05 + open) * (0.05 + frontal) * upright * (0.2 + sharp) * lit * shut * MIN(frame->box[3] / 160.0, 1);
}

static bool measure_face(struct measure *measure, const struct image *picture, struct face *face,
                         struct vision_frame *frame, GError **error)
{
    if (!face_landmarks(measure->networks, picture, face, error) ||
        !face_eyes(measure->networks, picture, face, frame->eye_closed, error)) {
        return false;
    }
    face_geometry(face, &frame->yaw, &frame->pitch, &frame->roll, &frame->mouth);
    frame->has_face = true;
    frame->score = face->score;
    memcpy(frame->box, (float[4]){face->box.x, face->box.y, face->box.width, face->box.height}, sizeof(frame->box));
    frame->brightness = (float)image_mean(picture, &face->box);
    return true;
}

/* Embedding and passive liveness, when they are due. */
static bool measure_person(struct measure *measure, const struct image *picture, const struct face *face,
                           struct vision_frame *frame, GError **error)
{
    g_autoptr(Image) aligned = face_align(picture, face);
    frame->sharpness = (float)image_laplacian_variance(aligned, NULL);
    const bool jumped = measure->has_box && overlap(measure->box, frame->box) < SAME_PLACE;
    const double now_rank = rank(frame);
    const bool frontal = fabsf(frame->yaw) <= SKEW_YAW;
    const bool due = frame->time_us - measure->embedded_us >= measure->embed_every_us;
    /* "Better" by a little is not worth the time. */
    const bool best = now_rank > measure->best_rank * 1.25;
    if ((due && frontal) || jumped || best) {
        if (!face_embed(measure->networks, aligned, frame->embedding, error)) {
            return false;
        }
        frame->has_embedding = true;
        measure->embedded_us = frame->time_us;
    }
    if (frontal && frame->time_us - measure->passive_us >= measure->passive_every_us) {
        if (!face_passive(measure->networks, picture, face, &frame->passive, error)) {
            return false;
        }
        frame->has_passive = true;
        measure->passive_us = frame->time_us;
    }
    if (best) {
        g_clear_pointer(&measure->best, image_free);
        measure->best = image_copy(picture);
        measure->best_rank = now_rank;
        measure->best_frame = *frame;
    }
    return true;
}

bool measure_frame(struct measure *measure, const struct image *picture, int64_t time_us, struct vision_frame *frame,
                   GError **error)
{
    *frame = (struct vision_frame){
        .time_us = time_us, .width = (uint16_t)picture->width, .height = (uint16_t)picture->height};
    set_due(measure, time_us);
    g_autoptr(GArray) faces = g_array_new(false, false, sizeof(struct face));
    if (!face_detect(measure->networks, picture, faces, error)) {
        return false;
    }
    frame->faces = (uint16_t)count_faces(faces);
    if (faces->len > 0) {
        struct face *face = &g_array_index(faces, struct face, 0);
        if (!measure_face(measure, picture, face, frame, error) ||
            !measure_person(measure, picture, face, frame, error)) {
            return false;
        }
        memcpy(measure->box, frame->box, sizeof(measure->box));
    }
    measure->has_box = faces->len > 0;
    g_autoptr(Image) luma = image_gray(picture);
    scene_measure(luma, frame);
    return true;
}
