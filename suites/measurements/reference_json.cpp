#include "suites/measurements/reference_json.hpp"

#include "reports/codec/fields.hpp"
#include "suites/measurements/reading_measurement.hpp"

#include <map>

namespace relu0 {

void fields(Fields& f, ZeroCounts& counts) {
  f("structural", counts.structural);
  f("exact", counts.exact);
  f("rounding", counts.rounding);
  f("undecided", counts.undecided);
}

void fields(Fields& f, UlpDistribution& ulps) {
  f("exact", ulps.exact);
  // Binades without an element are left out.
  std::map<int, std::int64_t> binades;
  for (std::size_t i = 0; i < ulps.binades.size(); ++i) {
    if (ulps.binades[i] != 0) {
      binades[UlpDistribution::lowest + static_cast<int>(i)] = ulps.binades[i];
    }
  }
  f("binades", binades);
  ulps.binades.fill(0);
  for (const auto& [binade, count] : binades) {
    const bool known = binade >= UlpDistribution::lowest && binade <= UlpDistribution::highest;
    f.require(known, "binades", fmt::format("has a binade {} beyond the limits", binade));
    ulps.binades.at(static_cast<std::size_t>(binade - UlpDistribution::lowest)) = count;
  }
  f("non_finite", ulps.non_finite);
}

void fields(Fields& f, WorstElement& worst) {
  f("index", worst.index);
  f("value", worst.value);
  f("truth", worst.truth);
  f("ulps", worst.ulps);
}

void fields(Fields& f, TensorError& tensor) {
  f("name", tensor.name);
  f("elements", tensor.elements);
  f("agreed_bits", tensor.agreed_bits);
  f("undecided", tensor.undecided);
  f("non_finite", tensor.non_finite);
  f("sign_flips", tensor.sign_flips);
  f("vanished", tensor.vanished);
  f("difference_l2", tensor.difference_l2);
  f("truth_l2", tensor.truth_l2);
  f("libtorch_l2", tensor.libtorch_l2);
  f("inner_product", tensor.inner_product);
  f("max_error", tensor.max_error);
  f("worst", tensor.worst);
  f("ulps", tensor.ulps);
}

void fields(Fields& f, ChoiceError& choice) {
  f("s", choice.relu_at_zero.value);
  f.named("rule", choice.relu_at_zero.rule, parse_rule);
  f("same_as", choice.same_as);
  f("from_first_l2", choice.from_first_l2);
  f("tensors", choice.tensors);
}

void fields(Fields& f, PrecisionError& precision) {
  f.named("precision", precision.precision, parse_precision);
  f("emulated", precision.emulated);
  f("deterministic", precision.deterministic);
  f("zeros", precision.zeros);
  f("non_finite", precision.non_finite);
  f("choices", precision.choices);
}

void fields(Fields& f, ReferenceErrorOutcome& outcome) {
  f("check_bits", outcome.check_bits);
  f("truth_bits", outcome.truth_bits);
  f("agreed_bits", outcome.agreed_bits);
  f("capped", outcome.capped);
  f("relu_inputs", outcome.relu_inputs);
  f("true_zeros", outcome.true_zeros);
  f("precisions", outcome.precisions);
}

void fields(Fields& f, LayerZeroOrigins& layer) {
  f("layer", layer.layer);
  f("zeros", layer.zeros);
}

void fields(Fields& f, ZeroOriginsOutcome& outcome) {
  f("minibatches", outcome.minibatches);
  f("images", outcome.images);
  f("relu_inputs", outcome.relu_inputs);
  f("layers", outcome.layers);
  f("magnitudes", outcome.magnitudes);
  f("deterministic", outcome.deterministic);
  f("surveyed", outcome.surveyed);
  f("true_zeros", outcome.true_zeros);
  f("most_bits", outcome.most_bits);
}

nlohmann::json to_json(const ReferenceErrorOutcome& outcome) { return encode(outcome); }

ReferenceErrorOutcome reference_error_from_json(const nlohmann::json& from) {
  return reading_measurement("a comparison with the reference",
                             [&from] { return decode<ReferenceErrorOutcome>(from); });
}

nlohmann::json to_json(const ZeroOriginsOutcome& outcome) { return encode(outcome); }

ZeroOriginsOutcome zero_origins_from_json(const nlohmann::json& from) {
  return reading_measurement("a search for zeros", [&from] { return decode<ZeroOriginsOutcome>(from); });
}

}  // namespace relu0
