#pragma once
#include "analysis/matchers/gradient_elements.hpp"
#include "analysis/matchers/gradient_function.hpp"
#include "reference/arithmetic/format.hpp"
#include "reference/gradient/reference_gradient.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// What a gradient's tensors are called in the reference's network: {"fc1.weight", "linear1.weight"}. Those
/// that are not named are called the same.
using ReferenceNames = std::map<std::string, std::string>;

namespace matchers {

class UlpsMatcher {
 public:
  using is_gtest_matcher = void;

  UlpsMatcher(reference::ReferenceGradient reference, double ulps, ReferenceNames names)
      : reference_(std::move(reference)), ulps_(ulps), names_(std::move(names)) {
    if (!(ulps >= 0 && std::isfinite(ulps))) {
      throw InputError(who + ": the limit is " + autograd::shortest_text(ulps) +
                       " ulps; give a finite number of at least 0");
    }
  }

  bool MatchAndExplain(const GradientFunction& function, std::ostream* stream) const {
    return MatchAndExplain(function(), stream);
  }

  bool MatchAndExplain(const NamedGradients& gradients, std::ostream* stream) const {
    require_usable(who, gradients);
    std::string failures;
    double largest = 0;
    bool zero_passes = true;
    for (const NamedGradient& gradient : gradients) {
      if (!gradient.gradient.defined()) {
        throw InputError(who + ": no gradient reaches '" + gradient.name + "'; leave it out");
      }
      const Comparison found = compare(gradient);
      failures += found.failure;
      largest = std::max(largest, found.largest);
      zero_passes = zero_passes && found.largest_of_zero <= ulps_;
    }
    if (zero_passes) {
      throw InputError(who + ": the zero gradient would pass " + autograd::shortest_text(ulps_) +
                       " ulps, so that the limit says nothing; give a smaller one");
    }
    if (stream != nullptr && failures.empty()) {
      *stream << "which is off by at most " << autograd::shortest_text(largest) << " ulps";
    } else if (stream != nullptr) {
      *stream << "which is off by more:" << failures
              << "\nWhat to do: compare the choices at kinks first (the reference was given its own, in "
                 "GradientOptions::kinks), then loss, inputs and parameters; where all of these agree, it is "
                 "the rounding of this precision: use a wider one, sum up in another order, or set the limit "
                 "that this precision can keep.";
    }
    return failures.empty();
  }

  void DescribeTo(std::ostream* stream) const { *stream << "lies " << claim(); }
  void DescribeNegationTo(std::ostream* stream) const { *stream << "does not lie " << claim(); }

 private:
  inline static const std::string who = "WithinUlpsOfReference";

  struct Comparison {
    std::string failure;  ///< empty where all elements keep the limit
    double largest = 0;   ///< in ulps
    double largest_of_zero = 0;
  };

  [[nodiscard]] std::string claim() const {
    return "within " + autograd::shortest_text(ulps_) + " ulps of the reference of " +
           std::to_string(reference_.bits()) + " bits";
  }

  [[nodiscard]] Comparison compare(const NamedGradient& gradient) const {
    const auto named = names_.find(gradient.name);
    const std::string& name = named == names_.end() ? gradient.name : named->second;
    const reference::NumberTensor truth = reference_.parameter_tensor(name);
    const at::Tensor& tensor = gradient.gradient;
    if (at::IntArrayRef(truth.shape) != tensor.sizes()) {
      throw InputError(who + ": the gradient " + tensor_text(gradient) + " has another shape than '" + name +
                       "' of the reference, " + autograd::shape_text(truth.shape));
    }
    const reference::Format format = reference::storage_format(stored_precision(gradient));
    const reference::NumberTensor bounds = reference_.error_bounds(name);
    const std::vector<double> values = to_doubles(tensor);
    Comparison result;
    std::int64_t beyond = 0;
    std::size_t worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const mpfr_srcptr exact = truth.values[i].backend().data();
      const double ulps = reference::ulps_from(format, exact, values[i]);
      const double unsure = std::ldexp(bounds.values[i].convert_to<double>(),
                                       static_cast<int>(-reference::ulp_exponent(format, exact)));
      if (unsure > 0 && std::abs(ulps - ulps_) <= unsure) {
        throw InputError(who + ": the reference cannot tell whether " + tensor_text(gradient) + " keeps " +
                         autograd::shortest_text(ulps_) + " ulps at " +
                         place_text(tensor, static_cast<std::int64_t>(i)) +
                         "; ask it for more bits (GradientOptions::bits, max_bits)");
      }
      beyond += ulps > ulps_ ? 1 : 0;
      if (ulps > result.largest) {
        result.largest = ulps;
        worst = i;
      }
      result.largest_of_zero = std::max(result.largest_of_zero, reference::ulps_from(format, exact, 0));
    }
    if (beyond > 0) {
      const double rounded = reference::round_to(format, truth.values[worst].backend().data());
      result.failure = "\n  " + tensor_text(gradient) + ": " + std::to_string(beyond) + " of " +
                       count_text(tensor.numel(), "element") + " beyond, most at " +
                       place_text(tensor, static_cast<std::int64_t>(worst)) + ": " +
                       element_text(tensor, values[worst]) + ", the truth rounds to " +
                       element_text(tensor, rounded) + "; off by " + autograd::shortest_text(result.largest) +
                       " ulps, allowed: " + autograd::shortest_text(ulps_);
    }
    return result;
  }

  reference::ReferenceGradient reference_;
  double ulps_;
  ReferenceNames names_;
};

}  // namespace matchers

/// Matches gradients, NamedGradients or a GradientFunction, each element of which is within so many units in
/// the last place of the truth, in the format that stores it (reference/arithmetic/format.hpp has the unit:
/// at least the smallest subnormal number). The reference is a gradient of the network that is built from the
/// same parameters and inputs:
///
///     const auto truth = relu0::reference::gradient(network, weights, inputs, labels);
///     EXPECT_THAT(relu0::gradients_of(*net, loss), relu0::WithinUlpsOfReference(truth, 64, names));
///
/// What the gradients do not hold is not compared. Throws InputError for a limit that is not finite, one that
/// the zero gradient would pass, a name or shape that the reference does not have, gradients that are not
/// finite, undefined or all 0, and an element of which the reference is not sure enough.
inline matchers::UlpsMatcher WithinUlpsOfReference(reference::ReferenceGradient reference, double ulps,
                                                   ReferenceNames names = {}) {
  return {std::move(reference), ulps, std::move(names)};
}

}  // namespace relu0
