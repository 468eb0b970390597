#pragma once

namespace relu0::reference {

/// 1.5 · 2^52: adding and subtracting it rounds a double of magnitude below 2^51 to an integer.
inline constexpr double integer_shift = 0x1.8p52;

}  // namespace relu0::reference
