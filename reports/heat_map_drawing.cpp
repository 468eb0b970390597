#include "reports/heat_map_drawing.hpp"

#include "reports/gnuplot.hpp"
#include "reports/heat_map_script.hpp"
#include "reports/page_svg.hpp"

#include <string>

namespace relu0 {

HeatMapDrawing draw(const HeatMap& map, const ColourScale& scale, const std::string& anchor) {
  const HeatMapScript script = heat_map_script(map, scale);
  const GnuplotOutput output = run_gnuplot(script.text);
  HeatMapDrawing drawing{.svg = "", .trouble = output.trouble};
  if (drawing.trouble.empty()) {
    drawing.svg = page_svg(output.svg, {.anchor = anchor,
                                        .title = map.title,
                                        .description = describe(map),
                                        .hollow_symbols = {},
                                        .texts = script.texts});
    if (drawing.svg.empty()) {
      drawing.trouble = "gnuplot wrote no SVG";
    }
  }
  return drawing;
}

}  // namespace relu0
