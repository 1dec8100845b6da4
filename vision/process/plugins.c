#include "vision/process/plugins.h"

#include <gst/gst.h>

#include "vision/vision.h"

static const struct {
    const char *name, *package;
} plugins[] = {
    {"coreelements", "libgstreamer1.0-0"},
    {"app", "gstreamer1.0-plugins-base"},
    {"videoconvertscale", "gstreamer1.0-plugins-base"},
    {"rtp", "gstreamer1.0-plugins-good"},
    {"vpx", "gstreamer1.0-plugins-good"},
    {"jpeg", "gstreamer1.0-plugins-good"},
    {"matroska", "gstreamer1.0-plugins-good"},
    {"isomp4", "gstreamer1.0-plugins-good"},
    {"avi", "gstreamer1.0-plugins-good"},
    {"libav", "gstreamer1.0-libav"},
};

static bool load(const char *name, const char *package, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *path = g_strdup_printf("%s/libgst%s.so", GSTREAMER_PLUGINS, name);
    GstPlugin *plugin = gst_plugin_load_file(path, &cause);
    if (plugin == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer has no plugin %s (%s): install %s", name,
                    cause->message, package);
        return false;
    }
    gst_object_unref(plugin); /* it stays */
    return true;
}

bool plugins_load(GError **error)
{
    g_setenv("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
    g_setenv("GST_PLUGIN_PATH_1_0", "", TRUE);
    g_setenv("GST_REGISTRY_1_0", "/proc/none", TRUE); /* nothing to read, and nobody can write it */
    g_setenv("ORC_CODE", "backup", TRUE);             /* no code made at run time: memory is never executable */
    g_autoptr(GError) cause = NULL;
    if (!gst_init_check(NULL, NULL, &cause)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer does not start: %s", cause->message);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(plugins); i++) {
        if (!load(plugins[i].name, plugins[i].package, error)) {
            return false;
        }
    }
    return true;
}
