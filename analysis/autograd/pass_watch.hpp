#pragma once
#include "fixtures/network/kinks.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0::autograd {

/// One side of a kink that lies at a number, as the choice of its derivative.
enum class Side { left, right };

/// What a watch puts in the place of the code's own choice at a kink.
struct KeepChoice {};
using Steering = std::variant<KeepChoice, Side, DerivativeChoice>;

/// How often one call of a function met one of its kinks.
struct MetKink {
  Kink kink;
  std::int64_t hits = 0;  ///< inputs, or windows of a max-pool, that lay exactly on it
};

/// One call of one of relu0's functions.
struct FunctionCall {
  std::string function;          ///< "relu0::relu"
  const void* module = nullptr;  ///< the module of relu0::nn that called it
  std::string input;             ///< "float32 {32, 128}"
  std::vector<MetKink> kinks{};
};

/// While it lives, takes down which of relu0's functions this thread calls, in their order, what they meet at
/// their kinks, and lets the caller steer them. A steered derivative comes before every choice of the code's
/// own. Counting reads each input once more.
class PassWatch {
 public:
  /// What stands at a kink of a call, counted from 0.
  using Steer = std::function<Steering(std::size_t call, Kink kink)>;

  explicit PassWatch(Steer steer = {}) : steer_(std::move(steer)), outer_(innermost) { innermost = this; }
  ~PassWatch() { innermost = outer_; }
  PassWatch(const PassWatch&) = delete;
  PassWatch& operator=(const PassWatch&) = delete;
  PassWatch(PassWatch&&) = delete;
  PassWatch& operator=(PassWatch&&) = delete;

  /// That of this thread; nullptr where there is none.
  static PassWatch* current() { return innermost; }

  [[nodiscard]] Steering steering(std::size_t call, Kink kink) const {
    return steer_ ? steer_(call, kink) : Steering{};
  }

  std::vector<FunctionCall> calls{};
  /// Paths of modules ("features.1"), as far as who runs the pass knows them.
  std::map<const void*, std::string> module_paths{};
  /// LibTorch's own nodes of the graph that take ReLU'(0) from LibTorch ("ReluBackward0"), and how many.
  std::map<std::string, std::int64_t> native_relus{};

 private:
  inline static thread_local PassWatch* innermost = nullptr;

  Steer steer_;
  PassWatch* outer_;
};

/// Says, while it lives, which module calls.
class CallingModule {
 public:
  explicit CallingModule(const void* module) : outer_(innermost) { innermost = module; }
  ~CallingModule() { innermost = outer_; }
  CallingModule(const CallingModule&) = delete;
  CallingModule& operator=(const CallingModule&) = delete;
  CallingModule(CallingModule&&) = delete;
  CallingModule& operator=(CallingModule&&) = delete;

  static const void* current() { return innermost; }

 private:
  inline static thread_local const void* innermost = nullptr;
  const void* outer_;
};

}  // namespace relu0::autograd
