#pragma once
#include "suites/texts/texts.hpp"

namespace relu0::experiments_common {

/// The sentences that all experiments share.
inline constexpr Texts text{"common"};

}  // namespace relu0::experiments_common
