#include "suites/measurements/zone_shape.hpp"

#include "suites/measurements/cost.hpp"
#include "suites/measurements/zone_shape_json.hpp"

namespace relu0 {

nlohmann::json ZoneShape::encode(const ZoneShapeOutcome& outcome) { return to_json(outcome); }

ZoneShapeOutcome ZoneShape::decode(const nlohmann::json& stored) { return zone_shape_from_json(stored); }

ZoneShapeOptions ZoneShape::options(const RunSettings& settings) const {
  ZoneShapeOptions options;
  options.device = settings.device;
  options.iterations = iterations;
  options.relu_at_zero = {.value = settings.s_a, .rule = Rule::chain_rule};
  options.reference_bits = settings.reference_bits;
  return options;
}

void ZoneShape::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const ZoneShapeOptions identified = options(settings);
  identity["measured"] = "zone shape";
  identity["images"] = settings.images_of(setting.data);
  identity["iterations"] = identified.iterations;
  identity["learning_rate"] = {identified.rate.low, identified.rate.high};
  identity["s"] = identified.relu_at_zero.value;
  identity["slice"] = {{"side", identified.side}, {"half_width", identified.half_width}};
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

// A picture each.
std::int64_t ZoneShape::usual_draws(RunScale scale) const { return scale == RunScale::paper ? 10 : 1; }

ZoneShape::OutcomeMeasurer ZoneShape::measurer(const Network& network, const GroupData& data,
                                               const RunSettings& settings, int /*threads*/) const {
  return [&network, batches = data.training_batches(setting.batch_size), how = options(settings)](
             const Weights& weights, std::uint64_t seed) {
    return zone_shape(network, weights, *batches, seed, how);
  };
}

}  // namespace relu0
