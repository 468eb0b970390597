#include "analysis/torch/operations/activations/relu.hpp"

#include "analysis/autograd/activations.hpp"
#include "reference/arithmetic/vector_clones.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/relu.h>

namespace relu0::operations {

namespace {

/// out = max(x, 0), counting the exact zeros of each sample.
template <typename Real>
void relu_on_cpu(const at::Tensor& x, at::Tensor& out, KinkHits& hits) {
  const std::int64_t row = x.numel() / x.size(0);
  const auto* in = x.data_ptr<Real>();
  auto* result = out.data_ptr<Real>();
  hits.per_sample.resize(static_cast<std::size_t>(x.size(0)));
  hits.total = 0;
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const std::int64_t count = relu_counting_zeros(in + i * row, result + i * row, row);
    hits.per_sample[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(count);
    hits.total += count;
  }
}

template <typename Real>
inline Real gradient_through(Real gradient, Real x, Real at_zero) {
  const Real passed = x < Real{0} ? Real{0} : gradient;
  return x == Real{0} ? at_zero : passed;
}

RELU0_VECTOR_CLONES void scale_at_zero(const float* gradient, const float* x, float* out, std::int64_t count,
                                       float s) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = gradient_through(gradient[i], x[i], s * gradient[i]);
  }
}
RELU0_VECTOR_CLONES void scale_at_zero(const double* gradient, const double* x, double* out,
                                       std::int64_t count, double s) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = gradient_through(gradient[i], x[i], s * gradient[i]);
  }
}
RELU0_VECTOR_CLONES void assign_at_zero(const float* gradient, const float* x, float* out, std::int64_t count,
                                        float s) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = gradient_through(gradient[i], x[i], s);
  }
}
RELU0_VECTOR_CLONES void assign_at_zero(const double* gradient, const double* x, double* out,
                                        std::int64_t count, double s) {
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = gradient_through(gradient[i], x[i], s);
  }
}

template <typename Real>
void relu_gradient_on_cpu(const at::Tensor& gradient, const at::Tensor& x, at::Tensor& out,
                          const DerivativeChoice& at_zero) {
  const auto* g = gradient.data_ptr<Real>();
  const auto* input = x.data_ptr<Real>();
  auto* result = out.data_ptr<Real>();
  const Real s = static_cast<Real>(at_zero.value);
  if (s != Real{0} && at_zero.rule == Rule::chain_rule) {
    scale_at_zero(g, input, result, x.numel(), s);
  } else {
    assign_at_zero(g, input, result, x.numel(), s == Real{0} ? Real{0} : s);
  }
}

}  // namespace

NodeResult forward(const Relu& /*relu*/, const NodeCall& call, NodeMemory& memory) {
  const at::Tensor& x = call.x();
  at::Tensor out = memory.buffer.take(x.sizes(), x.options());
  if (memory.hits.empty() || !x.is_cpu()) {
    at::clamp_min_out(out, x, 0);
    for (KinkHits& hits : memory.hits) {
      count_hits(x.eq(0), hits);
    }
  } else if (x.scalar_type() == at::kDouble) {
    relu_on_cpu<double>(x, out, memory.hits.front());
  } else {
    relu_on_cpu<float>(x, out, memory.hits.front());
  }
  return {out};
}

std::vector<at::Tensor> input_gradients(const Relu& /*relu*/, const NodeCall& call,
                                        const NodeGradients& gradients) {
  const at::Tensor& x = call.x();
  const DerivativeChoice& at_zero = call.pass.kinks.relu;
  const at::Tensor gradient = gradients.gradient.contiguous();
  at::Tensor result;
  if (x.is_cpu()) {
    result = at::empty_like(x);
    if (x.scalar_type() == at::kDouble) {
      relu_gradient_on_cpu<double>(gradient, x, result, at_zero);
    } else {
      relu_gradient_on_cpu<float>(gradient, x, result, at_zero);
    }
  } else {
    result = with_choice_at(x == 0, at_zero, gradient, gradient.masked_fill(x < 0, 0));
  }
  call.arithmetic().round_result(result);
  return {result};
}

at::Tensor kink_hits(const Relu& /*relu*/, const KinkPlace& /*place*/, const NodeCall& call) {
  return call.x().eq(0);
}

at::Tensor by_autograd(const Relu& /*relu*/, const AutogradCall& call) {
  // LibTorch's own where it chooses the same: the gate looks for it among the operators that run.
  return call.pass.kinks.relu.value == 0 ? at::relu(call.x()) : relu0::relu(call.x(), call.pass.kinks);
}

}  // namespace relu0::operations
