#include "reference/pass/tie_origin.hpp"

#include "reference/arithmetic/real.hpp"
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
  ReluOutputs(const Certified& certified, std::size_t relu)
      : certified_{certified}, relu_{relu}, truth_{certified.truth.kink_input(relu)} {}

  [[nodiscard]] bool exact() const { return truth_.exact; }

  /// Whether the reference's numbers are in this order, certain or not.
  [[nodiscard]] bool seems_less(std::int64_t a, std::int64_t b) const {
    return mpfr_less_p(truth_.values[a], truth_.values[b]) != 0;
  }

  /// Whether max(a, 0) is max(b, 0); of exact numbers only.
  [[nodiscard]] bool same_exactly(std::int64_t a, std::int64_t b) const {
    const auto dead = [this](std::int64_t i) { return mpfr_sgn(truth_.values[i]) <= 0; };
    return (dead(a) && dead(b)) || mpfr_equal_p(truth_.values[a], truth_.values[b]) != 0;
  }

  /// Whether max(a, 0) is certainly less than max(b, 0).
  [[nodiscard]] bool certainly_less(std::int64_t a, std::int64_t b) const {
    if (!sign_is_certain(certified_, relu_, b) || truth_.values.is_negative(b)) {
      return false;
    }
    if (sign_is_certain(certified_, relu_, a) && truth_.values.is_negative(a)) {
      return true;
    }
    Real doubt(64);
    add_doubt(doubt, a);
    add_doubt(doubt, b);
    Real distance(truth_.values.bits());
    mpfr_sub(distance, truth_.values[b], truth_.values[a], MPFR_RNDZ);
    // b's exceeds 0 certainly, and so max(a, 0) where it exceeds a.
    return mpfr_greater_p(distance, doubt) != 0;
  }

 private:
  /// Adds twice the distance of the two runs.
  void add_doubt(mpfr_ptr sum, std::int64_t i) const {
    if (truth_.exact) {
      return;
    }
    Real doubt(64);
    uncertainty(doubt, certified_.check.kink_input(relu_).values, truth_.values, i);
    mpfr_mul_2ui(doubt, doubt, 1, MPFR_RNDA);
    mpfr_add(sum, sum, doubt, MPFR_RNDA);
  }

  const Certified& certified_;
  std::size_t relu_;
  const KinkInput& truth_;
};

}  // namespace

ZeroOrigin explain_tie(const Certified& certified, EqualNumbers& equal, const Network& network,
                       std::size_t node, std::int64_t index) {
  const std::size_t before = network.nodes()[node].inputs.front();
  if (!std::holds_alternative<Relu>(network.nodes()[before].operation)) {
    return ZeroOrigin::undecided;
  }
  const Offsets elements = elements_of(std::get<MaxPool>(network.nodes()[node].operation),
                                       network.output_shapes()[before], network.output_shapes()[node], index);
  const ReluOutputs outputs(certified, before);
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
    } else if (outputs.exact() && outputs.same_exactly(element, winner)) {
      exact = true;
    } else if (!outputs.certainly_less(element, winner)) {
      return ZeroOrigin::undecided;
    }
  }
  return structural ? ZeroOrigin::structural : exact ? ZeroOrigin::exact : ZeroOrigin::rounding;
}

}  // namespace relu0::reference
