#include "signaling/message_text.h"

#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/policy.h"
#include "signaling/wording.h"

#include <string.h>

static bool is_english(const char *language)
{
    return strcmp(language, "en") == 0;
}

/* ---- values ---- */

char *message_when(int64_t us, const char *time_zone, const char *language)
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    static const char *const days_zh[] = {"一", "二", "三", "四", "五", "六", "日"};
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(time_zone);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) at = zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_ref(utc);
    g_autofree char *clock = g_date_time_format(at, "%H:%M");
    g_autofree char *offset = g_date_time_format(at, "%:z");
    const char *name = zone != NULL ? time_zone : "UTC";
    const int day = g_date_time_get_day_of_week(at) - 1, month = g_date_time_get_month(at);
    if (is_english(language)) {
        return g_strdup_printf("%s, %d %s %d, %s (%s, UTC%s)", days[day], g_date_time_get_day_of_month(at),
                               months[month - 1], g_date_time_get_year(at), clock, name, offset);
    }
    return g_strdup_printf("%d年%d月%d日（星期%s）%s（%s，UTC%s）", g_date_time_get_year(at), month,
                           g_date_time_get_day_of_month(at), days_zh[day], clock, name, offset);
}

/* What each of the names is called, as the language lists them. New reference. */
static json_t *list_words(const struct templates *templates, const char *language, const char *prefix,
                          const json_t *names)
{
    GString *list = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        g_autofree char *key = g_strconcat(prefix, name != NULL ? name : "", NULL);
        const char *word = template_word(templates, language, key);
        if (word != NULL) {
            g_string_append_printf(list, "%s%s", list->len == 0 ? "" : is_english(language) ? ", " : "、", word);
        }
    }
    json_t *text = json_string(list->str);
    g_string_free(list, TRUE);
    return text;
}

static const char *text_of(const json_t *args, const char *name)
{
    return json_string_value(json_object_get(args, name));
}

static json_t *values_of(struct service *service, const struct store_message *message, const char *language,
                         const struct store_mission *mission, const json_t *args)
{
    const struct policy *policy = policies_get(service->policies, message->mission);
    const struct wording name = wording_of_mission(mission), payment = wording_of_payment(policy);
    int64_t when_us = 0;
    const char *scheduled_at = text_of(args, "scheduled_at");
    const bool appointed = scheduled_at != NULL && instant_parse(scheduled_at, &when_us);
    g_autofree char *when = appointed ? message_when(when_us, mission->time_zone, language) : NULL;
    const struct templates *templates = service->templates;
    return json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:o*, s:o*, s:s*}", "number", message->order_number, "mission",
                     wording_for(&name, language), "when", when, "reason", text_of(args, "reason"), "tracking",
                     text_of(args, "tracking"), "materials",
                     list_words(templates, language, "slot_", json_object_get(args, "slots")), "details",
                     list_words(templates, language, "field_", json_object_get(args, "fields")), "payment",
                     wording_for(&payment, language));
}

/* ---- messages ---- */

static const char *template_of(const struct store_message *message, const json_t *args)
{
    const bool collect = g_strcmp0(text_of(args, "way"), "collect") == 0;
    return collect && strcmp(message->template, "dispatched") == 0 ? "collect" : message->template;
}

bool message_text(struct service *service, const struct store_message *message, const char *language,
                  struct template_text *text, GError **error)
{
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(service->store, message->mission, &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return false;
    }
    json_t *args = json_loads(message->args != NULL ? message->args : "{}", 0, NULL);
    json_t *values = values_of(service, message, language, mission, args);
    template_render(service->templates, language, message->mission, template_of(message, args), values, text);
    json_decref(values);
    json_decref(args);
    store_mission_free(mission);
    return true;
}

json_t *message_view(struct service *service, const struct store_message *message, const char *language, GError **error)
{
    g_auto(TemplateText) text = {0};
    if (!message_text(service, message, language, &text, error)) {
        return NULL;
    }
    return json_pack("{s:I, s:o, s:b, s:s, s:s, s:s, s:s, s:s, s:s}", "seq", (json_int_t)message->seq, "at",
                     instant_json(message->at_us), "read", message->read_us != 0, "order_id", message->order_id,
                     "order_number", message->order_number, "template", message->template, "title", text.title, "text",
                     text.text, "state", message->state);
}
