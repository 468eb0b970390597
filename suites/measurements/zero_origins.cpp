#include "suites/measurements/zero_origins.hpp"

#include "suites/measurements/base/against_reference.hpp"
#include "suites/measurements/base/survey_options.hpp"

#include <variant>

#include <fmt/format.h>

namespace relu0 {

void fields(Fields& f, LayerZeroOrigins& layer) {
  f("layer", layer.layer);
  f("zeros", layer.zeros);
}

void fields(Fields& f, ZeroOriginsOutcome& outcome) {
  f("minibatches", outcome.minibatches);
  f("images", outcome.images);
  f("relu_inputs", outcome.relu_inputs);
  f("layers", outcome.layers);
  f("magnitudes", outcome.magnitudes);
  f("deterministic", outcome.deterministic);
  f("surveyed", outcome.surveyed);
  f("true_zeros", outcome.true_zeros);
  f("most_bits", outcome.most_bits);
}

ZeroOriginsOptions ZeroOrigins::options(const RunSettings& settings) const {
  auto options = survey_options<ZeroOriginsOptions>(*this, images, settings);
  options.certify = certify_options(settings, 1);
  return options;
}

void ZeroOrigins::identify(const RunSettings& settings, nlohmann::json& identity) const {
  const ZeroOriginsOptions identified = options(settings);
  identity["measured"] = "zero origins";
  identity["images"] = identified.images;
  identity["enough_zeros"] = identified.enough_zeros;
  identify_reference_bits(settings, identity);
}

std::string ZeroOrigins::work() const { return fmt::format("what the zeros among {} images are", images); }

double ZeroOrigins::passes(const Network& /*network*/, const RunSettings& settings) const {
  return static_cast<double>(options(settings).images);
}

// At quick scale the small networks at tf32 and at fp32 are just enough to rule out a share of a tenth; at 16
// bits, where exact zeros do occur, a few networks show one.
std::int64_t ZeroOrigins::usual_draws(RunScale scale) const {
  const bool paper = scale == RunScale::paper;
  if (!is_small(setting.network)) {
    return paper ? 20 : 0;
  }
  if (paper) {
    return 500;
  }
  const bool is_mlp = std::holds_alternative<Mlp>(setting.network);
  switch (storage_bits(setting.precision)) {
    case 16:
      return is_mlp ? 4 : 2;
    case 32:
      return is_mlp ? 28 : 8;
    default:
      return 0;
  }
}

ZeroOrigins::OutcomeMeasurer ZeroOrigins::measurer(const Network& network, const GroupData& data,
                                                   const RunSettings& settings, int /*threads*/) const {
  return [&network, &dataset = data.dataset(), how = options(settings)](const Weights& weights,
                                                                        std::uint64_t /*seed*/) {
    return zero_origins(network, weights, dataset, how);
  };
}

}  // namespace relu0
