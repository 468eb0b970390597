#include "reference/pass/tie_origin.hpp"

#include "reference/arithmetic/ball.hpp"
#include "reference/operations/pooling/window_positions.hpp"

#include <variant>
#include <vector>

namespace relu0::reference {

namespace {

/// The elements of a pool's input, batch-major, that its window `index` sees.
Offsets elements_of(const MaxPool& pool, const Shape& in, const Shape& out, std::int64_t index) {
  const std::int64_t windows = out[1] * out[2];
  return elements_in(sliding_windows(pool.window, in, out)[static_cast<std::size_t>(index % windows)],
                     index / windows * in[1] * in[2], in[2]);
}

/// The outputs of a ReLU, compared by what the reference knows of its inputs.
class ReluOutputs {
 public:
  ReluOutputs(const Backprop& run, std::size_t relu) : values_{run.kink_input(relu).values} {}

  /// Whether the midpoints are in this order, certain or not.
  [[nodiscard]] bool seems_less(std::int64_t a, std::int64_t b) const {
    return mpfr_less_p(values_[a], values_[b]) != 0;
  }

  /// Whether max(a, 0) is max(b, 0) because both are 0, or exact and equal.
  [[nodiscard]] bool same_exactly(std::int64_t a, std::int64_t b) const {
    const auto dead = [this](std::int64_t i) { return side(values_[i], 0).value_or(1) <= 0; };
    return (dead(a) && dead(b)) || (values_.radius(a).is_zero() && values_.radius(b).is_zero() &&
                                    mpfr_equal_p(values_[a], values_[b]) != 0);
  }

  /// Whether max(a, 0) is certainly less than max(b, 0).
  [[nodiscard]] bool certainly_less(std::int64_t a, std::int64_t b) const {
    return certain_sign(values_[b]) > 0 &&
           (certain_sign(values_[a]) < 0 || is_certainly_less(values_[a], values_[b]));
  }

 private:
  const Tensor& values_;
};

}  // namespace

ZeroOrigin explain_tie(const Backprop& run, EqualNumbers& equal, const Network& network, std::size_t node,
                       std::int64_t index) {
  const std::size_t before = network.nodes()[node].inputs.front();
  if (!std::holds_alternative<Relu>(network.nodes()[before].operation)) {
    return ZeroOrigin::undecided;
  }
  const Offsets elements = elements_of(std::get<MaxPool>(network.nodes()[node].operation),
                                       network.output_shapes()[before], network.output_shapes()[node], index);
  const ReluOutputs outputs(run, before);
  std::int64_t winner = elements.front();
  for (const std::int64_t element : elements) {
    winner = outputs.seems_less(winner, element) ? element : winner;
  }
  const std::vector<std::int64_t>& labels = equal.labels(before);
  const auto label = [&labels](std::int64_t element) { return labels[static_cast<std::size_t>(element)]; };
  bool structural = false;
  bool exact = false;
  for (const std::int64_t element : elements) {
    if (element == winner) {
      continue;
    }
    if (label(element) == label(winner)) {
      structural = true;
    } else if (outputs.same_exactly(element, winner)) {
      exact = true;
    } else if (!outputs.certainly_less(element, winner)) {
      return ZeroOrigin::undecided;
    }
  }
  return structural ? ZeroOrigin::structural : exact ? ZeroOrigin::exact : ZeroOrigin::rounding;
}

}  // namespace relu0::reference
