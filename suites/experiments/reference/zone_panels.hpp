#pragma once
#include "analysis/zone/zone_shape.hpp"
#include "reports/model/results.hpp"

#include <vector>

namespace relu0 {

/// The three panels of one slice, on one colour scale: fp32, fp64, the reference. Levels begin at the least
/// magnitude other than 0 that fp32 has in it. The picture's numbers are rounded to four digits; the store's
/// measurement has them all.
std::vector<HeatMap> zone_panels(const std::string& experiment, const ZoneSlice& slice);

/// What each training gave: the zero it met, and the zeros around it.
Table zone_table(const std::string& experiment, const std::vector<ZoneShapeOutcome>& draws);

/// Points of a panel that are exactly 0.
std::int64_t exact_zeros(const std::vector<double>& panel);

}  // namespace relu0
