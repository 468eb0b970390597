#pragma once
#include "reports/figure.hpp"
#include "reports/figure_drawing.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// Colours that the script gives to parts of a drawing, for the page's style sheet to replace: the first
/// component says which part it is, the second one the number of a series' colour.
enum class PartColour { axis = 1, grid = 2, series = 3 };

/// What gnuplot is to draw. No text of the figure stands in it, so that no text can be taken for a command.
struct FigureScript {
  std::string text;           ///< empty when no point can be drawn
  int omitted_points = 0;     ///< as in Drawing
  bool side_by_side = false;  ///< as in Drawing
};

FigureScript figure_script(const Figure& figure, const std::vector<SeriesStyle>& styles);

}  // namespace relu0
