#include "store/internal.h"

void store_material_free(struct store_material *material)
{
    if (material == NULL) {
        return;
    }
    g_free(material->facecheck);
    g_free(material->kind);
    g_free(material->report);
    g_clear_pointer(&material->embedding, g_bytes_unref);
    g_clear_pointer(&material->face_picture, g_bytes_unref);
    g_free(material);
}

/* The row is named by its blob: what belonged to a picture does not open beside the one that replaced it. */
static struct seal_place place(const char *column, const char *blob)
{
    return (struct seal_place){"material", column, blob};
}

static bool next_version(db_transaction *tx, const char *facecheck, const char *kind, const char *event, int64_t at_us,
                         GError **error)
{
    g_autofree char *text = g_strconcat(kind, "_", event, NULL);
    const struct facecheck_change change = {facecheck, "submitter", text, at_us};
    return facecheck_next_version(tx, &change, error);
}

static struct picture_row row_of(const char *facecheck, const char *kind)
{
    return (struct picture_row){key_of_facecheck(facecheck), kind};
}

/* ---- writing ---- */

static bool insert_row(struct store *store, db_transaction *tx, const struct store_material *material, const char *blob,
                       GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_facecheck(material->facecheck), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) report = seal_text(&key, place("sealed_report", blob), material->report);
    g_autoptr(GBytes) embedding = seal_blob(&key, place("sealed_embedding", blob), material->embedding);
    g_autoptr(GBytes) face = seal_blob(&key, place("sealed_face_picture", blob), material->face_picture);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO material (facecheck, kind, blob, uploaded_us, width, height, file_bytes,"
                       " file_sha256, sealed_report, sealed_embedding, sealed_face_picture)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, material->facecheck);
    db_bind_text(insert, material->kind);
    db_bind_text(insert, blob);
    db_bind_int(insert, material->uploaded_us);
    db_bind_int(insert, material->width);
    db_bind_int(insert, material->height);
    db_bind_int(insert, (int64_t)material->file_bytes);
    db_bind_bytes(insert, material->file_sha256, sizeof(material->file_sha256));
    db_bind_blob(insert, report);
    db_bind_blob(insert, embedding);
    db_bind_blob(insert, face);
    return db_run(insert, error);
}

/* `*replaced` is the blob that no record names any more, or NULL. */
static bool commit_record(struct store *store, const struct store_material *material, const char *blob, char **replaced,
                          GError **error)
{
    const struct picture_row row = row_of(material->facecheck, material->kind);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    g_autofree char *old = NULL;
    if (tx == NULL || !facecheck_require_open(tx, material->facecheck, error) ||
        !picture_row_find(tx, row, &old, error) || !picture_row_delete(tx, row, error) ||
        !insert_row(store, tx, material, blob, error) ||
        !next_version(tx, material->facecheck, material->kind, "put", material->uploaded_us, error) ||
        !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    *replaced = g_steal_pointer(&old);
    return true;
}

bool store_material_put(struct store *store, struct store_material *material, GBytes *jpeg, GError **error)
{
    material->file_bytes = picture_hash(jpeg, material->file_sha256);
    g_autofree char *blob = picture_put(store, key_of_facecheck(material->facecheck), jpeg, error);
    if (blob == NULL) {
        return false;
    }
    g_autofree char *replaced = NULL;
    const bool committed = commit_record(store, material, blob, &replaced, error);
    const char *unnamed = committed ? replaced : blob;
    if (unnamed != NULL) {
        picture_drop(store, unnamed);
    }
    return committed;
}

bool store_material_remove(struct store *store, const char *facecheck, const char *kind, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    g_autofree char *blob = NULL;
    if (tx == NULL || !facecheck_require_open(tx, facecheck, error) ||
        !picture_row_find(tx, row_of(facecheck, kind), &blob, error)) {
        return false;
    }
    if (blob == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such material");
        return false;
    }
    if (!picture_row_delete(tx, row_of(facecheck, kind), error) ||
        !next_version(tx, facecheck, kind, "removed", g_get_real_time(), error) ||
        !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    picture_drop(store, blob);
    return true;
}

/* ---- reading ---- */

static bool open_columns(struct store *store, struct db_statement *row, struct store_material *material, GError **error)
{
    const struct key_owner owner = key_of_facecheck(material->facecheck);
    g_autofree char *blob = db_text(row, 5);
    g_autoptr(GBytes) report = db_blob(row, 6);
    g_autoptr(GBytes) embedding = db_blob(row, 7);
    g_autoptr(GBytes) face = db_blob(row, 8);
    g_autoptr(GBytes) key = db_blob(row, 9);
    return keyring_open_text(store->keyring, owner, key, place("sealed_report", blob), report, &material->report,
                             error) &&
           keyring_open_blob(store->keyring, owner, key, place("sealed_embedding", blob), embedding,
                             &material->embedding, error) &&
           keyring_open_blob(store->keyring, owner, key, place("sealed_face_picture", blob), face,
                             &material->face_picture, error);
}

struct store_material *store_material_get(struct store *store, const char *facecheck, const char *kind, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT m.uploaded_us, m.width, m.height, m.file_bytes, m.file_sha256, m.blob, m.sealed_report,"
                       " m.sealed_embedding, m.sealed_face_picture, k.sealed_key"
                       " FROM material m JOIN facecheck_key k ON k.facecheck = m.facecheck"
                       " WHERE m.facecheck = ? AND m.kind = ?");
    db_bind_text(select, facecheck);
    db_bind_text(select, kind);
    if (!db_find(select, "material", error)) {
        return NULL;
    }
    struct store_material *material = g_new0(struct store_material, 1);
    material->facecheck = g_strdup(facecheck);
    material->kind = g_strdup(kind);
    material->uploaded_us = db_int(select, 0);
    material->width = (unsigned)db_int(select, 1);
    material->height = (unsigned)db_int(select, 2);
    material->file_bytes = (uint64_t)db_int(select, 3);
    if (!db_bytes(select, 4, material->file_sha256, sizeof(material->file_sha256), error) ||
        !open_columns(store, select, material, error)) {
        g_clear_pointer(&material, store_material_free);
    }
    return material;
}

GBytes *store_material_read(struct store *store, const struct store_material *material, GError **error)
{
    return picture_row_read(store, row_of(material->facecheck, material->kind), material->file_sha256, error);
}
