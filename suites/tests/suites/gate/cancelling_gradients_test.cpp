// Derived limits where a gradient is a sum in which much cancels: healthy models are green, a wrong one is
// not.
#include "analysis/error/rounding_bound.hpp"
#include "suites/gate/judge.hpp"
#include "suites/gate/run_gate.hpp"
#include "suites/tests/command_output.hpp"
#include "suites/tests/suites/gate/gate_support.hpp"
#include "suites/tests/suites/gate/python_models.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

class CancellingGradients : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!relu0::test::python_imports("torch")) {
      GTEST_SKIP() << "needs Debian's python3-torch, which makes the models";
    }
    folder_ = relu0::test::python_models();
    ASSERT_FALSE(HasFailure());
  }

  [[nodiscard]] Measurements measured(const std::string& model, const std::string& inputs, int batch_size,
                                      const std::string& loss, std::vector<Precision> precisions) const {
    GateOptions options;
    options.request = {.model = folder_ / model,
                       .inputs = folder_ / inputs,
                       .batch_size = batch_size,
                       .loss = loss,
                       .precisions = std::move(precisions),
                       .luck = {all_luck_kinds.begin(), all_luck_kinds.end()}};
    return measure(GateModel(options.request), options, ShowProgress::no);
  }

  std::filesystem::path folder_;
};

/// The checks of derived limits on differences that come from rounding, which failed.
std::string failed_by_rounding(const Judgement& judgement) {
  std::string result;
  for (const Check& check : judgement.checks) {
    if (check.verdict == CheckVerdict::fail &&
        (check.rule == "precision-error" || check.rule == "luck-order" || check.rule == "reference-error" ||
         check.rule == "outside-segment")) {
      result += check.message + "\n";
    }
  }
  return result;
}

/// The largest number of times that a tensor's gradient adds up more than is left of it.
double most_cancelled(const Measurements& measurements, const std::string& tensor) {
  double result = 0;
  for (const PrecisionResults& at : measurements.precisions) {
    for (const TensorError& error : at.errors) {
      if (error.tensor == tensor && error.summed) {
        result = std::max(result, error.summed->times);
      }
    }
  }
  return result;
}

TEST_F(CancellingGradients, OfAHealthyClassifierWithBalancedLabelsPass) {
  int beyond = 0;
  for (int seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const Measurements measurements =
        measured(fmt::format("classifier_{}.pt", seed), "balanced.pt", 200, "cross-entropy",
                 {Precision::tf32, Precision::fp32, Precision::fp64});
    EXPECT_EQ(failed_by_rounding(judge(measurements, default_policy())), "");
    beyond += most_cancelled(measurements, "4.bias") > 1 ? 1 : 0;
  }
  EXPECT_GT(beyond, 0) << "nothing was put to the test";
}

/// The largest difference of a tensor, as derived limits take it, against what rounding may reach: up to 1 is
/// within. Errors are of one gradient, luck of two.
double most_of_bound(const Measurements& measurements, const std::string& tensor) {
  double result = 0;
  for (const PrecisionResults& at : measurements.precisions) {
    const double bound =
        probabilistic_rounding_bound(at.precision, at.operations.value(), at.summands.value());
    for (const TensorError& error : at.errors) {
      if (error.tensor == tensor) {
        result = std::max(result, (error.summed ? error.summed->difference : error.relative_l2) / bound);
      }
    }
    for (const Luck& luck : at.luck) {
      for (const TensorChange& change : luck.changes) {
        if (change.tensor == tensor) {
          const double difference = change.summed ? change.summed->difference : change.change;
          result = std::max(result, difference / (2 * bound));
        }
      }
    }
  }
  return result;
}

TEST_F(CancellingGradients, OfAHealthyClassifierPassAtSixteenBits) {
  int beyond = 0;
  for (int seed = 0; seed < 6; ++seed) {
    for (const Precision precision : {Precision::fp16, Precision::bf16}) {
      SCOPED_TRACE(fmt::format("{} {}", seed, name(precision)));
      const Measurements quarter =
          measured(fmt::format("quarter_{}.pt", seed), "balanced.pt", 200, "cross-entropy", {precision});
      EXPECT_EQ(failed_by_rounding(judge(quarter, default_policy())), "");
      // Where less is left of the last bias than rounding makes, whether or not a limit on it says anything.
      const Measurements equal =
          measured(fmt::format("classifier_{}.pt", seed), "balanced.pt", 200, "cross-entropy", {precision});
      EXPECT_LE(most_of_bound(equal, "4.bias"), 1);
      EXPECT_LE(most_of_bound(equal, "4.weight"), 1);
      beyond += most_cancelled(equal, "4.bias") > 1 ? 1 : 0;
    }
  }
  EXPECT_GT(beyond, 0) << "nothing was put to the test";
}

TEST_F(CancellingGradients, ThatUnderflowFailBehindThatPlace) {
  // The last weights are so small that what goes back through them, some 1e-4 · 0.1/200, is about fp16's
  // smallest number, 6e-8: it is lost there, which no rounding explains. bf16 has the exponents of fp32.
  for (int seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const std::string model = fmt::format("classifier_{}.pt", seed);
    const Measurements lost = measured(model, "balanced.pt", 200, "cross-entropy", {Precision::fp16});
    const Measurements kept = measured(model, "balanced.pt", 200, "cross-entropy", {Precision::bf16});
    for (const char* tensor : {"0.weight", "0.bias", "2.weight", "2.bias"}) {
      EXPECT_GT(most_of_bound(lost, tensor), 1) << tensor;
      EXPECT_LE(most_of_bound(kept, tensor), 1) << tensor;
    }
    EXPECT_NE(failed_by_rounding(judge(lost, default_policy())), "");
    EXPECT_EQ(failed_by_rounding(judge(kept, default_policy())), "");
  }
}

TEST_F(CancellingGradients, OfABiasBeforeANormalisationPass) {
  for (int seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const Measurements measurements =
        measured(fmt::format("normalised_{}.pt", seed), "balanced_images.pt", 20, "cross-entropy",
                 {all_precisions.begin(), all_precisions.end()});
    EXPECT_EQ(failed_by_rounding(judge(measurements, default_policy())), "");
    EXPECT_GT(most_cancelled(measurements, "0.bias"), 1e3) << "0 in the real numbers";
  }
}

TEST_F(CancellingGradients, ThatAreWrongByAFewTimesTheBoundFail) {
  // The last bias's ten gradients are each a sum of 200 numbers: 20 of about -0.9/200 and 180 of about
  // 0.1/200, which add up 0.18. An error of 1e-4 in each is a few times what fp32 may have of that.
  const Measurements measurements =
      measured("wrong_bias.pt", "balanced_with_loss.pt", 200, "model", {Precision::fp32, Precision::fp64});
  const Judgement judgement = judge(measurements, default_policy());
  const std::vector<Check> errors = test::checks_of(judgement, "precision-error");
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors.front().verdict, CheckVerdict::fail);
  EXPECT_EQ(errors.front().tensor, "last");
  EXPECT_THAT(errors.front().message, testing::HasSubstr("much cancels in it"));
  EXPECT_GT(errors.front().seen.value(), errors.front().allowed.value());
}

}  // namespace
}  // namespace relu0::gate
