#include "analysis/statistics/statistics.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"
#include "suites/gate/policy/policy.hpp"
#include "suites/gate/policy/policy_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// The smallest decimal number of two significant digits that is not below `value`, as the double next to it.
double rounded_up(double value) {
  double result = 0;
  for (double aim = value; result < value; aim += value / 200) {
    const std::string text = fmt::format("{:.1e}", aim);
    std::from_chars(text.data(), text.data() + text.size(), result);
  }
  return result;
}

/// What was found of one limit at one precision.
struct Found {
  double largest = 0;
  double largest_useful = 1;
};

class Suggestion {
 public:
  void add(const Measurements& run) {
    require_usable(run);
    ++runs_;
    std::int64_t& of_inputs = mini_batches_[run.inputs.sha256];
    const std::int64_t different = run.inputs.mini_batches - run.inputs.copies;
    of_inputs = std::max(of_inputs, different);
    fewest_ = std::min(fewest_.value_or(different), different);
    for (const PrecisionResults& results : run.precisions) {
      add_precision(run, results);
    }
  }

  [[nodiscard]] std::string text() const {
    const std::int64_t mini_batches =
        std::accumulate(mini_batches_.begin(), mini_batches_.end(), std::int64_t{0},
                        [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
    const auto beyond = static_cast<double>(mini_batches) + 1;
    std::string result = toml_comment(fmt::format(
        "Suggested by relu0 from {} with {}. Each limit is the largest "
        "figure that was measured, rounded up to two digits. A further mini-batch like these "
        "exceeds a given limit with a probability of at most 1/{:.0f} = {:.2g}.",
        count_text(runs_, "run"), count_text(mini_batches, "different mini-batch"), beyond, 1 / beyond));
    result += "\nversion = 1\n\n[limits]\n";
    result += setting_text(
                  Limit::mini_batches,
                  {.warn = {},
                   .fail = Threshold{.value = static_cast<double>(fewest_.value_or(1)), .derived = false}}) +
              "\n";
    for (const auto& [precision, limits] : found_) {
      result += fmt::format("\n[[override]]\nprecision = \"{}\"\n", name(precision));
      for (const auto& [limit, found] : limits) {
        result += line(limit, found);
      }
    }
    return result;
  }

 private:
  static void require_usable(const Measurements& run) {
    const auto refuse = [](std::string_view why) {
      throw InputError(
          fmt::format("no policy can be suggested from a run that {}; correct that first, then "
                      "measure again",
                      why));
    };
    if (run.aborted) {
      refuse("did not come to its end");
    }
    if (run.inputs.mini_batches < 1) {
      refuse("measured no mini-batch");
    }
    for (const PrecisionResults& results : run.precisions) {
      if (results.gradients &&
          std::any_of(results.gradients->tensors.begin(), results.gradients->tensors.end(),
                      [](const auto& gradient) { return gradient.nans != 0; })) {
        refuse("met a NaN");
      }
    }
  }

  void widen(Precision precision, Limit limit, double figure, double useful) {
    if (std::isnan(figure)) {
      throw InputError(
          "no policy can be suggested from a run with a figure that is NaN; correct that first, "
          "then measure again");
    }
    Found& found =
        found_[precision].try_emplace(limit, Found{.largest = 0, .largest_useful = useful}).first->second;
    found.largest = std::max(found.largest, figure);
    found.largest_useful = std::min(found.largest_useful, useful);
  }

  void add_precision(const Measurements& run, const PrecisionResults& results) {
    const Precision precision = results.precision;
    const auto useful = [&run](const std::string& tensor) {
      const auto found = std::find_if(run.tensors.begin(), run.tensors.end(),
                                      [&tensor](const auto& facts) { return facts.name == tensor; });
      return largest_useful_difference(found == run.tensors.end() ? TensorFacts{} : *found);
    };
    for (const PairComparison& comparison : results.comparisons) {
      widen(precision, Limit::impacted_share,
            clopper_pearson({.successes = comparison.impacted, .trials = comparison.mini_batches},
                            share_confidence)
                .high,
            std::nextafter(1.0, 0.0));
      for (const TensorChange& change : comparison.changes) {
        widen(precision, Limit::value_change, change.change, useful(change.tensor));
      }
    }
    for (const TensorError& error : results.errors) {
      widen(precision, Limit::relative_error, error.relative_l2, useful(error.tensor));
    }
    for (const Luck& luck : results.luck) {
      for (const TensorChange& change : luck.changes) {
        widen(precision, limit_on(luck.kind), change.change, useful(change.tensor));
      }
    }
    for (const ReferenceError& error : results.reference) {
      widen(precision, Limit::reference_error, error.relative_l2 + error.bound, useful(error.tensor));
    }
  }

  static std::string line(Limit limit, const Found& found) {
    const double value = rounded_up(found.largest);
    // No more than what was found is useful, where rounding it up is not.
    const double kept = value <= found.largest_useful ? value : found.largest;
    if (kept > found.largest_useful) {
      return fmt::format("{}\n{}\n",
                         toml_comment(fmt::format("{} was measured, and the zero gradient or that of another "
                                                  "mini-batch would pass such a limit: no useful one is met.",
                                                  toml_number(found.largest))),
                         setting_text(limit, {}));
    }
    return setting_text(limit, {.warn = {}, .fail = Threshold{.value = kept, .derived = false}}) + "\n";
  }

  std::int64_t runs_ = 0;
  /// By the checksum of the inputs: the same mini-batches again are no further evidence.
  std::map<std::string, std::int64_t> mini_batches_;
  std::optional<std::int64_t> fewest_;
  std::map<Precision, std::map<Limit, Found>> found_;
};

}  // namespace

std::string suggest_policy(std::span<const Measurements> runs) {
  if (runs.empty()) {
    throw InputError("no policy can be suggested from no run; measure first");
  }
  Suggestion suggestion;
  for (const Measurements& run : runs) {
    suggestion.add(run);
  }
  return suggestion.text();
}

}  // namespace relu0::gate
