/* What live.c and live_session.c share; nobody else includes this. */
#pragma once

#include "signaling/live.h"

enum live_end {
    LIVE_GOES_ON,
    LIVE_STOPPED, /* by the applicant */
    LIVE_LOST,    /* the page or its media is gone */
    LIVE_SILENT,  /* no video came */
    LIVE_BROKEN,  /* a worker was lost, or none was free */
    LIVE_DRAINED, /* the server stops */
    LIVE_JUDGED,  /* it ran to its end */
};

struct live_try {
    struct service *service;
    char *id, *facecheck, *session, *device_label;
    uint64_t connection; /* of the page that started it */
    media_room_id room;
    struct media_tap *tap;
    struct media_tap_source source;
    enum vision_task script[VISION_SCRIPT_MAX];
    unsigned count;
    gint end; /* atomic, enum live_end: what was asked for from outside; the first stays */
};
void live_try_free(struct live_try *live);
/* Asks a try to end. */
void live_try_end(struct live_try *live, enum live_end end);

/* The whole of a try, on a thread of its own; frees it. */
void live_session_run(void *live_try);
