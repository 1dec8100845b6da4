#include "tests/unit/vision/video.h"
#include "vision/capture/colours.h"

/* What a decoder says about its colours, and what they are. "2" and "0" are "unknown". */
static const struct {
    const char *hazard;
    enum vision_codec codec;
    const char *said;
    const char *meant;
} rows[] = {
    {"VP8 at 720 lines is taken for BT.709", VISION_CODEC_VP8, "bt709", "bt601"},
    {"H.264 with nothing said is taken for BT.709", VISION_CODEC_H264, "0:0:0:0", "bt601"},
    {"H.264 that says BT.709 is taken for BT.601", VISION_CODEC_H264, "bt709", "bt709"},
    {"H.264 in the full range is stretched again", VISION_CODEC_H264, "1:4:0:0", "1:4:0:0"},
    {"H.264 in the full range of BT.709", VISION_CODEC_H264, "1:3:0:0", "1:3:0:0"},
    {"H.264 that names only its matrix is not stretched", VISION_CODEC_H264, "0:3:0:0", "bt709"},
};

/* Converts the picture to I420 of the colours meant, says others, and lets colours_watch make the best of it. */
static struct picture pass(const struct picture *source, unsigned row)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *description = g_strdup_printf(
        COLOURED " ! videoconvert ! videoscale ! video/x-raw,width=%u,height=%u,pixel-aspect-ratio=1/1"
                 " ! videoconvert ! video/x-raw,format=I420,colorimetry=%s ! capssetter caps=video/x-raw,colorimetry=%s"
                 " ! identity name=decoder ! videoconvert ! video/x-raw,format=I420,colorimetry=" JFIF_COLOURS
                 " ! videoconvert ! video/x-raw,format=RGB ! appsink name=out sync=false",
        source->width, source->height, rows[row].meant, rows[row].said);
    g_autoptr(GstElement) pipeline = gst_parse_launch(description, &error);
    assert_null(error);
    g_autoptr(GstElement) decoder = gst_bin_get_by_name(GST_BIN(pipeline), "decoder");
    g_autoptr(GstPad) pad = gst_element_get_static_pad(decoder, "src");
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
    colours_watch(pad, rows[row].codec);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstSample) sample = gst_app_sink_pull_sample(GST_APP_SINK(out));
    assert_non_null(sample);
    struct picture picture;
    take_rgb(sample, &picture);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return picture;
}

static void colours_stay_what_they_were_meant_to_be(void **state)
{
    (void)state;
    struct picture source = test_picture(1280, 720);
    for (unsigned row = 0; row < G_N_ELEMENTS(rows); row++) {
        struct picture picture = pass(&source, row);
        const double difference = picture_error(&source, &picture);
        print_message("%s: mean squared error %.1f\n", rows[row].hazard, difference);
        if (difference > 10) {
            fail_msg("%s: mean squared error %.1f", rows[row].hazard, difference);
        }
        picture_clear(&picture);
    }
    picture_clear(&source);
}

static int load(void **state)
{
    (void)state;
    gst_init(NULL, NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_stay_what_they_were_meant_to_be),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
