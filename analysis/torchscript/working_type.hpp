#pragma once
// Private to analysis: includes LibTorch.
#include <c10/core/DefaultDtype.h>
#include <c10/core/ScalarType.h>
#include <c10/core/ScalarTypeToTypeMeta.h>

namespace torch::jit {
struct Module;
}

namespace relu0 {

// A model says float32 where it makes tensors of its own: by torch.zeros(n) without a type, by
// dtype=torch.float32, which tracing writes into every call that makes a tensor, by x.float(), by constants.
// That is the type which its parameters have; in the pass at fp64 these are binary64, and operators that take
// tensors of one type only would fail.

/// Has a model mean binary64 where its code says float32. To be called before it runs for the first time; at
/// other types nothing is to be done. A comparison of types (x.dtype == torch.float32) stays as it is.
void widen_to_binary64(const torch::jit::Module& module);

/// While it lives, tensors made without a type are of this one, in the whole process.
class DefaultRealType {
 public:
  explicit DefaultRealType(at::ScalarType type) : before_(c10::get_default_dtype()) {
    c10::set_default_dtype(c10::scalarTypeToTypeMeta(type));
  }
  ~DefaultRealType() { c10::set_default_dtype(before_); }
  DefaultRealType(const DefaultRealType&) = delete;
  DefaultRealType& operator=(const DefaultRealType&) = delete;
  DefaultRealType(DefaultRealType&&) = delete;
  DefaultRealType& operator=(DefaultRealType&&) = delete;

 private:
  caffe2::TypeMeta before_;
};

}  // namespace relu0
