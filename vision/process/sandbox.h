/* sandbox: what a worker may still do once it has loaded everything: compute, on memory that it has.
 *
 * No file, network, other process or program: a system call that is not on the list gives EPERM, clone3 ENOSYS (the C
 * library then takes clone, whose flags can be seen: threads yes, processes no), mapping memory as executable EPERM.
 * Neither root nor a set-user-ID program gives anything back: no new privileges. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct sandbox_limits {
    unsigned memory_mib; /* address space */
    unsigned files;      /* descriptors open at a time */
};

/* Closes it over all threads, for good. VISION_ERROR_CONFIG where the kernel has no seccomp. */
bool sandbox_close(const struct sandbox_limits *limits, GError **error);
