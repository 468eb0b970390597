#pragma once
#include "fixtures/network/dropout_key.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "reference/arithmetic/product.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace relu0::reference {

/// Layers compute with p + guard_bits bits between the roundings to p bits of what they hand on, so that each
/// element of a result is within (1/2 + 2^−20) ulp of the exact function of the layer's inputs, as long as no
/// sum in it cancels by more than 40 bits. Results of products have the bound of product.hpp instead. What is
/// proven of each element is its radius; this is what keeps radii small.
inline constexpr int guard_bits = 64;

/// What a layer works with. Everything referred to outlives the layer. Shapes are without the mini-batch
/// dimension, which comes first in every tensor of activations.
///
/// Every output and gradient is a ball that holds the exact function, or derivative, of all numbers in the
/// balls of the layer's inputs (reference/arithmetic/ball.hpp: rigorous). At a kink that a ball may lie on
/// either side of, it holds what every side gives, and what the choice gives.
struct LayerContext {
  int bits;
  std::int64_t batch;
  ProductOptions product;
  KinkChoices kinks{};
  std::vector<Shape> input_shapes;
  Shape output_shape;
  std::span<const Tensor> parameters;
  std::span<const Tensor> buffers;
  std::span<const std::int64_t> labels;
  std::size_t node = 0;  ///< in Network::nodes()
  DropoutKey dropout{};
  /// Whether two elements (batch-major) of the first input are certainly the same real number because they
  /// are computed alike from equal ones. Asked by one thread, while the inputs live. Without it no such pair
  /// is known.
  std::function<bool(std::int64_t, std::int64_t)> same_number{};
};

using LayerInputs = std::vector<const Tensor*>;

struct LayerOutput {
  Tensor values;
  /// Windows of a max-pool that certainly hold their maximum more than once: equal numbers that are exact, or
  /// that are computed alike from equal ones (LayerContext::same_number).
  std::int64_t ties = 0;
  /// Windows, by output element, of which the winner cannot be told. Gradients are then the hull of all
  /// choices.
  std::vector<std::int64_t> open_windows{};
};

struct LayerGradients {
  std::vector<Tensor> inputs;      ///< d loss / d input, one per input
  std::vector<Tensor> parameters;  ///< d loss / d parameter, one per parameter
};

/// One operation's forward and backward pass. forward() comes first, backward() at most once after it, both
/// with the same inputs.
class Layer {
 public:
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer() = default;

  virtual LayerOutput forward(const LayerInputs& inputs) = 0;
  /// output_gradient: d loss / d output; the loss layer ignores it.
  virtual LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) = 0;
};

using MakeLayer = std::function<std::unique_ptr<Layer>(const Node&, const LayerContext&)>;

/// One element of one node's output, and what is known around it: what an operation reads to tell whether the
/// element is structurally 0 (pass/structural_zeros.hpp).
class ZeroQuestion {
 public:
  ZeroQuestion(const Network& network, std::size_t node, std::int64_t index, std::int64_t batch,
               DropoutKey dropout)
      : network_{network}, node_{node}, index_{index}, batch_{batch}, dropout_{dropout} {}
  ZeroQuestion(const ZeroQuestion&) = delete;
  ZeroQuestion& operator=(const ZeroQuestion&) = delete;
  virtual ~ZeroQuestion() = default;

  [[nodiscard]] std::int64_t index() const { return index_; }  ///< of the element, batch-major
  [[nodiscard]] std::int64_t batch() const { return batch_; }
  [[nodiscard]] std::size_t node() const { return node_; }
  [[nodiscard]] DropoutKey dropout() const { return dropout_; }
  [[nodiscard]] const Shape& output() const { return network_.output_shapes()[node_]; }
  [[nodiscard]] std::size_t inputs() const { return network_.nodes()[node_].inputs.size(); }
  [[nodiscard]] std::size_t input_node(std::size_t i = 0) const { return network_.nodes()[node_].inputs[i]; }
  [[nodiscard]] const Shape& input(std::size_t i = 0) const {
    return network_.output_shapes()[input_node(i)];
  }
  [[nodiscard]] std::int64_t sample() const { return index_ / element_count(output()); }
  [[nodiscard]] std::int64_t within() const { return index_ % element_count(output()); }

  /// Whether element `element` (batch-major) of the i-th input is structurally 0.
  [[nodiscard]] virtual bool input_is_zero(std::int64_t element, std::size_t i = 0) const = 0;
  /// The sign of that element of the first input, −1 or 1, where it is certain; 0 where it is not, and where
  /// the element is 0. Of nodes with a kink at a point only.
  [[nodiscard]] virtual int certain_sign(std::int64_t element) const = 0;
  /// @name Value `element` of the node's i-th parameter or buffer
  /// @{
  [[nodiscard]] virtual double parameter(std::size_t i, std::int64_t element) const = 0;
  [[nodiscard]] virtual double buffer(std::size_t i, std::int64_t element) const = 0;
  /// @}

 private:
  const Network& network_;
  std::size_t node_;
  std::int64_t index_;
  std::int64_t batch_;
  DropoutKey dropout_;
};

/// What the reference's part of an operation consists of: these functions beside each other in
/// operations/<family>/<name>.hpp, and their names in operations/all.hpp. An operation that lacks one does
/// not compile.
template <typename Described>
concept WithReferencePart = requires(const Described& operation, const LayerContext& context,
                                     const ZeroQuestion& at) {
  { make(operation, context) } -> std::same_as<std::unique_ptr<Layer>>;
  // A condition that suffices for the element to be 0 whatever the values of the numbers that are not.
  { is_structural_zero(operation, at) } -> std::same_as<bool>;
};

/// @name The operation of any node but the input, by its own functions
/// @{
std::unique_ptr<Layer> make_layer(const Node& node, const LayerContext& context);
bool is_structural_zero(const Node& node, const ZeroQuestion& at);
/// @}

}  // namespace relu0::reference
