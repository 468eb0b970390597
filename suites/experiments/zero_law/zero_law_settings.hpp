#pragma once
#include "suites/measurements/zero_law.hpp"

#include <array>
#include <string_view>
#include <vector>

/// What the experiment `zero-law` measures.
namespace relu0::zero_law_settings {

/// The kernels whose zeros are counted, as --kernel names them.
inline constexpr std::array<std::string_view, 4> kernels{"portable", "portable:no-fma", "bias-last",
                                                         "native"};

/// Zeros counted and predicted: three networks at 16 to 32 bits under one kernel.
std::vector<ZeroLaw> of_kernel(std::string_view kernel);

/// The paper's MLP with significands of 8 to 40 bits, the fewest first.
std::vector<ZeroLaw> of_bits();

/// @name MLPs of the paper's figures by depth and by width at 32 bits, for the rate that the law gives, which
/// takes few images
/// @{
std::vector<ZeroLaw> of_depth();
std::vector<ZeroLaw> of_width();
/// @}

/// All of them, each once.
std::vector<ZeroLaw> all();

}  // namespace relu0::zero_law_settings
