/* face_op: the op "face": one picture in, the one face that it is about out. Runs in a worker.
 *
 * params {"jpeg_only", "draw"}; in[0] the file. The report is that of vision_face.
 * out: the embedding, then the drawing if asked for. */
#include "vision/face/drawing.h"
#include "vision/image/picture.h"
#include "vision/process/op.h"

static bool find(struct op_tools *tools, const struct image *picture, struct face *face, unsigned *faces,
                 GError **error)
{
    unsigned similar = 0;
    GError *failure = NULL;
    if (!face_find(tools->networks, picture, face, faces, &similar, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, failure);
        } else {
            g_set_error(error, VISION_ERROR, VISION_ERROR_NO_FACE,
                        "no face was found: the whole face must be seen, upright and well lit");
        }
        return false;
    }
    if (similar > 1) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_SEVERAL_FACES,
                    "%u faces of similar size were found: the picture must show one person", similar);
        return false;
    }
    return true;
}

static bool run(struct op_tools *tools, struct op_call *call, GError **error)
{
    int jpeg_only, draw;
    struct picture_head head;
    struct face face;
    unsigned faces;
    float embedding[VISION_EMBEDDING];
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:b, s:b}", "jpeg_only", &jpeg_only, "draw",
                       &draw) != 0 ||
        call->in->len != 1) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the job is no picture");
        return false;
    }
    const struct picture_limits limits = picture_limits(tools->picture_px_max, jpeg_only != 0);
    g_autoptr(Image) picture = picture_decode(g_ptr_array_index(call->in, 0), &limits, &head, error);
    if (picture == NULL || !find(tools, picture, &face, &faces, error)) {
        return false;
    }
    json_t *report = face_report(tools->networks, picture, &face, faces, embedding, error);
    if (report == NULL) {
        return false;
    }
    g_ptr_array_add(call->out, g_bytes_new(embedding, sizeof(embedding)));
    if (draw != 0) {
        g_ptr_array_add(call->out, face_drawing(picture, &face, report));
    }
    call->report = report;
    return true;
}

const struct op face_ops[] = {{.name = "face", .run = run}, {0}};
