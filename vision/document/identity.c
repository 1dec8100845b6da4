/* identity: an order's data against what a data page says, field by field. */
#include "vision/document/name.h"
#include "vision/vision.h"

#include <string.h>

static const char *const result_names[] = {
    [NAME_SAME] = "same",
    [NAME_VARIANT] = "variant",
    [NAME_DIFFERENT] = "different",
    [NAME_NOT_COMPARED] = "not_compared",
};

static const char *text_member(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

static json_t *text_or_null(const char *text)
{
    json_t *value = text && text[0] ? json_string(text) : NULL; /* NULL too when it is no UTF-8 */
    return value ? value : json_null();
}

/* An empty text says nothing. */
static const char *said(const char *text)
{
    return text && text[0] ? text : NULL;
}

/* Appends a field; false when the order says something that the document does not confirm. */
static bool add_field(json_t *fields, const char *field, const char *order, const char *document,
                      enum name_result result, const char *message)
{
    json_array_append_new(fields, json_pack("{s:s, s:o, s:o, s:s, s:s}", "field", field, "order", text_or_null(order),
                                            "document", text_or_null(document), "result", result_names[result],
                                            "message", message));
    return !order || result == NAME_SAME || result == NAME_VARIANT;
}

static bool add_name(json_t *fields, const char *order, const json_t *mrz, const json_t *report)
{
    const json_t *document = json_object_get(mrz, "fields");
    const char *surname = text_member(document, "surname"), *given_names = text_member(document, "given_names");
    g_autofree char *both = g_strjoin(surname[0] && given_names[0] ? ", " : "", surname, given_names, NULL);
    if (!order) {
        return add_field(fields, "name", NULL, both, NAME_NOT_COMPARED, "the order does not say");
    }
    const struct name_document name = {
        .surname = surname,
        .given_names = given_names,
        .truncated = json_is_true(json_object_get(document, "name_truncated")),
        .chinese = strcmp(text_member(document, "issuing_state"), "CHN") == 0,
        .printed = json_string_value(json_object_get(json_object_get(report, "name_chinese"), "text")),
    };
    const char *why;
    const enum name_result result = name_compare(order, &name, &why);
    return add_field(fields, "name", order, both, result, why);
}

/* Document numbers are compared without what people part them with. */
static char *squeezed(const char *text)
{
    GString *out = g_string_new(NULL);
    for (; *text; text++) {
        if (!strchr(" -<./", *text)) {
            g_string_append_c(out, g_ascii_toupper(*text));
        }
    }
    return g_string_free(out, FALSE);
}

static bool add_text(json_t *fields, const char *field, const char *order, const char *document)
{
    if (!order) {
        return add_field(fields, field, NULL, document, NAME_NOT_COMPARED, "the order does not say");
    }
    if (!document[0]) {
        return add_field(fields, field, order, NULL, NAME_NOT_COMPARED, "the document's could not be read");
    }
    if (strcmp(order, document) == 0) {
        return add_field(fields, field, order, document, NAME_SAME, "the same");
    }
    g_autofree char *ours = squeezed(order), *theirs = squeezed(document);
    if (strcmp(field, "document_number") == 0 && strcmp(ours, theirs) == 0) {
        return add_field(fields, field, order, document, NAME_SAME, "the same but for spaces or case");
    }
    return add_field(fields, field, order, document, NAME_DIFFERENT, "they differ");
}

json_t *vision_identity_compare(const struct vision_identity *identity, const json_t *document_report)
{
    const json_t *mrz = json_object_get(document_report, "mrz"), *document = json_object_get(mrz, "fields");
    json_t *fields = json_array();
    bool agrees = add_name(fields, said(identity->name), mrz, document_report);
    agrees &=
        add_text(fields, "document_number", said(identity->document_number), text_member(document, "document_number"));
    agrees &= add_text(fields, "birth_date", said(identity->birth_date), text_member(document, "birth_date"));
    agrees &= add_text(fields, "expiry_date", said(identity->expiry_date), text_member(document, "expiry_date"));
    agrees &= add_text(fields, "sex", said(identity->sex), text_member(document, "sex"));
    return json_pack("{s:b, s:o}", "agrees", agrees, "fields", fields);
}
