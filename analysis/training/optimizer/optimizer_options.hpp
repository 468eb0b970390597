#pragma once
#include <cstdint>
#include <string>
#include <variant>

namespace relu0 {

/// Stochastic gradient descent as torch.optim.SGD does it, without dampening and without Nesterov's variant:
/// d = g + λ w; v = μ v + d (v = d in the first step; d alone without momentum); w = w − rate · v.
struct SgdOptions {
  double momentum = 0;      ///< μ
  double weight_decay = 0;  ///< λ: of every parameter, biases too

  bool operator==(const SgdOptions&) const = default;
};

/// Adam (Kingma, Ba, arXiv:1412.6980) as torch.optim.Adam does it: d = g + λ w; m = β₁ m + (1 − β₁) d;
/// v = β₂ v + (1 − β₂) d²; w = w − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε) in step t, counted from 1.
struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;  ///< λ: of every parameter, biases too

  bool operator==(const AdamOptions&) const = default;
};

using OptimizerOptions = std::variant<SgdOptions, AdamOptions>;

/// "sgd" or "adam".
std::string_view kind(const OptimizerOptions& options);
/// "SGD, momentum 0.9, weight decay 0.0005": all that it does.
std::string name(const OptimizerOptions& options);

/// Throws InputError for a number that is not finite or negative, a β that is not below 1 and an ε of 0.
void check(const OptimizerOptions& options);

/// Throws InputError, which says what it is, for a number that is negative or not finite.
void require_rate(double value, const std::string& what);

}  // namespace relu0
