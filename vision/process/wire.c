#include "vision/process/wire.h"

#include <string.h>

#define MAGIC 0x31617676u /* "vva1" */

/* ---- layout ---- */

static bool refuse(GError **error, const char *what, size_t value, size_t most)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_FILE_TOO_LARGE, "%s: %zu, at most %zu", what, value, most);
    return false;
}

static size_t length_of(const GPtrArray *blobs, unsigned i)
{
    return g_bytes_get_size(blobs->pdata[i]);
}

/* Each length is at most that of a GBytes, in memory already: the sum does not overflow 64 bits. */
static uint64_t total_bytes(size_t json_bytes, const GPtrArray *blobs, unsigned count)
{
    uint64_t total = json_bytes + count * sizeof(uint32_t);
    for (unsigned i = 0; i < count; i++) {
        total += length_of(blobs, i);
    }
    return total;
}

static void lay_out(uint8_t *at, const char *text, size_t json_bytes, const GPtrArray *blobs, unsigned count)
{
    memcpy(at, text, json_bytes);
    at += json_bytes;
    for (unsigned i = 0; i < count; i++) {
        const uint32_t length = GUINT32_TO_LE((uint32_t)length_of(blobs, i));
        memcpy(at, &length, sizeof length);
        at += sizeof length;
    }
    for (unsigned i = 0; i < count; i++) {
        size_t length;
        const void *bytes = g_bytes_get_data(blobs->pdata[i], &length);
        if (length > 0) {
            memcpy(at, bytes, length);
            at += length;
        }
    }
}

static void free_text(char **text)
{
    free(*text); /* jansson's */
}

bool wire_write(uint8_t *area, size_t area_bytes, uint64_t sequence, const json_t *json, const GPtrArray *blobs,
                struct wire_head *head, GError **error)
{
    __attribute__((cleanup(free_text))) char *text = json_dumps(json, JSON_COMPACT);
    const size_t json_bytes = text != NULL ? strlen(text) : 0;
    const unsigned count = blobs != NULL ? blobs->len : 0;
    if (text == NULL || json_bytes > WIRE_JSON_MAX) {
        return refuse(error, "bytes of JSON in a job or reply", json_bytes, WIRE_JSON_MAX);
    }
    if (count > WIRE_BLOBS_MAX) {
        return refuse(error, "parts of a job or reply", count, WIRE_BLOBS_MAX);
    }
    const uint64_t bytes = total_bytes(json_bytes, blobs, count);
    if (bytes > area_bytes) {
        return refuse(error, "bytes of a job or reply", bytes, area_bytes);
    }
    lay_out(area, text, json_bytes, blobs, count);
    *head = (struct wire_head){
        .magic = MAGIC, .blobs = count, .sequence = sequence, .bytes = bytes, .json_bytes = (uint32_t)json_bytes};
    return true;
}

bool wire_read_head(const void *message, size_t length, size_t area_bytes, struct wire_head *head)
{
    struct wire_head read;
    if (length != sizeof read) {
        return false;
    }
    memcpy(&read, message, sizeof read);
    if (read.magic != MAGIC || read.unused != 0 || read.bytes > area_bytes || read.json_bytes > WIRE_JSON_MAX ||
        read.blobs > WIRE_BLOBS_MAX || read.json_bytes + read.blobs * sizeof(uint32_t) > read.bytes) {
        return false;
    }
    *head = read;
    return true;
}

static void unref_blob(void *blob)
{
    g_bytes_unref(blob);
}

/* NULL: the lengths do not add up to what there is. */
static GPtrArray *slice_blobs(const struct wire_head *head, GBytes *area)
{
    const uint8_t *lengths = (const uint8_t *)g_bytes_get_data(area, NULL) + head->json_bytes;
    size_t at = head->json_bytes + head->blobs * sizeof(uint32_t);
    g_autoptr(GPtrArray) blobs = g_ptr_array_new_full(head->blobs, unref_blob);
    for (unsigned i = 0; i < head->blobs; i++) {
        uint32_t length;
        memcpy(&length, lengths + i * sizeof length, sizeof length);
        length = GUINT32_FROM_LE(length);
        if (length > head->bytes - at) {
            return NULL;
        }
        g_ptr_array_add(blobs, g_bytes_new_from_bytes(area, at, length));
        at += length;
    }
    return at == head->bytes ? g_steal_pointer(&blobs) : NULL;
}

bool wire_read(const struct wire_head *head, GBytes *area, json_t **json, GPtrArray **blobs)
{
    g_assert(g_bytes_get_size(area) == head->bytes);
    const char *text = g_bytes_get_data(area, NULL);
    json_t *read = json_loadb(text, head->json_bytes, JSON_REJECT_DUPLICATES, NULL);
    GPtrArray *slices = json_is_object(read) ? slice_blobs(head, area) : NULL;
    if (slices == NULL) {
        json_decref(read);
        return false;
    }
    *json = read;
    *blobs = slices;
    return true;
}

/* ---- replies ---- */

json_t *wire_success(json_t *report)
{
    return json_pack("{s:O}", "report", report);
}

/* Made valid, each bad byte becomes three. A cut in the midst of a character is such a byte. */
static char *plain_message(const char *message)
{
    char *plain = g_utf8_make_valid(message, (gssize)MIN(strlen(message), WIRE_MESSAGE_MAX / 3));
    for (char *at = plain; *at != '\0'; at++) {
        *at = g_ascii_iscntrl(*at) ? ' ' : *at;
    }
    return plain;
}

json_t *wire_failure(const GError *error)
{
    g_assert(error->domain == VISION_ERROR);
    g_autofree char *message = plain_message(error->message);
    return json_pack("{s:{s:s, s:s}}", "error", "code", vision_error_code((enum vision_error)error->code), "message",
                     message);
}

static bool find_code(const char *name, enum vision_error *code)
{
    for (enum vision_error i = VISION_ERROR_CONFIG; i <= VISION_ERROR_LIVE_GONE; i++) {
        if (strcmp(vision_error_code(i), name) == 0) {
            *code = i;
            return true;
        }
    }
    return false;
}

/* People read it, and logs may: no control characters. */
static bool is_plain(const char *message)
{
    for (const char *at = message; *at != '\0'; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at))) {
            return false;
        }
    }
    return strlen(message) <= WIRE_MESSAGE_MAX;
}

enum wire_verdict wire_judge(const json_t *reply, json_t **report, GError **error)
{
    json_t *success = NULL;
    const char *name, *message;
    enum vision_error code;
    if (json_unpack_ex((json_t *)reply, NULL, JSON_STRICT, "{s:o}", "report", &success) == 0 &&
        json_is_object(success)) {
        *report = json_incref(success);
        return WIRE_DONE;
    }
    if (json_unpack_ex((json_t *)reply, NULL, JSON_STRICT, "{s:{s:s, s:s}}", "error", "code", &name, "message",
                       &message) == 0 &&
        find_code(name, &code) && is_plain(message)) {
        g_set_error_literal(error, VISION_ERROR, (int)code, message);
        return WIRE_FAILED;
    }
    return WIRE_BROKEN;
}
