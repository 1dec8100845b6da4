#include "vision/document/reader.h"

#include "vision/document/straighten.h"

#include <math.h>

#define CONFIDENCE_MIN  0.55F /* of a reading of a zone */
#define SHARE_MIN       0.90F /* of its alphabet in what the recogniser saw */
#define TURN_CONFIDENCE 0.80F /* of the look from one end, below which the other end is tried too */
#define PROBE_HEIGHTS   12.0F /* length of that look, in heights of the strip: some 16 characters */
#define LINE_HEIGHT     1.4F  /* of a line, in pitches */

/* How lines are read, time after time: px that a character becomes wide, and the height of the strip in characters.
 * Where the recogniser is at its best differs from page to page; what it reads alike at two of these can be believed.
 */
static const struct scale {
    float pitch, height;
} scales[READER_ROUNDS] = {{37, 2.4F}, {40, 1.9F}, {37, 1.45F}, {33, 2.4F}};
G_STATIC_ASSERT(READER_ROUNDS <= CONSENSUS_READINGS_MAX);

static int natural_width(const struct text_strip *strip)
{
    const float ratio = text_strip_width(strip) / fmaxf(text_strip_height(strip), 1.0F);
    return (int)(TEXT_HEIGHT_PX * fminf(ratio, 60.0F));
}

static bool read_line(struct reader *reader, struct consensus *line, const struct text_strip *strip, int width_px,
                      GError **error)
{
    if (line->count == CONSENSUS_READINGS_MAX || reader->reads_left == 0) {
        return true;
    }
    reader->reads_left--;
    struct consensus_reading *reading = &line->readings[line->count];
    *reading = (struct consensus_reading){.strip = *strip};
    if (!text_read(reader->networks, reader->picture, strip, width_px, &reader->alphabet, &reading->steps, error)) {
        return false;
    }
    reading->regular = columns_fit(&reading->steps, &reading->grid);
    line->count++;
    return true;
}

static float worth(const struct consensus_reading *reading)
{
    return reading->regular ? reading->grid.confidence * (float)reading->grid.characters : 0;
}

bool reader_is_whole(const struct consensus_reading *reading)
{
    for (unsigned format = 0; reading->regular && format < MRZ_FORMATS; format++) {
        if (mrz_format_shape((enum mrz_format)format).length == reading->grid.count) {
            return true;
        }
    }
    return false;
}

float reader_pitch_px(const struct consensus_reading *reading)
{
    const struct columns_grid *grid = &reading->grid;
    return (grid->pitch + grid->bend * (float)grid->count) * text_strip_width(&reading->strip);
}

/* The width to read a strip at, whose characters are `pitch` px wide in the picture. */
static int width_at(const struct text_strip *strip, float pitch, const struct scale *scale)
{
    return (int)(text_strip_width(strip) / fmaxf(pitch, 1) * scale->pitch);
}

static struct text_strip at_height(const struct text_strip *strip, float pitch, float pitches)
{
    const float height = fmaxf(text_strip_height(strip), 1);
    return text_strip_grown(strip, 0, (pitches * pitch / height - 1) / 2);
}

/* A strip as the recogniser likes it: straight, and so high that the letters do not fill it, or they look too narrow to
 * it. The lines beside it are farther away than that. */
static struct text_strip prepared(const struct reader *reader, const struct text_strip *strip, float pitch,
                                  const struct scale *scale)
{
    const struct text_strip close = at_height(strip, pitch, LINE_HEIGHT);
    const struct text_strip straight = straighten_line(reader->picture, &close);
    return at_height(&straight, pitch, scale->height);
}

bool reader_read(struct reader *reader, struct consensus *line, const struct text_strip *strip, float pitch,
                 unsigned round, GError **error)
{
    const struct scale *scale = &scales[round];
    const struct text_strip ready = prepared(reader, strip, pitch, scale);
    return read_line(reader, line, &ready, width_at(&ready, pitch, scale), error);
}

void reader_keep(struct consensus *line, unsigned better)
{
    consensus_reading_clear(&line->readings[1 - better]);
    line->readings[0] = line->readings[better];
    line->count = 1;
}

bool reader_may_be_zone(const struct consensus_reading *reading)
{
    return reading->regular && reading->grid.confidence >= CONFIDENCE_MIN && reading->steps.share >= SHARE_MIN;
}

bool reader_probe(struct reader *reader, const struct text_strip *strip, struct text_strip *upright, float *pitch,
                  GError **error)
{
    const struct text_strip straight = straighten_line(reader->picture, strip);
    const bool top = lines_is_top(reader->lines, strip);
    const float part = fminf(1, PROBE_HEIGHTS * text_strip_height(&straight) / fmaxf(text_strip_width(&straight), 1));
    struct consensus looks = {.count = 0};
    *pitch = 0;
    for (unsigned i = 0; i < 2; i++) {
        const bool turned = (i == 1) != top;
        const struct text_strip whole = turned ? text_strip_turned(&straight) : straight;
        const struct text_strip head = lines_part(&whole, 0, part);
        if (!read_line(reader, &looks, &head, natural_width(&head), error)) {
            consensus_clear(&looks);
            return false;
        }
        if (looks.count == i + 1 && reader_may_be_zone(&looks.readings[i]) &&
            (i == 0 || *pitch == 0 || worth(&looks.readings[1]) > worth(&looks.readings[0]))) {
            *upright = whole;
            *pitch = reader_pitch_px(&looks.readings[i]);
        }
        if (*pitch > 0 && looks.readings[0].grid.confidence >= TURN_CONFIDENCE) {
            break;
        }
    }
    consensus_clear(&looks);
    return true;
}
