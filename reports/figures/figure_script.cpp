#include "reports/figures/figure_script.hpp"

#include "reports/figures/page_svg.hpp"
#include "reports/model/text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// The drawing's own units; small, so that its text stays readable when a narrow page shrinks it.
constexpr int width = 480;
constexpr int height = 310;
// One that stands beside the answer leaves room for it on the first screen.
constexpr int headline_height = 215;
constexpr int font_size = 14;

// Closer than this share of the axis, the labels of two ticks would touch.
constexpr double least_tick_distance = 0.08;
constexpr double padding = 0.04;

constexpr std::size_t many_points = 24;
constexpr double large_point = 0.75;
constexpr double small_point = 0.4;

// Half the distance, as a share of the axis, at which our points and the published ones of the same place
// stand side by side, so that their intervals do not hide each other.
constexpr double side_step = 0.007;
// The same between categories, as a share of the place of one, where there is room.
constexpr double category_side_step = 0.12;
// Where boxes stand in categories: how much of the place of one they share, and of its share a box is wide.
constexpr double share_of_boxes = 0.8;
constexpr double share_of_box = 0.7;
constexpr double fill_opacity = 0.2;

struct Tick {
  double value;
  std::string label;
};

/// One axis in the space in which it is drawn: the values, or their logarithms.
class AxisScale {
 public:
  AxisScale(const Axis& axis, const std::vector<double>& values) : logarithmic_(axis.logarithmic) {
    std::vector<double> places;
    for (const double value : values) {
      if (can_show(value)) {
        places.push_back(place(value));
      }
    }
    if (places.empty()) {
      places = {place(1.0)};
    }
    const auto [least, greatest] = std::minmax_element(places.begin(), places.end());
    low_ = *least;
    high_ = *greatest;
    if (low_ == high_) {
      widen();
    }
    const double pad = padding * (high_ - low_);
    low_ -= pad;
    high_ += pad;
    if (axis.low && can_show(*axis.low) && place(*axis.low) < high_) {
      low_ = place(*axis.low);
    }
    if (axis.high && can_show(*axis.high) && place(*axis.high) > low_) {
      high_ = place(*axis.high);
    }
  }

  [[nodiscard]] bool shows(double value) const {
    return can_show(value) && position(value) >= -rounding && position(value) <= 1 + rounding;
  }
  /// Where a value lies: 0 at the low end, 1 at the high one.
  [[nodiscard]] double position(double value) const { return (place(value) - low_) / (high_ - low_); }
  [[nodiscard]] double low() const { return logarithmic_ ? std::pow(10, low_) : low_; }
  [[nodiscard]] double high() const { return logarithmic_ ? std::pow(10, high_) : high_; }
  /// The value that is drawn a share of the axis further on, but not outside of it.
  [[nodiscard]] double moved(double value, double share) const {
    const double where = low_ + std::clamp(position(value) + share, 0.0, 1.0) * (high_ - low_);
    return logarithmic_ ? std::pow(10, where) : where;
  }
  /// The end of an interval, drawn no further than the axis goes.
  [[nodiscard]] double clamped(double value) const {
    if (std::isnan(value)) {
      return value;
    }
    return std::clamp(value, low(), high());
  }

  /// The ticks of a logarithmic axis: powers of ten, on a short axis with their multiples by 2 and 5, on a
  /// long one not every power. Empty for a linear axis.
  [[nodiscard]] std::vector<Tick> logarithmic_ticks() const {
    std::vector<Tick> ticks;
    if (!logarithmic_) {
      return ticks;
    }
    constexpr double few_decades = 2.5;
    constexpr double most_labels = 7;
    const double decades = high_ - low_;
    const std::vector<int> digits = decades > few_decades ? std::vector<int>{1} : std::vector<int>{1, 2, 5};
    const auto step = static_cast<int>(std::max(1.0, std::ceil(decades / most_labels)));
    for (int power = static_cast<int>(std::floor(low_)); power <= static_cast<int>(high_); power += step) {
      for (const int digit : digits) {
        const double tick = digit * std::pow(10, power);
        if (shows(tick)) {
          ticks.push_back({tick, compact(tick)});
        }
      }
    }
    return ticks;
  }

 private:
  static constexpr double rounding = 1e-9;

  [[nodiscard]] bool can_show(double value) const {
    return std::isfinite(value) && (!logarithmic_ || value > 0);
  }
  [[nodiscard]] double place(double value) const { return logarithmic_ ? std::log10(value) : value; }
  void widen() {
    const double half = logarithmic_ ? std::log10(2.0) : std::max(std::abs(low_) / 10, 0.5);
    low_ -= half;
    high_ += half;
  }

  bool logarithmic_;
  double low_ = 0;
  double high_ = 0;
};

AxisScale x_scale(const Figure& figure) {
  if (!figure.x.categories.empty()) {
    const double last = static_cast<double>(figure.x.categories.size()) - 1;
    return {{.label = "", .logarithmic = false, .low = -0.5, .high = last + 0.5}, {0, last}};
  }
  std::vector<double> values;
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      values.push_back(point.x);
    }
  }
  return {figure.x, values};
}

AxisScale y_scale(const Figure& figure) {
  std::vector<double> values;
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      for (const std::optional<double>& end : {point.low, point.high, point.least, point.greatest}) {
        values.push_back(end.value_or(point.y));
      }
      values.push_back(point.y);
    }
  }
  return {figure.y, values};
}

/// The measured places themselves as ticks, where they are few enough for their labels to have room.
std::vector<Tick> ticks_at_data(const Figure& figure, const AxisScale& scale) {
  std::set<double> values;
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      if (scale.shows(point.x)) {
        values.insert(point.x);
      }
    }
  }
  const bool crowded = std::adjacent_find(values.begin(), values.end(), [&](double left, double right) {
                         return scale.position(right) - scale.position(left) < least_tick_distance;
                       }) != values.end();
  std::vector<Tick> ticks;
  if (crowded) {
    return ticks;
  }
  for (const double value : values) {
    ticks.push_back({value, readable(value)});
  }
  return ticks;
}

/// A tick for each category, whose name the page puts in place of its number.
std::vector<Tick> category_ticks(const Figure& figure) {
  std::vector<Tick> ticks;
  for (std::size_t i = 0; i < figure.x.categories.size(); ++i) {
    ticks.push_back({static_cast<double>(i), fmt::format("#{}", i)});
  }
  return ticks;
}

/// gnuplot's commands for one axis ('x' or 'y').
std::string axis_commands(char letter, const Axis& axis, const AxisScale& scale,
                          const std::vector<Tick>& ticks) {
  std::string commands = fmt::format("set {}range [{}:{}]\n", letter, scale.low(), scale.high());
  if (axis.logarithmic) {
    commands += fmt::format("set logscale {}\n", letter);
  }
  if (!ticks.empty()) {
    std::vector<std::string> places;
    std::transform(ticks.begin(), ticks.end(), std::back_inserter(places),
                   [](const Tick& tick) { return fmt::format("'{}' {}", tick.label, tick.value); });
    commands += fmt::format("set {}tics ({})\n", letter, fmt::join(places, ", "));
  }
  return commands;
}

bool is_box(const FigurePoint& point) { return point.least && point.greatest; }

bool has_boxes(const Figure& figure) {
  return std::any_of(figure.series.begin(), figure.series.end(), [](const FigureSeries& series) {
    return std::any_of(series.points.begin(), series.points.end(), is_box);
  });
}

/// How far to the right each series is drawn, as a share of the axis, and how wide boxes are, in categories.
struct Dodge {
  std::vector<double> shifts;
  double box_width = share_of_boxes * share_of_box;
};

/// Boxes stand side by side at each category, and points beside the boxes of their group.
Dodge dodge_of_boxes(const Figure& figure) {
  std::vector<std::pair<std::string, bool>> kinds;
  std::vector<std::size_t> kind_of;
  for (const FigureSeries& series : figure.series) {
    const std::pair kind(series.group.empty() ? series.label : series.group, series.published);
    const auto known = std::find(kinds.begin(), kinds.end(), kind);
    kind_of.push_back(static_cast<std::size_t>(known - kinds.begin()));
    if (known == kinds.end()) {
      kinds.push_back(kind);
    }
  }
  const auto count = static_cast<double>(kinds.size());
  const auto categories = static_cast<double>(std::max<std::size_t>(figure.x.categories.size(), 1));
  Dodge dodge;
  dodge.box_width /= count;
  for (const std::size_t kind : kind_of) {
    dodge.shifts.push_back(((static_cast<double>(kind) + 0.5) / count - 0.5) * share_of_boxes / categories);
  }
  return dodge;
}

/// The data and the plot clauses of one series.
struct SeriesScript {
  std::string data;
  std::vector<std::string> clauses;
  int omitted_points = 0;
};

/// `shift`: how far to the right it is drawn, as a share of the axis.
SeriesScript series_script(const FigureSeries& series, const SeriesStyle& style, std::size_t index,
                           double shift, const AxisScale& x, const AxisScale& y) {
  SeriesScript script;
  std::string line;
  std::string intervals;
  std::string boxes;
  std::string band;
  bool visible = false;
  for (const FigurePoint& point : series.points) {
    if (!x.shows(point.x) || !y.shows(point.y)) {
      ++script.omitted_points;
      line += "\n";  // a gap, where a line through would pretend a value
      band += "\n";
      continue;
    }
    visible = true;
    const double place = x.moved(point.x, shift);
    line += fmt::format("{} {}\n", place, point.y);
    const double low = y.clamped(point.low.value_or(point.y));
    const double high = y.clamped(point.high.value_or(point.y));
    if (series.band) {
      band += fmt::format("{} {} {}\n", place, low, high);
    } else if (is_box(point)) {
      boxes += fmt::format("{} {} {} {} {} {}\n", place, low, y.clamped(*point.least),
                           y.clamped(*point.greatest), high, point.y);
    } else if (point.low || point.high) {
      intervals += fmt::format("{} {} {} {}\n", place, point.y, low, high);
    }
  }
  if (!visible) {
    return script;
  }
  const std::string series_colour = gnuplot_colour(PartColour::series, style.colour);
  if (series.band) {
    script.data += fmt::format("$band{} << EOD\n{}EOD\n", index, band);
    script.clauses.push_back(fmt::format(
        "$band{} using 1:2:3 with filledcurves lc rgb {} fs transparent solid {} noborder notitle", index,
        series_colour, fill_opacity));
  }
  if (!boxes.empty()) {
    script.data += fmt::format("$box{} << EOD\n{}EOD\n", index, boxes);
    script.clauses.push_back(fmt::format(
        "$box{} using 1:2:3:4:5 with candlesticks lc rgb {} lw 1.2 fs transparent solid {} border notitle "
        "whiskerbars 0.5",
        index, series_colour, fill_opacity));
    script.clauses.push_back(fmt::format("$box{} using 1:6:6:6:6 with candlesticks lc rgb {} lw 1.8 notitle",
                                         index, series_colour));
  }
  if (!intervals.empty()) {
    script.data += fmt::format("$interval{} << EOD\n{}EOD\n", index, intervals);
    script.clauses.push_back(
        fmt::format("$interval{} using 1:2:3:4 with yerrorbars lc rgb {} lw 1.2 pt 7 ps 0 notitle", index,
                    series_colour));
  }
  script.data += fmt::format("$line{} << EOD\n{}EOD\n", index, line);
  script.clauses.push_back(fmt::format("$line{} using 1:2 with {} lc rgb {} lw 1.8 {} pt {} ps {} notitle",
                                       index, series.joined ? "linespoints" : "points", series_colour,
                                       series.published ? "dt (6,5)" : "dt solid", style.gnuplot_point_type,
                                       series.points.size() > many_points ? small_point : large_point));
  return script;
}

bool has_both_kinds(const Figure& figure) {
  const auto is_published = [](const FigureSeries& series) { return series.published; };
  return std::any_of(figure.series.begin(), figure.series.end(), is_published) &&
         !std::all_of(figure.series.begin(), figure.series.end(), is_published);
}

}  // namespace

FigureScript figure_script(const Figure& figure, const std::vector<SeriesStyle>& styles) {
  const AxisScale x = x_scale(figure);
  const AxisScale y = y_scale(figure);

  FigureScript script;
  const bool categories = !figure.x.categories.empty();
  const std::vector<Tick> data_ticks = categories ? category_ticks(figure) : ticks_at_data(figure, x);
  script.texts = figure.x.categories;
  script.side_by_side = has_both_kinds(figure) && !data_ticks.empty();
  const double step =
      categories ? category_side_step / static_cast<double>(figure.x.categories.size()) : side_step;
  const bool boxes = has_boxes(figure);
  const Dodge dodge = dodge_of_boxes(figure);
  std::string data;
  std::vector<std::string> published_clauses;
  std::vector<std::string> our_clauses;
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    const double side = figure.series[i].published ? step : -step;
    const double shift = boxes ? dodge.shifts[i] : script.side_by_side ? side : 0;
    SeriesScript series = series_script(figure.series[i], styles[i], i, shift, x, y);
    data += series.data;
    script.omitted_points += series.omitted_points;
    std::vector<std::string>& clauses = figure.series[i].published ? published_clauses : our_clauses;
    std::move(series.clauses.begin(), series.clauses.end(), std::back_inserter(clauses));
  }
  // Our series are drawn last, so that they lie on top.
  std::vector<std::string> clauses = std::move(published_clauses);
  std::move(our_clauses.begin(), our_clauses.end(), std::back_inserter(clauses));
  if (clauses.empty()) {
    return script;
  }

  script.text = fmt::format("set terminal svg size {},{} dynamic noenhanced font 'sans-serif,{}'\n", width,
                            figure.headline ? headline_height : height, font_size);
  script.text +=
      "set encoding utf8\nunset key\nset rmargin 2\nset tmargin 1\nset bmargin 2\nset errorbars 0.6\n";
  script.text += fmt::format("set border 3 lc rgb {0}\nset tics nomirror out scale 0.5 textcolor rgb {0}\n",
                             gnuplot_colour(PartColour::axis));
  script.text += fmt::format("set grid lc rgb {} lw 0.75 lt 1 dt solid\n", gnuplot_colour(PartColour::grid));
  script.text += axis_commands('x', figure.x, x, data_ticks.empty() ? x.logarithmic_ticks() : data_ticks);
  script.text += axis_commands('y', figure.y, y, y.logarithmic_ticks());
  if (boxes) {
    script.text += fmt::format("set boxwidth {} absolute\n", dodge.box_width);
  }
  script.text += data;
  script.text += fmt::format("plot {}\n", fmt::join(clauses, ", "));
  return script;
}

}  // namespace relu0
