#pragma once
#include "reports/model/heat_map.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace relu0 {

/// The options of a scale, which are HeatMap's members of the same names.
struct ScaleKind {
  bool logarithmic = false;
  bool filled = false;
  std::optional<double> floor{};
};

/// The colours of one heat map, or of a group of them: at most heat_colours steps between round numbers, so
/// that a reader can tell from a colour between which two numbers a value lies.
class ColourScale {
 public:
  /// Covers the finite values; on a logarithmic scale only the positive ones, and where it has a floor only
  /// those that are not below it. Without such values there are no steps; when all of them are the same there
  /// is one step of no width.
  ColourScale(const std::vector<double>& values, const ScaleKind& kind);

  /// Step i holds the values v with edges()[i] ≤ v < edges()[i + 1]; the last step holds its upper edge too.
  /// Positive values below a floor belong to step 0.
  [[nodiscard]] const std::vector<double>& edges() const { return edges_; }
  /// Whether some of the values lie below the floor.
  [[nodiscard]] bool begins_below() const { return begins_below_; }
  [[nodiscard]] std::size_t steps() const { return edges_.empty() ? 0 : edges_.size() - 1; }
  /// The class (page_svg.hpp) of a step: few steps are spread over all colours.
  [[nodiscard]] std::size_t step_class(std::size_t step) const;
  /// The class of a value that the scale covers, or of one that has no place on it: "zero" (of a logarithmic
  /// scale), "infinite", "nan", "absent".
  [[nodiscard]] std::size_t value_class(const std::optional<double>& value) const;

 private:
  bool logarithmic_;
  bool begins_below_ = false;
  std::vector<double> edges_;
};

/// The scale of a heat map: of its group's, where it has one.
ColourScale colour_scale(const HeatMap& map, const std::vector<HeatMap>& all);

/// The position in cell_classes. Throws std::logic_error for an unknown name.
std::size_t cell_class(std::string_view name);

}  // namespace relu0
