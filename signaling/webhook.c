#include "signaling/webhook.h"

#include "signaling/feed.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>

#define SECRET_BYTES     32
#define LOOK_US          G_USEC_PER_SEC
#define RETRY_MAX_US     (INT64_C(3600) * G_USEC_PER_SEC)
#define ANSWER_BYTES_MAX (64 * 1024)

struct target {
    struct webhooks *webhooks;
    char *name, *mission, *url;
    uint8_t secret[SECRET_BYTES];
    size_t answer_bytes; /* of the present post */
    GThread *thread;
};

struct webhooks {
    struct service *service;
    GPtrArray *targets; /* of struct target */
    GMutex lock;
    GCond closed;
    gint closing; /* atomic, for curl's callback; changes under the lock */
};

/* ---- where a post may go ---- */

static bool four_is_private(uint32_t address)
{
    static const struct {
        uint32_t network;
        unsigned bits;
    } rows[] = {
        {0x00000000, 8},  /* this network */
        {0x0a000000, 8},  /* private */
        {0x64400000, 10}, /* carrier-grade NAT */
        {0x7f000000, 8},  /* loopback */
        {0xa9fe0000, 16}, /* link-local */
        {0xac100000, 12}, /* private */
        {0xc0000000, 24}, /* protocol assignments */
        {0xc0a80000, 16}, /* private */
        {0xc6120000, 15}, /* benchmarking */
        {0xe0000000, 3},  /* multicast and reserved */
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if ((address ^ rows[i].network) >> (32 - rows[i].bits) == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t four_in(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Only 2000::/3 is given out as global unicast; NAT64 (RFC 6052) and 6to4 (RFC 3056) carry an IPv4 address. */
static bool six_is_private(const struct in6_addr *address)
{
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    const uint8_t *bytes = address->s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(address) || memcmp(bytes, nat64, sizeof nat64) == 0) {
        return four_is_private(four_in(bytes + 12));
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) {
        return four_is_private(four_in(bytes + 2));
    }
    return bytes[0] >> 5 != 1;
}

bool webhook_address_is_private(const struct sockaddr *address)
{
    switch (address->sa_family) {
    case AF_INET:
        return four_is_private(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    case AF_INET6:
        return six_is_private(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
    default:
        return true;
    }
}

/* The address is the one that will be connected to, whatever the name server says before or after. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    const struct target *target = context;
    (void)purpose;
    if (!target->webhooks->service->config->webhook.allow_private && webhook_address_is_private(&address->addr)) {
        g_message("event=webhook_refused target=%s reason=\"private address\"", target->name);
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- one post ---- */

char *webhook_signature(const uint8_t secret[32], const char *timestamp, const char *body)
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];
    crypto_auth_hmacsha256_init(&state, secret, SECRET_BYTES);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)timestamp, strlen(timestamp));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    return g_strconcat("v1=", hex, NULL);
}

/* Nothing that a target says is kept; one that does not stop is cut off. */
static size_t pass_over(char *bytes, size_t size, size_t count, void *context)
{
    struct target *target = context;
    (void)bytes;
    target->answer_bytes += size * count;
    return target->answer_bytes <= ANSWER_BYTES_MAX ? size * count : 0;
}

static int stop_when_closing(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct target *target = context;
    (void)a, (void)b, (void)c, (void)d;
    return g_atomic_int_get(&target->webhooks->closing);
}

static struct curl_slist *make_headers(const struct target *target, const char *body)
{
    g_autofree char *timestamp = g_strdup_printf("%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
    g_autofree char *signature = webhook_signature(target->secret, timestamp, body);
    g_autofree char *first = g_strconcat("Viva-Timestamp: ", timestamp, NULL);
    g_autofree char *second = g_strconcat("Viva-Signature: ", signature, NULL);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:"); /* one round trip */
    headers = curl_slist_append(headers, first);
    return curl_slist_append(headers, second);
}

static void set_options(CURL *curl, struct target *target, const char *body, struct curl_slist *headers)
{
    const struct config *config = target->webhooks->service->config;
    curl_easy_setopt(curl, CURLOPT_URL, target->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, config->webhook.allow_private ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* else the environment's: its address would be all that is checked */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)config->webhook.timeout_s);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, target);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, pass_over);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, target);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_closing);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, target);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
}

/* NULL: it was taken. Otherwise why not; caller frees. */
static char *post(struct target *target, const struct store_event *event)
{
    long status = 0;
    json_t *view = feed_event_view(event);
    json_object_set_new(view, "mission", json_string(event->mission));
    g_autofree char *body = json_dumps(view, JSON_COMPACT);
    json_decref(view);
    struct curl_slist *headers = make_headers(target, body);
    CURL *curl = curl_easy_init();
    target->answer_bytes = 0;
    set_options(curl, target, body, headers);
    const CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        return g_strdup(curl_easy_strerror(code));
    }
    return status / 100 == 2 ? NULL : g_strdup_printf("it answered %ld", status);
}

/* ---- one target ---- */

int64_t webhook_retry_us(unsigned tries, unsigned first_ms)
{
    const int64_t first_us = (int64_t)first_ms * 1000;
    const unsigned doublings = MIN(MAX(tries, 1) - 1, 32);
    return MIN(first_us << doublings, RETRY_MAX_US);
}

static bool fail_event(struct target *target, const struct store_event *event, struct store_webhook *webhook,
                       const char *reason, GError **error)
{
    const struct config *config = target->webhooks->service->config;
    struct store *store = target->webhooks->service->store;
    const int64_t now_us = g_get_real_time();
    g_message("event=webhook_failed target=%s seq=%" G_GINT64_FORMAT " tries=%u reason=\"%s\"", target->name,
              event->seq, webhook->tries + 1, reason);
    if (now_us - event->at_us >= (int64_t)config->webhook.give_up_s * G_USEC_PER_SEC) {
        g_warning("event=webhook_dead_letter target=%s seq=%" G_GINT64_FORMAT, target->name, event->seq);
        return store_dead_letter_add(store, target->name, event->seq, reason, now_us, error);
    }
    webhook->tries++;
    webhook->next_try_us = now_us + webhook_retry_us(webhook->tries, config->webhook.retry_first_ms);
    return store_webhook_set(store, target->name, webhook, error);
}

/* The next event, if it is time for it. False on an error or when there is nothing to do now. */
static bool deliver_next(struct target *target, GError **error)
{
    struct store *store = target->webhooks->service->store;
    struct store_webhook webhook;
    if (!store_webhook_get(store, target->name, &webhook, error) || webhook.next_try_us > g_get_real_time()) {
        return false;
    }
    g_autoptr(GPtrArray) events = store_event_list(store, target->mission, webhook.cursor, 1, error);
    if (events == NULL || events->len == 0) {
        return false;
    }
    const struct store_event *event = g_ptr_array_index(events, 0);
    g_autofree char *reason = post(target, event);
    if (reason == NULL) {
        return store_webhook_set(store, target->name, &(struct store_webhook){.cursor = event->seq}, error);
    }
    return !g_atomic_int_get(&target->webhooks->closing) && fail_event(target, event, &webhook, reason, error);
}

/* A dead letter that is to be sent once more goes first. */
static bool deliver_dead_letter(struct target *target, GError **error)
{
    struct store *store = target->webhooks->service->store;
    g_autoptr(GError) cause = NULL;
    struct store_event *event = store_dead_letter_next(store, target->name, &cause);
    if (event == NULL) {
        if (!g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
            g_propagate_error(error, g_steal_pointer(&cause));
        }
        return false;
    }
    g_autofree char *reason = post(target, event);
    const bool settled = !g_atomic_int_get(&target->webhooks->closing) &&
                         store_dead_letter_settle(store, target->name, event->seq, reason, error);
    store_event_free(event);
    return settled;
}

/* False when it is time to end. */
static bool pause_for(struct webhooks *webhooks, int64_t us)
{
    const int64_t until_us = g_get_monotonic_time() + us;
    g_mutex_lock(&webhooks->lock);
    while (!webhooks->closing && g_cond_wait_until(&webhooks->closed, &webhooks->lock, until_us)) {
    }
    const bool go_on = !webhooks->closing;
    g_mutex_unlock(&webhooks->lock);
    return go_on;
}

static void *run(void *data)
{
    struct target *target = data;
    bool busy = false;
    while (pause_for(target->webhooks, busy ? 0 : LOOK_US)) {
        g_autoptr(GError) error = NULL;
        busy = deliver_dead_letter(target, &error);
        busy = error == NULL && (deliver_next(target, &error) || busy);
        if (error != NULL) {
            g_warning("event=webhook_stalled target=%s reason=\"%s\"", target->name, error->message);
            busy = false;
        }
    }
    return NULL;
}

/* ---- beginning and end ---- */

static void target_free(void *data)
{
    struct target *target = data;
    sodium_memzero(target->secret, sizeof target->secret);
    g_free(target->name);
    g_free(target->mission);
    g_free(target->url);
    g_free(target);
}

static bool add_target(struct webhooks *webhooks, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 3); /* as the configuration has checked */
    struct target *target = g_new0(struct target, 1);
    g_ptr_array_add(webhooks->targets, target);
    target->webhooks = webhooks;
    target->name = g_strdup(words[0]);
    target->mission = g_strdup(words[1]);
    target->url = g_strdup(words[2]);
    return config_webhook_secret(webhooks->service->config, target->name, target->secret, error) &&
           store_webhook_open(webhooks->service->store, target->name, target->mission, error);
}

struct webhooks *webhooks_new(struct service *service, GError **error)
{
    struct webhooks *webhooks = g_new0(struct webhooks, 1);
    webhooks->service = service;
    webhooks->targets = g_ptr_array_new_with_free_func(target_free);
    g_mutex_init(&webhooks->lock);
    g_cond_init(&webhooks->closed);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    for (unsigned i = 0; service->config->webhook.targets[i] != NULL; i++) {
        if (!add_target(webhooks, service->config->webhook.targets[i], error)) {
            webhooks_free(webhooks);
            return NULL;
        }
    }
    for (guint i = 0; i < webhooks->targets->len; i++) {
        struct target *target = g_ptr_array_index(webhooks->targets, i);
        target->thread = g_thread_new("webhook", run, target);
    }
    return webhooks;
}

void webhooks_free(struct webhooks *webhooks)
{
    if (webhooks == NULL) {
        return;
    }
    g_mutex_lock(&webhooks->lock);
    g_atomic_int_set(&webhooks->closing, 1);
    g_cond_broadcast(&webhooks->closed);
    g_mutex_unlock(&webhooks->lock);
    for (guint i = 0; i < webhooks->targets->len; i++) {
        struct target *target = g_ptr_array_index(webhooks->targets, i);
        g_clear_pointer(&target->thread, g_thread_join);
    }
    g_ptr_array_unref(webhooks->targets);
    g_cond_clear(&webhooks->closed);
    g_mutex_clear(&webhooks->lock);
    g_free(webhooks);
}
