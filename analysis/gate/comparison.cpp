#include "analysis/gate/comparison.hpp"

#include "analysis/gate/gradient_figures.hpp"

#include <algorithm>
#include <cmath>

namespace relu0::gate {

bool are_same(const GradientList& a, const GradientList& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const NamedGradient& one, const NamedGradient& other) {
                      return one.name == other.name && are_same(one.gradient, other.gradient);
                    });
}

void raise_changes(std::vector<TensorChange>& changes, const GradientList& from, const GradientList& to,
                   std::int64_t mini_batch) {
  const bool first = changes.empty();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double change = relative_difference(from[i].gradient, to[i].gradient);
    if (first) {
      changes.push_back({from[i].name, change, mini_batch});
    } else if (!std::isnan(changes[i].change) && !(change <= changes[i].change)) {
      changes[i] = {from[i].name, change, mini_batch};
    }
  }
}

}  // namespace relu0::gate
