#include "signaling/book.h"

#include "signaling/book_plan.h"
#include "signaling/facecheck_turn.h"
#include "signaling/turn.h"

#define BATCH_MAX   100u
#define EXPIRED_MAX 100u
#define TICK_US     (30 * G_USEC_PER_SEC)
#define TRIES_MAX   5 /* of an order that others change at the same time */

struct book {
    struct service *service;
    GMutex lock; /* one deals with events at a time */

    GMutex wake_lock; /* innermost */
    GCond wake;
    bool woken, closing;
    GThread *thread;
};

/* ---- one event ---- */

/* An interview that was made is told to the officers as if one of them had made it. */
static void tell_interview(struct service *service, const struct store_order *order)
{
    const struct rpc_caller mission = {.role = RPC_OFFICER, .officer = "", .mission = order->mission};
    g_auto(Turn) turn = {0};
    if (turn_begin(&turn, service, &mission, order->interview, NULL)) {
        turn.changed = true;
    }
}

enum verdict {
    DEALT_WITH, /* the cursor is past it */
    NOTHING,    /* it changes nothing */
    AGAIN,      /* the order has changed meanwhile */
    STALLED,    /* the store cannot, now */
};

static enum verdict verdict_of(const struct store_event *event, const GError *error)
{
    if (g_error_matches(error, RPC_ERROR, RPC_ERROR_CONFLICT)) {
        return AGAIN;
    }
    if (g_error_matches(error, RPC_ERROR, RPC_ERROR_STORAGE_FAILED)) {
        return STALLED;
    }
    g_warning("event=book_passed seq=%" G_GINT64_FORMAT " type=%s reason=\"%s\"", event->seq, event->type,
              error->message);
    return NOTHING;
}

static enum verdict try_event(struct book *book, const struct store_event *event)
{
    struct service *service = book->service;
    g_autoptr(GError) error = NULL;
    g_auto(OrderTurn) turn = {0};
    g_auto(BookPlan) plan = {0};
    if (!order_turn_begin_book(&turn, service, event->order_ref, &error)) {
        return g_error_matches(error, RPC_ERROR, RPC_ERROR_NOT_FOUND) ? NOTHING : verdict_of(event, error);
    }
    if (!book_plan(&plan, &turn, event)) {
        return NOTHING;
    }
    plan.update.seq = event->seq;
    if (!order_turn_apply(&turn, plan.changes, plan.count, &plan.update, &error)) {
        return verdict_of(event, error);
    }
    if (plan.update.interview != NULL) {
        tell_interview(service, turn.row);
    }
    return DEALT_WITH;
}

static enum verdict deal_with(struct book *book, const struct store_event *event)
{
    for (unsigned i = 0; i < TRIES_MAX; i++) {
        const enum verdict verdict = try_event(book, event);
        if (verdict != AGAIN) {
            return verdict;
        }
    }
    return STALLED;
}

/* ---- all of them ---- */

/* Whether there may be more; false also when the store cannot. */
static bool deal_with_batch(struct book *book)
{
    struct store *store = book->service->store;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events = store_book_events(store, BATCH_MAX, &error);
    int64_t passed = 0;
    bool stalled = events == NULL;
    for (guint i = 0; !stalled && i < events->len; i++) {
        const struct store_event *event = events->pdata[i];
        const enum verdict verdict = book_concerns(event) ? deal_with(book, event) : NOTHING;
        stalled = verdict == STALLED;
        passed = verdict == NOTHING ? event->seq : passed;
    }
    if (passed != 0 && error == NULL) {
        store_book_pass(store, passed, &error);
    }
    if (stalled || error != NULL) {
        g_warning("event=book_stalled reason=\"%s\"",
                  error != NULL ? error->message : "an order cannot be changed now");
        return false;
    }
    return events->len == BATCH_MAX;
}

void book_catch_up(struct book *book)
{
    g_mutex_lock(&book->lock);
    while (book->thread != NULL && deal_with_batch(book)) {
    }
    g_mutex_unlock(&book->lock);
}

/* ---- what time brings ---- */

static void expire(struct service *service, const char *facecheck, int64_t now_us)
{
    g_auto(FacecheckTurn) turn = {0};
    g_autoptr(GError) error = NULL;
    if (!facecheck_turn_begin_system(&turn, service, facecheck, &error)) {
        g_warning("event=facecheck_not_expired facecheck=%s reason=\"%s\"", facecheck, error->message);
        return;
    }
    if (turn.row->state == FACECHECK_OPEN && turn.row->ticket_expires_us <= now_us &&
        facecheck_turn_running(&turn) == NULL) {
        facecheck_turn_apply(&turn, FACECHECK_EXPIRED, "system", NULL);
    }
}

void book_tick(struct book *book, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) expired = store_order_facechecks_expired(book->service->store, now_us, EXPIRED_MAX, &error);
    if (expired == NULL) {
        g_warning("event=book_stalled reason=\"%s\"", error->message);
        return;
    }
    for (guint i = 0; i < expired->len; i++) {
        expire(book->service, expired->pdata[i], now_us);
    }
}

/* ---- beginning and end ---- */

static void on_events(void *context)
{
    struct book *book = context;
    g_mutex_lock(&book->wake_lock);
    book->woken = true;
    g_cond_signal(&book->wake);
    g_mutex_unlock(&book->wake_lock);
}

/* False when it is time to end. */
static bool wait_for_work(struct book *book)
{
    const int64_t until_us = g_get_monotonic_time() + TICK_US;
    g_mutex_lock(&book->wake_lock);
    while (!book->woken && !book->closing && g_cond_wait_until(&book->wake, &book->wake_lock, until_us)) {
    }
    book->woken = false;
    const bool go_on = !book->closing;
    g_mutex_unlock(&book->wake_lock);
    return go_on;
}

static void *run(void *data)
{
    struct book *book = data;
    int64_t tick_us = 0;
    do {
        if (g_get_monotonic_time() >= tick_us) {
            book_tick(book, g_get_real_time());
            tick_us = g_get_monotonic_time() + TICK_US;
        }
        book_catch_up(book);
    } while (wait_for_work(book));
    return NULL;
}

struct book *book_new(struct service *service)
{
    struct book *book = g_new0(struct book, 1);
    book->service = service;
    g_mutex_init(&book->lock);
    g_mutex_init(&book->wake_lock);
    g_cond_init(&book->wake);
    if (service->config->book.enabled) {
        store_events_watch(service->store, on_events, book);
        g_mutex_lock(&book->lock); /* until it is known that there is a thread */
        book->thread = g_thread_new("book", run, book);
        g_mutex_unlock(&book->lock);
    }
    return book;
}

void book_free(struct book *book)
{
    if (book == NULL) {
        return;
    }
    if (book->thread != NULL) {
        store_events_unwatch(book->service->store, on_events, book);
        g_mutex_lock(&book->wake_lock);
        book->closing = true;
        g_cond_signal(&book->wake);
        g_mutex_unlock(&book->wake_lock);
        g_thread_join(book->thread);
    }
    g_cond_clear(&book->wake);
    g_mutex_clear(&book->wake_lock);
    g_mutex_clear(&book->lock);
    g_free(book);
}
