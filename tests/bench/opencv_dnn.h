/* opencv_dnn: the networks of faces run by OpenCV's dnn module instead of ONNX Runtime, to measure beside. */
#pragma once

#include "vision/network/networks.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Loads the first six networks of FOLDER/models.json by the names of their files. False: they do not load. */
bool opencv_dnn_load(const char *folder);
/* networks_run, by OpenCV on one thread. */
bool opencv_dnn_run(enum network_id id, const struct tensor *input, struct tensor *outputs, unsigned output_count);

#ifdef __cplusplus
}
#endif
