#include "analysis/training/divergence.hpp"

#include "analysis/torch/same_bits.hpp"
#include "analysis/training/stepwise_training.hpp"
#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"
#include "fixtures/random/replayable_draw.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

namespace relu0 {

double DrawnRate::at(std::uint64_t seed, std::int64_t iteration) const {
  constexpr std::uint64_t for_rate = 2;  // BatchSource's draws have 0 and 1 there
  SplitMix64 random = replayable_generator({for_rate, seed, static_cast<std::uint64_t>(iteration)});
  return low + (high - low) * unit_draw(random);
}

namespace {

/// Trainings that have the same bits so far, computed once for all of them.
struct Bundle {
  StepwiseTraining training;
  std::vector<std::size_t> members;  ///< indices of their choices of ReLU'(0)
};

/// Choices of ReLU'(0) whose gradients have the same bits.
struct SameGradient {
  std::vector<std::size_t> members;
  std::vector<at::Tensor> gradient;
};

/// Trainings side by side that differ in ReLU'(0) only.
class Trainings {
 public:
  Trainings(StepwiseTraining start, std::vector<KinkChoices> choices) : choices_(std::move(choices)) {
    bundles_.push_back({std::move(start), {}});
    for (std::size_t member = 0; member < choices_.size(); ++member) {
      bundles_.front().members.push_back(member);
    }
  }

  /// Takes one step in every training. Returns what the step of the first training met.
  TrainingStep step(const BatchTensors& batch, double rate) {
    TrainingStep of_first;
    finite_ = true;
    const std::size_t count = bundles_.size();
    for (std::size_t i = 0; i < count; ++i) {
      TrainingStep met = bundles_[i].training.forward(batch);
      finite_ = finite_ && std::isfinite(met.loss);
      go_on(i, met.total_zeros() > 0, rate);
      if (i == 0) {
        of_first = std::move(met);
      }
    }
    return of_first;
  }

  /// Whether the loss of every training was a finite number in the last step.
  [[nodiscard]] bool finite() const { return finite_; }
  [[nodiscard]] bool same(std::size_t a, std::size_t b) const { return &of(a) == &of(b); }
  [[nodiscard]] const StepwiseTraining& of(std::size_t member) const {
    return std::find_if(bundles_.begin(), bundles_.end(),
                        [member](const Bundle& bundle) {
                          return std::find(bundle.members.begin(), bundle.members.end(), member) !=
                                 bundle.members.end();
                        })
        ->training;
  }

 private:
  /// Takes one step in a bundle's training. Members whose gradient differs leave the bundle for a training of
  /// their own.
  void go_on(std::size_t index, bool met_zero, double rate) {
    std::vector<SameGradient> gradients = gradients_of(bundles_[index], met_zero);
    std::vector<Bundle> others;
    for (std::size_t i = 1; i < gradients.size(); ++i) {
      others.push_back({bundles_[index].training.fork(), gradients[i].members});
      others.back().training.update(gradients[i].gradient, rate);
    }
    bundles_[index].members = gradients.front().members;
    bundles_[index].training.update(gradients.front().gradient, rate);
    for (Bundle& other : others) {
      // Two different gradients may still have given the same θ, by rounding.
      if (other.training.same_state(bundles_[index].training)) {
        bundles_[index].members.insert(bundles_[index].members.end(), other.members.begin(),
                                       other.members.end());
      } else {
        bundles_.push_back(std::move(other));
      }
    }
  }

  [[nodiscard]] std::vector<SameGradient> gradients_of(const Bundle& bundle, bool met_zero) const {
    const BackwardPass of_first(bundle.training.forward_pass(), choices_[bundle.members.front()]);
    std::vector<SameGradient> result{{{bundle.members.front()}, of_first.parameter_gradients()}};
    for (std::size_t i = 1; i < bundle.members.size(); ++i) {
      const std::size_t member = bundle.members[i];
      if (!met_zero) {  // no gradient depends on s
        result.front().members.push_back(member);
        continue;
      }
      const std::vector<at::Tensor> gradient =
          BackwardPass(bundle.training.forward_pass(), choices_[member], &of_first).parameter_gradients();
      const auto same = std::find_if(result.begin(), result.end(), [&gradient](const SameGradient& known) {
        return std::equal(gradient.begin(), gradient.end(), known.gradient.begin(), same_bits);
      });
      if (same != result.end()) {
        same->members.push_back(member);
      } else {
        result.push_back({{member}, gradient});
      }
    }
    return result;
  }

  std::vector<KinkChoices> choices_;
  std::vector<Bundle> bundles_;  ///< the first holds the first choice
  bool finite_ = true;
};

/// ‖a − b‖₁, summed in binary64, in pieces that fit a cache.
double distance(const StepwiseTraining& a, const StepwiseTraining& b) {
  constexpr std::int64_t piece = 16'384;
  double sum = 0;
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    const at::Tensor of_a = a.parameters()[i].flatten();
    const at::Tensor of_b = b.parameters()[i].flatten();
    for (std::int64_t first = 0; first < of_a.numel(); first += piece) {
      const std::int64_t count = std::min(piece, of_a.numel() - first);
      const at::Tensor difference =
          of_a.narrow(0, first, count).to(at::kDouble) - of_b.narrow(0, first, count);
      sum += difference.abs().sum().item<double>();
    }
  }
  return sum;
}

void check(const DivergenceOptions& options) {
  if (options.iterations < 1 || options.rules.empty()) {
    throw InputError(fmt::format("a training of {} iterations under {} rules: needs at least one of both",
                                 options.iterations, options.rules.size()));
  }
}

}  // namespace

DivergenceOutcome divergence(const Network& network, const Weights& weights, const BatchSource& batches,
                             std::uint64_t seed, const DivergenceOptions& options) {
  check(options);
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(options.precision, options.device, options.kernel, options.fault);
  StepwiseTraining start(network, arithmetic, {.optimizer = options.sgd, .smallest_pre_activation = true});
  start.set_weights(weights);
  Trainings control(start.fork(), {{.relu = {options.s_a, options.rules.front()}}});
  std::vector<KinkChoices> choices;
  DivergenceOutcome outcome;
  outcome.iterations = options.iterations;
  for (const Rule rule : options.rules) {
    choices.push_back({.relu = {options.s_a, rule}});
    choices.push_back({.relu = {options.s_b, rule}});
    outcome.rules.push_back({.rule = rule, .first_different = {}, .distance = {}});
  }
  Trainings trainings(std::move(start), choices);
  BatchStream stream(batches, {.seed = seed});
  for (std::int64_t iteration = 0; iteration < options.iterations; ++iteration) {
    const BatchTensors batch = to_tensors(stream.next(), network, arithmetic);
    const double rate = options.rate.at(seed, iteration);
    const TrainingStep step = trainings.step(batch, rate);
    control.step(batch, rate);
    outcome.min_absolute_pre_activation.push_back(step.min_absolute_pre_activation);
    if (!outcome.first_zero && step.total_zeros() > 0) {
      outcome.first_zero = iteration;
    }
    if (!outcome.first_non_finite && !trainings.finite()) {
      outcome.first_non_finite = iteration;
    }
    const bool control_holds = control.of(0).same_state(trainings.of(0));
    outcome.deterministic = outcome.deterministic && control_holds;
    outcome.control_distance.push_back(control_holds ? 0 : distance(control.of(0), trainings.of(0)));
    for (std::size_t i = 0; i < outcome.rules.size(); ++i) {
      RuleDivergence& rule = outcome.rules[i];
      const bool same = trainings.same(2 * i, 2 * i + 1);
      if (!rule.first_different && !same) {
        rule.first_different = iteration;
      }
      rule.distance.push_back(same ? 0 : distance(trainings.of(2 * i), trainings.of(2 * i + 1)));
    }
  }
  return outcome;
}

}  // namespace relu0
