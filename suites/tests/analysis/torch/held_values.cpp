#include "suites/tests/analysis/torch/held_values.hpp"

#include "analysis/torch/rounding.hpp"

#include <gtest/gtest.h>

namespace relu0::test {

void expect_values_of_16_bits(Precision precision, const std::vector<TensorValues>& tensors) {
  for (const TensorValues& tensor : tensors) {
    const std::vector<double> doubles = tensor.values.to_doubles();
    const std::vector<float> values(doubles.begin(), doubles.end());
    std::vector<float> rounded = values;
    (precision == Precision::fp16 ? round_to_binary16 : round_to_bfloat16)(rounded);
    EXPECT_EQ(values, rounded) << tensor.name << " " << name(precision);
  }
}

}  // namespace relu0::test
