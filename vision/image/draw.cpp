#include <cmath>
#include <opencv2/imgproc.hpp>

#include "vision/image/mat.hpp"

using viva::colour_for;
using viva::guarded;
using viva::mat;

namespace
{

/* Coordinates far outside would overflow OpenCV's fixed point. */
cv::Point at(float x, float y)
{
    const auto near = [](float v) { return int(std::lround(std::fmin(std::fmax(v, -16384), 16384))); };
    return {near(x), near(y)};
}

} // namespace

void image_draw_box(struct image *image, struct image_box box, uint32_t colour, int thickness)
{
    guarded([&] {
        cv::rectangle(mat(image), at(box.x, box.y), at(box.x + box.width - 1, box.y + box.height - 1),
                      colour_for(image, colour), thickness);
    });
}

void image_draw_line(struct image *image, struct image_point from, struct image_point to, uint32_t colour,
                     int thickness)
{
    guarded([&] {
        cv::line(mat(image), at(from.x, from.y), at(to.x, to.y), colour_for(image, colour), thickness, cv::LINE_AA);
    });
}

void image_draw_point(struct image *image, struct image_point centre, uint32_t colour, int radius)
{
    guarded([&] {
        cv::circle(mat(image), at(centre.x, centre.y), radius, colour_for(image, colour), cv::FILLED, cv::LINE_AA);
    });
}

void image_draw_text(struct image *image, struct image_point baseline, const char *text, uint32_t colour,
                     float height_px)
{
    guarded([&] {
        std::string ascii;
        for (const char *c = text; *c != '\0'; c++) {
            if ((*c & 0x80) == 0) {
                ascii += *c >= ' ' && *c < 0x7f ? *c : '?';
            } else if ((*c & 0xc0) == 0xc0) { /* the first byte of a longer character */
                ascii += '?';
            }
        }
        const int thickness = std::max(1, int(std::lround(height_px / 10)));
        const double scale =
            cv::getFontScaleFromHeight(cv::FONT_HERSHEY_SIMPLEX, int(std::lround(height_px)), thickness);
        cv::putText(mat(image), ascii, at(baseline.x, baseline.y), cv::FONT_HERSHEY_SIMPLEX, scale,
                    colour_for(image, colour), thickness, cv::LINE_AA);
    });
}
