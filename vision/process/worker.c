#include "vision/process/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vision/process/plugins.h"
#include "vision/process/sandbox.h"
#include "vision/process/wire.h"

#define EXIT_GONE   0 /* the pool has */
#define EXIT_BROKEN 1
#define EXIT_USAGE  2

#define STACK_BYTES (1u << 20) /* of a thread; the usual 8 MiB count as address space */
#define FILES_MAX   64         /* GStreamer opens two for each bus and pipeline */

struct worker {
    const struct worker_part *parts;
    uint8_t *arena;
    struct op_tools tools;
};

/* ---- messages ---- */

/* False: the pool has gone, or is not what it should be. */
static bool receive(struct worker *worker, struct wire_head *head, json_t **json, GPtrArray **blobs)
{
    uint8_t message[sizeof *head + 1];
    ssize_t length;
    do {
        length = read(WORKER_SOCKET, message, sizeof message);
    } while (length < 0 && errno == EINTR);
    if (length <= 0 || !wire_read_head(message, (size_t)length, WIRE_REQUEST_BYTES, head)) {
        return false;
    }
    g_autoptr(GBytes) area = g_bytes_new_static(worker->arena, head->bytes);
    return wire_read(head, area, json, blobs);
}

static bool reply(struct worker *worker, uint64_t sequence, const json_t *json, const GPtrArray *blobs, GError **error)
{
    struct wire_head head;
    if (!wire_write(worker->arena + WIRE_REQUEST_BYTES, WIRE_REPLY_BYTES, sequence, json, blobs, &head, error)) {
        return false;
    }
    if (write(WORKER_SOCKET, &head, sizeof head) != (ssize_t)sizeof head) {
        _exit(EXIT_GONE);
    }
    return true;
}

static void reply_failure(struct worker *worker, uint64_t sequence, const GError *failure)
{
    json_t *json = wire_failure(failure);
    reply(worker, sequence, json, NULL, NULL); /* it fits */
    json_decref(json);
}

/* ---- jobs ---- */

static const struct op *find_op(const struct worker_part *parts, const char *name)
{
    for (const struct worker_part *part = parts; part->ops != NULL; part++) {
        for (const struct op *op = part->ops; op->name != NULL; op++) {
            if (strcmp(op->name, name) == 0) {
                return op;
            }
        }
    }
    return NULL;
}

static void unref_blob(void *blob)
{
    g_bytes_unref(blob);
}

static bool run_op(struct worker *worker, const json_t *request, struct op_call *call, GError **error)
{
    const char *name;
    json_t *params;
    if (json_unpack_ex((json_t *)request, NULL, JSON_STRICT, "{s:s, s:o}", "op", &name, "params", &params) != 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "no job");
        return false;
    }
    const struct op *op = find_op(worker->parts, name);
    if (op == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "there is no op \"%s\"", name);
        return false;
    }
    call->params = params;
    return op->run(&worker->tools, call, error);
}

static void do_job(struct worker *worker, uint64_t sequence, const json_t *request, const GPtrArray *in)
{
    g_autoptr(GError) error = NULL;
    struct op_call call = {.in = in, .out = g_ptr_array_new_with_free_func(unref_blob)};
    bool ok = run_op(worker, request, &call, &error);
    if (ok) {
        json_t *json = wire_success(call.report);
        ok = reply(worker, sequence, json, call.out, &error);
        json_decref(json);
    }
    if (!ok) {
        reply_failure(worker, sequence, error);
    }
    json_decref(call.report);
    g_ptr_array_unref(call.out);
}

/* ---- start and end ---- */

static bool map_arena(struct worker *worker)
{
    struct stat stat;
    if (fstat(WORKER_ARENA, &stat) != 0 || stat.st_size != WIRE_ARENA_BYTES) {
        return false;
    }
    worker->arena = mmap(NULL, WIRE_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, WORKER_ARENA, 0);
    return worker->arena != MAP_FAILED;
}

/* The first to go when the machine runs out of memory. Where that cannot be said, it is as it was. */
static void volunteer(void)
{
    const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        static const char most[] = "1000";
        const ssize_t ignored = write(file, most, sizeof most - 1);
        (void)ignored;
        close(file);
    }
}

static void settle(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT}; /* meant for the service, which drains */
    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++) {
        signal(ignored[i], SIG_IGN);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a pool that has gone already is seen at the socket */
    volunteer();
    mallopt(M_ARENA_MAX, 1); /* each reserves 64 MiB of addresses */
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
}

static bool prepare(struct worker *worker, const json_t *setup, bool networks, GError **error)
{
    const char *models;
    int picture_px_max, memory_mib;
    if (json_unpack_ex((json_t *)setup, NULL, JSON_STRICT, "{s:s, s:i, s:i, s:i}", "models", &models, "picture_px_max",
                       &picture_px_max, "jpeg_quality", &worker->tools.jpeg_quality, "memory_mib", &memory_mib) != 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "no set-up");
        return false;
    }
    worker->tools.picture_px_max = (uint32_t)picture_px_max;
    if (!plugins_load(error)) {
        return false;
    }
    for (const struct worker_part *part = worker->parts; part->ops != NULL; part++) {
        if (part->prepare != NULL && !part->prepare(error)) {
            return false;
        }
    }
    worker->tools.networks = networks ? networks_load(models, error) : NULL;
    if (networks && worker->tools.networks == NULL) {
        return false;
    }
    const struct sandbox_limits limits = {.memory_mib = (unsigned)memory_mib, .files = FILES_MAX};
    return sandbox_close(&limits, error);
}

static bool start(struct worker *worker, bool networks)
{
    struct wire_head head;
    json_t *setup;
    g_autoptr(GPtrArray) blobs = NULL;
    g_autoptr(GError) error = NULL;
    if (!receive(worker, &head, &setup, &blobs)) {
        return false;
    }
    const bool ok = prepare(worker, setup, networks, &error);
    json_decref(setup);
    if (!ok) {
        reply_failure(worker, head.sequence, error);
        return false;
    }
    json_t *nothing = json_object(), *ready = wire_success(nothing);
    reply(worker, head.sequence, ready, NULL, NULL);
    json_decref(ready);
    json_decref(nothing);
    return true;
}

int worker_serve(const struct worker_part *parts, bool networks)
{
    struct worker worker = {.parts = parts};
    if (!map_arena(&worker)) {
        fputs("viva: vision-worker is for the service itself to start\n", stderr);
        return EXIT_USAGE;
    }
    settle();
    if (!start(&worker, networks)) {
        return EXIT_BROKEN;
    }
    struct wire_head head;
    json_t *request;
    GPtrArray *in;
    while (receive(&worker, &head, &request, &in)) {
        do_job(&worker, head.sequence, request, in);
        json_decref(request);
        g_ptr_array_unref(in);
    }
    _exit(EXIT_GONE); /* what runs at exit wants files and processes */
}
