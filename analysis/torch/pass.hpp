#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/gradient_flow.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/zeros/kink_census.hpp"
#include "fixtures/network/network.hpp"

#include <memory>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// One forward pass, kept as far as its backward passes need it. Buffers are reused from one run to the next.
class ForwardPass {
 public:
  /// The network must outlive the pass. `of_input`: what its backward passes compute. `counted`: the kinks
  /// whose hits run() counts; no gradient depends on a choice at one of them that is not hit.
  ForwardPass(const Network& network, Arithmetic arithmetic, OfInput of_input = OfInput::skipped,
              const KinkSet& counted = {Kink::relu});

  void set_weights(LoadedWeights weights) { weights_ = std::move(weights); }
  /// The masks of dropouts from the next run on.
  void set_dropout(DropoutKey key) { call_.dropout = key; }
  /// What the batch-norms in training mode update in each run from the next one on: it needs an entry for
  /// each of them.
  void set_running_statistics(std::shared_ptr<RunningStatistics> running) {
    call_.running = std::move(running);
  }
  /// What backward passes start from: a factor of the loss.
  void set_loss_gradient(double factor) { call_.loss_gradient = factor; }

  /// Runs the nodes up to the last one with a kink that is counted. What follows it is left to complete().
  /// inputs: n × element_count(input shape), contiguous.
  const KinkCensus& run(const at::Tensor& inputs);
  /// Runs the rest of the nodes, with the loss against `labels` (n int64).
  void complete(const at::Tensor& labels);

  [[nodiscard]] const Network& network() const { return *network_; }
  [[nodiscard]] const Arithmetic& arithmetic() const { return arithmetic_; }
  [[nodiscard]] const GradientFlow& flow() const { return flow_; }
  [[nodiscard]] const LoadedWeights& weights() const { return weights_; }
  /// What the last run met, without KinkHits::zero_kinds.
  [[nodiscard]] const KinkCensus& census() const { return census_; }
  /// The same with KinkHits::zero_kinds, which takes another look at the inputs.
  [[nodiscard]] KinkCensus detailed_census() const;
  /// Where a counted kink was hit: bool, n × the shape of its node's output.
  [[nodiscard]] at::Tensor hits_of(const KinkHits& hits) const;
  /// Whether the node may pass a gradient on differently under choices that differ at these kinks.
  [[nodiscard]] bool may_differ(std::size_t node, const KinkSet& differing) const;
  /// The output of each node that has run, n × its shape; that of the last node is the loss.
  [[nodiscard]] const std::vector<at::Tensor>& outputs() const { return outputs_; }
  /// The first input of a node that has one.
  [[nodiscard]] const at::Tensor& input_of(std::size_t node) const;
  /// What the backward pass of a node needs besides.
  [[nodiscard]] const std::vector<at::Tensor>& kept(std::size_t node) const { return kept_[node]; }
  /// All inputs of a node, as its kinks and its backward pass see them.
  [[nodiscard]] std::vector<at::Tensor> inputs_at_kinks(std::size_t node) const;
  /// What the nodes of a backward pass with these choices share.
  [[nodiscard]] operations::PassCall call(const KinkChoices& kinks) const;

 private:
  void run_node(std::size_t index);
  void miscount(const std::vector<at::Tensor>& inputs, std::span<KinkHits> hits) const;

  const Network* network_;
  Arithmetic arithmetic_;
  GradientFlow flow_;
  LoadedWeights weights_;
  KinkSet counted_;
  std::size_t census_end_ = 1;  ///< one past the last node with a kink that is counted
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  std::vector<Range> hits_;  ///< of each node, in the census
  std::vector<operations::OutputBuffer> buffers_;
  std::vector<at::Tensor> outputs_;
  std::vector<std::vector<at::Tensor>> kept_;
  struct {
    at::Tensor labels;
    DropoutKey dropout;
    std::shared_ptr<RunningStatistics> running;
    double loss_gradient = 1;
  } call_;
  KinkCensus census_;
};

/// One backward pass through a completed forward pass, for one choice at each kink. Parameter gradients are
/// computed when asked for, and kept. The forward pass must stay as it is while this object is used.
class BackwardPass {
 public:
  /// `similar`: another backward pass through the same forward pass, whose intermediate gradients are taken
  /// over (the same tensors, not copies) wherever the choices cannot have changed them: where the forward
  /// pass counted no hit of a kink at which they differ.
  BackwardPass(const ForwardPass& forward, const KinkChoices& kinks, const BackwardPass* similar = nullptr);

  [[nodiscard]] const ForwardPass& forward() const { return *forward_; }
  /// The choices of this pass, as the engine makes them.
  [[nodiscard]] const KinkChoices& kinks() const { return call_.kinks; }
  /// d loss / d output of a node; undefined where nothing needs it (GradientFlow::needed), and for the loss.
  [[nodiscard]] const at::Tensor& at_output(std::size_t node) const { return at_output_[node]; }
  /// d loss / d each input of a node; empty where nothing needs it.
  [[nodiscard]] const std::vector<at::Tensor>& at_inputs(std::size_t node) const { return at_inputs_[node]; }
  /// d loss / d parameter, by its index in Network::parameters().
  [[nodiscard]] const at::Tensor& parameter_gradient(std::size_t parameter) const;
  [[nodiscard]] std::vector<at::Tensor> parameter_gradients() const;

 private:
  [[nodiscard]] at::Tensor arriving(std::size_t node, const BackwardPass* similar) const;
  void run_node(std::size_t index, const BackwardPass* similar, const KinkSet& differing);

  const ForwardPass* forward_;
  operations::PassCall call_;
  std::vector<at::Tensor> at_output_;
  std::vector<std::vector<at::Tensor>> at_inputs_;
  mutable std::vector<std::vector<at::Tensor>> parameter_gradients_;  ///< of each node; undefined: not yet
};

}  // namespace relu0
