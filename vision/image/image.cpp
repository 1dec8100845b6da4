#include "vision/image/image.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/image/mat.hpp"

using viva::guarded;
using viva::mat;

namespace viva
{

void give_up(const char *what)
{
    g_log_structured("vision", G_LOG_LEVEL_CRITICAL, "MESSAGE", "imaging failed: %s", what);
    abort();
}

struct image *from_mat(cv::Mat &&pixels)
{
    auto *owner = new cv::Mat(std::move(pixels));
    auto *image = g_new0(struct image, 1);
    image->width = owner->cols;
    image->height = owner->rows;
    image->channels = owner->channels();
    image->stride = owner->step[0];
    image->pixels = owner->data;
    image->owner = owner;
    return image;
}

} // namespace viva

namespace
{

/* Jobs run side by side in processes; threads of OpenCV's own would only get in each other's way, and the sandbox
 * forbids to make them. */
bool drop_threads() noexcept
{
    cv::setNumThreads(0);
    return true;
}
[[maybe_unused]] const bool without_threads = drop_threads();

using Transform = cv::Matx33d; /* of points of the source to points of the destination */

cv::Mat rows(const Transform &transform)
{
    return cv::Mat(transform).rowRange(0, 2).clone();
}

cv::Point2d apply(const Transform &transform, cv::Point2d point)
{
    const cv::Vec3d at = transform * cv::Vec3d(point.x, point.y, 1);
    return {at[0] / at[2], at[1] / at[2]};
}

/* The part of the source that a destination of this size shows. */
cv::Rect seen(const cv::Mat &source, const Transform &transform, cv::Size size)
{
    const Transform back = transform.inv();
    std::vector<cv::Point2f> corners;
    for (const cv::Point2d corner : {cv::Point2d(-1, -1), cv::Point2d(size.width, -1), cv::Point2d(-1, size.height),
                                     cv::Point2d(size.width, size.height)}) {
        corners.emplace_back(apply(back, corner));
    }
    const cv::Rect2f around = cv::Rect2f(cv::boundingRect(corners));
    const cv::Rect2f whole(0, 0, float(source.cols), float(source.rows));
    return cv::Rect(around & whole);
}

/* Where much of the source becomes little, its area means are taken first: a warp alone would drop pixels. `shrink`:
 * pixels of the source for one of the destination. Changes `source` and `transform` to match. */
void prefilter(cv::Mat &source, Transform &transform, cv::Size size, double shrink)
{
    const cv::Rect part = seen(source, transform, size);
    if (!(shrink >= 1.5) || part.empty()) {
        return;
    }
    const cv::Size small(std::max(1, int(std::lround(part.width / shrink))),
                         std::max(1, int(std::lround(part.height / shrink))));
    cv::Mat means;
    cv::resize(source(part), means, small, 0, 0, cv::INTER_AREA);
    const double x = double(part.width) / small.width, y = double(part.height) / small.height;
    /* From a pixel of `means` to where its centre was. */
    transform = transform * Transform(x, 0, 0.5 * x - 0.5 + part.x, 0, y, 0.5 * y - 0.5 + part.y, 0, 0, 1);
    source = means;
}

struct image *warp_affine(const struct image *image, Transform transform, cv::Size size, uint32_t border)
{
    const double scale = std::sqrt(std::abs(cv::determinant(transform)));
    cv::Mat source = mat(image), pixels;
    prefilter(source, transform, size, scale > 0 ? 1 / scale : 0);
    cv::warpAffine(source, pixels, rows(transform), size, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                   viva::colour_for(image, border));
    return viva::from_mat(std::move(pixels));
}

double side(const struct image_point &from, const struct image_point &to)
{
    return std::hypot(to.x - from.x, to.y - from.y);
}

} // namespace

/* ---- making ---- */

struct image *image_new(int width, int height, int channels)
{
    return guarded([&] { return viva::from_mat(cv::Mat::zeros(height, width, CV_8UC(channels))); });
}

struct image *image_from(const uint8_t *pixels, int width, int height, int channels, size_t stride)
{
    return guarded([&] {
        const cv::Mat view(height, width, CV_8UC(channels), const_cast<uint8_t *>(pixels), stride);
        return viva::from_mat(view.clone());
    });
}

struct image *image_copy(const struct image *image)
{
    return guarded([&] { return viva::from_mat(mat(image).clone()); });
}

void image_free(struct image *image)
{
    if (image != nullptr) {
        delete static_cast<cv::Mat *>(image->owner);
        g_free(image);
    }
}

/* ---- turning one into another ---- */

struct image *image_gray(const struct image *image)
{
    return guarded([&] {
        cv::Mat pixels;
        if (image->channels == 1) {
            pixels = mat(image).clone();
        } else {
            cv::cvtColor(mat(image), pixels, cv::COLOR_BGR2GRAY);
        }
        return viva::from_mat(std::move(pixels));
    });
}

struct image *image_rotate(const struct image *image, int degrees)
{
    g_assert(degrees % 90 == 0);
    return guarded([&] {
        static const int codes[] = {-1, cv::ROTATE_90_CLOCKWISE, cv::ROTATE_180, cv::ROTATE_90_COUNTERCLOCKWISE};
        const int code = codes[((degrees / 90) % 4 + 4) % 4];
        cv::Mat pixels;
        if (code < 0) {
            pixels = mat(image).clone();
        } else {
            cv::rotate(mat(image), pixels, code);
        }
        return viva::from_mat(std::move(pixels));
    });
}

struct image *image_upright(const struct image *image, unsigned orientation)
{
    /* Exif 2.32, 4.6.4: what the first row and the first column of the stored picture are. 5 to 8 are transposed. */
    return guarded([&] {
        cv::Mat pixels = mat(image).clone();
        if (orientation >= 5) {
            cv::transpose(pixels, pixels);
        }
        const bool rightmost = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        const bool bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        if (rightmost || bottom) {
            cv::flip(pixels, pixels, rightmost && bottom ? -1 : rightmost ? 1 : 0);
        }
        return viva::from_mat(std::move(pixels));
    });
}

struct image *image_resize(const struct image *image, int width, int height)
{
    return guarded([&] {
        /* What shrinks shrinks first: at most one of the two steps has to do anything, unless the shape changes. */
        const cv::Size small(std::min(width, image->width), std::min(height, image->height));
        cv::Mat means, pixels;
        cv::resize(mat(image), means, small, 0, 0, cv::INTER_AREA);
        cv::resize(means, pixels, {width, height}, 0, 0, cv::INTER_CUBIC);
        return viva::from_mat(std::move(pixels));
    });
}

struct image *image_crop(const struct image *image, struct image_box box, int width, int height, uint32_t border)
{
    return guarded([&] {
        /* A box reaches from edge to edge of its pixels; points are at their centres. */
        const double x = width / double(box.width), y = height / double(box.height);
        const Transform transform(x, 0, x * (0.5 - box.x) - 0.5, 0, y, y * (0.5 - box.y) - 0.5, 0, 0, 1);
        return warp_affine(image, transform, {width, height}, border);
    });
}

struct image *image_warp_affine(const struct image *image, const float transform[6], int width, int height,
                                uint32_t border)
{
    return guarded([&] {
        const Transform whole(transform[0], transform[1], transform[2], transform[3], transform[4], transform[5], 0, 0,
                              1);
        return warp_affine(image, whole, {width, height}, border);
    });
}

struct image *image_warp_quad(const struct image *image, const struct image_point corners[4], int width, int height,
                              uint32_t border)
{
    return guarded([&] {
        const cv::Point2f right(float(width - 1), 0), down(0, float(height - 1));
        const cv::Point2f to[4] = {{0, 0}, right, right + down, down};
        cv::Point2f from[4];
        for (int i = 0; i < 4; i++) {
            from[i] = {corners[i].x, corners[i].y};
        }
        Transform transform = cv::getPerspectiveTransform(from, to);
        const double across = std::max(side(corners[0], corners[1]), side(corners[3], corners[2])) / width;
        const double along = std::max(side(corners[0], corners[3]), side(corners[1], corners[2])) / height;
        cv::Mat source = mat(image), pixels;
        prefilter(source, transform, {width, height}, std::min(across, along));
        cv::warpPerspective(source, pixels, transform, {width, height}, cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                            viva::colour_for(image, border));
        return viva::from_mat(std::move(pixels));
    });
}

/* With both sets of points moved to their mean, the best a = scale·cos and b = scale·sin are Σ(p·q) and Σ(p×q) over
 * Σ|p|². */
bool image_similarity(const struct image_point *from, const struct image_point *to, unsigned count, float transform[6])
{
    double fx = 0, fy = 0, tx = 0, ty = 0;
    for (unsigned i = 0; i < count; i++) {
        fx += double(from[i].x) / count;
        fy += double(from[i].y) / count;
        tx += double(to[i].x) / count;
        ty += double(to[i].y) / count;
    }
    double dot = 0, cross = 0, square = 0;
    for (unsigned i = 0; i < count; i++) {
        const double px = from[i].x - fx, py = from[i].y - fy, qx = to[i].x - tx, qy = to[i].y - ty;
        dot += px * qx + py * qy;
        cross += px * qy - py * qx;
        square += px * px + py * py;
    }
    if (!(square > 1e-9) || !(dot * dot + cross * cross > 1e-18)) { /* also when something is not a number */
        return false;
    }
    const double a = dot / square, b = cross / square;
    const double all[6] = {a, -b, tx - a * fx + b * fy, b, a, ty - b * fx - a * fy};
    for (int i = 0; i < 6; i++) {
        transform[i] = float(all[i]);
    }
    return true;
}

struct image *image_equalise(const struct image *image, float clip_limit, int tiles)
{
    return guarded([&] {
        const cv::Ptr<cv::CLAHE> equaliser = cv::createCLAHE(clip_limit, {tiles, tiles});
        cv::Mat pixels;
        if (image->channels == 1) {
            equaliser->apply(mat(image), pixels);
            return viva::from_mat(std::move(pixels));
        }
        cv::Mat separated, luma;
        cv::cvtColor(mat(image), separated, cv::COLOR_BGR2YCrCb);
        cv::extractChannel(separated, luma, 0);
        equaliser->apply(luma, luma);
        cv::insertChannel(luma, separated, 0);
        cv::cvtColor(separated, pixels, cv::COLOR_YCrCb2BGR);
        return viva::from_mat(std::move(pixels));
    });
}
