// One model as ONNX and as TorchScript: the same gradients bit for bit, the same kinks met, the same effect
// of each choice, in every arithmetic; and both are those of plain autograd.
#include "analysis/gate/batches/batches.hpp"
#include "analysis/machine/threads.hpp"
#include "analysis/models/open_model.hpp"
#include "analysis/torch/same_bits.hpp"
#include "analysis/torchscript/kinks/operator_kinds.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

/// The files of export_both.py, made once for the suite.
class BothFormats : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (test::python_imports("torch")) {
      folder_ = test::empty_folder("both");
      test::output_of(fmt::format("{} {} {} 2>&1", test::python, RELU0_EXPORT_BOTH_SCRIPT, folder_.string()));
    }
  }
  void SetUp() override {
    if (folder_.empty()) {
      GTEST_SKIP() << "needs Python's torch (Debian: python3-torch)";
    }
    // How a matrix product is shared out among threads changes its bits.
    compute_with_one_thread();
    batch_ = gate::read_batches({.inputs = folder_ / "batch.pt"}, {"x"}, /*needs_target=*/true).at(0);
  }

  [[nodiscard]] static std::unique_ptr<RunnableModel> onnx(const std::string& name) {
    const ClampSpelling spelling =
        name == "relu6" || name == "hardtanh" ? ClampSpelling::hardtanh : ClampSpelling::clamp;
    return open_model(folder_ / (name + ".onnx"), ScriptLoss::cross_entropy, {.clip = spelling});
  }
  [[nodiscard]] static ScriptModel script(const std::string& name, const char* kind) {
    return ScriptModel(folder_ / fmt::format("{}_{}.pt", name, kind));
  }

  ScriptBatch batch_;

 private:
  static inline std::filesystem::path folder_;
};

/// The files hold the same operations.
constexpr std::array model_names{"hardtanh", "clamped", "half_open"};

const at::Tensor& gradient_called(const std::vector<NamedGradient>& gradients, const std::string& name) {
  const auto found = std::find_if(gradients.begin(), gradients.end(),
                                  [&](const NamedGradient& one) { return one.name == name; });
  EXPECT_NE(found, gradients.end()) << name;
  return found->gradient;
}

/// What a site met, without its place.
std::string counts_of(const SiteCensus& site) {
  return fmt::format("{} {} at {}: {} of {}, −0 {}, NaN {}, reached {}, choice {}",
                     functional_name(site.site.place.op), name(site.site.kink), site.site.point.value_or(-99),
                     site.hits, site.elements, site.zeros.negative, site.nan,
                     site.hits_with_gradient.value_or(-1), describe(site.choice));
}

void expect_same(const ScriptResult& ours, const ScriptResult& theirs) {
  EXPECT_EQ(ours.loss, theirs.loss);
  ASSERT_EQ(ours.gradients.size(), theirs.gradients.size());
  for (const NamedGradient& one : theirs.gradients) {
    EXPECT_TRUE(same_bits(gradient_called(ours.gradients, one.name), one.gradient)) << one.name;
  }
  ASSERT_EQ(ours.sites.size(), theirs.sites.size());
  for (std::size_t i = 0; i < ours.sites.size(); ++i) {
    EXPECT_EQ(counts_of(ours.sites[i]), counts_of(theirs.sites[i])) << describe(ours.sites[i].site.place);
  }
}

/// A choice that is not PyTorch's at one kind of kink, for each.
std::vector<ScriptChoices> choices() {
  std::vector<ScriptChoices> result(1);
  for (const ScriptKink kink : {ScriptKink::relu, ScriptKink::leaky_relu, ScriptKink::clamp_lower,
                                ScriptKink::clamp_upper, ScriptKink::absolute}) {
    result.emplace_back().of_kind[kink] = DerivativeChoice{.value = 0.75};
  }
  for (const TieChoice tie : {TieChoice::last, TieChoice::mean}) {
    result.emplace_back().of_kind[ScriptKink::max_pool_tie] = tie;
  }
  return result;
}

TEST_F(BothFormats, AgreeInEveryArithmeticAndUnderEveryChoice) {
  for (const char* name : model_names) {
    const auto ours = onnx(name);
    for (const char* kind : {"scripted", "traced"}) {
      const ScriptModel theirs = script(name, kind);
      for (const Precision precision : all_precisions) {
        SCOPED_TRACE(fmt::format("{} {} {}", name, kind, relu0::name(precision)));
        ScriptRunner our_runner(*ours, {.precision = precision});
        ScriptRunner their_runner(theirs, {.precision = precision});
        for (const ScriptChoices& choice : choices()) {
          expect_same(our_runner.run(batch_, choice), their_runner.run(batch_, choice));
        }
      }
    }
  }
}

TEST_F(BothFormats, AgreeOnGradientsOfInputs) {
  const ScriptSettings settings{.gradient_of = GradientOf::inputs};
  for (const char* name : model_names) {
    const auto ours = onnx(name);
    const ScriptModel theirs = script(name, "scripted");
    expect_same(ScriptRunner(*ours, settings).run(batch_), ScriptRunner(theirs, settings).run(batch_));
  }
}

TEST_F(BothFormats, GiveTheGradientsOfPlainAutograd) {
  for (const char* name : {"hardtanh", "relu6", "clamped", "half_open"}) {
    const auto ours = onnx(name);
    const ScriptModel theirs = script(name, "scripted");
    for (const Precision precision : {Precision::fp32, Precision::fp64}) {
      SCOPED_TRACE(fmt::format("{} {}", name, relu0::name(precision)));
      const ScriptResult result = ScriptRunner(*ours, {.precision = precision}).run(batch_);
      const std::vector<at::Tensor> plain = test::plain_gradients(
          theirs, batch_, ScriptLoss::cross_entropy, precision == Precision::fp64 ? at::kDouble : at::kFloat);
      ASSERT_EQ(plain.size(), theirs.info().parameters.size());
      for (std::size_t i = 0; i < plain.size(); ++i) {
        const std::string& parameter = theirs.info().parameters[i].name;
        EXPECT_TRUE(same_bits(gradient_called(result.gradients, parameter), plain[i])) << parameter;
      }
    }
  }
}

TEST_F(BothFormats, DifferWherePyTorchExportsMoreOperationsThanItRuns) {
  // Relu6 becomes a Relu and a Clip, both of which have a kink at 0, and every negative number meets the
  // second.
  const ScriptResult ours = ScriptRunner(*onnx("relu6"), {}).run(batch_);
  const ScriptResult theirs = ScriptRunner(script("relu6", "scripted"), {}).run(batch_);
  EXPECT_EQ(ours.sites.size(), theirs.sites.size() + 1);
}

TEST_F(BothFormats, MeetTheKinksThatTheyAreMadeFor) {
  // The black image: 0 before the first ReLU, whatever kernel computes it, and windows of equal values after
  // it.
  const ScriptResult result = ScriptRunner(*onnx("hardtanh"), {}).run(batch_);
  const auto hits = [&result](ScriptKink kink) {
    std::int64_t sum = 0;
    for (const SiteCensus& site : result.sites) {
      sum += site.site.kink == kink ? site.hits : 0;
    }
    return sum;
  };
  EXPECT_GE(hits(ScriptKink::relu), 16);
  EXPECT_GE(hits(ScriptKink::max_pool_tie), 1);
  EXPECT_THAT(result.sites.front().site.place.node, ::testing::HasSubstr("Relu"));
}

}  // namespace
}  // namespace relu0
