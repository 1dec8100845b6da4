/* person: what frames of an invented person before an invented camera measure, frame by frame, with a camera's noise.
 */
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "vision/vision.h"

#define FRAME_US 66667

struct pose {
    float yaw, pitch, mouth, closed, height;
};
static const struct pose at_rest = {.yaw = 0.05f, .pitch = 0.45f, .mouth = 0.02f, .closed = 0.05f, .height = 200};

struct person {
    struct pose pose;
    unsigned who;   /* whose embedding */
    unsigned where; /* which background */
    unsigned faces;
    float brightness;
    float noise;  /* 1: a camera's; 0: none */
    float sway;   /* of a head that is held still */
    float toward; /* where the head is turning */
    int64_t time_us;
    unsigned frames;
    uint32_t chance;
};

static inline struct person somebody(void)
{
    return (struct person){.pose = at_rest,
                           .who = 1,
                           .where = 1,
                           .faces = 1,
                           .brightness = 120,
                           .noise = 1,
                           .sway = 0.012f,
                           .chance = 12345};
}

/* -1..1, the same in every run. */
static inline float chance(struct person *person)
{
    person->chance = person->chance * 1664525u + 1013904223u;
    return (float)(person->chance >> 8) / (float)(1 << 23) - 1;
}

static inline void embedding_of(unsigned who, struct person *person, float embedding[VISION_EMBEDDING])
{
    double square = 0;
    uint32_t seed = who * 7919 + 17;
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        seed = seed * 1664525u + 1013904223u;
        embedding[i] = (float)(seed >> 8) / (float)(1 << 23) - 1 + 0.3f * chance(person);
        square += (double)embedding[i] * (double)embedding[i];
    }
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        embedding[i] /= (float)sqrt(square);
    }
}

/* Where the face is, the scene shows how it is turned. */
static inline void draw_scene(const struct person *person, struct vision_frame *frame)
{
    for (unsigned i = 0; i < sizeof(frame->scene); i++) {
        const unsigned row = i / VISION_SCENE, column = i % VISION_SCENE;
        const bool face = row >= 4 && row < 12 && column >= 6 && column < 10;
        const float wall = 60 + (float)(i * (person->where * 31 + 7) % 97);
        const float skin = 150 + 60 * person->pose.yaw * ((float)column - 7.5f) + 40 * person->pose.pitch;
        frame->scene[i] = (uint8_t)(face ? CLAMP(skin, 1, 255) : wall);
        frame->background[i] = face ? 0 : frame->scene[i];
    }
}

static inline struct vision_frame look_at(struct person *person)
{
    const float jitter = 0.006f * person->noise;
    struct vision_frame frame = {.time_us = person->time_us, .width = 640, .height = 480};
    frame.faces = (uint16_t)person->faces;
    frame.has_face = person->faces > 0;
    draw_scene(person, &frame);
    if (frame.has_face) {
        const float at = (float)person->frames;
        frame.yaw = person->pose.yaw + person->sway * sinf(at / 11) + jitter * chance(person);
        frame.pitch = person->pose.pitch + person->sway * sinf(at / 17) + jitter * chance(person);
        frame.mouth = person->pose.mouth + jitter * chance(person);
        frame.eye_closed[0] = person->pose.closed;
        frame.eye_closed[1] = person->pose.closed;
        const float height = person->pose.height + person->noise * chance(person);
        memcpy(frame.box, (float[4]){320 - height * 0.4f, 240 - height / 2, height * 0.8f, height}, sizeof(frame.box));
        frame.score = 0.99f;
        frame.brightness = person->brightness;
        frame.sharpness = 200;
        frame.has_embedding = person->frames % 6 == 0 && fabsf(frame.yaw) < 0.3f;
        if (frame.has_embedding) {
            embedding_of(person->who, person, frame.embedding);
        }
    }
    person->frames++;
    person->time_us += FRAME_US;
    return frame;
}
