#include "analysis/training/zero_training.hpp"

#include "fixtures/data/streams/batch_stream.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0 {

ZeroTrainingOutcome count_zeros_in_training(const Network& network, const Weights& weights,
                                            const BatchSource& batches, std::uint64_t seed,
                                            const ZeroTrainingOptions& options) {
  if (options.iterations < 1) {
    throw InputError(fmt::format("a training of {} iterations: needs at least one", options.iterations));
  }
  const auto start = [&] {
    Trainer trainer(network, options.precision, options.device, options.kinks, {.optimizer = options.sgd},
                    options.kernel);
    trainer.set_weights(weights);
    return trainer;
  };
  Trainer trainer = start();
  Trainer control = start();
  const std::int64_t control_iterations = std::min(options.control_iterations, options.iterations);
  ZeroTrainingOutcome outcome;
  outcome.minibatches = batches.batches();
  BatchStream stream(batches, {.seed = seed});
  for (std::int64_t iteration = 0; iteration < options.iterations; ++iteration) {
    if (iteration % outcome.minibatches == 0) {
      outcome.epochs.emplace_back();
    }
    const Batch batch = stream.next();
    const TrainingStep step = trainer.step(batch, options.learning_rate);
    EpochZeros& epoch = outcome.epochs.back();
    ++epoch.iterations;
    epoch.zeros += step.total_zeros();
    epoch.relu_inputs += step.relu_inputs;
    if (!outcome.first_non_finite && !std::isfinite(step.loss)) {
      outcome.first_non_finite = iteration;
    }
    if (iteration < control_iterations) {
      control.step(batch, options.learning_rate);
      outcome.deterministic = outcome.deterministic && trainer.same_state(control);
    }
  }
  return outcome;
}

}  // namespace relu0
