/* What passes between a pool and a worker, and what is taken for a worker's lie. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "vision/process/wire.h"

#define AREA 4096u
static uint8_t area[AREA];

static void unref_blob(void *blob)
{
    g_bytes_unref(blob);
}

static GPtrArray *some_blobs(void)
{
    GPtrArray *blobs = g_ptr_array_new_with_free_func(unref_blob);
    g_ptr_array_add(blobs, g_bytes_new("first", 5));
    g_ptr_array_add(blobs, g_bytes_new(NULL, 0));
    g_ptr_array_add(blobs, g_bytes_new("\0\xff", 2));
    return blobs;
}

static struct wire_head written(const GPtrArray *blobs)
{
    struct wire_head head;
    json_t *json = json_pack("{s:s}", "op", "face");
    assert_true(wire_write(area, AREA, 7, json, blobs, &head, NULL));
    json_decref(json);
    return head;
}

static bool reads(const struct wire_head *head)
{
    json_t *json = NULL;
    g_autoptr(GPtrArray) blobs = NULL;
    g_autoptr(GBytes) copy = g_bytes_new(area, head->bytes);
    const bool ok = wire_read(head, copy, &json, &blobs);
    json_decref(json);
    return ok;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) blobs = some_blobs();
    const struct wire_head sent = written(blobs);
    struct wire_head head;
    assert_true(wire_read_head(&sent, sizeof sent, AREA, &head));
    assert_int_equal(head.sequence, 7);
    json_t *json;
    g_autoptr(GPtrArray) read = NULL;
    g_autoptr(GBytes) copy = g_bytes_new(area, head.bytes);
    assert_true(wire_read(&head, copy, &json, &read));
    assert_string_equal(json_string_value(json_object_get(json, "op")), "face");
    assert_int_equal(read->len, blobs->len);
    for (unsigned i = 0; i < blobs->len; i++) {
        assert_true(g_bytes_equal(read->pdata[i], blobs->pdata[i]));
    }
    json_decref(json);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func(unref_blob);
    json_t *json = json_object();
    struct wire_head head = {.sequence = 42};
    g_ptr_array_add(blobs, g_bytes_new(area, AREA - 2 - sizeof(uint32_t)));
    assert_true(wire_write(area, AREA, 1, json, blobs, &head, NULL)); /* to the last byte */
    head.sequence = 42;
    g_ptr_array_add(blobs, g_bytes_new(NULL, 0));
    g_autoptr(GError) error = NULL;
    assert_false(wire_write(area, AREA, 1, json, blobs, &head, &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_FILE_TOO_LARGE));
    assert_int_equal(head.sequence, 42);
    json_decref(json);
}

static void a_head_that_promises_what_cannot_be_is_no_head(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) blobs = some_blobs();
    const struct wire_head good = written(blobs);
    struct wire_head head, rows[8];
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rows[i] = good;
    }
    rows[0].magic++;
    rows[1].unused = 1;
    rows[2].bytes = AREA + 1;
    rows[3].bytes = UINT64_MAX;
    rows[4].json_bytes = (uint32_t)good.bytes + 1;
    rows[5].json_bytes = UINT32_MAX;
    rows[6].blobs = WIRE_BLOBS_MAX + 1;
    rows[7].blobs = (uint32_t)good.bytes;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (wire_read_head(&rows[i], sizeof rows[i], AREA, &head)) {
            fail_msg("row %zu is taken", i);
        }
    }
    assert_false(wire_read_head(&good, sizeof good - 1, AREA, &head));
    assert_false(wire_read_head(&good, 0, AREA, &head));
}

static void lengths_that_do_not_add_up_are_refused(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) blobs = some_blobs();
    struct wire_head head = written(blobs);
    assert_true(reads(&head));
    uint8_t *lengths = area + head.json_bytes;
    static const struct {
        unsigned blob;
        uint8_t bytes[4];
    } rows[] = {
        {0, {6, 0, 0, 0}},             /* one too many */
        {2, {1, 0, 0, 0}},             /* a byte that nobody has */
        {1, {0xff, 0xff, 0xff, 0xff}}, /* around the end of an address */
        {0, {0, 0, 0, 0x80}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        head = written(blobs);
        memcpy(lengths + rows[i].blob * 4, rows[i].bytes, 4);
        if (reads(&head)) {
            fail_msg("row %zu is taken", i);
        }
    }
    head = written(blobs);
    head.json_bytes--;
    assert_false(reads(&head)); /* JSON cut short */
    head = written(blobs);
    area[0] = '[';
    assert_false(reads(&head));
}

static void a_reply_is_a_report_or_an_error_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum wire_verdict verdict;
    } rows[] = {
        {"{\"report\": {\"a\": 1}}", WIRE_DONE},
        {"{\"report\": 1}", WIRE_BROKEN},
        {"{\"report\": {}, \"more\": 1}", WIRE_BROKEN},
        {"{}", WIRE_BROKEN},
        {"{\"error\": {\"code\": \"no_face\", \"message\": \"none\"}}", WIRE_FAILED},
        {"{\"error\": {\"code\": \"no_such_code\", \"message\": \"none\"}}", WIRE_BROKEN},
        {"{\"error\": {\"code\": \"no_face\"}}", WIRE_BROKEN},
        {"{\"error\": {\"code\": \"no_face\", \"message\": \"event=\\nforged\"}}", WIRE_BROKEN},
        {"{\"error\": {\"code\": \"no_face\", \"message\": 1}}", WIRE_BROKEN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *report = NULL, *reply = json_loads(rows[i].json, 0, NULL);
        g_autoptr(GError) error = NULL;
        if (wire_judge(reply, &report, &error) != rows[i].verdict) {
            fail_msg("%s", rows[i].json);
        }
        assert_int_equal(report != NULL, rows[i].verdict == WIRE_DONE);
        assert_int_equal(error != NULL, rows[i].verdict == WIRE_FAILED);
        json_decref(report);
        json_decref(reply);
    }
}

static void every_error_survives_the_way(void **state)
{
    (void)state;
    g_autofree char *long_text = g_strnfill(5000, (char)0xc3); /* no UTF-8, and too much of it */
    for (enum vision_error code = VISION_ERROR_CONFIG; code <= VISION_ERROR_LIVE_GONE; code++) {
        const char *const messages[] = {"plain", "a\tb\x7f", "", long_text};
        for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
            g_autoptr(GError) sent = g_error_new_literal(VISION_ERROR, (int)code, messages[i]);
            g_autoptr(GError) got = NULL;
            json_t *report, *reply = wire_failure(sent);
            assert_int_equal(wire_judge(reply, &report, &got), WIRE_FAILED);
            assert_true(g_error_matches(got, VISION_ERROR, (int)code));
            json_decref(reply);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_head_that_promises_what_cannot_be_is_no_head),
        cmocka_unit_test(lengths_that_do_not_add_up_are_refused),
        cmocka_unit_test(a_reply_is_a_report_or_an_error_and_nothing_else),
        cmocka_unit_test(every_error_survives_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
