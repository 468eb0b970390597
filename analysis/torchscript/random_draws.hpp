#pragma once
// Private to analysis: includes LibTorch.
#include <string_view>

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

namespace relu0 {

/// Whether the operator of a name without overload and without the underscore of in-place spellings
/// ("aten::randn_like") draws real random numbers.
bool draws_random_numbers(std::string_view name);

/// Whether its call would draw binary64 numbers.
bool draws_binary64(const c10::OperatorHandle& op, const torch::jit::Stack& stack);

/// Runs a call that draws_binary64() on binary32 tensors and converts what it draws. LibTorch's generator
/// gives other numbers at binary64 than at binary32 from the same seed, so that a model that draws noise
/// would be another model at each precision; so drawn, they are the same numbers. `keys`: where the call goes
/// on.
void draw_binary32(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack& stack);

}  // namespace relu0
