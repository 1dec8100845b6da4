#include <math.h>

#include "vision/face/closeup.h"
#include "vision/face/detect.h"
#include "vision/face/upright.h"

#define SEARCH_PX   1280 /* longer side of the picture that is searched */
#define CANDIDATES  6    /* of one rotation, the largest */
#define OVERLAP_MAX 0.4f
#define SIMILAR     0.6f /* of the largest face's area: which of the two is meant? */
#define SEEN_PX_MIN 48   /* of a face in what the detector is shown: from here to SEEN_PX_MAX its box is good */
#define SEEN_PX_MAX 130

/* How hard is looked, harder when nothing was found. */
enum effort {
    EFFORT_WHOLE, /* the picture */
    EFFORT_WIDE,  /* a border around it: faces that fill it or are cut by its edge */
    EFFORT_TILES, /* parts of it: small faces */
    EFFORT_LIGHT, /* the picture made lighter: dark ones. Quality will say so */
    EFFORT_FINE,  /* smaller parts */
    EFFORTS
};

struct search {
    struct networks *networks;
    const struct image *picture;
    float scale;            /* of the searched picture: its px in one px of the picture */
    struct image *views[4]; /* the searched picture turned by 90 degrees times the index; NULL: not yet */
    struct image *light[4];
};

static void search_clear(struct search *search)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(search->views); i++) {
        image_free(search->views[i]);
        image_free(search->light[i]);
    }
}

static struct image *reduce(const struct image *picture, float *scale)
{
    const int longer = MAX(picture->width, picture->height);
    *scale = MIN(1, (float)SEARCH_PX / (float)longer);
    if (*scale >= 1) {
        return image_copy(picture);
    }
    return image_resize(picture, MAX(1, (int)lroundf((float)picture->width * *scale)),
                        MAX(1, (int)lroundf((float)picture->height * *scale)));
}

static const struct image *turned(struct search *search, unsigned quarter)
{
    if (search->views[quarter] == NULL) {
        search->views[quarter] = image_rotate(search->views[0], (int)quarter * 90);
    }
    return search->views[quarter];
}

static const struct image *lighter(struct search *search, unsigned quarter)
{
    if (search->light[quarter] == NULL) {
        search->light[quarter] = image_equalise(turned(search, quarter), 6, 4);
    }
    return search->light[quarter];
}

static bool is_gloomy(const struct image *picture)
{
    return image_mean(picture, NULL) < 80 || image_deviation(picture, NULL) < 30;
}

static bool detect(struct search *search, enum effort effort, unsigned quarter, GArray *found, GError **error)
{
    const struct image *view = turned(search, quarter);
    switch (effort) {
    case EFFORT_WHOLE:
        return detect_view(search->networks, view, detect_whole(view, 1), found, error);
    case EFFORT_WIDE:
        return detect_view(search->networks, view, detect_whole(view, 1.6f), found, error) &&
               (found->len > 0 || detect_view(search->networks, view, detect_whole(view, 2.5f), found, error));
    case EFFORT_TILES:
        return detect_tiles(search->networks, view, 2, found, error);
    case EFFORT_LIGHT:
        if (!is_gloomy(search->views[0])) {
            return true;
        }
        view = lighter(search, quarter);
        return detect_view(search->networks, view, detect_whole(view, 1), found, error) &&
               detect_view(search->networks, view, detect_whole(view, 1.6f), found, error);
    case EFFORT_FINE:
        return detect_tiles(search->networks, view, 4, found, error);
    case EFFORTS:
        break;
    }
    g_assert_not_reached();
}

/* A box of a view in the picture as given. */
static struct image_box box_of_picture(const struct search *search, unsigned quarter, struct image_box box)
{
    const struct image *whole = search->views[0];
    const struct image_box back = closeup_turn_back(box, (float)whole->width, (float)whole->height, quarter);
    return (struct image_box){back.x / search->scale, back.y / search->scale, back.width / search->scale,
                              back.height / search->scale};
}

static float area(const struct face *face)
{
    return face->box.width * face->box.height;
}

static int by_area(const void *a, const void *b)
{
    const float one = area(a);
    const float other = area(b);
    return (one < other) - (one > other);
}

/* Whether the whole view showed a face so large that its box is good. */
static bool was_seen_well(const struct search *search, enum effort effort, const struct face *face)
{
    const float height = face->rotation % 180 == 0 ? face->box.height : face->box.width;
    const float shown = detect_whole(search->views[face->rotation / 90], 1).height / search->scale;
    const float seen_px = height / shown * DETECT_HEIGHT;
    return effort == EFFORT_WHOLE && seen_px >= SEEN_PX_MIN && seen_px <= SEEN_PX_MAX;
}

/* Faces that count and stand upright when the picture is turned so; `unrest` of the largest. */
static bool look(struct search *search, enum effort effort, unsigned quarter, GArray *faces, float *unrest,
                 GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct detection));
    if (!detect(search, effort, quarter, found, error)) {
        return false;
    }
    detect_suppress(found, OVERLAP_MAX);
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(struct face));
    for (unsigned i = 0; i < found->len; i++) {
        const struct detection *detection = &g_array_index(found, struct detection, i);
        if (detection->box.height >= DETECT_PX_MIN * search->scale) {
            const struct face face = {.box = box_of_picture(search, quarter, detection->box),
                                      .score = detection->score,
                                      .rotation = (int)quarter * 90};
            g_array_append_val(candidates, face);
        }
    }
    g_array_sort(candidates, by_area);
    *unrest = INFINITY;
    for (unsigned i = 0; i < MIN(candidates->len, CANDIDATES); i++) {
        struct face *face = &g_array_index(candidates, struct face, i);
        float own;
        if (!closeup_look(search->networks, search->picture, face, !was_seen_well(search, effort, face), &own, error)) {
            return false;
        }
        if (upright_is_face(own, face->score, effort > EFFORT_WHOLE)) {
            *unrest = faces->len == 0 ? own : *unrest;
            g_array_append_val(faces, *face);
        }
    }
    /* Beyond those looked at closely are only smaller ones: they count, but are not chosen. */
    for (unsigned i = CANDIDATES; i < candidates->len && faces->len > 0; i++) {
        g_array_append_val(faces, g_array_index(candidates, struct face, i));
    }
    return true;
}

/* Every rotation with this effort; `faces` are those of the one that stands most surely. */
static bool look_round(struct search *search, enum effort effort, GArray *faces, GError **error)
{
    static const unsigned order[] = {0, 1, 3, 2}; /* as often as cameras are held so */
    float best = INFINITY;
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        if (effort == EFFORT_FINE && order[i] != 0) {
            continue; /* too much work for a picture that is turned and holds a tiny face, too */
        }
        g_autoptr(GArray) here = g_array_new(FALSE, FALSE, sizeof(struct face));
        float unrest;
        if (!look(search, effort, order[i], here, &unrest, error)) {
            return false;
        }
        if (unrest < best) {
            best = unrest;
            g_array_set_size(faces, 0);
            g_array_append_vals(faces, here->data, here->len);
        }
        if (order[i] == 0 && best < UPRIGHT_SURE) {
            break;
        }
    }
    return true;
}

static bool search_faces(struct search *search, GArray *faces, GError **error)
{
    for (enum effort effort = EFFORT_WHOLE; effort < EFFORTS && faces->len == 0; effort++) {
        if (!look_round(search, effort, faces, error)) {
            return false;
        }
    }
    g_array_sort(faces, by_area);
    return true;
}

bool face_find(struct networks *networks, const struct image *picture, struct face *face, unsigned *faces,
               unsigned *similar, GError **error)
{
    struct search search = {.networks = networks, .picture = picture};
    search.views[0] = reduce(picture, &search.scale);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct face));
    const bool ok = search_faces(&search, found, error);
    search_clear(&search);
    if (!ok || found->len == 0) {
        return false;
    }
    *face = g_array_index(found, struct face, 0);
    *faces = found->len;
    *similar = 0;
    for (unsigned i = 0; i < found->len; i++) {
        *similar += area(&g_array_index(found, struct face, i)) >= SIMILAR * area(face);
    }
    return true;
}

bool face_detect(struct networks *networks, const struct image *picture, GArray *faces, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct detection));
    if (!detect_view(networks, picture, detect_whole(picture, 1), found, error)) {
        return false;
    }
    /* A face that fills the frame is seen from farther away. */
    if (found->len == 0 && !detect_view(networks, picture, detect_whole(picture, 1.6f), found, error)) {
        return false;
    }
    detect_suppress(found, OVERLAP_MAX);
    for (unsigned i = 0; i < found->len; i++) {
        const struct detection *detection = &g_array_index(found, struct detection, i);
        if (detection->box.height >= DETECT_PX_MIN) {
            const struct face face = {.box = detection->box, .score = detection->score};
            g_array_append_val(faces, face);
        }
    }
    g_array_sort(faces, by_area);
    return true;
}
