#include "signaling/findings.h"

#include "signaling/applicant.h"
#include "signaling/decision.h"
#include "signaling/worker_pool.h"

#define THREADS     2
#define WAITING_MAX 256 /* one more waits until it is listed again */
#define DEADLINE_MS 20000
#define ATTEMPTS    3
#define PAUSE_US    (500 * 1000) /* before another attempt */

struct findings {
    struct service *service;
    struct worker_pool *threads;
    GMutex lock;
    GHashTable *waiting;  /* capture ids: queued, or being looked at */
    GHashTable *hopeless; /* capture ids: not to be read (erased) */
    gint stopped;         /* atomic */
};

struct findings *findings_new(struct service *service)
{
    struct findings *findings = g_new0(struct findings, 1);
    findings->service = service;
    findings->threads = worker_pool_new(THREADS);
    findings->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    findings->hopeless = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&findings->lock);
    return findings;
}

void findings_free(struct findings *findings)
{
    if (findings != NULL) {
        g_atomic_int_set(&findings->stopped, 1);
        worker_pool_free(findings->threads);
        g_hash_table_unref(findings->waiting);
        g_hash_table_unref(findings->hopeless);
        g_mutex_clear(&findings->lock);
        g_free(findings);
    }
}

static bool is_stopped(const struct findings *findings)
{
    return g_atomic_int_get(&findings->stopped) != 0;
}

/* ---- looking at one ---- */

struct look {
    struct findings *findings;
    struct service *service;
    struct store_capture *capture;
    struct store_interview *interview;
    struct applicant applicant; /* empty where the picture is of somebody else */
    GBytes *jpeg;
};

static void look_clear(struct look *look)
{
    g_clear_pointer(&look->capture, store_capture_free);
    g_clear_pointer(&look->interview, store_interview_free);
    g_clear_pointer(&look->jpeg, g_bytes_unref);
    applicant_clear(&look->applicant);
}

typedef struct look Look; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

/* A guardian's or an interpreter's face is not compared with the applicant's. */
static bool load_applicant(struct look *look, GError **error)
{
    struct store_party *party = store_party_get(look->service->store, look->capture->party, error);
    const bool found = party != NULL;
    const bool applicant = found && party->role == STORE_APPLICANT;
    store_party_free(party);
    return found && (!applicant || applicant_load(&look->applicant, look->service->store, look->interview->mission,
                                                  look->interview->order_ref, error));
}

static bool load(struct look *look, const char *id, GError **error)
{
    struct store *store = look->service->store;
    look->capture = store_capture_get(store, id, error);
    look->interview = look->capture != NULL ? store_interview_get(store, look->capture->interview, error) : NULL;
    look->jpeg = look->interview != NULL ? store_capture_read(store, look->capture, error) : NULL;
    return look->jpeg != NULL && load_applicant(look, error);
}

static struct vision_input input_of(const struct look *look)
{
    return (struct vision_input){.bytes = look->jpeg, .priority = VISION_FINDINGS, .deadline_ms = DEADLINE_MS};
}

static json_t *find_face(const struct look *look, GError **error)
{
    const struct vision_input input = input_of(look);
    struct vision_face face = {0};
    if (!vision_face(look->service->vision, &input, &face, error)) {
        return NULL;
    }
    json_t *comparison = decision_compare(look->service->vision, applicant_portrait(&look->applicant),
                                          applicant_page(&look->applicant), face.embedding);
    json_t *found =
        json_pack("{s:s, s:n, s:O, s:o}", "kind", "face", "error", "face", face.report, "comparison", comparison);
    vision_face_clear(&face);
    return found;
}

static json_t *find_document(const struct look *look, GError **error)
{
    const struct vision_input input = input_of(look);
    struct vision_document document = {0};
    if (!vision_document(look->service->vision, &input, &document, error)) {
        return NULL;
    }
    json_t *stored = applicant_identity(&look->applicant);
    struct vision_identity identity;
    identity_read(stored, &identity);
    json_t *comparison =
        decision_compare(look->service->vision, applicant_portrait(&look->applicant),
                         document.has_portrait ? document.embedding : NULL, applicant_seen(&look->applicant));
    json_t *fields = stored != NULL ? vision_identity_compare(&identity, document.report) : json_null();
    json_t *found = json_pack("{s:s, s:n, s:O, s:o, s:o}", "kind", "document", "error", "document", document.report,
                              "comparison", comparison, "fields", fields);
    json_decref(stored);
    vision_document_clear(&document);
    return found;
}

static json_t *find_nothing(const struct look *look, const GError *why)
{
    json_t *found = json_pack("{s:s, s:o, s:n, s:n}", "kind", look->capture->kind, "error",
                              decision_reason(vision_error_code((enum vision_error)why->code), why->message),
                              look->capture->kind, "comparison");
    if (g_str_equal(look->capture->kind, "document")) {
        json_object_set_new(found, "fields", json_null());
    }
    return found;
}

/* NULL: not now. */
static json_t *find(const struct look *look)
{
    for (unsigned attempt = 1;; attempt++) {
        g_autoptr(GError) error = NULL;
        json_t *found =
            g_str_equal(look->capture->kind, "face") ? find_face(look, &error) : find_document(look, &error);
        if (found != NULL) {
            return found;
        }
        const bool busy = g_error_matches(error, VISION_ERROR, VISION_ERROR_BUSY);
        if (vision_error_is_input(error) || (attempt == ATTEMPTS && !busy)) {
            return find_nothing(look, error);
        }
        if (attempt == ATTEMPTS || is_stopped(look->findings)) {
            return NULL;
        }
        g_usleep(PAUSE_US);
    }
}

static void keep(const struct look *look, const json_t *found)
{
    const struct store_capture *capture = look->capture;
    g_autoptr(GError) error = NULL;
    g_autofree char *stored = json_dumps(found, JSON_COMPACT);
    if (!store_capture_findings_set(look->service->store, capture->id, stored, &error)) {
        g_warning("event=findings_not_stored capture=%s reason=\"%s\"", capture->id, error->message);
    }
    g_message("event=capture_analysed interview=%s capture=%s found=%s", capture->interview, capture->id,
              json_is_null(json_object_get(found, "error")) ? "yes" : "no");
    g_autofree char *text = rpc_notification(
        "capture.analysed", json_pack("{s:s, s:s, s:s, s:O}", "interview_id", capture->interview, "capture_id",
                                      capture->id, "analysis", "done", "findings", found));
    hub_send_officers(look->service->hub, look->interview->mission, text);
}

struct job {
    struct findings *findings;
    char *capture;
};

static void look_at(struct findings *findings, const char *capture)
{
    g_auto(Look) look = {.findings = findings, .service = findings->service};
    g_autoptr(GError) error = NULL;
    if (!load(&look, capture, &error)) {
        g_warning("event=findings_failed capture=%s reason=\"%s\"", capture, error->message);
        g_mutex_lock(&findings->lock);
        g_hash_table_add(findings->hopeless, g_strdup(capture));
        g_mutex_unlock(&findings->lock);
        return;
    }
    json_t *found = find(&look);
    if (found != NULL) {
        keep(&look, found);
        json_decref(found);
    }
}

static void run_job(void *context)
{
    struct job *job = context;
    struct findings *findings = job->findings;
    if (!is_stopped(findings)) {
        look_at(findings, job->capture);
    }
    g_mutex_lock(&findings->lock);
    g_hash_table_remove(findings->waiting, job->capture);
    g_mutex_unlock(&findings->lock);
    g_free(job->capture);
    g_free(job);
}

/* ---- asking ---- */

/* False: it can never be looked at. */
static bool ask(struct findings *findings, const char *capture)
{
    g_mutex_lock(&findings->lock);
    const bool hopeless = g_hash_table_contains(findings->hopeless, capture);
    const bool due = !hopeless && !g_hash_table_contains(findings->waiting, capture) &&
                     g_hash_table_size(findings->waiting) < WAITING_MAX;
    if (due) {
        g_hash_table_add(findings->waiting, g_strdup(capture));
    }
    g_mutex_unlock(&findings->lock);
    if (due) {
        struct job *job = g_new(struct job, 1);
        *job = (struct job){findings, g_strdup(capture)};
        worker_pool_post(findings->threads, run_job, job);
    }
    return !hopeless;
}

void findings_view(struct findings *findings, const struct store_capture *capture, json_t *view)
{
    json_t *found = NULL;
    const char *analysis = "none";
    if (!g_str_equal(capture->kind, "other")) {
        g_autofree char *stored = store_capture_findings(findings->service->store, capture->id, NULL);
        found = stored != NULL ? json_loads(stored, 0, NULL) : NULL;
        analysis = found != NULL ? "done" : ask(findings, capture->id) ? "running" : "none";
    }
    json_object_set_new(view, "analysis", json_string(analysis));
    json_object_set_new(view, "findings", found != NULL ? found : json_null());
}
