#include "reports/figure_script.hpp"

#include "reports/text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace relu0 {
namespace {

// The drawing's own units; small, so that its text stays readable when a narrow page shrinks it.
constexpr int width = 520;
constexpr int height = 320;
constexpr int font_size = 13;

// Closer than this share of the axis, the labels of two ticks would touch.
constexpr double least_tick_distance = 0.08;
constexpr double padding = 0.04;

/// One axis in the space in which it is drawn: the values, or their logarithms.
class Scale {
 public:
  Scale(const Axis& axis, const std::vector<double>& values) : logarithmic_(axis.logarithmic) {
    std::vector<double> places;
    for (const double value : values) {
      if (can_show(value)) places.push_back(place(value));
    }
    if (places.empty()) places = {place(1.0)};
    const auto [least, greatest] = std::minmax_element(places.begin(), places.end());
    low_ = *least;
    high_ = *greatest;
    if (low_ == high_) widen();
    const double pad = padding * (high_ - low_);
    low_ -= pad;
    high_ += pad;
    if (axis.low && can_show(*axis.low) && place(*axis.low) < high_) low_ = place(*axis.low);
    if (axis.high && can_show(*axis.high) && place(*axis.high) > low_) high_ = place(*axis.high);
  }

  [[nodiscard]] bool shows(double value) const {
    return can_show(value) && position(value) >= -rounding && position(value) <= 1 + rounding;
  }
  /// Where a value lies: 0 at the low end, 1 at the high one.
  [[nodiscard]] double position(double value) const { return (place(value) - low_) / (high_ - low_); }
  [[nodiscard]] double low() const { return logarithmic_ ? std::pow(10, low_) : low_; }
  [[nodiscard]] double high() const { return logarithmic_ ? std::pow(10, high_) : high_; }
  /// The end of an interval, drawn no further than the axis goes.
  [[nodiscard]] double clamped(double value) const {
    if (std::isnan(value)) return value;
    return std::clamp(value, low(), high());
  }

  /// Ticks 1, 2, 5, 10 ... for a short logarithmic axis, on which powers of ten alone would be too few.
  [[nodiscard]] std::vector<double> short_logarithmic_ticks() const {
    constexpr double few_decades = 2.5;
    std::vector<double> ticks;
    if (!logarithmic_ || high_ - low_ > few_decades) return ticks;
    for (double decade = std::floor(low_); decade <= high_; decade += 1) {
      for (const double digit : {1.0, 2.0, 5.0}) {
        const double tick = digit * std::pow(10, decade);
        if (shows(tick)) ticks.push_back(tick);
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

Scale x_scale(const Figure& figure) {
  std::vector<double> values;
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) values.push_back(point.x);
  }
  return {figure.x, values};
}

Scale y_scale(const Figure& figure) {
  std::vector<double> values;
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      values.insert(values.end(), {point.y, point.low.value_or(point.y), point.high.value_or(point.y)});
    }
  }
  return {figure.y, values};
}

/// The measured places themselves, where there are few of them and their labels have room.
std::vector<double> ticks_at_data(const Figure& figure, const Scale& scale) {
  std::vector<double> values;
  for (const FigureSeries& series : figure.series) {
    for (const FigurePoint& point : series.points) {
      if (scale.shows(point.x)) values.push_back(point.x);
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  const bool crowded = std::adjacent_find(values.begin(), values.end(), [&](double left, double right) {
                         return scale.position(right) - scale.position(left) < least_tick_distance;
                       }) != values.end();
  return crowded ? std::vector<double>{} : values;
}

std::string colour(PartColour part, int number = 0) {
  return fmt::format("'#{:02x}{:02x}00'", static_cast<int>(part), number);
}

/// gnuplot's commands for one axis ('x' or 'y').
std::string axis_commands(char letter, const Axis& axis, const Scale& scale,
                          const std::vector<double>& ticks) {
  std::string commands = fmt::format("set {}range [{}:{}]\n", letter, scale.low(), scale.high());
  if (axis.logarithmic) commands += fmt::format("set logscale {}\n", letter);
  if (!ticks.empty()) {
    std::vector<std::string> places;
    std::transform(ticks.begin(), ticks.end(), std::back_inserter(places),
                   [](double tick) { return fmt::format("'{}' {}", readable(tick), tick); });
    commands += fmt::format("set {}tics ({})\n", letter, fmt::join(places, ", "));
  }
  return commands;
}

/// The data and the plot clauses of one series.
struct SeriesScript {
  std::string data;
  std::vector<std::string> clauses;
  int omitted_points = 0;
};

SeriesScript series_script(const FigureSeries& series, const SeriesStyle& style, std::size_t index,
                           const Scale& x, const Scale& y) {
  SeriesScript script;
  std::string line;
  std::string intervals;
  bool visible = false;
  for (const FigurePoint& point : series.points) {
    if (!x.shows(point.x) || !y.shows(point.y)) {
      ++script.omitted_points;
      line += "\n";  // a gap, where a line through would pretend a value
      continue;
    }
    visible = true;
    line += fmt::format("{} {}\n", point.x, point.y);
    if (point.low || point.high) {
      intervals += fmt::format("{} {} {} {}\n", point.x, point.y, y.clamped(point.low.value_or(point.y)),
                               y.clamped(point.high.value_or(point.y)));
    }
  }
  if (!visible) return script;
  const std::string series_colour = colour(PartColour::series, style.colour);
  if (!intervals.empty()) {
    script.data += fmt::format("$interval{} << EOD\n{}EOD\n", index, intervals);
    script.clauses.push_back(
        fmt::format("$interval{} using 1:2:3:4 with yerrorbars lc rgb {} lw 1.2 pt 7 ps 0 notitle", index,
                    series_colour));
  }
  script.data += fmt::format("$line{} << EOD\n{}EOD\n", index, line);
  script.clauses.push_back(
      fmt::format("$line{} using 1:2 with linespoints lc rgb {} lw 1.8 {} pt {} ps 0.75 notitle", index,
                  series_colour, series.published ? "dt (6,5)" : "dt solid", style.gnuplot_point_type));
  return script;
}

}  // namespace

FigureScript figure_script(const Figure& figure, const std::vector<SeriesStyle>& styles) {
  const Scale x = x_scale(figure);
  const Scale y = y_scale(figure);

  FigureScript script;
  std::string data;
  std::vector<std::string> published_clauses;
  std::vector<std::string> our_clauses;
  for (std::size_t i = 0; i < figure.series.size(); ++i) {
    SeriesScript series = series_script(figure.series[i], styles[i], i, x, y);
    data += series.data;
    script.omitted_points += series.omitted_points;
    std::vector<std::string>& clauses = figure.series[i].published ? published_clauses : our_clauses;
    std::move(series.clauses.begin(), series.clauses.end(), std::back_inserter(clauses));
  }
  // What is drawn last lies on top: ours.
  std::vector<std::string> clauses = std::move(published_clauses);
  std::move(our_clauses.begin(), our_clauses.end(), std::back_inserter(clauses));
  if (clauses.empty()) return script;

  script.text = fmt::format("set terminal svg size {},{} dynamic noenhanced font 'sans-serif,{}'\n", width,
                            height, font_size);
  script.text += "set encoding utf8\nunset key\nset rmargin 2\nset tmargin 1\nset errorbars 0.6\n";
  script.text +=
      fmt::format("set border 3 lc rgb {0}\nset tics nomirror textcolor rgb {0}\n", colour(PartColour::axis));
  script.text += fmt::format("set grid lc rgb {} lw 0.75 lt 1 dt solid\n", colour(PartColour::grid));
  script.text += axis_commands('x', figure.x, x, ticks_at_data(figure, x));
  script.text += axis_commands('y', figure.y, y, y.short_logarithmic_ticks());
  script.text += data;
  script.text += fmt::format("plot {}\n", fmt::join(clauses, ", "));
  return script;
}

}  // namespace relu0
