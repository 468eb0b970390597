// The tests of ONNX's own project of every operator that is imported, in the reference, against their
// outputs.
#include "fixtures/models/onnx/import_onnx.hpp"
#include "fixtures/models/onnx/model_file.hpp"
#include "fixtures/models/onnx/operators/operators.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/models/magnitude_network.hpp"
#include "suites/tests/models/network_outputs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Those of Debian's libonnx-testdata, or of another ONNX in the folder that RELU0_ONNX_TESTS_DIR names;
/// which of another's are refused is for the reader to look through.
const fs::path all_tests =
    std::getenv("RELU0_ONNX_TESTS_DIR") == nullptr ? RELU0_ONNX_TESTS : std::getenv("RELU0_ONNX_TESTS_DIR");

template <typename Proto>
Proto parsed(const fs::path& file) {
  Proto proto;
  std::ifstream stream(file, std::ios::binary);
  EXPECT_TRUE(proto.ParseFromIstream(&stream)) << file;
  return proto;
}

/// The operators that compute; those of shapes have meaning only beside them.
const std::set<std::string>& computing_operators() {
  static const std::set<std::string> result{"Abs",
                                            "Add",
                                            "AveragePool",
                                            "BatchNormalization",
                                            "Clip",
                                            "Concat",
                                            "Constant",
                                            "ConstantOfShape",
                                            "Conv",
                                            "Dropout",
                                            "Flatten",
                                            "Gemm",
                                            "GlobalAveragePool",
                                            "Identity",
                                            "LRN",
                                            "LeakyRelu",
                                            "LogSoftmax",
                                            "MatMul",
                                            "MaxPool",
                                            "Mul",
                                            "Relu",
                                            "Reshape",
                                            "Slice",
                                            "Softmax",
                                            "Split",
                                            "Sum",
                                            "Transpose",
                                            "Unsqueeze"};
  return result;
}

/// Whether the test is one of supported operators only, in an operator set that is read.
bool is_ours(const onnx::ModelProto& model) {
  bool computes = false;
  for (const onnx::OperatorSetIdProto& set : model.opset_import()) {
    if (set.domain().empty() && set.version() < 7) {
      return false;
    }
  }
  for (const onnx::NodeProto& node : model.graph().node()) {
    computes = computes || computing_operators().contains(node.op_type());
    if (!node.domain().empty() || models::find_operator(node.op_type()) == nullptr) {
      return false;
    }
  }
  return computes;
}

/// A test of ONNX's project: the first input is the network's, the others become initialisers.
struct OnnxTest {
  explicit OnnxTest(const fs::path& folder)
      : model(parsed<onnx::ModelProto>(folder / "model.onnx")), data(folder / "test_data_set_0") {
    for (int i = 0; i < model.graph().input_size(); ++i) {
      const fs::path file = data / fmt::format("input_{}.pb", i);
      onnx::TensorProto tensor;
      std::ifstream stream(file, std::ios::binary);
      if (!stream || !tensor.ParseFromIstream(&stream)) {
        continue;  // an initialiser, or a sequence
      }
      if (i == 0) {
        using Proto = onnx::TensorProto;
        if (model.graph().input(0).type().has_tensor_type() &&
            (tensor.data_type() == Proto::FLOAT || tensor.data_type() == Proto::DOUBLE)) {
          const models::Value value = models::tensor_value({.name = file.string()}, tensor, "input", 1 << 24);
          input = std::get<models::Constant>(value).values->to_doubles();
        }
      } else {
        tensor.set_name(model.graph().input(i).name());
        *model.mutable_graph()->add_initializer() = tensor;
      }
    }
  }

  /// Operators with other outputs than the first are supported without them, but for Split.
  [[nodiscard]] int compared_outputs() const {
    return model.graph().node(0).op_type() == "Split" ? model.graph().output_size() : 1;
  }
  [[nodiscard]] ImportedModel import(int output) const {
    return import_onnx(model.SerializeAsString(), "test", {.output = model.graph().output(output).name()});
  }
  [[nodiscard]] fs::path file_of_output(int output) const {
    return data / fmt::format("output_{}.pb", output);
  }

  onnx::ModelProto model;
  fs::path data;
  std::vector<double> input;
};

/// Tests that are not run, and what the import says instead.
const std::map<std::string, std::string>& refused_tests() {
  static const std::map<std::string, std::string> result = [] {
    std::map<std::string, std::string> table;
    std::ifstream file(RELU0_REFUSED_ONNX_TESTS);
    std::string name;
    std::string reason;
    while (std::getline(file, name, '\t') && std::getline(file, reason)) {
      table.emplace(name, reason);
    }
    return table;
  }();
  return result;
}

std::vector<fs::path> tests_of_ours() {
  std::vector<fs::path> result;
  for (const char* group : {"node", "pytorch-converted", "pytorch-operator", "simple"}) {
    if (!fs::is_directory(all_tests / group)) {
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(all_tests / group)) {
      if (fs::exists(entry.path() / "model.onnx") &&
          is_ours(parsed<onnx::ModelProto>(entry.path() / "model.onnx"))) {
        result.push_back(entry.path());
      }
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::string name_of(const fs::path& test) {
  return (test.parent_path().filename() / test.filename()).string();
}

class OnnxTests : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(all_tests)) {
      GTEST_SKIP() << "needs ONNX's tests (Debian: libonnx-testdata)";
    }
  }
};

void expect_published_output(const OnnxTest& test, int output) {
  SCOPED_TRACE(fmt::format("output {}", output));
  const ImportedModel model = test.import(output);
  const fs::path file = test.file_of_output(output);
  const models::Value value =
      models::tensor_value({.name = file.string()}, parsed<onnx::TensorProto>(file), "output", 1 << 24);
  const std::vector<double> expected = std::get<models::Constant>(value).values->to_doubles();
  const std::vector<double> ours = test::outputs_in_reference(model.network, model.weights, test.input);
  const std::vector<double> bound = test::output_error_bound(model.network, model.weights, test.input);
  ASSERT_EQ(ours.size(), expected.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_LE(std::fabs(ours[i] - expected[i]), bound[i])
        << "element " << i << ": " << ours[i] << " and " << expected[i];
  }
}

TEST_F(OnnxTests, GiveTheirOutputsOrAreRefusedByName) {
  std::size_t run = 0;
  for (const fs::path& folder : tests_of_ours()) {
    const std::string name = name_of(folder);
    SCOPED_TRACE(name);
    const OnnxTest test(folder);
    const auto refused = refused_tests().find(name);
    if (refused != refused_tests().end()) {
      EXPECT_THAT(test::input_error_of([&] { static_cast<void>(test.import(0)); }),
                  HasSubstr(refused->second));
      continue;
    }
    try {
      for (int output = 0; output < test.compared_outputs(); ++output) {
        expect_published_output(test, output);
      }
      ++run;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  RecordProperty("run", static_cast<int>(run));
  EXPECT_EQ(run + refused_tests().size(), tests_of_ours().size()) << "a test is neither run nor refused";
}

TEST_F(OnnxTests, AreRunForEveryOperator) {
  std::set<std::string> operators;
  for (const fs::path& folder : tests_of_ours()) {
    if (!refused_tests().contains(name_of(folder))) {
      const auto model = parsed<onnx::ModelProto>(folder / "model.onnx");
      for (const onnx::NodeProto& node : model.graph().node()) {
        operators.insert(node.op_type());
      }
    }
  }
  // Nothing but these would be left of their networks; the published networks and the import's tests have
  // them.
  const std::set<std::string> elsewhere{
      "Concat", "Constant", "ConstantOfShape", "Dropout", "GlobalAveragePool", "Identity", "Sum"};
  for (const std::string& wanted : computing_operators()) {
    EXPECT_TRUE(operators.contains(wanted) || elsewhere.contains(wanted)) << wanted;
  }
}

}  // namespace
}  // namespace relu0
