#pragma once
#include <cstdint>
#include <vector>

namespace relu0 {

/// What the inputs of one ReLU tell of its exact zeros: the count, and what the law (last_addition.hpp)
/// predicts it from.
///
/// An input x whose grid has the spacing u is in cell k = x/u, rounded. The window is the cells 1 ≤ |k| ≤ m,
/// the same m for all inputs, so that 0 has the odds 1 : 2m against the window, whatever the spacings are.
struct ZeroStatistics {
  std::int64_t inputs = 0;      ///< looked at
  std::int64_t zeros = 0;       ///< exactly 0
  std::int64_t structural = 0;  ///< those of them that are sums of products which each have a factor 0
  double half_width = 0;        ///< |x| up to which inputs are in question for the window
  double cells = 0;             ///< m; 0 where the grid is too coarse for a window, or nothing is near 0
  std::int64_t in_window = 0;   ///< inputs in cells 1 ≤ |k| ≤ m
  double inner_cells = 0;       ///< m/2, rounded down
  std::int64_t in_inner = 0;    ///< inputs in cells 1 ≤ |k| ≤ m/2
  double same_cell = 0;         ///< ordered pairs of inputs in the same cell of the window
  /// Harmonic mean over the inputs in the window, which has them in proportion to their spacing: the plain
  /// mean over all inputs, where their density is the same.
  double mean_spacing = 0;

  /// Zeros that the law is about.
  [[nodiscard]] std::int64_t counted() const { return zeros - structural; }

  bool operator==(const ZeroStatistics&) const = default;
};

/// Gathers them, input by input.
class ZeroWindow {
 public:
  /// half_width: as ZeroStatistics says. most_cells: bounds m (LastAddition::most_cells()).
  ZeroWindow(double half_width, double most_cells);

  [[nodiscard]] double half_width() const { return result_.half_width; }

  /// Inputs that were looked at, whatever they are.
  void look_at(std::int64_t inputs) { result_.inputs += inputs; }
  void add_zero(bool structural);
  /// One that is not 0, |x| ≤ half_width, and the spacing of its grid (> 0).
  void add(double x, double spacing);

  [[nodiscard]] ZeroStatistics finish() const;

 private:
  struct Near {
    double cell;
    double spacing;
  };

  ZeroStatistics result_;
  double most_cells_;
  std::vector<Near> near_;
  double largest_spacing_ = 0;
};

}  // namespace relu0
