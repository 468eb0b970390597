#pragma once
#include "reports/codec/fields.hpp"
#include "reports/model/claim.hpp"
#include "reports/model/figure.hpp"
#include "reports/model/finding.hpp"
#include "reports/model/heat_map.hpp"
#include "reports/model/results.hpp"

#include <optional>

namespace relu0 {

/// @name Fields of what a run concludes (fields.hpp)
/// In the order in which results.json shows them: what matters first.
/// @{
void fields(Fields& f, Claim& claim);
void fields(Fields& f, ExperimentSection& section);
void fields(Fields& f, Finding& finding);
void fields(Fields& f, Axis& axis);
void fields(Fields& f, FigurePoint& point);
void fields(Fields& f, FigureSeries& series);
void fields(Fields& f, Figure& figure);
void fields(Fields& f, HeatMapAxis& axis);
void fields(Fields& f, HeatMap& map);
void fields(Fields& f, Table& table);
/// @}

/// The field "interval" as the pair [low, high], left out where there is none.
void interval_field(Fields& f, std::optional<Interval>& interval);

}  // namespace relu0
