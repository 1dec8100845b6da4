#include "vision/face/match.h"

#include <math.h>

const char *vision_decision_name(enum vision_decision decision)
{
    static const char *const names[] = {
        [VISION_NO_MATCH] = "no_match",
        [VISION_REVIEW] = "review",
        [VISION_MATCH] = "match",
    };
    g_assert((unsigned)decision < G_N_ELEMENTS(names));
    return names[decision];
}

double match_cosine(const float a[VISION_EMBEDDING], const float b[VISION_EMBEDDING])
{
    double sum = 0;
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return isnan(sum) ? -1 : CLAMP(sum, -1, 1);
}

enum vision_decision match_decide(const struct thresholds *thresholds, double score)
{
    if (score >= thresholds->match) {
        return VISION_MATCH;
    }
    return score >= thresholds->review ? VISION_REVIEW : VISION_NO_MATCH;
}

json_t *match_three(const struct thresholds *thresholds, const float *portrait, const float *page, const float *live)
{
    const struct {
        const char *name;
        const float *embedding;
    } faces[] = {{"portrait", portrait}, {"page", page}, {"live", live}};
    enum vision_decision weakest = VISION_MATCH;
    json_t *pairs = json_array();
    for (unsigned a = 0; a < G_N_ELEMENTS(faces); a++) {
        for (unsigned b = a + 1; b < G_N_ELEMENTS(faces); b++) {
            if (faces[a].embedding == NULL || faces[b].embedding == NULL) {
                continue;
            }
            const double score = match_cosine(faces[a].embedding, faces[b].embedding);
            const enum vision_decision decision = match_decide(thresholds, score);
            weakest = MIN(weakest, decision);
            json_array_append_new(pairs, json_pack("{s:s, s:s, s:f, s:s}", "a", faces[a].name, "b", faces[b].name,
                                                   "score", score, "decision", vision_decision_name(decision)));
        }
    }
    /* Nothing to compare is nothing shown: a person has to look. */
    const enum vision_decision decision = json_array_size(pairs) > 0 ? weakest : VISION_REVIEW;
    return json_pack("{s:s, s:o, s:o}", "decision", vision_decision_name(decision), "pairs", pairs, "thresholds",
                     json_deep_copy(thresholds->document));
}
