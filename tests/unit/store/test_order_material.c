#include "tests/unit/store/orders.h"

static GBytes *picture(char filling)
{
    uint8_t *bytes = g_malloc(100000);
    memset(bytes, filling, 100000);
    return g_bytes_new_take(bytes, 100000);
}

static bool put(struct store *store, const char *slot, char filling, GError **error)
{
    g_autoptr(GBytes) jpeg = picture(filling), thumbnail = g_bytes_new(&filling, 1);
    struct store_order_material material = {.order = (char *)"order-1",
                                            .slot = (char *)slot,
                                            .uploaded_us = NOW_US,
                                            .width = 1200,
                                            .height = 900,
                                            .thumbnail = thumbnail};
    return store_order_material_put(store, &material, jpeg, error);
}

static void assert_slot(struct store *store, const char *slot, char filling)
{
    struct store_order_material *material;
    g_autoptr(GBytes) expected = picture(filling), read = NULL;
    assert_ok(material = store_order_material_get(store, "order-1", slot, &error));
    assert_int_equal(material->file_bytes, 100000);
    assert_int_equal(material->width, 1200);
    assert_int_equal(*(const char *)g_bytes_get_data(material->thumbnail, NULL), filling);
    assert_ok(read = store_order_material_read(store, material, &error));
    assert_true(g_bytes_equal(read, expected));
    store_order_material_free(material);
}

static void pictures_are_put_replaced_and_removed(void **state)
{
    struct fixture *fixture = *state;
    store_order_free(add_order(fixture->store, "order-1"));
    assert_ok(put(fixture->store, "page", 'a', &error));
    assert_ok(put(fixture->store, "address", 'b', &error));
    assert_ok(put(fixture->store, "page", 'c', &error));
    assert_slot(fixture->store, "page", 'c');
    assert_slot(fixture->store, "address", 'b');
    assert_int_equal(count_blobs(fixture->path), 2);
    struct store_order *order = get_order(fixture->store, "order-1");
    g_autofree char *slots = g_strdup_printf("address:%" G_GINT64_FORMAT " page:%" G_GINT64_FORMAT, NOW_US, NOW_US);
    assert_string_equal(order->slots, slots);
    assert_int_equal(order->version, 1); /* who fills in the form meanwhile is not in conflict with it */
    store_order_free(order);

    assert_ok(store_order_material_remove(fixture->store, "order-1", "page", &error));
    assert_fails(store_order_material_remove(fixture->store, "order-1", "page", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_order_material_get(fixture->store, "order-1", "page", &error), STORE_ERROR_NOT_FOUND);
    assert_int_equal(count_blobs(fixture->path), 1);
    g_autoptr(GPtrArray) list = NULL;
    assert_ok(list = store_order_material_list(fixture->store, "order-1", &error));
    assert_int_equal(list->len, 1);
}

static void what_an_order_is_reviewed_on_stays(void **state)
{
    struct fixture *fixture = *state;
    struct store_order *order = add_order(fixture->store, "order-1");
    assert_ok(put(fixture->store, "page", 'a', &error));
    assert_ok(step_order(fixture->store, order, ORDER_SUBMITTED, "submit", NOW_US, &error));
    assert_fails(put(fixture->store, "page", 'b', &error), STORE_ERROR_CONFLICT);
    assert_fails(store_order_material_remove(fixture->store, "order-1", "page", &error), STORE_ERROR_CONFLICT);
    assert_int_equal(count_blobs(fixture->path), 1);
    assert_slot(fixture->store, "page", 'a');
    assert_ok(step_order(fixture->store, order, ORDER_SUPPLEMENT_REQUIRED, "supplement", NOW_US, &error));
    assert_ok(put(fixture->store, "page", 'b', &error));
    store_order_free(order);
}

static void a_restart_keeps_what_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    store_order_free(add_order(fixture->store, "order-1"));
    assert_ok(put(fixture->store, "page", 'a', &error));
    reopen(fixture);
    assert_slot(fixture->store, "page", 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_holder(pictures_are_put_replaced_and_removed),
        test_with_holder(what_an_order_is_reviewed_on_stays),
        test_with_holder(a_restart_keeps_what_is_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
