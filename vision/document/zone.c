#include "vision/document/zone.h"

#include "vision/document/reader.h"
#include "vision/document/zone_check.h"

#include <math.h>
#include <string.h>

#define SPACING          2.5F  /* pitches from line to line: 6.35 mm by 2.54 mm (9303-3 §4.3, figures 3 to 7) */
#define SEEDS_MAX        6     /* lines to begin from */
#define READS_MAX        24    /* of the recogniser, in all */
#define SEED_COLUMNS_MIN 16    /* that a line must have to begin from it */
#define AT_ENDS          1.0F  /* of a line's height, around one whose columns are not known yet */
#define MARGIN           1.2F  /* columns around a line that is cut out anew */
#define MARGIN_GUIDED    2.5F  /* around one that is cut out where another line is */
#define SURE_MIN         0.60F /* of every character, mean of the readings */
#define RIVAL_MAX        0.15F /* of one that no check digit would tell from it */
#define AGREEING_MIN     2
#define FILLERS_MIN      4 /* of a zone: no other text has them */

/* ---- what a line is ---- */

struct content {
    unsigned columns, letters, fillers;
    unsigned digits; /* without 0 and 1, which letters are taken for */
    unsigned leading_digits;
};

static struct content content_of(const struct consensus_reading *reading)
{
    struct columns_cell cells[COLUMNS_MAX];
    struct content content = {.columns = MIN(reading->grid.count, COLUMNS_MAX)};
    columns_read(&reading->steps, &reading->grid, 0, content.columns, cells);
    for (unsigned i = 0; i < content.columns; i++) {
        float probability;
        const char symbol = columns_symbol(&cells[i], &probability);
        content.letters += g_ascii_isupper(symbol);
        content.digits += symbol >= '2' && symbol <= '9';
        content.fillers += symbol == '<';
        content.leading_digits += i < 6 && (g_ascii_isdigit(symbol) || symbol == 'O');
    }
    return content;
}

static bool has_content(const struct consensus_reading *reading)
{
    if (!reader_may_be_zone(reading) || reading->grid.count < SEED_COLUMNS_MIN) {
        return false;
    }
    const struct content content = content_of(reading);
    return content.fillers >= FILLERS_MIN || content.digits >= 8;
}

/* Which line of its zone it is. */
static unsigned role_of(const struct content *content, bool card)
{
    const bool names = content->digits <= 4;
    if (!card) {
        return names ? 0 : 1;
    }
    return names ? 2 : content->leading_digits >= 4 ? 1 : 0;
}

/* ---- the lines of a zone ---- */

struct zone_work {
    enum mrz_format format;
    unsigned count, length;
    struct consensus lines[MRZ_LINES_MAX];
};

static void zone_work_clear(struct zone_work *work)
{
    for (unsigned i = 0; i < MRZ_LINES_MAX; i++) {
        consensus_clear(&work->lines[i]);
    }
}

/* The strip of a line `down` lines below one that has been read: the detector's own where it has one. */
static struct text_strip strip_beside(const struct reader *reader, const struct consensus_reading *reading, int down)
{
    const float pitch = reader_pitch_px(reading);
    const float last = columns_middle(&reading->grid, (float)reading->grid.count - 1);
    const struct text_strip covered = lines_part(&reading->strip, reading->grid.first, last);
    const struct text_strip place = lines_below(&covered, (float)down * SPACING * pitch);
    const struct text_strip *found = lines_at(reader->lines, &place, 0.8F * pitch);
    if (!found || text_strip_height(found) > 2 * text_strip_height(&reading->strip) ||
        text_strip_width(found) < 0.7F * text_strip_width(&covered)) {
        return lines_below(&reading->strip, (float)down * SPACING * pitch);
    }
    const struct image_point ours = lines_along(&place), theirs = lines_along(found);
    const struct text_strip same_way = ours.x * theirs.x + ours.y * theirs.y < 0 ? text_strip_turned(found) : *found;
    return text_strip_grown(&same_way, AT_ENDS, 0);
}

static bool read_others(struct reader *reader, struct zone_work *work, unsigned role, GError **error)
{
    const struct consensus_reading seed = work->lines[role].readings[0];
    for (unsigned i = 0; i < work->count; i++) {
        const struct text_strip beside = strip_beside(reader, &seed, (int)i - (int)role);
        if (i != role && !reader_read(reader, &work->lines[i], &beside, reader_pitch_px(&seed), 0, error)) {
            return false;
        }
    }
    return true;
}

static void choose_format(struct zone_work *work)
{
    unsigned longest = 0;
    for (unsigned i = 0; i < work->count; i++) {
        for (unsigned j = 0; j < work->lines[i].count; j++) {
            const struct consensus_reading *reading = &work->lines[i].readings[j];
            longest = MAX(longest, reading->regular ? reading->grid.count : 0);
        }
    }
    work->format = work->count == 3 ? MRZ_TD1 : longest <= 39 ? MRZ_TD2 : MRZ_TD3;
    work->length = mrz_format_shape(work->format).length;
}

/* Just its columns and a margin; as wide as the longest line can be where columns may lack at either end. */
static struct text_strip cut_columns(const struct consensus_reading *reading)
{
    const float count = (float)reading->grid.count;
    const float margin = reader_is_whole(reading) ? MARGIN : fmaxf(MRZ_CHARACTERS_MAX - count, 0) + MARGIN;
    return lines_part(&reading->strip, columns_middle(&reading->grid, -margin),
                      columns_middle(&reading->grid, count - 1 + margin));
}

/* Where a line is best read again; of a line that has not been read yet it says nothing. */
static struct text_strip cut_anew(const struct zone_work *work, unsigned line)
{
    const struct consensus_reading *reading = &work->lines[line].readings[0];
    const struct consensus_reading *own = consensus_whole(&work->lines[line], work->length), *guide = NULL;
    if (own) {
        return cut_columns(own);
    }
    for (unsigned i = 0; i < work->count; i++) {
        guide = consensus_whole(&work->lines[i], work->length);
        if (guide) { /* where another line says that it must be */
            const float last = columns_middle(&guide->grid, (float)work->length - 1 + MARGIN_GUIDED);
            const struct text_strip part =
                lines_part(&guide->strip, columns_middle(&guide->grid, -MARGIN_GUIDED), last);
            return lines_below(&part, ((float)line - (float)i) * SPACING * reader_pitch_px(guide));
        }
    }
    return reading->regular ? cut_columns(reading) : reading->strip;
}

static bool read_anew(struct reader *reader, struct zone_work *work, unsigned line, float pitch, unsigned round,
                      GError **error)
{
    const struct text_strip cut = cut_anew(work, line);
    return work->lines[line].count == 0 || reader_read(reader, &work->lines[line], &cut, pitch, round, error);
}

/* ---- the result ---- */

static const struct consensus_reading *best_reading(const struct consensus *line, unsigned length)
{
    const struct consensus_reading *best = consensus_whole(line, length);
    for (unsigned i = 0; i < line->count && !best; i++) {
        best = line->readings[i].regular ? &line->readings[i] : NULL;
    }
    return best;
}

static void reach_line(const struct zone_work *work, unsigned i, struct zone *zone)
{
    const struct consensus *line = &work->lines[i];
    const struct consensus_reading *guide = NULL;
    struct consensus_text said;
    for (unsigned j = 0; j < work->count && !guide; j++) {
        guide = consensus_whole(&work->lines[j], work->length);
    }
    consensus_reach(line, work->format, i, guide, &said);
    struct zone_line *out = &zone->lines[i];
    g_strlcpy(out->text, said.text, sizeof out->text);
    out->weakest = said.weakest;
    out->sure = said.agreeing >= AGREEING_MIN && 2 * said.agreeing > said.whole && said.weakest >= SURE_MIN &&
                said.rival <= RIVAL_MAX && said.seen;
    out->rival = said.rival;

    const struct consensus_reading *reading = best_reading(line, work->length);
    if (reading) {
        zone->pitch_px = fmaxf(zone->pitch_px, reader_pitch_px(reading));
        const float last = columns_middle(&reading->grid, (float)reading->grid.count - 0.5F);
        out->strip = lines_part(&reading->strip, columns_middle(&reading->grid, -0.5F), last);
    } else if (line->count > 0) {
        out->strip = line->readings[0].strip;
    }
}

static bool touches_border(const struct zone *zone, const struct image *picture)
{
    for (unsigned i = 0; i < zone->count; i++) {
        for (int j = 0; j < 4; j++) {
            const struct image_point at = zone->lines[i].strip.corners[j];
            const float slack = zone->lines[i].sure ? zone->pitch_px / 4 : -zone->pitch_px;
            if (at.x < -slack || at.y < -slack || at.x > (float)picture->width + slack ||
                at.y > (float)picture->height + slack) {
                return true;
            }
        }
    }
    return false;
}

static void reach(const struct reader *reader, const struct zone_work *work, struct zone *zone)
{
    *zone = (struct zone){.format = work->format, .count = work->count};
    for (unsigned i = 0; i < work->count; i++) {
        reach_line(work, i, zone);
    }
    zone->touches_border = touches_border(zone, reader->picture);
}

/* ---- from a seed to a zone ---- */

/* Without one, further readings of what lacks columns are of no use. */
static bool has_whole_line(const struct zone_work *work)
{
    for (unsigned i = 0; i < work->count; i++) {
        if (consensus_whole(&work->lines[i], work->length)) {
            return true;
        }
    }
    return false;
}

static bool read_zone(struct reader *reader, struct zone_work *work, unsigned role, struct zone *zone, GError **error)
{
    const float pitch = reader_pitch_px(&work->lines[role].readings[0]);
    if (!read_others(reader, work, role, error)) {
        return false;
    }
    choose_format(work);
    for (unsigned round = 1; round < READER_ROUNDS; round++) {
        for (unsigned i = 0; i < work->count; i++) {
            if (!zone->lines[i].sure && !read_anew(reader, work, i, pitch, round, error)) {
                return false;
            }
        }
        choose_format(work);
        reach(reader, work, zone);
        if (zone_is_settled(zone, reader->today) || !zone_has_fillers(zone) || (round > 1 && !has_whole_line(work))) {
            break;
        }
    }
    return true;
}

/* A part of a line is read again as wide as a line can be; the better of the two readings stays. */
static bool extend(struct reader *reader, struct consensus *line, GError **error)
{
    if (reader_is_whole(&line->readings[0])) {
        return true;
    }
    const float pitch = reader_pitch_px(&line->readings[0]);
    const struct text_strip cut = cut_columns(&line->readings[0]);
    if (!reader_read(reader, line, &cut, pitch, 0, error)) {
        return false;
    }
    if (line->count == 2) {
        const bool longer = line->readings[1].regular && line->readings[1].grid.count > line->readings[0].grid.count;
        reader_keep(line, longer ? 1 : 0);
    }
    return true;
}

static bool try_seed(struct reader *reader, const struct text_strip *seed, struct zone *zone, GError **error)
{
    struct consensus first = {.count = 0};
    struct zone_work work = {.count = 0};
    struct text_strip upright;
    float pitch;
    *zone = (struct zone){.count = 0};
    if (!reader_probe(reader, seed, &upright, &pitch, error)) {
        return false;
    }
    if (pitch == 0) {
        return true;
    }
    const struct text_strip longer = text_strip_grown(&upright, AT_ENDS, 0);
    if (!reader_read(reader, &first, &longer, pitch, 0, error)) {
        return false;
    }
    if (first.count == 0 || !has_content(&first.readings[0])) {
        consensus_clear(&first);
        return true;
    }
    if (!extend(reader, &first, error)) {
        consensus_clear(&first);
        return false;
    }
    const struct content content = content_of(&first.readings[0]);
    work.count = content.columns <= 33 ? 3 : 2;
    const unsigned role = role_of(&content, work.count == 3);
    work.lines[role] = first;
    const bool read = read_zone(reader, &work, role, zone, error);
    zone_work_clear(&work);
    return read;
}

/* Whether a strip is one of a zone's lines. */
static bool is_line_of(const struct zone *zone, const struct text_strip *strip)
{
    for (unsigned i = 0; i < zone->count; i++) {
        const struct image_point line = lines_middle(&zone->lines[i].strip), at = lines_middle(strip);
        const struct image_point down = lines_down(&zone->lines[i].strip);
        const float off = fabsf((at.x - line.x) * down.x + (at.y - line.y) * down.y);
        if (off < zone->pitch_px && hypotf(at.x - line.x, at.y - line.y) < text_strip_width(&zone->lines[i].strip)) {
            return true;
        }
    }
    return false;
}

bool zone_find(struct networks *networks, const struct image *picture, const GArray *lines, const GDate *today,
               struct zone *zone, GError **error)
{
    struct reader reader = {networks, picture, lines, today, text_alphabet_new(networks, COLUMNS_ALPHABET), READS_MAX};
    int best = -1;
    bool fine = true;
    *zone = (struct zone){.count = 0};
    for (guint i = 0, seeds = 0; fine && i < lines->len && seeds < SEEDS_MAX && reader.reads_left > 0; i++) {
        const struct text_strip *seed = &g_array_index(lines, struct text_strip, i);
        if (text_strip_width(seed) < LINES_ASPECT_MIN * text_strip_height(seed) || is_line_of(zone, seed)) {
            continue;
        }
        struct zone found;
        seeds++;
        fine = try_seed(&reader, seed, &found, error);
        found.held = fine && zone_is_held(&found, today);
        const int found_rank = fine && (found.held || zone_may_be_spoilt(&found)) ? zone_rank(&found, today) : -1;
        if (found_rank > best) {
            best = found_rank;
            *zone = found;
        }
        if (zone->held) {
            break;
        }
    }
    text_alphabet_clear(&reader.alphabet);
    return fine;
}
