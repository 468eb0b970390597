#include "analysis/torch/operations/layers/local_response_norm.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/avg_pool3d_backward.h>
#include <ATen/ops/constant_pad_nd.h>

namespace relu0::operations {

namespace {

/// What torch.nn.functional.local_response_norm computes on the way to x / divisor, in its order.
struct Divisor {
  Divisor(const LocalResponseNorm& norm, const at::Tensor& x)
      : window{norm.size, 1, 1},
        padded(at::constant_pad_nd(x.mul(x).unsqueeze(1), {0, 0, 0, 0, norm.size / 2, (norm.size - 1) / 2})),
        base(at::avg_pool3d(padded, window, /*stride=*/1).squeeze(1).mul(norm.alpha).add(norm.bias)),
        divisor(base.pow(norm.beta)) {}

  std::array<std::int64_t, 3> window;
  at::Tensor padded;   ///< n × 1 × channels with margins × height × width, the squares
  at::Tensor base;     ///< bias + alpha · mean of the squares
  at::Tensor divisor;  ///< base^beta
};

constexpr std::array<std::int64_t, 3> stride{1, 1, 1};
constexpr std::array<std::int64_t, 3> no_padding{0, 0, 0};

}  // namespace

NodeResult forward(const LocalResponseNorm& norm, const NodeCall& call, NodeMemory& /*memory*/) {
  at::Tensor result = (call.x() / Divisor(norm, call.x()).divisor).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

/// Each step is the derivative that LibTorch's autograd has for it, in its order.
std::vector<at::Tensor> input_gradients(const LocalResponseNorm& norm, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const at::Tensor& x = call.x();
  const at::Tensor& g = gradients.gradient;
  const Divisor of_x(norm, x);
  const at::Tensor of_divisor = -g * ((x / of_x.divisor) / of_x.divisor);
  const at::Tensor of_base = of_divisor * (norm.beta * of_x.base.pow(norm.beta - 1));
  const at::Tensor of_mean = (of_base * norm.alpha).unsqueeze(1);
  const at::Tensor of_squares =
      at::avg_pool3d_backward(of_mean, of_x.padded, of_x.window, stride, no_padding, /*ceil_mode=*/false,
                              /*count_include_pad=*/true, /*divisor_override=*/{})
          .narrow(2, norm.size / 2, x.size(1))
          .squeeze(1);
  const at::Tensor of_factor = of_squares * x;
  // x is read three times: its gradients are added as they come, the division's first.
  at::Tensor result = (g / of_x.divisor + of_factor + of_factor).contiguous();
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor by_autograd(const LocalResponseNorm& norm, const AutogradCall& call) {
  return call.x() / Divisor(norm, call.x()).divisor;
}

}  // namespace relu0::operations
