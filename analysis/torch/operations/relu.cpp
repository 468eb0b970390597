#include "analysis/torch/operations/relu.hpp"

#include "reference/arithmetic/vector_clones.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace relu0::operations {

namespace {

template <typename Real>
void relu_on_cpu(const at::Tensor& x, at::Tensor& out, LayerZeros& zeros) {
  const std::int64_t row = x.numel() / x.size(0);
  const auto* in = x.data_ptr<Real>();
  auto* result = out.data_ptr<Real>();
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    const std::int64_t count = relu_counting_zeros(in + i * row, result + i * row, row);
    zeros.per_sample[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(count);
    zeros.total += count;
  }
}

void relu_by_operators(const at::Tensor& x, at::Tensor& out, LayerZeros& zeros) {
  at::clamp_min_out(out, x, 0);
  const at::Tensor counts = x.eq(0).flatten(1).sum(1).cpu();
  const auto* count = counts.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < zeros.per_sample.size(); ++i) {
    zeros.per_sample[i] = static_cast<std::uint32_t>(count[i]);
    zeros.total += count[i];
  }
}

}  // namespace

void relu(const at::Tensor& x, at::Tensor& out, LayerZeros& zeros) {
  zeros.per_sample.assign(static_cast<std::size_t>(x.size(0)), 0);
  zeros.total = 0;
  if (!x.is_cpu()) {
    relu_by_operators(x, out, zeros);
  } else if (x.scalar_type() == at::kDouble) {
    relu_on_cpu<double>(x, out, zeros);
  } else {
    relu_on_cpu<float>(x, out, zeros);
  }
}

namespace {

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
                          ReluAtZero relu_at_zero) {
  const auto* g = gradient.data_ptr<Real>();
  const auto* input = x.data_ptr<Real>();
  auto* result = out.data_ptr<Real>();
  const Real s = static_cast<Real>(relu_at_zero.value);
  if (s != Real{0} && relu_at_zero.rule == Rule::chain_rule) {
    scale_at_zero(g, input, result, x.numel(), s);
  } else {
    assign_at_zero(g, input, result, x.numel(), s == Real{0} ? Real{0} : s);
  }
}

}  // namespace

at::Tensor relu_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient, const at::Tensor& x,
                         ReluAtZero relu_at_zero) {
  at::Tensor result;
  if (x.is_cpu()) {
    result = at::empty_like(x);
    if (x.scalar_type() == at::kDouble) {
      relu_gradient_on_cpu<double>(gradient, x, result, relu_at_zero);
    } else {
      relu_gradient_on_cpu<float>(gradient, x, result, relu_at_zero);
    }
  } else {
    const at::Tensor zero = at::zeros({}, x.options());
    const bool scales = relu_at_zero.value != 0 && relu_at_zero.rule == Rule::chain_rule;
    const at::Tensor at_zero = scales ? gradient * relu_at_zero.value : at::full_like(x, relu_at_zero.value);
    result = at::where(x == 0, at_zero, at::where(x < 0, zero, gradient));
  }
  arithmetic.round_result(result);
  return result;
}

}  // namespace relu0::operations
