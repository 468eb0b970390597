#pragma once
#include <limits>

namespace relu0::test {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace relu0::test
