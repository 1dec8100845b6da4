#include "signaling/config.h"

#include <arpa/inet.h>
#include <string.h>

G_DEFINE_QUARK(config_error, config_error)

#define SETTING(group, key, kind, initial, unit, meaning)                                                              \
    {                                                                                                                  \
#group, #key, kind, 0, 0, initial, unit, meaning, offsetof(struct config, group.key)                           \
    }
#define INTEGER(group, key, min, max, initial, unit, meaning)                                                          \
    {                                                                                                                  \
#group, #key, CONFIG_INTEGER, min, max, #initial, unit, meaning, offsetof(struct config, group.key)            \
    }

const struct config_setting config_settings[] = {
    SETTING(http, listen, CONFIG_ENDPOINT, "127.0.0.1:8080", "",
            "Address and TCP port of the pages and the API; IPv6 in brackets: [::1]:8080."),
    SETTING(http, public_url, CONFIG_URL, "", "",
            "What users have in their address bar, e.g. https://interview.example.org; links and the Origin check use "
            "it. Empty: http or https and the listening address."),
    SETTING(http, certificate, CONFIG_TEXT, "", "",
            "TLS certificate chain, PEM. Read again on SIGHUP. Empty: plain HTTP."),
    SETTING(http, key, CONFIG_TEXT, "", "", "Private key of the certificate, PEM."),
    SETTING(http, allow_plain_http, CONFIG_BOOLEAN, "false", "",
            "Plain HTTP on an address other than loopback, for a TLS proxy on a network of its own. Limits by address "
            "then see only the proxy."),
    SETTING(http, web_root, CONFIG_TEXT, "", "",
            "Folder of the built pages. Empty: the one that came with the binary."),
    INTEGER(http, connections_max, 16, 100000, 4000, "connections", "Open at a time, from all addresses."),
    INTEGER(http, connections_per_address_max, 1, 100000, 1000, "connections",
            "Open at a time from one address; a whole office may share one."),
    INTEGER(http, message_bytes_max, 65536, 1048576, 262144, "bytes",
            "Longest WebSocket message; a longer one closes its connection."),
    INTEGER(http, request_timeout_s, 2, 120, 10, "s", "For a client to send the head of its request."),
    INTEGER(http, workers, 1, 64, 8, "threads", "Requests worked on at a time."),

    SETTING(media, addresses, CONFIG_ADDRESSES, "127.0.0.1", "",
            "Numeric addresses to bind for media, comma-separated; each becomes a candidate."),
    SETTING(media, announce, CONFIG_ADDRESSES, "", "",
            "Addresses to announce instead, one for each of the above, behind 1:1 NAT. Empty: the same."),
    INTEGER(media, port, 0, 65535, 9000, "", "UDP port of worker 0; worker n has port + n. 0: any free one."),
    INTEGER(media, workers, 1, 64, 1, "threads", "Media workers; one per core that media may use."),
    SETTING(media, video_codecs, CONFIG_CODECS, "VP8, H264", "",
            "By preference; the first that the client offers is used."),
    INTEGER(media, rooms_max, 1, 10000, 200, "rooms", "Interviews and connection tests at a time."),
    INTEGER(media, peers_max, 2, 40000, 600, "peers", "Parties with media at a time."),
    INTEGER(media, packets_per_s_max, 100, 20000, 2000, "packets/s", "Accepted from one party; more are dropped."),
    INTEGER(media, video_bitrate_max_kbps, 100, 20000, 2500, "kbit/s", "What a camera may send."),
    INTEGER(media, audio_bitrate_max_kbps, 16, 510, 64, "kbit/s", "What a microphone may send."),
    INTEGER(media, cache_kib, 32, 4096, 48, "KiB", "Sent packets kept for retransmission, for each video track."),
    INTEGER(media, keyframe_kib_max, 64, 4096, 512, "KiB", "Largest keyframe that a capture collects."),
    INTEGER(media, pli_interval_ms, 100, 10000, 500, "ms",
            "A sender is asked for a keyframe at most once in this time."),
    INTEGER(media, consent_timeout_s, 5, 120, 30, "s", "A party silent for this long is away (RFC 7675)."),
    INTEGER(media, connect_timeout_s, 5, 120, 30, "s", "For a party's media to connect."),

    SETTING(vision, models, CONFIG_TEXT, "", "", "Folder of the networks' models.json. Empty: beside the program."),
    INTEGER(
        vision, workers, 1, 16, 2, "processes",
        "Sandboxed processes that decode pictures and video. One more is kept ready to take the place of a lost one."),
    INTEGER(vision, queue_max, 1, 1000, 16, "jobs", "Waiting at a time; one more is refused as busy."),
    INTEGER(vision, live_max, 1, 64, 4, "streams", "Liveness checks watched at a time; one more is refused as busy."),
    INTEGER(vision, worker_memory_mib, 768, 65536, 1536, "MiB",
            "Address space of each process; a job that wants more fails."),
    INTEGER(vision, picture_megapixels_max, 1, 64, 25, "megapixels", "Largest picture decoded."),
    INTEGER(vision, jpeg_quality, 50, 100, 92, "%", "Quality of the JPEG that a capture becomes."),

    SETTING(store, path, CONFIG_TEXT, "data", "",
            "Folder of records and sealed evidence. Relative paths start from the working folder."),
    SETTING(store, master_key_file, CONFIG_TEXT, "data/master.key", "",
            "Master key, 32 bytes or 64 hex digits, mode 0600. Empty: environment VIVA_MASTER_KEY, 64 hex digits."),

    INTEGER(interview, join_before_min, 0, 240, 10, "min", "A ticket opens this long before its appointment."),
    INTEGER(interview, no_show_min, 1, 240, 10, "min", "An applicant who never came by then is missed."),
    INTEGER(interview, ring_timeout_s, 10, 600, 60, "s", "How long a call rings."),
    INTEGER(interview, grace_s, 5, 300, 30, "s", "A lost party may come back unnoticed for this long."),
    INTEGER(interview, abandoned_min, 1, 120, 10, "min", "A call that everybody has left is aborted after this."),
    INTEGER(interview, capture_timeout_ms, 500, 10000, 2000, "ms", "For a keyframe to arrive after Capture."),
    INTEGER(interview, ticket_valid_h, 1, 72, 4, "h", "A ticket works for this long after its appointment."),
    INTEGER(interview, test_call_s, 5, 120, 20, "s", "Length of the connection test at the device check."),
    INTEGER(interview, same_person_s, 0, 600, 10, "s",
            "How often it is checked quietly that the applicant's face is still the same. 0: never."),

    INTEGER(facecheck, tries_max, 1, 20, 3, "tries",
            "After this many failed face checks the applicant may skip and go on to an interview (D-18)."),
    INTEGER(facecheck, tries_stop, 1, 100, 10, "tries", "After this many there are no more."),
    INTEGER(facecheck, ticket_valid_h, 1, 720, 72, "h", "The link of a face check works for this long."),
    SETTING(facecheck, tasks, CONFIG_TASKS, "turn_left, turn_right, nod, blink, open_mouth, come_closer", "",
            "Tasks that may be drawn for the liveness check, at least two of them."),
    INTEGER(facecheck, tasks_min, 2, 4, 2, "tasks", "Drawn for a try, at least."),
    INTEGER(facecheck, tasks_max, 2, 4, 4, "tasks", "Drawn for a try, at most."),
    INTEGER(facecheck, task_window_ms, 3000, 60000, 8000, "ms", "For each task, from its being shown."),
    INTEGER(facecheck, look_s, 5, 300, 40, "s", "For a face to look at the camera before the first task."),
    INTEGER(facecheck, upload_timeout_s, 5, 600, 60, "s", "For a picture to arrive."),
    INTEGER(facecheck, uploads_max, 1, 200, 16, "uploads",
            "Pictures on their way at a time, each up to 5 MiB; one more is refused as busy."),

    INTEGER(session, officer_hours, 1, 72, 12, "h", "An officer stays signed in."),
    INTEGER(session, party_hours, 1, 72, 8, "h", "An applicant, guardian or interpreter stays signed in."),

    INTEGER(limit, sign_in_burst, 1, 1000, 10, "tries",
            "Wrong passwords at once for one login; five times as many from one address, which an office may share."),
    INTEGER(limit, sign_in_per_min, 1, 1000, 5, "tries/min", "Given back each minute."),
    INTEGER(limit, ticket_burst, 1, 1000, 20, "tries", "Wrong tickets at once from one address."),
    INTEGER(limit, ticket_per_min, 1, 1000, 10, "tries/min", "Given back each minute."),
    INTEGER(limit, facecheck_burst, 1, 1000, 20, "tries",
            "Uploads of one face check at once; separately, as many starts of its liveness check."),
    INTEGER(limit, facecheck_per_min, 1, 1000, 10, "tries/min", "Given back each minute."),

    SETTING(webhook, targets, CONFIG_TARGETS, "", "",
            "Where events are posted to, comma-separated: a name of letters, digits and hyphens, the mission, and the "
            "https address, e.g. orders new-york https://orders.example.org/viva. Empty: nowhere."),
    SETTING(webhook, secrets, CONFIG_TEXT, "", "",
            "Folder with NAME.secret for each target, 32 bytes or 64 hex digits, mode 0600: what its posts are signed "
            "with."),
    SETTING(webhook, allow_private, CONFIG_BOOLEAN, "false", "",
            "Targets at loopback, private and link-local addresses, and by plain http."),
    INTEGER(webhook, timeout_s, 1, 60, 10, "s", "For a target to answer."),
    INTEGER(webhook, retry_first_ms, 1000, 60000, 1000, "ms",
            "After a failed try; twice as long after each further one, up to an hour."),
    INTEGER(webhook, give_up_s, 1, 604800, 86400, "s", "An event this old that still fails becomes a dead letter."),

    INTEGER(drain, limit_s, 0, 86400, 1800, "s", "After SIGTERM, running interviews may go on for this long."),
    {0},
};

static const char *const codec_names[] = {"VP8", "H264", NULL};
static const char *const task_names[] = {"turn_left",  "turn_right",  "nod", "blink",
                                         "open_mouth", "come_closer", NULL}; /* of enum vision_task */

/* The file while it is being read: GKeyFile keeps no line numbers, and merges what is given twice. */
struct source {
    const char *name;
    GHashTable *lines; /* "group\nkey" → line */
};

static char *place_key(const char *group, const char *key)
{
    return g_strconcat(group, "\n", key, NULL);
}

static unsigned line_of(const struct source *source, const char *group, const char *key)
{
    g_autofree char *place = place_key(group, key);
    return GPOINTER_TO_UINT(g_hash_table_lookup(source->lines, place));
}

static bool bad_value(const struct source *source, const char *group, const char *key, GError **error,
                      const char *format, ...) G_GNUC_PRINTF(5, 6);

static bool bad_value(const struct source *source, const char *group, const char *key, GError **error,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s:%u: key [%s] %s: %s", source->name,
                line_of(source, group, key), group, key, what);
    return false;
}

static const struct config_setting *setting_find(const char *group, const char *key)
{
    for (const struct config_setting *setting = config_settings; setting->group != NULL; setting++) {
        if (strcmp(setting->group, group) == 0 && (key == NULL || strcmp(setting->key, key) == 0)) {
            return setting;
        }
    }
    return NULL;
}

/* The groups there are, or the keys of one. */
static char *setting_names(const char *group)
{
    GString *names = g_string_new(NULL);
    const char *last = "";
    for (const struct config_setting *setting = config_settings; setting->group != NULL; setting++) {
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

static bool read_key_line(struct source *source, unsigned number, const char *group, char *line, GError **error)
{
    char *equals = strchr(line, '=');
    if (group == NULL || equals == NULL || equals == line) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE,
                    "%s:%u: neither a [group], nor key = value in one, nor a # comment", source->name, number);
        return false;
    }
    *equals = '\0';
    const char *key = g_strchomp(line);
    if (setting_find(group, key) == NULL) {
        g_autofree char *known = setting_names(group);
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

static bool read_group_line(const struct source *source, unsigned number, const char *line, const char **group,
                            GError **error)
{
    g_autofree char *name = g_strndup(line + 1, strcspn(line + 1, "]"));
    const struct config_setting *setting = setting_find(name, NULL);
    if (setting == NULL) {
        g_autofree char *known = setting_names(NULL);
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s:%u: group [%s]: unknown; there are %s", source->name,
                    number, name, known);
        return false;
    }
    *group = setting->group;
    return true;
}

static bool read_lines(struct source *source, const char *text, GError **error)
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

static bool is_address(const char *text)
{
    uint8_t address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool parse_endpoint(const char *text, struct config_endpoint *endpoint)
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

static bool url_allowed(const char *text)
{
    return (g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://")) && !g_str_has_suffix(text, "/");
}

static bool set_list(const struct source *source, const struct config_setting *setting, const char *text, char ***field,
                     GError **error)
{
    g_auto(GStrv) items = parse_list(text);
    if (setting->kind == CONFIG_CODECS && !names_allowed(items, codec_names, 1)) {
        return bad_value(source, setting->group, setting->key, error,
                         "\"%s\" is not allowed; allowed is VP8, H264 or both, comma-separated", text);
    }
    if (setting->kind == CONFIG_TASKS && !names_allowed(items, task_names, 2)) {
        g_autofree char *known = g_strjoinv(", ", (char **)task_names);
        return bad_value(source, setting->group, setting->key, error,
                         "\"%s\" is not allowed; allowed are at least two of %s, comma-separated", text, known);
    }
    if (setting->kind == CONFIG_ADDRESSES && !addresses_allowed(items)) {
        return bad_value(source, setting->group, setting->key, error,
                         "\"%s\" is not allowed; allowed are numeric IPv4 and IPv6 addresses, comma-separated", text);
    }
    if (setting->kind == CONFIG_TARGETS && !targets_allowed(items)) {
        return bad_value(source, setting->group, setting->key, error,
                         "\"%s\" is not allowed; allowed are NAME MISSION URL, comma-separated, each NAME once", text);
    }
    g_strfreev(*field);
    *field = g_steal_pointer(&items);
    return true;
}

static bool set_value(const struct source *source, struct config *config, const struct config_setting *setting,
                      const char *text, GError **error)
{
    void *field = (char *)config + setting->offset;
    switch (setting->kind) {
    case CONFIG_INTEGER: {
        guint64 value;
        if (!g_ascii_string_to_unsigned(text, 10, setting->min, setting->max, &value, NULL)) {
            return bad_value(source, setting->group, setting->key, error,
                             "\"%s\" is not allowed; allowed is a whole number from %u to %u%s%s", text, setting->min,
                             setting->max, *setting->unit != '\0' ? " " : "", setting->unit);
        }
        *(unsigned *)field = (unsigned)value;
        return true;
    }
    case CONFIG_BOOLEAN:
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
            return bad_value(source, setting->group, setting->key, error,
                             "\"%s\" is not allowed; allowed is true or false", text);
        }
        *(bool *)field = strcmp(text, "true") == 0;
        return true;
    case CONFIG_ENDPOINT:
        if (!parse_endpoint(text, field)) {
            return bad_value(source, setting->group, setting->key, error,
                             "\"%s\" is not allowed; allowed is ADDRESS:PORT with a numeric address, IPv6 in brackets",
                             text);
        }
        return true;
    case CONFIG_URL:
        if (*text != '\0' && !url_allowed(text)) {
            return bad_value(source, setting->group, setting->key, error,
                             "\"%s\" is not allowed; allowed is http://HOST or https://HOST without a slash at the end",
                             text);
        }
        /* fall through */
    case CONFIG_TEXT:
        g_free(*(char **)field);
        *(char **)field = *text == '\0' ? NULL : g_strdup(text);
        return true;
    case CONFIG_ADDRESSES:
    case CONFIG_CODECS:
    case CONFIG_TASKS:
    case CONFIG_TARGETS:
        return set_list(source, setting, text, field, error);
    }
    g_assert_not_reached();
}

bool config_is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1) {
        return (ntohl(four.s_addr) >> 24) == 127;
    }
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* What no single value can say. */
static bool check_together(const struct source *source, const struct config *config, GError **error)
{
    const char *const listen = config->http.listen.address;
    if ((config->http.certificate == NULL) != (config->http.key == NULL)) {
        return bad_value(source, "http", config->http.key == NULL ? "certificate" : "key", error,
                         "certificate and key go together; give both or neither");
    }
    if (config->http.certificate == NULL && !config_is_loopback(listen) && !config->http.allow_plain_http) {
        return bad_value(source, "http", "listen", error,
                         "plain HTTP on %s would send passwords in the clear; allowed is a loopback address, or set "
                         "certificate and key, or allow_plain_http = true behind a TLS proxy",
                         listen);
    }
    const unsigned addresses = g_strv_length(config->media.addresses);
    const unsigned announced = g_strv_length(config->media.announce);
    if (addresses == 0) {
        return bad_value(source, "media", "addresses", error, "empty; at least one address is needed");
    }
    if (announced != 0 && announced != addresses) {
        return bad_value(source, "media", "announce", error,
                         "%u addresses for %u in addresses; allowed is one for each, or none", announced, addresses);
    }
    if (config->media.port + config->media.workers - 1 > 65535) {
        return bad_value(source, "media", "port", error, "port + workers is past 65535; choose a lower port");
    }
    if (config->facecheck.tasks_min > config->facecheck.tasks_max) {
        return bad_value(source, "facecheck", "tasks_min", error, "more than tasks_max; allowed is up to %u",
                         config->facecheck.tasks_max);
    }
    if (config->facecheck.tries_stop < config->facecheck.tries_max) {
        return bad_value(source, "facecheck", "tries_stop", error, "less than tries_max; allowed is from %u on",
                         config->facecheck.tries_max);
    }
    for (unsigned i = 0; config->webhook.targets[i] != NULL; i++) {
        if (strstr(config->webhook.targets[i], " https://") == NULL && !config->webhook.allow_private) {
            return bad_value(source, "webhook", "targets", error,
                             "\"%s\" is plain http; allowed is https, or set allow_private = true on a network of its "
                             "own",
                             config->webhook.targets[i]);
        }
    }
    if (config->webhook.targets[0] != NULL && config->webhook.secrets == NULL) {
        return bad_value(source, "webhook", "secrets", error, "empty; targets need the folder of their secrets");
    }
    if (config->store.path == NULL) {
        return bad_value(source, "store", "path", error, "empty; name a folder");
    }
    return true;
}

static struct config *config_defaults(void)
{
    const struct source none = {.name = "default"};
    struct config *config = g_new0(struct config, 1);
    for (const struct config_setting *setting = config_settings; setting->group != NULL; setting++) {
        const bool good = set_value(&none, config, setting, setting->initial, NULL);
        g_assert(good);
    }
    return config;
}

static bool read_values(const struct source *source, GKeyFile *file, struct config *config, GError **error)
{
    for (const struct config_setting *setting = config_settings; setting->group != NULL; setting++) {
        if (line_of(source, setting->group, setting->key) == 0) {
            continue;
        }
        g_autoptr(GError) bad = NULL;
        g_autofree char *text = g_key_file_get_string(file, setting->group, setting->key, &bad);
        if (text == NULL) {
            return bad_value(source, setting->group, setting->key, error, "%s", bad->message);
        }
        if (!set_value(source, config, setting, g_strstrip(text), error)) {
            return false;
        }
    }
    return check_together(source, config, error);
}

struct config *config_parse(const char *text, size_t length, const char *name, GError **error)
{
    if (!g_utf8_validate(text, (gssize)length, NULL)) { /* also refuses NUL inside */
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: not UTF-8 text", name);
        return NULL;
    }
    g_autofree char *copy = g_strndup(text, length);
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct source source = {name, lines};
    if (!read_lines(&source, copy, error)) {
        return NULL;
    }
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) bad = NULL;
    if (length > 0 && !g_key_file_load_from_data(file, copy, length, G_KEY_FILE_NONE, &bad)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: %s", name, bad->message);
        return NULL;
    }
    struct config *config = config_defaults();
    config->file = g_strdup(name);
    if (!read_values(&source, file, config, error)) {
        g_clear_pointer(&config, config_free);
    }
    return config;
}

struct config *config_load(const char *file, GError **error)
{
    if (file == NULL) {
        return config_defaults();
    }
    g_autofree char *text = NULL;
    size_t length;
    g_autoptr(GError) bad = NULL;
    if (!g_file_get_contents(file, &text, &length, &bad)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: %s", file, bad->message);
        return NULL;
    }
    return config_parse(text, length, file, error);
}

void config_free(struct config *config)
{
    if (config == NULL) {
        return;
    }
    for (const struct config_setting *setting = config_settings; setting->group != NULL; setting++) {
        void *field = (char *)config + setting->offset;
        switch (setting->kind) {
        case CONFIG_INTEGER:
        case CONFIG_BOOLEAN:
            break;
        case CONFIG_ENDPOINT:
            g_free(((struct config_endpoint *)field)->address);
            break;
        case CONFIG_TEXT:
        case CONFIG_URL:
            g_free(*(char **)field);
            break;
        case CONFIG_ADDRESSES:
        case CONFIG_CODECS:
        case CONFIG_TASKS:
        case CONFIG_TARGETS:
            g_strfreev(*(char ***)field);
            break;
        }
    }
    g_free(config->file);
    g_free(config);
}
