#include "analysis/torch/operations/layers/portable_layers.hpp"

#include "analysis/kernels/convolution.hpp"
#include "analysis/kernels/product.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

namespace relu0::operations {

namespace {

kernels::Execution execution() { return {.threads = at::get_num_threads()}; }

/// Calls function.template operator()<T>() for the type of the tensor's elements.
template <typename Function>
void with_number_type(const at::Tensor& tensor, const Function& function) {
  if (tensor.scalar_type() == at::kDouble) {
    function.template operator()<double>();
  } else {
    function.template operator()<float>();
  }
}

/// Contiguous memory of a tensor for as long as this object lives.
class Values {
 public:
  explicit Values(const at::Tensor& tensor) : tensor_(tensor.defined() ? tensor.contiguous() : tensor) {}
  template <typename T>
  [[nodiscard]] const T* data() const {
    return tensor_.defined() ? tensor_.data_ptr<T>() : nullptr;
  }

 private:
  at::Tensor tensor_;
};

kernels::ImageExtents extents(const at::Tensor& x) { return {x.size(0), x.size(2), x.size(3)}; }

/// A · B, each a matrix with its transposition.
at::Tensor matrix_product(const at::Tensor& a, const at::Tensor& b, const Arithmetic& arithmetic) {
  at::Tensor result = at::empty({a.size(0), b.size(1)}, a.options());
  with_number_type(a, [&]<typename T>() {
    kernels::product<T>({a.data_ptr<T>(), a.stride(0), a.stride(1)},
                        {b.data_ptr<T>(), b.stride(0), b.stride(1)}, {a.size(0), b.size(1), a.size(1)},
                        nullptr, result.data_ptr<T>(), arithmetic.kernel().order, execution());
  });
  arithmetic.round_result(result);
  return result;
}

}  // namespace

void add_bias_last(at::Tensor& product, const at::Tensor& bias, const Arithmetic& arithmetic) {
  product.add_(product.dim() == 4 ? bias.view({1, -1, 1, 1}) : bias);
  arithmetic.round_result(product);
}

void portable_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                     const Arithmetic& arithmetic, at::Tensor& out) {
  const Values of_bias(bias);
  with_number_type(x, [&]<typename T>() {
    kernels::product<T>({x.data_ptr<T>(), x.stride(0), x.stride(1)},
                        {weight.data_ptr<T>(), weight.stride(1), weight.stride(0)},
                        {x.size(0), weight.size(0), weight.size(1)}, of_bias.data<T>(), out.data_ptr<T>(),
                        arithmetic.kernel().order, execution());
  });
  arithmetic.round_result(out);
}

at::Tensor portable_linear_input_gradient(const at::Tensor& gradient, const at::Tensor& weight,
                                          const Arithmetic& arithmetic) {
  return matrix_product(gradient, weight, arithmetic);
}

at::Tensor portable_linear_weight_gradient(const at::Tensor& gradient, const at::Tensor& x,
                                           const Arithmetic& arithmetic) {
  return matrix_product(gradient.t(), x, arithmetic);
}

at::Tensor portable_linear_bias_gradient(const at::Tensor& gradient, const Arithmetic& arithmetic) {
  // The sum over the samples, each times 1.
  const at::Tensor ones = at::empty({1, 1}, gradient.options()).fill_(1).expand({1, gradient.size(0)});
  return matrix_product(ones, gradient, arithmetic).view({-1});
}

at::Tensor portable_convolution(const Convolution& convolution, const at::Tensor& x, const at::Tensor& weight,
                                const at::Tensor& bias, const Arithmetic& arithmetic) {
  const kernels::ImageExtents out = kernels::output_extents(convolution, extents(x));
  at::Tensor result = at::empty({x.size(0), convolution.out_channels, out.height, out.width}, x.options());
  const Values of_x(x);
  const Values of_weight(weight);
  // At 16 bits a bias that comes last is added after the sum has been rounded to the storage format, which is
  // not the kernel's (BiasPlace).
  const bool apart =
      bias.defined() && arithmetic.narrow() && arithmetic.kernel().order.bias == BiasPlace::last;
  const Values of_bias(apart ? at::Tensor() : bias);
  with_number_type(x, [&]<typename T>() {
    kernels::forward<T>(convolution, extents(x), of_x.data<T>(), of_weight.data<T>(), of_bias.data<T>(),
                        result.data_ptr<T>(), arithmetic.kernel().order, execution());
  });
  arithmetic.round_result(result);
  if (apart) {
    add_bias_last(result, bias, arithmetic);
  }
  return result;
}

at::Tensor portable_convolution_input_gradient(const Convolution& convolution, const at::Tensor& gradient,
                                               const at::Tensor& x, const at::Tensor& weight,
                                               const Arithmetic& arithmetic) {
  at::Tensor result = at::empty(x.sizes(), x.options());
  const Values of_gradient(gradient);
  const Values of_weight(weight);
  with_number_type(x, [&]<typename T>() {
    kernels::input_gradient<T>(convolution, extents(x), of_gradient.data<T>(), of_weight.data<T>(),
                               result.data_ptr<T>(), arithmetic.kernel().order, execution());
  });
  arithmetic.round_result(result);
  return result;
}

at::Tensor portable_convolution_weight_gradient(const Convolution& convolution, const at::Tensor& gradient,
                                                const at::Tensor& x, const at::Tensor& weight,
                                                const Arithmetic& arithmetic) {
  at::Tensor result = at::empty(weight.sizes(), weight.options());
  const Values of_gradient(gradient);
  const Values of_x(x);
  with_number_type(x, [&]<typename T>() {
    kernels::weight_gradient<T>(convolution, extents(x), of_gradient.data<T>(), of_x.data<T>(),
                                result.data_ptr<T>(), arithmetic.kernel().order, execution());
  });
  arithmetic.round_result(result);
  return result;
}

at::Tensor portable_convolution_bias_gradient(const Convolution& convolution, const at::Tensor& gradient,
                                              const at::Tensor& x, const Arithmetic& arithmetic) {
  at::Tensor result = at::empty({convolution.out_channels}, gradient.options());
  const Values of_gradient(gradient);
  with_number_type(gradient, [&]<typename T>() {
    kernels::bias_gradient<T>(convolution, extents(x), of_gradient.data<T>(), result.data_ptr<T>(),
                              arithmetic.kernel().order, execution());
  });
  arithmetic.round_result(result);
  return result;
}

}  // namespace relu0::operations
