#pragma once
#include "fixtures/network/dropout_key.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/arithmetic/product.hpp"
#include "reference/arithmetic/tensor.hpp"
#include "reference/operations/layer.hpp"
#include "reference/pass/batch_view.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace relu0::reference {

struct BackpropOptions {
  int bits = 128;  ///< of the significand; min_bits … max_bits
  KinkChoices kinks{};
  DropoutKey dropout{};
  ProductOptions product{};
  /// Work that memory_estimate() puts above this is refused before it begins. In bytes.
  std::uint64_t memory_limit = std::uint64_t{8} << 30;
  /// False: only the forward pass is run; `parameters` and `input` of the result stay empty.
  bool gradients = true;
  /// d loss / d output of a network that ends without a loss, from its output; both batch × output shape, and
  /// of the run's precision. Radii are what the caller knows of its numbers. Needed there for gradients, and
  /// refused elsewhere.
  std::function<Tensor(const Tensor& output)> output_gradient{};
};

/// What reaches one node that has a kink at a point. values: batch × shape.
struct KinkInput {
  std::size_t node;
  Tensor values;
};

/// All at the precision asked for. Every number is a ball that holds the real number, which is what the same
/// θ and batch give without any rounding: its radius is proven, by the formulas of ball.hpp, product.hpp and
/// the layers.
struct Backprop {
  Tensor loss;                         ///< of a network without loss its output, batch × shape
  std::vector<Tensor> parameters;      ///< d loss / d parameter, as Network::parameters()
  Tensor input;                        ///< d loss / d input, batch × shape
  std::vector<KinkInput> kink_inputs;  ///< of each node with a kink at a point, in order
  /// How many inputs, or windows of a max-pool, are certainly at each kink, as Network::kinks().
  std::vector<std::int64_t> hits;
  /// For each kink likewise the elements (batch-major) of the node's input, or windows of a max-pool, that
  /// may lie on either side of it. All balls hold what either side gives.
  std::vector<std::vector<std::int64_t>> open_kinks;
  DropoutKey dropout;  ///< whose masks were drawn

  /// That of node `node`. Throws std::logic_error where there is none.
  [[nodiscard]] const KinkInput& kink_input(std::size_t node) const;
};

/// backprop_s (paper, section 2) of the network's loss over the batch, in MPFR. θ and the batch are taken
/// exactly. The same bits whatever the threads, the BLAS and the order of the samples.
///
/// How far the balls are from the points that one wishes for is what their radii tell; certify() raises the
/// precision until they suffice. `make` gives the layers: tests pass broken ones.
///
/// An output gradient of the caller's is taken as it is, with the radii that its tensor has: the balls hold
/// the gradients that follow from it.
///
/// Throws InputError, before any work: weights or batch that do not fit the network or are not finite, bits
/// out of range or too few to hold θ, a memory estimate above the limit. After the forward pass: an output
/// gradient of another size or precision, or one that is not finite.
Backprop backprop(const Network& network, const Weights& weights, const BatchView& batch,
                  const BackpropOptions& options, const MakeLayer& make = make_layer);

/// Bytes that backprop() takes at most, to within 20 % of what it holds at once.
std::uint64_t memory_estimate(const Network& network, std::int64_t batch_size, int bits);

}  // namespace relu0::reference
