/* mrz_layout: where each field stands in each format. */
#pragma once

#include "vision/document/mrz.h"

struct mrz_place { /* length 0: the format has no such field */
    unsigned line, start, length;
};

struct mrz_layout {
    const char *name;
    struct mrz_shape shape;
    const char *first; /* what its document code may begin with */
    struct mrz_place document_code, issuing_state, names;
    struct mrz_place document_number, number_check, nationality;
    struct mrz_place birth_date, birth_check, sex, expiry_date, expiry_check;
    struct mrz_place optional[2], optional_check;
    bool number_may_continue;      /* a long document number goes on in optional[0] (9303-5 §4.2.2.1, note j) */
    struct mrz_place composite[5]; /* what the composite check digit covers, in this order */
    struct mrz_place composite_check;
};

const struct mrz_layout *mrz_layout(enum mrz_format format);
