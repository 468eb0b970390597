#pragma once
#include "reports/model/figure.hpp"
#include "reports/model/finding.hpp"
#include "reports/model/heat_map.hpp"
#include "reports/model/results.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace relu0 {

/// `values` with each non-finite number replaced by the string "NaN", "Infinity" or "-Infinity", which JSON
/// can hold. Throws std::invalid_argument for what decode_numbers() would not turn back: such a string,
/// binary data.
nlohmann::json encode_numbers(const nlohmann::json& values);

/// The inverse of encode_numbers().
nlohmann::json decode_numbers(const nlohmann::json& encoded);

/// One line, keys sorted, numbers that read back bit for bit. Throws std::invalid_argument when a text is not
/// UTF-8.
std::string canonical_text(const nlohmann::json& encoded);

/// The pair [low, high].
nlohmann::json interval_json(const Interval& interval);
Interval interval_from_json(const nlohmann::json& encoded);

/// A figure's axes and series: {"x": ..., "y": ..., "series": [...]}.
nlohmann::json plot_json(const Figure& figure);
/// Fills in `figure` what plot_json() took from it.
void set_plot(Figure& figure, const nlohmann::json& drawing);

/// A heat map without id, experiment, title and caption: {"x": ..., "y": ..., "unit": ..., "logarithmic":
/// ..., "rows": [[...]], "group": ..., "contours": [...]}. An absent value is null, a non-finite one a
/// string.
nlohmann::json cells_json(const HeatMap& map);
/// Fills in `map` what cells_json() took from it.
void set_cells(HeatMap& map, const nlohmann::json& cells);

}  // namespace relu0
