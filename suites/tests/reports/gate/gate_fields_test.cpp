#include "reports/codec/gate_fields.hpp"

#include "suites/tests/input_error.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::input_error_of;
using testing::HasSubstr;

/// Every list filled, absent and odd values among them.
Measurements sample() {
  Measurements measurements;
  measurements.model = {.file = "m.pt", .sha256 = "ab", .importer = "TorchScript", .parameters = 7};
  measurements.inputs = {.file = "x.npy", .sha256 = "cd", .mini_batches = 3, .batch_size = 2};
  measurements.loss = "mse";
  measurements.with_respect_to = "inputs";
  measurements.command = "relu0 gate 'm.pt'";
  measurements.environment = {{"processor", "A"}};
  measurements.plan = {.precisions = {Precision::bf16, Precision::fp64},
                       .pairs = {{.kink = "max-pool-tie", .a = "first", .b = "last"}},
                       .luck = {LuckKind::calls, LuckKind::split}};
  measurements.tensors = {{.name = "w", .elements = 3, .between_mini_batches = 0.1},
                          {.name = "NaN", .elements = 1, .between_mini_batches = {}}};
  KinkSite site;
  site.operation = "aten::relu";
  site.kink = "relu";
  site.source = {.file = "m.py", .line = 4, .text = "relu(x)"};
  site.controlled = true;
  site.counts.push_back({.precision = Precision::bf16,
                         .elements = 5,
                         .positive_zeros = 1,
                         .negative_zeros = 2,
                         .flushed = 3,
                         .other = 4,
                         .reached = 6,
                         .nan_inputs = 7,
                         .first_hit = 8,
                         .first_nan = {}});
  site.probes = {{.pair = measurements.plan.pairs[0],
                  .change = std::numeric_limits<double>::infinity(),
                  .tensor = "w",
                  .mini_batch = 1}};
  measurements.kinks = {site};
  PrecisionResults results;
  results.precision = Precision::bf16;
  results.operations = 12;
  results.comparisons = {{.pair = measurements.plan.pairs[0],
                          .mini_batches = 3,
                          .impacted = 1,
                          .first_impacted = 2,
                          .changes = {{.tensor = "w", .change = std::nan(""), .mini_batch = 2}},
                          .control = Control{.mini_batches = 1, .differing = 1, .first_differing = 0}}};
  results.gradients = Gradients{.mini_batches = 3,
                                .tensors = {{.tensor = "w",
                                             .smallest_norm = 5e-324,
                                             .largest_norm = 0.1,
                                             .nans = 1,
                                             .infinite = 2,
                                             .first_non_finite = 0}},
                                .zero_mini_batches = 1,
                                .first_zero_mini_batch = 2};
  results.errors = {
      {.tensor = "w", .relative_l2 = 1.0 / 3, .ulps = 2, .mini_batch = 1, .plain_relative_l2 = {}}};
  results.luck = {
      {.kind = LuckKind::split, .what = "halves", .mini_batches = 1, .same_bits = true, .changes = {}}};
  results.reference = {{.tensor = "w",
                        .relative_l2 = 0.25,
                        .ulps = 3,
                        .bound = 1e-40,
                        .mini_batch = 0,
                        .on_segment = false,
                        .off_segment = 0.125}};
  results.zero_origins = {
      {.operation = "aten::relu in act", .structural = 4, .exact = 3, .rounding = 2, .undecided = 1}};
  measurements.precisions = {results};
  measurements.reference_gaps = {{.operation = "aten::gelu", .source = site.source, .why = "unknown"}};
  measurements.not_seen = {"Dropout was left on."};
  measurements.aborted = "killed";
  return measurements;
}

TEST(GateFields, ReadBackWhatTheyWrote) {
  const Measurements original = sample();
  const std::string text = measurements_text(original);
  const Measurements read = read_measurements(text, "m.json");
  EXPECT_EQ(measurements_text(read), text);
  EXPECT_EQ(read.precisions[0].errors[0].relative_l2, 1.0 / 3);
  EXPECT_EQ(read.precisions[0].gradients->tensors[0].smallest_norm, 5e-324);
  EXPECT_TRUE(std::isnan(read.precisions[0].comparisons[0].changes[0].change));
  EXPECT_TRUE(std::isinf(read.kinks[0].probes[0].change));
  EXPECT_EQ(read.precisions[0].summands, std::nullopt);
  EXPECT_EQ(read.precisions[0].errors[0].plain_relative_l2, std::nullopt);
  EXPECT_EQ(read.tensors[1].name, "NaN");
  EXPECT_EQ(read.tensors[1].between_mini_batches, std::nullopt);
  EXPECT_EQ(read.plan.luck, original.plan.luck);
  EXPECT_EQ(read.plan.precisions, original.plan.precisions);
  EXPECT_EQ(read.kinks[0].counts[0].hits(), 10);
  EXPECT_EQ(read.aborted, "killed");
}

TEST(GateFields, KeepChecksWithAndWithoutAPrecision) {
  Check check;
  check.rule = "nan";
  check.verdict = CheckVerdict::fail;
  check.seen = std::nan("");
  EXPECT_EQ(decode<Check>(encode(check)).precision, std::nullopt);
  check.precision = Precision::tf32;
  const Check read = decode<Check>(encode(check));
  EXPECT_EQ(read.precision, Precision::tf32);
  EXPECT_EQ(read.verdict, CheckVerdict::fail);
  EXPECT_TRUE(std::isnan(*read.seen));
}

TEST(GateFields, RefuseWhatIsNoMeasurement) {
  const auto error_of = [](const std::string& text) {
    return input_error_of([&text] { read_measurements(text, "m.json"); });
  };
  EXPECT_THAT(error_of("{"), HasSubstr("m.json: holds no measurements"));
  EXPECT_THAT(error_of("[]"), HasSubstr("holds no measurements"));
  EXPECT_THAT(error_of("{\"format\": 3}"), HasSubstr("holds no measurements"));
  std::string text = measurements_text(sample());
  const std::string version = "\"version\": 1";
  text.replace(text.find(version), version.size(), "\"version\": 2");
  EXPECT_THAT(error_of(text), HasSubstr("is of version 2, and this relu0 reads version 1"));
  text = measurements_text(sample());
  const std::string name = "\"bf16\"";
  text.replace(text.find(name), name.size(), "\"bf17\"");
  EXPECT_THAT(error_of(text), HasSubstr("unknown precision 'bf17'"));
  text = measurements_text(sample());
  EXPECT_THAT(error_of(text.substr(0, text.size() / 2)), HasSubstr("holds no measurements"));
}

}  // namespace
}  // namespace relu0::gate
