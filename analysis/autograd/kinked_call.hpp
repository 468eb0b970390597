#pragma once
#include "analysis/autograd/kink_choices_guard.hpp"
#include "analysis/autograd/pass_watch.hpp"
#include "analysis/autograd/tensor_text.hpp"
#include "fixtures/error.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

namespace relu0::autograd {

/// A kink at a number, with the derivatives that lie on both sides of it.
struct PointOfKink {
  Kink kink;
  double at;
  double left;
  double right;
};

/// The choice that `choices` have at one kink; absent: PyTorch's.
using ReadChoice = std::optional<DerivativeChoice> (*)(const KinkChoices& choices);

/// One call of one of relu0's functions: who has a say in its choices, and who watches it.
class CallOfFunction {
 public:
  /// given: the call's own choices; nullptr where it has none. Throws InputError for a tensor that holds no
  /// real numbers and for a choice that is not finite, with the name of the function.
  CallOfFunction(const char* function, const at::Tensor& x, const KinkChoices* given)
      : function_(function), x_(x), choices_(given != nullptr ? given : guarded_choices) {
    if (!x.defined()) {
      throw InputError(std::string(function) + ": the input is an undefined tensor; give one with values");
    }
    if (!x.is_floating_point()) {
      throw InputError(
          std::string(function) + ": the input is " + type_and_shape(x) +
          ", and only real numbers have a derivative; convert it before, as in x.to(at::kFloat)");
    }
    if (given != nullptr) {
      require_finite(*given);
    }
    if (PassWatch* watch = PassWatch::current()) {
      number_ = watch->calls.size();
      watch->calls.push_back(
          {.function = function, .module = CallingModule::current(), .input = type_and_shape(x)});
    }
  }

  /// What stands for the derivative at a kink; absent: what LibTorch's own function has there. Throws
  /// InputError for a value that the input's type cannot hold.
  [[nodiscard]] std::optional<DerivativeChoice> at(const PointOfKink& point, ReadChoice read) const {
    std::optional<DerivativeChoice> choice = choices_ == nullptr ? std::nullopt : read(*choices_);
    if (PassWatch* watch = PassWatch::current()) {
      count(point.kink, [&] { return x_.detach().eq(point.at); });
      const Steering steering = watch->steering(number_, point.kink);
      if (const auto* side = std::get_if<Side>(&steering)) {
        choice = DerivativeChoice{.value = *side == Side::left ? point.left : point.right};
      } else if (const auto* steered = std::get_if<DerivativeChoice>(&steering)) {
        choice = *steered;
      }
    }
    if (choice) {
      require_held(point.kink, choice->value);
    }
    return choice;
  }

  [[nodiscard]] const KinkChoices* choices() const { return choices_; }

  /// Takes down the hits of a kink where someone watches; `hits`: gives a tensor that is true at each.
  template <typename Hits>
  void count(Kink kink, Hits&& hits) const {
    if (PassWatch* watch = PassWatch::current()) {
      watch->calls[number_].kinks.push_back({kink, hits().sum().template item<std::int64_t>()});
    }
  }

 private:
  void require_held(Kink kink, double value) const {
    const double largest = x_.scalar_type() == c10::kDouble ? std::numeric_limits<double>::max()
                                                            : double{std::numeric_limits<float>::max()};
    if (!(std::abs(value) <= largest)) {
      throw InputError(std::string(function_) + ": the choice at the kink '" + std::string(name(kink)) +
                       "' is " + shortest_text(value) + ", which is not finite for an input of " +
                       type_and_shape(x_) + "; give a smaller number");
    }
  }

  const char* function_;
  const at::Tensor& x_;
  const KinkChoices* choices_;
  std::size_t number_ = 0;
};

}  // namespace relu0::autograd
