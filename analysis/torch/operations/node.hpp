#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/running_statistics.hpp"
#include "analysis/zeros/kink_census.hpp"
#include "fixtures/network/dropout_key.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"

#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

/// Forward and backward of each operation in one Arithmetic. The kernels are the ones that LibTorch's
/// autograd calls for the same operation (same operands, layouts and order), so that gradients agree with it
/// bit for bit; in an emulated arithmetic each result is rounded once.
namespace relu0::operations {

/// A node's tensors of θ, in the order of its TensorSpecs.
struct NodeWeights {
  std::span<const at::Tensor> parameters;
  std::span<const at::Tensor> operands;  ///< the parameters as products see them (Arithmetic::operand)
  std::span<const at::Tensor> buffers;
};

/// What the nodes of a pass share.
struct PassCall {
  const Arithmetic& arithmetic;
  KinkChoices kinks{};  ///< of the backward pass
  at::Tensor labels{};  ///< n int64, for the loss only
  DropoutKey dropout{};
  /// Which forward passes of batch-norms in training mode update; null: none are kept.
  RunningStatistics* running = nullptr;
  /// What the backward pass starts from: d result / d loss, 1 where the loss is not scaled.
  double loss_gradient = 1;
};

/// One node of a network with all that its operation reads. Refers to what it is made of.
struct NodeCall {
  const PassCall& pass;
  std::size_t node;                    ///< in Network::nodes()
  std::span<const at::Tensor> inputs;  ///< n × shape of each input node
  NodeWeights weights;

  [[nodiscard]] const Arithmetic& arithmetic() const { return pass.arithmetic; }
  [[nodiscard]] const at::Tensor& x() const { return inputs.front(); }
};

/// The memory of one node's output, which passes over the same network use one after the other.
class OutputBuffer {
 public:
  /// A tensor of the shape, with the values of the pass before or none.
  at::Tensor take(at::IntArrayRef shape, const at::TensorOptions& options);

 private:
  at::Tensor memory_;
};

/// What a forward pass writes besides the output.
struct NodeMemory {
  OutputBuffer& buffer;
  std::span<KinkHits> hits{};  ///< one per kink of the node that is counted: per_sample and total are set
};

/// A node's output, contiguous, and what only its backward pass needs.
struct NodeResult {
  at::Tensor output;
  std::vector<at::Tensor> kept{};
};

/// What comes to a node in the backward pass.
struct NodeGradients {
  const std::vector<at::Tensor>& kept;  ///< of the forward pass
  const at::Tensor& gradient;           ///< d loss / d output, of any layout; undefined for the loss
  /// One place per parameter of the node: where gradients go that are asked for or a by-product.
  std::vector<at::Tensor>& parameters;
};

/// A node as a user of LibTorch writes it: tensors that require gradients.
struct AutogradCall {
  std::span<const at::Tensor> inputs;
  std::span<const at::Tensor> parameters;
  std::span<const at::Tensor> buffers;
  const PassCall& pass;
  std::size_t node;

  [[nodiscard]] const at::Tensor& x() const { return inputs.front(); }
};

/// What LibTorch's part of an operation consists of: these functions beside each other in
/// operations/<family>/<name>.hpp, and their names in operations/all.hpp. An operation that lacks one does
/// not compile.
template <typename Described>
concept LibtorchOperation = requires(const Described& operation, const NodeCall& call, NodeMemory& memory,
                                     const NodeGradients& gradients, const AutogradCall& autograd) {
  { forward(operation, call, memory) } -> std::same_as<NodeResult>;
  // d loss / d input, one per input; a view where LibTorch's autograd hands on a view.
  { input_gradients(operation, call, gradients) } -> std::same_as<std::vector<at::Tensor>>;
  // The operation by LibTorch's differentiable functions, with the choices at its kinks.
  { by_autograd(operation, autograd) } -> std::same_as<at::Tensor>;
};
template <typename Described>
concept LibtorchParameters =
    !Described::traits.has_parameters || requires(const Described& operation, const NodeCall& call,
                                                  const NodeGradients& gradients, std::size_t which) {
  // Computes the gradient of parameter `which`, and those that are a by-product of it.
  { parameter_gradient(operation, call, gradients, which) } -> std::same_as<void>;
};
template <typename Described>
concept LibtorchKinks = !Described::traits.has_kinks ||
                        requires(const Described& operation, const KinkPlace& place, const NodeCall& call) {
  // Where the kink is hit: bool, of the output's shape.
  { kink_hits(operation, place, call) } -> std::same_as<at::Tensor>;
};

template <typename Described>
concept WithLibtorchPart =
    LibtorchOperation<Described> && LibtorchParameters<Described> && LibtorchKinks<Described>;

/// @name The operation of any node but the input, by its own functions
/// @{
NodeResult forward(const Node& node, const NodeCall& call, NodeMemory& memory);
std::vector<at::Tensor> input_gradients(const Node& node, const NodeCall& call,
                                        const NodeGradients& gradients);
void parameter_gradient(const Node& node, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which);
/// In a native arithmetic, and not for a node that has_own_kernel().
at::Tensor by_autograd(const Node& node, const AutogradCall& call);
at::Tensor kink_hits(const Node& node, const KinkPlace& place, const NodeCall& call);
/// @}

/// Whether the arithmetic's kernel computes the node otherwise than LibTorch's differentiable function:
/// linear layers and convolutions by any kernel but the native one.
bool has_own_kernel(const Node& node, const Arithmetic& arithmetic);

/// Sets the hits of a kink from where it is hit (kink_hits()).
void count_hits(const at::Tensor& mask, KinkHits& hits);

/// Where x lies at the point of a kink, as the arithmetic holds it.
at::Tensor hits_at_point(const at::Tensor& x, const Arithmetic& arithmetic, const KinkPlace& place);
/// Sets the hits of kinks at points of x.
void count_point_hits(const at::Tensor& x, const Arithmetic& arithmetic, std::span<KinkHits> hits);

}  // namespace relu0::operations
