#include "vision/face/thresholds.h"

#include <string.h>

#include "vision/vision.h"

#define RATES 4
static const char *const rate_names[RATES] = {
    "false_match_rate",
    "false_non_match_rate",
    "review_false_match_rate",
    "review_false_non_match_rate",
};

static bool refuse(GError **error, const char *name, const char *what)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s: %s: write it anew with tests/calibrate", name, what);
    return false;
}

/* Comparisons that a NaN fails. */
static bool within(double value, double least, double most)
{
    return value >= least && value <= most;
}

static bool check_rate(json_t *rate, const char *member, const char *name, GError **error)
{
    double value;
    double low;
    double high;
    if (json_unpack_ex(rate, NULL, 0, "{s:F, s:F, s:F !}", "value", &value, "low", &low, "high", &high) < 0 ||
        !within(low, 0, 1) || !within(high, low, 1) || !within(value, low, high)) {
        g_autofree char *what = g_strdup_printf("%s must be {\"value\", \"low\", \"high\"} with low ≤ value ≤ high, "
                                                "all from 0 to 1",
                                                member);
        return refuse(error, name, what);
    }
    return true;
}

static bool is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool check_values(const struct thresholds *thresholds, double confidence, const char *name, GError **error)
{
    if (!within(thresholds->match, -1, 1) || !within(thresholds->review, -1, thresholds->match)) {
        return refuse(error, name, "match and review must be cosines, and review not above match");
    }
    if (!within(confidence, 0.5, 1)) {
        return refuse(error, name, "confidence must be from 0.5 to 1");
    }
    return is_sha256(thresholds->sha256) || refuse(error, name, "network.sha256 is no SHA-256 in small hexadecimal");
}

static bool take(struct thresholds *thresholds, const char *name, GError **error)
{
    json_error_t at;
    json_t *rates[RATES];
    const char *network;
    const char *sha256;
    const char *source;
    double confidence;
    json_int_t counts[4]; /* same, different, unusable, pictures */
    if (json_unpack_ex(thresholds->document, &at, 0,
                       "{s:{s:s, s:s !}, s:F, s:F, s:F, s:{s:I, s:I, s:I !}, s:I, s:o, s:o, s:o, s:o, s:s !}",
                       "network", "name", &network, "sha256", &sha256, "match", &thresholds->match, "review",
                       &thresholds->review, "confidence", &confidence, "pairs", "same", &counts[0], "different",
                       &counts[1], "unusable", &counts[2], "pictures", &counts[3], rate_names[0], &rates[0],
                       rate_names[1], &rates[1], rate_names[2], &rates[2], rate_names[3], &rates[3], "source",
                       &source) < 0) {
        return refuse(error, name, at.text);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        if (counts[i] < 0) {
            return refuse(error, name, "a count of pairs or pictures is below zero");
        }
    }
    for (unsigned i = 0; i < RATES; i++) {
        if (!check_rate(rates[i], rate_names[i], name, error)) {
            return false;
        }
    }
    thresholds->network = g_strdup(network);
    thresholds->sha256 = g_strdup(sha256);
    return check_values(thresholds, confidence, name, error);
}

struct thresholds *thresholds_parse(const char *text, size_t length, const char *name, GError **error)
{
    json_error_t at;
    json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &at);
    if (document == NULL) {
        g_autofree char *what = g_strdup_printf("line %d: %s", at.line, at.text);
        refuse(error, name, what);
        return NULL;
    }
    struct thresholds *thresholds = g_new0(struct thresholds, 1);
    thresholds->document = document;
    if (!take(thresholds, name, error)) {
        g_clear_pointer(&thresholds, thresholds_free);
    }
    return thresholds;
}

struct thresholds *thresholds_load(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "thresholds.json", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    size_t length;
    if (!g_file_get_contents(path, &text, &length, &problem)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s: tests/calibrate writes this file", problem->message);
        return NULL;
    }
    return thresholds_parse(text, length, path, error);
}

void thresholds_free(struct thresholds *thresholds)
{
    if (thresholds != NULL) {
        json_decref(thresholds->document);
        g_free(thresholds->network);
        g_free(thresholds->sha256);
        g_free(thresholds);
    }
}
