#include "signaling/sender.h"

#include "signaling/mail.h"
#include "signaling/metrics.h"
#include "signaling/program.h"
#include "signaling/webhook.h"
#include "store/store.h"

#include <curl/curl.h>
#include <sodium.h>
#include <string.h>

struct job {
    struct sender_message message; /* owns its strings */
    int64_t expires_us, next_us;   /* monotonic */
    unsigned tries;
};

struct sender {
    const struct config *config;
    struct metrics *metrics;
    char *password;
    GMutex lock;
    GCond changed;
    GQueue jobs;  /* of struct job */
    gint closing; /* atomic, for curl's callback; changes under the lock */
    GThread *thread;
};

static bool is_kind(const struct config *config, const char *kind)
{
    return strcmp(config->sender.kind, kind) == 0;
}

bool sender_is_off(const struct sender *sender)
{
    return is_kind(sender->config, "none");
}

bool sender_reaches(const struct sender *sender, const char *to_kind)
{
    return is_kind(sender->config, "command") || (is_kind(sender->config, "smtp") && strcmp(to_kind, "email") == 0);
}

/* ---- by SMTP ---- */

struct upload {
    const char *rest;
};

static size_t read_mail(char *buffer, size_t size, size_t count, void *context)
{
    struct upload *upload = context;
    const size_t length = MIN(size * count, strlen(upload->rest));
    memcpy(buffer, upload->rest, length);
    upload->rest += length;
    return length;
}

static int stop_when_closing(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct sender *sender = context;
    (void)a, (void)b, (void)c, (void)d;
    return g_atomic_int_get(&sender->closing);
}

static void set_server(CURL *curl, const struct config *config, const char *password)
{
    curl_easy_setopt(curl, CURLOPT_URL, config->sender.smtp_url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(config->sender.allow_plain ? CURLUSESSL_TRY : CURLUSESSL_ALL)); /* STARTTLS of smtp:// */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)config->sender.timeout_s);
    if (config->sender.user != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, config->sender.user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
    }
}

/* What a mail server says may repeat the address: only its status is told. */
static char *smtp_reason(CURL *curl, CURLcode code)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return code == CURLE_OK ? NULL : g_strdup_printf("%s (SMTP status %ld)", curl_easy_strerror(code), status);
}

static char *deliver_by_smtp(struct sender *sender, const struct sender_message *message)
{
    const struct mail mail = {.id = message->id,
                              .from = sender->config->sender.from,
                              .to = message->to,
                              .subject = message->subject,
                              .text = message->text,
                              .date_us = g_get_real_time()};
    g_autofree char *text = mail_compose(&mail);
    struct upload upload = {text};
    struct curl_slist *to = curl_slist_append(NULL, message->to);
    CURL *curl = curl_easy_init();
    set_server(curl, sender->config, sender->password);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail.from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_mail);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_when_closing);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, sender);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    char *reason = smtp_reason(curl, curl_easy_perform(curl));
    curl_easy_cleanup(curl);
    curl_slist_free_all(to);
    sodium_memzero(text, strlen(text));
    return reason;
}

/* ---- by a program ---- */

static char *deliver_by_command(struct sender *sender, const struct sender_message *message)
{
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*}", "id", message->id, "purpose", message->purpose,
                  "to_kind", message->to_kind, "to", message->to, "language", message->language, "subject",
                  message->subject, "text", message->text, "code", message->code);
    g_autofree char *input = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    char *reason = program_run(sender->config->sender.command, input,
                               (int64_t)sender->config->sender.timeout_s * G_USEC_PER_SEC, &sender->closing);
    sodium_memzero(input, strlen(input));
    return reason;
}

char *sender_deliver(struct sender *sender, const struct sender_message *message)
{
    char *reason;
    if (g_atomic_int_get(&sender->closing)) {
        return g_strdup("the server stops");
    }
    if (!sender_reaches(sender, message->to_kind)) {
        reason = g_strdup_printf("[sender] kind = %s does not reach contacts of kind %s", sender->config->sender.kind,
                                 message->to_kind);
    } else if (is_kind(sender->config, "smtp")) {
        reason = deliver_by_smtp(sender, message);
    } else {
        reason = deliver_by_command(sender, message);
    }
    metrics_sent(sender->metrics, message->purpose, reason == NULL ? "sent" : "failed");
    return reason;
}

/* ---- codes: the queue ---- */

static void job_free(void *data)
{
    struct job *job = data;
    const char *const owned[] = {job->message.purpose, job->message.to_kind, job->message.to,   job->message.language,
                                 job->message.id,      job->message.subject, job->message.text, job->message.code};
    for (unsigned i = 0; i < G_N_ELEMENTS(owned); i++) {
        store_secret_free((char *)owned[i]); /* wiped: a code is in one of them */
    }
    g_free(job);
}

/* Under the lock: the job that is due first, or NULL; `*wait_until_us` is when there will be one. */
static struct job *take_due(struct sender *sender, int64_t now_us, int64_t *wait_until_us)
{
    GList *first = NULL;
    for (GList *item = sender->jobs.head; item != NULL; item = item->next) {
        if (first == NULL || ((struct job *)item->data)->next_us < ((struct job *)first->data)->next_us) {
            first = item;
        }
    }
    if (first == NULL) {
        *wait_until_us = INT64_MAX;
        return NULL;
    }
    struct job *job = first->data;
    *wait_until_us = job->next_us;
    if (job->next_us > now_us) {
        return NULL;
    }
    g_queue_delete_link(&sender->jobs, first);
    return job;
}

/* NULL when it is time to end. */
static struct job *wait_for_job(struct sender *sender)
{
    struct job *job = NULL;
    int64_t until_us;
    g_mutex_lock(&sender->lock);
    while (!sender->closing && (job = take_due(sender, g_get_monotonic_time(), &until_us)) == NULL) {
        if (until_us == INT64_MAX) {
            g_cond_wait(&sender->changed, &sender->lock);
        } else {
            g_cond_wait_until(&sender->changed, &sender->lock, until_us);
        }
    }
    g_mutex_unlock(&sender->lock);
    return job;
}

/* Takes `job`, which failed: it waits for its next try, if that can still be of use. */
static void try_later(struct sender *sender, struct job *job, const char *reason)
{
    const int64_t now_us = g_get_monotonic_time();
    job->tries++;
    job->next_us = now_us + webhook_retry_us(job->tries, sender->config->sender.retry_first_ms);
    g_warning("event=send_failed purpose=%s tries=%u reason=\"%s\"", job->message.purpose, job->tries, reason);
    g_mutex_lock(&sender->lock);
    if (job->next_us < job->expires_us && !sender->closing) {
        g_queue_push_tail(&sender->jobs, g_steal_pointer(&job));
    }
    g_mutex_unlock(&sender->lock);
    if (job != NULL) {
        metrics_sent(sender->metrics, job->message.purpose, "given_up");
        job_free(job);
    }
}

static void *run(void *data)
{
    struct sender *sender = data;
    struct job *job;
    while ((job = wait_for_job(sender)) != NULL) {
        g_autofree char *reason = sender_deliver(sender, &job->message);
        if (reason == NULL) {
            job_free(job);
        } else {
            try_later(sender, job, reason);
        }
    }
    return NULL;
}

bool sender_queue(struct sender *sender, const struct sender_message *message, int64_t valid_us)
{
    const int64_t now_us = g_get_monotonic_time();
    struct job *job = g_new0(struct job, 1);
    *job = (struct job){.message = {.purpose = g_strdup(message->purpose),
                                    .to_kind = g_strdup(message->to_kind),
                                    .to = g_strdup(message->to),
                                    .language = g_strdup(message->language),
                                    .id = g_strdup(message->id),
                                    .subject = g_strdup(message->subject),
                                    .text = g_strdup(message->text),
                                    .code = g_strdup(message->code)},
                        .expires_us = now_us + valid_us,
                        .next_us = now_us};
    g_mutex_lock(&sender->lock);
    const bool queued = g_queue_get_length(&sender->jobs) < sender->config->sender.queue_max;
    if (queued) {
        g_queue_push_tail(&sender->jobs, g_steal_pointer(&job));
        g_cond_signal(&sender->changed);
    }
    g_mutex_unlock(&sender->lock);
    if (!queued) {
        metrics_sent(sender->metrics, message->purpose, "refused");
        job_free(job);
    }
    return queued;
}

/* ---- beginning and end ---- */

struct sender *sender_new(const struct config *config, struct metrics *metrics, GError **error)
{
    char *password;
    if (!config_sender_password(config, &password, error)) {
        return NULL;
    }
    struct sender *sender = g_new0(struct sender, 1);
    sender->config = config;
    sender->metrics = metrics;
    sender->password = password;
    g_mutex_init(&sender->lock);
    g_cond_init(&sender->changed);
    g_queue_init(&sender->jobs);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    sender->thread = g_thread_new("sender", run, sender);
    return sender;
}

void sender_stop(struct sender *sender)
{
    g_mutex_lock(&sender->lock);
    g_atomic_int_set(&sender->closing, 1);
    g_cond_broadcast(&sender->changed);
    g_mutex_unlock(&sender->lock);
}

void sender_free(struct sender *sender)
{
    if (sender == NULL) {
        return;
    }
    sender_stop(sender);
    g_thread_join(sender->thread);
    g_queue_clear_full(&sender->jobs, job_free);
    g_cond_clear(&sender->changed);
    g_mutex_clear(&sender->lock);
    store_secret_free(sender->password);
    g_free(sender);
}

/* ---- doctor ---- */

char *sender_examine(const struct config *config)
{
    g_autoptr(GError) error = NULL;
    char *password = NULL;
    if (is_kind(config, "command")) {
        return program_missing(config->sender.command);
    }
    if (is_kind(config, "none")) {
        return NULL;
    }
    if (!config_sender_password(config, &password, &error)) {
        return g_strdup(error->message);
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
    set_server(curl, config, password);
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L); /* no mail: */
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP");
    char *reason = smtp_reason(curl, curl_easy_perform(curl));
    curl_easy_cleanup(curl);
    store_secret_free(password);
    return reason;
}
