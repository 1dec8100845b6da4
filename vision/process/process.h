/* process: one worker process, seen from the pool: started, asked, ended.
 *
 * It has a socket and one shared memory, sealed so that it cannot be cut under the pool's hands. Whatever comes from it
 * is taken for a stranger's. A process belongs to one thread at a time; it dies when the thread that started it ends.
 */
#pragma once

#include "vision/process/pool.h"

struct process;

/* Starts it and tells it how to set itself up; it is not ready yet. VISION_ERROR_CONFIG. */
struct process *process_start(const struct vision_config *config, GError **error);

enum process_outcome {
    PROCESS_DONE,
    PROCESS_FAILED, /* the op's error; the process is well */
    PROCESS_LOST,   /* it has died, or speaks nonsense; to be ended */
    PROCESS_LATE,   /* past the deadline */
    PROCESS_WOKEN,  /* `wake` became readable */
};

/* Waits until it is ready. FAILED and LOST set `error`: what is missing. */
enum process_outcome process_await(struct process *process, int wake, int64_t deadline_us, GError **error);
/* Hands it a job that may take until `until_us`: DONE, LOST, or FAILED with `error` when the job does not fit. What the
 * job points to is not needed any more afterwards. */
enum process_outcome process_send(struct process *process, const struct pool_job *job, int64_t until_us,
                                  GError **error);
/* Waits for its reply. `reply` is set on DONE, but for the worker; `error` on FAILED. LATE can be asked again. */
enum process_outcome process_receive(struct process *process, int64_t until_us, struct pool_reply *reply,
                                     GError **error);
/* Waits while it has nothing to do: WOKEN, or LOST. */
enum process_outcome process_rest(struct process *process, int wake);
/* Whether it has not died. */
bool process_is_well(const struct process *process);

/* Ends it, by force if need be, and forgets it. Returns why it has ended: "signal=9", "exit=1"; caller frees. */
char *process_end(struct process *process);
pid_t process_pid(const struct process *process);
