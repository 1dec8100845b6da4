#include "signaling/config_value.h"

#include <string.h>

G_DEFINE_QUARK(config_error, config_error)

/* The file while it is being read: GKeyFile keeps no line numbers, and merges what is given twice. */
struct config_source {
    const char *name;
    const struct config_setting *settings;
    GHashTable *lines; /* "group\nkey" → line; of the group itself with an empty key */
};

static char *place_key(const char *group, const char *key)
{
    return g_strconcat(group, "\n", key, NULL);
}

/* 0: not in the file. */
static unsigned line_of(const struct config_source *source, const char *group, const char *key)
{
    g_autofree char *place = place_key(group, key);
    return GPOINTER_TO_UINT(g_hash_table_lookup(source->lines, place));
}

/* Where to look for a key that is not there: at its group. */
static unsigned nearest_line(const struct config_source *source, const char *group, const char *key)
{
    const unsigned line = line_of(source, group, key);
    return line != 0 ? line : line_of(source, group, "");
}

bool config_bad_value(const struct config_source *source, const char *group, const char *key, GError **error,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s:%u: key [%s] %s: %s", source->name,
                nearest_line(source, group, key), group, key, what);
    return false;
}

static const struct config_setting *setting_find(const struct config_source *source, const char *group, const char *key)
{
    for (const struct config_setting *setting = source->settings; setting->group != NULL; setting++) {
        if (strcmp(setting->group, group) == 0 && (key == NULL || strcmp(setting->key, key) == 0)) {
            return setting;
        }
    }
    return NULL;
}

/* The groups there are, or the keys of one. */
static char *setting_names(const struct config_source *source, const char *group)
{
    GString *names = g_string_new(NULL);
    const char *last = "";
    for (const struct config_setting *setting = source->settings; setting->group != NULL; setting++) {
        const char *name = group == NULL ? setting->group : setting->key;
        if ((group != NULL && strcmp(setting->group, group) != 0) || strcmp(name, last) == 0) {
            continue;
        }
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
        last = name;
    }
    return g_string_free(names, FALSE);
}

/* ---- lines: where each key is, and that it is one of ours ---- */

static bool read_key_line(struct config_source *source, unsigned number, const char *group, char *line, GError **error)
{
    char *equals = strchr(line, '=');
    if (group == NULL || equals == NULL || equals == line) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE,
                    "%s:%u: neither a [group], nor key = value in one, nor a # comment", source->name, number);
        return false;
    }
    *equals = '\0';
    const char *key = g_strchomp(line);
    if (setting_find(source, group, key) == NULL) {
        g_autofree char *known = setting_names(source, group);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s:%u: key [%s] %s: unknown; [%s] has %s", source->name,
                    number, group, key, group, known);
        return false;
    }
    char *place = place_key(group, key);
    if (!g_hash_table_insert(source->lines, place, GUINT_TO_POINTER(number))) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s:%u: key [%s] %s: given twice; keep one of them",
                    source->name, number, group, key);
        return false;
    }
    return true;
}

static bool read_group_line(const struct config_source *source, unsigned number, const char *line, const char **group,
                            GError **error)
{
    g_autofree char *name = g_strndup(line + 1, strcspn(line + 1, "]"));
    const struct config_setting *setting = setting_find(source, name, NULL);
    if (setting == NULL) {
        g_autofree char *known = setting_names(source, NULL);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s:%u: group [%s]: unknown; there are %s", source->name,
                    number, name, known);
        return false;
    }
    *group = setting->group;
    g_hash_table_insert(source->lines, place_key(name, ""), GUINT_TO_POINTER(number));
    return true;
}

static bool read_lines(struct config_source *source, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *group = NULL;
    for (unsigned i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        if (*line == '\0' || *line == '#') {
            continue;
        }
        const bool good = *line == '[' ? read_group_line(source, i + 1, line, &group, error)
                                       : read_key_line(source, i + 1, group, line, error);
        if (!good) {
            return false;
        }
    }
    return true;
}

/* ---- values ---- */

static bool set_value(const struct config_source *source, const struct config_setting *setting, const char *text,
                      void *values, GError **error)
{
    g_autofree char *allowed = NULL;
    return config_value_set(setting, text, (char *)values + setting->offset, &allowed) ||
           config_bad_value(source, setting->group, setting->key, error, "\"%s\" is not allowed; %s", text, allowed);
}

void config_table_defaults(const struct config_table *table, void *values)
{
    const struct config_source none = {.name = "default"};
    for (const struct config_setting *setting = table->settings; setting->group != NULL; setting++) {
        const bool good = set_value(&none, setting, setting->initial, values, NULL);
        g_assert(good);
    }
}

static bool read_values(const struct config_source *source, GKeyFile *file, void *values, GError **error)
{
    for (const struct config_setting *setting = source->settings; setting->group != NULL; setting++) {
        if (line_of(source, setting->group, setting->key) == 0) {
            continue;
        }
        g_autoptr(GError) bad = NULL;
        g_autofree char *text = g_key_file_get_string(file, setting->group, setting->key, &bad);
        if (text == NULL) {
            return config_bad_value(source, setting->group, setting->key, error, "%s", bad->message);
        }
        if (!set_value(source, setting, g_strstrip(text), values, error)) {
            return false;
        }
    }
    return true;
}

bool config_table_parse(const struct config_table *table, const char *text, size_t length, const char *name,
                        void *values, GError **error)
{
    config_table_defaults(table, values);
    if (!g_utf8_validate(text, (gssize)length, NULL)) { /* also refuses NUL inside */
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: not UTF-8 text", name);
        return false;
    }
    g_autofree char *copy = g_strndup(text, length);
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct config_source source = {name, table->settings, lines};
    if (!read_lines(&source, copy, error)) {
        return false;
    }
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) bad = NULL;
    if (length > 0 && !g_key_file_load_from_data(file, copy, length, G_KEY_FILE_NONE, &bad)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: %s", name, bad->message);
        return false;
    }
    return read_values(&source, file, values, error) && table->check(&source, values, error);
}

bool config_table_load(const struct config_table *table, const char *file, void *values, GError **error)
{
    g_autofree char *text = NULL;
    size_t length;
    g_autoptr(GError) bad = NULL;
    if (!g_file_get_contents(file, &text, &length, &bad)) {
        config_table_defaults(table, values);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: %s", file, bad->message);
        return false;
    }
    return config_table_parse(table, text, length, file, values, error);
}

void config_table_clear(const struct config_table *table, void *values)
{
    for (const struct config_setting *setting = table->settings; setting->group != NULL; setting++) {
        config_value_clear(setting->kind, (char *)values + setting->offset);
    }
}
