/* reader: readings of lines that may be a zone's, each at a scale of its own. Runs in a worker. */
#pragma once

#include "vision/document/consensus.h"

struct reader {
    struct networks *networks;
    const struct image *picture;
    const GArray *lines; /* of lines_join */
    const GDate *today;
    struct text_alphabet alphabet;
    unsigned reads_left; /* past them nothing is read, which is no error */
};

/* Scales that a line is read at, one after the other. */
#define READER_ROUNDS 4

/* Adds a reading of a strip, whose characters are `pitch` px wide in the picture. False with error. */
bool reader_read(struct reader *reader, struct consensus *line, const struct text_strip *strip, float pitch,
                 unsigned round, GError **error);
/* A look at the beginning of a strip, from either end: whether it can be a zone's at all, which end is its first, and
 * its pitch (0: it is none). */
bool reader_probe(struct reader *reader, const struct text_strip *strip, struct text_strip *upright, float *pitch,
                  GError **error);
/* Of two readings. */
void reader_keep(struct consensus *line, unsigned better);

float reader_pitch_px(const struct consensus_reading *reading);
/* Whether it has as many columns as a format's line. */
bool reader_is_whole(const struct consensus_reading *reading);
bool reader_may_be_zone(const struct consensus_reading *reading);
