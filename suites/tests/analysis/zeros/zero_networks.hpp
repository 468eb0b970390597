#pragma once
#include "fixtures/data/dataset.hpp"
#include "suites/tests/reference/networks.hpp"

namespace relu0::test {

/// @name Networks by hand on one image of white pixels (1) and black ones (0), with one ReLU whose first
/// input is a zero of a known kind
/// @{
/// 0 · 3 + 1 · 0: 0 whatever the numbers that are not.
reference::Example structural_zero();
/// 1 − 1, which no arithmetic rounds.
reference::Example exact_zero();
/// (1 + 2^−23)² − (1 + 2^−22) = 2^−46, of which binary32 keeps nothing as the square is rounded to
/// 1 + 2^−22. The ReLU's other input is 1 + 2^−22 there.
reference::Example rounding_zero();
/// v − v for an irrational v: 0, but no number of bits shows it.
reference::Example undecidable_zero();
/// (1 + 2^−23)² − (1 + 2^−22) − 2^−46 = 0, which is −2^−46 in binary32.
reference::Example missed_zero();
/// @}

/// The data set whose only image is that of an example.
Dataset dataset_of(const reference::Example& example);

}  // namespace relu0::test
