#include "suites/measurements/divergence.hpp"

#include "suites/measurements/base/cost.hpp"

#include <fmt/format.h>

namespace relu0 {

namespace {

/// One number for each iteration.
void per_iteration(Fields& f, const char* name, std::vector<double>& numbers, std::int64_t iterations) {
  f(name, numbers);
  f.require(std::ssize(numbers) == iterations, name,
            fmt::format("has {} numbers for {} iterations", numbers.size(), iterations));
}

}  // namespace

void fields(Fields& f, RuleDivergence& divergence) {
  f("first_different", divergence.first_different);
  f("distance", divergence.distance);
}

void fields(Fields& f, DivergenceOutcome& outcome) {
  f("iterations", outcome.iterations);
  f("first_zero", outcome.first_zero);
  per_iteration(f, "min_absolute_pre_activation", outcome.min_absolute_pre_activation, outcome.iterations);
  f("deterministic", outcome.deterministic);
  per_iteration(f, "control_distance", outcome.control_distance, outcome.iterations);
  f("first_non_finite", outcome.first_non_finite);
  f.by_name("rules", outcome.rules, &RuleDivergence::rule, parse_rule);
  for (const RuleDivergence& divergence : outcome.rules) {
    f.require(std::ssize(divergence.distance) == outcome.iterations, "rules",
              fmt::format("{} has {} distances for {} iterations", name(divergence.rule),
                          divergence.distance.size(), outcome.iterations));
  }
}

DivergenceOptions Divergence::options(const RunSettings& settings) const {
  DivergenceOptions options;
  options.precision = setting.precision;
  options.device = settings.device;
  options.kernel = kernel(settings);
  options.fault = settings.fault;
  options.s_a = settings.s_a;
  options.s_b = settings.s_b;
  options.iterations = iterations;
  return options;
}

void Divergence::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const DivergenceOptions identified = options(settings);
  identity["measured"] = "divergence";
  identity["images"] = settings.images_of(setting.data);
  identity["iterations"] = identified.iterations;
  identity["s"] = {identified.s_a, identified.s_b};
  identity["learning_rate"] = {identified.rate.low, identified.rate.high};
  identity["momentum"] = identified.sgd.momentum;
  identity["weight_decay"] = identified.sgd.weight_decay;
}

std::string Divergence::work() const {
  return fmt::format("{} iterations of trainings that differ in s", iterations);
}

double Divergence::passes(const Network& /*network*/, const RunSettings& /*settings*/) const {
  constexpr double trainings = 2;  // one and its control; those that drift apart come on top
  return static_cast<double>(iterations * setting.batch_size) * passes_of_training_step * trainings;
}

// The paper shows one training at 32 bits and one at 64. At quick scale one in five or so drifts apart at
// fp32, and one that does suffices. At fp64 36 would rule out a share of a tenth, and take four minutes of a
// core: a few show that nothing is the matter.
std::int64_t Divergence::usual_draws(RunScale scale) const {
  if (scale == RunScale::paper) {
    return 100;
  }
  // The paper shows no other precision.
  return setting.precision == Precision::fp32 ? 12 : setting.precision == Precision::fp64 ? 2 : 0;
}

Divergence::OutcomeMeasurer Divergence::measurer(const Network& network, const GroupData& data,
                                                 const RunSettings& settings, int /*threads*/) const {
  return [&network, batches = data.training_batches(setting.batch_size), how = options(settings)](
             const Weights& weights, std::uint64_t seed) {
    return divergence(network, weights, *batches, seed, how);
  };
}

}  // namespace relu0
