#include "analysis/gate/luck.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/gate/batches/batch_samples.hpp"
#include "analysis/machine/threads.hpp"
#include "analysis/torchscript/script_loss.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

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

/// A run of a mini-batch in another way.
struct Rerun {
  GradientList gradients;
  Branches branches{};  ///< of the samples in their own order; what is not known is left out
};

Rerun rerun(const ScriptBatch& batch, ScriptRunner& runner) {
  const auto pass = runner.forward(batch, std::nullopt, KeepBranches::yes);
  return {.gradients = pass->backward({}, GraphAfter::released).gradients, .branches = pass->branches()};
}

/// Keeps a branch of which something is known. Nothing is of operators that compare tensors with each other,
/// since which of these hold samples is not known.
void keep_known(Branches& branches, const std::string& id, Branch branch) {
  if (branch.side.defined() || branch.winners.defined()) {
    branches.emplace(id, std::move(branch));
  }
}

/// The tensor with its samples in another order; undefined where it is, or where its first extent is no
/// multiple of theirs.
at::Tensor reordered(const at::Tensor& tensor, const at::Tensor& order) {
  const std::int64_t samples = order.numel();
  if (!tensor.defined() || tensor.dim() == 0 || tensor.size(0) % samples != 0) {
    return {};
  }
  return tensor.reshape({samples, -1}).index_select(0, order).view(tensor.sizes());
}

/// The samples of one tensor and then of the other; undefined where these do not go together.
at::Tensor joined_samples(const at::Tensor& a, const at::Tensor& b) {
  return a.defined() && b.defined() && a.dim() > 0 && a.sizes().slice(1) == b.sizes().slice(1)
             ? at::cat({a, b})
             : at::Tensor();
}

Rerun permuted(const ScriptBatch& batch, ScriptRunner& runner, GradientOf of) {
  const at::Tensor order = reversed_order(sample_count(batch));
  Rerun run = rerun(samples_of(batch, order), runner);
  if (of == GradientOf::inputs) {
    for (NamedGradient& one : run.gradients) {
      one.gradient = one.gradient.defined() ? one.gradient.index_select(0, order) : one.gradient;
    }
  }
  Branches in_order;
  for (const auto& [id, branch] : run.branches) {
    keep_known(in_order, id,
               {.side = reordered(branch.side, order), .winners = reordered(branch.winners, order)});
  }
  run.branches = std::move(in_order);
  return run;
}

/// The pass of a half that no target counts in: the mean over nothing has no gradient, and adds nothing.
void make_zero(Rerun& half) {
  for (NamedGradient& one : half.gradients) {
    if (one.gradient.defined()) {
      one.gradient = at::zeros_like(one.gradient);
    }
  }
}

Rerun split(const ScriptBatch& batch, ScriptRunner& runner, const MeasureSettings& settings) {
  const GradientOf of = settings.gradient_of;
  const std::int64_t samples = sample_count(batch);
  const std::array<ScriptBatch, 2> halves{samples_of(batch, at::arange(samples / 2)),
                                          samples_of(batch, at::arange(samples / 2, samples))};
  Rerun first = rerun(halves[0], runner);
  Rerun second = rerun(halves[1], runner);
  const std::int64_t in_first = targets_that_count(halves[0].target, settings.loss);
  const std::int64_t in_second = targets_that_count(halves[1].target, settings.loss);
  if (in_first == 0) {
    make_zero(first);
  }
  if (in_second == 0) {
    make_zero(second);
  }
  const double weight = static_cast<double>(in_first) / static_cast<double>(in_first + in_second);
  for (std::size_t i = 0; i < first.gradients.size(); ++i) {
    at::Tensor& gradient = first.gradients[i].gradient;
    const at::Tensor& other = second.gradients[i].gradient;
    gradient = of == GradientOf::parameters || !gradient.defined() || !other.defined()
                   ? weighted_sum(gradient, weight, other, 1 - weight)
                   : at::cat({gradient * weight, other * (1 - weight)});
  }
  Branches joined;
  for (const auto& [id, branch] : first.branches) {
    if (const auto other = second.branches.find(id); other != second.branches.end()) {
      keep_known(joined, id,
                 {.side = joined_samples(branch.side, other->second.side),
                  .winners = joined_samples(branch.winners, other->second.winners)});
    }
  }
  first.branches = std::move(joined);
  return first;
}

/// What of `branches` fits the pass: of the same operators and shapes.
Branches fitting(const Branches& branches, const Branches& of_pass) {
  const auto same_shape = [](const at::Tensor& a, const at::Tensor& b) {
    return a.defined() == b.defined() && (!a.defined() || a.sizes() == b.sizes());
  };
  Branches result;
  for (const auto& [id, branch] : branches) {
    const auto own = of_pass.find(id);
    if (own != of_pass.end() && same_shape(branch.side, own->second.side) &&
        same_shape(branch.winners, own->second.winners)) {
      result.emplace(id, branch);
    }
  }
  return result;
}

/// The gradients of the mini-batch on the other run's branches, and how many inputs these differ in; absent
/// where in none.
std::optional<GradientList> along(const Branches& branches, const ScriptBatch& batch, ScriptRunner& runner,
                                  std::int64_t& differing) {
  const auto pass = runner.forward(batch, std::nullopt, KeepBranches::yes);
  const Branches others = fitting(branches, pass->branches());
  std::int64_t found = 0;
  for (const BranchDifference& difference : pass->differences(others)) {
    found += difference.differing;
  }
  differing += found;
  return found == 0 ? std::nullopt
                    : std::optional(pass->backward_along(others, GraphAfter::released).gradients);
}

struct Calls {
  GradientList first;
  GradientList later;
  std::optional<std::string> failure{};  ///< of which call, and why
};

/// Where the arithmetic is emulated, without optimisation: fused kernels would round only what they hand out.
Calls repeated_calls(const ScriptBatch& batch, const RunnableModel& model, Precision precision,
                     bool optimised, const MeasureSettings& settings) {
  ScriptRunner runner(model,
                      settings.at(precision, optimised ? ScriptExecutor::optimising : ScriptExecutor::plain));
  Calls calls;
  for (int call = 1; call <= later_call; ++call) {
    try {
      (call == 1 ? calls.first : calls.later) = runner.run(batch).gradients;
    } catch (const ModelFailure& failure) {
      const std::string_view why = failure.what();
      calls.failure = fmt::format(
          "call {} fails, though the model runs where each operator is called by "
          "itself: {}",
          call, why.substr(0, why.find('\n')));
      break;
    }
  }
  return calls;
}

/// Whether a kind of luck treats the first extent of a tensor as its samples.
bool takes_samples_apart(LuckKind kind) { return kind == LuckKind::permuted || kind == LuckKind::split; }

}  // namespace

struct LuckTrial::AtPrecision {
  AtPrecision(const RunnableModel& model, const ScriptBatch& batch, Precision precision,
              const MeasureSettings& settings)
      : runner(model, settings.at(precision)), gradients(runner.run(batch).gradients) {}

  ScriptRunner runner;
  GradientList gradients;
};

LuckTrial::LuckTrial(const RunnableModel& model, const ScriptBatch& batch, const MeasureSettings& settings,
                     bool draws_random_numbers)
    : model_(model), batch_(batch), settings_(settings), draws_random_numbers_(draws_random_numbers) {}
LuckTrial::~LuckTrial() = default;

std::optional<TensorChange> LuckTrial::largest_change(LuckKind kind, Precision precision) {
  std::unique_ptr<AtPrecision>& at = precision == Precision::fp64 ? at_fp64_ : at_fp32_;
  if (!at) {
    at = std::make_unique<AtPrecision>(model_, batch_, precision, settings_);
  }
  Luck luck{.kind = kind};
  measure_luck(luck, 0, batch_, at->gradients, model_, at->runner, precision,
               std::numeric_limits<double>::infinity(), settings_);
  const auto largest = std::max_element(luck.changes.begin(), luck.changes.end(),
                                        [](const auto& a, const auto& b) { return a.change < b.change; });
  return largest == luck.changes.end() ? std::nullopt : std::optional(*largest);
}

std::string LuckTrial::why_no_luck(LuckKind kind) {
  const bool may_draw_others = kind == LuckKind::calls && draws_random_numbers_;
  if (!takes_samples_apart(kind) && !may_draw_others) {
    return {};
  }
  try {
    const auto at_fp32 = largest_change(kind, Precision::fp32);
    if (!at_fp32 || at_fp32->change == 0) {
      return {};
    }
    const auto at_fp64 = largest_change(kind, Precision::fp64);
    const int bits = significands(Precision::fp64).stored - significands(Precision::fp32).stored;
    const double more_than_rounding = std::exp2(-0.5 * bits);
    if (!at_fp64 || !(at_fp64->change > at_fp32->change * more_than_rounding)) {
      return {};
    }
    return fmt::format(
        "'{}' was not measured: at fp64 too, it moves the gradient of '{}' by {:.2g} (relative L2; at fp32 "
        "by at most {:.2g}), which no rounding does. {}",
        name(kind), at_fp64->tensor, at_fp64->change, at_fp32->change,
        may_draw_others
            ? "The model draws random numbers (dropout in training mode, for one), and TorchScript's "
              "optimising "
              "executor draws others in later calls than in the first; call model.eval() before saving it if "
              "that "
              "is not meant."
            : "The loss is no mean over samples that lie along the first dimension of every tensor.");
  } catch (const InputError&) {
    return {};
  }
}

std::string why_not_measurable(LuckKind kind, const ScriptBatch& batch, const MeasureSettings& settings,
                               const ModelInfo& model, bool draws_random_numbers, ScriptRunner& runner) {
  if (kind == LuckKind::calls && !model.has_optimising_executor) {
    return fmt::format(
        "'{}' was not measured: a model of the format {} runs operator by operator here, and no executor "
        "compiles it between two calls; what the runtime that it is deployed with fuses was not seen",
        name(kind), model.format);
  }
  const bool needs_samples = takes_samples_apart(kind);
  if (needs_samples && sample_count(batch) < 2) {
    return fmt::format("'{}' was not measured: a mini-batch of one sample cannot be {}", name(kind),
                       kind == LuckKind::split ? "split" : "permuted");
  }
  if (needs_samples && draws_random_numbers) {
    return fmt::format(
        "'{}' was not measured: the model draws random numbers (dropout in training mode, for one), and "
        "other "
        "samples would get them; call model.eval() before saving it if that is not meant",
        name(kind));
  }
  if (kind == LuckKind::split && !model.in_training.empty()) {
    return fmt::format(
        "'split' was not measured: results of {} depend on the whole mini-batch in training mode; call "
        "model.eval() before saving the model if that is not meant",
        fmt::join(model.in_training, ", "));
  }
  if (kind == LuckKind::split && settings.loss == ScriptLoss::model) {
    return "'split' was not measured: relu0 does not know whether the model's own loss is a mean over the "
           "samples";
  }
  if (kind == LuckKind::split) {
    try {
      (void)split(batch, runner, settings);
    } catch (const InputError& error) {
      return fmt::format("'split' was not measured: the model does not take half of a mini-batch ({})",
                         error.what());
    }
  }
  return {};
}

void measure_luck(Luck& luck, std::int64_t mini_batch, const ScriptBatch& batch,
                  const GradientList& gradients, const RunnableModel& model, ScriptRunner& runner,
                  Precision precision, double rounding, const MeasureSettings& settings) {
  GradientList from = gradients;
  Rerun to;
  switch (luck.kind) {
    case LuckKind::repeat:
      luck.what = "the same call again";
      to.gradients = runner.run(batch).gradients;
      break;
    case LuckKind::calls: {
      const bool optimised = precision == Precision::fp32 || precision == Precision::fp64;
      luck.what = fmt::format("call 1 against call {} {}", later_call,
                              optimised ? "under TorchScript's own executor"
                                        : "without optimisation, since this precision is emulated");
      Calls calls = repeated_calls(batch, model, precision, optimised, settings);
      if (calls.failure) {
        luck.failure = std::move(calls.failure);
        return;
      }
      from = std::move(calls.first);
      to.gradients = std::move(calls.later);
      break;
    }
    case LuckKind::threads: {
      luck.what = fmt::format("1 thread against {}", settings.other_threads);
      const ComputingThreads threads(settings.other_threads);
      to = rerun(batch, runner);
      break;
    }
    case LuckKind::permuted:
      luck.what = "the samples in reverse order";
      to = permuted(batch, runner, settings.gradient_of);
      break;
    case LuckKind::split:
      luck.what = "the mini-batch in two halves";
      to = split(batch, runner, settings);
      break;
  }
  luck.same_bits = (luck.mini_batches == 0 || luck.same_bits) && are_same(from, to.gradients);
  ++luck.mini_batches;
  // Inputs within rounding of a kink may lie on its other side now: the change beyond that is looked at.
  if (!to.branches.empty() && !are_same(from, to.gradients)) {
    if (auto on_branches = along(to.branches, batch, runner, luck.other_branches)) {
      from = std::move(*on_branches);
    }
  }
  const AgainstSums sums{.rounding = rounding,
                         .where = SummedWhere::beyond_rounding,
                         .terms_of = [&](const std::vector<std::size_t>& tensors) {
                           return runner.forward(batch)->summed_terms(tensors, {}, nullptr,
                                                                      GraphAfter::released);
                         }};
  raise_changes(luck.changes, from, to.gradients, mini_batch, &sums);
}

}  // namespace relu0::gate
