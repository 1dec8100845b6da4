/* applicant: what an order's newest face check knows of its applicant: faces to compare with, and what the order says.
 * Blocks; takes no lock of the face checks. */
#pragma once

#include "signaling/service.h"

struct applicant {
    struct store_facecheck *facecheck; /* NULL: there is none; then all the rest is too */
    struct store_material *portrait, *page;
    struct store_try *seen; /* the newest try that has a face */
};
void applicant_clear(struct applicant *applicant);
typedef struct applicant Applicant; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Applicant, applicant_clear)

/* False with a STORE_ERROR only when the store fails: an order without a face check is none. */
bool applicant_load(struct applicant *applicant, struct store *store, const char *mission, const char *order_ref,
                    GError **error);
/* Embeddings, borrowed; NULL: there is none. */
const float *applicant_portrait(const struct applicant *applicant);
const float *applicant_page(const struct applicant *applicant);
const float *applicant_seen(const struct applicant *applicant);
/* What the order says, as identity_read takes it; NULL: nothing. New reference. */
json_t *applicant_identity(const struct applicant *applicant);

/* The newest of `tries` (of struct store_try, oldest first) that has a face, read whole; NULL: none. */
struct store_try *applicant_newest_try(struct store *store, const GPtrArray *tries);
