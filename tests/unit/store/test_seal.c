#include "store/seal.h"
#include "tests/unit/store/fixture.h"

static const aead_key key = {{7, 7, 7}};
static const aead_key other_key = {{7, 7, 8}};
static const struct seal_place place = {"party", "sealed_name", "p1"};

static void text_opens_where_it_was_sealed(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", APPLICANT_NAME};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) sealed = seal_text(&key, place, texts[i]);
        g_autofree char *text = NULL;
        assert_ok(seal_open_text(&key, place, sealed, &text, &error));
        assert_string_equal(text, texts[i]);
    }
    assert_null(seal_text(&key, place, NULL));
}

static void a_value_moved_elsewhere_does_not_open(void **state)
{
    (void)state;
    static const struct seal_place places[] = {
        {"party", "sealed_name", "p2"},                                /* another row */
        {"party", "sealed_nam", "ep1"},                                /* the same letters, divided elsewhere */
        {"part", "ysealed_name", "p1"}, {"note", "sealed_name", "p1"}, /* another table */
        {"party", "sealed_text", "p1"},                                /* another column */
    };
    g_autoptr(GBytes) sealed = seal_text(&key, place, APPLICANT_NAME);
    char *text = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        assert_fails(seal_open_text(&key, places[i], sealed, &text, &error), STORE_ERROR_CORRUPT);
    }
    assert_fails(seal_open_text(&other_key, place, sealed, &text, &error), STORE_ERROR_CORRUPT);
    assert_null(text);
}

static void no_bit_can_change_and_no_byte_be_lost(void **state)
{
    (void)state;
    g_autoptr(GBytes) sealed = seal_text(&key, place, "name");
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    char *text = NULL;
    for (size_t bit = 0; bit < size * 8; bit++) {
        g_autofree uint8_t *copy = g_memdup2(bytes, size);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        g_autoptr(GBytes) altered = g_bytes_new(copy, size);
        assert_fails(seal_open_text(&key, place, altered, &text, &error), STORE_ERROR_CORRUPT);
    }
    for (size_t length = 0; length < size; length++) {
        g_autoptr(GBytes) shortened = g_bytes_new(bytes, length);
        assert_fails(seal_open_text(&key, place, shortened, &text, &error), STORE_ERROR_CORRUPT);
    }
}

static void equal_texts_are_sealed_differently(void **state)
{
    (void)state;
    g_autoptr(GBytes) one = seal_text(&key, place, "name");
    g_autoptr(GBytes) two = seal_text(&key, place, "name");
    assert_false(g_bytes_equal(one, two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_opens_where_it_was_sealed),
        cmocka_unit_test(a_value_moved_elsewhere_does_not_open),
        cmocka_unit_test(no_bit_can_change_and_no_byte_be_lost),
        cmocka_unit_test(equal_texts_are_sealed_differently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
