#include "signaling/doctor.h"

#include "signaling/files.h"
#include "signaling/policy.h"
#include "signaling/ports.h"
#include "signaling/sender.h"
#include "signaling/template.h"
#include "signaling/tls.h"
#include "vision/vision.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#define SPACE_NEEDED_MIB  64u
#define SPACE_ADVISED_MIB 1024u
#define CERTIFICATE_SOON  (14 * G_TIME_SPAN_DAY)
#define OTHER_FILES       512u /* media ports, records, evidence, libraries */
#define BUILT_YEAR        2026 /* no honest clock is before this software */

struct findings {
    json_t *list;
    enum finding_level worst;
};

static void found(struct findings *findings, const char *check, enum finding_level level, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void found(struct findings *findings, const char *check, enum finding_level level, const char *format, ...)
{
    static const char *const names[] = {
        [FINDING_OK] = "ok", [FINDING_WARNING] = "warning", [FINDING_FAILURE] = "failure"};
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *message = g_utf8_make_valid(text, -1);
    findings->worst = MAX(findings->worst, level);
    json_array_append_new(findings->list,
                          json_pack("{s:s, s:s, s:s}", "check", check, "level", names[level], "message", message));
}

static void examine_http(struct findings *findings, const struct config *config)
{
    g_autoptr(GError) error = NULL;
    const struct config_endpoint *listen = &config->http.listen;
    if (port_check(SOCK_STREAM, listen->address, listen->port, &error)) {
        found(findings, "http", FINDING_OK, "TCP port %u on %s is free", listen->port, listen->address);
    } else {
        found(findings, "http", FINDING_FAILURE, "%s (if that is viva itself, all is well)", error->message);
    }
}

static void examine_certificate(struct findings *findings, const struct config *config)
{
    struct tls_validity validity;
    g_autoptr(GError) error = NULL;
    const int64_t now_us = g_get_real_time();
    if (config->http.certificate == NULL) {
        found(findings, "certificate", config_is_loopback(config->http.listen.address) ? FINDING_OK : FINDING_WARNING,
              "none: plain HTTP; browsers give camera and microphone only to https:// and to localhost");
    } else if (!tls_check(config->http.certificate, config->http.key, &validity, &error)) {
        found(findings, "certificate", FINDING_FAILURE, "%s", error->message);
    } else if (now_us < validity.from_us || now_us >= validity.to_us) {
        found(findings, "certificate", FINDING_FAILURE, "%s is %s; renew it, or set the clock",
              config->http.certificate, now_us < validity.from_us ? "not valid yet" : "expired");
    } else if (validity.to_us - now_us < CERTIFICATE_SOON) {
        found(findings, "certificate", FINDING_WARNING, "expires in %d days; renew it, then send SIGHUP",
              (int)((validity.to_us - now_us) / G_TIME_SPAN_DAY));
    } else {
        found(findings, "certificate", FINDING_OK, "valid for %d more days, and the key belongs to it",
              (int)((validity.to_us - now_us) / G_TIME_SPAN_DAY));
    }
}

static void examine_media(struct findings *findings, const struct config *config)
{
    bool good = true;
    for (unsigned i = 0; config->media.addresses[i] != NULL; i++) {
        for (unsigned worker = 0; worker < config->media.workers; worker++) {
            g_autoptr(GError) error = NULL;
            const unsigned port = config->media.port == 0 ? 0 : config->media.port + worker;
            if (!port_check(SOCK_DGRAM, config->media.addresses[i], (uint16_t)port, &error)) {
                found(findings, "media", FINDING_FAILURE, "%s (if that is viva itself, all is well)", error->message);
                good = false;
            }
        }
    }
    if (good) {
        found(findings, "media", FINDING_OK, "UDP ports can be bound; open them in the firewall for everybody");
    }
}

static void examine_master_key(struct findings *findings, const struct config *config)
{
    uint8_t key[32];
    g_autoptr(GError) error = NULL;
    if (config_master_key(config, key, &error)) {
        sodium_memzero(key, sizeof key);
        found(findings, "master_key", FINDING_OK, "readable, and only by its owner; keep a copy where the data is not");
    } else {
        found(findings, "master_key", FINDING_FAILURE, "%s", error->message);
    }
}

static void examine_space(struct findings *findings, const char *folder)
{
    struct statvfs system;
    if (statvfs(folder, &system) != 0) {
        found(findings, "space", FINDING_FAILURE, "%s: %s", folder, g_strerror(errno));
        return;
    }
    const uint64_t free_mib = ((uint64_t)system.f_bavail * system.f_frsize) >> 20;
    const enum finding_level level = free_mib < SPACE_NEEDED_MIB    ? FINDING_FAILURE
                                     : free_mib < SPACE_ADVISED_MIB ? FINDING_WARNING
                                                                    : FINDING_OK;
    found(findings, "space", level, "%" G_GUINT64_FORMAT " MiB free for evidence in %s%s", free_mib, folder,
          level == FINDING_OK ? "" : "; make room");
}

static void examine_store(struct findings *findings, const struct config *config)
{
    /* A folder that is not there yet is made at start, in the first one above that is. */
    g_autofree char *folder = g_canonicalize_filename(config->store.path, NULL);
    const bool there = g_file_test(folder, G_FILE_TEST_EXISTS);
    while (!g_file_test(folder, G_FILE_TEST_EXISTS)) {
        char *above = g_path_get_dirname(folder);
        g_free(folder);
        folder = above;
    }
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        found(findings, "store", FINDING_FAILURE, "%s is not a folder; name another in [store] path", folder);
    } else if (access(folder, R_OK | W_OK | X_OK) != 0) {
        found(findings, "store", FINDING_FAILURE, "%s: %s; give it to the user of the service", folder,
              g_strerror(errno));
    } else {
        found(findings, "store", FINDING_OK, there ? "%s can be written" : "a folder can be made in %s", folder);
        examine_space(findings, folder);
    }
}

static void examine_pages(struct findings *findings, const struct config *config)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *root = config_web_root(config);
    struct files *files = files_load(root, &error);
    if (files == NULL) {
        found(findings, "pages", FINDING_FAILURE, "%s; build signaling/web, or set [http] web_root", error->message);
    } else if (files_find(files, "/") == NULL || files_find(files, "/officer/") == NULL) {
        found(findings, "pages", FINDING_FAILURE,
              "%s lacks index.html or officer/index.html; build signaling/web again", root);
    } else {
        found(findings, "pages", FINDING_OK, "the pages are in %s", root);
    }
    files_free(files);
}

static void examine_policies(struct findings *findings, const struct config *config)
{
    g_autoptr(GError) error = NULL;
    struct policies *policies = policies_load(config->interview.policies, &error);
    if (policies == NULL) {
        found(findings, "policies", FINDING_FAILURE, "%s", error->message);
        return;
    }
    g_autofree const char **missions = policies_missions(policies);
    g_autofree char *names = g_strjoinv(", ", (char **)missions);
    found(findings, "policies", FINDING_OK, "%s; other missions have the defaults",
          missions[0] != NULL ? names : "no file");
    policies_free(policies);
}

static void examine_messages(struct findings *findings, const struct config *config)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = config_messages(config);
    struct templates *templates = templates_load(folder, config->interview.policies, &error);
    if (templates == NULL) {
        found(findings, "messages", FINDING_FAILURE, "%s", error->message);
    } else {
        found(findings, "messages", FINDING_OK, "every text is there, in every language, in %s", folder);
    }
    templates_free(templates);
}

static void examine_sender(struct findings *findings, const struct config *config)
{
    g_autofree char *wrong = sender_examine(config);
    if (!config->book.enabled) {
        found(findings, "sender", FINDING_OK, "not needed: [book] enabled is false");
    } else if (strcmp(config->sender.kind, "none") == 0) {
        found(
            findings, "sender", FINDING_WARNING,
            "none: nobody can sign in to the order book, but for a demo; set [sender] kind, or [book] enabled = false");
    } else if (wrong != NULL) {
        found(findings, "sender", FINDING_FAILURE, "%s: %s; check [sender]", config->sender.kind, wrong);
    } else {
        found(findings, "sender", FINDING_OK, "%s: it is there, and takes us", config->sender.kind);
    }
}

/* Starts one worker as the service would: networks, sandbox, decoders. */
static void examine_vision(struct findings *findings, const struct config *config)
{
    const struct vision_config smallest = {.models = config != NULL ? config->vision.models : NULL,
                                           .workers = 1,
                                           .queue_max = 1,
                                           .worker_memory_mib =
                                               config != NULL ? config->vision.worker_memory_mib : VISION_MEMORY_MIB,
                                           .picture_px_max = 1u << 20,
                                           .jpeg_quality = 90};
    g_autoptr(GError) error = NULL;
    struct vision_pool *pool = vision_pool_new(&smallest, &error);
    if (pool == NULL) {
        found(findings, "vision", FINDING_FAILURE, "%s", error->message);
    } else {
        found(findings, "vision", FINDING_OK,
              "the networks are as models.json has them; VP8 and H.264 can be decoded, in a sandbox");
    }
    vision_pool_free(pool);
}

static void examine_clock(struct findings *findings)
{
    struct timex state = {0};
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    if (g_date_time_get_year(now) < BUILT_YEAR) {
        found(findings, "clock", FINDING_FAILURE,
              "it is %d here; tickets and evidence need the real time: set the clock", g_date_time_get_year(now));
    } else if (adjtimex(&state) == TIME_ERROR) {
        found(findings, "clock", FINDING_WARNING,
              "not synchronised; evidence is only as true as it: run an NTP client");
    } else {
        found(findings, "clock", FINDING_OK, "synchronised");
    }
}

static void examine_open_files(struct findings *findings, const struct config *config)
{
    struct rlimit limit;
    const rlim_t needed = config->http.connections_max + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < needed) {
        found(findings, "open_files", FINDING_WARNING,
              "%llu allowed, %llu needed for [http] connections_max; raise LimitNOFILE or lower the setting",
              (unsigned long long)limit.rlim_max, (unsigned long long)needed);
    } else {
        found(findings, "open_files", FINDING_OK, "enough for [http] connections_max");
    }
}

json_t *doctor_examine(const struct config *config, const GError *config_error, enum finding_level *worst)
{
    struct findings findings = {.list = json_array()};
    if (config == NULL) {
        found(&findings, "config", FINDING_FAILURE, "%s", config_error->message);
    } else {
        found(&findings, "config", FINDING_OK, "%s", config->file != NULL ? config->file : "defaults, no file given");
        examine_http(&findings, config);
        examine_certificate(&findings, config);
        examine_media(&findings, config);
        examine_master_key(&findings, config);
        examine_store(&findings, config);
        examine_pages(&findings, config);
        examine_open_files(&findings, config);
        examine_policies(&findings, config);
        examine_messages(&findings, config);
        examine_sender(&findings, config);
    }
    examine_vision(&findings, config);
    examine_clock(&findings);
    if (worst != NULL) {
        *worst = findings.worst;
    }
    return findings.list;
}
