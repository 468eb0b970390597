#pragma once
#include "fixtures/network/network.hpp"
#include "fixtures/network/relu_at_zero.hpp"
#include "reference/arithmetic/product.hpp"
#include "reference/arithmetic/tensor.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace relu0::reference {

/// Layers compute with p + guard_bits bits between the roundings to p bits of what they hand on, so that each
/// element of a result is within (1/2 + 2^−20) ulp of the exact function of the layer's inputs, as long as no
/// sum in it cancels by more than 40 bits. Results of products have the bound of product.hpp instead.
inline constexpr int guard_bits = 64;

/// What a layer works with. Everything referred to outlives the layer. Shapes are without the mini-batch
/// dimension, which comes first in every tensor of activations.
struct LayerContext {
  int bits;
  std::int64_t batch;
  ProductOptions product;
  ReluAtZero relu_at_zero;
  std::vector<Shape> input_shapes;
  Shape output_shape;
  std::span<const Tensor> parameters;
  std::span<const Tensor> buffers;
  std::span<const std::int64_t> labels;
};

using LayerInputs = std::vector<const Tensor*>;

struct LayerOutput {
  Tensor values;
  bool exact;  ///< no element was rounded
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

/// The layer of any operation but Input.
std::unique_ptr<Layer> make_layer(const Node& node, const LayerContext& context);

}  // namespace relu0::reference
