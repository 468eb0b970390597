// Well-known networks as ONNX's project publishes them, with constant weights and the outputs that belong to
// them.
#include "fixtures/models/onnx/import_onnx.hpp"
#include "fixtures/models/onnx/model_file.hpp"
#include "suites/tests/fixtures/data/data_files.hpp"
#include "suites/tests/models/network_outputs.hpp"
#include "suites/tests/models/running_error.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;

std::vector<double> tensor_in(const fs::path& file) {
  onnx::TensorProto proto;
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(proto.ParseFromIstream(&stream)) << file;
  const models::Value value = models::tensor_value({.name = file.string()}, proto, "output", 1 << 20);
  return std::get<models::Constant>(value).values->to_doubles();
}

class LightModels : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Onnx, LightModels,
                         ::testing::Values("bvlc_alexnet", "densenet121", "inception_v1", "resnet50",
                                           "shufflenet", "squeezenet", "vgg19"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(LightModels, MakeThePublishedOutputs) {
  const std::optional<fs::path> data = test::data_folder();
  const std::string name = std::string("light_") + GetParam();
  if (!data || !fs::exists(*data / "onnx-light" / (name + ".onnx"))) {
    GTEST_SKIP() << "needs onnx-light in RELU0_DATA_DIR";
  }
  const ImportedModel model =
      import_onnx(*data / "onnx-light" / (name + ".onnx"), {.loss = MeanSquaredError{}});
  const std::vector<double> expected = tensor_in(*data / "onnx-light" / (name + "_output_0.pb"));
  // ONNX's own runner makes the inputs so.
  const auto count = element_count(model.network.output_shapes().front());
  std::vector<float> inputs;
  for (std::int64_t i = 0; i < count; ++i) {
    inputs.push_back(static_cast<float>(static_cast<double>(i) / static_cast<double>(count)));
  }
  const std::vector<double> ours = testing::outputs_in_libtorch(model, inputs, Precision::fp32);
  ASSERT_EQ(ours.size(), expected.size());
  const auto is_softmax = [](const Node& node) { return std::holds_alternative<Softmax>(node.operation); };
  const auto& nodes = model.network.nodes();
  if (std::any_of(nodes.begin(), nodes.end(), is_softmax)) {
    // With constant weights all logits are equal, so that a softmax of K of them is off by (K + 16) u of
    // itself on either side (magnitude_network.hpp).
    const double relative = 2 * (static_cast<double>(ours.size()) + 16) * 0x1p-24;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_NEAR(ours[i], expected[i], relative * std::fabs(expected[i])) << i;
    }
    return;
  }
  const testing::BoundedOutputs exact = testing::bounded_outputs(model, inputs);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_NEAR(ours[i], exact.values[i], exact.bounds[i]) << i;
    ASSERT_NEAR(expected[i], exact.values[i], exact.bounds[i]) << i;
    // ONNX's own runner allows as much.
    ASSERT_LT(exact.bounds[i], 1e-3 * std::fabs(expected[i])) << i;
  }
}

}  // namespace
}  // namespace relu0
