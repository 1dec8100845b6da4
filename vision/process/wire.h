/* wire: a job and its reply, between the pool and a worker.
 *
 * The message on the socket is one small head; what it tells of lies in an area of the memory that both have mapped:
 *
 *   | JSON (json_bytes) | length of each blob (blobs × 4, little-endian) | blob | blob | … |      together `bytes`
 *
 * A worker that has been taken over writes what it likes when it likes. So the pool copies the area once, and reads the
 * copy; and both sides check every length. Pure; fuzzed. */
#pragma once

#include "vision/vision.h"

#define WIRE_REQUEST_BYTES (48u << 20) /* of the area for jobs: the largest file, and some */
#define WIRE_REPLY_BYTES   (96u << 20) /* of the area for replies: a PNG of the largest picture */
#define WIRE_ARENA_BYTES   (WIRE_REQUEST_BYTES + WIRE_REPLY_BYTES) /* replies lie behind jobs */
#define WIRE_JSON_MAX      (4u << 20)
#define WIRE_BLOBS_MAX     16384u
#define WIRE_MESSAGE_MAX   600u /* bytes of an error's message */

struct wire_head {
    uint32_t magic;
    uint32_t blobs;
    uint64_t sequence; /* of the job; its reply has the same */
    uint64_t bytes;
    uint32_t json_bytes;
    uint32_t unused; /* 0: no hole in what is sent */
};

/* Lays out `json` (an object) and `blobs` (of GBytes; NULL: none). Fails with VISION_ERROR_FILE_TOO_LARGE where they do
 * not fit; `head` is then untouched, the area may not be. */
bool wire_write(uint8_t *area, size_t area_bytes, uint64_t sequence, const json_t *json, const GPtrArray *blobs,
                struct wire_head *head, GError **error);
/* Whether `message` is a head whose `bytes` are at most `area_bytes`. */
bool wire_read_head(const void *message, size_t length, size_t area_bytes, struct wire_head *head);
/* Reads the head's area, of exactly its `bytes`. The blobs are slices of `area`; both are the caller's. */
bool wire_read(const struct wire_head *head, GBytes *area, json_t **json, GPtrArray **blobs);

/* ---- what the JSON of a reply says ---- */

/* Both take over nothing and give a new reference. */
json_t *wire_success(json_t *report);
json_t *wire_failure(const GError *error); /* a VISION_ERROR */

enum wire_verdict {
    WIRE_DONE,   /* `report` is an object, a new reference */
    WIRE_FAILED, /* `error` is what the op said */
    WIRE_BROKEN, /* no reply that a worker in order could have written */
};
enum wire_verdict wire_judge(const json_t *reply, json_t **report, GError **error);
