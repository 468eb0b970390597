#include "analysis/torch/operations/layers/convolution.hpp"

#include "analysis/torch/operations/image_padding.hpp"
#include "analysis/torch/operations/layers/portable_layers.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>

namespace relu0::operations {

namespace {

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
                                  convolution.window.stride, kernel_padding(convolution.window),
                                  convolution.window.dilation, /*transposed=*/false, no_output_padding,
                                  convolution.groups, wanted);
}

}  // namespace

NodeResult forward(const Convolution& convolution, const NodeCall& call, NodeMemory& /*memory*/) {
  const Arithmetic& arithmetic = call.arithmetic();
  const at::Tensor& weight = call.weights.operands.front();
  if (uses_portable_kernels(arithmetic)) {
    return {portable_convolution(convolution, arithmetic.operand(call.x()), weight,
                                 convolution.bias ? call.weights.parameters[1] : at::Tensor(), arithmetic)};
  }
  const bool bias_last = convolution.bias && arithmetic.kernel().family == KernelFamily::bias_last;
  const at::Tensor bias = convolution.bias && !bias_last ? call.weights.parameters[1] : at::Tensor();
  at::Tensor result = at::convolution(arithmetic.operand(to_kernel(convolution.window, call.x(), 0)), weight,
                                      bias, convolution.window.stride, kernel_padding(convolution.window),
                                      convolution.window.dilation,
                                      /*transposed=*/false, no_output_padding, convolution.groups)
                          .contiguous();
  arithmetic.round_result(result);
  if (bias_last) {
    add_bias_last(result, call.weights.parameters[1], arithmetic);
  }
  return {result};
}

std::vector<at::Tensor> input_gradients(const Convolution& convolution, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const Arithmetic& arithmetic = call.arithmetic();
  const at::Tensor operand = arithmetic.operand(gradients.gradient);
  if (uses_portable_kernels(arithmetic)) {
    return {portable_convolution_input_gradient(convolution, operand, call.x(), call.weights.operands.front(),
                                                arithmetic)};
  }
  // The values of x do not matter here, only its shape.
  const at::Tensor x = to_kernel(convolution.window, call.x(), 0);
  const at::Tensor of_kernel =
      std::get<0>(backward(convolution, operand, x, call.weights.operands.front(), {true, false, false}));
  at::Tensor result = from_kernel(convolution.window, of_kernel, call.x()).contiguous();
  arithmetic.round_result(result);
  return {result};
}

/// LibTorch's kernels compute the gradients of weight and bias together.
void parameter_gradient(const Convolution& convolution, const NodeCall& call, const NodeGradients& gradients,
                        std::size_t which) {
  const Arithmetic& arithmetic = call.arithmetic();
  const at::Tensor operand = arithmetic.operand(gradients.gradient);
  if (uses_portable_kernels(arithmetic)) {
    gradients.parameters[which] =
        which == 0
            ? portable_convolution_weight_gradient(convolution, operand, arithmetic.operand(call.x()),
                                                   call.weights.operands.front(), arithmetic)
            : portable_convolution_bias_gradient(convolution, gradients.gradient, call.x(), arithmetic);
    return;
  }
  // The bias's gradient is no product: where operands are rounded it is summed apart, from what is not.
  const bool bias_apart = convolution.bias && !operand.is_same(gradients.gradient);
  auto [input, weight, bias] =
      backward(convolution, operand, arithmetic.operand(to_kernel(convolution.window, call.x(), 0)),
               call.weights.operands.front(), {false, true, convolution.bias && !bias_apart});
  std::vector<at::Tensor> results{weight.contiguous()};
  if (convolution.bias) {
    results.push_back(bias_apart ? gradients.gradient.sum({0, 2, 3}) : bias.contiguous());
  }
  for (at::Tensor& result : results) {
    arithmetic.round_result(result);
  }
  gradients.parameters = results;
}

at::Tensor by_autograd(const Convolution& convolution, const AutogradCall& call) {
  return at::conv2d(to_kernel(convolution.window, call.x(), 0), call.parameters[0],
                    convolution.bias ? call.parameters[1] : at::Tensor(), convolution.window.stride,
                    kernel_padding(convolution.window), convolution.window.dilation, convolution.groups);
}

}  // namespace relu0::operations
