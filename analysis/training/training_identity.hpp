#pragma once
#include "analysis/training/training.hpp"

#include <vector>

namespace relu0 {

/// All that a training's outcome depends on, in the order in which two are compared.
std::vector<IdentityField> identity_of(const Network& network, const Weights& weights,
                                       const BatchSource& train, const BatchSource& test, std::uint64_t seed,
                                       const TrainingOptions& options);

}  // namespace relu0
