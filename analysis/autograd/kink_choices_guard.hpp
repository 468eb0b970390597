#pragma once
#include "fixtures/network/kinks.hpp"

namespace relu0 {

namespace autograd {
/// Those of the innermost guard of this thread; nullptr outside of all.
inline thread_local const KinkChoices* guarded_choices = nullptr;
}  // namespace autograd

/// While it lives, relu0's functions and modules (relu0::relu, relu0::nn::ReLU …) that this thread calls
/// without a choice of their own use these. A choice acts where the function is called: the backward pass may
/// come later, and in another thread. Guards nest; the innermost counts. Functions of LibTorch's own
/// (torch::relu) are not affected.
///
///     relu0::KinkChoicesGuard guard({.relu = {.value = 0.5}, .max_pool = relu0::TieChoice::mean});
class KinkChoicesGuard {
 public:
  /// Throws InputError, which names the kink, for a choice that is not a finite number.
  explicit KinkChoicesGuard(const KinkChoices& choices)
      : choices_(choices), outer_(autograd::guarded_choices) {
    require_finite(choices_);
    autograd::guarded_choices = &choices_;
  }
  ~KinkChoicesGuard() { autograd::guarded_choices = outer_; }
  KinkChoicesGuard(const KinkChoicesGuard&) = delete;
  KinkChoicesGuard& operator=(const KinkChoicesGuard&) = delete;
  KinkChoicesGuard(KinkChoicesGuard&&) = delete;
  KinkChoicesGuard& operator=(KinkChoicesGuard&&) = delete;

 private:
  KinkChoices choices_;
  const KinkChoices* outer_;
};

/// The same for ReLU'(0) alone, under the chain rule; other kinks stay as the guard around it has them, or
/// PyTorch's.
class ReluAtZeroGuard {
 public:
  /// Throws InputError for a value that is not finite.
  explicit ReluAtZeroGuard(double relu_at_zero) : guard_(with(relu_at_zero)) {}

 private:
  static KinkChoices with(double relu_at_zero) {
    KinkChoices choices = autograd::guarded_choices == nullptr ? KinkChoices{} : *autograd::guarded_choices;
    choices.relu = {.value = relu_at_zero};
    return choices;
  }

  KinkChoicesGuard guard_;
};

}  // namespace relu0
