/* internal: what the files of store/ share with each other, one file for each group of tables. */
#pragma once

#include "store/blob.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/store.h"

struct store {
    char *path; /* absolute */
    int lock;   /* descriptor of the lock file: shared by all who have the store open */
    struct db *db;
    struct keyring *keyring;
    struct blobs *blobs;
};

/* interview.c: the words that states are stored as. An unknown word is STORE_ERROR_CORRUPT. */
const char *interview_state_word(enum store_interview_state state);
bool interview_state_parse(struct db_statement *row, int column, enum store_interview_state *state, GError **error);
/* interview.c: a change that leaves the state as it is: the next version, with its row of history. */
bool interview_next_version(db_transaction *tx, const char *id, const char *actor, const char *event, int64_t now_us,
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

/* capture.c: deletes blobs that no record names: their capture was never acknowledged. */
bool capture_sweep(struct store *store, GError **error);
/* capture.c: the names of an interview's blobs: GPtrArray of char. */
GPtrArray *capture_blobs(db_transaction *tx, const char *interview, GError **error);
