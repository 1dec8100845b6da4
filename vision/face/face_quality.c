#include "vision/face/face_quality.h"

#include "vision/face/pose.h"

#include <math.h>

#define HEIGHT_PX_MIN  80 /* measured: below, one comparison in a hundred and more goes wrong */
#define BRIGHTNESS_MIN 40
#define BRIGHTNESS_MAX 215
#define CONTRAST_MIN   12
#define CONTRAST_USUAL 40 /* that sharpness is told for: edges of a dark or hazy face are lower, not wider */
#define SHARPNESS_MIN  40 /* measured: a face of 30 px made larger has 10 to 55, of 60 px 45 and more */
#define TURN_MAX       30 /* degrees; further away embeddings grow unlike each other */
#define ROLL_MAX       30
#define EYES_OPEN_MIN  0.3f
#define OCCLUSION_MAX  0.55f /* measured: bare faces 0.1 to 0.3, printed ones to 0.45, masks 0.5 and more */
#define FOREIGN_CHROMA 45    /* distance from the cheeks' at which a part of a face is hardly skin */

/* ---- what covers it ---- */

struct chroma {
    float red, blue; /* Cr, Cb of BT.601 */
};

static struct chroma chroma_in(const struct image *aligned, int x, int y, int width, int height)
{
    float blue = 0, green = 0, red = 0;
    for (int row = y; row < y + height; row++) {
        const uint8_t *at = aligned->pixels + (size_t)row * aligned->stride + (size_t)x * 3;
        for (int i = 0; i < width; i++, at += 3) {
            blue += at[0];
            green += at[1];
            red += at[2];
        }
    }
    const float count = (float)(width * height);
    const float luma = (0.114f * blue + 0.587f * green + 0.299f * red) / count;
    return (struct chroma){(red / count - luma) * 0.713f, (blue / count - luma) * 0.564f};
}

static float chroma_distance(struct chroma a, struct chroma b)
{
    return hypotf(a.red - b.red, a.blue - b.blue);
}

/* The colour of mouth, chin and forehead against that of the cheeks beside the nose. A hint: it sees a mask or a scarf,
 * not a hand. */
static float occlusion_of(const struct image *aligned)
{
    const struct chroma left = chroma_in(aligned, 30, 60, 14, 12), right = chroma_in(aligned, 68, 60, 14, 12);
    const struct chroma cheeks = {(left.red + right.red) / 2, (left.blue + right.blue) / 2};
    const struct chroma parts[] = {
        chroma_in(aligned, 44, 84, 24, 14),
        chroma_in(aligned, 46, 100, 20, 10),
        chroma_in(aligned, 46, 26, 20, 10),
    };
    float farthest = chroma_distance(left, right);
    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        farthest = fmaxf(farthest, chroma_distance(parts[i], cheeks));
    }
    return fminf(farthest / FOREIGN_CHROMA, 1);
}

/* ---- measuring ---- */

bool face_quality_measure(struct networks *networks, const struct image *picture, const struct face *face,
                          struct face_quality *quality, GError **error)
{
    const struct image_box inner = {24, 24, 64, 76}; /* of the aligned face: without hair and background */
    struct pose pose;
    float closed[2];
    float turn;
    float nod;
    float roll;
    float mouth;
    if (!pose_look(networks, picture, face, &pose, error) || !face_eyes(networks, picture, face, closed, error)) {
        return false;
    }
    face_geometry(face, &turn, &nod, &roll, &mouth);
    g_autoptr(Image) aligned = face_align(picture, face);
    const float contrast = (float)image_deviation(aligned, &inner);
    const float usual = CONTRAST_USUAL / fmaxf(contrast, 1);
    *quality = (struct face_quality){
        .height_px = face->rotation % 180 == 0 ? face->box.height : face->box.width,
        .sharpness = (float)image_laplacian_variance(aligned, &inner) * usual * usual,
        .brightness = (float)image_mean(aligned, &inner),
        .contrast = contrast,
        .yaw = pose.yaw,
        .pitch = pose.pitch,
        .roll = pose.roll,
        .eyes_open = 1 - (closed[0] + closed[1]) / 2,
        .mouth_open = mouth,
        .occlusion = aligned->channels == 3 ? occlusion_of(aligned) : 0,
    };
    return true;
}

/* ---- saying ---- */

static void G_GNUC_PRINTF(3, 4) add(json_t *reasons, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    json_array_append_new(reasons, json_pack("{s:s, s:s}", "code", code, "message", message));
}

/* True when the light lets nothing else be judged. */
static bool add_light(json_t *reasons, const struct face_quality *quality)
{
    if (quality->brightness < BRIGHTNESS_MIN) {
        add(reasons, "too_dark", "too dark: brightness %.0f of 255, at least %d", (double)quality->brightness,
            BRIGHTNESS_MIN);
        return true;
    }
    if (quality->brightness > BRIGHTNESS_MAX) {
        add(reasons, "too_bright", "too bright: brightness %.0f of 255, at most %d", (double)quality->brightness,
            BRIGHTNESS_MAX);
        return true;
    }
    if (quality->contrast < CONTRAST_MIN) {
        add(reasons, "low_contrast", "too little contrast: %.0f, at least %d", (double)quality->contrast, CONTRAST_MIN);
        return true;
    }
    return false;
}

static void add_posture(json_t *reasons, const struct face_quality *quality)
{
    if (fabsf(quality->yaw) > TURN_MAX || fabsf(quality->pitch) > TURN_MAX) {
        add(reasons, "turned", "turn toward the camera: turned %.0f degrees sideways, %.0f up or down, at most %d",
            (double)fabsf(quality->yaw), (double)fabsf(quality->pitch), TURN_MAX);
    }
    if (fabsf(quality->roll) > ROLL_MAX) {
        add(reasons, "tilted", "hold the head upright: tilted by %.0f degrees, at most %d",
            (double)fabsf(quality->roll), ROLL_MAX);
    }
}

json_t *face_quality_reasons(const struct face_quality *quality)
{
    json_t *reasons = json_array();
    const bool small = quality->height_px < HEIGHT_PX_MIN;
    if (small) {
        add(reasons, "face_too_small", "face too small: %.0f px, at least %d", (double)quality->height_px,
            HEIGHT_PX_MIN);
    }
    add_posture(reasons, quality);
    if (add_light(reasons, quality)) {
        return reasons;
    }
    const bool blurred = quality->sharpness < SHARPNESS_MIN;
    if (blurred && !small) { /* a small face is blurred once it is made larger */
        add(reasons, "blurred", "blurred: sharpness %.0f, at least %d", (double)quality->sharpness, SHARPNESS_MIN);
    }
    /* A turned head hides an eye, and eyes without edges look closed. */
    if (quality->eyes_open < EYES_OPEN_MIN && !blurred && fabsf(quality->yaw) <= TURN_MAX) {
        add(reasons, "eyes_closed", "both eyes must be open and visible");
    }
    if (quality->occlusion > OCCLUSION_MAX) {
        add(reasons, "occluded", "something seems to cover a part of the face");
    }
    return reasons;
}

static json_t *number(float value)
{
    return json_real(round((double)value * 1000) / 1000);
}

json_t *quality_to_json(const struct face_quality *quality)
{
    json_t *reasons = face_quality_reasons(quality);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "height_px",
                     number(quality->height_px), "sharpness", number(quality->sharpness), "brightness",
                     number(quality->brightness), "contrast", number(quality->contrast), "yaw", number(quality->yaw),
                     "pitch", number(quality->pitch), "roll", number(quality->roll), "eyes_open",
                     number(quality->eyes_open), "mouth_open", number(quality->mouth_open), "occlusion",
                     number(quality->occlusion), "usable", json_array_size(reasons) == 0, "reasons", reasons);
}
