// What PyTorch exports has PyTorch's own gradients once it is imported.
#include "analysis/machine/threads.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "fixtures/models/onnx/import_onnx.hpp"
#include "suites/tests/analysis/torch/python_check.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/fixtures/data/data_files.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

Operation loss_called(const std::string& name) {
  if (name == "mse") {
    return MeanSquaredError{};
  }
  return name == "nll" ? Operation(NegativeLogLikelihood{}) : Operation(SoftmaxCrossEntropy{});
}

/// One line of the script: a file with PyTorch's gradients of it at one precision.
void expect_gradients(const std::filesystem::path& folder, const std::string& line) {
  std::istringstream words(line);
  std::string file;
  std::string precision;
  std::string loss;
  std::string loss_value;
  std::string of_input;
  words >> file >> precision >> loss >> loss_value >> of_input;
  SCOPED_TRACE(fmt::format("{} {}", file, precision));
  const ImportedModel model =
      import_onnx(folder / file, {.loss = loss_called(loss), .clip = ClampSpelling::hardtanh});
  const std::int64_t samples = element_count(model.network.output_shapes().front()) > 100'000 ? 1 : 3;
  const LibtorchGradient ours =
      libtorch_backprop(model.network, model.weights, test::patterned_batch(model.network, samples),
                        parse_precision(precision), {});
  EXPECT_EQ(ours.loss, std::strtod(loss_value.c_str(), nullptr));
  EXPECT_EQ(test::checksum(ours.input), of_input);
  std::size_t compared = 0;
  std::string name;
  std::string checksum;
  while (words >> name >> checksum) {
    const auto imported = std::find_if(model.parameters.begin(), model.parameters.end(),
                                       [&](const ImportedTensor& tensor) { return tensor.source == name; });
    ASSERT_NE(imported, model.parameters.end()) << name;
    const auto& gradient = ours.parameters[static_cast<std::size_t>(imported - model.parameters.begin())];
    EXPECT_FALSE(imported->transposed) << name;
    EXPECT_EQ(test::checksum(gradient.values.to_doubles()), checksum) << name;
    ++compared;
  }
  // Literals of the source code are parameters too.
  const auto literals =
      std::count_if(model.parameters.begin(), model.parameters.end(),
                    [](const ImportedTensor& of) { return of.source.find("Constant") != std::string::npos; });
  EXPECT_EQ(compared + static_cast<std::size_t>(literals), model.parameters.size());
}

/// Those of torchvision are ShuffleNet, whose channels are split, and what RELU0_TORCHVISION_MODELS names
/// ("resnet18 vgg11_bn"), which takes minutes.
TEST(PythonModels, HavePythonsGradients) {
  if (!test::python_imports("torch, torchvision")) {
    GTEST_SKIP() << "needs Python's torch and torchvision (Debian: python3-torchvision)";
  }
  // One thread on both sides: how a matrix product is shared out among threads changes its bits.
  compute_with_one_thread();
  const test::TemporaryFolder folder;
  const char* more = std::getenv("RELU0_TORCHVISION_MODELS");
  std::istringstream lines(test::output_of(fmt::format(
      "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 {} {} {} "
      "shufflenet_v2_x0_5 {}",
      test::python, RELU0_EXPORT_MODELS_SCRIPT, folder.path().string(), more == nullptr ? "" : more)));
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    expect_gradients(folder.path(), line);
    ++count;
  }
  EXPECT_GE(count, 34) << "four models in four operator sets at two precisions, and one in one set";
}

}  // namespace
}  // namespace relu0
