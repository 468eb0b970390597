#include "analysis/torch/operations/convolution.hpp"

#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>

namespace relu0::operations {

namespace {

constexpr std::array<std::int64_t, 2> no_dilation{1, 1};
constexpr std::array<std::int64_t, 2> no_output_padding{0, 0};

std::tuple<at::Tensor, at::Tensor, at::Tensor> backward(const Convolution& convolution,
                                                        const at::Tensor& gradient_operand,
                                                        const at::Tensor& x_operand,
                                                        const at::Tensor& weight_operand,
                                                        std::array<bool, 3> wanted) {
  const std::array<std::int64_t, 1> bias_sizes{convolution.out_channels};
  const at::OptionalIntArrayRef bias =
      convolution.bias ? at::OptionalIntArrayRef(bias_sizes) : at::OptionalIntArrayRef();
  return at::convolution_backward(gradient_operand, x_operand, weight_operand, bias,
                                  convolution.window.stride, convolution.window.padding, no_dilation,
                                  /*transposed=*/false, no_output_padding, /*groups=*/1, wanted);
}

}  // namespace

at::Tensor convolve(const Arithmetic& arithmetic, const Convolution& convolution, const at::Tensor& x,
                    const NodeWeights& weights) {
  const c10::optional<at::Tensor> bias =
      convolution.bias ? c10::optional<at::Tensor>(weights.parameters[1]) : c10::nullopt;
  at::Tensor result =
      at::convolution(arithmetic.operand(x), weights.operands.front(), bias, convolution.window.stride,
                      convolution.window.padding, no_dilation, /*transposed=*/false, no_output_padding,
                      /*groups=*/1)
          .contiguous();
  arithmetic.round_result(result);
  return result;
}

at::Tensor convolution_input_gradient(const Arithmetic& arithmetic, const Convolution& convolution,
                                      const at::Tensor& gradient, const at::Tensor& x,
                                      const NodeWeights& weights) {
  // The values of x do not matter here, only its shape.
  at::Tensor result = std::get<0>(backward(convolution, arithmetic.operand(gradient), x,
                                           weights.operands.front(), {true, false, false}))
                          .contiguous();
  arithmetic.round_result(result);
  return result;
}

std::vector<at::Tensor> convolution_parameter_gradients(const Arithmetic& arithmetic,
                                                        const Convolution& convolution,
                                                        const at::Tensor& gradient, const at::Tensor& x,
                                                        const NodeWeights& weights) {
  const at::Tensor operand = arithmetic.operand(gradient);
  // The bias's gradient is no product: where operands are rounded it is summed apart, from what is not.
  const bool bias_apart = convolution.bias && !operand.is_same(gradient);
  auto [input, weight, bias] = backward(convolution, operand, arithmetic.operand(x), weights.operands.front(),
                                        {false, true, convolution.bias && !bias_apart});
  std::vector<at::Tensor> results{weight.contiguous()};
  if (convolution.bias) {
    results.push_back(bias_apart ? gradient.sum({0, 2, 3}) : bias.contiguous());
  }
  for (at::Tensor& result : results) {
    arithmetic.round_result(result);
  }
  return results;
}

}  // namespace relu0::operations
