#include "analysis/training/optimizer/optimizer_options.hpp"

#include "fixtures/error.hpp"

#include <cmath>

#include <fmt/format.h>

namespace relu0 {

namespace {

struct OptimizerName {
  std::string operator()(const SgdOptions& sgd) const {
    return fmt::format("SGD, momentum {}, weight decay {}", sgd.momentum, sgd.weight_decay);
  }
  std::string operator()(const AdamOptions& adam) const {
    return fmt::format("Adam, betas {} and {}, epsilon {}, weight decay {}", adam.beta1, adam.beta2,
                       adam.epsilon, adam.weight_decay);
  }
};

void require_beta(double value, const std::string& what) {
  if (!(value >= 0 && value < 1)) {
    throw InputError(fmt::format("a {} of {}: needs a number of at least 0 and below 1", what, value));
  }
}

struct OptimizerCheck {
  void operator()(const SgdOptions& sgd) const {
    require_rate(sgd.momentum, "momentum");
    require_rate(sgd.weight_decay, "weight decay");
  }
  void operator()(const AdamOptions& adam) const {
    require_beta(adam.beta1, "beta1");
    require_beta(adam.beta2, "beta2");
    require_rate(adam.epsilon, "epsilon");
    require_rate(adam.weight_decay, "weight decay");
    if (adam.epsilon == 0) {
      throw InputError(
          "an epsilon of 0: Adam needs a positive one, or parameters without gradient become NaN");
    }
  }
};

}  // namespace

std::string_view kind(const OptimizerOptions& options) {
  return std::holds_alternative<SgdOptions>(options) ? "sgd" : "adam";
}

std::string name(const OptimizerOptions& options) { return std::visit(OptimizerName{}, options); }

void check(const OptimizerOptions& options) { std::visit(OptimizerCheck{}, options); }

void require_rate(double value, const std::string& what) {
  if (!std::isfinite(value) || value < 0) {
    throw InputError(fmt::format("a {} of {}: needs a finite number that is not negative", what, value));
  }
}

}  // namespace relu0
