#include "suites/gate/completeness.hpp"

#include "fixtures/count_text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// Adds the checks of one precision.
class Completeness {
 public:
  Completeness(CheckList& list, const Measurements& measurements, Precision precision)
      : list_(list), measurements_(measurements) {
    subject_.precision = precision;
  }

  void check() {
    const auto& all = measurements_.precisions;
    const auto times = std::count_if(all.begin(), all.end(), [this](const PrecisionResults& results) {
      return results.precision == *subject_.precision;
    });
    if (times != 1) {
      missing(fmt::format("there are {} lists of results instead of one", times));
      return;
    }
    const PrecisionResults& results = *measurements_.at(*subject_.precision);
    check_comparisons(results);
    check_gradients(results);
    if (measurements_.plan.errors && results.precision != Precision::fp64) {
      check_tensors(results.errors, "errors against fp64");
    }
    check_luck(results);
    check_reference(results);
    check_counts();
  }

 private:
  void missing(const std::string& what) {
    list_.add(rule_missing_measurement, CheckVerdict::fail, subject_,
              fmt::format("at {}, {}", name(*subject_.precision), what));
  }

  /// Each tensor of the model once; where `reached`, those that no gradient reaches may be missing.
  template <class Item>
  void check_tensors(const std::vector<Item>& items, const std::string& what, bool reached = false) {
    std::map<std::string_view, int> times;
    for (const TensorFacts& tensor : measurements_.tensors) {
      times[tensor.name] = 0;
    }
    for (const Item& item : items) {
      ++times[item.tensor];
    }
    for (const TensorFacts& tensor : measurements_.tensors) {
      const int found = times.at(tensor.name);
      const bool may_be_missing = reached && tensor.elements == 0;
      if (found != 1 && !(found == 0 && may_be_missing)) {
        subject_.tensor = tensor.name;
        missing(fmt::format("there are {} {} of '{}' instead of one", found, what, tensor.name));
      }
      times.erase(tensor.name);
    }
    subject_.tensor.clear();
    for (const auto& [unknown, found] : times) {
      missing(fmt::format("there are {} of '{}', which is none of the model's tensors", what, unknown));
    }
  }

  void check_mini_batches(std::int64_t measured, const std::string& what) {
    if (measured != measurements_.inputs.mini_batches) {
      missing(fmt::format("{} covers {} of {}", what, measured,
                          count_text(measurements_.inputs.mini_batches, "mini-batch")));
    }
  }

  void check_comparisons(const PrecisionResults& results) {
    for (const ValuePair& pair : measurements_.plan.pairs) {
      subject_.kink = pair.kink;
      subject_.values = text(pair);
      const std::string what = fmt::format("the comparison of {} = {}", pair.kink, text(pair));
      const auto found = std::find_if(results.comparisons.begin(), results.comparisons.end(),
                                      [&pair](const auto& comparison) { return comparison.pair == pair; });
      if (found == results.comparisons.end()) {
        missing(what + " is missing");
      } else {
        check_comparison(*found, what);
      }
    }
    subject_.kink.clear();
    subject_.values.clear();
  }

  void check_comparison(const PairComparison& comparison, const std::string& what) {
    check_mini_batches(comparison.mini_batches, what);
    if (!is_consistent(comparison)) {
      missing(fmt::format("{} contradicts itself: {} of {} impacted, with these changes", what,
                          comparison.impacted, count_text(comparison.mini_batches, "mini-batch")));
    }
    if (comparison.impacted > 0 || !comparison.changes.empty()) {
      check_tensors(comparison.changes, "a change with " + text(comparison.pair));
    }
    if (comparison.impacted > 0 && (!comparison.control || comparison.control->mini_batches < 1)) {
      missing(what + " has no control: the same choice was not run twice");
    }
  }

  void check_gradients(const PrecisionResults& results) {
    if (!results.gradients) {
      missing("the gradients are missing");
      return;
    }
    check_mini_batches(results.gradients->mini_batches, "the gradients' list");
    check_tensors(results.gradients->tensors, "a gradient");
  }

  void check_luck(const PrecisionResults& results) {
    for (const LuckKind kind : measurements_.plan.luck) {
      const auto found = std::find_if(results.luck.begin(), results.luck.end(),
                                      [kind](const Luck& luck) { return luck.kind == kind; });
      if (found != results.luck.end() && found->failure) {
        continue;
      }
      if (found == results.luck.end() || found->mini_batches < 1) {
        missing(fmt::format("the comparison '{}' of equal calls is missing", name(kind)));
      }
    }
    for (const Luck& luck : results.luck) {
      if (!luck.failure && (!luck.same_bits || !luck.changes.empty())) {
        check_tensors(luck.changes, fmt::format("a change by '{}'", name(luck.kind)));
      }
    }
  }

  /// What the reference left out stands among its gaps; without any it has all tensors.
  void check_reference(const PrecisionResults& results) {
    if (measurements_.plan.reference_mini_batches > 0 && measurements_.reference_gaps.empty() &&
        !measurements_.aborted) {
      check_tensors(results.reference, "errors against the reference", /*reached=*/true);
    }
  }

  void check_counts() {
    for (const KinkSite& site : measurements_.kinks) {
      const auto times =
          std::count_if(site.counts.begin(), site.counts.end(),
                        [this](const KinkCount& count) { return count.precision == *subject_.precision; });
      if (times != 1) {
        subject_.operation = site.operation;
        subject_.module = site.module;
        subject_.kink = site.kink;
        subject_.source = site.source;
        missing(fmt::format("the kink '{}' of {} has {} counts instead of one", site.kink, site.operation,
                            times));
      }
    }
  }

  CheckList& list_;
  const Measurements& measurements_;
  Subject subject_;
};

}  // namespace

bool is_consistent(const PairComparison& comparison) {
  const bool moves = std::any_of(comparison.changes.begin(), comparison.changes.end(),
                                 [](const TensorChange& change) { return change.change != 0; });
  return comparison.mini_batches >= 0 && comparison.impacted >= 0 &&
         comparison.impacted <= comparison.mini_batches && (comparison.impacted > 0 || !moves);
}

void require_complete(CheckList& list, const Measurements& measurements) {
  const auto require = [&list](bool there, std::string_view what) {
    if (!there) {
      list.add(rule_nothing_measured, CheckVerdict::fail, {},
               fmt::format("nothing was measured: there is no {}", what));
    }
  };
  require(measurements.inputs.mini_batches > 0, "mini-batch");
  require(!measurements.tensors.empty(), "tensor with a gradient");
  require(!measurements.plan.precisions.empty(), "precision to measure at");
  // Where there is no kink with choices, there are none to compare.
  const bool has_choices = std::any_of(measurements.kinks.begin(), measurements.kinks.end(),
                                       [](const KinkSite& site) { return site.controlled; });
  require(!measurements.plan.pairs.empty() || !has_choices, "pair of choices to compare");
  const std::set<Precision> planned(measurements.plan.precisions.begin(), measurements.plan.precisions.end());
  for (const Precision precision : planned) {
    Completeness(list, measurements, precision).check();
  }
}

}  // namespace relu0::gate
