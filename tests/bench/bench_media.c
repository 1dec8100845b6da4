/* bench_media: what media's engine costs, under synthetic peers. One JSON object a line on stdout.
 *
 *   bench_media forward  CPU per forwarded packet (one sender, three receivers a room), AES-GCM and AES-CM, several
 *                        rates, beside what sendto(2) and OpenSSL's AES-GCM alone cost in the same minute
 *   bench_media memory   memory per peer, four in a room, everybody sending
 *   bench_media join     from the answer to the first whole keyframe, into a room where somebody already sends */
#include "tests/bench/engine_process.h"
#include "tests/support/synthetic_peer.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEERS_MAX    512
#define PACKET_BYTES 1200

struct load {
    struct engine_process *engine;
    struct synthetic_peer *peers[PEERS_MAX];
    unsigned count;
};

static void print(json_t *line)
{
    g_autofree char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(5));
    puts(text);
    fflush(stdout);
    json_decref(line);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value below which `part` of them are. */
static double quantile(double *values, unsigned count, double part)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[(unsigned)((count - 1) * part + 0.5)];
}

static struct synthetic_peer *join(struct load *load, media_room_id room, const struct synthetic_config *config)
{
    g_autoptr(GError) error = NULL;
    struct synthetic_peer *peer = synthetic_peer_new(config, &error);
    g_autofree char *offer = synthetic_peer_offer(peer);
    g_autofree char *answer = engine_process_join(load->engine, room, offer);
    if (!synthetic_peer_answer(peer, answer, g_get_monotonic_time(), &error)) {
        fprintf(stderr, "bench: %s\n", error->message);
        exit(1);
    }
    return load->peers[load->count++] = peer;
}

static void run_for(struct load *load, double seconds)
{
    synthetic_peers_run(load->peers, load->count, g_get_monotonic_time() + (int64_t)(seconds * G_USEC_PER_SEC), NULL,
                        NULL);
}

static bool all_connected(void *context)
{
    const struct load *load = context;
    for (unsigned i = 0; i < load->count; i++) {
        struct synthetic_stats stats;
        synthetic_peer_stats(load->peers[i], &stats);
        if (stats.state != SYNTHETIC_CONNECTED) {
            return false;
        }
    }
    return true;
}

static void connect_all(struct load *load)
{
    synthetic_peers_run(load->peers, load->count, g_get_monotonic_time() + G_TIME_SPAN_MINUTE, all_connected, load);
    if (!all_connected(load)) {
        fprintf(stderr, "bench: not every peer came up\n");
        exit(1);
    }
}

static void leave_all(struct load *load)
{
    for (unsigned i = 0; i < load->count; i++) {
        synthetic_peer_free(load->peers[i]);
    }
    load->count = 0;
}

/* ---- forward ---- */

static uint64_t packets_lost(const struct load *load, uint64_t *received)
{
    uint64_t lost = 0;
    *received = 0;
    for (unsigned i = 0; i < load->count; i++) {
        struct synthetic_stats stats;
        synthetic_peer_stats(load->peers[i], &stats);
        lost += stats.slot_video[0].lost;
        *received += stats.slot_video[0].packets;
    }
    return lost;
}

static double gcm_ns(unsigned count)
{
    static const uint8_t key[16], iv[12];
    uint8_t packet[PACKET_BYTES], tag[16];
    struct timespec begin, end;
    int length;
    memset(packet, 0, sizeof packet);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, key, iv);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    for (unsigned i = 0; i < count; i++) {
        EVP_EncryptInit_ex(context, NULL, NULL, NULL, iv);
        EVP_EncryptUpdate(context, packet, &length, packet, sizeof packet);
        EVP_EncryptFinal_ex(context, packet, &length);
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, sizeof tag, tag);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    EVP_CIPHER_CTX_free(context);
    return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / count;
}

/* One sendto for each forwarded packet, one seal for it, and a third of an opening. */
static double floor_us(struct engine_process *engine)
{
    const struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in bound = {0};
    socklen_t length = sizeof bound;
    const int sink = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(sink, (const struct sockaddr *)&any, sizeof any) < 0 ||
        getsockname(sink, (struct sockaddr *)&bound, &length) < 0) {
        exit(1);
    }
    double sendto_ns = 0;
    for (unsigned round = 0; round < 200; round++) { /* few at a time, so that the sink takes them all */
        char ignored[2048];
        sendto_ns += engine_process_sendto_ns(engine, ntohs(bound.sin_port), PACKET_BYTES, 50) / 200;
        while (recv(sink, ignored, sizeof ignored, 0) > 0) {
        }
    }
    close(sink);
    return (sendto_ns + gcm_ns(100000) * 4 / 3) / 1000;
}

static void forward_round(struct load *load, bool no_gcm, unsigned rooms)
{
    const struct synthetic_config sender = {.no_audio = true, .no_gcm = no_gcm, .video_bps = 8000000, .fps = 100};
    const struct synthetic_config receiver = {.slots = 1, .no_audio = true, .no_video = true, .no_gcm = no_gcm};
    for (unsigned i = 0; i < rooms; i++) {
        const media_room_id room = engine_process_open_room(load->engine);
        join(load, room, &sender);
        for (unsigned k = 0; k < 3; k++) {
            join(load, room, &receiver);
        }
    }
    connect_all(load);
    run_for(load, 1);
    uint64_t received_before, received;
    const uint64_t lost_before = packets_lost(load, &received_before);
    const struct engine_usage before = engine_process_usage(load->engine);
    const int64_t begin_us = g_get_monotonic_time();
    run_for(load, 4);
    const struct engine_usage after = engine_process_usage(load->engine);
    const double seconds = (double)(g_get_monotonic_time() - begin_us) / G_USEC_PER_SEC;
    const uint64_t lost = packets_lost(load, &received) - lost_before;
    const double forwarded = (double)(after.forwarded - before.forwarded);
    const double us = (double)(after.cpu_ns - before.cpu_ns) / 1000 / forwarded, least_us = floor_us(load->engine);
    print(json_pack("{s:s, s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:f}", "bench", "forward", "srtp", no_gcm ? "CM" : "GCM",
                    "rooms", (int)rooms, "forwarded_per_s", forwarded / seconds, "us_per_packet", us, "floor_us",
                    least_us, "ratio", us / least_us, "core_percent",
                    (double)(after.cpu_ns - before.cpu_ns) / 1e7 / seconds, "loss",
                    (double)lost / (double)(lost + received - received_before + 1)));
    leave_all(load);
}

static void bench_forward(struct load *load)
{
    static const unsigned rooms[] = {1, 4, 12};
    for (unsigned repeat = 0; repeat < 3; repeat++) { /* alternating, so that a busy moment hits all alike */
        for (unsigned i = 0; i < G_N_ELEMENTS(rooms); i++) {
            for (unsigned no_gcm = 0; no_gcm < 2; no_gcm++) {
                forward_round(load, no_gcm, rooms[i]);
            }
        }
    }
}

/* ---- memory ---- */

static void fill_rooms(struct load *load, unsigned rooms)
{
    const struct synthetic_config config = {.slots = MEDIA_SLOTS_MAX, .video_bps = 300000, .fps = 15};
    for (unsigned i = 0; i < rooms; i++) {
        const media_room_id room = engine_process_open_room(load->engine);
        for (unsigned k = 0; k < MEDIA_PARTIES_MAX; k++) {
            join(load, room, &config);
        }
        connect_all(load);
    }
}

static void bench_memory(struct load *load)
{
    enum { WARM_ROOMS = 2, ROOMS = 30 };
    const double peers = ROOMS * MEDIA_PARTIES_MAX;
    fill_rooms(load, WARM_ROOMS);
    run_for(load, 1);
    const struct engine_usage before = engine_process_usage(load->engine);
    fill_rooms(load, ROOMS);
    run_for(load, 5); /* long enough for caches to fill */
    const struct engine_usage after = engine_process_usage(load->engine);
    print(json_pack("{s:s, s:i, s:f, s:f}", "bench", "memory", "peers", (int)peers, "heap_kib_per_peer",
                    (double)(after.heap_bytes - before.heap_bytes) / 1024 / peers, "resident_kib_per_peer",
                    (double)(after.resident_bytes - before.resident_bytes) / 1024 / peers));
    leave_all(load);
}

/* ---- join ---- */

static bool has_frame(void *context)
{
    struct synthetic_stats stats;
    synthetic_peer_stats(context, &stats);
    return stats.first_frame_us > 0;
}

static void bench_join(struct load *load)
{
    enum { JOINS = 51 };
    const struct synthetic_config config = {.slots = 1, .video_bps = 500000};
    double ms[JOINS];
    for (unsigned i = 0; i < JOINS; i++) {
        const media_room_id room = engine_process_open_room(load->engine);
        join(load, room, &config);
        connect_all(load);
        run_for(load, 0.2);
        struct synthetic_peer *peer = join(load, room, &config);
        synthetic_peers_run(load->peers, load->count, g_get_monotonic_time() + 10 * G_USEC_PER_SEC, has_frame, peer);
        struct synthetic_stats stats;
        synthetic_peer_stats(peer, &stats);
        ms[i] = stats.first_frame_us ? (double)stats.first_frame_us / 1000 : 10000;
        leave_all(load);
    }
    const double p50 = quantile(ms, JOINS, 0.5), p95 = quantile(ms, JOINS, 0.95);
    print(json_pack("{s:s, s:s, s:i, s:f, s:f}", "bench", "join", "client", "synthetic", "joins", JOINS, "p50_ms", p50,
                    "p95_ms", p95));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct load *load);
    } benches[] = {{"forward", bench_forward}, {"memory", bench_memory}, {"join", bench_join}};
    const char *wanted = argc == 2 ? argv[1] : "";
    for (unsigned i = 0; i < G_N_ELEMENTS(benches); i++) {
        if (strcmp(benches[i].name, wanted) != 0) {
            continue;
        }
        static struct load load;
        load.engine = engine_process_start(g_get_num_processors() > 1 ? 0 : -1);
        if (g_get_num_processors() > 1) { /* the load stays off the engine's core */
            cpu_set_t rest;
            CPU_ZERO(&rest);
            for (unsigned core = 1; core < g_get_num_processors(); core++) {
                CPU_SET(core, &rest);
            }
            sched_setaffinity(0, sizeof rest, &rest);
        }
        benches[i].run(&load);
        engine_process_stop(load.engine);
        return 0;
    }
    fprintf(stderr, "usage: bench_media forward|memory|join\n");
    return 2;
}
