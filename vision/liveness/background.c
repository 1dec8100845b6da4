#include "vision/liveness/background.h"

#include <math.h>

#define CELLS_MIN 24
#define JUMP_LUMA 12.0 /* mean of what light does not explain; a moving arm, a shaken phone reach 6 */

double background_jump(const struct vision_frame *before, const struct vision_frame *after)
{
    double count = 0, sum_a = 0, sum_b = 0, square_a = 0, product = 0;
    for (unsigned i = 0; i < sizeof(before->background); i++) {
        const double a = before->background[i], b = after->background[i];
        if (a > 0 && b > 0) {
            count++;
            sum_a += a;
            sum_b += b;
            square_a += a * a;
            product += a * b;
        }
    }
    if (count < CELLS_MIN) {
        return -1;
    }
    /* Light and a camera's exposure change all of it alike: b = gain · a + offset, with the least squares. */
    const double variance = square_a - sum_a * sum_a / count;
    const double fit = variance > 1 ? (product - sum_a * sum_b / count) / variance : 1;
    const double gain = CLAMP(fit, 0.6, 1.6);
    const double offset = CLAMP((sum_b - gain * sum_a) / count, -40, 40);
    double residual = 0;
    for (unsigned i = 0; i < sizeof(before->background); i++) {
        const double a = before->background[i], b = after->background[i];
        if (a > 0 && b > 0) {
            residual += fabs(gain * a + offset - b);
        }
    }
    return residual / count / JUMP_LUMA;
}
