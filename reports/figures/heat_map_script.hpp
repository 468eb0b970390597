#pragma once
#include "reports/figures/colour_scale.hpp"
#include "reports/model/heat_map.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// What gnuplot is to draw. The script holds no text of the heat map but numbers that stand for one, so that
/// no text can be taken for a command; the texts themselves are in `texts` and are put in their places
/// afterwards (PageText).
struct HeatMapScript {
  std::string text;
  std::vector<std::string> texts;
};

HeatMapScript heat_map_script(const HeatMap& map, const ColourScale& scale);

}  // namespace relu0
