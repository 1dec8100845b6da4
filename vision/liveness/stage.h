/* stage: one GStreamer element, fed and emptied by hand.
 *
 * No pipeline, no bus, no thread: what is pushed has gone through the element, and what came out has been taken, when
 * the push returns. So there is nothing to wait for, and nothing that the sandbox would have to allow. */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>

struct stage;

struct stage_taker {
    /* Takes one buffer (borrowed) of the given caps (NULL: unknown). Anything but GST_FLOW_OK goes back to the push. */
    GstFlowReturn (*take)(void *data, GstBuffer *buffer, GstCaps *caps);
    /* Tags of the stream (borrowed); NULL: unwanted. */
    void (*tags)(void *data, const GstTagList *tags);
    void *data;
};

/* Whether the element exists; loads its plugin for good. */
bool stage_available(const char *element);
/* Makes an element with properties as gst_util_set_object_arg takes them ("threads", "1", …, NULL; NULL: none). It is
 * fed `caps` in `format`, and asked for `wanted` (NULL: whatever it gives). NULL when it cannot be made. */
struct stage *stage_new(const char *element, const char *const *properties, GstCaps *caps, GstFormat format,
                        const char *wanted, const struct stage_taker *taker);
/* For elements whose outputs come as they find them: takes from the first one for which `accept` says so. */
struct stage *stage_new_demuxer(const char *element, bool (*accept)(void *data, GstCaps *caps),
                                const struct stage_taker *taker);
void stage_free(struct stage *stage);

/* Tells the element that what comes from now on is of other caps; nothing when they are the same. */
void stage_set_caps(struct stage *stage, GstCaps *caps);
GstFlowReturn stage_push(struct stage *stage, GstBuffer *buffer); /* takes the buffer */
/* No more will come: what the element still holds comes out. */
void stage_finish(struct stage *stage);
