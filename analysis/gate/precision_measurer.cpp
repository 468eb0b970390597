#include "analysis/gate/precision_measurer.hpp"

#include "analysis/autograd/operation_count.hpp"
#include "analysis/gate/gradient_figures.hpp"
#include "analysis/gate/value_pairs.hpp"
#include "fixtures/add_once.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// Whether the values at the kink could matter: a gradient that is 0 at every hit stays 0 whatever it is
/// multiplied by, and whichever of the tied elements it goes to. Where no operation of a kind lets one
/// through, no other operation of that kind, further from the loss, gets one either.
bool meets(const SiteCensus& site, ScriptKink kink) {
  return site.site.kink == kink && site.hits_that_matter > 0;
}

bool meets(const ScriptResult& native, ScriptKink kink) {
  return std::any_of(native.sites.begin(), native.sites.end(),
                     [kink](const SiteCensus& site) { return meets(site, kink); });
}

/// Whether a backward pass may find a hit that matters.
bool may_meet(const ScriptPass& pass) {
  const std::vector<SiteCensus> sites = pass.sites();
  return std::any_of(sites.begin(), sites.end(),
                     [](const SiteCensus& site) { return site.reaches_loss && site.hits_that_may_matter; });
}

/// A NaN replaces any number and stays.
bool raise(double& largest, double candidate) {
  const bool raised = !std::isnan(largest) && !(candidate <= largest);
  if (raised) {
    largest = candidate;
  }
  return raised;
}

/// What the gradients of the pair's first choice add up, or those of the second where the first adds up
/// nothing: so that terms which cancel under the second are not held against a gradient of 0.
NamedGradients terms_under_both(const ValuePair& pair, ScriptPass& pass,
                                const std::vector<std::size_t>& tensors) {
  const auto terms_under = [&](bool first) {
    return pass.summed_terms(tensors, choices_of(pair, first), nullptr, GraphAfter::kept);
  };
  NamedGradients terms = terms_under(true);
  const auto adds_nothing = [](const NamedGradient& one) {
    return one.gradient.defined() && size_of(one.gradient).l2_norm == 0;
  };
  if (std::any_of(terms.begin(), terms.end(), adds_nothing)) {
    NamedGradients others = terms_under(false);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (adds_nothing(terms[i])) {
        terms[i] = std::move(others[i]);
      }
    }
  }
  return terms;
}

}  // namespace

PrecisionMeasurer::PrecisionMeasurer(const RunnableModel& model, const MeasureSettings& settings,
                                     Precision precision, SiteTable& sites)
    : precision_(precision), runner_(model, settings.at(precision)), sites_(sites) {
  results_.precision = precision;
  results_.gradients.emplace();
}

void PrecisionMeasurer::compare_pairs(const std::vector<ValuePair>& pairs) {
  for (const ValuePair& pair : pairs) {
    results_.comparisons.push_back({.pair = pair});
  }
}

MeasuredPass PrecisionMeasurer::measure(std::int64_t mini_batch, const ScriptBatch& batch,
                                        const MeasuredPass* exact, GraphAfter graph) {
  const bool is_kept = graph == GraphAfter::kept;
  std::unique_ptr<ScriptPass> pass;
  ScriptResult native;
  const auto run_native = [&] {
    pass = runner_.forward(batch, std::nullopt,
                           is_kept || exact != nullptr ? KeepBranches::yes : KeepBranches::no);
    native = pass->backward({}, is_kept || may_meet(*pass) ? GraphAfter::kept : GraphAfter::released);
  };
  if (results_.operations) {
    run_native();
  } else {
    const OperationCount count = count_operations(run_native);
    results_.operations = count.operations;
    results_.summands = count.summands;
  }
  sites_.add(precision_, mini_batch, native.sites);
  sites_.add(precision_, mini_batch, native.uncontrolled);
  for (const std::string& name : native.changed_state) {
    add_once(changed_state_, name);
  }
  for (const OperatorPlace& step : native.steps) {
    add_once(steps_, describe(step));
  }
  for (const ShortenedNumbers& shortened : native.shortened) {
    add_once(shortened_, fmt::format("to {} by {}", shortened.type, describe(shortened.place)));
  }
  used_random_numbers_ = used_random_numbers_ || native.used_random_numbers;
  for (PairComparison& comparison : results_.comparisons) {
    compare(comparison, mini_batch, *pass, native);
  }
  note_gradients(mini_batch, native.gradients);
  if (exact != nullptr) {
    note_errors(mini_batch, *exact, *pass, native.gradients);
  }
  return {.gradients = std::move(native.gradients), .pass = is_kept ? std::move(pass) : nullptr};
}

void PrecisionMeasurer::compare(PairComparison& comparison, std::int64_t mini_batch, ScriptPass& pass,
                                const ScriptResult& native) {
  ++comparison.mini_batches;
  if (!meets(native, parse_script_kink(comparison.pair.kink))) {
    return;
  }
  const ScriptChoices choices_a = choices_of(comparison.pair, true);
  const auto gradients = [&pass](const ScriptChoices& choices) {
    return pass.backward(choices, GraphAfter::kept).gradients;
  };
  const GradientList a = gradients(choices_a);
  const GradientList b = gradients(choices_of(comparison.pair, false));
  if (are_same(a, b)) {
    return;
  }
  if (are_equal(a, b)) {
    ++comparison.signs_of_zero;
    return;
  }
  ++comparison.impacted;
  if (!comparison.first_impacted) {
    comparison.first_impacted = mini_batch;
    comparison.most_moving = most_moving(comparison.pair, pass, native.sites, a);
  }
  const AgainstSums sums{.rounding = rounding_of(results_),
                         .where = SummedWhere::told_from_nothing,
                         .terms_of = [&](const std::vector<std::size_t>& tensors) {
                           return terms_under_both(comparison.pair, pass, tensors);
                         }};
  raise_changes(comparison.changes, a, b, mini_batch, &sums);
  Control control = comparison.control.value_or(Control{});
  ++control.mini_batches;
  // Where the framework's own choice is the first one, its pass is the second run of that.
  if (!are_same(a, native.gradients) && !are_same(a, gradients(choices_a))) {
    ++control.differing;
    if (!control.first_differing) {
      control.first_differing = mini_batch;
    }
  }
  comparison.control = control;
}

std::optional<KinkOperation> PrecisionMeasurer::most_moving(const ValuePair& pair, ScriptPass& pass,
                                                            const std::vector<SiteCensus>& sites,
                                                            const GradientList& a) {
  const ScriptKink kink = parse_script_kink(pair.kink);
  const ScriptChoice b = choices_of(pair, false).of_kind.at(kink);
  std::optional<KinkOperation> most;
  for (const SiteCensus& site : sites) {
    if (!meets(site, kink)) {
      continue;
    }
    ScriptChoices alone = choices_of(pair, true);
    alone.of_site[site.site.id()] = b;
    std::vector<TensorChange> changes;
    raise_changes(changes, a, pass.backward(alone, GraphAfter::kept).gradients, 0);
    double largest = 0;
    for (const TensorChange& change : changes) {
      raise(largest, change.change);
    }
    // Not "largest > most->change": a NaN moves more than any number.
    if (largest != 0 && !(most && largest <= most->change)) {
      most = {.operation = site.site.place.op,
              .module = site.site.place.module,
              .source = source_place(site.site.place),
              .change = largest};
    }
  }
  return most;
}

void PrecisionMeasurer::note_gradients(std::int64_t mini_batch, const GradientList& gradients) {
  gate::Gradients& noted = *results_.gradients;
  ++noted.mini_batches;
  const bool first = noted.tensors.empty();
  bool is_zero = true;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const GradientSize size = size_of(gradients[i].gradient);
    is_zero = is_zero && size.l2_norm == 0;
    if (first) {
      noted.tensors.push_back(
          {.tensor = gradients[i].name, .smallest_norm = size.l2_norm, .largest_norm = size.l2_norm});
    }
    TensorGradient& tensor = noted.tensors[i];
    raise(tensor.largest_norm, size.l2_norm);
    if (!std::isnan(tensor.smallest_norm) && !(size.l2_norm >= tensor.smallest_norm)) {
      tensor.smallest_norm = size.l2_norm;
    }
    tensor.nans += size.nans;
    tensor.infinite += size.infinite;
    if (size.nans + size.infinite > 0 && !tensor.first_non_finite) {
      tensor.first_non_finite = mini_batch;
    }
  }
  if (is_zero) {
    ++noted.zero_mini_batches;
    if (!noted.first_zero_mini_batch) {
      noted.first_zero_mini_batch = mini_batch;
    }
  }
}

GradientList PrecisionMeasurer::along(const MeasuredPass& exact, const Branches& branches) {
  bool differs = false;
  for (const BranchDifference& difference : exact.pass->differences(branches)) {
    if (difference.differing == 0) {
      continue;
    }
    differs = true;
    const std::string operation = describe(difference.place);
    auto found = std::find_if(results_.branches.begin(), results_.branches.end(),
                              [&](const BranchCount& count) { return count.operation == operation; });
    if (found == results_.branches.end()) {
      found = results_.branches.insert(found, {.operation = operation});
    }
    found->elements += difference.elements;
    found->differing += difference.differing;
  }
  return differs ? exact.pass->backward_along(branches, GraphAfter::kept).gradients : exact.gradients;
}

void PrecisionMeasurer::note_errors(std::int64_t mini_batch, const MeasuredPass& exact,
                                    const ScriptPass& pass, const GradientList& gradients) {
  const bool first = results_.errors.empty();
  const Branches branches = pass.branches();
  const GradientList on_branches = along(exact, branches);
  std::vector<double> relative_errors;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const at::Tensor& truth = on_branches[i].gradient;
    const double relative = relative_errors.emplace_back(relative_difference(truth, gradients[i].gradient));
    const double ulps = largest_ulps(truth, gradients[i].gradient, precision_);
    const double change = truth.is_same(exact.gradients[i].gradient)
                              ? 0
                              : relative_difference(exact.gradients[i].gradient, truth);
    if (first) {
      results_.errors.push_back({.tensor = gradients[i].name,
                                 .relative_l2 = relative,
                                 .ulps = ulps,
                                 .mini_batch = mini_batch,
                                 .branch_change = change,
                                 .branch_mini_batch = mini_batch});
      continue;
    }
    TensorError& error = results_.errors[i];
    if (raise(error.relative_l2, relative)) {
      error.mini_batch = mini_batch;
    }
    raise(error.ulps, ulps);
    if (raise(error.branch_change, change)) {
      error.branch_mini_batch = mini_batch;
    }
  }
  std::vector<std::optional<SummedDifference>*> largest;
  for (TensorError& error : results_.errors) {
    largest.push_back(&error.summed);
  }
  raise_summed(
      largest, {.from = on_branches, .to = gradients, .relative = relative_errors, .mini_batch = mini_batch},
      rounding_of(results_), SummedWhere::beyond_rounding, [&](const std::vector<std::size_t>& tensors) {
        return exact.pass->summed_terms(tensors, {}, &branches, GraphAfter::kept);
      });
}

}  // namespace relu0::gate
