#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "vision/cli/csv.h"

/* Rows joined by '|', fields by ';'. NULL: refused. */
static char *flatten(const char *text, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = csv_parse(text, length, &error);
    if (rows == NULL) {
        assert_true(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INVAL));
        return NULL;
    }
    g_autoptr(GString) flat = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        g_autofree char *row = g_strjoinv(";", rows->pdata[i]);
        g_string_append_printf(flat, "%s%s", i > 0 ? "|" : "", row);
    }
    return g_string_free(g_steal_pointer(&flat), FALSE);
}

static void test_tables_are_read_as_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *text, *expected;
    } tables[] = {
        {"nothing", "", ""},
        {"only line ends", "\n\r\n\n", ""},
        {"no line end at the end", "a,b\n1,2", "a;b|1;2"},
        {"CRLF", "a,b\r\n1,2\r\n", "a;b|1;2"},
        {"CR alone", "a,b\r1,2\r", "a;b|1;2"},
        {"byte order mark",
         "\xef\xbb\xbf"
         "a,b\n",
         "a;b"},
        {"empty fields", ",\n,,x\n", ";|;;x"},
        {"empty last field", "a,\n", "a;"},
        {"quotes", "\"a\",\"b,c\"\n", "a;b,c"},
        {"doubled quotes", "\"say \"\"yes\"\"\",x\n", "say \"yes\";x"},
        {"an empty quoted field", "\"\",x\n", ";x"},
        {"a line end in quotes", "\"a\r\nb\",x\n", "a\r\nb;x"},
        {"quotes at the very end", "x,\"y\"", "x;y"},
        {"a quote inside", "a\"b,c\n", "a\"b;c"},
        {"blanks count", " a , b\n", " a ; b"},
        {"an open quote", "a,\"b\nc\n", NULL},
        {"a lone quote at the end", "a,\"", NULL},
        {"text behind a quote", "\"a\"b,c\n", NULL},
        {"no UTF-8", "a,\xff\n", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *flat = flatten(tables[i].text, strlen(tables[i].text));
        if (g_strcmp0(flat, tables[i].expected) != 0) {
            fail_msg("%s: %s", tables[i].hazard, flat != NULL ? flat : "refused");
        }
    }
    g_autofree char *zero = flatten("a\0b,c\n", 6);
    assert_null(zero);
}

static void test_columns_are_found_by_name(void **state)
{
    (void)state;
    static const char text[] = "id, b ,a\n1,2,3\n4\n";
    g_autoptr(GPtrArray) rows = csv_parse(text, strlen(text), NULL);
    assert_int_equal(csv_column(rows, "a"), 2);
    assert_int_equal(csv_column(rows, "b"), 1);
    assert_int_equal(csv_column(rows, "c"), -1);
    assert_string_equal(csv_field(rows, 1, 2), "3");
    assert_null(csv_field(rows, 2, 2));
    assert_null(csv_field(rows, 2, -1));
    g_autoptr(GPtrArray) none = csv_parse("", 0, NULL);
    assert_int_equal(csv_column(none, "a"), -1);
}

static void test_error_names_its_line(void **state)
{
    (void)state;
    static const char text[] = "a,b\n\"two\nlines\",x\n\"y\"z\n";
    g_autoptr(GError) error = NULL;
    assert_null(csv_parse(text, strlen(text), &error));
    assert_non_null(strstr(error->message, "line 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_read_as_they_are_written),
        cmocka_unit_test(test_columns_are_found_by_name),
        cmocka_unit_test(test_error_names_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
