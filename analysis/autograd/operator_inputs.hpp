#pragma once
#include <algorithm>
#include <cstddef>
#include <span>

#include <ATen/core/function_schema.h>
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

/// The last `count` of the values; all where there are fewer.
inline std::span<const c10::IValue> last_of(std::span<const c10::IValue> values, std::size_t count) {
  return values.last(std::min(count, values.size()));
}

/// The operator's arguments, before it runs. The interpreter's whole stack is shown, of which the last ones
/// are the operator's own; all of it where the operator has no schema.
inline std::span<const c10::IValue> arguments_of(const at::RecordFunction& call) {
  const std::span<const c10::IValue> shown(inputs_of(call).data(), inputs_of(call).size());
  const auto schema = call.operator_schema();
  return last_of(shown, schema ? schema->arguments().size() : shown.size());
}

/// Its results, after it ran, likewise.
inline std::span<const c10::IValue> results_of(const at::RecordFunction& call) {
  const auto schema = call.operator_schema();
  return last_of(call.outputs(), schema ? schema->returns().size() : call.outputs().size());
}

}  // namespace relu0::observing
