#include "analysis/zeros/law/zero_window.hpp"

#include <algorithm>
#include <cmath>

namespace relu0 {

ZeroWindow::ZeroWindow(double half_width, double most_cells) : most_cells_(most_cells) {
  result_.half_width = half_width;
}

void ZeroWindow::add_zero(bool structural) {
  ++result_.zeros;
  result_.structural += structural ? 1 : 0;
}

void ZeroWindow::add(double x, double spacing) {
  near_.push_back({.cell = std::round(x / spacing), .spacing = spacing});
  largest_spacing_ = std::max(largest_spacing_, spacing);
}

ZeroStatistics ZeroWindow::finish() const {
  ZeroStatistics result = result_;
  if (near_.empty()) {
    return result;
  }
  // The last cell's far end must lie within the half width for every spacing.
  result.cells = std::max(0.0, std::floor(std::min(result.half_width / largest_spacing_ - 0.5, most_cells_)));
  result.inner_cells = std::floor(result.cells / 2);
  std::vector<double> cells;
  double inverse_spacings = 0;
  for (const Near& input : near_) {
    const double distance = std::abs(input.cell);
    if (distance >= 1 && distance <= result.cells) {
      cells.push_back(input.cell);
      inverse_spacings += 1 / input.spacing;
      result.in_inner += distance <= result.inner_cells ? 1 : 0;
    }
  }
  result.in_window = std::ssize(cells);
  result.mean_spacing = cells.empty() ? 0 : static_cast<double>(cells.size()) / inverse_spacings;
  std::sort(cells.begin(), cells.end());
  for (auto first = cells.begin(); first != cells.end();) {
    const auto end = std::upper_bound(first, cells.end(), *first);
    const auto together = static_cast<double>(end - first);
    result.same_cell += together * (together - 1);
    first = end;
  }
  return result;
}

}  // namespace relu0
