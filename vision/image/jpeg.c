#include <setjmp.h>
#include <stdio.h>
/* libjpeg needs stdio.h first. */
#include <jerror.h>
#include <jpeglib.h>

#include "vision/image/codec.h"
#include "vision/vision.h"

struct failure {
    struct jpeg_error_mgr manager; /* first: libjpeg hands it back */
    jmp_buf back;
    enum vision_error code;
    char text[JMSG_LENGTH_MAX];
};

/* Warnings are where libjpeg would make a picture up: half of it gray is no picture of anybody. */
static bool is_fatal(int message, enum vision_error *code)
{
    switch (message) {
    case JWRN_HIT_MARKER:
    case JWRN_JPEG_EOF:
        *code = VISION_ERROR_TRUNCATED;
        return true;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
        *code = VISION_ERROR_DECODE;
        return true;
    default:
        return false;
    }
}

static _Noreturn void stop(j_common_ptr codec)
{
    struct failure *failure = (struct failure *)codec->err;
    failure->manager.format_message(codec, failure->text);
    longjmp(failure->back, 1);
}

static void on_message(j_common_ptr codec, int level)
{
    struct failure *failure = (struct failure *)codec->err;
    if (level < 0 && is_fatal(failure->manager.msg_code, &failure->code)) {
        stop(codec);
    }
}

static struct jpeg_error_mgr *prepare(struct failure *failure)
{
    jpeg_std_error(&failure->manager);
    failure->manager.error_exit = stop;
    failure->manager.emit_message = on_message;
    failure->code = VISION_ERROR_DECODE;
    return &failure->manager;
}

/* ---- decoding ---- */

struct watch {
    struct jpeg_progress_mgr manager; /* first: libjpeg hands it back */
    int scans;
};

static void on_progress(j_common_ptr codec)
{
    const struct watch *watch = (const struct watch *)codec->progress;
    if (((j_decompress_ptr)codec)->input_scan_number > watch->scans) {
        ERREXIT(codec, JERR_BAD_PROGRESSION); /* more than were counted */
    }
}

/* Adobe's programs store inks inverted, as they shine through. */
static void from_cmyk(const uint8_t *cmyk, int width, bool inverted, uint8_t *bgr)
{
    for (int x = 0; x < width; x++, cmyk += 4, bgr += 3) {
        const unsigned flip = inverted ? 0 : 255;
        const unsigned key = cmyk[3] ^ flip;
        for (int channel = 0; channel < 3; channel++) {
            bgr[channel] = (uint8_t)(((cmyk[2 - channel] ^ flip) * key + 127) / 255);
        }
    }
}

static void read_rows(struct jpeg_decompress_struct *codec, struct image *image, uint8_t *inks)
{
    while (codec->output_scanline < codec->output_height) {
        uint8_t *row = image->pixels + codec->output_scanline * image->stride;
        uint8_t *target = inks != NULL ? inks : row;
        jpeg_read_scanlines(codec, &target, 1);
        if (inks != NULL) {
            from_cmyk(inks, image->width, codec->saw_Adobe_marker, row);
        }
    }
}

/* Whatever is made before the first longjmp, and so survives it. */
struct decoding {
    struct jpeg_decompress_struct codec;
    struct failure failure;
    struct watch watch;
    struct image *image;
    uint8_t *inks;
};

static void decode(struct decoding *decoding, const uint8_t *bytes, size_t length, const struct picture_head *head)
{
    struct jpeg_decompress_struct *codec = &decoding->codec;
    jpeg_mem_src(codec, bytes, length);
    jpeg_read_header(codec, TRUE);
    if (codec->image_width != head->width || codec->image_height != head->height) {
        ERREXIT(codec, JERR_BAD_LENGTH);
    }
    const bool inks = codec->num_components == 4;
    codec->out_color_space = inks ? JCS_CMYK : JCS_EXT_BGR;
    codec->progress = &decoding->watch.manager;
    jpeg_start_decompress(codec);
    decoding->image = image_new((int)head->width, (int)head->height, 3);
    decoding->inks = inks ? g_malloc((size_t)head->width * 4) : NULL;
    read_rows(codec, decoding->image, decoding->inks);
    jpeg_finish_decompress(codec);
}

struct image *jpeg_decode(const uint8_t *bytes, size_t length, const struct picture_head *head, GError **error)
{
    struct decoding *decoding = g_new0(struct decoding, 1);
    decoding->watch.manager.progress_monitor = on_progress;
    decoding->watch.scans = (int)head->scans;
    decoding->codec.err = prepare(&decoding->failure);
    jpeg_create_decompress(&decoding->codec);
    if (setjmp(decoding->failure.back) == 0) {
        decode(decoding, bytes, length, head);
    } else {
        g_set_error(error, VISION_ERROR, (int)decoding->failure.code, "this JPEG %s (%s)",
                    decoding->failure.code == VISION_ERROR_TRUNCATED ? "ends too early" : "is damaged",
                    decoding->failure.text);
        g_clear_pointer(&decoding->image, image_free);
    }
    jpeg_destroy_decompress(&decoding->codec);
    struct image *image = decoding->image;
    g_free(decoding->inks);
    g_free(decoding);
    return image;
}

/* ---- encoding ---- */

GBytes *image_encode_jpeg(const struct image *image, int quality)
{
    struct failure failure;
    struct jpeg_compress_struct codec = {.err = prepare(&failure)};
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    if (setjmp(failure.back) != 0) {
        g_error("cannot encode a JPEG: %s", failure.text); /* memory: the process ends */
    }
    jpeg_create_compress(&codec);
    jpeg_mem_dest(&codec, &bytes, &length);
    codec.image_width = (JDIMENSION)image->width;
    codec.image_height = (JDIMENSION)image->height;
    codec.input_components = image->channels;
    codec.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_EXT_BGR;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, quality, TRUE);
    jpeg_start_compress(&codec, TRUE);
    while (codec.next_scanline < codec.image_height) {
        uint8_t *row = image->pixels + codec.next_scanline * image->stride;
        jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg_finish_compress(&codec);
    jpeg_destroy_compress(&codec);
    return g_bytes_new_with_free_func(bytes, length, free, bytes);
}
