#include "signaling/demo.h"

#include "signaling/demo_orders.h"
#include "signaling/facecheck_turn.h"
#include "signaling/interview.h"
#include "signaling/password.h"
#include "signaling/ticket.h"

#include <stdio.h>
#include <string.h>

#define MINUTE_US    (60 * G_USEC_PER_SEC)
#define ROUND_US     (5 * MINUTE_US) /* little enough that what is appointed for now is open */
#define LENGTH_MIN   20
#define ROWS_MAX     10 /* appointments of a mission: the last digit of an order's number says which */
#define FIRST_NUMBER 100
#define PARTIES_MAX  2
#define OFFICERS     3 /* enough for handing a call over and a second opinion */
#define CHECKS_MAX   2
#define CHECK_NUMBER 900 /* of the first order that has a face check and no interview */

struct demo_party {
    enum store_role role;
    const char *name;
};

/* An appointment, made anew when the earlier one is over. */
struct demo_row {
    int in_min; /* from now, rounded up to five minutes */
    const char *document;
    struct demo_party parties[PARTIES_MAX];
};

/* A face check: of a row's order, so that there is something to compare its captures with, or of one of its own. */
struct demo_check {
    bool own;
    unsigned row;
    const char *document, *name, *birth_date, *sex, *number, *expiry_date;
};

struct demo_officer {
    const char *login, *name;
};

struct demo_mission {
    struct store_mission mission;
    const char *place;    /* in order numbers */
    const char *password; /* of all of its officers */
    struct demo_officer officers[OFFICERS];
    struct demo_row rows[ROWS_MAX];       /* ends with no document */
    struct demo_check checks[CHECKS_MAX]; /* likewise */
};

static const struct demo_mission demos[] = {
    {.mission = {.id = (char *)"new-york",
                 .name_en = (char *)"Consulate General in New York",
                 .name_zh_hans = (char *)"驻纽约总领事馆",
                 .name_zh_hant = (char *)"駐紐約總領事館",
                 .time_zone = (char *)"America/New_York"},
     .place = "NYC",
     .password = "demo-new-york",
     .officers = {{"chen", "Chen Jing"}, {"guo", "Guo Hao"}, {"tang", "Tang Yi"}},
     .rows = {{0, "passport", {{STORE_APPLICANT, "Zhang Wei"}}},
              {5, "passport", {{STORE_APPLICANT, "Li Xiaoyu"}, {STORE_GUARDIAN, "Li Na"}}},
              {5, "travel_document", {{STORE_APPLICANT, "Wang Fang"}, {STORE_INTERPRETER, "Sarah Miller"}}},
              {120, "passport", {{STORE_APPLICANT, "Zhao Min"}}}},
     .checks = {{false, 0, "passport", "Zhang Wei", "1988-03-14", "M", "EA0000001", "2027-05-01"},
                {true, 0, "passport", "Huang Mei", "1995-11-02", "F", "EA0000002", "2026-12-31"}}},
    {.mission = {.id = (char *)"stockholm",
                 .name_en = (char *)"Embassy in Stockholm",
                 .name_zh_hans = (char *)"驻瑞典大使馆",
                 .name_zh_hant = (char *)"駐瑞典大使館",
                 .time_zone = (char *)"Europe/Stockholm"},
     .place = "STO",
     .password = "demo-stockholm",
     .officers = {{"lin", "Lin Tao"}, {"he", "He Yun"}, {"song", "Song Rui"}},
     .rows = {{0, "travel_document", {{STORE_APPLICANT, "Liu Yang"}}},
              {120, "passport", {{STORE_APPLICANT, "Sun Li"}}}},
     .checks = {{true, 0, "travel_document", "Wu Jun", "1979-07-23", "M", "EA0000003", "2027-01-15"}}},
};

/* ---- missions and officers ---- */

static bool is_demo(const struct store_mission *mission)
{
    for (size_t i = 0; i < G_N_ELEMENTS(demos); i++) {
        if (g_str_equal(demos[i].mission.id, mission->id)) {
            return true;
        }
    }
    return false;
}

static bool check_store(struct store *store, GError **error)
{
    g_autoptr(GPtrArray) missions = store_mission_list(store, error);
    if (missions == NULL) {
        return false;
    }
    for (guint i = 0; i < missions->len; i++) {
        const struct store_mission *mission = g_ptr_array_index(missions, i);
        if (!is_demo(mission)) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
                        "--demo: the store holds the mission %s, which is not the demo's; use another store.path",
                        mission->id);
            return false;
        }
    }
    return true;
}

static bool add_mission(struct store *store, const struct demo_mission *demo, GError **error)
{
    GError *cause = NULL;
    if (store_mission_add(store, &demo->mission, &cause)) {
        return true;
    }
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        g_error_free(cause); /* an earlier start made it */
        return true;
    }
    g_propagate_error(error, cause);
    return false;
}

/* Makes `*hash` when it is needed first: that takes 64 MiB and a while. */
static bool add_officer(struct store *store, const struct demo_mission *demo, const struct demo_officer *officer,
                        char **hash, GError **error)
{
    GError *cause = NULL;
    struct store_officer *there = store_officer_by_login(store, officer->login, &cause);
    if (there != NULL) {
        store_officer_free(there);
        return true;
    }
    if (!g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_propagate_error(error, cause);
        return false;
    }
    g_error_free(cause);
    *hash = *hash != NULL ? *hash : password_hash(demo->password);
    if (*hash == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "no memory to hash a password (64 MiB are needed)");
        return false;
    }
    g_autofree char *id = store_id_new();
    const struct store_officer row = {.id = id,
                                      .mission = demo->mission.id,
                                      .login = (char *)officer->login,
                                      .name = (char *)officer->name,
                                      .password_hash = *hash};
    return store_officer_add(store, &row, error);
}

static bool add_officers(struct store *store, const struct demo_mission *demo, GError **error)
{
    g_autofree char *hash = NULL;
    for (unsigned i = 0; i < OFFICERS; i++) {
        if (!add_officer(store, demo, &demo->officers[i], &hash, error)) {
            return false;
        }
    }
    return true;
}

/* ---- face checks ---- */

static struct store_facecheck *new_check(const struct service *service, const struct demo_mission *demo,
                                         const struct demo_check *check, const char *order_ref)
{
    const struct vision_identity identity = {check->name, check->number, check->birth_date, check->expiry_date,
                                             check->sex};
    return facecheck_new(service->config, demo->mission.id, order_ref, check->document, &identity);
}

/* The open one with a new ticket, or a new one. */
static bool fill_check(struct service *service, const struct demo_mission *demo, const struct demo_check *check,
                       const char *order_ref, GError **error)
{
    struct store *store = service->store;
    char *ticket = store_secret_new();
    struct store_facecheck *there = store_facecheck_of_order(store, demo->mission.id, order_ref, NULL);
    bool ok;
    if (there != NULL && there->state == FACECHECK_OPEN) {
        ok = store_facecheck_ticket_issue(store, there->id, ticket,
                                          ticket_facecheck_expires_us(service->config, g_get_real_time()), error);
    } else {
        store_facecheck_free(there);
        there = new_check(service, demo, check, order_ref);
        ok = store_facecheck_add(store, there, ticket, error);
    }
    if (ok) {
        char *link = ticket_link(service->config, ticket);
        printf("  %s  %-18s  %-12s  %s\n", order_ref, "face check", check->name, link);
        store_secret_free(link);
    }
    store_facecheck_free(there);
    store_secret_free(ticket);
    return ok;
}

/* Those of a row's order, or, without a row, those of orders of their own. */
static bool fill_checks(struct service *service, const struct demo_mission *demo, const unsigned *row,
                        const char *row_order, GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    for (unsigned i = 0; i < CHECKS_MAX && demo->checks[i].document != NULL; i++) {
        const struct demo_check *check = &demo->checks[i];
        g_autofree char *own = g_strdup_printf("%d-%s-%06u", g_date_time_get_year(now), demo->place, CHECK_NUMBER + i);
        const bool due = row != NULL ? !check->own && check->row == *row : check->own;
        if (due && !fill_check(service, demo, check, row != NULL ? row_order : own, error)) {
            return false;
        }
    }
    return true;
}

/* ---- appointments ---- */

static struct store_interview *add_interview(struct store *store, const struct demo_mission *demo,
                                             const struct demo_row *row, unsigned number, int64_t scheduled_us,
                                             GError **error)
{
    const int64_t now_us = g_get_real_time();
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    struct store_interview *interview = g_new0(struct store_interview, 1);
    *interview = (struct store_interview){
        .id = store_id_new(),
        .mission = g_strdup(demo->mission.id),
        .order_ref = g_strdup_printf("%d-%s-%06u", g_date_time_get_year(now), demo->place, number),
        .document = g_strdup(row->document),
        .scheduled_us = scheduled_us,
        .length_min = LENGTH_MIN,
        .state_since_us = now_us,
        .guardian_needed = row->parties[1].role == STORE_GUARDIAN,
        .version = 1,
    };
    bool ok = store_interview_add(store, interview, error);
    for (unsigned i = 0; ok && i < PARTIES_MAX && row->parties[i].name != NULL; i++) {
        g_autofree char *id = store_id_new();
        const struct store_party party = {
            .id = id, .interview = interview->id, .role = row->parties[i].role, .name = (char *)row->parties[i].name};
        ok = store_party_add(store, &party, NULL, error);
    }
    if (!ok) {
        g_clear_pointer(&interview, store_interview_free);
    }
    return interview;
}

static void print_links(const struct config *config, const struct store_interview *interview, const char *time_zone,
                        const struct store_party *party, const char *ticket)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(time_zone);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(interview->scheduled_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_ref(utc);
    g_autofree char *time = g_date_time_format(local, "%H:%M");
    static const char *const roles[] = {"applicant", "guardian", "interpreter", "officer"};
    char *link = ticket_link(config, ticket);
    printf("  %s  %s  %-11s  %-12s  %s\n", interview->order_ref, time, roles[party->role], party->name, link);
    store_secret_free(link);
}

/* A new ticket for everybody who comes with one. */
static bool issue_tickets(struct service *service, const struct store_interview *interview, const char *time_zone,
                          GError **error)
{
    g_autoptr(GPtrArray) parties = store_party_list(service->store, interview->id, error);
    bool ok = parties != NULL;
    for (guint i = 0; ok && i < parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(parties, i);
        if (party->role == STORE_OFFICER) {
            continue;
        }
        char *ticket = store_secret_new();
        const int64_t expires_us = ticket_expires_us(service->config, MAX(interview->scheduled_us, g_get_real_time()));
        ok = store_ticket_issue(service->store, party->id, ticket, expires_us, error);
        if (ok) {
            print_links(service->config, interview, time_zone, party, ticket);
        }
        store_secret_free(ticket);
    }
    return ok;
}

static unsigned order_number(const struct store_interview *interview)
{
    const char *digits = strrchr(interview->order_ref, '-');
    return digits != NULL ? (unsigned)g_ascii_strtoull(digits + 1, NULL, 10) : 0;
}

/* Brings one row up to date: as it is while it runs, at a new time while nobody has come, anew when it is over. */
static bool fill_row(struct service *service, const struct demo_mission *demo, unsigned index,
                     const GPtrArray *interviews, unsigned round, GError **error)
{
    const struct demo_row *row = &demo->rows[index];
    const int64_t now_us = g_get_real_time();
    const int64_t scheduled_us = now_us - now_us % ROUND_US + ROUND_US + row->in_min * (int64_t)MINUTE_US;
    struct store_interview *interview = NULL;
    for (guint i = 0; interview == NULL && i < interviews->len; i++) {
        const struct store_interview *there = g_ptr_array_index(interviews, i);
        if (order_number(there) % ROWS_MAX == index && !interview_is_over(there->state) &&
            there->state != INTERVIEW_REQUIRED) {
            interview = store_interview_get(service->store, there->id, error);
            if (interview == NULL) {
                return false;
            }
        }
    }
    if (interview == NULL) {
        interview = add_interview(service->store, demo, row, round * ROWS_MAX + index, scheduled_us, error);
    } else if (interview->state == INTERVIEW_SCHEDULED) {
        if (!store_interview_reschedule(service->store, interview->id, scheduled_us, "system", now_us, error)) {
            store_interview_free(interview);
            return false;
        }
        interview->scheduled_us = scheduled_us;
    }
    const bool ok = interview != NULL && issue_tickets(service, interview, demo->mission.time_zone, error) &&
                    fill_checks(service, demo, &index, interview->order_ref, error);
    store_interview_free(interview);
    return ok;
}

static bool fill_mission(struct service *service, const struct demo_mission *demo, GError **error)
{
    struct store *store = service->store;
    if (!add_mission(store, demo, error) || !add_officers(store, demo, error)) {
        return false;
    }
    g_autoptr(GPtrArray) interviews = store_interview_list(store, demo->mission.id, 0, INT64_MAX, error);
    if (interviews == NULL) {
        return false;
    }
    unsigned round = FIRST_NUMBER / ROWS_MAX;
    for (guint i = 0; i < interviews->len; i++) {
        round = MAX(round, order_number(g_ptr_array_index(interviews, i)) / ROWS_MAX + 1);
    }
    g_autofree char *url = config_public_url(service->config);
    printf("\n%s (%s)\n", demo->mission.name_en, demo->mission.time_zone);
    for (unsigned i = 0; i < OFFICERS; i++) {
        printf("  officer  %s/officer/  login: %s  password: %s\n", url, demo->officers[i].login, demo->password);
    }
    for (unsigned i = 0; demo->rows[i].document != NULL; i++) {
        if (!fill_row(service, demo, i, interviews, round, error)) {
            return false;
        }
    }
    struct store_officer *officer = store_officer_by_login(store, demo->officers[0].login, error);
    const bool ok = officer != NULL && fill_checks(service, demo, NULL, NULL, error) &&
                    demo_orders_fill(service, &demo->mission, officer->id, error);
    store_officer_free(officer);
    return ok;
}

bool demo_fill(struct service *service, GError **error)
{
    if (!check_store(service->store, error)) {
        return false;
    }
    puts("A demo: nobody here is real, and the passwords are known to all.");
    for (size_t i = 0; i < G_N_ELEMENTS(demos); i++) {
        if (!fill_mission(service, &demos[i], error)) {
            return false;
        }
    }
    puts("");
    fflush(stdout);
    return true;
}
