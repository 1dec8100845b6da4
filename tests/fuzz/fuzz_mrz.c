/* The text of a machine readable zone: whatever the lines, what is taken is within its fields, dates are days, and
 * valid means that every check digit holds. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vision/document/mrz.h"
#include "vision/document/name.h"
#include "vision/vision.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_day(const char *text)
{
    int year = 0, month = 0, day = 0;
    if (text[0]) {
        must(strlen(text) == 10 && sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3);
        must(g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year));
    }
}

static void check_fields(const struct mrz *mrz)
{
    const struct mrz_fields *fields = &mrz->fields;
    const char *const texts[] = {fields->document_code, fields->issuing_state, fields->surname,
                                 fields->given_names,   fields->nationality,   fields->document_number,
                                 fields->optional_data};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        must(strlen(texts[i]) < MRZ_CHARACTERS_MAX && g_str_is_ascii(texts[i]));
        must(strspn(texts[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 <") == strlen(texts[i]));
    }
    check_day(fields->birth_date);
    check_day(fields->expiry_date);
}

static void check_report(const struct mrz *mrz)
{
    json_t *report = mrz_report(mrz, NULL);
    must(json_is_object(report));
    const bool valid = json_is_true(json_object_get(report, "valid"));
    must(valid == (mrz->failure_count == 0));
    for (unsigned i = 0; i < MRZ_CHECKS; i++) {
        must(!valid || !mrz->has_check[i] || mrz->holds[i]);
    }
    must(!valid || (mrz->has_check[MRZ_DOCUMENT_NUMBER] && mrz->fields.document_number[0] && mrz->fields.surname[0]));
    json_t *whole = json_pack("{s:o}", "mrz", report);
    const struct vision_identity identity = {.name = mrz->fields.surname, .birth_date = mrz->fields.birth_date};
    json_t *comparison = vision_identity_compare(&identity, whole);
    must(json_is_array(json_object_get(comparison, "fields")));
    json_decref(comparison);
    json_decref(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GDate today;
    struct mrz mrz;
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", MRZ_LINES_MAX);
    g_date_clear(&today, 1);
    g_date_set_dmy(&today, 15, G_DATE_JUNE, 2026);
    if (mrz_parse((const char *const *)lines, g_strv_length(lines), &today, &mrz)) {
        check_fields(&mrz);
        check_report(&mrz);
    }
    g_autofree char *letters = name_letters(text, false);
    must(!letters || strspn(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") == strlen(letters));
    return 0;
}
