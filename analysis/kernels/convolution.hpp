#pragma once
#include "analysis/kernels/instruction_set.hpp"
#include "analysis/kernels/kernel_choice.hpp"
#include "fixtures/network/operations/layers/convolution.hpp"

#include <cstdint>

/// A convolution's passes in a stated order of operations, with T float or double. Tensors lie without gaps:
/// x is images × in_channels × height × width, the weight as Convolution says, the output images ×
/// out_channels × output height × output width; results overlap nothing.
///
/// Padding is included: a tap on it is a term with the factor +0. Such a term changes no bits of a sum, but
/// makes a sum of −0 that of +0, and with a weight that is not finite NaN. The same holds for
/// the gradient of the input: each tap of the kernel is a term, with the factor +0 where no output was made
/// by it (beyond the output, and between the steps of a stride).
///
/// What product() says of bits, NaNs, `order.bits` and errors holds here too. With `order.winograd`,
/// forward() and input_gradient() of convolutions that it fits are winograd.hpp's.
namespace relu0::kernels {

/// The images that a convolution is applied to.
struct ImageExtents {
  std::int64_t images;
  std::int64_t height;
  std::int64_t width;
};

/// The output of a convolution over them: height and width, of as many images.
ImageExtents output_extents(const Convolution& convolution, const ImageExtents& images);

/// out = x ⋆ weight + bias. Terms: (channel of the group, kernel row, kernel column), the last one fastest.
/// bias: out_channels, or null.
template <typename T>
void forward(const Convolution& convolution, const ImageExtents& images, const T* x, const T* weight,
             const T* bias, T* out, const SummationOrder& order, const Execution& execution = {});

/// d loss / d x from that of the output. Terms: (output channel of the group, kernel row, kernel column).
template <typename T>
void input_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient,
                    const T* weight, T* result, const SummationOrder& order, const Execution& execution = {});

/// d loss / d weight. Terms: (image, output row, output column).
template <typename T>
void weight_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient,
                     const T* x, T* result, const SummationOrder& order, const Execution& execution = {});

/// d loss / d bias: the sums of the output's gradient. Terms: (image, output row, output column), each
/// times 1.
template <typename T>
void bias_gradient(const Convolution& convolution, const ImageExtents& images, const T* gradient, T* result,
                   const SummationOrder& order, const Execution& execution = {});

}  // namespace relu0::kernels
