#include "reports/figures/heat_map_script.hpp"

#include "reports/figures/page_svg.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// The drawing's own units, as those of figures.
constexpr double map_width = 480;
constexpr double map_font_size = 14;
constexpr double cell_font_size = 11;
// A wide character's width, and the space that a line of text needs, as shares of the font's size.
constexpr double character = 0.6;
constexpr double line = 1.15;
constexpr std::size_t longest_label = 24;

// The right end of the last label may hang over the cells.
constexpr double right_margin = 14;
constexpr double top_margin = 6;
constexpr double label_distance = 6;
// gnuplot leaves a character between the axis and a name beside it, and a line above one that lies below it.
constexpr double beside_axis = 0.6 * map_font_size;

// Rows of names, which need a line each, and the height of two number lines.
constexpr double tall_row = 26;
constexpr double low_row = 18;
constexpr std::size_t few_rows = 16;
constexpr double least_plane_height = 120;
constexpr double greatest_plane_height = 420;

// Cells of this size stand apart from each other; smaller ones touch.
constexpr double separate_cell = 12;
constexpr double gap = 1;

double text_width(std::size_t characters, double size) {
  return static_cast<double>(characters) * character * size;
}

/// The number of code points.
std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The first code points of a text.
std::string_view first(std::string_view utf8, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < utf8.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(utf8[end]) & 0xC0U) != 0x80U;
    if (starts && seen++ == count) {
      break;
    }
  }
  return utf8.substr(0, end);
}

/// In the middle, because names of layers differ at both ends.
std::string shortened(const std::string& label) {
  const std::string text = printable(label);
  const std::size_t whole = length(text);
  if (whole <= longest_label) {
    return text;
  }
  constexpr std::size_t half = longest_label / 2;
  const std::string_view end = std::string_view(text).substr(first(text, whole - half + 1).size());
  return fmt::format("{}…{}", first(text, half), end);
}

/// What stands at an axis, and where: the first cell's centre is at 0, the second's at 1.
struct PlaneTick {
  std::string label;
  double position;
};

/// Round numbers on a number line; they need not be places of cells.
std::vector<PlaneTick> round_ticks(const std::vector<double>& places) {
  const ColourScale scale(places, {});
  std::vector<PlaneTick> ticks;
  for (const double edge : scale.edges()) {
    const auto above = std::lower_bound(places.begin(), places.end(), edge);
    if (above == places.end() || edge < places.front()) {
      continue;
    }
    const auto index = static_cast<double>(above - places.begin());
    const double beyond = *above == edge ? 0 : (*above - edge) / (*above - *std::prev(above));
    ticks.push_back({compact_exactly(edge), index - beyond});
  }
  return ticks;
}

/// All labels that make sense; there may be room for only some of them.
std::vector<PlaneTick> ticks_of(const HeatMap& map, const HeatMapAxis& axis) {
  if (map.filled) {
    return round_ticks(axis.places);
  }
  std::vector<PlaneTick> ticks;
  for (std::size_t i = 0; i < axis.size(); ++i) {
    ticks.push_back({axis.categories.empty() ? readable(axis.places[i], 3) : shortened(axis.categories[i]),
                     static_cast<double>(i)});
  }
  return ticks;
}

double longest_label_width(const std::vector<PlaneTick>& ticks) {
  std::size_t most = 0;
  for (const PlaneTick& tick : ticks) {
    most = std::max(most, length(tick.label));
  }
  return text_width(most, map_font_size);
}

/// The n for which a label at every n-th tick has room on an axis of that length; where possible one with
/// which the last tick has a label too.
std::size_t label_step(std::size_t ticks, double axis, double label) {
  const auto least = static_cast<std::size_t>(std::ceil(label / axis * static_cast<double>(ticks)));
  if (least <= 1) {
    return 1;
  }
  for (std::size_t step = least; step < ticks && step <= 2 * least; ++step) {
    if ((ticks - 1) % step == 0) {
      return step;
    }
  }
  return least;
}

/// Where everything stands, in the drawing's units.
struct Layout {
  double left;
  double bottom;
  double height;  ///< of the whole drawing
  double cell_width;
  double cell_height;
  bool filled;
  bool upright;  ///< labels of x run upwards
  std::size_t x_step;
  std::size_t y_step;

  [[nodiscard]] bool has_room(std::size_t characters) const {
    return text_width(characters, cell_font_size) + 2 * gap <= cell_width &&
           cell_font_size * line <= cell_height;
  }
  /// Whether cells stand apart.
  [[nodiscard]] bool separates() const {
    return !filled && std::min(cell_width, cell_height) >= separate_cell;
  }
};

Layout layout_of(const HeatMap& map, const std::vector<PlaneTick>& x_ticks,
                 const std::vector<PlaneTick>& y_ticks) {
  Layout layout{};
  layout.filled = map.filled;
  layout.left = longest_label_width(y_ticks) + beside_axis + label_distance;
  const double plane_width = map_width - layout.left - right_margin;
  const auto columns = static_cast<double>(map.x.size());
  const auto rows = static_cast<double>(map.y.size());
  layout.cell_width = plane_width / columns;
  const double x_label = longest_label_width(x_ticks) + label_distance;
  layout.upright = !map.x.categories.empty() && x_label > layout.cell_width;
  layout.bottom = layout.upright ? x_label : map_font_size * line + label_distance;
  double plane_height = rows * (map.y.size() <= few_rows ? tall_row : low_row);
  if (map.y.categories.empty()) {
    plane_height =
        std::clamp(std::min(layout.cell_width, tall_row) * rows, least_plane_height, greatest_plane_height);
  }
  layout.cell_height = plane_height / rows;
  layout.height = top_margin + plane_height + layout.bottom;
  layout.x_step = label_step(x_ticks.size(), plane_width, layout.upright ? map_font_size * line : x_label);
  layout.y_step = label_step(y_ticks.size(), plane_height, map_font_size * line);
  return layout;
}

/// Commands for every step-th tick; each one's text is a number into `texts`.
std::string tick_commands(char letter, const std::vector<PlaneTick>& ticks, std::size_t step,
                          std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < ticks.size(); i += step) {
    items.push_back(fmt::format("'#{}' {}", texts.size(), ticks[i].position));
    texts.push_back(ticks[i].label);
  }
  return fmt::format("set {}tics ({})\n", letter, fmt::join(items, ", "));
}

/// Boxes of one class: runs of equal cells in a row, or each cell for itself where they stand apart.
std::string boxes(const HeatMap& map, const ColourScale& scale, std::size_t wanted, const Layout& layout) {
  const double dx = layout.separates() ? gap / 2 / layout.cell_width : 0;
  const double dy = layout.separates() ? gap / 2 / layout.cell_height : 0;
  std::string text;
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    const auto& row = map.rows[i];
    const auto is_wanted = [&](std::size_t j) { return scale.value_class(row[j]) == wanted; };
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (!is_wanted(j)) {
        continue;
      }
      const std::size_t start = j;
      while (!layout.separates() && j + 1 < row.size() && is_wanted(j + 1)) {
        ++j;
      }
      text += fmt::format("{} {} {} {}\n", static_cast<double>(start) - 0.5 + dx,
                          static_cast<double>(j) + 0.5 - dx, static_cast<double>(i) - 0.5 + dy,
                          static_cast<double>(i) + 0.5 - dy);
    }
  }
  return text;
}

/// The text in a cell: its number; or, where numbers have no room, a sign if its value has no colour on the
/// scale.
std::string cell_text(const std::optional<double>& value, bool numbers, bool zero_is_special) {
  if (!value) {
    return "–";
  }
  if (std::isnan(*value)) {
    return numbers ? "NaN" : "×";
  }
  if (numbers || std::isinf(*value) || (zero_is_special && *value == 0)) {
    return compact(*value);
  }
  return "";
}

/// The texts in the cells, by class. Empty where not even a sign has room, and in filled contours.
std::map<std::size_t, std::string> cell_texts(const HeatMap& map, const ColourScale& scale,
                                              const Layout& layout) {
  const auto text_of = [&map](const std::optional<double>& value, bool numbers) {
    return cell_text(value, numbers, map.logarithmic);
  };
  bool numbers = true;
  bool signs = true;
  for (const auto& row : map.rows) {
    for (const std::optional<double>& value : row) {
      numbers = numbers && layout.has_room(length(text_of(value, true)));
      signs = signs && layout.has_room(length(text_of(value, false)));
    }
  }
  std::map<std::size_t, std::string> texts;
  if (!signs || map.filled) {
    return texts;
  }
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    for (std::size_t j = 0; j < map.rows[i].size(); ++j) {
      const std::optional<double>& value = map.rows[i][j];
      const std::string text = text_of(value, numbers);
      if (!text.empty()) {
        texts[scale.value_class(value)] += fmt::format("{} {} \"{}\"\n", j, i, text);
      }
    }
  }
  return texts;
}

/// The space in which contours are interpolated: the values, or their logarithms.
double height_of(const HeatMap& map, double value) { return map.logarithmic ? std::log10(value) : value; }

/// The contours that the values cross; gnuplot fails where there are none.
std::vector<double> crossed_contours(const HeatMap& map) {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  for (const auto& row : map.rows) {
    for (const std::optional<double>& value : row) {
      const double height = value ? height_of(map, *value) : std::nan("");
      if (std::isfinite(height)) {
        least = std::min(least, height);
        greatest = std::max(greatest, height);
      }
    }
  }
  std::vector<double> crossed;
  for (const double contour : map.contours) {
    const double height = height_of(map, contour);
    if (least < height && height < greatest) {
      crossed.push_back(height);
    }
  }
  return crossed;
}

/// Commands that leave the lines in the data block $contours.
std::string contour_commands(const HeatMap& map, const std::vector<double>& heights) {
  std::string grid;
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    for (std::size_t j = 0; j < map.rows[i].size(); ++j) {
      const std::optional<double>& value = map.rows[i][j];
      const double height = value ? height_of(map, *value) : std::nan("");
      grid += fmt::format("{} {} {}\n", j, i, std::isfinite(height) ? fmt::format("{}", height) : "NaN");
    }
    grid += "\n";
  }
  return fmt::format(
      "$grid << EOD\n{}EOD\nset contour base\nunset surface\nset cntrparam levels discrete {}\n"
      "set table $contours\nsplot $grid using 1:2:3\nunset table\n",
      grid, fmt::join(heights, ", "));
}

std::string frame_commands(const HeatMap& map, const Layout& layout) {
  std::string text =
      fmt::format("set terminal svg size {:.0f},{:.0f} dynamic noenhanced font 'sans-serif,{}'\n", map_width,
                  std::ceil(layout.height), map_font_size);
  text += "set encoding utf8\nunset key\n";
  const double height = std::ceil(layout.height);
  text += fmt::format("set lmargin at screen {}\nset rmargin at screen {}\n", layout.left / map_width,
                      1 - right_margin / map_width);
  text += fmt::format("set bmargin at screen {}\nset tmargin at screen {}\n", layout.bottom / height,
                      1 - top_margin / height);
  text +=
      fmt::format("set border {} lc rgb {}\n", layout.separates() ? 0 : 15, gnuplot_colour(PartColour::axis));
  text += fmt::format("set tics nomirror out scale {} textcolor rgb {}\n", layout.separates() ? 0 : 0.4,
                      gnuplot_colour(PartColour::axis));
  text += fmt::format("set xrange [-0.5:{}]\n", static_cast<double>(map.x.size()) - 0.5);
  const double top = static_cast<double>(map.y.size()) - 0.5;
  // Names are read from the top downwards, a number line from the bottom upwards.
  text += map.y.categories.empty() ? fmt::format("set yrange [-0.5:{}]\n", top)
                                   : fmt::format("set yrange [{}:-0.5]\n", top);
  return text;
}

}  // namespace

HeatMapScript heat_map_script(const HeatMap& map, const ColourScale& scale) {
  const std::vector<PlaneTick> x_ticks = ticks_of(map, map.x);
  const std::vector<PlaneTick> y_ticks = ticks_of(map, map.y);
  const Layout layout = layout_of(map, x_ticks, y_ticks);

  HeatMapScript script;
  const std::vector<double> contours = crossed_contours(map);
  if (!contours.empty()) {
    script.text += contour_commands(map, contours);
  }
  script.text += frame_commands(map, layout);
  script.text += tick_commands('x', x_ticks, layout.x_step, script.texts);
  if (layout.upright) {
    script.text += "set xtics rotate by 90 right\n";
  } else {
    // Nearer to the axis than gnuplot would put them: its place for them is below the end of the drawing.
    script.text += "set xtics offset 0,0.5\n";
  }
  script.text += tick_commands('y', y_ticks, layout.y_step, script.texts);

  std::vector<std::string> clauses;
  for (std::size_t number = 0; number < cell_classes.size(); ++number) {
    // Where nothing was measured no cell is drawn, and the page shows through.
    const std::string data = number == cell_class("absent") ? "" : boxes(map, scale, number, layout);
    if (data.empty()) {
      continue;
    }
    script.text += fmt::format("$cells{} << EOD\n{}EOD\n", number, data);
    clauses.push_back(fmt::format(
        "$cells{} using (($1+$2)/2):(($3+$4)/2):1:2:3:4 with boxxyerror fs solid noborder fc rgb {}", number,
        gnuplot_colour(PartColour::cell, static_cast<int>(number))));
  }
  if (!contours.empty()) {
    clauses.push_back(
        fmt::format("$contours using 1:2 with lines lw 3 lc rgb {}", gnuplot_colour(PartColour::contour, 1)));
    clauses.push_back(fmt::format("$contours using 1:2 with lines lw 1.2 lc rgb {}",
                                  gnuplot_colour(PartColour::contour, 0)));
  }
  for (const auto& [number, data] : cell_texts(map, scale, layout)) {
    script.text += fmt::format("$texts{} << EOD\n{}EOD\n", number, data);
    clauses.push_back(fmt::format("$texts{} using 1:2:3 with labels font ',{}' textcolor rgb {}", number,
                                  cell_font_size,
                                  gnuplot_colour(PartColour::cell_text, static_cast<int>(number))));
  }
  if (clauses.empty()) {
    // Many cells, none of them measured: an empty frame says so.
    clauses.emplace_back("NaN");
  }
  script.text += fmt::format("plot {}\n", fmt::join(clauses, ", "));
  return script;
}

}  // namespace relu0
