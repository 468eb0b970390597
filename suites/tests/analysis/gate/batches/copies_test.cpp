#include "analysis/gate/batches/copies.hpp"

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

ScriptBatch batch_of_two(double value, std::int64_t label) {
  return {.inputs = {at::tensor({value, 1.0})}, .target = at::tensor({label})};
}

TEST(CopiesOfBatches, AreThoseWithAllNumbersOfOneBeforeThem) {
  EXPECT_EQ(count_copies({}), 0);
  EXPECT_EQ(count_copies({batch_of_two(1, 0), batch_of_two(2, 0), batch_of_two(1, 1)}), 0);
  EXPECT_EQ(count_copies({batch_of_two(1, 0), batch_of_two(2, 0), batch_of_two(1, 0), batch_of_two(1, 0)}),
            2);
  EXPECT_EQ(count_copies({{.inputs = {at::tensor({1.0})}}, {.inputs = {at::tensor({1.0})}}}), 1)
      << "no targets";
}

TEST(CopiesOfBatches, AreNoneOfOtherTypesOrShapesOrOfWhatIsNoTensor) {
  ScriptBatch other_type = batch_of_two(1, 0);
  other_type.inputs = {at::tensor({1.0, 1.0}).to(at::kFloat)};
  ScriptBatch other_shape = batch_of_two(1, 0);
  other_shape.inputs = {at::tensor({1.0, 1.0}).view({1, 2})};
  EXPECT_EQ(count_copies({batch_of_two(1, 0), other_type, other_shape}), 0);
  EXPECT_EQ(count_copies({{.inputs = {1}}, {.inputs = {1}}}), 0);
}

}  // namespace
}  // namespace relu0
