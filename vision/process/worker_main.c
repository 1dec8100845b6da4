/* worker_main: the workers of the service: all that they can be asked. */
#include "vision/process/worker.h"

int vision_worker_main(int argc, char **argv)
{
    static const struct worker_part parts[] = {
        {capture_ops, capture_ops_prepare},
        {face_ops, NULL},
        {document_ops, NULL},
        {liveness_ops, liveness_ops_prepare},
        {cli_ops, NULL},
        {picture_ops, NULL},
        {0},
    };
    (void)argc;
    (void)argv;
    return worker_serve(parts, true);
}
