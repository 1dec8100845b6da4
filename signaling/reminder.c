#include "signaling/reminder.h"

#include "signaling/instant.h"

#define BATCH_MAX 100u
#define MINUTE_US (INT64_C(60) * G_USEC_PER_SEC)
#define SOON_US   (10 * MINUTE_US)
#define DAY_US    (24 * 60 * MINUTE_US)

/* That of the day is of no use any more once the other is due. */
static const struct {
    struct store_reminder_kind kind;
    const char *template;
} kinds[] = {
    {{"day", DAY_US, SOON_US}, "reminder_day"},
    {{"soon", SOON_US, 0}, "reminder_soon"},
};

static bool send_reminder(struct store *store, const struct store_reminder *reminder, unsigned kind, int64_t now_us,
                          GError **error)
{
    json_t *args = json_pack("{s:o}", "scheduled_at", instant_json(reminder->scheduled_us));
    g_autofree char *text = json_dumps(args, JSON_COMPACT);
    json_decref(args);
    const struct store_reminder_words words = {kinds[kind].template, text};
    return store_reminder_send(store, reminder, kinds[kind].kind.name, &words, now_us, error);
}

static bool send_kind(struct store *store, unsigned kind, int64_t now_us, GError **error)
{
    g_autoptr(GPtrArray) due = store_reminder_due(store, &kinds[kind].kind, now_us, BATCH_MAX, error);
    bool ok = due != NULL;
    for (guint i = 0; ok && i < due->len; i++) {
        const struct store_reminder *reminder = g_ptr_array_index(due, i);
        ok = send_reminder(store, reminder, kind, now_us, error);
        if (ok) {
            g_message("event=reminded kind=%s interview=%s", kinds[kind].kind.name, reminder->interview);
        }
    }
    return ok;
}

void reminder_tick(struct service *service, int64_t now_us)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GError) error = NULL;
        if (!send_kind(service->store, i, now_us, &error)) {
            g_warning("event=reminders_failed kind=%s reason=\"%s\"", kinds[i].kind.name, error->message);
        }
    }
}
