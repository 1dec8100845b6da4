/* material: what an applicant's picture (portrait or data page) is worth, from vision's report on it. Pure. */
#pragma once

#include "store/store.h"

#include <jansson.h>

enum material_kind { MATERIAL_PORTRAIT, MATERIAL_PAGE };
#define MATERIAL_KINDS 2
const char *material_kind_name(enum material_kind kind); /* "portrait", "page": as the store names them; static */
bool material_kind_parse(const char *name, enum material_kind *kind);

struct material_verdict {
    bool usable;
    json_t *checks;  /* [{"check", "passed", "message"}] */
    json_t *reasons; /* [{"code", "message"}]: why it is not usable, fit for the applicant */
};
void material_verdict_clear(struct material_verdict *verdict);
typedef struct material_verdict MaterialVerdict; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MaterialVerdict, material_verdict_clear)

/* `report` is of vision_face for a portrait, of vision_document for a page. A report that says nothing is not usable.
 * A portrait is usable when its face can be compared; whether it conforms (D-10) is told in the checks. A page is
 * usable when its machine readable zone was read and holds: comparing a line that does not is a guess. */
void material_judge(enum material_kind kind, const json_t *report, struct material_verdict *verdict);

/* VISION_EMBEDDING floats, borrowed; NULL where there are none. */
const float *embedding_floats(GBytes *embedding);

/* The report of a stored material; NULL once erased. New reference. */
json_t *material_report(const struct store_material *material);
bool material_usable(const struct store_material *material);
/* The embedding of the face in it, borrowed from the row; NULL: there is none. `material` may be NULL. */
const float *material_embedding(const struct store_material *material);
/* The API's Material. `report` is shown to officers who ask for one face check; NULL elsewhere. New reference. */
json_t *material_view(const struct store_material *material, bool with_report);
