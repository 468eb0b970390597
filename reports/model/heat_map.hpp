#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// One axis of a heat map: either `categories` or `places`, one entry per cell. Cells are drawn equally wide.
struct HeatMapAxis {
  std::string label;
  std::vector<std::string> categories;  ///< "conv1", "conv2" ...
  std::vector<double> places;           ///< centres of the cells on a number line, finite and ascending

  [[nodiscard]] std::size_t size() const { return categories.empty() ? places.size() : categories.size(); }
};

/// A table of numbers that a report shows as coloured cells, with the numbers in them where they have room.
struct HeatMap {
  std::string id;          ///< unique among a store's heat maps: "error-vgg11"
  std::string experiment;  ///< the experiment whose section it stands in
  std::string title;
  std::string caption;  ///< what is shown, and what a reader should see in it
  HeatMapAxis x;        ///< columns, from left to right
  HeatMapAxis y;        ///< rows, from top to bottom; on a number line from bottom to top
  std::string unit;     ///< of the values: "relative L2 error"
  /// Whether colours follow the logarithm of the value. Values must be ≥ 0 then, and an exact 0 has a colour
  /// of its own.
  bool logarithmic = false;
  /// rows[i][j] stands at y[i] and x[j]. Absent: not measured. NaN and infinity are values, and shown as
  /// such.
  std::vector<std::vector<std::optional<double>>> rows;
  std::string group;  ///< heat maps of the same group share one colour scale; empty: a scale of its own
  /// Values at which a line is drawn, interpolated between the cells' centres (of the logarithm, where
  /// colours are logarithmic). For two number lines only.
  std::vector<double> contours;
  /// Drawn as filled contours: a field sampled so densely that its points are seen as areas between levels,
  /// three or two to a decade where colours are logarithmic and suffice. For two number lines only, without
  /// `contours`.
  bool filled = false;
  /// Where the levels of a logarithmic scale begin: a positive number. Smaller values other than 0 share the
  /// lowest colour. When absent, the levels begin at the least value.
  std::optional<double> floor{};
};

/// The most cells of any other heat map: larger ones would make a page with several of them exceed 5 MB.
constexpr std::size_t most_heat_map_cells = 16'384;
/// The most cells of a heat map drawn as filled contours: 200 × 200.
constexpr std::size_t most_filled_cells = 40'000;

/// The axis' name of a cell: its category, or its place as readable text.
std::string cell_name(const HeatMapAxis& axis, std::size_t index);

/// Throws std::invalid_argument, naming the heat map and what is wrong, unless it is as described above: the
/// shapes fit, there are 1 to most_heat_map_cells (most_filled_cells) cells, logarithmic values are ≥ 0.
void require_consistent(const HeatMap& map);

/// Throws std::invalid_argument unless each heat map is consistent and those of a group agree in unit,
/// `logarithmic`, `filled` and `floor`, without which they could not share a scale.
void require_consistent(const std::vector<HeatMap>& maps);

}  // namespace relu0
