#pragma once
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/row_major.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/gradient/number.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace relu0::reference {

struct GradientOptions {
  /// Precision of the numbers returned, in bits of the significand, 24 to 3968. The runs behind them have at
  /// least 64 bits more.
  int bits = 128;
  /// No run has more bits than this: bits + 128 to 4096; 0 stands for bits + 512, or 4096 where that is less.
  int max_bits = 0;
  KinkChoices kinks{};
  int threads = 1;  ///< the result has the same bits whatever their number
  /// Work that is estimated to take more memory than this, in bytes, is refused before it begins.
  std::uint64_t memory_limit = std::uint64_t{8} << 30;
};

/// A gradient in arbitrary precision, computed twice: by a run of p bits and by one of p + 64 or more, where
/// p is at least bits + 64. Numbers are the second run's, rounded once. Every function that takes a name
/// takes one of Network::parameters() ("linear1.weight") and throws InputError, listing them, for any other.
///
/// How far it can be trusted: each operation's result is rounded within the bounds of product.hpp and
/// layer.hpp, but how these roundings add up over a whole network is not proved here. What is known is how
/// far the two runs lie apart, which is 2^64 times what the second one's own roundings make of the same
/// network, if errors shrink with the unit roundoff. That is evidence, not a proof: a branch that both runs
/// take wrongly (a ReLU whose input is far closer to 0 than either run can tell) leaves no trace in it.
class ReferenceGradient {
 public:
  struct Runs;
  explicit ReferenceGradient(std::shared_ptr<const Runs> runs);

  /// Bits of every Number returned by a function that does not say otherwise.
  [[nodiscard]] int bits() const;
  /// Bits of the second run, from which the numbers are rounded.
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
  /// The same matrix rounded once, from the second run, to the nearest doubles (ties to even).
  [[nodiscard]] DoubleMatrix parameter_as_double(std::string_view name) const;

  /// d loss / d input, samples × elements of a sample.
  [[nodiscard]] NumberMatrix input() const;
  [[nodiscard]] DoubleMatrix input_as_double() const;

  /// @name What the two runs say of the error
  /// @{
  /// Bits to which the runs agree, relative to the largest element of the parameter's gradient, rounded down;
  /// at most those of the first run. 0 where they agree in nothing, as for a gradient that is 0 in the real
  /// numbers and not in the runs.
  [[nodiscard]] int agreed_bits(std::string_view name) const;
  /// The least of them over all parameters.
  [[nodiscard]] int agreed_bits() const;
  /// What each element of parameter() is off by at most, if the distance of the runs bounds the error of the
  /// second: the largest distance among the elements, and the final rounding. Rounded up, of 64 bits.
  [[nodiscard]] Number error_bound(std::string_view name) const;
  /// The same for each element by itself, in the parameter's own shape: the distance of the runs there, and
  /// the final rounding; 0 for what both runs find to be 0. It tells small elements of a tensor with large
  /// ones, and is weaker evidence: in one element two runs may agree by chance.
  [[nodiscard]] NumberTensor error_bounds(std::string_view name) const;
  /// Whether the runs agree to more than bits() bits in every parameter and the input, each relative to its
  /// own largest element; those whose elements all lie below 2^−bits() of the gradient's largest one count as
  /// 0. False where max_bits did not allow enough.
  [[nodiscard]] bool is_conclusive() const;
  /// @}

 private:
  std::shared_ptr<const Runs> runs_;
};

/// The gradient of the network's own loss by backprop_s (paper, section 2), raised in precision until it is
/// conclusive. inputs: samples × input shape, row-major, one row of a matrix per sample; labels: one class
/// per sample. Weights and inputs are taken exactly.
///
/// Throws InputError for a network without loss, weights, inputs or labels that do not fit the network or are
/// not finite, options out of range, and a memory estimate above the limit.
ReferenceGradient gradient(const Network& network, const Weights& weights, const RowMajor& inputs,
                           const std::vector<std::int64_t>& labels, const GradientOptions& options = {});

/// d loss / d output from the output, both samples × elements of a sample's output. It is asked once per run,
/// with an output that carries a few bits more than the run has: what Boost's operators make of it has as
/// many as the run takes. Constants of fewer bits (0.1, a Number of the default precision) limit what the two
/// runs can tell.
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
