#include "analysis/gate/luck.hpp"

#include "analysis/gate/batches/batch_samples.hpp"
#include "analysis/machine/threads.hpp"
#include "fixtures/error.hpp"

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

/// Where the arithmetic is emulated, without optimisation: fused kernels would round only what they hand out.
Calls repeated_calls(const ScriptBatch& batch, const RunnableModel& model, Precision precision,
                     bool optimised, const MeasureSettings& settings) {
  ScriptRunner runner(model,
                      settings.at(precision, optimised ? ScriptExecutor::optimising : ScriptExecutor::plain));
  Calls calls{.first = runner.run(batch).gradients, .later = {}};
  for (int call = 2; call <= later_call; ++call) {
    calls.later = runner.run(batch).gradients;
  }
  return calls;
}

}  // namespace

std::string why_not_measurable(LuckKind kind, const ScriptBatch& batch, const MeasureSettings& settings,
                               const ModelInfo& model, ScriptRunner& runner) {
  if (kind == LuckKind::calls && !model.has_optimising_executor) {
    return fmt::format(
        "'{}' was not measured: a model of the format {} runs operator by operator here, and no executor "
        "compiles it between two calls; what the runtime that it is deployed with fuses was not seen",
        name(kind), model.format);
  }
  const bool needs_samples = kind == LuckKind::permuted || kind == LuckKind::split;
  if (needs_samples && sample_count(batch) < 2) {
    return fmt::format("'{}' was not measured: a mini-batch of one sample cannot be {}", name(kind),
                       kind == LuckKind::split ? "split" : "permuted");
  }
  if (kind == LuckKind::split && settings.loss == ScriptLoss::model) {
    return "'split' was not measured: relu0 does not know whether the model's own loss is a mean over the "
           "samples";
  }
  if (kind == LuckKind::split) {
    try {
      (void)split(batch, runner, settings.gradient_of);
    } catch (const InputError& error) {
      return fmt::format("'split' was not measured: the model does not take half of a mini-batch ({})",
                         error.what());
    }
  }
  return {};
}

void measure_luck(Luck& luck, std::int64_t mini_batch, const ScriptBatch& batch,
                  const GradientList& gradients, const RunnableModel& model, ScriptRunner& runner,
                  Precision precision, const MeasureSettings& settings) {
  GradientList from = gradients;
  GradientList to;
  switch (luck.kind) {
    case LuckKind::repeat:
      luck.what = "the same call again";
      to = runner.run(batch).gradients;
      break;
    case LuckKind::calls: {
      const bool optimised = precision == Precision::fp32 || precision == Precision::fp64;
      luck.what = fmt::format("call 1 against call {} {}", later_call,
                              optimised ? "under TorchScript's own executor"
                                        : "without optimisation, since this precision is emulated");
      Calls calls = repeated_calls(batch, model, precision, optimised, settings);
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
