#include "analysis/gate/summed_difference.hpp"

#include "suites/tests/numbers.hpp"

#include <cmath>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::infinity;

constexpr double rounding = 0x1p-20;

NamedGradients gradients(const std::vector<double>& values) {
  return {{"w", at::tensor(values, at::kDouble)}, {"b", at::tensor({1.0}, at::kDouble)}};
}

/// What is found of tensor "w" where it adds up terms of this size.
std::optional<SummedDifference> found(const std::vector<double>& from, const std::vector<double>& to,
                                      double relative, const at::Tensor& terms,
                                      SummedWhere where = SummedWhere::beyond_rounding) {
  std::optional<SummedDifference> w;
  std::optional<SummedDifference> b;
  raise_summed({&w, &b},
               {.from = gradients(from), .to = gradients(to), .relative = {relative, 0}, .mini_batch = 3},
               rounding, where, [&terms](const std::vector<std::size_t>& tensors) {
                 EXPECT_THAT(tensors, testing::ElementsAre(0)) << "only what needs it";
                 return NamedGradients{{"w", terms}};
               });
  EXPECT_FALSE(b);
  return w;
}

TEST(SummedDifference, IsRelativeToWhatIsAddedUp) {
  // ‖(3, 4)‖ = 5 is left of ‖(30, 40)‖ = 50, and moved by 0.5.
  const auto summed = found({3, 4}, {3.5, 4}, 0.1, at::tensor({30.0, 40.0}, at::kDouble));
  ASSERT_TRUE(summed);
  EXPECT_EQ(summed->difference, 0.01);
  EXPECT_EQ(summed->times, 10);
  EXPECT_EQ(summed->mini_batch, 3);
}

TEST(SummedDifference, IsNotTakenWhereItCannotMatter) {
  const auto measures_nothing = [](const auto& /*tensors*/) {
    ADD_FAILURE() << "nothing has to be measured";
    return NamedGradients{};
  };
  const NamedGradients any = gradients({1});
  std::optional<SummedDifference> w;
  std::optional<SummedDifference> b = SummedDifference{.difference = 0.5, .times = 2, .mini_batch = 1};
  // One is within rounding, the other no larger than what is known.
  raise_summed({&w, &b}, {.from = any, .to = any, .relative = {rounding, 0.5}, .mini_batch = 3}, rounding,
               SummedWhere::beyond_rounding, measures_nothing);
  EXPECT_FALSE(w);
  EXPECT_EQ(b->mini_batch, 1);
}

TEST(SummedDifference, IsThatOfTheGradientWhereTheTermsAreNotKnown) {
  for (const at::Tensor& terms : {at::Tensor(), at::tensor({infinity, 1.0}, at::kDouble)}) {
    const auto summed = found({3, 4}, {3.5, 4}, 0.1, terms);
    ASSERT_TRUE(summed);
    EXPECT_EQ(summed->difference, 0.1);
    EXPECT_EQ(summed->times, 1);
  }
}

TEST(SummedDifference, IsFiniteWhereNothingIsLeft) {
  const auto summed = found({0, 0}, {0, 1}, infinity, at::tensor({6.0, 8.0}, at::kDouble));
  ASSERT_TRUE(summed);
  EXPECT_EQ(summed->difference, 0.1);
  EXPECT_EQ(summed->times, infinity);
}

TEST(SummedDifference, OfAChoiceIsRelativeToItsGradientAsLongAsThatIsToldFromNothing) {
  const auto of = [](double left) {
    return found({left}, {2 * left}, 1, at::tensor({1.0}, at::kDouble), SummedWhere::told_from_nothing);
  };
  EXPECT_EQ(of(2 * rounding)->times, 1);
  EXPECT_EQ(of(2 * rounding)->difference, 1);
  EXPECT_EQ(of(rounding / 2)->times, 2 / rounding);
  EXPECT_EQ(of(rounding / 2)->difference, rounding / 2);
}

TEST(SummedDifference, KeepsTheLargestAndNan) {
  std::optional<SummedDifference> largest;
  raise_summed(largest, std::nullopt);
  EXPECT_FALSE(largest);
  raise_summed(largest, SummedDifference{.difference = 2, .times = 1, .mini_batch = 0});
  raise_summed(largest, SummedDifference{.difference = 1, .times = 1, .mini_batch = 1});
  EXPECT_EQ(largest->mini_batch, 0);
  raise_summed(largest, SummedDifference{.difference = std::nan(""), .times = 1, .mini_batch = 2});
  raise_summed(largest, SummedDifference{.difference = 3, .times = 1, .mini_batch = 3});
  EXPECT_EQ(largest->mini_batch, 2);
}

}  // namespace
}  // namespace relu0::gate
