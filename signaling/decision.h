/* decision: what a try comes to: pass, or fail with reasons fit for the applicant. No automatic result rejects anybody
 * (D-19). Pure. */
#pragma once

#include "vision/vision.h"

/* Names an order's identity as the API and the store write it: an object with "name", "document_number", "birth_date",
 * "expiry_date" and "sex", each a string or null. `identity` borrows from it; NULL: nothing is known. */
void identity_read(const json_t *object, struct vision_identity *identity);

struct decision_facts {
    const json_t *liveness;              /* of vision_challenge_report */
    const float *portrait, *page, *live; /* embeddings; NULL: there is none */
    const json_t *page_report;           /* of vision_document */
    const json_t *identity;              /* as identity_read takes it */
};

struct decision {
    bool passed;
    json_t *reasons;    /* [{"code", "message"}]; empty when passed */
    json_t *comparison; /* of vision_compare_three; null when there is nothing to compare */
    json_t *fields;     /* of vision_identity_compare */
};
void decision_clear(struct decision *decision);
typedef struct decision Decision; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decision, decision_clear)

/* Passed: the script passed, the live face matches the portrait, portrait, page and live match each other where the
 * page has a portrait, and the page's machine readable zone holds and agrees with what the order says. Otherwise the
 * reasons are the script's own, face_differs, page_differs, page_unreadable and fields_differ. */
void decide(const struct vision_pool *pool, const struct decision_facts *facts, struct decision *decision);
/* {"code", "message"} */
json_t *decision_reason(const char *code, const char *message);

/* Portrait, page and live where there are at least two of them, else null. New reference. */
json_t *decision_compare(const struct vision_pool *pool, const float *portrait, const float *page, const float *live);
