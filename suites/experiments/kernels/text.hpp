#pragma once
#include "suites/texts/texts.hpp"

namespace relu0::kernel_study {

/// The sentences of the experiment on kernels.
inline constexpr Texts text{"kernels"};

}  // namespace relu0::kernel_study
