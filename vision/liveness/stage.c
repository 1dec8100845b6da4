#include "vision/liveness/stage.h"

struct stage {
    GstElement *element;
    GstPad *feed; /* ours, before the element */
    GstPad *take; /* ours, behind it */
    GstCaps *fed; /* last told */
    GstFormat format;
    bool begun; /* the segment, which comes after the caps, is told */
    GstCaps *caps;
    struct stage_taker taker;
    bool (*accept)(void *data, GstCaps *caps);
};

bool stage_available(const char *element)
{
    g_autoptr(GstElementFactory) factory = gst_element_factory_find(element);
    g_autoptr(GstPluginFeature) loaded = factory != NULL ? gst_plugin_feature_load(GST_PLUGIN_FEATURE(factory)) : NULL;
    return loaded != NULL;
}

/* ---- what comes out ---- */

static GstFlowReturn on_buffer(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
    (void)parent;
    struct stage *stage = gst_pad_get_element_private(pad);
    const GstFlowReturn flow = stage->taker.take(stage->taker.data, buffer, stage->caps);
    gst_buffer_unref(buffer);
    return flow;
}

static gboolean on_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    (void)parent;
    struct stage *stage = gst_pad_get_element_private(pad);
    if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
        GstCaps *caps;
        gst_event_parse_caps(event, &caps);
        gst_caps_replace(&stage->caps, caps);
    } else if (GST_EVENT_TYPE(event) == GST_EVENT_TAG && stage->taker.tags != NULL) {
        GstTagList *tags;
        gst_event_parse_tag(event, &tags);
        stage->taker.tags(stage->taker.data, tags);
    }
    gst_event_unref(event);
    return TRUE;
}

/* Nothing stands before the first element that could seek, or behind the last that could tell a latency. */
static gboolean on_query(GstPad *pad, GstObject *parent, GstQuery *query)
{
    switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
        return gst_pad_query_default(pad, parent, query);
    default:
        return FALSE;
    }
}

static GstPad *make_taker(struct stage *stage, const char *wanted)
{
    g_autoptr(GstCaps) caps = wanted != NULL ? gst_caps_from_string(wanted) : gst_caps_new_any();
    g_autoptr(GstPadTemplate) template = gst_pad_template_new("take", GST_PAD_SINK, GST_PAD_ALWAYS, caps);
    gst_object_ref_sink(template);
    GstPad *pad = gst_object_ref_sink(gst_pad_new_from_template(template, "take"));
    gst_pad_set_element_private(pad, stage);
    gst_pad_set_chain_function(pad, on_buffer);
    gst_pad_set_event_function(pad, on_event);
    gst_pad_set_query_function(pad, on_query);
    gst_pad_set_active(pad, TRUE);
    return pad;
}

static void on_output(GstElement *element, GstPad *pad, void *data)
{
    (void)element;
    struct stage *stage = data;
    g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
    if (!gst_pad_is_linked(stage->take) && caps != NULL && stage->accept(stage->taker.data, caps)) {
        gst_pad_link(pad, stage->take);
    }
}

/* ---- what goes in ---- */

static bool connect_feed(struct stage *stage)
{
    stage->feed = gst_object_ref_sink(gst_pad_new("feed", GST_PAD_SRC));
    gst_pad_set_query_function(stage->feed, on_query);
    gst_pad_set_active(stage->feed, TRUE);
    g_autoptr(GstPad) sink = gst_element_get_static_pad(stage->element, "sink");
    return sink != NULL && gst_pad_link(stage->feed, sink) == GST_PAD_LINK_OK;
}

static void tell_segment(struct stage *stage)
{
    if (!stage->begun) {
        stage->begun = true;
        GstSegment segment;
        gst_segment_init(&segment, stage->format);
        gst_pad_push_event(stage->feed, gst_event_new_segment(&segment));
    }
}

static void begin(struct stage *stage, GstCaps *caps, GstFormat format)
{
    stage->format = format;
    gst_element_set_state(stage->element, GST_STATE_PLAYING);
    gst_pad_push_event(stage->feed, gst_event_new_stream_start("viva"));
    stage_set_caps(stage, caps);
}

static struct stage *make(const char *element, const struct stage_taker *taker)
{
    GstElement *made = gst_element_factory_make(element, NULL);
    if (made == NULL) {
        return NULL;
    }
    struct stage *stage = g_new0(struct stage, 1);
    stage->element = gst_object_ref_sink(made);
    stage->taker = *taker;
    return stage;
}

struct stage *stage_new(const char *element, const char *const *properties, GstCaps *caps, GstFormat format,
                        const char *wanted, const struct stage_taker *taker)
{
    struct stage *stage = make(element, taker);
    if (stage == NULL) {
        return NULL;
    }
    for (const char *const *name = properties; name != NULL && *name != NULL; name += 2) {
        gst_util_set_object_arg(G_OBJECT(stage->element), name[0], name[1]);
    }
    stage->take = make_taker(stage, wanted);
    g_autoptr(GstPad) source = gst_element_get_static_pad(stage->element, "src");
    if (source == NULL || gst_pad_link(source, stage->take) != GST_PAD_LINK_OK || !connect_feed(stage)) {
        stage_free(stage);
        return NULL;
    }
    begin(stage, caps, format);
    return stage;
}

struct stage *stage_new_demuxer(const char *element, bool (*accept)(void *data, GstCaps *caps),
                                const struct stage_taker *taker)
{
    struct stage *stage = make(element, taker);
    if (stage == NULL) {
        return NULL;
    }
    stage->accept = accept;
    stage->take = make_taker(stage, NULL);
    g_signal_connect(stage->element, "pad-added", G_CALLBACK(on_output), stage);
    if (!connect_feed(stage)) {
        stage_free(stage);
        return NULL;
    }
    begin(stage, NULL, GST_FORMAT_BYTES);
    return stage;
}

void stage_free(struct stage *stage)
{
    if (stage == NULL) {
        return;
    }
    gst_element_set_state(stage->element, GST_STATE_NULL);
    if (stage->feed != NULL) {
        gst_pad_set_active(stage->feed, FALSE);
    }
    gst_pad_set_active(stage->take, FALSE);
    gst_clear_object(&stage->feed);
    gst_clear_object(&stage->take);
    gst_clear_object(&stage->element);
    gst_clear_caps(&stage->fed);
    gst_clear_caps(&stage->caps);
    g_free(stage);
}

void stage_set_caps(struct stage *stage, GstCaps *caps)
{
    if (caps != NULL && (stage->fed == NULL || !gst_caps_is_equal(stage->fed, caps))) {
        gst_caps_replace(&stage->fed, caps);
        gst_pad_push_event(stage->feed, gst_event_new_caps(caps));
    }
}

GstFlowReturn stage_push(struct stage *stage, GstBuffer *buffer)
{
    tell_segment(stage);
    return gst_pad_push(stage->feed, buffer);
}

void stage_finish(struct stage *stage)
{
    tell_segment(stage);
    gst_pad_push_event(stage->feed, gst_event_new_eos());
}
