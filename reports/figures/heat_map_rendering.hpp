#pragma once
#include "reports/figures/colour_scale.hpp"
#include "reports/model/heat_map.hpp"

#include <string>

namespace relu0 {

/// A heat map drawn for a page.
struct RenderedHeatMap {
  /// An <svg> element as that of a figure (figure_rendering.hpp); cells have the classes of page_svg.hpp.
  /// Empty when it could not be drawn.
  std::string svg;
  std::string failure;  ///< why it could not be drawn
};

/// The text alternative: what the axes are, the range of the values and where its ends lie, how many are
/// absent, NaN, infinite or, on a logarithmic scale, exactly 0.
std::string describe(const HeatMap& map);

/// Draws a heat map with gnuplot. `anchor` as for a figure.
RenderedHeatMap render(const HeatMap& map, const ColourScale& scale, const std::string& anchor);

}  // namespace relu0
