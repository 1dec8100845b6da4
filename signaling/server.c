#include "signaling/server.h"

#include "signaling/calls.h"
#include "signaling/facecheck_turn.h"
#include "signaling/http.h"
#include "signaling/instant.h"
#include "signaling/ports.h"
#include "signaling/sockets.h"
#include "signaling/tls.h"
#include "signaling/worker_pool.h"
#include "signaling/ws.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

G_DEFINE_QUARK(server_error, server_error)

#define TICK_US          G_USEC_PER_SEC
#define CLOSING_LIMIT_US (2 * G_USEC_PER_SEC) /* for the last texts to be sent */
#define HEAD_BYTES_MAX   8192                 /* of a request */
#define KEEPALIVE_S      15
#define RECEIVE_BYTES    16384

/* A phone that went out of reach says nothing: asked after 10 s, given up after 22. */
static const lws_retry_bo_t idle_policy = {.secs_since_valid_ping = 10, .secs_since_valid_hangup = 22};

enum phase {
    SERVING,
    DRAINING, /* until no interview runs or the limit is over */
    STOPPING, /* the calls are being ended, on the pool */
    CLOSING,  /* the last texts go out */
    STOPPED,
};

struct server {
    struct service *service;
    struct http *http;
    struct ws *ws;
    struct sockets *sockets;
    struct lws_protocols protocols[4];
    GMutex wake_lock; /* for `context`, which pool threads wake until it is gone */
    struct lws_context *context;
    struct lws_vhost *vhost;
    SSL_CTX *tls; /* of the vhost; NULL: plain */
    int signals;  /* signalfd; the loop closes it */
    lws_sorted_usec_list_t tick;
    enum phase phase;
    int64_t phase_ends_us; /* monotonic; DRAINING and CLOSING */
    gint ticking;          /* atomic: a tick is on the pool */
    gint running;          /* atomic: interviews, as the last tick while draining saw them; -1: not yet */
    gint ended;            /* atomic: calls_stop has returned */
};

static void wake(void *context)
{
    struct server *server = context;
    g_mutex_lock(&server->wake_lock);
    if (server->context != NULL) {
        lws_cancel_service(server->context);
    }
    g_mutex_unlock(&server->wake_lock);
}

/* ---- the end, step by step ---- */

static void run_tick(void *context)
{
    struct server *server = context;
    struct calls *calls = server->service->calls;
    calls_tick(calls, g_get_real_time());
    if (g_atomic_int_get(&server->service->draining) != 0) {
        g_atomic_int_set(&server->running,
                         (gint)(calls_running(calls) + facechecks_running(server->service->facechecks)));
    }
    g_atomic_int_set(&server->ticking, 0);
    wake(server);
}

static void post_tick(struct server *server)
{
    if (g_atomic_int_compare_and_exchange(&server->ticking, 0, 1)) {
        worker_pool_post(server->service->pool, run_tick, server);
    }
}

static void run_end(void *context)
{
    struct server *server = context;
    facechecks_stop(server->service->facechecks);
    calls_stop(server->service->calls);
    g_atomic_int_set(&server->ended, 1);
    wake(server);
}

static void drain(struct server *server)
{
    const int64_t limit_us = (int64_t)server->service->config->drain.limit_s * G_USEC_PER_SEC;
    g_autofree char *until = instant_format(g_get_real_time() + limit_us);
    g_message("event=draining until=%s", until);
    g_autofree char *text = rpc_notification("server.draining", json_pack("{s:s}", "until", until));
    g_atomic_int_set(&server->service->draining, 1);
    hub_send_all(server->service->hub, text);
    server->phase = DRAINING;
    server->phase_ends_us = g_get_monotonic_time() + limit_us;
    post_tick(server);
}

/* Goes on to the next phase when this one is over. */
static void advance(struct server *server)
{
    const bool late = g_get_monotonic_time() >= server->phase_ends_us;
    switch (server->phase) {
    case SERVING:
    case STOPPED:
        break;
    case DRAINING:
        if (g_atomic_int_get(&server->running) == 0 || late) {
            g_message("event=stopping reason=\"%s\"", late ? "drain limit" : "no interview runs");
            server->phase = STOPPING;
            worker_pool_post(server->service->pool, run_end, server);
        }
        break;
    case STOPPING:
        if (g_atomic_int_get(&server->ended) != 0) {
            ws_close_all(server->ws);
            server->phase = CLOSING;
            server->phase_ends_us = g_get_monotonic_time() + CLOSING_LIMIT_US;
        }
        break;
    case CLOSING:
        if (ws_count(server->ws) == 0 || late) {
            server->phase = STOPPED;
        }
        break;
    }
}

static void on_tick(lws_sorted_usec_list_t *tick)
{
    struct server *server = (struct server *)((char *)tick - offsetof(struct server, tick));
    hub_expire(server->service->hub, g_get_real_time());
    post_tick(server);
    lws_sul_schedule(server->context, 0, &server->tick, on_tick, TICK_US);
}

/* ---- signals ---- */

static void signal_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void server_block_signals(void)
{
    sigset_t set;
    signal_set(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void reload_certificate(struct server *server)
{
    const struct config *config = server->service->config;
    g_autoptr(GError) error = NULL;
    if (server->tls == NULL) {
        g_message("event=reload result=\"no certificate is configured\"");
    } else if (tls_reload(server->tls, config->http.certificate, config->http.key, &error)) {
        g_message("event=reload result=\"new certificate in use\"");
    } else {
        g_warning("event=reload result=\"old certificate kept\" reason=\"%s\"", error->message);
    }
}

static void on_signal(struct server *server)
{
    struct signalfd_siginfo info;
    if (read(server->signals, &info, sizeof info) != (ssize_t)sizeof info) {
        return;
    }
    if (info.ssi_signo == SIGHUP) {
        reload_certificate(server);
    } else if (server->phase == SERVING) {
        drain(server);
    } else {
        g_message("event=stopped_at_once");
        server->phase = STOPPED;
    }
}

static int signal_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t length)
{
    (void)session;
    (void)in;
    (void)length;
    if (reason == LWS_CALLBACK_RAW_RX_FILE) {
        on_signal(lws_get_protocol(wsi)->user);
    }
    return 0;
}

/* ---- sockets ---- */

/* protocols[0] also hears of connections before they speak any protocol. */
static int first_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t length)
{
    char address[64] = "";
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS) {
        ((struct server *)lws_vhost_user(in))->tls = session; /* that is where libwebsockets passes it */
        return 0;
    }
    struct server *server = wsi != NULL ? lws_context_user(lws_get_context(wsi)) : NULL;
    if (server == NULL) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        lws_get_peer_simple_fd((lws_sockfd_type)(intptr_t)in, address, sizeof address);
        return sockets_admit(server->sockets, address) ? 0 : -1;
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        lws_get_peer_simple(wsi, address, sizeof address);
        sockets_add(server->sockets, wsi, address);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        sockets_remove(server->sockets, wsi);
        return 0;
    default:
        return http_callback(wsi, reason, session, in, length);
    }
}

static void log_line(int level, const char *line)
{
    g_autofree char *text = g_strchomp(g_strdup(line));
    if (level == LLL_ERR) {
        g_warning("event=libwebsockets message=\"%s\"", text);
    } else {
        g_debug("event=libwebsockets message=\"%s\"", text);
    }
}

/* ---- start ---- */

static void fill_protocols(struct server *server)
{
    server->protocols[0] = (struct lws_protocols){
        .name = "http",
        .callback = first_callback,
        .per_session_data_size = http_session_size(),
        .user = server->http,
    };
    server->protocols[1] = (struct lws_protocols){
        .name = WS_SUBPROTOCOL,
        .callback = ws_callback,
        .per_session_data_size = ws_session_size(),
        .rx_buffer_size = RECEIVE_BYTES,
        .user = server->ws,
    };
    server->protocols[2] = (struct lws_protocols){
        .name = "signals",
        .callback = signal_callback,
        .user = server,
    };
}

static bool listen_on(struct server *server, GError **error)
{
    const struct config *config = server->service->config;
    const struct config_endpoint *listen = &config->http.listen;
    const bool six = strchr(listen->address, ':') != NULL;
    struct lws_context_creation_info info = {
        .port = listen->port,
        .iface = listen->address,
        .protocols = server->protocols,
        .user = server,
        .gid = -1,
        .uid = -1,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
                   (six ? 0 : LWS_SERVER_OPTION_DISABLE_IPV6),
        .server_string = "viva",
        .timeout_secs = config->http.request_timeout_s,
        .timeout_secs_ah_idle = config->http.request_timeout_s,
        .keepalive_timeout = KEEPALIVE_S,
        .max_http_header_data = HEAD_BYTES_MAX,
        .max_http_header_pool = (unsigned short)MIN(config->http.connections_max, 65535),
        .pt_serv_buf_size = RECEIVE_BYTES,
        .retry_and_idle_policy = &idle_policy,
        .alpn = "http/1.1",
        .vhost_name = "viva",
    };
    if (config->http.certificate != NULL) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = config->http.certificate;
        info.ssl_private_key_filepath = config->http.key;
        info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION;
    }
    server->context = lws_create_context(&info);
    server->vhost = server->context != NULL ? lws_create_vhost(server->context, &info) : NULL;
    if (server->vhost == NULL) {
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN, "cannot listen on %s port %u; the log says why",
                    listen->address, listen->port);
    }
    return server->vhost != NULL;
}

static bool watch_signals(struct server *server, GError **error)
{
    sigset_t set;
    signal_set(&set);
    server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    const lws_sock_file_fd_type descriptor = {.filefd = server->signals};
    if (server->signals < 0 ||
        lws_adopt_descriptor_vhost(server->vhost, LWS_ADOPT_RAW_FILE_DESC, descriptor, "signals", NULL) == NULL) {
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN, "cannot watch signals: %s", g_strerror(errno));
        return false;
    }
    return true;
}

static bool check_first(const struct config *config, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (config->http.certificate != NULL && !tls_check(config->http.certificate, config->http.key, NULL, &reason)) {
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_CERTIFICATE, "certificate: %s", reason->message);
        return false;
    }
    if (!port_check(SOCK_STREAM, config->http.listen.address, config->http.listen.port, &reason)) {
        g_set_error(error, SERVER_ERROR, SERVER_ERROR_LISTEN, "cannot listen: %s", reason->message);
        return false;
    }
    return true;
}

struct server *server_new(struct service *service, const struct rpc_table *table, GError **error)
{
    if (!check_first(service->config, error)) {
        return NULL;
    }
    struct server *server = g_new0(struct server, 1);
    server->service = service;
    g_mutex_init(&server->wake_lock);
    server->running = -1;
    server->sockets =
        sockets_new(service->config->http.connections_max, service->config->http.connections_per_address_max);
    server->http = http_new(service, wake, server);
    server->ws = ws_new(service, table);
    fill_protocols(server);
    lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
    if (!listen_on(server, error) || !watch_signals(server, error)) {
        server_close(server);
        g_clear_pointer(&server, server_free);
        return NULL;
    }
    hub_listen(service->hub, wake, server);
    lws_sul_schedule(server->context, 0, &server->tick, on_tick, TICK_US);
    return server;
}

void server_run(struct server *server)
{
    while (server->phase != STOPPED && lws_service(server->context, 0) >= 0) {
        advance(server);
    }
}

void server_close(struct server *server)
{
    hub_listen(server->service->hub, NULL, NULL);
    g_mutex_lock(&server->wake_lock);
    struct lws_context *context = g_steal_pointer(&server->context);
    g_mutex_unlock(&server->wake_lock);
    lws_context_destroy(context);
}

void server_free(struct server *server)
{
    http_free(server->http);
    ws_free(server->ws);
    sockets_free(server->sockets);
    g_mutex_clear(&server->wake_lock);
    g_free(server);
}
