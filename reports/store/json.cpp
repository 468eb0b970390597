#include "reports/store/json.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {
namespace {

using nlohmann::json;

/// The number that a string stands for, if it stands for one.
std::optional<double> non_finite(const json& text) {
  if (text == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == "Infinity") {
    return std::numeric_limits<double>::infinity();
  }
  if (text == "-Infinity") {
    return -std::numeric_limits<double>::infinity();
  }
  return std::nullopt;
}

json encode_number(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "Infinity" : "-Infinity";
  }
  return value;
}

double decode_number(const json& encoded) {
  const std::optional<double> special = non_finite(encoded);
  return special ? *special : encoded.get<double>();
}

void set_if_present(json& object, const char* key, const std::optional<double>& value) {
  if (value) {
    object[key] = encode_number(*value);
  }
}

std::optional<double> number_if_present(const json& object, const char* key) {
  if (!object.contains(key)) {
    return std::nullopt;
  }
  return decode_number(object.at(key));
}

json axis_json(const Axis& axis) {
  json object{{"label", axis.label}, {"logarithmic", axis.logarithmic}};
  set_if_present(object, "low", axis.low);
  set_if_present(object, "high", axis.high);
  return object;
}

Axis axis_from_json(const json& object) {
  return {.label = object.at("label").get<std::string>(),
          .logarithmic = object.at("logarithmic").get<bool>(),
          .low = number_if_present(object, "low"),
          .high = number_if_present(object, "high")};
}

json point_json(const FigurePoint& point) {
  json object{{"x", encode_number(point.x)}, {"y", encode_number(point.y)}};
  set_if_present(object, "low", point.low);
  set_if_present(object, "high", point.high);
  return object;
}

FigurePoint point_from_json(const json& object) {
  return {.x = decode_number(object.at("x")),
          .y = decode_number(object.at("y")),
          .low = number_if_present(object, "low"),
          .high = number_if_present(object, "high")};
}

json series_json(const FigureSeries& series) {
  json points = json::array();
  for (const FigurePoint& point : series.points) {
    points.push_back(point_json(point));
  }
  return {{"label", series.label},
          {"published", series.published},
          {"group", series.group},
          {"points", std::move(points)}};
}

FigureSeries series_from_json(const json& object) {
  FigureSeries series{.label = object.at("label").get<std::string>(),
                      .published = object.at("published").get<bool>(),
                      .points = {},
                      .group = object.at("group").get<std::string>()};
  for (const json& point : object.at("points")) {
    series.points.push_back(point_from_json(point));
  }
  return series;
}

json heat_map_axis_json(const HeatMapAxis& axis) {
  return {{"label", axis.label}, {"categories", axis.categories}, {"places", axis.places}};
}

HeatMapAxis heat_map_axis_from_json(const json& object) {
  return {.label = object.at("label").get<std::string>(),
          .categories = object.at("categories").get<std::vector<std::string>>(),
          .places = object.at("places").get<std::vector<double>>()};
}

}  // namespace

json encode_numbers(const json& values) {
  if (values.is_number_float()) {
    return encode_number(values.get<double>());
  }
  if (values.is_string() && non_finite(values)) {
    throw std::invalid_argument("the string " + values.dump() +
                                " cannot be recorded: it stands for a number in a result store");
  }
  if (values.is_binary() || values.is_discarded()) {
    throw std::invalid_argument("binary data cannot be recorded in a result store");
  }
  if (!values.is_structured()) {
    return values;
  }
  json encoded = values;
  for (json& element : encoded) {
    element = encode_numbers(element);
  }
  return encoded;
}

json decode_numbers(const json& encoded) {
  if (encoded.is_string()) {
    const std::optional<double> number = non_finite(encoded);
    return number ? json(*number) : encoded;
  }
  if (!encoded.is_structured()) {
    return encoded;
  }
  json values = encoded;
  for (json& element : values) {
    element = decode_numbers(element);
  }
  return values;
}

std::string canonical_text(const json& encoded) {
  try {
    return encoded.dump();
  } catch (const json::type_error& error) {
    throw std::invalid_argument(std::string("text for a result store must be UTF-8: ") + error.what());
  }
}

json interval_json(const Interval& interval) {
  return json::array({encode_number(interval.low), encode_number(interval.high)});
}

Interval interval_from_json(const json& encoded) {
  return {.low = decode_number(encoded.at(0)), .high = decode_number(encoded.at(1))};
}

json plot_json(const Figure& figure) {
  json series = json::array();
  for (const FigureSeries& one : figure.series) {
    series.push_back(series_json(one));
  }
  return {{"x", axis_json(figure.x)}, {"y", axis_json(figure.y)}, {"series", std::move(series)}};
}

void set_plot(Figure& figure, const json& drawing) {
  figure.x = axis_from_json(drawing.at("x"));
  figure.y = axis_from_json(drawing.at("y"));
  figure.series.clear();
  for (const json& series : drawing.at("series")) {
    figure.series.push_back(series_from_json(series));
  }
}

json cells_json(const HeatMap& map) {
  json rows = json::array();
  for (const auto& row : map.rows) {
    json cells = json::array();
    for (const std::optional<double>& value : row) {
      cells.push_back(value ? encode_number(*value) : json());
    }
    rows.push_back(std::move(cells));
  }
  return {{"x", heat_map_axis_json(map.x)},
          {"y", heat_map_axis_json(map.y)},
          {"unit", map.unit},
          {"logarithmic", map.logarithmic},
          {"rows", std::move(rows)},
          {"group", map.group},
          {"contours", map.contours},
          {"filled", map.filled},
          {"floor", map.floor ? json(*map.floor) : json()}};
}

void set_cells(HeatMap& map, const json& cells) {
  map.x = heat_map_axis_from_json(cells.at("x"));
  map.y = heat_map_axis_from_json(cells.at("y"));
  map.unit = cells.at("unit").get<std::string>();
  map.logarithmic = cells.at("logarithmic").get<bool>();
  map.group = cells.at("group").get<std::string>();
  map.contours = cells.at("contours").get<std::vector<double>>();
  // Older stores have no filled contours.
  map.filled = cells.value("filled", false);
  map.floor.reset();
  if (cells.contains("floor") && !cells.at("floor").is_null()) {
    map.floor = cells.at("floor").get<double>();
  }
  map.rows.clear();
  for (const json& row : cells.at("rows")) {
    std::vector<std::optional<double>>& values = map.rows.emplace_back();
    for (const json& value : row) {
      values.push_back(value.is_null() ? std::nullopt : std::optional(decode_number(value)));
    }
  }
}

}  // namespace relu0
