#include "tests/bench/engine_process.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SDP_MAX 65536

struct engine_process {
    pid_t pid;
    int fd; /* a SOCK_SEQPACKET: one message, one reply */
};

enum request_kind { OPEN_ROOM, JOIN, USAGE, SENDTO };

struct request {
    enum request_kind kind;
    media_room_id room;
    uint16_t port;
    size_t bytes;
    unsigned count;
    char sdp[SDP_MAX];
};

union reply {
    media_room_id room;
    struct engine_usage usage;
    double ns;
    char sdp[SDP_MAX];
};

static G_NORETURN void die(const char *what, const GError *error)
{
    fprintf(stderr, "bench: %s: %s\n", what, error ? error->message : g_strerror(errno));
    exit(1);
}

/* ---- the engine's side ---- */

/* The first number of /proc/self/task/TID/schedstat: nanoseconds on a CPU. */
static uint64_t all_threads_cpu_ns(void)
{
    uint64_t sum = 0;
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    for (const char *name; tasks && (name = g_dir_read_name(tasks));) {
        g_autofree char *path = g_strdup_printf("/proc/self/task/%s/schedstat", name), *text = NULL;
        if (g_file_get_contents(path, &text, NULL, NULL)) {
            sum += g_ascii_strtoull(text, NULL, 10);
        }
    }
    return sum;
}

static uint64_t resident_bytes(void)
{
    unsigned long total = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm || fscanf(statm, "%lu %lu", &total, &resident) != 2) {
        die("/proc/self/statm", NULL);
    }
    fclose(statm);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static struct engine_usage usage_of(struct media_engine *engine)
{
    struct media_engine_stats stats;
    media_engine_stats(engine, &stats);
    return (struct engine_usage){.cpu_ns = all_threads_cpu_ns(),
                                 .forwarded = stats.packets_forwarded,
                                 .heap_bytes = mallinfo2().uordblks,
                                 .resident_bytes = resident_bytes()};
}

static double sendto_ns(uint16_t port, size_t bytes, unsigned count)
{
    const struct sockaddr_in remote = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    g_autofree char *datagram = g_malloc0(bytes);
    struct timespec begin, end;
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    for (unsigned i = 0; i < count; i++) {
        (void)!sendto(fd, datagram, bytes, 0, (const struct sockaddr *)&remote, sizeof remote);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    close(fd);
    return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / count;
}

static void ignore_state(void *context, media_room_id room, media_peer_id peer, enum media_peer_state state,
                         enum media_close_reason reason)
{
    (void)context, (void)room, (void)peer, (void)state, (void)reason;
}

static void ignore_slots(void *context, media_room_id room, media_peer_id peer, const struct media_slot *slots,
                         unsigned count)
{
    (void)context, (void)room, (void)peer, (void)slots, (void)count;
}

static struct media_engine *start_engine(void)
{
    static const struct media_address loopback = {.bind = (char *)"127.0.0.1"};
    const struct media_config config = {
        .addresses = &loopback,
        .address_count = 1,
        .workers = 1,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264},
        .rooms_max = 1000,
        .peers_max = 4000,
        .packets_per_s_max = 20000, /* a measurement may ask for more than an interview does */
        .video_bitrate_max_bps = 2500000,
        .audio_bitrate_max_bps = 64000,
        .cache_bytes = 48 * 1024,
        .keyframe_bytes_max = 512 * 1024,
        .pli_interval_ms = 500,
        .consent_timeout_ms = 30000,
        .connect_timeout_ms = 30000,
    };
    const struct media_listener listener = {.peer_state = ignore_state, .peer_slots = ignore_slots};
    g_autoptr(GError) error = NULL;
    struct media_engine *engine = media_engine_new(&config, &listener, &error);
    if (!engine) {
        die("engine", error);
    }
    return engine;
}

static size_t serve(struct media_engine *engine, const struct request *request, union reply *reply)
{
    g_autoptr(GError) error = NULL;
    struct media_answer answer = {0};
    switch (request->kind) {
    case OPEN_ROOM:
        if (!media_room_open(engine, &reply->room, &error)) {
            die("room", error);
        }
        return sizeof reply->room;
    case JOIN:
        if (!media_join(engine, request->room, request->sdp, &answer, &error)) {
            die("join", error);
        }
        g_strlcpy(reply->sdp, answer.sdp, sizeof reply->sdp);
        media_answer_clear(&answer);
        return strlen(reply->sdp) + 1;
    case USAGE:
        reply->usage = usage_of(engine);
        return sizeof reply->usage;
    case SENDTO:
        reply->ns = sendto_ns(request->port, request->bytes, request->count);
        return sizeof reply->ns;
    }
    g_assert_not_reached();
}

static G_NORETURN void serve_all(int fd)
{
    static struct request request;
    static union reply reply;
    struct media_engine *engine = start_engine();
    while (recv(fd, &request, sizeof request, 0) > 0) {
        const size_t length = serve(engine, &request, &reply);
        if (send(fd, &reply, length, 0) < 0) {
            die("reply", NULL);
        }
    }
    _exit(0);
}

/* ---- the caller's side ---- */

static void bind_to(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

struct engine_process *engine_process_start(int core)
{
    int fds[2];
    const int bytes = 4 * SDP_MAX;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0) {
        die("socketpair", NULL);
    }
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    struct engine_process *engine = g_new0(struct engine_process, 1);
    engine->pid = fork();
    if (engine->pid < 0) {
        die("fork", NULL);
    }
    if (engine->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(fds[0]);
        if (core >= 0) {
            bind_to(core);
        }
        serve_all(fds[1]);
    }
    close(fds[1]);
    engine->fd = fds[0];
    return engine;
}

void engine_process_stop(struct engine_process *engine)
{
    close(engine->fd);
    waitpid(engine->pid, NULL, 0);
    g_free(engine);
}

static const union reply *ask(struct engine_process *engine, const struct request *request, size_t length)
{
    static union reply reply;
    if (send(engine->fd, request, length, 0) < 0 || recv(engine->fd, &reply, sizeof reply, 0) <= 0) {
        die("the engine's process", NULL);
    }
    return &reply;
}

media_room_id engine_process_open_room(struct engine_process *engine)
{
    const struct request request = {.kind = OPEN_ROOM};
    return ask(engine, &request, offsetof(struct request, sdp))->room;
}

char *engine_process_join(struct engine_process *engine, media_room_id room, const char *offer)
{
    static struct request request;
    request = (struct request){.kind = JOIN, .room = room};
    g_strlcpy(request.sdp, offer, sizeof request.sdp);
    return g_strdup(ask(engine, &request, offsetof(struct request, sdp) + strlen(request.sdp) + 1)->sdp);
}

struct engine_usage engine_process_usage(struct engine_process *engine)
{
    const struct request request = {.kind = USAGE};
    return ask(engine, &request, offsetof(struct request, sdp))->usage;
}

double engine_process_sendto_ns(struct engine_process *engine, uint16_t port, size_t bytes, unsigned count)
{
    const struct request request = {.kind = SENDTO, .port = port, .bytes = bytes, .count = count};
    return ask(engine, &request, offsetof(struct request, sdp))->ns;
}
