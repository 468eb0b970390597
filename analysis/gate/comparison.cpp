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

bool are_equal(const GradientList& a, const GradientList& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const NamedGradient& one, const NamedGradient& other) {
                      return one.name == other.name && distance(one.gradient, other.gradient) == 0;
                    });
}

void raise_changes(std::vector<TensorChange>& changes, const GradientList& from, const GradientList& to,
                   std::int64_t mini_batch, const AgainstSums* sums) {
  const bool first = changes.empty();
  std::vector<double> relative;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double change = relative.emplace_back(relative_difference(from[i].gradient, to[i].gradient));
    if (first) {
      changes.push_back({from[i].name, change, mini_batch});
    } else if (!std::isnan(changes[i].change) && !(change <= changes[i].change)) {
      changes[i].change = change;
      changes[i].mini_batch = mini_batch;
    }
  }
  if (sums == nullptr) {
    return;
  }
  std::vector<std::optional<SummedDifference>*> largest;
  for (TensorChange& change : changes) {
    largest.push_back(&change.summed);
  }
  raise_summed(largest, {.from = from, .to = to, .relative = relative, .mini_batch = mini_batch},
               sums->rounding, sums->where, sums->terms_of);
}

}  // namespace relu0::gate
