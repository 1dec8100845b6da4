#include "signaling/ws.h"

#include "signaling/calls.h"
#include "signaling/feed.h"
#include "signaling/http.h"
#include "signaling/live.h"
#include "signaling/worker_pool.h"

#include <string.h>

/* Requests of one connection that may wait; a page has a few at most. */
#define BACKLOG_MAX 32
/* Messages that are no JSON-RPC, or came while too many waited, before the connection is closed. */
#define STRIKES_MAX 20
/* Of all connections together: what they have sent and nobody has worked on yet. */
#define HELD_BYTES_MAX (128 * 1024 * 1024)

#define STATUS_GOING_AWAY  1001 /* RFC 6455 §7.4.1 */
#define STATUS_UNSUPPORTED 1003
#define STATUS_POLICY      1008
#define STATUS_TOO_BIG     1009
#define STATUS_TRY_LATER   1013

#define ADDRESS_BYTES 64

struct ws {
    struct service *service;
    const struct rpc_table *table;
    GHashTable *open; /* &link->id → struct lws */
    gint held_bytes;  /* atomic */
};

/* A connection as its jobs see it; its last job frees it. */
struct link {
    uint64_t id;
    struct ws *ws;
    struct lane *lane;
    gint strikes; /* atomic */
};

/* Of libwebsockets, zeroed. */
struct session {
    struct link *link;
    GByteArray *message; /* the fragments so far; NULL between messages */
};

struct job {
    struct link *link;
    char *text;
    size_t length;
};

static void job_free(struct job *job)
{
    g_atomic_int_add(&job->link->ws->held_bytes, -(gint)job->length);
    g_free(job->text);
    g_free(job);
}

static void strike(struct link *link)
{
    if (g_atomic_int_add(&link->strikes, 1) + 1 == STRIKES_MAX) {
        hub_close(link->ws->service->hub, link->id, STATUS_POLICY);
    }
}

/* ---- on the pool ---- */

static void run_request(void *context)
{
    struct job *job = context;
    struct link *link = job->link;
    struct service *service = link->ws->service;
    struct rpc_caller caller;
    if (hub_caller(service->hub, link->id, &caller)) {
        bool malformed;
        char *reply = rpc_dispatch(link->ws->table, service, &caller, job->text, job->length, &malformed);
        if (reply != NULL) {
            hub_send(service->hub, link->id, reply);
        }
        if (malformed) {
            strike(link);
        }
        hub_caller_clear(&caller);
    }
    job_free(job);
}

static void run_gone(void *context)
{
    struct link *link = context;
    struct service *service = link->ws->service;
    struct rpc_caller caller;
    if (hub_caller(service->hub, link->id, &caller)) {
        hub_forget(service->hub, link->id);
        if (caller.role != RPC_ANYONE) {
            live_connection_closed(service, link->id);
            feed_forget(service->feed, link->id);
            calls_connection_closed(service->calls, &caller);
        }
        hub_caller_clear(&caller);
    }
    lane_free(link->lane);
    g_free(link);
}

/* ---- on the loop ---- */

static int on_open(struct ws *ws, struct lws *wsi, struct session *session)
{
    char address[ADDRESS_BYTES] = "";
    lws_get_peer_simple(wsi, address, sizeof address);
    struct link *link = g_new0(struct link, 1);
    link->ws = ws;
    link->id = hub_open(ws->service->hub, address);
    link->lane = lane_new(ws->service->pool, BACKLOG_MAX);
    session->link = link;
    g_hash_table_insert(ws->open, &link->id, wsi);
    return 0;
}

static void on_closed(struct ws *ws, struct session *session)
{
    if (session->message != NULL) {
        g_atomic_int_add(&ws->held_bytes, -(gint)session->message->len);
        g_clear_pointer(&session->message, g_byte_array_unref);
    }
    struct link *link = g_steal_pointer(&session->link);
    if (link != NULL) {
        g_hash_table_remove(ws->open, &link->id);
        lane_post_always(link->lane, run_gone, link);
    }
}

static int close_with(struct lws *wsi, uint16_t status)
{
    lws_close_reason(wsi, (enum lws_close_status)status, NULL, 0);
    return -1;
}

/* Takes the message's bytes. */
static void on_message(struct link *link, GByteArray *message)
{
    struct job *job = g_new(struct job, 1);
    const size_t length = message->len;
    *job = (struct job){link, (char *)g_byte_array_free(message, FALSE), length};
    if (lane_post(link->lane, run_request, job)) {
        return;
    }
    char *reply = rpc_refuse(job->text, length, RPC_ERROR_BUSY, "Too many requests wait here; let some finish first");
    if (reply != NULL) {
        hub_send(link->ws->service->hub, link->id, reply);
    }
    strike(link);
    job_free(job);
}

static int on_receive(struct ws *ws, struct lws *wsi, struct session *session, const void *bytes, size_t length)
{
    if (lws_frame_is_binary(wsi)) {
        return close_with(wsi, STATUS_UNSUPPORTED);
    }
    if (session->message == NULL) {
        session->message = g_byte_array_new();
    }
    if (length + lws_remaining_packet_payload(wsi) >
        (size_t)ws->service->config->http.message_bytes_max - session->message->len) {
        return close_with(wsi, STATUS_TOO_BIG);
    }
    if (g_atomic_int_add(&ws->held_bytes, (gint)length) > HELD_BYTES_MAX) {
        g_atomic_int_add(&ws->held_bytes, -(gint)length);
        return close_with(wsi, STATUS_TRY_LATER);
    }
    g_byte_array_append(session->message, bytes, (guint)length);
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
        on_message(session->link, g_steal_pointer(&session->message));
    }
    return 0;
}

static int write_text(struct lws *wsi, const char *text)
{
    const size_t length = strlen(text);
    g_autofree uint8_t *buffer = g_malloc(LWS_PRE + length);
    memcpy(buffer + LWS_PRE, text, length);
    return lws_write(wsi, buffer + LWS_PRE, length, LWS_WRITE_TEXT) < 0 ? -1 : 0;
}

static int on_writable(struct ws *ws, struct lws *wsi, const struct session *session)
{
    g_autofree char *text = NULL;
    uint16_t status;
    switch (hub_take(ws->service->hub, session->link->id, &text, &status)) {
    case HUB_TEXT:
        lws_callback_on_writable(wsi); /* there may be more */
        return write_text(wsi, text);
    case HUB_CLOSE:
        return close_with(wsi, status);
    case HUB_NOTHING:
        return 0;
    }
    g_assert_not_reached();
}

void ws_pump(struct ws *ws)
{
    g_autoptr(GArray) pending = hub_pending(ws->service->hub);
    for (unsigned i = 0; i < pending->len; i++) {
        const uint64_t id = g_array_index(pending, uint64_t, i);
        struct lws *wsi = g_hash_table_lookup(ws->open, &id);
        if (wsi == NULL) {
            continue;
        }
        if (hub_overflowed(ws->service->hub, id)) {
            g_message("event=connection_dropped reason=\"does not read\"");
            lws_set_timeout(wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
        } else {
            lws_callback_on_writable(wsi);
        }
    }
}

int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t length)
{
    const struct lws_protocols *protocol = lws_get_protocol(wsi);
    struct ws *ws = protocol != NULL ? protocol->user : NULL;
    if (ws == NULL) {
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        return on_open(ws, wsi, session);
    case LWS_CALLBACK_RECEIVE:
        return on_receive(ws, wsi, session, in, length);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_writable(ws, wsi, session);
    case LWS_CALLBACK_CLOSED:
        on_closed(ws, session);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        ws_pump(ws);
        return 0;
    default:
        return 0;
    }
}

size_t ws_session_size(void)
{
    return sizeof(struct session);
}

void ws_close_all(struct ws *ws)
{
    GHashTableIter iterator;
    void *id;
    g_hash_table_iter_init(&iterator, ws->open);
    while (g_hash_table_iter_next(&iterator, &id, NULL)) {
        hub_close(ws->service->hub, *(const uint64_t *)id, STATUS_GOING_AWAY);
    }
}

unsigned ws_count(const struct ws *ws)
{
    return g_hash_table_size(ws->open);
}

struct ws *ws_new(struct service *service, const struct rpc_table *table)
{
    struct ws *ws = g_new0(struct ws, 1);
    ws->service = service;
    ws->table = table;
    ws->open = g_hash_table_new(g_int64_hash, g_int64_equal);
    return ws;
}

void ws_free(struct ws *ws)
{
    if (ws != NULL) {
        g_hash_table_unref(ws->open);
        g_free(ws);
    }
}

/* ---- the upgrade ---- */

static bool header_is(struct lws *wsi, enum lws_token_indexes token, const char *value)
{
    char text[64];
    return lws_hdr_total_length(wsi, token) == (int)strlen(value) && lws_hdr_copy(wsi, text, sizeof text, token) > 0 &&
           g_ascii_strcasecmp(text, value) == 0;
}

static bool origin_allowed(const struct config *config, struct lws *wsi)
{
    char origin[256], host[256];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0) {
        return http_origin_allowed(config, NULL, NULL);
    }
    return lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN) > 0 &&
           lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) > 0 && http_origin_allowed(config, origin, host);
}

static int refuse(struct lws *wsi, unsigned status, const char *why)
{
    return lws_return_http_status(wsi, status, why) < 0 ? -1 : 1;
}

int ws_confirm_upgrade(const struct config *config, struct lws *wsi)
{
    char *uri = NULL;
    int length = 0;
    if (!header_is(wsi, WSI_TOKEN_UPGRADE, "websocket")) {
        return -1; /* answering here would touch what libwebsockets 4.1 has freed */
    }
    if (lws_http_get_uri_and_method(wsi, &uri, &length) != LWSHUMETH_GET || length != (int)strlen(WS_PATH) ||
        memcmp(uri, WS_PATH, (size_t)length) != 0) {
        return refuse(wsi, HTTP_STATUS_NOT_FOUND, "The WebSocket is at " WS_PATH);
    }
    if (!header_is(wsi, WSI_TOKEN_PROTOCOL, WS_SUBPROTOCOL)) {
        return refuse(wsi, HTTP_STATUS_BAD_REQUEST, "Sec-WebSocket-Protocol must be " WS_SUBPROTOCOL);
    }
    if (!origin_allowed(config, wsi)) {
        g_message("event=origin_refused");
        return refuse(wsi, HTTP_STATUS_FORBIDDEN, "Pages of another site may not connect");
    }
    return 0;
}
