#pragma once
#include "suites/texts/texts.hpp"

namespace relu0::training_study {

/// The sentences that the experiments on training share.
inline constexpr Texts text{"shared-training"};

}  // namespace relu0::training_study
