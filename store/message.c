#include "store/message.h"

#include "store/internal.h"

static const char *const mail_words[] = {
    [MAIL_NONE] = "none",
    [MAIL_WAITING] = "waiting",
    [MAIL_SENT] = "sent",
    [MAIL_GIVEN_UP] = "given_up",
};

void store_message_free(struct store_message *message)
{
    if (message == NULL) {
        return;
    }
    g_free(message->account);
    g_free(message->mission);
    g_free(message->order_id);
    g_free(message->order_number);
    g_free(message->template);
    g_free(message->args);
    g_free(message->state);
    g_free(message);
}

static void free_message(void *message)
{
    store_message_free(message);
}

static struct seal_place args_place(const char *seq)
{
    return (struct seal_place){"message", "sealed_args", seq};
}

static char *seq_text(int64_t seq)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, seq);
}

/* ---- writing ---- */

static bool next_seq(db_transaction *tx, int64_t *seq, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT coalesce(max(seq), 0) + 1 FROM message");
    if (!db_find(select, "message", error)) {
        return false;
    }
    *seq = db_int(select, 0);
    return true;
}

static bool insert_message(db_transaction *tx, const struct message_draft *draft, const aead_key *key, GError **error)
{
    int64_t seq;
    if (!next_seq(tx, &seq, error)) {
        return false;
    }
    g_autofree char *row = seq_text(seq);
    g_autoptr(GBytes) args = seal_text(key, args_place(row), draft->args != NULL ? draft->args : "{}");
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO message (seq, account, mission, order_id, order_number, template, sealed_args,"
                       " state, at_us, mail) SELECT ?, id, ?, ?, ?, ?, ?, ?, ?,"
                       " CASE WHEN mail_messages = 1 AND contact_kind = 'email' THEN 'waiting' ELSE 'none' END"
                       " FROM account WHERE id = ?");
    db_bind_int(insert, seq);
    db_bind_text(insert, draft->mission);
    db_bind_text(insert, draft->order_id);
    db_bind_text(insert, draft->order_number);
    db_bind_text(insert, draft->template);
    db_bind_blob(insert, args);
    db_bind_text(insert, draft->state);
    db_bind_int(insert, draft->at_us);
    db_bind_text(insert, draft->account);
    return db_run_one(insert, "account", error);
}

bool message_add(struct store *store, db_transaction *tx, const struct message_draft *draft, GError **error)
{
    g_auto(aead_key) key = {0};
    g_autoptr(GError) cause = NULL;
    if (keyring_get(store->keyring, tx, key_of_account(draft->account), &key, &cause)) {
        return insert_message(tx, draft, &key, error);
    }
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

/* ---- reading ---- */

#define SELECT_MESSAGE                                                                                                 \
    "SELECT m.seq, m.account, m.mission, m.order_id, m.order_number, m.template, m.state, m.at_us, m.read_us, m.mail," \
    " m.mail_tries, m.sealed_args, k.sealed_key FROM message m JOIN account_key k ON k.account = m.account "

static bool parse_mail(struct db_statement *row, int column, enum store_mail *mail, GError **error)
{
    g_autofree char *word = db_text(row, column);
    for (unsigned i = 0; i < G_N_ELEMENTS(mail_words); i++) {
        if (g_strcmp0(word, mail_words[i]) == 0) {
            *mail = (enum store_mail)i;
            return true;
        }
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "the mail of a message is never \"%s\"", word);
    return false;
}

static struct store_message *read_message(struct store *store, struct db_statement *row, GError **error)
{
    struct store_message *message = g_new0(struct store_message, 1);
    message->seq = db_int(row, 0);
    message->account = db_text(row, 1);
    message->mission = db_text(row, 2);
    message->order_id = db_text(row, 3);
    message->order_number = db_text(row, 4);
    message->template = db_text(row, 5);
    message->state = db_text(row, 6);
    message->at_us = db_int(row, 7);
    message->read_us = db_int(row, 8);
    message->mail_tries = (unsigned)db_int(row, 10);
    g_autoptr(GBytes) args = db_blob(row, 11);
    g_autoptr(GBytes) key = db_blob(row, 12);
    g_autofree char *seq = seq_text(message->seq);
    if (!parse_mail(row, 9, &message->mail, error) ||
        !keyring_open_text(store->keyring, key_of_account(message->account), key, args_place(seq), args, &message->args,
                           error)) {
        g_clear_pointer(&message, store_message_free);
    }
    return message;
}

static GPtrArray *read_list(struct store *store, struct db_statement *select, GError **error)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(free_message);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_message *message = read_message(store, select, error);
        if (message == NULL) {
            return NULL;
        }
        g_ptr_array_add(messages, message);
    }
    return step == DB_DONE ? g_steal_pointer(&messages) : NULL;
}

GPtrArray *store_message_list(struct store *store, const char *account, int64_t before, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_MESSAGE "WHERE m.account = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
    db_bind_text(select, account);
    db_bind_int(select, before != 0 ? before : INT64_MAX);
    db_bind_int(select, limit);
    return read_list(store, select, error);
}

GPtrArray *store_message_after(struct store *store, int64_t after, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_MESSAGE "WHERE m.seq > ? ORDER BY m.seq LIMIT ?");
    db_bind_int(select, after);
    db_bind_int(select, limit);
    return read_list(store, select, error);
}

bool store_message_last(struct store *store, int64_t *seq, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL || !next_seq(tx, seq, error)) {
        return false;
    }
    *seq -= 1;
    return true;
}

static bool count_unread(db_transaction *tx, const char *account, unsigned *unread, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT count(*) FROM message WHERE account = ? AND read_us = 0");
    db_bind_text(select, account);
    if (!db_find(select, "message", error)) {
        return false;
    }
    *unread = (unsigned)db_int(select, 0);
    return true;
}

bool store_message_unread(struct store *store, const char *account, unsigned *unread, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx != NULL && count_unread(tx, account, unread, error);
}

bool store_message_read(struct store *store, const char *account, int64_t seq, int64_t now_us, unsigned *unread,
                        GError **error)
{
    unsigned left;
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE message SET read_us = ? WHERE account = ? AND seq <= ? AND read_us = 0");
    db_bind_int(update, now_us);
    db_bind_text(update, account);
    db_bind_int(update, seq);
    if (!db_run(update, error) || !count_unread(tx, account, &left, error) || !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    *unread = left;
    return true;
}

/* ---- mail ---- */

struct store_message *store_message_mail_due(struct store *store, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(
        tx, SELECT_MESSAGE "WHERE m.mail = 'waiting' AND m.mail_next_us <= ? ORDER BY m.mail_next_us, m.seq LIMIT 1");
    db_bind_int(select, now_us);
    return db_find(select, "mail", error) ? read_message(store, select, error) : NULL;
}

bool store_message_mail_tried(struct store *store, int64_t seq, enum store_mail mail, int64_t next_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE message SET mail = ?, mail_tries = mail_tries + 1, mail_next_us = ? WHERE seq = ?");
    db_bind_text(update, mail_words[mail]);
    db_bind_int(update, next_us);
    db_bind_int(update, seq);
    return db_run_one(update, "message", error) && db_commit(g_steal_pointer(&tx), error);
}
