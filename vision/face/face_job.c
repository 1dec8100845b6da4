#include "vision/face/match.h"
#include "vision/process/pool.h"

struct vision_comparison vision_compare(const struct vision_pool *pool, const float a[VISION_EMBEDDING],
                                        const float b[VISION_EMBEDDING])
{
    const double score = match_cosine(a, b);
    return (struct vision_comparison){.decision = match_decide(pool_thresholds(pool), score), .score = score};
}

json_t *vision_compare_three(const struct vision_pool *pool, const float *portrait, const float *page,
                             const float *live)
{
    return match_three(pool_thresholds(pool), portrait, page, live);
}

json_t *vision_thresholds(const struct vision_pool *pool)
{
    return json_deep_copy(pool_thresholds(pool)->document);
}
