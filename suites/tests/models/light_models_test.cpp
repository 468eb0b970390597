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
                         // Not vgg19: it has no operation that bvlc_alexnet lacks, and takes longer than all
                         // others together.
                         ::testing::Values("bvlc_alexnet", "densenet121", "inception_v1", "resnet50",
                                           "shufflenet", "squeezenet"),
                         [](const auto& instance) { return std::string(instance.param); });

/// Holds the published probabilities of a network that ends in a softmax against its logits, which are all
/// equal in the real numbers, since constant weights treat the classes alike: each of K probabilities is
/// 1 / K. A runner that sums every class in one order publishes that to (K + 16) u of itself
/// (magnitude_network.hpp), as ONNX's did. With another kernel it may differ by any factor, since the logits
/// are so large that an ulp of theirs moves a probability, so ours are not compared.
void expect_equal_logits(const test::BoundedOutputs& logits, const std::vector<double>& probabilities) {
  const auto classes = static_cast<double>(probabilities.size());
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    ASSERT_NEAR(probabilities[i], 1 / classes, (classes + 16) * 0x1p-24 / classes) << i;
    // In binary64 roundings are 2^-29 of those that the bounds are about.
    ASSERT_NEAR(logits.values[i], logits.values[0], 0x1p-29 * (logits.bounds[i] + logits.bounds[0])) << i;
  }
}

TEST_P(LightModels, MakeThePublishedOutputs) {
  const std::optional<fs::path> data = test::data_folder();
  const std::string name = std::string("light_") + GetParam();
  if (!data || !fs::exists(*data / "onnx-light" / (name + ".onnx"))) {
    GTEST_SKIP() << "needs onnx-light in RELU0_DATA_DIR";
  }
  const fs::path file = *data / "onnx-light" / (name + ".onnx");
  ImportedModel model = import_onnx(file, {.loss = MeanSquaredError{}});
  const auto& nodes = model.network.nodes();
  const bool ends_in_softmax = std::any_of(nodes.begin(), nodes.end(), [](const Node& node) {
    return std::holds_alternative<Softmax>(node.operation);
  });
  if (ends_in_softmax) {
    model = import_onnx(file, {.loss = SoftmaxCrossEntropy{}, .final_softmax = FinalSoftmax::part_of_loss});
  }
  const std::vector<double> expected = tensor_in(*data / "onnx-light" / (name + "_output_0.pb"));
  // ONNX's own runner makes the inputs so.
  const auto count = element_count(model.network.output_shapes().front());
  std::vector<float> inputs;
  for (std::int64_t i = 0; i < count; ++i) {
    inputs.push_back(static_cast<float>(static_cast<double>(i) / static_cast<double>(count)));
  }
  const std::vector<double> ours = test::outputs_in_libtorch(model, inputs, Precision::fp32);
  ASSERT_EQ(ours.size(), expected.size());
  const test::BoundedOutputs exact = test::bounded_outputs(model, inputs);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_NEAR(ours[i], exact.values[i], exact.bounds[i]) << i;
    ASSERT_LT(exact.bounds[i], std::fabs(exact.values[i])) << "outputs of 0 would pass at " << i;
  }
  if (ends_in_softmax) {
    expect_equal_logits(exact, expected);
    return;
  }
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_NEAR(expected[i], exact.values[i], exact.bounds[i]) << i;
    // ONNX's own runner allows as much.
    ASSERT_LT(exact.bounds[i], 1e-3 * std::fabs(expected[i])) << i;
  }
}

}  // namespace
}  // namespace relu0
