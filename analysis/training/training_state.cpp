#include "analysis/training/training_state.hpp"

#include <algorithm>

namespace relu0 {

bool TrainingState::same_bits(const TrainingState& other) const {
  const auto same = [](const std::vector<TypedValues>& a, const std::vector<TypedValues>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const TypedValues& x, const TypedValues& y) { return x.same_bits(y); });
  };
  return steps == other.steps && optimizer_steps == other.optimizer_steps && loss_scale == other.loss_scale &&
         same(parameters, other.parameters) && same(memory, other.memory) &&
         same(statistics, other.statistics);
}

}  // namespace relu0
