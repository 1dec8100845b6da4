/* hazard_worker: a worker of a pool with ops that do what no op may do, behind the real machinery and the real sandbox.
 * Tests name it as the pool's program; none of this is in the product. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vision/process/wire.h"
#include "vision/process/worker.h"

static bool done(struct op_call *call, json_t *report)
{
    call->report = report;
    return true;
}

/* ---- what ends a worker ---- */

static bool crash(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)call;
    (void)error;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer has a handler */
    raise(SIGSEGV);
    return false;
}

static bool leave(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)call;
    (void)error;
    _exit(7);
}

static bool hang(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)call;
    (void)error;
    for (;;) {
        pause();
        usleep(100000); /* the sandbox knows no pause */
    }
    return false;
}

static bool spin(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)call;
    (void)error;
    for (volatile unsigned turns = 0;; turns++) {
    }
    return false;
}

/* Takes memory until there is none. Under a sanitizer, which needs addresses without end, it ends itself. */
static bool hog(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)error;
    size_t taken = 0;
    const size_t step = 64u << 20;
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    while (limit.rlim_cur != RLIM_INFINITY) {
        char *memory = g_malloc(step);
        memset(memory, 1, step);
        taken += step;
    }
    (void)taken;
    (void)call;
    abort();
}

/* ---- what is no answer ---- */

/* Answers by itself, with a reply that is good but for "how": "short", "sequence" of another job, more "bytes" than
 * there are. "twice": the answer that the op gives is then one too many. */
static bool babble(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    static const char reply[] = "{\"report\":{}}";
    const size_t json_bytes = sizeof reply - 1;
    const char *how;
    json_int_t sequence;
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:s, s:I}", "how", &how, "sequence", &sequence) !=
        0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "babble: how?");
        return false;
    }
    uint8_t *arena = mmap(NULL, WIRE_ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, WORKER_ARENA, 0);
    memcpy(arena + WIRE_REQUEST_BYTES, reply, json_bytes);
    struct wire_head head = {
        .magic = 0x31617676, .sequence = (uint64_t)sequence, .bytes = json_bytes, .json_bytes = (uint32_t)json_bytes};
    if (strcmp(how, "sequence") == 0) {
        head.sequence++;
    } else if (strcmp(how, "bytes") == 0) {
        head.bytes = WIRE_REPLY_BYTES + 1ull;
    }
    const ssize_t written = write(WORKER_SOCKET, &head, strcmp(how, "short") == 0 ? 3 : sizeof head);
    munmap(arena, WIRE_ARENA_BYTES);
    if (strcmp(how, "good") == 0) {
        g_usleep(
            G_USEC_PER_SEC); /* the second answer takes the first one's place in the arena: not before it was read */
    }
    return done(call, json_pack("{s:i}", "written", (int)written));
}

/* A reply whose report is no object. */
static bool nonsense(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)error;
    return done(call, json_string("no object"));
}

/* ---- what is well ---- */

/* Sleeps "ms", and gives back its parameters and bytes, and how many times this worker has done so. */
static bool echo(struct op_tools *tools, struct op_call *call, GError **error)
{
    static int times;
    (void)tools;
    (void)error;
    const json_t *ms = json_object_get(call->params, "ms");
    usleep((useconds_t)json_integer_value(ms) * 1000);
    for (unsigned i = 0; i < call->in->len; i++) {
        g_ptr_array_add(call->out, g_bytes_ref(call->in->pdata[i]));
    }
    return done(call, json_pack("{s:O, s:i, s:i}", "params", call->params, "pid", (int)getpid(), "times", ++times));
}

static bool refuse(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)call;
    g_set_error(error, VISION_ERROR, VISION_ERROR_NO_FACE, "there is\nno face \xff here");
    return false;
}

/* How many more descriptors can be opened. */
static bool open_many(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)error;
    int ends[2], count = 0;
    while (count < 4096 && pipe2(ends, O_CLOEXEC) == 0) {
        count++;
    }
    return done(call, json_pack("{s:i}", "pipes", count));
}

/* ---- from inside the sandbox: each entry is a call that must fail, and gives its errno ---- */

static long map_executable(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? -1 : 0;
}

static long make_executable(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}

static long run_program(void)
{
    char *const arguments[] = {(char[]){"true"}, NULL};
    return execve("/bin/true", arguments, NULL);
}

static long fork_process(void)
{
    const long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        _exit(0);
    }
    return pid;
}

static long raise_limit(void)
{
    const struct rlimit most = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_CPU, &most);
}

static long connect_network(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static const struct {
    const char *name;
    long (*call)(void);
} with_code[] = {
    {"map_executable", map_executable},
    {"make_executable", make_executable},
    {"execve", run_program},
    {"fork", fork_process},
    {"setrlimit", raise_limit},
    {"socket", connect_network},
};

static const struct {
    const char *name;
    long number, arguments[6];
} plain[] = {
    {"open", SYS_openat, {AT_FDCWD, (long)"/etc/passwd", O_RDONLY}},
    {"create", SYS_openat, {AT_FDCWD, (long)"/tmp/viva-escaped", O_CREAT | O_WRONLY, 0600}},
    {"memfd_create", SYS_memfd_create, {(long)"x", 0}},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, (long)"/tmp/viva-escaped", 0}},
    {"getdents", SYS_getdents64, {0, 0, 0}},
    {"stat", SYS_newfstatat, {AT_FDCWD, (long)"/etc/passwd", 0, 0}},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, 0}},
    {"connect", SYS_connect, {WORKER_SOCKET, 0, 0}},
    {"sendmsg", SYS_sendmsg, {WORKER_SOCKET, 0, 0}},
    {"sendto", SYS_sendto, {WORKER_SOCKET, (long)"x", 1, 0, 0, 0}},
    {"ptrace", SYS_ptrace, {PTRACE_ATTACH, 1, 0, 0}},
    {"process_vm_readv", SYS_process_vm_readv, {1, 0, 0, 0, 0, 0}},
    {"kill", SYS_kill, {1, 0}},
    {"tgkill", SYS_tgkill, {1, 1, 0}},
    {"pidfd_open", SYS_pidfd_open, {1, 0}},
    {"prctl", SYS_prctl, {PR_SET_DUMPABLE, 1}},
    {"ioctl", SYS_ioctl, {0, 0x5413, 0}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"mount", SYS_mount, {0, 0, 0, 0, 0}},
    {"bpf", SYS_bpf, {0, 0, 0}},
    {"io_uring_setup", SYS_io_uring_setup, {1, 0}},
    {"keyctl", SYS_keyctl, {0, 0}},
    {"setuid", SYS_setuid, {0}},
    {"personality", SYS_personality, {0}},
    {"ftruncate", SYS_ftruncate, {WORKER_ARENA, 0}},
    {"clone3", SYS_clone3, {0, 0}},
};

static bool probe(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)error;
    json_t *report = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
        const long *a = plain[i].arguments;
        const long result = syscall(plain[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
        json_object_set_new(report, plain[i].name, json_string(result < 0 ? strerrorname_np(errno) : "done"));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(with_code); i++) {
        const long result = with_code[i].call();
        json_object_set_new(report, with_code[i].name, json_string(result < 0 ? strerrorname_np(errno) : "done"));
    }
    return done(call, report);
}

/* What it has got from its pool: names of its environment, open descriptors. */
static bool inventory(struct op_tools *tools, struct op_call *call, GError **error)
{
    (void)tools;
    (void)error;
    json_t *names = json_array(), *files = json_array();
    g_auto(GStrv) variables = g_listenv();
    for (unsigned i = 0; variables[i] != NULL; i++) {
        json_array_append_new(names, json_string(variables[i]));
    }
    for (int file = 0; file < 256; file++) {
        if (fcntl(file, F_GETFL) >= 0) {
            json_array_append_new(files, json_integer(file));
        }
    }
    return done(call, json_pack("{s:o, s:o}", "environment", names, "files", files));
}

static const struct op hazards[] = {
    {"crash", crash},
    {"leave", leave},
    {"hang", hang},
    {"spin", spin},
    {"hog", hog},
    {"echo", echo},
    {"babble", babble},
    {"nonsense", nonsense},
    {"probe", probe},
    {"refuse", refuse},
    {"inventory", inventory},
    {"open_many", open_many},
    {0},
};

int main(void)
{
    static const struct worker_part parts[] = {{capture_ops, capture_ops_prepare}, {hazards, NULL}, {0}};
    return worker_serve(parts, false);
}
