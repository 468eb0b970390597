// The gate over ONNX models: what it says of them, and what it refuses.
#include "analysis/gate/gate_model.hpp"
#include "analysis/gate/value_pairs.hpp"
#include "analysis/models/open_model.hpp"
#include "suites/tests/fixtures/data/data_files.hpp"
#include "suites/tests/models/onnx_text.hpp"

#include <fstream>

#include <ATen/ops/arange.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <torch/csrc/jit/serialization/pickle.h>

namespace relu0::gate {
namespace {

namespace fs = std::filesystem;
using relu0::test::input_error_of;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

bool to_the_end(std::int64_t /*done*/, std::int64_t /*of*/) { return true; }

/// A perceptron over images of MNIST's size; model_of_zeros() fills its weights in.
constexpr std::string_view zeros = R"(zeros (float[N, 1, 28, 28] image) => (float[N, 10] y)
<float[8, 784] hidden__weight = {0}, float[10, 8] last__weight = {0}> {
  f = Flatten(image)
  h = Gemm<transB = 1>(f, hidden__weight)
  r = Relu(h)
  y = Gemm<transB = 1>(r, last__weight)
})";

class GateOfNetworks : public ::testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& bytes) const {
    const fs::path file = folder_.path() / name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  fs::path write(const std::string& name, const c10::IValue& value) const {
    const std::vector<char> bytes = torch::jit::pickle_save(value);
    return write(name, std::string(bytes.begin(), bytes.end()));
  }
  /// Each of the eight hidden units is 0 for every image, and a gradient other than 0 reaches it.
  [[nodiscard]] fs::path model_of_zeros() const {
    onnx::ModelProto model = test::onnx_model(zeros);
    for (onnx::TensorProto& tensor : *model.mutable_graph()->mutable_initializer()) {
      const bool last = tensor.name() == "last.weight";
      tensor.clear_float_data();
      for (int i = 0; i < (last ? 80 : 8 * 784); ++i) {
        tensor.add_float_data(last ? static_cast<float>(i % 7) : 0.0F);
      }
    }
    return write("zeros.onnx", model.SerializeAsString());
  }
  static GateRequest request_of(const fs::path& model, const std::string& inputs) {
    return {.model = model,
            .inputs = inputs,
            .precisions = {Precision::fp32, Precision::fp64},
            .luck = {all_luck_kinds.begin(), all_luck_kinds.end()}};
  }

  relu0::test::TemporaryFolder folder_;
};

TEST_F(GateOfNetworks, MeasuresAnOnnxModelOnADataSet) {
  const fs::path file = model_of_zeros();
  const GateModel model(request_of(file, "mnist:test:64"));
  EXPECT_THAT(model.facts().importer, HasSubstr("ONNX operator set 13, LibTorch "));
  EXPECT_EQ(model.facts().parameters, 8 * 784 + 80);
  EXPECT_THAT(model.facts().notes, Contains(HasSubstr("embedded digits")));
  EXPECT_THAT(model.facts().inputs_sha256, SizeIs(64));
  EXPECT_EQ(model.mini_batches(), 2);

  const ModelResults results = model.measure(to_the_end);
  ASSERT_THAT(results.kinks, SizeIs(1));
  const KinkSite& site = results.kinks[0];
  EXPECT_EQ(site.operation, "aten::relu");
  EXPECT_TRUE(site.controlled);
  EXPECT_EQ(site.source, (SourcePlace{file.string(), std::nullopt, "Relu (node 2)"}));
  for (const KinkCount& count : site.counts) {
    EXPECT_EQ(count.hits(), 64 * 8);
  }
  ASSERT_THAT(results.precisions, SizeIs(2));
  for (const PrecisionResults& at : results.precisions) {
    ASSERT_THAT(at.comparisons, SizeIs(1));
    EXPECT_EQ(at.comparisons[0].impacted, 2);
    ASSERT_TRUE(at.comparisons[0].control);
    EXPECT_EQ(at.comparisons[0].control->differing, 0);
    ASSERT_TRUE(at.comparisons[0].most_moving);
    EXPECT_EQ(at.comparisons[0].most_moving->source.text, "Relu (node 2)");
  }
  // No executor lies between two calls, and that is said.
  EXPECT_THAT(results.luck, Not(Contains(LuckKind::calls)));
  EXPECT_THAT(results.luck, Contains(LuckKind::split));
  EXPECT_THAT(results.not_seen, Contains(AllOf(HasSubstr("'calls' was not measured"), HasSubstr("ONNX"))));
}

TEST_F(GateOfNetworks, TakesInputsByTheFilesName) {
  c10::impl::GenericDict samples(c10::StringType::get(), c10::TensorType::get());
  samples.insert("image", at::rand({4, 1, 28, 28}));
  samples.insert("target", at::arange(4));
  const fs::path file = model_of_zeros();
  EXPECT_EQ(GateModel(request_of(file, write("named.pt", samples))).mini_batches(), 1);
  samples.insert("x", at::rand({4, 1, 28, 28}));
  EXPECT_THAT(input_error_of([&] { GateModel{request_of(file, write("more.pt", samples))}; }),
              AllOf(HasSubstr("'x' is no argument"), HasSubstr("image")));
}

TEST_F(GateOfNetworks, IsKnownByTheWeightsBesideItToo) {
  onnx::ModelProto model = test::onnx_model(test::small_graph);
  onnx::TensorProto& bias = *model.mutable_graph()->mutable_initializer(1);
  bias.clear_float_data();
  bias.set_data_location(onnx::TensorProto::EXTERNAL);
  onnx::StringStringEntryProto& entry = *bias.add_external_data();
  entry.set_key("location");
  entry.set_value("bias.bin");
  const fs::path file = write("external.onnx", model.SerializeAsString());
  GateRequest request = request_of(
      file, write("rows.pt", c10::ivalue::Tuple::create({at::rand({2, 3}), at::zeros({2}, at::kLong)})));
  const auto sha256 = [&](char first) {
    std::string bytes(16, '\0');
    bytes[0] = first;
    write("bias.bin", bytes);
    return GateModel(request).facts().sha256;
  };
  const std::string one = sha256(1);
  EXPECT_THAT(one, SizeIs(64));
  EXPECT_EQ(one, sha256(1));
  EXPECT_NE(one, sha256(2));
}

TEST_F(GateOfNetworks, IsAnOnnxModelByItsContentToo) {
  const fs::path file = model_of_zeros();
  fs::rename(file, folder_.path() / "model.bin");
  const auto model = open_model(folder_.path() / "model.bin", ScriptLoss::mse, {});
  EXPECT_EQ(model->info().format, "ONNX operator set 13");
}

TEST_F(GateOfNetworks, RefusesWhatDoesNotFit) {
  const fs::path file = model_of_zeros();
  const auto error = [](const GateRequest& request) {
    return input_error_of([&request] { (void)GateModel(request).measure(to_the_end); });
  };
  GateRequest own_loss = request_of(file, "mnist:test:8");
  own_loss.loss = "model";
  EXPECT_THAT(error(own_loss), AllOf(HasSubstr("zeros.onnx"), HasSubstr("--loss model"), HasSubstr("mse")));
  GateRequest by_index = request_of(file, "mnist:test:8");
  by_index.output = 0;
  EXPECT_THAT(error(by_index), AllOf(HasSubstr("zeros.onnx: --output-index"), HasSubstr("--output NAME")));
  GateRequest targets = request_of(file, "mnist:test:8");
  targets.targets = "labels.pt";
  EXPECT_THAT(error(targets), HasSubstr("--targets"));
  EXPECT_THAT(error(request_of(file, "cifar10:test:8")),
              AllOf(HasSubstr("samples of 1x28x28"), HasSubstr("CIFAR-10 are 3x32x32")));
  EXPECT_THAT(
      error(request_of(
          file, write("wrong.pt", c10::ivalue::Tuple::create({at::rand({4, 1, 28, 27}), at::arange(4)})))),
      HasSubstr("'image', real numbers of n × 1 × 28 × 28"));
  GateRequest another = request_of(file, "mnist:test:8");
  another.onnx.output = "z";
  EXPECT_THAT(error(another), HasSubstr("has no output 'z'"));
  const fs::path softmax = write(
      "softmax.onnx", test::onnx_bytes("s (float[N, 3] x) => (float[N, 3] y) <float[3, 3] w = "
                                       "{1, 2, 3, 4, 5, 6, 7, 8, 9}> { h = Gemm(x, w) y = Softmax(h) }"));
  EXPECT_THAT(error(request_of(softmax, "mnist:test:8")),
              AllOf(HasSubstr("Softmax (node 1)"), HasSubstr("--softmax-in-loss")));
  GateRequest part_of_loss = request_of(
      softmax, write("rows.pt", c10::ivalue::Tuple::create({at::rand({4, 3}), at::zeros({4}, at::kLong)})));
  part_of_loss.onnx.final_softmax = FinalSoftmax::part_of_loss;
  EXPECT_EQ(GateModel(part_of_loss).measure(to_the_end).tensors.at(0).name, "w");
  const fs::path unknown =
      write("unknown.onnx", test::onnx_bytes("u (float[N, 3] x) => (float[N, 3] y) { y = Erf(x) }"));
  EXPECT_THAT(error(request_of(unknown, "mnist:test:8")),
              AllOf(HasSubstr("unknown.onnx"), HasSubstr("Erf (node 0)")));
}

TEST(OpenModel, RefusesOptionsOfOnnxForATorchScriptModel) {
  const relu0::test::DataFolder folder;
  const fs::path file = folder.write("model.pt", {'P', 'K', 3, 4});
  OnnxOptions shaped;
  shaped.input = Shape{3};
  for (const auto& [options, name] :
       {std::pair{OnnxOptions{.output = "y"}, "--output"}, std::pair{shaped, "--input-shape"},
        std::pair{OnnxOptions{.final_softmax = FinalSoftmax::part_of_loss}, "--softmax-in-loss"},
        std::pair{OnnxOptions{.clip = ClampSpelling::hardtanh}, "--clip"}}) {
    EXPECT_THAT(input_error_of([&] { (void)open_model(file, ScriptLoss::cross_entropy, options); }),
                AllOf(HasSubstr("model.pt"), HasSubstr(name)));
  }
}

/// Models that nobody here wrote; the larger ones through the command, by hand.
TEST(LightModelsInTheGate, AreMeasured) {
  const std::optional<fs::path> data = relu0::test::data_folder();
  if (!data || !fs::exists(*data / "onnx-light" / "light_squeezenet.onnx")) {
    GTEST_SKIP() << "needs onnx-light in RELU0_DATA_DIR";
  }
  GateRequest request{.model = *data / "onnx-light" / "light_squeezenet.onnx",
                      .inputs = "imagenet:test:2",
                      .batch_size = 1,
                      .precisions = {Precision::fp32},
                      .luck = {LuckKind::repeat}};
  request.onnx.final_softmax = FinalSoftmax::part_of_loss;
  const ModelResults results = GateModel(request).measure(to_the_end);
  EXPECT_THAT(results.tensors, SizeIs(52)) << "26 convolutions with a bias each";
  const auto pools = std::count_if(results.kinks.begin(), results.kinks.end(),
                                   [](const KinkSite& site) { return site.kink == "max-pool-tie"; });
  EXPECT_EQ(pools, 3);
  EXPECT_THAT(results.kinks, SizeIs(26 + 3));
  EXPECT_TRUE(results.precisions.at(0).luck.at(0).same_bits);
}

}  // namespace
}  // namespace relu0::gate
