// Models that Python's torch wrote: gradients are those of plain autograd, bit for bit, and kinks are found
// where they stand.
#include "analysis/torch/same_bits.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/input_error.hpp"

#include <cstdlib>
#include <fstream>

#include <ATen/ops/arange.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// The files of make_scripts.py, made once for the suite.
class PythonModels : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (test::python_imports("torch, torchvision")) {
      folder_ = test::empty_folder("python");
      test::output_of(fmt::format("{} {} {} squeezenet1_1 {} 2>&1", test::python, RELU0_SCRIPTS_GENERATOR,
                                  folder_.string(), further_models()));
    }
  }
  void SetUp() override {
    if (folder_.empty()) {
      GTEST_SKIP() << "needs Python's torch and torchvision (Debian: python3-torchvision)";
    }
  }

  /// More of torchvision's models, by hand: they take minutes.
  static std::string further_models() {
    const char* names = std::getenv("RELU0_TORCHVISION_MODELS");
    return names == nullptr ? "" : names;
  }
  static ScriptModel model(const std::string& name) { return ScriptModel(folder_ / (name + ".pt")); }
  static std::filesystem::path file(const std::string& name) { return folder_ / name; }

 private:
  static inline std::filesystem::path folder_;
};

/// Random images, the last sample black: its zeros meet kinks.
ScriptBatch small_batch(std::int64_t channels = 2, std::int64_t size = 4, std::int64_t classes = 3) {
  at::Tensor x = at::randn({3, channels, size, size});
  x[2].zero_();
  return {.inputs = {x}, .target = at::arange(3).remainder(classes)};
}

void expect_plain_gradients(const ScriptModel& model, const ScriptBatch& batch, Precision precision) {
  ScriptRunner runner(model, {.precision = precision});
  const ScriptResult native = runner.run(batch);
  const auto plain = test::plain_gradients(model, batch, ScriptLoss::cross_entropy,
                                           precision == Precision::fp64 ? at::kDouble : at::kFloat);
  ASSERT_EQ(native.gradients.size(), plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    ASSERT_EQ(native.gradients[i].gradient.defined(), plain[i].defined());
    EXPECT_TRUE(!plain[i].defined() || same_bits(native.gradients[i].gradient, plain[i]))
        << native.gradients[i].name;
  }
  // Choosing what LibTorch has anyway takes the toolkit's way through the backward pass, and changes no bit.
  ScriptChoices as_native;
  as_native.of_kind[ScriptKink::relu] = DerivativeChoice{};
  as_native.of_kind[ScriptKink::clamp_lower] = DerivativeChoice{};
  as_native.of_kind[ScriptKink::clamp_upper] = DerivativeChoice{};
  as_native.of_kind[ScriptKink::max_pool_tie] = TieChoice::first;
  const ScriptResult chosen = runner.run(batch, as_native);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_TRUE(!plain[i].defined() || same_bits(chosen.gradients[i].gradient, plain[i]))
        << native.gradients[i].name;
  }
  EXPECT_TRUE(native.uncontrolled.empty()) << describe(native.uncontrolled.front().place);
}

TEST_F(PythonModels, OfAPyTorchThatIsTooNewAreRefusedWithTheRemedy) {
  const auto remedy =
      testing::HasSubstr("use a relu0 that is built with the LibTorch of the PyTorch that saved the model");
  EXPECT_THAT(test::input_error_of([] { (void)model("newer_operator"); }),
              testing::AllOf(
                  testing::HasSubstr(
                      "newer_operator.pt: the model calls the operator aten::of_the_future, which LibTorch "),
                  remedy));
  EXPECT_THAT(test::input_error_of([] { (void)model("newer_argument"); }),
              testing::AllOf(
                  testing::HasSubstr(
                      "newer_argument.pt: the model calls the operator aten::softmax with arguments that "),
                  remedy));
}

TEST_F(PythonModels, GiveTheGradientsOfPlainAutograd) {
  for (const char* name : {"scripted", "traced", "forking", "half"}) {
    for (const Precision precision : {Precision::fp32, Precision::fp64}) {
      SCOPED_TRACE(fmt::format("{} {}", name, relu0::name(precision)));
      expect_plain_gradients(model(name), small_batch(), precision);
    }
  }
}

TEST_F(PythonModels, OfTorchvisionGiveTheGradientsOfPlainAutograd) {
  std::istringstream names("squeezenet1_1 " + further_models());
  for (std::string name; names >> name;) {
    for (const char* kind : {"scripted", "traced"}) {
      for (const Precision precision : {Precision::fp32, Precision::fp64}) {
        SCOPED_TRACE(fmt::format("{} {} {}", name, kind, relu0::name(precision)));
        expect_plain_gradients(model(fmt::format("{}_{}", name, kind)), small_batch(3, 64, 10), precision);
      }
    }
  }
}

TEST_F(PythonModels, ShowTheChoiceAtEachKink) {
  for (const char* name : {"scripted", "traced", "forking"}) {
    SCOPED_TRACE(name);
    const ScriptModel script = model(name);
    ScriptRunner runner(script, {});
    const ScriptBatch batch = small_batch();
    const ScriptResult native = runner.run(batch);
    std::vector<std::string> operators;
    for (const SiteCensus& site : native.sites) {
      operators.push_back(fmt::format("{} {}", site.site.place.op, relu0::name(site.site.kink)));
      EXPECT_TRUE(site.reaches_loss) << site.site.id();
      // The model's own line, also of a call of a function of torch.nn.functional.
      EXPECT_THAT(site.site.place.source, testing::HasSubstr("make_scripts.py:")) << site.site.id();
    }
    EXPECT_EQ(operators.size(), 5U) << testing::PrintToString(operators);
    EXPECT_EQ(native.sites.front().site.place.module, std::string(name) == "forking" ? "act" : "inner.act");
    // The black sample's first pre-activations are 0 · w = 0 and reach the loss.
    EXPECT_GT(native.sites.front().hits, 0);
    ScriptChoices one;
    one.of_kind[ScriptKink::relu] = DerivativeChoice{.value = 1};
    const ScriptResult chosen = runner.run(batch, one);
    bool differs = false;
    for (std::size_t i = 0; i < native.gradients.size(); ++i) {
      differs = differs || !same_bits(native.gradients[i].gradient, chosen.gradients[i].gradient);
    }
    EXPECT_TRUE(differs) << "s = 1 changed no gradient";
    EXPECT_FALSE(script.info().kinks.empty());
  }
}

TEST_F(PythonModels, HaveTheirLossesKinksFound) {
  ScriptRunner runner(model("hinge"), {.loss = ScriptLoss::model});
  const ScriptResult result = runner.run({.inputs = {at::zeros({3})}});
  EXPECT_EQ(result.sites.size(), 2U);
  for (const SiteCensus& site : result.sites) {
    EXPECT_TRUE(site.reaches_loss) << site.site.id();
  }
}

TEST_F(PythonModels, InTrainingModeAreSaidAndPutBack) {
  const ScriptModel script = model("training");
  EXPECT_THAT(script.info().in_training, testing::ElementsAre("inner.norm"));
  ScriptRunner runner(script, {});
  const ScriptBatch batch = small_batch();
  const ScriptResult first = runner.run(batch);
  EXPECT_THAT(first.changed_state, testing::Contains("inner.norm.running_mean"));
  const ScriptResult second = runner.run(batch);
  for (std::size_t i = 0; i < first.gradients.size(); ++i) {
    EXPECT_TRUE(same_bits(first.gradients[i].gradient, second.gradients[i].gradient));
  }
}

TEST_F(PythonModels, AreRefusedInWordsThatHelp) {
  const auto error = [](const auto& action) { return test::input_error_of(action); };
  EXPECT_THAT(error([] { ScriptModel("/nowhere/model.pt"); }), testing::HasSubstr("/nowhere/model.pt"));
  EXPECT_THAT(error([] { ScriptModel(file("")); }), testing::HasSubstr("python"));
  EXPECT_THAT(error([] { model("state_dict"); }), testing::HasSubstr("state dict"));
  EXPECT_THAT(error([] { model("legacy"); }), testing::HasSubstr("pickle"));
  std::ofstream(file("empty.pt")).close();
  EXPECT_THAT(error([] { model("empty"); }), testing::HasSubstr("empty"));
  for (const double share : {0.3, 0.9, 0.999}) {
    std::filesystem::copy_file(file("scripted.pt"), file("cut.pt"),
                               std::filesystem::copy_options::overwrite_existing);
    const auto size = static_cast<double>(std::filesystem::file_size(file("cut.pt")));
    std::filesystem::resize_file(file("cut.pt"), static_cast<std::uintmax_t>(size * share));
    EXPECT_THAT(error([] { model("cut"); }), testing::HasSubstr("truncated")) << share;
  }
  const ScriptModel fixed = model("fixed");
  EXPECT_THAT(error([&] { ScriptRunner(fixed, {}); }), testing::HasSubstr("inner.conv.weight"));
  const ScriptModel frozen = model("frozen");
  EXPECT_THAT(error([&] { ScriptRunner(frozen, {}); }), testing::HasSubstr("freeze"));
  ScriptRunner by_input(frozen, {.gradient_of = GradientOf::inputs});
  EXPECT_EQ(by_input.run(small_batch()).gradients.front().name, "input 0");

  const ScriptModel good = model("scripted");
  ScriptRunner runner(good, {});
  ScriptBatch batch = small_batch();
  batch.target = at::arange(1, 4);
  EXPECT_THAT(error([&] { runner.run(batch); }), testing::HasSubstr("label 3 at place 2 is out of range"));
  batch.target = at::arange(2);
  EXPECT_THAT(error([&] { runner.run(batch); }), testing::HasSubstr("int64 [2]"));
  EXPECT_THAT(error([&] {
                runner.run({.inputs = {at::zeros({0, 2, 4, 4})}, .target = at::arange(0)});
              }),
              testing::HasSubstr("empty"));
  EXPECT_THAT(
      error([&] {
        runner.run({.inputs = {at::zeros({3, 5, 4, 4})}, .target = at::arange(3)});
      }),
      testing::AllOf(testing::HasSubstr("make_scripts.py"), testing::Not(testing::HasSubstr("frame #"))));
  EXPECT_THAT(error([&] { runner.run({.inputs = {}, .target = at::arange(3)}); }),
              testing::HasSubstr("the model takes (x: Tensor)"));
}

}  // namespace
}  // namespace relu0
