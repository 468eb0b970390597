#include "analysis/statistics/several_tests.hpp"

#include <algorithm>
#include <cstddef>

namespace relu0 {

double tarone_factor(const std::vector<DiscreteTest>& tests, double level) {
  for (std::size_t factor = 1; factor < tests.size(); ++factor) {
    const auto able = std::count_if(tests.begin(), tests.end(), [&](const DiscreteTest& test) {
      return test.smallest_p * static_cast<double>(factor) < level;
    });
    if (static_cast<std::size_t>(able) <= factor) {
      return static_cast<double>(factor);
    }
  }
  return static_cast<double>(std::max<std::size_t>(1, tests.size()));
}

}  // namespace relu0
