#include "signaling/presence.h"

struct subject {
    char *name;
    GArray *connections; /* uint64_t, oldest first */
    int64_t since_us;
    int64_t grace_ends_us; /* counts while there is no connection */
};

struct connection {
    uint64_t id; /* the key */
    struct subject *subject;
};

struct presence {
    int64_t grace_us;
    GHashTable *subjects;    /* name → struct subject */
    GHashTable *connections; /* &id → struct connection */
};

static void subject_free(void *data)
{
    struct subject *subject = data;
    g_free(subject->name);
    g_array_unref(subject->connections);
    g_free(subject);
}

struct presence *presence_new(int64_t grace_us)
{
    struct presence *presence = g_new0(struct presence, 1);
    presence->grace_us = grace_us;
    presence->subjects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, subject_free);
    presence->connections = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return presence;
}

void presence_free(struct presence *presence)
{
    if (presence == NULL) {
        return;
    }
    g_hash_table_unref(presence->connections);
    g_hash_table_unref(presence->subjects);
    g_free(presence);
}

static struct subject *subject_get(struct presence *presence, const char *name, int64_t now_us, bool *absent)
{
    struct subject *subject = g_hash_table_lookup(presence->subjects, name);
    *absent = subject == NULL;
    if (subject == NULL) {
        subject = g_new0(struct subject, 1);
        subject->name = g_strdup(name);
        subject->connections = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        subject->since_us = now_us;
        g_hash_table_insert(presence->subjects, subject->name, subject);
    }
    return subject;
}

static void connection_drop(struct presence *presence, uint64_t id, int64_t grace_ends_us)
{
    const struct connection *connection = g_hash_table_lookup(presence->connections, &id);
    if (connection == NULL) {
        return;
    }
    struct subject *subject = connection->subject;
    for (guint i = 0; i < subject->connections->len; i++) {
        if (g_array_index(subject->connections, uint64_t, i) == id) {
            g_array_remove_index(subject->connections, i);
            break;
        }
    }
    subject->grace_ends_us = grace_ends_us;
    g_hash_table_remove(presence->connections, &id);
}

bool presence_attach(struct presence *presence, const char *name, uint64_t id, bool exclusive, int64_t now_us,
                     GArray *replaced)
{
    presence_detach(presence, id, now_us);
    bool absent;
    struct subject *subject = subject_get(presence, name, now_us, &absent);
    while (exclusive && subject->connections->len > 0) {
        const uint64_t older = g_array_index(subject->connections, uint64_t, 0);
        g_array_append_val(replaced, older);
        connection_drop(presence, older, now_us);
    }
    struct connection *connection = g_new0(struct connection, 1);
    *connection = (struct connection){.id = id, .subject = subject};
    g_hash_table_insert(presence->connections, &connection->id, connection);
    g_array_append_val(subject->connections, id);
    return absent;
}

void presence_detach(struct presence *presence, uint64_t connection, int64_t now_us)
{
    connection_drop(presence, connection, now_us + presence->grace_us);
}

void presence_leave(struct presence *presence, uint64_t connection, int64_t now_us)
{
    connection_drop(presence, connection, now_us);
}

void presence_expect(struct presence *presence, const char *name, int64_t now_us)
{
    bool absent;
    struct subject *subject = subject_get(presence, name, now_us, &absent);
    if (absent) {
        subject->grace_ends_us = now_us + presence->grace_us;
    }
}

bool presence_is(const struct presence *presence, const char *name)
{
    return g_hash_table_contains(presence->subjects, name);
}

int64_t presence_since_us(const struct presence *presence, const char *name)
{
    const struct subject *subject = g_hash_table_lookup(presence->subjects, name);
    return subject != NULL ? subject->since_us : 0;
}

const char *presence_subject(const struct presence *presence, uint64_t id)
{
    const struct connection *connection = g_hash_table_lookup(presence->connections, &id);
    return connection != NULL ? connection->subject->name : NULL;
}

const GArray *presence_connections(const struct presence *presence, const char *name)
{
    const struct subject *subject = g_hash_table_lookup(presence->subjects, name);
    return subject != NULL && subject->connections->len > 0 ? subject->connections : NULL;
}

GPtrArray *presence_expire(struct presence *presence, int64_t now_us)
{
    GPtrArray *lost = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    g_hash_table_iter_init(&iter, presence->subjects);
    void *value;
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct subject *subject = value;
        if (subject->connections->len == 0 && subject->grace_ends_us <= now_us) {
            g_ptr_array_add(lost, g_strdup(subject->name));
            g_hash_table_iter_remove(&iter);
        }
    }
    return lost;
}
