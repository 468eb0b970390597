#include "suites/run/checkpoints/searched_rate.hpp"

#include <string>

#include <fmt/format.h>

namespace relu0 {

RateSearchOutcome search_rate_by_training(const RateSearchOptions& options, std::uint64_t seed,
                                          std::int64_t steps, const BeginCandidate& begin,
                                          CheckpointedTrainings& trainings) {
  return search_rate(
      options, seed, steps, [&](std::int64_t candidate, double rate, const Rung& rung, std::size_t index) {
        Training training = begin(rate);
        const std::string part = fmt::format("candidate-{}", candidate + 1);
        trainings.take_up(training, part);
        // A checkpoint may be of a later rung: the scores of those before it are in it.
        if (training.scores().size() <= index) {
          trainings.run(training, part, rung.steps,
                        fmt::format(", learning rate {} of {}: {}", candidate + 1, options.candidates, rate));
          training.score();
        }
        const Score score = training.scores().at(index);
        trainings.rest(training, part);
        return score;
      });
}

}  // namespace relu0
