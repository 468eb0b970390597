#pragma once
#include "analysis/autograd/operation_count.hpp"
#include "analysis/error/rounding_bound.hpp"
#include "analysis/matchers/steered_pass.hpp"
#include "reference/arithmetic/format.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// What WithinOneSidedDerivatives() allows.
struct OneSidedLimits {
  /// How far beyond its interval an element may lie, in units in the last place of the interval's larger end,
  /// in the format that stores the gradient; at least 0. Absent: derived from the number of operations of a
  /// pass and the lengths of their sums, 2 γ times the tensor's largest element, where γ is
  /// probabilistic_rounding_bound(): what rounding makes of both gradients where sums do not cancel. It is
  /// the gate's derived limit, and no proof.
  std::optional<double> ulps{};
  /// How many kinks of calls may be met; 2 to this power passes are run.
  std::size_t most_kinks = 6;
};

namespace matchers {

/// The least and largest value of each element.
struct Interval {
  NamedGradient tensor;
  std::vector<double> low;
  std::vector<double> high;
};

class OneSidedMatcher {
 public:
  using is_gtest_matcher = void;

  OneSidedMatcher(GradientFunction oracle, const OneSidedLimits& limits)
      : oracle_(std::move(oracle)), limits_(limits) {
    if (limits_.ulps && !(*limits_.ulps >= 0 && std::isfinite(*limits_.ulps))) {
      throw InputError(who + ": the limit is " + autograd::shortest_text(*limits_.ulps) +
                       " ulps; give a finite number of at least 0");
    }
  }

  bool MatchAndExplain(const GradientFunction& function, std::ostream* stream) const {
    return MatchAndExplain(function(), stream);
  }

  bool MatchAndExplain(const NamedGradients& gradients, std::ostream* stream) const {
    require_usable(who, gradients);
    const Corners corners = corners_of_oracle();
    std::string failures;
    bool zero_passes = true;
    require_same_tensors(who, gradients, corners.first.gradients);
    for (const Interval& interval : corners.intervals) {
      const NamedGradient& gradient = *find(gradients, interval.tensor.name);
      const std::vector<double> values = gradient.gradient.defined()
                                             ? to_doubles(gradient.gradient)
                                             : std::vector<double>(interval.low.size());
      const Slack slack = slack_of(interval, corners.count);
      zero_passes = zero_passes && failure(interval, std::vector<double>(values.size()), slack).empty();
      failures += failure(interval, values, slack);
    }
    if (zero_passes) {
      throw InputError(who +
                       ": the zero gradient would pass, so that the limit says nothing; let the loss reach a "
                       "parameter on a way without kinks, or give a smaller limit");
    }
    if (stream == nullptr) {
      return failures.empty();
    }
    *stream << (failures.empty() ? "which lies within them" : "which leaves them:" + failures)
            << corners.kinks;
    if (!failures.empty()) {
      *stream
          << "\nWhat to do: a gradient that lies outside is no mixture of one-sided derivatives: look for "
             "a backward pass that assigns a number where it should multiply by one, a value outside of "
             "[0, 1], or another loss, input or parameter than the function that it is compared with.";
    }
    return failures.empty();
  }

  void DescribeTo(std::ostream* stream) const { *stream << "lies " << claim(); }
  void DescribeNegationTo(std::ostream* stream) const { *stream << "does not lie " << claim(); }

 private:
  inline static const std::string who = "WithinOneSidedDerivatives";

  /// The gradients with each kink that was met on either side.
  struct Corners {
    SteeredPass first;
    OperationCount count;
    std::vector<Interval> intervals{};
    std::string kinks;  ///< those that were met, a line each
  };
  struct Slack {
    std::string text;
    std::vector<double> of_element;
  };
  struct MetKinkOfCall {
    std::size_t call;
    Kink kink;
  };

  [[nodiscard]] std::string claim() const {
    return "between the one-sided derivatives at the kinks that were met, each element within " +
           (limits_.ulps ? autograd::shortest_text(*limits_.ulps) + " ulps" : "the rounding of a pass") +
           " of its interval";
  }

  static void widen(std::vector<Interval>& intervals, const NamedGradients& gradients) {
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const NamedGradient& gradient = gradients[i];
      if (!gradient.gradient.defined()) {
        continue;
      }
      const auto known = std::find_if(intervals.begin(), intervals.end(), [&](const Interval& interval) {
        return interval.tensor.name == gradient.name;
      });
      const std::vector<double> values = to_doubles(gradient.gradient);
      if (known == intervals.end()) {
        intervals.push_back({.tensor = gradient, .low = values, .high = values});
        continue;
      }
      for (std::size_t k = 0; k < values.size(); ++k) {
        known->low[k] = std::min(known->low[k], values[k]);
        known->high[k] = std::max(known->high[k], values[k]);
      }
    }
  }

  [[nodiscard]] Corners corners_of_oracle() const {
    if (oracle_.takes_choices()) {
      const KinkChoices left{.relu = {.value = 0},
                             .clamp_lower = DerivativeChoice{.value = 0},
                             .clamp_upper = DerivativeChoice{.value = 1},
                             .absolute = -1};
      const KinkChoices right{.relu = {.value = 1},
                              .leaky_relu = 1,
                              .clamp_lower = DerivativeChoice{.value = 1},
                              .clamp_upper = DerivativeChoice{.value = 0},
                              .absolute = 1};
      Corners corners = first_pass(left);
      widen(corners.intervals, corners.first.gradients);
      widen(corners.intervals, steered_pass(who, oracle_, {}, right).gradients);
      corners.kinks =
          "\nThe function takes its choices itself: all of its kinks were set to the left, then to "
          "the right.";
      return corners;
    }
    Corners corners = first_pass({});
    std::vector<MetKinkOfCall> met;
    for (std::size_t call = 0; call < corners.first.calls.size(); ++call) {
      for (const autograd::MetKink& kink : corners.first.calls[call].kinks) {
        if (kink.hits > 0 && kink.kink != Kink::max_pool_tie) {
          met.push_back({call, kink.kink});
        }
      }
      for (const std::string& line : met_kinks(corners.first, call)) {
        corners.kinks += "\n  " + line;
      }
    }
    corners.kinks = corners.kinks.empty() ? "\nNo kink was met." : "\nKinks that were met:" + corners.kinks;
    if (met.size() > limits_.most_kinks) {
      throw InputError(who + ": the pass meets " + std::to_string(met.size()) +
                       " kinks of its calls, which takes 2 to that power passes; give fewer samples, or set "
                       "most_kinks" +
                       corners.kinks);
    }
    for (std::size_t corner = 0; corner < std::size_t{1} << met.size(); ++corner) {
      const auto steer = [&](std::size_t call, Kink kink) {
        for (std::size_t i = 0; i < met.size(); ++i) {
          if (met[i].call == call && met[i].kink == kink) {
            return autograd::Steering((corner >> i & 1U) == 0 ? autograd::Side::left : autograd::Side::right);
          }
        }
        return autograd::Steering(autograd::Side::left);
      };
      widen(corners.intervals, steered_pass(who, oracle_, steer, {}).gradients);
    }
    return corners;
  }

  [[nodiscard]] Corners first_pass(const KinkChoices& choices) const {
    std::optional<SteeredPass> pass;
    const auto to_the_left = [](std::size_t /*call*/, Kink /*kink*/) {
      return autograd::Steering(autograd::Side::left);
    };
    const OperationCount count =
        count_operations([&] { pass = steered_pass(who, oracle_, to_the_left, choices); });
    return {.first = std::move(*pass), .count = count, .kinks = {}};
  }

  [[nodiscard]] Slack slack_of(const Interval& interval, const OperationCount& count) const {
    const reference::Format format = reference::storage_format(stored_precision(interval.tensor));
    Slack slack{.text = {}, .of_element = std::vector<double>(interval.low.size())};
    if (limits_.ulps) {
      slack.text = autograd::shortest_text(*limits_.ulps) + " ulps";
      for (std::size_t i = 0; i < slack.of_element.size(); ++i) {
        const double larger = std::max(std::abs(interval.low[i]), std::abs(interval.high[i]));
        slack.of_element[i] = std::ldexp(*limits_.ulps, reference::ulp_exponent(format, larger));
      }
      return slack;
    }
    double largest = 0;
    for (std::size_t i = 0; i < interval.low.size(); ++i) {
      largest = std::max({largest, std::abs(interval.low[i]), std::abs(interval.high[i])});
    }
    const double derived =
        2 * largest *
        probabilistic_rounding_bound(stored_precision(interval.tensor), count.operations, count.summands);
    slack.text = autograd::shortest_text(derived) + " (2 γ(" + std::to_string(count.operations) +
                 " operations, " + std::to_string(count.summands) + " summands) of the largest element)";
    slack.of_element.assign(interval.low.size(), derived);
    return slack;
  }

  /// What is wrong with one tensor; empty where nothing is.
  static std::string failure(const Interval& interval, const std::vector<double>& values,
                             const Slack& slack) {
    std::int64_t outside = 0;
    std::size_t worst = 0;
    double farthest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double beyond = std::max(interval.low[i] - values[i], values[i] - interval.high[i]);
      if (beyond > slack.of_element[i]) {
        ++outside;
        if (beyond > farthest) {
          farthest = beyond;
          worst = i;
        }
      }
    }
    if (outside == 0) {
      return {};
    }
    const at::Tensor& tensor = interval.tensor.gradient;
    return "\n  " + tensor_text(interval.tensor) + ": " + std::to_string(outside) + " of " +
           count_text(tensor.numel(), "element") + " outside, most at " +
           place_text(tensor, static_cast<std::int64_t>(worst)) + ": " + element_text(tensor, values[worst]) +
           ", allowed: from " + element_text(tensor, interval.low[worst]) + " to " +
           element_text(tensor, interval.high[worst]) + ", and " + slack.text + " beyond";
  }

  GradientFunction oracle_;
  OneSidedLimits limits_;
};

}  // namespace matchers

/// Matches gradients that lie, element by element, between those that `function` gives with the derivatives
/// on either side of each kink that its pass meets: 0 and 1 at a ReLU, −1 and 1 at an absolute value, the
/// slope and 1 at a leaky ReLU, 0 and 1 at the ends of a clamp. What is matched is NamedGradients, however
/// they were made (TorchScript, a backward pass of one's own, LibTorch's own relu), or a GradientFunction,
/// which runs under the code's own choices:
///
///     EXPECT_THAT(gradients, relu0::WithinOneSidedDerivatives(relu0::gradients_of(*net, loss)));
///
/// Why that holds: a path through the network passes each call once, so that the gradient is affine in the
/// number at each kink of a call, and lies between its values at the corners where each of these numbers is
/// one-sided. All corners are run. Of a function that takes KinkChoices only two are (all left, all right),
/// which is enough where no path meets two kinks. Ties of max-pools keep the choice that the code makes.
///
/// Throws InputError where DoesNotDependOnReluAtZero() does, for more kinks than most_kinks, and where the
/// zero gradient would pass.
inline matchers::OneSidedMatcher WithinOneSidedDerivatives(GradientFunction function,
                                                           const OneSidedLimits& limits = {}) {
  return {std::move(function), limits};
}

}  // namespace relu0
