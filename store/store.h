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
    STORE_ERROR_TAKEN,       /* no place is left at the time, or on the day, that is asked for */
    STORE_ERROR_DUPLICATE,   /* its applicant has another order that is not over (D-26) */
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
    char *id, *name_en, *name_zh_hans;
    char *name_zh_hant; /* NULL: as in simplified Chinese */
    char *time_zone;    /* IANA name */
};
void store_mission_free(struct store_mission *mission);
bool store_mission_add(struct store *store, const struct store_mission *mission, GError **error);
/* Writes names and time zone of one that is there. */
bool store_mission_save(struct store *store, const struct store_mission *mission, GError **error);
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

/* ---- sessions: of an officer, an account holder, or of a party or a face check's applicant that redeemed a ticket
 * ---- */
struct store_session {
    char *id;
    char *officer; /* one of the four is set */
    char *party;
    char *facecheck;
    char *account; /* of its holder */
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
/* The names of the applicants of `interviews` (of struct store_interview), in their order, all as of one moment:
 * GPtrArray of char, "" where one is erased or there is none. */
GPtrArray *store_party_applicants(struct store *store, const GPtrArray *interviews, GError **error);
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
/* Inserts a new one, makes its key and ties `ticket` to it; NULL: it gets one later, but expires all the same.
 * STORE_ERROR_CONFLICT when one is open for the same mission and order. */
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

/* ---- accounts: whoever orders with the built-in order book (D-1..D-3), signed in by a code that is sent ---- */
struct store_account {
    char *id;
    char *contact_kind; /* "email" | "mobile" */
    char *contact;      /* as normalised; sealed at rest, NULL once erased, as are id_number and name */
    char *language;     /* "zh-Hans" | "zh-Hant" | "en" */
    bool mail_messages; /* messages go out by e-mail, too */
    int64_t created_us;
    int64_t verified_us; /* real-name verification (D-2); 0: not yet */
    char *id_kind;       /* "id_card" | "passport"; NULL: not verified */
    char *id_number, *name;
};
void store_account_free(struct store_account *account);
/* Contacts, document numbers and codes are compared as they are given here: normalise them first. */
struct store_contact {
    const char *kind, *text;
};

#define STORE_CODE_WRONG_MAX 5 /* tries that fail; then the code is dead */
/* A code for a contact, kept as a keyed hash. It replaces an earlier one. */
struct store_code {
    const char *contact, *code;
    const char *language; /* of the account, if it makes one */
    int64_t now_us, expires_us;
    unsigned day_max; /* codes for one contact in 24 hours */
};
/* `*retry_us` is 0 when it is stored; else the day's are used up, and then there may be another. */
bool store_code_put(struct store *store, const struct store_code *code, int64_t *retry_us, GError **error);
/* Uses the contact's code up and returns its account, which is made if there is none. STORE_ERROR_NOT_FOUND, and
 * nothing more to tell them apart: no code, a wrong one (which is counted), an old, used or dead one. Atomic: of two
 * tries with the right code one succeeds. */
struct store_account *store_code_redeem(struct store *store, const struct store_contact *contact, const char *code,
                                        int64_t now_us, GError **error);

struct store_account *store_account_get(struct store *store, const char *id, GError **error);
struct store_identity {
    const char *id_kind, *id_number, *name;
};
/* STORE_ERROR_CONFLICT when another account has the document, or this one has another; a name may be put right. */
bool store_account_verify(struct store *store, const char *id, const struct store_identity *identity, int64_t now_us,
                          GError **error);
bool store_account_set(struct store *store, const char *id, const char *language, bool mail_messages, GError **error);
/* Erases its key, and with it, for good, contact, name, number and what its messages said; its sessions end, and its
 * contact may register anew. */
bool store_account_erase(struct store *store, const char *id, GError **error);

/* ---- messages: what account holders are told of their orders (D-29) ---- */
enum store_mail { MAIL_NONE, MAIL_WAITING, MAIL_SENT, MAIL_GIVEN_UP };
struct store_message {
    int64_t seq; /* grows over all accounts */
    char *account, *mission;
    char *order_id, *order_number;
    char *template; /* the words are signaling's */
    char *args;     /* JSON object of what the template needs; sealed at rest; NULL once erased */
    char *state;    /* of the order after it */
    int64_t at_us, read_us;
    enum store_mail mail;
    unsigned mail_tries;
};
void store_message_free(struct store_message *message);
/* An account's before `before` (0: all), newest first, at most `limit`. */
GPtrArray *store_message_list(struct store *store, const char *account, int64_t before, unsigned limit, GError **error);
/* Everybody's after `after`, oldest first, at most `limit`. */
GPtrArray *store_message_after(struct store *store, int64_t after, unsigned limit, GError **error);
/* The newest of all; 0: there is none. */
bool store_message_last(struct store *store, int64_t *seq, GError **error);
bool store_message_unread(struct store *store, const char *account, unsigned *unread, GError **error);
/* An account's up to `seq` are read, and how many are not then. */
bool store_message_read(struct store *store, const char *account, int64_t seq, int64_t now_us, unsigned *unread,
                        GError **error);
/* The mail that is due longest, NULL with STORE_ERROR_NOT_FOUND. */
struct store_message *store_message_mail_due(struct store *store, int64_t now_us, GError **error);
/* How a try went: its mail is now `mail`, and if that is MAIL_WAITING is due at `next_us`. */
bool store_message_mail_tried(struct store *store, int64_t seq, enum store_mail mail, int64_t next_us, GError **error);

/* ---- reminders of the book's appointments: each kind once for each appointment ---- */
struct store_reminder {
    char *interview, *order;
    int64_t scheduled_us;
};
void store_reminder_free(struct store_reminder *reminder);
struct store_reminder_kind {
    const char *name;  /* "day" | "soon" */
    int64_t before_us; /* sent from then on */
    int64_t until_us;  /* and no later than this before the appointment */
};
/* Appointments that this is due for at `now_us` and was not sent for, the next first, at most `limit`; not those that
 * were booked or moved later than `before_us` before. */
GPtrArray *store_reminder_due(struct store *store, const struct store_reminder_kind *kind, int64_t now_us,
                              unsigned limit, GError **error);
struct store_reminder_words {
    const char *template, *args; /* as a message has them */
};
/* Remembers that it was sent and tells the order's holder, in one transaction; nothing happens when the appointment has
 * changed, or it was sent already. */
bool store_reminder_send(struct store *store, const struct store_reminder *reminder, const char *kind,
                         const struct store_reminder_words *words, int64_t now_us, GError **error);

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
    char *type;  /* "interview.scheduled" | … | "interview.captured" | "facecheck.created" | "facecheck.completed" |
                    "order.changed" */
    char *mission, *order_ref;
    char *subject; /* id of the interview, face check or order */
    int64_t at_us;
    char *data; /* JSON object: ids, states, outcome; nothing personal */
};
void store_event_free(struct store_event *event);
/* Those of a mission after cursor `after`, oldest first, at most `limit`. */
GPtrArray *store_event_list(struct store *store, const char *mission, int64_t after, unsigned limit, GError **error);
/* The newest cursor of a mission; 0: nothing has happened yet. */
bool store_event_last(struct store *store, const char *mission, int64_t *seq, GError **error);
/* `wake` is called, from any thread, after each commit with events in it; it must not block or call back. A few may
 * watch. */
void store_events_watch(struct store *store, void (*wake)(void *context), void *context);
/* No call is under way when this returns. */
void store_events_unwatch(struct store *store, void (*wake)(void *context), void *context);

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

/* ---- orders of the built-in book (D-6 … D-12, D-22 … D-34) ---- */
enum store_order_state {
    ORDER_DRAFT,
    ORDER_SUBMITTED,
    ORDER_IN_REVIEW,
    ORDER_SUPPLEMENT_REQUIRED,
    ORDER_INTERVIEW_REQUIRED,
    ORDER_INTERVIEW_SCHEDULED,
    ORDER_INTERVIEWING,
    ORDER_IN_PERSON_REQUIRED,
    ORDER_APPROVED,
    ORDER_PRODUCED,
    ORDER_DISPATCHED,
    ORDER_COMPLETED,
    ORDER_REJECTED,
    ORDER_WITHDRAWN,
};
#define ORDER_STATES (ORDER_WITHDRAWN + 1)
struct store_order {
    char *id, *number, *account, *mission;
    char *kind;      /* "passport" | "travel_document" | "emergency_travel_document" */
    char *issue;     /* "first" | "renewal" | "replacement"; NULL: not said yet, or an emergency's */
    char *condition; /* a word of signaling's (D-8); NULL: not said yet */
    enum store_order_state state;
    int64_t state_since_us, created_us, declared_us, submitted_us;
    int64_t taken_us; /* into review, by an officer */
    bool own_district;
    bool facecheck_due; /* submitted, and its face check is not decided: nobody's turn to be reviewed yet */
    unsigned version;   /* grows with each change */
    char *officer;      /* who reviews it */
    char *facecheck, *interview;
    /* Sealed at rest; NULL: none, or erased. */
    char *details;     /* JSON text */
    char *declaration; /* JSON text; lists leave it out */
    char *supplement;  /* JSON text: what was asked for last (D-30) */
    char *reason;      /* of its rejection (D-31) */
    char *tracking;    /* of its way back */
    /* Read along, of other tables: */
    char
        *slots; /* of its materials, each with the instant of its upload: "address:1790000000000000 page:…"; "": none */
    char *officer_name;
    enum store_facecheck_state facecheck_state; /* where there is one, as all that follow */
    unsigned facecheck_tries;
    enum store_interview_state interview_state;
    int64_t interview_scheduled_us;
    char *interview_outcome;
};
void store_order_free(struct store_order *order);
/* Whether it is neither a draft nor over. */
bool store_order_is_open(const struct store_order *order);
/* "2026-K7QX-3MPA-9T0B": the year of `now_us` and 60 random bits. */
char *store_order_number_new(int64_t now_us);

/* Inserts a new draft, makes its key, and tells its holder with template `message` (NULL: nothing). */
bool store_order_add(struct store *store, const struct store_order *order, const char *message, GError **error);
struct store_order *store_order_get(struct store *store, const char *id, GError **error);
struct store_order *store_order_by_number(struct store *store, const char *number, GError **error);

/* What an applicant is found by, as signaling writes it so that equal ones are equal; kept as HMACs only. NULL: none
 * yet. */
struct store_order_names {
    const char *applicant; /* name and birth date */
    const char *name, *latin;
};
/* An edit: writes what is applied for, details and declaration with the next version; nobody is told. A version that is
 * not the stored one is STORE_ERROR_CONFLICT; _DUPLICATE for an order that is open. */
bool store_order_save(struct store *store, struct store_order *order, const struct store_order_names *names,
                      GError **error);

/* One step of an order: a row of its history, a version, an event, and a message to its holder. */
struct store_order_step {
    enum store_order_state to;
    const char *actor; /* account or officer id, or "system" */
    const char *event;
    const char *reason; /* sealed; NULL: none */
    /* What the holder is told: a template of signaling's and a JSON object of what it needs. NULL: nothing. */
    const char *message, *message_args;
};
/* An interview that is made with the change. */
struct store_order_interview {
    const struct store_interview *interview;
    const struct store_invitation *invitations;
    size_t count;
};
struct store_order_update {
    const struct store_order_step *steps; /* at least one */
    size_t count;
    int64_t now_us;
    const char *slots; /* of the materials that were looked at: others by now are STORE_ERROR_CONFLICT; NULL: any */
    const struct store_facecheck *facecheck; /* made with the change; NULL: none */
    const struct store_order_interview *interview;
    struct {
        int64_t from_us, to_us;
        unsigned max; /* orders taken in this time, this one included; 0: it does not count */
    } day;
    int64_t seq; /* of the event that it comes of: the book's cursor from then on; 0: none */
};
/* A change: all of the order but what store_order_save writes, its history, the messages to its holder, the events, and
 * what is made with it, in one transaction. Sets state and version. STORE_ERROR_CONFLICT as in store_order_save, also
 * when the book has dealt with the event; _DUPLICATE (D-26), _TAKEN (the day is full), _SUPERSEDED (an interview of the
 * order is not over). Changes nothing then. */
bool store_order_update(struct store *store, struct store_order *order, const struct store_order_update *update,
                        GError **error);

struct store_order_history {
    int64_t at_us;
    enum store_order_state from, to;
    char *actor, *event, *reason;
};
/* Oldest first: GPtrArray of struct store_order_history. */
GPtrArray *store_order_history(struct store *store, const char *id, GError **error);
/* As store_interview_erase; its face check and interview are erased by themselves. */
bool store_order_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error);

/* Lists, each of struct store_order without declarations, at most `limit`. */
/* Of a holder, newest first. */
GPtrArray *store_order_of_account(struct store *store, const char *account, unsigned limit, GError **error);
/* The lists of an officer's desk. */
enum store_order_list {
    ORDER_LIST_WAITING, /* of the mission: those whose turn comes, in the order in which it comes (D-28) */
    ORDER_LIST_MINE,    /* the officer's that are not over, those that have waited longest first */
    ORDER_LIST_OTHERS,  /* likewise, all others' and nobody's of the mission that are neither waiting nor over */
    ORDER_LISTS
};
struct store_order_page {
    enum store_order_list list;
    const char *mission, *officer;
    /* Where the list stood at the last order that was seen; id NULL: from its beginning. An order that has left the
     * list since still says where it stood. */
    struct store_order_place {
        const char *id;
        bool own_district; /* ORDER_LIST_WAITING alone goes by it */
        int64_t us;        /* submitted_us there, state_since_us in the others */
    } after;
    unsigned limit;
};
GPtrArray *store_order_page(struct store *store, const struct store_order_page *page, GError **error);
/* How long the lists are. */
bool store_order_lengths(struct store *store, const char *mission, const char *officer, unsigned lengths[ORDER_LISTS],
                         GError **error);
/* What officers look for; drafts, and what was withdrawn as one, are nobody's but their holder's. */
struct store_order_search {
    const char *mission;
    int state;          /* enum store_order_state; -1: any */
    const char *number; /* its beginning; NULL: any */
    const char *name;   /* as in store_order_names, either spelling; NULL: any */
    int64_t before_us;  /* state_since_us and id of the last that was seen; 0: none */
    const char *before_id;
    unsigned limit;
};
/* Those that changed last first. */
GPtrArray *store_order_search(struct store *store, const struct store_order_search *search, GError **error);
bool store_order_counts(struct store *store, const char *mission, unsigned counts[ORDER_STATES], GError **error);
/* How many officers took within [from_us, to_us). */
bool store_order_taken(struct store *store, const char *mission, int64_t from_us, int64_t to_us, unsigned *taken,
                       GError **error);
/* Submitted ones of every mission whose face check's link expired by `now_us` undecided: GPtrArray of face check ids.
 */
GPtrArray *store_order_facechecks_expired(struct store *store, int64_t now_us, unsigned limit, GError **error);

/* A picture of an order, as a face check's. One in each slot; a new one replaces. */
struct store_order_material {
    char *order, *slot;
    int64_t uploaded_us;
    unsigned width, height;
    uint64_t file_bytes;
    uint8_t file_sha256[32];
    GBytes *thumbnail; /* JPEG; sealed at rest; lists leave it out */
};
void store_order_material_free(struct store_order_material *material);
/* Fills file_bytes and file_sha256 from `jpeg`. STORE_ERROR_CONFLICT, here and in _remove, unless the order is a draft
 * or being supplemented. */
bool store_order_material_put(struct store *store, struct store_order_material *material, GBytes *jpeg, GError **error);
struct store_order_material *store_order_material_get(struct store *store, const char *order, const char *slot,
                                                      GError **error);
GPtrArray *store_order_material_list(struct store *store, const char *order, GError **error);
/* As store_material_read. */
GBytes *store_order_material_read(struct store *store, const struct store_order_material *material, GError **error);
bool store_order_material_remove(struct store *store, const char *order, const char *slot, GError **error);

/* ---- the book: its place in the outbox ---- */
/* The events of all missions after the cursor, oldest first, at most `limit`: GPtrArray of struct store_event. */
GPtrArray *store_book_events(struct store *store, unsigned limit, GError **error);
/* Past events of which nothing comes. Never backwards. */
bool store_book_pass(struct store *store, int64_t seq, GError **error);

/* Free bytes on the store's file system, for doctor and health. */
uint64_t store_free_bytes(struct store *store);
