#pragma once
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <vector>

namespace relu0::test {

/// Expects every value to be a number of the 16-bit format, fp16 or bf16: rounding to it changes none.
void expect_values_of_16_bits(Precision precision, const std::vector<TensorValues>& tensors);

}  // namespace relu0::test
