/* internal: what the files of store/ share with each other, one file for each group of tables. */
#pragma once

#include "store/blob.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/store.h"

#define WATCHERS_MAX 4
struct watcher {
    void (*wake)(void *context); /* NULL: the place is free */
    void *context;
};

struct store {
    char *path; /* absolute */
    int lock;   /* descriptor of the lock file: shared by all who have the store open */
    struct db *db;
    struct keyring *keyring;
    struct blobs *blobs;
    GMutex watch_lock; /* innermost */
    struct watcher watchers[WATCHERS_MAX];
};

/* interview.c: the words that states are stored as. An unknown word is STORE_ERROR_CORRUPT. */
const char *interview_state_word(enum store_interview_state state);
bool interview_state_parse(struct db_statement *row, int column, enum store_interview_state *state, GError **error);
/* interview.c: a change that leaves the state as it is: the next version, with its row of history. */
bool interview_next_version(db_transaction *tx, const char *id, const char *actor, const char *event, int64_t now_us,
                            GError **error);

/* interview.c: a new one with its key. */
bool interview_insert(struct store *store, db_transaction *tx, const struct store_interview *interview, GError **error);
/* interview.c: what store_interview_update does within its transaction; the version is the
 * caller's to raise once that is committed. `*before` (may be NULL) is the state until now. */
struct interview_write {
    struct store_interview *interview;
    const char *actor, *event;
    int64_t now_us;
};
bool interview_write(struct store *store, db_transaction *tx, const struct interview_write *write,
                     enum store_interview_state *before, GError **error);
/* appointment.c: what store_interview_require does within its transaction. */
bool interview_require(struct store *store, db_transaction *tx, const struct store_interview *interview,
                       const struct store_invitation *invitations, size_t count, GError **error);
/* States that have an appointment and are not over. */
#define INTERVIEW_LIVE "('scheduled', 'waiting', 'ringing', 'in_call')"

/* party.c: a new one with its ticket, if any. */
bool party_insert(struct store *store, db_transaction *tx, const struct store_party *party, const char *ticket,
                  GError **error);

/* history.c: one row for one new version of an interview. */
struct history_entry {
    const char *interview;
    unsigned version; /* the new one */
    int64_t at_us;
    enum store_interview_state from, to;
    const char *actor, *event;
};
bool history_add(db_transaction *tx, const struct history_entry *entry, GError **error);

/* facecheck.c: an unknown word is STORE_ERROR_CORRUPT. */
bool facecheck_state_parse(struct db_statement *row, int column, enum store_facecheck_state *state, GError **error);
/* facecheck.c: what store_facecheck_add does within its transaction. */
bool facecheck_insert(struct store *store, db_transaction *tx, const struct store_facecheck *facecheck,
                      const char *ticket, GError **error);
/* facecheck.c: a change of its materials or tries, or its erasure: the next version, with its row of history. */
struct facecheck_change {
    const char *facecheck;
    const char *actor, *event;
    int64_t at_us;
};
bool facecheck_next_version(db_transaction *tx, const struct facecheck_change *change, GError **error);
/* facecheck.c: STORE_ERROR_CONFLICT when it is not open any more. */
bool facecheck_require_open(db_transaction *tx, const char *id, GError **error);

/* ticket.c: ties a ticket that is not tied yet to `device`; STORE_ERROR_DEVICE when it is tied to another. */
enum ticket_table { TICKET_OF_PARTY, TICKET_OF_FACECHECK };
bool ticket_tie(db_transaction *tx, enum ticket_table table, const char *id, const char *device, GError **error);

/* picture.c: fills `sha256` and returns the size. */
uint64_t picture_hash(GBytes *jpeg, uint8_t sha256[32]);
/* picture.c: seals `jpeg` into a durable blob, which no record names yet; returns its name. When its record is
 * committed the key must be asked for once more: its owner may have been erased in between. */
char *picture_put(struct store *store, struct key_owner owner, GBytes *jpeg, GError **error);
/* picture.c: deletes a blob that no record names (any more). If that fails the next start will. */
void picture_drop(struct store *store, const char *blob);
/* picture.c: STORE_ERROR_CORRUPT when the blob is not there or does not open. */
GBytes *picture_get(struct store *store, const aead_key *key, const char *blob, GError **error);
bool picture_check(GBytes *jpeg, const uint8_t sha256[32], GError **error);
/* picture_row.c: the row of a submitted picture, named by its kind or slot. */
struct picture_row {
    struct key_owner owner; /* a face check or an order */
    const char *name;
};
/* picture_row.c: `*blob` is NULL without error when there is no such row. */
bool picture_row_find(db_transaction *tx, struct picture_row row, char **blob, GError **error);
bool picture_row_delete(db_transaction *tx, struct picture_row row, GError **error);
/* picture_row.c: STORE_ERROR_NOT_FOUND once another picture has replaced that of `sha256`. */
GBytes *picture_row_read(struct store *store, struct picture_row row, const uint8_t sha256[32], GError **error);
/* picture.c: the names of all blobs of an interview, face check or order: GPtrArray of char. */
GPtrArray *picture_names(db_transaction *tx, struct key_owner owner, GError **error);
/* picture.c: deletes blobs that no record names: their picture was never acknowledged. */
bool picture_sweep(struct store *store, GError **error);
