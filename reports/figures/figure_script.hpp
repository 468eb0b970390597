#pragma once
#include "reports/figures/figure_rendering.hpp"
#include "reports/model/figure.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// What gnuplot is to draw. No text of the figure stands in it, so that no text can be taken for a command.
struct FigureScript {
  std::string text;                  ///< empty when no point can be drawn
  int omitted_points = 0;            ///< as in RenderedFigure
  bool side_by_side = false;         ///< as in RenderedFigure
  std::vector<std::string> texts{};  ///< stand in the drawing where the script has "#0", "#1" ...
};

FigureScript figure_script(const Figure& figure, const std::vector<SeriesStyle>& styles);

}  // namespace relu0
