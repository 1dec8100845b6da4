#include "store/blob_seal.h"
#include "tests/unit/store/fixture.h"

#define HEADER_BYTES       40
#define CHUNK_BYTES        65536
#define SEALED_CHUNK_BYTES (CHUNK_BYTES + 16)

static const aead_key key = {{7, 7, 7}};
static const aead_key other_key = {{7, 7, 8}};

static GBytes *content_of(size_t size)
{
    uint8_t *bytes = g_malloc(size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 31 + i / 251);
    }
    return g_bytes_new_take(bytes, size);
}

static GBytes *altered(GBytes *sealed, size_t at)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    uint8_t *copy = g_memdup2(bytes, size);
    copy[at] ^= 1;
    return g_bytes_new_take(copy, size);
}

static void assert_refused(const aead_key *with, const char *name, GBytes *sealed)
{
    assert_fails(blob_unseal(with, name, sealed, &error), STORE_ERROR_CORRUPT);
}

static void every_size_around_a_chunk_comes_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 300001};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GBytes) content = content_of(sizes[i]);
        g_autoptr(GBytes) sealed = blob_seal(&key, "a", content);
        g_autoptr(GBytes) opened = NULL;
        assert_ok(opened = blob_unseal(&key, "a", sealed, &error));
        assert_true(g_bytes_equal(content, opened));
        assert_refused(&other_key, "a", sealed);
        assert_refused(&key, "b", sealed); /* put under another's name */
    }
}

static void an_altered_byte_anywhere_is_found(void **state)
{
    (void)state;
    g_autoptr(GBytes) content = content_of(2 * CHUNK_BYTES + 100);
    g_autoptr(GBytes) sealed = blob_seal(&key, "a", content);
    const size_t size = g_bytes_get_size(sealed);
    const size_t places[] = {0, 7, 8, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + CHUNK_BYTES, size - 17, size - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autoptr(GBytes) wrong = altered(sealed, places[i]);
        assert_refused(&key, "a", wrong);
    }
}

static void chunks_cannot_be_cut_off_added_or_swapped(void **state)
{
    (void)state;
    g_autoptr(GBytes) content = content_of(3 * CHUNK_BYTES);
    g_autoptr(GBytes) sealed = blob_seal(&key, "a", content);
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    const size_t lengths[] = {0,
                              HEADER_BYTES,
                              HEADER_BYTES + 15,
                              HEADER_BYTES + SEALED_CHUNK_BYTES,
                              HEADER_BYTES + 2 * SEALED_CHUNK_BYTES,
                              size - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GBytes) cut = g_bytes_new(bytes, lengths[i]);
        assert_refused(&key, "a", cut);
    }

    g_autofree uint8_t *longer = g_malloc0(size + SEALED_CHUNK_BYTES);
    memcpy(longer, bytes, size);
    memcpy(longer + size, bytes + size - SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES); /* the last chunk twice */
    g_autoptr(GBytes) added = g_bytes_new(longer, size + SEALED_CHUNK_BYTES);
    assert_refused(&key, "a", added);

    g_autofree uint8_t *swapped = g_memdup2(bytes, size);
    memcpy(swapped + HEADER_BYTES, bytes + HEADER_BYTES + SEALED_CHUNK_BYTES, SEALED_CHUNK_BYTES);
    memcpy(swapped + HEADER_BYTES + SEALED_CHUNK_BYTES, bytes + HEADER_BYTES, SEALED_CHUNK_BYTES);
    g_autoptr(GBytes) reordered = g_bytes_new(swapped, size);
    assert_refused(&key, "a", reordered);
}

static void equal_contents_and_equal_chunks_are_sealed_differently(void **state)
{
    (void)state;
    g_autofree uint8_t *zeros = g_malloc0(2 * CHUNK_BYTES);
    g_autoptr(GBytes) content = g_bytes_new(zeros, 2 * CHUNK_BYTES);
    g_autoptr(GBytes) one = blob_seal(&key, "a", content);
    g_autoptr(GBytes) two = blob_seal(&key, "a", content);
    const uint8_t *chunks = (const uint8_t *)g_bytes_get_data(one, NULL) + HEADER_BYTES;
    assert_memory_not_equal(chunks, (const uint8_t *)g_bytes_get_data(two, NULL) + HEADER_BYTES, CHUNK_BYTES);
    assert_memory_not_equal(chunks, chunks + SEALED_CHUNK_BYTES, CHUNK_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_around_a_chunk_comes_back),
        cmocka_unit_test(an_altered_byte_anywhere_is_found),
        cmocka_unit_test(chunks_cannot_be_cut_off_added_or_swapped),
        cmocka_unit_test(equal_contents_and_equal_chunks_are_sealed_differently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
