#include "vision/document/mrz.h"

static const char *const check_names[MRZ_CHECKS] = {
    [MRZ_DOCUMENT_NUMBER] = "document_number", [MRZ_BIRTH_DATE] = "birth_date", [MRZ_EXPIRY_DATE] = "expiry_date",
    [MRZ_OPTIONAL_DATA] = "optional_data",     [MRZ_COMPOSITE] = "composite",
};

static json_t *text_or_null(const char *text)
{
    return text[0] ? json_string(text) : json_null();
}

static json_t *fields_report(const struct mrz_fields *fields)
{
    const char sex[] = {fields->sex, '\0'};
    return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "document_code",
                     text_or_null(fields->document_code), "issuing_state", text_or_null(fields->issuing_state),
                     "surname", text_or_null(fields->surname), "given_names", text_or_null(fields->given_names),
                     "name_truncated", fields->name_truncated, "document_number", text_or_null(fields->document_number),
                     "nationality", text_or_null(fields->nationality), "birth_date", text_or_null(fields->birth_date),
                     "sex", text_or_null(sex), "expiry_date", text_or_null(fields->expiry_date), "optional_data",
                     text_or_null(fields->optional_data));
}

json_t *mrz_report(const struct mrz *mrz, const json_t *doubts)
{
    json_t *lines = json_array(), *checks = json_object(), *failed = json_array();
    for (unsigned i = 0; i < mrz_format_shape(mrz->format).lines; i++) {
        json_array_append_new(lines, json_string(mrz->lines[i]));
    }
    for (unsigned i = 0; i < MRZ_CHECKS; i++) {
        if (mrz->has_check[i]) {
            json_object_set_new(checks, check_names[i], json_boolean(mrz->holds[i]));
        }
    }
    for (unsigned i = 0; i < mrz->failure_count; i++) {
        json_array_append_new(
            failed, json_pack("{s:s, s:s}", "code", mrz->failures[i].code, "message", mrz->failures[i].message));
    }
    if (doubts) {
        json_array_extend(failed, (json_t *)doubts);
    }
    return json_pack("{s:s, s:o, s:b, s:o, s:o, s:o}", "format", mrz_format_name(mrz->format), "lines", lines, "valid",
                     json_array_size(failed) == 0, "checks", checks, "failed", failed, "fields",
                     fields_report(&mrz->fields));
}
