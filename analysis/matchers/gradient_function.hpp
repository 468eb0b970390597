#pragma once
#include "analysis/autograd/named_gradient.hpp"
#include "analysis/autograd/pass_watch.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/kinks.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <ostream>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/nn/module.h>

namespace relu0 {

/// What a matcher asks for gradients: something that runs one forward and backward pass and gives the same
/// gradients whenever it is called under the same choices. Either
///   - a function without arguments, whose kinks are relu0's functions and modules: matchers steer and count
///     each of their calls, in the thread that calls the function; gradients_of() makes one of a module; or
///   - a function of const KinkChoices&, which sees to the choices by itself: matchers know nothing of what
///     happens inside.
class GradientFunction {
 public:
  template <typename Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, GradientFunction> &&
           (std::is_invocable_r_v<NamedGradients, Function&> ||
            std::is_invocable_r_v<NamedGradients, Function&, const KinkChoices&>))
      GradientFunction(Function function) {
    if constexpr (std::is_invocable_r_v<NamedGradients, Function&>) {
      run_ = [held = std::move(function)](const KinkChoices& /*choices*/) mutable { return held(); };
    } else {
      run_ = std::move(function);
      takes_choices_ = true;
    }
  }

  [[nodiscard]] bool takes_choices() const { return takes_choices_; }
  /// The gradients of one pass; `choices` are for functions that take them.
  NamedGradients operator()(const KinkChoices& choices = {}) const { return run_(choices); }

 private:
  std::function<NamedGradients(const KinkChoices&)> run_;
  bool takes_choices_ = false;
};

/// For GoogleTest's messages.
inline void PrintTo(const GradientFunction& /*function*/, std::ostream* stream) {
  *stream << "a function that gives gradients";
}
inline void PrintTo(const NamedGradient& gradient, std::ostream* stream) { *stream << gradient.name; }

namespace matchers {

/// LibTorch's nodes behind a loss that take ReLU'(0) from LibTorch, by name.
inline std::map<std::string, std::int64_t> native_relus(const at::Tensor& loss) {
  std::map<std::string, std::int64_t> result;
  std::set<torch::autograd::Node*> seen;
  std::vector<torch::autograd::Node*> open{loss.grad_fn().get()};
  while (!open.empty()) {
    torch::autograd::Node* node = open.back();
    open.pop_back();
    if (node == nullptr || !seen.insert(node).second) {
      continue;
    }
    const std::string name = node->name();
    if (name.starts_with("ReluBackward") || name.starts_with("ThresholdBackward")) {
      ++result[name];
    }
    for (const torch::autograd::Edge& edge : node->next_edges()) {
      open.push_back(edge.function.get());
    }
  }
  return result;
}

/// What a pass may change besides the gradient: the module's buffers and the CPU's random numbers. Puts both
/// back at its end.
class StateKept {
 public:
  explicit StateKept(const torch::nn::Module& module) : buffers_(module.buffers()), random_(random_state()) {
    for (const at::Tensor& buffer : buffers_) {
      values_.push_back(buffer.detach().clone());
    }
  }
  ~StateKept() {
    const c10::AutoGradMode no_gradients(false);
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      buffers_[i].copy_(values_[i]);
    }
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    const std::lock_guard lock(generator.mutex());
    generator.set_state(random_);
  }
  StateKept(const StateKept&) = delete;
  StateKept& operator=(const StateKept&) = delete;
  StateKept(StateKept&&) = delete;
  StateKept& operator=(StateKept&&) = delete;

 private:
  static at::Tensor random_state() { return at::detail::getDefaultCPUGenerator().get_state(); }

  std::vector<at::Tensor> buffers_;
  std::vector<at::Tensor> values_;
  at::Tensor random_;
};

inline NamedGradients gradients_of_pass(const torch::nn::Module& module,
                                        const std::function<at::Tensor()>& loss_of_pass) {
  const StateKept state(module);
  if (autograd::PassWatch* watch = autograd::PassWatch::current()) {
    for (const auto& item : module.named_modules(std::string(), /*include_self=*/false)) {
      watch->module_paths.emplace(item.value().get(), item.key());
    }
  }
  const c10::AutoGradMode with_gradients(true);
  const at::Tensor loss = loss_of_pass();
  if (!loss.defined() || loss.numel() != 1 || !loss.requires_grad()) {
    throw InputError(
        "relu0::gradients_of: the loss must be a tensor of one number that depends on a parameter of the "
        "module; compute it from the module's output without detach(), item() or NoGradGuard");
  }
  if (autograd::PassWatch* watch = autograd::PassWatch::current()) {
    watch->native_relus = native_relus(loss);
  }
  NamedGradients result;
  torch::autograd::variable_list parameters;
  for (const auto& item : module.named_parameters()) {
    if (item.value().requires_grad()) {
      result.push_back({.name = item.key(), .gradient = {}});
      parameters.push_back(item.value());
    }
  }
  if (parameters.empty()) {
    throw InputError(
        "relu0::gradients_of: the module has no parameter that requires a gradient; unfreeze one "
        "(requires_grad_())");
  }
  const auto gradients = torch::autograd::grad({loss}, parameters, {}, {}, /*create_graph=*/false,
                                               /*allow_unused=*/true);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    result[i].gradient = gradients[i];
  }
  return result;
}

}  // namespace matchers

/// The gradients of a module's parameters, by their names in it, of one pass: `loss` runs the module and
/// gives the loss, one number. Buffers and the random numbers of the CPU are as before after each pass;
/// .grad() of the parameters is not touched. The module outlives the function.
///
///     relu0::gradients_of(*net, [&] { return at::cross_entropy_loss(net->forward(images), labels); })
///
/// A call throws InputError for a loss that is not one number with a gradient, and for a module without
/// parameters that require one.
inline GradientFunction gradients_of(const torch::nn::Module& module, std::function<at::Tensor()> loss) {
  return GradientFunction([held = &module, loss_of_pass = std::move(loss)]() -> NamedGradients {
    return matchers::gradients_of_pass(*held, loss_of_pass);
  });
}

}  // namespace relu0
