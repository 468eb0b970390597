#pragma once
#include "reports/figures/colour_scale.hpp"
#include "reports/model/heat_map.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// What gnuplot is to draw. Of the heat map's texts only numbers stand in it, so that no text can be taken
/// for a command; the others stand in `texts` and are put in their places afterwards (PageText).
struct HeatMapScript {
  std::string text;
  std::vector<std::string> texts;
};

HeatMapScript heat_map_script(const HeatMap& map, const ColourScale& scale);

}  // namespace relu0
