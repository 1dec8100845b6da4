#include "signaling/slots.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_S  INT64_C(60)
#define HOUR_S    (60 * MINUTE_S)
#define DAY_S     (24 * HOUR_S)

/* No clock on earth is further from UTC than this. */
#define OFFSET_MAX_S (15 * HOUR_S)

/* ---- what clocks show ---- */

/* A stretch of time throughout which local time is UTC + offset_s. */
struct stretch {
    int64_t from_s, to_s, offset_s;
};
#define STRETCHES_MAX 2 /* in a few days: clocks do not change twice in them */

static int64_t offset_at(GTimeZone *zone, int64_t at_s)
{
    return g_time_zone_get_offset(zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s));
}

/* The first second in (from_s, to_s] that has the offset of to_s. */
static int64_t change_of_clocks(GTimeZone *zone, int64_t from_s, int64_t to_s)
{
    const int64_t before_s = offset_at(zone, from_s);
    while (to_s - from_s > 1) {
        const int64_t middle_s = from_s + (to_s - from_s) / 2;
        if (offset_at(zone, middle_s) == before_s) {
            from_s = middle_s;
        } else {
            to_s = middle_s;
        }
    }
    return to_s;
}

static unsigned find_stretches(GTimeZone *zone, int64_t from_s, int64_t to_s, struct stretch out[STRETCHES_MAX])
{
    const int64_t first_s = offset_at(zone, from_s), last_s = offset_at(zone, to_s);
    if (first_s == last_s) {
        out[0] = (struct stretch){from_s, to_s, first_s};
        return 1;
    }
    const int64_t change_s = change_of_clocks(zone, from_s, to_s);
    out[0] = (struct stretch){from_s, change_s, first_s};
    out[1] = (struct stretch){change_s, to_s, last_s};
    return 2;
}

/* ---- one day ---- */

struct listing {
    const struct policy *policy;
    GTimeZone *zone;
    int64_t from_us, to_us;
    GArray *slots;
};

static void add_opening(const struct listing *listing, int64_t opens_s, int64_t closes_s)
{
    const int64_t length_s = listing->policy->appointment.length_min * MINUTE_S;
    for (int64_t at_s = opens_s; at_s + length_s <= closes_s; at_s += length_s) {
        const struct slot slot = {at_s * SECOND_US, (at_s + length_s) * SECOND_US,
                                  listing->policy->appointment.capacity};
        if (slot.from_us >= listing->from_us && slot.from_us < listing->to_us) {
            g_array_append_val(listing->slots, slot);
        }
    }
}

/* When the clock shows `span` on the day whose midnight would be `midnight_s` if it were in UTC. Two openings that
 * touch are one: the mission does not close because clocks change. */
static void add_span(const struct listing *listing, int64_t midnight_s, const struct config_span *span,
                     const struct stretch *stretches, unsigned count)
{
    int64_t opens_s = 0, closes_s = 0;
    for (unsigned i = 0; i < count; i++) {
        const int64_t shifted_s = midnight_s - stretches[i].offset_s;
        const int64_t from_s = MAX(stretches[i].from_s, shifted_s + span->from_min * MINUTE_S);
        const int64_t to_s = MIN(stretches[i].to_s, shifted_s + span->to_min * MINUTE_S);
        if (from_s >= to_s) {
            continue;
        }
        if (from_s != closes_s) {
            add_opening(listing, opens_s, closes_s);
            opens_s = from_s;
        }
        closes_s = to_s;
    }
    add_opening(listing, opens_s, closes_s);
}

static void add_day(const struct listing *listing, GDateTime *day)
{
    const GArray *spans = policy_hours(listing->policy, (unsigned)g_date_time_get_day_of_week(day));
    g_autofree char *text = g_date_time_format(day, "%Y-%m-%d");
    if (spans->len == 0 || policy_is_holiday(listing->policy, text)) {
        return;
    }
    struct stretch stretches[STRETCHES_MAX];
    const int64_t midnight_s = g_date_time_to_unix(day);
    const unsigned count =
        find_stretches(listing->zone, midnight_s - OFFSET_MAX_S, midnight_s + DAY_S + OFFSET_MAX_S, stretches);
    for (guint i = 0; i < spans->len; i++) {
        add_span(listing, midnight_s, &g_array_index(spans, struct config_span, i), stretches, count);
    }
}

/* ---- all ---- */

static int by_time(const void *a, const void *b)
{
    const struct slot *first = a, *second = b;
    return (first->from_us > second->from_us) - (first->from_us < second->from_us);
}

/* Days are named in UTC here, so that each is 24 hours long and comes once; the first and the last may be another day
 * at the mission. */
GArray *slots_list(const struct policy *policy, GTimeZone *zone, int64_t from_us, int64_t to_us)
{
    const struct listing listing = {policy, zone, from_us, to_us, g_array_new(FALSE, FALSE, sizeof(struct slot))};
    g_autoptr(GDateTime) from = g_date_time_new_from_unix_utc(from_us / SECOND_US - DAY_S);
    int year, month, date;
    g_date_time_get_ymd(from, &year, &month, &date);
    g_autoptr(GDateTime) day = g_date_time_new_utc(year, month, date, 0, 0, 0);
    while (from_us < to_us && g_date_time_to_unix(day) < to_us / SECOND_US + DAY_S) {
        add_day(&listing, day);
        GDateTime *next = g_date_time_add_days(day, 1);
        g_date_time_unref(day);
        day = next;
    }
    g_array_sort(listing.slots, by_time); /* spans of an hour that exists twice come by turns */
    return listing.slots;
}

void slots_take(GArray *slots, const GArray *taken)
{
    guint first = 0; /* those before have ended, however long they are */
    for (guint i = 0; i < slots->len; i++) {
        struct slot *slot = &g_array_index(slots, struct slot, i);
        for (guint j = first; j < taken->len; j++) {
            const struct store_appointment *other = &g_array_index(taken, struct store_appointment, j);
            if (other->from_us >= slot->to_us) {
                break;
            }
            if (other->from_us + STORE_LENGTH_MIN_MAX * MINUTE_S * SECOND_US <= slot->from_us) {
                first = j + 1;
            } else if (other->to_us > slot->from_us && slot->free > 0) {
                slot->free--;
            }
        }
    }
}

bool slots_has(const struct policy *policy, GTimeZone *zone, int64_t at_us)
{
    g_autoptr(GArray) slots = slots_list(policy, zone, at_us, at_us + 1);
    return slots->len > 0;
}

void slots_bookable(const struct policy *policy, int64_t now_us, int64_t *from_us, int64_t *to_us)
{
    *from_us = MAX(*from_us, now_us + policy->appointment.notice_h * HOUR_S * SECOND_US);
    *to_us = MIN(*to_us, now_us + policy->appointment.ahead_days * DAY_S * SECOND_US);
}

bool slots_may_change(const struct policy *policy, int64_t at_us, int64_t now_us)
{
    return now_us <= at_us - policy->appointment.notice_h * HOUR_S * SECOND_US;
}
