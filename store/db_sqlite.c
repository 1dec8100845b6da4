#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

struct db_transaction {
    struct db *db;
    GPtrArray *statements;
};

struct db {
    sqlite3 *handle;
    pthread_mutex_t lock; /* held by the running transaction; not a GMutex, which ThreadSanitizer cannot see */
    struct db_transaction transaction;
};

struct db_statement {
    sqlite3 *handle;
    sqlite3_stmt *stmt; /* NULL: did not prepare */
    int bound;
    int status; /* of the first prepare or bind that failed */
    char *message;
};

static int error_code(sqlite3 *handle, int status)
{
    switch (status) {
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return STORE_ERROR_NOT_FOUND;
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_NOTNULL:
        return STORE_ERROR_CONFLICT;
    }
    const int cause = sqlite3_system_errno(handle);
    switch (status & 0xff) {
    case SQLITE_FULL:
        return STORE_ERROR_FULL;
    case SQLITE_IOERR:
        return cause == ENOSPC || cause == EDQUOT ? STORE_ERROR_FULL : STORE_ERROR_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STORE_ERROR_CORRUPT;
    default:
        return STORE_ERROR_IO;
    }
}

static bool fail(sqlite3 *handle, int status, const char *doing, GError **error)
{
    g_set_error(error, STORE_ERROR, error_code(handle, status), "%s: %s", doing, sqlite3_errmsg(handle));
    return false;
}

/* synchronous=FULL: a commit is on the disk when it returns. secure_delete: what is erased is overwritten. */
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA temp_store = MEMORY;";
#define BUSY_TIMEOUT_MS 5000 /* another process (a command line tool) may hold the database for a moment */

static bool create_private(const char *path, GError **error)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600); /* SQLite's log takes over the mode */
    if (fd < 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG, "cannot open the database %s: %s", path, g_strerror(errno));
        return false;
    }
    close(fd);
    return true;
}

struct db *db_open(const char *path, GError **error)
{
    if (!create_private(path, error)) {
        return NULL;
    }
    struct db *db = g_new0(struct db, 1);
    pthread_mutex_init(&db->lock, NULL);
    db->transaction.db = db;
    int status = sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (status == SQLITE_OK) {
        sqlite3_extended_result_codes(db->handle, 1);
        sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
        status = sqlite3_exec(db->handle, settings, NULL, NULL, NULL);
    }
    if (status != SQLITE_OK) {
        g_autofree char *doing = g_strdup_printf("cannot open the database %s", path);
        fail(db->handle, status, doing, error);
        g_clear_pointer(&db, db_close);
    }
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL) {
        return;
    }
    sqlite3_close(db->handle);
    pthread_mutex_destroy(&db->lock);
    g_free(db);
}

/* ---- transactions ---- */

static void statement_free(void *data)
{
    struct db_statement *statement = data;
    sqlite3_finalize(statement->stmt);
    g_free(statement->message);
    g_free(statement);
}

static void release(struct db *db)
{
    g_clear_pointer(&db->transaction.statements, g_ptr_array_unref);
    pthread_mutex_unlock(&db->lock);
}

db_transaction *db_begin(struct db *db, enum db_mode mode, GError **error)
{
    pthread_mutex_lock(&db->lock);
    /* IMMEDIATE: whoever will write waits here, not in the middle, where waiting could only fail. */
    const char *sql = mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN";
    const int status = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    if (status != SQLITE_OK) {
        fail(db->handle, status, "cannot begin a transaction", error);
        pthread_mutex_unlock(&db->lock);
        return NULL;
    }
    db->transaction.statements = g_ptr_array_new_with_free_func(statement_free);
    return &db->transaction;
}

bool db_commit(db_transaction *transaction, GError **error)
{
    struct db *db = transaction->db;
    g_ptr_array_set_size(transaction->statements, 0); /* a statement still open would forbid the commit */
    const int status = sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
    if (status != SQLITE_OK) {
        fail(db->handle, status, "cannot commit", error);
        db_rollback(transaction);
        return false;
    }
    release(db);
    return true;
}

void db_rollback(db_transaction *transaction)
{
    struct db *db = transaction->db;
    g_ptr_array_set_size(transaction->statements, 0);
    if (!sqlite3_get_autocommit(db->handle)) { /* some errors have rolled back already */
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    release(db);
}

bool db_script(db_transaction *transaction, const char *sql, GError **error)
{
    sqlite3 *handle = transaction->db->handle;
    const int status = sqlite3_exec(handle, sql, NULL, NULL, NULL);
    return status == SQLITE_OK || fail(handle, status, "cannot run a script", error);
}

bool db_flush(struct db *db, GError **error)
{
    pthread_mutex_lock(&db->lock);
    const int status = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    const bool ok = status == SQLITE_OK || fail(db->handle, status, "cannot empty the database's log", error);
    pthread_mutex_unlock(&db->lock);
    return ok;
}

/* ---- statements ---- */

static void note_status(struct db_statement *statement, int status)
{
    if (status != SQLITE_OK && statement->status == SQLITE_OK) {
        statement->status = status;
        statement->message = g_strdup(sqlite3_errmsg(statement->handle));
    }
}

struct db_statement *db_prepare(db_transaction *transaction, const char *sql)
{
    struct db_statement *statement = g_new0(struct db_statement, 1);
    statement->handle = transaction->db->handle;
    g_ptr_array_add(transaction->statements, statement);
    note_status(statement, sqlite3_prepare_v2(statement->handle, sql, -1, &statement->stmt, NULL));
    return statement;
}

void db_bind_int(struct db_statement *statement, int64_t value)
{
    note_status(statement, sqlite3_bind_int64(statement->stmt, ++statement->bound, value));
}

void db_bind_text(struct db_statement *statement, const char *text)
{
    note_status(statement, sqlite3_bind_text(statement->stmt, ++statement->bound, text, -1, SQLITE_TRANSIENT));
}

void db_bind_bytes(struct db_statement *statement, const void *bytes, size_t size)
{
    note_status(statement, sqlite3_bind_blob64(statement->stmt, ++statement->bound, bytes, size, SQLITE_TRANSIENT));
}

void db_bind_blob(struct db_statement *statement, GBytes *blob)
{
    size_t size = 0;
    const void *bytes = blob == NULL ? NULL : g_bytes_get_data(blob, &size);
    db_bind_bytes(statement, bytes, size);
}

void db_reset(struct db_statement *statement)
{
    sqlite3_reset(statement->stmt); /* says what the last step has said already */
    statement->bound = 0;
}

enum db_step db_step(struct db_statement *statement, GError **error)
{
    if (statement->status != SQLITE_OK) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "faulty statement: %s", statement->message);
        return DB_FAILED;
    }
    const int status = sqlite3_step(statement->stmt);
    if (status == SQLITE_ROW) {
        return DB_ROW;
    }
    if (status == SQLITE_DONE) {
        return DB_DONE;
    }
    fail(statement->handle, status, "database", error);
    return DB_FAILED;
}

bool db_run(struct db_statement *statement, GError **error)
{
    const enum db_step step = db_step(statement, error);
    g_assert(step != DB_ROW);
    return step == DB_DONE;
}

unsigned db_changes(db_transaction *transaction)
{
    return (unsigned)sqlite3_changes(transaction->db->handle);
}

static bool not_found(const char *what, GError **error)
{
    g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such %s", what);
    return false;
}

bool db_run_one(struct db_statement *statement, const char *what, GError **error)
{
    return db_run(statement, error) && (sqlite3_changes(statement->handle) > 0 || not_found(what, error));
}

bool db_find(struct db_statement *statement, const char *what, GError **error)
{
    const enum db_step step = db_step(statement, error);
    return step == DB_ROW || (step == DB_DONE && not_found(what, error));
}

/* ---- columns ---- */

int64_t db_int(struct db_statement *statement, int column)
{
    return sqlite3_column_int64(statement->stmt, column);
}

char *db_text(struct db_statement *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement->stmt, column));
}

GBytes *db_blob(struct db_statement *statement, int column)
{
    const void *bytes = sqlite3_column_blob(statement->stmt, column);
    return bytes == NULL ? NULL : g_bytes_new(bytes, (size_t)sqlite3_column_bytes(statement->stmt, column));
}

bool db_bytes(struct db_statement *statement, int column, void *bytes, size_t size, GError **error)
{
    const void *value = sqlite3_column_blob(statement->stmt, column);
    if (value == NULL || (size_t)sqlite3_column_bytes(statement->stmt, column) != size) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "column %s is not of %zu bytes",
                    sqlite3_column_name(statement->stmt, column), size);
        return false;
    }
    memcpy(bytes, value, size);
    return true;
}
