#include "analysis/gate/luck.hpp"

#include "analysis/gate/batches/batch_samples.hpp"
#include "analysis/machine/threads.hpp"

#include <stdexcept>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <fmt/format.h>

namespace relu0::gate {

namespace {

constexpr int later_call = 4;

at::Tensor reversed_order(std::int64_t samples) { return at::arange(samples - 1, -1, -1); }

/// A weighted sum; undefined where both are.
at::Tensor weighted_sum(const at::Tensor& a, double weight_a, const at::Tensor& b, double weight_b) {
  if (!a.defined() || !b.defined()) {
    return a.defined() ? a * weight_a : b.defined() ? b * weight_b : b;
  }
  return a * weight_a + b * weight_b;
}

GradientList permuted(const ScriptBatch& batch, ScriptRunner& runner, GradientOf of) {
  const at::Tensor order = reversed_order(sample_count(batch));
  GradientList gradients = runner.run(samples_of(batch, order)).gradients;
  if (of == GradientOf::inputs) {
    for (NamedGradient& one : gradients) {
      one.gradient = one.gradient.defined() ? one.gradient.index_select(0, order) : one.gradient;
    }
  }
  return gradients;
}

GradientList split(const ScriptBatch& batch, ScriptRunner& runner, GradientOf of) {
  const std::int64_t samples = sample_count(batch);
  const std::int64_t half = samples / 2;
  GradientList first = runner.run(samples_of(batch, at::arange(half))).gradients;
  const GradientList second = runner.run(samples_of(batch, at::arange(half, samples))).gradients;
  const double weight = static_cast<double>(half) / static_cast<double>(samples);
  for (std::size_t i = 0; i < first.size(); ++i) {
    at::Tensor& gradient = first[i].gradient;
    const at::Tensor& other = second[i].gradient;
    gradient = of == GradientOf::parameters || !gradient.defined() || !other.defined()
                   ? weighted_sum(gradient, weight, other, 1 - weight)
                   : at::cat({gradient * weight, other * (1 - weight)});
  }
  return first;
}

struct Calls {
  GradientList first;
  GradientList later;
};

Calls calls_under_own_executor(const ScriptBatch& batch, const ScriptModel& model, Precision precision,
                               const MeasureSettings& settings) {
  ScriptRunner runner(model, settings.at(precision, ScriptExecutor::optimising));
  Calls calls{.first = runner.run(batch).gradients, .later = {}};
  for (int call = 2; call <= later_call; ++call) {
    calls.later = runner.run(batch).gradients;
  }
  return calls;
}

}  // namespace

std::string why_not_measurable(LuckKind kind, const ScriptBatch& batch, const MeasureSettings& settings) {
  const bool needs_samples = kind == LuckKind::permuted || kind == LuckKind::split;
  if (needs_samples && sample_count(batch) < 2) {
    return fmt::format("'{}' was not measured: a mini-batch of one sample cannot be {}", name(kind),
                       kind == LuckKind::split ? "split" : "permuted");
  }
  if (kind == LuckKind::split && settings.loss == ScriptLoss::model) {
    return "'split' was not measured: relu0 does not know whether the model's own loss is a mean over the "
           "samples";
  }
  return {};
}

void measure_luck(Luck& luck, std::int64_t mini_batch, const ScriptBatch& batch,
                  const GradientList& gradients, const ScriptModel& model, ScriptRunner& runner,
                  Precision precision, const MeasureSettings& settings) {
  GradientList from = gradients;
  GradientList to;
  switch (luck.kind) {
    case LuckKind::repeat:
      luck.what = "the same call again";
      to = runner.run(batch).gradients;
      break;
    case LuckKind::calls: {
      luck.what = fmt::format("call 1 against call {} under TorchScript's own executor", later_call);
      Calls calls = calls_under_own_executor(batch, model, precision, settings);
      from = std::move(calls.first);
      to = std::move(calls.later);
      break;
    }
    case LuckKind::threads: {
      luck.what = fmt::format("1 thread against {}", settings.other_threads);
      const ComputingThreads threads(settings.other_threads);
      to = runner.run(batch).gradients;
      break;
    }
    case LuckKind::permuted:
      luck.what = "the samples in reverse order";
      to = permuted(batch, runner, settings.gradient_of);
      break;
    case LuckKind::split:
      luck.what = "the mini-batch in two halves";
      to = split(batch, runner, settings.gradient_of);
      break;
  }
  luck.same_bits = (luck.mini_batches == 0 || luck.same_bits) && are_same(from, to);
  ++luck.mini_batches;
  raise_changes(luck.changes, from, to, mini_batch);
}

}  // namespace relu0::gate
