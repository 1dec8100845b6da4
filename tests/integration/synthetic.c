/* synthetic: one synthetic peer as a process, for tests that are not written in C. Lines of JSON both ways.
 *
 *   →  {"offer": SDP}                        first line; again after restart-ice
 *   ←  {"answer": SDP}
 *   →  {"state": "connected"}                with each change
 *   →  {"stats": {…}}                        each --interval ms, after each "stats" and at the end
 *   ←  {"command": "stats" | "restart-ice" | "roam" | "mute" | "unmute" | "stop"}
 *   ←  {"command": "attack", "kind": NAME}   NAME as in synthetic_attack.c
 *   →  {"attack": NAME, "sent": 50}
 *   →  {"error": "…"}                        an answer that cannot be used, an unknown command
 *
 * The end of stdin is "stop". */
#include "tests/support/synthetic_peer.h"

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct program {
    struct synthetic_peer *peer;
    GString *input; /* bytes of stdin without their newline yet */
    enum synthetic_state state;
    bool stop;
};

static void print(json_t *line)
{
    g_autofree char *text = json_dumps(line, JSON_COMPACT);
    puts(text);
    fflush(stdout);
    json_decref(line);
}

static json_t *sent_json(const struct synthetic_sent *sent)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "packets", (json_int_t)sent->packets, "bytes",
                     (json_int_t)sent->bytes, "frames", (json_int_t)sent->frames, "keyframes",
                     (json_int_t)sent->keyframes, "pli", (json_int_t)sent->pli, "nacked", (json_int_t)sent->nacked,
                     "resent", (json_int_t)sent->resent, "reported_lost", (json_int_t)sent->reported_lost);
}

static json_t *received_json(const struct synthetic_received *slots)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < SYNTHETIC_SLOTS_MAX; i++) {
        const struct synthetic_received *slot = &slots[i];
        json_array_append_new(list,
                              json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "packets",
                                        (json_int_t)slot->packets, "bytes", (json_int_t)slot->bytes, "frames",
                                        (json_int_t)slot->frames, "keyframes", (json_int_t)slot->keyframes, "lost",
                                        (json_int_t)slot->lost, "duplicates", (json_int_t)slot->duplicates, "corrupt",
                                        (json_int_t)slot->corrupt, "nacked", (json_int_t)slot->nacked));
    }
    return list;
}

static void print_stats(struct program *program)
{
    struct synthetic_stats stats;
    synthetic_peer_stats(program->peer, &stats);
    print(json_pack("{s:{s:s, s:s?, s:I, s:I, s:f, s:I, s:I, s:I, s:I, s:I, s:I, s:{s:o, s:o}, s:{s:o, s:o}}}", "stats",
                    "state", synthetic_state_name(stats.state), "why", stats.why, "connected_us",
                    (json_int_t)stats.connected_us, "first_frame_us", (json_int_t)stats.first_frame_us, "round_trip_ms",
                    stats.round_trip_ms, "checks_sent", (json_int_t)stats.checks_sent, "checks_answered",
                    (json_int_t)stats.checks_answered, "refused", (json_int_t)stats.refused, "unknown",
                    (json_int_t)stats.unknown, "remb_bps", (json_int_t)stats.remb_bps, "elsewhere_replies",
                    (json_int_t)stats.elsewhere_replies, "sent", "audio", sent_json(&stats.audio), "video",
                    sent_json(&stats.video), "received", "audio", received_json(stats.slot_audio), "video",
                    received_json(stats.slot_video)));
}

static void print_state(struct program *program)
{
    struct synthetic_stats stats;
    synthetic_peer_stats(program->peer, &stats);
    if (stats.state == program->state) {
        return;
    }
    program->state = stats.state;
    print(json_pack("{s:s, s:s?}", "state", synthetic_state_name(stats.state), "why", stats.why));
}

static void print_offer(char *offer)
{
    print(json_pack("{s:s}", "offer", offer));
    g_free(offer);
}

static void attack(struct program *program, const char *name)
{
    enum synthetic_attack kind;
    if (synthetic_attack_parse(name, &kind)) {
        print(json_pack("{s:s, s:i}", "attack", name, "sent", (int)synthetic_peer_attack(program->peer, kind)));
    } else {
        print(json_pack("{s:s}", "error", "no such attack"));
    }
}

static void on_command(struct program *program, const char *command, const char *kind)
{
    const int64_t now_us = g_get_monotonic_time();
    if (strcmp(command, "stats") == 0) {
        print_stats(program);
    } else if (strcmp(command, "restart-ice") == 0) {
        print_offer(synthetic_peer_restart(program->peer));
    } else if (strcmp(command, "roam") == 0) {
        synthetic_peer_roam(program->peer, now_us);
    } else if (strcmp(command, "mute") == 0 || strcmp(command, "unmute") == 0) {
        synthetic_peer_mute(program->peer, command[0] == 'm');
    } else if (strcmp(command, "attack") == 0) {
        attack(program, kind);
    } else if (strcmp(command, "stop") == 0) {
        program->stop = true;
    } else {
        print(json_pack("{s:s}", "error", "no such command"));
    }
}

static void on_line(struct program *program, const char *line)
{
    json_t *message = json_loads(line, 0, NULL);
    const char *answer = NULL, *command = NULL, *kind = NULL;
    g_autoptr(GError) error = NULL;
    json_unpack(message, "{s?s, s?s, s?s}", "answer", &answer, "command", &command, "kind", &kind);
    if (answer && !synthetic_peer_answer(program->peer, answer, g_get_monotonic_time(), &error)) {
        print(json_pack("{s:s}", "error", error->message));
    } else if (command) {
        on_command(program, command, kind);
    }
    json_decref(message);
}

static void read_input(struct program *program)
{
    char bytes[4096];
    const ssize_t length = read(STDIN_FILENO, bytes, sizeof bytes);
    if (length <= 0) {
        program->stop = true;
        return;
    }
    g_string_append_len(program->input, bytes, length);
    for (char *end; !program->stop && (end = memchr(program->input->str, '\n', program->input->len));) {
        *end = '\0';
        on_line(program, program->input->str);
        g_string_erase(program->input, 0, end + 1 - program->input->str);
    }
}

static void run(struct program *program, unsigned interval_ms)
{
    const int64_t interval_us = (int64_t)interval_ms * 1000;
    int64_t stats_due_us = interval_us ? g_get_monotonic_time() + interval_us : INT64_MAX;
    while (!program->stop) {
        struct pollfd polled[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                  {.fd = synthetic_peer_fd(program->peer), .events = POLLIN}};
        const int64_t deadline_us = MIN(synthetic_peer_deadline_us(program->peer), stats_due_us);
        const int64_t wait_us = CLAMP(deadline_us - g_get_monotonic_time(), 0, G_TIME_SPAN_HOUR);
        const struct timespec wait = {.tv_sec = wait_us / G_USEC_PER_SEC, .tv_nsec = wait_us % G_USEC_PER_SEC * 1000};
        if (ppoll(polled, 2, &wait, NULL) > 0 && polled[0].revents) {
            read_input(program);
        }
        const int64_t now_us = g_get_monotonic_time();
        if (polled[1].revents) {
            synthetic_peer_receive(program->peer, now_us);
        }
        synthetic_peer_tick(program->peer, now_us);
        print_state(program);
        if (now_us >= stats_due_us) {
            stats_due_us = now_us + interval_us;
            print_stats(program);
        }
    }
}

int main(int argc, char **argv)
{
    int slots = 3, video_bps = 500000, fps = 25, family = 0, interval_ms = 0;
    gboolean no_audio = FALSE, no_video = FALSE, no_vp8 = FALSE, no_h264 = FALSE, no_gcm = FALSE;
    g_autofree char *ivf = NULL;
    const GOptionEntry options[] = {
        {"slots", 0, 0, G_OPTION_ARG_INT, &slots, "receiving m-lines of each kind", "N"},
        {"bitrate", 0, 0, G_OPTION_ARG_INT, &video_bps, "of the video", "BPS"},
        {"fps", 0, 0, G_OPTION_ARG_INT, &fps, "frames a second", "N"},
        {"family", 0, 0, G_OPTION_ARG_INT, &family, "4 or 6: take a candidate of this family", "N"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &interval_ms, "between statistics; 0: only when asked", "MS"},
        {"ivf", 0, 0, G_OPTION_ARG_FILENAME, &ivf, "send the VP8 frames of this file", "FILE"},
        {"no-audio", 0, 0, G_OPTION_ARG_NONE, &no_audio, "send no audio", NULL},
        {"no-video", 0, 0, G_OPTION_ARG_NONE, &no_video, "send no video", NULL},
        {"no-vp8", 0, 0, G_OPTION_ARG_NONE, &no_vp8, "do not offer VP8", NULL},
        {"no-h264", 0, 0, G_OPTION_ARG_NONE, &no_h264, "do not offer H.264", NULL},
        {"no-gcm", 0, 0, G_OPTION_ARG_NONE, &no_gcm, "offer only AES_CM_128_HMAC_SHA1_80", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("— a WebRTC client on stdin and stdout");
    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("synthetic: %s\n", error->message);
        return 2;
    }
    const struct synthetic_config config = {
        .slots = (unsigned)CLAMP(slots, 0, SYNTHETIC_SLOTS_MAX),
        .no_audio = no_audio,
        .no_video = no_video,
        .no_vp8 = no_vp8,
        .no_h264 = no_h264,
        .no_gcm = no_gcm,
        .family = family == 4   ? AF_INET
                  : family == 6 ? AF_INET6
                                : AF_UNSPEC,
        .video_bps = (unsigned)MAX(video_bps, 0),
        .fps = (unsigned)MAX(fps, 0),
        .ivf = ivf,
    };
    struct program program = {.peer = synthetic_peer_new(&config, &error), .input = g_string_new(NULL)};
    if (!program.peer) {
        g_printerr("synthetic: %s\n", error->message);
        return 1;
    }
    print_offer(synthetic_peer_offer(program.peer));
    run(&program, (unsigned)MAX(interval_ms, 0));
    print_stats(&program);
    synthetic_peer_free(program.peer);
    g_string_free(program.input, TRUE);
    return 0;
}
