#include "analysis/torch/arithmetic.hpp"

#include "analysis/kernels/p_bit.hpp"
#include "analysis/torch/rounding.hpp"

#include <span>

#include <ATen/Context.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>

namespace relu0 {

namespace {

bool is_emulated(Precision precision, Device device, const KernelChoice& kernel) {
  return kernel.order.bits != 0 ||
         (device == Device::cpu && precision != Precision::fp32 && precision != Precision::fp64);
}

const KernelChoice& checked(Precision precision, Device device, const KernelChoice& kernel) {
  require_kernel(kernel, precision, device);
  return kernel;
}

at::ScalarType storage(Precision precision, bool emulated) {
  if (precision == Precision::fp64) {
    return at::kDouble;
  }
  if (emulated || storage_bits(precision) == 32) {
    return at::kFloat;
  }
  return precision == Precision::fp16 ? at::kHalf : at::kBFloat16;
}

template <typename Number>
std::span<Number> values_of(at::Tensor& tensor) {
  TORCH_INTERNAL_ASSERT(tensor.is_contiguous() &&
                        tensor.scalar_type() == c10::CppTypeToScalarType<Number>::value);
  return {tensor.data_ptr<Number>(), static_cast<std::size_t>(tensor.numel())};
}

}  // namespace

Arithmetic::Arithmetic(Precision precision, Device device, const KernelChoice& kernel, EngineFault fault)
    : precision_(precision),
      device_(device),
      kernel_(checked(precision, device, kernel)),
      fault_(fault),
      emulated_(is_emulated(precision, device, kernel)),
      options_(at::TensorOptions()
                   .dtype(storage(precision, emulated_))
                   .device(is_cuda(device) ? at::kCUDA : at::kCPU)) {}

void Arithmetic::activate() const {
  if (!is_cuda(device_)) {
    return;
  }
  at::Context& context = at::globalContext();
  context.setAllowTF32CuBLAS(precision_ == Precision::tf32);
  context.setAllowTF32CuDNN(precision_ == Precision::tf32);
  context.setAllowFP16ReductionCuBLAS(false);
  // Otherwise cuDNN may sum the gradients of convolutions by atomic additions, in another order each time,
  // and the control would find a difference on every mini-batch.
  context.setDeterministicCuDNN(device_ == Device::cuda);
  context.setBenchmarkCuDNN(false);
}

void Arithmetic::round_result(at::Tensor& result) const {
  if (!emulated_ || fault_ == EngineFault::results_not_rounded) {
    return;
  }
  if (kernel_.order.bits != 0) {
    kernels::round_to_bits(values_of<double>(result), kernel_.order.bits);
  } else if (precision_ == Precision::fp16) {
    round_to_binary16(values_of<float>(result));
  } else if (precision_ == Precision::bf16) {
    round_to_bfloat16(values_of<float>(result));
  }
}

double Arithmetic::rounded(double value) const {
  at::Tensor tensor = at::full({1}, value, options_);
  round_result(tensor);
  return tensor.item<double>();
}

at::Tensor Arithmetic::operand(const at::Tensor& tensor) const {
  if (!emulated_ || precision_ != Precision::tf32) {
    return tensor;
  }
  at::Tensor rounded = at::empty_like(tensor, at::MemoryFormat::Contiguous).copy_(tensor);
  round_to_tf32(values_of<float>(rounded));
  return rounded;
}

}  // namespace relu0
