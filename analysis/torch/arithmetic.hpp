#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/torch/engine_fault.hpp"
#include "fixtures/network/precision.hpp"

#include <ATen/core/Tensor.h>

namespace relu0 {

/// One Precision on one device, as LibTorch can compute it: natively, or emulated.
///
/// On CUDA all five are native. On the CPU fp32 and fp64 are native; fp16 and bf16 are emulated: tensors are
/// held in binary32 with values of the narrow format, each operation computes in binary32 and its result is
/// rounded once. tf32 is emulated by rounding the operands of each matrix product. LibTorch's own CPU kernels
/// for the narrow formats are not used: they are missing (half, LibTorch 1.13) or choose their accumulation
/// by shape, so that they have no single definition.
///
/// The kernel is that of linear layers and convolutions. With its `bits`, fp64 is emulated: tensors are held
/// in binary64 with numbers of so many bits, each operation computes in binary64 and its result is rounded
/// once (products and sums of linear layers and convolutions one by one).
class Arithmetic {
 public:
  /// Throws InputError for a portable kernel on CUDA, and for bits at another precision than fp64.
  Arithmetic(Precision precision, Device device, const KernelChoice& kernel = {},
             EngineFault fault = EngineFault::none);

  [[nodiscard]] Precision precision() const { return precision_; }
  [[nodiscard]] Device device() const { return device_; }
  [[nodiscard]] const KernelChoice& kernel() const { return kernel_; }
  [[nodiscard]] bool emulated() const { return emulated_; }
  /// What passes in this arithmetic do wrong on purpose.
  [[nodiscard]] EngineFault fault() const { return fault_; }
  /// Whether a value is stored with 16 bits.
  [[nodiscard]] bool narrow() const { return storage_bits(precision_) == 16; }
  /// Type and device in which tensors are held.
  [[nodiscard]] at::TensorOptions options() const { return options_; }

  /// Sets LibTorch's process-wide switches for this arithmetic (CUDA: TF32 on or off, no reduced-precision
  /// reductions, cuDNN's deterministic kernels unless the device is a nondeterministic one).
  void activate() const;
  /// Rounds the result of an operation to the storage format (or the kernel's bits), in place; nothing to do
  /// where LibTorch did.
  void round_result(at::Tensor& result) const;
  /// A number as tensors hold it: rounded to the storage format.
  [[nodiscard]] double rounded(double value) const;
  /// The tensor as a matrix product sees it: rounded to TF32 where that is emulated, otherwise the tensor
  /// itself.
  [[nodiscard]] at::Tensor operand(const at::Tensor& tensor) const;

 private:
  Precision precision_;
  Device device_;
  KernelChoice kernel_;
  EngineFault fault_;
  bool emulated_;
  at::TensorOptions options_;
};

}  // namespace relu0
