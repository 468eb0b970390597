#include "suites/measurements/zone_shape_json.hpp"

#include "reports/codec/fields.hpp"
#include "suites/measurements/reading_measurement.hpp"

namespace relu0 {

namespace {

/// One number for each point of the slice.
void panel(Fields& f, const char* name, std::vector<double>& numbers, PackedFormat format,
           std::int64_t points) {
  f.packed(name, numbers, format);
  f.require(std::ssize(numbers) == points, name, fmt::format("has {} of {} points", numbers.size(), points));
}

}  // namespace

void fields(Fields& f, SliceZeros& zeros) {
  f("points", zeros.points);
  f("rounding", zeros.rounding);
  f("rounding_at_same_parameters", zeros.rounding_at_same_parameters);
  f("largest", zeros.largest);
  f("largest_share_of_bound", zeros.largest_share_of_bound);
}

void fields(Fields& f, ZoneSlice& slice) {
  f("iteration", slice.iteration);
  f("sample", slice.sample);
  f("neuron", slice.neuron);
  f("side", slice.side);
  f("half_width", slice.half_width);
  const std::int64_t points = slice.side * slice.side;
  panel(f, "fp32", slice.fp32, PackedFormat::binary32, points);
  panel(f, "fp64", slice.fp64, PackedFormat::binary64, points);
  panel(f, "reference", slice.reference, PackedFormat::binary64, points);
  f("reference_bound", slice.reference_bound);
  f("reference_undecided", slice.reference_undecided);
  f("zeros", slice.zeros);
  f("alike_places", slice.alike_places);
  f("centre_is_zero", slice.centre_is_zero);
  f("repeatable", slice.repeatable);
}

void fields(Fields& f, ZoneShapeOutcome& outcome) {
  f("iterations", outcome.iterations);
  f("slice", outcome.slice);
}

nlohmann::json to_json(const ZoneShapeOutcome& outcome) { return encode(outcome); }

ZoneShapeOutcome zone_shape_from_json(const nlohmann::json& from) {
  return reading_measurement("a slice around a zero", [&from] { return decode<ZoneShapeOutcome>(from); });
}

}  // namespace relu0
