/* name: whether two writings can be of one person's name: what an order says, and what a machine readable zone can say
 * (ICAO 9303-3 §4.6 and §6: letters without marks, cut off where they do not fit).
 *
 * Pure, but for ICU's tables behind pinyin. Threads: any. */
#pragma once

#include <stdbool.h>

enum name_result {
    NAME_SAME,         /* the same words */
    NAME_VARIANT,      /* the same name, otherwise written: `why` says how */
    NAME_DIFFERENT,    /* another name */
    NAME_NOT_COMPARED, /* the writings cannot be held against each other: `why` says why */
};

struct name_document {
    const char *surname, *given_names; /* of the MRZ; "" where there is none */
    bool truncated;
    bool chinese;        /* issued by China: romanised by pinyin */
    const char *printed; /* in Chinese characters; NULL: not known */
};

/* A name in letters as an MRZ writes it: A–Z and single spaces; apostrophes and dots left out, hyphens as spaces, marks
 * dissolved (Ä AE, Å AA, Ø OE, ß SS, Þ TH, … §6 A) or, with `plain`, dropped (Ä A). NULL: other scripts are in it.
 * Caller frees. */
char *name_letters(const char *name, bool plain);

/* `why` is static, never NULL. */
enum name_result name_compare(const char *name, const struct name_document *document, const char **why);
