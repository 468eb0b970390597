#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/impact/gradient_difference.hpp"
#include "analysis/impact/sweep.hpp"
#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/pass.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// What is asked under each rule.
using Questions = std::vector<std::optional<DifferenceQuestions>>;

/// What differs between two runs with the same s.
struct ControlAnswer {
  bool differs = false;  ///< some bit of some parameter's gradient, or of a value on the way to it
  bool first_layer_differs = false;  ///< some bit of the first layer's weight gradient
};

/// Answers for a mini-batch, under each rule asked for, whether its gradient depends on s.
class MinibatchComparer {
 public:
  virtual ~MinibatchComparer() = default;

  virtual void set_weights(const LoadedWeights& weights) = 0;
  /// One answer per rule of SweepOptions::rules; `questions` likewise. A rule without questions is answered
  /// by nothing found; the first always has some, since hits_reached() is about it.
  virtual std::vector<MinibatchDifference> compare(const at::Tensor& inputs, const at::Tensor& labels,
                                                   const Questions& questions) = 0;
  /// The control: what differs between two runs with the same s on the mini-batch of the last compare(),
  /// whose passes are one of them.
  virtual ControlAnswer control(const at::Tensor& inputs, const at::Tensor& labels) = 0;
  /// The kinks' hits in the last compare(), or null where the protocol does not look at them.
  [[nodiscard]] virtual const KinkCensus* census() const = 0;
  /// How many of those hits a gradient other than 0 reaches in the backward pass with
  /// SweepOptions::choices_b() under the first rule; 0 where the protocol does not look at them.
  [[nodiscard]] virtual std::int64_t hits_reached() const = 0;
};

std::unique_ptr<MinibatchComparer> fast_comparer(const Network& network, const Arithmetic& arithmetic,
                                                 const SweepOptions& options);
std::unique_ptr<MinibatchComparer> two_network_comparer(const Network& network, const Arithmetic& arithmetic,
                                                        const SweepOptions& options);

}  // namespace relu0
