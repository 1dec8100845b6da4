#include "vision/cli/montage.h"
#include "vision/image/picture.h"
#include "vision/process/op.h"

#define HEIGHT_MAX 1080
#define BANNER     56
#define TEXT_PX    22
#define MARGIN     16
#define WHITE      0xffffff

static void unref_image(void *image)
{
    image_free(image);
}

/* At one height, so that they stand side by side. */
static GPtrArray *read_pictures(const struct op_tools *tools, const GPtrArray *in, GError **error)
{
    const struct picture_limits limits = picture_limits(tools->picture_px_max, false);
    g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func(unref_image);
    int height = HEIGHT_MAX;
    for (guint i = 0; i < in->len; i++) {
        struct picture_head head;
        struct image *picture = picture_decode(in->pdata[i], &limits, &head, error);
        if (picture == NULL) {
            return NULL;
        }
        g_ptr_array_add(pictures, picture);
        height = MIN(height, picture->height);
    }
    for (guint i = 0; i < pictures->len; i++) {
        struct image *picture = pictures->pdata[i];
        const int width = (int)((int64_t)picture->width * height / picture->height);
        pictures->pdata[i] = image_resize(picture, MAX(width, 1), height);
        image_free(picture);
    }
    return g_steal_pointer(&pictures);
}

static void copy_into(struct image *target, const struct image *picture, int left)
{
    for (int y = 0; y < picture->height; y++) {
        memcpy(target->pixels + (size_t)y * target->stride + (size_t)left * 3,
               picture->pixels + (size_t)y * picture->stride, (size_t)picture->width * 3);
    }
}

static struct image *compose(const GPtrArray *pictures, const char *verdict, uint32_t colour)
{
    int width = 0;
    for (guint i = 0; i < pictures->len; i++) {
        width += ((const struct image *)pictures->pdata[i])->width;
    }
    const int height = ((const struct image *)pictures->pdata[0])->height;
    struct image *target = image_new(width, height + BANNER, 3);
    int left = 0;
    for (guint i = 0; i < pictures->len; i++) {
        copy_into(target, pictures->pdata[i], left);
        left += ((const struct image *)pictures->pdata[i])->width;
    }
    image_draw_box(target, (struct image_box){0, (float)height, (float)width, BANNER}, colour, -1); /* filled */
    image_draw_text(target, (struct image_point){MARGIN, (float)height + (BANNER + TEXT_PX) / 2.0F}, verdict, WHITE,
                    TEXT_PX);
    return target;
}

static bool run_montage(struct op_tools *tools, struct op_call *call, GError **error)
{
    const char *verdict;
    json_int_t colour;
    if (call->in->len < 1 || call->in->len > MONTAGE_PICTURES_MAX ||
        json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:s, s:I}", "verdict", &verdict, "colour",
                       &colour) != 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "no montage");
        return false;
    }
    g_autoptr(GPtrArray) pictures = read_pictures(tools, call->in, error);
    if (pictures == NULL) {
        return false;
    }
    g_autoptr(Image) target = compose(pictures, verdict, (uint32_t)colour);
    g_ptr_array_add(call->out, image_encode_png(target));
    call->report = json_object();
    return true;
}

const struct op cli_ops[] = {{"montage", run_montage}, {NULL, NULL}};
