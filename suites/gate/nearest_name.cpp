#include "suites/gate/nearest_name.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // distances[i][j]: from the first i letters of `a` to the first j of `b`.
  std::vector<std::vector<std::size_t>> distances(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& distance = distances[i][j];
      if (i == 0 || j == 0) {
        distance = i + j;
        continue;
      }
      distance = std::min({distances[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), distances[i - 1][j] + 1,
                           distances[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        distance = std::min(distance, distances[i - 2][j - 2] + 1);
      }
    }
  }
  return distances.back().back();
}

}  // namespace

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names) {
  std::string_view nearest;
  std::size_t fewest = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string_view name : names) {
    if (const std::size_t distance = edit_distance(word, name); distance < fewest) {
      fewest = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names) {
  const std::string_view nearest = nearest_name(word, names);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

}  // namespace relu0::gate
