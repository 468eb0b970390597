#include "reference/operations/pooling/max_pool.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/operations/pooling/pool_layer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace relu0::reference {

namespace {

/// A window's candidates are the elements that are not certainly less than the one of the largest midpoint,
/// m. One of them holds the maximum: what is certainly less than another element does not. So the maximum
/// lies within the largest of the candidates' radii of m: it is at most m_c + r_c ≤ m + r_c of the candidate
/// c that holds it, and at least the number that m stands for.
///
/// The winner is decided where there is one candidate, and where all are the same number: equal and exact, or
/// computed alike. Otherwise the window is open: each candidate may get anything from 0 to all of the
/// gradient g ± r, which is |g| + r at most from what it is given.
class MaxPoolLayer : public PoolLayer {
 public:
  using PoolLayer::PoolLayer;

  LayerOutput forward(const LayerInputs& inputs) override {
    const Tensor& input = *inputs[0];
    Tensor output = new_output();
    windows_by_output_.resize(static_cast<std::size_t>(output.size()));
    for_each_plane([&](std::int64_t plane) {
      for_each_output(plane, [&](std::int64_t i) {
        Found& found = windows_by_output_[static_cast<std::size_t>(i)];
        const Offsets elements = elements_of(i);
        found.winner = elements.front();
        for (const std::int64_t element : elements) {
          found.winner = mpfr_greater_p(input[element], input[found.winner]) != 0 ? element : found.winner;
        }
        Radius largest = input.radius(found.winner);
        for (const std::int64_t element : elements) {
          if (element != found.winner && is_candidate(input, element, found.winner)) {
            largest = std::max(largest, input.radius(element));
            const bool equal = mpfr_equal_p(input[element], input[found.winner]) != 0;
            const bool exact = input.radius(element).is_zero() && input.radius(found.winner).is_zero();
            found.state = found.state == State::open || !equal ? State::open
                          : !exact                             ? State::unproven_tie
                          : found.state == State::one_winner   ? State::tie
                                                               : found.state;
          }
        }
        output.copy_element(i, input, found.winner);
        output.set_radius(i, largest);
      });
    });
    LayerOutput result{.values = std::move(output)};
    settle(input, result);
    // A maximum moves by no more than the element of its window that moves most.
    result.values.set_joint_radius(joint_of_each(overlap(), input.joint_radius()));
    return result;
  }

  LayerGradients backward(const LayerInputs& inputs, const Tensor& output_gradient) override {
    const Tensor& input = *inputs[0];
    LayerGradients result = gather(inputs, [&](std::int64_t output, Tensor& sums) {
      const std::int64_t plane_start = plane_of(output) * plane_in_;
      const Found& found = windows_by_output_[static_cast<std::size_t>(output)];
      const Tensor::View gradient = output_gradient[output];
      if (found.state == State::one_winner) {
        add_to(sums, found.winner - plane_start, gradient);
        return;
      }
      Offsets candidates = elements_of(output);
      std::erase_if(candidates, [&](std::int64_t element) {
        return element != found.winner && !is_candidate(input, element, found.winner);
      });
      if (found.state == State::open) {
        const Radius all = BallView(gradient).magnitude();
        for (const std::int64_t element : candidates) {
          sums.set_radius(element - plane_start, sums.radius(element - plane_start) + all);
        }
        Ball midpoint(context_.bits);
        (void)ball::set(midpoint.midpoint, gradient);
        add_to(sums, found.winner - plane_start, midpoint);
        return;
      }
      if (context_.kinks.max_pool != TieChoice::mean) {
        const bool first = context_.kinks.max_pool == TieChoice::first;
        add_to(sums, (first ? candidates.front() : candidates.back()) - plane_start, gradient);
        return;
      }
      Ball share(context_.bits + guard_bits);
      share.radius = ball::divide(share.midpoint, gradient, std::ssize(candidates));
      for (const std::int64_t element : candidates) {
        add_to(sums, element - plane_start, share);
      }
    });
    const bool decided = std::all_of(windows_by_output_.begin(), windows_by_output_.end(),
                                     [](const Found& found) { return found.state == State::one_winner; });
    if (decided) {
      // Each element is a sum of as many gradients as there are windows that it wins.
      Tensor& gradient = result.inputs[0];
      gradient.set_joint_radius(joint_of_each(overlap(), output_gradient.joint_radius()) +
                                joint_rounding(gradient) +
                                joint_of_guards(gradient.size(), max_exponent(output_gradient)));
    }
    return result;
  }

 private:
  enum class State : std::int8_t {
    one_winner,
    tie,           ///< all candidates are the same number
    unproven_tie,  ///< all candidates have the same midpoint; on the way only
    open,          ///< which candidate wins cannot be told
  };
  struct Found {
    std::int64_t winner = 0;  ///< the first element with the largest midpoint
    State state = State::one_winner;
  };

  static bool is_candidate(const Tensor& input, std::int64_t element, std::int64_t winner) {
    return !is_certainly_less(input[element], input[winner]);
  }

  /// Settles ties that are not exact, and counts all and the open windows. By one thread, as same_number
  /// wants it.
  void settle(const Tensor& input, LayerOutput& result) {
    for (std::size_t i = 0; i < windows_by_output_.size(); ++i) {
      Found& found = windows_by_output_[i];
      const auto output = static_cast<std::int64_t>(i);
      if (found.state == State::unproven_tie) {
        found.state = State::tie;
        for (const std::int64_t element : elements_of(output)) {
          if (element != found.winner && is_candidate(input, element, found.winner) &&
              !(context_.same_number && context_.same_number(element, found.winner))) {
            found.state = State::open;
          }
        }
      }
      result.ties += found.state == State::tie ? 1 : 0;
      if (found.state == State::open) {
        result.open_windows.push_back(output);
      }
    }
  }

  std::vector<Found> windows_by_output_;
};

}  // namespace

std::unique_ptr<Layer> make(const MaxPool& pool, const LayerContext& context) {
  return std::make_unique<MaxPoolLayer>(
      context, sliding_windows(pool.window, context.input_shapes[0], context.output_shape));
}

bool is_structural_zero(const MaxPool& pool, const ZeroQuestion& at) {
  return window_is_zero(at, sliding_windows(pool.window, at.input(), at.output()));
}

}  // namespace relu0::reference
