/* policy: what one mission decides for itself: hours, holidays, appointments, when an interview is proposed, and what
 * domain.md calls mission policy. One readable file for each, MISSION.conf in the folder interview.policies
 * (deploy/missions has two, commented); a mission without one has the defaults. Beside it may lie MISSION.script, what
 * is gone through in an interview (script.h). Read once at start, constant afterwards, any thread. */
#pragma once

#include "signaling/config_reader.h"
#include "signaling/script.h"
#include "store/store.h"

#include <jansson.h>

#define POLICY_WEEKDAYS 7

struct policy {
    struct {
        char *time_zone; /* IANA; NULL: the store's, as the names */
        char *name_en, *name_zh_hans, *name_zh_hant;
        char **languages; /* of interviews: zh-Hans, zh-Hant, en */
    } mission;
    struct {
        GArray *monday, *tuesday, *wednesday, *thursday, *friday, *saturday, *sunday; /* of struct config_span */
        char **holidays;                                                              /* YYYY-MM-DD */
    } hours;
    struct {
        unsigned length_min;
        unsigned capacity;      /* interviews at the same time */
        unsigned notice_h;      /* booked, moved and cancelled no later than this before */
        unsigned ahead_days;    /* and no earlier than this */
        unsigned reschedulings; /* bookings after the first */
        unsigned link_days;     /* the links of a required interview work for this long */
    } appointment;
    struct {
        unsigned minor_age;                                 /* younger: proposed (D-20); 0: never */
        unsigned guardian_age;                              /* younger: a guardian takes part (D-21); 0: never */
        bool facecheck_undecided, first_issue, every_order; /* D-19, D-32 */
    } interview;
    struct {
        unsigned tries_max; /* D-18; 0: the service's */
    } facecheck;
    struct {
        unsigned years;
    } retention;
    struct {
        char *en, *zh_hans, *zh_hant; /* how fees are paid (D-48); NULL: nothing to say */
    } payment;
    struct {
        char **kinds; /* of documents that may be ordered (D-6, D-7) */
    } orders;
    struct {
        char **countries;    /* where applicants live (D-22); empty: anywhere */
        char **districts;    /* of them the mission's own; empty: all */
        bool cross_district; /* others are accepted, too, after its own (D-23 .. D-25) */
    } jurisdiction;
    struct {
        unsigned capacity_per_day; /* orders taken into review (D-28) */
    } review;
};

/* Ends with a NULL group; offsets are into struct policy. */
extern const struct config_setting policy_settings[];

/* Reads one file's text; `name` stands for the file in messages. Fails with a CONFIG_ERROR with file and line. */
struct policy *policy_parse(const char *text, size_t length, const char *name, GError **error);
void policy_free(struct policy *policy);

/* 1 Monday … 7 Sunday (ISO 8601): GArray of struct config_span, borrowed. */
const GArray *policy_hours(const struct policy *policy, unsigned weekday);
bool policy_is_holiday(const struct policy *policy, const char *day);
/* Whether the applicant may book once more after `bookings`. */
bool policy_may_book(const struct policy *policy, unsigned bookings);
/* How old somebody is on a day, in whole years; both YYYY-MM-DD and valid. Born on 29 February: a year older on 1
 * March.
 */
unsigned policy_age(const char *birth_date, const char *today);
/* Whether a party of that age needs a guardian in the interview (D-21). */
bool policy_needs_guardian(const struct policy *policy, unsigned age);

/* D-22 … D-25: where an applicant lives, to the mission. `region` is a code (region.h). */
enum policy_district { DISTRICT_OWN, DISTRICT_OTHER, DISTRICT_NOT_ACCEPTED, DISTRICT_ABROAD };
enum policy_district policy_district(const struct policy *policy, const char *region);

/* What is known of an order when it is asked whether to interview. */
struct policy_order {
    bool age_known;
    unsigned age;
    bool facecheck_undecided; /* failed or skipped */
    bool first_issue;
};
/* Why policy proposes an interview (D-33: an officer decides): a JSON array of "minor", "facecheck", "first_issue",
 * "every_order"; empty: it does not. */
json_t *policy_triggers(const struct policy *policy, const struct policy_order *order);

/* ---- all of them ---- */
struct policies;
/* Every *.conf and *.script of `folder`; NULL: none. Fails at the first that cannot be read, naming file and line. */
struct policies *policies_load(const char *folder, GError **error);
void policies_free(struct policies *policies);
/* A mission's; the defaults where it has no file. `policies` NULL: the defaults. Borrowed. */
const struct policy *policies_get(const struct policies *policies, const char *mission);
/* A mission's script, likewise. */
const struct script *policies_script(const struct policies *policies, const char *mission);
/* The missions that have a file, sorted: NULL-terminated, caller frees the array alone. */
const char **policies_missions(const struct policies *policies);
/* Gives the store's missions the names and time zones of their files, and makes those that are not there. A new one
 * whose file does not name it in English and simplified Chinese and say its time zone is not made, and the log says so.
 */
bool policies_apply(const struct policies *policies, struct store *store, GError **error);
