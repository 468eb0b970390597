#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"

#include <memory>

namespace relu0 {

/// While it lives, every operator that this thread runs below LibTorch's autograd, in forward and backward
/// passes, is computed in an emulated arithmetic: fp16 and bf16 round each binary32 result once, tf32 rounds
/// the operands of matrix products and convolutions. What an operator calls inside its own kernel is not
/// seen: one operator is one rounding. Nothing is done for fp32 and fp64.
///
/// Statistics that normalisations hand to their own backward pass stay binary32, as GPUs keep them. A view
/// rounds nothing; an operator that works in place or writes into a given tensor rounds that one. Integer and
/// binary64 results stay.
///
/// Done by a kernel for all operators at a dispatch key between autograd and the backends that nothing else
/// uses.
class RoundingDispatch {
 public:
  explicit RoundingDispatch(const Arithmetic& arithmetic);
  ~RoundingDispatch();
  RoundingDispatch(const RoundingDispatch&) = delete;
  RoundingDispatch& operator=(const RoundingDispatch&) = delete;
  RoundingDispatch(RoundingDispatch&&) = delete;
  RoundingDispatch& operator=(RoundingDispatch&&) = delete;

 private:
  struct Guard;
  std::unique_ptr<Guard> guard_;
};

/// While it lives, the thread's operators are not rounded, whatever RoundingDispatch there is: for what the
/// toolkit computes about a pass on the way.
class RoundingSuspended {
 public:
  RoundingSuspended();
  ~RoundingSuspended();
  RoundingSuspended(const RoundingSuspended&) = delete;
  RoundingSuspended& operator=(const RoundingSuspended&) = delete;
  RoundingSuspended(RoundingSuspended&&) = delete;
  RoundingSuspended& operator=(RoundingSuspended&&) = delete;

 private:
  const Arithmetic* outer_;
};

/// Rounds the elements of a tensor to the arithmetic's storage format, in place and whatever its strides are;
/// nothing is done for tensors that are not binary32. No gradient is recorded.
void round_elements(const Arithmetic& arithmetic, const at::Tensor& tensor);

}  // namespace relu0
