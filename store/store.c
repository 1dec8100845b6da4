#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/migrate.h"

G_DEFINE_QUARK(store_error, store_error)

static bool config_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool config_error(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL) {
        *error = g_error_new_valist(STORE_ERROR, STORE_ERROR_CONFIG, format, arguments);
    }
    va_end(arguments);
    return false;
}

/* A new folder is there after a power cut only once its parent is on the disk. */
static bool sync_parent(const char *path)
{
    g_autofree char *parent = g_path_get_dirname(path);
    const int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return synced;
}

static bool open_folder(const char *path, GError **error)
{
    const bool made = mkdir(path, 0700) == 0;
    if ((!made && errno != EEXIST) || (made && !sync_parent(path))) {
        return config_error(error, "cannot make the data folder %s: %s", path, g_strerror(errno));
    }
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return config_error(error, "the data folder %s is not a folder", path);
    }
    if ((status.st_mode & 077) != 0) {
        return config_error(error, "the data folder %s is open to others (mode %03o): chmod 700 %s", path,
                            (unsigned)status.st_mode & 0777, path);
    }
    return access(path, R_OK | W_OK | X_OK) == 0 ||
           config_error(error, "the data folder %s cannot be written: %s", path, g_strerror(errno));
}

static bool share_lock(struct store *store, GError **error)
{
    return flock(store->lock, LOCK_SH) == 0 ||
           config_error(error, "cannot lock the data folder %s: %s", store->path, g_strerror(errno));
}

/* Whoever is alone when opening may clean up; everybody else waits until that is done. `*alone` says which we are. */
static bool lock_folder(struct store *store, bool *alone, GError **error)
{
    g_autofree char *path = g_build_filename(store->path, "lock", NULL);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (store->lock < 0) {
        return config_error(error, "cannot open %s: %s", path, g_strerror(errno));
    }
    *alone = flock(store->lock, LOCK_EX | LOCK_NB) == 0;
    return *alone || share_lock(store, error);
}

static bool open_keyring(struct store *store, const uint8_t master_key[AEAD_KEY_BYTES], GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    store->keyring = keyring_open(tx, master_key, error);
    return store->keyring != NULL && db_commit(g_steal_pointer(&tx), error);
}

/* Blobs without a database are somebody's evidence, not what a crash has left: sweeping would destroy it. */
static bool refuse_lost_database(struct store *store, const char *database, GError **error)
{
    g_autoptr(GPtrArray) names = blob_names(store->blobs, error);
    if (names == NULL) {
        return false;
    }
    if (names->len > 0 && !g_file_test(database, G_FILE_TEST_EXISTS)) {
        return config_error(error, "%s holds %u blobs and no database: restore viva.db, or use an empty folder",
                            store->path, names->len);
    }
    return true;
}

static bool open_parts(struct store *store, const uint8_t master_key[AEAD_KEY_BYTES], GError **error)
{
    g_autofree char *database = g_build_filename(store->path, "viva.db", NULL);
    g_autofree char *blobs = g_build_filename(store->path, "blobs", NULL);
    bool alone = false;
    if (!open_folder(store->path, error) || !lock_folder(store, &alone, error)) {
        return false;
    }
    store->blobs = blobs_open(blobs, alone, error);
    if (store->blobs == NULL || !refuse_lost_database(store, database, error)) {
        return false;
    }
    store->db = db_open(database, error);
    if (store->db == NULL || !migrate(store->db, migrations, migration_count, error) ||
        !open_keyring(store, master_key, error)) {
        return false;
    }
    return !alone || (picture_sweep(store, error) && share_lock(store, error));
}

struct store *store_open(const char *path, const uint8_t master_key[32], GError **error)
{
    if (sodium_init() < 0) {
        config_error(error, "libsodium cannot start: no source of randomness");
        return NULL;
    }
    struct store *store = g_new0(struct store, 1);
    store->path = g_canonicalize_filename(path, NULL);
    store->lock = -1;
    g_mutex_init(&store->watch_lock);
    if (!open_parts(store, master_key, error)) {
        g_clear_pointer(&store, store_close);
    }
    return store;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    blobs_close(store->blobs);
    keyring_close(store->keyring);
    db_close(store->db);
    if (store->lock >= 0) {
        close(store->lock);
    }
    g_mutex_clear(&store->watch_lock);
    g_free(store->path);
    g_free(store);
}

uint64_t store_free_bytes(struct store *store)
{
    struct statvfs status;
    return statvfs(store->path, &status) == 0 ? (uint64_t)status.f_bavail * status.f_frsize : 0;
}
