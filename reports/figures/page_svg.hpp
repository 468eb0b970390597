#pragma once
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// Colours that a gnuplot script gives to parts of a drawing, for the page's style sheet to replace: the
/// first component says which part it is, the second one counts. The page's class for each stands beside it.
enum class PartColour {
  axis = 1,       ///< none
  grid = 2,       ///< "grid"
  series = 3,     ///< "s0", "s1" ... to series_colours
  cell = 4,       ///< cell_classes
  cell_text = 5,  ///< "on-" and the cell's class
  contour = 6,    ///< 0: "contour", 1: "halo" below it
};

constexpr int series_colours = 6;
constexpr int heat_colours = 9;
/// Classes of a heat map's cells: the colour scale from low to high, then what has no place on it.
constexpr std::array<std::string_view, heat_colours + 4> cell_classes{
    "h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "zero", "infinite", "nan", "absent"};

/// The colour as a gnuplot script writes it.
std::string gnuplot_colour(PartColour part, int number = 0);

/// What a page adds to a drawing.
struct PageText {
  std::string anchor;  ///< all ids start with it: lower-case letters, digits and '-', unique in the page
  std::string title;
  std::string description;               ///< the text alternative
  std::set<std::string> hollow_symbols;  ///< ids of symbols to be filled with the page's background
  std::vector<std::string> texts;        ///< stand in the drawing where the script has "#0", "#1" ...
};

/// Turns what gnuplot's svg terminal wrote into an <svg> element to stand in HTML: it scales with its column,
/// takes its colours from the page's style sheet, and carries title and description. Empty when it is no SVG.
std::string page_svg(const std::string& gnuplot_svg, const PageText& page);

}  // namespace relu0
