#include "suites/measurements/zero_law.hpp"

#include "suites/measurements/base/survey_options.hpp"

#include <fmt/format.h>

namespace relu0 {

void fields(Fields& f, ZeroStatistics& statistics) {
  f("inputs", statistics.inputs);
  f("zeros", statistics.zeros);
  f("structural", statistics.structural);
  f("half_width", statistics.half_width);
  f("cells", statistics.cells);
  f("in_window", statistics.in_window);
  f("inner_cells", statistics.inner_cells);
  f("in_inner", statistics.in_inner);
  f("same_cell", statistics.same_cell);
  f("mean_spacing", statistics.mean_spacing);
}

void fields(Fields& f, LayerZeroLaw& layer) {
  f("layer", layer.layer);
  f("statistics", layer.statistics);
}

void fields(Fields& f, ZeroLawOutcome& outcome) {
  f("minibatches", outcome.minibatches);
  f("images", outcome.images);
  f("layers", outcome.layers);
  f("deterministic", outcome.deterministic);
}

ZeroLawOptions ZeroLaw::options(const RunSettings& settings) const {
  return survey_options<ZeroLawOptions>(*this, images, settings);
}

void ZeroLaw::identify(const RunSettings& settings, nlohmann::json& identity) const {
  identity["measured"] = "zero law";
  identity["images"] = options(settings).images;
  identity["window_share"] = window_share;
}

std::string ZeroLaw::work() const {
  return fmt::format("zeros counted and predicted over {} images", images);
}

double ZeroLaw::passes(const Network& /*network*/, const RunSettings& settings) const {
  // Numbers of few bits are rounded one by one.
  constexpr double of_few_bits = 6;
  return static_cast<double>(options(settings).images) * (kernel(settings).order.bits != 0 ? of_few_bits : 1);
}

std::int64_t ZeroLaw::usual_draws(RunScale scale) const {
  return scale == RunScale::paper ? paper_networks : networks;
}

ZeroLaw::OutcomeMeasurer ZeroLaw::measurer(const Network& network, const GroupData& data,
                                           const RunSettings& settings, int /*threads*/) const {
  return [&network, &dataset = data.dataset(), how = options(settings)](const Weights& weights,
                                                                        std::uint64_t /*seed*/) {
    return zero_law(network, weights, dataset, how);
  };
}

}  // namespace relu0
