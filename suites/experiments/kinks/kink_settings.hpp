#pragma once
#include "suites/measurements/kink_survey.hpp"

#include <vector>

/// What the experiment `kinks` measures.
namespace relu0::kink_settings {

/// Small networks on MNIST that meet each kind of kink, with biases and without, at every precision: MLP
/// 3×256 with each activation, and LeNet-5, which has max-pools.
std::vector<KinkSurvey> all();

/// Whether the layers of a network have biases.
bool has_biases(const NetworkChoice& network);

}  // namespace relu0::kink_settings
