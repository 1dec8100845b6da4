/* store: what must not be lost or doubted. The only header of store/ that other modules include.
 *
 * Records lie in a database (db.h), evidence in sealed blobs (blob.h). Names, notes and pictures are sealed with a key
 * of their interview, which the master key wraps: erasing that key erases them. Secrets (tickets, sessions, devices)
 * are kept as SHA-256 only; callers hand the secret in, the hash stays inside.
 *
 * Threads: every function may be called from any thread and blocks until the answer is durable. Instants are UTC
 * microseconds; 0 means "not yet". Strings in structs are owned by the struct; *_clear / *_free releases. Lists are
 * GPtrArrays that own their items. Every function that can fail sets a STORE_ERROR. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum store_error {
    STORE_ERROR_CONFIG, /* folder or master key unusable: which, why, what to do */
    STORE_ERROR_NOT_FOUND,
    STORE_ERROR_CONFLICT, /* exists already, or changed under the caller (version) */
    STORE_ERROR_EXPIRED,
    STORE_ERROR_REVOKED,
    STORE_ERROR_RESCHEDULED, /* the ticket's appointment is not the interview's any more */
    STORE_ERROR_DEVICE,      /* the ticket is tied to another device */
    STORE_ERROR_SUPERSEDED,  /* its order has another interview that is not over */
    STORE_ERROR_TAKEN,       /* no place is left at the time that is asked for */
    STORE_ERROR_FULL,        /* no space left on the device */
    STORE_ERROR_CORRUPT,     /* sealed data does not open: wrong key or altered */
    STORE_ERROR_IO,
};
#define STORE_ERROR store_error_quark()
GQuark store_error_quark(void);

struct store;

/* Opens or creates the store in folder `path` (mode 0700), applying migrations. `master_key` is 32 bytes, copied and
 * wiped at close. Fails with STORE_ERROR_CONFIG, also when the key is not the one this store was made with. */
struct store *store_open(const char *path, const uint8_t master_key[32], GError **error);
void store_close(struct store *store);

#define STORE_SECRET_BYTES 32 /* of randomness in a ticket, session or device secret */
/* A fresh secret as 43 characters of base64url; wipe with store_secret_free. */
char *store_secret_new(void);
void store_secret_free(char *secret);
/* A fresh random id of 26 lower-case base32 characters (128 bits). */
char *store_id_new(void);

/* ---- missions and officers ---- */
struct store_mission {
    char *id, *name_en, *name_zh_hans, *time_zone; /* IANA name */
};
void store_mission_free(struct store_mission *mission);
bool store_mission_add(struct store *store, const struct store_mission *mission, GError **error);
bool store_mission_set_time_zone(struct store *store, const char *id, const char *time_zone, GError **error);
struct store_mission *store_mission_get(struct store *store, const char *id, GError **error);
/* All missions, by id: GPtrArray of struct store_mission. */
GPtrArray *store_mission_list(struct store *store, GError **error);

struct store_officer {
    char *id, *mission, *login, *name, *password_hash; /* Argon2id string of libsodium */
};
void store_officer_free(struct store_officer *officer);
/* STORE_ERROR_CONFLICT when the login is taken. */
bool store_officer_add(struct store *store, const struct store_officer *officer, GError **error);
struct store_officer *store_officer_get(struct store *store, const char *id, GError **error);
struct store_officer *store_officer_by_login(struct store *store, const char *login, GError **error);
/* Those of a mission, by name: GPtrArray of struct store_officer. */
GPtrArray *store_officer_list(struct store *store, const char *mission, GError **error);

/* ---- sessions: of an officer, or of a party or a face check's applicant that redeemed a ticket ---- */
struct store_session {
    char *id;
    char *officer; /* one of the three is set */
    char *party;
    char *facecheck;
    int64_t expires_us;
};
void store_session_free(struct store_session *session);
/* `token` from store_secret_new; kept as a hash. */
bool store_session_add(struct store *store, const struct store_session *session, const char *token, GError **error);
/* STORE_ERROR_NOT_FOUND or _EXPIRED. */
struct store_session *store_session_find(struct store *store, const char *token, int64_t now_us, GError **error);
bool store_session_end(struct store *store, const char *id, GError **error);
/* Deletes what has expired; returns how many. */
unsigned store_session_sweep(struct store *store, int64_t now_us);

/* ---- interviews ---- */
enum store_interview_state {
    INTERVIEW_SCHEDULED,
    INTERVIEW_WAITING,
    INTERVIEW_RINGING,
    INTERVIEW_IN_CALL,
    INTERVIEW_ENDED,
    INTERVIEW_MISSED,
    INTERVIEW_ABORTED,
    INTERVIEW_REQUIRED, /* it has no appointment yet (D-34) */
};
struct store_interview {
    char *id, *mission, *order_ref;
    char *document;       /* "passport" | "travel_document" (D-6) */
    int64_t scheduled_us; /* the appointment; 0: none */
    unsigned length_min;
    unsigned bookings;    /* how often the applicant has chosen a time */
    bool guardian_needed; /* D-21; said once, when it is made */
    enum store_interview_state state;
    int64_t state_since_us;
    int64_t waiting_since_us;
    int64_t ring_expires_us;
    unsigned version; /* grows with each change */
    char *outcome;    /* NULL until decided */
    char *reason;     /* sealed at rest; NULL once erased, as are names and notes */
};
void store_interview_free(struct store_interview *interview);
/* Inserts a new one and makes its key. */
bool store_interview_add(struct store *store, const struct store_interview *interview, GError **error);
struct store_interview *store_interview_get(struct store *store, const char *id, GError **error);
/* The one of an order that is not over, NULL with STORE_ERROR_NOT_FOUND. */
struct store_interview *store_interview_of_order(struct store *store, const char *mission, const char *order_ref,
                                                 GError **error);
/* Of a mission, scheduled in [from_us, to_us), by time. */
GPtrArray *store_interview_list(struct store *store, const char *mission, int64_t from_us, int64_t to_us,
                                GError **error);
/* All that have an appointment and are not yet over, of every mission: what a restarted server picks up. */
GPtrArray *store_interview_live(struct store *store, GError **error);
/* Writes state, times, appointment, outcome, reason and the next version in one transaction with a row of history.
 * `interview->version` must be the stored one, else STORE_ERROR_CONFLICT; on success it is the new one. `actor` is a
 * party or officer id, or "system". */
bool store_interview_update(struct store *store, struct store_interview *interview, const char *actor,
                            const char *event, int64_t now_us, GError **error);
/* Moves the appointment without being asked by its parties: tickets issued for the old time stop working. When the
 * applicant moves it that is store_interview_appoint. */
bool store_interview_reschedule(struct store *store, const char *id, int64_t scheduled_us, const char *actor,
                                int64_t now_us, GError **error);

/* Erases the interview's key, and with it, for good, its reason, names, notes and pictures; its records stay. What was
 * erased reads as NULL, store_capture_read says STORE_ERROR_NOT_FOUND, and adding anything does too. An error after the
 * key is gone (files that cannot be deleted) still is an error: erase again. */
bool store_interview_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error);

/* ---- appointments (D-34, D-35) ---- */
#define STORE_LENGTH_MIN_MAX 240 /* of an appointment, minutes */

struct store_party;
struct store_invitation {
    const struct store_party *party;
    const char *ticket;
};
/* Inserts an interview with its parties and their tickets in one transaction. STORE_ERROR_SUPERSEDED when the
 * order has one of the same mission that is not over. */
bool store_interview_require(struct store *store, const struct store_interview *interview,
                             const struct store_invitation *invitations, size_t count, GError **error);
struct store_booking {
    unsigned capacity;        /* interviews of the mission at the same time */
    int64_t tickets_until_us; /* how long the tickets that come along work at least */
};
/* As store_interview_update, for a change of appointment. In the same transaction the interviews of the mission that
 * are not over and overlap with it are counted, so that no more than booking->capacity of them ever do: else
 * STORE_ERROR_TAKEN. Without an appointment (0) nothing is counted. Who takes part comes along: tickets that opened the
 * interview until now open it for its new appointment, and until booking->tickets_until_us or their own end, whichever
 * is later; those of an earlier time, and expired ones, stay shut. STORE_ERROR_SUPERSEDED when it was missed and its
 * order has another by now. */
bool store_interview_appoint(struct store *store, struct store_interview *interview,
                             const struct store_booking *booking, const char *actor, const char *event, int64_t now_us,
                             GError **error);
struct store_appointment {
    int64_t from_us, to_us;
};
/* Those of the mission's interviews that are not over, as far as they overlap [from_us, to_us), by time: GArray of
 * struct store_appointment. `except` (NULL: none) is left out. */
GArray *store_appointment_list(struct store *store, const char *mission, int64_t from_us, int64_t to_us,
                               const char *except, GError **error);
/* The mission's interviews without an appointment, those that have waited longest first, at most `limit`. */
GPtrArray *store_interview_unbooked(struct store *store, const char *mission, unsigned limit, GError **error);

struct store_history {
    int64_t at_us;
    enum store_interview_state from, to;
    char *actor, *event;
};
GPtrArray *store_interview_history(struct store *store, const char *id, GError **error);

/* ---- parties: who takes part, and the ticket each comes with ---- */
enum store_role { STORE_APPLICANT, STORE_GUARDIAN, STORE_INTERPRETER, STORE_OFFICER };
struct store_party {
    char *id, *interview;
    enum store_role role;
    char *name;                /* sealed at rest */
    char *officer;             /* officer id, for STORE_OFFICER */
    bool ready;                /* in the waiting room */
    bool admitted;             /* may enter the room */
    int64_t ticket_expires_us; /* 0: no ticket */
    bool device_tied;
};
void store_party_free(struct store_party *party);
/* `ticket` may be NULL (officers). The ticket is bound to the interview, the role and the present appointment; before
 * there is one, to that: store_interview_appoint takes it along. */
bool store_party_add(struct store *store, const struct store_party *party, const char *ticket, GError **error);
struct store_party *store_party_get(struct store *store, const char *id, GError **error);
GPtrArray *store_party_list(struct store *store, const char *interview, GError **error);
bool store_party_set(struct store *store, const char *id, bool ready, bool admitted, GError **error);
/* Gives a party a new ticket for the present appointment, tied to no device yet. The earlier one is unknown from then
 * on; the party's sessions go on. */
bool store_ticket_issue(struct store *store, const char *party, const char *ticket, int64_t expires_us, GError **error);
/* Looks a ticket up without changing anything: NOT_FOUND, EXPIRED, REVOKED, RESCHEDULED, or the party. */
struct store_party *store_ticket_find(struct store *store, const char *ticket, int64_t now_us, GError **error);
/* Ties the ticket to `device` if it is not tied yet; STORE_ERROR_DEVICE if it is tied to another, plus the errors of
 * store_ticket_find. Atomic: of two devices at the same moment one wins. */
struct store_party *store_ticket_redeem(struct store *store, const char *ticket, const char *device, int64_t now_us,
                                        GError **error);
/* The ticket stops working and the party's sessions end. */
bool store_ticket_revoke(struct store *store, const char *party, GError **error);

/* ---- notes and captures ---- */
struct store_note {
    char *id, *interview, *officer;
    int64_t at_us;
    char *text; /* sealed at rest */
};
void store_note_free(struct store_note *note);
bool store_note_add(struct store *store, const struct store_note *note, GError **error);
GPtrArray *store_note_list(struct store *store, const char *interview, GError **error);

struct store_capture {
    char *id, *interview, *party, *officer;
    unsigned seq; /* 1, 2, … in its interview; given by the store */
    char *kind;   /* "face" | "document" | "other" */
    char *codec;  /* "VP8" | "H264" */
    char *room;   /* the media room, as text */
    char *dtls_fingerprint;
    uint32_t ssrc, rtp_timestamp;
    int64_t captured_us;
    unsigned width, height;
    uint8_t frame_sha256[32], file_sha256[32];
    uint64_t file_bytes;
};
void store_capture_free(struct store_capture *capture);
/* Seals `jpeg` into a blob, makes it durable, then commits the record: when this returns true both survive a power cut;
 * when it fails neither exists. STORE_ERROR_FULL when the disk is full. Fills `capture->seq`, and from `jpeg`
 * `file_sha256` and `file_bytes`, so that a record never says anything else than what lies there. */
bool store_capture_add(struct store *store, struct store_capture *capture, GBytes *jpeg, GError **error);
struct store_capture *store_capture_get(struct store *store, const char *id, GError **error);
GPtrArray *store_capture_list(struct store *store, const char *interview, GError **error);
/* Opens the blob and checks it against file_sha256; STORE_ERROR_CORRUPT when it does not hold. */
GBytes *store_capture_read(struct store *store, const struct store_capture *capture, GError **error);

/* What was found in a capture, as JSON text, sealed with its interview; replaces an earlier one. */
bool store_capture_findings_set(struct store *store, const char *capture, const char *findings, GError **error);
/* NULL without error: none yet, or erased. */
char *store_capture_findings(struct store *store, const char *capture, GError **error);

/* ---- how an interview is conducted ---- */
/* The guardian who was identified: by which document, and what they are to the applicant (D-21). */
struct store_guardianship {
    char *party;    /* NULL: nobody was */
    char *relation; /* "father" | "mother" | "guardian" */
    char *capture;
    char *officer, *officer_name;
    int64_t at_us;
};
/* A second officer's. */
struct store_opinion {
    char *officer, *officer_name; /* NULL: nobody was asked */
    char *asked_by;
    int64_t asked_us;
    char *opinion; /* "agree" | "disagree"; NULL: not given yet */
    char *reason;  /* sealed at rest; may be NULL */
    int64_t given_us;
};
struct store_conduct {
    char *assigned, *assigned_name; /* the officer whose interview it is; NULL: nobody's yet */
    struct store_guardianship guardian;
    struct store_opinion opinion;
};
void store_conduct_free(struct store_conduct *conduct);
struct store_conduct *store_conduct_get(struct store *store, const char *interview, GError **error);
/* Each of these writes a row of history and the interview's next version with it; nothing is added to an erased one:
 * STORE_ERROR_NOT_FOUND. `event` is what history calls it. Names are not written. */
bool store_interview_assign(struct store *store, const char *interview, const char *officer, const char *actor,
                            const char *event, int64_t now_us, GError **error);
/* Replaces an earlier one. */
bool store_guardianship_set(struct store *store, const char *interview, const struct store_guardianship *guardianship,
                            GError **error);
/* Asks, instead of whoever was asked before; STORE_ERROR_CONFLICT once an opinion was given. */
bool store_opinion_ask(struct store *store, const char *interview, const struct store_opinion *opinion, GError **error);
/* Gives the one that its `officer` was asked for: STORE_ERROR_NOT_FOUND when somebody else was, _CONFLICT when it was
 * given already. */
bool store_opinion_give(struct store *store, const char *interview, const struct store_opinion *opinion,
                        GError **error);

/* Officers of a mission who are in a call, and those who have another interview, not over, while `interview` is
 * appointed: GPtrArray of ids. */
GPtrArray *store_officers_in_call(struct store *store, const char *mission, GError **error);
GPtrArray *store_officers_engaged(struct store *store, const struct store_interview *interview, GError **error);

/* An item of the script that is done, with its wording as it was then. */
struct store_script_answer {
    char *interview, *item;
    char *kind; /* "question" | "capture" | "check" */
    char *en, *zh_hans, *zh_hant;
    char *officer, *officer_name;
    int64_t at_us;
    char *answer; /* sealed at rest; may be NULL */
};
void store_script_answer_free(struct store_script_answer *answer);
/* Replaces an earlier one of that item. */
bool store_script_answer_set(struct store *store, const struct store_script_answer *answer, GError **error);
/* The item is not done any more; none is no error. */
bool store_script_answer_remove(struct store *store, const char *interview, const char *item, GError **error);
/* By time: GPtrArray of struct store_script_answer. */
GPtrArray *store_script_answer_list(struct store *store, const char *interview, GError **error);

/* ---- face checks at submission (D-16..D-19) ---- */
enum store_facecheck_state { FACECHECK_OPEN, FACECHECK_PASSED, FACECHECK_SKIPPED };
struct store_facecheck {
    char *id, *mission, *order_ref;
    char *document; /* "passport" | "travel_document" */
    enum store_facecheck_state state;
    unsigned version; /* grows with each change, also of its materials and tries */
    int64_t created_us, decided_us;
    unsigned tries;    /* counted ones */
    char *skip_reason; /* NULL | "tries" | "accessibility" */
    char *identity;    /* JSON text: what the order says of the applicant; sealed at rest; NULL once erased */
    int64_t ticket_expires_us;
    bool device_tied;
};
void store_facecheck_free(struct store_facecheck *facecheck);
/* Inserts a new one, makes its key and ties `ticket` to it. STORE_ERROR_CONFLICT when one is open for the same mission
 * and order. */
bool store_facecheck_add(struct store *store, const struct store_facecheck *facecheck, const char *ticket,
                         GError **error);
struct store_facecheck *store_facecheck_get(struct store *store, const char *id, GError **error);
/* The newest of an order, NULL with STORE_ERROR_NOT_FOUND. */
struct store_facecheck *store_facecheck_of_order(struct store *store, const char *mission, const char *order_ref,
                                                 GError **error);
/* Of a mission, newest first, at most `limit`; `order_ref` NULL: of all orders. */
GPtrArray *store_facecheck_list(struct store *store, const char *mission, const char *order_ref, unsigned limit,
                                GError **error);
/* Writes state, tries, decided_us and skip_reason with the next version; `facecheck->version` must be the stored one,
 * else STORE_ERROR_CONFLICT. `actor` and `event` go to its history. */
bool store_facecheck_update(struct store *store, struct store_facecheck *facecheck, const char *actor,
                            const char *event, int64_t now_us, GError **error);
/* As store_ticket_issue, _find and _redeem, for the ticket of a face check. */
bool store_facecheck_ticket_issue(struct store *store, const char *id, const char *ticket, int64_t expires_us,
                                  GError **error);
struct store_facecheck *store_facecheck_ticket_redeem(struct store *store, const char *ticket, const char *device,
                                                      int64_t now_us, GError **error);

/* A submitted picture: sealed like a capture, durable when this returns. One of each kind; a new one replaces. */
struct store_material {
    char *facecheck;
    char *kind; /* "portrait" | "page" */
    int64_t uploaded_us;
    unsigned width, height;
    uint64_t file_bytes;
    uint8_t file_sha256[32];
    char *report;         /* JSON text of vision's; sealed at rest */
    GBytes *embedding;    /* floats of the face in it; NULL: none; sealed at rest */
    GBytes *face_picture; /* JPEG: the portrait on the page; NULL: none; sealed at rest. Only filled by
                             store_material_get */
};
void store_material_free(struct store_material *material);
/* Fills file_bytes and file_sha256 from `jpeg`. STORE_ERROR_CONFLICT, here and in store_material_remove, once the face
 * check is decided: what it was decided on stays. */
bool store_material_put(struct store *store, struct store_material *material, GBytes *jpeg, GError **error);
struct store_material *store_material_get(struct store *store, const char *facecheck, const char *kind, GError **error);
/* Opens the blob and checks it; STORE_ERROR_NOT_FOUND when another picture has replaced it since. */
GBytes *store_material_read(struct store *store, const struct store_material *material, GError **error);
bool store_material_remove(struct store *store, const char *facecheck, const char *kind, GError **error);

/* One try of the liveness: everything measured, and the best frame. */
struct store_try {
    char *id, *facecheck;
    int64_t at_us;
    bool passed, counted;
    char *report;      /* JSON text; sealed at rest */
    GBytes *frame;     /* JPEG of the best frame; NULL: none; sealed at rest. Not filled by lists */
    GBytes *embedding; /* of it; likewise */
};
void store_try_free(struct store_try *entry);
bool store_try_add(struct store *store, const struct store_try *entry, GError **error);
struct store_try *store_try_get(struct store *store, const char *facecheck, const char *id, GError **error);
GPtrArray *store_try_list(struct store *store, const char *facecheck, GError **error);
/* Remembers SHA-256 hashes of the frames of try `entry` (recorded already or not) of a face check, and says how many of
 * them other tries of any face check already had. They are kept keyed, and until their face check is erased. */
bool store_try_frames(struct store *store, const char *facecheck, const char *entry, const uint8_t (*hashes)[32],
                      unsigned count, unsigned *repeated, GError **error);
/* As store_interview_erase. Its ticket and sessions end too, and where it was open its order may have another. */
bool store_facecheck_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error);

/* ---- service accounts: foreign order services, each for one mission ---- */
struct store_service_account {
    char *id, *mission;
    char *name;    /* unique */
    char **scopes; /* NULL-terminated; the words are signaling's */
    int64_t created_us, revoked_us;
    int64_t previous_expires_us; /* until then the token before the present one works too */
};
void store_service_account_free(struct store_service_account *account);
/* `token` from store_secret_new, kept as a hash, as in _rotate. STORE_ERROR_CONFLICT when the name is taken. */
bool store_service_account_add(struct store *store, const struct store_service_account *account, const char *token,
                               GError **error);
struct store_service_account *store_service_account_get(struct store *store, const char *id, GError **error);
/* Whose token it is, the previous one included; STORE_ERROR_NOT_FOUND: nobody's (any more). */
struct store_service_account *store_service_account_find(struct store *store, const char *token, int64_t now_us,
                                                         GError **error);
/* By name, revoked ones included: GPtrArray of struct store_service_account. */
GPtrArray *store_service_account_list(struct store *store, GError **error);
/* Gives it a new token; the present one works until `previous_expires_us`, the one before that no more. _NOT_FOUND
 * also for a revoked one. */
bool store_service_account_rotate(struct store *store, const char *name, const char *token, int64_t previous_expires_us,
                                  GError **error);
/* For good. */
bool store_service_account_revoke(struct store *store, const char *name, int64_t now_us, GError **error);

/* ---- the outbox: what order services hear of, written with the fact it tells of ---- */
struct store_event {
    int64_t seq; /* the cursor: grows over all missions, with gaps for each of them */
    char *id;    /* random; the same however often the event is delivered */
    char *type;  /* "interview.scheduled" | … | "interview.captured" | "facecheck.created" | "facecheck.completed" */
    char *mission, *order_ref;
    char *subject; /* id of the interview or face check */
    int64_t at_us;
    char *data; /* JSON object: ids, states, outcome; nothing personal */
};
void store_event_free(struct store_event *event);
/* Those of a mission after cursor `after`, oldest first, at most `limit`. */
GPtrArray *store_event_list(struct store *store, const char *mission, int64_t after, unsigned limit, GError **error);
/* The newest cursor of a mission; 0: nothing has happened yet. */
bool store_event_last(struct store *store, const char *mission, int64_t *seq, GError **error);
/* `wake` is called, from any thread, after each commit with events in it; it must not block or call back. NULL: nobody
 * watches (any more), and no call is under way when this returns. */
void store_events_watch(struct store *store, void (*wake)(void *context), void *context);

/* ---- webhooks: how far the events have got at each target ---- */
struct store_webhook {
    int64_t cursor; /* the last event that has been dealt with */
    unsigned tries; /* of the one after it */
    int64_t next_try_us;
};
/* A target that is new begins with what happens from now on. */
bool store_webhook_open(struct store *store, const char *target, const char *mission, GError **error);
bool store_webhook_get(struct store *store, const char *target, struct store_webhook *webhook, GError **error);
bool store_webhook_set(struct store *store, const char *target, const struct store_webhook *webhook, GError **error);

/* An event that a target did not take for too long. */
struct store_dead_letter {
    struct store_event *event;
    char *target, *reason; /* of its last try */
    int64_t dead_us;
    bool resend; /* is to be sent once more */
};
void store_dead_letter_free(struct store_dead_letter *letter);
/* Gives an event up and moves the target's cursor past it, at once. */
bool store_dead_letter_add(struct store *store, const char *target, int64_t seq, const char *reason, int64_t now_us,
                           GError **error);
/* Of a mission, in order, at most `limit`: GPtrArray of struct store_dead_letter. */
GPtrArray *store_dead_letter_list(struct store *store, const char *mission, unsigned limit, GError **error);
/* Asks for one to be sent once more; _NOT_FOUND also for another mission's. */
bool store_dead_letter_resend(struct store *store, const char *mission, const char *target, int64_t seq,
                              GError **error);
/* The first that is to be sent once more, NULL with STORE_ERROR_NOT_FOUND. */
struct store_event *store_dead_letter_next(struct store *store, const char *target, GError **error);
/* It arrived (`reason` NULL) and is none any more, or it stays for `reason`. */
bool store_dead_letter_settle(struct store *store, const char *target, int64_t seq, const char *reason, GError **error);

/* Free bytes on the store's file system, for doctor and health. */
uint64_t store_free_bytes(struct store *store);
