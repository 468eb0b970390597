#pragma once
// Private to analysis.
#include "analysis/kernels/convolution.hpp"

/// Convolutions of 3 × 3 by Winograd's F(2×2, 3×3) (Lavin, Gray: Fast algorithms for convolutional neural
/// networks, CVPR 2016): the output in tiles of 2 × 2, from (0, 0) on, each from 4 × 4 values d of the padded
/// input and the kernel g, as Y = Aᵀ [Σ_c (G g Gᵀ) ⊙ (Bᵀ d B)] A.
///
/// The order of operations of each element, in which every sum is rounded and none is fused:
/// - Bᵀ v = (v0 − v2, v1 + v2, v2 − v1, v1 − v3), of each column of d, then of each row of the result;
/// - G v = (v0, ((v0 + v2) + v1) / 2, ((v0 + v2) − v1) / 2, v2), of each column of g, then of each row;
/// - the sum over the channels in the order that SummationOrder states;
/// - Aᵀ v = ((v0 + v1) + v2, (v1 − v2) − v3), of each column, then of each row;
/// - the bias, last.
/// The gradient of the input is the same of the output's gradient and the kernel turned by 180°, summed over
/// the output channels. A gradient of weights is not computed so.
namespace relu0::kernels {

/// 3 × 3, stride and dilation 1.
bool winograd_fits(const Convolution& convolution);

/// As forward() and input_gradient().
template <typename T>
void winograd_forward(const Convolution& convolution, const ImageExtents& images, const T* x, const T* weight,
                      const T* bias, T* out, const SummationOrder& order, const Execution& execution);
template <typename T>
void winograd_input_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient,
                             const T* weight, T* result, const SummationOrder& order,
                             const Execution& execution);

}  // namespace relu0::kernels
