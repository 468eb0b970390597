#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/gradient_flow.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/zeros/zero_census.hpp"
#include "fixtures/network/network.hpp"

#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// One forward pass, kept as far as its backward passes need it. Buffers are reused from one run to the next.
class ForwardPass {
 public:
  /// The network must outlive the pass. `of_input`: what its backward passes compute.
  ForwardPass(const Network& network, Arithmetic arithmetic, OfInput of_input = OfInput::skipped);

  void set_weights(LoadedWeights weights) { weights_ = std::move(weights); }

  /// Runs the nodes up to the last ReLU and counts exact zeros. What follows it has no ReLU and is left to
  /// complete(). inputs: n × element_count(input shape), contiguous.
  const ZeroCensus& run(const at::Tensor& inputs);
  /// Runs the rest of the nodes, with the loss against `labels` (n int64).
  void complete(const at::Tensor& labels);

  [[nodiscard]] const Network& network() const { return *network_; }
  [[nodiscard]] const Arithmetic& arithmetic() const { return arithmetic_; }
  [[nodiscard]] const GradientFlow& flow() const { return flow_; }
  [[nodiscard]] const LoadedWeights& weights() const { return weights_; }
  [[nodiscard]] const ZeroCensus& zeros() const { return zeros_; }
  /// The output of each node that has run, n × its shape; that of the last node is the loss.
  [[nodiscard]] const std::vector<at::Tensor>& outputs() const { return outputs_; }
  /// The input of a node that has one.
  [[nodiscard]] const at::Tensor& input_of(std::size_t node) const;
  /// What the backward pass of a node needs besides.
  [[nodiscard]] const std::vector<at::Tensor>& kept(std::size_t node) const { return kept_[node]; }
  [[nodiscard]] const at::Tensor& labels() const { return labels_; }
  /// Zeros met by the ReLU at `node`.
  [[nodiscard]] std::int64_t zeros_at(std::size_t node) const;

 private:
  void run_node(std::size_t index);
  at::Tensor reusable(std::size_t index);

  const Network* network_;
  Arithmetic arithmetic_;
  GradientFlow flow_;
  LoadedWeights weights_;
  std::vector<std::size_t> relu_number_;  ///< of each node that is a ReLU: its place among the ReLUs
  std::size_t census_end_ = 0;            ///< one past the last ReLU
  std::int64_t batch_ = 0;
  std::vector<at::Tensor> buffers_;  ///< of linear layers and ReLUs
  std::vector<at::Tensor> outputs_;
  std::vector<std::vector<at::Tensor>> kept_;
  at::Tensor labels_;
  ZeroCensus zeros_;
};

/// One backward pass through a completed forward pass, for one choice of ReLU'(0). Parameter gradients are
/// computed when asked for, and kept. The forward pass must stay as it is while this object is used.
class BackwardPass {
 public:
  /// `similar`: another backward pass through the same forward pass, whose intermediate gradients are taken
  /// over (the same tensors, not copies) wherever s cannot have changed them.
  BackwardPass(const ForwardPass& forward, ReluAtZero relu_at_zero, const BackwardPass* similar = nullptr);

  [[nodiscard]] const ForwardPass& forward() const { return *forward_; }
  /// d loss / d output of a node; undefined where nothing needs it (GradientFlow::needed), and for the loss.
  [[nodiscard]] const at::Tensor& at_output(std::size_t node) const { return at_output_[node]; }
  /// d loss / d input of a node; undefined where nothing needs it.
  [[nodiscard]] const at::Tensor& at_input(std::size_t node) const { return at_input_[node]; }
  /// d loss / d parameter, by its index in Network::parameters().
  [[nodiscard]] const at::Tensor& parameter_gradient(std::size_t parameter) const;
  [[nodiscard]] std::vector<at::Tensor> parameter_gradients() const;

 private:
  [[nodiscard]] at::Tensor arriving(std::size_t node, const BackwardPass* similar) const;
  void run_node(std::size_t index, const BackwardPass* similar);

  const ForwardPass* forward_;
  ReluAtZero relu_at_zero_;
  std::vector<at::Tensor> at_output_;
  std::vector<at::Tensor> at_input_;
  mutable std::vector<std::vector<at::Tensor>> parameter_gradients_;  ///< of each node; undefined: not yet
};

}  // namespace relu0
