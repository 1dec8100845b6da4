#include "signaling/applicant.h"

#include "signaling/material.h"

void applicant_clear(struct applicant *applicant)
{
    g_clear_pointer(&applicant->facecheck, store_facecheck_free);
    g_clear_pointer(&applicant->portrait, store_material_free);
    g_clear_pointer(&applicant->page, store_material_free);
    g_clear_pointer(&applicant->seen, store_try_free);
}

/* Clears an error that only says that there is nothing. */
static bool only_missing(GError **cause, GError **error)
{
    if (*cause != NULL && !g_error_matches(*cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(cause));
        return false;
    }
    g_clear_error(cause);
    return true;
}

static bool load_material(struct store *store, const char *facecheck, enum material_kind kind,
                          struct store_material **material, GError **error)
{
    GError *cause = NULL;
    *material = store_material_get(store, facecheck, material_kind_name(kind), &cause);
    return only_missing(&cause, error);
}

struct store_try *applicant_newest_try(struct store *store, const GPtrArray *tries)
{
    for (guint i = tries->len; i > 0; i--) {
        const struct store_try *entry = g_ptr_array_index(tries, i - 1);
        struct store_try *whole = store_try_get(store, entry->facecheck, entry->id, NULL);
        if (whole != NULL && embedding_floats(whole->embedding) != NULL) {
            return whole;
        }
        store_try_free(whole);
    }
    return NULL;
}

bool applicant_load(struct applicant *applicant, struct store *store, const char *mission, const char *order_ref,
                    GError **error)
{
    GError *cause = NULL;
    *applicant = (struct applicant){.facecheck = store_facecheck_of_order(store, mission, order_ref, &cause)};
    if (applicant->facecheck == NULL) {
        return only_missing(&cause, error);
    }
    const char *id = applicant->facecheck->id;
    if (!load_material(store, id, MATERIAL_PORTRAIT, &applicant->portrait, error) ||
        !load_material(store, id, MATERIAL_PAGE, &applicant->page, error)) {
        return false;
    }
    g_autoptr(GPtrArray) tries = store_try_list(store, id, error);
    if (tries == NULL) {
        return false;
    }
    applicant->seen = applicant_newest_try(store, tries);
    return true;
}

const float *applicant_portrait(const struct applicant *applicant)
{
    return material_embedding(applicant->portrait);
}

const float *applicant_page(const struct applicant *applicant)
{
    return material_embedding(applicant->page);
}

const float *applicant_seen(const struct applicant *applicant)
{
    return applicant->seen != NULL ? embedding_floats(applicant->seen->embedding) : NULL;
}

json_t *applicant_identity(const struct applicant *applicant)
{
    const char *text = applicant->facecheck != NULL ? applicant->facecheck->identity : NULL;
    return text != NULL ? json_loads(text, 0, NULL) : NULL;
}
