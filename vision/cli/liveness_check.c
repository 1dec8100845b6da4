#include "vision/cli/commands.h"
#include "vision/cli/lines.h"
#include "vision/cli/montage.h"

#define DEADLINE_MS 240000

static const char usage[] = "viva liveness check VIDEO...";
static const char summary[] = "Judges whether a living person shows the tasks of a script, in a video (WebM, Matroska, "
                              "MP4, GIF, MJPEG), as JSON.\n"
                              "The tasks are turn_left, turn_right (the person's own), nod, blink, open_mouth and "
                              "come_closer. Of several videos, a\n"
                              "line of JSON for each.";

struct script {
    enum vision_task tasks[VISION_SCRIPT_MAX];
    unsigned count;
};

/* NULL: no tasks. False: a word is no task, or there are too many. */
static bool parse_script(const char *text, struct script *script)
{
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", ",", -1);
    const unsigned count = g_strv_length(words);
    if (count > VISION_SCRIPT_MAX) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!vision_task_parse(g_strstrip(words[i]), &script->tasks[i])) {
            return false;
        }
    }
    script->count = count;
    return true;
}

static json_t *judge(const struct vision_pool *pool, const struct cli_options *options, const struct vision_clip *clip)
{
    struct script script = {0};
    parse_script(options->script, &script); /* it did before */
    const struct vision_challenge_config config = vision_challenge_defaults(pool);
    struct vision_challenge *challenge = vision_challenge_new(&config, script.tasks, script.count, false);
    for (guint i = 0; i < clip->frames->len; i++) {
        vision_challenge_frame(challenge, &g_array_index(clip->frames, struct vision_frame, i));
    }
    vision_challenge_end(challenge);
    json_t *report = vision_challenge_report(challenge);
    vision_challenge_free(challenge);
    return report;
}

/* The best frame, and below it the decision with its first reason. */
static bool draw(struct vision_pool *pool, const struct vision_clip *clip, const json_t *report, const char *path)
{
    const char *decision = json_string_value(json_object_get(report, "decision"));
    const json_t *reason = json_array_get(json_object_get(report, "reasons"), 0);
    const char *code = json_string_value(json_object_get(reason, "code"));
    g_autofree char *verdict = g_strdup_printf("%s%s%s", decision, code != NULL ? ": " : "", code != NULL ? code : "");
    return montage_write(pool, &clip->drawing, 1, verdict, g_str_equal(decision, "pass") ? 0x1b7a3d : 0xb42318, path);
}

static json_t *check(struct vision_pool *pool, struct cli_options *options, GBytes *bytes, GError **error)
{
    const struct vision_input input = {.bytes = bytes,
                                       .priority = VISION_SUBMISSION,
                                       .drawing = options->draw != NULL ? VISION_DRAW : VISION_NO_DRAWING,
                                       .deadline_ms = DEADLINE_MS};
    struct vision_clip clip = {0};
    if (!vision_clip_measure(pool, &input, &clip, error)) {
        return NULL;
    }
    json_t *report = judge(pool, options, &clip);
    if (options->draw != NULL && clip.drawing != NULL) {
        options->draw_failed = !draw(pool, &clip, report, options->draw);
    }
    vision_clip_clear(&clip);
    return report;
}

static int run(struct cli_options *options)
{
    struct script script = {0};
    if (!parse_script(options->script, &script)) {
        return cli_misused(usage, "--script takes up to 4 tasks, with commas between them; see --help");
    }
    const struct lines lines = {.usage = usage, .options = options, .read = check};
    return lines_run(&lines);
}

int cli_liveness_check(int argc, char **argv)
{
    struct cli_options options = {0};
    const GOptionEntry extra[] = {
        {"script", 0, 0, G_OPTION_ARG_STRING, &options.script, "tasks, in the order they must be seen", "TASK,…"}, {0}};
    int status = CLI_OK;
    if (cli_parse(usage, summary, extra, &options, argc, argv, &status)) {
        status = run(&options);
    }
    cli_clear(&options);
    return status;
}
