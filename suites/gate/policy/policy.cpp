#include "suites/gate/policy/policy.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "reports/model/gate/judgement.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fnmatch.h>

namespace relu0::gate {

namespace {

bool matches(const std::optional<std::string>& pattern, const std::string& name) {
  return !pattern || (!name.empty() && ::fnmatch(pattern->c_str(), name.c_str(), 0) == 0);
}

}  // namespace

bool Override::fits(std::optional<Precision> precision, const std::string& of_tensor,
                    const std::string& of_operation) const {
  const bool precision_fits =
      precisions.empty() ||
      (precision && std::find(precisions.begin(), precisions.end(), *precision) != precisions.end());
  return precision_fits && matches(tensor, of_tensor) && matches(operation, of_operation);
}

const LimitSetting& Policy::setting(Limit limit, std::optional<Precision> precision,
                                    const std::string& tensor, const std::string& operation) const {
  const LimitSetting* result = &limits.at(static_cast<std::size_t>(limit));
  for (const Override& other : overrides) {
    if (!other.fits(precision, tensor, operation)) {
      continue;
    }
    for (const LimitSetting& setting : other.limits) {
      if (setting.limit == limit) {
        result = &setting;
      }
    }
  }
  return *result;
}

Policy default_policy() {
  Policy policy;
  for (const LimitDescription& description : all_limits()) {
    LimitSetting& setting = policy.limits.emplace_back();
    setting.limit = description.limit;
    setting.tiers = description.defaults;
  }
  return policy;
}

std::string text_of_place(const LimitSetting& setting) {
  return setting.place.file.empty() ? "default policy"
                                    : fmt::format("{}:{}", text(setting.place), setting.column);
}

double largest_useful_difference(const TensorFacts& tensor) {
  const double other = tensor.between_mini_batches.value_or(1);
  // A distance that is no number, or 0, tells no two gradients apart.
  const double end = other > 0 ? std::min(other, 1.0) : 1.0;
  return std::nextafter(end, 0.0);
}

double largest_useful_ulps(Precision precision) {
  return std::nextafter(std::ldexp(1.0, significands(precision).stored - 1), 0.0);
}

}  // namespace relu0::gate
