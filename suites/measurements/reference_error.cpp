#include "suites/measurements/reference_error.hpp"

#include "suites/measurements/base/against_reference.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

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
  f.added_later("radius", worst.radius);
}

void fields(Fields& f, TensorError& tensor) {
  f("name", tensor.name);
  f("elements", tensor.elements);
  // Draws of before this one proved nothing: 0.
  f.added_later("proven_bits", tensor.proven_bits);
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
  f("s", choice.kinks.relu.value);
  f.named("rule", choice.kinks.relu.rule, parse_rule);
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
  f.added_later("bits", outcome.bits);
  f.added_later("proven_bits", outcome.proven_bits);
  f("capped", outcome.capped);
  f("relu_inputs", outcome.relu_inputs);
  f("true_zeros", outcome.true_zeros);
  f("precisions", outcome.precisions);
}

std::vector<Precision> ReferenceError::precisions() const {
  std::vector<Precision> result;
  for (const Precision precision : all_precisions) {
    if (share_storage(precision, setting.precision)) {
      result.push_back(precision);
    }
  }
  return result;
}

std::string ReferenceError::contradiction(const ReferenceErrorOutcome& outcome,
                                          const RunSettings& /*settings*/) const {
  std::vector<std::string_view> found;
  for (const PrecisionError& error : outcome.precisions) {
    found.push_back(name(error.precision));
  }
  std::vector<std::string_view> wanted;
  for (const Precision precision : precisions()) {
    wanted.push_back(name(precision));
  }
  return std::is_permutation(found.begin(), found.end(), wanted.begin(), wanted.end())
             ? ""
             : fmt::format("gradients at {}, where they are at {}", fmt::join(found, ", "),
                           fmt::join(wanted, ", "));
}

std::int64_t ReferenceError::images_compared(const RunSettings& settings) const {
  return std::min(setting.batch_size, settings.images_of(setting.data));
}

void ReferenceError::identify(const RunSettings& settings, nlohmann::json& identity) const {
  identity["measured"] = "reference error";
  identity["batch_size"] = images_compared(settings);
  identity["s"] = {settings.s_a, settings.s_b};
  identify_reference_bits(settings, identity);
  // Deep networks began with the bits of shallow ones before, and ended with others.
  if (!is_small(setting.network)) {
    identity["first_run"] = "by layers";
  }
}

std::string ReferenceError::work() const {
  std::vector<std::string_view> names;
  for (const Precision precision : precisions()) {
    names.push_back(name(precision));
  }
  return fmt::format("the gradient at {} against the reference", fmt::join(names, ", "));
}

std::vector<FieldValue> ReferenceError::own_field_values() const {
  std::vector<FieldValue> fields;
  for (const Precision precision : precisions()) {
    if (precision != setting.precision) {
      fields.push_back({"precision", std::string(name(precision))});
    }
  }
  return fields;
}

double ReferenceError::passes(const Network& /*network*/, const RunSettings& settings) const {
  // A forward and backward pass at twice the significand's words, each operation some hundred times as long
  // as one of LibTorch's.
  constexpr double passes_of_reference = 250;
  return static_cast<double>(images_compared(settings)) * passes_of_reference;
}

// Errors of one network after another are much alike: a few show their spread. At quick scale the large
// networks are left out, which take half a minute each and with so few of them decide nothing.
std::int64_t ReferenceError::usual_draws(RunScale scale) const {
  const bool paper = scale == RunScale::paper;
  if (is_small(setting.network)) {
    return paper ? 20 : 2;
  }
  return paper ? 5 : 0;
}

ReferenceError::OutcomeMeasurer ReferenceError::measurer(const Network& network, const GroupData& data,
                                                         const RunSettings& settings, int threads) const {
  ReferenceErrorOptions options;
  options.precisions = precisions();
  options.choices.clear();
  for (const Rule rule : all_rules) {
    for (const double s : {settings.s_a, settings.s_b}) {
      options.choices.push_back({.relu = {.value = s, .rule = rule}});
    }
  }
  options.device = settings.device;
  options.kernel = kernel(settings);
  options.certify = certify_options(settings, threads);
  const auto batch = std::make_shared<Batch>(make_batch(data.dataset(), 0, images_compared(settings)));
  return [&network, batch, options](const Weights& weights, std::uint64_t /*seed*/) {
    return reference_error(network, weights, *batch, options);
  };
}

}  // namespace relu0
