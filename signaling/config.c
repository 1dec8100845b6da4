#include "signaling/config.h"

#include "signaling/contact.h"

#include <arpa/inet.h>
#include <string.h>

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
    INTEGER(vision, workers, 1, 16, 2, "processes",
            "Sandboxed processes that decode pictures and video. One more is kept ready: for captures while all others "
            "are busy, and to take the place of a lost one."),
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
    SETTING(
        interview, policies, CONFIG_TEXT, "", "",
        "Folder of the missions' policies, a file MISSION.conf for each: hours, holidays, appointments, triggers; and "
        "MISSION.script: what an interview goes through. Empty: every mission has the defaults."),

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
    INTEGER(session, holder_hours, 1, 8760, 336, "h", "An account holder stays signed in."),

    INTEGER(limit, sign_in_burst, 1, 1000, 10, "tries",
            "Wrong passwords at once for one login; five times as many from one address, which an office may share."),
    INTEGER(limit, sign_in_per_min, 1, 1000, 5, "tries/min", "Given back each minute."),
    INTEGER(limit, ticket_burst, 1, 1000, 20, "tries", "Wrong tickets at once from one address."),
    INTEGER(limit, ticket_per_min, 1, 1000, 10, "tries/min", "Given back each minute."),
    INTEGER(limit, facecheck_burst, 1, 1000, 20, "tries",
            "Uploads of one face check at once; separately, as many starts of its liveness check."),
    INTEGER(limit, facecheck_per_min, 1, 1000, 10, "tries/min", "Given back each minute."),
    INTEGER(limit, code_burst, 1, 1000, 5, "tries",
            "Codes asked for at once for one contact, and tries of one account to verify itself; five times as many "
            "codes asked for, or wrong, from one address."),
    INTEGER(limit, code_per_min, 1, 1000, 1, "tries/min", "Given back each minute."),
    INTEGER(limit, codes_per_day, 1, 1000, 20, "codes", "Sent to one contact in 24 hours."),

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

    SETTING(book, enabled, CONFIG_BOOLEAN, "true", "",
            "The built-in order book: accounts, orders, messages. false: a foreign order service has them."),
    SETTING(book, messages, CONFIG_TEXT, "", "",
            "Folder of the messages' texts, a file for each language. Empty: the one that came with the binary."),

    SETTING(
        sender, kind, CONFIG_SENDER, "none", "",
        "How codes and messages reach account holders: none, smtp (e-mail alone) or command. Without one nobody can "
        "sign in to the order book, but for the demo."),
    SETTING(sender, smtp_url, CONFIG_TEXT, "", "",
            "The mail server: smtps://HOST:PORT, or smtp://HOST:PORT, which then must offer STARTTLS."),
    SETTING(sender, from, CONFIG_TEXT, "", "", "The e-mail address that mails come from."),
    SETTING(sender, user, CONFIG_TEXT, "", "", "Name at the mail server. Empty: it asks for none."),
    SETTING(sender, password_file, CONFIG_TEXT, "", "", "File with the password in its first line, mode 0600."),
    SETTING(sender, allow_plain, CONFIG_BOOLEAN, "false", "",
            "A mail server without TLS, on this machine or a network of its own."),
    SETTING(sender, command, CONFIG_TEXT, "", "",
            "Program with its arguments, no shell; it gets one message as JSON on stdin: purpose (code or message), "
            "to_kind (email or mobile), to, language, subject, text. Exit 0: sent."),
    INTEGER(sender, timeout_s, 1, 300, 20, "s", "For one message to be sent."),
    INTEGER(sender, queue_max, 1, 10000, 100, "codes", "Waiting to be sent at a time; one more is refused as busy."),
    INTEGER(sender, retry_first_ms, 100, 600000, 5000, "ms",
            "After a failed try; twice as long after each further one, up to an hour."),
    INTEGER(sender, give_up_s, 1, 604800, 86400, "s", "A message this old that still fails is not sent by e-mail."),

    INTEGER(drain, limit_s, 0, 86400, 1800, "s", "After SIGTERM, running interviews may go on for this long."),
    {0},
};

bool config_is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1) {
        return (ntohl(four.s_addr) >> 24) == 127;
    }
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool check_smtp(const struct config_source *source, const struct config *config, GError **error)
{
    const char *url = config->sender.smtp_url;
    struct contact from;
    if (url == NULL ||
        !g_regex_match_simple("^smtps?://[A-Za-z0-9.:\\[\\]-]+$", url, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)) {
        return config_bad_value(source, "sender", "smtp_url", error,
                                "kind is smtp; allowed is smtp://HOST:PORT or smtps://HOST:PORT");
    }
    if (config->sender.from == NULL || strchr(config->sender.from, '@') == NULL ||
        !contact_parse(config->sender.from, &from, NULL)) {
        return config_bad_value(source, "sender", "from", error, "kind is smtp; allowed is an e-mail address");
    }
    if ((config->sender.user == NULL) != (config->sender.password_file == NULL)) {
        return config_bad_value(source, "sender", config->sender.user == NULL ? "password_file" : "user", error,
                                "user and password_file go together; give both or neither");
    }
    return true;
}

static bool check_command(const struct config_source *source, const struct config *config, GError **error)
{
    g_auto(GStrv) words = NULL;
    if (config->sender.command == NULL || !g_shell_parse_argv(config->sender.command, NULL, &words, NULL) ||
        !g_path_is_absolute(words[0])) {
        return config_bad_value(source, "sender", "command", error,
                                "kind is command; allowed is the whole path of a program, then its arguments");
    }
    return true;
}

static bool check_sender(const struct config_source *source, const struct config *config, GError **error)
{
    if (strcmp(config->sender.kind, "smtp") == 0) {
        return check_smtp(source, config, error);
    }
    return strcmp(config->sender.kind, "command") != 0 || check_command(source, config, error);
}

/* What no single value can say. */
static bool check_together(const struct config_source *source, const void *values, GError **error)
{
    const struct config *config = values;
    const char *const listen = config->http.listen.address;
    if ((config->http.certificate == NULL) != (config->http.key == NULL)) {
        return config_bad_value(source, "http", config->http.key == NULL ? "certificate" : "key", error,
                                "certificate and key go together; give both or neither");
    }
    if (config->http.certificate == NULL && !config_is_loopback(listen) && !config->http.allow_plain_http) {
        return config_bad_value(
            source, "http", "listen", error,
            "plain HTTP on %s would send passwords in the clear; allowed is a loopback address, or set "
            "certificate and key, or allow_plain_http = true behind a TLS proxy",
            listen);
    }
    const unsigned addresses = g_strv_length(config->media.addresses);
    const unsigned announced = g_strv_length(config->media.announce);
    if (addresses == 0) {
        return config_bad_value(source, "media", "addresses", error, "empty; at least one address is needed");
    }
    if (announced != 0 && announced != addresses) {
        return config_bad_value(source, "media", "announce", error,
                                "%u addresses for %u in addresses; allowed is one for each, or none", announced,
                                addresses);
    }
    if (config->media.port + config->media.workers - 1 > 65535) {
        return config_bad_value(source, "media", "port", error, "port + workers is past 65535; choose a lower port");
    }
    if (config->facecheck.tasks_min > config->facecheck.tasks_max) {
        return config_bad_value(source, "facecheck", "tasks_min", error, "more than tasks_max; allowed is up to %u",
                                config->facecheck.tasks_max);
    }
    if (config->facecheck.tries_stop < config->facecheck.tries_max) {
        return config_bad_value(source, "facecheck", "tries_stop", error, "less than tries_max; allowed is from %u on",
                                config->facecheck.tries_max);
    }
    for (unsigned i = 0; config->webhook.targets[i] != NULL; i++) {
        if (strstr(config->webhook.targets[i], " https://") == NULL && !config->webhook.allow_private) {
            return config_bad_value(
                source, "webhook", "targets", error,
                "\"%s\" is plain http; allowed is https, or set allow_private = true on a network of its "
                "own",
                config->webhook.targets[i]);
        }
    }
    if (config->webhook.targets[0] != NULL && config->webhook.secrets == NULL) {
        return config_bad_value(source, "webhook", "secrets", error, "empty; targets need the folder of their secrets");
    }
    if (config->store.path == NULL) {
        return config_bad_value(source, "store", "path", error, "empty; name a folder");
    }
    return check_sender(source, config, error);
}

static const struct config_table table = {config_settings, check_together};

struct config *config_parse(const char *text, size_t length, const char *name, GError **error)
{
    struct config *config = g_new0(struct config, 1);
    config->file = g_strdup(name);
    if (!config_table_parse(&table, text, length, name, config, error)) {
        g_clear_pointer(&config, config_free);
    }
    return config;
}

struct config *config_load(const char *file, GError **error)
{
    struct config *config = g_new0(struct config, 1);
    config->file = g_strdup(file);
    if (file == NULL) {
        config_table_defaults(&table, config);
    } else if (!config_table_load(&table, file, config, error)) {
        g_clear_pointer(&config, config_free);
    }
    return config;
}

void config_free(struct config *config)
{
    if (config == NULL) {
        return;
    }
    config_table_clear(&table, config);
    g_free(config->file);
    g_free(config);
}
