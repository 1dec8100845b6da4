#include "store/internal.h"

void store_script_answer_free(struct store_script_answer *answer)
{
    if (answer == NULL) {
        return;
    }
    char *const owned[] = {answer->interview, answer->item,    answer->kind,         answer->en,    answer->zh_hans,
                           answer->zh_hant,   answer->officer, answer->officer_name, answer->answer};
    for (unsigned i = 0; i < G_N_ELEMENTS(owned); i++) {
        g_free(owned[i]);
    }
    g_free(answer);
}

static void free_answer(void *answer)
{
    store_script_answer_free(answer);
}

/* Items are named within their interview: "interview/item". */
static struct seal_place answer_place(const char *row)
{
    return (struct seal_place){"script_answer", "sealed_answer", row};
}

static bool delete_answer(db_transaction *tx, const char *interview, const char *item, GError **error)
{
    struct db_statement *delete = db_prepare(tx, "DELETE FROM script_answer WHERE interview = ? AND item = ?");
    db_bind_text(delete, interview);
    db_bind_text(delete, item);
    return db_run(delete, error);
}

static bool insert_answer(struct store *store, db_transaction *tx, const struct store_script_answer *answer,
                          GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_interview(answer->interview), &key, error)) {
        return false;
    }
    g_autofree char *row = g_strconcat(answer->interview, "/", answer->item, NULL);
    g_autoptr(GBytes) text = seal_text(&key, answer_place(row), answer->answer);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO script_answer (interview, item, kind, text_en, text_zh_hans, text_zh_hant, officer,"
                       " at_us, sealed_answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, answer->interview);
    db_bind_text(insert, answer->item);
    db_bind_text(insert, answer->kind);
    db_bind_text(insert, answer->en);
    db_bind_text(insert, answer->zh_hans);
    db_bind_text(insert, answer->zh_hant);
    db_bind_text(insert, answer->officer);
    db_bind_int(insert, answer->at_us);
    db_bind_blob(insert, text);
    return db_run(insert, error);
}

bool store_script_answer_set(struct store *store, const struct store_script_answer *answer, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && delete_answer(tx, answer->interview, answer->item, error) &&
           insert_answer(store, tx, answer, error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_script_answer_remove(struct store *store, const char *interview, const char *item, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && delete_answer(tx, interview, item, error) && db_commit(g_steal_pointer(&tx), error);
}

static struct store_script_answer *read_answer(struct store *store, struct db_statement *row, GError **error)
{
    struct store_script_answer *answer = g_new0(struct store_script_answer, 1);
    *answer = (struct store_script_answer){
        .interview = db_text(row, 0),
        .item = db_text(row, 1),
        .kind = db_text(row, 2),
        .en = db_text(row, 3),
        .zh_hans = db_text(row, 4),
        .zh_hant = db_text(row, 5),
        .officer = db_text(row, 6),
        .officer_name = db_text(row, 7),
        .at_us = db_int(row, 8),
    };
    g_autoptr(GBytes) text = db_blob(row, 9);
    g_autoptr(GBytes) key = db_blob(row, 10);
    g_autofree char *place = g_strconcat(answer->interview, "/", answer->item, NULL);
    if (!keyring_open_text(store->keyring, key_of_interview(answer->interview), key, answer_place(place), text,
                           &answer->answer, error)) {
        g_clear_pointer(&answer, store_script_answer_free);
    }
    return answer;
}

GPtrArray *store_script_answer_list(struct store *store, const char *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT s.interview, s.item, s.kind, s.text_en, s.text_zh_hans, s.text_zh_hant, s.officer,"
                       " o.name, s.at_us, s.sealed_answer, k.sealed_key FROM script_answer s"
                       " JOIN officer o ON o.id = s.officer JOIN interview_key k ON k.interview = s.interview"
                       " WHERE s.interview = ? ORDER BY s.at_us, s.item");
    db_bind_text(select, interview);
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(free_answer);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_script_answer *answer = read_answer(store, select, error);
        if (answer == NULL) {
            return NULL;
        }
        g_ptr_array_add(answers, answer);
    }
    return step == DB_DONE ? g_steal_pointer(&answers) : NULL;
}
