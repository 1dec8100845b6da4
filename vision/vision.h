/* vision: what is in a picture. The only header of vision/ that other modules include.
 *
 * Everything that comes from outside (JPEG, PNG, RTP, video files) is decoded and looked at in worker processes: this
 * program executed again, without network, files or privileges. A pool owns the processes. Jobs are values, bytes in
 * and bytes out; what a worker answers is checked before anything here believes it. What needs no decoding (comparing,
 * judging a liveness script, reading check digits) happens in the caller.
 *
 * Reports are JSON objects whose members are described beside each function; they are made to be stored and shown as
 * they are. Boxes are [x, y, width, height] and points [x, y] in pixels of the picture as it is shown, upright by its
 * EXIF orientation. Personal data is in them: never log a report.
 *
 * Threads: every function may be called from any thread; those that take a deadline block their caller until done or
 * past it. Errors: VISION_ERROR; vision_error_code names each for the API. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- errors ---- */

enum vision_error {
    /* the service's own */
    VISION_ERROR_CONFIG,      /* models missing or altered, a plugin missing; the message says which */
    VISION_ERROR_BUSY,        /* the queue is full: try again */
    VISION_ERROR_TIMEOUT,     /* past its deadline; a worker that hangs is replaced */
    VISION_ERROR_WORKER_LOST, /* the worker died on this job (crash, memory, a senseless answer) and is being replaced
                               */
    /* the input cannot be used */
    VISION_ERROR_EMPTY,          /* no bytes at all */
    VISION_ERROR_FILE_TOO_LARGE, /* more bytes than allowed (D-11) */
    VISION_ERROR_WRONG_TYPE,     /* by its content not a type that is taken here; the message says what it is */
    VISION_ERROR_TRUNCATED,      /* the file ends too early */
    VISION_ERROR_DECODE,         /* damaged: the bytes are no decodable picture, keyframe or video */
    VISION_ERROR_SIZE,           /* too many pixels, or a side too long */
    VISION_ERROR_TOO_SMALL,      /* too few pixels to hold a face or a page */
    VISION_ERROR_UNSUPPORTED,    /* a variant that is not taken: arithmetic coding, lossless, too many scans, … */
    VISION_ERROR_NO_FACE,        /* nothing that counts as a face */
    VISION_ERROR_SEVERAL_FACES,  /* two or more of similar size: which one is meant? */
    VISION_ERROR_NO_DOCUMENT,    /* neither a data page nor a machine readable zone was found */
    VISION_ERROR_NO_VIDEO,       /* the file has no video that can be decoded, or too little of it */
    VISION_ERROR_VIDEO_TOO_LONG, /* more seconds or frames than allowed */
    VISION_ERROR_LIVE_GONE,      /* the live stream's worker was lost, or the stream was closed */
};
#define VISION_ERROR vision_error_quark()
GQuark vision_error_quark(void);
const char *vision_error_code(enum vision_error error); /* "no_face"; static */
/* Whether it is the input's fault (from _EMPTY on), not the service's. */
bool vision_error_is_input(const GError *error);

/* ---- the pool ---- */

struct vision_config {
    const char *program;        /* executed as `PROGRAM vision-worker`; NULL: this program (/proc/self/exe) */
    const char *models;         /* folder that holds models.json and thresholds.json; NULL: vision_models_folder() */
    unsigned workers;           /* processes, 1..16 */
    unsigned queue_max;         /* jobs waiting; one more is VISION_ERROR_BUSY */
    unsigned live_max;          /* live streams at a time */
    unsigned worker_memory_mib; /* address space of a worker; beyond it its job fails */
    unsigned picture_px_max;    /* width × height of a picture, at most */
    unsigned jpeg_quality;      /* 1..100 */
    bool spare;                 /* one more process kept ready, for captures and to take the place of a lost one */
};

#define VISION_MEMORY_MIB 1536 /* worker_memory_mib that fits the networks and the largest pictures */

/* What a picture waits behind: an officer's captures before live frames, before what is found in captures, before
 * everything else. A capture that finds every worker busy is made by the spare. */
enum vision_priority { VISION_CAPTURE, VISION_LIVE, VISION_FINDINGS, VISION_SUBMISSION };
#define VISION_PRIORITIES 4

struct vision_pool;

/* Where the models lie when nobody says: beside the installed program (../share/viva/vision) or in the source tree that
 * the program was built in (../../vision). NULL when neither has a models.json. Caller frees. */
char *vision_models_folder(void);
/* Verifies every file that FOLDER/models.json names for this machine (size, SHA-256). VISION_ERROR_CONFIG names the
 * first that is missing or altered, and what to do. */
bool vision_models_verify(const char *folder, GError **error);

/* Verifies the models, reads the thresholds, starts the workers and waits until all have loaded their networks and are
 * sandboxed. Fails with VISION_ERROR_CONFIG, naming what is missing. */
struct vision_pool *vision_pool_new(const struct vision_config *config, GError **error);
/* Ends the workers; nobody may be inside any other function of the pool any more. */
void vision_pool_free(struct vision_pool *pool);

struct vision_pool_stats {
    unsigned workers, busy, waiting, live;
    uint64_t jobs_done, jobs_refused, jobs_failed, jobs_timed_out; /* refused: queue full; failed: input */
    uint64_t workers_lost, workers_restarted;                      /* lost: crashed or killed for hanging */
    uint64_t restart_ms_max;                                       /* the longest replacement so far */
};
void vision_pool_stats(struct vision_pool *pool, struct vision_pool_stats *stats);

/* ---- captures ---- */

enum vision_codec { VISION_CODEC_VP8, VISION_CODEC_H264 };

struct vision_keyframe {
    enum vision_codec codec;
    uint8_t payload_type;
    const GPtrArray *packets; /* of GBytes: the RTP packets of one complete keyframe, in order; borrowed for the call */
};

struct vision_picture {
    GBytes *jpeg; /* baseline JFIF at the full size received; owned by the caller */
    unsigned width, height;
    uint8_t frame_sha256[32]; /* of the encoded frame as put together from RTP: VP8 frame (RFC 7741), or H.264 access
                                 unit as Annex B byte stream (RFC 6184) */
    uint8_t jpeg_sha256[32];
};
void vision_picture_clear(struct vision_picture *picture);

/* Decodes one keyframe and encodes it as JPEG. Blocks at most `deadline_ms`. `picture` is untouched on failure. */
bool vision_decode_keyframe(struct vision_pool *pool, const struct vision_keyframe *keyframe, unsigned deadline_ms,
                            struct vision_picture *picture, GError **error);

/* ---- faces ---- */

#define VISION_EMBEDDING      512
#define VISION_JPEG_BYTES_MAX (5u * 1024 * 1024)  /* of a submitted JPEG (D-11) */
#define VISION_FILE_BYTES_MAX (32u * 1024 * 1024) /* of any picture or video file */

enum vision_drawing { VISION_NO_DRAWING, VISION_DRAW };

struct vision_input {
    GBytes *bytes;  /* borrowed */
    bool jpeg_only; /* a submission: JPEG by content and at most VISION_JPEG_BYTES_MAX (D-11); otherwise PNG is taken
                       too */
    enum vision_priority priority;
    enum vision_drawing drawing;
    unsigned deadline_ms;
};

/* A picture that is to be shown and nothing else: any paper. */
struct vision_look {
    unsigned width, height; /* px, of the picture as it is shown */
    GBytes *thumbnail;      /* JPEG, `thumbnail_px` wide or as wide as a narrower picture is */
};
void vision_look_clear(struct vision_look *look);
/* Decodes a picture, which proves that it is one. Drawings are not made. */
bool vision_look(struct vision_pool *pool, const struct vision_input *input, unsigned thumbnail_px,
                 struct vision_look *look, GError **error);

/* `report`:
 *   {"width", "height" (px, of the picture as it is shown),
 *    "box", "score", "rotation": 0|90|180|270 (degrees clockwise that made it upright), "landmarks": [[x,y] × 68],
 *    "quality": {"height_px", "sharpness", "brightness", "contrast", "yaw", "pitch", "roll" (degrees), "eyes_open":
 * 0..1, "mouth_open", "occlusion": 0..1, "usable": bool, "reasons": [{"code", "message"}]}, "faces": number of faces
 * seen, "portrait": {"conforms": bool, "checks": [{"check", "passed", "value", "message"}]}   (D-10)
 *   }
 * Codes of reasons: face_too_small, too_dark, too_bright, low_contrast, blurred, turned, tilted, eyes_closed, occluded.
 */
struct vision_face {
    json_t *report;
    float embedding[VISION_EMBEDDING]; /* of length 1 */
    GBytes *drawing;                   /* PNG, when asked for */
};
void vision_face_clear(struct vision_face *face);

/* Finds the one face that a picture is about. Fails with VISION_ERROR_NO_FACE, _SEVERAL_FACES or what is wrong with the
 * file. A poor face is no failure: the report says so. */
bool vision_face(struct vision_pool *pool, const struct vision_input *input, struct vision_face *face, GError **error);

enum vision_decision { VISION_NO_MATCH, VISION_REVIEW, VISION_MATCH };
const char *vision_decision_name(enum vision_decision decision); /* "no_match", "review", "match" */

struct vision_comparison {
    enum vision_decision decision;
    double score; /* cosine, -1..1 */
};
/* Two embeddings against the calibrated thresholds. Pure. */
struct vision_comparison vision_compare(const struct vision_pool *pool, const float a[VISION_EMBEDDING],
                                        const float b[VISION_EMBEDDING]);
/* Portrait, data page and live at once; a missing one is NULL. `decision` is the weakest of the pairs there are.
 * {"decision", "pairs": [{"a": "portrait", "b": "page", "score", "decision"}, …], "thresholds": …}; new reference. */
json_t *vision_compare_three(const struct vision_pool *pool, const float *portrait, const float *page,
                             const float *live);
/* {"match", "review", "false_match_rate", …, "pairs"}: what thresholds.json says. New reference. */
json_t *vision_thresholds(const struct vision_pool *pool);

/* ---- documents ---- */

/* `report`:
 *   {"width", "height" (px, of the picture as it is shown),
 *    "mrz": null | {"format": "TD3"|"TD1"|"TD2"|"MRV-A"|"MRV-B", "lines": [text…], "valid": bool,
 *            "checks": {"document_number": bool, "birth_date": bool, "expiry_date": bool, "optional_data": bool,
 *                       "composite": bool, …as the format has them}, "failed": [{"code", "message"}],
 *            "fields": {"document_code", "issuing_state", "surname", "given_names", "name_truncated": bool,
 *                        "document_number", "nationality",
 *                       "birth_date": "YYYY-MM-DD"|null, "sex": "F"|"M"|"X", "expiry_date", "optional_data"}},
 *    "portrait": null | {"box", "score", "quality": {…as of a face}},
 *    "name_chinese": null | {"text", "confidence", "best_effort": true},
 *    "page": {"corners": [[x,y] × 4] | null, "rotation", "width_px", "usable", "reasons": [{"code", "message"}],
 *             "sharpness", "glare", …}}
 * Codes of page reasons: glare, blurred, cut_off, page_too_small, too_dark, mrz_unreadable, no_portrait. */
struct vision_document {
    json_t *report;
    bool has_portrait;                 /* embedding and portrait are set */
    float embedding[VISION_EMBEDDING]; /* of the portrait on the page */
    GBytes *portrait;                  /* JPEG of it, upright */
    GBytes *drawing;                   /* PNG, when asked for */
};
void vision_document_clear(struct vision_document *document);

/* Reads a data page (ICAO 9303). Fails with VISION_ERROR_NO_DOCUMENT when there is neither page nor MRZ. An MRZ that
 * does not hold is no failure: `valid` is false and `failed` says what. */
bool vision_document(struct vision_pool *pool, const struct vision_input *input, struct vision_document *document,
                     GError **error);

/* What an order says of its applicant; NULL: it does not say. */
struct vision_identity {
    const char *name;            /* as written on the order: Latin or Chinese, any order of surname and given names */
    const char *document_number; /* of the passport whose page is submitted */
    const char *birth_date;      /* YYYY-MM-DD */
    const char *expiry_date;
    const char *sex; /* "F", "M", "X" */
};
/* Field by field: {"agrees": bool, "fields": [{"field", "order", "document", "result": "same"|"variant"|"different"|
 * "not_compared", "message"}]}. `document_report` is of vision_document. Pure. New reference. */
json_t *vision_identity_compare(const struct vision_identity *identity, const json_t *document_report);

/* ---- liveness ---- */

enum vision_task {
    VISION_TURN_LEFT, /* the person's own left */
    VISION_TURN_RIGHT,
    VISION_NOD,
    VISION_BLINK,
    VISION_OPEN_MOUTH,
    VISION_COME_CLOSER,
};
#define VISION_TASKS      6
#define VISION_SCRIPT_MAX 4
const char *vision_task_name(enum vision_task task); /* "turn_left"; static */
bool vision_task_parse(const char *name, enum vision_task *task);

#define VISION_SCENE 16 /* a side of the thumbnails below */
/* What one frame shows: what a worker measures, and all that the judge sees. */
struct vision_frame {
    int64_t time_us; /* on the stream's own clock (RTP timestamp, container time), from its first frame */
    uint16_t width, height;
    uint16_t faces; /* that count; of the largest: */
    bool has_face;  /* everything down to `mouth` is set */
    float box[4];   /* x y width height, px */
    float score;    /* of the detector */
    float yaw; /* nose offset by eye distance; negative: to the picture's left, i.e. a turn to the person's own right */
    float pitch;                 /* nose height between eyes and mouth, 0..1; grows with the head going down */
    float roll;                  /* degrees */
    float eye_closed[2];         /* probability, of the picture's left and right eye */
    float mouth;                 /* inner height over inner width */
    float brightness, sharpness; /* of the face: mean luma 0..255; variance of Laplacian at the embedding's size */
    bool has_embedding;          /* measured on some frames only */
    float embedding[VISION_EMBEDDING];
    bool has_passive;                                /* likewise */
    float passive;                                   /* passive liveness, 0..1: a soft signal */
    uint8_t scene[VISION_SCENE * VISION_SCENE];      /* luma of the whole picture, area mean */
    uint8_t background[VISION_SCENE * VISION_SCENE]; /* the same, 0 where the face and its surroundings are */
    uint8_t hash[8]; /* perceptual hash of the whole picture (difference hash, 8 × 8) */
};

/* -- measuring: a file, or a live stream -- */

struct vision_clip {
    GArray *frames; /* of struct vision_frame, by time */
    double frame_rate;
    GBytes *drawing; /* PNG of the best frame, when asked for */
    GBytes *best;    /* JPEG of the best frame; NULL: no face anywhere */
};
void vision_clip_clear(struct vision_clip *clip);
/* Measures a whole video file: Matroska, WebM, MP4, GIF or MJPEG with VP8, VP9, H.264, GIF or JPEG in it; at most 60 s.
 */
bool vision_clip_measure(struct vision_pool *pool, const struct vision_input *input, struct vision_clip *clip,
                         GError **error);

struct vision_live;
/* A stream of one camera, decoded continuously until closed. Its state lives in one worker; other jobs go on there
 * between its batches. VISION_ERROR_BUSY when live_max are open. */
struct vision_live *vision_live_open(struct vision_pool *pool, enum vision_codec codec, uint8_t payload_type,
                                     GError **error);
/* Feeds RTP packets (GBytes, in order of sequence; a gap is allowed and waits for a keyframe) and appends what the
 * frames that came out of them show to `frames` (of struct vision_frame), at most about 15 a second of stream. Fails
 * with VISION_ERROR_LIVE_GONE when the worker was lost. */
bool vision_live_push(struct vision_live *live, const GPtrArray *packets, unsigned deadline_ms, GArray *frames,
                      GError **error);
/* The best frame so far (frontal, sharp, eyes open) as JPEG with its embedding. VISION_ERROR_NO_FACE: none had a face.
 */
bool vision_live_best(struct vision_live *live, unsigned deadline_ms, struct vision_picture *picture,
                      float embedding[VISION_EMBEDDING], GError **error);
void vision_live_close(struct vision_live *live);

/* -- judging: pure, on the stream's clock -- */

struct vision_challenge_config {
    unsigned task_window_ms; /* for each task, from its being shown */
    unsigned baseline_ms;    /* of a frontal, still face, before the first task */
    unsigned frame_rate_min; /* frames/s, over the whole */
    unsigned face_px_min;    /* height of the face */
    double same_person_min;  /* cosine between embeddings of the stream */
};
struct vision_challenge_config vision_challenge_defaults(const struct vision_pool *pool);

/* Draws `count` (2..VISION_SCRIPT_MAX) tasks at random (getrandom), no task twice in a row, never two turns alone. */
void vision_script_draw(unsigned count, enum vision_task script[VISION_SCRIPT_MAX]);

enum vision_challenge_state {
    VISION_CHALLENGE_LOOK,   /* looking for a face and its baseline; `hint` says what to do */
    VISION_CHALLENGE_TASK,   /* task `index` is shown */
    VISION_CHALLENGE_PASSED, /* over */
    VISION_CHALLENGE_FAILED, /* over */
};
struct vision_challenge_view {
    enum vision_challenge_state state;
    unsigned index, count;
    enum vision_task task;
    double progress;      /* 0..1, of the task */
    int64_t remaining_us; /* of its window */
    const char *hint;     /* code of what the person should do now, or NULL: "no_face", "several_faces", "come_closer",
                             "too_dark", "look_straight", "hold_still"; static */
};

struct vision_challenge;
/* `live`: a task begins when the judge shows it. Otherwise (a recorded clip, judged as a whole by vision_challenge_end)
 * tasks follow each other as they are seen done, in the order of the script. `count` 0: no tasks, the checks of the
 * stream alone; a live one passes or fails at its end. */
struct vision_challenge *vision_challenge_new(const struct vision_challenge_config *config,
                                              const enum vision_task *script, unsigned count, bool live);
void vision_challenge_free(struct vision_challenge *challenge);
/* One frame further. Returns true when the view changed in state, task or hint. */
bool vision_challenge_frame(struct vision_challenge *challenge, const struct vision_frame *frame);
void vision_challenge_view(const struct vision_challenge *challenge, struct vision_challenge_view *view);
/* No more frames will come: a script that is not done has failed. */
void vision_challenge_end(struct vision_challenge *challenge);
/* {"decision": "pass"|"fail", "passive": 0..1|null, "steps": [{"task", "passed", "at_ms"|null, "shown_at_ms"}],
 *  "same_person": bool|null, "reasons": [{"code", "message"}], "hints": [{"code", "message"}],
 *  "measurements": {"frames", "frame_rate", "width", "height", "duration_ms", "same_person_min", "baseline": {…},
 *                   "series": [[time_ms, yaw, pitch, eye, mouth, height_px], …]}}. New reference.
 * Codes of reasons: no_face, several_faces, task_not_done, task_too_late, wrong_task, different_person, frozen,
 * repeated, still_picture, background_jump, low_frame_rate, low_resolution, too_dark, too_short, face_lost. */
json_t *vision_challenge_report(const struct vision_challenge *challenge);

/* ---- the command line ---- */

/* `viva face …`, `viva document …`, `viva liveness …`: argv[0] is "face", "document" or "liveness". Returns the exit
 * code of the program: 0 ran, 2 usage, 3 the input cannot be used. */
int vision_cli(int argc, char **argv);
/* `viva vision-worker`: the program as a worker of a pool; returns when the pool has gone. */
int vision_worker_main(int argc, char **argv);
