#pragma once
#include <cstddef>
#include <vector>

namespace relu0 {

/// The distribution of the sum of `chosen` different numbers out of 0 … levels − 1, where all choices are
/// equally probable: [v] is the probability of the sum v.
std::vector<double> sum_of_chosen(std::size_t levels, std::size_t chosen);

}  // namespace relu0
