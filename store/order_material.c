#include "store/order.h"

void store_order_material_free(struct store_order_material *material)
{
    if (material == NULL) {
        return;
    }
    g_free(material->order);
    g_free(material->slot);
    g_clear_pointer(&material->thumbnail, g_bytes_unref);
    g_free(material);
}

static void free_material(void *material)
{
    store_order_material_free(material);
}

/* The row is named by its blob: what belonged to a picture does not open beside the one that replaced it. */
static struct seal_place thumbnail_place(const char *blob)
{
    return (struct seal_place){"order_material", "sealed_thumbnail", blob};
}

/* STORE_ERROR_CONFLICT unless materials may change: what an order is reviewed on stays. */
static bool require_editable(db_transaction *tx, const char *order, GError **error)
{
    enum store_order_state state;
    struct db_statement *select = db_prepare(tx, "SELECT state FROM book_order WHERE id = ?");
    db_bind_text(select, order);
    if (!db_find(select, "order", error) || !order_state_parse(select, 0, &state, error)) {
        return false;
    }
    if (state != ORDER_DRAFT && state != ORDER_SUPPLEMENT_REQUIRED) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "order %s is %s: its materials stay", order,
                    order_state_word(state));
        return false;
    }
    return true;
}

static struct picture_row row_of(const char *order, const char *slot)
{
    return (struct picture_row){key_of_order(order), slot};
}

/* ---- writing ---- */

static bool insert_row(struct store *store, db_transaction *tx, const struct store_order_material *material,
                       const char *blob, GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_order(material->order), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) thumbnail = seal_blob(&key, thumbnail_place(blob), material->thumbnail);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO order_material (book_order, slot, blob, uploaded_us, width, height, file_bytes,"
                       " file_sha256, sealed_thumbnail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, material->order);
    db_bind_text(insert, material->slot);
    db_bind_text(insert, blob);
    db_bind_int(insert, material->uploaded_us);
    db_bind_int(insert, material->width);
    db_bind_int(insert, material->height);
    db_bind_int(insert, (int64_t)material->file_bytes);
    db_bind_bytes(insert, material->file_sha256, sizeof(material->file_sha256));
    db_bind_blob(insert, thumbnail);
    return db_run(insert, error);
}

/* `*replaced` is the blob that no record names any more, or NULL. */
static bool commit_record(struct store *store, const struct store_order_material *material, const char *blob,
                          char **replaced, GError **error)
{
    const struct picture_row row = row_of(material->order, material->slot);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    g_autofree char *old = NULL;
    if (tx == NULL || !require_editable(tx, material->order, error) || !picture_row_find(tx, row, &old, error) ||
        !picture_row_delete(tx, row, error) || !insert_row(store, tx, material, blob, error) ||
        !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    *replaced = g_steal_pointer(&old);
    return true;
}

bool store_order_material_put(struct store *store, struct store_order_material *material, GBytes *jpeg, GError **error)
{
    material->file_bytes = picture_hash(jpeg, material->file_sha256);
    g_autofree char *blob = picture_put(store, key_of_order(material->order), jpeg, error);
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

bool store_order_material_remove(struct store *store, const char *order, const char *slot, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    g_autofree char *blob = NULL;
    if (tx == NULL || !require_editable(tx, order, error) || !picture_row_find(tx, row_of(order, slot), &blob, error)) {
        return false;
    }
    if (blob == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such material");
        return false;
    }
    if (!picture_row_delete(tx, row_of(order, slot), error) || !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    picture_drop(store, blob);
    return true;
}

/* ---- reading ---- */

#define SELECT_MATERIAL "SELECT m.slot, m.uploaded_us, m.width, m.height, m.file_bytes, m.file_sha256"

static struct store_order_material *read_material(struct db_statement *row, const char *order, GError **error)
{
    struct store_order_material *material = g_new0(struct store_order_material, 1);
    material->order = g_strdup(order);
    material->slot = db_text(row, 0);
    material->uploaded_us = db_int(row, 1);
    material->width = (unsigned)db_int(row, 2);
    material->height = (unsigned)db_int(row, 3);
    material->file_bytes = (uint64_t)db_int(row, 4);
    if (!db_bytes(row, 5, material->file_sha256, sizeof(material->file_sha256), error)) {
        g_clear_pointer(&material, store_order_material_free);
    }
    return material;
}

struct store_order_material *store_order_material_get(struct store *store, const char *order, const char *slot,
                                                      GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_MATERIAL ", m.blob, m.sealed_thumbnail, k.sealed_key FROM order_material m"
                                       " JOIN order_key k ON k.book_order = m.book_order"
                                       " WHERE m.book_order = ? AND m.slot = ?");
    db_bind_text(select, order);
    db_bind_text(select, slot);
    struct store_order_material *material =
        db_find(select, "material", error) ? read_material(select, order, error) : NULL;
    if (material == NULL) {
        return NULL;
    }
    g_autofree char *blob = db_text(select, 6);
    g_autoptr(GBytes) sealed = db_blob(select, 7);
    g_autoptr(GBytes) key = db_blob(select, 8);
    if (!keyring_open_blob(store->keyring, key_of_order(order), key, thumbnail_place(blob), sealed,
                           &material->thumbnail, error)) {
        g_clear_pointer(&material, store_order_material_free);
    }
    return material;
}

GPtrArray *store_order_material_list(struct store *store, const char *order, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_MATERIAL " FROM order_material m WHERE m.book_order = ? ORDER BY m.slot");
    db_bind_text(select, order);
    g_autoptr(GPtrArray) materials = g_ptr_array_new_with_free_func(free_material);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_order_material *material = read_material(select, order, error);
        if (material == NULL) {
            return NULL;
        }
        g_ptr_array_add(materials, material);
    }
    return step == DB_DONE ? g_steal_pointer(&materials) : NULL;
}

GBytes *store_order_material_read(struct store *store, const struct store_order_material *material, GError **error)
{
    return picture_row_read(store, row_of(material->order, material->slot), material->file_sha256, error);
}
