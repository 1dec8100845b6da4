/* upload_kept: parts of pictures that wait in memory to go on, by the place that they are for: limited in number, bytes
 * and time. Time is handed in (monotonic); whoever has it keeps it to one thread at a time. */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct upload_kept;

struct upload_kept *upload_kept_new(void);
void upload_kept_free(struct upload_kept *kept);

/* `bytes` is NULL: there is none. */
struct upload_part {
    GByteArray *bytes;
    size_t total; /* of the whole picture */
};

/* Replaces what waits for `place` by a copy of `bytes`, or by nothing when they are none. */
void upload_kept_put(struct upload_kept *kept, const char *place, const GByteArray *bytes, size_t total,
                     int64_t now_us);
/* Borrowed, until the next call. */
struct upload_part upload_kept_look(struct upload_kept *kept, const char *place, int64_t now_us);
/* The bytes, the caller's from now on; NULL: there are none. */
GByteArray *upload_kept_take(struct upload_kept *kept, const char *place);
void upload_kept_drop(struct upload_kept *kept, const char *place);
