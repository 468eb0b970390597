// TorchScript models as networks: what relu0's own engine then computes is what the model computes.
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/input_error.hpp"

#include <cstdlib>
#include <map>
#include <sstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The files of make_networks.py, made once for the suite.
class ImportedNetworks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (test::python_imports("torch, torchvision")) {
      folder_ = test::empty_folder("networks");
      test::output_of(fmt::format("{} {} {} {} 2>&1", test::python, RELU0_NETWORKS_GENERATOR,
                                  folder_.string(), torchvisions()));
    }
  }
  void SetUp() override {
    if (folder_.empty()) {
      GTEST_SKIP() << "needs Python's torch and torchvision (Debian: python3-torchvision)";
    }
  }

  /// More of torchvision's models, by hand: they take minutes.
  static std::string torchvisions() {
    const char* names = std::getenv("RELU0_TORCHVISION_MODELS");
    return fmt::format("squeezenet1_1 shufflenet_v2_x0_5 {}", names == nullptr ? "" : names);
  }
  static ScriptModel model(const std::string& name) { return ScriptModel(folder_ / (name + ".pt")); }

 private:
  static inline std::filesystem::path folder_;
};

/// Random samples of that shape; in float, so that every precision from there on holds them.
ScriptBatch random_batch(std::vector<std::int64_t> shape, std::int64_t classes) {
  const std::int64_t samples = shape.front();
  return {.inputs = {at::randn(shape)}, .target = at::arange(samples).remainder(classes)};
}

Batch batch_of(const ImportedPass& pass) {
  const Shape& shape = pass.model->network.output_shapes().front();
  return {.image_shape = shape,
          .inputs = std::vector<float>(pass.inputs.begin(), pass.inputs.end()),
          .labels = pass.labels};
}

/// The gradients of the network's parameters added up by the module's parameter that they come from, in the
/// order and orientation of the module's.
std::map<std::string, at::Tensor> by_source(const ImportedModel& model, const LibtorchGradient& gradient) {
  std::map<std::string, at::Tensor> result;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    if (model.parameters[i].source == "constant") {
      continue;
    }
    const TensorValues& values = gradient.parameters[i];
    const at::Tensor held = values.values.visit([&](auto numbers) {
      using Number = std::remove_const_t<typename decltype(numbers)::element_type>;
      return at::from_blob(const_cast<Number*>(numbers.data()), values.shape,
                           c10::CppTypeToScalarType<Number>::value)
          .clone();
    });
    const at::Tensor turned = model.parameters[i].transposed ? held.t() : held;
    const auto [entry, first] = result.try_emplace(model.parameters[i].source, turned);
    if (!first) {
      entry->second = entry->second + turned;
    }
  }
  return result;
}

std::string text_of(const std::vector<ImportGap>& gaps) {
  std::string text;
  for (const ImportGap& gap : gaps) {
    text += fmt::format("{}: {}\n", describe(gap.place), gap.why);
  }
  return text;
}

/// Bit for bit: both run the same operators of LibTorch on the same numbers.
void expect_the_same_gradients(const ScriptModel& model, const ScriptBatch& batch, Precision precision) {
  ScriptRunner runner(model, {.precision = precision});
  const ImportedPass pass = runner.import_network(batch);
  ASSERT_TRUE(pass.model) << text_of(pass.gaps);
  const ScriptResult expected = runner.run(batch);
  const LibtorchGradient gradient =
      libtorch_backprop(pass.model->network, pass.model->weights, batch_of(pass), precision, {});
  EXPECT_EQ(gradient.loss, expected.loss);
  const std::map<std::string, at::Tensor> gradients = by_source(*pass.model, gradient);
  for (const NamedGradient& one : expected.gradients) {
    if (!one.gradient.defined()) {
      EXPECT_FALSE(gradients.contains(one.name)) << one.name;
      continue;
    }
    ASSERT_TRUE(gradients.contains(one.name)) << one.name;
    ASSERT_EQ(gradients.at(one.name).numel(), one.gradient.numel()) << one.name;
    // A parameter of shape 1 × channels × 1 × 1 has no first extent in the network.
    const at::Tensor ours = gradients.at(one.name).reshape(one.gradient.sizes());
    EXPECT_TRUE(ours.equal(one.gradient.to(ours.scalar_type())))
        << one.name << " differs by " << (ours - one.gradient).abs().max().item<double>();
  }
}

TEST_F(ImportedNetworks, GiveTheModelsGradients) {
  const std::map<std::string, ScriptBatch> batches{{"residual", random_batch({3, 3, 4, 4}, 4)},
                                                   {"residual_training", random_batch({3, 3, 4, 4}, 4)},
                                                   {"residual_traced", random_batch({3, 3, 4, 4}, 4)},
                                                   {"spelled", random_batch({3, 4, 6, 6}, 5)},
                                                   {"spelled_traced", random_batch({3, 4, 6, 6}, 5)},
                                                   {"shuffled", random_batch({3, 2, 4, 4}, 3)},
                                                   {"shuffled_traced", random_batch({3, 2, 4, 4}, 3)},
                                                   {"tied", random_batch({3, 4}, 4)},
                                                   {"branching", random_batch({3, 4}, 3)}};
  for (const auto& [name, batch] : batches) {
    for (const Precision precision : {Precision::fp32, Precision::fp64}) {
      SCOPED_TRACE(fmt::format("{} {}", name, relu0::name(precision)));
      expect_the_same_gradients(model(name), batch, precision);
    }
  }
}

TEST_F(ImportedNetworks, OfTorchvisionGiveTheModelsGradients) {
  std::istringstream names(torchvisions());
  for (std::string name; names >> name;) {
    for (const char* kind : {"scripted", "traced"}) {
      for (const Precision precision : {Precision::fp32, Precision::fp64}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name, kind, relu0::name(precision)));
        expect_the_same_gradients(model(fmt::format("{}_{}", name, kind)), random_batch({2, 3, 64, 64}, 10),
                                  precision);
      }
    }
  }
}

TEST_F(ImportedNetworks, AreOfTheRoundedNumbersAtSixteenBits) {
  const ScriptModel script = model("spelled");
  ScriptRunner runner(script, {.precision = Precision::bf16});
  const ImportedPass pass = runner.import_network(random_batch({3, 4, 6, 6}, 5));
  ASSERT_TRUE(pass.model) << text_of(pass.gaps);
  const Weights rounded = rounded_weights(pass.model->weights, Precision::bf16);
  for (std::size_t i = 0; i < rounded.parameters.size(); ++i) {
    if (pass.model->parameters[i].source != "constant") {
      EXPECT_TRUE(rounded.parameters[i].values.same_bits(pass.model->weights.parameters[i].values))
          << rounded.parameters[i].name;
    }
  }
}

TEST_F(ImportedNetworks, SayWhereEachNodeComesFrom) {
  ScriptRunner runner(model("residual"), {});
  const ImportedPass pass = runner.import_network(random_batch({3, 3, 4, 4}, 4));
  ASSERT_TRUE(pass.model) << text_of(pass.gaps);
  std::vector<std::string> parameters;
  for (const ImportedTensor& parameter : pass.model->parameters) {
    parameters.push_back(parameter.source);
  }
  EXPECT_THAT(parameters,
              testing::ElementsAre("blocks.0.weight", "blocks.0.bias", "blocks.1.weight", "blocks.1.bias",
                                   "norm.weight", "norm.bias", "linear.weight", "linear.bias"));
  EXPECT_THAT(pass.model->buffers,
              testing::ElementsAre(ImportedTensor{"norm.running_mean", "norm.running_mean"},
                                   ImportedTensor{"norm.running_var", "norm.running_var"}));
  EXPECT_THAT(pass.model->sources,
              testing::Contains(AllOf(HasSubstr("aten::relu_"), HasSubstr("make_networks.py:"))));
  EXPECT_THAT(pass.model->sources,
              testing::Contains(AllOf(HasSubstr("aten::conv2d in 1 ("), HasSubstr("make_networks.py:"))));
}

TEST_F(ImportedNetworks, HoldTheZerosThatThePassMet) {
  const ScriptModel script = model("residual");
  ScriptRunner runner(script, {});
  ScriptBatch batch = random_batch({3, 3, 4, 4}, 4);
  batch.inputs[0].toTensor()[1].zero_();
  const ImportedPass pass = runner.import_network(batch);
  ASSERT_TRUE(pass.model) << text_of(pass.gaps);
  const LibtorchGradient gradient =
      libtorch_backprop(pass.model->network, pass.model->weights, batch_of(pass), Precision::fp32, {});
  std::size_t relus = 0;
  for (const ReluZeros& met : pass.zeros) {
    for (const ReluZeros& expected : gradient.relus) {
      if (expected.node == met.node) {
        ++relus;
        EXPECT_EQ(met.zeros, expected.zeros) << met.name;
      }
    }
  }
  EXPECT_EQ(relus, gradient.relus.size());
  EXPECT_GT(relus, 0U);
}

TEST_F(ImportedNetworks, TakeTheirLossFromTheModelWhereItHasOne) {
  ScriptRunner runner(model("own_loss"), {.loss = ScriptLoss::model});
  const at::Tensor labels = at::arange(3);
  const ImportedPass pass = runner.import_network({.inputs = {at::randn({3, 4}), labels}});
  ASSERT_TRUE(pass.model) << text_of(pass.gaps);
  EXPECT_THAT(pass.labels, testing::ElementsAre(0, 1, 2));
  EXPECT_TRUE(std::holds_alternative<SoftmaxCrossEntropy>(pass.model->network.nodes().back().operation));
}

TEST_F(ImportedNetworks, EndInTheirOutputWhereTheLossIsOfSquares) {
  ScriptRunner runner(model("branching"), {.loss = ScriptLoss::mse});
  const at::Tensor targets = at::randn({2, 3});
  const ImportedPass pass = runner.import_network({.inputs = {at::randn({2, 4})}, .target = targets});
  ASSERT_TRUE(pass.model) << text_of(pass.gaps);
  EXPECT_FALSE(pass.model->network.has_loss());
  EXPECT_EQ(pass.targets, to_doubles(targets));
  EXPECT_EQ(pass.model->parameters.front().source, "small.weight") << "the way that two samples take";
}

/// Why a model is no network, with the places.
std::string gaps_of(const ScriptModel& model, const ScriptBatch& batch, const ScriptSettings& settings = {}) {
  ScriptRunner runner(model, settings);
  const ImportedPass pass = runner.import_network(batch);
  EXPECT_FALSE(pass.model);
  return text_of(pass.gaps);
}

TEST_F(ImportedNetworks, AreNoneWhereAnOperatorIsNotTheirs) {
  const ScriptBatch rows = random_batch({3, 4}, 3);
  EXPECT_THAT(gaps_of(model("gelu"), rows),
              AllOf(HasSubstr("aten::gelu in act.0"), HasSubstr("the networks of relu0 do not have it"),
                    testing::Not(HasSubstr("aten::tanh"))))
      << "what follows is not known, and no further gap";
  EXPECT_THAT(gaps_of(model("overwritten"), rows),
              AllOf(HasSubstr("aten::relu in the model"), HasSubstr("another operator has written into")));
  EXPECT_THAT(gaps_of(model("detached"), rows), HasSubstr("aten::detach"));
  EXPECT_THAT(gaps_of(model("ofdata"), rows), AllOf(HasSubstr("aten::mul"), HasSubstr(".data")));
  EXPECT_THAT(gaps_of(model("centred"), rows),
              AllOf(HasSubstr("aten::linear"), HasSubstr("aten::mean computes from parameters")));
  EXPECT_THAT(gaps_of(model("mixing"), random_batch({4, 4}, 3)),
              AllOf(HasSubstr("aten::t"), HasSubstr("moves the dimension of the mini-batch"),
                    HasSubstr("make_networks.py:")));
}

TEST_F(ImportedNetworks, AreNoneOfLossesThatTheyDoNotHave) {
  ScriptBatch batch = random_batch({3, 4}, 3);
  batch.target = at::arange(9.0).view({3, 3}).softmax(1);
  EXPECT_THAT(gaps_of(model("branching"), batch),
              AllOf(HasSubstr("aten::cross_entropy_loss"), HasSubstr("with a label for each sample only")));
  batch.target = at::tensor({0, 2, -100});
  EXPECT_THAT(gaps_of(model("branching"), batch), HasSubstr("ignore_index"));
  EXPECT_THAT(gaps_of(test::saved(test::module_of("  return (torch.relu(x) * self.b).sum()\n", {1, 1})),
                      {.inputs = {at::randn({3, 2})}}, {.loss = ScriptLoss::model}),
              HasSubstr("aten::sum"));
  EXPECT_THAT(gaps_of(test::saved(test::module_of("  return (torch.relu(x) * self.b).sum()\n", {1, 1})),
                      {.inputs = {at::randn({2})}}, {.loss = ScriptLoss::model}),
              HasSubstr("one without a dimension for them"));
}

}  // namespace
}  // namespace relu0
