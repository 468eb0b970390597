#pragma once
#include "analysis/training/search/rate_search.hpp"
#include "suites/run/checkpoints/checkpointed_training.hpp"

#include <cstdint>
#include <functional>

namespace relu0 {

/// Begins the training of a candidate with that learning rate: on images that the validation images, by which
/// it is scored, are not among.
using BeginCandidate = std::function<Training(double rate)>;

/// Searches the learning rate of a draw's training by trainings of its candidates, which are interrupted and
/// taken up as `trainings` says. seed: of the draw; steps: that a whole training of a candidate would take.
RateSearchOutcome search_rate_by_training(const RateSearchOptions& options, std::uint64_t seed,
                                          std::int64_t steps, const BeginCandidate& begin,
                                          CheckpointedTrainings& trainings);

}  // namespace relu0
