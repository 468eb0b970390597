#pragma once
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

struct FigurePoint {
  double x = 0;
  double y = 0;
  std::optional<double> low;  ///< interval, drawn as an error bar
  std::optional<double> high;
  /// With these it is drawn as a box from low to high, divided at y, with whiskers to the least and greatest.
  std::optional<double> least{};
  std::optional<double> greatest{};
};

/// Points, joined by a line unless they stand for things that have no order. Ours is solid with filled
/// points, the published ones are dashed with hollow points.
struct FigureSeries {
  std::string label;
  bool published = false;
  std::vector<FigurePoint> points;
  std::string
      group;  ///< series of one figure with the same group share colour and marker ("fp32"); empty: the label
  bool joined = true;
  bool band = false;  ///< whether the intervals are drawn as a band behind the line instead of error bars
};

struct Axis {
  std::string label;
  bool logarithmic = false;
  std::optional<double> low;  ///< fixed end of the range
  std::optional<double> high;
  /// The names of the places 0, 1, 2 … of an x axis without numbers; all points stand at these then. Such an
  /// axis reaches from the first to the last and is not logarithmic.
  std::vector<std::string> categories{};
};

/// A line figure of a report; the writer draws it and adds the same numbers as a table.
struct Figure {
  std::string id;          ///< unique in a store: "depth-fp32"
  std::string experiment;  ///< the experiment whose section it stands in
  std::string title;
  std::string caption;  ///< what is shown, how many networks, which interval
  Axis x;
  Axis y;
  std::vector<FigureSeries> series;
  /// Stands at the head of the report, beside the answer, instead of in its experiment's section. Of several
  /// the first one does.
  bool headline = false;
};

/// The name of a place on an axis: its category, or the number as readable text.
std::string place_name(const Axis& axis, double place);

/// A table of a report; all rows have as many cells as `columns`.
struct Table {
  std::string id;
  std::string experiment;
  std::string title;
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

}  // namespace relu0
