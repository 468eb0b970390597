// `relu0 gate` on ONNX models that Python's torch exports, and on data sets that the toolkit reads.
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/suites/gate/python_models.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using test::ProcessEnd;
using test::run_relu0;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The command runs in the models' folder, as in a repository.
class GateOnnxCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!test::python_imports("torch")) {
      GTEST_SKIP() << "needs Debian's python3-torch, which makes the models";
    }
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(test::python_models());
    ASSERT_FALSE(HasFailure());
  }
  void TearDown() override {
    if (!before_.empty()) {
      std::filesystem::current_path(before_);
    }
  }

  [[nodiscard]] ProcessEnd gate(const std::string& model, const std::string& inputs,
                                const std::vector<std::string>& more = {},
                                const test::Variables& variables = {}) const {
    std::vector<std::string> arguments{"gate", model, "--inputs", inputs, "--out", out_.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_relu0(arguments, {}, variables);
  }
  [[nodiscard]] nlohmann::json report(const char* name) const {
    return nlohmann::json::parse(std::ifstream(out_.path() / name));
  }

  test::TemporaryFolder out_;

 private:
  std::filesystem::path before_;
};

TEST_F(GateOnnxCommand, IsRedWhereAChoiceMovesTheGradientAndNamesTheNode) {
  const ProcessEnd end = gate("impacted.onnx", "batches.npz", {"--batch-size", "8"});
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("red: "),
                    HasSubstr("fail: kink-impact: relu = 0 against 1 changes the gradient of 20 of 20"),
                    HasSubstr("operation:   aten::relu"), HasSubstr("source:      impacted.onnx, Relu '"),
                    HasSubstr("tensor:      0.weight"), HasSubstr("'calls' was not measured")));
  const nlohmann::json judgement = report("gate.json");
  EXPECT_THAT(judgement.dump(), HasSubstr("ONNX operator set 13, LibTorch"));

  // Where the operation stands: the model's file, relative to the folder that the command runs in.
  bool found = false;
  const nlohmann::json sarif = report("gate.sarif");
  for (const nlohmann::json& result : sarif.at("runs").at(0).at("results")) {
    if (result.at("ruleId") == "kink-impact") {
      found = true;
      EXPECT_EQ(result.at("locations").at(0).at("physicalLocation").at("artifactLocation").at("uri"),
                "impacted.onnx");
    }
  }
  EXPECT_TRUE(found) << sarif.dump();

  const std::filesystem::path saved = out_.path() / "mini-batch-0.pt";
  ASSERT_TRUE(std::filesystem::exists(saved));
  const ProcessEnd again = gate("impacted.onnx", saved, {"--precision", "fp32", "--mini-batch", "0"});
  EXPECT_EQ(again.exit_code, exit_failed) << again.output;
  EXPECT_THAT(again.output, HasSubstr("relu = 0 against 1 changes the gradient of mini-batch 0 at fp32"));
}

TEST_F(GateOnnxCommand, IsGreenWhereNoGradientReachesTheKink) {
  const ProcessEnd end = gate("unimpacted.onnx", "batches.npz", {"--batch-size", "8"});
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
}

TEST_F(GateOnnxCommand, MeasuresBothFormatsOnADataSet) {
  for (const char* model : {"digits.onnx", "digits.pt"}) {
    const ProcessEnd end =
        gate(model, "mnist:test:64", {"--minibatches", "1", "--precision", "fp32", "--probe-kinks"});
    EXPECT_NE(end.exit_code, exit_usage) << end.output;
    const nlohmann::json judgement = report("gate.json");
    EXPECT_EQ(judgement.at("inputs").at("file"), "mnist:test:64");
    EXPECT_EQ(judgement.at("inputs").at("mini_batches"), 1);
    EXPECT_THAT(judgement.at("notes").dump(),
                HasSubstr("No MNIST was found: measured on the embedded digits"));
  }
}

TEST_F(GateOnnxCommand, KeepsWhatItsReplayNeeds) {
  const test::TemporaryFolder data;
  const ProcessEnd end = gate(
      "softmax.onnx", "batches.npz",
      {"--batch-size", "8", "--softmax-in-loss", "--output", "y", "--clip", "hardtanh", "--input-shape", "4"},
      {{"RELU0_DATA_DIR", data.path()}});
  EXPECT_EQ(end.exit_code, exit_failed) << end.output;
  EXPECT_THAT(
      std::string(report("gate.json").at("command")),
      StartsWith("relu0 gate softmax.onnx --inputs batches.npz --batch-size 8 --output y --input-shape 4 "
                 "--softmax-in-loss --clip hardtanh"));
  // The folder of data sets belongs to a command that reads one, however it was given.
  const ProcessEnd on_digits = gate("digits.onnx", "mnist:test:8", {"--luck", "repeat", "--allow-embedded"},
                                    {{"RELU0_DATA_DIR", data.path()}});
  EXPECT_THAT(std::string(report("gate.json").at("command")),
              StartsWith("relu0 gate digits.onnx --inputs mnist:test:8 --data " + data.path().string() +
                         " --allow-embedded"))
      << on_digits.output;
}

TEST_F(GateOnnxCommand, MeasuresOnNoOtherDataThanAskedFor) {
  const test::TemporaryFolder data;
  std::ofstream(data.path() / "t10k-images.idx3-ubyte") << "x";
  const ProcessEnd end = gate("digits.onnx", "mnist:test:8", {"--data", data.path()});
  EXPECT_EQ(end.exit_code, exit_usage) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("no MNIST in " + data.path().string()),
                    HasSubstr("t10k-images.idx3-ubyte was not used: a hyphen of its name is a dot"),
                    HasSubstr("--allow-embedded")));
  EXPECT_FALSE(std::filesystem::exists(out_.path() / "gate.json"));
  const ProcessEnd allowed =
      gate("digits.onnx", "mnist:test:8", {"--data", data.path(), "--allow-embedded", "--luck", "repeat"});
  EXPECT_NE(allowed.exit_code, exit_usage) << allowed.output;
  EXPECT_THAT(report("gate.json").at("notes").dump(), HasSubstr("measured on the embedded digits"));
  // A file of mini-batches is no data set, whatever the folder holds.
  EXPECT_NE(gate("softmax.onnx", "batches.npz", {"--softmax-in-loss", "--data", data.path()}).exit_code,
            exit_usage);
}

struct Refusal {
  const char* name;
  const char* model;
  const char* inputs;
  std::vector<std::string> more;
  const char* message;
};

TEST_F(GateOnnxCommand, RefusesWhatItCannotRunByNodeAndRemedy) {
  for (const Refusal& bad : std::vector<Refusal>{
           {"operator", "unsupported.onnx", "batches.npz", {}, "Softplus"},
           {"loss of its own", "impacted.onnx", "batches.npz", {"--loss", "model"}, "--loss model"},
           {"two softmaxes", "softmax.onnx", "batches.npz", {}, "--softmax-in-loss"},
           {"index", "impacted.onnx", "batches.npz", {"--output-index", "0"}, "--output NAME"},
           {"output", "impacted.onnx", "batches.npz", {"--output", "z"}, "has no output 'z', only y"},
           {"clip", "impacted.onnx", "batches.npz", {"--clip", "relu"}, "--clip"},
           {"shape", "impacted.onnx", "batches.npz", {"--input-shape", "5"}, "samples of [4]"},
           {"no shape", "impacted.onnx", "batches.npz", {"--input-shape", "x"}, "--input-shape 'x'"},
           {"names", "impacted.onnx", "batches.pt", {}, "'input' is no argument"},
           {"data set", "impacted.onnx", "mnist:test:8", {}, "impacted.onnx: takes samples of 4"},
           {"images for a TorchScript model",
            "impacted.pt",
            "mnist:test:8",
            {},
            "mnist:test:8: mini-batch 0: the model fails while it runs: "},
           {"shape of images for a TorchScript model",
            "impacted.pt",
            "mnist:test:8",
            {},
            "The model was given 'input', float32 [8 × 1 × 28 × 28]. Where it takes another shape"},
           {"bytes",
            "impacted.onnx",
            "bytes_of_x.pt",
            {},
            "the mini-batch holds uint8 [32 × 4]: save it as float32"},
           {"split", "digits.onnx", "mnist:validation", {}, "no split 'validation'"},
           {"folder", "digits.onnx", "mnist:test:8", {"--data", "/nowhere"}, "/nowhere"},
           {"options of the other format",
            "impacted.pt",
            "batches.pt",
            {"--softmax-in-loss"},
            "--softmax-in-loss is for ONNX"}}) {
    const ProcessEnd end = gate(bad.model, bad.inputs, bad.more);
    EXPECT_EQ(end.exit_code, exit_usage) << bad.name << ": " << end.output;
    EXPECT_THAT(end.output, AllOf(HasSubstr("relu0: "), HasSubstr(bad.message))) << bad.name;
    EXPECT_TRUE(std::filesystem::is_empty(out_.path())) << bad.name;
  }
}

}  // namespace
}  // namespace relu0
