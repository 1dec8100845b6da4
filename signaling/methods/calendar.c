/* The officers' calendar: a day or a week of the mission, and who has not booked yet. */
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/interview.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/schedule.h"

#define UNBOOKED_MAX 200
#define WEEK_DAYS    7

/* ---- an interview ---- */

static json_t *entry_json(const struct store_interview *interview, const char *applicant)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:i, s:s}", "interview_id", interview->id, "order_ref",
                     interview->order_ref, "document", interview->document, "state",
                     interview_state_name(interview->state), "state_since", instant_json(interview->state_since_us),
                     "scheduled_at", instant_json(interview->scheduled_us), "length_min", (int)interview->length_min,
                     "applicant", applicant);
}

/* Takes `interviews`, NULL with its `cause`. */
static json_t *entries_json(struct service *service, GPtrArray *interviews, GError *cause, GError **error)
{
    g_autoptr(GPtrArray) names = interviews != NULL ? store_party_applicants(service->store, interviews, &cause) : NULL;
    json_t *entries = NULL;
    if (names == NULL) {
        failure_store(error, cause, "interviews");
    } else {
        entries = json_array();
        for (guint i = 0; i < interviews->len; i++) {
            json_array_append_new(entries, entry_json(interviews->pdata[i], names->pdata[i]));
        }
    }
    g_clear_pointer(&interviews, g_ptr_array_unref);
    return entries;
}

/* ---- days ---- */

static json_t *times_json(const struct schedule *schedule, const struct instant_day *day, GError **error)
{
    g_autoptr(GArray) slots = schedule_slots(schedule, day->from_us, day->to_us, NULL, error);
    json_t *times = slots != NULL ? json_array() : NULL;
    for (guint i = 0; slots != NULL && i < slots->len; i++) {
        const struct slot *slot = &g_array_index(slots, struct slot, i);
        json_array_append_new(times,
                              json_pack("{s:o, s:i}", "at", instant_json(slot->from_us), "free", (int)slot->free));
    }
    return times;
}

static json_t *day_json(const struct schedule *schedule, const struct instant_day *day, GError **error)
{
    GError *cause = NULL;
    json_t *times = times_json(schedule, day, error);
    if (times == NULL) {
        return NULL;
    }
    GPtrArray *interviews =
        store_interview_list(schedule->service->store, schedule->mission->id, day->from_us, day->to_us, &cause);
    json_t *entries = entries_json(schedule->service, interviews, cause, error);
    if (entries == NULL) {
        json_decref(times);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:o, s:b, s:o, s:o}", "day", day->text, "from", instant_json(day->from_us), "to",
                     instant_json(day->to_us), "holiday", policy_is_holiday(schedule->policy, day->text), "slots",
                     times, "interviews", entries);
}

static GDate date_of(const struct instant_day *day)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)atoi(day->text + 8), (GDateMonth)atoi(day->text + 5), (GDateYear)atoi(day->text));
    return date;
}

static int days_since_monday(const struct instant_day *day)
{
    const GDate date = date_of(day);
    return (int)g_date_get_weekday(&date) - 1;
}

/* Changes the text alone. */
static void move_day(struct instant_day *day, int days)
{
    const GDate before = date_of(day);
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)((int)g_date_get_julian(&before) + days));
    g_date_strftime(day->text, sizeof day->text, "%Y-%m-%d", &date);
}

static json_t *days_json(const struct schedule *schedule, struct instant_day day, unsigned count, GError **error)
{
    json_t *days = json_array();
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *text = g_strdup(day.text);
        json_t *view =
            instant_day(schedule->mission->time_zone, text, 0, &day, error) ? day_json(schedule, &day, error) : NULL;
        if (view == NULL) {
            json_decref(days);
            return NULL;
        }
        json_array_append_new(days, view);
        move_day(&day, 1);
    }
    return days;
}

static json_t *calendar_json(const struct schedule *schedule, const json_t *params, GError **error)
{
    struct service *service = schedule->service;
    struct instant_day day;
    GError *cause = NULL;
    const bool week = g_strcmp0(param_text(params, "view"), "week") == 0;
    if (!instant_day(schedule->mission->time_zone, param_text(params, "day"), g_get_real_time(), &day, error)) {
        return NULL;
    }
    if (week) {
        move_day(&day, -days_since_monday(&day));
    }
    json_t *days = days_json(schedule, day, week ? WEEK_DAYS : 1, error);
    if (days == NULL) {
        return NULL;
    }
    GPtrArray *waiting = store_interview_unbooked(service->store, schedule->mission->id, UNBOOKED_MAX, &cause);
    json_t *unbooked = entries_json(service, waiting, cause, error);
    if (unbooked == NULL) {
        json_decref(days);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:i, s:i, s:o, s:o}", "view", week ? "week" : "day", "time_zone",
                     schedule->mission->time_zone, "length_min", (int)schedule->policy->appointment.length_min,
                     "capacity", (int)schedule->policy->appointment.capacity, "days", days, "unbooked", unbooked);
}

static json_t *calendar(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Schedule) schedule = {0};
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(service->store, caller->mission, &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return NULL;
    }
    json_t *result = schedule_init(&schedule, service, mission, error) ? calendar_json(&schedule, params, error) : NULL;
    store_mission_free(mission);
    return result;
}

static const char *const views[] = {"day", "week", NULL};
static const struct rpc_param calendar_params[] = {
    {.name = "day",
     .type = RPC_STRING,
     .optional = true,
     .min = 10,
     .max = 10,
     .summary = "YYYY-MM-DD in the mission's time zone; left out: today."},
    {.name = "view",
     .type = RPC_STRING,
     .optional = true,
     .values = views,
     .summary = "That day (left out: this), or the week from Monday on that it is in."},
    {0},
};

const struct rpc_method calendar_methods[] = {
    {.name = "schedule.calendar",
     .roles = RPC_OFFICER,
     .summary = "The mission's day or week: appointment times with what is free, interviews, and those not booked yet.",
     .params = calendar_params,
     .result = "Calendar",
     .call = calendar},
    {0},
};
