#include "vision/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vision/process/wire.h"
#include "vision/process/worker.h"

#define GRACE_MS      500 /* for one that has closed its socket to be gone */
#define CPU_SPARE_S   2   /* of processor time, beyond twice the deadline: a second net under it */
#define FREE_FILE_MIN 10  /* below are the descriptors that a worker gets */

struct process {
    pid_t pid;
    int pidfd;
    int socket;
    uint8_t *arena;
    int arena_file;
    uint64_t sequence;
    size_t request_bytes; /* of the job that it has */
};

static void close_file(int file)
{
    if (file >= 0) {
        close(file);
    }
}

/* ---- starting ---- */

static bool fail(GError **error, const char *what)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "a worker cannot be started: %s: %s", what,
                g_strerror(errno));
    return false;
}

/* Above the descriptors that a worker gets, so that no dup2 for it closes what the next one needs. */
static int move_up(int file)
{
    const int moved = fcntl(file, F_DUPFD_CLOEXEC, FREE_FILE_MIN);
    close_file(file);
    return moved;
}

static bool make_arena(struct process *process, GError **error)
{
    process->arena_file = move_up(memfd_create("viva vision", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (process->arena_file < 0 || ftruncate(process->arena_file, WIRE_ARENA_BYTES) != 0 ||
        fcntl(process->arena_file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        return fail(error, "shared memory");
    }
    void *arena = mmap(NULL, WIRE_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, process->arena_file, 0);
    if (arena == MAP_FAILED) {
        return fail(error, "shared memory");
    }
    process->arena = arena;
    return true;
}

/* Settings of the machine, of GStreamer's log and of sanitizers (AddressSanitizer's are about leaks, which nobody looks
 * for in a worker); no secret of the service's (VIVA_MASTER_KEY) is among
 * them. */
static char **worker_environment(void)
{
    static const char *const kept[] = {"PATH", "LANG", "LD_LIBRARY_PATH", "GST_DEBUG", "TSAN_OPTIONS", "UBSAN_OPTIONS"};
    GPtrArray *environment = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = g_getenv(kept[i]);
        if (value != NULL) {
            g_ptr_array_add(environment, g_strdup_printf("%s=%s", kept[i], value));
        }
    }
    g_ptr_array_add(environment, NULL);
    return (char **)g_ptr_array_free(environment, FALSE);
}

/* Descriptors 3 and 4, nothing above; signals as a program finds them. */
static int set_up_spawn(const struct process *process, int socket, posix_spawn_file_actions_t *actions,
                        posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    failed = failed != 0 ? failed : posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    failed = failed != 0 ? failed : posix_spawn_file_actions_adddup2(actions, socket, WORKER_SOCKET);
    failed = failed != 0 ? failed : posix_spawn_file_actions_adddup2(actions, process->arena_file, WORKER_ARENA);
    failed = failed != 0 ? failed : posix_spawn_file_actions_addclosefrom_np(actions, WORKER_ARENA + 1);
    failed = failed != 0 ? failed : posix_spawnattr_setsigmask(attributes, &none);
    failed = failed != 0 ? failed : posix_spawnattr_setsigdefault(attributes, &all);
    return failed != 0 ? failed : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static bool spawn(struct process *process, const char *program, int socket, GError **error)
{
    char *const arguments[] = {(char[]){"viva"}, (char[]){"vision-worker"}, NULL};
    g_auto(GStrv) environment = worker_environment();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    errno = set_up_spawn(process, socket, &actions, &attributes);
    if (errno == 0) {
        errno = posix_spawn(&process->pid, program, &actions, &attributes, arguments, environment);
    }
    const bool ok = errno == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (!ok) {
        process->pid = 0;
        return fail(error, program);
    }
    process->pidfd = pidfd_open(process->pid, 0);
    return process->pidfd >= 0 || fail(error, "pidfd_open");
}

static bool make_sockets(int ends[2], GError **error)
{
    int made[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, made) != 0) {
        return fail(error, "socketpair");
    }
    for (unsigned i = 0; i < 2; i++) {
        ends[i] = move_up(made[i]);
    }
    if (ends[0] < 0 || ends[1] < 0) {
        fail(error, "socketpair");
        close_file(ends[0]);
        close_file(ends[1]);
        return false;
    }
    return true;
}

static bool send_head(const struct process *process, const struct wire_head *head)
{
    return send(process->socket, head, sizeof *head, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof *head;
}

static bool send_setup(struct process *process, const struct vision_config *config, GError **error)
{
    struct wire_head head;
    json_t *setup = json_pack("{s:s, s:I, s:i, s:i}", "models", config->models != NULL ? config->models : "",
                              "picture_px_max", (json_int_t)config->picture_px_max, "jpeg_quality",
                              (int)config->jpeg_quality, "memory_mib", (int)config->worker_memory_mib);
    const bool ok = wire_write(process->arena, WIRE_REQUEST_BYTES, process->sequence, setup, NULL, &head, error);
    json_decref(setup);
    return ok && (send_head(process, &head) || fail(error, "it has gone"));
}

static bool start(struct process *process, const struct vision_config *config, GError **error)
{
    int ends[2] = {-1, -1};
    if (!make_arena(process, error) || !make_sockets(ends, error)) {
        return false;
    }
    process->socket = ends[0];
    const bool ok = spawn(process, config->program != NULL ? config->program : "/proc/self/exe", ends[1], error);
    close(ends[1]);
    return ok && send_setup(process, config, error);
}

struct process *process_start(const struct vision_config *config, GError **error)
{
    struct process *process = g_new0(struct process, 1);
    process->pidfd = process->socket = process->arena_file = -1;
    if (!start(process, config, error)) {
        g_free(process_end(process));
        return NULL;
    }
    return process;
}

/* ---- ending ---- */

static bool is_gone(const struct process *process, int wait_ms)
{
    struct pollfd pollfd = {.fd = process->pidfd, .events = POLLIN};
    return process->pidfd >= 0 && poll(&pollfd, 1, wait_ms) == 1;
}

static char *reap(const struct process *process)
{
    siginfo_t info = {0};
    while (waitid(P_PID, (id_t)process->pid, &info, WEXITED) != 0 && errno == EINTR) {
    }
    return g_strdup_printf(info.si_code == CLD_EXITED ? "exit=%d" : "signal=%d", info.si_status);
}

char *process_end(struct process *process)
{
    char *reason = NULL;
    close_file(process->socket);
    if (process->pid > 0) {
        if (!is_gone(process, 0)) {
            kill(process->pid, SIGKILL);
        }
        reason = reap(process);
    }
    close_file(process->pidfd);
    if (process->arena != NULL) {
        munmap(process->arena, WIRE_ARENA_BYTES);
    }
    close_file(process->arena_file);
    g_free(process);
    return reason;
}

bool process_is_well(const struct process *process)
{
    return !is_gone(process, 0);
}

pid_t process_pid(const struct process *process)
{
    return process->pid;
}

/* ---- asking ---- */

static enum process_outcome wait_for(const struct process *process, int wake, int64_t deadline_us)
{
    struct pollfd files[] = {{.fd = process->socket, .events = POLLIN}, {.fd = wake, .events = POLLIN}};
    for (;;) {
        const int64_t left_us = deadline_us - g_get_monotonic_time();
        if (left_us <= 0) {
            return PROCESS_LATE;
        }
        const int wait_ms = deadline_us == G_MAXINT64 ? -1 : (int)MIN(left_us / 1000 + 1, G_MAXINT);
        if (poll(files, 2, wait_ms) > 0) {
            return files[0].revents != 0 ? PROCESS_DONE : PROCESS_WOKEN;
        }
    }
}

/* One that has closed its socket is about to be gone: it is to say of itself how. */
static enum process_outcome lost(const struct process *process)
{
    is_gone(process, GRACE_MS);
    return PROCESS_LOST;
}

/* Leaves nothing of one job for the next to see. */
static void wipe(const struct process *process, size_t offset, size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    fallocate(process->arena_file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
              (off_t)((bytes + page - 1) / page * page));
}

/* What lies on the socket. */
static enum process_outcome take_reply(const struct process *process, struct pool_reply *reply, GError **error)
{
    uint8_t message[sizeof(struct wire_head) + 1];
    struct wire_head head;
    const ssize_t length = recv(process->socket, message, sizeof message, MSG_DONTWAIT);
    if (length <= 0 || !wire_read_head(message, (size_t)length, WIRE_REPLY_BYTES, &head) ||
        head.sequence != process->sequence) {
        return lost(process);
    }
    g_autoptr(GBytes) copy = g_bytes_new(process->arena + WIRE_REQUEST_BYTES, head.bytes);
    wipe(process, WIRE_REQUEST_BYTES, head.bytes);
    json_t *json;
    GPtrArray *out;
    if (!wire_read(&head, copy, &json, &out)) {
        return PROCESS_LOST;
    }
    const enum wire_verdict verdict = wire_judge(json, &reply->report, error);
    json_decref(json);
    if (verdict == WIRE_DONE) {
        reply->out = out;
        return PROCESS_DONE;
    }
    g_ptr_array_unref(out);
    return verdict == WIRE_FAILED ? PROCESS_FAILED : PROCESS_LOST;
}

enum process_outcome process_await(struct process *process, int wake, int64_t deadline_us, GError **error)
{
    struct pool_reply reply = {0};
    enum process_outcome outcome = wait_for(process, wake, deadline_us);
    if (outcome == PROCESS_DONE) {
        outcome = take_reply(process, &reply, error);
        pool_reply_clear(&reply);
    }
    if (outcome == PROCESS_LOST || outcome == PROCESS_LATE) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "a worker %s",
                    outcome == PROCESS_LATE ? "did not become ready" : "died while it started");
    }
    return outcome;
}

enum process_outcome process_rest(struct process *process, int wake)
{
    const enum process_outcome outcome = wait_for(process, wake, G_MAXINT64);
    return outcome == PROCESS_DONE ? lost(process) : outcome; /* it speaks unasked, or has closed the socket */
}

static void limit_processor(const struct process *process, int64_t deadline_us)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(process->pid, &clock) == 0 && clock_gettime(clock, &used) == 0) {
        const int64_t left_s = MAX(0, deadline_us - g_get_monotonic_time()) / G_USEC_PER_SEC;
        const struct rlimit limit = {(rlim_t)(used.tv_sec + 2 * left_s + CPU_SPARE_S), RLIM_INFINITY};
        prlimit(process->pid, RLIMIT_CPU, &limit, NULL);
    }
}

enum process_outcome process_send(struct process *process, const struct pool_job *job, int64_t until_us, GError **error)
{
    struct wire_head head;
    json_t *request = json_pack("{s:s, s:O}", "op", job->op, "params", job->params);
    const bool fits =
        wire_write(process->arena, WIRE_REQUEST_BYTES, process->sequence + 1, request, job->in, &head, error);
    json_decref(request);
    if (!fits) {
        return PROCESS_FAILED;
    }
    process->sequence++;
    process->request_bytes = head.bytes;
    limit_processor(process, until_us);
    return send_head(process, &head) ? PROCESS_DONE : lost(process);
}

enum process_outcome process_receive(struct process *process, int64_t until_us, struct pool_reply *reply,
                                     GError **error)
{
    enum process_outcome outcome = wait_for(process, -1, until_us);
    if (outcome == PROCESS_DONE) {
        outcome = take_reply(process, reply, error);
        wipe(process, 0, process->request_bytes);
    }
    return outcome;
}
