#include "vision/face/portrait.h"

#include <math.h>

#define FRONTAL_DEGREES   5
#define DEGREES_ERROR     3     /* by which the measurement may be off */
#define FACE_SHARE_MIN    0.25f /* of the picture's height, the detector's box */
#define FACE_SHARE_MAX    0.75f
#define FACE_PX_MIN       160
#define OFF_CENTRE_MAX    0.12f /* of the picture's width */
#define BACKGROUND_GAP    0.35f /* between face and background, in widths of the face: hair and ears */
#define BACKGROUND_SPREAD 26    /* deviation of the luma, 0..255 */
#define BACKGROUND_LUMA   150
#define EYES_OPEN_MIN     0.6f
#define SHARPNESS_MIN     80
#define BRIGHTNESS_MIN    60
#define BRIGHTNESS_MAX    205
#define CONTRAST_MIN      20
#define MOUTH_OPEN_MAX    0.15f
#define OCCLUSION_MAX     0.5f

static bool check(json_t *checks, const char *name, bool passed, double value, const char *message)
{
    json_array_append_new(checks, json_pack("{s:s, s:b, s:f, s:s}", "check", name, "passed", passed, "value",
                                            round(value * 1000) / 1000, "message", message));
    return passed;
}

/* Left and right of the head, down to the eyes: long hair and shoulders begin below. */
static void look_at_background(const struct image *picture, const struct image_box *face, float *luma, float *spread)
{
    const float bottom = fminf(face->y + face->height / 2, (float)picture->height);
    const float left = face->x - BACKGROUND_GAP * face->width;
    const float right = face->x + (1 + BACKGROUND_GAP) * face->width;
    const struct image_box sides[] = {
        {0, 0, fmaxf(left, 1), fmaxf(bottom, 1)},
        {fminf(right, (float)picture->width - 1), 0, fmaxf((float)picture->width - right, 1), fmaxf(bottom, 1)},
    };
    float means[2];
    *spread = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
        means[i] = (float)image_mean(picture, &sides[i]);
        *spread = fmaxf(*spread, (float)image_deviation(picture, &sides[i]));
    }
    *luma = fminf(means[0], means[1]);
    *spread = fmaxf(*spread, fabsf(means[0] - means[1]) / 2);
}

static bool check_face(json_t *checks, const struct image *picture, const struct image_box *face)
{
    const float share = face->height / (float)picture->height;
    const float off = fabsf(face->x + face->width / 2 - (float)picture->width / 2) / (float)picture->width;
    bool ok =
        check(checks, "size", share >= FACE_SHARE_MIN && share <= FACE_SHARE_MAX && face->height >= FACE_PX_MIN,
              (double)share, "the face takes a quarter to three quarters of the picture's height, and at least 160 px");
    ok &= check(checks, "position", off <= OFF_CENTRE_MAX && face->y >= 0, (double)off,
                "the face is in the middle, with some space above");
    return ok;
}

static bool check_quality(json_t *checks, const struct face_quality *quality)
{
    const float angle = fmaxf(fmaxf(fabsf(quality->yaw), fabsf(quality->pitch)), fabsf(quality->roll));
    bool ok = check(checks, "frontal", angle <= FRONTAL_DEGREES + DEGREES_ERROR, (double)angle,
                    "the head looks straight into the camera, within 5 degrees");
    ok &= check(checks, "eyes_visible", quality->eyes_open >= EYES_OPEN_MIN, (double)quality->eyes_open,
                "both eyes are open and visible");
    ok &= check(checks, "mouth_closed", quality->mouth_open <= MOUTH_OPEN_MAX, (double)quality->mouth_open,
                "the mouth is closed");
    ok &= check(checks, "not_covered", quality->occlusion <= OCCLUSION_MAX, (double)quality->occlusion,
                "nothing covers the face");
    ok &=
        check(checks, "sharp", quality->sharpness >= SHARPNESS_MIN, (double)quality->sharpness, "the picture is sharp");
    ok &= check(checks, "exposure",
                quality->brightness >= BRIGHTNESS_MIN && quality->brightness <= BRIGHTNESS_MAX &&
                    quality->contrast >= CONTRAST_MIN,
                (double)quality->brightness, "the face is neither too dark nor too bright, and has contrast");
    return ok;
}

/* The face's box once the picture is turned upright. */
static struct image_box turned_box(const struct image *picture, const struct face *face)
{
    const struct image_box box = face->box;
    const float right = (float)picture->width - box.x - box.width;
    const float below = (float)picture->height - box.y - box.height;
    switch (face->rotation) {
    case 90:
        return (struct image_box){below, box.x, box.height, box.width};
    case 180:
        return (struct image_box){right, below, box.width, box.height};
    case 270:
        return (struct image_box){box.y, right, box.height, box.width};
    default:
        return box;
    }
}

json_t *portrait_checks(const struct image *picture, const struct face *face, unsigned faces,
                        const struct face_quality *quality)
{
    float luma;
    float spread;
    json_t *checks = json_array();
    g_autoptr(Image) turned = face->rotation != 0 ? image_rotate(picture, face->rotation) : NULL;
    const struct image *upright = turned != NULL ? turned : picture;
    const struct image_box box = turned_box(picture, face);
    look_at_background(upright, &box, &luma, &spread);
    bool ok = check(checks, "one_face", faces == 1, faces, "there is exactly one face");
    ok &= check_face(checks, upright, &box);
    ok &= check_quality(checks, quality);
    ok &= check(checks, "plain_background", spread <= BACKGROUND_SPREAD, (double)spread, "the background is plain");
    ok &= check(checks, "light_background", luma >= BACKGROUND_LUMA, (double)luma, "the background is light");
    return json_pack("{s:b, s:o}", "conforms", ok, "checks", checks);
}
