#include "vision/process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "vision/vision.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Whatever their arguments are. */
static const int allowed[] = {
    /* the socket, pipes and eventfds that are open already, or made below */
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(eventfd2), /* GStreamer's buses */
    SCMP_SYS(pipe2),
    SCMP_SYS(fstat),
    SCMP_SYS(lseek),
    /* memory; executable is refused below */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    /* threads of its own, signals to itself */
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(membarrier),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    /* time and chance */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
};

static bool allow_plain(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) != 0) {
            return false;
        }
    }
    return true;
}

#define ALL_BITS     UINT64_MAX
#define INT_BITS     UINT32_MAX /* all that the kernel looks at */
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

static bool allow_some(scmp_filter_ctx filter)
{
    const struct {
        int call;
        unsigned argument; /* by number */
        scmp_datum_t mask, value;
    } rules[] = {
        {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
        {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
        {SCMP_SYS(clone), 0, THREAD_FLAGS, THREAD_FLAGS},
        {SCMP_SYS(tgkill), 0, INT_BITS, (scmp_datum_t)getpid()}, /* abort(3) */
        {SCMP_SYS(prlimit64), 2, ALL_BITS, 0},                   /* asks, sets nothing */
        {SCMP_SYS(prctl), 0, INT_BITS, PR_SET_NAME},
        {SCMP_SYS(fcntl), 1, INT_BITS, F_GETFL},
        {SCMP_SYS(fcntl), 1, INT_BITS, F_SETFL},
        {SCMP_SYS(fcntl), 1, INT_BITS, F_SETFD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        const struct scmp_arg_cmp compare = {rules[i].argument, SCMP_CMP_MASKED_EQ, rules[i].mask, rules[i].value};
        if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rules[i].call, 1, &compare) != 0) {
            return false;
        }
    }
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

static bool filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    const bool ok = filter != NULL && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
                    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && allow_plain(filter) &&
                    allow_some(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return ok;
}

static bool limit(__rlimit_resource_t resource, rlim_t most)
{
    const struct rlimit both = {most, most};
    return setrlimit(resource, &both) == 0;
}

/* No limit of processes: the kernel counts all that the user has, the service's threads too; fork is refused above. The
 * processor time is limited from outside, anew for each job. */
static bool limit_resources(const struct sandbox_limits *limits)
{
    /* Sanitizers reserve terabytes of addresses, and write what they find to stderr, which may be a file. */
    return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, limits->files) && limit(RLIMIT_MEMLOCK, 0) &&
           limit(RLIMIT_MSGQUEUE, 0) &&
           (SANITIZED || (limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_AS, (rlim_t)limits->memory_mib << 20)));
}

/* Nobody reads what decoders say, and it may quote what they read. A sanitizer's report is worth reading. */
static bool silence(void)
{
    if (SANITIZED) {
        return true;
    }
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const bool ok = null >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0;
    if (null > STDERR_FILENO) {
        close(null);
    }
    return ok;
}

bool sandbox_close(const struct sandbox_limits *limits, GError **error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && silence() &&
        limit_resources(limits) && filter_calls()) {
        return true;
    }
    g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG,
                "workers cannot be sandboxed on this machine (%s): the kernel needs seccomp filters",
                g_strerror(errno));
    return false;
}
