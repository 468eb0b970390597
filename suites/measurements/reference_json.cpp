#include "suites/measurements/reference_json.hpp"

#include "suites/measurements/json_numbers.hpp"
#include "suites/measurements/reading_measurement.hpp"

#include <fmt/format.h>

namespace relu0 {

namespace {

using nlohmann::json;

json counts_to_json(const ZeroCounts& counts) {
  return {{"structural", counts.structural},
          {"exact", counts.exact},
          {"rounding", counts.rounding},
          {"undecided", counts.undecided}};
}

ZeroCounts counts_from_json(const json& from) {
  return {.structural = from.at("structural").get<std::int64_t>(),
          .exact = from.at("exact").get<std::int64_t>(),
          .rounding = from.at("rounding").get<std::int64_t>(),
          .undecided = from.at("undecided").get<std::int64_t>()};
}

/// Binades without an element are left out.
json ulps_to_json(const UlpDistribution& ulps) {
  json binades = json::object();
  for (std::size_t i = 0; i < ulps.binades.size(); ++i) {
    if (ulps.binades[i] != 0) {
      binades[std::to_string(UlpDistribution::lowest + static_cast<int>(i))] = ulps.binades[i];
    }
  }
  return {{"exact", ulps.exact}, {"binades", binades}, {"non_finite", ulps.non_finite}};
}

UlpDistribution ulps_from_json(const json& from) {
  UlpDistribution ulps;
  ulps.exact = from.at("exact").get<std::int64_t>();
  ulps.non_finite = from.at("non_finite").get<std::int64_t>();
  for (const auto& [binade, count] : from.at("binades").items()) {
    ulps.binades.at(static_cast<std::size_t>(std::stoi(binade) - UlpDistribution::lowest)) =
        count.get<std::int64_t>();
  }
  return ulps;
}

json worst_to_json(const std::optional<WorstElement>& worst) {
  if (!worst) {
    return nullptr;
  }
  return {{"index", worst->index},
          {"value", number_to_json(worst->value)},
          {"truth", number_to_json(worst->truth)},
          {"ulps", number_to_json(worst->ulps)}};
}

std::optional<WorstElement> worst_from_json(const json& from) {
  if (from.is_null()) {
    return std::nullopt;
  }
  return WorstElement{.index = from.at("index").get<std::int64_t>(),
                      .value = number_from_json(from.at("value")),
                      .truth = number_from_json(from.at("truth")),
                      .ulps = number_from_json(from.at("ulps"))};
}

json tensor_to_json(const TensorError& tensor) {
  return {{"name", tensor.name},
          {"elements", tensor.elements},
          {"agreed_bits", tensor.agreed_bits},
          {"undecided", tensor.undecided},
          {"non_finite", tensor.non_finite},
          {"sign_flips", tensor.sign_flips},
          {"vanished", tensor.vanished},
          {"difference_l2", number_to_json(tensor.difference_l2)},
          {"truth_l2", number_to_json(tensor.truth_l2)},
          {"libtorch_l2", number_to_json(tensor.libtorch_l2)},
          {"inner_product", number_to_json(tensor.inner_product)},
          {"max_error", number_to_json(tensor.max_error)},
          {"worst", worst_to_json(tensor.worst)},
          {"ulps", ulps_to_json(tensor.ulps)}};
}

TensorError tensor_from_json(const json& from) {
  TensorError tensor;
  from.at("name").get_to(tensor.name);
  from.at("elements").get_to(tensor.elements);
  from.at("agreed_bits").get_to(tensor.agreed_bits);
  from.at("undecided").get_to(tensor.undecided);
  from.at("non_finite").get_to(tensor.non_finite);
  from.at("sign_flips").get_to(tensor.sign_flips);
  from.at("vanished").get_to(tensor.vanished);
  tensor.difference_l2 = number_from_json(from.at("difference_l2"));
  tensor.truth_l2 = number_from_json(from.at("truth_l2"));
  tensor.libtorch_l2 = number_from_json(from.at("libtorch_l2"));
  tensor.inner_product = number_from_json(from.at("inner_product"));
  tensor.max_error = number_from_json(from.at("max_error"));
  tensor.worst = worst_from_json(from.at("worst"));
  tensor.ulps = ulps_from_json(from.at("ulps"));
  return tensor;
}

json choice_to_json(const ChoiceError& choice) {
  json tensors = json::array();
  for (const TensorError& tensor : choice.tensors) {
    tensors.push_back(tensor_to_json(tensor));
  }
  return {{"s", choice.kinks.relu.value},
          {"rule", name(choice.kinks.relu.rule)},
          {"same_as", choice.same_as ? json(*choice.same_as) : json(nullptr)},
          {"from_first_l2", number_to_json(choice.from_first_l2)},
          {"tensors", tensors}};
}

ChoiceError choice_from_json(const json& from) {
  ChoiceError choice;
  choice.kinks.relu = {.value = from.at("s").get<double>(),
                       .rule = parse_rule(from.at("rule").get<std::string>())};
  if (!from.at("same_as").is_null()) {
    choice.same_as = from.at("same_as").get<std::size_t>();
  }
  choice.from_first_l2 = number_from_json(from.at("from_first_l2"));
  for (const json& tensor : from.at("tensors")) {
    choice.tensors.push_back(tensor_from_json(tensor));
  }
  return choice;
}

json precision_to_json(const PrecisionError& precision) {
  json choices = json::array();
  for (const ChoiceError& choice : precision.choices) {
    choices.push_back(choice_to_json(choice));
  }
  return {{"precision", name(precision.precision)},   {"emulated", precision.emulated},
          {"deterministic", precision.deterministic}, {"zeros", precision.zeros},
          {"non_finite", precision.non_finite},       {"choices", choices}};
}

PrecisionError precision_from_json(const json& from) {
  PrecisionError precision;
  precision.precision = parse_precision(from.at("precision").get<std::string>());
  from.at("emulated").get_to(precision.emulated);
  from.at("deterministic").get_to(precision.deterministic);
  from.at("zeros").get_to(precision.zeros);
  from.at("non_finite").get_to(precision.non_finite);
  for (const json& choice : from.at("choices")) {
    precision.choices.push_back(choice_from_json(choice));
  }
  return precision;
}

}  // namespace

json to_json(const ReferenceErrorOutcome& outcome) {
  json precisions = json::array();
  for (const PrecisionError& precision : outcome.precisions) {
    precisions.push_back(precision_to_json(precision));
  }
  return {{"check_bits", outcome.check_bits},
          {"truth_bits", outcome.truth_bits},
          {"agreed_bits", outcome.agreed_bits},
          {"capped", outcome.capped},
          {"relu_inputs", outcome.relu_inputs},
          {"true_zeros", counts_to_json(outcome.true_zeros)},
          {"precisions", precisions}};
}

ReferenceErrorOutcome reference_error_from_json(const json& from) {
  return reading_measurement("a comparison with the reference", [&from] {
    ReferenceErrorOutcome outcome;
    from.at("check_bits").get_to(outcome.check_bits);
    from.at("truth_bits").get_to(outcome.truth_bits);
    from.at("agreed_bits").get_to(outcome.agreed_bits);
    from.at("capped").get_to(outcome.capped);
    from.at("relu_inputs").get_to(outcome.relu_inputs);
    outcome.true_zeros = counts_from_json(from.at("true_zeros"));
    for (const json& precision : from.at("precisions")) {
      outcome.precisions.push_back(precision_from_json(precision));
    }
    return outcome;
  });
}

json to_json(const ZeroOriginsOutcome& outcome) {
  json layers = json::array();
  for (const LayerZeroOrigins& layer : outcome.layers) {
    layers.push_back({{"layer", layer.layer}, {"zeros", counts_to_json(layer.zeros)}});
  }
  json magnitudes = json::array();
  for (const double magnitude : outcome.magnitudes) {
    magnitudes.push_back(number_to_json(magnitude));
  }
  return {{"minibatches", outcome.minibatches}, {"images", outcome.images},
          {"relu_inputs", outcome.relu_inputs}, {"layers", layers},
          {"magnitudes", magnitudes},           {"deterministic", outcome.deterministic},
          {"surveyed", outcome.surveyed},       {"true_zeros", counts_to_json(outcome.true_zeros)},
          {"most_bits", outcome.most_bits}};
}

ZeroOriginsOutcome zero_origins_from_json(const json& from) {
  return reading_measurement("a search for zeros", [&from] {
    ZeroOriginsOutcome outcome;
    from.at("minibatches").get_to(outcome.minibatches);
    from.at("images").get_to(outcome.images);
    from.at("relu_inputs").get_to(outcome.relu_inputs);
    for (const json& layer : from.at("layers")) {
      outcome.layers.push_back(
          {.layer = layer.at("layer").get<std::string>(), .zeros = counts_from_json(layer.at("zeros"))});
    }
    for (const json& magnitude : from.at("magnitudes")) {
      outcome.magnitudes.push_back(number_from_json(magnitude));
    }
    from.at("deterministic").get_to(outcome.deterministic);
    from.at("surveyed").get_to(outcome.surveyed);
    outcome.true_zeros = counts_from_json(from.at("true_zeros"));
    from.at("most_bits").get_to(outcome.most_bits);
    return outcome;
  });
}

}  // namespace relu0
