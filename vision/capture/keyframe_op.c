/* keyframe_op: the worker's side of vision_decode_keyframe. in: the RTP packets; out: the JPEG, the frame's SHA-256. */
#include "vision/capture/decode.h"

static bool run(struct op_tools *tools, struct op_call *call, GError **error)
{
    int codec, payload_type;
    json_int_t deadline_us;
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:i, s:i, s:I}", "codec", &codec, "payload_type",
                       &payload_type, "deadline_us", &deadline_us) != 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "keyframe: no such parameters");
        return false;
    }
    const struct vision_keyframe keyframe = {(enum vision_codec)codec, (uint8_t)payload_type, call->in};
    struct vision_picture picture = {0};
    if (!decode_keyframe(tools, &keyframe, deadline_us, &picture, error)) {
        return false;
    }
    call->report = json_pack("{s:i, s:i}", "width", (int)picture.width, "height", (int)picture.height);
    g_ptr_array_add(call->out, picture.jpeg);
    g_ptr_array_add(call->out, g_bytes_new(picture.frame_sha256, sizeof picture.frame_sha256));
    return true;
}

const struct op capture_ops[] = {{"keyframe", run}, {0}};

bool capture_ops_prepare(GError **error)
{
    return decode_load(error);
}
