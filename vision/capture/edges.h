/* edges: gives jpegenc a picture that goes on beyond its right edge.
 *
 * A JPEG is made of blocks of 16×16 pixels. Where the width is no multiple of 16 jpegenc fills the last block with what
 * lies behind each row in memory: other pixels, or nothing anybody has written. That shows at the edge, makes every
 * JPEG of the same frame another one, and carries bytes of this process away. */
#pragma once

#include <gst/gst.h>

/* I420 pictures that pass `pad` from now on have their last column repeated up to a multiple of 16. */
void edges_watch(GstPad *pad);
