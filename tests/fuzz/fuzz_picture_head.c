/* The head of a picture file: whatever the bytes, nothing outside them is read, what is accepted is within the limits,
 * and what is refused has a code and leaves no head behind. */
#include <glib.h>
#include <string.h>

#include "vision/image/picture.h"
#include "vision/vision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_accepted(const struct picture_head *head, const struct picture_limits *limits)
{
    g_assert(head->type == PICTURE_JPEG || (head->type == PICTURE_PNG && !limits->jpeg_only));
    g_assert(head->width >= limits->side_min && head->width <= limits->side_max);
    g_assert(head->height >= limits->side_min && head->height <= limits->side_max);
    g_assert((uint64_t)head->width * head->height <= limits->px_max);
    g_assert(head->scans >= 1 && head->scans <= limits->scans_max);
    g_assert(head->orientation >= 1 && head->orientation <= 8);
    g_assert(head->channels >= 1 && head->channels <= 4);
}

static void check_refused(const struct picture_head *head, const GError *error)
{
    static const struct picture_head untouched;
    g_assert(memcmp(head, &untouched, sizeof untouched) == 0);
    g_assert(vision_error_is_input(error));
    g_assert(g_utf8_validate(error->message, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int jpeg_only = 0; jpeg_only < 2; jpeg_only++) {
        const struct picture_limits limits = picture_limits(25000000, jpeg_only == 1);
        struct picture_head head;
        memset(&head, 0, sizeof head);
        g_autoptr(GError) error = NULL;
        if (picture_examine(data, size, &limits, &head, &error)) {
            check_accepted(&head, &limits);
        } else {
            check_refused(&head, error);
        }
    }
    return 0;
}
