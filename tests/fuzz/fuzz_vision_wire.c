/* What a worker that has been taken over may answer: any head, any area. (What the pool sends is read by the same
 * code.) */
#include "tests/fuzz/input.h"
#include "vision/process/wire.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define AREA 65536u

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* What was read says the same when written and read again. */
static void write_again(const json_t *json, const GPtrArray *blobs)
{
    static uint8_t area[2 * AREA]; /* JSON may need more room than it came in: escapes */
    struct wire_head head;
    if (!wire_write(area, sizeof area, 1, json, blobs, &head, NULL)) {
        return;
    }
    json_t *again;
    GPtrArray *slices;
    g_autoptr(GBytes) copy = g_bytes_new(area, head.bytes);
    must(wire_read(&head, copy, &again, &slices));
    must(json_equal(json, again) && slices->len == blobs->len);
    for (unsigned i = 0; i < blobs->len; i++) {
        must(g_bytes_equal(slices->pdata[i], blobs->pdata[i]));
    }
    json_decref(again);
    g_ptr_array_unref(slices);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_head head;
    const size_t head_bytes = MIN(size, sizeof head);
    uint8_t area[AREA] = {0};
    memcpy(area, data + head_bytes, MIN(size - head_bytes, AREA));
    if (!wire_read_head(data, head_bytes, AREA, &head)) {
        return 0;
    }
    json_t *json, *report = NULL;
    GPtrArray *blobs;
    g_autoptr(GBytes) copy = g_bytes_new(area, head.bytes);
    if (!wire_read(&head, copy, &json, &blobs)) {
        return 0;
    }
    g_autoptr(GError) error = NULL;
    const enum wire_verdict verdict = wire_judge(json, &report, &error);
    must((verdict == WIRE_DONE) == (report != NULL) && (verdict == WIRE_FAILED) == (error != NULL));
    write_again(json, blobs);
    json_decref(report);
    json_decref(json);
    g_ptr_array_unref(blobs);
    return 0;
}
