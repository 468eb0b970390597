#include "analysis/gate/self_test/sample_files.hpp"

#include "analysis/gate/batches/batches.hpp"
#include "analysis/gate/self_test/faulty_gradient.hpp"
#include "analysis/torchscript/script_model.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

/// The sample model with its mini-batches, as files that were read.
class SampleFiles : public testing::Test {
 protected:
  [[nodiscard]] ScriptModel model(SampleModel model) const {
    write_sample_model(model, folder_.path() / "model.pt");
    return ScriptModel(folder_.path() / "model.pt");
  }
  [[nodiscard]] std::vector<ScriptBatch> batches(SampleBatches batches = SampleBatches::usual) const {
    write_sample_batches(batches, folder_.path() / "batches.pt");
    return read_batches({.inputs = folder_.path() / "batches.pt", .batch_size = sample_batch_size}, {"x"},
                        true);
  }

 private:
  test::TemporaryFolder folder_;
};

ScriptSettings settings(Precision precision) { return {.precision = precision, .loss = ScriptLoss::mse}; }

std::int64_t hits(const ScriptResult& result) {
  std::int64_t count = 0;
  for (const SiteCensus& site : result.sites) {
    count += site.hits;
  }
  return count;
}

TEST_F(SampleFiles, RoundNothingAtFp32) {
  for (const SampleModel kind : {SampleModel::unimpacted, SampleModel::impacted, SampleModel::smooth}) {
    const ScriptModel script = model(kind);
    ScriptRunner fp32(script, settings(Precision::fp32));
    ScriptRunner fp64(script, settings(Precision::fp64));
    for (const ScriptBatch& batch : batches()) {
      const ScriptResult a = fp32.run(batch);
      const ScriptResult b = fp64.run(batch);
      ASSERT_EQ(a.gradients.size(), 4U);
      for (std::size_t i = 0; i < a.gradients.size(); ++i) {
        EXPECT_TRUE(at::equal(a.gradients[i].gradient.to(at::kDouble), b.gradients[i].gradient))
            << a.gradients[i].name;
      }
    }
  }
}

TEST_F(SampleFiles, MeetTheKinkOnce) {
  ScriptRunner runner(model(SampleModel::impacted), settings(Precision::fp32));
  const auto count = [&runner](const std::vector<ScriptBatch>& all) {
    std::vector<std::int64_t> counts;
    for (const ScriptBatch& batch : all) {
      counts.push_back(hits(runner.run(batch)));
    }
    return counts;
  };
  std::vector<std::int64_t> expected(sample_mini_batches, 0);
  EXPECT_EQ(count(batches(SampleBatches::without_zero)), expected);
  expected[sample_kink_mini_batch] = 1;
  EXPECT_EQ(count(batches()), expected);
}

TEST_F(SampleFiles, HaveTheFaultsThatTheyNameAndNoOther) {
  ScriptRunner zero(model(SampleModel::zero), settings(Precision::fp32));
  for (const NamedGradient& one : zero.run(batches()[0]).gradients) {
    EXPECT_TRUE(at::equal(one.gradient, one.gradient * 0)) << one.name;
  }
  EXPECT_EQ(model(SampleModel::smooth).info().kinks.size(), 0U);
  const std::vector<ScriptBatch> usual = batches();
  const std::vector<ScriptBatch> nan = batches(SampleBatches::with_nan);
  for (std::size_t i = 0; i < usual.size(); ++i) {
    EXPECT_EQ(at::equal(usual[i].inputs[0].toTensor(), nan[i].inputs[0].toTensor()),
              i != sample_kink_mini_batch);
  }
}

TEST_F(SampleFiles, AreRefusedWhereTheyCannotBeWritten) {
  EXPECT_THAT(relu0::test::input_error_of([] { write_sample_model(SampleModel::zero, "/nowhere/model.pt"); }),
              testing::HasSubstr("/nowhere/model.pt: cannot be written"));
  EXPECT_THAT(
      relu0::test::input_error_of([] { write_sample_batches(SampleBatches::usual, "/nowhere/b.pt"); }),
      testing::HasSubstr("/nowhere/b.pt: cannot be written"));
}

/// The numbers of the first parameter's gradient and of the last one's.
std::vector<double> numbers(const ScriptResult& result) {
  std::vector<double> all;
  for (const auto& gradient : {result.gradients.front().gradient, result.gradients.back().gradient}) {
    const at::Tensor doubles = gradient.to(at::kDouble).contiguous();
    all.insert(all.end(), doubles.data_ptr<double>(), doubles.data_ptr<double>() + doubles.numel());
  }
  return all;
}

TEST_F(SampleFiles, HaveGradientsIntoWhichAFaultIsPutOnce) {
  const ScriptModel script = model(SampleModel::impacted);
  const std::vector<ScriptBatch> all = batches();
  const std::vector<double> clean = numbers(ScriptRunner(script, settings(Precision::fp32)).run(all[0]));
  ASSERT_NE(clean[0], 0);
  for (const GradientFaultKind kind : {GradientFaultKind::one_ulp, GradientFaultKind::nan,
                                       GradientFaultKind::infinite, GradientFaultKind::zero}) {
    ScriptSettings with_fault = settings(Precision::fp32);
    with_fault.gradient_hook = hook_of(kind);
    ScriptRunner runner(script, with_fault);
    std::vector<double> faulty = numbers(runner.run(all[0]));
    EXPECT_EQ(numbers(runner.run(all[0])), clean) << "the second pass";
    if (kind == GradientFaultKind::zero) {
      EXPECT_EQ(faulty, std::vector<double>(clean.size(), 0));
      continue;
    }
    const double first = faulty[0];
    faulty[0] = clean[0];
    EXPECT_EQ(faulty, clean) << "all but one element";
    if (kind == GradientFaultKind::one_ulp) {
      EXPECT_EQ(static_cast<float>(first), std::nextafter(static_cast<float>(clean[0]), INFINITY));
    } else {
      EXPECT_FALSE(std::isfinite(first));
      EXPECT_EQ(std::isnan(first), kind == GradientFaultKind::nan);
    }
  }
}

}  // namespace
}  // namespace relu0::gate
