#include "reports/codec/stored_values.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/measurements/zone_shape.hpp"
#include "suites/tests/numbers.hpp"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::infinity;

using nlohmann::json;

// Outcomes with values at the edges, and the rows that relu0 wrote of the same outcomes before schema version
// 4, with its other words for non-finite numbers and its text for packed ones.

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double subnormal = std::numeric_limits<double>::denorm_min();

SweepOutcome edge_sweep() {
  SweepOutcome outcome;
  outcome.minibatches = 3;
  outcome.minibatches_with_zeros = 2;
  outcome.images = 700;
  outcome.zeros = {0, 5'000'000'000};
  outcome.samples_with_zeros = 4;
  outcome.first_with_zeros = 0;
  outcome.deterministic = false;
  outcome.rules.resize(2);
  outcome.rules[0].impacted = 1;
  outcome.rules[0].first_impacted = 1;
  outcome.rules[0].first_image = 300;
  outcome.rules[0].relative_l2 = {not_a_number, infinity, -infinity, -0.0, subnormal, 0.1};
  outcome.rules[1].rule = Rule::published_code;
  return outcome;
}

DivergenceOutcome edge_divergence() {
  DivergenceOutcome outcome;
  outcome.iterations = 6;
  outcome.min_absolute_pre_activation = {not_a_number, infinity, -infinity, -0.0, subnormal, 0.1};
  outcome.control_distance = {0, 0, 0, 0, infinity, not_a_number};
  outcome.first_non_finite = 4;
  outcome.rules = {
      {.rule = Rule::chain_rule, .first_different = {}, .distance = {0, 0, 0, 0, 0, -0.0}},
      {.rule = Rule::published_code, .first_different = 2, .distance = {0, 0, 1e-300, 1, 2, not_a_number}}};
  return outcome;
}

ZeroTrainingOutcome edge_zero_training() {
  ZeroTrainingOutcome outcome;
  outcome.epochs = {{.iterations = 469, .zeros = 0, .relu_inputs = 9'000'000'000}, {}};
  outcome.minibatches = 469;
  outcome.deterministic = false;
  return outcome;
}

ZoneShapeOutcome edge_zone_shape() {
  ZoneSlice slice;
  slice.iteration = 41;
  slice.side = 2;
  slice.half_width = 5e-6;
  slice.fp32 = {not_a_number, -infinity, -0.0, 0x1p-149};
  slice.fp64 = {not_a_number, infinity, subnormal, 0.1};
  slice.reference = {-0.0, 0, 1.0 / 3, -subnormal};
  slice.reference_bound = infinity;
  slice.zeros.points = 1;
  slice.zeros.largest = not_a_number;
  slice.repeatable = true;
  return {.iterations = 42, .slice = slice};
}

ReferenceErrorOutcome edge_reference_error() {
  TensorError tensor;
  tensor.name = "layer1.weight";
  tensor.elements = 4;
  tensor.difference_l2 = not_a_number;
  tensor.truth_l2 = subnormal;
  tensor.libtorch_l2 = infinity;
  tensor.inner_product = -infinity;
  tensor.max_error = -0.0;
  tensor.worst = WorstElement{.index = 3, .value = -infinity, .truth = 0.1, .ulps = not_a_number};
  tensor.ulps.exact = 1;
  tensor.ulps.count(1e-30);
  tensor.ulps.count(1e30);
  tensor.ulps.count(infinity);
  TensorError untouched;
  untouched.name = "";
  ReferenceErrorOutcome outcome;
  outcome.bits = 128;
  outcome.capped = true;
  outcome.true_zeros = {.structural = 1, .exact = 2, .rounding = 3, .undecided = 4};
  outcome.precisions.resize(2);
  outcome.precisions[0].precision = Precision::bf16;
  outcome.precisions[0].emulated = true;
  ChoiceError first;
  first.kinks.relu = {.value = -0.5, .rule = Rule::chain_rule};
  first.tensors = {tensor, untouched};
  ChoiceError second;
  second.kinks.relu = {.value = 1, .rule = Rule::published_code};
  second.same_as = 0;
  second.from_first_l2 = infinity;
  outcome.precisions[0].choices = {first, second};
  return outcome;
}

ZeroOriginsOutcome edge_zero_origins() {
  ZeroOriginsOutcome outcome;
  outcome.minibatches = 10;
  outcome.layers = {{.layer = "relu1", .zeros = {.rounding = 6}}, {.layer = "", .zeros = {}}};
  outcome.magnitudes = {0.25, infinity, not_a_number, subnormal, 0, 1e308};
  outcome.deterministic = false;
  outcome.true_zeros.exact = 5;
  return outcome;
}

constexpr const char* older_sweep =
    R"json({"deterministic":false,"first_reached":null,"first_with_zeros":0,"images":700,"minibatches":3,
"minibatches_reached":0,"minibatches_with_zeros":2,"rules":{"chain-rule":{"first_image":300,
"first_impacted":1,"first_layer":null,"impacted":1,"relative_l2":["nan","inf","-inf",-0.0,5e-324,0.1]},
"published-code":{"first_image":null,"first_impacted":null,"first_layer":null,"impacted":0,
"relative_l2":[]}},"samples_with_zeros":4,"zeros":[0,5000000000]})json";

constexpr const char* older_divergence =
    R"json({"control_distance":[0.0,0.0,0.0,0.0,"inf","nan"],"deterministic":true,"first_non_finite":4,
"first_zero":null,"iterations":6,"min_absolute_pre_activation":["nan","inf","-inf",-0.0,5e-324,0.1],
"rules":{"chain-rule":{"distance":[0.0,0.0,0.0,0.0,0.0,-0.0],"first_different":null},
"published-code":{"distance":[0.0,0.0,1e-300,1.0,2.0,"nan"],"first_different":2}}})json";

constexpr const char* older_zero_training =
    R"json({"deterministic":false,"epochs":[{"iterations":469,"relu_inputs":9000000000,"zeros":0},{"iterations":0,
"relu_inputs":0,"zeros":0}],"first_non_finite":null,"minibatches":469})json";

constexpr const char* older_zone_shape =
    R"json({"iterations":42,"slice":{"alike_places":0,"centre_is_zero":false,
"fp32":{"encoding":"base64 of little-endian binary32","values":"AADAfwAAgP8AAACAAQAAAA=="},
"fp64":{"encoding":"base64 of little-endian binary64",
"values":"AAAAAAAA+H8AAAAAAADwfwEAAAAAAAAAmpmZmZmZuT8="},"half_width":5e-06,"iteration":41,"neuron":0,
"reference":{"encoding":"base64 of little-endian binary64",
"values":"AAAAAAAAAIAAAAAAAAAAAFVVVVVVVdU/AQAAAAAAAIA="},"reference_bound":"inf","reference_undecided":0,
"repeatable":true,"sample":0,"side":2,"zeros":{"largest":"nan","largest_share_of_bound":0.0,"points":1,
"rounding":0,"rounding_at_same_parameters":0}}})json";

constexpr const char* older_reference_error =
    R"json({"bits":128,"capped":true,"precisions":[{"choices":[{"from_first_l2":0.0,
"rule":"chain-rule","s":-0.5,"same_as":null,"tensors":[{"difference_l2":"nan",
"elements":4,"inner_product":"-inf","libtorch_l2":"inf","max_error":-0.0,"name":"layer1.weight",
"non_finite":0,"proven_bits":0,"sign_flips":0,"truth_l2":5e-324,"ulps":{"binades":{"-10":1,"64":1},"exact":1,
"non_finite":1},"undecided":0,"vanished":0,"worst":{"index":3,"radius":0.0,"truth":0.1,"ulps":"nan","value":"-inf"}},
{"difference_l2":0.0,"elements":0,"inner_product":0.0,"libtorch_l2":0.0,"max_error":0.0,
"name":"","non_finite":0,"proven_bits":0,"sign_flips":0,"truth_l2":0.0,"ulps":{"binades":{},"exact":0,"non_finite":0},
"undecided":0,"vanished":0,"worst":null}]},{"from_first_l2":"inf","rule":"published-code","s":1.0,
"same_as":0,"tensors":[]}],"deterministic":false,"emulated":true,"non_finite":0,"precision":"bf16",
"zeros":0},{"choices":[],"deterministic":false,"emulated":false,"non_finite":0,"precision":"fp32",
"zeros":0}],"proven_bits":0,"relu_inputs":0,"true_zeros":{"exact":2,"rounding":3,"structural":1,"undecided":4}})json";

constexpr const char* older_zero_origins =
    R"json({"deterministic":false,"images":0,"layers":[{"layer":"relu1","zeros":{"exact":0,"rounding":6,
"structural":0,"undecided":0}},{"layer":"","zeros":{"exact":0,"rounding":0,"structural":0,
"undecided":0}}],"magnitudes":[0.25,"inf","nan",5e-324,0.0,1e+308],"minibatches":10,"most_bits":0,
"relu_inputs":0,"surveyed":0,"true_zeros":{"exact":5,"rounding":0,"structural":0,"undecided":0}})json";

json restored_text(const std::string& text) { return restored_values({.text = text, .numbers = {}}); }

/// The outcome after it was kept in a store as this version keeps it.
template <typename Kind>
typename Kind::Outcome through_store(const typename Kind::Outcome& outcome) {
  return Kind::decode(restored_values(stored_values(Kind::encode(outcome))));
}

/// An outcome comes back from a store bit for bit, the row of an older store is read as the same outcome, and
/// the two are the same to whoever compares stores.
template <typename Kind>
void expect_same(const typename Kind::Outcome& outcome, const std::string& older_row) {
  const std::string expected = canonical_text(Kind::encode(outcome));
  EXPECT_EQ(canonical_text(Kind::encode(through_store<Kind>(outcome))), expected);
  const json older = restored_text(older_row);
  EXPECT_EQ(canonical_text(older), expected);
  EXPECT_EQ(canonical_text(Kind::encode(Kind::decode(older))), expected);
}

TEST(StoredOutcome, OfSweepIsTheSameInEachEncoding) { expect_same<Sweep>(edge_sweep(), older_sweep); }

TEST(StoredOutcome, OfDivergenceIsTheSameInEachEncoding) {
  expect_same<Divergence>(edge_divergence(), older_divergence);
}

TEST(StoredOutcome, OfZerosInTrainingIsTheSameInEachEncoding) {
  expect_same<ZerosInTraining>(edge_zero_training(), older_zero_training);
}

TEST(StoredOutcome, OfZoneShapeIsTheSameInEachEncoding) {
  expect_same<ZoneShape>(edge_zone_shape(), older_zone_shape);
}

TEST(StoredOutcome, OfReferenceErrorIsTheSameInEachEncoding) {
  expect_same<ReferenceError>(edge_reference_error(), older_reference_error);
}

TEST(StoredOutcome, OfZeroOriginsIsTheSameInEachEncoding) {
  expect_same<ZeroOrigins>(edge_zero_origins(), older_zero_origins);
}

TEST(StoredOutcome, OfAStreamIsThatOfASweep) { expect_same<Stream>(edge_sweep(), older_sweep); }

TEST(StoredOutcome, MayBeEmpty) {
  expect_same<Sweep>({}, canonical_text(Sweep::encode({})));
  expect_same<ZoneShape>({.iterations = 938, .slice = {}}, R"({"iterations":938,"slice":null})");
}

TEST(StoredOutcome, OfASweepBeforeItsStagesWereKept) {
  json older = restored_text(older_sweep);
  for (const char* stage : {"first_with_zeros", "first_reached", "minibatches_reached"}) {
    older.erase(stage);
  }
  const SweepOutcome outcome = Sweep::decode(older);
  EXPECT_EQ(outcome.first_with_zeros, std::nullopt);
  EXPECT_EQ(outcome.first_reached, std::nullopt);
  EXPECT_EQ(outcome.minibatches_reached, 0);
  EXPECT_EQ(outcome.images, 700);
}

TEST(StoredOutcome, OfAReferenceErrorByTheAgreementOfTwoPrecisions) {
  json older = restored_text(older_reference_error);
  older.erase("bits");
  older.erase("proven_bits");
  older["check_bits"] = 128;
  older["truth_bits"] = 192;
  older["agreed_bits"] = 117;
  json& tensor = older["precisions"][0]["choices"][0]["tensors"][0];
  tensor.erase("proven_bits");
  tensor["agreed_bits"] = 117;
  tensor["worst"].erase("radius");
  const ReferenceErrorOutcome outcome = ReferenceError::decode(older);
  EXPECT_EQ(outcome.proven_bits, 0) << "agreement proves nothing";
  EXPECT_EQ(outcome.precisions[0].choices[0].tensors[0].elements, 4);
  EXPECT_EQ(outcome.precisions[0].choices[0].tensors[0].proven_bits, 0);
}

TEST(StoredOutcome, ThatIsDamagedSaysWhere) {
  const auto error_after = [](const std::string& pointer, const json& value) -> std::string {
    json damaged = ReferenceError::encode(edge_reference_error());
    damaged[json::json_pointer(pointer)] = value;
    try {
      (void)ReferenceError::decode(damaged);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "no StoreError";
  };
  EXPECT_THAT(error_after("/precisions/0/choices/1/rule", "another"),
              testing::HasSubstr("precisions/0/choices/1/rule: "));
  EXPECT_THAT(error_after("/precisions/0/choices/0/tensors/1/elements", "many"),
              testing::HasSubstr("precisions/0/choices/0/tensors/1/elements: expected a whole number"));
  EXPECT_THAT(error_after("/true_zeros", 3), testing::HasSubstr("true_zeros: expected an object"));
}

}  // namespace
}  // namespace relu0
