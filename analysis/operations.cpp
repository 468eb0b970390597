#include "analysis/operations.hpp"

#include "analysis/vector_clones.hpp"

#include <cmath>
#include <cstring>

namespace relu0::operations {

void linear(const Arithmetic& arithmetic, at::Tensor& out, const at::Tensor& x,
            const at::Tensor& weight_operand, const at::Tensor& bias) {
  at::addmm_out(out, bias, arithmetic.operand(x), weight_operand.t());
  arithmetic.round_result(out);
}

at::Tensor linear_input_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                 const at::Tensor& weight_operand) {
  at::Tensor result = at::mm(arithmetic.operand(gradient), weight_operand);
  arithmetic.round_result(result);
  return result;
}

at::Tensor linear_weight_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                  const at::Tensor& x) {
  at::Tensor result = at::mm(arithmetic.operand(gradient).t(), arithmetic.operand(x));
  arithmetic.round_result(result);
  return result;
}

at::Tensor linear_bias_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient) {
  at::Tensor result = gradient.sum(0);
  arithmetic.round_result(result);
  return result;
}

NormalisedBatch batch_norm(const Arithmetic& arithmetic, const at::Tensor& x, const at::Tensor& weight,
                           const at::Tensor& bias, double epsilon) {
  // The momentum is that of the running statistics, which are not kept.
  auto [output, mean, inverse_deviation] =
      at::native_batch_norm(x, weight, bias, {}, {}, /*training=*/true, /*momentum=*/0.1, epsilon);
  arithmetic.round_result(output);
  return {output, mean, inverse_deviation};
}

BatchNormGradient batch_norm_gradient(const Arithmetic& arithmetic, const at::Tensor& gradient,
                                      const at::Tensor& x, const at::Tensor& weight,
                                      const NormalisedBatch& forward, double epsilon) {
  auto [input, weight_gradient, bias_gradient] =
      at::native_batch_norm_backward(gradient, x, weight, {}, {}, forward.mean, forward.inverse_deviation,
                                     /*train=*/true, epsilon, {true, true, true});
  arithmetic.round_result(input);
  arithmetic.round_result(weight_gradient);
  arithmetic.round_result(bias_gradient);
  return {input, weight_gradient, bias_gradient};
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

Loss cross_entropy(const Arithmetic& arithmetic, const at::Tensor& logits, const at::Tensor& labels) {
  Loss loss;
  loss.log_probabilities = at::_log_softmax(logits, 1, /*half_to_float=*/false);
  arithmetic.round_result(loss.log_probabilities);
  std::tie(loss.value, loss.total_weight) =
      at::nll_loss_forward(loss.log_probabilities, labels, {}, at::Reduction::Mean, /*ignore_index=*/-100);
  arithmetic.round_result(loss.value);
  return loss;
}

at::Tensor cross_entropy_gradient(const Arithmetic& arithmetic, const Loss& loss, const at::Tensor& labels) {
  at::Tensor one = at::ones_like(loss.value);
  at::Tensor gradient = at::nll_loss_backward(one, loss.log_probabilities, labels, {}, at::Reduction::Mean,
                                              /*ignore_index=*/-100, loss.total_weight);
  arithmetic.round_result(gradient);
  gradient = at::_log_softmax_backward_data(gradient, loss.log_probabilities, 1,
                                            loss.log_probabilities.scalar_type());
  arithmetic.round_result(gradient);
  return gradient;
}

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  TORCH_INTERNAL_ASSERT(a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type());
  if (a.is_cpu()) {
    return std::memcmp(a.contiguous().data_ptr(), b.contiguous().data_ptr(), a.nbytes()) == 0;
  }
  const at::ScalarType bits = a.element_size() == 8   ? at::kLong
                              : a.element_size() == 4 ? at::kInt
                                                      : at::kShort;
  return at::equal(a.contiguous().view(bits), b.contiguous().view(bits));
}

}  // namespace relu0::operations
