#include "reports/figures/heat_map_rendering.hpp"

#include "reports/figures/gnuplot.hpp"
#include "reports/figures/heat_map_script.hpp"
#include "reports/figures/page_svg.hpp"

#include <string>

namespace relu0 {

RenderedHeatMap render(const HeatMap& map, const ColourScale& scale, const std::string& anchor) {
  const HeatMapScript script = heat_map_script(map, scale);
  const GnuplotOutput output = run_gnuplot(script.text);
  RenderedHeatMap rendered{.svg = "", .failure = output.failure};
  if (rendered.failure.empty()) {
    rendered.svg = page_svg(output.svg, {.anchor = anchor,
                                         .title = map.title,
                                         .description = describe(map),
                                         .hollow_symbols = {},
                                         .texts = script.texts});
    if (rendered.svg.empty()) {
      rendered.failure = "gnuplot wrote no SVG";
    }
  }
  return rendered;
}

}  // namespace relu0
