#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/image/mat.hpp"

using viva::guarded;
using viva::mat;

namespace
{

using Contour = std::vector<cv::Point>;

/* Corners clockwise from the upper left one; `angle` between -45 and 45. */
struct image_quad upright(const cv::RotatedRect &box, float area)
{
    double angle = std::remainder(box.angle, 180);
    double width = box.size.width + 1, height = box.size.height + 1; /* from centres to edges of pixels */
    if (angle > 45 || angle <= -45) {
        angle += angle > 0 ? -90 : 90;
        std::swap(width, height);
    }
    const double c = std::cos(angle * CV_PI / 180) / 2, s = std::sin(angle * CV_PI / 180) / 2;
    struct image_quad quad = {{}, area, float(angle)};
    static const int signs[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    for (int i = 0; i < 4; i++) {
        const double x = signs[i][0] * width, y = signs[i][1] * height;
        quad.corners[i] = {float(box.center.x + x * c - y * s), float(box.center.y + x * s + y * c)};
    }
    return quad;
}

/* ---- sheets ---- */

/* A convex hull with few enough corners to be a sheet seen from anywhere: four, give or take a twentieth of its length.
 */
bool quadrilateral(const Contour &contour, Contour &corners)
{
    Contour hull;
    cv::convexHull(contour, hull);
    const double length = cv::arcLength(hull, true);
    for (int percent = 1; percent <= 5; percent++) {
        cv::approxPolyDP(hull, corners, percent * length / 100, true);
        if (corners.size() == 4) {
            const double whole = cv::contourArea(hull);
            return cv::isContourConvex(corners) && cv::contourArea(corners) > 0.9 * whole;
        }
    }
    return false;
}

using Line = std::pair<cv::Point2f, cv::Point2f>; /* a point and a direction */

/* The line along one side, by the outline's points beside its middle: corners are often round or worn. */
bool fit_side(const Contour &contour, cv::Point2f from, cv::Point2f to, Line &line)
{
    const cv::Point2f along = to - from;
    const float length = float(cv::norm(along));
    std::vector<cv::Point2f> beside;
    for (const cv::Point &point : contour) {
        const cv::Point2f offset = cv::Point2f(point) - from;
        const float part = offset.dot(along) / (length * length);
        if (part > 0.1F && part < 0.9F && std::abs(float(offset.cross(along))) < 0.03F * length * length) {
            beside.emplace_back(point);
        }
    }
    if (beside.size() < 8) {
        return false;
    }
    cv::Vec4f fitted;
    cv::fitLine(beside, fitted, cv::DIST_HUBER, 0, 0.01, 0.01);
    line = {{fitted[2], fitted[3]}, {fitted[0], fitted[1]}};
    return true;
}

/* Where the four sides meet; the corners as they were where that is not near them. */
std::vector<cv::Point2f> sharpen(const Contour &contour, const Contour &corners)
{
    std::vector<cv::Point2f> rough(corners.begin(), corners.end());
    std::vector<cv::Point2f> sharp;
    Line sides[4];
    for (size_t i = 0; i < 4; i++) {
        if (!fit_side(contour, rough[i], rough[(i + 1) % 4], sides[i])) {
            return rough;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        const Line &before = sides[(i + 3) % 4], &after = sides[i];
        const double across = before.second.cross(after.second);
        const double at = (after.first - before.first).cross(after.second) / across;
        const cv::Point2f meeting = before.first + before.second * float(at);
        const double near = 0.05 * (cv::norm(rough[(i + 1) % 4] - rough[i]) + cv::norm(rough[(i + 3) % 4] - rough[i]));
        if (!(cv::norm(meeting - rough[i]) < near)) {
            return rough;
        }
        sharp.push_back(meeting);
    }
    return sharp;
}

/* From the corner nearest to the picture's upper left; a hull goes clockwise, seen with y downwards. */
struct image_quad ordered(const std::vector<cv::Point2f> &corners, double scale)
{
    size_t first = 0;
    for (size_t i = 1; i < 4; i++) {
        if (corners[i].x + corners[i].y < corners[first].x + corners[first].y) {
            first = i;
        }
    }
    struct image_quad quad = {{}, float(cv::contourArea(corners) * scale * scale), 0};
    for (size_t i = 0; i < 4; i++) {
        const cv::Point2f &corner = corners[(first + i) % 4];
        quad.corners[i] = {float((corner.x + 0.5) * scale - 0.5), float((corner.y + 0.5) * scale - 0.5)};
    }
    const double across = quad.corners[1].x - quad.corners[0].x, down = quad.corners[1].y - quad.corners[0].y;
    quad.angle = float(std::atan2(down, across) * 180 / CV_PI);
    return quad;
}

bool same(const struct image_quad &one, const struct image_quad &other)
{
    const double near = 0.03 * std::sqrt(one.area);
    for (int i = 0; i < 4; i++) {
        if (std::hypot(one.corners[i].x - other.corners[i].x, one.corners[i].y - other.corners[i].y) > near) {
            return false;
        }
    }
    return true;
}

/* Whatever reaches all four corners is the picture itself, not something in it. */
bool is_frame(const struct image_quad &quad, cv::Size picture, double scale)
{
    const double width = picture.width * scale, height = picture.height * scale, near = 0.015 * std::max(width, height);
    for (const struct image_point &corner : quad.corners) {
        if (std::min<double>(corner.x, width - corner.x) > near ||
            std::min<double>(corner.y, height - corner.y) > near) {
            return false;
        }
    }
    return true;
}

void add_sheets(const cv::Mat &lines, double scale, double area_min, std::vector<struct image_quad> &found)
{
    std::vector<Contour> contours;
    cv::findContours(lines, contours, cv::RETR_LIST, cv::CHAIN_APPROX_NONE);
    for (const Contour &contour : contours) {
        Contour corners;
        if (cv::boundingRect(contour).area() * scale * scale < area_min || !quadrilateral(contour, corners)) {
            continue;
        }
        const struct image_quad quad = ordered(sharpen(contour, corners), scale);
        const bool known =
            std::any_of(found.begin(), found.end(), [&](const auto &other) { return same(quad, other); });
        if (quad.area >= area_min && !known && !is_frame(quad, lines.size(), scale)) {
            found.push_back(quad);
        }
    }
}

/* One plane (luma, saturation) at one size: outlines by edges, weak and strong, and by light against dark. */
void search(const cv::Mat &plane, double scale, double area_min, std::vector<struct image_quad> &found)
{
    cv::Mat smooth, lines, parts;
    cv::bilateralFilter(plane, smooth, 7, 40, 5);
    const cv::Mat thick = cv::getStructuringElement(cv::MORPH_RECT, {3, 3});
    for (const double strength : {20, 60}) {
        cv::Canny(smooth, lines, strength, 3 * strength);
        cv::dilate(lines, lines, thick);
        add_sheets(lines, scale, area_min, found);
    }
    cv::threshold(smooth, parts, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
    add_sheets(parts, scale, area_min, found);
    cv::bitwise_not(parts, parts);
    add_sheets(parts, scale, area_min, found);
}

std::vector<struct image_quad> sheets(const struct image *image, double area_min)
{
    std::vector<struct image_quad> found;
    for (const int side : {640, 320}) {
        const double scale = std::max(1.0, double(std::max(image->width, image->height)) / side);
        cv::Mat small, gray, colours;
        cv::resize(mat(image), small, {}, 1 / scale, 1 / scale, cv::INTER_AREA);
        if (image->channels == 1) {
            search(small, scale, area_min, found);
            continue;
        }
        cv::cvtColor(small, gray, cv::COLOR_BGR2GRAY);
        search(gray, scale, area_min, found);
        cv::cvtColor(small, colours, cv::COLOR_BGR2HSV);
        cv::extractChannel(colours, gray, 1);
        search(gray, scale, area_min, found);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.area > b.area; });
    return found;
}

} // namespace

GArray *image_regions(const struct image *image, int threshold, float area_min)
{
    g_assert(image->channels == 1);
    return guarded([&] {
        GArray *quads = g_array_new(FALSE, FALSE, sizeof(struct image_quad));
        const cv::Mat mask = mat(image) >= threshold;
        std::vector<Contour> contours;
        cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
        for (const Contour &contour : contours) {
            /* Pick's theorem: pixels inside and on the outline, holes filled. */
            const double area = cv::contourArea(contour) + double(contour.size()) / 2 + 1;
            if (area >= area_min) {
                const struct image_quad quad = upright(cv::minAreaRect(contour), float(area));
                g_array_append_val(quads, quad);
            }
        }
        return quads;
    });
}

GArray *image_sheets(const struct image *image, float area_min)
{
    return guarded([&] {
        const std::vector<struct image_quad> found = sheets(image, area_min);
        GArray *quads = g_array_new(FALSE, FALSE, sizeof(struct image_quad));
        g_array_append_vals(quads, found.data(), guint(found.size()));
        return quads;
    });
}
