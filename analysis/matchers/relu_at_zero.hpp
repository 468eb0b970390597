#pragma once
#include "analysis/matchers/steered_pass.hpp"

#include <cmath>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// What DoesNotDependOnReluAtZero() compares and allows.
struct ReluAtZeroLimits {
  /// Two or more different finite values for ReLU'(0), under the chain rule. Each is compared with the first.
  std::vector<double> values{0, 1};
  /// The largest ‖change‖₂ / ‖gradient‖₂ of a tensor that is allowed, within [0, 1); 0: the same bits.
  double relative_l2 = 0;
  /// How many inputs of exactly 0 the pass has to meet, so that the test says something. The gradient of one
  /// that meets none is proved not to depend on ReLU'(0) by its forward pass.
  std::int64_t least_zeros = 0;
};

namespace matchers {

class ReluAtZeroMatcher {
 public:
  using is_gtest_matcher = void;

  explicit ReluAtZeroMatcher(ReluAtZeroLimits limits) : limits_(std::move(limits)) {
    bool usable = limits_.values.size() >= 2;
    for (std::size_t i = 0; i < limits_.values.size(); ++i) {
      usable = usable && std::isfinite(limits_.values[i]) && (i == 0 || limits_.values[i] != base());
    }
    if (!usable) {
      throw InputError(who + ": give two or more values for ReLU'(0), finite and different from the first");
    }
    if (!(limits_.relative_l2 >= 0 && limits_.relative_l2 < 1)) {
      throw InputError(who + ": relative_l2 is " + autograd::shortest_text(limits_.relative_l2) +
                       "; give a number of at least 0 and less than 1, which the zero gradient would pass");
    }
  }

  bool MatchAndExplain(const GradientFunction& function, std::ostream* stream) const {
    const SteeredPass first = pass(function, base());
    require_deterministic(function, first);
    std::int64_t zeros = 0;
    for (const autograd::FunctionCall& call : first.calls) {
      zeros += hits(call, Kink::relu);
    }
    if (!function.takes_choices() && zeros < limits_.least_zeros) {
      write(stream, "which met " + count_text(zeros, "exact zero") + " at its relus, fewer than the " +
                        std::to_string(limits_.least_zeros) +
                        " that least_zeros asks for.\nWhat to do: give it inputs or parameters that lie on "
                        "the kink (black pixels, biases and weights of 0).");
      return false;
    }
    if (!function.takes_choices() && zeros == 0) {
      require_not_zero(first.gradients);
      write(stream, "which met no exact zero at its relus, so that its gradient cannot depend on ReLU'(0)");
      return true;
    }
    for (std::size_t i = 1; i < limits_.values.size(); ++i) {
      const SteeredPass other = pass(function, limits_.values[i]);
      require_same_tensors(who, first.gradients, other.gradients);
      std::vector<Change> found = changes(first.gradients, other.gradients);
      std::erase_if(found, [this](const Change& change) {
        return limits_.relative_l2 > 0 && change.relative_l2 <= limits_.relative_l2;
      });
      if (!found.empty()) {
        if (stream != nullptr) {
          *stream << explanation(function, first, found, limits_.values[i]);
        }
        return false;
      }
    }
    require_not_zero(first.gradients);
    write(stream,
          "which met " + count_text(zeros, "exact zero") + " at its relus, and whose gradient is the same");
    return true;
  }

  void DescribeTo(std::ostream* stream) const { *stream << "has " << claim(); }
  void DescribeNegationTo(std::ostream* stream) const { *stream << "does not have " << claim(); }

 private:
  inline static const std::string who = "DoesNotDependOnReluAtZero";

  [[nodiscard]] double base() const { return limits_.values.front(); }

  static void write(std::ostream* stream, const std::string& text) {
    if (stream != nullptr) {
      *stream << text;
    }
  }

  [[nodiscard]] std::string claim() const {
    std::string text = "a gradient that is the same";
    if (limits_.relative_l2 > 0) {
      text += " within " + autograd::shortest_text(limits_.relative_l2) + " (relative L2 of each tensor)";
    } else {
      text += ", bit for bit,";
    }
    text += " for ReLU'(0) = " + autograd::shortest_text(base());
    for (std::size_t i = 1; i < limits_.values.size(); ++i) {
      text += (i + 1 == limits_.values.size() ? " and " : ", ") + autograd::shortest_text(limits_.values[i]);
    }
    return text;
  }

  static SteeredPass pass(const GradientFunction& function, double value) {
    return steered_pass(
        who, function,
        [value](std::size_t /*call*/, Kink kink) {
          return kink == Kink::relu ? autograd::Steering(DerivativeChoice{.value = value})
                                    : autograd::Steering();
        },
        KinkChoices{.relu = {.value = value}});
  }

  static void require_not_zero(const NamedGradients& gradients) {
    if (are_zero(gradients)) {
      throw InputError(
          who +
          ": all gradients are 0 or undefined, of which every claim is true; let the loss depend "
          "on the parameters");
    }
  }

  void require_deterministic(const GradientFunction& function, const SteeredPass& first) const {
    const SteeredPass again = pass(function, base());
    require_same_tensors(who, first.gradients, again.gradients);
    if (const std::vector<Change> found = changes(first.gradients, again.gradients); !found.empty()) {
      throw InputError(who + ": not deterministic here: two passes with the same ReLU'(0) differ, first in " +
                       change_text(found.front(), "in one pass", "in the next") +
                       "; put back random numbers and state before each pass, or set deterministic "
                       "algorithms");
    }
  }

  /// "'fc1.weight', float32 {2, 2}: 1 of 4 elements differs, most [0, 1]: 0 <before>, 3 <after>".
  static std::string change_text(const Change& change, const std::string& before, const std::string& after) {
    const at::Tensor& tensor = change.tensor.gradient;
    return tensor_text(change.tensor) + ": " + std::to_string(change.differing) + " of " +
           count_text(tensor.numel(), "element") + " " + (change.differing == 1 ? "differs" : "differ") +
           ", most at " + place_text(tensor, change.place) + ": " + element_text(tensor, change.before) +
           " " + before + ", " + element_text(tensor, change.after) + " " + after;
  }

  [[nodiscard]] std::string explanation(const GradientFunction& function, const SteeredPass& first,
                                        const std::vector<Change>& found, double value) const {
    const std::string one = autograd::shortest_text(base());
    const std::string other = autograd::shortest_text(value);
    std::string text = "whose gradient depends on ReLU'(0) in " +
                       count_text(static_cast<std::int64_t>(found.size()), "tensor") + " of " +
                       std::to_string(first.gradients.size()) + ":";
    for (const Change& change : found) {
      text += "\n  " + change_text(change, "with ReLU'(0) = " + one, "with " + other) + "; changed by " +
              autograd::shortest_text(change.relative_l2) + " relative to its L2 norm, allowed: " +
              (limits_.relative_l2 > 0 ? autograd::shortest_text(limits_.relative_l2) : "the same bits only");
    }
    if (!function.takes_choices()) {
      text += "\nWhere:" + places(function, first, value);
    }
    text +=
        "\nWhat to do: find out why these inputs are exactly 0 (weights and biases that are 0, black pixels, "
        "pruning, a ReLU behind a ReLU) and avoid it; or settle on a value (relu0::relu(x, s), "
        "relu0::nn::ReLU(s)) and say so; or allow a change, as in "
        "DoesNotDependOnReluAtZero({.relative_l2 = 1e-3}).";
    return text;
  }

  /// A line for each call that met a zero, with what changes when its value alone is another.
  [[nodiscard]] std::string places(const GradientFunction& function, const SteeredPass& first,
                                   double value) const {
    constexpr std::size_t most = 16;
    std::string text;
    std::size_t listed = 0;
    for (std::size_t call = 0; call < first.calls.size(); ++call) {
      if (hits(first.calls[call], Kink::relu) == 0) {
        continue;
      }
      if (++listed > most) {
        return text + "\n  and further calls";
      }
      const SteeredPass alone = steered_pass(
          who, function,
          [this, call, value](std::size_t number, Kink kink) {
            return kink == Kink::relu
                       ? autograd::Steering(DerivativeChoice{.value = number == call ? value : base()})
                       : autograd::Steering();
          },
          {});
      const std::vector<Change> found = changes(first.gradients, alone.gradients);
      const auto largest = std::max_element(found.begin(), found.end(), [](const Change& a, const Change& b) {
        return a.relative_l2 < b.relative_l2;
      });
      text += "\n  " + met_kinks(first, call).front() +
              (largest == found.end()
                   ? "; this call alone changes nothing"
                   : "; this call alone changes " +
                         count_text(static_cast<std::int64_t>(found.size()), "tensor") + ", most '" +
                         largest->tensor.name + "' by " + autograd::shortest_text(largest->relative_l2));
    }
    return text;
  }

  ReluAtZeroLimits limits_;
};

}  // namespace matchers

/// Matches a GradientFunction whose gradient is the same whatever stands for ReLU'(0), tensor by tensor and,
/// without a limit, bit for bit:
///
///     EXPECT_THAT(relu0::gradients_of(*net, loss), relu0::DoesNotDependOnReluAtZero());
///
/// Passes are run on the spot: two with the first value, whose gradients have to agree, and one with each of
/// the others, unless the forward pass meets no exact zero. Max-pools, clamps and other kinks keep the
/// choices that the code makes. A failure names tensors, elements and values, and which call of relu0's
/// functions is behind it.
///
/// Neither the matcher nor Not() of it passes where nothing can be said: the match throws InputError for a
/// pass that calls none of relu0's functions or also LibTorch's own relu, is not deterministic, or gives
/// gradients that are all 0 or somewhere NaN or infinite. Throws InputError for limits out of range.
inline matchers::ReluAtZeroMatcher DoesNotDependOnReluAtZero(ReluAtZeroLimits limits = {}) {
  return matchers::ReluAtZeroMatcher(std::move(limits));
}

}  // namespace relu0
