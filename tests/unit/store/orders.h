/* orders: a fixture's store with an account holder, and orders of theirs. */
#pragma once

#include "tests/unit/store/disk.h"

#define DETAILS "{\"applicant_name\": \"" APPLICANT_NAME "\", \"address\": \"12 Rue de la Paix\"}"

static char *holder; /* the account of the last fixture */

static inline void add_holder(struct store *store)
{
    struct store_account *account;
    const struct store_contact contact = {"email", "zhang@example.org"};
    const struct store_code code = {contact.text, "123456", "en", NOW_US, EXPIRES_US, 10};
    int64_t retry_us;
    assert_ok(store_code_put(store, &code, &retry_us, &error));
    assert_ok(account = store_code_redeem(store, &contact, code.code, NOW_US, &error));
    g_free(holder);
    holder = g_strdup(account->id);
    store_account_free(account);
}

static inline int set_up_holder(void **state)
{
    set_up(state);
    add_holder(((struct fixture *)*state)->store);
    return 0;
}
#define test_with_holder(f) cmocka_unit_test_setup_teardown(f, set_up_holder, tear_down)

static inline struct store_order *get_order(struct store *store, const char *id)
{
    struct store_order *order;
    assert_ok(order = store_order_get(store, id, &error));
    return order;
}

/* A new draft, number "2026-" and its id. */
static inline struct store_order *add_order(struct store *store, const char *id)
{
    g_autofree char *number = g_strconcat("2026-", id, NULL);
    const struct store_order order = {
        .id = (char *)id,
        .number = number,
        .account = holder,
        .mission = (char *)"nyc",
        .kind = (char *)"passport",
        .created_us = NOW_US,
        .version = 1,
        .details = (char *)DETAILS,
    };
    assert_ok(store_order_add(store, &order, NULL, &error));
    return get_order(store, id);
}

/* One step. */
static inline bool step_order(struct store *store, struct store_order *order, enum store_order_state to,
                              const char *event, int64_t now_us, GError **error)
{
    const struct store_order_step step = {.to = to, .actor = "system", .event = event, .message = event};
    const struct store_order_update update = {.steps = &step, .count = 1, .now_us = now_us};
    return store_order_update(store, order, &update, error);
}

/* A submitted one of applicant `name`. */
static inline struct store_order *submit_order(struct store *store, const char *id, const char *name, int64_t at_us)
{
    struct store_order *order = add_order(store, id);
    const struct store_order_names names = {name, name, NULL};
    assert_ok(store_order_save(store, order, &names, &error));
    order->submitted_us = at_us;
    assert_ok(step_order(store, order, ORDER_SUBMITTED, "submit", at_us, &error));
    return order;
}
