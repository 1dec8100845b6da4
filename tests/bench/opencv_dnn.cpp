#include "tests/bench/opencv_dnn.h"

#include <opencv2/dnn.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace
{

struct Network {
    const char *file;
    std::vector<cv::String> outputs; /* in the order of models.json */
    cv::dnn::Net net;
};

/* By enum network_id. */
std::vector<Network> &engines()
{
    static std::vector<Network> all = {
        {"fr_detect", {"boxes", "scores"}, {}},
        {"fr_landmark", {}, {}},
        {"fr_feature", {}, {}},
        {"fr_liveness", {}, {}},
        {"fr_eye", {}, {}},
        {"fr_pose", {"output", "617", "618"}, {}},
    };
    return all;
}

} // namespace

bool opencv_dnn_load(const char *folder)
{
    try {
        cv::setNumThreads(1);
        for (Network &network : engines()) {
            const std::string file =
                std::string(folder) + "/node_modules/faceplugin-face-recognition-js/model/" + network.file + ".onnx";
            network.net = cv::dnn::readNetFromONNX(file);
            if (network.outputs.empty()) {
                network.outputs = network.net.getUnconnectedOutLayersNames();
            }
        }
        return true;
    } catch (const std::exception &) {
        return false;
    }
}

bool opencv_dnn_run(enum network_id id, const struct tensor *input, struct tensor *outputs, unsigned output_count)
{
    try {
        std::vector<int> shape(input->shape, input->shape + input->rank);
        Network &network = engines().at(id);
        std::vector<cv::Mat> answers;
        network.net.setInput(cv::Mat(shape, CV_32F, input->data));
        network.net.forward(answers, network.outputs);
        for (unsigned i = 0; i < output_count; i++) {
            outputs[i].rank = unsigned(answers[i].dims);
            std::copy_n(answers[i].size.p, answers[i].dims, outputs[i].shape);
            outputs[i].data = static_cast<float *>(g_memdup2(answers[i].ptr(), answers[i].total() * sizeof(float)));
        }
        return true;
    } catch (const std::exception &) {
        return false;
    }
}
