#include "reports/figures/colour_scale.hpp"

#include "reports/figures/page_svg.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

/// digits · 10^exponent, correctly rounded, so that an edge is the very number that its label says.
double decimal(double digits, int exponent) {
  // There is no decimal point in it, which some locales would read or write as a comma.
  return std::strtod(fmt::format("{:.0f}e{}", digits, exponent).c_str(), nullptr);
}

/// Removes edges that bound no value's step.
void trim(std::vector<double>& edges, double least, double greatest) {
  while (edges.size() > 2 && edges[1] <= least) {
    edges.erase(edges.begin());
  }
  while (edges.size() > 2 && edges[edges.size() - 2] >= greatest) {
    edges.pop_back();
  }
}

/// Every step-th power of ten from 10^low to 10^high, times each of `digits`.
std::vector<double> powers(int low, int high, int step, const std::vector<int>& digits) {
  std::vector<double> edges;
  for (int power = low; power <= high; power += step) {
    for (const int digit : digits) {
      edges.push_back(decimal(digit, power));
    }
  }
  return edges;
}

/// Powers of ten around [least, greatest]: over a short range with their multiples by 2 and 5, over a long
/// one not every power. Filled contours have the multiples by 2 and 5, or by 3, wherever there are colours
/// enough.
std::vector<double> logarithmic_edges(double least, double greatest, bool filled) {
  constexpr int few_decades = 2;
  const int low = static_cast<int>(std::floor(std::log10(least)));
  const int high = static_cast<int>(std::ceil(std::log10(greatest)));
  if (filled) {
    for (const std::vector<int>& digits : {std::vector<int>{1, 2, 5}, {1, 3}}) {
      std::vector<double> edges = powers(low - 1, high + 1, 1, digits);
      trim(edges, least, greatest);
      if (edges.size() - 1 <= heat_colours) {
        return edges;
      }
    }
  }
  const std::vector<int> digits = high - low <= few_decades ? std::vector<int>{1, 2, 5} : std::vector<int>{1};
  for (int step = 1;; ++step) {
    // One power more on each side, because the logarithms are rounded.
    std::vector<double> edges = powers(low - step, high + step, step, digits);
    trim(edges, least, greatest);
    if (edges.size() - 1 <= heat_colours) {
      return edges;
    }
  }
}

/// The multiples of factor · 10^exponent around [least, greatest].
std::vector<double> multiples(double factor, int exponent, double least, double greatest) {
  const double step = decimal(factor, exponent);
  // One multiple more on each side, because the quotients are rounded.
  std::vector<double> edges;
  for (double multiple = std::floor(least / step) - 1; multiple <= std::ceil(greatest / step) + 1;
       ++multiple) {
    edges.push_back(decimal(multiple * factor, exponent));
  }
  trim(edges, least, greatest);
  return edges;
}

/// Multiples of 1, 2, 2.5 or 5 times a power of ten around [least, greatest], of the smallest of these steps
/// for which there are colours enough.
std::vector<double> linear_edges(double least, double greatest) {
  // A step narrower than the rounding of the values themselves would tell nothing apart.
  constexpr double least_relative_width = 1e-12;
  const double width = std::max({greatest / heat_colours - least / heat_colours,
                                 std::max(std::abs(least), std::abs(greatest)) * least_relative_width,
                                 std::numeric_limits<double>::min()});
  for (int exponent = static_cast<int>(std::floor(std::log10(width)));; ++exponent) {
    for (const double tenths : {10, 20, 25, 50}) {
      std::vector<double> edges = multiples(tenths, exponent - 1, least, greatest);
      if (edges.size() - 1 <= heat_colours) {
        return edges;
      }
    }
  }
}

}  // namespace

ColourScale::ColourScale(const std::vector<double>& values, const ScaleKind& kind)
    : logarithmic_(kind.logarithmic) {
  std::vector<double> shown;
  for (const double value : values) {
    if (std::isfinite(value) && (!kind.logarithmic || value > 0)) {
      begins_below_ = begins_below_ || value < kind.floor.value_or(value);
      shown.push_back(std::max(value, kind.floor.value_or(value)));
    }
  }
  if (shown.empty()) {
    return;
  }
  const auto [least, greatest] = std::minmax_element(shown.begin(), shown.end());
  if (*least == *greatest) {
    edges_ = {*least, *greatest};
    return;
  }
  edges_ =
      kind.logarithmic ? logarithmic_edges(*least, *greatest, kind.filled) : linear_edges(*least, *greatest);
}

std::size_t ColourScale::step_class(std::size_t step) const {
  return steps() > 1 ? step * (heat_colours - 1) / (steps() - 1) : (heat_colours - 1) / 2;
}

std::size_t ColourScale::value_class(const std::optional<double>& value) const {
  if (!value) {
    return cell_class("absent");
  }
  if (std::isnan(*value)) {
    return cell_class("nan");
  }
  if (std::isinf(*value)) {
    return cell_class("infinite");
  }
  if (logarithmic_ && *value == 0) {
    return cell_class("zero");
  }
  const auto above = std::upper_bound(edges_.begin() + 1, edges_.end() - 1, *value);
  return step_class(static_cast<std::size_t>(above - edges_.begin()) - 1);
}

ColourScale colour_scale(const HeatMap& map, const std::vector<HeatMap>& all) {
  std::vector<double> values;
  const auto add = [&values](const HeatMap& one) {
    for (const auto& row : one.rows) {
      for (const std::optional<double>& value : row) {
        if (value) {
          values.push_back(*value);
        }
      }
    }
  };
  add(map);
  for (const HeatMap& other : all) {
    if (!map.group.empty() && other.group == map.group) {
      add(other);
    }
  }
  return {values, {.logarithmic = map.logarithmic, .filled = map.filled, .floor = map.floor}};
}

std::size_t cell_class(std::string_view name) {
  const auto* const found = std::find(cell_classes.begin(), cell_classes.end(), name);
  if (found == cell_classes.end()) {
    throw std::logic_error("no class of cells is called " + std::string(name));
  }
  return static_cast<std::size_t>(found - cell_classes.begin());
}

}  // namespace relu0
