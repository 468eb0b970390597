#pragma once
#include "reports/model/figure.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// How a series is drawn, so that a legend can say the same.
struct SeriesStyle {
  int colour;              ///< number of the CSS classes s0, s1 ...
  int gnuplot_point_type;  ///< filled for ours, hollow for published
};

/// The style of each series of a figure.
std::vector<SeriesStyle> series_styles(const Figure& figure);

/// The id that a drawing gives to the symbol of a point type.
std::string symbol_id(const std::string& anchor, int gnuplot_point_type);

/// A figure drawn for a page.
struct RenderedFigure {
  /// An <svg> element to stand in HTML: scales with its column, takes its colours from the page's style sheet
  /// (classes s0 ..., grid, hollow), carries title and description, and all its ids start with the anchor.
  /// Axis labels are left to the page, where they can wrap. Empty when it could not be drawn.
  std::string svg;
  std::string failure;        ///< why it could not be drawn
  int omitted_points = 0;     ///< not finite, not positive on a logarithmic axis, or outside of a fixed range
  bool side_by_side = false;  ///< published points are drawn a little to the right of ours
};

/// Draws a figure with gnuplot. `anchor`: lower-case letters, digits and '-', unique in the page.
RenderedFigure render(const Figure& figure, const std::string& anchor);

}  // namespace relu0
