#include "signaling/config_value.h"

#include "signaling/instant.h"
#include "signaling/region.h"

#include <arpa/inet.h>
#include <string.h>

#define DAY_MIN (24u * 60)

static const char *const codec_names[] = {"VP8", "H264", NULL};
static const char *const task_names[] = {"turn_left",  "turn_right",  "nod", "blink",
                                         "open_mouth", "come_closer", NULL}; /* of enum vision_task */
static const char *const sender_names[] = {"none", "smtp", "command", NULL};
static const char *const language_names[] = {"zh-Hans", "zh-Hant", "en", NULL};
static const char *const kind_names[] = {"passport", "travel_document", "emergency_travel_document", NULL};

/* ---- single values ---- */

static bool is_address(const char *text)
{
    uint8_t address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool set_endpoint(const char *text, struct config_endpoint *endpoint)
{
    const char *colon = strrchr(text, ':');
    guint64 port;
    if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL)) {
        return false;
    }
    g_autofree char *address = g_strndup(text, (size_t)(colon - text));
    const size_t length = strlen(address);
    const bool bracketed = length > 2 && address[0] == '[' && address[length - 1] == ']';
    if (bracketed) {
        memmove(address, address + 1, length - 2);
        address[length - 2] = '\0';
    }
    if (!is_address(address) || bracketed != (strchr(address, ':') != NULL)) {
        return false;
    }
    g_free(endpoint->address);
    *endpoint = (struct config_endpoint){g_steal_pointer(&address), (uint16_t)port};
    return true;
}

static bool set_integer(const struct config_setting *setting, const char *text, unsigned *field)
{
    guint64 value;
    if (!g_ascii_string_to_unsigned(text, 10, setting->min, setting->max, &value, NULL)) {
        return false;
    }
    *field = (unsigned)value;
    return true;
}

static bool set_boolean(const char *text, bool *field)
{
    const bool value = strcmp(text, "true") == 0;
    if (!value && strcmp(text, "false") != 0) {
        return false;
    }
    *field = value;
    return true;
}

static bool url_allowed(const char *text)
{
    return *text == '\0' ||
           ((g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://")) && !g_str_has_suffix(text, "/"));
}

static bool zone_allowed(const char *text)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(text);
    /* GLib also reads "+01:00" and POSIX rules: those know nothing of a country's next change of mind. */
    return *text == '\0' || (zone != NULL && (strchr(text, '/') != NULL || strcmp(text, "UTC") == 0));
}

static bool set_text(bool allowed, const char *text, char **field)
{
    if (allowed) {
        g_free(*field);
        *field = *text == '\0' ? NULL : g_strdup(text);
    }
    return allowed;
}

/* ---- lists ---- */

static char **parse_list(const char *text)
{
    char **items = g_strsplit(text, ",", -1);
    for (char **item = items; *item != NULL; item++) {
        g_strstrip(*item);
    }
    if (items[0] != NULL && items[0][0] == '\0' && items[1] == NULL) {
        g_clear_pointer(&items[0], g_free);
    }
    return items;
}

/* At least `min` of `known`, none twice. */
static bool names_allowed(char **items, const char *const *known, unsigned min)
{
    for (unsigned i = 0; items[i] != NULL; i++) {
        if (!g_strv_contains(known, items[i]) || g_strv_contains((const char *const *)items + i + 1, items[i])) {
            return false;
        }
    }
    return g_strv_length(items) >= min;
}

static bool addresses_allowed(char **items)
{
    for (unsigned i = 0; items[i] != NULL; i++) {
        if (!is_address(items[i])) {
            return false;
        }
    }
    return true;
}

/* Each `is_one`, none twice. */
static bool each_allowed(char **items, bool (*is_one)(const char *text))
{
    for (unsigned i = 0; items[i] != NULL; i++) {
        if (!is_one(items[i]) || g_strv_contains((const char *const *)items + i + 1, items[i])) {
            return false;
        }
    }
    return true;
}

static bool target_allowed(const char *text)
{
    return g_regex_match_simple("^[A-Za-z0-9-]{1,64} [A-Za-z0-9-]{1,64} https?://[^ ]{1,1000}$", text, G_REGEX_DEFAULT,
                                G_REGEX_MATCH_DEFAULT);
}

static bool targets_allowed(char **items)
{
    for (unsigned i = 0; items[i] != NULL; i++) {
        const size_t name = strcspn(items[i], " ") + 1;
        bool unique = true;
        for (unsigned j = 0; j < i; j++) {
            unique = unique && strncmp(items[i], items[j], name) != 0;
        }
        if (!unique || !target_allowed(items[i])) {
            return false;
        }
    }
    return true;
}

static bool list_allowed(enum config_kind kind, char **items)
{
    switch (kind) {
    case CONFIG_ADDRESSES:
        return addresses_allowed(items);
    case CONFIG_CODECS:
        return names_allowed(items, codec_names, 1);
    case CONFIG_TASKS:
        return names_allowed(items, task_names, 2);
    case CONFIG_LANGUAGES:
        return names_allowed(items, language_names, 1);
    case CONFIG_KINDS:
        return names_allowed(items, kind_names, 1);
    case CONFIG_DAYS:
        return each_allowed(items, instant_is_day);
    case CONFIG_REGIONS:
        return each_allowed(items, region_is_code);
    case CONFIG_TARGETS:
        return targets_allowed(items);
    default:
        g_assert_not_reached();
    }
}

static bool set_list(enum config_kind kind, const char *text, char ***field)
{
    g_auto(GStrv) items = parse_list(text);
    if (!list_allowed(kind, items)) {
        return false;
    }
    g_strfreev(*field);
    *field = g_steal_pointer(&items);
    return true;
}

/* ---- spans of a day ---- */

/* "09:00", up to "24:00". */
static bool parse_clock(const char *text, unsigned *minutes)
{
    if (strlen(text) != 5 || !g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]) || text[2] != ':' ||
        !g_ascii_isdigit(text[3]) || !g_ascii_isdigit(text[4])) {
        return false;
    }
    const unsigned hour = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
    const unsigned minute = (unsigned)(text[3] - '0') * 10 + (unsigned)(text[4] - '0');
    *minutes = hour * 60 + minute;
    return minute < 60 && *minutes <= DAY_MIN;
}

static bool parse_span(const char *text, struct config_span *span)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", -1);
    return g_strv_length(ends) == 2 && parse_clock(g_strstrip(ends[0]), &span->from_min) &&
           parse_clock(g_strstrip(ends[1]), &span->to_min) && span->from_min < span->to_min;
}

static bool set_spans(const char *text, GArray **field)
{
    g_auto(GStrv) items = parse_list(text);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(struct config_span));
    unsigned free_from_min = 0;
    for (unsigned i = 0; items[i] != NULL; i++) {
        struct config_span span;
        if (!parse_span(items[i], &span) || span.from_min < free_from_min) {
            return false;
        }
        free_from_min = span.to_min + 1; /* two that touch are one */
        g_array_append_val(spans, span);
    }
    g_clear_pointer(field, g_array_unref);
    *field = g_steal_pointer(&spans);
    return true;
}

/* ---- by kind ---- */

static char *describe(const struct config_setting *setting)
{
    g_autofree char *tasks = NULL;
    switch (setting->kind) {
    case CONFIG_INTEGER:
        return g_strdup_printf("allowed is a whole number from %u to %u%s%s", setting->min, setting->max,
                               *setting->unit != '\0' ? " " : "", setting->unit);
    case CONFIG_BOOLEAN:
        return g_strdup("allowed is true or false");
    case CONFIG_ENDPOINT:
        return g_strdup("allowed is ADDRESS:PORT with a numeric address, IPv6 in brackets");
    case CONFIG_URL:
        return g_strdup("allowed is http://HOST or https://HOST without a slash at the end");
    case CONFIG_TEXT:
        return g_strdup("allowed is any text");
    case CONFIG_CODECS:
        return g_strdup("allowed is VP8, H264 or both, comma-separated");
    case CONFIG_SENDER:
        return g_strdup("allowed is none, smtp or command");
    case CONFIG_TASKS:
        tasks = g_strjoinv(", ", (char **)task_names);
        return g_strdup_printf("allowed are at least two of %s, comma-separated", tasks);
    case CONFIG_ADDRESSES:
        return g_strdup("allowed are numeric IPv4 and IPv6 addresses, comma-separated");
    case CONFIG_TARGETS:
        return g_strdup("allowed are NAME MISSION URL, comma-separated, each NAME once");
    case CONFIG_LANGUAGES:
        return g_strdup("allowed is at least one of zh-Hans, zh-Hant, en, comma-separated, none twice");
    case CONFIG_ZONE:
        return g_strdup("allowed is a time zone of this machine's tzdata, such as Europe/Stockholm");
    case CONFIG_SPANS:
        return g_strdup(
            "allowed are spans such as 09:00-12:00, 13:30-16:00: comma-separated, up to 24:00, in order and "
            "apart; or nothing");
    case CONFIG_DAYS:
        return g_strdup("allowed are days of the calendar such as 2026-12-25, comma-separated, none twice; or nothing");
    case CONFIG_REGIONS:
        return g_strdup("allowed are codes such as SE or US-NY, comma-separated, none twice; or nothing");
    case CONFIG_KINDS:
        return g_strdup(
            "allowed is at least one of passport, travel_document, emergency_travel_document, comma-separated, none "
            "twice");
    }
    g_assert_not_reached();
}

static bool set(const struct config_setting *setting, const char *text, void *field)
{
    switch (setting->kind) {
    case CONFIG_INTEGER:
        return set_integer(setting, text, field);
    case CONFIG_BOOLEAN:
        return set_boolean(text, field);
    case CONFIG_ENDPOINT:
        return set_endpoint(text, field);
    case CONFIG_URL:
        return set_text(url_allowed(text), text, field);
    case CONFIG_ZONE:
        return set_text(zone_allowed(text), text, field);
    case CONFIG_TEXT:
        return set_text(true, text, field);
    case CONFIG_SENDER:
        return set_text(g_strv_contains(sender_names, text), text, field);
    case CONFIG_SPANS:
        return set_spans(text, field);
    case CONFIG_ADDRESSES:
    case CONFIG_CODECS:
    case CONFIG_TASKS:
    case CONFIG_TARGETS:
    case CONFIG_LANGUAGES:
    case CONFIG_DAYS:
    case CONFIG_REGIONS:
    case CONFIG_KINDS:
        return set_list(setting->kind, text, field);
    }
    g_assert_not_reached();
}

bool config_value_set(const struct config_setting *setting, const char *text, void *field, char **allowed)
{
    const bool good = set(setting, text, field);
    if (!good) {
        *allowed = describe(setting);
    }
    return good;
}

void config_value_clear(enum config_kind kind, void *field)
{
    switch (kind) {
    case CONFIG_INTEGER:
    case CONFIG_BOOLEAN:
        break;
    case CONFIG_ENDPOINT:
        g_free(((struct config_endpoint *)field)->address);
        break;
    case CONFIG_TEXT:
    case CONFIG_SENDER:
    case CONFIG_URL:
    case CONFIG_ZONE:
        g_free(*(char **)field);
        break;
    case CONFIG_SPANS:
        g_clear_pointer((GArray **)field, g_array_unref);
        break;
    case CONFIG_ADDRESSES:
    case CONFIG_CODECS:
    case CONFIG_TASKS:
    case CONFIG_TARGETS:
    case CONFIG_LANGUAGES:
    case CONFIG_DAYS:
    case CONFIG_REGIONS:
    case CONFIG_KINDS:
        g_strfreev(*(char ***)field);
        break;
    }
}
