/* mat: what image's C++ files share: struct image as cv::Mat and back, and the border that no exception passes. */
#pragma once

#include <opencv2/core.hpp>

#include "vision/image/image.h"

namespace viva
{

/* The image's own pixels, not a copy; never written to when the image is const. */
inline cv::Mat mat(const struct image *image)
{
    return {image->height, image->width, CV_8UC(image->channels), image->pixels, image->stride};
}

/* Takes the pixels over. */
struct image *from_mat(cv::Mat &&pixels);

inline cv::Scalar colour(uint32_t rgb)
{
    return {double(rgb & 0xff), double(rgb >> 8 & 0xff), double(rgb >> 16 & 0xff)};
}

/* The same for an image of one channel: its luma. */
inline cv::Scalar colour_for(const struct image *image, uint32_t rgb)
{
    const cv::Scalar bgr = colour(rgb);
    return image->channels == 3 ? bgr : cv::Scalar(0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2]);
}

[[noreturn]] void give_up(const char *what);

/* Runs `work`; an exception (memory, or our own mistake) ends the process. */
template <typename Work> auto guarded(Work work) -> decltype(work())
{
    try {
        return work();
    } catch (const std::exception &exception) {
        give_up(exception.what());
    }
}

} // namespace viva
