#pragma once
#include <cstdint>

namespace relu0 {

/// One training image of so many is held out where a training searches its learning rate, to compare
/// candidates by.
inline constexpr std::int64_t held_out_of = 6;

}  // namespace relu0
