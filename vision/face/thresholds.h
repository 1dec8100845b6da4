/* thresholds: where a comparison of two faces is decided, as tests/calibrate wrote it to thresholds.json.
 *
 * {"network": {"name", "sha256"}, "match", "review", "confidence",
 *  "pairs": {"same", "different", "unusable"}, "pictures",
 *  "false_match_rate": {"value", "low", "high"}, "false_non_match_rate": {…},             at "match"
 *  "review_false_match_rate": {…}, "review_false_non_match_rate": {…},                    at "review"
 *  "source"}
 *
 * Scores of another network mean something else, so the file names the network that it was measured with. */
#pragma once

#include <glib.h>
#include <jansson.h>

struct thresholds {
    double match;     /* a cosine of at least this is the same person */
    double review;    /* at least this: a person has to look; less: somebody else */
    char *network;    /* name in models.json */
    char *sha256;     /* of its file, hexadecimal */
    json_t *document; /* the whole file */
};

/* Reads FOLDER/thresholds.json, every member demanded and no other taken. VISION_ERROR_CONFIG says what is wrong. */
struct thresholds *thresholds_load(const char *folder, GError **error);
/* The same from text; `name` is for messages. */
struct thresholds *thresholds_parse(const char *text, size_t length, const char *name, GError **error);
void thresholds_free(struct thresholds *thresholds);

typedef struct thresholds Thresholds; /* for g_autoptr(Thresholds) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Thresholds, thresholds_free)
