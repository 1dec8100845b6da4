#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/image/mat.hpp"

using viva::guarded;

namespace
{

/* The luma inside the box, clipped to the image; may be empty. */
cv::Mat luma(const struct image *image, const struct image_box *box)
{
    cv::Mat part = viva::mat(image);
    if (box != nullptr) {
        const auto within = [](float at, int limit) { return int(std::lround(std::fmin(std::fmax(at, 0), limit))); };
        const int left = within(box->x, image->width), right = within(box->x + box->width, image->width);
        const int top = within(box->y, image->height), bottom = within(box->y + box->height, image->height);
        part = part(cv::Rect(left, top, std::max(0, right - left), std::max(0, bottom - top)));
    }
    if (part.empty() || image->channels == 1) {
        return part;
    }
    cv::Mat gray;
    cv::cvtColor(part, gray, cv::COLOR_BGR2GRAY);
    return gray;
}

double variance(const cv::Mat &values)
{
    cv::Scalar mean, deviation;
    cv::meanStdDev(values, mean, deviation);
    return deviation[0] * deviation[0];
}

} // namespace

double image_mean(const struct image *image, const struct image_box *box)
{
    return guarded([&] {
        const cv::Mat part = luma(image, box);
        return part.empty() ? 0 : cv::mean(part)[0];
    });
}

double image_deviation(const struct image *image, const struct image_box *box)
{
    return guarded([&] {
        const cv::Mat part = luma(image, box);
        return part.empty() ? 0 : std::sqrt(variance(part));
    });
}

double image_laplacian_variance(const struct image *image, const struct image_box *box)
{
    return guarded([&] {
        const cv::Mat part = luma(image, box);
        if (part.empty()) {
            return 0.0;
        }
        cv::Mat edges;
        cv::Laplacian(part, edges, CV_16S, 1, 1, 0, cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
        return variance(edges);
    });
}

void image_to_tensor(const struct image *image, bool rgb, float divisor, const float mean[3], const float deviation[3],
                     float *data)
{
    const size_t plane = size_t(image->width) * size_t(image->height);
    for (int channel = 0; channel < image->channels; channel++) {
        const int source = rgb ? image->channels - 1 - channel : channel;
        const float scale = 1 / (divisor * deviation[channel]), shift = mean[channel] / deviation[channel];
        float *out = data + size_t(channel) * plane;
        for (int y = 0; y < image->height; y++) {
            const uint8_t *in = image->pixels + size_t(y) * image->stride + source;
            for (int x = 0; x < image->width; x++) {
                *out++ = float(in[size_t(x) * size_t(image->channels)]) * scale - shift;
            }
        }
    }
}
