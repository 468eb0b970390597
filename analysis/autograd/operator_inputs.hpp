#pragma once
#include <ATen/core/ivalue.h>
#include <ATen/record_function.h>

namespace relu0::observing {

#ifdef NDEBUG

inline c10::ArrayRef<const c10::IValue> inputs_of(const at::RecordFunction& call) { return call.inputs(); }

#else

/// Code that is compiled with assertions and a LibTorch that was compiled without them, as Debian's and the
/// official ones are, do not agree on what a RecordFunction holds: call.inputs() then asserts by a member
/// behind the end of the object, and throws or not as memory has it. The member in question is reached
/// without it: an explicit instantiation may name a private one (C++20, [temp.spec.general], 6).
template <auto member>
struct InputsOf {
  friend c10::ArrayRef<const c10::IValue> inputs_of(const at::RecordFunction& call) { return call.*member; }
};
template struct InputsOf<&at::RecordFunction::inputs_>;
c10::ArrayRef<const c10::IValue> inputs_of(const at::RecordFunction& call);

#endif

}  // namespace relu0::observing
