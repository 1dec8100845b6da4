/* ort: ONNX Runtime through its C API, from the library that models.json names. It comes without a header, so ort.c
 * declares what it uses of the interface's table, which only ever grows at its end.
 *
 * One inference runs on the thread that asks for it, and on no other; denormal numbers count as zero (a sixth of the
 * time). No log, no telemetry, no arena: memory goes back after each run.
 * Threads: sessions may be used by several threads at a time. */
#pragma once

#include "vision/network/networks.h"

struct ort;
struct ort_session;

/* Loads the library (the path must hold a slash) and tunes this process's malloc for it. VISION_ERROR_CONFIG. */
struct ort *ort_open(const char *library, GError **error);
/* After all its sessions. The library itself stays loaded: it has state of threads that would outlive it. */
void ort_close(struct ort *ort);

/* From an ONNX file's bytes, which may go afterwards. VISION_ERROR_CONFIG. */
struct ort_session *ort_session_new(struct ort *ort, GBytes *network, GError **error);
void ort_session_free(struct ort_session *session);

/* `outputs[i]` belong to `output_names[i]`; their data is the caller's to g_free. Shapes of what comes in are checked
 * by the runtime. VISION_ERROR_DECODE when it refuses, or an output is not made of up to 4 dimensions of floats. */
bool ort_run(struct ort_session *session, const char *input_name, const struct tensor *input,
             const char *const *output_names, struct tensor *outputs, unsigned output_count, GError **error);
