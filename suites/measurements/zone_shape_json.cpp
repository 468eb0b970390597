#include "suites/measurements/zone_shape_json.hpp"

#include "suites/measurements/json_numbers.hpp"
#include "suites/measurements/packed_numbers.hpp"
#include "suites/measurements/reading_measurement.hpp"

namespace relu0 {

namespace {

using nlohmann::json;

json zeros_to_json(const SliceZeros& zeros) {
  return {{"points", zeros.points},
          {"rounding", zeros.rounding},
          {"rounding_at_same_parameters", zeros.rounding_at_same_parameters},
          {"largest", number_to_json(zeros.largest)},
          {"largest_share_of_bound", number_to_json(zeros.largest_share_of_bound)}};
}

SliceZeros zeros_from_json(const json& from) {
  return {.points = from.at("points").get<std::int64_t>(),
          .rounding = from.at("rounding").get<std::int64_t>(),
          .rounding_at_same_parameters = from.at("rounding_at_same_parameters").get<std::int64_t>(),
          .largest = number_from_json(from.at("largest")),
          .largest_share_of_bound = number_from_json(from.at("largest_share_of_bound"))};
}

json slice_to_json(const ZoneSlice& slice) {
  return {{"iteration", slice.iteration},
          {"sample", slice.sample},
          {"neuron", slice.neuron},
          {"side", slice.side},
          {"half_width", slice.half_width},
          {"fp32", pack_numbers(slice.fp32, PackedFormat::binary32)},
          {"fp64", pack_numbers(slice.fp64, PackedFormat::binary64)},
          {"reference", pack_numbers(slice.reference, PackedFormat::binary64)},
          {"reference_bound", number_to_json(slice.reference_bound)},
          {"reference_undecided", slice.reference_undecided},
          {"zeros", zeros_to_json(slice.zeros)},
          {"alike_places", slice.alike_places},
          {"centre_is_zero", slice.centre_is_zero},
          {"repeatable", slice.repeatable}};
}

ZoneSlice slice_from_json(const json& from) {
  ZoneSlice slice;
  from.at("iteration").get_to(slice.iteration);
  from.at("sample").get_to(slice.sample);
  from.at("neuron").get_to(slice.neuron);
  from.at("side").get_to(slice.side);
  from.at("half_width").get_to(slice.half_width);
  const auto points = static_cast<std::size_t>(slice.side * slice.side);
  const auto panel = [&](const char* name) {
    std::vector<double> values = unpack_numbers(from.at(name));
    if (values.size() != points) {
      throw StoreError(fmt::format("the panel {} has {} of {} points", name, values.size(), points));
    }
    return values;
  };
  slice.fp32 = panel("fp32");
  slice.fp64 = panel("fp64");
  slice.reference = panel("reference");
  slice.reference_bound = number_from_json(from.at("reference_bound"));
  from.at("reference_undecided").get_to(slice.reference_undecided);
  slice.zeros = zeros_from_json(from.at("zeros"));
  from.at("alike_places").get_to(slice.alike_places);
  from.at("centre_is_zero").get_to(slice.centre_is_zero);
  from.at("repeatable").get_to(slice.repeatable);
  return slice;
}

}  // namespace

json to_json(const ZoneShapeOutcome& outcome) {
  return {{"iterations", outcome.iterations},
          {"slice", outcome.slice ? slice_to_json(*outcome.slice) : json(nullptr)}};
}

ZoneShapeOutcome zone_shape_from_json(const json& from) {
  return reading_measurement("a slice around a zero", [&from] {
    ZoneShapeOutcome outcome;
    from.at("iterations").get_to(outcome.iterations);
    if (!from.at("slice").is_null()) {
      outcome.slice = slice_from_json(from.at("slice"));
    }
    return outcome;
  });
}

}  // namespace relu0
