#include "analysis/torchscript/tensor_phrase.hpp"

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(TensorPhrase, HasTheTypesAsPythonWritesThem) {
  EXPECT_EQ(tensor_phrase(at::zeros({8, 4})), "float32 [8 × 4]");
  EXPECT_EQ(tensor_phrase(at::zeros({3}, at::kDouble)), "float64 [3]");
  EXPECT_EQ(tensor_phrase(at::zeros({}, at::kHalf)), "float16 []");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kBFloat16)), "bfloat16 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kByte)), "uint8 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kChar)), "int8 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kShort)), "int16 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kInt)), "int32 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kLong)), "int64 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kBool)), "bool [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kComplexFloat)), "complex64 [1]");
  EXPECT_EQ(tensor_phrase(at::zeros({1}, at::kComplexDouble)), "complex128 [1]");
}

}  // namespace
}  // namespace relu0
