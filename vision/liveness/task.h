/* task: seeing a movement in what the frames show, relative to how the person looks when doing nothing. Pure. */
#pragma once

#include "vision/vision.h"

/* How the person looks facing the camera. */
struct baseline {
    float yaw, pitch, mouth; /* as in struct vision_frame; faces differ: yaw by 0.1 */
    float eye_closed[2];     /* what the network calls their open eyes */
    float height;            /* of the face's box, px */
};

/* A movement counts when it begins after it was asked for, so a watch first wants to see it not being done ("armed"),
 * and when it holds for two frames, so that one bad measurement is no movement. */
struct task_watch {
    enum vision_task task;
    bool armed;
    unsigned held;  /* frames in a row beyond the threshold */
    bool out;       /* of a nod or a blink: down, or closed; coming back ends it */
    float up, down; /* of a nod: pitch where the head was last up, and the furthest down since */
    int64_t up_us;  /* since when; of a blink: closed since */
    float progress; /* 0..1, the furthest it came */
    bool done;
};

void task_watch_begin(struct task_watch *watch, enum vision_task task);
/* Returns true when this frame completes it. Frames without a face change nothing. */
bool task_watch_frame(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame);
