#include "suites/measurements/zone_shape.hpp"

#include "suites/measurements/base/cost.hpp"

#include <fmt/format.h>

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

ZoneShapeOptions ZoneShape::options(const RunSettings& settings) const {
  ZoneShapeOptions options;
  options.device = settings.device;
  options.kernel = kernel(settings);
  options.iterations = iterations;
  options.kinks.relu = {.value = settings.s_a, .rule = Rule::chain_rule};
  options.reference_bits = settings.reference_bits;
  return options;
}

void ZoneShape::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const ZoneShapeOptions identified = options(settings);
  identity["measured"] = "zone shape";
  identity["images"] = settings.images_of(setting.data);
  identity["iterations"] = identified.iterations;
  identity["learning_rate"] = {identified.rate.low, identified.rate.high};
  identity["s"] = identified.kinks.relu.value;
  identity["slice"] = {{"side", identified.side}, {"half_width", identified.half_width}};
  // The reference's values carry a bound by a formula (plane_values.hpp), which no ball and no rise of bits
  // enters: so there is no "proof" here, as there is where identify_reference_bits() says what proved.
  identity["reference_bits"] = identified.reference_bits;
}

std::string ZoneShape::work() const { return "a training until it meets a zero, and what is around it"; }

double ZoneShape::passes(const Network& network, const RunSettings& settings) const {
  // The slice is evaluated twice at fp32, and twice at fp64.
  const ZoneShapeOptions evaluated = options(settings);
  const auto neurons = static_cast<double>(element_count(network.output_shapes().at(1)));
  const double layers = static_cast<double>(evaluated.side * evaluated.side) / neurons;
  constexpr double evaluations = 2 + 2 * 2;
  return (passes_of_training_step * static_cast<double>(evaluated.iterations) + evaluations * layers) *
         static_cast<double>(setting.batch_size);
}

// A picture each, where the training meets a zero, which not every one does.
std::int64_t ZoneShape::usual_draws(RunScale scale) const { return scale == RunScale::paper ? 10 : 3; }

ZoneShape::OutcomeMeasurer ZoneShape::measurer(const Network& network, const GroupData& data,
                                               const RunSettings& settings, int /*threads*/) const {
  return [&network, batches = data.training_batches(setting.batch_size), how = options(settings)](
             const Weights& weights, std::uint64_t seed) {
    return zone_shape(network, weights, *batches, seed, how);
  };
}

}  // namespace relu0
