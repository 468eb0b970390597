// What PyTorch 2.x exports by default has PyTorch's own gradients once it is imported. The files were made
// elsewhere (pytorch_2_11/export.py), so gradients are held within what rounding can do, and not bit for bit.
#include "analysis/gate/batches/saved_values.hpp"
#include "analysis/gate/gate_model.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "fixtures/models/onnx/import_onnx.hpp"
#include "suites/tests/analysis/torch/python_check.hpp"
#include "suites/tests/analysis/torch/rounding_bound.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <cmath>
#include <cstdlib>
#include <iostream>

#include <ATen/core/Dict.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

const fs::path exports = RELU0_PYTORCH_EXPORTS;

/// The loss that the script takes for a network.
Operation loss_of(const std::string& name) {
  if (name == "lenet") {
    return NegativeLogLikelihood{};
  }
  return name == "shuffle" ? Operation(MeanSquaredError{}) : Operation(SoftmaxCrossEntropy{});
}

/// The arrays that the script saved.
class Saved {
 public:
  explicit Saved(const fs::path& file) : values_{gate::read_saved_values(file).toGenericDict()} {}

  [[nodiscard]] at::Tensor tensor(const std::string& name) const { return values_.at(name).toTensor(); }
  [[nodiscard]] std::vector<double> values(const std::string& name) const { return to_doubles(tensor(name)); }
  [[nodiscard]] std::size_t gradients() const {
    std::size_t count = 0;
    for (const auto& entry : values_) {
      count += entry.key().toStringRef().starts_with("gradient/") ? 1 : 0;
    }
    return count;
  }

 private:
  c10::Dict<c10::IValue, c10::IValue> values_;
};

double norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value * value;
  }
  return std::sqrt(sum);
}

/// Both were computed in binary64, each within `bound` of the truth.
void expect_within(const std::string& name, const std::vector<double>& ours,
                   const std::vector<double>& theirs, const std::vector<double>& bound) {
  SCOPED_TRACE(name);
  ASSERT_EQ(ours.size(), theirs.size());
  ASSERT_EQ(ours.size(), bound.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_LE(std::fabs(ours[i] - theirs[i]), 2 * bound[i]) << "element " << i;
  }
  // The bound says something: a gradient of 0, or of other weights, would be far beyond it.
  EXPECT_LT(norm(bound), 0x1p-20 * norm(theirs));
}

void expect_pytorchs_gradients(const fs::path& folder, const std::string& name) {
  const ImportedModel model = import_onnx(folder / (name + ".onnx"), {.loss = loss_of(name)});
  const Saved theirs(folder / (name + ".npz"));
  const Batch batch = test::patterned_batch(model.network, theirs.tensor("gradient_of_input").size(0));
  const LibtorchGradient ours = libtorch_backprop(model.network, model.weights, batch, Precision::fp64, {});
  const test::RoundingBound bound = test::rounding_bound(model.network, model.weights, batch);
  expect_within("the input", ours.input, theirs.values("gradient_of_input"), bound.input);
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const ImportedTensor& parameter = model.parameters[i];
    EXPECT_FALSE(parameter.transposed) << parameter.source;
    expect_within(parameter.source, ours.parameters[i].values.to_doubles(),
                  theirs.values("gradient/" + parameter.source), bound.parameters[i]);
  }
  EXPECT_EQ(model.parameters.size(), theirs.gradients());
}

class PyTorch2 : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Exports, PyTorch2,
                         ::testing::Values("depthwise", "fire", "kinks", "lenet", "mlp", "residual",
                                           "shuffle"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(PyTorch2, HasItsGradients) { expect_pytorchs_gradients(exports, GetParam()); }

/// RELU0_PYTORCH_EXPORTS names a folder with more of them, from other versions or with other options.
TEST(PyTorch2ByHand, HasItsGradients) {
  const char* folder = std::getenv("RELU0_PYTORCH_EXPORTS");
  if (folder == nullptr) {
    GTEST_SKIP() << "needs RELU0_PYTORCH_EXPORTS, a folder that pytorch_2_11/export.py filled";
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".npz") {
      continue;
    }
    const std::string name = entry.path().stem().string();
    SCOPED_TRACE(name);
    try {
      expect_pytorchs_gradients(folder, name);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

TEST(PyTorch2InTheGate, IsMeasuredWithItsNamesForNodes) {
  const test::TemporaryFolder folder;
  c10::impl::GenericDict samples(c10::StringType::get(), c10::TensorType::get());
  samples.insert("x", at::zeros({4, 3, 8, 8}));
  samples.insert("target", at::arange(4));
  gate::write_saved_values(samples, folder.path() / "black.pt");
  gate::GateRequest request{.model = exports / "residual.onnx",
                            .inputs = (folder.path() / "black.pt").string(),
                            .precisions = {Precision::fp32, Precision::fp64}};
  request.probe_kinks = true;
  const gate::GateModel model(request);
  EXPECT_THAT(model.facts().importer, HasSubstr("ONNX operator set 20"));
  const gate::ModelResults results = model.measure([](std::int64_t, std::int64_t) { return true; });
  ASSERT_EQ(results.kinks.size(), 2U);
  EXPECT_EQ(results.kinks[0].source.text, "Relu 'node_relu' (node 1)");
  EXPECT_EQ(results.kinks[1].source.text, "Relu 'node_relu_1' (node 5)");
  for (const gate::KinkSite& site : results.kinks) {
    // No bias is 0, so black images meet no kink, and each is probed.
    EXPECT_FALSE(site.probes.empty()) << site.why_not_probed;
  }
}

}  // namespace
}  // namespace relu0
