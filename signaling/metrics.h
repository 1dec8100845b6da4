/* metrics: what GET /v1/metrics tells (Prometheus text format 0.0.4). Every function may be called from any thread. */
#pragma once

#include <glib.h>
#include <stdint.h>

struct service;
struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

/* One call of `method` (a name of the method table, or "unknown") that ended with `code` ("ok" or an rpc_error_name).
 */
void metrics_rpc(struct metrics *metrics, const char *method, const char *code, int64_t duration_us);

/* One try to send something to an account holder: "code" | "message"; "sent" | "failed" | "refused" | "given_up". */
void metrics_sent(struct metrics *metrics, const char *purpose, const char *outcome);

/* The whole page: calls, connections, interviews, the media engine. Caller frees. Blocks; for a pool thread. */
char *metrics_text(struct service *service);
