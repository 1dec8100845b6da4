/* migrate: brings a database's tables up to what this program expects. */
#pragma once

#include "store/db.h"

struct migration {
    unsigned number; /* 1, 2, … without a gap */
    const char *name;
    const char *sql;
};

/* store/migrations/NNN_name.sql, embedded by the build. */
extern const struct migration migrations[];
extern const size_t migration_count;

/* Applies those of `list` that `db` does not have yet, each in a transaction of its own with its row in schema_version.
 * A failing one leaves the database as the one before it did. A database with a later version than the last of the list
 * is STORE_ERROR_CONFIG: it was made by a newer viva. */
bool migrate(struct db *db, const struct migration *list, size_t count, GError **error);
