/* csv: tables as RFC 4180 has them: quoted fields, doubled quotes, line ends of any kind, a byte order mark. */
#pragma once

#include <glib.h>

/* Rows (GPtrArray of char **, each NULL-terminated); rows without anything are left out. NULL with G_FILE_ERROR_INVAL,
 * naming the line, where a quote is not closed or something follows a closing quote, or it is no UTF-8. */
GPtrArray *csv_parse(const char *text, size_t length, GError **error);

/* The place of a column by its name in the first row; -1: there is none. */
int csv_column(const GPtrArray *rows, const char *name);
/* The field, or NULL where the row is too short. */
const char *csv_field(const GPtrArray *rows, size_t row, int column);
