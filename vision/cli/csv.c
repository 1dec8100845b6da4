#include "vision/cli/csv.h"

#include <stdbool.h>
#include <string.h>

struct parser {
    const char *at, *end;
    unsigned line;
    GPtrArray *rows;
    GPtrArray *row;
    GString *field;
};

static void free_row(void *row)
{
    g_strfreev(row);
}

static bool at_line_end(const struct parser *parser)
{
    return parser->at == parser->end || *parser->at == '\n' || *parser->at == '\r';
}

static void skip_line_end(struct parser *parser)
{
    if (parser->at < parser->end && *parser->at == '\r') {
        parser->at++;
    }
    if (parser->at < parser->end && *parser->at == '\n') {
        parser->at++;
    }
    parser->line++;
}

static bool fail(const struct parser *parser, const char *why, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "line %u: %s", parser->line, why);
    return false;
}

/* From behind the opening quote to behind the closing one. */
static bool read_quoted(struct parser *parser, GError **error)
{
    for (; parser->at < parser->end; parser->at++) {
        if (*parser->at == '"' && (++parser->at == parser->end || *parser->at != '"')) {
            return at_line_end(parser) || *parser->at == ',' || fail(parser, "text behind a closing quote", error);
        }
        parser->line += *parser->at == '\n';
        g_string_append_c(parser->field, *parser->at);
    }
    return fail(parser, "a quote is not closed", error);
}

static bool read_field(struct parser *parser, GError **error)
{
    g_string_truncate(parser->field, 0);
    if (parser->at < parser->end && *parser->at == '"') {
        parser->at++;
        if (!read_quoted(parser, error)) {
            return false;
        }
    } else {
        for (; !at_line_end(parser) && *parser->at != ','; parser->at++) {
            g_string_append_c(parser->field, *parser->at);
        }
    }
    g_ptr_array_add(parser->row, g_strdup(parser->field->str));
    return true;
}

static bool is_blank(const GPtrArray *row)
{
    return row->len == 1 && *(const char *)row->pdata[0] == '\0';
}

static bool read_row(struct parser *parser, GError **error)
{
    parser->row = g_ptr_array_new_with_free_func(g_free);
    bool good = read_field(parser, error);
    while (good && parser->at < parser->end && *parser->at == ',') {
        parser->at++;
        good = read_field(parser, error);
    }
    if (!good || is_blank(parser->row)) {
        g_ptr_array_unref(parser->row);
    } else {
        g_ptr_array_add(parser->row, NULL);
        g_ptr_array_add(parser->rows, g_ptr_array_steal(parser->row, NULL));
        g_ptr_array_unref(parser->row);
    }
    return good;
}

GPtrArray *csv_parse(const char *text, size_t length, GError **error)
{
    struct parser parser = {.at = text, .end = text + length, .line = 1};
    if (!g_utf8_validate(text, (gssize)length, NULL)) {
        fail(&parser, "the file is not in UTF-8", error);
        return NULL;
    }
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        parser.at += 3;
    }
    parser.rows = g_ptr_array_new_with_free_func(free_row);
    parser.field = g_string_new(NULL);
    bool good = true;
    while (good && parser.at < parser.end) {
        good = read_row(&parser, error);
        skip_line_end(&parser);
    }
    g_string_free(parser.field, TRUE);
    if (!good) {
        g_clear_pointer(&parser.rows, g_ptr_array_unref);
    }
    return parser.rows;
}

int csv_column(const GPtrArray *rows, const char *name)
{
    if (rows->len == 0) {
        return -1;
    }
    char **head = rows->pdata[0];
    for (int i = 0; head[i] != NULL; i++) {
        g_autofree char *trimmed = g_strstrip(g_strdup(head[i]));
        if (g_str_equal(trimmed, name)) {
            return i;
        }
    }
    return -1;
}

const char *csv_field(const GPtrArray *rows, size_t row, int column)
{
    char **fields = rows->pdata[row];
    return column >= 0 && (size_t)column < g_strv_length(fields) ? fields[column] : NULL;
}
