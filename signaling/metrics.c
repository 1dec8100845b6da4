#include "signaling/metrics.h"

#include "signaling/calls.h"
#include "signaling/service.h"

struct call_count {
    uint64_t calls;
    int64_t duration_us;
};

struct metrics {
    GMutex lock;
    GTree *calls; /* labels `method="…",code="…"` → struct call_count; sorted, so that the page is stable */
    GTree *sent;  /* labels `purpose="…",outcome="…"` → the same */
};

static int compare_labels(const void *a, const void *b, void *unused)
{
    (void)unused;
    return g_strcmp0(a, b);
}

struct metrics *metrics_new(void)
{
    struct metrics *metrics = g_new0(struct metrics, 1);
    g_mutex_init(&metrics->lock);
    metrics->calls = g_tree_new_full(compare_labels, NULL, g_free, g_free);
    metrics->sent = g_tree_new_full(compare_labels, NULL, g_free, g_free);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics != NULL) {
        g_tree_unref(metrics->calls);
        g_tree_unref(metrics->sent);
        g_mutex_clear(&metrics->lock);
        g_free(metrics);
    }
}

/* Takes `labels`. */
static void count(struct metrics *metrics, GTree *tree, char *labels, int64_t duration_us)
{
    g_mutex_lock(&metrics->lock);
    struct call_count *count = g_tree_lookup(tree, labels);
    if (count == NULL) {
        count = g_new0(struct call_count, 1);
        g_tree_insert(tree, g_steal_pointer(&labels), count);
    }
    count->calls++;
    count->duration_us += duration_us;
    g_mutex_unlock(&metrics->lock);
    g_free(labels);
}

void metrics_rpc(struct metrics *metrics, const char *method, const char *code, int64_t duration_us)
{
    count(metrics, metrics->calls, g_strdup_printf("method=\"%s\",code=\"%s\"", method, code), duration_us);
}

void metrics_sent(struct metrics *metrics, const char *purpose, const char *outcome)
{
    if (metrics != NULL) {
        count(metrics, metrics->sent, g_strdup_printf("purpose=\"%s\",outcome=\"%s\"", purpose, outcome), 0);
    }
}

static gboolean append_calls(void *labels, void *count, void *page)
{
    g_string_append_printf(page, "viva_rpc_calls_total{%s} %" G_GUINT64_FORMAT "\n", (const char *)labels,
                           ((const struct call_count *)count)->calls);
    return FALSE;
}

static gboolean append_sent(void *labels, void *count, void *page)
{
    g_string_append_printf(page, "viva_sent_total{%s} %" G_GUINT64_FORMAT "\n", (const char *)labels,
                           ((const struct call_count *)count)->calls);
    return FALSE;
}

static gboolean append_seconds(void *labels, void *count, void *page)
{
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];
    const double duration_s = (double)((const struct call_count *)count)->duration_us / G_USEC_PER_SEC;
    g_string_append_printf(page, "viva_rpc_seconds_total{%s} %s\n", (const char *)labels,
                           g_ascii_formatd(seconds, sizeof seconds, "%.6f", duration_s));
    return FALSE;
}

static void append_head(GString *page, const char *name, const char *type, const char *help)
{
    g_string_append_printf(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void append_gauge(GString *page, const char *name, uint64_t value, const char *help)
{
    append_head(page, name, "gauge", help);
    g_string_append_printf(page, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void append_counter(GString *page, const char *name, uint64_t value, const char *help)
{
    append_head(page, name, "counter", help);
    g_string_append_printf(page, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void append_media(GString *page, struct media_engine *engine)
{
    struct media_engine_stats stats;
    media_engine_stats(engine, &stats);
    append_gauge(page, "viva_media_workers", stats.workers, "Media worker threads.");
    append_gauge(page, "viva_media_rooms", stats.rooms, "Rooms open now.");
    append_gauge(page, "viva_media_peers", stats.peers, "Peers in rooms now.");
    append_counter(page, "viva_media_packets_received_total", stats.packets_received, "Datagrams received.");
    append_counter(page, "viva_media_packets_sent_total", stats.packets_sent, "Datagrams sent.");
    append_counter(page, "viva_media_packets_forwarded_total", stats.packets_forwarded,
                   "RTP packets forwarded, one for each receiver.");
    append_counter(page, "viva_media_send_failed_total", stats.send_failed, "Datagrams the kernel did not take.");

    const char *const name = "viva_media_refused_total";
    append_head(page, name, "counter", "Datagrams that changed nothing, by what was wrong.");
    const struct {
        const char *cause;
        uint64_t count;
    } refused[] = {
        {"stun", stats.refused_stun}, {"dtls", stats.refused_dtls},       {"srtp", stats.refused_srtp},
        {"rate", stats.refused_rate}, {"unknown", stats.refused_unknown},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_string_append_printf(page, "%s{cause=\"%s\"} %" G_GUINT64_FORMAT "\n", name, refused[i].cause,
                               refused[i].count);
    }
}

static void append_vision(GString *page, struct vision_pool *pool)
{
    struct vision_pool_stats stats;
    vision_pool_stats(pool, &stats);
    append_gauge(page, "viva_vision_workers", stats.workers, "Worker processes that are ready.");
    append_gauge(page, "viva_vision_busy", stats.busy, "Jobs running in them now.");
    append_gauge(page, "viva_vision_waiting", stats.waiting, "Jobs waiting for one.");
    append_gauge(page, "viva_vision_live", stats.live, "Live streams watched now.");
    append_gauge(page, "viva_vision_restart_ms_max", stats.restart_ms_max, "Longest replacement of a lost worker.");
    append_counter(page, "viva_vision_workers_lost_total", stats.workers_lost,
                   "Workers that crashed, or were killed for hanging.");
    append_counter(page, "viva_vision_workers_restarted_total", stats.workers_restarted, "Workers replaced.");
    const char *const name = "viva_vision_jobs_total";
    append_head(page, name, "counter", "Jobs by outcome; refused: the queue was full; failed: mostly the input.");
    const struct {
        const char *outcome;
        uint64_t count;
    } jobs[] = {
        {"done", stats.jobs_done},
        {"failed", stats.jobs_failed},
        {"refused", stats.jobs_refused},
        {"timed_out", stats.jobs_timed_out},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(jobs); i++) {
        g_string_append_printf(page, "%s{outcome=\"%s\"} %" G_GUINT64_FORMAT "\n", name, jobs[i].outcome,
                               jobs[i].count);
    }
}

char *metrics_text(struct service *service)
{
    GString *page = g_string_new(NULL);
    struct metrics *metrics = service->metrics;

    append_head(page, "viva_info", "gauge", "The version that runs.");
    g_string_append(page, "viva_info{version=\"" VIVA_VERSION "\"} 1\n");
    append_gauge(page, "viva_connections", hub_count(service->hub), "Open WebSocket connections.");
    append_gauge(page, "viva_interviews_running", calls_running(service->calls), "Interviews in a room now.");
    append_gauge(page, "viva_draining", (uint64_t)g_atomic_int_get(&service->draining), "1: takes no new calls.");
    append_gauge(page, "viva_store_free_bytes", store_free_bytes(service->store), "Space left for evidence.");

    g_mutex_lock(&metrics->lock);
    append_head(page, "viva_rpc_calls_total", "counter", "API calls by method and outcome; capture.take are captures.");
    g_tree_foreach(metrics->calls, append_calls, page);
    append_head(page, "viva_rpc_seconds_total", "counter", "Time spent in these calls.");
    g_tree_foreach(metrics->calls, append_seconds, page);
    append_head(
        page, "viva_sent_total", "counter",
        "Codes and messages on their way to account holders; failed: tried again; refused: the queue was full.");
    g_tree_foreach(metrics->sent, append_sent, page);
    g_mutex_unlock(&metrics->lock);

    append_media(page, service->media);
    append_vision(page, service->vision);
    return g_string_free(page, FALSE);
}
