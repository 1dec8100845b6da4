#include "vision/document/zone.h"

#include "vision/document/consensus.h"
#include "vision/document/straighten.h"

#include <math.h>
#include <string.h>

#define SPACING          2.5F  /* pitches from line to line: 6.35 mm by 2.54 mm (9303-3 §4.3, figures 3 to 7) */
#define SEEDS_MAX        6     /* lines to begin from */
#define READS_MAX        24    /* of the recogniser, in all */
#define SEED_COLUMNS_MIN 16    /* that a line must have to begin from it */
#define CONFIDENCE_MIN   0.55F /* of a reading of a zone */
#define SHARE_MIN        0.90F /* of its alphabet in what the recogniser saw */
#define TURN_CONFIDENCE  0.80F /* of the look from one end, below which the other end is tried too */
#define PROBE_HEIGHTS    12.0F /* length of that look, in heights of the strip: some 16 characters */
#define AT_ENDS          1.0F  /* of a line's height, around one whose columns are not known yet */
#define MARGIN           1.2F  /* columns around a line that is cut out anew */
#define LINE_HEIGHT      1.4F  /* of a line, in pitches */
#define MARGIN_GUIDED    2.5F  /* around one that is cut out where another line is */
#define SURE_MIN         0.60F /* of every character, mean of the readings */
#define RIVAL_MAX        0.15F /* of one that no check digit would tell from it */
#define AGREEING_MIN     2
#define FILLERS_MIN      4 /* of a zone: no other text has them */

/* How lines are read, time after time: px that a character becomes wide, and the height of the strip in characters.
 * Where the recogniser is at its best differs from page to page; what it reads alike at two of these can be believed.
 */
static const struct scale {
    float pitch, height;
} scales[] = {{37, 2.4F}, {40, 1.9F}, {37, 1.45F}, {33, 2.4F}};
G_STATIC_ASSERT(G_N_ELEMENTS(scales) <= CONSENSUS_READINGS_MAX);

struct reader {
    struct networks *networks;
    const struct image *picture;
    const GArray *lines;
    const GDate *today;
    struct text_alphabet alphabet;
    unsigned reads_left;
};

/* ---- one reading ---- */

static int natural_width(const struct text_strip *strip)
{
    const float ratio = text_strip_width(strip) / fmaxf(text_strip_height(strip), 1.0F);
    return (int)(TEXT_HEIGHT_PX * fminf(ratio, 60.0F));
}

/* Adds a reading; false with error. Past its budget nothing is read, which is no error. */
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

/* Whether it has as many columns as a format's line. */
static bool is_whole(const struct consensus_reading *reading)
{
    for (unsigned format = 0; reading->regular && format < MRZ_FORMATS; format++) {
        if (mrz_format_shape((enum mrz_format)format).length == reading->grid.count) {
            return true;
        }
    }
    return false;
}

static float pitch_px(const struct consensus_reading *reading)
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

/* Of two readings. */
static void keep(struct consensus *line, unsigned better)
{
    consensus_reading_clear(&line->readings[1 - better]);
    line->readings[0] = line->readings[better];
    line->count = 1;
}

static bool may_be_zone(const struct consensus_reading *reading)
{
    return reading->regular && reading->grid.confidence >= CONFIDENCE_MIN && reading->steps.share >= SHARE_MIN;
}

/* A look at the beginning of a strip, from either end: whether it can be a zone's at all, which end is its first, and
 * its pitch (0: it is none). */
static bool probe(struct reader *reader, const struct text_strip *strip, struct text_strip *upright, float *pitch,
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
        if (looks.count == i + 1 && may_be_zone(&looks.readings[i]) &&
            (i == 0 || *pitch == 0 || worth(&looks.readings[1]) > worth(&looks.readings[0]))) {
            *upright = whole;
            *pitch = pitch_px(&looks.readings[i]);
        }
        if (*pitch > 0 && looks.readings[0].grid.confidence >= TURN_CONFIDENCE) {
            break;
        }
    }
    consensus_clear(&looks);
    return true;
}

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
    if (!may_be_zone(reading) || reading->grid.count < SEED_COLUMNS_MIN) {
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
    const float pitch = pitch_px(reading);
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
        const struct text_strip strip = prepared(reader, &beside, pitch_px(&seed), &scales[0]);
        const int width = width_at(&strip, pitch_px(&seed), &scales[0]);
        if (i != role && !read_line(reader, &work->lines[i], &strip, width, error)) {
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
    const float margin = is_whole(reading) ? MARGIN : fmaxf(MRZ_CHARACTERS_MAX - count, 0) + MARGIN;
    return lines_part(&reading->strip, columns_middle(&reading->grid, -margin),
                      columns_middle(&reading->grid, count - 1 + margin));
}

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
            return lines_below(&part, ((float)line - (float)i) * SPACING * pitch_px(guide));
        }
    }
    return reading->regular ? cut_columns(reading) : reading->strip;
}

static bool read_anew(struct reader *reader, struct zone_work *work, unsigned line, float pitch,
                      const struct scale *scale, GError **error)
{
    if (work->lines[line].count == 0) {
        return true;
    }
    const struct text_strip cut = cut_anew(work, line);
    const struct text_strip strip = prepared(reader, &cut, pitch, scale);
    return read_line(reader, &work->lines[line], &strip, width_at(&strip, pitch, scale), error);
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
        zone->pitch_px = fmaxf(zone->pitch_px, pitch_px(reading));
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
            const float slack = zone->pitch_px / 4;
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

bool zone_parse(const struct zone *zone, const GDate *today, struct mrz *mrz)
{
    const char *lines[MRZ_LINES_MAX];
    for (unsigned i = 0; i < zone->count; i++) {
        lines[i] = zone->lines[i].text;
    }
    return zone->count > 0 && mrz_parse(lines, zone->count, today, mrz);
}

/* How good a zone is: checks that hold count most, then what fails. */
static int rank(const struct reader *reader, const struct zone *zone)
{
    struct mrz mrz;
    if (!zone_parse(zone, reader->today, &mrz)) {
        return -1;
    }
    int held = 0;
    for (unsigned i = 0; i < MRZ_CHECKS; i++) {
        held += mrz.holds[i] && mrz.has_check[i];
    }
    return 100 * held + (int)MRZ_FAILURES_MAX - (int)mrz.failure_count;
}

static bool is_settled(const struct reader *reader, const struct zone *zone)
{
    struct mrz mrz;
    bool sure = zone_parse(zone, reader->today, &mrz) && mrz.failure_count == 0;
    for (unsigned i = 0; i < zone->count; i++) {
        sure &= zone->lines[i].sure;
    }
    return sure;
}

static bool has_fillers(const struct zone *zone)
{
    unsigned fillers = 0;
    for (unsigned i = 0; i < zone->count; i++) {
        for (const char *at = zone->lines[i].text; *at; at++) {
            fillers += *at == '<';
        }
    }
    return fillers >= FILLERS_MIN;
}

/* What was read is no zone when it has neither fillers nor a check digit that holds. */
static bool is_zone(const struct reader *reader, const struct zone *zone)
{
    return has_fillers(zone) && rank(reader, zone) >= 100;
}

/* ---- from a seed to a zone ---- */

static bool read_zone(struct reader *reader, struct zone_work *work, unsigned role, struct zone *zone, GError **error)
{
    const float pitch = pitch_px(&work->lines[role].readings[0]);
    if (!read_others(reader, work, role, error)) {
        return false;
    }
    choose_format(work);
    for (unsigned round = 1; round < G_N_ELEMENTS(scales); round++) {
        for (unsigned i = 0; i < work->count; i++) {
            if (!zone->lines[i].sure && !read_anew(reader, work, i, pitch, &scales[round], error)) {
                return false;
            }
        }
        choose_format(work);
        reach(reader, work, zone);
        if (is_settled(reader, zone) || !has_fillers(zone)) {
            break;
        }
    }
    return true;
}

/* A part of a line is read again as wide as a line can be; the better of the two readings stays. */
static bool extend(struct reader *reader, struct consensus *line, GError **error)
{
    if (is_whole(&line->readings[0])) {
        return true;
    }
    const float pitch = pitch_px(&line->readings[0]);
    const struct text_strip cut = cut_columns(&line->readings[0]);
    const struct text_strip strip = prepared(reader, &cut, pitch, &scales[0]);
    if (!read_line(reader, line, &strip, width_at(&strip, pitch, &scales[0]), error)) {
        return false;
    }
    if (line->count == 2) {
        const bool longer = line->readings[1].regular && line->readings[1].grid.count > line->readings[0].grid.count;
        keep(line, longer ? 1 : 0);
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
    if (!probe(reader, seed, &upright, &pitch, error)) {
        return false;
    }
    if (pitch == 0) {
        return true;
    }
    const struct text_strip longer = text_strip_grown(&upright, AT_ENDS, 0);
    const struct text_strip grown = at_height(&longer, pitch, scales[0].height);
    if (!read_line(reader, &first, &grown, width_at(&grown, pitch, &scales[0]), error)) {
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

bool zone_find(struct networks *networks, const struct image *picture, const GArray *lines, const GDate *today,
               struct zone *zone, GError **error)
{
    struct reader reader = {networks, picture, lines, today, text_alphabet_new(networks, COLUMNS_ALPHABET), READS_MAX};
    int best = -1;
    bool fine = true;
    *zone = (struct zone){.count = 0};
    for (guint i = 0, seeds = 0; fine && i < lines->len && seeds < SEEDS_MAX && reader.reads_left > 0; i++) {
        const struct text_strip *seed = &g_array_index(lines, struct text_strip, i);
        if (text_strip_width(seed) < LINES_ASPECT_MIN * text_strip_height(seed)) {
            continue;
        }
        struct zone found;
        seeds++;
        fine = try_seed(&reader, seed, &found, error);
        const int found_rank = fine && is_zone(&reader, &found) ? rank(&reader, &found) : -1;
        if (found_rank > best) {
            best = found_rank;
            *zone = found;
        }
        if (best >= 0 && zone->count > 0) {
            break;
        }
    }
    text_alphabet_clear(&reader.alphabet);
    return fine;
}

json_t *zone_doubts(const struct zone *zone)
{
    static const char *const codes[MRZ_LINES_MAX] = {"line_1_uncertain", "line_2_uncertain", "line_3_uncertain"};
    json_t *doubts = json_array();
    for (unsigned i = 0; i < zone->count; i++) {
        if (zone->lines[i].text[0] && !zone->lines[i].sure) {
            json_array_append_new(doubts, json_pack("{s:s, s:s}", "code", codes[i], "message",
                                                    "several readings of this line do not agree, or a character is "
                                                    "weak: it was not read with certainty"));
        }
    }
    return doubts;
}
