#pragma once
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/row_major.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/gradient/number.hpp"
#include "reference/gradient/number_ball.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace relu0::reference {

struct GradientOptions {
  /// Precision of the numbers returned, in bits of the significand, 24 to 3968. The run behind them has at
  /// least 64 bits more.
  int bits = 128;
  /// No run has more bits than this: bits + 128 to 4096; 0 stands for bits + 512, or 4096 where that is less.
  int max_bits = 0;
  KinkChoices kinks{};
  int threads = 1;  ///< the result has the same bits whatever their number
  /// Work that is estimated to take more memory than this, in bytes, is refused before it begins.
  std::uint64_t memory_limit = std::uint64_t{8} << 30;
};

/// An element of which it is open on which side of a kink it lies.
struct OpenKink {
  std::size_t node;  ///< in Network::nodes(): the operation with the kink
  Kink kink;
  std::int64_t element;  ///< batch-major: of the node's input; of a max-pool, of its output
};

/// A gradient in arbitrary precision with proven bounds: a run of bits + 64 or more in which every number is
/// a ball, a midpoint and a radius, that holds the real number (ball.hpp and product.hpp state the formulas;
/// rigorous, but for what a loss of the caller's own makes of the output: OutputGradient). Numbers are the
/// midpoints, rounded once. Where a ball lies on both sides of a kink (a ReLU's
/// input near 0, two candidates of a max-pool), what follows from it holds both branches, and the element is
/// in open_kinks(). Every function that takes a name takes one of Network::parameters() ("linear1.weight")
/// and throws InputError, listing them, for any other.
class ReferenceGradient {
 public:
  struct Run;
  explicit ReferenceGradient(std::shared_ptr<const Run> run);

  /// Bits of every Number returned by a function that does not say otherwise.
  [[nodiscard]] int bits() const;
  /// Bits of the run, from which the numbers are rounded.
  [[nodiscard]] int working_bits() const;

  /// The mean loss over the mini-batch. Throws std::logic_error for a network without loss.
  [[nodiscard]] Number loss() const;
  /// The output of a network without loss, samples × elements of a sample's output. Throws std::logic_error
  /// for a network with loss.
  [[nodiscard]] NumberMatrix output() const;

  /// d loss / d parameter as a matrix: the first dimension as rows, all others, row-major, as columns. A bias
  /// is one column.
  [[nodiscard]] NumberMatrix parameter(std::string_view name) const;
  /// The same in the parameter's own shape, row-major.
  [[nodiscard]] NumberTensor parameter_tensor(std::string_view name) const;
  /// The same matrix rounded once, from the run, to the nearest doubles (ties to even).
  [[nodiscard]] DoubleMatrix parameter_as_double(std::string_view name) const;

  /// d loss / d input, samples × elements of a sample.
  [[nodiscard]] NumberMatrix input() const;
  [[nodiscard]] DoubleMatrix input_as_double() const;

  /// @name What is proven of the error
  /// @{
  /// Proven bits, relative to the largest element of the parameter's gradient: −log2(largest radius / largest
  /// |midpoint|) or up to 2 less; at least 0 and at most those of the run, which it also is where all
  /// elements are exact. 0 for a gradient that is 0 in the real numbers and not in the run.
  [[nodiscard]] int proven_bits(std::string_view name) const;
  /// The least of them over all parameters.
  [[nodiscard]] int proven_bits() const;
  /// What each element of parameter() is off by at most: the largest radius among the elements, with the
  /// final rounding. Rounded up, of 64 bits; +∞ where nothing is known.
  [[nodiscard]] Number error_bound(std::string_view name) const;
  /// The same for each element by itself, in the parameter's own shape.
  [[nodiscard]] NumberTensor error_bounds(std::string_view name) const;
  /// The balls themselves, with midpoints of bits() bits.
  [[nodiscard]] BallTensor parameter_balls(std::string_view name) const;
  [[nodiscard]] BallTensor input_balls() const;
  /// Throws std::logic_error for a network without loss.
  [[nodiscard]] NumberBall loss_ball() const;
  /// Where the run could not tell on which side of a kink it is. Empty in most runs; the balls hold the truth
  /// either way.
  [[nodiscard]] std::vector<OpenKink> open_kinks() const;
  /// Whether more than bits() bits are proven of every parameter's gradient and the input's, each relative to
  /// its own largest element; those whose elements all lie below 2^−bits() of the gradient's largest one
  /// count as 0. False where max_bits did not allow enough.
  [[nodiscard]] bool is_conclusive() const;
  /// @}

 private:
  std::shared_ptr<const Run> run_;
};

/// The gradient of the network's own loss by backprop_s (paper, section 2), raised in precision until it is
/// conclusive. inputs: samples × input shape, row-major, one row of a matrix per sample; labels: one class
/// per sample. Weights and inputs are taken exactly.
///
/// Throws InputError for a network without loss, weights, inputs or labels that do not fit the network or are
/// not finite, options out of range, and a memory estimate above the limit.
ReferenceGradient gradient(const Network& network, const Weights& weights, const RowMajor& inputs,
                           const std::vector<std::int64_t>& labels, const GradientOptions& options = {});

/// d loss / d output from the output, both samples × elements of a sample's output. It is asked twice per
/// run, with an output that carries a few bits more than the run has: what Boost's operators make of it has
/// as many as the run takes. What the caller computes comes without a proof: its radius is twice the distance
/// of what it makes of the output's midpoints and of their balls' upper ends, which is evidence. All that
/// follows from it is proven for the output gradients in those balls. Constants of fewer bits (0.1, a Number
/// of the default precision) leave no trace in it.
using OutputGradient = std::function<NumberMatrix(const NumberMatrix& output)>;

/// The same for a loss of the caller's own: `network` ends without a loss (NetworkBuilder::without_loss()).
/// Throws InputError also for a network with a loss, and for an output gradient of another shape or one that
/// is not finite.
ReferenceGradient gradient_of_own_loss(const Network& network, const Weights& weights, const RowMajor& inputs,
                                       const OutputGradient& output_gradient,
                                       const GradientOptions& options = {});

/// The same with d loss / d output given as numbers, samples × output shape, and taken exactly.
ReferenceGradient vector_jacobian_product(const Network& network, const Weights& weights,
                                          const RowMajor& inputs, const RowMajor& output_gradient,
                                          const GradientOptions& options = {});

}  // namespace relu0::reference
