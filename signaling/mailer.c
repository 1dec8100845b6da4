#include "signaling/mailer.h"

#include "signaling/message_text.h"
#include "signaling/metrics.h"
#include "signaling/sender.h"
#include "signaling/webhook.h"

#include <string.h>

#define LOOK_US G_USEC_PER_SEC

struct mailer {
    struct service *service;
    GMutex lock;
    GCond closed;
    bool closing;
    GThread *thread;
};

/* ---- one mail ---- */

/* NULL: it was taken. Otherwise why not; caller frees. */
static char *deliver(struct service *service, const struct store_message *message, const struct store_account *account)
{
    g_auto(TemplateText) text = {0};
    g_autoptr(GError) error = NULL;
    if (!message_text(service, message, account->language, &text, &error)) {
        return g_strdup(error->message);
    }
    g_autofree char *url = config_public_url(service->config);
    g_autofree char *whole = g_strconcat(text.text, "\n\n", url, "/\n", NULL);
    g_autofree char *id = g_strdup_printf("message-%" G_GINT64_FORMAT, message->seq);
    const struct sender_message mail = {.purpose = "message",
                                        .to_kind = account->contact_kind,
                                        .to = account->contact,
                                        .language = account->language,
                                        .id = id,
                                        .subject = text.title,
                                        .text = whole};
    return sender_deliver(service->sender, &mail);
}

static bool is_wanted(const struct store_account *account)
{
    return account->mail_messages && account->contact != NULL && strcmp(account->contact_kind, "email") == 0;
}

static bool is_old(const struct service *service, const struct store_message *message)
{
    return g_get_real_time() - message->at_us >= (int64_t)service->config->sender.give_up_s * G_USEC_PER_SEC;
}

static bool give_up(struct service *service, const struct store_message *message, const char *reason, GError **error)
{
    g_warning("event=mail_given_up seq=%" G_GINT64_FORMAT " tries=%u reason=\"%s\"", message->seq, message->mail_tries,
              reason);
    metrics_sent(service->metrics, "message", "given_up");
    return store_message_mail_tried(service->store, message->seq, MAIL_GIVEN_UP, 0, error);
}

/* Sends it, or says when to try again. */
static bool handle(struct service *service, const struct store_message *message, GError **error)
{
    struct store_account *account = store_account_get(service->store, message->account, error);
    if (account == NULL) {
        return false;
    }
    const bool wanted = is_wanted(account), old = is_old(service, message);
    g_autofree char *reason = wanted && !old ? deliver(service, message, account) : NULL;
    store_account_free(account);
    if (!wanted) {
        return store_message_mail_tried(service->store, message->seq, MAIL_NONE, 0, error);
    }
    if (old || (reason != NULL && is_old(service, message))) {
        return give_up(service, message, reason != NULL ? reason : "it is too old", error);
    }
    if (reason == NULL) {
        return store_message_mail_tried(service->store, message->seq, MAIL_SENT, 0, error);
    }
    const unsigned tries = message->mail_tries + 1;
    g_message("event=mail_failed seq=%" G_GINT64_FORMAT " tries=%u reason=\"%s\"", message->seq, tries, reason);
    return store_message_mail_tried(service->store, message->seq, MAIL_WAITING,
                                    g_get_real_time() + webhook_retry_us(tries, service->config->sender.retry_first_ms),
                                    error);
}

/* The mail that is due longest. False on an error, or when there is none. */
static bool handle_next(struct service *service, GError **error)
{
    GError *cause = NULL;
    struct store_message *message = store_message_mail_due(service->store, g_get_real_time(), &cause);
    if (message == NULL && g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_error_free(cause);
        return false;
    }
    if (message == NULL) {
        g_propagate_error(error, cause);
        return false;
    }
    const bool handled = handle(service, message, error);
    store_message_free(message);
    return handled;
}

/* ---- the thread ---- */

/* False when it is time to end. */
static bool pause_for(struct mailer *mailer, int64_t us)
{
    const int64_t until_us = g_get_monotonic_time() + us;
    g_mutex_lock(&mailer->lock);
    while (!mailer->closing && g_cond_wait_until(&mailer->closed, &mailer->lock, until_us)) {
    }
    const bool closing = mailer->closing;
    g_mutex_unlock(&mailer->lock);
    return !closing;
}

static void *run(void *data)
{
    struct mailer *mailer = data;
    bool busy = false;
    while (pause_for(mailer, busy ? 0 : LOOK_US)) {
        g_autoptr(GError) error = NULL;
        busy = handle_next(mailer->service, &error);
        if (error != NULL) {
            g_warning("event=mailer_stalled reason=\"%s\"", error->message);
        }
    }
    return NULL;
}

struct mailer *mailer_new(struct service *service)
{
    struct mailer *mailer = g_new0(struct mailer, 1);
    mailer->service = service;
    g_mutex_init(&mailer->lock);
    g_cond_init(&mailer->closed);
    if (!sender_is_off(service->sender)) {
        mailer->thread = g_thread_new("mailer", run, mailer);
    }
    return mailer;
}

void mailer_free(struct mailer *mailer)
{
    if (mailer == NULL) {
        return;
    }
    g_mutex_lock(&mailer->lock);
    mailer->closing = true;
    g_cond_signal(&mailer->closed);
    g_mutex_unlock(&mailer->lock);
    g_clear_pointer(&mailer->thread, g_thread_join);
    g_cond_clear(&mailer->closed);
    g_mutex_clear(&mailer->lock);
    g_free(mailer);
}
