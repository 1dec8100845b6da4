/* op: what a worker process can be asked to do. Each entry runs in the worker, sandboxed, one at a time. */
#pragma once

#include "vision/network/networks.h"
#include "vision/vision.h"

/* What a worker has: made before the sandbox closes. */
struct op_tools {
    struct networks *networks;
    uint32_t picture_px_max;
    int jpeg_quality;
    GHashTable *live; /* stream id → struct stream; liveness/stream.h */
};

struct op_call {
    const json_t *params; /* an object; members are the op's own, to be unpacked strictly */
    const GPtrArray *in;  /* of GBytes; borrowed, valid until the op returns */
    json_t *report;       /* to be set on success: an object (new reference) */
    GPtrArray *out;       /* of GBytes, to be added to */
};

struct op {
    const char *name; /* NULL ends a table */
    /* Fails with a VISION_ERROR, which reaches the caller as it is: code and message. */
    bool (*run)(struct op_tools *tools, struct op_call *call, GError **error);
};

extern const struct op capture_ops[];  /* "keyframe" */
extern const struct op picture_ops[];  /* "picture" */
extern const struct op face_ops[];     /* "face" */
extern const struct op document_ops[]; /* "document" */
extern const struct op cli_ops[];      /* "montage" */
extern const struct op liveness_ops[]; /* "clip", "live.open", "live.push", "live.best", "live.close" */

/* Called once before the sandbox closes: loads plugins, makes what cannot be made later. */
bool capture_ops_prepare(GError **error);
bool liveness_ops_prepare(GError **error);
