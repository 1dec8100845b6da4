#include "media/media.h"

G_DEFINE_QUARK(media_error, media_error)

const char *media_codec_name(enum media_codec codec)
{
    switch (codec) {
    case MEDIA_CODEC_OPUS:
        return "opus";
    case MEDIA_CODEC_VP8:
        return "VP8";
    case MEDIA_CODEC_H264:
        return "H264";
    case MEDIA_CODEC_NONE:
        break;
    }
    return "none";
}

const char *media_close_reason_name(enum media_close_reason reason)
{
    switch (reason) {
    case MEDIA_CLOSE_LEFT:
        return "left";
    case MEDIA_CLOSE_REMOTE:
        return "remote";
    case MEDIA_CLOSE_FINGERPRINT:
        return "fingerprint";
    case MEDIA_CLOSE_DTLS:
        return "dtls";
    case MEDIA_CLOSE_TIMEOUT:
        return "timeout";
    }
    return "unknown";
}

void media_answer_clear(struct media_answer *answer)
{
    g_clear_pointer(&answer->sdp, g_free);
}

void media_keyframe_clear(struct media_keyframe *keyframe)
{
    g_clear_pointer(&keyframe->packets, g_ptr_array_unref);
}
