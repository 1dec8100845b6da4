#include "vision/cli/montage.h"

#include <stdio.h>

#include "vision/cli/session.h"
#include "vision/process/pool.h"

#define DEADLINE_US (30 * G_USEC_PER_SEC)

bool montage_write(struct vision_pool *pool, GBytes *const *pictures, unsigned count, const char *verdict,
                   uint32_t colour, const char *path)
{
    g_autoptr(GPtrArray) in = g_ptr_array_new();
    for (unsigned i = 0; i < count; i++) {
        g_ptr_array_add(in, pictures[i]);
    }
    json_t *params = json_pack("{s:s, s:I}", "verdict", verdict, "colour", (json_int_t)colour);
    const struct pool_job job = {.op = "montage",
                                 .priority = VISION_SUBMISSION,
                                 .params = params,
                                 .in = in,
                                 .deadline_us = g_get_monotonic_time() + DEADLINE_US};
    struct pool_reply reply = {0};
    g_autoptr(GError) error = NULL;
    bool written = pool_run(pool, &job, &reply, &error);
    json_decref(params);
    if (!written) {
        fprintf(stderr, "viva: --draw: %s\n", error->message);
        return false;
    }
    written = reply.out->len == 1 && cli_write(path, reply.out->pdata[0]);
    pool_reply_clear(&reply);
    return written;
}
