#include "signaling/limit.h"

#include <arpa/inet.h>
#include <string.h>

/* A level is kept in units of 1/60,000,000 try, so that one microsecond adds exactly `per_min` units. */
#define UNITS_PER_TRY (UINT64_C(60) * 1000000)

static const struct limit_rule hint_rule = {4, 30};

struct bucket {
    uint64_t level;
    int64_t refilled_us;
    const struct limit_rule *rule;
};

struct limiter {
    struct limit_rule login, address, ticket, facecheck, code, code_address;
    GMutex lock;
    /* "a:ADDRESS", "l:LOGIN", "t:ADDRESS", "v:ADDRESS", "u:FACECHECK", "s:FACECHECK", "k:CONTACT", "c:ADDRESS",
     * "n:ADDRESS",
     * "i:ACCOUNT", "h:PARTY" or "o:WHO" → struct bucket */
    GHashTable *buckets;
};

static void bucket_refill(struct bucket *bucket, int64_t now_us)
{
    if (now_us <= bucket->refilled_us) {
        return;
    }
    const uint64_t elapsed_us = (uint64_t)(now_us - bucket->refilled_us);
    const uint64_t full = bucket->rule->burst * UNITS_PER_TRY;
    const uint64_t missing = full - bucket->level;
    /* The division keeps the product from overflowing after a long time. */
    bucket->level =
        elapsed_us > missing / bucket->rule->per_min ? full : bucket->level + elapsed_us * bucket->rule->per_min;
    bucket->refilled_us = now_us;
}

static bool bucket_is_full(struct bucket *bucket, int64_t now_us)
{
    bucket_refill(bucket, now_us);
    return bucket->level >= bucket->rule->burst * UNITS_PER_TRY;
}

/* Rounded up: who waits that long gets a try. */
static int64_t bucket_wait_ms(const struct bucket *bucket)
{
    const uint64_t units_per_ms = UINT64_C(1000) * bucket->rule->per_min;
    return (int64_t)((UNITS_PER_TRY - bucket->level + units_per_ms - 1) / units_per_ms);
}

static gboolean forget_full(gpointer key, gpointer value, gpointer now_us)
{
    (void)key;
    return bucket_is_full(value, *(const int64_t *)now_us);
}

/* What one subscriber holds: an IPv6 one has at least a /64 to choose addresses from. */
static char *address_source(const char *kind, const char *address)
{
    struct in6_addr six;
    if (inet_pton(AF_INET6, address, &six) != 1) {
        return g_strconcat(kind, address, NULL);
    }
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        char four[INET_ADDRSTRLEN];
        return g_strconcat(kind, inet_ntop(AF_INET, six.s6_addr + 12, four, sizeof four), NULL);
    }
    char network[INET6_ADDRSTRLEN];
    memset(six.s6_addr + 8, 0, 8);
    return g_strconcat(kind, inet_ntop(AF_INET6, &six, network, sizeof network), "/64", NULL);
}

/* A login that is no login (somebody typed a book) must not become a long key. */
static char *login_source(const char *login)
{
    g_autofree char *folded = g_utf8_casefold(login, -1);
    return g_strdup_printf("l:%.128s", folded);
}

static struct limit_rule for_address(struct limit_rule rule)
{
    return (struct limit_rule){rule.burst * LIMIT_ADDRESS_FACTOR, rule.per_min * LIMIT_ADDRESS_FACTOR};
}

struct limiter *limiter_new(struct limit_rule sign_in, struct limit_rule ticket, struct limit_rule facecheck,
                            struct limit_rule code)
{
    struct limiter *limiter = g_new0(struct limiter, 1);
    limiter->login = sign_in;
    limiter->address = for_address(sign_in);
    limiter->ticket = ticket;
    limiter->facecheck = facecheck;
    limiter->code = code;
    limiter->code_address = for_address(code);
    g_mutex_init(&limiter->lock);
    limiter->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter != NULL) {
        g_hash_table_unref(limiter->buckets);
        g_mutex_clear(&limiter->lock);
        g_free(limiter);
    }
}

/* NULL when the table is full of sources that are being held back. */
static struct bucket *bucket_for(struct limiter *limiter, const struct limit_rule *rule, const char *source,
                                 int64_t now_us)
{
    struct bucket *bucket = g_hash_table_lookup(limiter->buckets, source);
    if (bucket != NULL) {
        bucket_refill(bucket, now_us);
        return bucket;
    }
    if (g_hash_table_size(limiter->buckets) >= LIMITER_SOURCES_MAX) {
        g_hash_table_foreach_remove(limiter->buckets, forget_full, &now_us);
        if (g_hash_table_size(limiter->buckets) >= LIMITER_SOURCES_MAX) {
            return NULL;
        }
    }
    bucket = g_new(struct bucket, 1);
    *bucket = (struct bucket){rule->burst * UNITS_PER_TRY, now_us, rule};
    g_hash_table_insert(limiter->buckets, g_strdup(source), bucket);
    return bucket;
}

static bool take(struct limiter *limiter, const struct limit_rule *rule, const char *source, int64_t now_us,
                 int64_t *retry_after_ms)
{
    g_mutex_lock(&limiter->lock);
    struct bucket *bucket = bucket_for(limiter, rule, source, now_us);
    const bool taken = bucket != NULL && bucket->level >= UNITS_PER_TRY;
    if (taken) {
        bucket->level -= UNITS_PER_TRY;
    } else {
        *retry_after_ms = bucket != NULL ? bucket_wait_ms(bucket) : 60 * 1000 / rule->per_min;
    }
    g_mutex_unlock(&limiter->lock);
    return taken;
}

static void give_back(struct limiter *limiter, const char *source)
{
    g_mutex_lock(&limiter->lock);
    struct bucket *bucket = g_hash_table_lookup(limiter->buckets, source);
    if (bucket != NULL) {
        bucket->level = MIN(bucket->level + UNITS_PER_TRY, bucket->rule->burst * UNITS_PER_TRY);
    }
    g_mutex_unlock(&limiter->lock);
}

bool limit_sign_in(struct limiter *limiter, const char *address, const char *login, int64_t now_us,
                   int64_t *retry_after_ms)
{
    g_autofree char *by_address = address_source("a:", address);
    g_autofree char *by_login = login_source(login);
    return take(limiter, &limiter->address, by_address, now_us, retry_after_ms) &&
           take(limiter, &limiter->login, by_login, now_us, retry_after_ms);
}

bool limit_ticket(struct limiter *limiter, const char *address, int64_t now_us, int64_t *retry_after_ms)
{
    g_autofree char *source = address_source("t:", address);
    return take(limiter, &limiter->ticket, source, now_us, retry_after_ms);
}

void limit_sign_in_succeeded(struct limiter *limiter, const char *address, const char *login)
{
    g_autofree char *by_address = address_source("a:", address);
    g_autofree char *by_login = login_source(login);
    give_back(limiter, by_address);
    give_back(limiter, by_login);
}

void limit_ticket_succeeded(struct limiter *limiter, const char *address)
{
    g_autofree char *source = address_source("t:", address);
    give_back(limiter, source);
}

bool limit_service(struct limiter *limiter, const char *address, int64_t now_us, int64_t *retry_after_ms)
{
    g_autofree char *source = address_source("v:", address);
    return take(limiter, &limiter->login, source, now_us, retry_after_ms);
}

void limit_service_succeeded(struct limiter *limiter, const char *address)
{
    g_autofree char *source = address_source("v:", address);
    give_back(limiter, source);
}

static bool take_of_facecheck(struct limiter *limiter, const char *kind, const char *facecheck, int64_t now_us,
                              int64_t *retry_after_ms)
{
    g_autofree char *source = g_strconcat(kind, facecheck, NULL);
    return take(limiter, &limiter->facecheck, source, now_us, retry_after_ms);
}

bool limit_upload(struct limiter *limiter, const char *facecheck, int64_t now_us, int64_t *retry_after_ms)
{
    return take_of_facecheck(limiter, "u:", facecheck, now_us, retry_after_ms);
}

bool limit_start(struct limiter *limiter, const char *facecheck, int64_t now_us, int64_t *retry_after_ms)
{
    return take_of_facecheck(limiter, "s:", facecheck, now_us, retry_after_ms);
}

bool limit_hint(struct limiter *limiter, const char *party, int64_t now_us, int64_t *retry_after_ms)
{
    g_autofree char *source = g_strconcat("h:", party, NULL);
    return take(limiter, &hint_rule, source, now_us, retry_after_ms);
}

bool limit_code(struct limiter *limiter, const char *address, const char *contact, int64_t now_us,
                int64_t *retry_after_ms)
{
    g_autofree char *by_address = address_source("c:", address);
    g_autofree char *by_contact = g_strconcat("k:", contact, NULL);
    return take(limiter, &limiter->code_address, by_address, now_us, retry_after_ms) &&
           take(limiter, &limiter->code, by_contact, now_us, retry_after_ms);
}

bool limit_confirm(struct limiter *limiter, const char *address, int64_t now_us, int64_t *retry_after_ms)
{
    g_autofree char *source = address_source("n:", address);
    return take(limiter, &limiter->code_address, source, now_us, retry_after_ms);
}

void limit_confirm_succeeded(struct limiter *limiter, const char *address)
{
    g_autofree char *source = address_source("n:", address);
    give_back(limiter, source);
}

bool limit_verify(struct limiter *limiter, const char *account, int64_t now_us, int64_t *retry_after_ms)
{
    g_autofree char *source = g_strconcat("i:", account, NULL);
    return take(limiter, &limiter->code, source, now_us, retry_after_ms);
}

bool limit_order(struct limiter *limiter, const char *who, int64_t now_us, int64_t *retry_after_ms)
{
    g_autofree char *source = g_strconcat("o:", who, NULL);
    return take(limiter, &limiter->ticket, source, now_us, retry_after_ms);
}

void limit_order_succeeded(struct limiter *limiter, const char *who)
{
    g_autofree char *source = g_strconcat("o:", who, NULL);
    give_back(limiter, source);
}
