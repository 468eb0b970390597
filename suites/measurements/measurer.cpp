#include "suites/measurements/measurer.hpp"

#include "analysis/machine/threads.hpp"
#include "suites/measurements/outcome_json.hpp"
#include "suites/measurements/reference_json.hpp"
#include "suites/measurements/training_json.hpp"
#include "suites/measurements/zone_shape_json.hpp"

#include <memory>

namespace relu0 {

namespace {

struct MakeMeasurer {
  const Cell& cell;
  const Network& network;
  const RunSettings& settings;
  const GroupData& data;
  int threads;

  Measurer operator()(const SweepWork& /*work*/) const {
    const auto sweeper = std::make_shared<Sweeper>(network, data.sweep_data(), sweep_options(cell, settings));
    return [sweeper](const Weights& weights, std::uint64_t /*seed*/) {
      return to_json(sweeper->sweep(weights));
    };
  }

  Measurer operator()(const StreamWork& /*work*/) const {
    const SweepStream stream{batches(stream_options(cell)), stream_minibatches(cell, settings)};
    const auto sweeper = std::make_shared<Sweeper>(network, stream, sweep_options(cell, settings));
    return [sweeper](const Weights& weights, std::uint64_t seed) {
      return to_json(sweeper->sweep(weights, seed));
    };
  }

  Measurer operator()(const DivergenceWork& /*work*/) const {
    const auto options = divergence_options(cell, settings);
    return [&of_network = network, source = batches(training_batches(cell)), options](const Weights& weights,
                                                                                      std::uint64_t seed) {
      return to_json(divergence(of_network, weights, *source, seed, options));
    };
  }

  Measurer operator()(const ZeroTrainingWork& /*work*/) const {
    const auto options = zero_training_options(cell, settings);
    return [&of_network = network, source = batches(training_batches(cell)), options](const Weights& weights,
                                                                                      std::uint64_t seed) {
      return to_json(count_zeros_in_training(of_network, weights, *source, seed, options));
    };
  }

  Measurer operator()(const ZoneShapeWork& /*work*/) const {
    const auto options = zone_shape_options(cell, settings);
    return [&of_network = network, source = batches(training_batches(cell)), options](const Weights& weights,
                                                                                      std::uint64_t seed) {
      return to_json(zone_shape(of_network, weights, *source, seed, options));
    };
  }

  Measurer operator()(const ReferenceErrorWork& /*work*/) const {
    const auto options = reference_error_options(cell, settings, threads);
    const auto batch =
        std::make_shared<Batch>(make_batch(data.dataset(), 0, images_compared(cell, settings)));
    return [&of_network = network, batch, options](const Weights& weights, std::uint64_t /*seed*/) {
      return to_json(reference_error(of_network, weights, *batch, options));
    };
  }

  Measurer operator()(const ZeroOriginsWork& /*work*/) const {
    const auto options = zero_origins_options(cell, settings);
    return [&of_network = network, &dataset = data.dataset(), options](const Weights& weights,
                                                                       std::uint64_t /*seed*/) {
      return to_json(zero_origins(of_network, weights, dataset, options));
    };
  }

  [[nodiscard]] std::shared_ptr<const BatchSource> batches(const BatchOptions& options) const {
    return std::make_shared<BatchSource>(data.images(), options);
  }
};

}  // namespace

GroupData::GroupData(const Cell& cell, const RunSettings& settings, const DataSets& data)
    : data_(&data),
      name_(cell.data),
      images_(first_images(data.shared_images(cell.data), settings.images_of(cell.data))) {
  if (std::holds_alternative<SweepWork>(cell.work)) {
    sweep_data_.emplace(dataset(), settings.images_of(cell.data), cell.precision, settings.device);
  }
}

bool share_group(const Cell& a, const Cell& b) {
  return a.work.index() == b.work.index() && a.data == b.data && a.precision == b.precision;
}

Threads split_threads(const Cell& cell, int threads) {
  return std::holds_alternative<ReferenceErrorWork>(cell.work) ? Threads{.draws = 1, .per_draw = threads}
                                                               : Threads{.draws = threads, .per_draw = 1};
}

Measurer make_measurer(const Cell& cell, const Network& network, const RunSettings& settings,
                       const GroupData& data, int threads) {
  compute_with_one_thread();
  return std::visit(MakeMeasurer{cell, network, settings, data, threads}, cell.work);
}

}  // namespace relu0
