#include "suites/experiments/sweep_evidence.hpp"

#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace relu0 {

const RuleOutcome& SweepEvidence::under(Rule rule, std::size_t draw) const {
  const auto& rules = draws.at(draw).rules;
  const auto found =
      std::find_if(rules.begin(), rules.end(), [rule](const RuleOutcome& r) { return r.rule == rule; });
  if (found == rules.end()) {
    throw StoreError("a measurement in the store lacks one of the two rules; start anew in another folder");
  }
  return *found;
}

namespace {

template <typename Predicate>
Proportion share(const SweepEvidence& evidence, Rule rule, Predicate predicate) {
  Proportion result;
  for (std::size_t i = 0; i < evidence.draws.size(); ++i) {
    ++result.trials;
    result.successes += predicate(evidence.under(rule, i)) ? 1 : 0;
  }
  return result;
}

/// The indices at which networks first differed.
class FirstIndices {
 public:
  void add(const std::optional<std::int64_t>& index) {
    sum_ += index.value_or(0);
    networks_ += index ? 1 : 0;
  }
  [[nodiscard]] std::int64_t networks() const { return networks_; }
  /// "12.0", or "-" where no network differed.
  [[nodiscard]] std::string mean() const {
    return networks_ == 0 ? "-"
                          : fmt::format("{:.1f}", static_cast<double>(sum_) / static_cast<double>(networks_));
  }

 private:
  std::int64_t sum_ = 0;
  std::int64_t networks_ = 0;
};

}  // namespace

Proportion SweepEvidence::in_zone(Rule rule) const {
  return share(*this, rule, [](const RuleOutcome& outcome) { return outcome.first_impacted.has_value(); });
}

Proportion SweepEvidence::in_zone_by_first_layer(Rule rule) const {
  return share(*this, rule, [](const RuleOutcome& outcome) { return outcome.first_layer.has_value(); });
}

std::string SweepEvidence::control() const {
  if (basis().deterministic) {
    return "same bits";
  }
  Proportion any;
  Proportion first_layer;
  FirstIndices firsts;
  FirstIndices firsts_of_layer;
  for (const SweepOutcome& draw : draws) {
    if (!draw.controls) {
      return "differs";
    }
    any.successes += draw.controls->differing;
    any.trials += draw.minibatches;
    first_layer.successes += draw.controls->first_layer_differing;
    first_layer.trials += draw.minibatches;
    firsts.add(draw.controls->first_differing);
    firsts_of_layer.add(draw.controls->first_first_layer);
  }
  return fmt::format(
      "differs on {} mini-batches, in the first layer on {}; mean index of a network's first {} ({} networks "
      "that differ), in the first layer {} ({})",
      wording::fraction(any), wording::fraction(first_layer), firsts.mean(), firsts.networks(),
      firsts_of_layer.mean(), firsts_of_layer.networks());
}

}  // namespace relu0
