/* The program: reads what it is asked for, and for `viva serve` makes every part, wires them and takes them apart. */
#include "signaling/book.h"
#include "signaling/calls.h"
#include "signaling/config.h"
#include "signaling/demo.h"
#include "signaling/doctor.h"
#include "signaling/facecheck_turn.h"
#include "signaling/feed.h"
#include "signaling/findings.h"
#include "signaling/limit.h"
#include "signaling/log.h"
#include "signaling/mailer.h"
#include "signaling/message_center.h"
#include "signaling/methods/methods.h"
#include "signaling/metrics.h"
#include "signaling/officer_cli.h"
#include "signaling/options.h"
#include "signaling/policy.h"
#include "signaling/same_person.h"
#include "signaling/sender.h"
#include "signaling/server.h"
#include "signaling/service_cli.h"
#include "signaling/template.h"
#include "signaling/webhook.h"
#include "signaling/worker_pool.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define OTHER_FILES 512u /* open besides connections: media ports, records, evidence, libraries */

static void print_json(json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2));
    puts(text);
    free(text);
    json_decref(value);
}

static int unusable(const char *code, const GError *error)
{
    g_autofree char *message = g_utf8_make_valid(error->message, -1);
    fprintf(stderr, "viva: %s\n", message);
    print_json(json_pack("{s:{s:s, s:s}}", "error", "code", code, "message", message));
    return OPTIONS_EXIT_UNUSABLE;
}

/* ---- viva serve ---- */

static enum media_codec codec_of(const char *name)
{
    return strcmp(name, "VP8") == 0 ? MEDIA_CODEC_VP8 : MEDIA_CODEC_H264;
}

static struct media_engine *make_media(const struct config *config, const struct media_listener *listener,
                                       GError **error)
{
    const unsigned count = g_strv_length(config->media.addresses);
    const bool announced = config->media.announce[0] != NULL;
    g_autofree struct media_address *addresses = g_new0(struct media_address, count);
    for (unsigned i = 0; i < count; i++) {
        addresses[i].bind = config->media.addresses[i];
        addresses[i].announce = announced ? config->media.announce[i] : NULL;
    }
    struct media_config media = {
        .addresses = addresses,
        .address_count = count,
        .port = (uint16_t)config->media.port,
        .workers = config->media.workers,
        .rooms_max = config->media.rooms_max,
        .peers_max = config->media.peers_max,
        .packets_per_s_max = config->media.packets_per_s_max,
        .video_bitrate_max_bps = config->media.video_bitrate_max_kbps * 1000,
        .audio_bitrate_max_bps = config->media.audio_bitrate_max_kbps * 1000,
        .cache_bytes = config->media.cache_kib * 1024,
        .keyframe_bytes_max = config->media.keyframe_kib_max * 1024,
        .pli_interval_ms = config->media.pli_interval_ms,
        .consent_timeout_ms = config->media.consent_timeout_s * 1000,
        .connect_timeout_ms = config->media.connect_timeout_s * 1000,
    };
    for (unsigned i = 0; config->media.video_codecs[i] != NULL; i++) {
        media.video_codecs[i] = codec_of(config->media.video_codecs[i]);
    }
    return media_engine_new(&media, listener, error);
}

static struct vision_pool *make_vision(const struct config *config, GError **error)
{
    const struct vision_config vision = {
        .workers = config->vision.workers,
        .queue_max = config->vision.queue_max,
        .live_max = config->vision.live_max,
        .worker_memory_mib = config->vision.worker_memory_mib,
        .models = config->vision.models,
        .spare = true,
        .picture_px_max = config->vision.picture_megapixels_max * 1000000,
        .jpeg_quality = config->vision.jpeg_quality,
    };
    return vision_pool_new(&vision, error);
}

/* The built-in order book, and how account holders are reached. */
static bool make_book(struct service *service, GError **error)
{
    if (service->config->book.enabled) {
        service->sender = sender_new(service->config, service->metrics, error);
        service->messages = service->sender != NULL ? message_center_new(service, error) : NULL;
        service->mailer = service->messages != NULL ? mailer_new(service) : NULL;
        if (service->mailer == NULL) {
            return false;
        }
    }
    service->book = book_new(service);
    return true;
}

static void free_book(struct service *service)
{
    book_free(service->book);
    if (service->sender != NULL) {
        sender_stop(service->sender);
    }
    mailer_free(service->mailer);
    message_center_free(service->messages);
    sender_free(service->sender);
}

static bool make_parts(struct service *service, GError **error)
{
    const struct config *config = service->config;
    service->metrics = metrics_new();
    service->limiter = limiter_new((struct limit_rule){config->limit.sign_in_burst, config->limit.sign_in_per_min},
                                   (struct limit_rule){config->limit.ticket_burst, config->limit.ticket_per_min},
                                   (struct limit_rule){config->limit.facecheck_burst, config->limit.facecheck_per_min},
                                   (struct limit_rule){config->limit.code_burst, config->limit.code_per_min});
    service->pool = worker_pool_new(config->http.workers);
    service->hub = hub_new();
    service->store = config_open_store(config, error);
    service->vision = service->store != NULL ? make_vision(config, error) : NULL;
    if (service->vision == NULL || (service->demo && !demo_fill(service, error)) ||
        !policies_apply(service->policies, service->store, error)) {
        return false;
    }
    service->facechecks = facechecks_new(service);
    service->findings = findings_new(service);
    service->calls = calls_new(service, error);
    if (service->calls == NULL) {
        return false;
    }
    const struct media_listener listener = calls_media_listener(service->calls);
    service->media = make_media(config, &listener, error);
    service->same_person = service->media != NULL ? same_person_new(service) : NULL;
    service->feed = service->media != NULL ? feed_new(service) : NULL;
    service->webhooks = service->media != NULL ? webhooks_new(service, error) : NULL;
    return service->webhooks != NULL && make_book(service, error);
}

/* The pool is empty and gone by now. The engine tells its listener of peers until it is freed, so the calls outlive
 * it, and have let go of its rooms before. */
static void free_parts(struct service *service)
{
    free_book(service);
    webhooks_free(service->webhooks);
    feed_free(service->feed);
    same_person_free(service->same_person);
    findings_free(service->findings);
    facechecks_free(service->facechecks);
    if (service->media != NULL) {
        calls_stop(service->calls);
        media_engine_free(service->media);
    }
    calls_free(service->calls);
    vision_pool_free(service->vision);
    store_close(service->store);
    hub_free(service->hub);
    limiter_free(service->limiter);
    metrics_free(service->metrics);
}

static void allow_open_files(const struct config *config)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = MIN(limit.rlim_max, config->http.connections_max + OTHER_FILES);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int run_service(struct service *service)
{
    g_autoptr(GError) error = NULL;
    struct server *server = make_parts(service, &error) ? server_new(service, &viva_methods, &error) : NULL;
    if (server != NULL) {
        g_autofree char *url = config_public_url(service->config);
        g_message("event=started version=" VIVA_VERSION " url=%s", url);
        server_run(server);
        server_close(server);
    }
    worker_pool_free(service->pool);
    if (server != NULL) {
        server_free(server);
    }
    free_parts(service);
    if (error != NULL) {
        return unusable("cannot_start", error);
    }
    g_message("event=stopped");
    return OPTIONS_EXIT_DONE;
}

static int serve(const struct options *options)
{
    g_autoptr(GError) error = NULL;
    server_block_signals();
    log_start();
    struct config *config = config_load(options->config, &error);
    struct policies *policies = config != NULL ? policies_load(config->interview.policies, &error) : NULL;
    g_autofree char *messages = policies != NULL ? config_messages(config) : NULL;
    struct templates *templates =
        messages != NULL ? templates_load(messages, config->interview.policies, &error) : NULL;
    if (templates == NULL) {
        policies_free(policies);
        config_free(config);
        return unusable("bad_config", error);
    }
    allow_open_files(config);
    struct service service = {.config = config, .policies = policies, .templates = templates, .demo = options->demo};
    const int code = run_service(&service);
    templates_free(templates);
    policies_free(policies);
    config_free(config);
    return code;
}

/* ---- viva doctor ---- */

static int doctor(const struct options *options)
{
    g_autoptr(GError) error = NULL;
    enum finding_level worst;
    struct config *config = config_load(options->config, &error);
    json_t *findings = doctor_examine(config, error, &worst);
    size_t index;
    json_t *finding;
    json_array_foreach(findings, index, finding)
    {
        const char *check, *level, *message;
        json_unpack(finding, "{s:s, s:s, s:s}", "check", &check, "level", &level, "message", &message);
        fprintf(stderr, "%-8s %-12s %s\n", level, check, message);
    }
    print_json(findings);
    config_free(config);
    return worst == FINDING_FAILURE ? OPTIONS_EXIT_FAILED : OPTIONS_EXIT_DONE;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    g_autoptr(GError) error = NULL;
    if (!options_parse(argc, argv, &options, &error)) {
        fprintf(stderr, "viva: %s\n\n%s", error->message, options_help());
        return OPTIONS_EXIT_USAGE;
    }
    if (sodium_init() < 0) {
        fputs("viva: libsodium finds no randomness on this machine\n", stderr);
        return OPTIONS_EXIT_UNUSABLE;
    }
    int code = OPTIONS_EXIT_DONE;
    switch (options.command) {
    case COMMAND_SERVE:
        code = serve(&options);
        break;
    case COMMAND_DOCTOR:
        code = doctor(&options);
        break;
    case COMMAND_OFFICER:
        code = officer_cli(options.rest_count, options.rest);
        break;
    case COMMAND_SERVICE:
        code = service_cli(options.rest_count, options.rest);
        break;
    case COMMAND_VISION:
        code = vision_cli(options.rest_count, options.rest);
        break;
    case COMMAND_VISION_WORKER:
        code = vision_worker_main(options.rest_count, options.rest);
        break;
    case COMMAND_HELP:
        fputs(options_help(), stdout);
        break;
    case COMMAND_VERSION:
        puts("viva " VIVA_VERSION);
        break;
    }
    options_clear(&options);
    return code;
}
