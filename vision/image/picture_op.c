/* picture_op: the op "picture": one picture in, its size and a thumbnail out. Runs in a worker.
 *
 * params {"jpeg_only", "thumbnail_px"}; in[0] the file. report {"width", "height"}; out[0] the thumbnail, a JPEG of
 * that width or, of a picture that is narrower, of its own. */
#include "vision/image/picture.h"
#include "vision/process/op.h"

static GBytes *thumbnail(const struct image *picture, int width_px, int jpeg_quality)
{
    const int width = MIN(width_px, picture->width);
    const int height = MAX((int)((int64_t)picture->height * width / picture->width), 1);
    g_autoptr(Image) small = image_resize(picture, width, height);
    return image_encode_jpeg(small, jpeg_quality);
}

static bool run(struct op_tools *tools, struct op_call *call, GError **error)
{
    int jpeg_only, width_px;
    struct picture_head head;
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:b, s:i}", "jpeg_only", &jpeg_only, "thumbnail_px",
                       &width_px) != 0 ||
        call->in->len != 1 || width_px < 1) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the job is no picture");
        return false;
    }
    const struct picture_limits limits = picture_limits(tools->picture_px_max, jpeg_only != 0);
    g_autoptr(Image) picture = picture_decode(g_ptr_array_index(call->in, 0), &limits, &head, error);
    if (picture == NULL) {
        return false;
    }
    g_ptr_array_add(call->out, thumbnail(picture, width_px, tools->jpeg_quality));
    call->report = json_pack("{s:i, s:i}", "width", picture->width, "height", picture->height);
    return true;
}

const struct op picture_ops[] = {{.name = "picture", .run = run}, {0}};
