#pragma once
#include "suites/measurements/divergence.hpp"
#include "suites/measurements/kink_survey.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/measurements/zero_law.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/measurements/zone_shape.hpp"

namespace relu0::test {

/// A sweep over all images of MNIST, whose first impacted mini-batch, under both rules, is the 21st.
SweepOutcome swept(bool impacted, bool deterministic = true);

/// Two trainings of 100 iterations that drift apart at once under both rules, or not at all.
DivergenceOutcome trained(bool apart);

/// What a comparison with the reference could give in a setting: a parameter "layer1.weight" of 100 elements,
/// of norm 10, off by `error`, whose gradient moves by `effect` where s is 1, under the rule given.
struct SyntheticComparison {
  double error = 0.1;
  double effect = 0;
  Rule rule = Rule::published_code;
  std::int64_t undecided = 0;
  bool deterministic = true;
  int bits = 128;
};
ReferenceErrorOutcome outcome_of(const Setting& setting, const SyntheticComparison& synthetic);

/// A search that met these zeros at the ReLU "relu1", and surveyed as many inputs.
ZeroOriginsOutcome outcome_of(const ZeroCounts& zeros, bool deterministic = true);

/// A training that met a zero, with a slice of 4 × 4 points of which so many are exactly 0 at each precision,
/// rounding zeros all.
struct SyntheticSlice {
  std::int64_t fp32_zeros = 3;
  std::int64_t fp64_zeros = 0;
  bool centre_is_zero = true;
  bool repeatable = true;
};
ZoneShapeOutcome outcome_of(const SyntheticSlice& synthetic);

/// 256 images through two ReLUs alike, of which each met so many zeros, with a flat density by which so many
/// were to be expected.
struct SyntheticLaw {
  std::int64_t counted = 40;
  std::int64_t expected = 40;
  std::int64_t structural = 0;
  bool deterministic = true;
};
ZeroLawOutcome outcome_of(const SyntheticLaw& synthetic);

/// Ten mini-batches of a network with these kinds of kink, each of which met every kind once in so many of
/// them, the gradient changing by 1/8 (by the mean by 1/16) in `impacted` of these; of each kind so many hits
/// were explained.
struct SyntheticKinks {
  std::vector<Kink> kinks{Kink::relu};
  std::int64_t hit = 4;
  std::int64_t impacted = 2;
  ZeroCounts origins{};
  bool deterministic = true;
};
KinkSurveyOutcome outcome_of(const SyntheticKinks& synthetic);

}  // namespace relu0::test
