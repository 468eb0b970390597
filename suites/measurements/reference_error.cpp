#include "suites/measurements/reference_error.hpp"

#include "suites/measurements/against_reference.hpp"
#include "suites/measurements/reference_json.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

nlohmann::json ReferenceError::encode(const ReferenceErrorOutcome& outcome) { return to_json(outcome); }

ReferenceErrorOutcome ReferenceError::decode(const nlohmann::json& stored) {
  return reference_error_from_json(stored);
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

std::int64_t ReferenceError::images_compared(const RunSettings& settings) const {
  return std::min(setting.batch_size, settings.images_of(setting.data));
}

void ReferenceError::identify(const RunSettings& settings, nlohmann::json& identity) const {
  identity["measured"] = "reference error";
  identity["batch_size"] = images_compared(settings);
  identity["s"] = {settings.s_a, settings.s_b};
  identify_reference_bits(settings, identity);
}

std::string ReferenceError::work() const {
  std::vector<std::string_view> names;
  for (const Precision precision : precisions()) {
    names.push_back(name(precision));
  }
  return fmt::format("the gradient at {} against the reference", fmt::join(names, ", "));
}

std::vector<Field> ReferenceError::own_fields() const {
  std::vector<Field> fields;
  for (const Precision precision : precisions()) {
    if (precision != setting.precision) {
      fields.push_back({"precision", std::string(name(precision))});
    }
  }
  return fields;
}

double ReferenceError::passes(const Network& /*network*/, const RunSettings& settings) const {
  // Forward and backward passes at twice and three times the significand's words, each operation some fifty
  // times as long as one of LibTorch's.
  constexpr double passes_of_reference = 500;
  return static_cast<double>(images_compared(settings)) * passes_of_reference;
}

// Errors of one network after another are much alike: a few show their spread.
std::int64_t ReferenceError::usual_draws(RunScale scale) const {
  const bool paper = scale == RunScale::paper;
  if (is_small(setting.network)) {
    return paper ? 20 : 3;
  }
  return paper ? 5 : 1;
}

ReferenceError::OutcomeMeasurer ReferenceError::measurer(const Network& network, const GroupData& data,
                                                         const RunSettings& settings, int threads) const {
  ReferenceErrorOptions options;
  options.precisions = precisions();
  options.choices.clear();
  for (const Rule rule : all_rules) {
    for (const double s : {settings.s_a, settings.s_b}) {
      options.choices.push_back({.value = s, .rule = rule});
    }
  }
  options.device = settings.device;
  options.certify = certify_options(settings, threads);
  const auto batch = std::make_shared<Batch>(make_batch(data.dataset(), 0, images_compared(settings)));
  return [&network, batch, options](const Weights& weights, std::uint64_t /*seed*/) {
    return reference_error(network, weights, *batch, options);
  };
}

}  // namespace relu0
