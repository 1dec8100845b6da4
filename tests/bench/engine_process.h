/* engine_process: media's engine in a process of its own, so that its CPU time and memory can be told from the load's.
 * Configured as deploy/viva.conf has it by default. One caller at a time; whatever goes wrong ends the program. */
#pragma once

#include "media/media.h"

#include <sys/types.h>

struct engine_process;

struct engine_usage {
    uint64_t cpu_ns;     /* of every thread, by the scheduler's own count */
    uint64_t forwarded;  /* packets, one for each receiver */
    uint64_t heap_bytes; /* in use, mallinfo2(3) */
    uint64_t resident_bytes;
};

/* `core`: the CPU that it is bound to, < 0: any. Call it before there are threads. */
struct engine_process *engine_process_start(int core);
void engine_process_stop(struct engine_process *engine);

media_room_id engine_process_open_room(struct engine_process *engine);
/* Returns the answer; caller frees. */
char *engine_process_join(struct engine_process *engine, media_room_id room, const char *offer);
struct engine_usage engine_process_usage(struct engine_process *engine);
/* Nanoseconds of CPU that one sendto(2) of `bytes` to `remote` costs that process, as a floor to compare with. */
double engine_process_sendto_ns(struct engine_process *engine, uint16_t port, size_t bytes, unsigned count);
