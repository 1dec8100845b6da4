#include "signaling/hub.h"

#include <string.h>

/* What a client may leave unread: more than any page ever has waiting, little enough for thousands of them. */
#define QUEUE_BYTES_MAX (2u * 1024 * 1024)

#define STATUS_POLICY 1008 /* RFC 6455 §7.4.1 */

struct connection {
    struct rpc_caller caller; /* owns its strings */
    GQueue texts;
    size_t bytes;
    uint16_t close_status; /* 0: stays open */
    bool overflowed;
    bool pending; /* in hub->pending */
};

struct hub {
    GMutex lock;
    GHashTable *connections; /* &caller.connection → struct connection */
    GHashTable *groups;      /* group_of → GPtrArray of struct connection: who is reached together */
    GArray *pending;         /* of uint64_t */
    uint64_t last_id;
    void (*wake)(void *context);
    void *wake_context;
};

void hub_caller_clear(struct rpc_caller *caller)
{
    const char *const owned[] = {caller->session, caller->officer,   caller->account,   caller->holder, caller->mission,
                                 caller->party,   caller->interview, caller->facecheck, caller->address};
    for (unsigned i = 0; i < G_N_ELEMENTS(owned); i++) {
        g_free((char *)owned[i]);
    }
    *caller = (struct rpc_caller){0};
}

static struct rpc_caller caller_copy(const struct rpc_caller *caller)
{
    struct rpc_caller copy = *caller;
    copy.session = g_strdup(caller->session);
    copy.officer = g_strdup(caller->officer);
    copy.account = g_strdup(caller->account);
    copy.holder = g_strdup(caller->holder);
    copy.mission = g_strdup(caller->mission);
    copy.party = g_strdup(caller->party);
    copy.interview = g_strdup(caller->interview);
    copy.facecheck = g_strdup(caller->facecheck);
    copy.address = g_strdup(caller->address);
    return copy;
}

/* ---- who is reached together ---- */

/* The key of those with one of the roles, `role` among them, who are `whose`'s. */
static char *group_key(enum rpc_role role, const char *whose)
{
    return g_strdup_printf("%u %s", (role & RPC_PARTY) != 0 ? RPC_PARTY : role, whose);
}

/* NULL: of none. Services have a mission too, and hear events instead. */
static char *group_of(const struct rpc_caller *caller)
{
    const char *whose = (caller->role & RPC_PARTY) != 0 ? caller->party
                        : caller->role == RPC_SUBMITTER ? caller->facecheck
                        : caller->role == RPC_HOLDER    ? caller->holder
                        : caller->role == RPC_OFFICER   ? caller->mission
                                                        : NULL;
    return whose != NULL ? group_key(caller->role, whose) : NULL;
}

static void group_join(struct hub *hub, struct connection *connection)
{
    char *key = group_of(&connection->caller);
    GPtrArray *group = key != NULL ? g_hash_table_lookup(hub->groups, key) : NULL;
    if (key != NULL && group == NULL) {
        group = g_ptr_array_new();
        g_hash_table_insert(hub->groups, g_steal_pointer(&key), group);
    }
    if (group != NULL) {
        g_ptr_array_add(group, connection);
    }
    g_free(key);
}

static void group_leave(struct hub *hub, struct connection *connection)
{
    g_autofree char *key = group_of(&connection->caller);
    GPtrArray *group = key != NULL ? g_hash_table_lookup(hub->groups, key) : NULL;
    if (group != NULL && g_ptr_array_remove_fast(group, connection) && group->len == 0) {
        g_hash_table_remove(hub->groups, key);
    }
}

/* ---- connections ---- */

static void drop_texts(struct connection *connection)
{
    g_queue_clear_full(&connection->texts, g_free);
    connection->bytes = 0;
}

static void connection_free(void *data)
{
    struct connection *connection = data;
    drop_texts(connection);
    hub_caller_clear(&connection->caller);
    g_free(connection);
}

struct hub *hub_new(void)
{
    struct hub *hub = g_new0(struct hub, 1);
    g_mutex_init(&hub->lock);
    hub->connections = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, connection_free);
    hub->groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    hub->pending = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return hub;
}

void hub_free(struct hub *hub)
{
    if (hub != NULL) {
        g_hash_table_unref(hub->groups);
        g_hash_table_unref(hub->connections);
        g_array_unref(hub->pending);
        g_mutex_clear(&hub->lock);
        g_free(hub);
    }
}

void hub_listen(struct hub *hub, void (*wake)(void *context), void *context)
{
    g_mutex_lock(&hub->lock);
    hub->wake = wake;
    hub->wake_context = context;
    g_mutex_unlock(&hub->lock);
}

static struct connection *find(const struct hub *hub, uint64_t id)
{
    return g_hash_table_lookup(hub->connections, &id);
}

/* Under the lock; `wake` only signals, so it may be called there, and never after hub_listen has taken it away. */
static void mark_pending(struct hub *hub, struct connection *connection)
{
    if (!connection->pending) {
        connection->pending = true;
        g_array_append_val(hub->pending, connection->caller.connection);
        if (hub->pending->len == 1 && hub->wake != NULL) {
            hub->wake(hub->wake_context);
        }
    }
}

/* Takes `text`. */
static void queue_text(struct hub *hub, struct connection *connection, char *text)
{
    const size_t length = strlen(text);
    if (connection->close_status != 0 || connection->overflowed) {
        g_free(text);
        return;
    }
    if (connection->bytes + length > QUEUE_BYTES_MAX) {
        connection->overflowed = true;
        drop_texts(connection);
        g_free(text);
    } else {
        connection->bytes += length;
        g_queue_push_tail(&connection->texts, text);
    }
    mark_pending(hub, connection);
}

uint64_t hub_open(struct hub *hub, const char *address)
{
    struct connection *connection = g_new0(struct connection, 1);
    g_mutex_lock(&hub->lock);
    const uint64_t id = ++hub->last_id;
    connection->caller = (struct rpc_caller){.connection = id, .role = RPC_ANYONE, .address = g_strdup(address)};
    g_hash_table_insert(hub->connections, &connection->caller.connection, connection);
    g_mutex_unlock(&hub->lock);
    return id;
}

void hub_forget(struct hub *hub, uint64_t connection)
{
    g_mutex_lock(&hub->lock);
    struct connection *gone = find(hub, connection);
    if (gone != NULL) {
        group_leave(hub, gone);
        g_hash_table_remove(hub->connections, &connection);
    }
    g_mutex_unlock(&hub->lock);
}

static void set_identity(struct hub *hub, uint64_t id, const struct rpc_caller *identity)
{
    g_mutex_lock(&hub->lock);
    struct connection *connection = find(hub, id);
    if (connection != NULL) {
        struct rpc_caller caller = caller_copy(identity);
        caller.connection = id;
        g_free((char *)caller.address);
        caller.address = g_steal_pointer(&connection->caller.address);
        group_leave(hub, connection);
        hub_caller_clear(&connection->caller);
        connection->caller = caller;
        group_join(hub, connection);
    }
    g_mutex_unlock(&hub->lock);
}

void hub_attach(struct hub *hub, uint64_t connection, const struct rpc_caller *identity)
{
    set_identity(hub, connection, identity);
}

void hub_detach(struct hub *hub, uint64_t connection)
{
    set_identity(hub, connection, &(const struct rpc_caller){.role = RPC_ANYONE});
}

bool hub_caller(struct hub *hub, uint64_t id, struct rpc_caller *caller)
{
    g_mutex_lock(&hub->lock);
    const struct connection *connection = find(hub, id);
    if (connection != NULL) {
        *caller = caller_copy(&connection->caller);
    }
    g_mutex_unlock(&hub->lock);
    return connection != NULL;
}

void hub_send(struct hub *hub, uint64_t id, char *text)
{
    g_mutex_lock(&hub->lock);
    struct connection *connection = find(hub, id);
    if (connection != NULL) {
        queue_text(hub, connection, g_steal_pointer(&text));
    }
    g_mutex_unlock(&hub->lock);
    g_free(text);
}

static void send_group(struct hub *hub, enum rpc_role role, const char *whose, const char *text)
{
    g_autofree char *key = group_key(role, whose);
    g_mutex_lock(&hub->lock);
    const GPtrArray *group = g_hash_table_lookup(hub->groups, key);
    for (guint i = 0; group != NULL && i < group->len; i++) {
        queue_text(hub, group->pdata[i], g_strdup(text));
    }
    g_mutex_unlock(&hub->lock);
}

void hub_send_party(struct hub *hub, const char *party, const char *text)
{
    send_group(hub, RPC_PARTY, party, text);
}

void hub_send_facecheck(struct hub *hub, const char *facecheck, const char *text)
{
    send_group(hub, RPC_SUBMITTER, facecheck, text);
}

void hub_send_holder(struct hub *hub, const char *holder, const char *text)
{
    send_group(hub, RPC_HOLDER, holder, text);
}

bool hub_has_holder(struct hub *hub, const char *holder)
{
    g_autofree char *key = group_key(RPC_HOLDER, holder);
    g_mutex_lock(&hub->lock);
    const bool has = g_hash_table_contains(hub->groups, key);
    g_mutex_unlock(&hub->lock);
    return has;
}

void hub_send_officers(struct hub *hub, const char *mission, const char *text)
{
    send_group(hub, RPC_OFFICER, mission, text);
}

void hub_send_all(struct hub *hub, const char *text)
{
    GHashTableIter iterator;
    void *connection;
    g_mutex_lock(&hub->lock);
    g_hash_table_iter_init(&iterator, hub->connections);
    while (g_hash_table_iter_next(&iterator, NULL, &connection)) {
        queue_text(hub, connection, g_strdup(text));
    }
    g_mutex_unlock(&hub->lock);
}

void hub_each(struct hub *hub, unsigned roles, void (*visit)(const struct rpc_caller *caller, void *context),
              void *context)
{
    GHashTableIter iterator;
    void *item;
    g_autoptr(GArray) callers = g_array_new(FALSE, FALSE, sizeof(struct rpc_caller));
    g_array_set_clear_func(callers, (GDestroyNotify)hub_caller_clear);
    g_mutex_lock(&hub->lock);
    g_hash_table_iter_init(&iterator, hub->connections);
    while (g_hash_table_iter_next(&iterator, NULL, &item)) {
        const struct connection *connection = item;
        if ((connection->caller.role & roles) != 0) {
            struct rpc_caller copy = caller_copy(&connection->caller);
            g_array_append_val(callers, copy);
        }
    }
    g_mutex_unlock(&hub->lock);
    for (unsigned i = 0; i < callers->len; i++) {
        visit(&g_array_index(callers, struct rpc_caller, i), context);
    }
}

static void close_locked(struct hub *hub, struct connection *connection, uint16_t status)
{
    if (connection->close_status == 0) {
        connection->close_status = status;
        mark_pending(hub, connection);
    }
}

void hub_close(struct hub *hub, uint64_t id, uint16_t status)
{
    g_mutex_lock(&hub->lock);
    struct connection *connection = find(hub, id);
    if (connection != NULL) {
        close_locked(hub, connection, status);
    }
    g_mutex_unlock(&hub->lock);
}

void hub_expire(struct hub *hub, int64_t now_us)
{
    GHashTableIter iterator;
    void *item;
    g_mutex_lock(&hub->lock);
    g_hash_table_iter_init(&iterator, hub->connections);
    while (g_hash_table_iter_next(&iterator, NULL, &item)) {
        struct connection *connection = item;
        if (connection->caller.expires_us != 0 && connection->caller.expires_us <= now_us) {
            close_locked(hub, connection, STATUS_POLICY);
        }
    }
    g_mutex_unlock(&hub->lock);
}

unsigned hub_count(struct hub *hub)
{
    g_mutex_lock(&hub->lock);
    const unsigned count = g_hash_table_size(hub->connections);
    g_mutex_unlock(&hub->lock);
    return count;
}

GArray *hub_pending(struct hub *hub)
{
    g_mutex_lock(&hub->lock);
    GArray *pending = hub->pending;
    hub->pending = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (unsigned i = 0; i < pending->len; i++) {
        struct connection *connection = find(hub, g_array_index(pending, uint64_t, i));
        if (connection != NULL) {
            connection->pending = false;
        }
    }
    g_mutex_unlock(&hub->lock);
    return pending;
}

bool hub_overflowed(struct hub *hub, uint64_t id)
{
    g_mutex_lock(&hub->lock);
    const struct connection *connection = find(hub, id);
    const bool overflowed = connection != NULL && connection->overflowed;
    g_mutex_unlock(&hub->lock);
    return overflowed;
}

enum hub_next hub_take(struct hub *hub, uint64_t id, char **text, uint16_t *status)
{
    enum hub_next next = HUB_NOTHING;
    g_mutex_lock(&hub->lock);
    struct connection *connection = find(hub, id);
    if (connection != NULL && !g_queue_is_empty(&connection->texts)) {
        *text = g_queue_pop_head(&connection->texts);
        connection->bytes -= strlen(*text);
        next = HUB_TEXT;
    } else if (connection != NULL && connection->close_status != 0) {
        *status = connection->close_status;
        next = HUB_CLOSE;
    }
    g_mutex_unlock(&hub->lock);
    return next;
}
