#include "signaling/template.h"

#include <string.h>

#define MISSION_SUFFIX        ".messages"
#define FILE_SUFFIX           ".conf"
#define PLACEHOLDER_BYTES_MAX 32 /* of a placeholder */

#define ORDER "number mission "

/* One for each event of an order's state machine, and what its text may hold. */
static const struct {
    const char *name, *placeholders;
} kinds[] = {
    {"code", "code minutes "},
    {"created", ORDER},
    {"submitted", ORDER},
    {"taken_in", ORDER},
    {"facecheck_passed", ORDER},
    {"facecheck_skipped", ORDER},
    {"facecheck_undecided", ORDER},
    {"supplement", ORDER "reason materials details "},
    {"supplemented", ORDER},
    {"interview_required", ORDER},
    {"interview_dropped", ORDER "reason "},
    {"booked", ORDER "when "},
    {"rescheduled", ORDER "when "},
    {"unbooked", ORDER "reason "},
    {"missed", ORDER "when "},
    {"reminder_day", ORDER "when "},
    {"reminder_soon", ORDER "when "},
    {"started", ORDER},
    {"ended", ORDER},
    {"aborted", ORDER},
    {"in_person", ORDER "reason "},
    {"in_person_done", ORDER},
    {"approved", ORDER "payment "},
    {"rejected", ORDER "reason "},
    {"produced", ORDER},
    {"dispatched", ORDER "tracking "},
    {"collect", ORDER},
    {"completed", ORDER},
    {"withdrawn", ORDER "reason "},
    {"changed", ORDER},
};
#define KINDS G_N_ELEMENTS(kinds)

static const char *const words[] = {
    "slot_portrait",
    "slot_page",
    "slot_annotation",
    "slot_address",
    "slot_nationality",
    "slot_loss",
    "slot_guardianship",
    "slot_other",
    "field_relation",
    "field_issue",
    "field_condition",
    "field_applicant_name",
    "field_applicant_name_latin",
    "field_birth_date",
    "field_sex",
    "field_document_number",
    "field_expiry_date",
    "field_region",
    "field_address",
    "field_phone",
    "field_guardian_name",
    "field_note",
};
#define WORDS  G_N_ELEMENTS(words)
#define FIELDS (2 * KINDS + WORDS)

const char *const template_languages[] = {"zh-Hans", "zh-Hant", "en", NULL};

/* What one file says, in the order of the table: title, text, title, text, …, words. */
struct file {
    char *fields[FIELDS];
};

struct templates {
    GHashTable *files; /* "LANGUAGE" or "LANGUAGE/MISSION" → struct file */
};

static struct config_setting settings[FIELDS + 1]; /* ends with a NULL group */

static void add_setting(size_t index, const char *group, const char *key)
{
    settings[index] = (struct config_setting){
        .group = group,
        .key = key,
        .kind = CONFIG_TEXT,
        .initial = "",
        .unit = "",
        .offset = offsetof(struct file, fields) + index * sizeof(char *),
    };
}

static void fill_settings(void)
{
    static gsize filled;
    if (g_once_init_enter(&filled)) {
        for (size_t i = 0; i < KINDS; i++) {
            add_setting(2 * i, kinds[i].name, "title");
            add_setting(2 * i + 1, kinds[i].name, "text");
        }
        for (size_t i = 0; i < WORDS; i++) {
            add_setting(2 * KINDS + i, "words", words[i]);
        }
        g_once_init_leave(&filled, 1);
    }
}

/* The row of a template; that of "changed" for a name that is none. */
static size_t kind_of(const char *name)
{
    size_t i = 0;
    while (i < KINDS - 1 && strcmp(kinds[i].name, name) != 0) {
        i++;
    }
    return i;
}

bool template_is_known(const char *name)
{
    return strcmp(kinds[kind_of(name)].name, name) == 0;
}

/* ---- placeholders ---- */

/* The name in "{name}" at the beginning of `text`, and how long all of it is. */
static bool read_placeholder(const char *text, char name[PLACEHOLDER_BYTES_MAX], size_t *length)
{
    const size_t inner = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_");
    if (inner == 0 || inner >= PLACEHOLDER_BYTES_MAX || text[1 + inner] != '}') {
        return false;
    }
    memcpy(name, text + 1, inner);
    name[inner] = '\0';
    *length = inner + 2;
    return true;
}

static bool check_text(const struct config_source *source, size_t field, const char *text, GError **error)
{
    const struct config_setting *setting = &settings[field];
    const char *allowed = field < 2 * KINDS ? kinds[field / 2].placeholders : "";
    for (const char *at = text; (at = strpbrk(at, "{}")) != NULL;) {
        char name[PLACEHOLDER_BYTES_MAX];
        size_t length;
        if (*at == '}' || !read_placeholder(at, name, &length)) {
            return config_bad_value(source, setting->group, setting->key, error,
                                    "a brace that belongs to no {placeholder}");
        }
        g_autofree char *word = g_strconcat(name, " ", NULL);
        if (strstr(allowed, word) == NULL) {
            return config_bad_value(source, setting->group, setting->key, error, "{%s} is unknown here; there are: %s",
                                    name, allowed);
        }
        at += length;
    }
    const bool may_break = field < 2 * KINDS && field % 2 == 1;
    return may_break || strchr(text, '\n') == NULL ||
           config_bad_value(source, setting->group, setting->key, error, "\\n belongs into texts alone");
}

/* A mission's file: what it does not say, the language's says. */
static bool check_given(const struct config_source *source, const void *values, GError **error)
{
    const struct file *file = values;
    for (size_t i = 0; i < FIELDS; i++) {
        if (file->fields[i] != NULL && !check_text(source, i, file->fields[i], error)) {
            return false;
        }
    }
    return true;
}

static bool check_whole(const struct config_source *source, const void *values, GError **error)
{
    const struct file *file = values;
    for (size_t i = 0; i < FIELDS; i++) {
        if (file->fields[i] == NULL) {
            return config_bad_value(source, settings[i].group, settings[i].key, error,
                                    "missing; every language says everything");
        }
    }
    return check_given(source, values, error);
}

/* ---- filling ---- */

/* Appends `line` with its values; false, and nothing appended, when one has none. */
static bool append_line(GString *out, const char *line, size_t length, const json_t *values)
{
    const size_t before = out->len;
    for (const char *at = line; at < line + length;) {
        char name[PLACEHOLDER_BYTES_MAX];
        size_t taken;
        if (*at != '{' || !read_placeholder(at, name, &taken)) {
            g_string_append_c(out, *at++);
            continue;
        }
        const char *value = json_string_value(json_object_get(values, name));
        if (value == NULL || *value == '\0') {
            g_string_truncate(out, before);
            return false;
        }
        g_string_append(out, value);
        at += taken;
    }
    return true;
}

static char *fill(const char *text, const json_t *values)
{
    GString *out = g_string_new(NULL);
    for (const char *line = text; line != NULL;) {
        const size_t length = strcspn(line, "\n");
        const size_t before = out->len;
        g_string_append(out, before > 0 ? "\n" : "");
        if (!append_line(out, line, length, values)) {
            g_string_truncate(out, before);
        }
        line = line[length] == '\n' ? line + length + 1 : NULL;
    }
    return g_string_free(out, FALSE);
}

static const struct file *find(const struct templates *templates, const char *language, const char *mission)
{
    g_autofree char *key = mission != NULL ? g_strconcat(language, "/", mission, NULL) : g_strdup(language);
    return g_hash_table_lookup(templates->files, key);
}

void template_render(const struct templates *templates, const char *language, const char *mission, const char *name,
                     const json_t *values, struct template_text *text)
{
    const size_t row = 2 * kind_of(name);
    const struct file *general = find(templates, language, NULL);
    const struct file *own = mission != NULL ? find(templates, language, mission) : NULL;
    const char *fields[2];
    for (size_t i = 0; i < 2; i++) {
        fields[i] = own != NULL && own->fields[row + i] != NULL ? own->fields[row + i] : general->fields[row + i];
    }
    *text = (struct template_text){fill(fields[0], values), fill(fields[1], values)};
}

void template_text_clear(struct template_text *text)
{
    g_clear_pointer(&text->title, g_free);
    g_clear_pointer(&text->text, g_free);
}

const char *template_word(const struct templates *templates, const char *language, const char *word)
{
    const struct file *file = find(templates, language, NULL);
    for (size_t i = 0; i < WORDS; i++) {
        if (strcmp(words[i], word) == 0) {
            return file->fields[2 * KINDS + i];
        }
    }
    return NULL;
}

/* ---- reading ---- */

static const struct config_table whole = {settings, check_whole};
static const struct config_table given = {settings, check_given};

static void file_free(void *data)
{
    config_table_clear(&whole, data);
    g_free(data);
}

/* Takes `key`. */
static bool load(struct templates *templates, const struct config_table *table, const char *path, char *key,
                 GError **error)
{
    struct file *file = g_new0(struct file, 1);
    if (!config_table_load(table, path, file, error)) {
        file_free(file);
        g_free(key);
        return false;
    }
    g_hash_table_insert(templates->files, key, file);
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder that end with `suffix`, without it, sorted, so that of several mistakes the same one is told
 * each time. */
static GPtrArray *list(const char *folder, const char *suffix, GError **error)
{
    g_autoptr(GError) bad = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &bad);
    if (dir == NULL) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "texts of messages: %s", bad->message);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        if (g_str_has_suffix(name, suffix) && name[0] != '.' && strlen(name) > strlen(suffix)) {
            g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(suffix)));
        }
    }
    g_ptr_array_sort(names, compare);
    return names;
}

/* The languages' files in `folder`, as those of `mission` (NULL: of everybody). */
static bool load_folder(struct templates *templates, const char *folder, const char *mission, GError **error)
{
    g_autoptr(GPtrArray) names = list(folder, FILE_SUFFIX, error);
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *language = g_ptr_array_index(names, i);
        g_autofree char *file = g_strconcat(language, FILE_SUFFIX, NULL);
        g_autofree char *path = g_build_filename(folder, file, NULL);
        if (!g_strv_contains(template_languages, language)) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE,
                        "%s:1: no language of this service; there are zh-Hans.conf, zh-Hant.conf and en.conf", path);
            return false;
        }
        char *key = mission != NULL ? g_strconcat(language, "/", mission, NULL) : g_strdup(language);
        if (!load(templates, mission != NULL ? &given : &whole, path, key, error)) {
            return false;
        }
    }
    return names != NULL;
}

static bool load_languages(struct templates *templates, const char *folder, GError **error)
{
    if (!load_folder(templates, folder, NULL, error)) {
        return false;
    }
    for (unsigned i = 0; template_languages[i] != NULL; i++) {
        if (find(templates, template_languages[i], NULL) == NULL) {
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "texts of messages: %s has no file %s.conf", folder,
                        template_languages[i]);
            return false;
        }
    }
    return true;
}

static bool load_missions(struct templates *templates, const char *policies, GError **error)
{
    g_autoptr(GPtrArray) missions = list(policies, MISSION_SUFFIX, error);
    for (guint i = 0; missions != NULL && i < missions->len; i++) {
        const char *mission = g_ptr_array_index(missions, i);
        g_autofree char *name = g_strconcat(mission, MISSION_SUFFIX, NULL);
        g_autofree char *folder = g_build_filename(policies, name, NULL);
        if (!load_folder(templates, folder, mission, error)) {
            return false;
        }
    }
    return missions != NULL;
}

struct templates *templates_load(const char *folder, const char *policies, GError **error)
{
    fill_settings();
    struct templates *templates = g_new0(struct templates, 1);
    templates->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
    if (!load_languages(templates, folder, error) || (policies != NULL && !load_missions(templates, policies, error))) {
        g_clear_pointer(&templates, templates_free);
    }
    return templates;
}

void templates_free(struct templates *templates)
{
    if (templates != NULL) {
        g_hash_table_unref(templates->files);
        g_free(templates);
    }
}
