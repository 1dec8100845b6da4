/* plugins: the decoders that a worker has, and no others.
 *
 * GStreamer would look through all that is installed, in two seconds where it has no cache to write to, and would find
 * demuxers and decoders by the hundred. Here it knows the few that are named, from where they were when this was built.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Starts GStreamer with them. VISION_ERROR_CONFIG names the one that is missing, and its Debian package. */
bool plugins_load(GError **error);
