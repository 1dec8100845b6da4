#include "vision/document/mrz_layout.h"

/* The second line of everything but cards (9303-4 §4.2.2.2), as far as all have it in common. */
#define SECOND_LINE                                                                                                    \
    .document_code = {0, 0, 2}, .issuing_state = {0, 2, 3}, .document_number = {1, 0, 9}, .number_check = {1, 9, 1},   \
    .nationality = {1, 10, 3}, .birth_date = {1, 13, 6}, .birth_check = {1, 19, 1}, .sex = {1, 20, 1},                 \
    .expiry_date = {1, 21, 6}, .expiry_check = {1, 27, 1}

static const struct mrz_layout layouts[] = {
    [MRZ_TD3] = {.name = "TD3", /* 9303-4 §4.2.2 */
                 .shape = {2, 44},
                 .first = "P",
                 SECOND_LINE,
                 .names = {0, 5, 39},
                 .optional = {{1, 28, 14}},
                 .optional_check = {1, 42, 1},
                 .composite = {{1, 0, 10}, {1, 13, 7}, {1, 21, 22}},
                 .composite_check = {1, 43, 1}},
    [MRZ_TD1] = {.name = "TD1", /* 9303-5 §4.2.2 */
                 .shape = {3, 30},
                 .first = "ACI",
                 .document_code = {0, 0, 2},
                 .issuing_state = {0, 2, 3},
                 .document_number = {0, 5, 9},
                 .number_check = {0, 14, 1},
                 .birth_date = {1, 0, 6},
                 .birth_check = {1, 6, 1},
                 .sex = {1, 7, 1},
                 .expiry_date = {1, 8, 6},
                 .expiry_check = {1, 14, 1},
                 .nationality = {1, 15, 3},
                 .names = {2, 0, 30},
                 .optional = {{0, 15, 15}, {1, 18, 11}},
                 .number_may_continue = true,
                 .composite = {{0, 5, 25}, {1, 0, 7}, {1, 8, 7}, {1, 18, 11}},
                 .composite_check = {1, 29, 1}},
    [MRZ_TD2] = {.name = "TD2", /* 9303-6 §4.2.2 */
                 .shape = {2, 36},
                 .first = "ACIP", /* P: passports of that size, which some states have issued */
                 SECOND_LINE,
                 .names = {0, 5, 31},
                 .optional = {{1, 28, 7}},
                 .number_may_continue = true,
                 .composite = {{1, 0, 10}, {1, 13, 7}, {1, 21, 14}},
                 .composite_check = {1, 35, 1}},
    [MRZ_MRV_A] = {.name = "MRV-A", /* 9303-7 §4.2.2 */
                   .shape = {2, 44},
                   .first = "V",
                   SECOND_LINE,
                   .names = {0, 5, 39},
                   .optional = {{1, 28, 16}}},
    [MRZ_MRV_B] = {.name = "MRV-B", /* 9303-7 §5.2.2 */
                   .shape = {2, 36},
                   .first = "V",
                   SECOND_LINE,
                   .names = {0, 5, 31},
                   .optional = {{1, 28, 8}}},
};
G_STATIC_ASSERT(G_N_ELEMENTS(layouts) == MRZ_FORMATS);

const struct mrz_layout *mrz_layout(enum mrz_format format)
{
    return &layouts[format];
}
