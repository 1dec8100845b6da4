/* db: the narrow way to a database: transaction, statement, bind, step, column. One driver now: db_sqlite.c.
 *
 * Every access happens in a transaction. It holds the connection until it is committed or let go, so transactions are
 * short and hold no other lock inside. Threads: any may begin one; a transaction stays on its thread. Statements belong
 * to their transaction and end with it. Errors are STORE_ERRORs: a broken unique key or check is _CONFLICT, a reference
 * to something absent is _NOT_FOUND, a full disk is _FULL. */
#pragma once

#include "store/store.h"

struct db;
struct db_statement;
typedef struct db_transaction db_transaction; /* g_autoptr wants a plain name */

/* Opens or creates (mode 0600) the database file. */
struct db *db_open(const char *path, GError **error);
void db_close(struct db *db);

enum db_mode { DB_READ, DB_WRITE };
/* A DB_READ transaction sees one state of the database throughout and needs no commit. */
db_transaction *db_begin(struct db *db, enum db_mode mode, GError **error);
/* Durable when it returns true. Consumes `transaction` either way: pass g_steal_pointer(&transaction). */
bool db_commit(db_transaction *transaction, GError **error);
void db_rollback(db_transaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(db_transaction, db_rollback)

/* Never NULL: a faulty statement, or a faulty bind, fails when it is first stepped. */
struct db_statement *db_prepare(db_transaction *transaction, const char *sql);
/* Each binds the next parameter ("?"), from left to right. The values are copied; NULL is SQL's NULL. */
void db_bind_int(struct db_statement *statement, int64_t value);
void db_bind_text(struct db_statement *statement, const char *text);
void db_bind_bytes(struct db_statement *statement, const void *bytes, size_t size);
void db_bind_blob(struct db_statement *statement, GBytes *blob);

/* Ready to be bound and run once more; what it yielded is gone. */
void db_reset(struct db_statement *statement);

enum db_step { DB_ROW, DB_DONE, DB_FAILED };
enum db_step db_step(struct db_statement *statement, GError **error);
/* For statements that yield no row. */
bool db_run(struct db_statement *statement, GError **error);
/* How many rows the last db_run of the transaction inserted, changed or deleted. */
unsigned db_changes(db_transaction *transaction);
/* db_run of a statement that is to touch a row; none is STORE_ERROR_NOT_FOUND, "no such `what`". */
bool db_run_one(struct db_statement *statement, const char *what, GError **error);
/* Steps to the first row; none is STORE_ERROR_NOT_FOUND too. */
bool db_find(struct db_statement *statement, const char *what, GError **error);

/* Columns of the present row, from 0; the caller owns what is returned, NULL for SQL's NULL. */
int64_t db_int(struct db_statement *statement, int column);
char *db_text(struct db_statement *statement, int column);
GBytes *db_blob(struct db_statement *statement, int column);
/* Copies a value of exactly `size` bytes; STORE_ERROR_CORRUPT when it has another length. */
bool db_bytes(struct db_statement *statement, int column, void *bytes, size_t size, GError **error);

/* Runs several statements, for migrations. */
bool db_script(db_transaction *transaction, const char *sql, GError **error);
/* Moves everything committed into the main file and empties the log, so that what was deleted is in neither. */
bool db_flush(struct db *db, GError **error);
