#pragma once
#include "analysis/torch/engine_fault.hpp"
#include "analysis/training/trainer.hpp"
#include "fixtures/data/streams/batch_source.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

/// Learning rates drawn anew at each iteration, uniformly from [low, high).
struct DrawnRate {
  double low = 0.01;
  double high = 0.012;

  /// Depends on the range, the seed and the iteration, and on nothing else.
  [[nodiscard]] double at(std::uint64_t seed, std::int64_t iteration) const;
};

struct DivergenceOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  EngineFault fault = EngineFault::none;
  double s_a = 0;  ///< the two values of s trained with
  double s_b = 1;
  std::vector<Rule> rules{Rule::chain_rule, Rule::published_code};
  std::int64_t iterations = 100;
  DrawnRate rate{};
  SgdOptions sgd{};
};

/// Two trainings under one rule that differ in s only.
struct RuleDivergence {
  Rule rule = Rule::chain_rule;
  /// The first iteration, counted from 0, after which some bit of θ differs.
  std::optional<std::int64_t> first_different;
  std::vector<double> distance;  ///< ‖θ_b − θ_a‖₁ after each iteration, summed in binary64
};

/// How trainings that differ in s only drift apart. Iterations count from 0.
struct DivergenceOutcome {
  std::int64_t iterations = 0;
  /// @name The training with s = s_a under the first rule
  /// @{
  std::optional<std::int64_t> first_zero;           ///< first iteration that met an exact zero
  std::vector<double> min_absolute_pre_activation;  ///< over all ReLU inputs of each iteration
  /// @}
  /// The control: the same training a second time, step by step. θ agreed bit for bit after every iteration.
  bool deterministic = true;
  std::vector<double> control_distance;  ///< ‖θ_control − θ_a‖₁ after each iteration
  /// The first iteration at which the loss of some training was not a finite number.
  std::optional<std::int64_t> first_non_finite;
  std::vector<RuleDivergence> rules;
};

/// Trains from one θ with s = s_a and with s = s_b under each rule, and with s = s_a a second time, on the
/// same mini-batches (those of `seed`, epoch after epoch) at the same learning rates (paper, section on
/// training; there 784-2000-128-10, 100 iterations). As the forward pass does not depend on s, trainings are
/// computed once for as long as they have the same bits and meet no zero; the control is always computed.
/// Throws InputError for options out of range, and weights or mini-batches that do not fit the network, and
/// what making a mini-batch throws.
DivergenceOutcome divergence(const Network& network, const Weights& weights, const BatchSource& batches,
                             std::uint64_t seed, const DivergenceOptions& options);

}  // namespace relu0
