#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "fixtures/network/precision.hpp"
#include "reference/arithmetic/format.hpp"

namespace relu0 {

/// @file
/// Why a sum rounds to exactly 0, and how often.
///
/// A ReLU's input x is the result of a last addition, x = fl(y + z), of two numbers of one format with p
/// bits. Near 0 the addends nearly cancel, |y| ≈ |z|. Then y + z is exact (Sterbenz: z/2 ≤ −y ≤ 2z), and both
/// lie on the grid of spacing u = ulp(z), the last one added. So x is a multiple of u, and 0 is one point of
/// its grid among others. Where x has the density f(0) and u is small against the width on which f changes,
/// the sum is exactly 0 with probability f(0)·u. Over the inputs of a layer the expected count is Σ
/// f_i(0)·u_i.
///
/// What z is depends on the order of operations:
/// - the bias is added last to a rounded product: u = ulp(bias);
/// - the sum ends with a product that was rounded first: u = ulp(fl(x_k·w_k)) of the last term that is not 0
///   (a term that is 0 leaves the sum as it is);
/// - the sum ends with a fused multiply-add: z = x_k·w_k is exact, with up to 2p bits, and y has p. They
///   cancel only where z has no more than p bits, one product in about 2^p; then u = ulp(z). Otherwise x
///   is 0 only by underflow. Operands of fewer bits (tf32, fp16, bf16: 2·11 < 24) always have such products;
/// - a residual connection adds two layers' outputs: u = ulp of either, and where one of them is 0 (a ReLU's
///   output is, half of the time) x is the other, with that one's own last addition.
///
/// Where the sum is accumulated in binary32 and stored in 16 bits, x is 0 too where it rounds to 0 there: u
/// is at least the storage format's smallest number (2^−24 at fp16).
///
/// Assumed: the density is flat over the window in which it is counted (what it curves is estimated and
/// allowed for, zero_prediction.hpp), and y falls on its grid as if at random. The latter fails for a bias
/// that is tiny against the last product of a sum without fused multiply-adds, since both y's parts then lie
/// on a coarser grid than the bias. Over drawn biases the expected count is the same, and such units have
/// the smallest ulp(bias), so that they hardly count.

/// The last addition of a linear layer or a convolution.
struct LastAddition {
  enum class Addend {
    bias,
    rounded_product,  ///< of the last term that is not 0
    exact_product,    ///< the same in a fused multiply-add
  };

  Addend addend;
  reference::Format format;   ///< that of the sum
  reference::Format storage;  ///< that of the layer's output

  /// The spacing of the grid that the sum is on near 0, where `addend` came last: a bias or a sum of two
  /// layers. addend: finite, not 0.
  [[nodiscard]] double spacing(double addend) const;
  /// The same where the product of two numbers came last, neither of them 0. At a spacing of the storage
  /// format's smallest number the sum is 0 by underflow only.
  [[nodiscard]] double product_spacing(double x, double weight) const;

  /// How many spacings from 0 a sum may be for its grid to be the one at 0. Up to a quarter of its last
  /// addend, of at least 2^(p − 1) spacings, the other addend is on the same grid or the next one; and up to
  /// 2^q spacings the storage format, of q bits, is no coarser.
  [[nodiscard]] double most_cells() const;
};

/// The bias that a layer has.
enum class LayerBias { none, of_linear, of_convolution };

/// That of a layer with this bias. Of LibTorch's kernels the order is not known. The law takes for
/// granted there that the bias is added last, and that a sum without one ends with a rounded product: a count
/// that differs shows another order. Throws InputError for a sum that ends with more than one term or in
/// another way: of blocks or by Winograd, without a bias that is added last.
LastAddition last_addition(const KernelChoice& kernel, Precision precision, LayerBias bias);

/// That of a residual connection: `addend` is the bias, which stands for either of the two.
LastAddition last_addition_of_layers(const KernelChoice& kernel, Precision precision);

}  // namespace relu0
