#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "vision/image/codec.h"
#include "vision/vision.h"

struct source {
    const uint8_t *bytes;
    size_t length, at;
};

struct decoding {
    png_structp codec;
    png_infop info;
    struct source source;
    struct image *image;
    png_bytep *rows;
    enum vision_error code;
    char text[96];
};

static _Noreturn void on_error(png_structp codec, png_const_charp why)
{
    struct decoding *decoding = png_get_error_ptr(codec);
    if (decoding != NULL) {
        if (strcmp(why, "Not enough image data") == 0) {
            decoding->code = VISION_ERROR_TRUNCATED;
        }
        g_strlcpy(decoding->text, why, sizeof(decoding->text));
    }
    png_longjmp(codec, 1);
}

static void on_warning(png_structp codec, png_const_charp why)
{
    (void)codec;
    (void)why;
}

static void on_read(png_structp codec, png_bytep out, size_t length)
{
    struct source *source = png_get_io_ptr(codec);
    if (length > source->length - source->at) {
        png_error(codec, "Not enough image data");
    }
    memcpy(out, source->bytes + source->at, length);
    source->at += length;
}

/* What is not needed is not even unpacked: compressed profiles and texts are a bomb's favourite place. */
static void skip_chunks(png_structp codec)
{
    static const png_byte skipped[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT\0pCAL\0sCAL\0eXIf\0hIST\0gAMA\0cHRM\0sRGB\0bKGD";
    png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, skipped, sizeof(skipped) / 5);
}

/* Everything there is becomes 8 bits of blue, green and red, on white. */
static void set_transforms(png_structp codec, png_infop info)
{
    const png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
    const png_color_16 white16 = {.red = 65535, .green = 65535, .blue = 65535, .gray = 65535};
    const bool deep = png_get_bit_depth(codec, info) == 16;
    png_set_expand(codec);
    png_set_gray_to_rgb(codec);
    png_set_scale_16(codec);
    png_set_bgr(codec);
    png_set_background(codec, deep ? &white16 : &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    png_set_interlace_handling(codec);
    png_read_update_info(codec, info);
}

static void decode(struct decoding *decoding, const struct picture_head *head)
{
    png_structp codec = decoding->codec;
    png_set_read_fn(codec, &decoding->source, on_read);
    png_set_user_limits(codec, head->width, head->height);
    skip_chunks(codec);
    png_read_info(codec, decoding->info);
    set_transforms(codec, decoding->info);
    if (png_get_image_width(codec, decoding->info) != head->width ||
        png_get_image_height(codec, decoding->info) != head->height ||
        png_get_rowbytes(codec, decoding->info) != (size_t)head->width * 3) {
        png_error(codec, "not what its header says");
    }
    decoding->image = image_new((int)head->width, (int)head->height, 3);
    decoding->rows = g_new(png_bytep, head->height);
    for (uint32_t y = 0; y < head->height; y++) {
        decoding->rows[y] = decoding->image->pixels + y * decoding->image->stride;
    }
    png_read_image(codec, decoding->rows);
    png_read_end(codec, NULL);
}

struct image *png_decode(const uint8_t *bytes, size_t length, const struct picture_head *head, GError **error)
{
    struct decoding *decoding = g_new0(struct decoding, 1);
    decoding->source = (struct source){bytes, length, 0};
    decoding->code = VISION_ERROR_DECODE;
    decoding->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoding, on_error, on_warning);
    decoding->info = png_create_info_struct(decoding->codec);
    g_assert(decoding->info != NULL);
    if (setjmp(png_jmpbuf(decoding->codec)) == 0) {
        decode(decoding, head);
    } else {
        g_set_error(error, VISION_ERROR, (int)decoding->code, "this PNG %s (%s)",
                    decoding->code == VISION_ERROR_TRUNCATED ? "ends too early" : "is damaged", decoding->text);
        g_clear_pointer(&decoding->image, image_free);
    }
    png_destroy_read_struct(&decoding->codec, &decoding->info, NULL);
    struct image *image = decoding->image;
    g_free(decoding->rows);
    g_free(decoding);
    return image;
}

/* ---- encoding ---- */

static void on_write(png_structp codec, png_bytep bytes, size_t length)
{
    g_byte_array_append(png_get_io_ptr(codec), bytes, (guint)length);
}

static void on_flush(png_structp codec)
{
    (void)codec;
}

GBytes *image_encode_png(const struct image *image)
{
    GByteArray *out = g_byte_array_new();
    png_structp codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, on_warning);
    png_infop info = png_create_info_struct(codec);
    g_assert(info != NULL);
    if (setjmp(png_jmpbuf(codec)) != 0) {
        g_error("cannot encode a PNG"); /* memory: the process ends */
    }
    png_set_write_fn(codec, out, on_write, on_flush);
    png_set_compression_level(codec, 3); /* for a look at it, not for keeping */
    png_set_IHDR(codec, info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(codec, info);
    png_set_bgr(codec);
    for (int y = 0; y < image->height; y++) {
        png_write_row(codec, image->pixels + (size_t)y * image->stride);
    }
    png_write_end(codec, NULL);
    png_destroy_write_struct(&codec, &info);
    return g_byte_array_free_to_bytes(out);
}
