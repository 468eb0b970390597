#include "analysis/gate/reference/reference_measurer.hpp"

#include "analysis/gate/batches/batch_samples.hpp"
#include "analysis/gate/gradient_figures.hpp"
#include "analysis/gate/reference/reference_errors.hpp"
#include "analysis/gate/summed_difference.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torchscript/kinks/native_choices.hpp"
#include "fixtures/add_once.hpp"
#include "fixtures/count_text.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <numeric>

#include <ATen/ops/arange.h>
#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// The first samples of a mini-batch; all of one that has no more.
ScriptBatch first_samples(const ScriptBatch& batch, std::int64_t most) {
  const std::int64_t count = sample_count(batch);
  return count <= most ? batch : samples_of(batch, at::arange(most, at::kLong));
}

/// Gradients of tensors that one reaches.
std::vector<TensorValues> values_of(const std::vector<NamedGradient>& gradients) {
  std::vector<TensorValues> result;
  for (const NamedGradient& one : gradients) {
    if (one.gradient.defined()) {
      result.push_back({one.name, one.gradient.sizes().vec(), to_values(one.gradient)});
    }
  }
  return result;
}

/// ‖Σₖ |tₖ|‖₂ of what the gradients of a pass add up, by name.
std::map<std::string, double> sizes_of_terms(ScriptPass& pass, const std::vector<NamedGradient>& gradients) {
  std::vector<std::size_t> all(gradients.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::map<std::string, double> result;
  for (const NamedGradient& terms : pass.summed_terms(all, {}, nullptr, GraphAfter::released)) {
    if (terms.gradient.defined()) {
      result.emplace(terms.name, size_of(terms.gradient).l2_norm);
    }
  }
  return result;
}

/// The larger of two figures; a NaN stays.
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

void add_error(std::vector<ReferenceError>& errors, ReferenceError error, std::int64_t mini_batch) {
  error.mini_batch = mini_batch;
  if (error.summed) {
    error.summed->mini_batch = mini_batch;
  }
  const auto known = std::find_if(errors.begin(), errors.end(),
                                  [&error](const auto& one) { return one.tensor == error.tensor; });
  if (known == errors.end()) {
    errors.push_back(std::move(error));
    return;
  }
  if (!(error.relative_l2 <= known->relative_l2) && !std::isnan(known->relative_l2)) {
    known->relative_l2 = error.relative_l2;
    known->mini_batch = mini_batch;
  }
  known->ulps = larger(known->ulps, error.ulps);
  known->bound = larger(known->bound, error.bound);
  raise_summed(known->summed, error.summed);
  if (error.on_segment) {
    known->on_segment = known->on_segment.value_or(true) && *error.on_segment;
    known->off_segment = larger(known->off_segment.value_or(0), error.off_segment.value_or(0));
  }
}

void add_origins(std::vector<ZeroOriginCount>& origins, const ZeroOriginCount& count) {
  const auto known = std::find_if(origins.begin(), origins.end(),
                                  [&count](const auto& one) { return one.operation == count.operation; });
  if (known == origins.end()) {
    origins.push_back(count);
    return;
  }
  known->structural += count.structural;
  known->exact += count.exact;
  known->rounding += count.rounding;
  known->undecided += count.undecided;
}

}  // namespace

KinkChoices native_kink_choices() {
  KinkChoices choices;
  for (const MeasuredChoice& measured : measure_native_choices()) {
    if (measured.op == "aten::relu" && measured.derivative) {
      choices.relu.value = *measured.derivative;
    }
    if (measured.op == "aten::abs" && measured.derivative) {
      choices.absolute = *measured.derivative;
    }
  }
  return choices;
}

ReferenceMeasurer::ReferenceMeasurer(const MeasureSettings& settings)
    : settings_(settings),
      native_(settings.reference_mini_batches > 0 ? native_kink_choices() : KinkChoices{}) {}

bool ReferenceMeasurer::runs(std::int64_t mini_batch) const {
  return mini_batch < settings_.reference_mini_batches;
}

std::optional<ImportedPass> ReferenceMeasurer::import_of(const ScriptBatch& samples, const ScriptBatch& batch,
                                                         ScriptRunner& runner) {
  try {
    return runner.import_network(samples);
  } catch (const InputError& error) {
    // The whole mini-batch ran.
    const std::int64_t all = sample_count(batch);
    if (all <= settings_.reference_samples) {
      throw;
    }
    const std::string_view why = error.what();
    add_once(gaps_,
             ReferenceGap{{},
                          {},
                          fmt::format("the model does not take the first {} of {} that a mini-batch "
                                      "has along its first dimension ({}); --reference-samples {} gives "
                                      "the reference all of them",
                                      settings_.reference_samples, all, why.substr(0, why.find('\n')), all)});
    return std::nullopt;
  }
}

void ReferenceMeasurer::measure(std::int64_t mini_batch, const ScriptBatch& batch,
                                std::span<PrecisionMeasurer* const> measurers) {
  const ScriptBatch samples = first_samples(batch, settings_.reference_samples);
  std::deque<ImportedPass> passes;  // keeps its elements where they are
  std::vector<ReferenceCase> cases;
  std::vector<PrecisionResults*> results;
  for (PrecisionMeasurer* const measurer : measurers) {
    std::optional<ImportedPass> imported = import_of(samples, batch, measurer->runner());
    if (!imported) {
      return;
    }
    ImportedPass& pass = passes.emplace_back(std::move(*imported));
    for (const ImportGap& gap : pass.gaps) {
      add_once(gaps_, ReferenceGap{gap.place.op, source_place(gap.place), gap.why});
    }
    if (!pass.model) {
      continue;
    }
    const double work = pass.model->network.multiply_adds() * static_cast<double>(pass.samples);
    if (settings_.reference_work && work > *settings_.reference_work) {
      add_once(gaps_, ReferenceGap{{},
                                   {},
                                   fmt::format("{} {:.1e} multiplications a pass, and more than {:.1e} "
                                               "are not begun unasked: give --reference-mini-batches, and "
                                               "--reference-samples for fewer",
                                               count_text(pass.samples, "sample takes", "samples take"), work,
                                               *settings_.reference_work)});
      continue;
    }
    PrecisionResults& of = measurer->results();
    const auto run = measurer->runner().forward(samples);
    const NamedGradients gradients = run->backward({}, GraphAfter::kept).gradients;
    cases.push_back({.precision = of.precision,
                     .pass = pass,
                     .gradients = values_of(gradients),
                     .rounding = rounding_of(of),
                     .summed = sizes_of_terms(*run, gradients)});
    results.push_back(&of);
  }
  const std::vector<ReferenceFigures> figures = reference_figures(cases, native_, settings_.reference_limits);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    for (const ReferenceError& error : figures[i].errors) {
      add_error(results[i]->reference, error, mini_batch);
    }
    for (const ZeroOriginCount& count : figures[i].zero_origins) {
      add_origins(results[i]->zero_origins, count);
    }
    for (const ReferenceGap& gap : figures[i].gaps) {
      add_once(gaps_, gap);
    }
  }
}

}  // namespace relu0::gate
