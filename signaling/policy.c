#include "signaling/policy.h"

#include "signaling/region.h"

#include <string.h>

#define POLICY_SUFFIX ".conf"
#define SCRIPT_SUFFIX ".script"

#define SETTING(group, key, kind, initial, meaning)                                                                    \
    {                                                                                                                  \
#group, #key, kind, 0, 0, initial, "", meaning, offsetof(struct policy, group.key)                             \
    }
#define INTEGER(group, key, min, max, initial, unit, meaning)                                                          \
    {                                                                                                                  \
#group, #key, CONFIG_INTEGER, min, max, #initial, unit, meaning, offsetof(struct policy, group.key)            \
    }
#define WORKDAY "09:00-12:00, 13:30-16:30"

const struct config_setting policy_settings[] = {
    SETTING(mission, time_zone, CONFIG_ZONE, "", "IANA name of the mission's time zone. Empty: as the store has it."),
    SETTING(mission, name_en, CONFIG_TEXT, "", "The mission's name in English. Empty: as the store has it."),
    SETTING(mission, name_zh_hans, CONFIG_TEXT, "", "The same in simplified Chinese."),
    SETTING(mission, name_zh_hant, CONFIG_TEXT, "", "The same in traditional Chinese."),
    SETTING(mission, languages, CONFIG_LANGUAGES, "zh-Hans, zh-Hant, en", "Languages of interviews."),

    SETTING(hours, monday, CONFIG_SPANS, WORKDAY, "Interviews are held within these spans, by the mission's clock."),
    SETTING(hours, tuesday, CONFIG_SPANS, WORKDAY, "Likewise."),
    SETTING(hours, wednesday, CONFIG_SPANS, WORKDAY, "Likewise."),
    SETTING(hours, thursday, CONFIG_SPANS, WORKDAY, "Likewise."),
    SETTING(hours, friday, CONFIG_SPANS, WORKDAY, "Likewise."),
    SETTING(hours, saturday, CONFIG_SPANS, "", "Likewise; empty: closed."),
    SETTING(hours, sunday, CONFIG_SPANS, "", "Likewise; empty: closed."),
    SETTING(hours, holidays, CONFIG_DAYS, "", "Days on which the mission is closed."),

    INTEGER(appointment, length_min, 5, STORE_LENGTH_MIN_MAX, 20, "min", "Length of an appointment."),
    INTEGER(appointment, capacity, 1, 200, 1, "interviews", "Interviews at the same time."),
    INTEGER(appointment, notice_h, 0, 720, 2, "h", "An appointment is booked, moved or cancelled this long before."),
    INTEGER(appointment, ahead_days, 1, 365, 60, "days", "An appointment is booked at most this long ahead."),
    INTEGER(appointment, reschedulings, 0, 20, 2, "times", "After the first booking the applicant may choose again."),
    INTEGER(appointment, link_days, 1, 365, 90, "days", "The links of an interview that is required work this long."),

    INTEGER(interview, minor_age, 0, 120, 18, "years", "Whoever is younger is proposed for one (D-20). 0: nobody."),
    INTEGER(interview, guardian_age, 0, 120, 16, "years",
            "Whoever is younger brings a parent or guardian into the interview (D-21). 0: nobody."),
    SETTING(interview, facecheck_undecided, CONFIG_BOOLEAN, "true",
            "One is proposed when the face check failed or was skipped (D-19)."),
    SETTING(interview, first_issue, CONFIG_BOOLEAN, "false", "One is proposed for every first issue (D-32)."),
    SETTING(interview, every_order, CONFIG_BOOLEAN, "false", "One is proposed for every order (D-32)."),

    INTEGER(facecheck, tries_max, 0, 20, 0, "tries",
            "After this many failed face checks the applicant may skip (D-18). 0: as the service has it."),
    INTEGER(retention, years, 1, 100, 5, "years", "Evidence is kept this long; it can be erased by order before."),
    SETTING(payment, en, CONFIG_TEXT, "", "How fees are paid (D-48), in English. Never by telephone or video (D-58)."),
    SETTING(payment, zh_hans, CONFIG_TEXT, "", "The same in simplified Chinese."),
    SETTING(payment, zh_hant, CONFIG_TEXT, "", "The same in traditional Chinese."),

    SETTING(orders, kinds, CONFIG_KINDS, "passport, travel_document, emergency_travel_document",
            "What may be ordered (D-6, D-7)."),
    SETTING(jurisdiction, countries, CONFIG_REGIONS, "",
            "Where applicants live (D-22), e.g. US. Empty: it is not asked for."),
    SETTING(jurisdiction, districts, CONFIG_REGIONS, "",
            "The parts of these countries that are the mission's own district, e.g. US-NY, US-NJ. Empty: all."),
    SETTING(jurisdiction, cross_district, CONFIG_BOOLEAN, "true",
            "Applicants from other parts are accepted, too; the mission's own come first (D-23 to D-25)."),
    INTEGER(review, capacity_per_day, 1, 10000, 100, "orders", "Taken into review in a day of the mission (D-28)."),
    {0},
};

static bool check_jurisdiction(const struct config_source *source, const struct policy *policy, GError **error)
{
    char **countries = policy->jurisdiction.countries, **districts = policy->jurisdiction.districts;
    for (unsigned i = 0; countries[i] != NULL; i++) {
        if (!region_is_country(countries[i])) {
            return config_bad_value(source, "jurisdiction", "countries", error,
                                    "%s is no country; allowed are codes of two letters such as US", countries[i]);
        }
    }
    for (unsigned i = 0; districts[i] != NULL; i++) {
        if (!region_is_within(districts[i], countries)) {
            return config_bad_value(source, "jurisdiction", "districts", error,
                                    "%s is in none of the countries; allowed are parts of those", districts[i]);
        }
    }
    return true;
}

static bool check_together(const struct config_source *source, const void *values, GError **error)
{
    const struct policy *policy = values;
    if (policy->interview.guardian_age > policy->interview.minor_age) {
        return config_bad_value(source, "interview", "guardian_age", error, "more than minor_age; allowed is up to %u",
                                policy->interview.minor_age);
    }
    if (policy->appointment.notice_h >= policy->appointment.ahead_days * 24) {
        return config_bad_value(source, "appointment", "notice_h", error,
                                "not before the %u days of ahead_days, so that nobody could book; allowed is below %u",
                                policy->appointment.ahead_days, policy->appointment.ahead_days * 24);
    }
    return check_jurisdiction(source, policy, error);
}

static const struct config_table table = {policy_settings, check_together};

struct policy *policy_parse(const char *text, size_t length, const char *name, GError **error)
{
    struct policy *policy = g_new0(struct policy, 1);
    if (!config_table_parse(&table, text, length, name, policy, error)) {
        g_clear_pointer(&policy, policy_free);
    }
    return policy;
}

void policy_free(struct policy *policy)
{
    if (policy != NULL) {
        config_table_clear(&table, policy);
        g_free(policy);
    }
}

const GArray *policy_hours(const struct policy *policy, unsigned weekday)
{
    const GArray *const days[POLICY_WEEKDAYS] = {
        policy->hours.monday, policy->hours.tuesday,  policy->hours.wednesday, policy->hours.thursday,
        policy->hours.friday, policy->hours.saturday, policy->hours.sunday,
    };
    g_assert(weekday >= 1 && weekday <= POLICY_WEEKDAYS);
    return days[weekday - 1];
}

bool policy_is_holiday(const struct policy *policy, const char *day)
{
    return g_strv_contains((const char *const *)policy->hours.holidays, day);
}

bool policy_may_book(const struct policy *policy, unsigned bookings)
{
    return bookings <= policy->appointment.reschedulings;
}

unsigned policy_age(const char *birth_date, const char *today)
{
    const int years = atoi(today) - atoi(birth_date);
    const bool had_birthday = strcmp(today + 5, birth_date + 5) >= 0; /* MM-DD sorts as dates do */
    return (unsigned)MAX(years - !had_birthday, 0);
}

bool policy_needs_guardian(const struct policy *policy, unsigned age)
{
    return age < policy->interview.guardian_age;
}

enum policy_district policy_district(const struct policy *policy, const char *region)
{
    if (policy->jurisdiction.countries[0] != NULL && !region_is_within(region, policy->jurisdiction.countries)) {
        return DISTRICT_ABROAD;
    }
    if (policy->jurisdiction.districts[0] == NULL || region_is_within(region, policy->jurisdiction.districts)) {
        return DISTRICT_OWN;
    }
    return policy->jurisdiction.cross_district ? DISTRICT_OTHER : DISTRICT_NOT_ACCEPTED;
}

json_t *policy_triggers(const struct policy *policy, const struct policy_order *order)
{
    const struct {
        bool proposed;
        const char *name;
    } rows[] = {
        {order->age_known && order->age < policy->interview.minor_age, "minor"},
        {order->facecheck_undecided && policy->interview.facecheck_undecided, "facecheck"},
        {order->first_issue && policy->interview.first_issue, "first_issue"},
        {policy->interview.every_order, "every_order"},
    };
    json_t *triggers = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].proposed) {
            json_array_append_new(triggers, json_string(rows[i].name));
        }
    }
    return triggers;
}

/* ---- all of them ---- */

struct policies {
    GHashTable *by_mission; /* id → struct policy */
    GHashTable *scripts;    /* id → struct script */
};

static void free_policy(void *policy)
{
    policy_free(policy);
}

static void free_script(void *script)
{
    script_free(script);
}

static const struct policy *default_policy(void)
{
    static struct policy *policy;
    static gsize made;
    if (g_once_init_enter(&made)) {
        policy = policy_parse("", 0, "default", NULL);
        g_once_init_leave(&made, 1);
    }
    return policy;
}

static char *mission_of(const char *file, const char *suffix)
{
    return g_strndup(file, strlen(file) - strlen(suffix));
}

static bool load_policy(struct policies *policies, const char *folder, const char *file, GError **error)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    struct policy *policy = g_new0(struct policy, 1);
    if (!config_table_load(&table, path, policy, error)) {
        policy_free(policy);
        return false;
    }
    g_hash_table_insert(policies->by_mission, mission_of(file, POLICY_SUFFIX), policy);
    return true;
}

static bool load_script(struct policies *policies, const char *folder, const char *file, GError **error)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    struct script *script = script_load(path, error);
    if (script != NULL) {
        g_hash_table_insert(policies->scripts, mission_of(file, SCRIPT_SUFFIX), script);
    }
    return script != NULL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the folder's files with `suffix`, sorted, so that of several mistakes the same one is told each time. */
static GPtrArray *list_files(const char *folder, const char *suffix, GError **error)
{
    g_autoptr(GError) bad = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &bad);
    if (dir == NULL) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "[interview] policies: %s", bad->message);
        return NULL;
    }
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        if (g_str_has_suffix(name, suffix) && name[0] != '.' && strlen(name) > strlen(suffix)) {
            g_ptr_array_add(files, g_strdup(name));
        }
    }
    g_ptr_array_sort(files, compare);
    return files;
}

typedef bool load_function(struct policies *policies, const char *folder, const char *file, GError **error);

static bool load_all(struct policies *policies, const char *folder, const char *suffix, load_function *load,
                     GError **error)
{
    g_autoptr(GPtrArray) files = list_files(folder, suffix, error);
    bool ok = files != NULL;
    for (guint i = 0; ok && i < files->len; i++) {
        ok = load(policies, folder, g_ptr_array_index(files, i), error);
    }
    return ok;
}

struct policies *policies_load(const char *folder, GError **error)
{
    struct policies *policies = g_new0(struct policies, 1);
    policies->by_mission = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_policy);
    policies->scripts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_script);
    if (folder != NULL && (!load_all(policies, folder, POLICY_SUFFIX, load_policy, error) ||
                           !load_all(policies, folder, SCRIPT_SUFFIX, load_script, error))) {
        g_clear_pointer(&policies, policies_free);
    }
    return policies;
}

void policies_free(struct policies *policies)
{
    if (policies != NULL) {
        g_hash_table_unref(policies->by_mission);
        g_hash_table_unref(policies->scripts);
        g_free(policies);
    }
}

const struct policy *policies_get(const struct policies *policies, const char *mission)
{
    const struct policy *own = policies != NULL ? g_hash_table_lookup(policies->by_mission, mission) : NULL;
    return own != NULL ? own : default_policy();
}

const struct script *policies_script(const struct policies *policies, const char *mission)
{
    const struct script *own = policies != NULL ? g_hash_table_lookup(policies->scripts, mission) : NULL;
    return own != NULL ? own : script_default();
}

/* Those of `from` that are not in `known`. */
static void add_missions(GPtrArray *missions, GHashTable *from, GHashTable *known)
{
    GHashTableIter iter;
    void *mission;
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &mission, NULL)) {
        if (known == NULL || !g_hash_table_contains(known, mission)) {
            g_ptr_array_add(missions, mission);
        }
    }
}

const char **policies_missions(const struct policies *policies)
{
    g_autoptr(GPtrArray) missions = g_ptr_array_new();
    add_missions(missions, policies->by_mission, NULL);
    add_missions(missions, policies->scripts, policies->by_mission);
    g_ptr_array_sort(missions, compare);
    g_ptr_array_add(missions, NULL);
    return (const char **)g_ptr_array_steal(missions, NULL);
}

static bool set(char **text, const char *value)
{
    if (value == NULL || g_strcmp0(*text, value) == 0) {
        return false;
    }
    g_free(*text);
    *text = g_strdup(value);
    return true;
}

/* What the policy says of the mission itself; false: nothing new. */
static bool set_words(struct store_mission *row, const struct policy *policy)
{
    const bool changed[] = {
        set(&row->time_zone, policy->mission.time_zone),
        set(&row->name_en, policy->mission.name_en),
        set(&row->name_zh_hans, policy->mission.name_zh_hans),
        set(&row->name_zh_hant, policy->mission.name_zh_hant),
    };
    return changed[0] || changed[1] || changed[2] || changed[3];
}

/* A mission that is not there yet, of what its policy says. */
static bool add(const struct policy *policy, struct store *store, const char *id, GError **error)
{
    const struct store_mission row = {
        .id = (char *)id,
        .name_en = policy->mission.name_en,
        .name_zh_hans = policy->mission.name_zh_hans,
        .name_zh_hant = policy->mission.name_zh_hant,
        .time_zone = policy->mission.time_zone,
    };
    if (row.name_en == NULL || row.name_zh_hans == NULL || row.time_zone == NULL) {
        g_warning("event=mission_not_made mission=%s reason=\"its policy lacks name_en, name_zh_hans or time_zone\"",
                  id);
        return true;
    }
    if (!store_mission_add(store, &row, error)) {
        return false;
    }
    g_message("event=mission_made mission=%s", id);
    return true;
}

static bool apply(const struct policy *policy, struct store *store, const char *mission, GError **error)
{
    GError *cause = NULL;
    struct store_mission *row = store_mission_get(store, mission, &cause);
    if (row == NULL && g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_error_free(cause);
        return add(policy, store, mission, error);
    }
    if (row == NULL) {
        g_propagate_error(error, cause);
        return false;
    }
    const bool ok = !set_words(row, policy) || store_mission_save(store, row, error);
    store_mission_free(row);
    return ok;
}

bool policies_apply(const struct policies *policies, struct store *store, GError **error)
{
    g_autofree const char **missions = policies_missions(policies);
    for (unsigned i = 0; missions[i] != NULL; i++) {
        if (!apply(policies_get(policies, missions[i]), store, missions[i], error)) {
            return false;
        }
    }
    return true;
}
